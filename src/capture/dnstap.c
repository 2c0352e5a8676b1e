/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dnstap.c -- see dnstap.h: the protobuf of dnstap.proto (dnstap.info), read in one pass over borrowed
 * octets, and written with the least octets.
 *
 * Fields may come in any order, the last one of a number counts, and a message that comes twice is merged, as
 * protobuf has it. Fields that are not known are passed over.
 */
#include "capture/dnstap.h"

#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/stamp.h"
#include "capture/protobuf.h"
#include "dns/name.h"

/* Field numbers of message Message. */
enum {
	MESSAGE_TYPE = 1,
	MESSAGE_FAMILY,
	MESSAGE_PROTOCOL,
	MESSAGE_QUERY_ADDRESS,
	MESSAGE_RESPONSE_ADDRESS,
	MESSAGE_QUERY_PORT,
	MESSAGE_RESPONSE_PORT,
	MESSAGE_QUERY_SEC,
	MESSAGE_QUERY_NSEC,
	MESSAGE_QUERY_MESSAGE,
	MESSAGE_QUERY_ZONE,
	MESSAGE_RESPONSE_SEC,
	MESSAGE_RESPONSE_NSEC,
	MESSAGE_RESPONSE_MESSAGE,
	MESSAGE_FIELDS
};

enum { PROTOCOL_UDP = 1, PROTOCOL_TCP = 2, FAMILY_INET = 1, FAMILY_INET6 = 2 };

/* The fields of a Message by their number. */
struct fields {
	struct protobuf_field at[MESSAGE_FIELDS];
	bool has[MESSAGE_FIELDS];
};

static enum protobuf_wire wire_of(unsigned id)
{
	switch (id) {
	case MESSAGE_QUERY_ADDRESS:
	case MESSAGE_RESPONSE_ADDRESS:
	case MESSAGE_QUERY_MESSAGE:
	case MESSAGE_QUERY_ZONE:
	case MESSAGE_RESPONSE_MESSAGE:
		return PROTOBUF_OCTETS;
	case MESSAGE_QUERY_NSEC:
	case MESSAGE_RESPONSE_NSEC:
		return PROTOBUF_FIXED32;
	default:
		return PROTOBUF_VARINT;
	}
}

static enum err read_message(const struct protobuf_field *message, struct fields *fields)
{
	struct cursor c = cursor_over(message->octets, message->len);
	struct protobuf_field f;

	while (protobuf_next(&c, &f)) {
		if (f.id >= MESSAGE_FIELDS)
			continue;
		if (f.wire != wire_of((unsigned)f.id))
			return E_FORMAT;
		fields->at[f.id] = f;
		fields->has[f.id] = true;
	}
	return c.err;
}

static enum err read_outer(struct cursor c, struct dnstap *d, uint64_t *kind, struct fields *fields)
{
	struct protobuf_field f;

	while (protobuf_next(&c, &f)) {
		enum err e = OK;

		if (f.id == DNSTAP_KIND && f.wire == PROTOBUF_VARINT) {
			*kind = f.number;
		} else if (f.id == DNSTAP_KIND || ((f.id == DNSTAP_MESSAGE || f.id <= DNSTAP_VERSION) &&
						   f.wire != PROTOBUF_OCTETS)) {
			e = E_FORMAT;
		} else if (f.id == DNSTAP_IDENTITY) {
			d->identity = f.octets;
			d->identity_len = f.len;
		} else if (f.id == DNSTAP_VERSION) {
			d->version = f.octets;
			d->version_len = f.len;
		} else if (f.id == DNSTAP_MESSAGE) {
			e = read_message(&f, fields);
		}
		if (e != OK)
			return e;
	}
	return c.err;
}

static bool is_response_type(uint64_t type)
{
	return type % 2 == 0; /* queries and responses take turns */
}

static enum err take_time(const struct fields *fields, unsigned sec, int64_t *out)
{
	uint64_t s = fields->at[sec].number, ns = fields->at[sec + 1].number;

	if (!fields->has[sec]) {
		*out = STAMP_NONE;
		return OK;
	}
	if (s >= INT64_MAX / NS_PER_SECOND || ns >= (uint64_t)NS_PER_SECOND)
		return E_FORMAT;
	*out = (int64_t)s * NS_PER_SECOND + (int64_t)ns;
	return OK;
}

static enum err take_address(const struct protobuf_field *f, struct addr *out)
{
	if (f->octets == NULL || f->len == 0)
		return OK;
	if (f->len == 4)
		*out = addr_v4(f->octets);
	else if (f->len == 16)
		*out = addr_v6(f->octets);
	else
		return E_FORMAT;
	return OK;
}

static enum err take_port(const struct protobuf_field *f, uint16_t *out)
{
	if (f->number > UINT16_MAX)
		return E_FORMAT;
	*out = (uint16_t)f->number;
	return OK;
}

/* Without compression, since it stands alone. */
static enum err take_zone(const struct protobuf_field *f, struct dnstap *d)
{
	struct cursor c = cursor_over(f->octets, f->len);
	struct name zone;
	enum err e;

	if (f->octets == NULL || f->len == 0)
		return OK;
	e = name_read(&c, &zone);
	if (e != OK)
		return e;
	if (c.pos != f->len || zone.len != f->len)
		return E_FORMAT;
	d->zone = f->octets;
	d->zone_len = zone.len;
	return OK;
}

static enum err take_fields(const struct fields *fields, struct dnstap *d)
{
	const struct protobuf_field *at = fields->at;
	const struct protobuf_field *message =
		&at[d->response ? MESSAGE_RESPONSE_MESSAGE : MESSAGE_QUERY_MESSAGE];
	const enum err outcomes[] = {
		take_time(fields, d->response ? MESSAGE_RESPONSE_SEC : MESSAGE_QUERY_SEC, &d->time_ns),
		take_address(&at[MESSAGE_QUERY_ADDRESS], &d->initiator),
		take_address(&at[MESSAGE_RESPONSE_ADDRESS], &d->responder),
		take_port(&at[MESSAGE_QUERY_PORT], &d->initiator_port),
		take_port(&at[MESSAGE_RESPONSE_PORT], &d->responder_port),
		take_zone(&at[MESSAGE_QUERY_ZONE], d)};

	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
		if (outcomes[i] != OK)
			return outcomes[i];
	d->tcp = at[MESSAGE_PROTOCOL].number > PROTOCOL_UDP;
	d->octets = message->octets;
	d->len = message->len;
	return OK;
}

enum err dnstap_parse(const uint8_t *octets, size_t len, struct dnstap *out)
{
	struct dnstap d = {0};
	struct fields fields = {0};
	uint64_t kind = 0, type;
	enum err e = read_outer(cursor_over(octets, len), &d, &kind, &fields);

	if (e != OK)
		return e;
	type = fields.at[MESSAGE_TYPE].number;
	if (kind != DNSTAP_KIND_MESSAGE || type < DNSTAP_AUTH_QUERY || type > DNSTAP_UPDATE_RESPONSE)
		return E_UNSUPPORTED;
	d.type = (enum dnstap_type)type;
	d.response = is_response_type(type);
	e = take_fields(&fields, &d);
	if (e == OK)
		*out = d;
	return e;
}

static void put_varint(struct buf *to, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_add_char(to, (char)(uint8_t)(v | 0x80));
	buf_add_char(to, (char)(uint8_t)v);
}

static void put_number(struct buf *to, unsigned id, uint64_t v)
{
	put_varint(to, id << 3 | PROTOBUF_VARINT);
	put_varint(to, v);
}

static void put_fixed32(struct buf *to, unsigned id, uint32_t v)
{
	put_varint(to, id << 3 | PROTOBUF_FIXED32);
	for (int i = 0; i < 4; i++)
		buf_add_char(to, (char)(uint8_t)(v >> 8 * i));
}

static void put_octets(struct buf *to, unsigned id, const void *octets, size_t len)
{
	put_varint(to, id << 3 | PROTOBUF_OCTETS);
	put_varint(to, len);
	buf_add(to, octets, len);
}

static void put_address(struct buf *to, unsigned id, const struct addr *a)
{
	if (addr_is_v4(a))
		put_octets(to, id, a->octets + 12, 4);
	else if (!addr_is_none(a))
		put_octets(to, id, a->octets, 16);
}

static void put_port(struct buf *to, unsigned id, uint16_t port)
{
	if (port != 0)
		put_number(to, id, port);
}

static void put_message(struct buf *to, const struct dnstap *d)
{
	const struct addr *known = addr_is_none(&d->initiator) ? &d->responder : &d->initiator;
	unsigned sec = d->response ? MESSAGE_RESPONSE_SEC : MESSAGE_QUERY_SEC;

	put_number(to, MESSAGE_TYPE, d->type);
	if (!addr_is_none(known))
		put_number(to, MESSAGE_FAMILY, addr_is_v4(known) ? FAMILY_INET : FAMILY_INET6);
	put_number(to, MESSAGE_PROTOCOL, d->tcp ? PROTOCOL_TCP : PROTOCOL_UDP);
	put_address(to, MESSAGE_QUERY_ADDRESS, &d->initiator);
	put_address(to, MESSAGE_RESPONSE_ADDRESS, &d->responder);
	put_port(to, MESSAGE_QUERY_PORT, d->initiator_port);
	put_port(to, MESSAGE_RESPONSE_PORT, d->responder_port);
	if (d->zone != NULL)
		put_octets(to, MESSAGE_QUERY_ZONE, d->zone, d->zone_len);
	if (d->time_ns >= 0) { /* the form knows nothing before 1970 */
		put_number(to, sec, (uint64_t)(d->time_ns / NS_PER_SECOND));
		put_fixed32(to, sec + 1, (uint32_t)(d->time_ns % NS_PER_SECOND));
	}
	if (d->octets != NULL)
		put_octets(to, d->response ? MESSAGE_RESPONSE_MESSAGE : MESSAGE_QUERY_MESSAGE, d->octets,
			   d->len);
}

void dnstap_write(struct buf *to, const struct dnstap *d)
{
	struct buf message = {0};

	put_message(&message, d);
	if (message.err != OK)
		to->err = to->err == OK ? message.err : to->err;
	if (d->identity != NULL)
		put_octets(to, DNSTAP_IDENTITY, d->identity, d->identity_len);
	if (d->version != NULL)
		put_octets(to, DNSTAP_VERSION, d->version, d->version_len);
	put_octets(to, DNSTAP_MESSAGE, message.bytes, message.len);
	put_number(to, DNSTAP_KIND, DNSTAP_KIND_MESSAGE);
	buf_fini(&message);
}
