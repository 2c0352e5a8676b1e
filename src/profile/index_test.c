/* SPDX-License-Identifier: Apache-2.0 */
/* index_test.c -- the index against a plain list: random steps, crowded tags, a run that goes round the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the first two above */
#include <cmocka.h>

#include "base/hash.h"
#include "profile/index.h"

enum { LIVE_MAX = 600, STEPS = 100000 };

/* What the index must hold: in no order. */
struct model {
	uint32_t tags[LIVE_MAX], numbers[LIVE_MAX];
	unsigned n;
	uint32_t next; /* number of the next record */
};

static uint32_t draw(uint64_t *state)
{
	*state = hash_u64(*state, 1);
	return (uint32_t)*state;
}

static bool has(const struct model *m, uint32_t tag, uint32_t number)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->tags[i] == tag && m->numbers[i] == number)
			return true;
	return false;
}

/* The index gives for the tag just what the model has, each once. */
static void check_tag(const struct index *ix, const struct model *m, uint32_t tag)
{
	uint32_t at, n, sum = 0, expected = 0;
	unsigned found = 0, wanted = 0;

	for (n = index_first(ix, tag, &at); n != INDEX_NONE; n = index_next(ix, tag, &at)) {
		if (!has(m, tag, n))
			fail_msg("tag %08x gives %u, which it has not", tag, n);
		sum += n;
		assert_true(++found <= m->n);
	}
	for (unsigned i = 0; i < m->n; i++)
		if (m->tags[i] == tag) {
			expected += m->numbers[i];
			wanted++;
		}
	assert_int_equal(found, wanted);
	assert_int_equal(sum, expected);
}

static void add(struct index *ix, struct model *m, uint32_t tag)
{
	assert_int_equal(index_add(ix, tag, m->next), OK);
	m->tags[m->n] = tag;
	m->numbers[m->n++] = m->next++;
}

static void drop(struct index *ix, struct model *m, unsigned which)
{
	uint32_t tag = m->tags[which], number = m->numbers[which];

	m->n--;
	m->tags[which] = m->tags[m->n];
	m->numbers[which] = m->numbers[m->n];
	index_remove(ix, tag, number);
	index_remove(ix, tag, number); /* gone already: nothing happens */
	index_remove(ix, tag ^ 1, number);
	check_tag(ix, m, tag);
}

static const struct {
	const char *title;
	uint32_t mask, base; /* a tag is base | random & mask */
	unsigned live;       /* entries at most */
} rows[] = {
	{"any tags", UINT32_MAX, 0, LIVE_MAX},
	{"eight tags, far apart", 0xe0000000, 5, 200},
	{"all equal", 0, 0xdeadbeef, 100},
	{"all zero", 0, 0, 60},
	{"at the end of the table, going round", 0xf, 0xfffffff0, 90},
};

static void test_against_a_list(void **state)
{
	(void)state;
	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		struct index ix = {0};
		struct model m = {.n = 0};
		uint64_t random = r + 1;

		for (unsigned step = 0; step < STEPS; step++) {
			uint32_t tag = rows[r].base | (draw(&random) & rows[r].mask);
			/* fills and empties in turns, so that runs are cut and closed at all lengths */
			bool grow = draw(&random) % 8 < (step / 2000 % 2 == 0 ? 5u : 3u);

			if (grow && m.n < rows[r].live)
				add(&ix, &m, tag);
			else if (m.n != 0)
				drop(&ix, &m, draw(&random) % m.n);
			check_tag(&ix, &m, tag);
			assert_int_equal(ix.used, m.n);
		}
		for (unsigned i = 0; i < m.n; i++)
			check_tag(&ix, &m, m.tags[i]);
		index_fini(&ix);
	}
}

static void test_nothing_there(void **state)
{
	struct index ix = {0};
	uint32_t at;

	(void)state;
	assert_int_equal(index_first(&ix, 7, &at), INDEX_NONE);
	index_remove(&ix, 7, 0);
	assert_int_equal(index_octets(&ix), 0);
	index_fini(&ix);
	index_fini(&ix);
}

/* A search for what is not there must end, so a free slot must stay whatever was added. */
static void test_never_full(void **state)
{
	struct index ix = {0};

	(void)state;
	for (uint32_t n = 0; n < 5000; n++) {
		assert_int_equal(index_add(&ix, n * 0x9e3779b1u, n), OK);
		assert_true(ix.used * UINT64_C(4) <= UINT64_C(3) << ix.bits);
	}
	assert_int_equal(index_octets(&ix), 8 * 8192);
	index_fini(&ix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_a_list),
		cmocka_unit_test(test_nothing_there),
		cmocka_unit_test(test_never_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
