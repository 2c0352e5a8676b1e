/* SPDX-License-Identifier: Apache-2.0 */
/* resolver.c -- see resolver.h. */
#include "lab/resolver.h"

#include <stdlib.h>

#include "base/stamp.h"
#include "dns/name.h"

enum { RESOLVER_STREAM = 3, NEGATIVE_S = 900, CHAIN_MAX = 6 };

static const uint8_t registry_octets[4] = {192, 5, 6, 30};

enum err resolver_init(struct resolver *r, const struct world *w, uint64_t seed, unsigned sides)
{
	*r = (struct resolver){.w = w, .sides = sides};
	rng_seed(&r->rng, seed, RESOLVER_STREAM + 16 * (uint64_t)w->vantage);
	r->v4 = calloc(w->n_hosts, sizeof *r->v4);
	r->v6 = calloc(w->n_hosts, sizeof *r->v6);
	if (w->wide)
		r->hints = calloc(w->n_hosts, sizeof *r->hints);
	r->alias = calloc(w->n_hosts, sizeof *r->alias);
	r->alias_until_s = calloc(w->n_hosts, sizeof *r->alias_until_s);
	r->ns_until_s = calloc(w->n_zones, sizeof *r->ns_until_s);
	r->tallies = calloc(w->n_zones, sizeof *r->tallies);
	r->exchanges = calloc(RESOLVER_EXCHANGES_MAX, sizeof *r->exchanges);
	if (r->v4 == NULL || r->v6 == NULL || (w->wide && r->hints == NULL) || r->alias == NULL ||
	    r->alias_until_s == NULL || r->ns_until_s == NULL || r->tallies == NULL || r->exchanges == NULL)
		return E_MEMORY;
	for (uint32_t i = 0; i < w->n_hosts; i++)
		r->alias[i] = w->hosts[i].alias;
	return OK;
}

void resolver_fini(struct resolver *r)
{
	for (uint32_t i = 0; r->tallies != NULL && i < r->w->n_zones; i++)
		tally_fini(&r->tallies[i]);
	free(r->v4);
	free(r->v6);
	free(r->hints);
	free(r->alias);
	free(r->alias_until_s);
	free(r->ns_until_s);
	free(r->tallies);
	free(r->exchanges);
	*r = (struct resolver){0};
}

static int64_t second(int64_t ns)
{
	return ns / NS_PER_SECOND;
}

static uint32_t left(int64_t until_s, int64_t now_ns)
{
	return until_s <= second(now_ns) ? 0 : (uint32_t)(until_s - second(now_ns));
}

static struct lab_record *add(struct lab_exchange *x, enum section s, const uint8_t *owner, uint16_t type,
			      uint32_t ttl)
{
	struct lab_record *rec;

	if (x->n < LAB_RECORDS_MAX) /* no answer of the lab comes near; the last one would be overwritten */
		x->n++;
	rec = &x->records[x->n - 1];
	*rec = (struct lab_record){.owner = owner, .ttl = ttl, .type = type, .section = (uint8_t)s};
	return rec;
}

static struct cached *set_of(const struct resolver *r, uint32_t host, uint16_t type)
{
	return type == RR_AAAA ? &r->v6[host] : type == RR_HTTPS ? &r->hints[host] : &r->v4[host];
}

/* One record with the addresses of a set as its hints. */
static void add_hints(struct resolver *r, struct lab_exchange *x, const uint8_t *owner,
		      const struct cached *set)
{
	add(x, SECTION_ANSWER, owner, RR_HTTPS, left(set->until_s, x->answered_ns));
	for (int v6 = 0; v6 < 2; v6++)
		for (uint32_t i = 0; i < set->n && x->n_hints < LAB_HINTS_MAX; i++) {
			const struct member *m = &r->w->members[set->members[i]];
			const struct addr *a = v6 ? &m->v6 : &m->v4;

			if (!addr_is_none(a))
				x->hints[x->n_hints++] = *a;
		}
}

/* Which set stands where, and under which name: a wildcard's is the one that was asked for. */
struct answer {
	enum section section;
	const uint8_t *owner;
	uint32_t host;
	uint16_t type;
};

/* A host's addresses in the order a resolver hands them out: rotated by a random step. */
static void add_set(struct resolver *r, struct lab_exchange *x, const struct answer *a)
{
	const struct cached *set = set_of(r, a->host, a->type);
	uint32_t ttl = left(set->until_s, x->answered_ns);
	uint32_t from = set->n == 0 ? 0 : (uint32_t)rng_below(&r->rng, set->n);

	if (a->type == RR_HTTPS) {
		add_hints(r, x, a->owner, set);
		return;
	}
	for (uint32_t i = 0; i < set->n; i++) {
		const struct member *m = &r->w->members[set->members[(from + i) % set->n]];

		add(x, a->section, a->owner, a->type, ttl)->addr = a->type == RR_AAAA ? m->v6 : m->v4;
	}
}

/* The start of authority for what is not there; `zone` NONE: of the top-level domain. */
static void add_soa(struct resolver *r, struct lab_exchange *x, const uint8_t *name, uint32_t zone)
{
	const uint8_t *owner = name;

	if (zone == NONE)
		while (owner[owner[0] + 1] != 0)
			owner += owner[0] + 1;
	else
		owner = r->w->zones[zone].cut;
	add(x, SECTION_AUTHORITY, owner, RR_SOA, NEGATIVE_S)->target =
		zone == NONE ? owner : r->w->hosts[r->w->zones[zone].servers[0]].owner;
}

static void add_servers(struct resolver *r, struct lab_exchange *x, uint32_t zone)
{
	const struct zone *z = &r->w->zones[zone];
	uint32_t ttl = left(r->ns_until_s[zone], x->answered_ns);

	if (ttl == 0)
		return;
	for (uint32_t i = 0; i < z->n_servers; i++)
		add(x, SECTION_AUTHORITY, z->cut, RR_NS, ttl)->target = r->w->hosts[z->servers[i]].owner;
	for (uint32_t i = 0; i < z->n_servers; i++) {
		uint32_t server = z->servers[i];
		const uint8_t *owner = r->w->hosts[server].owner;

		if (left(r->v4[server].until_s, x->answered_ns) != 0)
			add_set(r, x, &(struct answer){SECTION_ADDITIONAL, owner, server, RR_A});
		if (left(r->v6[server].until_s, x->answered_ns) != 0)
			add_set(r, x, &(struct answer){SECTION_ADDITIONAL, owner, server, RR_AAAA});
	}
}

/* Asks the host's pool anew. */
static void renew(struct resolver *r, uint32_t host, uint16_t qtype, int64_t now_ns)
{
	const struct host *h = &r->w->hosts[host];
	struct draw d = {h, qtype == RR_HTTPS ? h->hints : h->pool, now_ns};
	struct cached *set = set_of(r, host, qtype);
	uint32_t ttl = h->ttl;

	set->n = d.pool == NONE ? 0 : (uint8_t)world_draw(r->w, &d, &r->rng, set->members);
	if (qtype != RR_HTTPS) {
		uint8_t have = 0;

		for (uint8_t i = 0; i < set->n; i++) {
			const struct member *m = &r->w->members[set->members[i]];

			if (!addr_is_none(qtype == RR_AAAA ? &m->v6 : &m->v4))
				set->members[have++] = set->members[i];
		}
		set->n = have;
	}
	ttl = set->n == 0 ? NEGATIVE_S : ttl;
	set->until_s = second(now_ns) + ttl;
}

/* The zone's servers and their addresses, as its authority now gives them. */
static void renew_servers(struct resolver *r, uint32_t zone, int64_t now_ns)
{
	const struct zone *z = &r->w->zones[zone];

	r->ns_until_s[zone] = second(now_ns) + z->ns_ttl;
	for (uint32_t i = 0; i < z->n_servers; i++) {
		renew(r, z->servers[i], RR_A, now_ns);
		if (r->w->pools[r->w->hosts[z->servers[i]].pool].plan.v6 > 0)
			renew(r, z->servers[i], RR_AAAA, now_ns);
	}
}

static struct addr authority_of(struct resolver *r, uint32_t zone, int64_t now_ns)
{
	const struct zone *z = &r->w->zones[zone];
	uint32_t server;

	if (z->n_servers == 0)
		return addr_v4(registry_octets);
	server = z->servers[rng_below(&r->rng, z->n_servers)];
	for (uint32_t i = 0; i < z->n_servers && r->w->hosts[server].dead; i++)
		server = z->servers[i];
	if (r->v4[server].n == 0)
		renew(r, server, RR_A, now_ns);
	return r->w->members[r->v4[server].members[0]].v4;
}

static void begin(struct resolver *r, struct lab_exchange *x, const struct ask *q, enum lab_side side)
{
	x->event_ns = x->asked_ns = x->answered_ns = q->now_ns;
	x->question = q->name;
	x->zone = NULL;
	x->qtype = q->qtype;
	x->id = (uint16_t)rng_next(&r->rng);
	x->client_port = (uint16_t)(1024 + rng_below(&r->rng, 64512));
	x->flags = FLAG_QR | (side == LAB_CLIENTS ? FLAG_RD | FLAG_RA : FLAG_AA);
	x->side = (uint8_t)side;
	x->tcp = rng_chance(&r->rng, 0.01);
	x->edns = side == LAB_UPSTREAM || rng_chance(&r->rng, 0.4);
	x->n = x->n_hints = 0;
}

static struct addr resolver_addr(const struct resolver *r)
{
	uint8_t octets[4] = {192, 0, 2, (uint8_t)(53 + r->w->vantage % 200)};

	return addr_v4(octets);
}

/* The exchange a look-up is written into; one that nobody will see when the observer stands elsewhere. */
static struct lab_exchange *next_exchange(struct resolver *r)
{
	unsigned at = r->n < RESOLVER_EXCHANGES_MAX ? r->n : RESOLVER_EXCHANGES_MAX - 1;

	if ((r->sides & LAB_UPSTREAM) != 0 && r->n < RESOLVER_EXCHANGES_MAX)
		r->n++;
	return &r->exchanges[at];
}

static struct lab_exchange *look_up_begin(struct resolver *r, const struct ask *q, int64_t *at_ns)
{
	struct lab_exchange *x = next_exchange(r);

	begin(r, x, q, LAB_UPSTREAM);
	x->client = resolver_addr(r);
	x->server = q->zone == NONE ? addr_v4(registry_octets) : authority_of(r, q->zone, q->now_ns);
	x->zone = q->zone == NONE ? NULL : r->w->zones[q->zone].cut;
	x->asked_ns = *at_ns + 100 * NS_PER_US;
	*at_ns = x->asked_ns + (int64_t)rng_between(&r->rng, 8e6, 40e6);
	*at_ns += (int64_t)rng_exponential(&r->rng, 15e6);
	x->answered_ns = *at_ns;
	return x;
}

/* One question to the authority of a host's zone. It follows aliases as far as the zone goes, and to no set
 * that is still held. */
static void look_up(struct resolver *r, const struct ask *q, int64_t *at_ns)
{
	struct lab_exchange *x = look_up_begin(r, q, at_ns);
	const struct host *h = &r->w->hosts[q->host];
	const uint8_t *owner = q->name;
	uint32_t host = q->host;

	renew_servers(r, q->zone, *at_ns);
	while (h->alias != NONE) {
		r->alias_until_s[host] = second(*at_ns) + h->ttl;
		if (h->n_aliases > 1)
			r->alias[host] = h->alias + (uint32_t)rng_below(&r->rng, h->n_aliases);
		host = r->alias[host];
		add(x, SECTION_ANSWER, owner, RR_CNAME, h->ttl)->target = r->w->hosts[host].owner;
		h = &r->w->hosts[host];
		owner = h->owner;
		if (h->zone != q->zone ||
		    (h->alias == NONE && left(set_of(r, host, q->qtype)->until_s, *at_ns) != 0)) {
			add_servers(r, x, q->zone);
			return;
		}
	}
	renew(r, host, q->qtype, *at_ns);
	if (h->embedded && q->member != NONE && q->qtype == RR_A) {
		set_of(r, host, q->qtype)->members[0] = q->member;
		set_of(r, host, q->qtype)->n = 1;
	}
	if (set_of(r, host, q->qtype)->n == 0) {
		add_soa(r, x, q->name, q->zone);
		return;
	}
	add_set(r, x, &(struct answer){SECTION_ANSWER, owner, host, q->qtype});
	add_servers(r, x, q->zone);
}

static bool is_held(const struct resolver *r, const struct ask *q)
{
	const struct host *h = &r->w->hosts[q->host];

	if (h->wildcard && q->name != h->owner) /* the label is new each time */
		return false;
	if (h->alias != NONE)
		return left(r->alias_until_s[q->host], q->now_ns) != 0;
	return left(set_of(r, q->host, q->qtype)->until_s, q->now_ns) != 0;
}

static void keep(struct resolver *r, enum err e)
{
	if (e != OK)
		r->err = e;
}

/* Truth: what this answer tells of a domain. */
static void tell(struct resolver *r, const struct ask *q, const struct cached *set, uint32_t zone)
{
	const struct zone *z = &r->w->zones[zone];
	struct tally *t = &r->tallies[zone];
	uint32_t at_s = (uint32_t)((q->now_ns - LAB_START_NS) / NS_PER_SECOND);

	t->lookups++;
	for (uint8_t i = 0; i < set->n; i++)
		keep(r, tally_member(t, r->w, set->members[i], q->qtype, at_s));
	if (!z->moving && !z->resettles && t->servers.n != 0)
		return; /* servers that stay need no second look */
	for (uint32_t i = 0; i < z->n_servers; i++)
		for (uint8_t j = 0; j < r->v4[z->servers[i]].n; j++)
			keep(r, tally_server(t, r->w, z, r->v4[z->servers[i]].members[j], at_s));
}

/* Fills the cache along the chain of aliases; at_ns moves on with every look-up. */
static void fetch(struct resolver *r, const struct ask *asked, int64_t *at_ns)
{
	struct ask q = *asked;

	for (int i = 0; i < CHAIN_MAX; i++) {
		q.zone = r->w->hosts[q.host].zone;
		if (!is_held(r, &q))
			look_up(r, &q, at_ns);
		if (r->w->hosts[q.host].alias == NONE)
			return;
		q.host = r->alias[q.host];
		q.name = r->w->hosts[q.host].owner;
	}
}

/* The answer out of the cache, after fetch. */
static void reply(struct resolver *r, const struct ask *q, struct lab_exchange *x)
{
	const struct host *h = &r->w->hosts[q->host];
	const uint8_t *owner = q->name;
	uint32_t host = q->host;
	const struct cached *set;

	for (int i = 0; h->alias != NONE && i < CHAIN_MAX; i++) {
		/* a wildcard's label is new each time, so its alias was just fetched */
		uint32_t ttl = h->wildcard ? h->ttl : left(r->alias_until_s[host], x->answered_ns);

		host = r->alias[host];
		add(x, SECTION_ANSWER, owner, RR_CNAME, ttl)->target = r->w->hosts[host].owner;
		h = &r->w->hosts[host];
		owner = h->owner;
	}
	set = set_of(r, host, q->qtype);
	if (set->n == 0) {
		add_soa(r, x, q->name, h->zone);
		return;
	}
	add_set(r, x, &(struct answer){SECTION_ANSWER, owner, host, q->qtype});
	add_servers(r, x, h->zone);
	tell(r, q, set, q->zone);
	if (h->zone != q->zone)
		tell(r, q, set, h->zone);
}

/* A name that does not exist is asked for once and never again: nothing is cached. */
static void look_up_nothing(struct resolver *r, const struct ask *q, int64_t *at_ns)
{
	struct lab_exchange *x = look_up_begin(r, q, at_ns);

	x->flags |= RCODE_NXDOMAIN;
	add_soa(r, x, q->name, q->zone);
}

void resolver_ask(struct resolver *r, const struct ask *q)
{
	struct lab_exchange *x = &r->exchanges[0];
	int64_t at_ns = q->now_ns + 100 * NS_PER_US;
	uint8_t client[4] = {198, 51, 100, (uint8_t)(1 + rng_below(&r->rng, 254))};
	bool lost = rng_chance(&r->rng, 0.004), failed = rng_chance(&r->rng, 0.003);

	r->n = 1;
	begin(r, x, q, LAB_CLIENTS);
	x->client = addr_v4(client);
	x->server = resolver_addr(r);
	x->answered_ns = lost ? STAMP_NONE : at_ns + 2 * NS_PER_SECOND;
	if (failed)
		x->flags |= RCODE_SERVFAIL;
	if (lost || failed)
		return;
	if (q->host != NONE)
		fetch(r, q, &at_ns);
	else
		look_up_nothing(r, q, &at_ns);
	x->answered_ns = at_ns + 100 * NS_PER_US;
	if (q->host != NONE) {
		reply(r, q, x);
	} else {
		x->flags |= RCODE_NXDOMAIN;
		add_soa(r, x, q->name, q->zone);
	}
}
