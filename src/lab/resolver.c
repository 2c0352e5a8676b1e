/* SPDX-License-Identifier: Apache-2.0 */
/* resolver.c -- see resolver.h. */
#include "lab/resolver.h"

#include <stdlib.h>

#include "base/stamp.h"
#include "dns/name.h"

enum { RESOLVER_STREAM = 3, CHAIN_MAX = 6 };

static const uint8_t registry_octets[4] = {192, 5, 6, 30};

enum err resolver_init(struct resolver *r, const struct world *w, uint64_t seed, unsigned sides)
{
	enum err e;

	*r = (struct resolver){.w = w, .sides = sides};
	e = authority_init(&r->told, w);
	rng_seed(&r->told.rng, seed, RESOLVER_STREAM + 16 * (uint64_t)w->vantage);
	r->told.held = true;
	r->tallies = calloc(w->n_zones, sizeof *r->tallies);
	r->exchanges = calloc(RESOLVER_EXCHANGES_MAX, sizeof *r->exchanges);
	return r->tallies == NULL || r->exchanges == NULL ? E_MEMORY : e;
}

void resolver_fini(struct resolver *r)
{
	for (uint32_t i = 0; r->tallies != NULL && i < r->w->n_zones; i++)
		tally_fini(&r->tallies[i]);
	authority_fini(&r->told);
	free(r->tallies);
	free(r->exchanges);
	*r = (struct resolver){0};
}

static struct addr authority_of(struct resolver *r, uint32_t zone, int64_t now_ns)
{
	const struct zone *z = &r->w->zones[zone];
	uint32_t server;

	if (z->n_servers == 0)
		return addr_v4(registry_octets);
	server = z->servers[rng_below(&r->told.rng, z->n_servers)];
	for (uint32_t i = 0; i < z->n_servers && r->w->hosts[server].dead; i++)
		server = z->servers[i];
	if (r->told.v4[server].n == 0)
		authority_renew(&r->told, server, RR_A, now_ns);
	return r->w->members[r->told.v4[server].members[0]].v4;
}

static void begin(struct resolver *r, struct lab_exchange *x, const struct ask *q, enum lab_side side)
{
	x->event_ns = x->asked_ns = x->answered_ns = q->now_ns;
	x->question = q->name;
	x->zone = x->asked = NULL;
	x->refers = false;
	x->room = 0;
	x->ttl_divisor = 0;
	x->qtype = q->qtype;
	x->id = (uint16_t)rng_next(&r->told.rng);
	x->client_port = (uint16_t)(1024 + rng_below(&r->told.rng, 64512));
	x->flags = FLAG_QR | (side == LAB_CLIENTS ? FLAG_RD | FLAG_RA : FLAG_AA);
	x->side = (uint8_t)side;
	x->tcp = rng_chance(&r->told.rng, 0.01);
	x->edns = side == LAB_UPSTREAM || rng_chance(&r->told.rng, 0.4);
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
	*at_ns = x->asked_ns + (int64_t)rng_between(&r->told.rng, 8e6, 40e6);
	*at_ns += (int64_t)rng_exponential(&r->told.rng, 15e6);
	x->answered_ns = *at_ns;
	return x;
}

/* One question to the authority of a host's zone. */
static void look_up(struct resolver *r, const struct ask *q, int64_t *at_ns)
{
	struct lab_exchange *x = look_up_begin(r, q, at_ns);

	(void)authority_answer(&r->told, q, x);
}

static bool is_held(const struct resolver *r, const struct ask *q)
{
	const struct host *h = &r->w->hosts[q->host];

	if (h->wildcard && q->name != h->owner) /* the label is new each time */
		return false;
	if (h->alias != NONE)
		return authority_left(r->told.alias_until_s[q->host], q->now_ns) != 0;
	return authority_left(authority_said(&r->told, q->host, q->qtype)->until_s, q->now_ns) != 0;
}

static void keep(struct resolver *r, enum err e)
{
	if (e != OK)
		r->err = e;
}

/* Truth: what this answer tells of a domain. */
static void tell(struct resolver *r, const struct ask *q, const struct said *set, uint32_t zone)
{
	keep(r, authority_tell(&r->told, q, set, zone, &r->tallies[zone]));
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
		q.host = r->told.alias[q.host];
		q.name = r->w->hosts[q.host].owner;
	}
}

/* The answer out of the cache, after fetch. */
static void reply(struct resolver *r, const struct ask *q, struct lab_exchange *x)
{
	const struct host *h = &r->w->hosts[q->host];
	const uint8_t *owner = q->name;
	uint32_t host = q->host;
	const struct said *set;

	for (int i = 0; h->alias != NONE && i < CHAIN_MAX; i++) {
		/* a wildcard's label is new each time, so its alias was just fetched */
		uint32_t ttl =
			h->wildcard ? h->ttl : authority_left(r->told.alias_until_s[host], x->answered_ns);

		host = r->told.alias[host];
		authority_add(x, SECTION_ANSWER, owner, RR_CNAME, ttl)->target = r->w->hosts[host].owner;
		h = &r->w->hosts[host];
		owner = h->owner;
	}
	set = authority_said(&r->told, host, q->qtype);
	if (set->n == 0) {
		authority_add_soa(&r->told, x, q->name, h->zone);
		return;
	}
	authority_add_set(&r->told, x, &(struct placed){SECTION_ANSWER, owner, host, q->qtype});
	authority_add_servers(&r->told, x, h->zone);
	tell(r, q, set, q->zone);
	if (h->zone != q->zone)
		tell(r, q, set, h->zone);
}

/* A name that does not exist is asked for once and never again: nothing is cached. */
static void look_up_nothing(struct resolver *r, const struct ask *q, int64_t *at_ns)
{
	struct lab_exchange *x = look_up_begin(r, q, at_ns);

	x->flags |= RCODE_NXDOMAIN;
	authority_add_soa(&r->told, x, q->name, q->zone);
}

void resolver_ask(struct resolver *r, const struct ask *q)
{
	struct lab_exchange *x = &r->exchanges[0];
	int64_t at_ns = q->now_ns + 100 * NS_PER_US;
	uint8_t client[4] = {198, 51, 100, (uint8_t)(1 + rng_below(&r->told.rng, 254))};
	bool lost = rng_chance(&r->told.rng, 0.004), failed = rng_chance(&r->told.rng, 0.003);

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
		authority_add_soa(&r->told, x, q->name, q->zone);
	}
}
