/* SPDX-License-Identifier: Apache-2.0 */
/* run.c -- see run.h: threads that take whatever work is ready; with one thread, a loop. */
#include "flow/run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/stamp.h"
#include "flow/suspects.h"

/* A boundary: at multiples of this, and after so many messages. */
#define BOUNDARY_NS (600 * NS_PER_SECOND)
enum { BOUNDARY_MESSAGES = 1 << 14 };

/* What is done at one: the member space fed by groups, judging, partitions trimmed by groups. */
enum { BOUNDARY_WORKS = OBS_GROUPS + 1 + OBS_GROUPS };

/* A record so far behind the newest is late: caches may have forgotten what it tells. */
#define LATE_NS (30 * NS_PER_SECOND)

/* Observations between two stages of fetching what the partitions will look at; see partition_fetch. */
enum { FETCH_STEP = 6 }; /* observations whose loads are started ahead */

enum work_kind { WORK_NONE, WORK_READ, WORK_PARSE, WORK_APPLY, WORK_FEED, WORK_JUDGE, WORK_TRIM };

struct work {
	enum work_kind kind;
	struct chunk *chunk;
	unsigned group;
};

double flow_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- reading ---- */

/* A message that belongs behind the boundary waits for the next chunk, with octets of its own. */
static bool set_aside(struct flow *f, const struct intake *in, struct chunk *next)
{
	arena_reset(&next->keep);
	f->pending = *in;
	f->pending.wire = arena_copy(&next->keep, in->wire, in->len);
	f->pending.zone = arena_copy(&next->keep, in->zone, in->zone_len);
	return f->pending.wire != NULL && f->pending.zone != NULL;
}

static bool passes_boundary(struct flow *f, const struct intake *in)
{
	int64_t tick = in->time_ns / BOUNDARY_NS;
	bool first = f->tick == INT64_MIN;
	bool passes = !first && (tick > f->tick || f->since_boundary >= BOUNDARY_MESSAGES);

	if (first || tick > f->tick)
		f->tick = tick;
	f->since_boundary = passes ? 1 : f->since_boundary + 1;
	return passes;
}

/* Fills the chunk; `next` is free and takes the message that did not belong here. Returns whether more may
 * follow. */
static bool fill(struct flow *f, struct chunk *c, struct chunk *next)
{
	struct intake *in;

	c->n = 0;
	c->boundary = false;
	if (f->has_pending)
		c->intakes[c->n++] = f->pending;
	f->has_pending = false;
	while (c->n < f->chunk_messages) {
		in = &c->intakes[c->n];
		if (sources_next(f->sources, &c->keep, in) != OK)
			return false;
		in->vantage = saved_vantage(&f->saved, in->vantage);
		in->late = in->time_ns < f->newest_ns - LATE_NS;
		f->newest_ns = in->time_ns > f->newest_ns ? in->time_ns : f->newest_ns;
		if (passes_boundary(f, in)) {
			c->boundary = true;
			f->has_pending = set_aside(f, in, next);
			return f->has_pending;
		}
		c->n++;
	}
	return true;
}

static void note_times(struct flow *f, const struct chunk *c)
{
	for (size_t i = 0; i < c->n; i++) {
		int64_t first = c->intakes[i].time_ns, last = c->intakes[i].last_ns;

		if (f->shown.first_ns == STAMP_NONE || first < f->shown.first_ns)
			f->shown.first_ns = first;
		if (f->shown.last_ns == STAMP_NONE || last > f->shown.last_ns)
			f->shown.last_ns = last;
	}
}

static void do_read(struct worker *w, struct chunk *c)
{
	struct flow *f = w->flow;
	struct chunk *next = &f->chunks[(f->read + 1) % f->n_chunks];
	double began = flow_seconds();
	bool more = fill(f, c, next);
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
	f->read++;
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

static void do_parse(struct worker *w, struct chunk *c)
{
	struct flow *f = w->flow;
	double began = flow_seconds();
	bool whole = true;

	memo_begin(&w->observer.memo, c->generation);
	w->observer.counts = (struct observe_counts){0};
	clear_groups(c);
	observe_batch(&w->observer, c->intakes, c->n, c->groups);
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		whole &= c->groups[g].err == OK;
	c->counts = w->observer.counts;
	w->parse_s += flow_seconds() - began;
	pthread_mutex_lock(&f->lock);
	f->failed |= !whole;
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

static void do_apply(struct worker *w, struct chunk *c, unsigned g)
{
	struct flow *f = w->flow;
	double began = flow_seconds(), judged = w->judge_s;
	uint64_t domains = 0;

	apply(w, &c->groups[g]);
	w->profile_s += flow_seconds() - began - (w->judge_s - judged);
	for (unsigned i = g; i < OBS_PARTITIONS; i += OBS_GROUPS)
		domains += f->partitions[i].n_domains + f->partitions[i].newcomers.n;
	pthread_mutex_lock(&f->lock);
	f->shown.domains += domains - f->groups[g].domains;
	f->groups[g].domains = domains;
	f->groups[g].busy = false;
	f->groups[g].next++;
	if (++c->applied == OBS_GROUPS) {
		if (c->boundary) {
			f->feeding = true;
			f->failed |= !sort_fresh(f); /* short, and nobody else can go on */
		}
		observe_counts_add(&f->shown.observe, &c->counts);
		for (size_t i = 0; i < c->n; i++)
			f->applied_ns = stamp_later(f->applied_ns, c->intakes[i].last_ns);
		c->state = CHUNK_FREE;
	}
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

	if (todo->kind == WORK_FEED)
		feed_group(f, todo->group);
	else if (todo->kind == WORK_JUDGE)
		whole = suspects_boundary(w);
	else
		trimmed = trim_group(f, todo->group);
	w->profile_s += flow_seconds() - began - (w->judge_s - judged);
	pthread_mutex_lock(&f->lock);
	f->trimmed |= trimmed;
	f->failed |= !whole;
	if (++f->feeds_done == BOUNDARY_WORKS) {
		members_publish(&f->members);
		if (f->trimmed)
			next_generation(f);
		f->trimmed = f->feeding = false;
		f->feeds_taken = f->feeds_done = 0;
		f->boundaries_done++;
	}
	pthread_cond_broadcast(&f->change);
	pthread_mutex_unlock(&f->lock);
}

/* ---- who does what ---- */

static struct work find_apply(struct flow *f)
{
	for (unsigned g = 0; g < OBS_GROUPS; g++) {
		struct group *group = &f->groups[g];
		struct chunk *c = &f->chunks[group->next % f->n_chunks];

		if (group->busy || group->next >= f->read || c->state != CHUNK_PARSED ||
		    c->before != f->boundaries_done)
			continue;
		group->busy = true;
		return (struct work){WORK_APPLY, c, g};
	}
	return (struct work){WORK_NONE, NULL, 0};
}

static struct work find_parse(struct flow *f)
{
	uint64_t first = f->read > f->n_chunks ? f->read - f->n_chunks : 0;

	for (uint64_t n = first; n < f->read; n++) {
		struct chunk *c = &f->chunks[n % f->n_chunks];

		if (c->state != CHUNK_FILLED || c->taken)
			continue;
		c->taken = true;
		c->generation = f->generation;
		return (struct work){WORK_PARSE, c, 0};
	}
	return (struct work){WORK_NONE, NULL, 0};
}

static struct work find_read(struct flow *f)
{
	struct chunk *c = &f->chunks[f->read % f->n_chunks], *next = &f->chunks[(f->read + 1) % f->n_chunks];

	/* two free chunks: the one to fill, and the next, for a message behind a boundary */
	if (f->reading || f->ended || c->state != CHUNK_FREE || next->state != CHUNK_FREE)
		return (struct work){WORK_NONE, NULL, 0};
	if (!f->has_pending)
		arena_reset(&c->keep);
	f->reading = true;
	return (struct work){WORK_READ, c, 0};
}

/* With the lock held: the next thing to do, the latest stage first so that little waits. */
static struct work find_work(struct flow *f)
{
	struct work w;

	if (f->feeding && f->feeds_taken < OBS_GROUPS)
		return (struct work){WORK_FEED, NULL, f->feeds_taken++};
	if (f->feeding && f->feeds_done == OBS_GROUPS && f->feeds_taken == OBS_GROUPS)
		return (struct work){WORK_JUDGE, NULL, f->feeds_taken++};
	if (f->feeding && f->feeds_done > OBS_GROUPS && f->feeds_taken < BOUNDARY_WORKS)
		return (struct work){WORK_TRIM, NULL, f->feeds_taken++ - OBS_GROUPS - 1};
	w = find_apply(f);
	if (w.kind == WORK_NONE)
		w = find_parse(f);
	return w.kind == WORK_NONE ? find_read(f) : w;
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
		struct work todo = find_work(f);

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
			do_parse(w, todo.chunk);
			break;
		case WORK_APPLY:
			do_apply(w, todo.chunk, todo.group);
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
