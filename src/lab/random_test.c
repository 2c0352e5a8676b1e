/* SPDX-License-Identifier: Apache-2.0 */
/* random_test.c -- the draws of the lab: repeatable, within their bounds, and of the shape they claim. */
#include "lab/random.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka wants the two above first */
#include <cmocka.h>

enum { DRAWS = 200000 };

/* Fails unless `seen` of DRAWS is within five standard errors (binomial) of probability p. */
static void assert_share(const char *what, uint64_t seen, double p)
{
	double expected = p * DRAWS, off = (double)seen - expected;

	if (off * off > 25 * expected * (1 - p) + 1)
		fail_msg("%s: %llu of %d, expected %.0f", what, (unsigned long long)seen, DRAWS, expected);
}

/* The first numbers of the published splitmix64 from state 0, and of xoshiro256** from state {1, 2, 3, 4}. */
static void published(void **state)
{
	static const uint64_t expected[] = {11520, 0, 1509978240, UINT64_C(1215971899390074240)};
	struct rng r = {{1, 2, 3, 4}};

	(void)state;
	assert_true(rng_mix(0) == UINT64_C(0xe220a8397b1dcdaf));
	assert_true(rng_mix(UINT64_C(0x9e3779b97f4a7c15)) == UINT64_C(0x6e789e6aa1b965f4));
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		assert_true(rng_next(&r) == expected[i]);
}

static void streams_differ(void **state)
{
	struct rng a, b, other_seed, other_stream;

	(void)state;
	rng_seed(&a, 7, 1);
	rng_seed(&b, 7, 1);
	rng_seed(&other_seed, 8, 1);
	rng_seed(&other_stream, 7, 2);
	for (int i = 0; i < 100; i++) {
		uint64_t v = rng_next(&a);
		assert_true(v == rng_next(&b));
		assert_true(v != rng_next(&other_seed));
		assert_true(v != rng_next(&other_stream));
	}
}

static void uniform(void **state)
{
	uint64_t seen[10] = {0}, halves = 0, chances = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 1, 1);
	for (int i = 0; i < DRAWS; i++) {
		double u = rng_unit(&r), v = rng_between(&r, -2, 6);

		seen[rng_below(&r, 10)]++;
		halves += u < 0.5;
		chances += rng_chance(&r, 0.05);
		assert_true(u >= 0 && u < 1 && v >= -2 && v < 6);
	}
	for (int i = 0; i < 10; i++)
		assert_share("one of ten", seen[i], 0.1);
	assert_share("lower half", halves, 0.5);
	assert_share("chance", chances, 0.05);
	assert_int_equal(rng_below(&r, 1), 0);
}

/* Shares behind multiples of the mean fall as e^-x. */
static void exponential(void **state)
{
	static const struct {
		double x, share;
	} rows[] = {{0.1, 0.904837}, {0.5, 0.606531}, {1, 0.367879}, {2, 0.135335}, {4, 0.018316}};
	uint64_t behind[sizeof rows / sizeof *rows] = {0};
	struct rng r;

	(void)state;
	rng_seed(&r, 2, 1);
	for (int i = 0; i < DRAWS; i++) {
		double v = rng_exponential(&r, 30);

		assert_true(v >= 0);
		for (size_t j = 0; j < sizeof rows / sizeof *rows; j++)
			behind[j] += v > 30 * rows[j].x;
	}
	for (size_t j = 0; j < sizeof rows / sizeof *rows; j++)
		assert_share("behind x", behind[j], rows[j].share);
}

static void shuffled(void **state)
{
	enum { N = 5 };
	uint64_t first[N] = {0};
	struct rng r;

	(void)state;
	rng_seed(&r, 3, 1);
	for (int i = 0; i < DRAWS; i++) {
		uint32_t numbers[N] = {0, 1, 2, 3, 4}, all = 0;

		rng_shuffle(&r, numbers, N);
		for (int j = 0; j < N; j++)
			all |= 1u << numbers[j];
		assert_int_equal(all, 31);
		first[numbers[0]]++;
	}
	for (int j = 0; j < N; j++)
		assert_share("first", first[j], 1.0 / N);
}

static void zipf(void **state)
{
	static const uint32_t sizes[] = {1, 2, 3, 10, 1000, 200000};
	struct rng r;

	(void)state;
	rng_seed(&r, 4, 1);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		uint64_t seen[4] = {0}, tail = 0;
		double sum = 0, low = 0;
		struct zipf z;

		assert_int_equal(zipf_init(&z, sizes[i]), OK);
		for (uint32_t k = 0; k < sizes[i]; k++)
			sum += 1.0 / (k + 1.0);
		for (int d = 0; d < DRAWS; d++) {
			uint32_t rank = zipf_draw(&z, &r);

			assert_true(rank < sizes[i]);
			if (rank < 4)
				seen[rank]++;
			tail += rank >= sizes[i] / 2;
		}
		for (uint32_t k = 0; k < 4 && k < sizes[i]; k++)
			assert_share("rank", seen[k], 1 / (k + 1.0) / sum);
		for (uint32_t k = 0; k < sizes[i] / 2; k++)
			low += 1.0 / (k + 1.0);
		assert_share("rarer half", tail, 1 - low / sum);
		zipf_fini(&z);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(published), cmocka_unit_test(streams_differ),
					   cmocka_unit_test(uniform),   cmocka_unit_test(exponential),
					   cmocka_unit_test(shuffled),  cmocka_unit_test(zipf)};

	return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
