/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp_test.c -- DNS over TCP: a table of orders in which the segments of one stream come, each with exact
 * counts, over IPv4 and IPv6 and with sequence numbers that wrap at every place.
 */
#include "capture/made_packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/stamp.h"

#define START_NS (INT64_C(1236895254) * NS_PER_SECOND)

/*
 * The stream: messages 0, 1 and 2 of 30, 100 and 50 octets behind their lengths, at [0,32), [32,134) and
 * [134,186). Then junk to 200.
 */
enum { LEN_0 = 30, LEN_1 = 100, LEN_2 = 50, AT_1 = 32, AT_2 = 134, STREAM = 186, JUNK_END = 200 };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/*
 * A step: S SYN (S32: one before octet 32), s the same with octets, N that of a new connection, F100 FIN at
 * 100, R a reset with octets, d0-32 these octets, x the same turned into others, o a segment for each of
 * them, r the same from the last to the first, e every other one and then the rest, c octets of which the
 * snap length left the first ten, p a segment far off, w4000 nothing for so many ms.
 */
struct step {
	char what;
	int from, to;
};

struct row {
	const char *name;
	const char *steps;
	const char *ids; /* of the messages that come out, in their order */
	uint64_t gaps, lost, conflicts, bad_length, bad_tcp;
};

static const struct row rows[] = {
	{"one segment", "S d0-186 F186", "012", 0, 0, 0, 0, 0},
	{"one segment and its FIN twice", "S d0-186 F186 F186", "012", 0, 0, 0, 0, 0},
	{"three segments", "S d0-32 d32-134 d134-186", "012", 0, 0, 0, 0, 0},
	{"lengths apart", "S d0-2 d2-32 d32-34 d34-186", "012", 0, 0, 0, 0, 0},
	{"across messages", "S d0-33 d33-150 d150-186", "012", 0, 0, 0, 0, 0},
	{"single octets", "S o0-186 F186", "012", 0, 0, 0, 0, 0},
	{"single octets reversed", "S r0-186 F186", "012", 0, 0, 0, 0, 0},
	{"every other octet", "S e0-186", "012", 0, 0, 0, 0, 0},
	{"octets with data in the SYN", "s0-32 d32-186", "012", 0, 0, 0, 0, 0},
	{"two in the wrong order", "S d32-186 d0-32", "012", 0, 0, 0, 0, 0},
	{"three reversed", "S d134-186 d32-134 d0-32", "012", 0, 0, 0, 0, 0},
	{"FIN first", "S F186 d100-186 d0-100", "012", 0, 0, 0, 0, 0},
	{"each twice", "S S d0-134 d0-134 d134-186 d134-186", "012", 0, 0, 0, 0, 0},
	{"again behind the FIN", "S d0-186 F186 d0-186", "012", 0, 0, 0, 0, 0},
	{"overlapping alike", "S d0-60 d40-150 d100-186", "012", 0, 0, 0, 0, 0},
	{"overlapping in disorder", "S d100-186 d20-110 d0-60", "012", 0, 0, 0, 0, 0},
	{"overlapping otherwise", "S d0-60 x40-60 d60-186", "012", 0, 0, 20, 0, 0},
	{"otherwise in the last message", "S d0-186 x134-186", "012", 0, 0, 52, 0, 0},
	{"otherwise, held", "S d100-186 x100-186 d0-100", "012", 0, 0, 86, 0, 0},
	{"otherwise, half held", "S d100-120 x110-120 d90-186 d0-90", "012", 0, 0, 10, 0, 0},
	{"single octets otherwise", "S r10-186 x10-186 d0-10", "012", 0, 0, 176, 0, 0},
	{"no SYN", "d0-32 d32-186", "012", 0, 0, 0, 0, 0},
	{"no SYN, from the second on", "d32-186", "12", 0, 0, 0, 0, 0},
	{"no SYN, from inside the first", "d12-186", "12", 0, 1, 0, 0, 0},
	{"no SYN, single octets", "o0-186", "012", 0, 0, 0, 0, 0},
	{"no SYN, single octets reversed", "r0-186", "210", 0, 0, 0, 0, 0},
	{"no SYN, every other octet", "e0-186", "012", 0, 0, 0, 0, 0},
	{"no SYN, reversed", "d134-186 d32-134 d0-32", "210", 0, 0, 0, 0, 0},
	{"no SYN, reversed and again", "d32-134 d0-32 d134-186 d0-186", "102", 0, 0, 0, 0, 0},
	{"no SYN, back, and repeats", "d32-134 d0-20 d32-134 d10-32 d134-186", "102", 0, 0, 0, 0, 0},
	{"no SYN, tail, waiting", "d50-186 w4000 d134-186", "2", 0, 1, 0, 0, 0},
	{"no SYN, FIN first", "F186 d0-32", "0", 0, 0, 0, 0, 0},
	{"no SYN, FIN first, waiting", "F186 d40-50 w4000", "", 0, 1, 0, 0, 0},
	{"SYN last", "F186 d134-186 d32-134 d0-32 S", "210", 0, 0, 0, 0, 0},
	{"SYN last, single octets", "F186 r0-186 S", "210", 0, 0, 0, 0, 0},
	{"SYN late", "d20-186 S d0-20", "012", 0, 0, 0, 0, 0},
	{"SYN late, the first lost", "d20-186 S", "12", 1, 1, 0, 0, 0},
	{"SYN behind what came", "d12-20 S32 d32-186", "12", 0, 1, 0, 0, 0},
	{"lost: inside a message", "S d0-60 d80-186", "02", 1, 1, 0, 0, 0},
	{"lost: inside a message, waited", "S d0-60 d80-186 w4000 d60-80", "02", 1, 1, 0, 0, 0},
	{"lost: to a message's end", "S d0-60 d134-186", "02", 1, 1, 0, 0, 0},
	{"lost: a whole message", "S d0-32 d134-186", "02", 1, 1, 0, 0, 0},
	{"lost: a length", "S d0-32 d34-186", "02", 1, 1, 0, 0, 0},
	{"lost: half a length", "S d0-33 d34-186", "02", 1, 1, 0, 0, 0},
	{"lost: over a message's end", "S d0-20 d50-186", "2", 1, 2, 0, 0, 0},
	{"lost: two holes", "S d0-60 d80-90 d100-186", "02", 2, 1, 0, 0, 0},
	{"lost: the beginning", "S d20-186", "12", 1, 1, 0, 0, 0},
	{"lost: the end", "S d0-150", "01", 0, 1, 0, 0, 0},
	{"lost: the end, and told", "S d0-150 F150", "01", 0, 1, 0, 0, 0},
	{"cut by the snap length", "S c0-32 d32-134 c134-186", "1", 2, 2, 0, 0, 0},
	{"cut in the middle", "S d0-60 c60-100 d100-186", "02", 1, 1, 0, 0, 0},
	{"junk behind", "S d0-200", "012", 0, 0, 0, 1, 0},
	{"a reset ends nothing", "S d0-100 R140-160 d100-186", "012", 0, 0, 0, 0, 0},
	{"one far off", "S d0-100 p0-100 d100-186", "012", 0, 0, 0, 0, 1},
	{"two far off", "S d0-100 p0-100 p0-186", "0012", 1, 1, 0, 0, 1},
	{"a new connection", "S d0-100 N d0-186", "0012", 0, 1, 0, 0, 0},
	{"a new connection after the FIN", "S d0-186 F186 N d0-186", "012012", 0, 0, 0, 0, 0},
	{"silent for long", "S d0-100 w70000 d100-186", "02", 0, 2, 0, 0, 0},
};

/* One run of a row. */
struct run {
	struct packets *machine;
	int64_t time_ns;
	uint32_t first; /* sequence number of octet 0 */
	bool v6;
	uint64_t segments;
};

static struct taken taken;
static uint8_t stream[JUNK_END];

static void fill_stream(void)
{
	static const struct {
		size_t at, len;
	} messages[] = {{0, LEN_0}, {AT_1, LEN_1}, {AT_2, LEN_2}};

	for (uint16_t i = 0; i < 3; i++) {
		made_be(stream + messages[i].at, (uint32_t)messages[i].len, 2);
		made_dns(stream + messages[i].at + 2, i, messages[i].len);
	}
}

static void send_octets(struct run *r, uint8_t flags, uint32_t seq, const uint8_t *octets, size_t len)
{
	static struct made_packet p;

	p.len = 0;
	made_front(&p, octets, len);
	made_tcp(&p, 53, 40000, seq, flags);
	if (r->v6)
		made_v6(&p, 6);
	else
		made_v4(&p, 6, 1, 0);
	r->time_ns += NS_PER_MS;
	r->segments++;
	made_push(r->machine, &p, 101, r->time_ns);
}

static void send_part(struct run *r, int from, int to)
{
	send_octets(r, ACK | PSH, r->first + (uint32_t)from, stream + from, (size_t)(to - from));
}

static void send_other(struct run *r, int from, int to)
{
	uint8_t octets[JUNK_END];

	for (int i = from; i < to; i++)
		octets[i - from] = (uint8_t)~stream[i];
	send_octets(r, ACK, r->first + (uint32_t)from, octets, (size_t)(to - from));
}

static void send_cut(struct run *r, int from, int to)
{
	static struct made_packet p;
	uint32_t wire_len;

	p.len = 0;
	made_front(&p, stream + from, (size_t)(to - from));
	made_tcp(&p, 53, 40000, r->first + (uint32_t)from, ACK);
	if (r->v6)
		made_v6(&p, 6);
	else
		made_v4(&p, 6, 1, 0);
	wire_len = (uint32_t)p.len;
	r->segments++;
	packets_push(r->machine, &(struct frame){r->time_ns, p.octets, wire_len - (uint32_t)(to - from) + 10,
						 wire_len, 101});
}

/* Time passes: three other packets, since one alone does not move the clock. */
static void wait_ms(struct run *r, int ms)
{
	static const uint8_t nothing[1];

	r->time_ns += ms * NS_PER_MS;
	for (int i = 0; i < 3; i++)
		packets_push(r->machine, &(struct frame){r->time_ns, nothing, 1, 1, 101});
}

static void take_step(struct run *r, const struct step *s)
{
	switch (s->what) {
	case 'N':
		r->first += 0x12345678;
		send_octets(r, SYN, r->first - 1, stream, 0);
		break;
	case 'S':
	case 's':
		send_octets(r, SYN, r->first - 1 + (uint32_t)s->from, stream, (size_t)(s->to - s->from));
		break;
	case 'F':
		send_octets(r, FIN | ACK, r->first + (uint32_t)s->from, stream, 0);
		break;
	case 'R':
		send_octets(r, RST, r->first + (uint32_t)s->from, stream, (size_t)(s->to - s->from));
		break;
	case 'd':
		send_part(r, s->from, s->to);
		break;
	case 'x':
		send_other(r, s->from, s->to);
		break;
	case 'c':
		send_cut(r, s->from, s->to);
		break;
	case 'p':
		send_octets(r, ACK, r->first + (uint32_t)s->from + 0x40000000, stream,
			    (size_t)(s->to - s->from));
		break;
	case 'w':
		wait_ms(r, s->from);
		break;
	default:
		for (int i = s->from; i < s->to; i++) {
			int n = s->to - s->from, k = i - s->from, half = (n + 1) / 2;
			int at = s->what == '1'   ? k
				 : s->what == 'r' ? n - 1 - k
				 : k < half       ? 2 * k
						  : 2 * (k - half) + 1;

			send_part(r, s->from + at, s->from + at + 1);
		}
	}
}

static void check(const struct row *row, const struct run *r)
{
	const struct packets_counts *c = packets_counted(r->machine);
	char ids[64] = "";

	for (size_t i = 0; i < taken.n && i < 60; i++) {
		const struct taken_payload *t = &taken.payloads[i];

		ids[i] = (char)('0' + t->id);
		if (!t->intact || !t->tcp || t->in_frame || t->cut || t->from_port != 53 ||
		    t->to_port != 40000)
			fail_msg("%s: message %zu is not what was sent", row->name, i);
	}
	if (strcmp(ids, row->ids) != 0 || c->tcp_payloads != taken.n || c->payloads != taken.n)
		fail_msg("%s, from %08x: \"%s\" came out", row->name, r->first, ids);
	if (c->tcp_gaps != row->gaps || c->tcp_lost != row->lost || c->tcp_conflicts != row->conflicts ||
	    c->tcp_bad_length != row->bad_length || c->bad_tcp != row->bad_tcp ||
	    c->tcp_segments != r->segments || c->evicted != 0)
		fail_msg("%s, from %08x: gaps %lu, lost %lu, conflicts %lu, bad length %lu, bad tcp %lu, "
			 "segments %lu",
			 row->name, r->first, c->tcp_gaps, c->tcp_lost, c->tcp_conflicts, c->tcp_bad_length,
			 c->bad_tcp, c->tcp_segments);
}

static void run_row(const struct row *row, uint32_t first, bool v6)
{
	struct packets_config config = {0};
	struct run r = {.time_ns = START_NS, .first = first, .v6 = v6};

	taken.n = 0;
	r.machine = packets_open(&config, (struct payload_sink){taken_take, &taken});
	assert_non_null(r.machine);
	for (const char *at = row->steps; *at != 0;) {
		struct step step = {.what = *at};
		char *end;

		step.from = step.to = (int)strtol(at + 1, &end, 10);
		if (*end == '-')
			step.to = (int)strtol(end + 1, &end, 10);
		at = end + (*end == ' ');
		take_step(&r, &step);
	}
	packets_finish(r.machine);
	check(row, &r);
	packets_close(r.machine);
}

static void orders(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		run_row(&rows[i], 1000, false);
		run_row(&rows[i], 1000, true);
		run_row(&rows[i], 0x7fffffc0, false);
		for (uint32_t back = 0; back <= STREAM + 1; back++)
			run_row(&rows[i], 0u - back, back % 2 == 0);
	}
}

/* Any order of pieces of any size, some twice: all messages, none lost. */
static void any_order(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct packets_config config = {0};
		struct run r = {.time_ns = START_NS, .first = random};
		int from[STREAM + 1], n = 0;

		taken.n = 0;
		r.machine = packets_open(&config, (struct payload_sink){taken_take, &taken});
		assert_non_null(r.machine);
		send_octets(&r, SYN, r.first - 1, stream, 0);
		for (int at = 0; at < STREAM; at += 1 + (int)(random % 40)) {
			from[n++] = at;
			random = random * 1664525 + 1013904223;
		}
		from[n] = STREAM;
		for (int left = n; left > 0;
		     left--) { /* the pieces' own ends are lost in the shuffle, so take overlaps */
			int k = (int)(random >> 8) % left, at = from[k],
			    to = at + 40 < STREAM ? at + 40 : STREAM;

			random = random * 1664525 + 1013904223;
			send_part(&r, at, to);
			from[k] = from[left - 1];
		}
		packets_finish(r.machine);
		if (taken.n != 3 || packets_counted(r.machine)->tcp_lost != 0 ||
		    packets_counted(r.machine)->tcp_conflicts != 0)
			fail_msg("round %d: %zu messages", round, taken.n);
		packets_close(r.machine);
	}
}

/* The time of a message is that of the packet that completed it. */
static void times(void **state)
{
	struct packets_config config = {0};
	struct run r = {.time_ns = START_NS, .first = 77};

	(void)state;
	taken.n = 0;
	r.machine = packets_open(&config, (struct payload_sink){taken_take, &taken});
	assert_non_null(r.machine);
	send_octets(&r, SYN, r.first - 1, stream, 0);
	send_part(&r, 0, 40);
	send_part(&r, 100, STREAM);
	send_part(&r, 40, 100);
	assert_int_equal(taken.n, 3);
	assert_int_equal(taken.payloads[0].time_ns, START_NS + 2 * NS_PER_MS);
	assert_int_equal(taken.payloads[1].time_ns, START_NS + 4 * NS_PER_MS);
	packets_close(r.machine);
}

/* A message of 65535 octets, in segments of 1000, in order and from behind. */
static void largest(void **state)
{
	static uint8_t octets[2 + 65535];
	enum { SEGMENT = 1000, SEGMENTS = (sizeof octets + SEGMENT - 1) / SEGMENT };

	(void)state;
	made_be(octets, 65535, 2);
	made_dns(octets + 2, 9, 65535);
	for (int backwards = 0; backwards < 2; backwards++) {
		struct packets_config config = {0};
		struct run r = {.time_ns = START_NS, .first = 0xffffff00};

		taken.n = 0;
		r.machine = packets_open(&config, (struct payload_sink){taken_take, &taken});
		assert_non_null(r.machine);
		send_octets(&r, SYN, r.first - 1, stream, 0);
		for (size_t i = 0; i < SEGMENTS; i++) {
			size_t at = SEGMENT * (backwards != 0 ? SEGMENTS - 1 - i : i);
			size_t len = at + SEGMENT < sizeof octets ? SEGMENT : sizeof octets - at;

			send_octets(&r, ACK, r.first + (uint32_t)at, octets + at, len);
		}
		assert_int_equal(taken.n, 1);
		assert_true(taken.payloads[0].intact && taken.payloads[0].len == 65535);
		packets_close(r.machine);
	}
}

/* A hole is given up when more came behind it than the window holds: memory does not grow, the rest comes
 * out. */
static void window(void **state)
{
	enum { MESSAGES = 900, STEP = 1000 };
	static uint8_t octets[STEP];
	struct packets_config config = {0};
	struct run r = {.time_ns = START_NS, .first = 0xfffff000};

	(void)state;
	taken.n = 0;
	r.machine = packets_open(&config, (struct payload_sink){taken_take, &taken});
	assert_non_null(r.machine);
	send_octets(&r, SYN, r.first - 1, stream, 0);
	for (uint16_t i = 0; i < MESSAGES; i++) {
		made_be(octets, STEP - 2, 2);
		made_dns(octets + 2, i, STEP - 2);
		if (i % 300 != 7)
			send_octets(&r, ACK, r.first + i * STEP, octets, STEP);
		assert_true(taken.n >= i - 265u || i < 270);
	}
	packets_finish(r.machine);
	assert_int_equal(taken.n, MESSAGES - 3);
	assert_int_equal(packets_counted(r.machine)->tcp_gaps, 3);
	assert_int_equal(packets_counted(r.machine)->tcp_lost, 3);
	assert_int_equal(packets_counted(r.machine)->bad_tcp, 0);
	packets_close(r.machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(orders), cmocka_unit_test(any_order),
					   cmocka_unit_test(times), cmocka_unit_test(largest),
					   cmocka_unit_test(window)};

	fill_stream();
	return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
