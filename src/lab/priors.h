/* SPDX-License-Identifier: Apache-2.0 */
/*
 * priors.h -- what the services of a wide world are drawn from: one table of ranges, each with its source.
 *
 * A range is as wide as the literature leaves it. Every world takes, for every class of its own, a part of
 * each range (half of it or more), so that worlds differ from each other and not only domains within them.
 * Rows of `all` are drawn from alike by flux and by honest services: what is not known to differ does not.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lab/world.h"

struct buf;

enum prior {
	/* all: flux and honest alike */
	PRIOR_ALONE,
	PRIOR_SIBLINGS,
	PRIOR_ANSWERS,
	PRIOR_ONE_ANSWER,
	PRIOR_TTL,
	PRIOR_POOL,
	PRIOR_RULE,
	PRIOR_HOLD_H,
	PRIOR_POSITION,
	PRIOR_CHAIN,
	PRIOR_AAAA,
	PRIOR_HTTPS,
	PRIOR_NS_STYLE,
	PRIOR_NS_COUNT,
	PRIOR_NS_TTL,
	PRIOR_NS_ADDR_TTL,
	PRIOR_NS_DEAD,
	PRIOR_NS_CHANGE,
	PRIOR_WINDOW,
	PRIOR_WINDOW_H,
	PRIOR_BAND,
	PRIOR_NEW_NAME,
	PRIOR_KIND_ERROR,
	PRIOR_KIND_UNSURE,
	PRIOR_GUESTS,
	/* how many domains of a class there are, in a thousand */
	PRIOR_SHARE_CDN,
	PRIOR_SHARE_ANYCAST,
	PRIOR_SHARE_ROUND_ROBIN,
	PRIOR_SHARE_MULTI_PROVIDER,
	PRIOR_SHARE_VOLUNTEERS,
	PRIOR_SHARE_PEER_SEEDS,
	PRIOR_SHARE_VPN,
	PRIOR_SHARE_PEER_CDN,
	PRIOR_SHARE_DYNAMIC,
	PRIOR_SHARE_EMBEDDED,
	PRIOR_SHARE_TUNNEL,
	PRIOR_SHARE_POISONED,
	PRIOR_SHARE_PARKED,
	PRIOR_SHARE_SINKHOLED,
	PRIOR_SHARE_MIGRATION,
	PRIOR_SHARE_FAIL_OVER,
	PRIOR_SHARE_UNKNOWN,
	PRIOR_SHARE_FLUX,
	/* flux: who the agents are */
	PRIOR_FLUX_HOMES,
	PRIOR_FLUX_LIFE_H,
	PRIOR_FLUX_NETWORKS,
	PRIOR_FLUX_COUNTRY,
	PRIOR_FLUX_STAY,
	PRIOR_FLUX_DIURNAL,
	PRIOR_FLUX_GUESTS,
	PRIOR_FLUX_DECOYS,
	PRIOR_RENTED_LIFE_H,
	PRIOR_PROXY_LIFE_H,
	PRIOR_SLOW_TTL,
	PRIOR_BURST_H,
	PRIOR_MIMIC_TTL,
	/* honest: who the members are */
	PRIOR_CDN_OWN,
	PRIOR_CDN_LIFE_H,
	PRIOR_CLOUD_LIFE_H,
	PRIOR_CDN_CUSTOMERS,
	PRIOR_ANYCAST_ANSWERS,
	PRIOR_ROUND_ROBIN_POOL,
	PRIOR_PROVIDERS,
	PRIOR_SERVER_LIFE_H,
	PRIOR_VOLUNTEER_HOMES,
	PRIOR_VOLUNTEER_POOL,
	PRIOR_VOLUNTEER_LIFE_H,
	PRIOR_SEED_ANSWERS,
	PRIOR_SEED_POOL,
	PRIOR_SEED_HOMES,
	PRIOR_SEED_LIFE_H,
	PRIOR_VPN_POOL,
	PRIOR_VPN_LIFE_H,
	PRIOR_SAME_24,
	PRIOR_PEER_LIFE_H,
	PRIOR_PEER_CUSTOMERS,
	PRIOR_LINE_LIFE_H,
	PRIOR_LINE_PERIOD_H,
	PRIOR_ROAMS,
	PRIOR_DYNAMIC_TTL,
	PRIOR_POISON_POOL,
	PRIOR_PARKED_MANY,
	PRIOR_SINK_ADDRESSES,
	PRIOR_SEIZED,
	PRIOR_FAIL_OVERS,
	PRIORS
};

/* One draw for a service of that class, from the world's part of the range. */
double prior_draw(struct world *w, enum lab_class c, enum prior p);
uint32_t prior_count(struct world *w, enum lab_class c, enum prior p); /* rounded down */
bool prior_chance(struct world *w, enum lab_class c, enum prior p);

/* The table as tab-separated text, as lab_priors gives it out. */
void prior_print(struct buf *to);
