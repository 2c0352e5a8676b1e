/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h -- a growing byte buffer with a cap: text for output, bytes for input. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * A zeroed struct is an empty buffer without a cap. The first failure (no memory, over the cap) stays set in
 * `err` and later appends do nothing, so a long print needs one check at its end.
 */
struct buf {
	uint8_t *bytes; /* owned; moves when it grows */
	size_t len, room;
	size_t cap; /* most octets it may hold; 0: no limit */
	enum err err;
};

void buf_fini(struct buf *b);
void buf_clear(struct buf *b); /* empties it and clears the error; keeps the room */

/* Room for n more octets at bytes + len; NULL when that fails (err is set). The caller adds to len. */
uint8_t *buf_reserve(struct buf *b, size_t n);

void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* Removes the first n octets (n <= len), moving the rest to the front. */
void buf_drop(struct buf *b, size_t n);

/* The content as a C string (a NUL stands behind it); "" when nothing was ever added or memory ran out. */
const char *buf_text(struct buf *b);
