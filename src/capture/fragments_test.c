/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fragments_test.c -- datagrams from fragments in every order, those that contradict each other, and what the
 * limits of memory and time give up, of fragments and of TCP streams.
 */
#include "capture/made_packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/stamp.h"

#define START_NS (INT64_C(1236895254) * NS_PER_SECOND)

enum { LEN = 92, DATAGRAM = LEN + 8, MORE_V4 = 0x2000 };

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

/* A fragment [from, to) of the UDP datagram `id` of DNS message `id`; `flip`: its first octet is another. */
struct part {
	uint16_t id;
	uint32_t from, to;
	bool last, v6, flip;
};

static void push_part(struct packets *m, const struct part *part, int64_t time_ns)
{
	static struct made_packet whole, p;

	whole.len = LEN;
	made_dns(whole.octets, part->id, LEN);
	made_udp(&whole, 53, 40000);
	assert_true(part->to <= sizeof whole.octets);
	p.len = 0;
	made_front(&p, whole.octets + part->from, part->to - part->from);
	p.octets[0] ^= part->flip;
	if (part->v6)
		made_v6_fragment(&p, 17, part->id, (uint16_t)(part->from | !part->last));
	else
		made_v4(&p, 17, part->id, (uint16_t)(part->from / 8 | (part->last ? 0 : MORE_V4)));
	made_push(m, &p, 101, time_ns);
}

/* "0-40 40-80 80-100.": a dot marks the last, '!' one that is not what was sent. */
static void push_parts(struct packets *m, const char *parts, uint16_t id, bool v6)
{
	while (*parts != 0) {
		struct part part = {.id = id, .v6 = v6};
		char *end;

		part.from = (uint32_t)strtoul(parts, &end, 10);
		part.to = (uint32_t)strtoul(end + 1, &end, 10);
		part.last = *end == '.';
		end += part.last;
		part.flip = *end == '!';
		end += part.flip;
		push_part(m, &part, START_NS);
		parts = end + (*end == ' ');
	}
}

static void orders(void **state)
{
	static const struct {
		const char *parts;
		size_t payloads;
		uint64_t fragments, lost, bad_ip;
	} rows[] = {
		{"0-40 40-100.", 1, 2, 0, 0},
		{"40-100. 0-40", 1, 2, 0, 0},
		{"80-100. 40-80 0-40", 1, 3, 0, 0},
		{"40-80 80-100. 0-40", 1, 3, 0, 0},
		{"0-8 8-16 16-24 24-32 32-40 40-48 48-56 56-64 64-72 72-80 80-88 88-96 96-100.", 1, 13, 0, 0},
		{"0-40 0-40 40-100. ", 1, 3, 0, 0},
		{"0-64 32-100.", 1, 2, 0, 0},
		{"0-64 40-64 64-100.", 1, 3, 0, 0},
		{"0-40 40-100. 0-40 40-100.", 2, 4, 0, 0}, /* a mirrored copy, as with whole packets */
		{"0-40", 0, 1, 1, 0},
		{"40-100.", 0, 1, 1, 0},
		{"0-40 80-100.", 0, 2, 1, 0},
		{"0-40! 0-40 40-100.", 0, 3, 1, 0}, /* one of them lies */
		{"0-40 32-80! 80-100.", 0, 3, 1, 0},
		{"80-100. 0-80 40-80", 1, 3, 1, 0}, /* what comes behind begins another */
		{"0-40 40-100. 40-80.", 1, 3, 1, 0},
		{"40-80. 0-40 ", 1, 2, 0, 1},        /* the UDP header knows better: too short */
		{"80-100. 40-80. 0-40", 0, 3, 1, 0}, /* two ends */
		{"80-96. 88-100. 0-80", 0, 3, 1, 0},
		{"0-96 40-80. ", 0, 2, 1, 0}, /* the end lies before what came */
		{"0-41 40-100.", 0, 2, 1, 1}, /* no eighths */
		{"65520-65535.", 0, 1, 1, 0},
		{"65520-65540.", 0, 1, 0, 1}, /* over the longest datagram */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (int v6 = 0; v6 < 2; v6++) {
			struct packets *m = opened(0);
			const struct packets_counts *c = packets_counted(m);
			bool short_udp = i == 16;

			push_parts(m, rows[i].parts, 7, v6 != 0);
			packets_finish(m);
			if (taken.n != rows[i].payloads - short_udp || c->reassembled != rows[i].payloads ||
			    c->fragments != rows[i].fragments || c->fragments_lost != rows[i].lost ||
			    c->bad_ip + c->bad_udp != rows[i].bad_ip)
				fail_msg("%s: %zu payloads, reassembled %lu, fragments %lu, lost %lu, bad "
					 "%lu %lu",
					 rows[i].parts, taken.n, c->reassembled, c->fragments,
					 c->fragments_lost, c->bad_ip, c->bad_udp);
			for (size_t k = 0; k < taken.n; k++)
				assert_true(taken.payloads[k].intact && taken.payloads[k].len == LEN &&
					    !taken.payloads[k].in_frame);
			packets_close(m);
		}
	}
}

/* Many at once, and the same numbers in both families. */
static void interleaved(void **state)
{
	struct packets *m = opened(0);

	(void)state;
	for (uint32_t from = 0; from < DATAGRAM; from += 40)
		for (uint16_t id = 1; id < 300; id++)
			for (int v6 = 0; v6 < 2; v6++)
				push_part(m,
					  &(struct part){id, from,
							 from + 40 < DATAGRAM ? from + 40 : DATAGRAM,
							 from + 40 >= DATAGRAM, v6 != 0, false},
					  START_NS);
	assert_int_equal(taken.n, 2 * 299);
	for (size_t i = 0; i < taken.n; i++)
		assert_true(taken.payloads[i].intact);
	packets_close(m);
}

/* Numbers are used again after half a minute; one wrong date alone moves no clock. */
static void time_limit(void **state)
{
	static const struct {
		int64_t between[4]; /* seconds from the start of what comes between the two fragments; 0:
				       nothing */
		size_t payloads;
	} rows[] = {{{0}, 1},
		    {{1, 2, 3, 4}, 1},
		    {{31, 32, 33, 34}, 0},
		    {{2524608000}, 1},
		    {{-1236895254}, 1},
		    {{2524608000, 1, 2, 3}, 1},
		    {{2524608000, 2524608000, 2524608000, 2524608000}, 0}};
	static const uint8_t nothing[1];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct packets *m = opened(0);

		push_parts(m, "0-40", 7, false);
		for (size_t k = 0; k < 4 && rows[i].between[k] != 0; k++)
			packets_push(m, &(struct frame){START_NS + rows[i].between[k] * NS_PER_SECOND,
							nothing, 1, 1, 101});
		push_parts(m, "40-100.", 7, false);
		packets_finish(m);
		if (taken.n != rows[i].payloads ||
		    packets_counted(m)->fragments_lost != 2 * (1 - rows[i].payloads))
			fail_msg("row %zu: %zu payloads, %lu lost", i, taken.n,
				 packets_counted(m)->fragments_lost);
		packets_close(m);
	}
}

/* Over the limit the oldest go, and are counted; the newest can still be completed. */
static void memory_limit(void **state)
{
	enum { N = 1000 };
	struct packets *m = opened(256 << 10);
	const struct packets_counts *c = packets_counted(m);
	size_t from_last;

	(void)state;
	for (uint16_t id = 1; id <= N; id++)
		push_part(m, &(struct part){id, 0, 40, false, false, false}, START_NS);
	assert_in_range(c->evicted, N - 50, N - 20); /* 128 KiB hold some 40 */
	assert_int_equal(c->fragments_lost, c->evicted);
	from_last = N - c->evicted;
	for (uint16_t id = N; id >= 1; id--)
		push_part(m, &(struct part){id, 40, DATAGRAM, true, false, false}, START_NS);
	assert_in_range(taken.n, from_last, from_last);
	for (size_t i = 0; i < taken.n; i++)
		assert_int_equal(taken.payloads[i].id, N - i);
	packets_close(m);
}

static void push_segment(struct packets *m, uint16_t port, uint32_t seq, uint8_t flags, size_t len)
{
	static struct made_packet p;

	p.len = 0;
	made_be(p.octets, LEN, 2);
	made_dns(p.octets + 2, port, LEN);
	p.len = len;
	made_tcp(&p, port, 53, seq, flags);
	made_v4(&p, 6, 1, 0);
	made_push(m, &p, 101, START_NS);
}

/* A flood of connections: the oldest go, with their half messages; memory stays where it is told to. */
static void streams_limit(void **state)
{
	enum { N = 2000 };
	struct packets *m = opened(256 << 10);
	const struct packets_counts *c = packets_counted(m);

	(void)state;
	for (uint16_t port = 1000; port < 1000 + N; port++) {
		push_segment(m, port, 9, 2, 0);
		push_segment(m, port, 10, 16, 50);
	}
	assert_in_range(c->evicted, N - 70, N - 30); /* of 2 KiB each */
	assert_int_equal(c->tcp_lost, c->evicted);
	assert_int_equal(taken.n, 0);
	packets_finish(m);
	assert_int_equal(c->tcp_lost, N);
	packets_close(m);
}

/* Connections that ended are let go without a count. */
static void closed_streams(void **state)
{
	enum { N = 2000 };
	struct packets *m = opened(256 << 10);
	const struct packets_counts *c = packets_counted(m);

	(void)state;
	for (uint16_t port = 1000; port < 1000 + N; port++) {
		push_segment(m, port, 9, 2, 0);
		push_segment(m, port, 10, 16, LEN + 2);
		push_segment(m, port, 10 + LEN + 2, 17, 0);
	}
	assert_int_equal(taken.n, N);
	assert_int_equal(c->evicted, 0);
	assert_int_equal(c->tcp_lost, 0);
	packets_close(m);
}

/* The same packets, the same counts: nothing depends on the random key of the buckets. */
static void repeatable(void **state)
{
	struct packets_counts first = {0};

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct packets *m = opened(64 << 10);
		uint32_t random = 1;

		for (int i = 0; i < 3000; i++) {
			struct part part = {.id = (uint16_t)(random >> 16 & 63),
					    .from = 40,
					    .to = DATAGRAM,
					    .last = true};

			if ((random >> 24 & 1) != 0)
				part = (struct part){.id = part.id, .to = 40};
			push_part(m, &part, START_NS);
			push_segment(m, (uint16_t)(1000 + (random >> 20 & 127)), (random >> 28) * 10, 16, 40);
			random = random * 1664525 + 1013904223;
		}
		packets_finish(m);
		if (round == 0)
			first = *packets_counted(m);
		assert_true(first.evicted > 100 && first.reassembled > 100);
		assert_memory_equal(&first, packets_counted(m), sizeof first);
		packets_close(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders),        cmocka_unit_test(interleaved),
		cmocka_unit_test(time_limit),    cmocka_unit_test(memory_limit),
		cmocka_unit_test(streams_limit), cmocka_unit_test(closed_streams),
		cmocka_unit_test(repeatable),
	};

	return cmocka_run_group_tests_name("fragments", tests, NULL, NULL);
}
