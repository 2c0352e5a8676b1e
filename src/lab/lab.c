/* SPDX-License-Identifier: Apache-2.0 */
/* lab.c -- see lab.h: a heap of next events drives the world and asks the resolver. */
#include "lab/lab.h"

#include <stdlib.h>

#include "base/stamp.h"
#include "lab/priors.h"
#include "lab/resolver.h"
#include "lab/truth.h"
#include "lab/words.h"
#include "lab/world.h"

enum { LAB_STREAM = 2 };

#define MEAN_DAYLIGHT 0.7
#define SCALE_MIN     0.05
#define IS_CHANGE     UINT32_C(0x80000000) /* a pool changes; else a zone is asked for */
#define IS_TURN       UINT32_C(0x40000000) /* something is changed on purpose, once */

/* Every zone and every pool that changes has one event in the heap at any time. */
struct event {
	int64_t at_ns;
	uint32_t what; /* a zone, a pool with IS_CHANGE, or a turn with IS_TURN */
};

/* Questions a second for a scale of 1, as each world has them. */
static const double usual_rate[] = {[LAB_DEMO] = 4, [LAB_WIDE] = 2};

struct lab {
	struct world world;
	struct resolver resolver;
	struct rng rng;       /* draws what is asked */
	struct arena scratch; /* names of one event */
	struct event *heap;
	uint32_t n_events;
	int64_t end_ns, now_ns;
	unsigned at; /* next exchange of the resolver's to give out */
};

/* Moments that are equal are told apart by what happens: the order never depends on the heap's past. */
static bool earlier(const struct event *a, const struct event *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->what < b->what;
}

static void sink(struct lab *l, uint32_t i)
{
	struct event moved = l->heap[i];

	for (uint32_t child; (child = 2 * i + 1) < l->n_events; i = child) {
		if (child + 1 < l->n_events && earlier(&l->heap[child + 1], &l->heap[child]))
			child++;
		if (!earlier(&l->heap[child], &moved))
			break;
		l->heap[i] = l->heap[child];
	}
	l->heap[i] = moved;
}

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

static enum err fill_heap(struct lab *l)
{
	struct world *w = &l->world;

	l->heap = malloc(((size_t)w->n_zones + w->n_pools + w->n_turns) * sizeof *l->heap);
	if (l->heap == NULL)
		return E_MEMORY;
	for (uint32_t i = 0; i < w->n_zones; i++)
		if (w->zones[i].rate > 0)
			l->heap[l->n_events++] = (struct event){next_question(l, i, LAB_START_NS), i};
	for (uint32_t i = 0; i < w->n_pools; i++) {
		int64_t at_ns = world_next_change(w, i, LAB_START_NS);
		if (at_ns != STAMP_NONE)
			l->heap[l->n_events++] = (struct event){at_ns, i | IS_CHANGE};
	}
	for (uint32_t i = 0; i < w->n_turns; i++)
		l->heap[l->n_events++] =
			(struct event){LAB_START_NS + (int64_t)(w->turns[i].at_s * 1e9), i | IS_TURN};
	for (uint32_t i = l->n_events / 2; i-- > 0;)
		sink(l, i);
	return OK;
}

static enum err check(const struct lab_config *c, struct diag *d)
{
	if (c->hours < 1 || c->hours > LAB_HOURS_MAX)
		return diag_set(d, E_RANGE, "hours: 1 to %d", LAB_HOURS_MAX);
	if (!(c->scale >= SCALE_MIN && c->scale <= LAB_SCALE_MAX))
		return diag_set(d, E_RANGE, "scale: %g to %d", SCALE_MIN, LAB_SCALE_MAX);
	if (!(c->rate >= 0 && c->rate <= LAB_RATE_MAX))
		return diag_set(d, E_RANGE, "rate: 0 to %d", LAB_RATE_MAX);
	if (c->sides == 0 || (c->sides & ~(unsigned)(LAB_CLIENTS | LAB_UPSTREAM)) != 0)
		return diag_set(d, E_RANGE, "side: clients, upstream or both");
	return OK;
}

static enum err build(struct lab *l, const struct lab_config *config)
{
	struct world *w = &l->world;
	enum err e = world_init(w, config->seed, config->nets);

	if (e != OK)
		return e;
	w->scale = config->scale;
	w->vantage = config->vantage;
	w->hours = config->hours;
	w->rate = (config->rate > 0 ? config->rate : usual_rate[config->world]) * config->scale;
	w->wide = config->world == LAB_WIDE;
	if (w->wide)
		wide_build(w);
	else
		services_build(w);
	if (w->err != OK)
		return w->err;
	e = share_questions(w);
	if (e == OK)
		e = resolver_init(&l->resolver, w, config->seed, config->sides);
	if (e == OK)
		e = fill_heap(l);
	return e;
}

enum err lab_open(struct lab **out, const struct lab_config *config, struct diag *d)
{
	enum err e = check(config, d);
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
	free(l->heap);
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
	struct event *first = &l->heap[0];
	uint32_t what = first->what;
	enum err e;

	l->now_ns = first->at_ns;
	if ((what & IS_TURN) != 0) {
		world_take_turn(&l->world, what & ~IS_TURN);
		first->at_ns = INT64_MAX;
		e = OK;
	} else if ((what & IS_CHANGE) != 0) {
		world_change(&l->world, what & ~IS_CHANGE);
		first->at_ns = world_next_change(&l->world, what & ~IS_CHANGE, l->now_ns);
		e = l->world.err;
	} else {
		e = ask(l, what);
		first->at_ns = next_question(l, what, l->now_ns);
	}
	sink(l, 0);
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
		if (l->n_events == 0 || l->heap[0].at_ns >= l->end_ns) /* INT64_MAX: never again */
			return E_END;
		e = step(l);
		if (e != OK)
			return e;
	}
}

enum err lab_truth(const struct lab *l, enum err (*take)(void *context, const char *line, size_t len),
		   void *context)
{
	struct buf line = {0};
	enum err e = OK;

	for (uint32_t i = 0; i < l->world.n_zones && e == OK; i++) {
		if (l->world.zones[i].is_suffix)
			continue;
		buf_clear(&line);
		truth_line(&l->world, i, &l->resolver.tallies[i], &line);
		e = line.err == OK ? take(context, (const char *)line.bytes, line.len) : line.err;
	}
	buf_fini(&line);
	return e;
}

void lab_priors(struct buf *to)
{
	prior_print(to);
}

void lab_domains(const struct lab *l, size_t *all, size_t *flux)
{
	*all = *flux = 0;
	for (uint32_t i = 0; i < l->world.n_zones; i++) {
		const struct zone *z = &l->world.zones[i];

		*all += !z->is_suffix;
		*flux += truth_is_flux(z);
	}
}

bool lab_is_real(const struct lab *l)
{
	return places_real(l->world.places);
}
