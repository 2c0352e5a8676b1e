/* SPDX-License-Identifier: Apache-2.0 */
/* made_capture.h -- for tests: capture files built octet by octet, and all that a reader gives of one. */
#pragma once

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "capture/capture.h"

enum { MADE_MAX = 512, MADE_START_S = 1236895254 };

/* A file being built, and where its packets lie. */
struct made {
	struct buf file;
	bool big;
	enum capture_form form;
	size_t n;
	struct {
		size_t from, heads, to; /* the record, its first octet that is no head, its end */
	} records[MADE_MAX];
};

/* What a reader gave. */
struct got {
	size_t n;
	struct got_frame {
		int64_t time_ns;
		uint64_t hash;
		uint32_t len, wire_len;
		uint16_t link;
	} frames[MADE_MAX];
	struct capture_counts counts;
};

/* Numbers that are the same each time (xorshift). */
static inline uint32_t made_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	return *state ^= *state << 5;
}

static inline void made_u32(struct made *m, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_add_char(&m->file, (char)(uint8_t)(v >> (m->big ? 24 - 8 * i : 8 * i)));
}

static inline void made_u16(struct made *m, uint16_t v)
{
	buf_add_char(&m->file, (char)(uint8_t)(m->big ? v >> 8 : v));
	buf_add_char(&m->file, (char)(uint8_t)(m->big ? v : v >> 8));
}

/* A packet's octets: small numbers, zeros and text, as in DNS. */
static inline void made_octets(struct made *m, uint32_t len, uint32_t seed)
{
	uint32_t state = seed * 2654435761u + 1;

	for (uint32_t i = 0; i < len; i++) {
		uint32_t r = made_random(&state);

		buf_add_char(&m->file, (char)(uint8_t)(r % 3 == 0 ? r >> 24 : r % 3 == 1 ? 0 : r >> 29));
	}
}

static inline void made_file_head(struct made *m, uint32_t magic, bool big, uint32_t link)
{
	m->big = big;
	m->form = CAPTURE_PCAP;
	made_u32(m, magic);
	made_u16(m, 2);
	made_u16(m, 4);
	made_u32(m, 0);
	made_u32(m, 0);
	made_u32(m, 65535);
	made_u32(m, link);
}

static inline void made_mark(struct made *m, size_t from, size_t heads)
{
	m->records[m->n].from = from;
	m->records[m->n].heads = heads;
	m->records[m->n++].to = m->file.len;
}

static inline void made_record(struct made *m, uint32_t s, uint32_t part, uint32_t cap, uint32_t wire)
{
	size_t from = m->file.len;

	made_u32(m, s);
	made_u32(m, part);
	made_u32(m, cap);
	made_u32(m, wire);
	made_octets(m, cap, s + cap);
	made_mark(m, from, from + 16);
}

/* The body of a block stands behind `from`: puts the lengths around it. */
static inline void made_block_end(struct made *m, size_t from)
{
	struct made lengths = {.big = m->big};

	while (m->file.len % 4 != from % 4)
		buf_add_char(&m->file, 0);
	made_u32(&lengths, (uint32_t)(m->file.len + 4 - from));
	buf_add(&m->file, lengths.file.bytes, 4);
	memcpy(m->file.bytes + from + 4, lengths.file.bytes, 4);
	buf_fini(&lengths.file);
}

static inline size_t made_block_begin(struct made *m, uint32_t type)
{
	size_t from = m->file.len;

	made_u32(m, type);
	made_u32(m, 0);
	return from;
}

static inline void made_section(struct made *m, bool big)
{
	size_t from;

	m->big = big;
	m->form = CAPTURE_PCAPNG;
	from = made_block_begin(m, 0x0a0d0d0a);
	made_u32(m, 0x1a2b3c4d);
	made_u16(m, 1);
	made_u16(m, 0);
	made_u32(m, UINT32_MAX);
	made_u32(m, UINT32_MAX);
	made_block_end(m, from);
}

/* resolution -1: no option; offset_s 0: no option. */
static inline void made_interface(struct made *m, uint16_t link, int resolution, int64_t offset_s)
{
	size_t from = made_block_begin(m, 1);

	made_u16(m, link);
	made_u16(m, 0);
	made_u32(m, 0);
	if (resolution >= 0) {
		made_u16(m, 2); /* if_name */
		made_u16(m, 4);
		buf_add(&m->file, "eth0", 4);
		made_u16(m, 9);
		made_u16(m, 1);
		buf_add_char(&m->file, (char)(uint8_t)resolution);
		buf_add(&m->file, "\0\0\0", 3);
	}
	if (offset_s != 0) {
		made_u16(m, 14);
		made_u16(m, 8);
		made_u32(m, (uint32_t)((uint64_t)offset_s >> (m->big ? 32 : 0)));
		made_u32(m, (uint32_t)((uint64_t)offset_s >> (m->big ? 0 : 32)));
	}
	if (resolution >= 0 || offset_s != 0)
		made_u32(m, 0);
	made_block_end(m, from);
}

/* type 6 or 2; with an option behind the packet when `cap` is odd. */
static inline void made_packet(struct made *m, uint32_t type, uint16_t interface, uint64_t ticks,
			       uint32_t cap)
{
	size_t from = made_block_begin(m, type);

	if (type == 6)
		made_u32(m, interface);
	else
		made_u16(m, interface);
	if (type != 6)
		made_u16(m, 0xffff);
	made_u32(m, (uint32_t)(ticks >> 32));
	made_u32(m, (uint32_t)ticks);
	made_u32(m, cap);
	made_u32(m, cap + 4 * (cap % 2));
	made_octets(m, cap, (uint32_t)ticks);
	while (m->file.len % 4 != from % 4)
		buf_add_char(&m->file, 0);
	if (cap % 2 != 0) {
		made_u16(m, 2); /* epb_flags */
		made_u16(m, 4);
		made_u32(m, 1);
		made_u32(m, 0);
	}
	made_block_end(m, from);
	made_mark(m, from, from + 28);
}

static inline void made_simple(struct made *m, uint32_t len)
{
	size_t from = made_block_begin(m, 3);

	made_u32(m, len);
	made_octets(m, len, len);
	made_block_end(m, from);
	made_mark(m, from, from + 12);
}

/* All frames of a file, over windows that grow by `step` octets; 0: the whole file at once. False: the reader
 * broke its contract. */
static inline bool made_read(enum capture_form form, const uint8_t *octets, size_t len, size_t step,
			     struct got *got)
{
	struct capture_reader *r = capture_open(form);
	size_t from = 0, to = step == 0 || step > len ? len : step, used;
	bool fair = r != NULL;

	got->n = 0;
	while (fair) {
		struct frame f;
		enum err e = capture_next(r, &(struct capture_window){octets + from, to - from, to == len},
					  &used, &f);

		fair = used <= to - from && (e != E_SHORT || to < len) &&
		       (e != E_SHORT || to - from - used < 1 << 20);
		from += used;
		if (e == E_END)
			break;
		if (e == E_SHORT)
			to = len - to < step ? len : to + step;
		if (e != OK || !fair)
			continue;
		fair = f.octets >= octets && f.octets + f.len <= octets + from && f.wire_len >= f.len;
		if (fair && got->n < MADE_MAX)
			got->frames[got->n++] = (struct got_frame){.time_ns = f.time_ns,
								   .hash = hash_bytes(f.octets, f.len, 0),
								   .len = f.len,
								   .wire_len = f.wire_len,
								   .link = f.link};
	}
	if (r != NULL)
		got->counts = *capture_counted(r);
	capture_close(r);
	return fair && (got->n == got->counts.frames || got->n == MADE_MAX) && from == len;
}
