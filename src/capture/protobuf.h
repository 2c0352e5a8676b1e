/* SPDX-License-Identifier: Apache-2.0 */
/* protobuf.h -- the fields of a protobuf message, one after the other; and those of dnstap's outer message,
 * which the framing looks at as well. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

enum protobuf_wire { PROTOBUF_VARINT = 0, PROTOBUF_FIXED64 = 1, PROTOBUF_OCTETS = 2, PROTOBUF_FIXED32 = 5 };

/* Field numbers of message Dnstap, and the one kind there is. */
enum { DNSTAP_IDENTITY = 1, DNSTAP_VERSION = 2, DNSTAP_EXTRA = 3, DNSTAP_MESSAGE = 14, DNSTAP_KIND = 15 };
enum { DNSTAP_KIND_MESSAGE = 1 };

/* One field: a number, or octets, whatever its wire type has; octets, borrowed, is
 * NULL for a number. */
struct protobuf_field {
	uint64_t id;
	enum protobuf_wire wire;
	uint64_t number;
	const uint8_t *octets;
	uint32_t len;
};

static inline uint64_t protobuf_varint(struct cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 70; shift += 7) {
		uint8_t b = cursor_u8(c);

		v |= shift < 64 ? (uint64_t)(b & 0x7f) << shift : 0;
		if ((b & 0x80) == 0)
			return v;
	}
	c->err = c->err == OK ? E_FORMAT : c->err;
	return 0;
}

/* The next field; false: the end, or the cursor's error. */
static inline bool protobuf_next(struct cursor *c, struct protobuf_field *out)
{
	uint64_t tag, len;

	if (c->err != OK || cursor_left(c) == 0)
		return false;
	tag = protobuf_varint(c);
	*out = (struct protobuf_field){.id = tag >> 3, .wire = (enum protobuf_wire)(tag & 7)};
	switch (out->wire) {
	case PROTOBUF_VARINT:
		out->number = protobuf_varint(c);
		break;
	case PROTOBUF_FIXED64:
		out->number = cursor_u64_le(c);
		break;
	case PROTOBUF_FIXED32:
		out->number = cursor_u32_le(c);
		break;
	case PROTOBUF_OCTETS:
		len = protobuf_varint(c);
		if (len > UINT32_MAX && c->err == OK)
			c->err = E_SHORT;
		out->octets = cursor_bytes(c, (size_t)len);
		out->len = (uint32_t)len;
		break;
	default: /* groups are long given up */
		c->err = c->err == OK ? E_FORMAT : c->err;
	}
	if (out->id == 0 && c->err == OK)
		c->err = E_FORMAT;
	return c->err == OK;
}
