/* SPDX-License-Identifier: Apache-2.0 */
/* name.c -- see name.h. Untrusted input: every read goes through the cursor. */
#include "dns/name.h"

#include <stdio.h>

#include "base/ascii.h"
#include "base/cursor.h"

enum err name_read_octets(struct cursor *c, uint8_t *octets, uint8_t *len, uint8_t *labels)
{
	struct cursor at = *c;
	size_t after = 0;      /* where the name ends in place, once a pointer is seen */
	size_t limit = c->pos; /* pointers must land before this: no loop can form */
	size_t used = 0;
	uint8_t n = 0;

	for (uint8_t head; (head = cursor_u8(&at)) != 0;) {
		if (head <= LABEL_OCTETS_MAX) {
			const uint8_t *label = cursor_bytes(&at, head);

			if (label == NULL)
				return E_SHORT;
			if (used + 1 + head >= NAME_OCTETS_MAX) /* one octet stays free for the root */
				return E_FORMAT;
			octets[used] = head;
			ascii_lower(octets + used + 1, label, head);
			used += 1u + head;
			n++;
			continue;
		}
		if (head < 0xc0) /* 01 and 10 are not label types in use (RFC 6891, 5) */
			return E_FORMAT;
		size_t target = (head & 0x3fu) << 8 | cursor_u8(&at);
		if (at.err == OK && target >= limit)
			return E_FORMAT;
		after = after == 0 ? at.pos : after;
		limit = target;
		cursor_seek(&at, target);
	}
	if (at.err != OK) /* past the end, the cursor reads zeros and remembers */
		return at.err;
	octets[used++] = 0;
	*len = (uint8_t)used;
	*labels = n;
	c->pos = after == 0 ? at.pos : after;
	return OK;
}

enum err name_read(struct cursor *c, struct name *out)
{
	struct name n; /* not cleared: that costs more than the read */
	enum err e = name_read_octets(c, n.octets, &n.len, &n.labels);

	if (e != OK)
		return e;
	out->len = n.len;
	out->labels = n.labels;
	memcpy(out->octets, n.octets, n.len);
	return OK;
}

/* One octet of a label in presentation form; moves *at past it. -1: a broken escape. */
static int text_octet(const char **at, const char *end)
{
	const char *p = *at;
	int v;

	if (*p != '\\') {
		*at = p + 1;
		return (uint8_t)*p;
	}
	if (++p == end)
		return -1;
	if (!ascii_is_digit((uint8_t)*p)) {
		*at = p + 1;
		return (uint8_t)*p;
	}
	if (end - p < 3 || !ascii_is_digit((uint8_t)p[1]) || !ascii_is_digit((uint8_t)p[2]))
		return -1;
	v = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
	*at = p + 3;
	return v > 255 ? -1 : v;
}

enum err name_from_text(const char *text, size_t len, struct name *out)
{
	struct name n = {.len = 1}; /* n.len - 1 is where the open label's length goes */
	const char *at = text, *end = text + len;
	size_t label = 0; /* position of the open label's length octet */

	if (len == 1 && *text == '.')
		at = end;
	else if (len == 0)
		return E_FORMAT;
	while (at != end) {
		bool dot = *at == '.';
		int octet = dot ? 0 : text_octet(&at, end);

		if (octet < 0)
			return E_FORMAT;
		if (dot) {
			at++;
			if (n.len == label + 1) /* an empty label */
				return E_FORMAT;
			n.octets[label] = (uint8_t)(n.len - label - 1);
			label = n.len++;
			n.labels++;
			if (n.len == 0) /* over 255 */
				return E_FORMAT;
			continue;
		}
		if (n.len - label > LABEL_OCTETS_MAX || n.len >= NAME_OCTETS_MAX - 1)
			return E_FORMAT;
		n.octets[n.len++] = ascii_lower1((uint8_t)octet);
	}
	if (n.len > label + 1) { /* no final dot: close the last label */
		n.octets[label] = (uint8_t)(n.len - label - 1);
		label = n.len++;
		n.labels++;
	}
	n.octets[label] = 0;
	*out = n;
	return OK;
}

size_t name_to_text(const uint8_t *wire, char text[NAME_TEXT_MAX])
{
	char *to = text;

	if (*wire == 0)
		*to++ = '.';
	for (; *wire != 0; wire += *wire + 1) {
		if (to != text)
			*to++ = '.';
		for (uint8_t i = 1; i <= *wire; i++) {
			uint8_t b = wire[i];
			if (b == '.' || b == '\\') {
				*to++ = '\\';
				*to++ = (char)b;
			} else if (b > 0x20 && b < 0x7f) {
				*to++ = (char)b;
			} else {
				*to++ = '\\';
				*to++ = (char)('0' + b / 100);
				*to++ = (char)('0' + b / 10 % 10);
				*to++ = (char)('0' + b % 10);
			}
		}
	}
	*to = 0;
	return (size_t)(to - text);
}

size_t name_wire_len(const uint8_t *wire)
{
	const uint8_t *at = wire;

	while (*at != 0)
		at += *at + 1;
	return (size_t)(at - wire) + 1;
}

bool name_is_below(const uint8_t *name, size_t len, const uint8_t *zone, size_t zone_len)
{
	const uint8_t *at = name;

	if (len < zone_len || memcmp(name + len - zone_len, zone, zone_len) != 0)
		return false;
	while (at < name + len - zone_len) /* the match must start at a label */
		at += *at + 1;
	return at == name + len - zone_len;
}
