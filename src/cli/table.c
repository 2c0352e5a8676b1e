/* SPDX-License-Identifier: Apache-2.0 */
/* table.c -- see table.h. The name comes last: it alone has no natural width, and lines can be printed as
 * they come. */
#include "cli/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CELL_MAX = 40 };

enum column {
	VERDICT,
	PROBABILITY,
	KIND,
	ADDRESSES,
	NETWORKS,
	COUNTRIES,
	TTL,
	NEW,
	OVER_TIME,
	CLASS,
	DOMAIN
};

static const struct {
	const char *head;
	unsigned char width;
	bool right;
} columns[] = {
	[VERDICT] = {"verdict", 9, false},
	[PROBABILITY] = {"prob", 6, true},
	[KIND] = {"kind", 6, false},
	[ADDRESSES] = {"addrs", 5, true},
	[NETWORKS] = {"nets", 4, true},
	[COUNTRIES] = {"ctry", 4, true},
	[TTL] = {"ttl", 5, true},
	[NEW] = {"new", 4, true},
	[OVER_TIME] = {"over time", 9, false},
	[CLASS] = {"most like", 14, false},
	[DOMAIN] = {"domain", 0, false},
};

enum { SPARK_LEAST = 9, SPARK_USUAL = 16, DOMAIN_LEAST = 16, DOMAIN_GOOD = 24 };

static unsigned width_of_fixed(void)
{
	unsigned sum = 0;

	for (unsigned c = VERDICT; c <= NEW; c++)
		sum += columns[c].width + 1u;
	return sum;
}

void table_init(struct table *t, const struct term *term)
{
	unsigned fixed = width_of_fixed(), class = columns[CLASS].width + 1u, left;

	*t = (struct table){.term = term, .cells = SPARK_USUAL};
	t->has_class = !term->terminal || term->width >= fixed + class + SPARK_LEAST + 1 + DOMAIN_GOOD;
	if (!term->terminal)
		return;
	left = fixed + (t->has_class ? class : 0) + 1;
	left = term->width > left + SPARK_LEAST ? term->width - left : SPARK_LEAST + 1;
	/* the name comes first to what is left, then time */
	t->cells = left > DOMAIN_GOOD + SPARK_LEAST ? (left - DOMAIN_GOOD) * 2 / 3 : SPARK_LEAST;
	t->cells = t->cells < SPARK_LEAST       ? SPARK_LEAST
		   : t->cells > TABLE_CELLS_MAX ? TABLE_CELLS_MAX
						: t->cells;
	t->domain = left > t->cells + DOMAIN_LEAST ? left - t->cells : DOMAIN_LEAST; /* a narrow one wraps */
}

static void cell(const struct table *t, struct buf *to, enum column c, const char *text)
{
	unsigned width = c == OVER_TIME ? t->cells : columns[c].width;

	term_cell(t->term, to, text, width, columns[c].right);
	buf_add_char(to, ' ');
}

void table_head(const struct table *t, struct buf *to)
{
	term_tone(t->term, to, TONE_FAINT);
	for (enum column c = VERDICT; c < DOMAIN; c++)
		if (c != CLASS || t->has_class)
			cell(t, to, c, columns[c].head);
	buf_add_text(to, columns[DOMAIN].head);
	term_tone(t->term, to, TONE_PLAIN);
	buf_add_char(to, '\n');
}

void table_percent(double share, char text[TABLE_PERCENT_MAX])
{
	if (share > 0.999)
		snprintf(text, TABLE_PERCENT_MAX, ">99.9%%");
	else if (share < 0.001)
		snprintf(text, TABLE_PERCENT_MAX, "<0.1%%");
	else
		snprintf(text, TABLE_PERCENT_MAX, "%.1f%%", share * 100);
}

enum tone table_tone(enum verdict v)
{
	return v == VERDICT_FLUX ? TONE_BAD : v == VERDICT_UNDECIDED ? TONE_UNSURE : TONE_GOOD;
}

unsigned table_part(int64_t at_ns, int64_t first_ns, int64_t last_ns, unsigned n)
{
	double share = last_ns <= first_ns ? 0 : (double)(at_ns - first_ns) / (double)(last_ns - first_ns);

	return share <= 0 ? 0 : share >= 1 ? n - 1 : (unsigned)(share * n);
}

void table_alive(const struct view *v, int64_t first_ns, int64_t last_ns, unsigned n, unsigned counts[])
{
	memset(counts, 0, n * sizeof *counts);
	for (unsigned i = 0; i < v->n_members; i++) {
		const struct view_member *m = &v->members[i];
		unsigned to = table_part(m->last_ns, first_ns, last_ns, n);

		if (!facts_is_counted(v, m))
			continue;
		for (unsigned at = table_part(m->first_ns, first_ns, last_ns, n); at <= to; at++)
			counts[at]++;
	}
}

static void spark(const struct table *t, const struct view *v, struct buf *to)
{
	unsigned counts[TABLE_CELLS_MAX], most = 1;

	table_alive(v, v->domain->first_ns, v->domain->last_ns, t->cells, counts);
	for (unsigned i = 0; i < t->cells; i++)
		most = counts[i] > most ? counts[i] : most;
	for (unsigned i = 0; i < t->cells; i++)
		buf_add_text(to, term_bar(t->term, (counts[i] * TERM_LEVELS + most - 1) / most));
	buf_add_char(to, ' ');
}

/* A whole number in five columns: "12345", "123k". */
static void count(const struct table *t, struct buf *to, enum column c, uint64_t n)
{
	char text[CELL_MAX];

	snprintf(text, sizeof text, n < 100000 ? "%" PRIu64 : "%" PRIu64 "k", n < 100000 ? n : n / 1000);
	if (columns[c].width < 5 && n >= 10000)
		snprintf(text, sizeof text, "%" PRIu64 "k", n / 1000);
	cell(t, to, c, text);
}

static void ttl(const struct table *t, struct buf *to, const struct view *v)
{
	char text[CELL_MAX] = "-";

	if (v->have_ttl && v->ttl_median < 100000)
		snprintf(text, sizeof text, "%" PRIu32, v->ttl_median);
	else if (v->have_ttl)
		snprintf(text, sizeof text, "%.0fd", round(v->ttl_median / 86400.0));
	cell(t, to, TTL, text);
}

void table_row(const struct table *t, const struct facts *f, struct buf *to)
{
	const struct judgement *j = f->finding->judgement;
	char text[CELL_MAX];

	term_tone(t->term, to, table_tone(j->verdict));
	cell(t, to, VERDICT, f->verdict);
	term_tone(t->term, to, TONE_PLAIN);
	table_percent(f->probability, text);
	cell(t, to, PROBABILITY, f->graded ? text : "-");
	cell(t, to, KIND, f->kind == NULL ? "-" : f->kind);
	count(t, to, ADDRESSES, f->addresses);
	count(t, to, NETWORKS, f->asns);
	count(t, to, COUNTRIES, f->countries);
	ttl(t, to, f->finding->view);
	snprintf(text, sizeof text, "%.0f%%", round(f->turnover * 100));
	cell(t, to, NEW, text);
	spark(t, f->finding->view, to);
	if (t->has_class)
		cell(t, to, CLASS, j->class);
	if (t->domain == 0)
		buf_add_text(to, f->name);
	else
		term_cell(t->term, to, f->name,
			  term_columns(f->name) < t->domain ? term_columns(f->name) : t->domain, false);
	buf_add_char(to, '\n');
}

void table_legend(const struct table *t, struct buf *to)
{
	term_tone(t->term, to, TONE_FAINT);
	term_wrap(to,
		  "prob: that it is fast flux. nets, ctry: networks and countries of its addresses. ttl: "
		  "seconds, the "
		  "median of its names. new: share of its addresses that came after the first look-up. over "
		  "time: "
		  "distinct addresses in use, from its first answer to its last.",
		  t->term->width, 0);
	term_tone(t->term, to, TONE_PLAIN);
}
