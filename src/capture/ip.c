/* SPDX-License-Identifier: Apache-2.0 */
/* ip.c -- see ip.h. */
#include "capture/ip.h"

#include <stddef.h>

#include "capture/packet.h"

enum { EXTENSIONS_MAX = 16 };

static enum err too_short(const struct packet *p)
{
	return p->missing != 0 ? E_SHORT : E_FORMAT;
}

static unsigned u16_at(const uint8_t *b)
{
	return (unsigned)b[0] << 8 | b[1];
}

/* Cuts the packet to the octets its header speaks of. */
static enum err narrow(struct packet *p, size_t octets)
{
	size_t have = cursor_left(&p->at);

	if (octets <= have) {
		p->at.len = p->at.pos + octets;
		p->missing = 0;
		return OK;
	}
	if (p->missing == 0)
		return E_FORMAT;
	p->missing = (uint32_t)(octets - have);
	return OK;
}

/* A length of zero: the packet was captured before the card cut it into segments. */
static enum err take_v4(struct packet *p, struct ip_part *part)
{
	const uint8_t *head = cursor_bytes(&p->at, 20);
	size_t head_octets, total;
	enum err e;

	if (head == NULL)
		return too_short(p);
	head_octets = 4u * (head[0] & 0xfu);
	total = u16_at(head + 2);
	if (head_octets < 20 || (total != 0 && total < head_octets))
		return E_FORMAT;
	cursor_skip(&p->at, head_octets - 20);
	if (p->at.err != OK)
		return too_short(p);
	e = total == 0 ? OK : narrow(p, total - head_octets);
	if (e != OK)
		return e;
	part->id = u16_at(head + 4);
	part->offset = 8u * (u16_at(head + 6) & 0x1fffu);
	part->more = (head[6] & 0x20) != 0;
	part->v6 = false;
	p->protocol = head[9];
	p->from = addr_v4(head + 12);
	p->to = addr_v4(head + 16);
	return OK;
}

/* One extension header other than a fragment's. */
static enum err take_extension(struct packet *p)
{
	const uint8_t *head = cursor_bytes(&p->at, 2);

	if (head == NULL)
		return too_short(p);
	/* RFC 4302, 2.2: AH alone counts in words of four octets */
	cursor_skip(&p->at, p->protocol == IP_AUTHENTICATION ? 4u * head[1] + 6 : 8u * head[1] + 6);
	if (p->at.err != OK)
		return too_short(p);
	p->protocol = head[0];
	return OK;
}

static enum err take_fragment_head(struct packet *p, struct ip_part *part)
{
	const uint8_t *head = cursor_bytes(&p->at, 8);

	if (head == NULL)
		return too_short(p);
	part->offset = u16_at(head + 2) & 0xfff8u;
	part->more = (head[3] & 1) != 0;
	part->id = (uint32_t)u16_at(head + 4) << 16 | u16_at(head + 6);
	p->protocol = head[0];
	return OK;
}

/* `part` NULL: no fragment header is allowed any more. */
static enum err take_chain(struct packet *p, struct ip_part *part)
{
	for (unsigned n = 0; n < EXTENSIONS_MAX; n++) {
		enum err e;

		switch (p->protocol) {
		case IP_HOP_BY_HOP:
		case IP_ROUTING:
		case IP_AUTHENTICATION:
		case IP_DESTINATION:
		case IP_MOBILITY:
			e = take_extension(p);
			break;
		case IP_FRAGMENT:
			if (part == NULL)
				return E_FORMAT;
			e = take_fragment_head(p, part);
			if (e != OK || part->more || part->offset != 0)
				return e;
			part = NULL; /* an atomic fragment (RFC 6946): whole, and the only one */
			break;
		default:
			return OK;
		}
		if (e != OK)
			return e;
	}
	return E_FORMAT;
}

static enum err take_v6(struct packet *p, struct ip_part *part)
{
	const uint8_t *head = cursor_bytes(&p->at, 40);
	size_t payload;
	enum err e;

	if (head == NULL)
		return too_short(p);
	payload = u16_at(head + 4);
	e = payload == 0 ? OK : narrow(p, payload);
	if (e != OK)
		return e;
	*part = (struct ip_part){.v6 = true};
	p->protocol = head[6];
	p->from = addr_v6(head + 8);
	p->to = addr_v6(head + 24);
	return take_chain(p, part);
}

enum err ip_take(struct packet *p, struct ip_part *part)
{
	if (cursor_left(&p->at) == 0)
		return too_short(p);
	switch (p->at.bytes[p->at.pos] >> 4) {
	case 4:
		return take_v4(p, part);
	case 6:
		return take_v6(p, part);
	default:
		return E_FORMAT;
	}
}

enum err ip_take_extensions(struct packet *p)
{
	return take_chain(p, NULL);
}
