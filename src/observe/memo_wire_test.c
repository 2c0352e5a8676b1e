/* SPDX-License-Identifier: Apache-2.0 */
/* memo_wire_test.c -- a message beside itself with one octet changed: every octet counts but the id's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/stamp.h"
#include "observe/made_message.h"
#include "observe/memo.h"

enum { KEEP_OCTETS = 1 << 16, AT_S = 1000, TTL_BEFORE_RDATA = 6, TTL_OCTETS = 4, ID_OCTETS = 2 };

/* With and without aliases, name servers and OPT, so that all lengths between two TTLs occur. */
static const struct {
	const char *text;
	bool opt;
	unsigned run, stride; /* addresses that may be turned: how many, and the octets of each */
} rows[] = {
	{"w.a.com A | a w.a.com 9 A 1.2.3.4", false, 1, 16},
	{"w.a.com A | a w.a.com 9 A 1.2.3.4 | a w.a.com 9 A 1.2.4.5 | a w.a.com 9 A 1.3.4.6", true, 3, 16},
	{"w.a.com AAAA | a w.a.com 9 AAAA 2001:db8::1 | a w.a.com 9 AAAA 2001:db9::2", true, 2, 28},
	/* made messages point at the question's name alone: so the addresses behind the alias are its own */
	{"w.a.com A | a w.a.com 60 CNAME c.b.net | a w.a.com 9 A 1.2.3.4 | a w.a.com 9 A 1.2.4.5 | "
	 "n b.net 90 NS n.b.net | n b.net 90 NS a-longer-name-of-some-server.of-others.org | "
	 "d n.b.net 80 A 2.2.2.2 | d n.b.net 70 AAAA 2001:db8::3",
	 true, 2, 16},
	{"w.a.com A | a w.a.com 60 CNAME c.b.net | n b.net 90 NS n.b.net | d n.b.net 80 A 2.2.2.2", false, 0,
	 0},
};

struct kept {
	struct memo memo;
	struct message message;
	struct made made;
	struct intake in;
	uint8_t wire[1024]; /* the message to be looked for */
};

static void keep(struct kept *k, size_t row)
{
	static const uint8_t opt[] = {0, 0, RR_OPT, 16, 0, 0, 0, 0, 0, 0, 0};
	struct memo_place place;

	memset(k, 0, sizeof *k);
	k->in = made_message(&k->made, FLAG_RD | FLAG_RA, rows[row].text);
	k->in.time_ns = AT_S * NS_PER_SECOND;
	if (rows[row].opt) {
		memcpy(k->made.octets + k->in.len, opt, sizeof opt);
		k->in.len += (uint32_t)sizeof opt;
		k->made.octets[11]++;
	}
	assert_true(k->in.len <= sizeof k->wire);
	assert_int_equal(message_parse(&k->message, k->in.wire, k->in.len), OK);
	assert_int_equal(memo_open(&k->memo, KEEP_OCTETS, 1), OK);
	memo_begin(&k->memo, 0, 0);
	memo_announce(&k->memo, &k->in, 0);
	assert_null(memo_find(&k->memo, &k->in, 0, &place));
	memo_keep(&k->memo, &place, &k->in, &k->message, 1);
	memcpy(k->wire, k->in.wire, k->in.len);
}

static void let_go(struct kept *k)
{
	memo_end(&k->memo);
	memo_close(&k->memo);
	message_fini(&k->message);
}

static bool finds(struct kept *k)
{
	struct intake in = k->in;
	struct memo_place place;

	in.wire = k->wire;
	memo_announce(&k->memo, &in, 0);
	return memo_find(&k->memo, &in, 0, &place) != NULL;
}

/* Where the TTL of a record stands. */
static size_t ttl_of(const struct kept *k, size_t record)
{
	return (size_t)(k->message.records[record].rdata - k->message.wire) - TTL_BEFORE_RDATA;
}

static bool is_ttl(const struct kept *k, size_t octet)
{
	for (size_t i = 0; i < k->message.n_records; i++)
		if (k->message.records[i].type != RR_OPT && octet >= ttl_of(k, i) &&
		    octet < ttl_of(k, i) + TTL_OCTETS)
			return true;
	return false;
}

static void each_octet_counts(struct kept *k)
{
	assert_true(finds(k));
	for (size_t at = 0; at < k->in.len; at++)
		for (unsigned bit = 1; bit < 256 && !is_ttl(k, at); bit <<= 1) {
			k->wire[at] ^= (uint8_t)bit;
			if (finds(k) != (at < ID_OCTETS))
				fail_msg("octet %zu, bit %u", at, bit);
			k->wire[at] ^= (uint8_t)bit;
		}
}

static void each_ttl_counts(struct kept *k)
{
	for (size_t i = 0; i < k->message.n_records; i++) {
		uint8_t *last = k->wire + ttl_of(k, i) + TTL_OCTETS - 1;

		if (k->message.records[i].type == RR_OPT)
			continue;
		--*last;
		assert_true(finds(k));
		*last = (uint8_t)(*last + 2);
		assert_false(finds(k));
		--*last;
	}
}

static void every_octet_but_the_id_counts(void **state)
{
	(void)state;
	for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
		struct kept k;

		keep(&k, row);
		each_octet_counts(&k);
		each_ttl_counts(&k);
		let_go(&k);
	}
}

/* Where the run of addresses begins: the first one of them. */
static size_t run_of(const struct kept *k)
{
	size_t i = 0;

	while (k->message.records[i].type != RR_A && k->message.records[i].type != RR_AAAA)
		i++;
	return ttl_of(k, i) - TTL_BEFORE_RDATA;
}

static void addresses_may_stand_in_any_order(void **state)
{
	(void)state;
	for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
		struct kept k;

		keep(&k, row);
		for (unsigned first = 1; first < rows[row].run; first++) {
			size_t stride = rows[row].stride, at = run_of(&k), turned = first * stride,
			       rest = (rows[row].run - first) * stride;

			memcpy(k.wire + at, k.in.wire + at + turned, rest);
			memcpy(k.wire + at + rest, k.in.wire + at, turned);
			each_octet_counts(&k);
			each_ttl_counts(&k);
		}
		let_go(&k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_octet_but_the_id_counts),
		cmocka_unit_test(addresses_may_stand_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
