/* SPDX-License-Identifier: Apache-2.0 */
/* wire_test.c -- the lab's messages are read back by the reader of deflux, and too long ones lose what they
 * should. */
#include "lab/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "dns/message.h"

#define NAME(s) (const uint8_t *)(s)

static const uint8_t *const asked = NAME("\3www\7example\3com");
static const uint8_t *const behind = NAME("\4edge\7example\3net");
static const uint8_t *const zone = NAME("\7example\3net");
static const uint8_t *const server = NAME("\3ns1\7example\3net");

static void add(struct lab_exchange *x, enum section s, const uint8_t *owner, uint16_t type,
		const uint8_t *target)
{
	struct lab_record *r = &x->records[x->n++];

	*r = (struct lab_record){
		.owner = owner, .target = target, .type = type, .ttl = 60, .section = (uint8_t)s};
	if (type == RR_A)
		r->addr = addr_v4((const uint8_t[4]){9, 9, 9, (uint8_t)x->n});
	if (type == RR_AAAA)
		r->addr = addr_v6((const uint8_t[16]){0x2a, 1, [15] = (uint8_t)x->n});
}

static struct lab_exchange exchange(unsigned addresses, unsigned servers, unsigned glue)
{
	struct lab_exchange x = {.question = asked,
				 .qtype = RR_A,
				 .id = 0x1234,
				 .flags = FLAG_QR | FLAG_RD | FLAG_RA,
				 .side = LAB_CLIENTS};

	add(&x, SECTION_ANSWER, asked, RR_CNAME, behind);
	for (unsigned i = 0; i < addresses; i++)
		add(&x, SECTION_ANSWER, behind, RR_A, NULL);
	for (unsigned i = 0; i < servers; i++)
		add(&x, SECTION_AUTHORITY, zone, RR_NS, server);
	for (unsigned i = 0; i < glue; i++)
		add(&x, SECTION_ADDITIONAL, server, i % 2 == 0 ? RR_A : RR_AAAA, NULL);
	return x;
}

static void read_back(void **state)
{
	struct lab_exchange x = exchange(3, 2, 2);
	uint8_t bytes[WIRE_MESSAGE_MAX];
	struct message m = {0};
	size_t n = wire_answer(&x, bytes);

	(void)state;
	assert_int_equal(message_parse(&m, bytes, n), OK);
	assert_int_equal(m.id, 0x1234);
	assert_int_equal(m.flags, x.flags);
	assert_int_equal(m.qtype, RR_A);
	assert_int_equal(m.n_records, x.n);
	for (size_t i = 0; i < x.n; i++) {
		const uint8_t *owner = message_name_octets(&m, m.records[i].owner);

		assert_int_equal(m.records[i].type, x.records[i].type);
		assert_int_equal(m.records[i].ttl, 60);
		assert_int_equal(m.records[i].section, x.records[i].section);
		assert_memory_equal(owner, x.records[i].owner, strlen((const char *)x.records[i].owner) + 1);
	}
	assert_memory_equal(message_name_octets(&m, m.records[0].target), behind, 18);
	assert_memory_equal(message_name_octets(&m, m.records[4].target), server, 17);
	assert_memory_equal(m.records[1].rdata, x.records[1].addr.octets + 12, 4);
	assert_memory_equal(m.records[7].rdata, x.records[7].addr.octets, 16);
	/* header, two names in full but for the shared "com"-less suffixes, everything else by pointer */
	assert_int_equal(n, 12 + 17 + 4 + (2 + 10 + 18) + 3 * 16 + (2 + 10 + 6) + (2 + 10 + 2) + 16 + 28);
	message_fini(&m);
}

static void too_long(void **state)
{
	static const struct {
		unsigned addresses, servers, glue;
		bool tcp, edns, cut;
		size_t kept[3];
	} rows[] = {
		{16, 4, 4, false, false, false, {17, 4, 4}},
		{16, 4, 20, false, false, false, {17, 4, 0}}, /* no room for the additional section */
		{16, 4, 20, false, true, false, {17, 4, 21}}, /* EDNS makes room, and is a record */
		{27, 4, 4, false, false, false, {28, 0, 0}},
		{40, 4, 4, false, false, true, {0, 0, 0}},
		{40, 4, 4, true, false, false, {41, 4, 4}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct lab_exchange x = exchange(rows[i].addresses, rows[i].servers, rows[i].glue);
		uint8_t bytes[WIRE_MESSAGE_MAX];
		struct message m = {0};
		size_t n;

		x.tcp = rows[i].tcp;
		x.edns = rows[i].edns;
		n = wire_answer(&x, bytes);
		assert_true(n <= (rows[i].tcp ? WIRE_MESSAGE_MAX : rows[i].edns ? 1232 : 512));
		assert_int_equal(message_parse(&m, bytes, n), OK);
		assert_int_equal((m.flags & FLAG_TC) != 0, rows[i].cut);
		for (size_t s = 0; s < 3; s++)
			if ((bytes[6 + 2 * s] << 8 | bytes[7 + 2 * s]) != (int)rows[i].kept[s])
				fail_msg("row %zu, section %zu: %d records", i, s, bytes[7 + 2 * s]);
		message_fini(&m);
	}
}

/* What a server of the lab says in the room that it was given. */
static void served(void **state)
{
	static const struct {
		uint16_t room;
		bool refers, cut;
		size_t kept[2]; /* authority, additional */
	} rows[] = {
		{0, true, false, {4, 8}},    {512, true, false, {4, 8}}, {200, true, true, {4, 0}},
		{200, false, false, {4, 0}}, {60, true, true, {0, 0}},   {60, false, false, {0, 0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct lab_exchange x = {
			.question = asked, .asked = NAME("\3wWW\7exaMple\3cOm"), .qtype = RR_A};
		uint8_t bytes[WIRE_MESSAGE_MAX];
		struct message m = {0};

		for (unsigned k = 0; k < 4; k++)
			add(&x, SECTION_AUTHORITY, zone, RR_NS, server);
		for (unsigned k = 0; k < 8; k++)
			add(&x, SECTION_ADDITIONAL, server, RR_A, NULL);
		x.room = rows[i].room;
		x.refers = rows[i].refers;
		x.ttl_divisor = 25;
		assert_int_equal(message_parse(&m, bytes, wire_answer(&x, bytes)), OK);
		assert_int_equal((m.flags & FLAG_TC) != 0, rows[i].cut);
		for (size_t k = 0; k < 2; k++)
			assert_int_equal(bytes[8 + 2 * k] << 8 | bytes[9 + 2 * k], rows[i].kept[k]);
		assert_memory_equal(bytes + DNS_HEADER_OCTETS, x.asked, 17);
		if (m.n_records != 0)
			assert_int_equal(m.records[0].ttl, 2); /* 60 / 25, to the nearest */
		message_fini(&m);
	}
}

static void not_there(void **state)
{
	struct lab_exchange x = {.question = asked,
				 .qtype = RR_A,
				 .flags = FLAG_QR | RCODE_NXDOMAIN,
				 .edns = true,
				 .side = LAB_UPSTREAM};
	uint8_t bytes[WIRE_MESSAGE_MAX];
	struct message m = {0};

	(void)state;
	add(&x, SECTION_AUTHORITY, zone, RR_SOA, server);
	assert_int_equal(message_parse(&m, bytes, wire_answer(&x, bytes)), OK);
	assert_int_equal(m.rcode, RCODE_NXDOMAIN);
	assert_int_equal(m.records[0].type, RR_SOA);
	assert_int_equal(message_parse(&m, bytes, wire_query(&x, bytes)), OK);
	assert_int_equal(m.flags, 0);
	message_fini(&m);
}

/* The sum over a right packet, its checksum included, is all ones (RFC 1071). */
static unsigned sum(const uint8_t *at, size_t n, unsigned start)
{
	unsigned s = start;

	for (size_t i = 0; i < n; i++)
		s += i % 2 == 0 ? (unsigned)at[i] << 8 : at[i];
	while (s >> 16 != 0)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

static void checksums(void **state)
{
	struct wire_flow f = {.from = addr_v4((const uint8_t[4]){198, 51, 100, 7}),
			      .to = addr_v4((const uint8_t[4]){192, 0, 2, 53}),
			      .from_port = 4000,
			      .to_port = 53};
	struct wire_segment s = {.seq = 0xfffffff0, .ack = 7, .flags = WIRE_PSH | WIRE_ACK};
	uint8_t frame[WIRE_FRAME_MAX];

	(void)state;
	for (size_t len = 0; len < 40; len++) {
		static const uint8_t payload[40] = "an odd or an even number of octets....";
		size_t n = wire_udp(&f, payload, len, frame);

		assert_int_equal(n, 14 + 20 + 8 + len);
		assert_int_equal(sum(frame + 14, 20, 0), 0xffff);
		assert_int_equal(sum(frame + 34, 8 + len, sum(frame + 26, 8, 17 + 8 + (unsigned)len)),
				 0xffff);
		n = wire_tcp(&f, &s, payload, len, frame);
		assert_int_equal(n, 14 + 20 + 20 + len);
		assert_int_equal(sum(frame + 34, 20 + len, sum(frame + 26, 8, 6 + 20 + (unsigned)len)),
				 0xffff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(read_back), cmocka_unit_test(too_long),
					   cmocka_unit_test(served), cmocka_unit_test(not_there),
					   cmocka_unit_test(checksums)};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
