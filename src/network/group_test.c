/* SPDX-License-Identifier: Apache-2.0 */
/* group_test.c -- grouping on small tables: what joins, what a bridge must not join, and that order is
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the first three above */
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/group.h"

enum { DOMAINS_MAX = 2500, MEMBERS_MAX = 4096, USES_MAX = 1 << 16 };

/* Domains [first, first + n) use `each` members of [from, to): in turn, `step` further for each domain; step
 * 0: the same ones; SCATTER: here and there, so that some are drawn twice. */
enum { SCATTER = 999999 };

struct crowd {
	uint32_t first, n, from, to, each, step;
};

struct world {
	struct group_use uses[USES_MAX];
	uint32_t weight[MEMBERS_MAX], place[MEMBERS_MAX], group[DOMAINS_MAX];
	bool used[DOMAINS_MAX][MEMBERS_MAX];
	uint32_t n_groups;
	struct group_input in;
};

static uint32_t scatter(uint32_t d, uint32_t k)
{
	uint64_t x = ((uint64_t)d << 32 | k) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)(x >> 33);
}

static struct world *world_make(const struct crowd *c, size_t n)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	w->in = (struct group_input){w->uses, w->weight, w->place, 0, 0, MEMBERS_MAX};
	for (size_t i = 0; i < n; i++)
		for (uint32_t d = 0; d < c[i].n; d++)
			for (uint32_t k = 0; k < c[i].each; k++) {
				uint32_t at = c[i].step == SCATTER ? scatter(d, k) : d * c[i].step + k;
				uint32_t m = c[i].from + at % (c[i].to - c[i].from);

				w->used[c[i].first + d][m] = true;
			}
	for (uint32_t m = 0; m < MEMBERS_MAX; m++) {
		w->weight[m] = GROUP_WEIGHT_FULL;
		w->place[m] = m;
	}
	for (uint32_t d = 0; d < DOMAINS_MAX; d++)
		for (uint32_t m = 0; m < MEMBERS_MAX; m++)
			if (w->used[d][m]) {
				w->uses[w->in.n_uses++] = (struct group_use){d, m};
				w->in.n_domains = d + 1;
			}
	return w;
}

/* The sizes of the groups, in order of their first domains: "10 11". */
static void world_group(struct world *w, char text[200])
{
	size_t at = 0;

	assert_int_equal(group_domains(&w->in, w->group, &w->n_groups), OK);
	text[0] = 0;
	for (uint32_t g = 0; g < w->n_groups && at < 150; g++) {
		unsigned n = 0;

		for (uint32_t d = 0; d < w->in.n_domains; d++)
			n += w->group[d] == g;
		at += (size_t)snprintf(text + at, 200 - at, "%s%u", g == 0 ? "" : " ", n);
	}
}

#define CROWDS_MAX 8

static const struct {
	const char *what, *groups;
	struct crowd crowds[CROWDS_MAX];
} rows[] = {
	{"one domain", "1", {{0, 1, 0, 20, 20, 0}}},
	{"the same members", "5", {{0, 5, 0, 20, 20, 0}}},
	{"nothing in common", "1 1 1", {{0, 3, 0, 300, 20, 20}}},
	{"ten and ten of the same, one in a hundred of members in common",
	 "10 10",
	 {{0, 10, 0, 100, 60, 7}, {10, 10, 99, 199, 60, 7}}},
	{"a bridge of one domain between two dense groups",
	 "10 11",
	 {{0, 11, 0, 60, 30, 7}, {10, 11, 100, 160, 30, 7}}},
	{"two that share one member in ten", "1 1", {{0, 1, 0, 30, 30, 0}, {1, 1, 27, 57, 30, 0}}},
	{"two that share two in five", "2", {{0, 1, 0, 30, 30, 0}, {1, 1, 18, 48, 30, 0}}},
	{"a small one within a large one", "2", {{0, 1, 0, 200, 200, 0}, {1, 1, 50, 55, 5, 0}}},
	{"two members in common are no group, though they are half of all",
	 "1 1",
	 {{0, 1, 0, 4, 4, 0}, {1, 1, 2, 6, 4, 0}}},
	{"three are", "2", {{0, 1, 0, 6, 6, 0}, {1, 1, 3, 9, 6, 0}}},
	/* two domains share one in ten, on average */
	{"draws of a large pool", "40", {{0, 40, 0, 200, 20, SCATTER}}},
	{"of two large pools, that have one in twenty in common",
	 "40 40",
	 {{0, 40, 0, 200, 20, SCATTER}, {40, 40, 190, 390, 20, SCATTER}}},
	{"agents that are replaced while domains come and go", "20", {{0, 20, 0, 1000, 30, 3}}},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t n = 0;
		char text[200];
		struct world *w;

		while (n < CROWDS_MAX && rows[i].crowds[n].n != 0)
			n++;
		w = world_make(rows[i].crowds, n);
		world_group(w, text);
		if (strcmp(text, rows[i].groups) != 0)
			fail_msg("%s: %s, not %s", rows[i].what, text, rows[i].groups);
		free(w);
	}
}

/* Members of one place count as one when it is about how many are shared. */
static void test_places(void **state)
{
	const struct crowd c[] = {{0, 1, 0, 8, 8, 0}, {1, 1, 4, 12, 8, 0}};
	struct world *w = world_make(c, 2);
	char text[200];

	(void)state;
	world_group(w, text);
	assert_string_equal(text, "2");
	for (uint32_t m = 4; m < 8; m++)
		w->place[m] = 4;
	world_group(w, text);
	assert_string_equal(text, "1 1");
	free(w);
}

static void test_weights(void **state)
{
	const struct crowd c[] = {{0, 1, 0, 20, 20, 0}, {1, 1, 10, 30, 20, 0}};
	struct world *w = world_make(c, 2);
	char text[200];

	(void)state;
	world_group(w, text);
	assert_string_equal(text, "2");
	for (uint32_t m = 10; m < 20; m++)
		w->weight[m] = GROUP_WEIGHT_FULL / 10;
	world_group(w, text);
	assert_string_equal(text, "1 1");
	for (uint32_t m = 0; m < 30; m++) /* only the ratio matters */
		w->weight[m] = 7;
	world_group(w, text);
	assert_string_equal(text, "2");
	for (uint32_t m = 0; m < 30; m++)
		w->weight[m] = 0;
	world_group(w, text);
	assert_string_equal(text, "1 1");
	free(w);
}

/* More domains than are grouped at once: the later ones find their groups, though a bridge, half in either,
 * came first. */
static void test_rounds(void **state)
{
	const struct crowd c[] = {{0, 1201, 0, 100, 20, SCATTER},
				  {1200, 1200, 100, 200, 20, SCATTER},
				  {2400, 5, 300, 340, 20, 4}};
	/* the heavy bridge brings all members of a group whose domains, being lighter, come behind it */
	const struct crowd late[] = {{0, 1200, 0, 100, 20, SCATTER},
				     {1200, 1, 0, 200, 200, 0},
				     {1201, 1000, 100, 200, 12, SCATTER}};
	struct world *w = world_make(c, 3);
	char text[200];

	(void)state;
	world_group(w, text);
	assert_string_equal(text, "1201 1199 5");
	free(w);
	w = world_make(late, 3);
	world_group(w, text);
	assert_string_equal(text, "1201 1000");
	free(w);
}

enum { FLOOD = 12000, FLOOD_POOL = 1500, FLOOD_EACH = 64, REAL = 50, REAL_POOL = 200, REAL_EACH = 40 };

static int by_use(const void *a, const void *b)
{
	const struct group_use *x = a, *y = b;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	return x->member < y->member ? -1 : x->member > y->member;
}

/* Sorts, and drops what is there twice. */
static size_t settle(struct group_use *uses, size_t n)
{
	size_t kept = 1;

	qsort(uses, n, sizeof *uses, by_use);
	for (size_t i = 1; i < n; i++)
		if (by_use(&uses[kept - 1], &uses[i]) != 0)
			uses[kept++] = uses[i];
	return kept;
}

/* Made-up findings, each member of which is in hundreds of groups, neither take long nor hide a network. */
static void test_flood(void **state)
{
	static struct group_use uses[FLOOD * FLOOD_EACH + REAL * REAL_EACH];
	static uint32_t weight[FLOOD_POOL + REAL_POOL], place[FLOOD_POOL + REAL_POOL], group[FLOOD + REAL];
	struct group_input in = {uses, weight, place, 0, FLOOD + REAL, FLOOD_POOL + REAL_POOL};
	uint32_t n_groups;
	size_t n = 0;

	(void)state;
	for (uint32_t d = 0; d < FLOOD + REAL; d++)
		for (uint32_t k = 0; k < (d < FLOOD ? FLOOD_EACH : REAL_EACH); k++)
			uses[n++] = (struct group_use){d, d < FLOOD ? scatter(d, k) % FLOOD_POOL
								    : FLOOD_POOL + scatter(d, k) % REAL_POOL};
	in.n_uses = settle(uses, n);
	for (uint32_t m = 0; m < FLOOD_POOL + REAL_POOL; m++) {
		weight[m] = GROUP_WEIGHT_FULL;
		place[m] = m;
	}
	assert_int_equal(group_domains(&in, group, &n_groups), OK);
	for (uint32_t d = 0; d < FLOOD + REAL; d++)
		assert_true((group[d] == group[FLOOD]) == (d >= FLOOD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_places),
					   cmocka_unit_test(test_weights), cmocka_unit_test(test_rounds),
					   cmocka_unit_test(test_flood)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
