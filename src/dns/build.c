/* SPDX-License-Identifier: Apache-2.0 */
/* build.c -- see build.h. */
#include "dns/build.h"

#include <string.h>

#include "base/addr.h"

static void put(struct build *b, const void *bytes, size_t n)
{
	if (b->err != OK || n == 0)
		return;
	if (n > b->room - b->len) {
		b->err = E_FULL;
		return;
	}
	memcpy(b->bytes + b->len, bytes, n);
	b->len += n;
}

static void put_u16(struct build *b, unsigned v)
{
	uint8_t o[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	put(b, o, 2);
}

/* Adds one to the count of the header at `at`. */
static void count(struct build *b, size_t at)
{
	unsigned n;

	if (b->err != OK)
		return;
	n = ((unsigned)b->bytes[at] << 8 | b->bytes[at + 1]) + 1;
	if (n > UINT16_MAX)
		b->err = E_FORMAT;
	b->bytes[at] = (uint8_t)(n >> 8);
	b->bytes[at + 1] = (uint8_t)n;
}

void build_begin(struct build *b, uint8_t *bytes, size_t room, uint16_t id, uint16_t flags)
{
	static const uint8_t zeros[8];

	b->bytes = bytes;
	b->len = 0;
	b->room = room;
	b->question.len = 0;
	b->err = OK;
	put_u16(b, id);
	put_u16(b, flags);
	put(b, zeros, 8);
}

void build_question(struct build *b, const struct name *qname, uint16_t qtype, uint16_t qclass)
{
	put(b, qname->octets, qname->len);
	put_u16(b, qtype);
	put_u16(b, qclass);
	count(b, 4);
	b->question = *qname;
}

void build_record(struct build *b, const struct build_head *h, const uint8_t *rdata, size_t rdlen)
{
	int section = (int)h->section;

	if (rdlen > UINT16_MAX)
		b->err = E_FORMAT;
	for (int later = section + 1; later < 3 && b->err == OK; later++)
		if (b->bytes[6 + 2 * later] != 0 || b->bytes[7 + 2 * later] != 0)
			b->err = E_FORMAT; /* a later section is already begun */
	if (b->question.len != 0 && name_equal(h->owner, &b->question))
		put_u16(b, 0xc000 | DNS_HEADER_OCTETS);
	else
		put(b, h->owner->octets, h->owner->len);
	put_u16(b, h->type);
	put_u16(b, CLASS_IN);
	put_u16(b, h->ttl >> 16);
	put_u16(b, h->ttl & 0xffff);
	put_u16(b, (unsigned)rdlen);
	put(b, rdata, rdlen);
	count(b, 6 + 2 * (size_t)section);
}

void build_addr(struct build *b, enum section s, const struct name *owner, uint32_t ttl, const struct addr *a)
{
	bool v4 = addr_is_v4(a);

	build_record(b, &(struct build_head){s, owner, v4 ? RR_A : RR_AAAA, ttl},
		     v4 ? a->octets + 12 : a->octets, v4 ? 4 : 16);
}

void build_name(struct build *b, const struct build_head *h, const struct name *target)
{
	build_record(b, h, target->octets, target->len);
}
