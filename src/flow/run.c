/* SPDX-License-Identifier: Apache-2.0 */
/* run.c -- see run.h: threads that take whatever work is ready; with one thread, a loop. */
#include "flow/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/monotonic.h"
#include "base/stamp.h"
#include "flow/fill.h"
#include "flow/suspects.h"

/* Observations between two stages of fetching what the partitions will look at; see partition_fetch. */
enum { FETCH_STEP = 6 }; /* observations whose loads are started ahead */

enum work_kind { WORK_NONE, WORK_READ, WORK_PARSE, WORK_APPLY, WORK_FEED, WORK_JUDGE, WORK_TRIM };

struct work {
	enum work_kind kind;
	struct chunk *chunk;
	uint32_t groups; /* bits */
	struct parser *parser;
};

double flow_seconds(void)
{
	return (double)monotonic_ns() / NS_PER_SECOND;
}

/* ---- reading ---- */

static void note_times(struct flow *f, const struct chunk *c)
{
	if (c->n == 0)
		return;
	f->shown.first_ns =
		f->shown.first_ns == STAMP_NONE ? c->first_ns : stamp_earlier(f->shown.first_ns, c->first_ns);
	f->shown.last_ns = stamp_later(f->shown.last_ns, c->last_ns);
}

static void do_read(struct worker *w, struct chunk *c)
{
	struct flow *f = w->flow;
	struct chunk *next = &f->chunks[(f->read + 1) % f->n_chunks];
	double began = flow_seconds();
	bool more = fill_chunk(f, c, next);
	struct sources_counts counts;

	w->read_s += flow_seconds() - began;
	sources_count(f->sources, &counts);
	pthread_mutex_lock(&f->lock);
	f->shown.sources = counts;
	note_times(f, c);
	c->before = f->boundaries_read;
	f->boundaries_read += c->boundary;
	c->applied = 0;
	c->taken = false;
	c->state = CHUNK_FILLED;
	c->number = f->read++;
	f->reading = false;
	f->ended = !more;
	f->failed |= c->boundary && !f->has_pending;
	pthread_cond_broadcast(&f->change);
	pthread_mutex_unlock(&f->lock);
}

/* ---- parsing and applying ---- */

static void clear_groups(struct chunk *c)
{
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		buf_clear(&c->groups[g]);
}

static void do_parse(struct worker *w, struct parser *p, struct chunk *c)
{
	struct flow *f = w->flow;
	double began = flow_seconds();
	bool whole = true;

	memo_begin(&p->observer.memo, c->generation, c->number);
	p->observer.counts = (struct observe_counts){0};
	clear_groups(c);
	observe_batch(&p->observer, c->intakes, c->n, c->groups);
	memo_end(&p->observer.memo);
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		whole &= c->groups[g].err == OK;
	c->counts = p->observer.counts;
	w->parse_s += flow_seconds() - began;
	pthread_mutex_lock(&f->lock);
	f->failed |= !whole;
	p->busy = false;
	c->taken = false;
	c->state = c->generation == f->generation ? CHUNK_PARSED : CHUNK_FILLED;
	pthread_cond_broadcast(&f->change);
	pthread_mutex_unlock(&f->lock);
}

static const struct obs *obs_at(const struct buf *b, size_t at)
{
	return (const struct obs *)(const void *)(b->bytes + at);
}

/* Fetches ahead of the observation to apply: one cursor for each stage, each a few observations before the
 * next. */
struct fetch {
	size_t at[PARTITION_STAGES];
	unsigned ahead[PARTITION_STAGES]; /* observations between the cursor and the one to apply */
};

static void fetch_ahead(struct flow *f, const struct buf *b, struct fetch *c)
{
	for (unsigned s = 0; s < PARTITION_STAGES; s++)
		while (c->ahead[s] < FETCH_STEP * (PARTITION_STAGES - s) && c->at[s] < b->len) {
			const struct obs *o = obs_at(b, c->at[s]);

			partition_fetch(&f->partitions[o->partition], o, s);
			c->at[s] += o->size;
			c->ahead[s]++;
		}
}

static void apply(struct worker *w, const struct buf *b)
{
	struct flow *f = w->flow;
	struct fetch fetch = {0};

	for (size_t at = 0; at < b->len;) {
		const struct obs *o = obs_at(b, at);
		struct partition *p = &f->partitions[o->partition];
		uint32_t domain;

		fetch_ahead(f, b, &fetch);
		domain = partition_apply(p, o);
		if (domain != NONE)
			suspects_note(f, o->partition, domain);
		at += o->size;
		for (unsigned s = 0; s < PARTITION_STAGES; s++)
			fetch.ahead[s]--;
	}
}

/* Sorts what the partitions have found by the groups of the member space, partition by partition. */
static bool sort_fresh(struct flow *f)
{
	bool whole = true;

	for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
		struct buf *fresh = &f->partitions[i].fresh;
		const struct fresh *list = (const struct fresh *)(const void *)fresh->bytes;

		for (size_t n = 0; n < fresh->len / sizeof *list; n++)
			buf_add(&f->fresh[list[n].part % OBS_GROUPS], &list[n], sizeof *list);
		buf_clear(fresh);
	}
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		whole &= f->fresh[g].err == OK;
	return whole;
}

static uint64_t domains_of(const struct flow *f, unsigned g)
{
	uint64_t n = 0;

	for (unsigned i = g; i < OBS_PARTITIONS; i += OBS_GROUPS)
		n += f->partitions[i].n_domains + f->partitions[i].newcomers.n;
	return n;
}

static bool has(uint32_t groups, unsigned g)
{
	return (groups >> g & 1) != 0;
}

/* With the lock held: these groups have the chunk behind them. Returns whether it was the last before a
 * boundary. */
static bool finish_apply(struct flow *f, struct chunk *c, uint32_t groups, const uint64_t domains[OBS_GROUPS])
{
	for (unsigned g = 0; g < OBS_GROUPS; g++) {
		struct group *group = &f->groups[g];

		if (!has(groups, g))
			continue;
		f->shown.domains += domains[g] - group->domains;
		group->domains = domains[g];
		group->busy = false;
		group->next++;
		c->applied++;
	}
	if (c->applied < OBS_GROUPS)
		return false;
	observe_counts_add(&f->shown.observe, &c->counts);
	f->applied_ns = stamp_later(f->applied_ns, c->last_ns);
	c->state = CHUNK_FREE;
	f->on_time = c->on_time;
	return c->boundary;
}

/* Nobody applies anything before the member space is fed, but others may go on to read and parse. */
static void begin_boundary(struct flow *f)
{
	bool whole;

	f->feeding = true;
	pthread_cond_broadcast(&f->change);
	pthread_mutex_unlock(&f->lock);
	whole = sort_fresh(f);
	pthread_mutex_lock(&f->lock);
	f->feeds = ALL_GROUPS;
	f->failed |= !whole;
}

static void do_apply(struct worker *w, struct chunk *c, uint32_t groups)
{
	struct flow *f = w->flow;
	double began = flow_seconds(), judged = w->judge_s;
	uint64_t domains[OBS_GROUPS] = {0};

	for (unsigned g = 0; g < OBS_GROUPS; g++)
		if (has(groups, g)) {
			apply(w, &c->groups[g]);
			domains[g] = domains_of(f, g);
		}
	w->profile_s += flow_seconds() - began - (w->judge_s - judged);
	pthread_mutex_lock(&f->lock);
	if (finish_apply(f, c, groups, domains))
		begin_boundary(f);
	pthread_cond_broadcast(&f->change);
	pthread_mutex_unlock(&f->lock);
}

/* ---- boundaries ---- */

int64_t flow_last_ns(const struct flow *f)
{
	return stamp_later(f->saved.last_ns, f->applied_ns);
}

static void feed_group(struct flow *f, unsigned g)
{
	members_feed(&f->members, (const struct fresh *)(const void *)f->fresh[g].bytes,
		     f->fresh[g].len / sizeof(struct fresh));
	buf_clear(&f->fresh[g]);
}

bool flow_feed(struct flow *f)
{
	if (!sort_fresh(f))
		return false;
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		feed_group(f, g);
	members_publish(&f->members);
	return true;
}

static bool trim_group(struct flow *f, unsigned g)
{
	bool trimmed = false;

	for (unsigned i = g; i < OBS_ALL; i += OBS_GROUPS)
		trimmed |= partition_trim(&f->partitions[i]);
	for (unsigned i = g; i < OBS_PARTITIONS; i += OBS_GROUPS)
		(void)members_trim(&f->members, i);
	return trimmed;
}

/* With the lock held: what was given up must be told anew, so no chunk may go on with repeats left out. */
static void next_generation(struct flow *f)
{
	f->generation++;
	for (unsigned i = 0; i < f->n_chunks; i++)
		if (f->chunks[i].state == CHUNK_PARSED)
			f->chunks[i].state = CHUNK_FILLED;
}

static void do_boundary(struct worker *w, const struct work *todo)
{
	struct flow *f = w->flow;
	double began = flow_seconds(), judged = w->judge_s;
	bool trimmed = false, whole = true;
	unsigned done = 0;

	if (todo->kind == WORK_JUDGE)
		whole = suspects_boundary(w);
	for (unsigned g = 0; g < OBS_GROUPS; g++) {
		if (!has(todo->groups, g))
			continue;
		if (todo->kind == WORK_FEED)
			feed_group(f, g);
		else
			trimmed |= trim_group(f, g);
		done++;
	}
	w->profile_s += flow_seconds() - began - (w->judge_s - judged);
	pthread_mutex_lock(&f->lock);
	f->trimmed |= trimmed;
	f->failed |= !whole;
	f->feeds_done += done;
	if (todo->kind == WORK_FEED && f->feeds_done == OBS_GROUPS)
		f->judge_next = true;
	if (todo->kind == WORK_JUDGE)
		f->feeds = ALL_GROUPS; /* to trim */
	if (f->feeds_done == 2 * OBS_GROUPS) {
		members_publish(&f->members);
		if (f->trimmed)
			next_generation(f);
		f->trimmed = f->feeding = false;
		f->feeds_done = 0;
		f->boundaries_done++;
	}
	pthread_cond_broadcast(&f->change);
	pthread_mutex_unlock(&f->lock);
}

/* ---- who does what ---- */

uint32_t flow_own_groups(const struct worker *w)
{
	unsigned threads = w->flow->n_workers < OBS_GROUPS ? w->flow->n_workers : OBS_GROUPS;
	unsigned number = (unsigned)(w - w->flow->workers);
	uint32_t own = 0;

	for (unsigned g = number % threads; g < OBS_GROUPS; g += threads)
		own |= UINT32_C(1) << g;
	return own;
}

/* So many of these groups as one thread takes together: few enough that all threads find some. */
static uint32_t some_of(uint32_t groups, const struct flow *f)
{
	unsigned left = OBS_GROUPS / (2 * f->n_workers);
	uint32_t some = 0;

	do {
		some |= groups & -groups;
		groups &= groups - 1;
	} while (left-- > 1 && groups != 0);
	return some;
}

/* Of the groups in `among`, those that are as far as each other and may apply their next chunk. */
static struct work find_apply(struct flow *f, uint32_t among)
{
	struct work w = {.kind = WORK_NONE};

	for (unsigned g = 0; g < OBS_GROUPS; g++) {
		struct group *group = &f->groups[g];
		struct chunk *c = &f->chunks[group->next % f->n_chunks];

		if (has(among, g) && !group->busy && group->next < f->read && c->state == CHUNK_PARSED &&
		    c->before == f->boundaries_done && (w.kind == WORK_NONE || w.chunk == c))
			w = (struct work){WORK_APPLY, c, w.groups | UINT32_C(1) << g, NULL};
	}
	w.groups = some_of(w.groups, f);
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		f->groups[g].busy |= has(w.groups, g);
	return w;
}

/* What a boundary has to do: first all groups are fed, then suspects are judged, then all groups trimmed. */
static struct work find_boundary(struct flow *f, uint32_t own)
{
	struct work w = {.kind = f->feeds_done < OBS_GROUPS ? WORK_FEED : WORK_TRIM, .groups = f->feeds};

	if (f->judge_next) {
		f->judge_next = false;
		return (struct work){.kind = WORK_JUDGE};
	}
	if (f->feeds == 0)
		return (struct work){.kind = WORK_NONE};
	w.groups = some_of((w.groups & own) != 0 ? w.groups & own : w.groups, f);
	f->feeds &= ~w.groups;
	return w;
}

/* A chunk that waits to be parsed. */
static bool is_filled(const struct chunk *c)
{
	return c->state == CHUNK_FILLED && !c->taken;
}

/* The thread's own, which is in its processor's cache, before another. */
static struct parser *free_parser(const struct worker *w)
{
	struct flow *f = w->flow;

	for (size_t i = (size_t)(w - f->workers), n = 0; n < f->n_parsers; i++, n++)
		if (!f->parsers[i % f->n_parsers].busy)
			return &f->parsers[i % f->n_parsers];
	return NULL;
}

static struct work find_parse(const struct worker *w)
{
	struct flow *f = w->flow;
	uint64_t first = f->read > f->n_chunks ? f->read - f->n_chunks : 0;
	struct parser *p = free_parser(w);

	for (uint64_t n = first; n < f->read && p != NULL; n++) {
		struct chunk *c = &f->chunks[n % f->n_chunks];

		if (!is_filled(c))
			continue;
		c->taken = p->busy = true;
		c->generation = f->generation;
		return (struct work){.kind = WORK_PARSE, .chunk = c, .parser = p};
	}
	return (struct work){.kind = WORK_NONE};
}

static struct work find_read(struct flow *f)
{
	struct chunk *c = &f->chunks[f->read % f->n_chunks], *next = &f->chunks[(f->read + 1) % f->n_chunks];

	/* two free chunks: the one to fill, and the next, for a message behind a boundary */
	if (f->reading || f->ended || c->state != CHUNK_FREE || next->state != CHUNK_FREE)
		return (struct work){.kind = WORK_NONE};
	if (!f->has_pending)
		arena_reset(&c->keep);
	f->reading = true;
	return (struct work){.kind = WORK_READ, .chunk = c};
}

/* Whether others would find nothing to parse, once this thread has taken a chunk. */
static bool runs_dry(const struct flow *f)
{
	unsigned filled = 0;

	for (unsigned i = 0; i < f->n_chunks; i++)
		filled += is_filled(&f->chunks[i]);
	return filled < f->n_workers && f->n_workers > 1;
}

/* With the lock held: the next thing to do, the latest stage first so that little waits; but no parser that
 * is waited for stays idle, one reads ahead for the others, and what they had better do comes last. */
static struct work find_work(const struct worker *worker)
{
	struct flow *f = worker->flow;
	uint32_t own = flow_own_groups(worker);
	struct work w = find_boundary(f, own);

	if (w.kind == WORK_NONE && f->n_parsers < f->n_workers)
		w = find_parse(worker);
	if (w.kind == WORK_NONE)
		w = find_apply(f, own);
	if (w.kind == WORK_NONE && runs_dry(f))
		w = find_read(f);
	if (w.kind == WORK_NONE)
		w = find_parse(worker);
	if (w.kind == WORK_NONE)
		w = find_read(f);
	return w.kind == WORK_NONE ? find_apply(f, ~own) : w;
}

static bool all_done(const struct flow *f)
{
	if (!f->ended || f->feeding)
		return false;
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		if (f->groups[g].busy || f->groups[g].next < f->read)
			return false;
	return true;
}

static void *work(void *context)
{
	struct worker *w = context;
	struct flow *f = w->flow;

	pthread_mutex_lock(&f->lock);
	while (!all_done(f) && !f->failed) {
		struct work todo;

		if (each_help(w))
			continue;
		todo = find_work(w);
		if (todo.kind == WORK_NONE) {
			pthread_cond_wait(&f->change, &f->lock);
			continue;
		}
		pthread_mutex_unlock(&f->lock);
		switch (todo.kind) {
		case WORK_READ:
			do_read(w, todo.chunk);
			break;
		case WORK_PARSE:
			do_parse(w, todo.parser, todo.chunk);
			break;
		case WORK_APPLY:
			do_apply(w, todo.chunk, todo.groups);
			break;
		case WORK_FEED:
		case WORK_JUDGE:
		case WORK_TRIM:
			do_boundary(w, &todo);
			break;
		case WORK_NONE:
			break;
		}
		pthread_mutex_lock(&f->lock);
	}
	pthread_cond_broadcast(&f->change);
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

enum err flow_run(struct flow *f, struct diag *d)
{
	unsigned started = 1; /* the caller's thread is the first worker */
	int failed = 0;

	while (started < f->n_workers && failed == 0) {
		struct worker *w = &f->workers[started];

		failed = pthread_create(&w->thread, NULL, work, w);
		started += failed == 0;
	}
	work(&f->workers[0]); /* fewer threads than asked for do the same work */
	for (unsigned i = 1; i < started; i++)
		pthread_join(f->workers[i].thread, NULL);
	pthread_mutex_lock(&f->lock);
	f->finished = true; /* from here on counts are whole */
	pthread_mutex_unlock(&f->lock);
	if (f->failed)
		return diag_set(d, E_MEMORY, "no memory for a batch of messages; give a smaller --memory");
	saved_write(f);
	return flow_feed(f) ? OK : diag_set(d, E_MEMORY, "no memory for what was found");
}
