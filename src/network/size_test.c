/* SPDX-License-Identifier: Apache-2.0 */
/* size_test.c -- the estimate against figures worked out by hand, and against pools whose size is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the first three above */
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>

#include "network/size.h"

static void test_by_hand(void **state)
{
	/* .75 * 4 * 3 / (2 * 3) = 1.5 unseen; .75 * 4 * 3 / 6 + .5625 * 4 * 49 / 36 + .5625 * 16 * 2 * 9 /
	 * 324 = 5.0625 is the variance; 8.397 the spread */
	static const struct {
		struct size_counts counts;
		double estimate, low, high;
	} rows[] = {
		{{10, 4, 2, 4}, 11.5, 10.1785, 22.5952},
		{{10, 0, 3, 50}, 10, 10, 10},
		{{10, 1, 3, 50}, 10, 10, 10}, /* one is no pair: the corrected estimate is 0 */
		{{5, 5, 0, 1}, 5, 5, 5},      /* a single look-up says nothing of the rest */
		{{0, 0, 0, 0}, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct size s = size_estimate(&rows[i].counts);

		assert_true(fabs(s.estimate - rows[i].estimate) < 0.01);
		assert_true(fabs(s.low - rows[i].low) < 0.01);
		assert_true(fabs(s.high - rows[i].high) < 0.01);
	}
}

enum { POOL = 300, ANSWER = 5, LOOKUPS = 120, RUNS = 300 };

static uint32_t draw(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

/* What so many look-ups show of the pool; `even`: all agents are drawn alike often. */
static struct size_counts watch(uint64_t *seed, bool even)
{
	unsigned seen[POOL] = {0};
	struct size_counts c = {.lookups = LOOKUPS};

	for (unsigned i = 0; i < LOOKUPS * ANSWER; i++) {
		unsigned a = draw(seed) % POOL;

		seen[even ? a : a * (draw(seed) % POOL) / POOL]++;
	}
	for (unsigned i = 0; i < POOL; i++) {
		c.seen += seen[i] != 0;
		c.once += seen[i] == 1;
		c.twice += seen[i] == 2;
	}
	return c;
}

static void test_pools(void **state)
{
	uint64_t seed = 11;
	unsigned held = 0, above = 0;

	(void)state;
	for (unsigned i = 0; i < RUNS; i++) {
		struct size_counts c = watch(&seed, true);
		struct size s = size_estimate(&c);

		assert_true(s.low >= (double)c.seen && s.low <= s.estimate && s.estimate <= s.high);
		assert_true(c.seen < POOL - 20); /* else nothing is estimated */
		held += s.low <= POOL && POOL <= s.high;
	}
	assert_in_range(held, RUNS * 90 / 100, RUNS);
	for (unsigned i = 0; i < RUNS; i++) {
		struct size_counts c = watch(&seed, false);

		above += size_estimate(&c).estimate > POOL;
	}
	assert_in_range(above, 0, RUNS * 10 / 100); /* unequal: a bound from below */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_hand), cmocka_unit_test(test_pools)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
