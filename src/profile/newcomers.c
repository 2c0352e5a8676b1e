/* SPDX-License-Identifier: Apache-2.0 */
/* newcomers.c -- see newcomers.h. */
#include "profile/newcomers.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "dns/name.h"
#include "profile/tables.h"

enum {
	CHAIN_MAX = 8,             /* observations of one look-up that wait */
	COMPACT_LEAST = 256 << 10, /* octets */
	AHEAD = 1024               /* octets: fetched so long before they are walked over */
};

void newcomers_fini(struct newcomers *all)
{
	for (size_t i = 0; i < all->n_blocks; i++)
		free(all->blocks[i].octets);
	free(all->blocks);
	*all = (struct newcomers){0};
}

size_t newcomers_octets(const struct newcomers *all)
{
	return all->n_blocks * NEWCOMER_BLOCK_OCTETS + all->blocks_room * sizeof *all->blocks;
}

/* Room behind the last one; its number, NONE without memory. */
static uint32_t reserve(struct newcomers *all, size_t octets)
{
	struct newcomer_block *last = all->n_blocks == 0 ? NULL : &all->blocks[all->n_blocks - 1];
	size_t place;

	if (last == NULL || last->used + octets > NEWCOMER_BLOCK_OCTETS) {
		if ((all->n_blocks + 1) * (NEWCOMER_BLOCK_OCTETS / 8) >= INT32_MAX ||
		    !table_grow((void **)&all->blocks, &all->blocks_room, all->n_blocks, sizeof *all->blocks))
			return NONE;
		last = &all->blocks[all->n_blocks];
		last->used = 0;
		last->octets = malloc(NEWCOMER_BLOCK_OCTETS);
		if (last->octets == NULL)
			return NONE;
		all->n_blocks++;
	}
	place = (all->n_blocks - 1) * NEWCOMER_BLOCK_OCTETS + last->used;
	last->used += (uint32_t)octets;
	all->end = last->octets + last->used;
	all->octets += octets;
	return (uint32_t)(place / 8) | UINT32_C(1) << 31;
}

static uint32_t append(struct newcomers *all, const struct obs *o, bool first)
{
	struct newcomer_shape shape = newcomer_shape(o, first);
	uint32_t number = reserve(all, shape.octets);

	if (number != NONE)
		newcomer_write(newcomers_at(all, number), &shape, o);
	return number;
}

/* Nothing about it needs a profile to be kept. */
static bool is_plain(const struct obs *o)
{
	return o->marks == 0 && o->count == 1 && o->last_ns == o->time_ns && (o->lacks & LACK_LOOKUPS) == 0 &&
	       o->size <= NEWCOMER_OBS_OCTETS_MAX && o->owner_len >= o->domain_len &&
	       memcmp(obs_owner(o) + (o->owner_len - o->domain_len), obs_domain(o), o->domain_len) == 0;
}

/* Where an alias leads, without addresses. */
static bool is_alias(const struct newcomer *n)
{
	return !newcomer_has_servers(n) && n->members == 0;
}

static bool is_answer(const struct newcomer *n)
{
	return newcomer_pairs(n) != 0 && (n->member_role & MEMBER_NS) == 0;
}

static bool obs_is_alias(const struct obs *o)
{
	return o->kind == OBS_ADDRESSES && o->members == 0;
}

static bool obs_is_answer(const struct obs *o)
{
	return o->kind == OBS_ADDRESSES && o->members != 0 && (o->member_role & MEMBER_NS) == 0;
}

static bool is_same_source(const struct newcomer *n, const struct obs *o)
{
	return newcomer_role(n) == o->role && n->vantage == o->vantage && n->lacks == o->lacks;
}

static void tell(struct partition *p, const struct obs *o)
{
	for (uint16_t i = 0; o->kind == OBS_ADDRESSES && i < o->members; i++)
		table_tell(p, o, &obs_addrs(o)[i]);
	p->counts.lookups++;
}

static bool begin(struct partition *p, const struct obs *o)
{
	struct newcomers *all = &p->newcomers;
	uint32_t number = append(all, o, true);
	struct newcomer *n;

	if (number == NONE)
		return false;
	n = newcomers_at(all, number);
	n->first = 1;
	n->owners = o->via_len == 0 ? 1 : 2;
	if (index_add(&p->by_domain, table_domain_tag(o->domain_hash), number) != OK) {
		n->first = 0;
		all->gone += newcomer_octets(n);
		return false;
	}
	all->n++;
	all->n_owners += n->owners;
	all->n_pairs += newcomer_pairs(n);
	tell(p, o);
	return true;
}

/* What the look-up is known to have said by now. */
struct known {
	struct newcomer *last;
	const struct newcomer *same; /* the same set; NULL: none */
	bool answer, owner;          /* an answer; something of the same owner */
};

static struct known look_through(const struct newcomers *all, struct newcomer *first, const struct obs *o)
{
	struct known k = {.last = first};

	for (struct newcomer *n = first;; n = newcomers_at(all, n->next)) {
		k.last = n;
		k.answer |= is_answer(n);
		if (newcomer_is_owner(n, o)) {
			k.owner = true;
			if (newcomer_is_set(n, o))
				k.same = n;
		}
		if (n->next == 0)
			return k;
	}
}

static bool add(struct partition *p, struct newcomer *first, const struct known *k, const struct obs *o)
{
	struct newcomers *all = &p->newcomers;
	uint32_t number;
	struct newcomer *n;

	if (first->first == CHAIN_MAX || (k->answer && obs_is_answer(o)) ||
	    (number = append(all, o, false)) == NONE)
		return false;
	n = newcomers_at(all, number);
	n->owners = (uint8_t)((k->owner ? 0 : 1) + (o->via_len == 0 ? 0 : 1));
	k->last->next = number;
	first->first++;
	all->n_owners += n->owners;
	all->n_pairs += newcomer_pairs(n);
	tell(p, o);
	return true;
}

bool newcomers_take(struct partition *p, const struct obs *o, uint32_t number)
{
	struct newcomer *first;
	struct known k;

	if (!is_plain(o) || p->config->servers || p->newcomers.admitting)
		return false;
	if (number == NONE)
		return begin(p, o);
	first = newcomers_at(&p->newcomers, number);
	if (!is_same_source(first, o))
		return false;
	k = look_through(&p->newcomers, first, o);
	if (k.same == NULL)
		return (o->time_ns == first->time_ns || obs_is_alias(o)) && add(p, first, &k, o);
	if (o->time_ns < first->time_ns ||
	    !table_is_repeat(o, table_dies(k.same->time_ns, k.same->ttl, k.same->lacks)))
		return false;
	p->counts.repeats++;
	return true;
}

/* Takes its entry out; what it told is still to be read. */
static void remove_first(struct partition *p, struct newcomer *first, uint32_t number)
{
	struct newcomers *all = &p->newcomers;

	index_remove(&p->by_domain, table_domain_tag(newcomer_domain_hash(first, p->config->bucket_key)),
		     number);
	first->first = 0;
	all->n--;
	for (const struct newcomer *n = first; n != NULL; n = newcomers_next(all, n)) {
		all->gone += newcomer_octets(n);
		all->n_owners -= n->owners;
		all->n_pairs -= newcomer_pairs(n);
	}
}

uint32_t newcomers_admit(struct partition *p, uint32_t number)
{
	struct newcomers *all = &p->newcomers;
	struct newcomer *first = newcomers_at(all, number);
	struct profile_counts counts = p->counts; /* it was counted when it came */
	uint64_t key = p->config->bucket_key, hash = newcomer_domain_hash(first, key);
	uint64_t sketch = hash_bytes(newcomer_domain(first), first->domain_len, p->config->sketch_key);
	union newcomer_obs o;

	remove_first(p, first, number);
	all->admitting = true;
	for (const struct newcomer *n = first; n != NULL; n = newcomers_next(all, n)) {
		newcomer_obs(n, first, (uint16_t)(sketch >> 56), key, &o);
		(void)partition_apply(p, &o.obs);
	}
	all->admitting = false;
	counts.no_memory = p->counts.no_memory;
	p->counts = counts;
	return partition_find(p, hash, newcomer_domain(first), first->domain_len);
}

bool newcomers_each(struct partition *p, bool (*visit)(void *context, struct partition *p, uint32_t number),
		    void *context)
{
	const struct newcomers *all = &p->newcomers;

	for (size_t b = 0; b < all->n_blocks; b++)
		for (uint32_t at = 0; at < all->blocks[b].used;) {
			uint32_t number = (uint32_t)((b * NEWCOMER_BLOCK_OCTETS + at) / 8) | UINT32_C(1)
												     << 31;
			const struct newcomer *n = newcomers_at(all, number);

			__builtin_prefetch((const void *)((uintptr_t)n + AHEAD)); /* perhaps past the end */
			at += (uint32_t)newcomer_octets(n);
			if (n->first != 0 && !visit(context, p, number))
				return false;
		}
	return true;
}

bool newcomers_copy(struct partition *to, const struct partition *from, uint32_t number)
{
	const struct newcomer *old = newcomers_at(&from->newcomers, number);
	uint64_t hash = newcomer_domain_hash(old, to->config->bucket_key);
	struct newcomers *all = &to->newcomers;
	uint32_t *link = NULL, first = NONE;

	for (const struct newcomer *n = old; n != NULL; n = newcomers_next(&from->newcomers, n)) {
		uint32_t now = reserve(all, newcomer_octets(n));
		struct newcomer *copy;

		if (now == NONE)
			return false;
		copy = newcomers_at(all, now);
		memcpy(copy, n, newcomer_octets(n));
		copy->next = 0;
		all->n_owners += n->owners;
		all->n_pairs += newcomer_pairs(n);
		if (link != NULL)
			*link = now;
		link = &copy->next;
		first = first == NONE ? now : first;
	}
	all->n++;
	return index_add(&to->by_domain, table_domain_tag(hash), first) == OK;
}

/* ---- those that somebody wants to see ---- */

/* Counts the likely homes among its own members, as long as they may still come to `least`; whether they do.
 */
static bool count_own(const struct partition *p, const struct newcomer *first, unsigned least,
		      struct newcomer_members *m)
{
	unsigned left = m->own;

	for (const struct newcomer *n = first; n != NULL; n = newcomers_next(&p->newcomers, n)) {
		bool server = (n->member_role & (MEMBER_NS | MEMBER_NS_HOST)) != 0;

		for (uint16_t i = 0; i < newcomer_pairs(n); i++) {
			struct addr a = newcomer_addr(n, i);
			bool home;

			if (m->own_homes + left-- < least)
				return false;
			(void)table_net(p, &a, &home);
			m->own_homes += home;
			m->own_server_homes += home && server;
		}
		m->own_servers += server ? newcomer_pairs(n) : 0;
	}
	return m->own_homes >= least;
}

static bool has(const struct partition *p, const struct newcomer *first, const struct addr *a)
{
	for (const struct newcomer *n = first; n != NULL; n = newcomers_next(&p->newcomers, n))
		for (uint16_t i = 0; i < newcomer_pairs(n); i++) {
			struct addr own = newcomer_addr(n, i);

			if (memcmp(&own, a, sizeof *a) == 0)
				return true;
		}
	return false;
}

/* How many of the server's addresses are the newcomer's too; of many, they may all be. */
static unsigned both_of(const struct partition *p, const struct newcomer *first, const struct owner *server)
{
	enum { COMPARED = 32 };
	unsigned both = 0;

	if (server->n_pairs > COMPARED)
		return server->n_pairs;
	for (uint32_t n = server->pairs; n != NONE; n = p->servers->pairs[n].next)
		both += has(p, first, &p->servers->pairs[n].addr);
	return both;
}

static void count_servers(const struct partition *p, const struct newcomer *first, const struct newcomer *n,
			  struct newcomer_members *m)
{
	const uint8_t *name = newcomer_servers(n);

	for (uint16_t i = 0; p->servers != NULL && i < n->members; i++) {
		size_t len = name_wire_len(name);
		uint32_t owner = table_find_server(p->servers, hash_bytes(name, len, p->config->bucket_key));

		name += len;
		if (owner == NONE)
			continue;
		m->server_homes += p->servers->owners[owner].homes;
		m->servers += p->servers->owners[owner].n_pairs;
		m->both += both_of(p, first, &p->servers->owners[owner]);
	}
}

/* Likely homes of the servers that a set names; most newcomers have a set that many have. */
struct homes_of {
	uint64_t set_hash;
	unsigned homes;
	bool known;
};

enum { SETS_REMEMBERED = 512 };

/* What is asked of one newcomer after the other. */
struct choice {
	const struct admission *which;
	struct homes_of homes[SETS_REMEMBERED];
};

static unsigned homes_of_servers(const struct partition *p, const struct newcomer *n, struct choice *c)
{
	const uint8_t *names = newcomer_servers(n), *end = (const uint8_t *)n + newcomer_octets(n);
	/* with the zeros behind them, of which one set may have more than its like: it is asked for again */
	uint64_t hash = hash_bytes(names, (size_t)(end - names), p->config->bucket_key + n->members);
	struct homes_of *h = &c->homes[hash % SETS_REMEMBERED];
	struct newcomer_members m = {0};

	if (h->known && h->set_hash == hash)
		return h->homes;
	count_servers(p, NULL, n, &m);
	*h = (struct homes_of){hash, m.server_homes, true};
	return h->homes;
}

/* In the order of what it costs: most are told apart by how many members they have, some by what is known of
 * each, and few are left to be looked at as a whole. */
static bool is_wanted(const struct partition *p, const struct newcomer *first, struct choice *c)
{
	const struct newcomers *all = &p->newcomers;
	unsigned least = c->which->homes_least, server_homes = 0;
	struct newcomer_members m = {0};
	bool alias = false, answer = false;

	if (least == 0)
		return true;
	for (const struct newcomer *n = first; n != NULL; n = newcomers_next(all, n)) {
		alias |= is_alias(n);
		answer |= is_answer(n);
		m.own += newcomer_pairs(n);
		if (newcomer_has_servers(n))
			server_homes += homes_of_servers(p, n, c);
	}
	if (alias && !answer) /* its members lie elsewhere */
		return !c->which->no_aliases;
	if (m.own < least && server_homes < least)
		return false;
	if (!count_own(p, first, server_homes < least ? least : 0, &m))
		return false;
	for (const struct newcomer *n = first; n != NULL; n = newcomers_next(all, n))
		if (newcomer_has_servers(n))
			count_servers(p, first, n, &m);
	return c->which->may == NULL || c->which->may(c->which->context, &m);
}

static bool admit_wanted(void *context, struct partition *p, uint32_t number)
{
	if (is_wanted(p, newcomers_at(&p->newcomers, number), context))
		(void)newcomers_admit(p, number);
	return true;
}

void partition_admit(struct partition *p, const struct admission *which)
{
	struct choice c = {.which = which};

	(void)newcomers_each(p, admit_wanted, &c);
}

/* ---- room ---- */

static bool move(void *context, struct partition *p, uint32_t number)
{
	return newcomers_copy(context, p, number);
}

void newcomers_compact(struct partition *p)
{
	struct newcomers *all = &p->newcomers;
	struct partition now = {.config = p->config};

	if (all->gone < COMPACT_LEAST || all->gone < all->octets / 2)
		return;
	/* new places for the newcomers, and the domains' numbers beside them */
	for (uint32_t n = 0; n < p->n_domains; n++)
		if (index_add(&now.by_domain, table_domain_tag(p->domains[n].hash), n) != OK)
			goto fail;
	if (!newcomers_each(p, move, &now))
		goto fail;
	newcomers_fini(all);
	index_fini(&p->by_domain);
	*all = now.newcomers;
	p->by_domain = now.by_domain;
	return;
fail: /* without memory it stays as it was */
	newcomers_fini(&now.newcomers);
	index_fini(&now.by_domain);
}
