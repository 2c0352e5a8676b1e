/* SPDX-License-Identifier: Apache-2.0 */
/* sketch_test.c -- the estimate stays within what HyperLogLog promises, under many keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
/* cmocka wants the first two above */
#include <cmocka.h>
#include <math.h>

#include "base/hash.h"
#include "profile/sketch.h"

enum { KEYS = 20 };

#define STANDARD_ERROR 0.065 /* 1.04 / sqrt(256) */

static const struct {
	uint64_t n;
	double least; /* that the tolerance may be, in things: counting few rounds to whole ones */
} rows[] = {{1, 0}, {10, 1}, {1000, 0}, {100000, 0}, {1000000, 0}};

static void test_estimates(void **state)
{
	(void)state;
	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		double n = (double)rows[r].n, sum = 0;

		for (uint64_t key = 1; key <= KEYS; key++) {
			struct sketch s = {{0}};
			double error;

			for (uint64_t i = 0; i < rows[r].n; i++)
				sketch_add(&s, hash_u64(i, key));
			error = fabs((double)sketch_count(&s) - n);
			if (error > fmax(rows[r].least, 3 * STANDARD_ERROR * n))
				fail_msg("%g counted as %g under key %u", n, (double)sketch_count(&s),
					 (unsigned)key);
			sum += (double)sketch_count(&s);
		}
		/* and no bias: the mean of twenty errs less */
		assert_true(fabs(sum / KEYS - n) <= 3 * STANDARD_ERROR * n / sqrt(KEYS));
	}
}

static void test_repeats_add_nothing(void **state)
{
	struct sketch s = {{0}};
	uint64_t once;

	(void)state;
	assert_int_equal(sketch_count(&s), 0);
	for (uint64_t i = 0; i < 5000; i++)
		sketch_add(&s, hash_u64(i, 3));
	once = sketch_count(&s);
	for (uint64_t i = 0; i < 50000; i++)
		sketch_add(&s, hash_u64(i % 5000, 3));
	assert_int_equal(sketch_count(&s), once);
}

/* Hashes whose low bits are all zero end at the guard bit, and the smaller rank never replaces the larger. */
static void test_ranks(void **state)
{
	static const struct {
		uint64_t hash;
		unsigned at, rank;
	} ranks[] = {
		{0, 0, 57},
		{UINT64_C(0xff) << 56, 255, 57},
		{UINT64_C(0x0180000000000000), 1, 1},
		{UINT64_C(0x0200000000000001), 2, 56},
		{UINT64_C(0x0300000000000100), 3, 48},
	};

	(void)state;
	for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
		struct sketch s = {{0}};

		sketch_add(&s, ranks[i].hash);
		assert_int_equal(s.registers[ranks[i].at], ranks[i].rank);
		sketch_add(&s, ranks[i].hash | UINT64_C(0x00ffffffffffffff));
		assert_int_equal(s.registers[ranks[i].at], ranks[i].rank);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_estimates),
		cmocka_unit_test(test_repeats_add_nothing),
		cmocka_unit_test(test_ranks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
