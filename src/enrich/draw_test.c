/* SPDX-License-Identifier: Apache-2.0 */
/* draw_test.c -- addresses drawn from a network lie in it, reach all of it, and evenly. */
#include "enrich/draw.h"

#include "enrich/block_test.h"

struct world {
	struct buf block;
	struct cache_view view;
	struct draw *draw;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	make_block(&w->block);
	assert_int_equal(cache_check(w->block.bytes, w->block.len, BLOCK_KEY, &w->view), OK);
	w->draw = draw_new(&w->view);
	assert_non_null(w->draw);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	draw_free(w->draw);
	buf_fini(&w->block);
	free(w);
	return 0;
}

static uint32_t index_of(const struct cache_view *v, uint32_t asn)
{
	for (uint32_t i = 0; i < v->header->n_nets; i++)
		if (v->nets[i].asn == asn)
			return i;
	fail_msg("AS%u is not there", asn);
	return 0;
}

static void inside(void **state)
{
	const struct world *w = *state;
	uint64_t seed = 1;

	for (uint32_t index = 0; index < w->view.header->n_nets; index++)
		for (int i = 0; i < 4000; i++) {
			struct addr a;
			bool v6 = i % 2 != 0;

			if (!draw_address(w->draw, index, v6,
					  i < 2 ? (uint64_t) - (i & 1) : next_random(&seed), &a))
				continue;
			assert_int_equal(addr_is_v4(&a), !v6);
			assert_int_equal(slow_value(&w->view, &a) >> CACHE_COUNTRY_BITS, index);
		}
}

static const struct {
	uint32_t asn;
	bool v4, v6;
} families[] = {
	{64496, true, true},  {64497, true, true},  {64498, true, true},
	{64499, true, false}, {64501, false, true},
};

static void families_that_are_there(void **state)
{
	const struct world *w = *state;
	struct addr a;

	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		uint32_t index = index_of(&w->view, families[i].asn);

		assert_int_equal(draw_address(w->draw, index, false, 5, &a), families[i].v4);
		assert_int_equal(draw_address(w->draw, index, true, 5, &a), families[i].v6);
	}
	assert_false(draw_address(w->draw, w->view.header->n_nets, false, 5, &a));
	assert_false(draw_address(w->draw, UINT32_MAX, true, 5, &a));
}

/* 16 addresses, 16,000 draws: each is met about 1000 times (standard deviation 31). */
static void evenly(void **state)
{
	const struct world *w = *state;
	uint32_t index = index_of(&w->view, 64499);
	unsigned met[16] = {0};
	uint64_t seed = 1;

	for (int i = 0; i < 16000; i++) {
		struct addr a;

		assert_true(draw_address(w->draw, index, false, next_random(&seed), &a));
		met[a.octets[15]]++;
	}
	for (int i = 0; i < 16; i++)
		assert_in_range(met[i], 800, 1200);
}

static void same_bits_same_address(void **state)
{
	const struct world *w = *state;
	struct addr a, b;

	assert_true(draw_address(w->draw, index_of(&w->view, 64501), true, 12345, &a));
	assert_true(draw_address(w->draw, index_of(&w->view, 64501), true, 12345, &b));
	assert_memory_equal(&a, &b, sizeof a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inside),
		cmocka_unit_test(families_that_are_there),
		cmocka_unit_test(evenly),
		cmocka_unit_test(same_bits_same_address),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
