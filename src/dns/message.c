/* SPDX-License-Identifier: Apache-2.0 */
/* message.c -- see message.h. Untrusted input: every read goes through the cursor. */
#include "dns/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/cursor.h"
#include "dns/name.h"

enum { OPTION_ECS = 8, OPTION_EDE = 15, EDE_STALE = 3, EDE_STALE_NXDOMAIN = 19 };

enum {
	RECORD_FIXED = 10, /* type, class, TTL, length */
	RECORD_OCTETS_MIN = 1 + RECORD_FIXED,
	NAMES_OF_ONE = 128 /* labels in 255 octets, and the root */
};

void message_fini(struct message *m)
{
	free(m->records);
	free(m->names);
	free(m->octets);
	*m = (struct message){0};
}

/* Makes room for `need` of an array's elements. */
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

/* For one name more, and all its ends. */
static enum err make_room(struct message *m)
{
	enum err e = grow((void **)&m->names, &m->names_room, m->n_names + NAMES_OF_ONE, sizeof *m->names);

	return e != OK ? e : grow((void **)&m->octets, &m->octets_room, m->octets_len + NAME_OCTETS_MAX, 1);
}

static uint16_t u16_at(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

/* The name read where the pointer at `pos` leads to, or MESSAGE_NO_NAME. */
static inline uint16_t known_name(const struct message *m, const struct cursor *c, size_t pos)
{
	size_t to;
	uint16_t n;

	if (c->len - pos < 2 || c->bytes[pos] < 0xc0)
		return MESSAGE_NO_NAME;
	to = u16_at(c->bytes + pos) & 0x3fff;
	n = m->name_at[to % MESSAGE_MARKED];
	return n < m->n_names && m->names[n].wire == to ? n : MESSAGE_NO_NAME;
}

/* A name with a pointer to where none was read. */
static enum err read_odd_name(struct message *m, struct cursor *c, uint16_t *index)
{
	struct message_name *n = &m->names[m->n_names];
	uint8_t labels;
	enum err e = name_read_octets(c, m->octets + m->octets_len, &n->len, &labels);

	if (e != OK)
		return e;
	n->at = (uint32_t)m->octets_len;
	n->wire = UINT16_MAX;
	m->octets_len += n->len;
	m->odd_pointers = true;
	*index = (uint16_t)m->n_names++;
	return OK;
}

/* Notes the name written at `start` and all its ends that are written here: of `own` octets, or one more
 * where the root stands here too, out of `len`. */
static void note_names(struct message *m, const uint8_t *wire, size_t start, size_t own, size_t len)
{
	size_t n = m->n_names;

	for (size_t at = 0; at < own; at += wire[start + at] + 1u) {
		size_t pos = start + at;
		bool marked = pos < MESSAGE_MARKED;

		m->names[n] = (struct message_name){.at = (uint32_t)(m->octets_len + at),
						    .wire = marked ? (uint16_t)pos : UINT16_MAX,
						    .len = (uint8_t)(len - at)};
		if (marked)
			m->name_at[pos] = (uint16_t)n;
		n++;
	}
	m->n_names = n;
	m->octets_len += len;
}

/* Reads the name to where it stays. What is not plainly right is left to read_odd_name to read or refuse. */
static enum err read_name(struct message *m, struct cursor *c, uint16_t *index)
{
	static const uint8_t root[1] = {0};
	const uint8_t *wire = c->bytes, *tail = root;
	size_t start = c->pos, end = start, own, tail_len = 1;
	uint16_t behind;
	enum err e;

	if ((m->names_room - m->n_names < NAMES_OF_ONE || m->octets_room - m->octets_len < NAME_OCTETS_MAX) &&
	    (e = make_room(m)) != OK)
		return e;
	if (m->n_names >= MESSAGE_NO_NAME - NAMES_OF_ONE)
		return E_FORMAT;
	while (end < c->len && (uint8_t)(wire[end] - 1) < LABEL_OCTETS_MAX)
		end += wire[end] + 1u;
	own = end - start;
	if (end >= c->len)
		return read_odd_name(m, c, index);
	if (wire[end] != 0) {
		behind = known_name(m, c, end);
		if (behind == MESSAGE_NO_NAME)
			return read_odd_name(m, c, index);
		tail = message_name_octets(m, behind);
		tail_len = m->names[behind].len;
	}
	if (own + tail_len > NAME_OCTETS_MAX)
		return E_FORMAT;
	ascii_lower(m->octets + m->octets_len, wire + start, own); /* lengths are no letters */
	name_copy(m->octets + m->octets_len + own, tail, tail_len);
	*index = (uint16_t)m->n_names;
	c->pos = end + (wire[end] == 0 ? 1 : 2);
	note_names(m, wire, start, own + (wire[end] == 0), own + tail_len);
	return OK;
}

/* Reads a name, or finds it again: most owners are a pointer to the question. */
static inline enum err find_name(struct message *m, struct cursor *c, uint16_t *index)
{
	uint16_t known = known_name(m, c, c->pos);

	if (known == MESSAGE_NO_NAME)
		return read_name(m, c, index);
	*index = known;
	c->pos += 2;
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
	int skip = name_offset(r->type);
	struct cursor at;
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
	at = cursor_over(c->bytes, c->pos); /* which is behind the rdata: the name ends inside */
	at.pos = c->pos - r->rdlen + (size_t)skip;
	e = find_name(m, &at, &r->target);
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
	const uint8_t *fixed;
	struct record *r;
	uint32_t ttl;
	enum err e = OK;

	/* the counts are claims: do not grow past what the octets left can hold */
	if (cursor_left(c) < RECORD_OCTETS_MIN)
		return E_SHORT;
	if (m->n_records == m->records_room)
		e = grow((void **)&m->records, &m->records_room, m->n_records + 1, sizeof *m->records);
	if (e != OK)
		return e;
	r = &m->records[m->n_records];
	e = find_name(m, c, &r->owner);
	if (e != OK)
		return e;
	fixed = c->bytes + c->pos;
	if (cursor_left(c) < RECORD_FIXED)
		return E_SHORT;
	r->section = section;
	r->type = u16_at(fixed);
	r->class = u16_at(fixed + 2);
	ttl = (uint32_t)u16_at(fixed + 4) << 16 | u16_at(fixed + 6);
	r->rdlen = u16_at(fixed + 8);
	r->rdata = fixed + RECORD_FIXED;
	if (cursor_left(c) - RECORD_FIXED < r->rdlen)
		return E_SHORT;
	c->pos += RECORD_FIXED + (size_t)r->rdlen;
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
	e = find_name(m, c, &m->qname);
	m->qtype = cursor_u16(c);
	m->qclass = cursor_u16(c);
	return e != OK ? e : c->err;
}

enum err message_parse(struct message *m, const uint8_t *wire, size_t len)
{
	struct cursor c = cursor_over(wire, len);
	const uint8_t *head;
	enum err e;

	m->wire = wire;
	m->len = len;
	head = cursor_bytes(&c, DNS_HEADER_OCTETS);
	if (head == NULL)
		return c.err;
	m->id = u16_at(head);
	m->flags = u16_at(head + 2);
	m->rcode = m->flags & 15;
	m->qtype = m->qclass = 0;
	m->ecs = m->stale = m->odd_pointers = false;
	m->n_records = m->n_names = m->octets_len = 0;
	e = read_question(m, &c, u16_at(head + 4));
	for (uint8_t section = 0; section < 3; section++)
		for (uint16_t left = u16_at(head + 6 + 2 * section); e == OK && left > 0; left--)
			e = read_record(m, &c, section);
	return e;
}
