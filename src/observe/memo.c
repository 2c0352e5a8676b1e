/* SPDX-License-Identifier: Apache-2.0 */
/* memo.c -- see memo.h. */
#include "observe/memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "observe/memo_shelf.h"
#include "observe/memo_wire.h"

enum { TOLD = 1 << 13, TOLD_ALL = 1 << 12 }; /* few enough to stay in the processor's cache */

/* What one thread has for itself. */
struct memo_own {
	struct memo_told told[TOLD]; /* by fingerprint; one place for each */
	struct memo_told_all told_all[TOLD_ALL];
	struct memo_view view; /* of the bucket at hand */
};

static enum err begin(struct memo *m, struct memo_shelf *s)
{
	struct memo_own *own = s == NULL ? NULL : calloc(1, sizeof *own);

	if (own == NULL) {
		memo_shelf_close(s);
		return E_MEMORY;
	}
	*m = (struct memo){.shelf = s, .own = own};
	return OK;
}

enum err memo_open(struct memo *m, size_t octets, uint64_t bucket_key)
{
	return begin(m, memo_shelf_open(octets, bucket_key));
}

enum err memo_join(struct memo *m, struct memo *other)
{
	other->shelf->users++;
	return begin(m, other->shelf);
}

void memo_close(struct memo *m)
{
	memo_shelf_close(m->shelf);
	free(m->own);
	*m = (struct memo){0};
}

static uint32_t tick_of(int64_t time_ns)
{
	return (uint32_t)((uint64_t)time_ns >> 20);
}

bool memo_knows(const struct memo *m, const struct memo_tale *t)
{
	const struct memo_told *told;

	if (m->own == NULL)
		return false;
	told = &m->own->told[t->fingerprint & (TOLD - 1)];
	return told->fingerprint == t->fingerprint && (told->targets >> t->target & 1) != 0 &&
	       (int32_t)(tick_of(t->time_ns) - told->tick) > 0 && t->dies_s <= told->dies_s;
}

void memo_note(struct memo *m, const struct memo_tale *t)
{
	uint32_t tick = tick_of(t->time_ns), target = (uint32_t)1 << t->target;
	struct memo_told *told;

	if (m->own == NULL || t->dies_s < 0 || t->dies_s > UINT32_MAX)
		return;
	told = &m->own->told[t->fingerprint & (TOLD - 1)];
	if (told->fingerprint != t->fingerprint || t->dies_s > told->dies_s) {
		*told = (struct memo_told){t->fingerprint, tick, (uint32_t)t->dies_s, target};
		return;
	}
	if (t->dies_s < told->dies_s) /* seconds are whole, so lives differ by one: the longer one is kept */
		return;
	told->targets |= target;
	if ((int32_t)(tick - told->tick) > 0)
		told->tick = tick;
}

uint32_t memo_knows_all(const struct memo *m, const struct memo_tale_all *t)
{
	const struct memo_told_all *told;
	bool later = false;

	if (m->own == NULL)
		return 0;
	told = &m->own->told_all[t->fingerprint & (TOLD_ALL - 1)];
	for (unsigned i = 0; i < MEMO_SETS; i++)
		later |= t->dies_s[i] > told->dies_s[i];
	return told->fingerprint == t->fingerprint && (told->targets >> t->target & 1) != 0 && !later &&
			       (int32_t)(tick_of(t->time_ns) - told->tick) > 0
		       ? told->n_obs
		       : 0;
}

void memo_note_all(struct memo *m, const struct memo_tale_all *t, uint64_t n_obs)
{
	uint32_t tick = tick_of(t->time_ns), target = (uint32_t)1 << t->target;
	struct memo_told_all now = {t->fingerprint, tick, target, {0}, (uint32_t)n_obs}, *told;

	if (m->own == NULL)
		return;
	for (unsigned i = 0; i < MEMO_SETS; i++) {
		if (t->dies_s[i] < 0 || t->dies_s[i] > UINT32_MAX)
			return;
		now.dies_s[i] = (uint32_t)t->dies_s[i];
	}
	told = &m->own->told_all[t->fingerprint & (TOLD_ALL - 1)];
	if (told->fingerprint == t->fingerprint &&
	    memcmp(told->dies_s, now.dies_s, sizeof now.dies_s) == 0) { /* to others too */
		now.targets |= told->targets;
		now.tick = (int32_t)(tick - told->tick) > 0 ? tick : told->tick;
	}
	*told = now;
}

static bool is_idle(const struct memo *m)
{
	return m->shelf == NULL || m->rests;
}

void memo_announce(struct memo *m, const struct intake *in, size_t number)
{
	struct memo_ahead *a = &m->ahead[number % MEMO_AHEAD], *half;

	if (is_idle(m))
		return;
	a->hash = in->zone_len != 0 || in->count != 1 || in->late != 0 || m->off
			  ? 0
			  : memo_hash(in->wire, in->len, m->shelf->key);
	a->line = MEMO_NO_LINE;
	memo_shelf_fetch_slots(m->shelf, a->hash);
	if (number < MEMO_AHEAD / 2)
		return;
	half = &m->ahead[(number - MEMO_AHEAD / 2) % MEMO_AHEAD]; /* its slots are here by now */
	half->line = half->hash == 0 ? MEMO_NO_LINE : memo_shelf_fetch_entry(m->shelf, half->hash);
}

/* Whether it stands behind the one at hand in the capture: threads are not equally far. */
static bool is_behind(const struct memo_entry *e, const struct memo *m)
{
	return (int32_t)(e->batch - m->batch) > 0;
}

/* The same message, if there is one: then *line is where. False when the bucket was not to be read. */
static bool find_same(struct memo *m, const struct intake *in, uint64_t hash, size_t *line, enum match *found)
{
	struct memo_view *v = &m->own->view;

	if (!memo_shelf_look(m->shelf, hash, v, line))
		return false;
	*found = DIFFERENT;
	for (; memo_shelf_next(m->shelf, hash, v, line); ++*line) {
		if (*line == MEMO_NO_LINE)
			return true;
		*found = memo_match(v->entry, in);
		if (*found != DIFFERENT)
			return !is_behind(v->entry, m);
	}
	return false;
}

const struct memo_entry *memo_find(struct memo *m, const struct intake *in, size_t number,
				   struct memo_place *place)
{
	struct memo_ahead a = is_idle(m) ? (struct memo_ahead){0} : m->ahead[number % MEMO_AHEAD];
	enum match found;

	m->looked++;
	*place = (struct memo_place){0, MEMO_NO_LINE};
	if (a.hash == 0 || !find_same(m, in, a.hash, &a.line, &found))
		return NULL;
	*place = (struct memo_place){a.hash, a.line};
	if (found == DIFFERENT)
		return NULL;
	memo_shelf_meet(m->shelf, &m->own->view, a.line);
	m->met += found == REPEAT;
	return found == REPEAT ? m->own->view.entry : NULL;
}

/* Where the TTLs of a message stand, and when its records die. */
struct ttls {
	unsigned n;
	uint8_t steps[MEMO_TTLS_MAX];
	uint32_t dies_s[MEMO_TTLS_MAX];
};

/* False when they do not fit an entry. */
static bool note_ttls(struct ttls *t, const struct intake *in, const struct message *message)
{
	int64_t now_s = in->time_ns / NS_PER_SECOND;
	size_t before = 0;

	t->n = 0;
	for (size_t i = 0; i < message->n_records; i++) {
		const struct record *r = &message->records[i];
		size_t at = (size_t)(r->rdata - message->wire) - (MEMO_RECORD_FIXED - MEMO_TTL_AT);
		int64_t dies = now_s + r->ttl;

		if (r->type == RR_OPT) /* its TTL is flags (RFC 6891, 6.1.3) and is compared */
			continue;
		if (t->n == MEMO_TTLS_MAX || at - before > UINT8_MAX || dies < 0 || dies > UINT32_MAX)
			return false;
		t->steps[t->n] = (uint8_t)(at - before);
		t->dies_s[t->n++] = (uint32_t)dies;
		before = at;
	}
	return true;
}

/* The number of the first TTL of the run; t->n when they are not all there, one behind the other. */
static unsigned run_ttl(const struct ttls *t, const struct run *r)
{
	unsigned first = 0, k = 1;
	size_t at = 0;

	while (first < t->n && (at += t->steps[first]) != r->at + MEMO_TTL_AT)
		first++;
	while (k < r->n && first + k < t->n && t->steps[first + k] == r->stride)
		k++;
	return k == r->n ? first : t->n;
}

static void fill(const struct memo *m, const struct intake *in, const struct ttls *t, size_t n_obs)
{
	struct memo_entry *e = m->own->view.entry;
	struct run run = memo_run(in->wire, in->len, memo_question_end(in->wire, in->len));
	uint8_t *kept = e->octets + t->n;
	unsigned first = run.n < 2 ? t->n : run_ttl(t, &run);
	size_t at = 0;

	if (first == t->n) /* none whose order matters */
		run = (struct run){0};
	*e = (struct memo_entry){
		.time_ns = in->time_ns,
		.batch = m->batch,
		.len = (uint16_t)in->len,
		.vantage = in->vantage,
		.lacks = in->lacks,
		.run_at = (uint16_t)run.at,
		.run_n = (uint8_t)run.n,
		.run_stride = (uint8_t)run.stride,
		.run_ttl = (uint8_t)first,
		.n_ttls = (uint8_t)t->n,
		.n_obs = (uint8_t)n_obs,
		.role = in->role,
	};
	memcpy(e->octets, t->steps, t->n);
	memcpy(kept, in->wire, in->len);
	for (unsigned i = 0; i < t->n; i++) {
		at += t->steps[i];
		memcpy(kept + at, &t->dies_s[i], sizeof t->dies_s[i]);
	}
}

void memo_keep(struct memo *m, const struct memo_place *place, const struct intake *in,
	       const struct message *message, size_t n_obs)
{
	struct ttls ttls;
	size_t octets, line = place->line;

	if (place->hash == 0 || n_obs > UINT8_MAX || message->odd_pointers || !note_ttls(&ttls, in, message))
		return;
	octets = offsetof(struct memo_entry, octets) + ttls.n + in->len;
	if (octets > MEMO_ENTRY_MAX || !memo_shelf_write(m->shelf, place->hash, &m->own->view, &line, octets))
		return;
	m->lines_kept += place->line == MEMO_NO_LINE ? memo_shelf_lines(octets) : 0;
	fill(m, in, &ttls, n_obs);
	memo_shelf_wrote(m->shelf, &m->own->view, line);
}

/* To hash, look for and keep a message costs a fifth of what is done to it otherwise; so one in eight or more
 * must be known for that to be worth it. */
static void weigh(struct memo *m)
{
	enum { MET_LEAST = 8 };

	if (m->looked < (m->rests ? MEMO_REST : MEMO_TRIAL))
		return;
	m->rests = !m->rests && m->met < m->looked / MET_LEAST;
	m->looked = m->met = 0;
}

void memo_begin(struct memo *m, uint64_t generation, uint64_t batch)
{
	if (m->shelf == NULL)
		return;
	if (m->generation != generation) {
		memset(m->own->told, 0, sizeof m->own->told);
		memset(m->own->told_all, 0, sizeof m->own->told_all);
	}
	m->generation = generation;
	m->batch = (uint32_t)batch;
	weigh(m);
	m->off = !memo_shelf_enter(m->shelf, generation, m->lines_kept);
	m->lines_kept = 0;
}

void memo_end(struct memo *m)
{
	if (m->shelf != NULL)
		memo_shelf_leave(m->shelf);
}
