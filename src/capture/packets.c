/* SPDX-License-Identifier: Apache-2.0 */
/* packets.c -- see packets.h: the way of a frame through its layers. Each frame adds one to one count of how
 * it ended. */
#include "capture/packets.h"

#include <stdlib.h>

#include "base/hash.h"
#include "capture/fragments.h"
#include "capture/ip.h"
#include "capture/link.h"
#include "capture/packet.h"
#include "capture/tcp.h"

enum {
	PORT_DNS = 53,
	PORT_MDNS = 5353,
	PORT_VXLAN = 4789,
	TUNNELS_MAX = 4, /* in each other */
	ETHERNET_HEAD = 14,
	IPV4_HEAD = 20, /* without options */
	UDP_HEAD = 8
};

#define MEMORY_DEFAULT ((size_t)16 << 20)
#define SWEEP_NS       UINT64_C(100000000)

struct packets {
	struct payload_sink sink;
	struct packets_counts counts;
	uint16_t ports[PACKETS_PORTS_MAX];
	unsigned n_ports;
	bool begun;
	int64_t times_ns[2]; /* of the last two frames */
	int64_t now_ns, swept_ns;
	struct fragments fragments;
	struct tcp tcp;
};

struct packets *packets_open(const struct packets_config *config, struct payload_sink sink)
{
	struct packets *p = calloc(1, sizeof *p);
	size_t memory = config->memory_bytes == 0 ? MEMORY_DEFAULT : config->memory_bytes;

	if (p == NULL)
		return NULL;
	p->sink = sink;
	p->n_ports = config->n_ports < PACKETS_PORTS_MAX ? config->n_ports : PACKETS_PORTS_MAX;
	memcpy(p->ports, config->ports, sizeof p->ports);
	if (p->n_ports == 0)
		p->ports[p->n_ports++] = PORT_DNS;
	p->fragments.shelf.limit = p->tcp.shelf.limit = memory / 2;
	p->fragments.shelf.hash_key = p->tcp.shelf.hash_key = hash_random_key();
	p->fragments.counts = p->tcp.counts = &p->counts;
	p->tcp.sink = sink;
	return p;
}

void packets_close(struct packets *p)
{
	if (p == NULL)
		return;
	fragments_fini(&p->fragments);
	tcp_fini(&p->tcp);
	free(p);
}

const struct packets_counts *packets_counted(const struct packets *p)
{
	return &p->counts;
}

void packets_finish(struct packets *p)
{
	tcp_finish(&p->tcp);
	fragments_finish(&p->fragments);
}

/* What waited for too long, by the clock. */
static void sweep(struct packets *p)
{
	p->swept_ns = p->now_ns;
	fragments_sweep(&p->fragments, p->now_ns);
	tcp_sweep(&p->tcp, p->now_ns);
}

/* The clock that time-outs go by: the middle one of three times, so that one wrong date moves nothing. */
static inline void tick(struct packets *p, int64_t time_ns)
{
	int64_t a = p->times_ns[0], b = p->times_ns[1];
	int64_t low = a < b ? a : b, high = a < b ? b : a;

	if (!p->begun) {
		low = high = p->times_ns[1] = p->swept_ns = time_ns;
		p->begun = true;
	}
	p->now_ns = time_ns < low ? low : time_ns > high ? high : time_ns;
	p->times_ns[0] = p->times_ns[1];
	p->times_ns[1] = time_ns;
	if (shelf_apart_ns(p->now_ns, p->swept_ns) >= SWEEP_NS)
		sweep(p);
}

/* A header that ends early: the snap length's doing, or a fault of the packet. */
static void count_bad(struct packets *p, enum err e, uint64_t *fault)
{
	if (e == E_SHORT)
		p->counts.cut++;
	else if (e != OK)
		++*fault;
}

static bool is_dns(const struct packets *p, unsigned from_port, unsigned to_port)
{
	for (unsigned i = 0; i < p->n_ports; i++)
		if (from_port == p->ports[i] || to_port == p->ports[i])
			return true;
	return false;
}

/* Cuts the packet to the length of its UDP header, which is given. Zero is allowed in jumbograms and where
 * the card was to cut it (RFC 2675, 4). */
static enum err narrow_udp(struct packet *at, unsigned length)
{
	size_t have = cursor_left(&at->at), want;

	if (length == 0)
		return OK;
	if (length < UDP_HEAD)
		return E_FORMAT;
	want = length - UDP_HEAD;
	if (want > have)
		return at->missing != 0 ? OK : E_FORMAT;
	at->at.len = at->at.pos + want;
	at->missing = 0;
	return OK;
}

static void take_udp(struct packets *p, struct packet *at)
{
	const uint8_t *rest = cursor_bytes(&at->at, UDP_HEAD - 4);
	enum err e = rest != NULL       ? narrow_udp(at, (unsigned)rest[0] << 8 | rest[1])
		     : at->missing != 0 ? E_SHORT
					: E_FORMAT;
	struct payload payload;

	if (e != OK) {
		count_bad(p, e, &p->counts.bad_udp);
		return;
	}
	p->counts.cut += at->missing != 0;
	if (cursor_left(&at->at) == 0) {
		p->counts.not_dns += at->missing == 0;
		return;
	}
	payload = (struct payload){.time_ns = at->time_ns,
				   .octets = at->at.bytes + at->at.pos,
				   .len = (uint32_t)cursor_left(&at->at),
				   .from = at->from,
				   .to = at->to,
				   .from_port = at->from_port,
				   .to_port = at->to_port,
				   .cut = at->missing != 0,
				   .in_frame = at->in_frame};
	p->counts.payloads++;
	p->sink.take(p->sink.context, &payload);
}

/* Takes the ports off and what is DNS in. False: the packet carries another one. */
static bool take_transport(struct packets *p, struct packet *at)
{
	const uint8_t *ports = cursor_bytes(&at->at, 4);
	bool udp = at->protocol == IP_UDP;

	if (ports == NULL) {
		count_bad(p, at->missing != 0 ? E_SHORT : E_FORMAT,
			  udp ? &p->counts.bad_udp : &p->counts.bad_tcp);
		return true;
	}
	at->from_port = (uint16_t)(ports[0] << 8 | ports[1]);
	at->to_port = (uint16_t)(ports[2] << 8 | ports[3]);
	if (is_dns(p, at->from_port, at->to_port)) {
		if (udp)
			take_udp(p, at);
		else
			count_bad(p, tcp_take(&p->tcp, at, p->now_ns), &p->counts.bad_tcp);
		return true;
	}
	if (udp && at->to_port == PORT_VXLAN)
		return false;
	if (udp && (at->from_port == PORT_MDNS || at->to_port == PORT_MDNS))
		p->counts.mdns++;
	else
		p->counts.not_dns++;
	return true;
}

/* Takes the IP header off; false: that was all of this packet for now. */
static bool take_ip(struct packets *p, struct packet *at)
{
	struct ip_part part;
	enum err e = ip_take(at, &part);

	if (e == OK && (part.more || part.offset != 0)) {
		p->counts.fragments++;
		p->counts.cut += at->missing != 0;
		if (at->missing != 0)
			return false;
		e = fragments_take(&p->fragments, at, &part, p->now_ns);
		if (e == E_SHORT)
			return false;
		if (e == OK && part.v6)
			e = ip_take_extensions(at);
	}
	if (e != OK)
		count_bad(p, e, &p->counts.bad_ip);
	return e == OK;
}

/* What is carried inside of what is carried; LINK_OTHER for what is no tunnel. */
static enum link_found enter_tunnel(struct packet *at)
{
	switch (at->protocol) {
	case IP_IN_IP:
	case IP_IPV6_IN_IP:
		return LINK_IP;
	case IP_GRE:
		return link_find_gre(at);
	case IP_UDP:
		cursor_skip(&at->at, UDP_HEAD - 4); /* behind the ports */
		return link_find_vxlan(at);
	default:
		return LINK_OTHER;
	}
}

static void count_not_ip(struct packets *p, const struct packet *at, enum link_found found, bool tunnelled)
{
	if (found == LINK_UNKNOWN)
		p->counts.unknown_link++;
	else if (found == LINK_BAD)
		count_bad(p, at->missing != 0 && at->at.err == E_SHORT ? E_SHORT : E_FORMAT,
			  &p->counts.bad_link);
	else if (tunnelled)
		p->counts.not_dns++;
	else
		p->counts.not_ip++;
}

static unsigned u16_at(const uint8_t *b)
{
	return (unsigned)b[0] << 8 | b[1];
}

bool packets_take(struct packets *p, const struct frame *f, struct packets_plain *out)
{
	const uint8_t *ip, *udp;
	unsigned total, length, from_port, to_port;

	if (f->link != LINK_ETHERNET || f->wire_len > f->len || f->len < ETHERNET_HEAD + IPV4_HEAD + UDP_HEAD)
		return false;
	ip = f->octets + ETHERNET_HEAD;
	udp = ip + IPV4_HEAD;
	total = u16_at(ip + 2);
	length = u16_at(udp + 4);
	from_port = u16_at(udp);
	to_port = u16_at(udp + 2);
	if (u16_at(ip - 2) != TYPE_IPV4 || ip[0] != (4 << 4 | IPV4_HEAD / 4) || ip[9] != IP_UDP ||
	    (u16_at(ip + 6) & 0x3fff) != 0 || total > f->len - ETHERNET_HEAD || length <= UDP_HEAD ||
	    length + IPV4_HEAD > total || !is_dns(p, from_port, to_port))
		return false;
	p->counts.frames++;
	p->counts.payloads++;
	tick(p, f->time_ns);
	out->octets = udp + UDP_HEAD;
	out->from = ip + 12;
	out->to = ip + 16;
	out->len = length - UDP_HEAD;
	out->from_port = (uint16_t)from_port;
	out->to_port = (uint16_t)to_port;
	return true;
}

void packets_push(struct packets *p, const struct frame *f)
{
	struct packet at = {.at = cursor_over(f->octets, f->len),
			    .time_ns = f->time_ns,
			    .missing = f->wire_len > f->len ? f->wire_len - f->len : 0,
			    .in_frame = true};
	enum link_found found;
	unsigned tunnels;

	p->counts.frames++;
	tick(p, f->time_ns);
	found = link_find(&at, f->link);
	for (tunnels = 0; found == LINK_IP; tunnels++) {
		bool known;

		if (!take_ip(p, &at))
			return;
		known = at.protocol == IP_UDP || at.protocol == IP_TCP;
		if (known && take_transport(p, &at))
			return;
		found = tunnels < TUNNELS_MAX ? enter_tunnel(&at) : LINK_BAD;
	}
	count_not_ip(p, &at, found, tunnels != 0);
}
