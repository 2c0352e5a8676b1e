/* SPDX-License-Identifier: Apache-2.0 */
/* lab.c -- see lab.h: a heap of next events drives the world and asks the resolver. */
#include "lab/lab.h"

#include <stdlib.h>

#include "base/stamp.h"
#include "lab/events.h"
#include "lab/origin.h"
#include "lab/priors.h"
#include "lab/resolver.h"
#include "lab/truth.h"
#include "lab/words.h"
#include "lab/world.h"

enum { LAB_STREAM = 2 };

struct lab {
	struct world world;
	struct resolver resolver;
	struct rng rng;       /* draws what is asked */
	struct arena scratch; /* names of one event */
	struct events events; /* each zone that is asked for has one at any time */
	int64_t end_ns, now_ns;
	unsigned at; /* next exchange of the resolver's to give out */
};

/* The next question for a zone: a Poisson process at the rate of noon, thinned by the hour. */
static int64_t next_question(struct lab *l, uint32_t zone, int64_t now_ns)
{
	const struct zone *z = &l->world.zones[zone];
	double mean_s = 1 / z->rate;
	int64_t end_ns = l->end_ns;

	if (z->to_s > 0) {
		int64_t from_ns = LAB_START_NS + (int64_t)(z->from_s * 1e9);

		end_ns = LAB_START_NS + (int64_t)(z->to_s * 1e9);
		now_ns = now_ns < from_ns ? from_ns : now_ns;
	}
	while (now_ns < end_ns) {
		now_ns += 1 + (int64_t)(rng_exponential(&l->rng, mean_s) * 1e9);
		if (rng_chance(&l->rng, world_daylight(now_ns)))
			break;
	}
	return now_ns < end_ns || end_ns == l->end_ns ? now_ns : INT64_MAX;
}

static enum err fill_heap(struct lab *l)
{
	struct world *w = &l->world;
	enum err e = events_init(&l->events, w);

	if (e != OK)
		return e;
	for (uint32_t i = 0; i < w->n_zones; i++)
		if (w->zones[i].rate > 0)
			events_add(&l->events, next_question(l, i, LAB_START_NS), i);
	events_add_changes(&l->events, w);
	events_order(&l->events);
	return OK;
}

static enum err build(struct lab *l, const struct lab_config *config)
{
	enum err e = origin_build(&l->world, config);

	if (e == OK)
		e = resolver_init(&l->resolver, &l->world, config->seed, config->sides);
	if (e == OK)
		e = fill_heap(l);
	return e;
}

enum err lab_open(struct lab **out, const struct lab_config *config, struct diag *d)
{
	enum err e = origin_check(config, d);
	struct lab *l;

	if (e != OK)
		return e;
	l = calloc(1, sizeof *l);
	if (l == NULL)
		return diag_set(d, E_MEMORY, "no memory for the lab");
	l->end_ns = LAB_START_NS + (int64_t)config->hours * 3600 * NS_PER_SECOND;
	rng_seed(&l->rng, config->seed, LAB_STREAM + 16 * (uint64_t)config->vantage);
	e = build(l, config);
	if (e != OK) {
		lab_close(l);
		return diag_set(d, e, "the lab's world: %s", err_text(e));
	}
	*out = l;
	return OK;
}

void lab_close(struct lab *l)
{
	if (l == NULL)
		return;
	resolver_fini(&l->resolver);
	world_fini(&l->world);
	arena_fini(&l->scratch);
	events_fini(&l->events);
	free(l);
}

/* Which host of a zone is meant, by their weights. */
static uint32_t choose_host(struct lab *l, uint32_t zone)
{
	const struct host *hosts = l->world.hosts;
	double sum = 0, at;
	uint32_t last = NONE;

	for (uint32_t h = l->world.zones[zone].first_host; h != NONE; h = hosts[h].next)
		sum += (double)hosts[h].weight;
	at = rng_unit(&l->rng) * sum;
	for (uint32_t h = l->world.zones[zone].first_host; h != NONE; h = hosts[h].next) {
		if (hosts[h].weight <= 0)
			continue;
		last = h;
		at -= (double)hosts[h].weight;
		if (at < 0)
			break;
	}
	return last;
}

/* Whether any label below the zone leads somewhere. */
static bool has_wildcard(const struct world *w, uint32_t zone)
{
	if (w->zones[zone].kind == LAB_PARKED)
		return true;
	for (uint32_t h = w->zones[zone].first_host; h != NONE; h = w->hosts[h].next)
		if (w->hosts[h].wildcard)
			return true;
	return false;
}

static const uint8_t *below(struct lab *l, const uint8_t *zone, unsigned digits)
{
	char word[WORD_MAX];

	if (digits == 0)
		word_make(&l->rng, 2 + (unsigned)rng_below(&l->rng, 3), word);
	else
		word_digits(&l->rng, digits, word);
	return word_below(&l->scratch, word, zone);
}

/* The name that says its own address: "192-0-2-7.example.org". */
static const uint8_t *embedding(struct lab *l, struct ask *q)
{
	const struct host *h = &l->world.hosts[q->host];
	struct draw d = {h, h->pool, q->now_ns};
	uint32_t chosen[ANSWER_MAX];
	char text[ADDR_TEXT_MAX];

	(void)world_draw(&l->world, &d, &l->rng, chosen);
	q->member = chosen[0];
	addr_to_text(&l->world.members[q->member].v4, text);
	for (char *c = text; *c != 0; c++)
		*c = *c == '.' ? '-' : *c;
	return word_below(&l->scratch, text, h->owner);
}

static uint16_t choose_type(struct lab *l, uint32_t host)
{
	const struct world *w = &l->world;
	const struct host *h = &w->hosts[host];
	double u = rng_unit(&l->rng);

	if (!w->wide)
		return u < 0.12 ? RR_AAAA : RR_A;
	if (h->hints != NONE && u < 0.3)
		return RR_HTTPS;
	if (h->embedded)
		return RR_A;
	return u > (h->pool != NONE && w->pools[h->pool].plan.no_v4 ? 0.4 : 0.8) ? RR_AAAA : RR_A;
}

/* A mistyped or generated domain that nobody registered. */
static const uint8_t *nobodys(struct lab *l)
{
	char word[WORD_MAX], text[WORD_MAX + 8];
	size_t n = word_make(&l->rng, 4, word);

	memcpy(text, word, n);
	memcpy(text + n, rng_chance(&l->rng, 0.5) ? "q7.com" : "q7.net", sizeof "q7.com");
	return word_name(&l->scratch, text);
}

static enum err ask(struct lab *l, uint32_t zone)
{
	struct world *w = &l->world;
	struct ask q = {.now_ns = l->now_ns, .zone = zone, .member = NONE};
	double u;

	arena_reset(&l->scratch);
	if (w->wide) {
		q.host = choose_host(l, zone);
		q.qtype = choose_type(l, q.host);
		u = rng_unit(&l->rng);
	} else {
		q.qtype = choose_type(l, 0);
		u = rng_unit(&l->rng);
		q.host = choose_host(l, zone);
	}
	if (u < 0.015) {
		q.host = q.zone = NONE;
		q.name = nobodys(l);
	} else if (u < 0.06 && !has_wildcard(w, zone)) {
		q.host = NONE;
		q.name = below(l, w->zones[zone].apex, 0);
	} else if (w->hosts[q.host].embedded) {
		q.name = embedding(l, &q);
	} else if (w->hosts[q.host].wildcard) {
		q.name = below(l, w->hosts[q.host].owner, w->hosts[q.host].digits);
	} else {
		q.name = w->hosts[q.host].owner;
	}
	if (q.name == NULL)
		return E_MEMORY;
	resolver_ask(&l->resolver, &q);
	l->at = 0;
	return l->resolver.err;
}

/* One event: afterwards the resolver may have exchanges to give out. */
static enum err step(struct lab *l)
{
	struct event *first = &l->events.heap[0];
	enum err e;

	l->now_ns = first->at_ns;
	if ((first->what & (EVENT_CHANGE | EVENT_TURN)) != 0)
		return events_take_place(&l->events, &l->world);
	e = ask(l, first->what);
	first->at_ns = next_question(l, first->what, l->now_ns);
	events_moved(&l->events);
	return e;
}

enum err lab_next(struct lab *l, struct lab_exchange *out)
{
	for (;;) {
		enum err e;

		while (l->at < l->resolver.n) {
			const struct lab_exchange *x = &l->resolver.exchanges[l->at++];
			if ((x->side & l->resolver.sides) == 0)
				continue;
			*out = *x;
			return OK;
		}
		if (l->events.n == 0 || l->events.heap[0].at_ns >= l->end_ns) /* INT64_MAX: never again */
			return E_END;
		e = step(l);
		if (e != OK)
			return e;
	}
}

enum err lab_truth(const struct lab *l, enum err (*take)(void *context, const char *line, size_t len),
		   void *context)
{
	return truth_lines(&l->world, l->resolver.tallies, take, context);
}

void lab_priors(struct buf *to)
{
	prior_print(to);
}

void lab_domains(const struct lab *l, size_t *all, size_t *flux)
{
	truth_domains(&l->world, all, flux);
}

bool lab_is_real(const struct lab *l)
{
	return places_real(l->world.places);
}
