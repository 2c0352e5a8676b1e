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
	LAB_FLUX, /* of a wide world, where kind and mechanism are told apart */
	LAB_ANYCAST,
	LAB_ROUND_ROBIN,
	LAB_MULTI_PROVIDER,
	LAB_PEER_SEEDS,
	LAB_VPN,
	LAB_PEER_CDN,
	LAB_EMBEDDED,
	LAB_TUNNEL,
	LAB_POISONED,
	LAB_SINKHOLED,
	LAB_MIGRATION,
	LAB_FAIL_OVER,
	LAB_UNKNOWN,
	LAB_CLASSES
};

#define NONE UINT32_MAX /* no index */

enum { ANSWER_MAX = 32, ZONE_SERVERS_MAX = 4, NETWORK_MAX = 32 };

struct member {
	struct addr v4, v6; /* v6: none for most; v4: none where only IPv6 carries the service */
	uint32_t place;
	bool decoy;          /* a stranger's address, named to mislead: no member of the service */
	float weight;        /* 0..1: share of the requests it takes (volunteers) */
	uint8_t wake, awake; /* hour of the day (UTC) when it comes up, hours it stays; 24: always up */
};

enum pool_rule {
	POOL_ALL,      /* the first k slots: every answer is the same set */
	POOL_ANY,      /* k slots at random */
	POOL_WEIGHTED, /* k at random by weight */
	POOL_TURN,     /* the next k at every turn of the TTL */
	POOL_STICKY    /* k at random, the same for one resolver for `hold_s` */
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
	bool no_v4;      /* members have IPv6 addresses alone */
	double same_24;  /* chance that a member stands in the /24 of another */
	double hold_s;   /* of POOL_STICKY; 0: for ever */
	double decoys;   /* share of members that are strangers */
	uint32_t framed; /* with decoys: the pool they are taken from; NONE: anybody */
	uint8_t dawn;    /* of `diurnal`: hours (UTC) by which its day begins later than in Eastern Europe */
};

struct pool {
	struct pool_plan plan;
	const uint32_t *places; /* a new member lives in one of these, each as likely; in the arena */
	uint32_t n_places;
	uint32_t *slots;  /* plan.n members; in the arena; a window's are those of another pool */
	uint32_t n_slots; /* filled so far */
	double first_s;   /* of a period: the first change */
};

struct host {
	const uint8_t *owner;
	uint32_t zone, next;  /* next host of the zone, or NONE */
	uint32_t pool, alias; /* one of them is NONE */
	uint32_t n_aliases; /* more than one: `alias` and the next hosts, of which each look-up finds another
			     */
	uint32_t hints;     /* the pool named in its HTTPS record; NONE: it has no such record */
	uint32_t ttl;
	float weight;    /* share of the zone's questions; 0: nobody asks for it */
	uint8_t answers; /* addresses in an answer, 1..ANSWER_MAX */
	bool wildcard;   /* asked with a label below `owner` that is new each time */
	bool embedded;   /* so asked, and the label is the address of a member */
	bool dead;       /* a server that never answers */
	uint8_t digits;  /* of a wildcard: labels are so many random digits; 0: words */
};

/* Something that is changed on purpose at a set time: a host's pool, or a zone's servers. */
struct turn {
	double at_s;
	uint32_t host, pool; /* host NONE: it is the servers */
	uint32_t zone, servers[ZONE_SERVERS_MAX], n_servers;
};

/* What truth says of a zone beside its class; all borrowed for ever. */
struct story {
	const char *kind, *mechanism, *carrier; /* of flux; NULL: none */
	uint32_t operator_of;                   /* number of the service */
	uint32_t twin_of;                       /* number of the flux service it is a twin of; NONE */
	uint32_t guest_of;                      /* of the flux service whose members it stands on; NONE */
};

struct zone {
	const uint8_t *apex; /* the registrable domain */
	const uint8_t *cut;  /* the owner of its NS records: apex, or the suffix of a dynamic-DNS provider */
	char network[NETWORK_MAX];
	enum lab_class kind;
	bool moving;    /* its servers are members too, and change */
	bool resettles; /* its servers are exchanged for others at a set time */
	bool is_suffix; /* a public suffix: no registrable domain, so no truth is told of it */
	uint32_t first_host;
	uint32_t servers[ZONE_SERVERS_MAX]; /* hosts, of any zone */
	uint32_t n_servers;
	uint32_t ns_ttl;
	float low, high;     /* its place in the order of popularity lies between these, 0..1 */
	double rate;         /* questions a second at noon */
	double from_s, to_s; /* asked for between these alone; to_s 0: always */
	struct story story;
};

struct world {
	struct arena arena;
	struct places *places;
	struct rng rng; /* draws what exists and what becomes of it: never what is asked */
	uint64_t seed;
	double scale, hours, rate; /* rate: questions a second in the mean */
	double kind_error;         /* chance that a place is of another kind than asked for */
	double kind_unsure;        /* and that the database is not sure of its kind */
	uint32_t vantage;
	uint64_t only; /* bits of classes; 0: all */
	bool wide;     /* drawn from priors: with HTTPS, IPv6 and what else the first world has not */
	bool honest;   /* and without flux */
	struct member *members;
	struct pool *pools;
	struct host *hosts;
	struct zone *zones;
	struct turn *turns;
	uint32_t n_members, n_pools, n_hosts, n_zones, n_turns;
	uint32_t room_members, room_pools, room_hosts, room_zones, room_turns;
	uint64_t *names; /* hashes of the domains there are: a word is not used twice */
	uint32_t room_names;
	enum err err; /* the first failure stays set; what is made after it is of no use */
};

/* Adders return the new index; on failure they set w->err and return 0. */
uint32_t world_pool(struct world *w, const struct pool_plan *plan, const uint32_t *places, uint32_t n_places);
/* A part of another pool's slots, with what becomes of them, chosen from by the same rule. */
uint32_t world_window(struct world *w, uint32_t pool, uint32_t from, uint32_t n);
/* One member of another pool, which goes its own way from there: what follows it is of its network, whatever
 * becomes of the other pool. */
uint32_t world_guest(struct world *w, uint32_t pool, uint32_t at, const struct pool_plan *plan);
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

/* Or with those of a wide one (wide.c). */
void wide_build(struct world *w);

/* Helpers of the builders. */
uint32_t world_place(struct world *w, enum net_kind kind, const char *country); /* with the errors of kinds */
void world_turn(struct world *w, const struct turn *t);
void world_serve(struct world *w, uint32_t zone, const uint32_t *hosts, uint32_t n, uint32_t ttl);
uint32_t world_many(const struct world *w, double n); /* n scaled, at least 1 */
uint32_t world_ttl(struct world *w);                  /* as common in the whole DNS */

/* What a host (no alias) is asked for. */
struct draw {
	const struct host *host;
	uint32_t pool; /* of the host: `pool`, or `hints` */
	int64_t now_ns;
};

/* Which members answer at a moment: different ones; returns how many, 1 or more. */
uint32_t world_draw(const struct world *w, const struct draw *d, struct rng *r, uint32_t chosen[ANSWER_MAX]);

/* The next change of a pool after now, STAMP_NONE: never; and the change itself. */
int64_t world_next_change(struct world *w, uint32_t pool, int64_t now_ns);
void world_change(struct world *w, uint32_t pool);
void world_take_turn(struct world *w, uint32_t turn);

/* Questions per hour rise and fall with the day; 0..1. */
double world_daylight(int64_t now_ns);
