/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h -- what exists in the lab: domains, their names, and the pools of machines behind them, over time.
 *
 * Everything is kept in arrays and named by its index. A *member* is one machine at one address, and never
 * changes: a machine that is renumbered or replaced becomes a new member in its pool's slot. A *pool* is a
 * set of members with a rule of choice. A *host* is a name that has addresses (from a pool) or is an alias of
 * another host. A *zone* is one registrable domain with its hosts and name servers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/err.h"
#include "lab/places.h"
#include "lab/random.h"

enum lab_class {
	LAB_ORDINARY,
	LAB_PARKED,
	LAB_PROVIDER, /* keeps the name servers of others */
	LAB_CDN,
	LAB_VOLUNTEER,
	LAB_DYNAMIC,
	LAB_BALANCER,
	LAB_FLUX_SINGLE,
	LAB_FLUX_DOUBLE,
	LAB_CLASSES
};

#define NONE UINT32_MAX /* no index */

enum { ANSWER_MAX = 16, ZONE_SERVERS_MAX = 4, NETWORK_MAX = 24 };

struct member {
	struct addr v4, v6; /* v6: none for most */
	uint32_t place;
	float weight;        /* 0..1: share of the requests it takes (volunteers) */
	uint8_t wake, awake; /* hour of the day (UTC) when it comes up, hours it stays; 24: always up */
};

enum pool_rule {
	POOL_ALL,     /* the first k slots: every answer is the same set */
	POOL_ANY,     /* k slots at random */
	POOL_WEIGHTED /* k at random by weight */
};

/* Where the members of a pool come from, and how they come and go. */
struct pool_plan {
	enum pool_rule rule;
	uint32_t n;
	double life_s;   /* mean life of a member; 0: for ever */
	double period_s; /* or: all slots change at fixed times this far apart; 0: not */
	double stay;     /* chance that the follower is in the same network */
	double v6;       /* chance that a member has an IPv6 address */
	bool diurnal, weighted;
};

struct pool {
	struct pool_plan plan;
	const uint32_t *places; /* a new member lives in one of these, each as likely; in the arena */
	uint32_t n_places;
	uint32_t *slots; /* plan.n members; in the arena */
	double first_s;  /* of a period: the first change */
};

struct host {
	const uint8_t *owner;
	uint32_t zone, next;  /* next host of the zone, or NONE */
	uint32_t pool, alias; /* one of them is NONE */
	uint32_t ttl;
	float weight;    /* share of the zone's questions; 0: nobody asks for it */
	uint8_t answers; /* addresses in an answer, 1..ANSWER_MAX */
	bool wildcard;   /* asked with a label below `owner` that is new each time */
};

struct zone {
	const uint8_t *apex; /* the registrable domain */
	const uint8_t *cut;  /* the owner of its NS records: apex, or the suffix of a dynamic-DNS provider */
	char network[NETWORK_MAX];
	enum lab_class kind;
	bool is_suffix; /* a public suffix: no registrable domain, so no truth is told of it */
	uint32_t first_host;
	uint32_t servers[ZONE_SERVERS_MAX]; /* hosts, of any zone */
	uint32_t n_servers;
	uint32_t ns_ttl;
	float low, high; /* its place in the order of popularity lies between these, 0..1 */
	double rate;     /* questions a second at noon */
};

struct world {
	struct arena arena;
	struct places *places;
	struct rng rng; /* draws what exists and what becomes of it: never what is asked */
	double scale;
	uint32_t vantage;
	struct member *members;
	struct pool *pools;
	struct host *hosts;
	struct zone *zones;
	uint32_t n_members, n_pools, n_hosts, n_zones;
	uint32_t room_members, room_pools, room_hosts, room_zones;
	uint64_t *names; /* hashes of the domains there are: a word is not used twice */
	uint32_t room_names;
	enum err err; /* the first failure stays set; what is made after it is of no use */
};

/* Adders return the new index; on failure they set w->err and return 0. */
uint32_t world_pool(struct world *w, const struct pool_plan *plan, const uint32_t *places, uint32_t n_places);
uint32_t world_zone(struct world *w, enum lab_class kind, const char *text);
/* A made-up domain that is not there yet. */
uint32_t world_new_zone(struct world *w, enum lab_class kind, int cheap);
/* `label` NULL: the apex of the zone. Addresses come from `pool`. */
uint32_t world_host(struct world *w, uint32_t zone, const char *label, uint32_t pool, uint32_t ttl);
uint32_t world_alias(struct world *w, uint32_t zone, const char *label, uint32_t to, uint32_t ttl);

/* Starts an empty world, in which index 0 may always be touched; world_fini gives everything back, whatever
 * failed. */
enum err world_init(struct world *w, uint64_t seed, const struct nets *nets) MUST_USE;
void world_fini(struct world *w);

/* Fills it with the services of the first world (services.c, flux.c). */
void services_build(struct world *w);
void flux_build(struct world *w);

/* Helpers of the builders. */
void world_serve(struct world *w, uint32_t zone, const uint32_t *hosts, uint32_t n, uint32_t ttl);
uint32_t world_many(const struct world *w, double n); /* n scaled, at least 1 */
uint32_t world_ttl(struct world *w);                  /* as common in the whole DNS */

/* Which members answer for a host (no alias) at a moment: different ones; returns how many, 1 or more. */
uint32_t world_draw(const struct world *w, uint32_t host, int64_t now_ns, struct rng *r,
		    uint32_t chosen[ANSWER_MAX]);

/* The next change of a pool after now, STAMP_NONE: never; and the change itself. */
int64_t world_next_change(struct world *w, uint32_t pool, int64_t now_ns);
void world_change(struct world *w, uint32_t pool);

/* Questions per hour rise and fall with the day; 0..1. */
double world_daylight(int64_t now_ns);
