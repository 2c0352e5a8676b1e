/* SPDX-License-Identifier: Apache-2.0 */
/* query.c -- see query.h. The message reader of dns/ takes the packet apart; here is what makes it a query.
 */
#include "lab/query.h"

#include <string.h>

#include "base/cursor.h"
#include "dns/message.h"
#include "dns/name.h"

enum { OPT_OCTETS = 11, QUESTION_FIXED = 4 };

/* The name as it stands in the packet, which must be written out: a pointer could only lead into the header.
 */
static bool read_question(const struct message *m, struct query *q)
{
	struct cursor c = cursor_over(m->wire, m->len);
	uint8_t label;

	if (m->qname == MESSAGE_NO_NAME)
		return false;
	cursor_seek(&c, DNS_HEADER_OCTETS);
	do {
		label = cursor_u8(&c);
		if (label > LABEL_OCTETS_MAX)
			return false;
		cursor_skip(&c, label);
	} while (label != 0 && c.err == OK);
	if (c.err != OK)
		return false;
	q->name = message_name_octets(m, m->qname);
	q->asked = m->wire + DNS_HEADER_OCTETS;
	q->len = m->names[m->qname].len;
	q->qtype = m->qtype;
	q->qclass = m->qclass;
	return true;
}

/* EDNS (RFC 6891, 6.1): one OPT of the root in the additional section. */
static enum rcode read_edns(const struct message *m, struct query *q)
{
	enum { VERSION_SHIFT = 16 };

	for (size_t i = 0; i < m->n_records; i++) {
		const struct record *r = &m->records[i];

		if (r->type != RR_OPT)
			continue;
		if (q->edns || r->section != SECTION_ADDITIONAL || *message_name_octets(m, r->owner) != 0)
			return RCODE_FORMERR;
		q->edns = true;
		q->room = r->class < WIRE_UDP_PLAIN  ? WIRE_UDP_PLAIN
			  : r->class > WIRE_UDP_EDNS ? WIRE_UDP_EDNS
						     : r->class;
		if ((r->ttl >> VERSION_SHIFT & 0xff) != 0)
			return RCODE_BADVERS;
	}
	return RCODE_NOERROR;
}

/* What the question itself rules out. */
static enum rcode judge(const struct query *q)
{
	if (q->qclass != CLASS_IN || q->qtype == RR_AXFR || q->qtype == RR_IXFR)
		return RCODE_REFUSED;
	return q->qtype == RR_OPT || q->qtype == 0 ? RCODE_FORMERR : RCODE_NOERROR;
}

enum err query_read(struct message *m, const uint8_t *wire, size_t len, struct query *out)
{
	struct query q = {.room = WIRE_UDP_PLAIN};
	struct cursor c = cursor_over(wire, len);
	enum err e;

	q.id = cursor_u16(&c);
	q.flags = cursor_u16(&c);
	cursor_seek(&c, DNS_HEADER_OCTETS);
	if (c.err != OK)
		return c.err;
	if ((q.flags & FLAG_QR) != 0)
		return E_FORMAT;
	if ((q.flags & FLAG_OPCODE) != 0) { /* what stands behind the header may mean something else */
		q.rcode = RCODE_NOTIMP;
		*out = q;
		return OK;
	}
	e = message_parse(m, wire, len);
	if (e == E_MEMORY)
		return e;
	if (e != OK || !read_question(m, &q)) {
		q.rcode = RCODE_FORMERR;
		*out = q;
		return OK;
	}
	q.rcode = (uint16_t)read_edns(m, &q);
	if (q.rcode == RCODE_NOERROR)
		q.rcode = (uint16_t)judge(&q);
	*out = q;
	return OK;
}

static size_t put_u16(uint8_t *to, size_t at, unsigned v)
{
	to[at] = (uint8_t)(v >> 8);
	to[at + 1] = (uint8_t)v;
	return at + 2;
}

size_t query_turn_away(const struct query *q, uint8_t to[WIRE_MESSAGE_MAX])
{
	size_t at = DNS_HEADER_OCTETS;

	memset(to, 0, DNS_HEADER_OCTETS + OPT_OCTETS);
	put_u16(to, 0, q->id);
	put_u16(to, 2, FLAG_QR | (q->flags & (FLAG_OPCODE | FLAG_RD)) | (q->rcode & 15u));
	if (q->len != 0) {
		put_u16(to, 4, 1);
		memcpy(to + at, q->asked, q->len);
		at = put_u16(to, at + q->len, q->qtype);
		at = put_u16(to, at, q->qclass);
	}
	if (q->edns) {
		put_u16(to, 10, 1);
		to[at] = 0;
		put_u16(to, at + 1, RR_OPT);
		put_u16(to, at + 3, WIRE_UDP_EDNS);
		put_u16(to, at + 5, (unsigned)(q->rcode >> 4) << 8);
		put_u16(to, at + 7, 0);
		put_u16(to, at + 9, 0);
		at += OPT_OCTETS;
	}
	return at;
}
