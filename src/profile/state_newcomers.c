/* SPDX-License-Identifier: Apache-2.0 */
/* state_newcomers.c -- whether the observations that wait in a state are sound. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "profile/newcomers.h"
#include "profile/state_parts.h"
#include "profile/tables.h"

enum { HEAD = offsetof(struct newcomer, obs), UNIT = 8, BLOCK_UNITS = NEWCOMER_BLOCK_OCTETS / UNIT };

/* The names behind a cursor, one after the other. */
static bool names_are_good(struct cursor *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *name = c->bytes + c->pos;
		size_t len = 0;

		while (len < cursor_left(c) && name[len] != 0)
			len += name[len] + 1u;
		if (len >= cursor_left(c) || len >= UINT8_MAX || !state_name_is_good(name, len + 1))
			return false;
		cursor_skip(c, len + 1);
	}
	return true;
}

static bool name_is_good(struct cursor *c, uint8_t len)
{
	const uint8_t *name = cursor_bytes(c, len);

	return name != NULL && state_name_is_good(name, len);
}

/* What stands behind the head of an observation. */
static bool body_is_good(const struct obs *o)
{
	struct cursor c = cursor_over(o + 1, o->size - sizeof *o);

	if (o->kind == OBS_ADDRESSES)
		cursor_skip(&c, o->members * sizeof(struct addr));
	return c.err == OK && name_is_good(&c, o->domain_len) && name_is_good(&c, o->owner_len) &&
	       (o->via_len == 0 || name_is_good(&c, o->via_len)) &&
	       (o->kind == OBS_ADDRESSES || names_are_good(&c, o->members));
}

static bool obs_is_good(const struct partition *p, const struct obs *o, unsigned number)
{
	return (o->kind == OBS_ADDRESSES || o->kind == OBS_SERVERS) && o->role <= ROLE_AUTHORITY &&
	       o->members <= OBS_MEMBERS_MAX && o->partition == number && state_time_is_good(o->time_ns) &&
	       state_time_is_good(o->last_ns) && body_is_good(o) &&
	       o->domain_hash == hash_bytes(obs_domain(o), o->domain_len, p->config->bucket_key) &&
	       o->owner_hash == hash_bytes(obs_owner(o), o->owner_len, p->config->bucket_key) &&
	       hash_bytes(obs_domain(o), o->domain_len, p->config->sketch_key) >> 56 == number;
}

static bool newcomer_is_good(const struct partition *p, const struct newcomer *n, unsigned number)
{
	return obs_is_good(p, &n->obs, number) &&
	       n->pairs == (n->obs.kind == OBS_ADDRESSES ? n->obs.members : 0);
}

struct blocks {
	struct partition *p;
	unsigned number;
	uint8_t *starts, *claimed; /* bits by place: an observation begins there, and belongs to a newcomer */
};

/* Finds where observations begin. */
static bool block_is_good(struct blocks *b, size_t block)
{
	const struct newcomer_block *at = &b->p->newcomers.blocks[block];
	uint32_t octets = 0;

	while (octets < at->used) {
		uint32_t left = at->used - octets;
		const struct newcomer *n = (const struct newcomer *)(const void *)(at->octets + octets);

		if (left < sizeof *n || n->obs.size < sizeof n->obs || n->obs.size % UNIT != 0 ||
		    n->obs.size > NEWCOMER_OBS_OCTETS_MAX || n->obs.size > left - HEAD ||
		    !newcomer_is_good(b->p, n, b->number))
			return false;
		(void)state_claim(b->starts, block * BLOCK_UNITS + octets / UNIT);
		octets += (uint32_t)HEAD + n->obs.size;
	}
	return true;
}

/* Follows the observations of one newcomer: none belongs to two, and so there is no loop. */
static bool chain_is_good(struct blocks *b, size_t place)
{
	struct newcomers *all = &b->p->newcomers;
	const struct newcomer *first = newcomers_at(all, (uint32_t)place), *n = first;
	const struct obs *o = &first->obs;
	unsigned length = 0;

	for (;;) {
		length++;
		all->n_owners += n->owners;
		all->n_pairs += n->pairs;
		all->gone -= HEAD + n->obs.size;
		if (!state_claim(b->claimed, place) || n->obs.domain_hash != o->domain_hash)
			return false;
		if (n->next == 0)
			return length == first->first;
		if (n->next >> 31 == 0 || (n->next & INT32_MAX) >= all->n_blocks * BLOCK_UNITS)
			return false;
		place = n->next & INT32_MAX;
		if ((b->starts[place / 8] & 1u << place % 8) == 0)
			return false;
		n = newcomers_at(all, (uint32_t)place);
		if (n->first != 0)
			return false;
	}
}

static enum err add_newcomer(struct partition *p, size_t place)
{
	uint32_t number = (uint32_t)place | UINT32_C(1) << 31;
	const struct obs *o = &newcomers_at(&p->newcomers, number)->obs;
	struct domain_key k = {.name = obs_domain(o), .len = o->domain_len, .hash = o->domain_hash};

	p->newcomers.n++;
	return table_find_domain(p, &k) != NONE ? E_FORMAT
						: index_add(&p->by_domain, table_domain_tag(k.hash), number);
}

static enum err check_chains(struct blocks *b)
{
	struct newcomers *all = &b->p->newcomers;
	enum err e = OK;

	all->gone = all->octets; /* those that belong to a newcomer are taken off */
	for (size_t place = 0; e == OK && place < all->n_blocks * BLOCK_UNITS; place++) {
		if ((b->starts[place / 8] & 1u << place % 8) == 0 ||
		    newcomers_at(all, (uint32_t)place)->first == 0)
			continue;
		e = chain_is_good(b, place) ? add_newcomer(b->p, place) : E_FORMAT;
	}
	return e;
}

/* No domain stands there twice. */
static bool domains_differ(const struct partition *p)
{
	for (uint32_t n = 0; n < p->n_domains; n++) {
		const struct domain *d = &p->domains[n];
		struct domain_key k = {
			.name = partition_name(p, d->name), .len = d->name_len, .hash = d->hash};

		if (table_find_domain(p, &k) != n)
			return false;
	}
	return true;
}

enum err state_check_newcomers(struct partition *p, unsigned number)
{
	size_t places = p->newcomers.n_blocks * BLOCK_UNITS;
	struct blocks b = {.p = p, .number = number};
	enum err e = OK;

	if (!domains_differ(p) || places > INT32_MAX || (p->config->servers && places != 0))
		return E_FORMAT;
	b.starts = state_bits(places);
	b.claimed = state_bits(places);
	if (b.starts == NULL || b.claimed == NULL)
		e = E_MEMORY;
	for (size_t i = 0; e == OK && i < p->newcomers.n_blocks; i++)
		e = block_is_good(&b, i) ? OK : E_FORMAT;
	if (e == OK)
		e = check_chains(&b);
	free(b.starts);
	free(b.claimed);
	return e;
}
