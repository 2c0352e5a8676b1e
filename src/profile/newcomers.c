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
	HEAD = offsetof(struct newcomer, obs),
	AHEAD = 1024 /* octets: fetched so long before they are walked over */
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
	all->octets += octets;
	return (uint32_t)(place / 8) | UINT32_C(1) << 31;
}

static uint32_t append(struct newcomers *all, const struct obs *o)
{
	uint32_t number = reserve(all, HEAD + o->size);
	struct newcomer *n;

	if (number == NONE)
		return NONE;
	n = newcomers_at(all, number);
	*n = (struct newcomer){.pairs = o->kind == OBS_ADDRESSES ? o->members : 0};
	memcpy(&n->obs, o, o->size);
	return number;
}

/* Nothing about it needs a profile to be kept. */
static bool is_plain(const struct obs *o)
{
	return o->marks == 0 && o->count == 1 && (o->lacks & LACK_LOOKUPS) == 0 &&
	       o->size <= NEWCOMER_OBS_OCTETS_MAX;
}

/* Where an alias leads, without addresses. */
static bool is_alias(const struct obs *o)
{
	return o->kind == OBS_ADDRESSES && o->members == 0;
}

static bool is_answer(const struct obs *o)
{
	return o->kind == OBS_ADDRESSES && o->members != 0 && (o->member_role & MEMBER_NS) == 0;
}

static bool is_same_source(const struct obs *a, const struct obs *b)
{
	return a->role == b->role && a->vantage == b->vantage && a->lacks == b->lacks;
}

static bool is_same_set(const struct obs *a, const struct obs *b)
{
	return a->set_hash == b->set_hash && a->owner_hash == b->owner_hash && a->type == b->type &&
	       a->member_role == b->member_role && a->kind == b->kind;
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
	uint32_t number = append(all, o);
	struct newcomer *n;

	if (number == NONE)
		return false;
	n = newcomers_at(all, number);
	n->first = 1;
	n->owners = o->via_len == 0 ? 1 : 2;
	if (index_add(&p->by_domain, table_domain_tag(o->domain_hash), number) != OK) {
		n->first = 0;
		all->gone += HEAD + o->size;
		return false;
	}
	all->n++;
	all->n_owners += n->owners;
	all->n_pairs += n->pairs;
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
		k.answer |= is_answer(&n->obs);
		k.owner |= n->obs.owner_hash == o->owner_hash;
		if (is_same_set(&n->obs, o))
			k.same = n;
		if (n->next == 0)
			return k;
	}
}

static bool add(struct partition *p, struct newcomer *first, const struct known *k, const struct obs *o)
{
	struct newcomers *all = &p->newcomers;
	uint32_t number;
	struct newcomer *n;

	if (first->first == CHAIN_MAX || (k->answer && is_answer(o)) || (number = append(all, o)) == NONE)
		return false;
	n = newcomers_at(all, number);
	n->owners = (uint8_t)((k->owner ? 0 : 1) + (o->via_len == 0 ? 0 : 1));
	k->last->next = number;
	first->first++;
	all->n_owners += n->owners;
	all->n_pairs += n->pairs;
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
	if (!is_same_source(&first->obs, o))
		return false;
	k = look_through(&p->newcomers, first, o);
	if (k.same == NULL)
		return (o->time_ns == first->obs.time_ns || is_alias(o)) && add(p, first, &k, o);
	if (o->time_ns < first->obs.time_ns || !table_is_repeat(o, table_dies_s(&k.same->obs)))
		return false;
	p->counts.repeats++;
	return true;
}

/* Takes its entry out; what it told is still to be read. */
static void remove_first(struct partition *p, struct newcomer *first, uint32_t number)
{
	struct newcomers *all = &p->newcomers;

	index_remove(&p->by_domain, table_domain_tag(first->obs.domain_hash), number);
	first->first = 0;
	all->n--;
	for (const struct newcomer *n = first; n != NULL; n = newcomers_next(all, n)) {
		all->gone += HEAD + n->obs.size;
		all->n_owners -= n->owners;
		all->n_pairs -= n->pairs;
	}
}

uint32_t newcomers_admit(struct partition *p, uint32_t number)
{
	struct newcomers *all = &p->newcomers;
	struct newcomer *first = newcomers_at(all, number);
	struct profile_counts counts = p->counts; /* it was counted when it came */

	remove_first(p, first, number);
	all->admitting = true;
	for (const struct newcomer *n = first; n != NULL; n = newcomers_next(all, n))
		(void)partition_apply(p, &n->obs);
	all->admitting = false;
	counts.no_memory = p->counts.no_memory;
	p->counts = counts;
	return partition_find(p, first->obs.domain_hash, obs_domain(&first->obs), first->obs.domain_len);
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
			at += (uint32_t)HEAD + n->obs.size;
			if (n->first != 0 && !visit(context, p, number))
				return false;
		}
	return true;
}

bool newcomers_copy(struct partition *to, const struct partition *from, uint32_t number)
{
	const struct newcomer *old = newcomers_at(&from->newcomers, number);
	struct newcomers *all = &to->newcomers;
	uint64_t hash = old->obs.domain_hash;
	uint32_t *link = NULL, first = NONE;

	for (const struct newcomer *n = old; n != NULL; n = newcomers_next(&from->newcomers, n)) {
		uint32_t now = append(all, &n->obs);

		if (now == NONE)
			return false;
		newcomers_at(all, now)->first = n->first;
		newcomers_at(all, now)->owners = n->owners;
		all->n_owners += n->owners;
		all->n_pairs += n->pairs;
		if (link != NULL)
			*link = now;
		link = &newcomers_at(all, now)->next;
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
		bool server = (n->obs.member_role & (MEMBER_NS | MEMBER_NS_HOST)) != 0;

		for (uint16_t i = 0; i < n->pairs; i++) {
			bool home;

			if (m->own_homes + left-- < least)
				return false;
			(void)table_net(p, &obs_addrs(&n->obs)[i], &home);
			m->own_homes += home;
			m->own_server_homes += home && server;
		}
		m->own_servers += server ? n->pairs : 0;
	}
	return m->own_homes >= least;
}

static bool has(const struct partition *p, const struct newcomer *first, const struct addr *a)
{
	for (const struct newcomer *n = first; n != NULL; n = newcomers_next(&p->newcomers, n))
		for (uint16_t i = 0; n->obs.kind == OBS_ADDRESSES && i < n->obs.members; i++)
			if (memcmp(&obs_addrs(&n->obs)[i], a, sizeof *a) == 0)
				return true;
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

static void count_servers(const struct partition *p, const struct newcomer *first, const struct obs *o,
			  struct newcomer_members *m)
{
	const uint8_t *name = obs_servers(o);

	for (uint16_t i = 0; p->servers != NULL && i < o->members; i++) {
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

static unsigned homes_of_servers(const struct partition *p, const struct obs *o, struct choice *c)
{
	struct homes_of *h = &c->homes[o->set_hash % SETS_REMEMBERED];
	struct newcomer_members m = {0};

	if (h->known && h->set_hash == o->set_hash)
		return h->homes;
	count_servers(p, NULL, o, &m);
	*h = (struct homes_of){o->set_hash, m.server_homes, true};
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
		alias |= is_alias(&n->obs);
		answer |= is_answer(&n->obs);
		m.own += n->pairs;
		if (n->obs.kind == OBS_SERVERS)
			server_homes += homes_of_servers(p, &n->obs, c);
	}
	if (alias && !answer) /* its members lie elsewhere */
		return !c->which->no_aliases;
	if (m.own < least && server_homes < least)
		return false;
	if (!count_own(p, first, server_homes < least ? least : 0, &m))
		return false;
	for (const struct newcomer *n = first; n != NULL; n = newcomers_next(all, n))
		if (n->obs.kind == OBS_SERVERS)
			count_servers(p, first, &n->obs, &m);
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
