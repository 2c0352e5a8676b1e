/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service.h -- one service of a wide world as it is drawn, before anything of it exists: who its members are,
 * how its front chooses among them, under which names, on which name servers, and when it is asked for.
 *
 * recipes.c draws the honest ones, tricks.c flux; deploy.c turns any of them into zones, hosts and pools.
 */
#pragma once

#include "lab/world.h"

enum { PROVIDERS_MAX = 64, SUFFIXES = 6, SHARED_BOXES = 64, VANTAGES = 4 };

enum owner_position { AT_APEX, AT_WWW, AT_COMMON, AT_ODD, AT_WILDCARD };
enum ns_style { NS_HOSTED, NS_OWN, NS_MOVING };
enum hints { NO_HINTS, HINTS, ONLY_HINTS /* other addresses stand in its A records */ };

/* Where members come from. */
struct who {
	double mix[NET_KINDS]; /* relative weights of the kinds of network */
	uint32_t networks;
	const char *country; /* two capitals; NULL: none has more than others */
	double in_country;   /* share of the networks there */
};

struct service {
	enum lab_class kind;
	uint32_t number; /* of its operator */
	struct story story;
	uint32_t siblings;  /* domains of it */
	uint32_t customers; /* of a twin: domains of the same operator on the same members, that are no twins
			     */
	uint32_t guests;    /* honest names beside it on its members */

	struct pool_plan plan;
	struct who who;
	uint32_t ready;        /* a pool that is there already; NONE: one of its own */
	bool near;             /* other members for other resolvers */
	bool separate;         /* each domain has members of its own */
	bool steady_front;     /* its addresses are a few servers; the members are name servers alone */
	uint32_t answers, ttl; /* addresses in an answer */

	enum owner_position position;
	uint32_t chain;   /* aliases before the addresses */
	uint32_t targets; /* the alias leads to another of so many names each time; 0: to one */
	enum hints hints;
	bool embedded, cheap;
	uint8_t digits;
	uint32_t extras; /* further names of no account */
	uint32_t suffix; /* below which suffix of a dynamic-DNS provider; NONE: none */

	enum ns_style style;
	uint32_t n_servers, ns_ttl, ns_addr_ttl;
	bool dead_server, new_provider;

	double low, high;    /* popularity */
	uint64_t ranks;      /* what says where between these each domain is */
	double from_s, to_s; /* to_s 0: always */
	uint32_t moves;      /* how often its members are exchanged for others on purpose */
	bool back;           /* and again for the first ones */
};

/* What the builders of a wide world share. */
struct builder {
	struct world *w;
	uint32_t providers[PROVIDERS_MAX], n_providers;
	uint32_t suffixes[SUFFIXES];
	uint32_t boxes[SHARED_BOXES]; /* shared hosting */
	uint32_t poison;              /* the pool that censors answer from */
	uint32_t framed;              /* an honest service's, that flux puts among its agents */
	uint32_t numbers[LAB_CLASSES];
	uint32_t domains[LAB_CLASSES]; /* made so far */
};

/* What every class draws alike. */
void service_draw(struct builder *b, enum lab_class c, struct service *s);
/* An honest service; with `like`, a twin of it: the same to look at, with other members. */
void recipe_draw(struct builder *b, enum lab_class c, const struct service *like, struct service *s);
/* A flux network of that mechanism. */
void trick_draw(struct builder *b, unsigned mechanism, struct service *s);
extern const unsigned trick_count;

/* Makes it. */
void deploy(struct builder *b, const struct service *s);
/* A DNS hoster, and a dynamic-DNS provider below whose name customers have theirs. */
void deploy_provider(struct builder *b);
void deploy_suffix(struct builder *b, uint32_t at);
uint32_t deploy_pool(struct builder *b, const struct service *s);
