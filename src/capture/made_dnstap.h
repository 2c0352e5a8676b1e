/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_dnstap.h -- for tests: a Frame Streams file of dnstap messages, all that the reader gives of one, and
 * a slow reader that shares nothing with it: every offset is tried as the start of a frame that holds a whole
 * message, and the most of them that do not overlap are counted, from the end of the file backwards.
 */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "capture/dnstap.h"

enum { MADE_FRAMES_MAX = 64, SLOW_FRAME_MAX = 262144 };

struct made_stream {
	struct buf file;
	size_t n;
	struct {
		size_t from, to;
	} frames[MADE_FRAMES_MAX];
};

static inline void made_dnstap_frame(struct made_stream *s, uint16_t id, uint32_t len)
{
	static uint8_t octets[1000];
	struct buf one = {0};
	struct dnstap d = {.type = id % 2 == 0 ? DNSTAP_RESOLVER_RESPONSE : DNSTAP_CLIENT_QUERY,
			   .time_ns = INT64_C(1236895254000000000) + id,
			   .octets = octets,
			   .len = len,
			   .response = id % 2 == 0,
			   .initiator_port = id};

	for (uint32_t i = 0; i < len; i++)
		octets[i] = (uint8_t)(i % 5 == 0 ? id : i % 3);
	if (id % 3 == 0) {
		d.identity = octets;
		d.identity_len = 5;
	}
	dnstap_write(&one, &d);
	s->frames[s->n].from = s->file.len;
	fstrm_write_frame(&s->file, one.bytes, (uint32_t)one.len);
	s->frames[s->n++].to = s->file.len;
	buf_fini(&one);
}

/* What a reader gave: good messages by their number, and the rest. */
struct got_frames {
	size_t n, good;
	uint16_t ids[MADE_FRAMES_MAX];
	struct fstrm_counts counts;
	enum err err;
};

/* Over windows that grow by `step` octets; 0: all at once. False: the reader broke its contract. */
static inline bool made_read_stream(const uint8_t *octets, size_t len, size_t step, struct got_frames *got)
{
	struct fstrm_reader *r = fstrm_open();
	size_t from = 0, to = step == 0 || step > len ? len : step, used = 0;
	bool fair = r != NULL;

	*got = (struct got_frames){0};
	while (fair) {
		const uint8_t *frame = NULL;
		uint32_t frame_len = 0;
		struct dnstap d;
		enum err e = fstrm_next(r, &(struct capture_window){octets + from, to - from, to == len},
					&used, &frame, &frame_len);

		fair = used <= to - from && (e != E_SHORT || (to < len && to - from - used < 1 << 20));
		from += used;
		got->err = e == OK || e == E_SHORT ? got->err : e;
		if (e == E_END)
			break;
		if (e == E_SHORT)
			to = len - to < step ? len : to + step;
		if (e != OK || !fair)
			continue;
		fair = frame >= octets && frame + frame_len <= octets + from;
		if (dnstap_parse(frame, frame_len, &d) == OK && got->good < MADE_FRAMES_MAX)
			got->ids[got->good++] = d.initiator_port;
		got->n++;
	}
	if (r != NULL)
		got->counts = *fstrm_counted(r);
	fstrm_close(r);
	return fair && got->n == got->counts.frames && (from == len || got->counts.wrong_content != 0);
}

/* The number of octets a varint has, its value in *v; 0: none. */
static inline size_t slow_varint(const uint8_t *at, size_t left, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < left && i < 10; i++) {
		*v |= i < 9 ? (uint64_t)(at[i] & 0x7f) << 7 * i : 0;
		if (at[i] < 0x80)
			return i + 1;
	}
	return 0;
}

/* Whether these octets are protobuf fields from end to end, 14 (octets) and 15 (one) among them. */
static inline bool slow_is_dnstap(const uint8_t *at, size_t left)
{
	bool message = false, kind = false;

	while (left != 0) {
		uint64_t tag, v;
		size_t n = slow_varint(at, left, &tag), m = n == 0 ? 0 : slow_varint(at + n, left - n, &v);
		size_t body = 0;

		if (m == 0 || (tag & 7) % 2 != 0 ||
		    (tag & 7) > 2) /* the writer uses no other wire types here */
			return false;
		if ((tag & 7) == 2)
			body = v > left - n - m ? SIZE_MAX : (size_t)v;
		if (body == SIZE_MAX)
			return false;
		message |= tag == (14 << 3 | 2);
		kind |= tag == 15 << 3 && v == 1;
		at += n + m + body;
		left -= n + m + body;
	}
	return message && kind;
}

static inline size_t slow_frames(const uint8_t *octets, size_t len)
{
	size_t *best = calloc(len + 1, sizeof *best), most;

	for (size_t at = len; at-- > 0;) {
		size_t claim = len - at < 4 ? 0
					    : (size_t)octets[at] << 24 | (size_t)octets[at + 1] << 16 |
						      (size_t)octets[at + 2] << 8 | octets[at + 3];

		best[at] = best[at + 1];
		if (claim == 0 || claim > SLOW_FRAME_MAX || claim > len - at - 4)
			continue;
		if (slow_is_dnstap(octets + at + 4, claim) && best[at + 4 + claim] + 1 > best[at])
			best[at] = best[at + 4 + claim] + 1;
	}
	most = best[0];
	free(best);
	return most;
}
