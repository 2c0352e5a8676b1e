/* SPDX-License-Identifier: Apache-2.0 */
/* twins_test.c -- a twin looks as its flux network does; who its members are, how long they stay and what
 * else they serve is its own class's. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/stamp.h"
#include "lab/lab.h"
#include "lab/service.h"

#define HOUR_NS (3600.0 * 1e9)

enum { SEEDS = 6 };

/* What the priors and recipes give a class that a twin may be; lives in hours, or 0: anything. */
static const struct {
	enum lab_class class;
	double life_least, life_most;
	uint32_t customers; /* at least */
} classes[] = {
	{LAB_MULTI_PROVIDER, 200, 8000, 0},
	{LAB_VOLUNTEER, 1000, 9000, 0},
	{LAB_VPN, 50, 3000, 0},
	{LAB_CDN, 2, 4000, 5},
	{LAB_ROUND_ROBIN, 200, 8000, 0},
	{LAB_PEER_CDN, 20, 500, 3},
	{LAB_PEER_SEEDS, 3, 100, 0},
	{LAB_UNKNOWN, 1, 7500, 0},
};

enum { CLASSES = sizeof classes / sizeof *classes };

/* A builder of a world in which are only the hosters that others need. */
static void begin(struct builder *b, struct world *w, uint64_t seed)
{
	*b = (struct builder){.w = w};
	assert_int_equal(world_init(w, seed, NULL), OK);
	w->hours = 48;
	w->scale = 1;
	w->wide = true;
	deploy_provider(b);
	for (uint32_t i = 0; i < SUFFIXES; i++)
		deploy_suffix(b, i);
	assert_int_equal(w->err, OK);
}

static void assert_alike(const struct service *twin, const struct service *flux)
{
	assert_int_equal(twin->story.twin_of, flux->number);
	assert_true(twin->answers == flux->answers && twin->ttl == flux->ttl);
	assert_true(twin->plan.n == flux->plan.n && twin->siblings == flux->siblings);
	assert_true(twin->plan.rule == flux->plan.rule && twin->plan.hold_s == flux->plan.hold_s);
	assert_true(twin->plan.v6 == flux->plan.v6 && twin->plan.no_v4 == flux->plan.no_v4);
	assert_true(twin->position == flux->position && twin->chain == flux->chain);
	assert_true(twin->suffix == flux->suffix && twin->hints == flux->hints);
	assert_true(twin->style == flux->style && twin->ns_ttl == flux->ns_ttl);
	assert_true(twin->n_servers == flux->n_servers && twin->ns_addr_ttl == flux->ns_addr_ttl);
	assert_true(twin->low == flux->low && twin->high == flux->high && twin->ranks == flux->ranks);
	assert_true(twin->from_s == flux->from_s && twin->to_s == flux->to_s);
}

static void twins_are_alike(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		for (size_t c = 0; c < CLASSES; c++) {
			struct builder b;
			struct world w;

			begin(&b, &w, seed);
			for (unsigned m = 0; m < trick_count; m++) {
				struct service flux, twin;
				double life_h;

				trick_draw(&b, m, &flux);
				recipe_draw(&b, classes[c].class, &flux, &twin);
				assert_alike(&twin, &flux);
				life_h = twin.plan.life_s / 3600;
				assert_int_equal(twin.kind, classes[c].class);
				assert_true(life_h >= classes[c].life_least &&
					    life_h <= classes[c].life_most);
				assert_true(twin.customers >= classes[c].customers);
				assert_true(classes[c].customers != 0 || twin.customers == 0);
				assert_true(twin.plan.life_s != flux.plan.life_s);
				assert_true(memcmp(twin.who.mix, flux.who.mix, sizeof flux.who.mix) != 0);
				assert_true(twin.plan.decoys == 0 && twin.story.mechanism == NULL);
			}
			world_fini(&w);
		}
}

/* Mean life in hours, by how often the pool changes in so many hours. */
static double life_of(struct world *w, uint32_t pool, double hours)
{
	int64_t end_ns = LAB_START_NS + (int64_t)(hours * HOUR_NS);
	uint32_t changes = 0;

	for (int64_t at = world_next_change(w, pool, LAB_START_NS); at < end_ns; changes++) {
		world_change(w, pool);
		at = world_next_change(w, pool, at);
	}
	assert_true(changes > 100);
	return hours * w->pools[pool].plan.n / changes;
}

static bool leads_to(const struct world *w, const struct zone *z, uint32_t pool)
{
	for (uint32_t h = z->first_host; h != NONE; h = w->hosts[h].next) {
		uint32_t at = h;

		while (w->hosts[at].alias != NONE)
			at = w->hosts[at].alias;
		if (w->hosts[at].pool == pool || w->hosts[at].hints == pool)
			return true;
	}
	return false;
}

/* A pair is made; each half's members live as long as was drawn, and serve as many domains. */
static void check_pair(unsigned mechanism, size_t c, uint64_t seed)
{
	struct service half[2];
	struct builder b;
	struct world w;

	begin(&b, &w, seed);
	trick_draw(&b, mechanism, &half[0]);
	recipe_draw(&b, classes[c].class, &half[0], &half[1]);
	for (int i = 0; i < 2; i++) {
		struct service *s = &half[i];
		uint32_t twins = 0, domains = 0, zone = w.n_zones;
		double life_h, drawn_h = s->plan.life_s / 3600;

		s->near = false;
		s->guests = 0;
		s->ready = deploy_pool(&b, s);
		deploy(&b, s);
		assert_int_equal(w.err, OK);
		for (; zone < w.n_zones; zone++) {
			bool of_pair = i == 0 || w.zones[zone].story.twin_of == half[0].number;

			twins += leads_to(&w, &w.zones[zone], s->ready) && of_pair;
			domains += leads_to(&w, &w.zones[zone], s->ready);
		}
		assert_true(twins >= s->siblings);
		assert_true(domains >= s->siblings + s->customers);
		assert_true(i == 1 || s->customers == 0);
		life_h = life_of(&w, s->ready, drawn_h * 1000 / s->plan.n);
		assert_true(life_h > drawn_h * 0.8 && life_h < drawn_h * 1.25);
	}
	world_fini(&w);
}

static void members_live_and_serve_as_drawn(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		for (size_t c = 0; c < CLASSES; c++)
			check_pair(0, c, seed); /* homes, single flux */
}

/* Domains of the pair stand at the same places in the order of popularity, one by one. */
static void pairs_rank_alike(void **state)
{
	struct service flux, twin;
	struct builder b;
	struct world w;
	uint32_t first, second, n;

	(void)state;
	begin(&b, &w, 4);
	trick_draw(&b, 0, &flux);
	flux.siblings = 9;
	flux.guests = 0;
	recipe_draw(&b, LAB_VPN, &flux, &twin);
	first = w.n_zones;
	deploy(&b, &flux);
	second = w.n_zones;
	deploy(&b, &twin);
	n = second - first;
	assert_true(n >= 9);
	for (uint32_t i = 0; i < n; i++) {
		assert_true(w.zones[first + i].low == w.zones[second + i].low);
		assert_true(w.zones[first + i].low == w.zones[first + i].high);
	}
	assert_true(w.zones[first].low != w.zones[first + 1].low);
	world_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twins_are_alike),
		cmocka_unit_test(members_live_and_serve_as_drawn),
		cmocka_unit_test(pairs_rank_alike),
	};

	return cmocka_run_group_tests_name("twins", tests, NULL, NULL);
}
