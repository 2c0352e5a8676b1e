/* SPDX-License-Identifier: Apache-2.0 */
/* deploy.c -- turns a service as it was drawn into zones, hosts and pools: the same way for every class. */
#include <stdio.h>

#include "lab/priors.h"
#include "lab/service.h"
#include "lab/truth.h"
#include "lab/words.h"

enum { PLACES_MAX = 256, FRONT_MAX = 3, V6_TRIES = 64 };

/* Of the private section of the public suffix list: each customer's name is a registrable domain. */
static const char *const suffix_texts[SUFFIXES] = {"duckdns.org", "dynv6.net", "ddns.net",
						   "hopto.org",   "no-ip.org", "dyndns.org"};

/* A service being made. */
struct site {
	struct builder *b;
	const struct service *s;
	uint32_t pool; /* of its members */
	uint32_t servers[ZONE_SERVERS_MAX], n_servers;
	uint32_t back;    /* the zone that aliases lead into; NONE */
	uint32_t front;   /* a steady pool for names beside the main one; NONE: none yet */
	uint32_t targets; /* first of s->targets hosts; NONE */
	uint32_t number;  /* of the next label in the back zone */
	uint32_t domains; /* made so far */
};

static uint32_t below(struct site *t, uint32_t n)
{
	return (uint32_t)rng_below(&t->b->w->rng, n);
}

static enum net_kind kind_of(struct world *w, const struct who *who)
{
	double sum = 0, at;
	int kind = NET_KINDS - 1;

	for (int k = 0; k < NET_KINDS; k++)
		sum += who->mix[k];
	at = rng_unit(&w->rng) * sum;
	for (int k = NET_KINDS - 1; k >= 0; k--) {
		if (who->mix[k] <= 0)
			continue;
		kind = k;
		at -= who->mix[k];
		if (at < 0)
			break;
	}
	return (enum net_kind)kind;
}

/* A network for members; it has IPv6 where they have nothing else. */
static uint32_t place_for(struct world *w, const struct service *s)
{
	bool home = s->who.country != NULL && rng_chance(&w->rng, s->who.in_country);
	struct addr probe;
	uint32_t place;

	for (int i = 0;; i++) {
		place = world_place(w, kind_of(w, &s->who), home ? s->who.country : NULL);
		if (!s->plan.no_v4 || i == V6_TRIES ||
		    places_address(w->places, place, true, &w->rng, &probe))
			return place;
	}
}

static uint32_t one_pool(struct builder *b, const struct service *s)
{
	struct world *w = b->w;
	uint32_t places[PLACES_MAX], n = s->who.networks < 1 ? 1 : s->who.networks;

	n = n > PLACES_MAX ? PLACES_MAX : n;
	for (uint32_t i = 0; i < n; i++)
		places[i] = place_for(w, s);
	return world_pool(w, &s->plan, places, n);
}

/* Where resolvers are led to members near them, all their pools are made, so that the world is the same for
 * each. */
uint32_t deploy_pool(struct builder *b, const struct service *s)
{
	uint32_t mine = NONE;

	if (s->ready != NONE)
		return s->ready;
	if (!s->near)
		return one_pool(b, s);
	for (uint32_t v = 0; v < VANTAGES; v++) {
		uint32_t pool = one_pool(b, s);

		if (v == b->w->vantage % VANTAGES)
			mine = pool;
	}
	return mine;
}

/* A few machines of one hoster. */
static uint32_t steady_pool(struct builder *b, uint32_t n)
{
	struct pool_plan plan = {.rule = POOL_ALL, .n = n, .v6 = 0.4};
	uint32_t place = world_place(b->w, NET_HOSTING, NULL);

	return world_pool(b->w, &plan, &place, 1);
}

static uint32_t new_zone(struct builder *b, const struct service *s)
{
	struct world *w = b->w;
	struct zone *z;
	uint32_t zone;

	if (s->suffix != NONE) {
		char word[WORD_MAX], text[2 * WORD_MAX];

		word_make(&w->rng, 3, word);
		snprintf(text, sizeof text, "%s%u.%s", word, w->n_zones, suffix_texts[s->suffix]);
		zone = world_zone(w, s->kind, text);
		w->zones[zone].cut = w->zones[b->suffixes[s->suffix]].apex;
	} else {
		zone = world_new_zone(w, s->kind, s->cheap);
	}
	z = &w->zones[zone];
	z->story = s->story;
	z->story.operator_of = s->number;
	z->low = (float)s->low;
	z->high = (float)s->high;
	z->from_s = s->from_s;
	z->to_s = s->to_s;
	z->moving = s->style == NS_MOVING;
	if (s->kind != LAB_ORDINARY)
		snprintf(z->network, NETWORK_MAX, "%s-%u", truth_class(s->kind), s->number);
	b->domains[s->kind]++;
	return zone;
}

static void provider_servers(struct builder *b, uint32_t servers[ZONE_SERVERS_MAX], uint32_t *n)
{
	uint32_t i = (uint32_t)rng_below(&b->w->rng, b->n_providers);
	uint32_t j = (uint32_t)rng_below(&b->w->rng, b->n_providers);
	const struct zone *p = &b->w->zones[b->providers[i < j ? i : j]]; /* the first ones are larger */

	*n = p->n_servers;
	for (uint32_t k = 0; k < p->n_servers; k++)
		servers[k] = p->servers[k];
}

/* The name servers of a service: hosts ns1, ns2, ... of `zone` on machines of their own or among the members.
 */
static void make_servers(struct site *t, uint32_t zone)
{
	struct world *w = t->b->w;
	const struct service *s = t->s;
	uint32_t among = NONE;

	if (s->style == NS_HOSTED) {
		provider_servers(t->b, t->servers, &t->n_servers);
		return;
	}
	if (s->style == NS_MOVING) {
		among = world_window(w, t->pool, rng_chance(&w->rng, 0.5) ? 0 : s->plan.n / 2, s->plan.n);
		if (w->err == OK && w->pools[among].plan.rule == POOL_ALL)
			w->pools[among].plan.rule = POOL_ANY;
	}
	for (uint32_t i = 0; i < s->n_servers && i < ZONE_SERVERS_MAX; i++) {
		uint32_t pool = among != NONE ? among : steady_pool(t->b, 1);
		char label[16];

		snprintf(label, sizeof label, "ns%u", i + 1);
		t->servers[i] = world_host(w, zone, label, pool, among != NONE ? s->ns_addr_ttl : s->ns_ttl);
		if (w->err != OK)
			return;
		w->hosts[t->servers[i]].weight = 0;
		w->hosts[t->servers[i]].dead = s->dead_server && i == 1;
		t->n_servers = i + 1;
	}
}

static void serve(struct site *t, uint32_t zone)
{
	struct world *w = t->b->w;
	const struct service *s = t->s;

	if (s->suffix != NONE) {
		const struct zone *p = &w->zones[t->b->suffixes[s->suffix]];

		world_serve(w, zone, p->servers, p->n_servers, p->ns_ttl);
		return;
	}
	world_serve(w, zone, t->servers, t->n_servers, s->ns_ttl);
	if (s->new_provider) {
		struct turn turn = {.host = NONE, .zone = zone};

		turn.at_s = rng_between(&w->rng, 0.1, 0.9) * w->hours * 3600;
		provider_servers(t->b, turn.servers, &turn.n_servers);
		world_turn(w, &turn);
		w->zones[zone].resettles = true;
	}
}

/* A name that gives members' addresses. */
static uint32_t leaf(struct site *t, uint32_t zone, const char *label)
{
	struct world *w = t->b->w;
	const struct service *s = t->s;
	uint32_t pool = t->pool, host;

	if (s->steady_front || s->hints == ONLY_HINTS) {
		if (t->front == NONE)
			t->front = steady_pool(t->b, 1 + below(t, FRONT_MAX));
		pool = t->front;
	}
	host = world_host(w, zone, label, pool, s->ttl);
	if (w->err != OK)
		return 0;
	w->hosts[host].answers = (uint8_t)(s->answers > ANSWER_MAX ? ANSWER_MAX : s->answers);
	w->hosts[host].embedded = s->embedded;
	w->hosts[host].digits = s->digits;
	if (s->hints != NO_HINTS)
		w->hosts[host].hints = s->steady_front ? pool : t->pool;
	return host;
}

/* The names that an alias leads to in turn, each of one member. */
static void make_targets(struct site *t)
{
	struct world *w = t->b->w;
	uint32_t n = t->s->targets;

	for (uint32_t i = 0; i < n && w->err == OK; i++) {
		char label[16];
		uint32_t host;

		snprintf(label, sizeof label, "n%u", i + 1);
		host = world_host(w, t->back, label, world_window(w, t->pool, i * t->s->plan.n / n, 1),
				  t->s->ttl);
		if (w->err != OK)
			return;
		w->hosts[host].weight = 0;
		t->targets = i == 0 ? host : t->targets;
	}
}

/* Its domains lie near each other in the order of popularity: the same ones each time that `ranks` is the
 * same. */
static void rank(struct site *t, uint32_t zone)
{
	struct zone *z = &t->b->w->zones[zone];
	struct rng r;

	rng_seed(&r, t->s->ranks, t->domains++);
	z->low = z->high = (float)rng_between(&r, t->s->low, t->s->high);
}

static void make_inner(struct site *t, uint32_t zone)
{
	t->back = zone;
	if (t->s->targets != 0)
		make_targets(t);
}

/* The zone behind the aliases, with what all domains share there. */
static void make_back(struct site *t)
{
	struct service shared = *t->s;

	shared.suffix = NONE;
	t->back = new_zone(t->b, &shared);
	if (t->b->w->err != OK)
		return;
	rank(t, t->back);
	make_servers(t, t->back);
	serve(t, t->back);
	if (t->s->targets != 0)
		make_targets(t);
}

/* The first name behind an alias: through so many more in the back zone to the addresses. */
static uint32_t make_chain(struct site *t)
{
	struct world *w = t->b->w;
	char label[24];
	uint32_t host;

	if (t->targets != NONE)
		return t->targets;
	snprintf(label, sizeof label, "e%u.g", 1000 + t->number++);
	host = leaf(t, t->back, label);
	for (uint32_t i = 1; i < t->s->chain && w->err == OK; i++) {
		w->hosts[host].weight = 0;
		snprintf(label, sizeof label, "c%u", t->number++);
		host = world_alias(w, t->back, label, host, t->s->ttl);
	}
	if (w->err == OK)
		w->hosts[host].weight = 0.02f;
	return host;
}

static const char *label_of(struct site *t, char label[WORD_MAX])
{
	static const char *const common[] = {"mail", "shop",  "api",    "cdn",  "img",
					     "m",    "login", "static", "pool", "vpn"};

	switch (t->s->position) {
	case AT_WWW:
		return "www";
	case AT_COMMON:
		return common[below(t, sizeof common / sizeof *common)];
	case AT_ODD:
		if (below(t, 2) == 0)
			word_digits(&t->b->w->rng, 4 + below(t, 9), label);
		else
			word_make(&t->b->w->rng, 2, label);
		return label;
	default:
		return NULL;
	}
}

/* The members are exchanged for others at set times, and perhaps back again. */
static void make_moves(struct site *t, uint32_t zone, uint32_t host)
{
	struct world *w = t->b->w;
	uint32_t pools[2] = {w->hosts[host].pool, NONE};

	for (uint32_t i = 0; i < t->s->moves && w->err == OK; i++) {
		struct turn turn = {.host = host, .zone = zone};

		if (pools[1] == NONE || !t->s->back)
			pools[1] = deploy_pool(t->b, t->s);
		turn.pool = t->s->back ? pools[(i + 1) % 2] : pools[1];
		turn.at_s = (i + rng_between(&w->rng, 0.1, 0.9)) / t->s->moves * w->hours * 3600;
		world_turn(w, &turn);
	}
}

/* A name on shared hosting. Each draw is a statement: which argument of a call comes first is the compiler's
 * to choose, and a seed gives the same world with any. */
static uint32_t on_a_box(struct site *t, uint32_t zone, const char *label)
{
	struct world *w = t->b->w;
	uint32_t ttl = world_ttl(w), box = below(t, SHARED_BOXES);

	return world_host(w, zone, label, t->b->boxes[box], ttl);
}

/* What else a domain has: an apex that stands somewhere else, names of no account. */
static void make_rest(struct site *t, uint32_t zone, uint32_t main)
{
	static const char *const more[] = {"mail", "shop", "blog"};
	struct world *w = t->b->w;
	const struct service *s = t->s;
	uint32_t host = main;

	if (s->position == AT_APEX && rng_chance(&w->rng, 0.5)) {
		host = world_alias(w, zone, "www", main, s->ttl);
	} else if (s->position == AT_WILDCARD) {
		host = leaf(t, zone, NULL);
	} else if (s->position != AT_APEX && rng_chance(&w->rng, 0.5)) {
		host = on_a_box(t, zone, NULL);
	}
	if (w->err == OK && host != main) {
		w->hosts[host].weight = 0.3f;
		w->hosts[host].embedded = false;
	}
	for (uint32_t i = 0; i < s->extras && i < 3 && w->err == OK; i++) {
		host = on_a_box(t, zone, more[i]);
		w->hosts[host].weight = 0.3f;
	}
}

static void make_domain(struct site *t)
{
	struct world *w = t->b->w;
	const struct service *s = t->s;
	uint32_t zone = new_zone(t->b, s), main;
	char label[WORD_MAX];

	if (w->err != OK)
		return;
	rank(t, zone);
	if (s->separate)
		t->pool = deploy_pool(t->b, s);
	if (t->n_servers == 0)
		make_servers(t, zone);
	if (w->err != OK)
		return;
	if (s->chain != 0 && t->back == NONE) /* aliases within the domain */
		make_inner(t, zone);
	if (t->back != NONE)
		main = world_alias(w, zone, label_of(t, label), make_chain(t), s->ttl);
	else
		main = leaf(t, zone, label_of(t, label));
	if (w->err != OK)
		return;
	if (t->targets != NONE)
		w->hosts[main].n_aliases = s->targets;
	w->hosts[main].weight = 2;
	w->hosts[main].wildcard = s->position == AT_WILDCARD;
	w->hosts[main].digits = s->digits;
	if (s->moves != 0)
		make_moves(t, zone, main);
	make_rest(t, zone, main);
	serve(t, zone);
}

/* Honest names on the members: homes whose owners have a dynamic-DNS name, sites on the same server. */
static void make_guests(struct site *t)
{
	struct builder *b = t->b;
	bool homes = t->s->who.mix[NET_CONSUMER] > t->s->who.mix[NET_HOSTING];

	for (uint32_t i = 0; i < t->s->guests && b->w->err == OK; i++) {
		struct service guest;

		recipe_draw(b, homes && rng_chance(&b->w->rng, 0.7) ? LAB_DYNAMIC : LAB_ORDINARY, NULL,
			    &guest);
		guest.ready = world_guest(b->w, t->pool, below(t, t->s->plan.n), &guest.plan);
		if (b->w->err != OK)
			return;
		if (t->s->kind == LAB_FLUX)
			guest.story.guest_of = t->s->number;
		guest.siblings = 1;
		guest.answers = 1;
		guest.style = NS_HOSTED;
		deploy(b, &guest);
	}
}

/* What else the operator serves from these members: names as it would give them without a twin. */
static void make_customers(struct site *t)
{
	struct builder *b = t->b;
	struct service more;

	if (t->s->customers == 0 || b->w->err != OK)
		return;
	recipe_draw(b, t->s->kind, NULL, &more);
	more.number = t->s->number;
	b->numbers[more.kind]--;
	more.siblings = t->s->customers;
	more.guests = more.customers = 0;
	more.ready = t->pool;
	deploy(b, &more);
}

void deploy(struct builder *b, const struct service *s)
{
	struct site t = {.b = b, .s = s, .back = NONE, .front = NONE, .targets = NONE};

	if (!s->separate || s->ready != NONE)
		t.pool = deploy_pool(b, s);
	if (s->chain > 1 || (s->chain == 1 && s->siblings > 1))
		make_back(&t);
	for (uint32_t i = 0; i < s->siblings && b->w->err == OK; i++)
		make_domain(&t);
	make_customers(&t);
	make_guests(&t);
}

void deploy_provider(struct builder *b)
{
	struct service s = {.kind = LAB_ORDINARY,
			    .number = ++b->numbers[LAB_ORDINARY],
			    .style = NS_OWN,
			    .suffix = NONE,
			    .story = {.twin_of = NONE, .guest_of = NONE},
			    .high = 1,
			    .ns_ttl = 86400};
	struct site t = {.b = b, .s = &s, .back = NONE, .front = NONE, .targets = NONE};
	uint32_t zone = new_zone(b, &s);

	s.n_servers = 2 + below(&t, 3);
	make_servers(&t, zone);
	serve(&t, zone);
	world_host(b->w, zone, NULL, steady_pool(b, 1), 3600);
	b->providers[b->n_providers++] = zone;
}

void deploy_suffix(struct builder *b, uint32_t at)
{
	struct service s = {.kind = LAB_ORDINARY,
			    .style = NS_OWN,
			    .n_servers = 3,
			    .ns_ttl = 3600,
			    .suffix = NONE,
			    .story = {.twin_of = NONE, .guest_of = NONE}};
	struct site t = {.b = b, .s = &s, .back = NONE, .front = NONE, .targets = NONE};
	uint32_t zone = world_zone(b->w, LAB_ORDINARY, suffix_texts[at]);

	if (b->w->err != OK)
		return;
	b->w->zones[zone].is_suffix = true;
	make_servers(&t, zone);
	serve(&t, zone);
	b->suffixes[at] = zone;
}
