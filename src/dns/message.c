/* SPDX-License-Identifier: Apache-2.0 */
/* message.c -- see message.h. Untrusted input: every read goes through the cursor. */
#include "dns/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "dns/name.h"

enum { OPTION_ECS = 8, OPTION_EDE = 15, EDE_STALE = 3, EDE_STALE_NXDOMAIN = 19, RECORD_OCTETS_MIN = 11 };

void message_fini(struct message *m)
{
	free(m->records);
	free(m->names);
	free(m->octets);
	*m = (struct message){0};
}

static enum err grow(void **array, size_t *room, size_t need, size_t size)
{
	size_t more = *room == 0 ? 64 : *room;
	void *grown;

	if (need <= *room)
		return OK;
	while (more < need)
		more *= 2;
	grown = realloc(*array, more * size);
	if (grown == NULL)
		return E_MEMORY;
	*array = grown;
	*room = more;
	return OK;
}

/* Reads the name to where it stays. */
static enum err keep_name(struct message *m, struct cursor *c, uint16_t *index)
{
	enum err e = grow((void **)&m->names, &m->names_room, m->n_names + 1, sizeof *m->names);
	struct message_name *n;

	if (e == OK)
		e = grow((void **)&m->octets, &m->octets_room, m->octets_len + NAME_OCTETS_MAX, 1);
	if (e != OK)
		return e;
	if (m->n_names >= MESSAGE_NO_NAME)
		return E_FORMAT;
	n = &m->names[m->n_names];
	n->at = (uint32_t)m->octets_len;
	e = name_read_octets(c, m->octets + m->octets_len, &n->len, &n->labels);
	if (e != OK)
		return e;
	m->octets_len += n->len;
	*index = (uint16_t)m->n_names++;
	return OK;
}

/* Marks where the labels written here begin, and looks whether the pointer behind them leads to one marked
 * before: then so do those that follow. */
static void mark_labels(struct message *m, const uint8_t *wire, size_t at)
{
	enum { MARKED = sizeof m->label_at * 8 };
	size_t to;

	for (; wire[at] < 0xc0; at += wire[at] + 1u) {
		if (at < MARKED)
			m->label_at[at / 64] |= UINT64_C(1) << at % 64;
		if (wire[at] == 0)
			return;
	}
	to = (size_t)(wire[at] & 0x3f) << 8 | wire[at + 1];
	m->odd_pointers |= to >= MARKED || (m->label_at[to / 64] >> to % 64 & 1) == 0;
}

/* Where the name at the cursor is written: behind one leading pointer, or here. */
static size_t place_of(const struct cursor *c)
{
	if (cursor_left(c) >= 2 && c->bytes[c->pos] >= 0xc0)
		return (size_t)(c->bytes[c->pos] & 0x3f) << 8 | c->bytes[c->pos + 1];
	return c->pos;
}

/* Reads a name, or finds it again: most owners are a pointer to the question. */
static enum err read_name(struct message *m, struct cursor *c, uint16_t *index)
{
	size_t start = c->pos, place = place_of(c), slot = place % 64;
	enum err e;

	/* offset 0 means "none" in seen_at: a pointer there is read as what stands there, which is no name */
	if (place != 0 && place != c->pos && place < c->pos && m->seen_at[slot] == place) {
		*index = m->seen_name[slot];
		cursor_skip(c, 2);
		return c->err;
	}
	e = keep_name(m, c, index);
	if (e != OK)
		return e;
	mark_labels(m, c->bytes, start);
	if (place <= UINT16_MAX) {
		m->seen_at[slot] = (uint16_t)place;
		m->seen_name[slot] = *index;
	}
	return OK;
}

/* Octets of rdata before the name of a type that has one; -1: no name. */
static int name_offset(uint16_t type)
{
	switch (type) {
	case RR_NS:
	case RR_CNAME:
	case RR_SOA:
	case RR_PTR:
	case RR_DNAME:
		return 0;
	case RR_MX:
	case RR_SVCB:
	case RR_HTTPS:
		return 2;
	case RR_SRV:
		return 6;
	default:
		return -1;
	}
}

static enum err read_rdata(struct message *m, const struct cursor *c, struct record *r)
{
	struct cursor at = *c;
	int skip = name_offset(r->type);
	enum err e;

	r->target = MESSAGE_NO_NAME;
	if (r->class != CLASS_IN)
		return OK;
	if ((r->type == RR_A && r->rdlen != 4) || (r->type == RR_AAAA && r->rdlen != 16))
		return E_FORMAT;
	if (skip < 0)
		return OK;
	if (r->rdlen <= skip)
		return E_FORMAT;
	at.pos = (size_t)(r->rdata - c->bytes) + (size_t)skip;
	at.len = (size_t)(r->rdata - c->bytes) + r->rdlen; /* the name ends inside the rdata */
	e = read_name(m, &at, &r->target);
	return e == E_SHORT ? E_FORMAT : e;
}

static void read_options(struct message *m, const struct record *opt)
{
	struct cursor c = cursor_over(opt->rdata, opt->rdlen);

	m->rcode = (uint16_t)(m->rcode | (opt->ttl >> 24) << 4);
	while (cursor_left(&c) >= 4) {
		uint16_t code = cursor_u16(&c), len = cursor_u16(&c);
		const uint8_t *data = cursor_bytes(&c, len);

		if (data == NULL)
			return;
		if (code == OPTION_ECS && len >= 4)
			m->ecs |= data[2] > 0 && data[3] > 0; /* source and scope prefix lengths */
		if (code == OPTION_EDE && len >= 2)
			m->stale |= data[0] == 0 && (data[1] == EDE_STALE || data[1] == EDE_STALE_NXDOMAIN);
	}
}

static enum err read_record(struct message *m, struct cursor *c, uint8_t section)
{
	struct record *r;
	uint32_t ttl;
	enum err e = grow((void **)&m->records, &m->records_room, m->n_records + 1, sizeof *m->records);

	if (e != OK)
		return e;
	r = &m->records[m->n_records];
	e = read_name(m, c, &r->owner);
	if (e != OK)
		return e;
	r->section = section;
	r->type = cursor_u16(c);
	r->class = cursor_u16(c);
	ttl = cursor_u32(c);
	r->rdlen = cursor_u16(c);
	r->rdata = cursor_bytes(c, r->rdlen);
	if (c->err != OK)
		return c->err;
	r->ttl = ttl;
	if (r->type == RR_OPT) {
		r->target = MESSAGE_NO_NAME;
		read_options(m, r);
	} else {
		r->ttl = ttl > INT32_MAX ? 0 : ttl;
		e = read_rdata(m, c, r);
	}
	m->n_records += e == OK;
	return e;
}

static enum err read_question(struct message *m, struct cursor *c, uint16_t count)
{
	enum err e;

	m->qname = MESSAGE_NO_NAME;
	if (count == 0)
		return OK;
	if (count > 1) /* RFC 9619 */
		return E_FORMAT;
	e = read_name(m, c, &m->qname);
	m->qtype = cursor_u16(c);
	m->qclass = cursor_u16(c);
	return e != OK ? e : c->err;
}

enum err message_parse(struct message *m, const uint8_t *wire, size_t len)
{
	struct cursor c = cursor_over(wire, len);
	uint16_t counts[4];
	enum err e;

	m->wire = wire;
	m->len = len;
	m->id = cursor_u16(&c);
	m->flags = cursor_u16(&c);
	for (int i = 0; i < 4; i++)
		counts[i] = cursor_u16(&c);
	if (c.err != OK)
		return c.err;
	m->rcode = m->flags & 15;
	m->qtype = m->qclass = 0;
	m->ecs = m->stale = m->odd_pointers = false;
	m->n_records = m->n_names = m->octets_len = 0;
	memset(m->label_at, 0, sizeof m->label_at);
	memset(m->seen_at, 0, sizeof m->seen_at); /* offset 0 is the header: never a name */
	e = read_question(m, &c, counts[0]);
	for (uint8_t section = 0; section < 3 && e == OK; section++)
		for (uint16_t i = 0; i < counts[section + 1] && e == OK; i++) {
			/* the counts are claims: do not grow past what the octets left can hold */
			if (cursor_left(&c) < RECORD_OCTETS_MIN)
				return E_SHORT;
			e = read_record(m, &c, section);
		}
	return e;
}
