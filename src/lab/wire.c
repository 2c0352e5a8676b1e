/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c -- see wire.h. */
#include "lab/wire.h"

#include <string.h>

#include "dns/name.h"

enum {
	PLACES_MAX = 160,
	OPT_OCTETS = 11,
	ETHERNET_OCTETS = 14,
	IP_OCTETS = 20,
	UDP_OCTETS = 8,
	TCP_OCTETS = 20
};

/* A message being written. `places` are the suffixes that a later name may point to. */
struct message {
	uint8_t *to;
	size_t len;
	struct {
		const uint8_t *suffix; /* wire form, borrowed from the exchange */
		uint16_t len, at;
	} places[PLACES_MAX];
	unsigned n;
	size_t limit;
	bool over; /* a record did not fit */
};

static void put(struct message *m, const void *octets, size_t n)
{
	if (m->over || n > m->limit - m->len) {
		m->over = true;
		return;
	}
	memcpy(m->to + m->len, octets, n);
	m->len += n;
}

static void put_u16(struct message *m, unsigned v)
{
	uint8_t o[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	put(m, o, 2);
}

static void put_u32(struct message *m, uint32_t v)
{
	put_u16(m, v >> 16);
	put_u16(m, v & 0xffff);
}

static void store_u16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* Where the same suffix already stands, or 0. */
static uint16_t known_place(const struct message *m, const uint8_t *suffix, size_t len)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->places[i].len == len && memcmp(m->places[i].suffix, suffix, len) == 0)
			return m->places[i].at;
	return 0;
}

static void put_name(struct message *m, const uint8_t *name)
{
	for (size_t len = name_wire_len(name); *name != 0; len -= *name + 1u, name += *name + 1) {
		uint16_t at = known_place(m, name, len);

		if (at != 0) {
			put_u16(m, 0xc000u | at);
			return;
		}
		if (m->n < PLACES_MAX && m->len < 0x3fff) {
			m->places[m->n].suffix = name;
			m->places[m->n].len = (uint16_t)len;
			m->places[m->n++].at = (uint16_t)m->len;
		}
		put(m, name, *name + 1u);
	}
	put(m, "", 1);
}

/* A TTL where time is quicker than the clock. */
static uint32_t quick(const struct lab_exchange *x, uint32_t ttl)
{
	return x->ttl_divisor < 2 ? ttl : (ttl + x->ttl_divisor / 2) / x->ttl_divisor;
}

/* The zone's data of a name that is not there; the numbers are of no interest. */
static void put_soa(struct message *m, const struct lab_record *r)
{
	static const uint32_t numbers[5] = {2026030100, 7200, 900, 1209600, 900};

	put_name(m, r->target);
	put(m, "\012hostmaster", 11);
	put_name(m, r->owner);
	for (int i = 0; i < 5; i++)
		put_u32(m, numbers[i]);
}

/* The hints of one family as a parameter (RFC 9460, 7.3). */
static void put_hints(struct message *m, const struct lab_exchange *x, bool v6)
{
	enum { IPV4HINT = 4, IPV6HINT = 6 };
	unsigned octets = v6 ? 16 : 4, n = 0;

	for (uint16_t i = 0; i < x->n_hints; i++)
		n += addr_is_v4(&x->hints[i]) != v6;
	if (n == 0)
		return;
	put_u16(m, v6 ? IPV6HINT : IPV4HINT);
	put_u16(m, n * octets);
	for (uint16_t i = 0; i < x->n_hints; i++)
		if (addr_is_v4(&x->hints[i]) != v6)
			put(m, x->hints[i].octets + 16 - octets, octets);
}

/* The service itself, at its own name (RFC 9460, 2.2), with hints. */
static void put_service(struct message *m, const struct lab_exchange *x)
{
	put_u16(m, 1);
	put(m, "", 1);
	put_hints(m, x, false);
	put_hints(m, x, true);
}

static void put_record(struct message *m, const struct lab_exchange *x, const struct lab_record *r)
{
	size_t start;

	put_name(m, r->owner);
	put_u16(m, r->type);
	put_u16(m, CLASS_IN);
	put_u32(m, quick(x, r->ttl));
	put_u16(m, 0);
	start = m->len;
	if (r->type == RR_A)
		put(m, r->addr.octets + 12, 4);
	else if (r->type == RR_AAAA)
		put(m, r->addr.octets, 16);
	else if (r->type == RR_SOA)
		put_soa(m, r);
	else if (r->type == RR_HTTPS)
		put_service(m, x);
	else
		put_name(m, r->target);
	if (!m->over)
		store_u16(m->to + start - 2, (unsigned)(m->len - start));
}

/* All records of one section, or none of them; whether they fit. */
static bool put_section(struct message *m, const struct lab_exchange *x, enum section s)
{
	size_t before = m->len;
	unsigned n_before = m->n, count = 0;

	for (uint16_t i = 0; i < x->n; i++) {
		if (x->records[i].section != s)
			continue;
		put_record(m, x, &x->records[i]);
		count++;
	}
	if (m->over) {
		m->len = before;
		m->n = n_before;
		m->over = false;
		return false;
	}
	store_u16(m->to + 6 + 2 * (size_t)s, count);
	return true;
}

static void begin(struct message *m, const struct lab_exchange *x, uint8_t *to, unsigned flags)
{
	size_t limit = x->tcp ? WIRE_MESSAGE_MAX : x->edns ? WIRE_UDP_EDNS : WIRE_UDP_PLAIN;

	if (!x->tcp && x->room != 0)
		limit = x->room;
	m->to = to;
	m->len = 0;
	m->n = 0;
	m->over = false;
	m->limit = limit - (x->edns ? OPT_OCTETS : 0);
	memset(to, 0, DNS_HEADER_OCTETS);
	store_u16(to, x->id);
	store_u16(to + 2, flags);
	store_u16(to + 4, 1);
	m->len = DNS_HEADER_OCTETS;
	put_name(m, x->question);
	if (x->asked != NULL) /* a resolver may tell by them that it is its own question */
		memcpy(to + DNS_HEADER_OCTETS, x->asked, name_wire_len(x->asked));
	put_u16(m, x->qtype);
	put_u16(m, CLASS_IN);
}

/* The EDNS record (RFC 6891, 6.1.2), for which room was kept. */
static size_t finish(struct message *m, const struct lab_exchange *x)
{
	static const uint8_t opt[OPT_OCTETS] = {0, 0, RR_OPT, WIRE_UDP_EDNS >> 8, WIRE_UDP_EDNS & 0xff};

	if (!x->edns)
		return m->len;
	m->limit += OPT_OCTETS;
	put(m, opt, sizeof opt);
	store_u16(m->to + 10, ((unsigned)m->to[10] << 8 | m->to[11]) + 1);
	return m->len;
}

size_t wire_query(const struct lab_exchange *x, uint8_t to[WIRE_MESSAGE_MAX])
{
	struct message m;

	begin(&m, x, to, x->side == LAB_CLIENTS ? FLAG_RD : 0);
	return finish(&m, x);
}

size_t wire_answer(const struct lab_exchange *x, uint8_t to[WIRE_MESSAGE_MAX])
{
	struct message m;

	begin(&m, x, to, x->flags);
	if (!put_section(&m, x, SECTION_ANSWER))
		store_u16(to + 2, x->flags | FLAG_TC);
	else if ((!put_section(&m, x, SECTION_AUTHORITY) || !put_section(&m, x, SECTION_ADDITIONAL)) &&
		 x->refers)
		store_u16(to + 2, x->flags | FLAG_TC);
	return finish(&m, x);
}

/* The sum of RFC 1071 over octets of an even offset, not yet folded. */
static uint32_t sum16(const uint8_t *at, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)at[i] << 8 | at[i + 1];
	return n % 2 == 0 ? sum : sum + ((uint32_t)at[n - 1] << 8);
}

static uint16_t folded(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Ethernet and IPv4 (RFC 791) around n octets of UDP or TCP that already stand behind them. */
static size_t put_ip(const struct wire_flow *f, uint8_t protocol, size_t n, uint8_t *frame)
{
	static const uint8_t ethernet[ETHERNET_OCTETS] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
	uint8_t *ip = frame + ETHERNET_OCTETS;

	memcpy(frame, ethernet, sizeof ethernet);
	memset(ip, 0, IP_OCTETS);
	ip[0] = 0x45;
	store_u16(ip + 2, (unsigned)(IP_OCTETS + n));
	store_u16(ip + 4, f->ip_id);
	ip[8] = 64;
	ip[9] = protocol;
	memcpy(ip + 12, f->from.octets + 12, 4);
	memcpy(ip + 16, f->to.octets + 12, 4);
	store_u16(ip + 10, folded(sum16(ip, IP_OCTETS)));
	return ETHERNET_OCTETS + IP_OCTETS + n;
}

static uint16_t checksum(const struct wire_flow *f, uint8_t protocol, const uint8_t *segment, size_t n)
{
	uint32_t sum = protocol + (uint32_t)n;

	sum += sum16(f->from.octets + 12, 4) + sum16(f->to.octets + 12, 4);
	return folded(sum + sum16(segment, n));
}

size_t wire_udp(const struct wire_flow *f, const uint8_t *payload, size_t len, uint8_t frame[WIRE_FRAME_MAX])
{
	uint8_t *udp = frame + ETHERNET_OCTETS + IP_OCTETS;
	uint16_t sum;

	memcpy(udp + UDP_OCTETS, payload, len);
	store_u16(udp, f->from_port);
	store_u16(udp + 2, f->to_port);
	store_u16(udp + 4, (unsigned)(UDP_OCTETS + len));
	store_u16(udp + 6, 0);
	sum = checksum(f, 17, udp, UDP_OCTETS + len);
	store_u16(udp + 6, sum == 0 ? 0xffff : sum); /* 0 would say "no checksum" (RFC 768) */
	return put_ip(f, 17, UDP_OCTETS + len, frame);
}

size_t wire_tcp(const struct wire_flow *f, const struct wire_segment *s, const uint8_t *payload, size_t len,
		uint8_t frame[WIRE_FRAME_MAX])
{
	uint8_t *tcp = frame + ETHERNET_OCTETS + IP_OCTETS;

	memset(tcp, 0, TCP_OCTETS);
	store_u16(tcp, f->from_port);
	store_u16(tcp + 2, f->to_port);
	store_u16(tcp + 4, s->seq >> 16);
	store_u16(tcp + 6, s->seq & 0xffff);
	store_u16(tcp + 8, s->ack >> 16);
	store_u16(tcp + 10, s->ack & 0xffff);
	tcp[12] = TCP_OCTETS / 4 << 4;
	tcp[13] = s->flags;
	store_u16(tcp + 14, 65535);
	if (len != 0)
		memcpy(tcp + TCP_OCTETS, payload, len);
	store_u16(tcp + 16, checksum(f, 6, tcp, TCP_OCTETS + len));
	return put_ip(f, 6, TCP_OCTETS + len, frame);
}
