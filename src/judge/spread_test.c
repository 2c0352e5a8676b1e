/* SPDX-License-Identifier: Apache-2.0 */
/* spread_test.c -- against the counts of a small urn, and what widths mean for what is seen. */
#include "judge/spread.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MEMBERS = 64 };

/* The chance that n members of `width` equal networks show d, by one member after the other. */
static double chance(unsigned width, unsigned n, unsigned d)
{
	double of[MEMBERS + 2] = {1};

	for (unsigned m = 0; m < n; m++)
		for (unsigned k = m + 1; k + 1 != 0; k--)
			of[k] = of[k] * k / width +
				(k == 0 ? 0 : of[k - 1] * fmax(0, (double)width - k + 1) / width);
	return of[d];
}

/* A class whose population is of one width, as nearly as a class can be. */
static double of_width(unsigned width, unsigned n, unsigned d)
{
	struct spread s;

	spread_init(&s, n, d);
	return spread_likelihood(&s, log2(width), 0.01);
}

static void test_as_the_urn(void **state)
{
	static const unsigned widths[] = {2, 3, 8, 11, 19, 27, 64, 256};
	unsigned compared = 0;

	(void)state;
	for (unsigned i = 0; i + 1 < sizeof widths / sizeof *widths; i++)
		for (unsigned n = 1; n <= MEMBERS; n += 7)
			for (unsigned d = 1; d <= n; d++) {
				double a = chance(widths[i], n, d), b = chance(widths[i + 1], n, d);
				double p = of_width(widths[i], n, d), q = of_width(widths[i + 1], n, d);

				if (p > 0.05 && q > 0.05) { /* else the part that lies anywhere shows */
					assert_true(fabs(p / q / (a / b) - 1) < 0.05);
					compared++;
				}
			}
	assert_true(compared > 50);
}

/* Nothing is a proof, whatever the parameters. */
static void test_nothing_is_impossible(void **state)
{
	static const double means[] = {0, 3, 10}, sds[] = {0.25, 1, 20};

	(void)state;
	for (unsigned n = 1; n <= MEMBERS; n++)
		for (unsigned d = 1; d <= n; d++) {
			struct spread s;

			spread_init(&s, n, d);
			for (unsigned i = 0; i < 9; i++) {
				double p = spread_likelihood(&s, means[i % 3], sds[i / 3]);

				assert_true(p > 1e-6 && p <= 1);
			}
		}
}

/* Forty members in twenty networks are no sign of hundreds, nor of a handful. */
static void test_width_shows(void **state)
{
	(void)state;
	assert_true(of_width(27, 40, 20) > 100 * of_width(256, 40, 20));
	assert_true(of_width(27, 40, 20) > 100 * of_width(8, 40, 20));
	assert_true(of_width(256, 40, 38) > 100 * of_width(27, 40, 38));
	/* of one member nothing can be told */
	assert_true(fabs(of_width(8, 1, 1) - of_width(256, 1, 1)) < 1e-9);
}

static void test_expected(void **state)
{
	(void)state;
	assert_true(fabs(spread_expected(1, 5, 1) - 1) < 1e-9);
	assert_true(fabs(spread_expected(40, 3, 0.01) - 8 * (1 - pow(7.0 / 8, 40))) < 0.1);
	assert_true(spread_expected(40, 6, 1) > spread_expected(20, 6, 1));
	assert_true(spread_expected(40, 6, 1) > spread_expected(40, 4, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_the_urn),
		cmocka_unit_test(test_nothing_is_impossible),
		cmocka_unit_test(test_width_shows),
		cmocka_unit_test(test_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
