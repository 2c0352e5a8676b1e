/* SPDX-License-Identifier: Apache-2.0 */
/* partition.c -- see partition.h: one observation applied, and what waits in sets settled. */
#include "profile/partition.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"
#include "dns/type.h"
#include "profile/members.h"
#include "profile/newcomers.h"
#include "profile/tables.h"

enum { SERVERS_MAX = 1024 }; /* of one domain's zones, listed */

void profile_config_limits(struct profile_config *c)
{
	/* a quarter of the share for one domain: about 100 octets for each name or pair of it */
	size_t most = c->memory_bytes == 0 ? SIZE_MAX : c->memory_bytes / 4 / 100;

	c->domain_owners_max = most / 2 < DOMAIN_OWNERS_MAX ? (uint32_t)(most / 2) : DOMAIN_OWNERS_MAX;
	c->domain_pairs_max = most < DOMAIN_PAIRS_MAX ? (uint32_t)most : DOMAIN_PAIRS_MAX;
}

void partition_init(struct partition *p, const struct profile_config *config, struct partition *servers)
{
	*p = (struct partition){.config = config, .servers = servers, .now_ns = STAMP_NONE};
	p->fresh.cap =
		config->memory_bytes / 8; /* what waits for a boundary must not push out what is kept */
}

void partition_fini(struct partition *p)
{
	free(p->domains);
	free(p->owners);
	free(p->pairs);
	free(p->sets);
	free(p->links);
	free(p->names);
	free(p->sketches);
	newcomers_fini(&p->newcomers);
	index_fini(&p->by_domain);
	index_fini(&p->by_owner);
	index_fini(&p->by_pair);
	index_fini(&p->by_set);
	buf_fini(&p->fresh);
	*p = (struct partition){0};
}

static unsigned vantage_bit(const struct obs *o)
{
	return o->vantage < DOMAIN_VANTAGES - 1 ? o->vantage : DOMAIN_VANTAGES - 1;
}

/* Which of owner.vantages: the first AAAA answer is no change of the A answers before it. */
static unsigned family_of(const struct obs *o)
{
	return o->type == RR_A ? 0 : o->type == RR_AAAA ? 1 : o->type == RR_CNAME ? 3 : 2;
}

/* Whether this side of the resolver feeds turnover for the domain at this vantage. */
static bool feeds(struct domain *d, const struct obs *o)
{
	unsigned shift = 2 * vantage_bit(o);
	enum role now = (enum role)(d->feeds >> shift & 3);

	if (!belief_role_feeds(now, (enum role)o->role))
		return false;
	d->feeds = (d->feeds & ~(3u << shift)) | (uint32_t)o->role << shift;
	return true;
}

void partition_settle_set(struct partition *p, uint32_t set)
{
	struct set *s = &p->sets[set];

	for (uint16_t i = 0; s->kind == OBS_ADDRESSES && i < s->n; i++) {
		struct pair *pair = &p->pairs[p->links[s->links + i]];

		pair->count += s->waiting;
		pair->last_ns = stamp_later(pair->last_ns, s->last_ns);
	}
	s->waiting = 0;
}

void partition_settle_owner(struct partition *p, uint32_t owner)
{
	for (uint32_t s = p->owners[owner].sets; s != NONE; s = p->sets[s].next)
		partition_settle_set(p, s);
}

void partition_settle(struct partition *p, uint32_t domain)
{
	for (uint32_t w = p->domains[domain].owners; w != NONE; w = p->owners[w].next)
		partition_settle_owner(p, w);
}

/* Adds the servers of one set to the list; returns its new length. */
static unsigned add_servers(const struct partition *p, const struct set *s, uint64_t *list, unsigned n,
			    unsigned most)
{
	for (uint16_t i = 0; s->kind == OBS_SERVERS && i + 1 < s->n; i = (uint16_t)(i + 2)) {
		const uint32_t *half = &p->links[s->links + i];
		uint64_t hash = (uint64_t)half[0] << 32 | half[1];
		unsigned k = 0;

		while (k < n && list[k] != hash)
			k++;
		if (k == n && n < most)
			list[n++] = hash;
	}
	return n;
}

unsigned partition_server_hashes(const struct partition *p, uint32_t domain, uint64_t *list, unsigned most)
{
	unsigned n = 0;

	for (uint32_t w = p->domains[domain].owners; p->servers != NULL && w != NONE; w = p->owners[w].next)
		for (uint32_t s = p->owners[w].sets; s != NONE; s = p->sets[s].next)
			n = add_servers(p, &p->sets[s], list, n, most);
	return n;
}

uint32_t partition_server(const struct partition *servers, uint64_t hash)
{
	return table_find_server(servers, hash);
}

unsigned partition_servers(const struct partition *p, uint32_t domain, uint32_t *list, unsigned most)
{
	uint64_t hashes[SERVERS_MAX];
	unsigned n = 0,
		 all = partition_server_hashes(p, domain, hashes, most < SERVERS_MAX ? most : SERVERS_MAX);

	for (unsigned i = 0; i < all; i++) {
		uint32_t owner = partition_server(p->servers, hashes[i]);

		if (owner != NONE)
			list[n++] = owner;
	}
	return n;
}

static void note_ttl(struct owner *w, const struct obs *o)
{
	if ((o->lacks & LACK_TTL) != 0 || o->kind != OBS_ADDRESSES)
		return;
	w->ttl_min = o->ttl < w->ttl_min ? o->ttl : w->ttl_min;
	w->ttl_max = o->ttl > w->ttl_max ? o->ttl : w->ttl_max;
}

static void note_vantage(struct owner *w, const struct obs *o)
{
	w->vantages[family_of(o)] |= (uint16_t)(1u << vantage_bit(o));
}

/* A look-up: the answer did not come out of the cache that earlier sightings came from. */
static void count_lookup(struct partition *p, struct set *s, const struct obs *o)
{
	struct owner *w = &p->owners[s->owner];
	struct domain *d = &p->domains[w->domain];

	s->waiting += o->count;
	s->looked_ns = stamp_later(s->looked_ns, o->time_ns);
	s->last_ns = stamp_later(s->last_ns, o->last_ns);
	s->dies_s = table_dies_s(o) > s->dies_s ? table_dies_s(o) : s->dies_s;
	w->last_ns = stamp_later(w->last_ns, o->last_ns);
	d->looked_ns = stamp_later(d->looked_ns, o->time_ns);
	d->last_ns = stamp_later(d->last_ns, o->last_ns);
	p->counts.lookups += o->count;
	note_vantage(w, o);
	if (o->kind == OBS_ADDRESSES && o->members == 0) /* an alias without addresses is no look-up of any */
		return;
	w->answers +=
		o->kind == OBS_ADDRESSES ? o->count : 0; /* a zone's servers are no look-up of its name */
	note_ttl(w, o);
	if (o->kind == OBS_SERVERS || (o->member_role & MEMBER_NS) != 0)
		d->server_answers += o->kind == OBS_SERVERS;
	else
		d->answers += o->count;
}

struct addr member_of(const struct addr *a)
{
	return addr_is_v4(a) ? *a : addr_prefix(a, 56);
}

/* Written where it stays: a copy would wait for its single octets to be stored. Padding is zero, since what
 * crosses is octets. */
static void tell(struct partition *p, uint64_t domain, uint8_t role, uint16_t partition, const struct addr *a)
{
	struct fresh *f = (struct fresh *)(void *)buf_reserve(&p->fresh, sizeof *f);

	if (f == NULL) {
		p->counts.untold++;
		return;
	}
	/* all partitions write, each a little at a time: where the next ones will stand, perhaps past the end
	 */
	__builtin_prefetch((const void *)((uintptr_t)f + 4 * sizeof *f), 1);
	memset((uint8_t *)f + sizeof *f - sizeof(uint64_t), 0, sizeof(uint64_t));
	f->addr = member_of(a);
	f->domain = domain;
	f->first_ns = p->now_ns;
	f->role = role;
	f->partition = (uint8_t)partition;
	f->part = members_part_of(&f->addr, p->config->sketch_key);
	p->fresh.len += sizeof *f;
}

void partition_tell(struct partition *p, const struct domain *d, const struct addr *a, uint8_t role)
{
	tell(p, d->hash, (uint8_t)(role | (d->accused ? MEMBER_ACCUSED : 0)), d->partition, a);
}

void table_tell(struct partition *p, const struct obs *o, const struct addr *a)
{
	tell(p, o->domain_hash, o->member_role, o->partition, a);
}

static void begin_pair(struct partition *p, struct pair *pair, const struct obs *o, bool moved)
{
	struct domain *d = &p->domains[p->owners[pair->owner].domain];
	bool home;

	pair->first_ns = pair->last_ns = o->time_ns;
	pair->moved = moved;
	pair->roles = MEMBER_GLUE;
	pair->net = table_net(p, &pair->addr, &home);
	d->homes += home;
	p->owners[pair->owner].homes =
		(uint8_t)(p->owners[pair->owner].homes + (home && p->owners[pair->owner].homes < UINT8_MAX));
	if (!p->config->servers && !p->newcomers.admitting) /* servers are told of by their own domains */
		partition_tell(p, d, &pair->addr, o->member_role);
}

/* Whether what the observation tells of is known at its vantage from an earlier look-up. */
static bool is_known_here(const struct owner *w, const struct obs *o)
{
	return (w->vantages[family_of(o)] & 1u << vantage_bit(o)) != 0;
}

/* Links the set to its pairs, making those that are new. Returns whether one is. */
static bool link_pairs(struct partition *p, uint32_t set, const struct obs *o)
{
	struct set *s = &p->sets[set];
	bool known_here = is_known_here(&p->owners[s->owner], o), any = false;

	for (uint16_t i = 0; i < o->members; i++) {
		bool fresh;
		uint32_t n = table_pair(p, s->owner, &obs_addrs(o)[i], &fresh);
		struct pair *pair;

		if (n == NONE)
			continue;
		pair = &p->pairs[n];
		if (fresh) {
			begin_pair(p, pair, o, known_here);
			any = true;
		}
		pair->first_ns = stamp_earlier(pair->first_ns, o->time_ns);
		pair->vantages |= (uint16_t)(1u << vantage_bit(o));
		pair->roles = (uint8_t)((pair->roles & ~(o->member_role & MEMBER_GLUE ? 0 : MEMBER_GLUE)) |
					(o->member_role & ~MEMBER_GLUE));
		p->links[s->links + s->n++] = n;
	}
	return any;
}

/* The owner that an alias leads to, or that was asked for the owner. */
static void link_via(struct partition *p, uint32_t domain, uint32_t owner, const struct obs *o)
{
	struct owner_key k = {.domain = domain, .name = obs_via(o), .len = o->via_len};
	uint32_t via;

	if (o->via_len == 0)
		return;
	k.hash = hash_bytes(k.name, k.len, p->config->bucket_key);
	k.foreign = !name_is_below(k.name, k.len, obs_domain(o), o->domain_len);
	via = table_owner(p, &k, o->time_ns);
	if (via == NONE)
		return;
	p->owners[via].first_ns = stamp_earlier(p->owners[via].first_ns, o->time_ns);
	p->owners[via].last_ns = stamp_later(p->owners[via].last_ns, o->last_ns);
	if ((o->member_role & MEMBER_ALIAS) != 0) {
		table_target(p, owner, via, is_known_here(&p->owners[owner], o));
		p->owners[owner].roles |= OWNER_ALIAS;
	} else {
		table_target(p, via, owner, is_known_here(&p->owners[via], o));
		p->owners[via].roles |= OWNER_ALIAS;
		if ((o->marks & OBS_STALE) == 0)
			note_vantage(&p->owners[via], o);
	}
}

/* Notes the servers of a zone: the domain's own as owners of it, others by their hashes. */
static void link_servers(struct partition *p, uint32_t domain, uint32_t set, const struct obs *o)
{
	const uint8_t *name = obs_servers(o);

	for (uint16_t i = 0; i < o->members; i++) {
		size_t len = name_wire_len(name);
		struct owner_key k = {.domain = domain, .name = name, .len = (uint8_t)len};
		struct set *s = &p->sets[set];

		k.hash = hash_bytes(name, len, p->config->bucket_key);
		if (name_is_below(name, len, obs_domain(o), o->domain_len)) {
			uint32_t n = table_owner(p, &k, o->time_ns);
			if (n != NONE)
				p->owners[n].roles |= OWNER_SERVER;
		} else {
			p->links[s->links + s->n++] = (uint32_t)(k.hash >> 32);
			p->links[s->links + s->n++] = (uint32_t)k.hash;
		}
		name += len;
	}
}

static uint8_t owner_roles(const struct obs *o)
{
	if (o->kind == OBS_SERVERS)
		return OWNER_ZONE;
	if ((o->member_role & (MEMBER_NS | MEMBER_NS_HOST)) != 0)
		return OWNER_SERVER;
	return (o->member_role & MEMBER_ALIAS) != 0 ? OWNER_ALIAS : OWNER_HOST;
}

static uint32_t make_owner(struct partition *p, uint32_t domain, const struct obs *o)
{
	struct owner_key k = {.domain = domain,
			      .name = obs_owner(o),
			      .len = o->owner_len,
			      .hash = o->owner_hash,
			      .foreign = !p->config->servers && !name_is_below(obs_owner(o), o->owner_len,
									       obs_domain(o), o->domain_len)};
	uint32_t n = table_owner(p, &k, o->time_ns);

	if (n == NONE)
		return NONE;
	p->owners[n].roles |= owner_roles(o);
	p->owners[n].first_ns = stamp_earlier(p->owners[n].first_ns, o->time_ns);
	p->owners[n].last_ns = stamp_later(p->owners[n].last_ns, o->last_ns);
	link_via(p, domain, n, o);
	return n;
}

/* Returns whether the domain has a new pair. */
static bool apply_new_set(struct partition *p, uint32_t domain, const struct obs *o)
{
	uint32_t owner = make_owner(p, domain, o), set;
	bool fresh = false;

	if (owner == NONE)
		return false;
	set = table_set(p, owner, o);
	if (set == NONE) {
		p->counts.no_memory++;
		return false;
	}
	if (o->kind == OBS_SERVERS)
		link_servers(p, domain, set, o);
	else
		fresh = link_pairs(p, set, o);
	if ((o->marks & OBS_STALE) == 0) /* what is served past its TTL was looked up before */
		count_lookup(p, &p->sets[set], o);
	return fresh;
}

/* The domain's number; NONE when it is a newcomer still, or without memory. *fresh: it has got its profile
 * now. */
static uint32_t domain_of(struct partition *p, const struct obs *o, bool *fresh)
{
	struct domain_key k = {.name = obs_domain(o),
			       .len = o->domain_len,
			       .hash = o->domain_hash,
			       .time_ns = o->time_ns,
			       .partition = o->partition};
	uint32_t n = table_find_domain(p, &k);

	if (n != NONE && !newcomers_has(n))
		return n;
	if (newcomers_take(p, o, n))
		return NONE;
	*fresh = true;
	n = n == NONE ? table_domain(p, &k) : newcomers_admit(p, n);
	p->counts.no_memory += n == NONE;
	return n;
}

uint32_t partition_apply(struct partition *p, const struct obs *o)
{
	uint32_t domain, set;
	struct domain *d;
	bool fresh = false;

	p->counts.sightings++;
	p->now_ns = stamp_later(p->now_ns, o->time_ns);
	domain = domain_of(p, o, &fresh);
	if (domain == NONE)
		return NONE;
	set = table_find_set(p, o);
	d = &p->domains[domain];
	d->first_ns = stamp_earlier(d->first_ns, o->time_ns);
	d->lacks |= o->lacks;
	d->vantages |= (uint16_t)(1u << vantage_bit(o));
	d->scoped |= (o->marks & OBS_SCOPED) != 0;
	if (!feeds(d, o))
		p->counts.other_role++;
	else if (set == NONE)
		fresh |= apply_new_set(p, domain, o);
	else if (table_is_repeat(o, p->sets[set].dies_s))
		p->counts.repeats++;
	else
		count_lookup(p, &p->sets[set], o);
	return fresh ? domain : NONE;
}

size_t partition_octets(const struct partition *p)
{
	return p->domains_room * sizeof *p->domains + p->owners_room * sizeof *p->owners +
	       p->pairs_room * sizeof *p->pairs + p->sets_room * sizeof *p->sets +
	       p->links_room * sizeof *p->links + p->names_room + p->fresh.room +
	       p->sketches_room * sizeof *p->sketches + newcomers_octets(&p->newcomers) +
	       index_octets(&p->by_domain) + index_octets(&p->by_owner) + index_octets(&p->by_pair) +
	       index_octets(&p->by_set);
}

void profile_counts_add(struct profile_counts *a, const struct profile_counts *b)
{
	uint64_t *to = (uint64_t *)a; /* all members are uint64_t counts */
	const uint64_t *from = (const uint64_t *)b;

	for (size_t i = 0; i < sizeof *a / sizeof *to; i++)
		to[i] += from[i];
}
