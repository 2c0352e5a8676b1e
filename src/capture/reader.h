/* SPDX-License-Identifier: Apache-2.0 */
/* reader.h -- what capture.c, pcap.c and pcapng.c share, and nobody else sees: the state of a reader and its
 * window. */
#pragma once

#include "capture/capture.h"

enum {
	RECORD_OCTETS_MAX = 256 * 1024, /* captured octets a record may claim */
	WIRE_OCTETS_MAX =
		1024 * 1024, /* octets a packet may have had; segments put together by a card reach 512 KiB */
	BLOCK_OCTETS_MAX = 320 * 1024 /* a pcapng block: a record and its options */
};

/* What is left of the caller's window. */
struct window {
	const uint8_t *at;
	size_t left;
	bool last;
};

/* What one step of a form came to; STEP_ON: something was passed over, go on. */
enum step { STEP_FRAME, STEP_ON, STEP_MORE, STEP_END };

/* Whether records are believed to begin somewhere; BELIEF_MORE: the window ends too early to say (never when
 * last). */
enum belief { BELIEF_NO, BELIEF_YES, BELIEF_MORE };

/* How a pcap file is written. */
struct pcap_layout {
	uint32_t part_limit; /* parts of a second in a second */
	uint32_t part_ns;
	uint16_t link;
	uint8_t head_octets; /* of a record's head: 16, in modified files 24 or 28 */
	bool big;
};

struct pcap_state {
	struct pcap_layout layout;
	uint32_t last_s, before_s; /* seconds of the last two frames, as far as n_seen goes */
	uint8_t n_seen;            /* 0..2 */
	bool hinted;               /* last_s is that of a bad first record, for want of better */
	bool headed;               /* the file header is behind us */
};

/* One interface of a pcapng section. */
struct pcapng_interface {
	int64_t offset_s;
	uint32_t snap_octets; /* 0: no limit */
	uint16_t link;
	uint8_t resolution; /* if_tsresol */
};

struct pcapng_state {
	struct pcapng_interface *interfaces; /* owned: those of this section */
	uint32_t n_interfaces, room;
	struct pcapng_interface spare; /* the last one described, for packets whose own description is lost */
	bool has_spare;
	bool big;
	int64_t last_ns; /* of the last frame, for packets without a time */
};

struct capture_reader {
	enum capture_form form;
	bool lost; /* looking for the next record */
	struct capture_counts counts;
	struct pcap_state pcap;
	struct pcapng_state pcapng;
};

enum step pcap_step(struct capture_reader *r, struct window *w, struct frame *out);
size_t pcap_run(struct capture_reader *r, const struct capture_window *window,
		const struct capture_pace *pace, struct frame *out, size_t n);
enum step pcapng_step(struct capture_reader *r, struct window *w, struct frame *out);

bool pcap_recognise(const uint8_t *octets, size_t len);
bool pcapng_recognise(const uint8_t *octets, size_t len);

/* The caller has checked that the octets are there. */
static inline uint32_t get_u32(const uint8_t *b, bool big)
{
	uint32_t little = (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];

	return big ? __builtin_bswap32(little) : little;
}

static inline uint16_t get_u16(const uint8_t *b, bool big)
{
	return (uint16_t)(big ? b[0] << 8 | b[1] : b[1] << 8 | b[0]);
}

static inline void window_drop(struct window *w, size_t n)
{
	w->at += n;
	w->left -= n;
}

/* Passes over n octets that no record holds. */
static inline void reader_skip(struct capture_reader *r, struct window *w, size_t n)
{
	r->counts.skipped_octets += n;
	window_drop(w, n);
}

/* The end of the file inside a record. */
static inline enum step reader_cut_end(struct capture_reader *r, struct window *w)
{
	r->counts.truncated_end = 1;
	window_drop(w, w->left);
	return STEP_END;
}
