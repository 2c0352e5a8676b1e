/* SPDX-License-Identifier: Apache-2.0 */
/* world.c -- see world.h. */
#include "lab/world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"
#include "lab/words.h"

enum { WORLD_STREAM = 1, NAMES_ROOM_MIN = 1024 };

/* Room for one more element behind the first n; NULL (and w->err) when that fails. */
static void *grown(struct world *w, void *list, uint32_t *room, uint32_t n, size_t size)
{
	uint32_t wanted = *room == 0 ? 256 : *room * 2;
	void *more;

	if (w->err != OK || n < *room)
		return w->err == OK ? list : NULL;
	more = realloc(list, wanted * size);
	if (more == NULL) {
		w->err = E_MEMORY;
		return NULL;
	}
	*room = wanted;
	return more;
}

/* What an allocation gave; remembers when it gave nothing. */
static void *must(struct world *w, void *got)
{
	if (got == NULL)
		w->err = E_MEMORY;
	return got;
}

static uint32_t add_member(struct world *w, const struct member *m)
{
	struct member *list = grown(w, w->members, &w->room_members, w->n_members, sizeof *list);

	if (list == NULL)
		return 0;
	w->members = list;
	list[w->n_members] = *m;
	return w->n_members++;
}

/* Puts a new machine into the /24 of one that its pool has already. */
static void stand_beside(struct world *w, const struct pool *p, struct member *m)
{
	const struct member *other = &w->members[p->slots[rng_below(&w->rng, p->n_slots)]];

	if (other->decoy || addr_is_none(&other->v4))
		return;
	m->place = other->place;
	m->v4 = other->v4;
	m->v4.octets[15] = (uint8_t)(1 + rng_below(&w->rng, 254));
}

/* A stranger among the members: of a large firm, or of the pool that is to be brought into disrepute. */
static uint32_t new_decoy(struct world *w, const struct pool *p)
{
	struct member m = {.decoy = true, .weight = 1, .awake = 24};

	if (p->plan.framed != NONE) {
		const struct pool *other = &w->pools[p->plan.framed];

		m.v4 = w->members[other->slots[rng_below(&w->rng, other->plan.n)]].v4;
	}
	if (addr_is_none(&m.v4)) {
		m.place = places_pick(w->places, &w->rng,
				      rng_chance(&w->rng, 0.5) ? NET_CONTENT : NET_BUSINESS, NULL);
		(void)places_address(w->places, m.place, false, &w->rng, &m.v4);
	}
	return add_member(w, &m);
}

/* A machine of a pool; `place` NONE: somewhere in the pool's networks. */
static uint32_t new_member(struct world *w, const struct pool *p, uint32_t place)
{
	struct member m = {.place = place, .weight = 1, .awake = 24};

	if (p->plan.decoys > 0 && rng_chance(&w->rng, p->plan.decoys))
		return new_decoy(w, p);
	if (place == NONE)
		m.place = p->places[rng_below(&w->rng, p->n_places)];
	(void)places_address(w->places, m.place, false, &w->rng, &m.v4);
	if (p->plan.same_24 > 0 && p->n_slots > 0 && rng_chance(&w->rng, p->plan.same_24))
		stand_beside(w, p, &m);
	if (rng_chance(&w->rng, p->plan.v6) && !places_address(w->places, m.place, true, &w->rng, &m.v6))
		m.v6 = (struct addr){{0}};
	if (p->plan.no_v4 && !addr_is_none(&m.v6))
		m.v4 = (struct addr){{0}};
	if (p->plan.weighted) {
		double u = rng_unit(&w->rng);
		m.weight = (float)(0.02 + 0.98 * u * u * u); /* few are strong */
	}
	if (p->plan.diurnal &&
	    rng_chance(&w->rng, 0.75)) { /* the others are routers and cameras: never off */
		m.awake = (uint8_t)(6 + rng_below(&w->rng, 10));
		m.wake = (uint8_t)(5 +
				   rng_below(&w->rng, 9)); /* Eastern Europe's morning to afternoon, in UTC */
		m.wake = (uint8_t)((m.wake + p->plan.dawn) % 24);
	}
	return add_member(w, &m);
}

/* A pool whose slots are not filled yet; NULL without memory. */
static struct pool *add_pool(struct world *w, const struct pool_plan *plan, const uint32_t *places,
			     uint32_t n_places)
{
	struct pool *list = grown(w, w->pools, &w->room_pools, w->n_pools, sizeof *list), *p;

	if (list == NULL)
		return NULL;
	w->pools = list;
	p = &list[w->n_pools];
	*p = (struct pool){.plan = *plan, .n_places = n_places};
	p->places = must(w, arena_copy(&w->arena, places, n_places * sizeof *places));
	p->slots = must(w, arena_take(&w->arena, plan->n * sizeof *p->slots));
	p->first_s = plan->period_s * rng_unit(&w->rng);
	return w->err == OK ? p : NULL;
}

uint32_t world_pool(struct world *w, const struct pool_plan *plan, const uint32_t *places, uint32_t n_places)
{
	struct pool *p = add_pool(w, plan, places, n_places);

	if (p == NULL)
		return 0;
	for (uint32_t i = 0; i < plan->n; i++, p->n_slots++)
		p->slots[i] = new_member(w, p, NONE);
	return w->n_pools++;
}

uint32_t world_guest(struct world *w, uint32_t pool, uint32_t at, const struct pool_plan *plan)
{
	uint32_t member = w->pools[pool].slots[at];
	struct pool_plan one = *plan;
	struct pool *p;

	one.rule = POOL_ALL;
	one.n = 1;
	p = add_pool(w, &one, &w->members[member].place, 1);
	if (p == NULL)
		return 0;
	p->slots[p->n_slots++] = member;
	return w->n_pools++;
}

uint32_t world_window(struct world *w, uint32_t pool, uint32_t from, uint32_t n)
{
	struct pool *list = grown(w, w->pools, &w->room_pools, w->n_pools, sizeof *list), *p;

	if (list == NULL)
		return 0;
	w->pools = list;
	p = &list[w->n_pools];
	*p = list[pool];
	from = from >= p->plan.n ? p->plan.n - 1 : from;
	p->slots += from;
	p->plan.n = p->n_slots = n > p->plan.n - from ? p->plan.n - from : n;
	p->plan.life_s = p->plan.period_s = 0; /* changes come through the pool behind it */
	return w->n_pools++;
}

void world_turn(struct world *w, const struct turn *t)
{
	struct turn *list = grown(w, w->turns, &w->room_turns, w->n_turns, sizeof *list);

	if (list == NULL)
		return;
	w->turns = list;
	list[w->n_turns++] = *t;
}

void world_take_turn(struct world *w, uint32_t turn)
{
	const struct turn *t = &w->turns[turn];

	if (t->host != NONE) {
		w->hosts[t->host].pool = t->pool;
		return;
	}
	memcpy(w->zones[t->zone].servers, t->servers, sizeof t->servers);
	w->zones[t->zone].n_servers = t->n_servers;
}

uint32_t world_place(struct world *w, enum net_kind kind, const char *country)
{
	if (w->kind_error > 0 && rng_chance(&w->rng, w->kind_error))
		kind = (enum net_kind)rng_below(&w->rng, NET_KINDS);
	if (w->kind_unsure > 0 && rng_chance(&w->rng, w->kind_unsure))
		return places_pick_unsure(w->places, &w->rng, kind, country);
	return places_pick(w->places, &w->rng, kind, country);
}

uint32_t world_zone(struct world *w, enum lab_class kind, const char *text)
{
	struct zone *list = grown(w, w->zones, &w->room_zones, w->n_zones, sizeof *list);
	const uint8_t *apex;

	if (list == NULL)
		return 0;
	w->zones = list;
	apex = must(w, (void *)(uintptr_t)word_name(&w->arena, text));
	list[w->n_zones] = (struct zone){.apex = apex,
					 .cut = apex,
					 .kind = kind,
					 .first_host = NONE,
					 .ns_ttl = 86400,
					 .low = 0,
					 .high = 1,
					 .story = {.twin_of = NONE, .guest_of = NONE}};
	return w->n_zones++;
}

/* Doubles the set of names when it is half full; hashes go to their new places. */
static void grow_names(struct world *w)
{
	uint32_t room = w->room_names == 0 ? NAMES_ROOM_MIN : w->room_names * 2;
	uint64_t *names = must(w, calloc(room, sizeof *names));

	if (names == NULL)
		return;
	for (uint32_t i = 0; i < w->room_names; i++) {
		uint32_t at = (uint32_t)w->names[i] & (room - 1);
		if (w->names[i] == 0)
			continue;
		while (names[at] != 0)
			at = (at + 1) & (room - 1);
		names[at] = w->names[i];
	}
	free(w->names);
	w->names = names;
	w->room_names = room;
}

/* Whether the text was not there before; it is now. */
static bool first_use(struct world *w, const char *text)
{
	uint64_t h = hash_bytes(text, strlen(text), 0) | 1; /* key 0: part of the repeatable outcome */
	uint32_t at;

	if (w->n_zones * 2 >= w->room_names)
		grow_names(w);
	if (w->err != OK)
		return true;
	at = (uint32_t)h & (w->room_names - 1);
	for (; w->names[at] != 0; at = (at + 1) & (w->room_names - 1))
		if (w->names[at] == h)
			return false;
	w->names[at] = h;
	return true;
}

uint32_t world_new_zone(struct world *w, enum lab_class kind, int cheap)
{
	char word[WORD_MAX], text[2 * WORD_MAX];

	do {
		word_make(&w->rng, 3 + (unsigned)rng_below(&w->rng, 3), word);
		snprintf(text, sizeof text, "%s.%s", word, word_suffix(&w->rng, cheap));
	} while (!first_use(w, text));
	return world_zone(w, kind, text);
}

static uint32_t add_host(struct world *w, const struct host *h, const char *label)
{
	struct host *list = grown(w, w->hosts, &w->room_hosts, w->n_hosts, sizeof *list);
	struct zone *z;

	if (list == NULL)
		return 0;
	w->hosts = list;
	z = &w->zones[h->zone];
	list[w->n_hosts] = *h;
	list[w->n_hosts].owner =
		label == NULL ? z->apex : must(w, (void *)(uintptr_t)word_below(&w->arena, label, z->apex));
	list[w->n_hosts].next = z->first_host;
	z->first_host = w->n_hosts;
	return w->n_hosts++;
}

uint32_t world_host(struct world *w, uint32_t zone, const char *label, uint32_t pool, uint32_t ttl)
{
	struct host h = {.zone = zone,
			 .pool = pool,
			 .alias = NONE,
			 .hints = NONE,
			 .ttl = ttl,
			 .weight = 1,
			 .answers = 1};

	return add_host(w, &h, label);
}

uint32_t world_alias(struct world *w, uint32_t zone, const char *label, uint32_t to, uint32_t ttl)
{
	struct host h = {.zone = zone,
			 .pool = NONE,
			 .alias = to,
			 .n_aliases = 1,
			 .hints = NONE,
			 .ttl = ttl,
			 .weight = 1,
			 .answers = 1};

	return add_host(w, &h, label);
}

void world_serve(struct world *w, uint32_t zone, const uint32_t *hosts, uint32_t n, uint32_t ttl)
{
	struct zone *z = &w->zones[zone];

	for (uint32_t i = 0; i < n && z->n_servers < ZONE_SERVERS_MAX; i++)
		z->servers[z->n_servers++] = hosts[i];
	z->ns_ttl = ttl;
}

uint32_t world_many(const struct world *w, double n)
{
	double many = n * w->scale + 0.5;

	return many < 1 ? 1 : (uint32_t)many;
}

/* Shares of all names by TTL, measured at a large resolver operator in 2012: 0 .16 %, up to 60 s 9.84 %, 120
 * s 16.32 %, 300 s 39.88 %, an hour 70.07 %. */
uint32_t world_ttl(struct world *w)
{
	static const struct {
		double below;
		uint32_t ttl;
	} shares[] = {{0.0016, 0},   {0.03, 30},    {0.0984, 60},   {0.1632, 120},
		      {0.24, 180},   {0.3988, 300}, {0.47, 600},    {0.53, 900},
		      {0.56, 1200},  {0.61, 1800},  {0.7007, 3600}, {0.78, 7200},
		      {0.88, 14400}, {0.91, 21600}, {0.93, 43200},  {1, 86400}};
	double u = rng_unit(&w->rng);
	size_t i = 0;

	while (u >= shares[i].below)
		i++;
	return shares[i].ttl;
}

enum err world_init(struct world *w, uint64_t seed, const struct nets *nets)
{
	*w = (struct world){.scale = 1, .seed = seed};
	rng_seed(&w->rng, seed, WORLD_STREAM);
	w->err = places_open(&w->places, nets);
	w->members = grown(w, NULL, &w->room_members, 0, sizeof *w->members);
	w->pools = grown(w, NULL, &w->room_pools, 0, sizeof *w->pools);
	w->hosts = grown(w, NULL, &w->room_hosts, 0, sizeof *w->hosts);
	w->zones = grown(w, NULL, &w->room_zones, 0, sizeof *w->zones);
	if (w->err != OK)
		return w->err;
	memset(w->pools, 0, sizeof *w->pools);
	memset(w->hosts, 0, sizeof *w->hosts);
	memset(w->zones, 0, sizeof *w->zones);
	return OK;
}

void world_fini(struct world *w)
{
	places_close(w->places);
	arena_fini(&w->arena);
	free(w->members);
	free(w->pools);
	free(w->hosts);
	free(w->zones);
	free(w->turns);
	free(w->names);
	*w = (struct world){0};
}

int64_t world_next_change(struct world *w, uint32_t pool, int64_t now_ns)
{
	const struct pool *p = &w->pools[pool];
	const struct pool_plan *plan = &p->plan;

	if (plan->period_s > 0) {
		int64_t period = (int64_t)(plan->period_s * 1e9), first = (int64_t)(p->first_s * 1e9);
		return first + ((now_ns - first) / period + 1) * period;
	}
	if (plan->life_s <= 0)
		return STAMP_NONE;
	return now_ns + 1 + (int64_t)(rng_exponential(&w->rng, plan->life_s / plan->n) * 1e9);
}

void world_change(struct world *w, uint32_t pool)
{
	struct pool *p = &w->pools[pool];
	uint32_t from = 0, to = p->plan.n;

	if (p->plan.period_s <= 0) {
		from = (uint32_t)rng_below(&w->rng, p->plan.n);
		to = from + 1;
	}
	for (uint32_t i = from; i < to; i++) {
		const struct member *gone = &w->members[p->slots[i]];
		uint32_t place = gone->decoy ? NONE : gone->place;
		uint32_t id = new_member(w, p, rng_chance(&w->rng, p->plan.stay) ? place : NONE);

		if (w->err != OK)
			return;
		p->slots[i] = id;
	}
}

double world_daylight(int64_t now_ns)
{
	double hour = (double)(now_ns % (24 * 3600 * NS_PER_SECOND)) / (3600.0 * 1e9);
	double far = fabs(hour - 14); /* from early afternoon */

	return 1 - 0.6 * (far > 12 ? 24 - far : far) / 12;
}
