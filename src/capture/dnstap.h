/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dnstap.h -- DNS messages out of dnstap files: Frame Streams (github.com/farsightsec/fstrm) around a
 * protobuf of about fifteen fields (dnstap.info), read with our own cursor because a library allocates for
 * each message.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "capture/frame.h"

/* dnstap.Message.Type */
enum dnstap_type {
	DNSTAP_AUTH_QUERY = 1,
	DNSTAP_AUTH_RESPONSE,
	DNSTAP_RESOLVER_QUERY,
	DNSTAP_RESOLVER_RESPONSE,
	DNSTAP_CLIENT_QUERY,
	DNSTAP_CLIENT_RESPONSE,
	DNSTAP_FORWARDER_QUERY,
	DNSTAP_FORWARDER_RESPONSE,
	DNSTAP_STUB_QUERY,
	DNSTAP_STUB_RESPONSE,
	DNSTAP_TOOL_QUERY,
	DNSTAP_TOOL_RESPONSE,
	DNSTAP_UPDATE_QUERY,
	DNSTAP_UPDATE_RESPONSE
};

/* One dnstap message; octets and zone are borrowed from the frame. */
struct dnstap {
	enum dnstap_type type;
	int64_t time_ns;       /* of the response for a response, else of the query; STAMP_NONE when absent */
	const uint8_t *octets; /* response_message for a response, else query_message; NULL when absent */
	uint32_t len;
	const uint8_t *zone; /* query_zone, wire form, checked to be a name; NULL when absent */
	uint8_t zone_len;
	struct addr initiator, responder; /* query_address, response_address; none when absent */
	uint16_t initiator_port, responder_port;
	bool response, tcp;                /* tcp: any socket_protocol but UDP */
	const uint8_t *identity, *version; /* borrowed, not NUL-ended; NULL when absent */
	uint32_t identity_len, version_len;
};

/* E_SHORT or E_FORMAT when the protobuf is broken, E_UNSUPPORTED when it is no Message of a known type. */
enum err dnstap_parse(const uint8_t *octets, size_t len, struct dnstap *out) MUST_USE;

/* Appends the protobuf of one message (for the lab, tests and converters). */
struct buf;
void dnstap_write(struct buf *to, const struct dnstap *d);

/* Frame Streams, one direction (a file): a machine over a window like capture_reader. */
struct fstrm_counts {
	uint64_t frames, bad_frames, resyncs, skipped_octets, control_frames, truncated_end, wrong_content;
};

struct fstrm_reader;

bool fstrm_recognise(const uint8_t *octets, size_t len); /* needs 12 octets: escape, length, START */
struct fstrm_reader *fstrm_open(void);
void fstrm_close(struct fstrm_reader *r);

/* OK: *frame, *frame_len borrow one data frame from the window. Others as capture_next. Content types other
 * than "protobuf:dnstap.Dnstap" give E_UNSUPPORTED once, before any frame. A frame claims at most 256 KiB. */
enum err fstrm_next(struct fstrm_reader *r, const struct capture_window *window, size_t *used,
		    const uint8_t **frame, uint32_t *frame_len) MUST_USE;
const struct fstrm_counts *fstrm_counted(const struct fstrm_reader *r);

void fstrm_write_start(struct buf *to);
void fstrm_write_frame(struct buf *to, const uint8_t *octets, uint32_t len);
void fstrm_write_stop(struct buf *to);
