/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evict.c -- what a partition gives up when its share of memory is used.
 *
 * Whole domains go, those of least value first: no accusation, few addresses, long not seen. So a flood of
 * names seen once pushes out itself. What stays is copied to arrays of its size in the order it had, so
 * nothing that is kept depends on where something lay.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "profile/newcomers.h"
#include "profile/tables.h"

/* The order of value, least first. A total order over kept facts alone: the number ends every tie. */
struct worth {
	uint8_t accused, verdict, addresses; /* addresses: log2 of their number */
	int64_t looked_ns;
	uint32_t domain; /* or newcomer */
};

static int by_worth(const void *a, const void *b)
{
	const struct worth *x = a, *y = b;

	if (x->accused != y->accused)
		return x->accused - y->accused;
	if (x->verdict != y->verdict)
		return x->verdict - y->verdict;
	if (x->addresses != y->addresses)
		return x->addresses - y->addresses;
	if (x->looked_ns != y->looked_ns)
		return x->looked_ns < y->looked_ns ? -1 : 1;
	return x->domain < y->domain ? -1 : 1;
}

static uint8_t log2_of(uint32_t n)
{
	uint8_t log = 0;

	for (; n > 1; n /= 2)
		log++;
	return log;
}

static struct worth worth_of(const struct partition *p, uint32_t n)
{
	const struct domain *d = &p->domains[n];

	return (struct worth){.accused = d->accused,
			      .verdict = d->verdict,
			      .addresses = log2_of(d->n_pairs),
			      .looked_ns = d->looked_ns,
			      .domain = n};
}

/* What a domain takes, nearly: its entries with their places in the indexes. */
static size_t octets_of(const struct partition *p, const struct domain *d)
{
	size_t octets = sizeof *d + d->name_len;

	for (uint32_t w = d->owners; w != NONE; w = p->owners[w].next)
		octets += sizeof(struct owner) + p->owners[w].name_len +
			  (p->owners[w].n_sets < OWNER_SETS_KEPT ? p->owners[w].n_sets : OWNER_SETS_KEPT) *
				  (sizeof(struct set) + sizeof(uint64_t)) +
			  table_targets_room(&p->owners[w]) * sizeof(uint32_t);
	return octets + d->n_pairs * (sizeof(struct pair) + sizeof(uint32_t) + sizeof(uint64_t));
}

/* All that is known, from the least worth on. */
struct order {
	struct worth *list;
	size_t n;
};

static bool add_newcomer(void *context, struct partition *p, uint32_t number)
{
	struct order *o = context;
	uint32_t pairs = 0;

	for (const struct newcomer *n = newcomers_at(&p->newcomers, number); n != NULL;
	     n = newcomers_next(&p->newcomers, n))
		pairs += newcomer_pairs(n);
	o->list[o->n++] = (struct worth){.addresses = log2_of(pairs),
					 .looked_ns = newcomers_at(&p->newcomers, number)->time_ns,
					 .domain = number};
	return true;
}

static size_t octets_of_newcomer(const struct partition *p, uint32_t number)
{
	size_t octets = 2 * sizeof(uint64_t); /* the index is about half full */

	for (const struct newcomer *n = newcomers_at(&p->newcomers, number); n != NULL;
	     n = newcomers_next(&p->newcomers, n))
		octets += newcomer_octets(n);
	return octets;
}

/* Chooses what stays; false without memory. keep[n] is 1 for a domain that does; newcomers that do are put
 * into `to`, the earlier ones first. */
static bool choose(struct partition *p, uint8_t *keep, struct partition *to)
{
	struct order o = {malloc((p->n_domains + p->newcomers.n + 1) * sizeof *o.list), 0};
	size_t kept = 0, first;
	bool good = true;

	if (o.list == NULL)
		return false;
	for (uint32_t i = 0; i < p->n_domains; i++)
		o.list[o.n++] = worth_of(p, i);
	(void)newcomers_each(p, add_newcomer, &o);
	qsort(o.list, o.n, sizeof *o.list, by_worth);
	for (first = o.n; first > 0; first--) {
		uint32_t number = o.list[first - 1].domain;

		kept += newcomers_has(number) ? octets_of_newcomer(p, number)
					      : octets_of(p, &p->domains[number]);
		if (kept > p->config->memory_bytes / 2)
			break;
	}
	for (; first < o.n; first++) {
		uint32_t number = o.list[first].domain;

		if (newcomers_has(number))
			good &= newcomers_copy(to, p, number);
		else
			keep[number] = 1;
	}
	free(o.list);
	return good;
}

static uint32_t copy_name(struct partition *to, const struct partition *from, uint32_t at, uint8_t len)
{
	memcpy(to->names + to->n_names, from->names + at, len);
	to->n_names += len;
	return (uint32_t)(to->n_names - len);
}

static uint32_t copy_sketch(struct partition *to, const struct partition *from, uint32_t n)
{
	if (n == NONE)
		return NONE;
	to->sketches[to->n_sketches] = from->sketches[n];
	return (uint32_t)to->n_sketches++;
}

/* Numbers of the old arrays in the new ones. */
struct renumber {
	uint32_t *owners, *pairs;
};

static void copy_pairs(struct partition *to, const struct partition *from, const struct owner *old,
		       uint32_t owner, struct renumber *map)
{
	uint32_t *link = &to->owners[owner].pairs;

	for (uint32_t n = old->pairs; n != NONE; n = from->pairs[n].next) {
		uint32_t now = (uint32_t)to->n_pairs++;

		to->pairs[now] = from->pairs[n];
		to->pairs[now].owner = owner;
		to->pairs[now].next = NONE;
		map->pairs[n] = now;
		*link = now;
		link = &to->pairs[now].next;
	}
}

/* The first few of an owner's sets; all have been settled into their pairs. */
static void copy_sets(struct partition *to, const struct partition *from, const struct owner *old,
		      uint32_t owner, const struct renumber *map)
{
	uint32_t *link = &to->owners[owner].sets, n = old->sets;

	to->owners[owner].hand = NONE;
	to->owners[owner].n_sets = 0;
	for (; n != NONE && to->owners[owner].n_sets < OWNER_SETS_KEPT; n = from->sets[n].next) {
		uint32_t now = (uint32_t)to->n_sets++;
		struct set *s = &to->sets[now];

		*s = from->sets[n];
		s->owner = owner;
		s->next = NONE;
		s->links = (uint32_t)to->n_links;
		s->room = s->n;
		for (uint16_t i = 0; i < s->n; i++) {
			uint32_t at = from->links[from->sets[n].links + i];

			to->links[to->n_links++] = s->kind == OBS_ADDRESSES ? map->pairs[at] : at;
		}
		to->owners[owner].n_sets++;
		*link = now;
		link = &s->next;
	}
}

/* Where an alias leads; all owners of the domain have their new numbers. */
static void copy_targets(struct partition *to, const struct partition *from, struct owner *w,
			 const struct renumber *map)
{
	uint32_t *list = to->links + to->n_links;

	if (w->via != NONE)
		w->via = map->owners[w->via];
	if (w->n_targets == 0)
		return;
	for (unsigned i = 0; i < w->n_targets; i++) {
		uint32_t old = from->links[w->targets + i];

		list[i] = map->owners[old & ~TARGET_MOVED] | (old & TARGET_MOVED);
	}
	w->targets = (uint32_t)to->n_links;
	to->n_links += table_targets_room(w);
}

static void copy_domain(struct partition *to, const struct partition *from, uint32_t n, struct renumber *map)
{
	const struct domain *old = &from->domains[n];
	uint32_t number = (uint32_t)to->n_domains++;
	struct domain *d = &to->domains[number];
	uint32_t *link = &d->owners;

	*d = *old;
	d->name = copy_name(to, from, old->name, old->name_len);
	d->more_owners = copy_sketch(to, from, old->more_owners);
	d->more_pairs = copy_sketch(to, from, old->more_pairs);
	for (uint32_t w = old->owners; w != NONE; w = from->owners[w].next) {
		uint32_t now = (uint32_t)to->n_owners++;
		struct owner *owner = &to->owners[now];

		*owner = from->owners[w];
		owner->domain = number;
		owner->next = NONE;
		owner->name = from->owners[w].name == old->name
				      ? d->name
				      : copy_name(to, from, owner->name, owner->name_len);
		map->owners[w] = now;
		copy_pairs(to, from, &from->owners[w], now, map);
		copy_sets(to, from, &from->owners[w], now, map);
		*link = now;
		link = &owner->next;
	}
	for (uint32_t w = d->owners; w != NONE; w = to->owners[w].next)
		copy_targets(to, from, &to->owners[w], map);
}

/* Room in `to` for all that the kept domains of `from` have. */
static bool make_room(struct partition *to, const struct partition *from, const uint8_t *keep)
{
	for (size_t i = 0; i < from->n_domains; i++) {
		const struct domain *d = &from->domains[i];

		if (!keep[i])
			continue;
		to->domains_room++;
		to->names_room += d->name_len;
		to->sketches_room += (d->more_owners != NONE ? 1u : 0) + (d->more_pairs != NONE ? 1u : 0);
		to->owners_room += d->n_owners;
		to->pairs_room += d->n_pairs;
		for (uint32_t w = d->owners; w != NONE; w = from->owners[w].next) {
			to->names_room += from->owners[w].name == d->name ? 0 : from->owners[w].name_len;
			to->sets_room += from->owners[w].n_sets;
			to->links_room += table_targets_room(&from->owners[w]);
			for (uint32_t s = from->owners[w].sets; s != NONE; s = from->sets[s].next)
				to->links_room += from->sets[s].n;
		}
	}
	to->domains = calloc(to->domains_room + 1, sizeof *to->domains);
	to->owners = calloc(to->owners_room + 1, sizeof *to->owners);
	to->pairs = calloc(to->pairs_room + 1, sizeof *to->pairs);
	to->sets = calloc(to->sets_room + 1, sizeof *to->sets);
	to->links = calloc(to->links_room + 1, sizeof *to->links);
	to->sketches = calloc(to->sketches_room + 1, sizeof *to->sketches);
	to->names = calloc(to->names_room + 1, 1);
	return to->domains != NULL && to->owners != NULL && to->pairs != NULL && to->sets != NULL &&
	       to->links != NULL && to->sketches != NULL && to->names != NULL;
}

/* The kept domains, in the order they had, in a partition of their size; false without memory. */
static bool copy_kept(struct partition *to, const struct partition *from, const uint8_t *keep)
{
	struct renumber map = {.owners = calloc(from->n_owners + 1, sizeof *map.owners),
			       .pairs = calloc(from->n_pairs + 1, sizeof *map.pairs)};
	bool good = map.owners != NULL && map.pairs != NULL && make_room(to, from, keep);

	for (uint32_t n = 0; good && n < from->n_owners; n++)
		map.owners[n] = NONE;
	for (uint32_t n = 0; good && n < from->n_domains; n++)
		if (keep[n])
			copy_domain(to, from, n, &map);
	free(map.owners);
	free(map.pairs);
	return good && table_index_all(to);
}

static void evict(struct partition *p)
{
	struct partition now = {
		.config = p->config, .servers = p->servers, .counts = p->counts, .now_ns = p->now_ns};
	uint8_t *keep = calloc(p->n_domains + 1, 1);

	if (keep == NULL || !choose(p, keep, &now) || !copy_kept(&now, p, keep)) {
		free(keep);
		partition_fini(&now);
		return; /* without memory to make room with, new entries are refused and counted */
	}
	now.counts.evictions++;
	now.counts.evicted_domains += p->n_domains + p->newcomers.n - now.n_domains - now.newcomers.n;
	now.fresh = p->fresh;
	p->fresh = (struct buf){0};
	partition_fini(p);
	*p = now;
	free(keep);
}

/* A partition of servers begins anew: all of them belong to one domain. */
static void empty(struct partition *p)
{
	struct partition now = {.config = p->config, .counts = p->counts, .now_ns = p->now_ns};

	now.counts.evictions++;
	partition_fini(p);
	*p = now;
}

bool partition_trim(struct partition *p)
{
	newcomers_compact(p);
	if (p->config->memory_bytes == 0 || partition_octets(p) <= p->config->memory_bytes)
		return false;
	if (p->config->servers) {
		empty(p);
		return true;
	}
	for (uint32_t n = 0; n < p->n_domains; n++)
		partition_settle(p, n);
	evict(p);
	return true;
}
