/* SPDX-License-Identifier: Apache-2.0 */
/* find_test.c -- look-ups at and beside each border of a block, and at random, against looking at each range.
 */
#include "enrich/find.h"

#include "enrich/block_test.h"

static struct addr address_of(range_key key, bool v6)
{
	uint8_t octets[16];

	for (int i = 15; i >= 0; i--, key >>= 8)
		octets[i] = (uint8_t)key;
	return v6 ? addr_v6(octets) : addr_v4(octets + 12);
}

static void check(const struct find *f, const struct addr *a)
{
	uint32_t got = find_value(f, a), want = slow_value(f->view, a);
	char text[ADDR_TEXT_MAX];

	addr_to_text(a, text);
	if (got != want)
		fail_msg("%s: %u, not %u", text, got, want);
}

/* A border, two addresses before it and two behind; numbers wrap at both ends of the family. */
static void check_around(const struct find *f, range_key key, bool v6)
{
	for (range_key i = 0; i < 5; i++) {
		range_key near = key + i - 2;
		struct addr a = address_of(v6 ? near : (uint32_t)near, v6);

		check(f, &a);
	}
}

static void made_up_block(void **state)
{
	struct buf block = {0};
	struct cache_view v;
	struct find f;
	uint64_t seed = 1;

	(void)state;
	make_block(&block);
	assert_int_equal(cache_check(block.bytes, block.len, BLOCK_KEY, &v), OK);
	assert_int_equal(find_init(&f, &v), OK);
	for (uint32_t i = 0; i < v.header->n_v4; i++)
		check_around(&f, v.v4[i].first, false);
	for (uint32_t i = 0; i < v.header->n_v6; i++)
		check_around(&f, (range_key)v.v6[i].high << 64 | v.v6[i].low, true);
	for (range_key slot = 0; slot < 1 << 16; slot++)
		check_around(&f, slot << 16, false);
	for (range_key slot = 0; slot < 1 << 18; slot++)
		check_around(&f, ((range_key)1 << 125) + (slot << 107), true);
	for (int i = 0; i < 20000; i++) {
		uint64_t high = next_random(&seed), low = next_random(&seed);
		struct addr v4 = address_of((uint32_t)high, false);
		struct addr v6 = address_of((range_key)high << 64 | low, true);

		check(&f, &v4);
		check(&f, &v6);
	}
	find_fini(&f);
	buf_fini(&block);
}

static void nothing_but_the_unknown(void **state)
{
	struct facts none = {.made_ns = STAMP_NONE};
	struct addr v4 = addr_of("192.0.2.1"), v6 = addr_of("2001:db8::1");
	struct buf block = {0};
	struct cache_view v;
	struct find f;

	(void)state;
	assert_int_equal(image_make(&none, 1, BLOCK_KEY, &block), OK);
	assert_int_equal(cache_check(block.bytes, block.len, BLOCK_KEY, &v), OK);
	assert_int_equal(find_init(&f, &v), OK);
	assert_int_equal(find_value(&f, &v4), 0);
	assert_int_equal(find_value(&f, &v6), 0);
	find_fini(&f);
	find_fini(&f); /* zeroed: nothing to do */
	buf_fini(&block);
	facts_fini(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_up_block),
		cmocka_unit_test(nothing_but_the_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
