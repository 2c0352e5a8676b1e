/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state_check.c -- whether what a state says of a partition is sound.
 *
 * Entries name whom they belong to, and that one says how many there are. So a list whose entries all belong
 * to its head, and which ends after that many, has no loop and shares no entry with another; and when the
 * numbers add up to the length of the array, no entry is left over.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"
#include "profile/state_parts.h"
#include "profile/tables.h"

bool state_name_is_good(const uint8_t *octets, size_t len)
{
	for (size_t at = 0; at < len; at += octets[at] + 1u) {
		if (octets[at] == 0)
			return at + 1 == len;
		if (octets[at] > LABEL_OCTETS_MAX)
			return false;
	}
	return false;
}

static bool name_is_good(const struct partition *p, uint32_t name, uint8_t len)
{
	return name <= p->n_names && len <= p->n_names - name && state_name_is_good(p->names + name, len);
}

/* What is walked, with what the lists add up to. */
struct walk {
	const struct partition *p;
	uint8_t *links; /* bits: they belong to a set or to an alias */
	size_t owners, pairs, sets;
};

static bool is_number(uint32_t number, size_t n)
{
	return number == NONE || number < n;
}

static bool links_are_good(struct walk *w, const struct set *s)
{
	const struct partition *p = w->p;

	if (s->links > p->n_links || s->room > p->n_links - s->links || s->n > s->room)
		return false;
	for (uint32_t i = s->links; i < s->links + s->room; i++)
		if (!state_claim(w->links, i))
			return false;
	if (s->kind == OBS_SERVERS)
		return s->n % 2 == 0;
	for (uint32_t i = s->links; i < s->links + s->n; i++)
		if (p->links[i] >= p->n_pairs || p->pairs[p->links[i]].owner != s->owner)
			return false;
	return s->kind == OBS_ADDRESSES;
}

static bool sets_are_good(struct walk *w, uint32_t owner)
{
	const struct partition *p = w->p;
	const struct owner *of = &p->owners[owner];
	unsigned n = 0;

	for (uint32_t at = of->sets; at != NONE; at = p->sets[at].next, n++)
		if (at >= p->n_sets || p->sets[at].owner != owner || n == of->n_sets ||
		    !links_are_good(w, &p->sets[at]))
			return false;
	w->sets += n;
	return n == of->n_sets &&
	       (of->hand == NONE || (of->hand < p->n_sets && p->sets[of->hand].owner == owner));
}

static bool pairs_are_good(struct walk *w, uint32_t owner)
{
	const struct partition *p = w->p;
	const struct owner *of = &p->owners[owner];
	uint32_t n = 0;

	for (uint32_t at = of->pairs; at != NONE; at = p->pairs[at].next, n++)
		if (at >= p->n_pairs || p->pairs[at].owner != owner || n == of->n_pairs ||
		    !state_time_is_good(p->pairs[at].first_ns) || !state_time_is_good(p->pairs[at].last_ns))
			return false;
	w->pairs += n;
	return n == of->n_pairs;
}

/* Whether a number is of an owner of the domain. */
static bool is_beside(const struct partition *p, uint32_t number, uint32_t domain)
{
	return number < p->n_owners && p->owners[number].domain == domain;
}

static bool targets_are_good(struct walk *w, const struct owner *o)
{
	const struct partition *p = w->p;
	uint32_t room = table_targets_room(o);

	if (o->via == NONE || o->n_targets == 0)
		return o->n_targets == 0;
	if (o->targets > p->n_links || room > p->n_links - o->targets)
		return false;
	for (uint32_t i = 0; i < room; i++)
		if (!state_claim(w->links, o->targets + i) ||
		    (i < o->n_targets && !is_beside(p, p->links[o->targets + i] & ~TARGET_MOVED, o->domain)))
			return false;
	return true;
}

static bool owner_is_good(struct walk *w, uint32_t owner)
{
	const struct partition *p = w->p;
	const struct owner *o = &p->owners[owner];
	const struct domain *d = &p->domains[o->domain];

	return name_is_good(p, o->name, o->name_len) && state_time_is_good(o->first_ns) &&
	       state_time_is_good(o->last_ns) &&
	       ((o->roles & OWNER_FOREIGN) != 0 ||
		name_is_below(p->names + o->name, o->name_len, p->names + d->name, d->name_len)) &&
	       (o->via == NONE || is_beside(p, o->via, o->domain)) && targets_are_good(w, o) &&
	       pairs_are_good(w, owner) && sets_are_good(w, owner);
}

static bool owners_are_good(struct walk *w, uint32_t domain)
{
	const struct partition *p = w->p;
	const struct domain *d = &p->domains[domain];
	size_t pairs = w->pairs;
	uint32_t n = 0;

	for (uint32_t at = d->owners; at != NONE; at = p->owners[at].next, n++)
		if (at >= p->n_owners || p->owners[at].domain != domain || n == d->n_owners ||
		    !owner_is_good(w, at))
			return false;
	w->owners += n;
	return n == d->n_owners && w->pairs - pairs == d->n_pairs;
}

/* By its own hashes it is where it belongs. */
static bool is_at_home(const struct partition *p, const struct domain *d, unsigned number)
{
	const uint8_t *name = p->names + d->name;

	if (d->partition != number || d->hash != hash_bytes(name, d->name_len, p->config->bucket_key))
		return false;
	return p->config->servers ? d->name_len == 1
				  : hash_bytes(name, d->name_len, p->config->sketch_key) >> 56 == number;
}

static bool domain_is_good(struct walk *w, uint32_t domain, unsigned number)
{
	const struct partition *p = w->p;
	const struct domain *d = &p->domains[domain];

	return name_is_good(p, d->name, d->name_len) && is_at_home(p, d, number) &&
	       state_time_is_good(d->first_ns) && state_time_is_good(d->last_ns) &&
	       state_time_is_good(d->looked_ns) &&
	       (d->decided_ns == STAMP_NONE || state_time_is_good(d->decided_ns)) &&
	       is_number(d->more_owners, p->n_sketches) && is_number(d->more_pairs, p->n_sketches) &&
	       owners_are_good(w, domain);
}

enum err state_check_tables(const struct partition *p, unsigned number)
{
	struct walk w = {.p = p, .links = state_bits(p->n_links)};
	bool good = !p->config->servers || p->n_domains <= 1;

	if (w.links == NULL)
		return E_MEMORY;
	for (uint32_t n = 0; good && n < p->n_domains; n++)
		good = domain_is_good(&w, n, number);
	free(w.links);
	return good && w.owners == p->n_owners && w.pairs == p->n_pairs && w.sets == p->n_sets ? OK
											       : E_FORMAT;
}
