/* SPDX-License-Identifier: Apache-2.0 */
/* link.c -- see link.h. Each step takes one header off; none leads back to one before it, so a frame ends. */
#include "capture/link.h"

#include <stddef.h>

#include "capture/packet.h"

/* Numbers of tcpdump.org's list, beside LINK_ETHERNET. */
enum {
	LINK_NULL = 0,
	LINK_PPP = 9,
	LINK_RAW_BSD = 12, /* DLT_RAW got into files under its own numbers */
	LINK_RAW_OPENBSD = 14,
	LINK_PPP_HDLC = 50,
	LINK_PPP_ETHER = 51,
	LINK_RAW = 101,
	LINK_C_HDLC = 104,
	LINK_LOOP = 108,
	LINK_LINUX_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_LINUX_SLL2 = 276
};

enum {
	TYPE_LENGTH_MAX = 1500,    /* below it is the length of an 802.3 frame */
	TYPE_TRANSPARENT = 0x6558, /* Ethernet in GRE */
	TYPE_VLAN = 0x8100,
	TYPE_IPV6 = 0x86dd,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_UPSTREAM = 0x8848,
	TYPE_PPPOE = 0x8864,
	TYPE_PPP = 0x880b,
	TYPE_QINQ = 0x88a8,
	TYPE_ERSPAN = 0x88be,
	TYPE_ERSPAN_III = 0x22eb,
	TYPE_QINQ_OLD = 0x9100,
	TYPE_QINQ_OLDER = 0x9200
};

enum { PPP_IPV4 = 0x21, PPP_IPV6 = 0x57, PPP_MPLS = 0x281 };

static enum link_found find_mpls(struct packet *p)
{
	for (;;) {
		const uint8_t *label = cursor_bytes(&p->at, 4);

		if (label == NULL)
			return LINK_BAD;
		if ((label[2] & 1) != 0) /* the bottom of the stack; the IP header says itself what it is */
			return LINK_IP;
	}
}

/* RFC 1661 and 1662: address and control may be left out, and the protocol's first octet if it is zero. */
static enum link_found find_ppp(struct packet *p)
{
	struct cursor *c = &p->at;
	unsigned protocol;

	if (cursor_left(c) < 2) {
		cursor_skip(c, 2);
		return LINK_BAD;
	}
	if (c->bytes[c->pos] == 0xff && c->bytes[c->pos + 1] == 3)
		cursor_skip(c, 2);
	protocol = cursor_u8(c);
	if ((protocol & 1) == 0)
		protocol = protocol << 8 | cursor_u8(c);
	if (c->err != OK)
		return LINK_BAD;
	if (protocol == PPP_MPLS)
		return find_mpls(p);
	return protocol == PPP_IPV4 || protocol == PPP_IPV6 ? LINK_IP : LINK_OTHER;
}

/* RFC 2516, 4. */
static enum link_found find_pppoe(struct packet *p)
{
	const uint8_t *head = cursor_bytes(&p->at, 6);

	if (head == NULL || head[0] != 0x11)
		return LINK_BAD;
	return head[1] == 0 ? find_ppp(p) : LINK_OTHER;
}

/* 802.2 behind the length of an 802.3 frame: only SNAP carries IP. */
static enum link_found find_llc(struct packet *p)
{
	static const uint8_t snap[6] = {0xaa, 0xaa, 3, 0, 0, 0};
	const uint8_t *llc = cursor_bytes(&p->at, 8);

	if (llc == NULL)
		return p->missing != 0 ? LINK_BAD : LINK_OTHER;
	if (memcmp(llc, snap, sizeof snap) != 0)
		return LINK_OTHER;
	return (llc[6] == 0x08 && llc[7] == 0x00) || (llc[6] == 0x86 && llc[7] == 0xdd) ? LINK_IP
											: LINK_OTHER;
}

static enum link_found find_type(struct packet *p, unsigned type)
{
	for (;;) {
		switch (type) {
		case TYPE_IPV4:
		case TYPE_IPV6:
			return LINK_IP;
		case TYPE_VLAN:
		case TYPE_QINQ:
		case TYPE_QINQ_OLD:
		case TYPE_QINQ_OLDER:
			cursor_skip(&p->at, 2);
			type = cursor_u16(&p->at);
			if (p->at.err != OK)
				return LINK_BAD;
			break;
		case TYPE_MPLS:
		case TYPE_MPLS_UPSTREAM:
			return find_mpls(p);
		case TYPE_PPPOE:
			return find_pppoe(p);
		default:
			return type <= TYPE_LENGTH_MAX ? find_llc(p) : LINK_OTHER;
		}
	}
}

static enum link_found find_ethernet(struct packet *p)
{
	const uint8_t *head = cursor_bytes(&p->at, 14);

	return head == NULL ? LINK_BAD : find_type(p, (unsigned)head[12] << 8 | head[13]);
}

/* An address family in the byte order of the machine that wrote it, or in the network's. The IP header says
 * itself which version it is; other systems number IPv6 24, 28, 30 or 10. */
static enum link_found find_loopback(struct packet *p)
{
	uint32_t family = cursor_u32(&p->at);

	if (p->at.err != OK)
		return LINK_BAD;
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	return family == 2 || family == 10 || family == 24 || family == 28 || family == 30 ? LINK_IP
											   : LINK_OTHER;
}

/* A header of `octets` with the protocol at `type_at`. */
static enum link_found find_fixed(struct packet *p, size_t octets, size_t type_at)
{
	const uint8_t *head = cursor_bytes(&p->at, octets);

	return head == NULL ? LINK_BAD : find_type(p, (unsigned)head[type_at] << 8 | head[type_at + 1]);
}

enum link_found link_find(struct packet *p, uint16_t link)
{
	switch (link) {
	case LINK_ETHERNET:
		return find_ethernet(p);
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_IPV4:
	case LINK_IPV6:
		return LINK_IP;
	case LINK_LINUX_SLL:
		return find_fixed(p, 16, 14);
	case LINK_LINUX_SLL2:
		return find_fixed(p, 20, 0);
	case LINK_C_HDLC:
		return find_fixed(p, 4, 2);
	case LINK_NULL:
	case LINK_LOOP:
		return find_loopback(p);
	case LINK_PPP:
	case LINK_PPP_HDLC:
		return find_ppp(p);
	case LINK_PPP_ETHER:
		return find_pppoe(p);
	default:
		return LINK_UNKNOWN;
	}
}

/* The switch may have shortened the mirrored frame: then what is missing is no fault of the packet's. */
static void note_shortened(struct packet *p, const uint8_t *erspan)
{
	if ((erspan[2] & 4) != 0 && p->missing == 0)
		p->missing = 1;
}

static enum link_found find_erspan(struct packet *p, bool has_header)
{
	const uint8_t *head;

	if (!has_header) /* type I: nothing between GRE and the frame */
		return find_ethernet(p);
	head = cursor_bytes(&p->at, 8);
	if (head == NULL || head[0] >> 4 != 1)
		return LINK_BAD;
	note_shortened(p, head);
	return find_ethernet(p);
}

static enum link_found find_erspan_iii(struct packet *p)
{
	const uint8_t *head = cursor_bytes(&p->at, 12);

	if (head == NULL || head[0] >> 4 != 2)
		return LINK_BAD;
	note_shortened(p, head);
	if ((head[11] & 1) != 0)
		cursor_skip(&p->at, 8);
	switch (head[10] >> 2 & 0x1f) {
	case 0:
		return find_ethernet(p);
	case 2:
		return LINK_IP;
	default:
		return LINK_OTHER;
	}
}

enum link_found link_find_gre(struct packet *p)
{
	unsigned flags = cursor_u16(&p->at);
	unsigned type = cursor_u16(&p->at);
	bool checksum = (flags & 0x8000) != 0, key = (flags & 0x2000) != 0, sequence = (flags & 0x1000) != 0;
	bool acknowledged = (flags & 7) == 1 && (flags & 0x80) != 0; /* RFC 2637, 4.1 */

	if (p->at.err != OK || (flags & 0x4000) != 0 || (flags & 7) > 1) /* routing is long given up */
		return LINK_BAD;
	cursor_skip(&p->at, 4u * ((unsigned)checksum + key + sequence + acknowledged));
	if (p->at.err != OK)
		return LINK_BAD;
	switch (type) {
	case TYPE_ERSPAN:
		return find_erspan(p, sequence);
	case TYPE_ERSPAN_III:
		return find_erspan_iii(p);
	case TYPE_TRANSPARENT:
		return find_ethernet(p);
	case TYPE_PPP:
		return find_ppp(p);
	default:
		return find_type(p, type);
	}
}

enum link_found link_find_vxlan(struct packet *p)
{
	const uint8_t *head = cursor_bytes(&p->at, 8);

	if (head == NULL)
		return LINK_BAD;
	return (head[0] & 8) == 0 ? LINK_OTHER : find_ethernet(p);
}
