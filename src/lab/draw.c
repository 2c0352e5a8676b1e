/* SPDX-License-Identifier: Apache-2.0 */
/* draw.c -- which members of a pool answer at a moment. */
#include "base/stamp.h"
#include "lab/world.h"

enum { DRAW_TRIES = 40, HELD_STREAM = 1 << 20 };

static bool is_up(const struct member *m, int64_t now_ns)
{
	unsigned hour = (unsigned)(now_ns / (3600 * NS_PER_SECOND) % 24);

	return m->awake >= 24 || (hour + 24 - m->wake) % 24 < m->awake;
}

static bool among(const uint32_t *list, uint32_t n, uint32_t id)
{
	for (uint32_t i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

/* The next k slots that are up, from where the turn of the TTL has come to. */
static uint32_t take_turn(const struct world *w, const struct draw *d, uint32_t k,
			  uint32_t chosen[ANSWER_MAX])
{
	const struct pool *p = &w->pools[d->pool];
	uint64_t step = (uint64_t)(d->now_ns / NS_PER_SECOND) / (d->host->ttl == 0 ? 1 : d->host->ttl);
	uint32_t from = (uint32_t)(step * k % p->plan.n), n = 0;

	for (uint32_t i = 0; i < p->plan.n && n < k; i++) {
		uint32_t id = p->slots[(from + i) % p->plan.n];

		if (is_up(&w->members[id], d->now_ns))
			chosen[n++] = id;
	}
	return n;
}

/* What a sticky front draws with: the same for one resolver as long as it holds. */
static struct rng held_rng(const struct world *w, const struct draw *d)
{
	double hold_s = w->pools[d->pool].plan.hold_s;
	uint64_t epoch = 0;
	struct rng r;

	if (hold_s > 0)
		epoch = (uint64_t)(d->now_ns / NS_PER_SECOND) / (uint64_t)(hold_s + 1);
	rng_seed(&r, w->seed + rng_mix(epoch), HELD_STREAM + rng_mix(w->vantage) % 4096 * 4096 + d->pool);
	return r;
}

uint32_t world_draw(const struct world *w, const struct draw *d, struct rng *r, uint32_t chosen[ANSWER_MAX])
{
	const struct pool *p = &w->pools[d->pool];
	uint32_t n = 0, k = d->host->answers;
	int64_t now_ns = d->now_ns;
	struct rng held;

	k = k > ANSWER_MAX ? ANSWER_MAX : k;
	k = k > p->plan.n ? p->plan.n : k;
	if (p->plan.rule == POOL_ALL)
		for (; n < k; n++)
			chosen[n] = p->slots[n];
	else if (p->plan.rule == POOL_TURN)
		n = take_turn(w, d, k, chosen);
	if (p->plan.rule == POOL_STICKY) {
		held = held_rng(w, d);
		r = &held;
	}
	if (p->plan.rule == POOL_TURN) /* all that are up */
		k = n;
	for (uint32_t tries = 0; n < k && tries < DRAW_TRIES * k; tries++) {
		uint32_t id = p->slots[rng_below(r, p->plan.n)];
		const struct member *m = &w->members[id];

		if (among(chosen, n, id) || !is_up(m, now_ns))
			continue;
		if (p->plan.rule == POOL_WEIGHTED && !rng_chance(r, m->weight))
			continue;
		chosen[n++] = id;
	}
	if (n == 0) /* all asleep: whoever is first answers late */
		chosen[n++] = p->slots[0];
	return n;
}
