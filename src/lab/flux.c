/* SPDX-License-Identifier: Apache-2.0 */
/* flux.c -- the fast-flux networks of the lab's world, single and double. */
#include <stdio.h>

#include "lab/words.h"
#include "lab/world.h"

#define DAY_S (24.0 * 3600)

enum { FLUX_PLACES = 100, FLUX_ISPS = 25, DOMAINS_MAX = 8 };

/*
 * Agents sit in homes, most of them in one or two countries: DarkCloud was measured at 77 % Ukraine and 14 %
 * Russia, so country diversity is not what gives flux away. Within a country few providers hold most of them.
 */
static uint32_t agents(struct world *w, uint32_t n)
{
	static const struct {
		const char *country;
		double share;
	} spread[] = {{"UA", 0.5},  {"RU", 0.2},  {"RO", 0.1}, {"BG", 0.05},
		      {"BR", 0.05}, {"TR", 0.04}, {NULL, 0.06}};
	struct pool_plan plan = {.rule = POOL_ANY,
				 .n = n,
				 .life_s = rng_between(&w->rng, 1.5, 4) * DAY_S,
				 .stay = 0.4,
				 .diurnal = true};
	uint32_t isps[FLUX_ISPS], places[FLUX_PLACES];

	for (int i = 0; i < FLUX_ISPS; i++) {
		double u = rng_unit(&w->rng);
		unsigned c = 0;

		for (; spread[c].country != NULL && u >= spread[c].share; c++)
			u -= spread[c].share;
		isps[i] = places_pick(w->places, &w->rng, NET_CONSUMER, spread[c].country);
	}
	for (int i = 0; i < FLUX_PLACES; i++) /* of two draws the lower: the first ones are larger */
	{
		uint64_t a = rng_below(&w->rng, FLUX_ISPS), b = rng_below(&w->rng, FLUX_ISPS);
		places[i] = isps[a < b ? a : b];
	}
	return world_pool(w, &plan, places, FLUX_PLACES);
}

static uint32_t flux_ttl(struct world *w)
{
	static const uint32_t ttls[] = {180, 180, 200, 240, 300, 300, 300};

	return ttls[rng_below(&w->rng, sizeof ttls / sizeof *ttls)];
}

/* The names of one fluxing domain: the apex flux; `www` is an alias of it or fluxes too; for most a wildcard
 * whose labels are new for every mail that was sent. */
static void flux_names(struct world *w, uint32_t zone, uint32_t pool)
{
	uint32_t ttl = flux_ttl(w), apex = world_host(w, zone, NULL, pool, ttl), other;

	w->hosts[apex].answers = (uint8_t)(4 + rng_below(&w->rng, 5));
	other = rng_chance(&w->rng, 0.5) ? world_alias(w, zone, "www", apex, ttl)
					 : world_host(w, zone, "www", pool, ttl);
	w->hosts[other].answers = w->hosts[apex].answers;
	if (rng_chance(&w->rng, 0.6)) {
		other = world_alias(w, zone, NULL, apex, ttl);
		w->hosts[other].wildcard = true;
		w->hosts[other].weight = 2;
	}
}

/* ns1, ns2, ... of a domain on agents of the same pool, each renewed every few minutes. */
static uint32_t fluxing_servers(struct world *w, uint32_t zone, uint32_t pool,
				uint32_t servers[ZONE_SERVERS_MAX])
{
	static const uint32_t ttls[] = {180, 300, 300, 600};
	uint32_t n = 2 + (uint32_t)rng_below(&w->rng, 3), ttl = ttls[rng_below(&w->rng, 4)];

	for (uint32_t i = 0; i < n; i++) {
		char label[16];

		snprintf(label, sizeof label, "ns%u", i + 1);
		servers[i] = world_host(w, zone, label, pool, ttl);
		if (w->err != OK)
			return i;
		w->hosts[servers[i]].weight = 0.05f;
	}
	return n;
}

/* Servers that stay: disposable machines at a hoster that does not look, under a domain of their own. */
static uint32_t steady_servers(struct world *w, uint32_t zone, uint32_t servers[ZONE_SERVERS_MAX])
{
	struct pool_plan plan = {.rule = POOL_ALL, .n = 1};
	uint32_t place = places_pick(w->places, &w->rng, NET_HOSTING, NULL), n = 2;

	for (uint32_t i = 0; i < n; i++) {
		servers[i] =
			world_host(w, zone, i == 0 ? "ns1" : "ns2", world_pool(w, &plan, &place, 1), 3600);
		if (w->err != OK)
			return i;
		w->hosts[servers[i]].weight = 0;
	}
	return n;
}

static void build_network(struct world *w, enum lab_class kind, uint32_t number, uint32_t n_agents)
{
	uint32_t zones[DOMAINS_MAX], servers[ZONE_SERVERS_MAX], n_servers = 0;
	uint32_t n = 5 + (uint32_t)rng_below(&w->rng, 3), pool = agents(w, n_agents);

	for (uint32_t i = 0; i < n && w->err == OK; i++) {
		struct zone *z;

		zones[i] = world_new_zone(w, kind, 1);
		if (kind == LAB_FLUX_SINGLE && i == 0)
			n_servers = steady_servers(w, zones[i], servers);
		if (kind == LAB_FLUX_DOUBLE && (i == 0 || rng_chance(&w->rng, 0.5)))
			n_servers = fluxing_servers(w, zones[i], pool, servers);
		flux_names(w, zones[i], pool);
		world_serve(w, zones[i], servers, n_servers, kind == LAB_FLUX_DOUBLE ? flux_ttl(w) : 7200);
		if (w->err != OK)
			return;
		z = &w->zones[zones[i]];
		z->moving = kind == LAB_FLUX_DOUBLE;
		z->low = 0.004f; /* a campaign: asked for now and then, seldom often */
		z->high = 0.12f;
		snprintf(z->network, NETWORK_MAX, "flux-%s-%u", kind == LAB_FLUX_SINGLE ? "single" : "double",
			 number);
	}
}

void flux_build(struct world *w)
{
	uint32_t n = world_many(w, 1);

	for (uint32_t i = 1; i <= n && w->err == OK; i++) {
		build_network(w, LAB_FLUX_SINGLE, i, 300 + (uint32_t)rng_below(&w->rng, 300));
		build_network(w, LAB_FLUX_DOUBLE, i, 200 + (uint32_t)rng_below(&w->rng, 300));
	}
}
