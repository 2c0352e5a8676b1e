/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c -- see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_fini(struct buf *b)
{
	free(b->bytes);
	*b = (struct buf){.cap = b->cap};
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->err = OK;
}

uint8_t *buf_reserve(struct buf *b, size_t n)
{
	size_t room = b->room == 0 ? 256 : b->room;
	uint8_t *grown;

	if (b->err != OK)
		return NULL;
	if (n > SIZE_MAX / 4 - b->len || (b->cap != 0 && b->len + n > b->cap)) {
		b->err = E_MEMORY;
		return NULL;
	}
	if (b->len + n <= b->room)
		return b->bytes + b->len;
	while (room < b->len + n)
		room *= 2;
	grown = realloc(b->bytes, room);
	if (grown == NULL) {
		b->err = E_MEMORY;
		return NULL;
	}
	b->bytes = grown;
	b->room = room;
	return b->bytes + b->len;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	uint8_t *at;

	if (n == 0)
		return;
	at = buf_reserve(b, n);
	if (at == NULL)
		return;
	memcpy(at, bytes, n);
	b->len += n;
}

void buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	int n;
	uint8_t *at;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	at = n < 0 ? NULL : buf_reserve(b, (size_t)n + 1);
	if (at != NULL) {
		vsnprintf((char *)at, (size_t)n + 1, format, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void buf_drop(struct buf *b, size_t n)
{
	if (n == 0)
		return;
	memmove(b->bytes, b->bytes + n, b->len - n);
	b->len -= n;
}

const char *buf_text(struct buf *b)
{
	uint8_t *at = buf_reserve(b, 1);

	if (at == NULL)
		return "";
	*at = 0;
	return (const char *)b->bytes;
}
