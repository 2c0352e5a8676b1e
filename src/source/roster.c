/* SPDX-License-Identifier: Apache-2.0 */
/* roster.c -- see roster.h. */
#include "source/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/form.h"

enum { PROBLEMS_MAX = 1000 };

struct slot {
	struct roster *roster;
	struct feed *feed;  /* NULL: not open now */
	struct record head; /* the next record, while open */
	uint16_t vantage;
	bool complained; /* one problem for an input is enough */
};

struct kept_mapping {
	struct mapping *mapping;
	struct slot *of;
};

/* A text of any length becomes one line: a file's name may hold anything. */
static void one_line(char *text)
{
	for (; *text != 0; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

static void add_problem(struct roster *r, const char *path, const char *what)
{
	struct source_problem *p;

	r->unreadable++;
	if (r->n_problems == PROBLEMS_MAX)
		return;
	if (r->n_problems == r->problems_room) {
		size_t room = r->problems_room == 0 ? 8 : 2 * r->problems_room;
		struct source_problem *grown = realloc(r->problems, room * sizeof *grown);

		if (grown == NULL)
			return;
		r->problems = grown;
		r->problems_room = room;
	}
	p = &r->problems[r->n_problems++];
	snprintf(p->text, sizeof p->text, "%.200s%s%s", path, path[0] == 0 ? "" : ": ", what);
	one_line(p->text);
}

static uint32_t index_of(const struct slot *s)
{
	return (uint32_t)(s - s->roster->slots);
}

static const struct walk_file *file_of(const struct slot *s)
{
	return &s->roster->walk.files[index_of(s)];
}

static bool is_stopped(const struct roster *r)
{
	return atomic_load_explicit(&r->shared->stop.asked, memory_order_relaxed);
}

static void complain(void *ctx, const char *text)
{
	struct slot *s = ctx;
	const char *path = file_of(s)->path;

	if (is_stopped(s->roster)) /* what a stop breaks off is not broken */
		return;
	if (!s->complained)
		add_problem(s->roster, strcmp(path, "-") == 0 ? "standard input" : path, text);
	s->complained = true;
}

static void add_counts(struct feed_counts *to, const struct feed_counts *c)
{
	to->octets += c->octets;
	to->records += c->records;
	to->bad_records += c->bad_records;
	to->bad_time += c->bad_time;
	to->mdns += c->mdns;
	to->other += c->other;
	to->filtered += c->filtered;
	to->evicted += c->evicted;
	to->lacks |= c->lacks;
}

static bool keep_mapping(struct slot *s, struct mapping *m)
{
	struct roster *r = s->roster;

	if (r->n_mappings == r->mappings_room) {
		size_t room = r->mappings_room == 0 ? 16 : 2 * r->mappings_room;
		struct kept_mapping *grown = realloc(r->mappings, room * sizeof *grown);

		if (grown == NULL)
			return false;
		r->mappings = grown;
		r->mappings_room = room;
	}
	r->mappings[r->n_mappings++] = (struct kept_mapping){m, s};
	return true;
}

/* The input is done: its counts stay, and its mapping, where records of it may still lie. */
static void finish(struct slot *s)
{
	struct feed_counts c = feed_counted(s->feed);
	struct mapping *m = NULL;

	add_counts(&s->roster->closed, &c);
	feed_close(s->feed, &m);
	s->feed = NULL;
	if (m != NULL && !keep_mapping(s, m))
		(void)m; /* no memory for a note: it stays mapped until the process ends, which hurts nobody
			  */
}

/* Opens the input and reads its first record. False: it gives none. */
static bool open_slot(struct slot *s, bool *known_form)
{
	const struct walk_file *file = file_of(s);
	struct diag d;
	enum err e = feed_open(&s->feed, file->path, s->roster->shared, &d);

	*known_form = e == OK;
	if (e != OK) {
		if (!file->in_folder || (e != E_FORMAT && e != E_ABSENT))
			complain(s, d.text);
		return false;
	}
	feed_name(s->feed, index_of(s), (struct feed_complaint){complain, s});
	if (feed_next(s->feed, &s->head) == OK)
		return true;
	finish(s);
	return false;
}

/* Closes an input that holds much, to be opened again when its time comes. */
static void park(struct slot *s)
{
	store_release(&s->roster->shared->store, s->head.chunk);
	feed_close(s->feed, NULL);
	s->feed = NULL;
}

static enum err start_slot(struct slot *s, uint32_t *n_known)
{
	struct roster *r = s->roster;
	const struct walk_file *file = file_of(s);
	bool known;
	bool gives = open_slot(s, &known);

	if (known) {
		r->octets_total += file->octets;
		n_known[file->from]++;
	}
	if (!gives)
		return OK;
	if (!heads_add(&r->heads, (struct head){s->head.time_ns, index_of(s)})) {
		finish(s);
		return E_MEMORY;
	}
	if (r->walk.n > 1 && file->regular && s->head.chunk != NULL)
		park(s);
	return OK;
}

/* A directory in which nothing was recognised is a problem, unless its files already were. */
static void check_folders(struct roster *r, const struct sources_config *config, const uint32_t *n_known)
{
	char text[sizeof r->problems->text];

	for (size_t i = 0; i < config->n_paths; i++) {
		size_t n = 0, complained = 0;

		for (size_t k = 0; k < r->walk.n; k++)
			if (r->walk.files[k].from == i) {
				n++;
				complained += r->slots[k].complained || !r->walk.files[k].in_folder;
			}
		if (n_known[i] != 0 || complained != 0 || n_known[config->n_paths + i] != 0)
			continue;
		snprintf(text, sizeof text, n == 0 ? "holds no files; %s" : "none of its files is known; %s",
			 form_expected);
		add_problem(r, config->paths[i].path, text);
	}
}

static enum err start_slots(struct roster *r, const struct sources_config *config, uint32_t *n_known)
{
	r->slots = calloc(r->walk.n + 1, sizeof *r->slots);
	if (r->slots == NULL)
		return E_MEMORY;
	for (size_t i = 0; i < r->walk.n; i++) {
		r->slots[i].roster = r;
		r->slots[i].vantage = config->paths[r->walk.files[i].from].vantage;
	}
	for (size_t i = 0; i < r->walk.n && !is_stopped(r); i++)
		if (start_slot(&r->slots[i], n_known) != OK)
			return E_MEMORY;
	if (!is_stopped(r))
		check_folders(r, config, n_known);
	return OK;
}

enum err roster_start(struct roster *r, const struct sources_config *config)
{
	/* for each path: inputs whose form is known; behind them: whether walking it failed */
	uint32_t *n_known = calloc(2 * config->n_paths + 1, sizeof *n_known);
	struct diag d;
	enum err e = n_known == NULL ? E_MEMORY : OK;

	for (size_t i = 0; i < config->n_paths && e == OK; i++) {
		e = walk_path(&r->walk, config->paths[i].path, (uint32_t)i, &d);
		if (e != OK && e != E_MEMORY) {
			add_problem(r, "", d.text);
			n_known[config->n_paths + i] = 1;
			e = OK;
		}
	}
	if (e == OK)
		e = start_slots(r, config, n_known);
	free(n_known);
	return e;
}

void roster_fini(struct roster *r)
{
	for (size_t i = 0; r->slots != NULL && i < r->walk.n; i++)
		feed_close(r->slots[i].feed, NULL);
	for (size_t i = 0; i < r->n_mappings; i++)
		mapping_close(r->mappings[i].mapping);
	free(r->mappings);
	free(r->problems);
	free(r->slots);
	heads_fini(&r->heads);
	walk_fini(&r->walk);
}

void roster_advance(struct roster *r)
{
	struct slot *s = &r->slots[r->heads.heads[0].source];
	enum err e = feed_next(s->feed, &s->head);

	r->waits = e == E_AGAIN;
	if (r->waits)
		return;
	if (e != OK) {
		finish(s);
		heads_gone(&r->heads);
	} else if (r->heads.n > 1) {
		heads_moved(&r->heads, s->head.time_ns);
	}
}

const struct record *roster_first(struct roster *r)
{
	struct slot *s;
	bool known;

	if (r->waits)
		roster_advance(r);
	for (;;) {
		if (r->heads.n == 0 || r->waits)
			return NULL;
		s = &r->slots[r->heads.heads[0].source];
		if (s->feed != NULL)
			return &s->head;
		if (!open_slot(s, &known)) /* was parked; it may have changed since */
			heads_gone(&r->heads);
		else if (s->head.time_ns != r->heads.heads[0].time_ns)
			heads_moved(&r->heads, s->head.time_ns);
	}
}

size_t roster_run(struct roster *r, struct record *out, size_t n)
{
	const struct head *heads = r->heads.heads;
	struct slot *s = &r->slots[heads[0].source];
	int64_t before_ns = INT64_MAX;

	for (size_t i = 1; i < 3 && i < r->heads.n; i++) /* one of these is the next */
		before_ns = heads[i].time_ns < before_ns ? heads[i].time_ns : before_ns;
	return feed_run(s->feed, s->head.time_ns, before_ns, out, n);
}

uint16_t roster_vantage(const struct roster *r, uint32_t source)
{
	return r->slots[source].vantage;
}

void roster_check(struct roster *r)
{
	for (size_t i = 0; i < r->n_mappings; i++)
		if (r->mappings[i].mapping->whole < r->mappings[i].mapping->len)
			complain(r->mappings[i].of, feed_cut_text);
}

void roster_count(const struct roster *r, struct sources_counts *to)
{
	struct feed_counts c = r->closed;

	for (size_t i = 0; r->slots != NULL && i < r->walk.n; i++)
		if (r->slots[i].feed != NULL) {
			struct feed_counts one = feed_counted(r->slots[i].feed);

			add_counts(&c, &one);
		}
	to->octets += c.octets;
	to->octets_total += r->octets_total;
	to->records += c.records;
	to->bad_records += c.bad_records;
	to->bad_time += c.bad_time;
	to->mdns += c.mdns;
	to->other += c.other;
	to->filtered += c.filtered;
	to->evicted += c.evicted;
	to->lacks |= c.lacks;
	to->unreadable += r->unreadable;
}
