/* SPDX-License-Identifier: Apache-2.0 */
/* origin.c -- see origin.h. */
#include "lab/origin.h"

#include <stdlib.h>

#include "lab/world.h"

#define MEAN_DAYLIGHT 0.7
#define SCALE_MIN     0.05

/* Questions a second for a scale of 1, as each world has them. */
static const double usual_rate[] = {[LAB_DEMO] = 4, [LAB_WIDE] = 2, [LAB_HONEST] = 2};

struct place_in_order {
	double key;
	uint32_t zone;
};

static int by_key(const void *a, const void *b)
{
	const struct place_in_order *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->zone < y->zone ? -1 : x->zone > y->zone;
}

static bool is_asked_for(const struct world *w, const struct zone *z)
{
	for (uint32_t h = z->first_host; h != NONE; h = w->hosts[h].next)
		if (w->hosts[h].weight > 0)
			return true;
	return false;
}

/* Puts the zones in an order of popularity and gives each its share by Zipf's law. */
static enum err share_questions(struct world *w)
{
	struct place_in_order *order = malloc(w->n_zones * sizeof *order);
	double sum = 0, total = w->rate / MEAN_DAYLIGHT;
	uint32_t n = 0;

	if (order == NULL)
		return E_MEMORY;
	for (uint32_t i = 0; i < w->n_zones; i++) {
		const struct zone *z = &w->zones[i];
		double key = rng_between(&w->rng, (double)z->low, (double)z->high);

		if (is_asked_for(w, z))
			order[n++] = (struct place_in_order){key, i};
	}
	qsort(order, n, sizeof *order, by_key);
	for (uint32_t i = n; i-- > 0;)
		sum += 1.0 / (i + 1.0);
	for (uint32_t i = 0; i < n; i++) {
		struct zone *z = &w->zones[order[i].zone];

		z->rate = total / sum / (i + 1.0);
		if (z->to_s > 0) /* as much as others, in less time */
			z->rate *= w->hours * 3600 / (z->to_s - z->from_s);
	}
	free(order);
	return OK;
}

enum err origin_check(const struct lab_config *c, struct diag *d)
{
	if (c->hours < 1 || c->hours > LAB_HOURS_MAX)
		return diag_set(d, E_RANGE, "hours: 1 to %d", LAB_HOURS_MAX);
	if (!(c->scale >= SCALE_MIN && c->scale <= LAB_SCALE_MAX))
		return diag_set(d, E_RANGE, "scale: %g to %d", SCALE_MIN, LAB_SCALE_MAX);
	if (!(c->rate >= 0 && c->rate <= LAB_RATE_MAX))
		return diag_set(d, E_RANGE, "rate: 0 to %d", LAB_RATE_MAX);
	if (c->sides == 0 || (c->sides & ~(unsigned)(LAB_CLIENTS | LAB_UPSTREAM)) != 0)
		return diag_set(d, E_RANGE, "side: clients, upstream or both");
	if (c->only != 0 && c->world != LAB_WIDE)
		return diag_set(d, E_RANGE, "only classes that are named: of a wide world (--world wide)");
	return OK;
}

enum err origin_build(struct world *w, const struct lab_config *c)
{
	enum err e = world_init(w, c->seed, c->nets);

	if (e != OK)
		return e;
	w->scale = c->scale;
	w->vantage = c->vantage;
	w->only = c->only;
	w->hours = c->hours;
	w->rate = (c->rate > 0 ? c->rate : usual_rate[c->world]) * c->scale;
	w->wide = c->world != LAB_DEMO;
	w->honest = c->world == LAB_HONEST;
	if (w->wide)
		wide_build(w);
	else
		services_build(w);
	return w->err != OK ? w->err : share_questions(w);
}
