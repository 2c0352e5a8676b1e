/* SPDX-License-Identifier: Apache-2.0 */
/* services.c -- the honest services of the lab's world: one builder for each class. */
#include <stdio.h>

#include "lab/words.h"
#include "lab/world.h"

#define DAY_S (24.0 * 3600)

enum { PLACES_MAX = 1024, PROVIDERS_MAX = 64 };

/* A pool in one network of that kind. */
static uint32_t pool_in(struct world *w, const struct pool_plan *plan, enum net_kind kind)
{
	uint32_t place = places_pick(w->places, &w->rng, kind, NULL);

	return world_pool(w, plan, &place, 1);
}

/* A host answers with up to so many addresses. */
static void gives(struct world *w, uint32_t host, unsigned addresses)
{
	w->hosts[host].answers = (uint8_t)addresses;
}

static void popular(struct world *w, uint32_t zone, double low, double high)
{
	w->zones[zone].low = (float)low;
	w->zones[zone].high = (float)high;
}

static void in_network(struct world *w, uint32_t zone, const char *kind, uint32_t number)
{
	snprintf(w->zones[zone].network, NETWORK_MAX, "%s-%u", kind, number);
}

/* Hosts ns1, ns2, ... of a zone, each one machine; they answer for others, nobody asks for them. */
static uint32_t name_servers(struct world *w, uint32_t zone, uint32_t n, enum net_kind kind,
			     uint32_t hosts[ZONE_SERVERS_MAX])
{
	for (uint32_t i = 0; i < n; i++) {
		struct pool_plan plan = {.rule = POOL_ALL, .n = 1, .v6 = 0.4};
		uint32_t pool = pool_in(w, &plan, kind);
		char label[16];

		snprintf(label, sizeof label, "ns%u", i + 1);
		hosts[i] = world_host(w, zone, label, pool, rng_chance(&w->rng, 0.5) ? 86400 : 14400);
		if (w->err != OK)
			return i;
		w->hosts[hosts[i]].weight = 0;
	}
	return n;
}

/* DNS hosters. They come first: every other zone hangs on one of them. */
static uint32_t build_providers(struct world *w, uint32_t zones[PROVIDERS_MAX])
{
	uint32_t n = world_many(w, 12);

	n = n > PROVIDERS_MAX ? PROVIDERS_MAX : n < 3 ? 3 : n;
	for (uint32_t i = 0; i < n; i++) {
		struct pool_plan plan = {.rule = POOL_ALL, .n = 1};
		uint32_t servers[ZONE_SERVERS_MAX];
		uint32_t zone = zones[i] = world_new_zone(w, LAB_PROVIDER, 0);
		uint32_t k = name_servers(w, zone, 2 + (uint32_t)rng_below(&w->rng, 3), NET_HOSTING, servers);

		world_serve(w, zone, servers, k, 86400);
		world_host(w, zone, NULL, pool_in(w, &plan, NET_HOSTING), 3600);
		popular(w, zone, 0.3, 1);
	}
	return n;
}

/* Hangs a zone on a provider's servers. */
static void hosted_by(struct world *w, uint32_t zone, uint32_t provider)
{
	const struct zone *p = &w->zones[provider];
	uint32_t servers[ZONE_SERVERS_MAX], n = p->n_servers;

	for (uint32_t i = 0; i < n; i++)
		servers[i] = p->servers[i];
	world_serve(w, zone, servers, n, rng_chance(&w->rng, 0.5) ? 86400 : 21600);
}

static void hosted_by_any(struct world *w, uint32_t zone, const uint32_t *providers, uint32_t n)
{
	uint32_t i = (uint32_t)rng_below(&w->rng, n), j = (uint32_t)rng_below(&w->rng, n);

	hosted_by(w, zone, providers[i < j ? i : j]); /* the first ones are larger */
}

/* The machines of an ordinary name: its own, or one it shares with many. */
static uint32_t ordinary_pool(struct world *w, const uint32_t *shared, uint32_t n_shared)
{
	static const enum net_kind kinds[] = {NET_HOSTING,  NET_HOSTING,    NET_HOSTING,
					      NET_HOSTING,  NET_HOSTING,    NET_BUSINESS,
					      NET_BUSINESS, NET_UNIVERSITY, NET_CONTENT};
	struct pool_plan plan = {.rule = POOL_ALL, .n = 1, .life_s = 200 * DAY_S, .stay = 0.8, .v6 = 0.3};
	double u = rng_unit(&w->rng);

	if (u < 0.4)
		return shared[rng_below(&w->rng, n_shared)];
	plan.n = u < 0.75 ? 1 : u < 0.9 ? 2 : u < 0.96 ? 3 : 4;
	return pool_in(w, &plan, kinds[rng_below(&w->rng, sizeof kinds / sizeof *kinds)]);
}

static void build_ordinary(struct world *w, const uint32_t *providers, uint32_t n_providers)
{
	static const char *const more[] = {"mail", "shop", "api", "blog", "static"};
	enum { SHARED = 60 };
	struct pool_plan box = {.rule = POOL_ALL, .n = 1, .v6 = 0.3};
	uint32_t shared[SHARED], n = world_many(w, 1900);

	for (int i = 0; i < SHARED; i++)
		shared[i] = pool_in(w, &box, NET_HOSTING);
	for (uint32_t i = 0; i < n && w->err == OK; i++) {
		uint32_t zone = world_new_zone(w, LAB_ORDINARY, rng_chance(&w->rng, 0.1));
		uint32_t pool = ordinary_pool(w, shared, SHARED), ttl = world_ttl(w);
		uint32_t apex = world_host(w, zone, NULL, pool, ttl), www;

		if (rng_chance(&w->rng, 0.3))
			www = world_alias(w, zone, "www", apex, ttl);
		else
			www = world_host(w, zone, "www", pool, ttl);
		w->hosts[apex].answers = w->hosts[www].answers = (uint8_t)w->pools[pool].plan.n;
		w->hosts[www].weight = 3;
		for (unsigned j = 0; j < sizeof more / sizeof *more; j++) {
			if (!rng_chance(&w->rng, 0.15))
				continue;
			pool = ordinary_pool(w, shared, SHARED);
			world_host(w, zone, more[j], pool, world_ttl(w));
		}
		hosted_by_any(w, zone, providers, n_providers);
	}
}

/* Names that wait for a buyer: a wildcard over one of few addresses that thousands share. */
static void build_parked(struct world *w, const uint32_t *providers, uint32_t n_providers)
{
	enum { KEEPERS = 3 };
	struct pool_plan plan = {.rule = POOL_ALL, .n = 2};
	uint32_t pools[KEEPERS], n = world_many(w, 250);

	for (int i = 0; i < KEEPERS; i++)
		pools[i] = pool_in(w, &plan, NET_HOSTING);
	for (uint32_t i = 0; i < n && w->err == OK; i++) {
		uint32_t keeper = (uint32_t)rng_below(&w->rng, KEEPERS);
		uint32_t zone = world_new_zone(w, LAB_PARKED, 1);
		uint32_t apex = world_host(w, zone, NULL, pools[keeper], keeper == 0 ? 300 : 600);
		uint32_t www = world_host(w, zone, "www", pools[keeper], keeper == 0 ? 300 : 600);

		w->hosts[apex].answers = w->hosts[www].answers = 1 + (keeper == 2);
		hosted_by(w, zone, providers[keeper % n_providers]);
		in_network(w, zone, "parking", keeper + 1);
		popular(w, zone, 0.4, 1);
	}
}

/* The edges of a CDN near one vantage: its own network, and caches inside two access networks. */
static uint32_t cdn_edges(struct world *w, uint32_t own)
{
	struct pool_plan plan = {.rule = POOL_ANY, .n = 24, .v6 = 1, .life_s = 60 * DAY_S, .stay = 1};
	uint32_t places[4] = {own, own, 0, 0};

	places[2] = places_pick(w->places, &w->rng, NET_CONSUMER, NULL);
	places[3] = places_pick(w->places, &w->rng, NET_TRANSIT, NULL);
	return world_pool(w, &plan, places, 4);
}

/* One CDN: names of its own zone lead to the edges near the vantage; customers are aliases. */
static void build_cdn(struct world *w, uint32_t number, const uint32_t *providers, uint32_t n_providers)
{
	static const uint32_t ttls[] = {20, 30, 35, 60};
	enum { VANTAGES = 8, CUSTOMERS = 30 };
	uint32_t zone = world_new_zone(w, LAB_CDN, 0), servers[ZONE_SERVERS_MAX], edges[VANTAGES], ttl;
	uint32_t own = places_pick(w->places, &w->rng, NET_CONTENT, NULL);

	world_serve(w, zone, servers, name_servers(w, zone, 4, NET_CONTENT, servers), 14400);
	in_network(w, zone, "cdn", number);
	for (int i = 0; i < VANTAGES; i++)
		edges[i] = cdn_edges(w, own);
	ttl = ttls[rng_below(&w->rng, 4)];
	for (uint32_t i = 0, n = world_many(w, CUSTOMERS); i < n && w->err == OK; i++) {
		uint32_t customer = world_new_zone(w, LAB_CDN, 0), edge, www;
		char label[WORD_MAX];

		snprintf(label, sizeof label, "e%u.g", 1000 + i);
		edge = world_host(w, zone, label, edges[w->vantage % VANTAGES], ttl);
		w->hosts[edge].answers = (uint8_t)(1 + rng_below(&w->rng, 4));
		w->hosts[edge].weight = 0.02f;
		www = world_alias(w, customer, "www", edge, rng_chance(&w->rng, 0.5) ? 300 : 3600);
		w->hosts[www].weight = 4;
		if (rng_chance(&w->rng, 0.4)) /* and one at the apex, without an alias */
			gives(w, world_host(w, customer, NULL, edges[w->vantage % VANTAGES], ttl), 2);
		hosted_by_any(w, customer, providers, n_providers);
		in_network(w, customer, "cdn", number);
		popular(w, customer, 0, 0.25);
	}
	popular(w, zone, 0.02, 0.2);
}

/* A pool of time servers that volunteers run: four of thousands in each answer, everywhere. */
static void build_volunteers(struct world *w, const uint32_t *providers, uint32_t n_providers)
{
	static const char *const labels[] = {
		"0.pool",        "1.pool",        "2.pool",        "3.pool",        "pool",
		"0.debris.pool", "1.debris.pool", "2.debris.pool", "0.europe.pool", "1.europe.pool"};
	struct pool_plan plan = {.rule = POOL_WEIGHTED,
				 .n = 3000,
				 .life_s = 300 * DAY_S,
				 .stay = 0.3,
				 .v6 = 0.3,
				 .weighted = true};
	uint32_t places[PLACES_MAX], pool, zone = world_new_zone(w, LAB_VOLUNTEER, 0);

	for (int i = 0; i < PLACES_MAX; i++) {
		double u = rng_unit(&w->rng);
		enum net_kind kind = u < 0.5    ? NET_HOSTING
				     : u < 0.65 ? NET_UNIVERSITY
				     : u < 0.9  ? NET_CONSUMER
				     : u < 0.95 ? NET_BUSINESS
						: NET_TRANSIT;
		places[i] = places_pick(w->places, &w->rng, kind, NULL);
	}
	pool = world_pool(w, &plan, places, PLACES_MAX);
	for (unsigned i = 0; i < sizeof labels / sizeof *labels && w->err == OK; i++)
		gives(w, world_host(w, zone, labels[i], pool, 150), 4);
	hosted_by_any(w, zone, providers, n_providers);
	in_network(w, zone, "volunteers", 1);
	popular(w, zone, 0.001, 0.004);
}

/* Customers of a dynamic-DNS provider whose name is a public suffix: one home each, renumbered at fixed
 * times. */
static void build_dynamic(struct world *w, const char *suffix, uint32_t number)
{
	uint32_t servers[ZONE_SERVERS_MAX], n_servers, provider = world_zone(w, LAB_PROVIDER, suffix);

	n_servers = name_servers(w, provider, 3, NET_HOSTING, servers);
	world_serve(w, provider, servers, n_servers, 3600);
	w->zones[provider].is_suffix = true;
	for (uint32_t i = 0, n = world_many(w, 70); i < n && w->err == OK; i++) {
		struct pool_plan plan = {.rule = POOL_ALL, .n = 1, .period_s = DAY_S, .stay = 1};
		char word[WORD_MAX], text[2 * WORD_MAX];
		uint32_t zone;

		if (rng_chance(&w->rng, 0.3)) /* lines that keep their address for longer */
			plan = (struct pool_plan){.rule = POOL_ALL, .n = 1, .life_s = 12 * DAY_S, .stay = 1};
		word_make(&w->rng, 3, word);
		snprintf(text, sizeof text, "%s%u.%s", word, i, suffix);
		zone = world_zone(w, LAB_DYNAMIC, text);
		world_host(w, zone, NULL, pool_in(w, &plan, NET_CONSUMER), 60);
		world_serve(w, zone, servers, n_servers, 3600);
		if (w->err != OK)
			return;
		w->zones[zone].cut = w->zones[provider].apex;
		in_network(w, zone, "dynamic-dns", number);
		popular(w, zone, 0.05, 0.8);
	}
}

/* One customer of the cloud: a name of its own, an alias of the cloud's for most. */
static void build_balancer(struct world *w, uint32_t cloud, uint32_t place, uint32_t zone)
{
	struct pool_plan plan = {.rule = POOL_ANY, .stay = 1};
	uint32_t pool, behind;
	char label[WORD_MAX];
	uint64_t number;

	plan.n = 12 + (uint32_t)rng_below(&w->rng, 60);
	plan.life_s = rng_between(&w->rng, 2, 10) * 3600;
	pool = world_pool(w, &plan, &place, 1);
	number = rng_next(&w->rng);
	snprintf(label, sizeof label, "lb-%08x.region-%u", (unsigned)number,
		 1 + (unsigned)(number >> 32) % 3);
	behind = world_host(w, cloud, label, pool, 60);
	gives(w, behind, 2 + (unsigned)rng_below(&w->rng, 7));
	w->hosts[behind].weight = 0.05f;
	if (rng_chance(&w->rng, 0.7))
		world_alias(w, zone, "app", behind, 300);
	else
		gives(w, world_host(w, zone, NULL, pool, 60), w->hosts[behind].answers);
}

/* A cloud's load balancers: many machines that live for hours, all in one network. */
static void build_balancers(struct world *w, const uint32_t *providers, uint32_t n_providers)
{
	uint32_t cloud = world_new_zone(w, LAB_BALANCER, 0), servers[ZONE_SERVERS_MAX];
	uint32_t place = places_pick(w->places, &w->rng, NET_HOSTING, NULL);

	world_serve(w, cloud, servers, name_servers(w, cloud, 4, NET_HOSTING, servers), 86400);
	in_network(w, cloud, "load-balancer", 1);
	for (uint32_t i = 0, n = world_many(w, 14); i < n && w->err == OK; i++) {
		uint32_t zone = world_new_zone(w, LAB_BALANCER, 0);

		build_balancer(w, cloud, place, zone);
		hosted_by_any(w, zone, providers, n_providers);
		in_network(w, zone, "load-balancer", 1);
		popular(w, zone, 0.005, 0.15);
	}
	popular(w, cloud, 0.01, 0.1);
}

void services_build(struct world *w)
{
	uint32_t providers[PROVIDERS_MAX], n = build_providers(w, providers);

	if (w->err != OK)
		return;
	build_ordinary(w, providers, n);
	build_parked(w, providers, n);
	for (uint32_t i = 1; i <= 2 && w->err == OK; i++)
		build_cdn(w, i, providers, n);
	build_volunteers(w, providers, n);
	build_dynamic(w, "duckdns.org", 1);
	build_dynamic(w, "dynv6.net", 2);
	build_balancers(w, providers, n);
	flux_build(w);
}
