/* SPDX-License-Identifier: Apache-2.0 */
/* clock_test.c -- which of a row of dates are believed. */
#include "source/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/stamp.h"

#define DAY_NS (86400 * NS_PER_SECOND)

enum { DATES_MAX = 32 };

/* Dates as letters: a to z are one day after the other, A to Z lie 10,000 days later, 0 to 9 are the days
 * since 1970. In `given`, what comes out, in order; what is missing of `dates` must have been counted as
 * dropped. */
static const struct {
	const char *dates, *given;
} rows[] = {
	{"", ""},
	{"a", "a"}, /* one record alone is fine */
	{"ab", "ab"},
	{"aaaa", "aaaa"},
	{"aA", ""},     /* neither is right */
	{"Aab", "ab"},  /* a first record from 2106 */
	{"0ab", "ab"},  /* from 1970 */
	{"A0ab", "ab"}, /* both */
	{"0Aab", "ab"},
	{"aAb", "ab"}, /* the second record is wrong */
	{"abAb", "abb"},
	{"ab0b", "abb"},
	{"abA", "ab"},            /* at the end too */
	{"abAA", "ab"},           /* two do not make a jump */
	{"abAAA", "abAAA"},       /* three do */
	{"abAABBBcc", "abAABBB"}, /* and two do not make a jump back */
	{"abAAAccc", "abAAAccc"}, /* a jump back wants three as well */
	{"abA0A0A", "abAAA"},     /* three agree, the strangers between them do not matter */
	{"abAAcA", "abc"},        /* a record that agrees with the past makes those held wrong */
	{"abAAcAA", "abc"},
	{"ahov", "ahov"}, /* seven days are no jump, eight are */
	{"aai", "aa"},
	{"aaiii", "aaiii"},
	{"aajqx", "aa"}, /* each within seven days of the next, but not j of x */
	{"aaAZ0aa", "aaaa"},
	{"0A0", "00"}, /* two agree at the start */
};

static int64_t date_of(char c)
{
	if (c >= '0' && c <= '9')
		return (c - '0') * DAY_NS;
	if (c >= 'a' && c <= 'z')
		return (20000 + c - 'a') * DAY_NS;
	return (30000 + c - 'A') * DAY_NS;
}

struct row_run {
	struct clock clock;
	char held[DATES_MAX], given[DATES_MAX];
	size_t n_held, n_given, n_dropped;
};

static void obey(struct row_run *r, struct clock_word w)
{
	size_t kept = 0;

	assert_int_equal(w.take & w.drop, 0);
	assert_int_equal((w.take | w.drop) >> r->n_held, 0);
	for (size_t i = 0; i < r->n_held; i++) {
		if (w.take >> i & 1)
			r->given[r->n_given++] = r->held[i];
		else if (w.drop >> i & 1)
			r->n_dropped++;
		else
			r->held[kept++] = r->held[i];
	}
	r->n_held = kept;
	assert_int_equal(r->n_held, r->clock.n_held);
	assert_true(r->n_held <= CLOCK_HELD_MAX);
}

static void run(struct row_run *r, const char *dates, bool quick)
{
	clock_init(&r->clock, 7 * DAY_NS);
	for (const char *c = dates; *c != 0; c++) {
		if (quick && clock_pass(&r->clock, date_of(*c))) {
			r->given[r->n_given++] = *c;
			continue;
		}
		r->held[r->n_held++] = *c;
		obey(r, clock_see(&r->clock, date_of(*c)));
	}
	obey(r, clock_end(&r->clock));
	assert_int_equal(r->n_held, 0);
}

static void believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int quick = 0; quick <= 1; quick++) {
			struct row_run r = {0};

			run(&r, rows[i].dates, quick);
			if (strcmp(r.given, rows[i].given) != 0)
				fail_msg("%s gave %s, not %s", rows[i].dates, r.given, rows[i].given);
			assert_int_equal(r.n_given + r.n_dropped, strlen(rows[i].dates));
		}
}

/* However wild the dates, few are held and none is lost or given twice. */
static void wild(void **state)
{
	struct clock c;
	uint64_t random = 1, seen = 0, out = 0;
	unsigned held = 0;

	(void)state;
	clock_init(&c, 7 * DAY_NS);
	for (int i = 0; i < 100000; i++) {
		struct clock_word w;

		random = random * 6364136223846793005u + 1442695040888963407u;
		seen++;
		held++;
		w = clock_see(&c, (int64_t)(random >> 1) >> (random >> 8 & 15));
		for (uint32_t all = (uint32_t)w.take | w.drop; all != 0; all &= all - 1) {
			out++;
			held--;
		}
		assert_int_equal(held, c.n_held);
		assert_true(held <= CLOCK_HELD_MAX);
	}
	assert_int_equal(seen, out + held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(believed), cmocka_unit_test(wild)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
