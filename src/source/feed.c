/* SPDX-License-Identifier: Apache-2.0 */
/* feed.c -- see feed.h. */
#include "source/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "observe/intake.h"
#include "source/clock.h"
#include "source/feed_read.h"
#include "source/form.h"

/* Moments that a row which stands for years may have: 1990..2100. Passive DNS itself is younger. */
#define SPAN_FIRST_NS (INT64_C(631152000) * NS_PER_SECOND)
#define SPAN_LAST_NS  (INT64_C(4102444800) * NS_PER_SECOND)

/* Reads until the form is clear. */
static enum err recognise(struct feed *f, struct diag *d)
{
	const char *name = NULL;
	enum err e;

	while ((e = form_recognise(f->in.at, f->in.left, f->in.last, &f->form, &name)) == E_SHORT) {
		enum err read = input_more(&f->in, d);

		if (read != OK && f->in.left == 0)
			return read;
		if (read != OK) { /* what came before it may do; feed_more meets the error's end */
			f->in.last = true;
			f->broken = *d;
		}
	}
	if (e == OK)
		return OK;
	if (f->in.left == 0)
		return diag_set(d, E_ABSENT, "is empty");
	return diag_set(d, e, "is %s; %s", name, form_expected);
}

static enum err open_reader(struct feed *f)
{
	switch (f->form.kind) {
	case FORM_CAPTURE:
		f->capture = capture_open(f->form.capture);
		return f->capture == NULL ? E_MEMORY : OK;
	case FORM_DNSTAP:
		f->fstrm = fstrm_open();
		return f->fstrm == NULL ? E_MEMORY : OK;
	case FORM_LOG:
		break;
	}
	f->unsorted = f->form.log == LOG_COF || f->form.log == LOG_DNSDB || f->form.log == LOG_NMSG_JSON;
	return log_open(&f->log, f->form.log);
}

static enum err open_input(struct feed *f, const char *path, struct diag *d)
{
	enum err e = input_open(&f->in, path, &f->shared->budget, &f->shared->stop, d);

	if (e == E_UNSUPPORTED) {
		struct diag why = *d;

		return diag_set(d, e, "%s; %s", why.text, form_expected);
	}
	if (e == E_ABSENT)
		return diag_set(d, e, "is empty");
	if (e == OK)
		e = recognise(f, d);
	if (e == OK && f->form.kind != FORM_LOG)
		input_map(&f->in);
	if (e == OK && open_reader(f) != OK)
		e = diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	return e;
}

enum err feed_open(struct feed **out, const char *path, struct feed_shared *shared, struct diag *d)
{
	struct feed *f = calloc(1, sizeof *f);
	enum err e;

	if (f == NULL)
		return diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	f->shared = shared;
	clock_init(&f->clock, shared->max_gap_ns);
	e = open_input(f, path, d);
	if (e != OK) {
		feed_close(f, NULL);
		return e;
	}
	*out = f;
	return OK;
}

void feed_close(struct feed *f, struct mapping **mapping)
{
	if (f == NULL)
		return;
	for (unsigned i = 0; i < f->n_held; i++)
		store_release(&f->shared->store, f->held[i].chunk);
	while (f->ready_at < f->n_ready)
		store_release(&f->shared->store, f->ready[f->ready_at++].chunk);
	while (f->told_at < f->n_told)
		store_release(&f->shared->store, f->told[f->told_at++].chunk);
	free(f->told);
	capture_close(f->capture);
	fstrm_close(f->fstrm);
	log_close(f->log);
	arena_fini(&f->scratch);
	input_close(&f->in, mapping);
	free(f);
}

void feed_name(struct feed *f, uint32_t source, struct feed_complaint complaint)
{
	f->source = source;
	f->complaint = complaint;
}

/* --since, --until and --filter. */
static bool is_wanted(struct feed *f, const struct record *r)
{
	const struct feed_shared *s = f->shared;
	const char *unfit = NULL;
	bool wanted = (s->since_ns == STAMP_NONE || r->time_ns >= s->since_ns) &&
		      (s->until_ns == STAMP_NONE || r->time_ns < s->until_ns);

	if (wanted && s->filter != NULL && r->kind == RECORD_FRAME) {
		struct frame frame = {r->time_ns, r->octets, r->len, r->wire_len, r->link};

		wanted = filter_pass(s->filter, &frame, &unfit);
		if (unfit != NULL)
			feed_complain(f, "the filter does not fit its link type", unfit);
	}
	f->counts.filtered += !wanted;
	return wanted;
}

/* Moves the record's octets to where they stay. */
static bool settle(struct feed *f, struct record *r)
{
	if (f->in.mapped || r->chunk != NULL || store_record(&f->shared->store, r))
		return true;
	f->counts.evicted++;
	return false;
}

/* Held records that the clock spoke about go to `ready` or away; the others close ranks. */
static void obey(struct feed *f, struct clock_word word)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < f->n_held; i++) {
		struct record r = f->held[i];

		if ((word.take >> i & 1) != 0 && is_wanted(f, &r)) {
			f->ready[f->n_ready++] = r;
		} else if (((word.take | word.drop) >> i & 1) != 0) {
			f->counts.bad_time += word.drop >> i & 1;
			store_release(&f->shared->store, r.chunk);
		} else {
			f->held[kept++] = r;
		}
	}
	f->n_held = kept;
}

/* Whether a row stands for a span that cannot be: its end counts too, for it is what was last seen. */
static bool is_odd_span(const struct record *r)
{
	struct intake in;

	memcpy(&in, r->octets, sizeof in);
	return in.time_ns < SPAN_FIRST_NS || in.last_ns >= SPAN_LAST_NS;
}

/* The date of a record that the quick way did not pass. False: the record is dropped, held or ready. */
static bool judge_date(struct feed *f, struct record *r)
{
	bool outside = r->time_ns < 0 || (f->unsorted && is_odd_span(r));

	if (!outside && f->unsorted)
		return true;
	if (outside) {
		f->counts.bad_time++;
		store_release(&f->shared->store, r->chunk);
		return false;
	}
	if (settle(f, r)) {
		f->held[f->n_held++] = *r;
		obey(f, clock_see(&f->clock, r->time_ns));
	}
	return false;
}

static bool admit(struct feed *f, struct record *r)
{
	bool quick = r->time_ns >= 0 && !f->unsorted && clock_pass(&f->clock, r->time_ns);

	if (!quick && !judge_date(f, r))
		return false;
	if (is_wanted(f, r))
		return settle(f, r);
	store_release(&f->shared->store, r->chunk);
	return false;
}

enum err feed_next(struct feed *f, struct record *out)
{
	enum err e;

	for (;;) {
		if (f->ready_at < f->n_ready) {
			*out = f->ready[f->ready_at++];
			return OK;
		}
		f->ready_at = f->n_ready = 0;
		/* a mapped file of which nothing is wanted never asks for more, where a stop is seen
		 * otherwise */
		if (f->ended || atomic_load_explicit(&f->shared->stop.asked, memory_order_relaxed))
			return E_END;
		e = feed_read(f, out);
		if (e == E_AGAIN)
			return e;
		if (e != OK) {
			f->ended = true;
			obey(f, clock_end(&f->clock));
		} else if (admit(f, out)) {
			return OK;
		}
	}
}

size_t feed_run(struct feed *f, int64_t from_ns, int64_t before_ns, struct record *out, size_t n)
{
	const struct feed_shared *s = f->shared;
	struct capture_pace pace = {from_ns, before_ns, f->clock.max_gap_ns};
	size_t got;

	if (f->capture == NULL || !f->in.mapped || f->ended || f->ready_at < f->n_ready || f->n_held != 0 ||
	    !f->clock.started || f->clock.at_ns != from_ns || s->since_ns != STAMP_NONE ||
	    s->until_ns != STAMP_NONE || s->filter != NULL)
		return 0;
	got = feed_read_run(f, &pace, out, n);
	if (got == 0)
		return 0;
	f->clock.at_ns = out[got - 1].time_ns;
	f->ready[0] = out[got - 1]; /* else feed_next would look into the file for one */
	f->ready_at = 0;
	f->n_ready = 1;
	return got - 1;
}

struct feed_counts feed_counted(const struct feed *f)
{
	struct feed_counts c = f->counts;

	c.octets = input_octets(&f->in);
	if (f->capture != NULL) {
		const struct capture_counts *n = capture_counted(f->capture);

		c.bad_records += n->bad_records + n->truncated_end;
	}
	if (f->fstrm != NULL) {
		const struct fstrm_counts *n = fstrm_counted(f->fstrm);

		c.bad_records += n->bad_frames + n->truncated_end;
	}
	return c;
}
