/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c -- loads started before partition_apply needs them: most of its time would else be waiting for
 * memory. */
#include "base/hash.h"
#include "profile/newcomers.h"
#include "profile/tables.h"

enum { LINE = 64 }; /* octets of the processor's cache */

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

/* Where the next newcomer will stand, perhaps past the end of its block. */
static void fetch_end(const struct partition *p)
{
	uintptr_t end = (uintptr_t)p->newcomers.end;

	__builtin_prefetch((const void *)end, 1);
	__builtin_prefetch((const void *)(end + LINE), 1);
}

static void fetch_newcomer(const struct partition *p, uint32_t number)
{
	const uint8_t *octets = (const uint8_t *)newcomers_at(&p->newcomers, number);

	__builtin_prefetch(octets);
	__builtin_prefetch(octets + LINE);
}

/* The observations that come next, perhaps past the end: they were written a while ago, by another thread
 * perhaps. */
static void fetch_obs(const struct obs *o)
{
	enum { AHEAD = 8 * LINE };

	for (uintptr_t at = (uintptr_t)o + AHEAD; at < (uintptr_t)o + AHEAD + o->size; at += LINE)
		__builtin_prefetch((const void *)at);
}

/* The set is not known: what makes a new one. */
static void fetch_owner(const struct partition *p, const struct obs *o, uint32_t domain, unsigned stage)
{
	struct owner_key k = {.domain = domain, .hash = o->owner_hash};
	uint32_t owner;

	if (stage == 2) {
		index_prefetch(&p->by_owner, table_owner_tag(p, &k));
		return;
	}
	owner = guess(&p->by_owner, table_owner_tag(p, &k));
	if (owner == NONE)
		return;
	__builtin_prefetch(&p->owners[owner]);
	fetch_pairs(p, o, owner);
}

/* The domain has a profile. */
static void fetch_domain(const struct partition *p, const struct obs *o, uint32_t domain, unsigned stage)
{
	uint32_t set;

	if (stage == 1) {
		index_prefetch(&p->by_set, table_set_tag(o));
		__builtin_prefetch(&p->domains[domain]);
		__builtin_prefetch((const uint8_t *)&p->domains[domain] + 64);
		return;
	}
	set = guess(&p->by_set, table_set_tag(o));
	if (set == NONE)
		fetch_owner(p, o, domain, stage);
	else if (stage == 2)
		__builtin_prefetch(&p->sets[set]);
	else
		__builtin_prefetch(&p->owners[p->sets[set].owner]);
}

void partition_fetch(const struct partition *p, const struct obs *o, unsigned stage)
{
	uint32_t domain;

	if (stage == 0) {
		fetch_obs(o);
		index_prefetch(&p->by_domain, table_domain_tag(o->domain_hash));
		return;
	}
	domain = guess(&p->by_domain, table_domain_tag(o->domain_hash));
	if (domain != NONE && !newcomers_has(domain))
		fetch_domain(p, o, domain, stage);
	else if (stage != 1)
		return;
	else if (domain == NONE)
		fetch_end(p);
	else
		fetch_newcomer(p, domain);
}
