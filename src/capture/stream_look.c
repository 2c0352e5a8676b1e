/* SPDX-License-Identifier: Apache-2.0 */
/* stream_look.c -- see stream.h: where a message begins in a stream whose beginning nobody saw. */
#include "capture/stream.h"

#include "base/cursor.h"

enum { HEADER_OCTETS = 12, LABEL_MAX = 63, NAME_MAX_OCTETS = 255 };

static bool is_opcode(unsigned flags)
{
	unsigned opcode = flags >> 11 & 15;

	return opcode == 0 || opcode == 2 || opcode == 4 || opcode == 5;
}

/* IN, CH, HS, NONE, ANY. */
static bool is_class(unsigned class)
{
	return class == 1 || class == 3 || class == 4 || class == 254 || class == 255;
}

/* The first name of a message has nothing to point back to. */
static enum stream_look look_at_name(struct cursor *c)
{
	size_t from = c->pos;

	for (;;) {
		unsigned label = cursor_u8(c);

		if (c->err != OK)
			return STREAM_MORE;
		if (label == 0)
			return STREAM_YES;
		if (label > LABEL_MAX || c->pos + label - from >= NAME_MAX_OCTETS)
			return STREAM_NO;
		cursor_skip(c, label);
	}
}

enum stream_look stream_look(const uint8_t *octets, size_t len)
{
	struct cursor c = cursor_over(octets, len);
	unsigned size = cursor_u16(&c), flags, questions, class;
	uint32_t records;
	enum stream_look name;

	if (c.err != OK)
		return STREAM_MORE;
	cursor_skip(&c, 2);
	flags = cursor_u16(&c);
	if (size < HEADER_OCTETS || !is_opcode(flags) || (flags & 0x40) != 0)
		return STREAM_NO;
	questions = cursor_u16(&c);
	records = cursor_u16(&c);
	records += cursor_u16(&c);
	records += cursor_u16(&c);
	if (questions > 1 || size < HEADER_OCTETS + 5 * questions + 11 * records)
		return STREAM_NO;
	if (c.err == OK && questions == 0 && (records == 0 || (flags & 0x8000) == 0))
		return STREAM_NO;
	name = look_at_name(&c);
	if (name != STREAM_YES)
		return name;
	cursor_skip(&c, 2);
	class = cursor_u16(&c);
	if (c.err != OK)
		return STREAM_MORE;
	return is_class(class) ? STREAM_YES : STREAM_NO;
}
