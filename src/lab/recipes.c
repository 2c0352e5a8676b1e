/* SPDX-License-Identifier: Apache-2.0 */
/* recipes.c -- honest services: for each class a draw of who its members are and how it behaves. */
#include "lab/priors.h"
#include "lab/service.h"

#define HOUR_S 3600.0

static double hours(struct builder *b, enum lab_class c, enum prior p)
{
	return prior_draw(b->w, c, p) * HOUR_S;
}

static void draw_demand(struct builder *b, enum lab_class c, struct service *s)
{
	s->ranks = rng_next(&b->w->rng);
	s->low = prior_draw(b->w, c, PRIOR_BAND) * 0.9;
	s->high = s->low + 0.1;
	if (prior_chance(b->w, c, PRIOR_WINDOW)) {
		double length = hours(b, c, PRIOR_WINDOW_H), all = b->w->hours * HOUR_S;

		length = length > all ? all : length;
		s->from_s = rng_between(&b->w->rng, 0, all - length);
		s->to_s = s->from_s + length;
	}
}

void service_draw(struct builder *b, enum lab_class c, struct service *s)
{
	struct world *w = b->w;

	*s = (struct service){
		.kind = c, .ready = NONE, .suffix = NONE, .story = {.twin_of = NONE, .guest_of = NONE}};
	s->number = ++b->numbers[c];
	s->siblings = prior_chance(w, c, PRIOR_ALONE) ? 1 : prior_count(w, c, PRIOR_SIBLINGS);
	s->guests = prior_count(w, c, PRIOR_GUESTS);
	s->answers = prior_chance(w, c, PRIOR_ONE_ANSWER) ? 1 : prior_count(w, c, PRIOR_ANSWERS);
	s->ttl = prior_count(w, c, PRIOR_TTL);
	s->plan.n = prior_count(w, c, PRIOR_POOL);
	s->plan.rule = (enum pool_rule)prior_count(w, c, PRIOR_RULE);
	s->plan.weighted = s->plan.rule == POOL_WEIGHTED;
	s->plan.hold_s = hours(b, c, PRIOR_HOLD_H);
	s->plan.v6 = prior_draw(w, c, PRIOR_AAAA);
	s->plan.framed = NONE;
	s->plan.dawn = (uint8_t)rng_below(&w->rng, 24);
	s->position = (enum owner_position)prior_count(w, c, PRIOR_POSITION);
	s->chain = s->position == AT_APEX ? 0 : prior_count(w, c, PRIOR_CHAIN); /* RFC 1034, 3.6.2 */
	s->hints = prior_chance(w, c, PRIOR_HTTPS) ? HINTS : NO_HINTS;
	s->style = (enum ns_style)prior_count(w, c, PRIOR_NS_STYLE);
	s->n_servers = prior_count(w, c, PRIOR_NS_COUNT);
	s->ns_ttl = prior_count(w, c, PRIOR_NS_TTL);
	s->ns_addr_ttl = prior_count(w, c, PRIOR_NS_ADDR_TTL);
	s->dead_server = prior_chance(w, c, PRIOR_NS_DEAD);
	s->new_provider = s->style == NS_HOSTED && prior_chance(w, c, PRIOR_NS_CHANGE);
	s->cheap = prior_chance(w, c, PRIOR_NEW_NAME);
	s->who.networks = 1;
	draw_demand(b, c, s);
}

static void steady(struct service *s, uint32_t n)
{
	s->plan.n = n;
	s->answers = s->answers > n ? n : s->answers;
	s->guests = 0;
}

/* One site, as most names are: a machine or two, or a box that it shares. */
static void ordinary(struct builder *b, struct service *s)
{
	static const enum owner_position positions[] = {AT_APEX,   AT_APEX,   AT_WWW, AT_WWW,     AT_WWW,
							AT_COMMON, AT_COMMON, AT_ODD, AT_WILDCARD};
	static const enum net_kind kinds[] = {NET_HOSTING,  NET_HOSTING,    NET_HOSTING,
					      NET_BUSINESS, NET_UNIVERSITY, NET_CONTENT};
	struct rng *r = &b->w->rng;
	double u = rng_unit(r);

	steady(s, u < 0.6 ? 1 : u < 0.85 ? 2 : 3);
	s->siblings = 1;
	s->plan.rule = POOL_ALL;
	s->plan.life_s = hours(b, s->kind, PRIOR_SERVER_LIFE_H);
	s->plan.stay = 0.8;
	s->answers = s->plan.n;
	s->ttl = world_ttl(b->w);
	s->who.mix[kinds[rng_below(r, sizeof kinds / sizeof *kinds)]] = 1;
	s->position = positions[rng_below(r, sizeof positions / sizeof *positions)];
	s->chain = 0;
	s->style = rng_chance(r, 0.85) ? NS_HOSTED : NS_OWN;
	s->extras = (uint32_t)rng_below(r, 3);
	if (rng_chance(r, 0.4))
		s->ready = b->boxes[rng_below(r, SHARED_BOXES)];
}

/* Edges of its own and caches in access networks; or balancers of a cloud, that come and go. */
static void cdn(struct builder *b, struct service *s)
{
	struct rng *r = &b->w->rng;
	double own = prior_draw(b->w, s->kind, PRIOR_CDN_OWN);
	bool cloud = rng_chance(r, 0.3);

	s->siblings = prior_count(b->w, s->kind, PRIOR_CDN_CUSTOMERS);
	s->plan.life_s = hours(b, s->kind, cloud ? PRIOR_CLOUD_LIFE_H : PRIOR_CDN_LIFE_H);
	s->plan.stay = 1;
	s->plan.same_24 = prior_draw(b->w, s->kind, PRIOR_SAME_24);
	s->plan.n = s->plan.n > 400 ? 400 : s->plan.n;
	s->near = !cloud && rng_chance(r, 0.7);
	s->who.mix[cloud ? NET_HOSTING : NET_CONTENT] = own;
	s->who.mix[NET_CONSUMER] = cloud ? 0 : (1 - own) * 0.7;
	s->who.mix[NET_TRANSIT] = cloud ? 0 : (1 - own) * 0.3;
	s->who.networks = cloud ? 1 : 1 + (uint32_t)rng_below(r, 12);
	if (s->position != AT_APEX && s->chain == 0 && rng_chance(r, 0.6))
		s->chain = 1;
}

static void anycast(struct builder *b, struct service *s)
{
	steady(s, prior_count(b->w, s->kind, PRIOR_ANYCAST_ANSWERS));
	s->answers = s->plan.n;
	s->plan.rule = POOL_ALL;
	s->siblings = prior_count(b->w, s->kind, PRIOR_SIBLINGS);
	s->who.mix[NET_CONTENT] = 1;
}

static void round_robin(struct builder *b, struct service *s)
{
	steady(s, prior_count(b->w, s->kind, PRIOR_ROUND_ROBIN_POOL));
	s->plan.life_s = hours(b, s->kind, PRIOR_SERVER_LIFE_H);
	s->plan.stay = 1;
	s->plan.same_24 = prior_draw(b->w, s->kind, PRIOR_SAME_24);
	s->who.mix[NET_HOSTING] = s->who.mix[NET_BUSINESS] = s->who.mix[NET_UNIVERSITY] = 1;
}

static void multi_provider(struct builder *b, struct service *s)
{
	s->plan.n = s->plan.n > 300 ? 300 : s->plan.n;
	s->plan.life_s = hours(b, s->kind, PRIOR_SERVER_LIFE_H);
	s->plan.stay = 0.7;
	s->who.mix[NET_HOSTING] = 0.9;
	s->who.mix[NET_CONTENT] = 0.1;
	s->who.networks = prior_count(b->w, s->kind, PRIOR_PROVIDERS);
}

/* Servers that many people lend: time, mirrors, chat. */
static void volunteers(struct builder *b, struct service *s)
{
	double homes = prior_draw(b->w, s->kind, PRIOR_VOLUNTEER_HOMES);

	s->plan.n = prior_count(b->w, s->kind, PRIOR_VOLUNTEER_POOL);
	s->plan.life_s = hours(b, s->kind, PRIOR_VOLUNTEER_LIFE_H);
	s->plan.stay = 0.3;
	s->who.mix[NET_CONSUMER] = homes;
	s->who.mix[NET_HOSTING] = (1 - homes) * 0.6;
	s->who.mix[NET_UNIVERSITY] = (1 - homes) * 0.25;
	s->who.mix[NET_BUSINESS] = s->who.mix[NET_TRANSIT] = (1 - homes) * 0.075;
	s->who.networks = 10 + s->plan.n / 4;
	if (rng_chance(&b->w->rng, 0.5))
		s->ttl = 150;
}

static void peer_seeds(struct builder *b, struct service *s)
{
	double homes = prior_draw(b->w, s->kind, PRIOR_SEED_HOMES);

	s->plan.n = prior_count(b->w, s->kind, PRIOR_SEED_POOL);
	s->answers = prior_count(b->w, s->kind, PRIOR_SEED_ANSWERS);
	s->plan.life_s = hours(b, s->kind, PRIOR_SEED_LIFE_H);
	s->plan.rule = POOL_ANY;
	s->who.mix[NET_CONSUMER] = homes;
	s->who.mix[NET_HOSTING] = (1 - homes) * 0.85;
	s->who.mix[NET_UNIVERSITY] = s->who.mix[NET_BUSINESS] = (1 - homes) * 0.075;
	s->who.networks = 200;
	if (rng_chance(&b->w->rng, 0.3))
		s->ttl = 3600;
}

static void vpn(struct builder *b, struct service *s)
{
	s->plan.n = prior_count(b->w, s->kind, PRIOR_VPN_POOL);
	s->plan.life_s = hours(b, s->kind, PRIOR_VPN_LIFE_H);
	s->plan.stay = 0.5;
	s->plan.same_24 = prior_draw(b->w, s->kind, PRIOR_SAME_24);
	s->who.mix[NET_HOSTING] = 0.95;
	s->who.mix[NET_BUSINESS] = 0.05;
	s->who.networks = 5 + (uint32_t)rng_below(&b->w->rng, 60);
}

static void peer_cdn(struct builder *b, struct service *s)
{
	struct rng *r = &b->w->rng;

	s->siblings = prior_count(b->w, s->kind, PRIOR_PEER_CUSTOMERS);
	s->plan.life_s = hours(b, s->kind, PRIOR_PEER_LIFE_H);
	s->plan.stay = 0.9;
	s->plan.same_24 = prior_draw(b->w, s->kind, PRIOR_SAME_24) * 0.3;
	s->who.mix[NET_CONSUMER] = 0.95;
	s->who.mix[NET_HOSTING] = 0.05;
	s->who.networks = 1 + (uint32_t)rng_below(r, 20);
	s->near = rng_chance(r, 0.4);
}

static void dynamic(struct builder *b, struct service *s)
{
	struct rng *r = &b->w->rng;

	steady(s, 1);
	s->separate = true;
	s->siblings = 5;
	s->answers = 1;
	s->ttl = prior_count(b->w, s->kind, PRIOR_DYNAMIC_TTL);
	s->plan.rule = POOL_ALL;
	s->plan.stay = 1;
	s->who.mix[NET_CONSUMER] = 1;
	if (prior_chance(b->w, s->kind, PRIOR_ROAMS)) {
		s->plan.life_s = rng_between(r, 2, 24) * HOUR_S;
		s->plan.stay = 0.1;
		s->who.networks = 3 + (uint32_t)rng_below(r, 3);
	} else if (rng_chance(r, 0.5)) {
		s->plan.period_s = hours(b, s->kind, PRIOR_LINE_PERIOD_H);
	} else {
		s->plan.life_s = hours(b, s->kind, PRIOR_LINE_LIFE_H);
	}
	s->position = rng_chance(r, 0.8) ? AT_APEX : AT_ODD;
	s->chain = 0;
	s->suffix = (uint32_t)rng_below(r, SUFFIXES);
}

/* Every label says its own address: anybody's. */
static void embedded(struct builder *b, struct service *s)
{
	s->embedded = true;
	s->answers = 1;
	s->position = AT_WILDCARD;
	s->chain = 0;
	s->hints = NO_HINTS;
	s->plan.rule = POOL_ANY;
	s->who.mix[NET_HOSTING] = 0.6;
	s->who.mix[NET_CONSUMER] = 0.2;
	s->who.mix[NET_BUSINESS] = 0.2;
	s->who.networks = 60 + (uint32_t)rng_below(&b->w->rng, 100);
	s->guests = 0;
}

/* Addresses that are data: each query has its own label, and nobody sits where the answer points. */
static void tunnel(struct builder *b, struct service *s)
{
	struct rng *r = &b->w->rng;

	s->digits = (uint8_t)(12 + rng_below(r, 19));
	s->position = AT_WILDCARD;
	s->chain = 0;
	s->plan.rule = POOL_ANY;
	s->plan.n = 1000 + (uint32_t)rng_below(r, 3000);
	for (int k = 0; k < NET_KINDS; k++)
		s->who.mix[k] = 1;
	s->who.networks = 250;
	s->guests = 0;
}

static void poisoned(struct builder *b, struct service *s)
{
	s->ready = b->poison;
	s->answers = 1;
	s->siblings = 2 + (uint32_t)rng_below(&b->w->rng, 30);
	s->guests = 0;
}

static void parked(struct builder *b, struct service *s)
{
	steady(s, 1 + (uint32_t)rng_below(&b->w->rng, 4));
	s->plan.rule = POOL_ALL;
	s->siblings = prior_count(b->w, s->kind, PRIOR_PARKED_MANY);
	s->position = rng_chance(&b->w->rng, 0.5) ? AT_WILDCARD : s->position;
	s->who.mix[NET_HOSTING] = 0.8;
	s->who.mix[NET_CONTENT] = 0.2;
}

static void sinkholed(struct builder *b, struct service *s)
{
	steady(s, prior_count(b->w, s->kind, PRIOR_SINK_ADDRESSES));
	s->siblings = prior_count(b->w, s->kind, PRIOR_SEIZED);
	s->style = s->style == NS_MOVING ? NS_OWN : s->style;
	s->who.mix[NET_HOSTING] = 0.6;
	s->who.mix[NET_UNIVERSITY] = 0.2;
	s->who.mix[NET_BUSINESS] = 0.2;
	s->who.networks = 2;
}

static void migration(struct builder *b, struct service *s)
{
	round_robin(b, s);
	s->chain = 0;
	s->moves = 1;
	s->new_provider = s->style == NS_HOSTED && rng_chance(&b->w->rng, 0.5);
}

static void fail_over(struct builder *b, struct service *s)
{
	steady(s, 1 + (uint32_t)rng_below(&b->w->rng, 3));
	s->plan.rule = POOL_ALL;
	s->chain = 0;
	s->moves = prior_count(b->w, s->kind, PRIOR_FAIL_OVERS);
	s->back = true;
	s->who.mix[NET_HOSTING] = s->who.mix[NET_BUSINESS] = s->who.mix[NET_CONSUMER] = 1;
}

/* Nothing that has a name: anything may be so. */
static void unknown(struct builder *b, struct service *s)
{
	static const double lives[] = {2, 12, 48, 200, 1000, 5000};
	struct rng *r = &b->w->rng;
	double life_h = lives[rng_below(r, 6)];

	s->plan.life_s = life_h * rng_between(r, 0.5, 1.5) * HOUR_S;
	s->plan.stay = rng_unit(r);
	s->plan.same_24 = rng_chance(r, 0.5) ? prior_draw(b->w, s->kind, PRIOR_SAME_24) : 0;
	s->plan.diurnal = rng_chance(r, 0.2);
	for (int k = 0; k < NET_KINDS; k++)
		s->who.mix[k] = rng_exponential(r, 1);
	s->who.networks = 1 + (uint32_t)rng_below(r, rng_chance(r, 0.5) ? 8 : 100);
}

/* The same to look at: names, sizes, TTLs, servers, demand. What differs is left: who, how long, what else.
 */
static void liken(const struct service *like, struct service *s)
{
	if (s->kind == LAB_CDN || s->kind == LAB_PEER_CDN)
		s->customers = s->siblings;
	s->siblings = like->siblings;
	s->answers = like->answers;
	s->ttl = like->ttl;
	s->plan.n = like->plan.n;
	s->plan.rule = like->plan.rule;
	s->plan.weighted = like->plan.weighted;
	s->plan.hold_s = like->plan.hold_s;
	s->plan.v6 = like->plan.v6;
	s->plan.no_v4 = like->plan.no_v4;
	s->steady_front = like->steady_front;
	s->position = like->position;
	s->chain = like->chain;
	s->targets = like->targets;
	s->hints = like->hints;
	s->cheap = like->cheap;
	s->suffix = like->suffix;
	s->style = like->style;
	s->n_servers = like->n_servers;
	s->ns_ttl = like->ns_ttl;
	s->ns_addr_ttl = like->ns_addr_ttl;
	s->dead_server = like->dead_server;
	s->new_provider = like->new_provider;
	s->low = like->low;
	s->high = like->high;
	s->ranks = like->ranks;
	s->from_s = like->from_s;
	s->to_s = like->to_s;
	s->story.twin_of = like->number;
}

void recipe_draw(struct builder *b, enum lab_class c, const struct service *like, struct service *s)
{
	static void (*const draws[LAB_CLASSES])(struct builder *,
						struct service *) = {[LAB_ORDINARY] = ordinary,
								     [LAB_PARKED] = parked,
								     [LAB_CDN] = cdn,
								     [LAB_VOLUNTEER] = volunteers,
								     [LAB_DYNAMIC] = dynamic,
								     [LAB_ANYCAST] = anycast,
								     [LAB_ROUND_ROBIN] = round_robin,
								     [LAB_MULTI_PROVIDER] = multi_provider,
								     [LAB_PEER_SEEDS] = peer_seeds,
								     [LAB_VPN] = vpn,
								     [LAB_PEER_CDN] = peer_cdn,
								     [LAB_EMBEDDED] = embedded,
								     [LAB_TUNNEL] = tunnel,
								     [LAB_POISONED] = poisoned,
								     [LAB_SINKHOLED] = sinkholed,
								     [LAB_MIGRATION] = migration,
								     [LAB_FAIL_OVER] = fail_over,
								     [LAB_UNKNOWN] = unknown};

	service_draw(b, c, s);
	draws[c](b, s);
	if (like != NULL)
		liken(like, s);
}
