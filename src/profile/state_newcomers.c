/* SPDX-License-Identifier: Apache-2.0 */
/* state_newcomers.c -- whether the observations that wait in a state are sound. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "dns/name.h"
#include "profile/newcomers.h"
#include "profile/state_parts.h"
#include "profile/tables.h"

enum { UNIT = 8, BLOCK_UNITS = NEWCOMER_BLOCK_OCTETS / UNIT };

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

/* Labels, and no root behind them. */
static bool labels_are_good(const uint8_t *octets, size_t n)
{
	size_t at = 0;

	while (octets != NULL && at < n && octets[at] != 0 && octets[at] <= LABEL_OCTETS_MAX)
		at += octets[at] + 1u;
	return octets != NULL && at == n;
}

/* The owner as far as it stands there. */
static bool owner_is_good(const struct newcomer *n, struct cursor *c)
{
	const uint8_t *owner = c->bytes + c->pos;
	size_t own = n->owner_len - (size_t)n->domain_len;

	if ((n->form & NEWCOMER_DOMAIN) == 0)
		return labels_are_good(cursor_bytes(c, own), own);
	return name_is_good(c, n->owner_len) &&
	       name_is_below(owner, n->owner_len, owner + own, n->domain_len);
}

/* What stands behind the head, and how long it gets as an observation. */
static bool body_is_good(const struct newcomer *n)
{
	struct cursor c = cursor_over(n + 1, newcomer_octets(n) - sizeof *n);
	bool servers = newcomer_has_servers(n);
	size_t longer = sizeof(struct obs) + newcomer_pairs(n) * (sizeof(struct addr) - newcomer_width(n)) +
			((n->form & NEWCOMER_DOMAIN) != 0 ? 1u : 2u) * n->domain_len;

	cursor_skip(&c, newcomer_pairs(n) * newcomer_width(n));
	return c.err == OK && owner_is_good(n, &c) && (n->via_len == 0 || name_is_good(&c, n->via_len)) &&
	       (!servers || names_are_good(&c, n->members)) && c.pos + longer <= NEWCOMER_OBS_OCTETS_MAX;
}

static bool newcomer_is_good(const struct newcomer *n)
{
	return newcomer_role(n) <= ROLE_AUTHORITY && n->members <= OBS_MEMBERS_MAX &&
	       state_time_is_good(n->time_ns) && n->domain_len != 0 && n->domain_len <= n->owner_len &&
	       body_is_good(n);
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

		if (left < sizeof *n || newcomer_octets(n) < sizeof *n || newcomer_octets(n) > left ||
		    !newcomer_is_good(n))
			return false;
		(void)state_claim(b->starts, block * BLOCK_UNITS + octets / UNIT);
		octets += (uint32_t)newcomer_octets(n);
	}
	return true;
}

/* Whether it is the first of a domain of the partition. */
static bool first_is_good(const struct blocks *b, const struct newcomer *n)
{
	return (n->form & NEWCOMER_DOMAIN) != 0 &&
	       hash_bytes(newcomer_domain(n), n->domain_len, b->p->config->sketch_key) >> 56 == b->number;
}

/* Follows the observations of one newcomer: none belongs to two, and so there is no loop. */
static bool chain_is_good(struct blocks *b, size_t place)
{
	struct newcomers *all = &b->p->newcomers;
	const struct newcomer *first = newcomers_at(all, (uint32_t)place), *n = first;
	unsigned length = 0;

	if (!first_is_good(b, first))
		return false;
	for (;;) {
		length++;
		all->n_owners += n->owners;
		all->n_pairs += newcomer_pairs(n);
		all->gone -= newcomer_octets(n);
		if (!state_claim(b->claimed, place) || n->domain_len != first->domain_len)
			return false;
		if (n->next == 0)
			return length == first->first;
		if (n->next >> 31 == 0 || (n->next & INT32_MAX) >= all->n_blocks * BLOCK_UNITS)
			return false;
		place = n->next & INT32_MAX;
		if ((b->starts[place / 8] & 1u << place % 8) == 0)
			return false;
		n = newcomers_at(all, (uint32_t)place);
		if (n->first != 0 || (n->form & NEWCOMER_DOMAIN) != 0)
			return false;
	}
}

static enum err add_newcomer(struct partition *p, size_t place)
{
	uint32_t number = (uint32_t)place | UINT32_C(1) << 31;
	const struct newcomer *n = newcomers_at(&p->newcomers, number);
	struct domain_key k = {.name = newcomer_domain(n), .len = n->domain_len};

	p->newcomers.n++;
	k.hash = newcomer_domain_hash(n, p->config->bucket_key);
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
