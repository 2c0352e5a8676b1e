/* SPDX-License-Identifier: Apache-2.0 */
/* tables.c -- see tables.h. */
#include "profile/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "profile/newcomers.h"

bool table_grow(void **array, size_t *room, size_t n, size_t size)
{
	size_t more = *room + *room / 4 + 16; /* by a quarter: memory is counted in octets for each entry */
	void *grown;

	if (n < *room)
		return true;
	more = more < n + 1 ? n + 1 : more;
	grown = realloc(*array, more * size);
	if (grown == NULL)
		return false;
	*array = grown;
	*room = more;
	return true;
}

#define GROW(p, what) table_grow((void **)&(p)->what, &(p)->what##_room, (p)->n_##what, sizeof *(p)->what)

/* Into the sketch of that number, which is made when there is none; without memory it goes uncounted. */
static void sketch(struct partition *p, uint32_t *number, uint64_t hash)
{
	if (*number == NONE) {
		if (!GROW(p, sketches))
			return;
		*number = (uint32_t)p->n_sketches++;
		p->sketches[*number] = (struct sketch){{0}};
	}
	sketch_add(&p->sketches[*number], hash);
}

uint32_t table_net(const struct partition *p, const struct addr *a, bool *home)
{
	*home = true;
	return p->config->net_of == NULL ? 0 : p->config->net_of(p->config->net_context, a, home);
}

static uint32_t keep_name(struct partition *p, const uint8_t *octets, uint8_t len)
{
	if (!table_grow((void **)&p->names, &p->names_room, p->n_names + len, 1))
		return NONE;
	memcpy(p->names + p->n_names, octets, len);
	p->n_names += len;
	return (uint32_t)(p->n_names - len);
}

static bool is_domain(const struct partition *p, uint32_t number, const struct domain_key *k)
{
	if (newcomers_has(number)) {
		const struct newcomer *n = newcomers_at(&p->newcomers, number);

		return n->domain_len == k->len && memcmp(newcomer_domain(n), k->name, k->len) == 0;
	}
	return p->domains[number].hash == k->hash && p->domains[number].name_len == k->len &&
	       memcmp(p->names + p->domains[number].name, k->name, k->len) == 0;
}

uint32_t table_find_domain(const struct partition *p, const struct domain_key *k)
{
	uint32_t tag = table_domain_tag(k->hash), at, n;

	for (n = index_first(&p->by_domain, tag, &at); n != NONE; n = index_next(&p->by_domain, tag, &at))
		if (is_domain(p, n, k))
			return n;
	return NONE;
}

uint32_t partition_find(struct partition *p, uint64_t hash, const uint8_t *name, size_t len)
{
	struct domain_key k = {.name = name, .len = (uint8_t)len, .hash = hash};
	uint32_t n = table_find_domain(p, &k);

	return newcomers_has(n) ? newcomers_admit(p, n) : n;
}

uint32_t table_domain(struct partition *p, const struct domain_key *k)
{
	uint32_t name;

	if (!GROW(p, domains) || (name = keep_name(p, k->name, k->len)) == NONE ||
	    index_add(&p->by_domain, table_domain_tag(k->hash), (uint32_t)p->n_domains) != OK)
		return NONE;
	p->domains[p->n_domains] = (struct domain){
		.hash = k->hash,
		.first_ns = k->time_ns,
		.last_ns = k->time_ns,
		.looked_ns = k->time_ns,
		.name = name,
		.name_len = k->len,
		.partition = k->partition,
		.owners = NONE,
		.more_owners = NONE,
		.more_pairs = NONE,
		.decided_ns = STAMP_NONE,
	};
	return (uint32_t)p->n_domains++;
}

/* Not the two hashes' difference: a domain's own name is an owner too, and all those would share one tag. */
static uint32_t owner_tag(uint64_t domain_hash, uint64_t owner_hash)
{
	return (uint32_t)(hash_u64(owner_hash, domain_hash) >> 32);
}

uint32_t table_owner_tag(const struct partition *p, const struct owner_key *k)
{
	return owner_tag(p->domains[k->domain].hash, k->hash);
}

uint32_t table_find_owner(const struct partition *p, const struct owner_key *k)
{
	uint32_t tag = table_owner_tag(p, k), at, n;

	for (n = index_first(&p->by_owner, tag, &at); n != NONE; n = index_next(&p->by_owner, tag, &at)) {
		const struct owner *w = &p->owners[n];

		if (w->domain == k->domain && w->name_len == k->len &&
		    memcmp(p->names + w->name, k->name, k->len) == 0)
			return n;
	}
	return NONE;
}

uint32_t partition_owner(const struct partition *p, const uint8_t *name, size_t len, size_t domain_at)
{
	struct domain_key d = {.name = name + domain_at, .len = (uint8_t)(len - domain_at)};
	struct owner_key k = {.name = name, .len = (uint8_t)len};

	d.hash = hash_bytes(d.name, d.len, p->config->bucket_key);
	k.hash = hash_bytes(name, len, p->config->bucket_key);
	k.domain = table_find_domain(p, &d);
	return k.domain == NONE || newcomers_has(k.domain) ? NONE : table_find_owner(p, &k);
}

uint32_t table_find_server(const struct partition *servers, uint64_t hash)
{
	uint32_t tag, at, n;

	if (servers->n_domains == 0)
		return NONE;
	tag = owner_tag(servers->domains[0].hash, hash);
	n = index_first(&servers->by_owner, tag, &at);
	return n; /* names are not compared: 32 bits of a hash under a random key */
}

uint32_t table_owner(struct partition *p, const struct owner_key *k, int64_t time_ns)
{
	struct domain *d = &p->domains[k->domain];
	uint32_t found = table_find_owner(p, k), name;

	if (found != NONE)
		return found;
	if ((d->n_owners >= p->config->domain_owners_max && !p->config->servers) ||
	    (k->foreign && d->n_foreign >= DOMAIN_FOREIGN_MAX)) {
		if (!k->foreign)
			sketch(p, &d->more_owners, hash_bytes(k->name, k->len, p->config->sketch_key));
		return NONE;
	}
	if (!GROW(p, owners))
		return NONE;
	/* the apex shares the domain's own octets */
	name = k->len == d->name_len && memcmp(p->names + d->name, k->name, k->len) == 0
		       ? d->name
		       : keep_name(p, k->name, k->len);
	if (name == NONE || index_add(&p->by_owner, table_owner_tag(p, k), (uint32_t)p->n_owners) != OK)
		return NONE;
	p->owners[p->n_owners] = (struct owner){
		.first_ns = time_ns,
		.last_ns = time_ns,
		.domain = k->domain,
		.next = d->owners,
		.name = name,
		.name_len = k->len,
		.pairs = NONE,
		.sets = NONE,
		.via = NONE,
		.hand = NONE,
		.targets = NONE,
		.ttl_min = UINT32_MAX,
	};
	d->owners = (uint32_t)p->n_owners++;
	d->n_owners++;
	if (k->foreign) {
		p->owners[d->owners].roles = OWNER_FOREIGN;
		d->n_foreign++;
	}
	return d->owners;
}

/* A longer list of targets, at the end of the links; false without memory. */
static bool widen_targets(struct partition *p, struct owner *w)
{
	uint32_t room = table_targets_room(w), more = room == 0 ? 2 : 2 * room;

	if (w->n_targets < room)
		return true;
	if (!table_grow((void **)&p->links, &p->links_room, p->n_links + more, sizeof *p->links))
		return false;
	memset(p->links + p->n_links, 0, more * sizeof *p->links);
	if (w->n_targets == 0)
		p->links[p->n_links] = w->via;
	else
		memcpy(p->links + p->n_links, p->links + w->targets, room * sizeof *p->links);
	w->targets = (uint32_t)p->n_links;
	w->n_targets = (uint8_t)(w->n_targets == 0 ? 1 : w->n_targets);
	p->n_links += more;
	return true;
}

void table_target(struct partition *p, uint32_t alias, uint32_t to, bool moved)
{
	struct owner *w = &p->owners[alias];
	unsigned n = owner_targets(w), i = 0;

	while (i < n && (partition_target(p, w, i) & ~TARGET_MOVED) != to)
		i++;
	if (i == n && n != 0 && n < OWNER_TARGETS_MAX && widen_targets(p, w))
		p->links[w->targets + w->n_targets++] = to | (moved ? TARGET_MOVED : 0);
	w->via = to;
}

uint32_t table_pair_tag(const struct partition *p, uint32_t owner, const struct addr *a)
{
	return (uint32_t)(hash_bytes(a, sizeof *a, p->config->bucket_key ^ owner) >> 32);
}

uint32_t table_pair(struct partition *p, uint32_t owner, const struct addr *a, bool *fresh)
{
	struct domain *d = &p->domains[p->owners[owner].domain];
	uint32_t tag = table_pair_tag(p, owner, a), at, n;

	*fresh = false;
	for (n = index_first(&p->by_pair, tag, &at); n != NONE; n = index_next(&p->by_pair, tag, &at))
		if (p->pairs[n].owner == owner && memcmp(&p->pairs[n].addr, a, sizeof *a) == 0)
			return n;
	if (d->n_pairs >= p->config->domain_pairs_max && !p->config->servers) {
		struct addr m = member_of(a);

		sketch(p, &d->more_pairs, hash_bytes(&m, sizeof m, p->config->sketch_key));
		return NONE;
	}
	if (!GROW(p, pairs) || index_add(&p->by_pair, tag, (uint32_t)p->n_pairs) != OK)
		return NONE;
	*fresh = true;
	n = (uint32_t)p->n_pairs++;
	p->pairs[n] = (struct pair){.addr = *a, .owner = owner, .next = p->owners[owner].pairs};
	p->owners[owner].pairs = n;
	p->owners[owner].n_pairs++;
	d->n_pairs++;
	return n;
}

uint32_t table_find_set(const struct partition *p, const struct obs *o)
{
	uint64_t key = table_set_key(o);
	uint32_t tag = (uint32_t)(key >> 32), at, n;

	for (n = index_first(&p->by_set, tag, &at); n != NONE; n = index_next(&p->by_set, tag, &at))
		if (p->sets[n].hash == key)
			return n;
	return NONE;
}

/* Room for n links, at the end of the array. */
static bool take_links(struct partition *p, struct set *s, uint16_t n)
{
	if (s->room >= n)
		return true;
	if (!table_grow((void **)&p->links, &p->links_room, p->n_links + n, sizeof *p->links))
		return false;
	s->links = (uint32_t)p->n_links;
	s->room = n;
	p->n_links += n;
	return true;
}

/* A set of the owner that no cache holds any more: a few are looked at each time, so that all get their turn.
 */
static uint32_t find_dead(const struct partition *p, struct owner *w, const struct obs *o)
{
	enum { LOOKS = 4, SURE_S = 60 }; /* sure: late records may still tell of one that is just dead */
	int64_t now_s = o->time_ns / NS_PER_SECOND;

	for (unsigned i = 0; w->n_sets >= OWNER_SETS_KEPT && i < LOOKS; i++) {
		w->hand = w->hand == NONE ? w->sets : p->sets[w->hand].next;
		if (w->hand != NONE && p->sets[w->hand].dies_s + (int64_t)SURE_S < now_s)
			return w->hand;
	}
	return NONE;
}

uint32_t table_set(struct partition *p, uint32_t owner, const struct obs *o)
{
	struct owner *w = &p->owners[owner];
	uint64_t key = table_set_key(o);
	uint32_t n = find_dead(p, w, o);

	if (n != NONE) {
		partition_settle_set(p, n);
		index_remove(&p->by_set, (uint32_t)(p->sets[n].hash >> 32), n);
	} else {
		if (w->n_sets == UINT16_MAX || !GROW(p, sets))
			return NONE;
		n = (uint32_t)p->n_sets++;
		p->sets[n] = (struct set){.owner = owner, .next = w->sets};
		w->sets = n;
		w->n_sets++;
	}
	p->sets[n].hash = key;
	p->sets[n].n = 0;
	p->sets[n].waiting = 0;
	p->sets[n].dies_s = 0;
	p->sets[n].looked_ns = p->sets[n].last_ns = STAMP_NONE;
	p->sets[n].member_role = o->member_role;
	p->sets[n].kind = o->kind;
	if (!take_links(p, &p->sets[n], (uint16_t)(o->kind == OBS_SERVERS ? 2 * o->members : o->members)) ||
	    index_add(&p->by_set, (uint32_t)(key >> 32), n) != OK) {
		p->sets[n].hash = 0;
		return NONE;
	}
	return n;
}

bool table_index_all(struct partition *p)
{
	bool good = true;

	for (uint32_t n = 0; n < p->n_domains; n++)
		good &= index_add(&p->by_domain, table_domain_tag(p->domains[n].hash), n) == OK;
	for (uint32_t n = 0; n < p->n_owners; n++) {
		const struct owner *w = &p->owners[n];
		struct owner_key k = {.domain = w->domain, .name = p->names + w->name, .len = w->name_len};

		k.hash = hash_bytes(k.name, k.len, p->config->bucket_key);
		good &= index_add(&p->by_owner, table_owner_tag(p, &k), n) == OK;
	}
	for (uint32_t n = 0; n < p->n_pairs; n++)
		good &= index_add(&p->by_pair, table_pair_tag(p, p->pairs[n].owner, &p->pairs[n].addr), n) ==
			OK;
	for (uint32_t n = 0; n < p->n_sets; n++)
		good &= index_add(&p->by_set, (uint32_t)(p->sets[n].hash >> 32), n) == OK;
	return good;
}
