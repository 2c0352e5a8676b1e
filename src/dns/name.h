/* SPDX-License-Identifier: Apache-2.0 */
/* name.h -- a domain name in uncompressed, lower-case wire form (RFC 1035, 3.1). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct buf;
struct cursor;

enum {
	NAME_OCTETS_MAX = 255,
	LABEL_OCTETS_MAX = 63,
	NAME_TEXT_MAX = 1025 /* every octet as \DDD, the dots, a NUL */
};

/*
 * A value: it owns nothing and may be copied with '='.
 * octets[0 .. len) always ends with the root label.
 */
struct name {
	uint8_t len;    /* octets in use, 1..255 */
	uint8_t labels; /* labels without the root, 0..127 */
	uint8_t octets[NAME_OCTETS_MAX];
};

/*
 * Reads the name at the cursor and moves the cursor past it. Compression
 * pointers are followed within the cursor's message.
 *
 * Returns OK, E_SHORT (message ends inside the name) or E_FORMAT (label type,
 * pointer or length not allowed). On error neither *c nor *out is changed.
 */
enum err name_read(struct cursor *c, struct name *out) MUST_USE;

/* The same to where the name will stay: NAME_OCTETS_MAX octets of room, of which *len are used. On error *c
 * is not changed, and the room holds anything. */
enum err name_read_octets(struct cursor *c, uint8_t *octets, uint8_t *len, uint8_t *labels) MUST_USE;

/*
 * Reads presentation form (RFC 1035, 5.1: "\." and "\DDD"), a final dot or none, "." for the root. The name
 * is lower-cased. Returns OK or E_FORMAT; *out is then unchanged.
 */
enum err name_from_text(const char *text, size_t len, struct name *out) MUST_USE;

/* Presentation form without the final dot ("." for the root), NUL at its end; returns the length. Dots and
 * backslashes inside a label become "\." and "\\", octets outside 0x21..0x7e become "\DDD". */
size_t name_to_text(const uint8_t *wire, char text[NAME_TEXT_MAX]);

/* Octets of the uncompressed name at `wire`, its root label included. The name must be well formed. */
size_t name_wire_len(const uint8_t *wire);

/* Copies the octets of a name or of its first labels. They are few, and memcpy of a length that is not known
 * costs more than they do. */
static inline void name_copy(uint8_t *to, const uint8_t *from, size_t n)
{
	enum { STEP = 8 };

	if (n < STEP) {
		for (size_t i = 0; i < n; i++)
			to[i] = from[i];
		return;
	}
	for (size_t at = 0; at + STEP < n; at += STEP)
		memcpy(to + at, from + at, STEP);
	memcpy(to + n - STEP, from + n - STEP, STEP);
}

static inline bool name_equal(const struct name *a, const struct name *b)
{
	return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

/* Whether `name` (len octets, wire form, lower case) is `zone` or lies below it. */
bool name_is_below(const uint8_t *name, size_t len, const uint8_t *zone, size_t zone_len);
