/* SPDX-License-Identifier: Apache-2.0 */
/* fluxbuster.c -- see fluxbuster.h: candidates, features, tree, and the verdict on a domain. */
#include "judge/fluxbuster.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "judge/fluxbuster_link.h"

#define ANSWER_DIVERSITY_MIN (1.0 / 3)
#define TOTAL_DIVERSITY_MIN  0.5

#define TREE_GROWTH    0.122
#define TREE_TTL       30.18
#define TREE_DIVERSITY 0.41

enum {
	TTL_MAX = 10800,     /* s */
	TTL_VERY_SHORT = 30, /* s */
	ANSWER_ADDRESSES_MIN = 3,
	TOTAL_ADDRESSES_MIN = 3
};

struct candidate {
	uint32_t name;  /* offset in names */
	uint32_t at, n; /* addresses, rising */
	uint32_t ttl;
	double growth;
	uint32_t cluster;
	uint8_t name_len;
};

struct fluxbuster {
	struct candidate *candidates; /* by name */
	size_t n_candidates, room;
	struct buf names, addrs;
	struct fluxbuster_features *clusters;
	uint32_t n_clusters;
	bool cut_short;
};

/* Why a name is no candidate. */
enum screen {
	SCREEN_PASSED,
	SCREEN_NO_A,
	SCREEN_NO_TTL,
	SCREEN_TTL,
	SCREEN_ANSWER,
	SCREEN_SIZE,
	SCREEN_DIVERSITY
};

enum baseline_outcome fluxbuster_tree(const struct fluxbuster_features *x)
{
	if (x->addresses < FLUXBUSTER_ADDRESSES_MIN)
		return BASELINE_NOT_APPLIED;
	if (x->growth <= TREE_GROWTH || x->ttl <= TREE_TTL)
		return BASELINE_CLEAN;
	if (x->diversity > TREE_DIVERSITY && x->per_network > FLUXBUSTER_PER_NETWORK)
		return BASELINE_FLUX;
	return BASELINE_OPEN;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Entropy of the /16 prefixes of n rising addresses, over its largest value. */
static double diversity_of(const uint32_t *addrs, uint32_t n)
{
	double entropy = 0;
	uint32_t from = 0, to;

	for (; from < n; from = to) {
		double share;

		for (to = from + 1; to < n && addrs[to] >> 16 == addrs[from] >> 16;)
			to++;
		share = (double)(to - from) / n;
		entropy -= share * log2(share);
	}
	return n < 2 ? 0 : entropy / log2(n);
}

static uint32_t sort_unique(uint32_t *addrs, uint32_t n)
{
	uint32_t kept = 0;

	qsort(addrs, n, sizeof *addrs, by_number);
	for (uint32_t i = 0; i < n; i++)
		if (kept == 0 || addrs[i] != addrs[kept - 1])
			addrs[kept++] = addrs[i];
	return kept;
}

/* The addresses of A records that the name itself owns, rising; `to` has room for all its pairs. */
static uint32_t collect(const struct partition *p, const struct owner *w, uint32_t *to)
{
	uint32_t n = 0;

	for (uint32_t i = w->pairs; i != NONE; i = p->pairs[i].next)
		if ((p->pairs[i].roles & MEMBER_HOST) != 0 && addr_is_v4(&p->pairs[i].addr))
			to[n++] = addr_v4_number(&p->pairs[i].addr);
	return sort_unique(to, n);
}

static bool answer_passes(const struct partition *p, const struct owner *w, const struct set *s)
{
	uint32_t addrs[OBS_MEMBERS_MAX], n = 0;

	if ((s->member_role & MEMBER_HOST) == 0 || (s->member_role & MEMBER_HINT) != 0)
		return false;
	for (uint16_t i = 0; i < s->n && n < OBS_MEMBERS_MAX; i++) {
		const struct addr *a = &p->pairs[p->links[s->links + i]].addr;

		if (addr_is_v4(a))
			addrs[n++] = addr_v4_number(a);
	}
	n = sort_unique(addrs, n);
	if (n < ANSWER_ADDRESSES_MIN)
		return n != 0 && w->ttl_max <= TTL_VERY_SHORT;
	return diversity_of(addrs, n) >= ANSWER_DIVERSITY_MIN;
}

/* Whether the name is a candidate; its n addresses are in addrs. */
static enum screen screen(const struct partition *p, const struct owner *w, const uint32_t *addrs, uint32_t n)
{
	bool passes = false;

	if (n == 0)
		return SCREEN_NO_A;
	if (w->ttl_min == UINT32_MAX)
		return SCREEN_NO_TTL;
	if (w->ttl_max > TTL_MAX)
		return SCREEN_TTL;
	for (uint32_t i = w->sets; i != NONE && !passes; i = p->sets[i].next)
		passes = answer_passes(p, w, &p->sets[i]);
	if (!passes)
		return SCREEN_ANSWER;
	if (n < TOTAL_ADDRESSES_MIN)
		return SCREEN_SIZE;
	return diversity_of(addrs, n) < TOTAL_DIVERSITY_MIN ? SCREEN_DIVERSITY : SCREEN_PASSED;
}

/* Whether the rules look at this name as one of the domain. */
static bool is_host(const struct owner *w)
{
	return (w->roles & OWNER_HOST) != 0 && (w->roles & OWNER_FOREIGN) == 0;
}

static enum err add_candidate(struct fluxbuster *f, const struct partition *p, const struct owner *w)
{
	uint32_t *addrs =
		(uint32_t *)(void *)buf_reserve(&f->addrs, ((size_t)w->n_pairs + 1) * sizeof *addrs);
	struct candidate *c;
	uint32_t n;

	if (addrs == NULL)
		return E_MEMORY;
	n = collect(p, w, addrs);
	if (screen(p, w, addrs, n) != SCREEN_PASSED)
		return OK;
	if (f->addrs.len / sizeof *addrs + n > UINT32_MAX || f->names.len + w->name_len > UINT32_MAX)
		return E_MEMORY;
	if (f->n_candidates == f->room) {
		size_t room = f->room == 0 ? 64 : 2 * f->room;
		struct candidate *grown = realloc(f->candidates, room * sizeof *grown);

		if (grown == NULL)
			return E_MEMORY;
		f->candidates = grown;
		f->room = room;
	}
	c = &f->candidates[f->n_candidates];
	*c = (struct candidate){.name = (uint32_t)f->names.len,
				.name_len = w->name_len,
				.at = (uint32_t)(f->addrs.len / sizeof *addrs),
				.n = n,
				.ttl = w->ttl_max,
				.growth = (double)n / (w->answers == 0 ? 1 : w->answers)};
	buf_add(&f->names, partition_name(p, w->name), w->name_len);
	if (f->names.err != OK)
		return E_MEMORY;
	f->addrs.len += n * sizeof *addrs;
	f->n_candidates++;
	return OK;
}

static enum err find_candidates(struct fluxbuster *f, const struct partition *p)
{
	for (size_t d = 0; d < p->n_domains; d++)
		for (uint32_t i = p->domains[d].owners; i != NONE; i = p->owners[i].next) {
			enum err e = is_host(&p->owners[i]) ? add_candidate(f, p, &p->owners[i]) : OK;

			if (e != OK)
				return e;
		}
	return OK;
}

static int compare_names(const uint8_t *a, uint8_t a_len, const uint8_t *b, uint8_t b_len)
{
	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	return memcmp(a, b, a_len);
}

static int by_name(const void *a, const void *b, void *names)
{
	const struct candidate *x = a, *y = b;

	return compare_names((uint8_t *)names + x->name, x->name_len, (uint8_t *)names + y->name,
			     y->name_len);
}

static const struct candidate *find_name(const struct fluxbuster *f, const uint8_t *name, uint8_t len)
{
	size_t from = 0, to = f->n_candidates;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct candidate *c = &f->candidates[middle];
		int order = compare_names(f->names.bytes + c->name, c->name_len, name, len);

		if (order == 0)
			return c;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

/* The members of all clusters, cluster by cluster, and what is needed to count over them. */
struct work {
	struct link_set *sets;
	uint32_t *root;
	uint32_t *order;  /* candidates by cluster, then name */
	uint32_t *addrs;  /* of one cluster */
	uint32_t *stamps; /* by candidate: the last cluster it was counted for, plus one */
	struct link_post *posts;
	size_t n_posts;
};

static void work_fini(struct work *w)
{
	free(w->sets);
	free(w->root);
	free(w->order);
	free(w->addrs);
	free(w->stamps);
	free(w->posts);
}

static int by_root(const void *a, const void *b, void *root)
{
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const uint32_t *of = root;

	if (of[i] != of[k])
		return of[i] < of[k] ? -1 : 1;
	return (i > k) - (i < k);
}

static size_t first_post(const struct work *w, uint32_t addr)
{
	size_t from = 0, to = w->n_posts;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (w->posts[middle].addr < addr)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Candidate names that have one of the addresses, up to one over what the tree asks: so the work stays in
 * proportion to the cluster's own addresses. */
static unsigned count_per_network(struct work *w, uint32_t cluster, uint32_t n)
{
	unsigned names = 0;

	for (uint32_t i = 0; i < n; i++)
		for (size_t k = first_post(w, w->addrs[i]); k < w->n_posts && w->posts[k].addr == w->addrs[i];
		     k++) {
			uint32_t *stamp = &w->stamps[w->posts[k].set];

			names += *stamp != cluster + 1;
			*stamp = cluster + 1;
			if (names > FLUXBUSTER_PER_NETWORK)
				return names;
		}
	return names;
}

static void measure(struct fluxbuster *f, struct work *w, const uint32_t *members, uint32_t n)
{
	struct fluxbuster_features *x = &f->clusters[f->n_clusters];
	uint32_t n_addrs = 0;

	*x = (struct fluxbuster_features){.names = n};
	for (uint32_t i = 0; i < n; i++) {
		struct candidate *c = &f->candidates[members[i]];

		memcpy(w->addrs + n_addrs, (const uint32_t *)(void *)f->addrs.bytes + c->at,
		       c->n * sizeof *w->addrs);
		n_addrs += c->n;
		x->ttl += c->ttl;
		x->growth += c->growth;
		c->cluster = f->n_clusters;
	}
	n_addrs = sort_unique(w->addrs, n_addrs);
	x->addresses = n_addrs;
	x->diversity = diversity_of(w->addrs, n_addrs);
	x->ttl /= n;
	x->growth /= n;
	x->per_network = count_per_network(w, f->n_clusters, n_addrs);
	f->n_clusters++;
}

static enum err cluster(struct fluxbuster *f, struct work *w)
{
	size_t n = f->n_candidates;
	struct link_input in = {.addrs = (const uint32_t *)(void *)f->addrs.bytes, .n = (uint32_t)n};
	uint32_t from = 0, to;
	enum err e;

	w->sets = calloc(n, sizeof *w->sets);
	w->root = calloc(n, sizeof *w->root);
	w->order = calloc(n, sizeof *w->order);
	w->stamps = calloc(n, sizeof *w->stamps);
	w->addrs = calloc(f->addrs.len, 1);
	f->clusters = calloc(n, sizeof *f->clusters);
	if (w->sets == NULL || w->root == NULL || w->order == NULL || w->stamps == NULL || w->addrs == NULL ||
	    f->clusters == NULL)
		return E_MEMORY;
	for (uint32_t i = 0; i < n; i++) {
		w->order[i] = i;
		w->sets[i] = (struct link_set){f->candidates[i].at, f->candidates[i].n};
	}
	in.sets = w->sets;
	w->posts = fluxbuster_link_posts(&in, &w->n_posts);
	e = w->posts == NULL ? E_MEMORY : fluxbuster_link(&in, w->root, &f->cut_short);
	if (e != OK)
		return e;
	qsort_r(w->order, n, sizeof *w->order, by_root, w->root);
	for (; from < n; from = to) {
		for (to = from + 1; to < n && w->root[w->order[to]] == w->root[w->order[from]];)
			to++;
		measure(f, w, w->order + from, to - from);
	}
	return OK;
}

enum err fluxbuster_open(struct fluxbuster **out, const struct partition *parts, struct diag *d)
{
	struct fluxbuster *f = calloc(1, sizeof *f);
	struct work w = {.sets = NULL};
	enum err e = f == NULL ? E_MEMORY : OK;

	for (unsigned i = 0; i < OBS_PARTITIONS && e == OK; i++)
		e = find_candidates(f, &parts[i]);
	if (e == OK && f->n_candidates != 0) {
		qsort_r(f->candidates, f->n_candidates, sizeof *f->candidates, by_name, f->names.bytes);
		e = cluster(f, &w);
	}
	work_fini(&w);
	if (e != OK) {
		fluxbuster_close(f);
		return diag_set(d, e, "fluxbuster: no memory to cluster the names");
	}
	*out = f;
	return OK;
}

void fluxbuster_close(struct fluxbuster *f)
{
	if (f == NULL)
		return;
	free(f->candidates);
	free(f->clusters);
	buf_fini(&f->names);
	buf_fini(&f->addrs);
	free(f);
}

/* What is said of one name. */
struct finding {
	enum baseline_outcome outcome;
	const struct owner *owner;
	double growth; /* NAN: no candidate */
	char reason[REASON_MAX];
};

static void say_dropped(struct finding *f, enum screen why)
{
	static const char *const texts[] = {
		[SCREEN_PASSED] = "a name that came after the clustering",
		[SCREEN_NO_A] = "no A records",
		[SCREEN_NO_TTL] = "needs the TTL, which its sources do not carry",
		[SCREEN_TTL] = "no candidate: TTL over 10800 s",
		[SCREEN_ANSWER] = "no candidate: no answer of 3 addresses and diversity 1/3, or TTL of 30 s",
		[SCREEN_SIZE] = "no candidate: fewer than 3 addresses in all",
		[SCREEN_DIVERSITY] = "no candidate: diversity of all addresses below 0.5",
	};
	bool unknown = why == SCREEN_PASSED || why == SCREEN_NO_A || why == SCREEN_NO_TTL;

	f->outcome = unknown ? BASELINE_NOT_APPLIED : BASELINE_CLEAN;
	f->growth = NAN;
	snprintf(f->reason, sizeof f->reason, "%s", texts[why]);
}

static void say_cluster(struct finding *f, const struct fluxbuster_features *x, bool cut_short)
{
	static const char *const classes[] = {
		[BASELINE_NOT_APPLIED] = "fewer than 30 addresses are not classified",
		[BASELINE_CLEAN] = "not flux",
		[BASELINE_OPEN] = "here the tree is not known",
		[BASELINE_FLUX] = "flux",
	};

	f->outcome = fluxbuster_tree(x);
	f->growth = x->growth;
	snprintf(f->reason, sizeof f->reason,
		 "cluster of %u names, %u addresses: growth %.3f, TTL %.0f, diversity %.2f, %s%u "
		 "domains/network: %s%s",
		 x->names, x->addresses, x->growth, x->ttl, x->diversity,
		 x->per_network > FLUXBUSTER_PER_NETWORK ? "over " : "",
		 x->per_network > FLUXBUSTER_PER_NETWORK ? FLUXBUSTER_PER_NETWORK : x->per_network,
		 classes[f->outcome], cut_short ? " (cut short)" : "");
}

static bool tells_more(const struct partition *p, const struct finding *a, const struct finding *b)
{
	if (a->outcome != b->outcome)
		return a->outcome > b->outcome;
	if (isnan(a->growth) != isnan(b->growth))
		return isnan(b->growth);
	if (!isnan(a->growth) && a->growth != b->growth)
		return a->growth > b->growth;
	return compare_names(partition_name(p, a->owner->name), a->owner->name_len,
			     partition_name(p, b->owner->name), b->owner->name_len) < 0;
}

static struct finding look_at(const struct fluxbuster *f, const struct partition *p, const struct owner *w,
			      uint32_t *addrs)
{
	const struct candidate *c = find_name(f, partition_name(p, w->name), w->name_len);
	struct finding found = {.owner = w};

	if (c == NULL)
		say_dropped(&found, screen(p, w, addrs, collect(p, w, addrs)));
	else
		say_cluster(&found, &f->clusters[c->cluster], f->cut_short);
	return found;
}

void fluxbuster_judge(const struct fluxbuster *f, const struct judge *j, const struct view *v,
		      struct judgement *out)
{
	const struct partition *p = v->partition;
	uint32_t *addrs = calloc((size_t)v->domain->n_pairs + 1, sizeof *addrs);
	struct finding best = {.owner = NULL};

	(void)j;
	for (uint32_t i = v->domain->owners; addrs != NULL && i != NONE; i = p->owners[i].next) {
		struct finding found;

		if (!is_host(&p->owners[i]))
			continue;
		found = look_at(f, p, &p->owners[i], addrs);
		if (best.owner == NULL || tells_more(p, &found, &best))
			best = found;
	}
	baseline_settle(out, best.outcome);
	if (best.owner == NULL)
		baseline_explain(out, NAN, NULL, addrs == NULL ? "no memory" : "no A records");
	else
		baseline_explain(out, best.growth, partition_name(p, best.owner->name), best.reason);
	free(addrs);
}
