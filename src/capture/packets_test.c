/* SPDX-License-Identifier: Apache-2.0 */
/* packets_test.c -- every kind of link, tunnel and IP header around the same message, whole and cut
 * everywhere. */
#include "capture/made_packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/stamp.h"

#define START_NS (INT64_C(1236895254) * NS_PER_SECOND)

enum { LEN = 60, ID = 0x1234 };

static struct taken taken;

static struct packets *opened(size_t memory_bytes)
{
	struct packets_config config = {.memory_bytes = memory_bytes};
	struct packets *p;

	taken.n = 0;
	p = packets_open(&config, (struct payload_sink){taken_take, &taken});
	assert_non_null(p);
	return p;
}

/* How many ways to end were counted: one for each frame, if all is well. */
static uint64_t endings(const struct packets_counts *c)
{
	uint64_t cut_payloads = 0;

	for (size_t i = 0; i < taken.n; i++)
		cut_payloads += taken.payloads[i].cut;
	return c->payloads - c->tcp_payloads - cut_payloads + c->not_ip + c->not_dns + c->unknown_link +
	       c->bad_link + c->bad_ip + c->bad_udp + c->bad_tcp + c->cut + c->mdns + c->tcp_segments;
}

#define ETHERNET "02 00 00 00 00 01 02 00 00 00 00 02 "

/* From the outside in: `front` before IP; if there is an outer protocol, IPv4 of that, then `between`. */
struct way {
	const char *name;
	uint16_t link;
	const char *front;
	uint8_t outer; /* 0: no tunnel */
	const char *between;
	bool v6;
	const char *extensions; /* before UDP */
	uint8_t first;          /* of these, or 17 */
};

static const struct way ways[] = {
	{"ethernet", 1, ETHERNET "08 00", .first = 17},
	{"ethernet, 6", 1, ETHERNET "86 dd", .v6 = true, .first = 17},
	{"vlan", 1, ETHERNET "81 00 00 0b 08 00", .first = 17},
	{"qinq", 1, ETHERNET "88 a8 00 0b 81 00 00 0c 86 dd", .v6 = true, .first = 17},
	{"three tags", 1, ETHERNET "91 00 00 0b 81 00 00 0c 81 00 00 0d 08 00", .first = 17},
	{"snap", 1, ETHERNET "00 60 aa aa 03 00 00 00 08 00", .first = 17},
	{"mpls", 1, ETHERNET "88 47 00 01 00 40 00 02 01 40", .first = 17},
	{"pppoe", 1, ETHERNET "88 64 11 00 00 01 00 58 00 21", .first = 17},
	{"pppoe, short protocol", 1, ETHERNET "88 64 11 00 00 01 00 57 57", .v6 = true, .first = 17},
	{"vlan pppoe", 1, ETHERNET "81 00 00 01 88 64 11 00 00 01 00 58 00 57", .v6 = true, .first = 17},
	{"sll", 113, "00 00 00 01 00 06 02 00 00 00 00 01 00 00 08 00", .first = 17},
	{"sll vlan", 113, "00 00 00 01 00 06 02 00 00 00 00 01 00 00 81 00 00 01 08 00", .first = 17},
	{"sll2", 276, "86 dd 00 00 00 00 00 02 00 01 00 06 02 00 00 00 00 01 00 00", .v6 = true, .first = 17},
	{"raw", 101, "", .first = 17},
	{"raw 6", 101, "", .v6 = true, .first = 17},
	{"raw 12", 12, "", .first = 17},
	{"raw 14", 14, "", .v6 = true, .first = 17},
	{"ipv4", 228, "", .first = 17},
	{"ipv6", 229, "", .v6 = true, .first = 17},
	{"null little", 0, "02 00 00 00", .first = 17},
	{"null big", 0, "00 00 00 02", .first = 17},
	{"null 24", 0, "18 00 00 00", .v6 = true, .first = 17},
	{"null 28", 0, "00 00 00 1c", .v6 = true, .first = 17},
	{"loop 30", 108, "00 00 00 1e", .v6 = true, .first = 17},
	{"loop", 108, "02 00 00 00", .first = 17},
	{"ppp", 9, "00 21", .first = 17},
	{"ppp framed", 9, "ff 03 00 57", .v6 = true, .first = 17},
	{"ppp hdlc", 50, "ff 03 21", .first = 17},
	{"ppp ether", 51, "11 00 00 01 00 58 00 21", .first = 17},
	{"cisco hdlc", 104, "0f 00 08 00", .first = 17},
	{"gre", 101, "", 47, "00 00 08 00", .first = 17},
	{"gre 6", 101, "", 47, "00 00 86 dd", .v6 = true, .first = 17},
	{"gre all", 101, "", 47, "b0 00 08 00 00 00 00 00 00 00 00 01 00 00 00 02", .first = 17},
	{"gre ethernet", 101, "", 47, "00 00 65 58 " ETHERNET "08 00", .first = 17},
	{"pptp", 101, "", 47, "30 81 88 0b 00 40 00 01 00 00 00 01 00 00 00 02 ff 03 00 21", .first = 17},
	{"erspan 1", 101, "", 47, "00 00 88 be " ETHERNET "08 00", .first = 17},
	{"erspan 2", 101, "", 47, "10 00 88 be 00 00 00 01 10 0b 00 01 00 00 00 00 " ETHERNET "08 00",
	 .first = 17},
	{"erspan 3", 101, "", 47,
	 "10 00 22 eb 00 00 00 01 20 0b 00 01 00 00 00 00 00 00 00 00 " ETHERNET "81 00 00 01 86 dd",
	 .v6 = true, .first = 17},
	{"erspan 3, more", 101, "", 47,
	 "10 00 22 eb 00 00 00 01 20 0b 00 01 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 " ETHERNET
	 "08 00",
	 .first = 17},
	{"erspan 3 of ip", 101, "", 47, "10 00 22 eb 00 00 00 01 20 0b 00 01 00 00 00 00 00 00 08 00",
	 .first = 17},
	{"vxlan", 1, ETHERNET "08 00", 17, "08 00 00 00 00 00 0b 00 " ETHERNET "08 00", .first = 17},
	{"ip in ip", 101, "", 4, "", .first = 17},
	{"6in4", 101, "", 41, "", .v6 = true, .first = 17},
	{"hop by hop", 101, "", .v6 = true, .extensions = "11 00 01 04 00 00 00 00", .first = 0},
	{"routing, destination", 101, "", .v6 = true,
	 .extensions = "3c 00 00 00 00 00 00 00 11 01 01 0c 00 00 00 00 00 00 00 00 00 00 00 00",
	 .first = 43},
	{"authentication", 101, "", .v6 = true, .extensions = "11 01 00 00 00 00 00 01 00 00 00 02",
	 .first = 51},
	{"atomic fragment", 101, "", .v6 = true, .extensions = "11 00 00 00 00 00 00 07", .first = 44},
};

static void build(const struct way *w, struct made_packet *p)
{
	p->len = LEN;
	made_dns(p->octets, ID, LEN);
	made_udp(p, 53, 40000);
	if (w->extensions != NULL)
		made_front_hex(p, w->extensions);
	if (w->v6)
		made_v6(p, w->first);
	else
		made_v4(p, 17, 1, 0x4000);
	if (w->outer != 0) {
		made_front_hex(p, w->between);
		if (w->outer == 17)
			made_udp(p, 50000, 4789);
		made_v4(p, w->outer, 2, 0);
	}
	made_front_hex(p, w->front);
}

static void every_way(void **state)
{
	static struct made_packet p;
	static const uint8_t from4[4] = {192, 0, 2, 1}, to6[16] = {0x20, 1, 0x0d, 0xb8, [15] = 2};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct packets *m = opened(0);
		struct addr from = addr_v4(from4), to = addr_v6(to6);
		const struct taken_payload *got = &taken.payloads[0];

		build(&ways[i], &p);
		made_push(m, &p, ways[i].link, START_NS);
		memcpy(p.octets + p.len, "\0\0\0\0\0\0", 6); /* padding */
		p.len += 6;
		made_push(m, &p, ways[i].link, START_NS);
		if (taken.n != 2 || packets_counted(m)->frames != 2 || packets_counted(m)->payloads != 2)
			fail_msg("%s: %zu payloads", ways[i].name, taken.n);
		for (; got < taken.payloads + 2; got++) {
			if (!got->intact || got->len != LEN || got->id != ID || got->time_ns != START_NS ||
			    got->tcp || got->cut || !got->in_frame || got->from_port != 53 ||
			    got->to_port != 40000)
				fail_msg("%s: wrong payload", ways[i].name);
			assert_memory_equal(ways[i].v6 ? &got->to : &got->from, ways[i].v6 ? &to : &from, 16);
		}
		assert_int_equal(endings(packets_counted(m)), 2);
		packets_close(m);
	}
}

/* Cut at each octet, by the snap length (which is said) or by somebody who does not say so. */
static void cut_everywhere(void **state)
{
	static struct made_packet p;

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		build(&ways[i], &p);
		for (uint32_t len = 0; len < p.len; len++) {
			for (uint32_t told = 0; told < 2; told++) {
				struct packets *m = opened(0);
				const struct packets_counts *c = packets_counted(m);
				uint8_t *octets = malloc(len + 1);
				struct frame f = {START_NS, octets, len, told ? (uint32_t)p.len : len,
						  ways[i].link};

				assert_non_null(octets);
				memcpy(octets, p.octets, len);
				packets_push(m, &f);
				free(octets);
				if (c->frames != 1 || endings(c) != 1 || c->cut != told ||
				    c->payloads != (told && len > p.len - LEN))
					fail_msg("%s: cut at %u of %zu, told %u: cut %lu, payloads %lu",
						 ways[i].name, len, p.len, told, c->cut, c->payloads);
				if (taken.n != 0)
					assert_true(taken.payloads[0].cut && taken.payloads[0].intact &&
						    taken.payloads[0].len == LEN - (p.len - len));
				packets_close(m);
			}
		}
	}
}

/* Each bit of the headers flipped: whatever comes of it, it is counted once. */
static void flipped_everywhere(void **state)
{
	static struct made_packet p;

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		build(&ways[i], &p);
		for (size_t bit = 0; bit < 8 * (p.len - LEN); bit++) {
			struct packets *m = opened(0);
			const struct packets_counts *c = packets_counted(m);

			p.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
			made_push(m, &p, ways[i].link, START_NS);
			p.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (endings(c) + (c->fragments != 0 && c->bad_ip == 0) != 1 || taken.n > 1)
				fail_msg("%s: bit %zu counted %lu times", ways[i].name, bit, endings(c));
			packets_close(m);
		}
	}
}

/* One frame by the short way, where that takes it, and by the long one. Returns whether it did. */
static bool take_both(const struct made_packet *p, uint32_t len, uint32_t wire_len, uint16_t link)
{
	uint8_t *octets = malloc(len + (len == 0));
	struct frame f = {START_NS, octets, len, wire_len, link};
	struct packets *longer = opened(0), *shorter = opened(0);
	const struct taken_payload *want = &taken.payloads[0];
	struct packets_plain got = {0};
	bool took;

	assert_non_null(octets);
	memcpy(octets, p->octets, len);
	took = packets_take(shorter, &f, &got);
	if (!took)
		assert_true(packets_counted(shorter)->frames == 0);
	packets_push(longer, &f);
	if (took) {
		struct addr from = addr_v4(got.from), to = addr_v4(got.to);

		assert_memory_equal(packets_counted(shorter), packets_counted(longer),
				    sizeof(struct packets_counts));
		assert_int_equal(taken.n, 1);
		assert_true(want->in_frame && !want->cut && !want->tcp && want->len == got.len);
		assert_true(want->from_port == got.from_port && want->to_port == got.to_port);
		assert_memory_equal(&want->from, &from, sizeof from);
		assert_memory_equal(&want->to, &to, sizeof to);
		assert_int_equal(want->id, got.octets[0] << 8 | got.octets[1]);
	}
	packets_close(longer);
	packets_close(shorter);
	free(octets);
	return took;
}

/* The short way gives what the long one does or nothing, whatever is flipped or cut. */
static void short_way(void **state)
{
	static struct made_packet p;

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		uint32_t len;

		build(&ways[i], &p);
		len = (uint32_t)p.len;
		assert_int_equal(take_both(&p, len, len, ways[i].link), i == 0);
		assert_int_equal(take_both(&p, len + 6, len + 6, ways[i].link), i == 0); /* padding */
		for (uint32_t cut = 0; cut < len; cut++) {
			assert_false(take_both(&p, cut, len, ways[i].link));
			assert_false(take_both(&p, cut, cut, ways[i].link));
		}
		for (size_t bit = 0; bit < 8 * (p.len - LEN); bit++) {
			p.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
			(void)take_both(&p, len, len, ways[i].link);
			p.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* What is no DNS, and what breaks its format, each in its own count. */
static const struct {
	const char *name, *hex;
	uint16_t link;
	size_t count; /* of struct packets_counts */
} others[] = {
#define COUNT(c) offsetof(struct packets_counts, c)
	{"arp", ETHERNET "08 06 00 01 08 00", 1, COUNT(not_ip)},
	{"spanning tree", ETHERNET "00 26 42 42 03 00 00 00 00 00", 1, COUNT(not_ip)},
	{"pppoe discovery", ETHERNET "88 63 11 09 00 00 00 04", 1, COUNT(not_ip)},
	{"ppp lcp", "c0 21 01 01 00 04", 9, COUNT(not_ip)},
	{"wlan", "80 00 00 00", 105, COUNT(unknown_link)},
	{"pppoe of version 2", ETHERNET "88 64 21 00 00 01 00 02 00 21", 1, COUNT(bad_link)},
	{"tag without type", ETHERNET "81 00 00 01", 1, COUNT(bad_link)},
	{"no version", "25 00 00 14", 101, COUNT(bad_ip)},
	{"short header length", "44 00 00 14 00 00 00 00 40 11 00 00 c0 00 02 01 c0 00 02 02", 101,
	 COUNT(bad_ip)},
	{"header of 16 octets",
	 "44 00 00 20 00 00 00 00 40 11 00 00 c0 00 02 01 00 35 00 35 00 0c 00 00 00 00 00 00 00 00 "
	 "00 00",
	 101, COUNT(bad_ip)},
	{"short total length", "45 00 00 13 00 00 00 00 40 11 00 00 c0 00 02 01 c0 00 02 02", 101,
	 COUNT(bad_ip)},
	{"icmp", "45 00 00 18 00 00 00 00 40 01 00 00 c0 00 02 01 c0 00 02 02 08 00 00 00", 101,
	 COUNT(not_dns)},
	{"udp length 7",
	 "45 00 00 1c 00 00 00 00 40 11 00 00 c0 00 02 01 c0 00 02 02 00 35 9c 40 00 07 00 00", 101,
	 COUNT(bad_udp)},
	{"udp length 7, more behind",
	 "45 00 00 24 00 00 00 00 40 11 00 00 c0 00 02 01 c0 00 02 02 00 35 9c 40 00 07 00 00 00 00 "
	 "00 00 00 00 00 00",
	 101, COUNT(bad_udp)},
	{"erspan of version 3",
	 "45 00 00 32 00 00 00 00 40 2f 00 00 c0 00 02 01 c0 00 02 02 10 00 88 be 00 00 00 01 30 0b "
	 "00 01 00 00 00 00 " ETHERNET "08 06",
	 101, COUNT(bad_link)},
	{"fragment past 65535",
	 "45 00 00 1c 00 01 1f ff 40 11 00 00 c0 00 02 01 c0 00 02 02 00 35 9c 40 00 08 00 00", 101,
	 COUNT(bad_ip)},
	{"udp length 9 of 8",
	 "45 00 00 1c 00 00 00 00 40 11 00 00 c0 00 02 01 c0 00 02 02 00 35 9c 40 00 09 00 00", 101,
	 COUNT(bad_udp)},
	{"udp empty", "45 00 00 1c 00 00 00 00 40 11 00 00 c0 00 02 01 c0 00 02 02 00 35 9c 40 00 08 00 00",
	 101, COUNT(not_dns)},
	{"udp port 123",
	 "45 00 00 1d 00 00 00 00 40 11 00 00 c0 00 02 01 c0 00 02 02 00 7b 00 7b 00 09 00 00 00", 101,
	 COUNT(not_dns)},
	{"mdns", "45 00 00 1d 00 00 00 00 40 11 00 00 c0 00 02 01 c0 00 02 02 14 e9 14 e9 00 09 00 00 00",
	 101, COUNT(mdns)},
	{"tcp offset 4",
	 "45 00 00 28 00 00 00 00 40 06 00 00 c0 00 02 01 c0 00 02 02 00 35 9c 40 00 00 00 00 00 00 "
	 "00 00 40 "
	 "10 00 00 00 00 00 00",
	 101, COUNT(bad_tcp)},
	{"tcp 8 octets",
	 "45 00 00 1c 00 00 00 00 40 06 00 00 c0 00 02 01 c0 00 02 02 00 35 9c 40 00 00 00 00", 101,
	 COUNT(bad_tcp)},
	{"gre routing", "45 00 00 18 00 00 00 00 40 2f 00 00 c0 00 02 01 c0 00 02 02 40 00 08 00", 101,
	 COUNT(bad_link)},
	{"gre of arp", "45 00 00 18 00 00 00 00 40 2f 00 00 c0 00 02 01 c0 00 02 02 00 00 08 06", 101,
	 COUNT(not_dns)},
	{"fragment of no eighths", "45 00 00 17 00 01 20 00 40 11 00 00 c0 00 02 01 c0 00 02 02 00 35 9c",
	 101, COUNT(bad_ip)},
};

static void other_packets(void **state)
{
	static struct made_packet p;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct packets *m = opened(0);
		const struct packets_counts *c = packets_counted(m);

		p.len = 0;
		made_front_hex(&p, others[i].hex);
		made_push(m, &p, others[i].link, START_NS);
		if (*(const uint64_t *)(const void *)((const char *)c + others[i].count) != 1 ||
		    endings(c) != 1 || taken.n != 0)
			fail_msg("%s: not counted as it should", others[i].name);
		packets_close(m);
	}
}

/* A switch may shorten what it mirrors, and says so: the message is cut, its packet not at fault. */
static void shortened(void **state)
{
	static const struct way way = {
		"erspan 2", 101, "", 47, "10 00 88 be 00 00 00 01 10 0b 04 01 00 00 00 00 " ETHERNET "08 00",
		.first = 17};
	static struct made_packet inner, p;
	struct packets *m = opened(0);

	(void)state;
	build(&way, &inner);
	p.len = 0;
	made_front(&p, inner.octets + 20, inner.len - 20 - 10);
	made_v4(&p, 47, 9, 0);
	made_push(m, &p, 101, START_NS);
	assert_int_equal(taken.n, 1);
	assert_true(taken.payloads[0].cut && taken.payloads[0].len == LEN - 10);
	packets_close(m);
}

/* Tunnels in each other: four, and no more. */
static void nested(void **state)
{
	static struct made_packet p;

	(void)state;
	for (unsigned depth = 0; depth < 7; depth++) {
		struct packets *m = opened(0);

		build(&ways[13], &p);
		for (unsigned i = 0; i < depth; i++)
			made_v4(&p, 4, 3, 0);
		made_push(m, &p, 101, START_NS);
		assert_int_equal(taken.n, depth <= 4);
		assert_int_equal(packets_counted(m)->bad_link, depth > 4);
		packets_close(m);
	}
}

static void ports(void **state)
{
	static const struct {
		uint16_t from, to;
		size_t payloads;
		uint64_t mdns;
	} rows[] = {{53, 1, 0, 0}, {1, 5300, 1, 0}, {5300, 1, 1, 0}, {5353, 5353, 1, 0}, {1, 4789, 0, 0}};
	struct packets_config config = {.ports = {5300, 5353}, .n_ports = 2};
	static struct made_packet p;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct packets *m = packets_open(&config, (struct payload_sink){taken_take, &taken});

		assert_non_null(m);
		taken.n = 0;
		p.len = LEN;
		made_dns(p.octets, ID, LEN);
		made_udp(&p, rows[i].from, rows[i].to);
		made_v4(&p, 17, 1, 0);
		made_push(m, &p, 101, START_NS);
		if (taken.n != rows[i].payloads || packets_counted(m)->mdns != rows[i].mdns)
			fail_msg("row %zu", i);
		packets_close(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way),
		cmocka_unit_test(cut_everywhere),
		cmocka_unit_test(flipped_everywhere),
		cmocka_unit_test(short_way),
		cmocka_unit_test(other_packets),
		cmocka_unit_test(shortened),
		cmocka_unit_test(nested),
		cmocka_unit_test(ports),
	};

	return cmocka_run_group_tests_name("packets", tests, NULL, NULL);
}
