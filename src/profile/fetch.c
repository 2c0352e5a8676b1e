/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c -- loads started before partition_apply needs them: most of its time would else be waiting for
 * memory. */
#include "base/hash.h"
#include "profile/tables.h"

/* The number that the index gives for a tag: nearly always the right one; NONE. */
static uint32_t guess(const struct index *ix, uint32_t tag)
{
	uint32_t at;

	return index_first(ix, tag, &at);
}

static void fetch_pairs(const struct partition *p, const struct obs *o, uint32_t owner)
{
	enum { PAIRS = 4 };

	for (uint16_t i = 0; o->kind == OBS_ADDRESSES && i < o->members && i < PAIRS; i++)
		index_prefetch(&p->by_pair, table_pair_tag(p, owner, &obs_addrs(o)[i]));
}

/* The domain is new, and what it has will be put behind the last of each. */
static void fetch_ends(const struct partition *p)
{
	if (p->n_domains == 0)
		return;
	__builtin_prefetch(&p->domains[p->n_domains - 1] + 1, 1);
	if (p->n_owners != 0)
		__builtin_prefetch(&p->owners[p->n_owners - 1] + 1, 1);
	if (p->n_pairs != 0)
		__builtin_prefetch(&p->pairs[p->n_pairs - 1] + 1, 1);
	if (p->n_sets != 0)
		__builtin_prefetch(&p->sets[p->n_sets - 1] + 1, 1);
	__builtin_prefetch(&p->names[p->n_names - 1] + 1, 1); /* a domain has a name */
}

/* The set is not known: what makes a new one. */
static void fetch_owner(const struct partition *p, const struct obs *o, unsigned stage)
{
	uint32_t domain = guess(&p->by_domain, (uint32_t)(o->domain_hash >> 32)), owner;
	struct owner_key k = {.domain = domain, .hash = o->owner_hash};

	if (domain == NONE) {
		if (stage == 1)
			fetch_ends(p);
		return;
	}
	if (stage == 1) {
		__builtin_prefetch(&p->domains[domain]);
		return;
	}
	if (stage == 2) {
		index_prefetch(&p->by_owner, table_owner_tag(p, &k));
		__builtin_prefetch((const uint8_t *)&p->domains[domain] + 64);
		return;
	}
	owner = guess(&p->by_owner, table_owner_tag(p, &k));
	if (owner == NONE)
		return;
	__builtin_prefetch(&p->owners[owner]);
	fetch_pairs(p, o, owner);
}

void partition_fetch(const struct partition *p, const struct obs *o, unsigned stage)
{
	uint32_t set;

	if (stage == 0) {
		index_prefetch(&p->by_set, table_set_tag(o));
		index_prefetch(&p->by_domain, (uint32_t)(o->domain_hash >> 32));
		return;
	}
	set = guess(&p->by_set, table_set_tag(o));
	if (set == NONE)
		fetch_owner(p, o, stage);
	else if (stage == 1)
		__builtin_prefetch(&p->sets[set]);
	else if (stage == 2)
		__builtin_prefetch(&p->owners[p->sets[set].owner]);
	else
		__builtin_prefetch(&p->domains[p->owners[p->sets[set].owner].domain]);
}
