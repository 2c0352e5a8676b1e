/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fluxbuster_link.c -- see fluxbuster_link.h.
 *
 * Sets that share no address are at distance 1, so an index by address finds all pairs that can be linked.
 * Two exact short cuts keep it from growing with the square of the names: equal sets are compared once; and
 * of each set only its rarest addresses are indexed, as many as two sets that lie near enough must have one
 * in common (the prefix filter of set similarity joins, Chaudhuri et al., ICDE 2006). What remains is bounded
 * by a number of steps, counted alike for everybody.
 */
#include "judge/fluxbuster_link.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GAMMA     3.0
#define CUT       0.75f
#define STEPS_MAX (UINT64_C(1) << 29)

enum { LINKABLE_MIN = 3 }; /* smaller sets are within the cut of equal sets only, a single address of none */

struct linker {
	const struct link_input *in;
	uint32_t *root;
	uint64_t steps;
	bool cut_short;
};

static int by_addr(const void *a, const void *b)
{
	const struct link_post *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return (x->set > y->set) - (x->set < y->set);
}

struct link_post *fluxbuster_link_posts(const struct link_input *in, size_t *n_posts)
{
	struct link_post *posts;
	size_t n = 0;

	for (uint32_t i = 0; i < in->n; i++)
		n += in->sets[i].n;
	posts = calloc(n + 1, sizeof *posts);
	*n_posts = n;
	if (posts == NULL)
		return NULL;
	n = 0;
	for (uint32_t i = 0; i < in->n; i++)
		for (uint32_t k = 0; k < in->sets[i].n; k++)
			posts[n++] = (struct link_post){in->addrs[in->sets[i].at + k], i};
	qsort(posts, n, sizeof *posts, by_addr);
	return posts;
}

static uint32_t find(struct linker *l, uint32_t i)
{
	while (l->root[i] != i) {
		l->root[i] = l->root[l->root[i]];
		i = l->root[i];
	}
	return i;
}

static void join(struct linker *l, uint32_t a, uint32_t b)
{
	a = find(l, a);
	b = find(l, b);
	l->root[a > b ? a : b] = a < b ? a : b;
}

/* In single precision, as the program computes it: at a quarter shared that decides. */
static bool is_near(const struct link_input *in, const struct link_set *a, const struct link_set *b)
{
	const uint32_t *x = in->addrs + a->at, *y = in->addrs + b->at;
	uint32_t i = 0, k = 0, both = 0;
	float g = (float)exp(GAMMA - (a->n < b->n ? a->n : b->n));

	while (i < a->n && k < b->n) {
		both += x[i] == y[k];
		if (x[i] == y[k]) {
			i++;
			k++;
		} else if (x[i] < y[k]) {
			i++;
		} else {
			k++;
		}
	}
	return 1.0f - (float)both / (float)(a->n + b->n - both) * (1.0f / (1.0f + g)) <= CUT;
}

static int by_content(const void *a, const void *b, void *context)
{
	const struct link_input *in = context;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct link_set *x = &in->sets[i], *y = &in->sets[k];
	int order;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	order = memcmp(in->addrs + x->at, in->addrs + y->at, x->n * sizeof *in->addrs);
	return order != 0 ? order : (i > k) - (i < k);
}

/* Joins equal sets; list[0 .. returned) are the first of each that can be linked to others. */
static uint32_t join_equal(struct linker *l, uint32_t *list)
{
	const struct link_input *in = l->in;
	uint32_t kept = 0, first = 0;

	for (uint32_t i = 0; i < in->n; i++)
		list[i] = i;
	qsort_r(list, in->n, sizeof *list, by_content, (void *)(uintptr_t)in);
	for (uint32_t i = 0; i < in->n; i++) {
		const struct link_set *a = &in->sets[list[i]], *b = &in->sets[first];

		if (i != 0 && a->n == b->n &&
		    memcmp(in->addrs + a->at, in->addrs + b->at, a->n * sizeof *in->addrs) == 0) {
			if (is_near(in, a, b))
				join(l, first, list[i]);
			continue;
		}
		first = list[i];
		if (a->n >= LINKABLE_MIN)
			list[kept++] = first;
	}
	return kept;
}

/* How many of n addresses must be indexed. Two sets within the cut share at least a quarter of their union,
 * more when they are small; the hundredth covers single precision. */
static uint32_t prefix_of(uint32_t n)
{
	double shared = ceil((1 - (double)CUT) * (1 + exp(GAMMA - n)) * n - 0.01);

	return n - (uint32_t)shared + 1;
}

/* One address of one set. */
struct token {
	uint32_t set, uses, addr;
};

static int by_token_addr(const void *a, const void *b)
{
	const struct token *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return (x->set > y->set) - (x->set < y->set);
}

static int by_rarity(const void *a, const void *b)
{
	const struct token *x = a, *y = b;

	if (x->set != y->set)
		return x->set < y->set ? -1 : 1;
	if (x->uses != y->uses)
		return x->uses < y->uses ? -1 : 1;
	return (x->addr > y->addr) - (x->addr < y->addr);
}

static size_t fill_tokens(const struct link_input *in, const uint32_t *list, uint32_t n_list,
			  struct token *to)
{
	size_t n = 0;

	for (uint32_t i = 0; i < n_list; i++) {
		const struct link_set *s = &in->sets[list[i]];

		for (uint32_t k = 0; k < s->n; k++)
			to[n++] = (struct token){.set = list[i], .addr = in->addrs[s->at + k]};
	}
	return n;
}

/* Where the run of tokens that begins at `from` and has one address ends. */
static size_t run_end(const struct token *t, size_t from, size_t n)
{
	size_t to = from + 1;

	while (to < n && t[to].addr == t[from].addr)
		to++;
	return to;
}

/* Leaves of each set its rarest addresses, sorted by address; returns how many. */
static size_t keep_rare(const struct link_input *in, struct token *t, size_t n)
{
	size_t kept = 0, from = 0, to;
	uint32_t place = 0, set = 0;

	qsort(t, n, sizeof *t, by_token_addr);
	for (; from < n; from = to) {
		to = run_end(t, from, n);
		for (size_t i = from; i < to; i++)
			t[i].uses = (uint32_t)(to - from);
	}
	qsort(t, n, sizeof *t, by_rarity);
	for (size_t i = 0; i < n; i++) {
		place = i != 0 && t[i].set == set ? place + 1 : 0;
		set = t[i].set;
		if (place < prefix_of(in->sets[t[i].set].n))
			t[kept++] = t[i];
	}
	qsort(t, kept, sizeof *t, by_token_addr);
	return kept;
}

/* Compares a set with those behind it that have the address too; false: all of them are in one cluster now,
 * or no steps are left. */
static bool compare(struct linker *l, const struct token *t, size_t n)
{
	const struct link_set *a = &l->in->sets[t[0].set];
	bool apart = false;

	for (size_t i = 1; i < n; i++) {
		const struct link_set *b = &l->in->sets[t[i].set];

		if (l->steps == 0) {
			l->cut_short = true;
			return false;
		}
		l->steps--;
		if (find(l, t[0].set) == find(l, t[i].set))
			continue;
		l->steps -= l->steps < a->n + b->n ? l->steps : a->n + b->n;
		if (is_near(l->in, a, b))
			join(l, t[0].set, t[i].set);
		else
			apart = true;
	}
	return apart;
}

static void join_near(struct linker *l, const struct token *t, size_t n)
{
	size_t to;

	for (size_t from = 0; from < n && !l->cut_short; from = to) {
		to = run_end(t, from, n);
		for (size_t i = from; i < to && compare(l, t + i, to - i);)
			i++;
	}
}

enum err fluxbuster_link(const struct link_input *in, uint32_t *root, bool *cut_short)
{
	struct linker l = {.in = in, .root = root, .steps = in->steps_max == 0 ? STEPS_MAX : in->steps_max};
	uint32_t *list = calloc((size_t)in->n + 1, sizeof *list), n_list;
	struct token *t;
	size_t n = 0;

	for (uint32_t i = 0; i < in->n; i++) {
		root[i] = i;
		n += in->sets[i].n;
	}
	t = calloc(n + 1, sizeof *t);
	if (list == NULL || t == NULL) {
		free(list);
		free(t);
		return E_MEMORY;
	}
	n_list = join_equal(&l, list);
	n = keep_rare(in, t, fill_tokens(in, list, n_list, t));
	join_near(&l, t, n);
	for (uint32_t i = 0; i < in->n; i++)
		root[i] = find(&l, i);
	*cut_short = l.cut_short;
	free(list);
	free(t);
	return OK;
}
