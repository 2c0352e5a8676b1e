/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cursor.h -- the one way to read untrusted bytes.
 *
 * A cursor walks over borrowed bytes. A read past the end returns zeros (or NULL) and sets the error, which
 * stays set: a long parse needs one check at its end. Numbers are read in network byte order, `_le` in little
 * endian.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cursor {
	const uint8_t *bytes; /* borrowed: the caller keeps them while the cursor is used */
	size_t len;
	size_t pos; /* 0..len */
	enum err err;
};

static inline struct cursor cursor_over(const void *bytes, size_t len)
{
	return (struct cursor){.bytes = bytes, .len = len};
}

static inline size_t cursor_left(const struct cursor *c)
{
	return c->len - c->pos;
}

/* The next n bytes, borrowed like the cursor's own; NULL and E_SHORT when there are fewer. */
static inline const uint8_t *cursor_bytes(struct cursor *c, size_t n)
{
	const uint8_t *at = c->bytes + c->pos;

	if (c->err != OK || n > c->len - c->pos) {
		c->err = c->err == OK ? E_SHORT : c->err;
		return NULL;
	}
	c->pos += n;
	return at;
}

static inline void cursor_seek(struct cursor *c, size_t pos)
{
	if (pos > c->len)
		c->err = c->err == OK ? E_SHORT : c->err;
	else
		c->pos = pos;
}

static inline void cursor_skip(struct cursor *c, size_t n)
{
	(void)cursor_bytes(c, n);
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *b = cursor_bytes(c, 1);

	return b == NULL ? 0 : b[0];
}

static inline uint16_t cursor_u16(struct cursor *c)
{
	const uint8_t *b = cursor_bytes(c, 2);

	return b == NULL ? 0 : (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t cursor_u32(struct cursor *c)
{
	const uint8_t *b = cursor_bytes(c, 4);

	return b == NULL ? 0 : (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline uint64_t cursor_u64(struct cursor *c)
{
	uint64_t high = cursor_u32(c);

	return high << 32 | cursor_u32(c);
}

static inline uint16_t cursor_u16_le(struct cursor *c)
{
	const uint8_t *b = cursor_bytes(c, 2);

	return b == NULL ? 0 : (uint16_t)(b[1] << 8 | b[0]);
}

static inline uint32_t cursor_u32_le(struct cursor *c)
{
	const uint8_t *b = cursor_bytes(c, 4);

	return b == NULL ? 0 : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static inline uint64_t cursor_u64_le(struct cursor *c)
{
	uint64_t low = cursor_u32_le(c);

	return (uint64_t)cursor_u32_le(c) << 32 | low;
}
