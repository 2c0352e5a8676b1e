/* SPDX-License-Identifier: Apache-2.0 */
/* text.c -- a domain's story for the terminal: sentences, bars and shades. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/stamp.h"
#include "cli/explain.h"
#include "cli/primer.h"
#include "cli/roll.h"
#include "cli/table.h"
#include "cli/words.h"

enum { LABEL = 30, HALF_BAR = 14, NAME = 15, SHORT_LIST = 25, LONG_LIST = 1000 };

static void heading(const struct term *t, struct buf *to, const char *text)
{
	buf_add_char(to, '\n');
	term_tone(t, to, TONE_STRONG);
	buf_add_text(to, text);
	term_tone(t, to, TONE_PLAIN);
	buf_add_char(to, '\n');
}

static void faint(const struct term *t, struct buf *to, const char *text, size_t indent)
{
	struct buf line = {0};

	for (size_t i = 0; i < indent; i++)
		buf_add_char(to, ' ');
	term_tone(t, to, TONE_FAINT);
	term_wrap(&line, text, t->width > indent + 20 ? t->width - indent : 20, 0);
	for (size_t i = 0; i < line.len; i++) { /* wrapped lines are indented too */
		buf_add_char(to, (char)line.bytes[i]);
		for (size_t k = 0; k < indent && line.bytes[i] == '\n' && i + 1 < line.len; k++)
			buf_add_char(to, ' ');
	}
	term_tone(t, to, TONE_PLAIN);
	buf_fini(&line);
}

/* One of a list. */
static void item(const struct term *t, struct buf *to, const char *text)
{
	size_t at = to->len;

	faint(t, to, text, 4);
	if (to->err == OK)
		to->bytes[at + 2] = '-';
}

unsigned explain_cells(const struct term *t)
{
	unsigned left = t->width > LABEL + 12 ? t->width - LABEL - 12 : 10;

	return left > 100 ? 100 : left;
}

/* ---- the evidence ---- */

static void repeat(struct buf *to, const char *what, unsigned n)
{
	while (n-- > 0)
		buf_add_text(to, what);
}

/* One step of the waterfall, in decibans. */
struct step {
	double weight, sum;
	double most; /* the weight of the longest bar */
};

/* "ttl      -3.8        ##|          +118.1" */
static void put_step(const struct term *t, struct buf *to, const char *name, const struct step *x)
{
	double weight = x->weight, most = x->most;
	unsigned cells = most > 0 ? (unsigned)lround(fabs(weight) / most * HALF_BAR) : 0;
	const char *block = t->utf8 ? "\xe2\x96\x88" : "#", *axis = t->utf8 ? "\xe2\x94\x82" : "|";

	cells = cells > HALF_BAR ? HALF_BAR : cells;
	buf_add_text(to, "  ");
	term_cell(t, to, name, NAME, false);
	buf_printf(to, " %+8.1f  ", weight);
	repeat(to, " ", weight < 0 ? HALF_BAR - cells : HALF_BAR);
	term_tone(t, to, weight < 0 ? TONE_GOOD : TONE_BAD);
	repeat(to, block, weight < 0 ? cells : 0);
	term_tone(t, to, TONE_PLAIN);
	buf_add_text(to, axis);
	term_tone(t, to, weight < 0 ? TONE_GOOD : TONE_BAD);
	repeat(to, block, weight < 0 ? 0 : cells);
	term_tone(t, to, TONE_PLAIN);
	repeat(to, " ", weight < 0 ? HALF_BAR : HALF_BAR - cells);
	buf_printf(to, " %+8.1f\n", x->sum);
}

static void evidence(const struct story *s, const struct term *t, struct buf *to)
{
	const struct judgement *j = s->finding->judgement;
	double sum = story_prior_db(s), most = fabs(sum);
	struct buf balance = {0};

	heading(t, to, "Evidence");
	faint(t, to,
	      "In decibans: +10 makes fast flux ten times as likely, -10 a tenth. Bars to the right speak "
	      "for "
	      "it, to the left against it; the last column adds them up, from the prior on. " PRIMER_EVIDENCE,
	      2);
	for (unsigned i = 0; i < j->n_evidence; i++)
		most = fabs(j->evidence[i].weight_db) > most ? fabs(j->evidence[i].weight_db) : most;
	put_step(t, to, "prior", &(struct step){sum, sum, most});
	for (unsigned i = 0; i < j->n_evidence; i++) {
		const struct evidence *e = &j->evidence[i];

		sum += e->weight_db;
		put_step(t, to, feature_info(e->feature)->name, &(struct step){e->weight_db, sum, most});
		faint(t, to, e->reason, 4);
	}
	story_balance(s, &balance);
	if (balance.len != 0)
		faint(t, to, buf_text(&balance), 2);
	buf_fini(&balance);
}

/* What an undecided domain waits for. */
static void waits(const struct story *s, const struct term *t, struct buf *to)
{
	const struct judgement *j = s->finding->judgement;

	if (j->n_waits == 0)
		return;
	heading(t, to, "What it waits for");
	faint(t, to, PRIMER_WAITS, 2);
	for (unsigned i = 0; i < j->n_waits; i++)
		item(t, to, j->waits[i].text);
}

static void words(const struct term *t, struct buf *to)
{
	struct buf line = {0};
	size_t n;
	const struct primer_word *list = primer_words(&n);

	heading(t, to, "Words");
	for (size_t i = 0; i < n; i++) {
		buf_clear(&line);
		buf_printf(&line, "%s: %s.", list[i].word, list[i].meaning);
		faint(t, to, buf_text(&line), 2);
	}
	buf_fini(&line);
}

/* ---- time ---- */

static void times(const struct story *s, const struct term *t, struct buf *to)
{
	const struct domain *d = s->facts.domain;
	char first[STAMP_TEXT_MAX], last[STAMP_TEXT_MAX], cell[STAMP_TEXT_MAX];
	struct buf line = {0};

	stamp_to_text(d->first_ns / NS_PER_SECOND * NS_PER_SECOND, first);
	stamp_to_text(d->last_ns / NS_PER_SECOND * NS_PER_SECOND, last);
	span_to_text((d->last_ns - d->first_ns) / s->bins, cell);
	buf_printf(&line,
		   "From %s to %s, each cell %s; the darker, the more addresses between their first and last "
		   "sighting.",
		   first, last, cell);
	faint(t, to, buf_text(&line), 2);
	buf_fini(&line);
}

static unsigned highest(const unsigned counts[], unsigned n)
{
	unsigned most = 1;

	for (unsigned i = 0; i < n; i++)
		most = counts[i] > most ? counts[i] : most;
	return most;
}

static void timeline(const struct story *s, const struct term *t, struct buf *to)
{
	unsigned most = 1, all = highest(s->alive, s->bins);

	heading(t, to, "Addresses by network, over time");
	times(s, t, to);
	for (unsigned r = 0; r < s->n_rows && r < STORY_ROWS;
	     r++) /* the others together may well be darker */
		most = highest(s->rows[r].counts, s->bins) > most ? highest(s->rows[r].counts, s->bins)
								  : most;
	for (unsigned r = 0; r < s->n_rows; r++) {
		const struct story_row *row = &s->rows[r];

		buf_add_text(to, "  ");
		term_cell(t, to, row->label, LABEL, false);
		buf_printf(to, " %5u ", row->members);
		for (unsigned i = 0; i < s->bins; i++)
			buf_add_text(to, term_shade(t, (row->counts[i] * 4 + most - 1) / most));
		buf_add_char(to, '\n');
	}
	buf_add_text(to, "  ");
	term_cell(t, to, "all, as heights", LABEL, false);
	buf_printf(to, " %5zu ", s->n_members);
	for (unsigned i = 0; i < s->bins; i++)
		buf_add_text(to, term_bar(t, (s->alive[i] * TERM_LEVELS + all - 1) / all));
	buf_add_char(to, '\n');
}

/* ---- names ---- */

static void more(const struct term *t, struct buf *to, uint64_t n)
{
	char count[WORDS_COUNT_MAX];

	if (n == 0)
		return;
	term_tone(t, to, TONE_FAINT);
	buf_printf(to, "  ... and %s more\n", words_count(n, count));
	term_tone(t, to, TONE_PLAIN);
}

static void chains(const struct story *s, const struct term *t, size_t most, struct buf *to)
{
	const char *arrow = t->utf8 ? " \xe2\x86\x92 " : " -> ";
	size_t printed = 0, found = 0;

	for (size_t i = 0; i < s->n_owners; i++) {
		const struct owner *chain[STORY_CHAIN_MAX];
		char name[NAME_TEXT_MAX];
		size_t n = story_chain(s, s->owners[i], chain);

		if (n == 0 || (s->owners[i]->roles & OWNER_ALIAS) == 0)
			continue;
		if (found++ == 0)
			heading(t, to, "Aliases (CNAME, DNAME)");
		if (printed == most)
			continue;
		printed++;
		story_owner_name(s, s->owners[i], name);
		buf_printf(to, "  %s", name);
		for (size_t k = 0; k < n; k++) {
			story_owner_name(s, chain[k], name);
			buf_add_text(to, arrow);
			story_targets(k == 0 ? s->owners[i] : chain[k - 1], to);
			buf_add_text(to, name);
		}
		buf_add_char(to, '\n');
	}
	more(t, to, found - printed);
}

static void servers(const struct story *s, const struct term *t, size_t most, struct buf *to)
{
	size_t n = s->n_servers < most ? s->n_servers : most;

	if (n != 0)
		heading(t, to, "Name servers");
	for (size_t i = 0; i < n; i++) {
		buf_printf(to, "  %s: ", s->servers[i].name);
		words_plural(to, s->servers[i].addresses, "address", "addresses");
		buf_add_text(to, s->servers[i].foreign ? ", in another domain\n" : "\n");
	}
	more(t, to, s->n_servers - n);
}

static void when(int64_t time_ns, char text[STAMP_TEXT_MAX])
{
	stamp_to_text(time_ns / NS_PER_SECOND * NS_PER_SECOND, text);
}

static void owners(const struct story *s, const struct term *t, size_t most, struct buf *to)
{
	size_t n = s->n_owners < most ? s->n_owners : most;
	uint64_t all = s->finding->view->names > s->n_owners ? s->finding->view->names : s->n_owners;

	heading(t, to, "Names");
	term_tone(t, to, TONE_FAINT);
	buf_add_text(to, "  look-ups addrs  ttl min    max  first seen            last seen             name "
			 "(what it is)\n");
	term_tone(t, to, TONE_PLAIN);
	for (size_t i = 0; i < n; i++) {
		const struct owner *o = s->owners[i];
		char name[NAME_TEXT_MAX], first[STAMP_TEXT_MAX], last[STAMP_TEXT_MAX];

		story_owner_name(s, o, name);
		when(o->first_ns, first);
		when(o->last_ns, last);
		buf_printf(to, "  %8" PRIu32 " %5" PRIu32, o->answers, o->n_pairs);
		if (o->ttl_max >= o->ttl_min && o->n_pairs != 0)
			buf_printf(to, " %8" PRIu32 " %6" PRIu32, o->ttl_min, o->ttl_max);
		else
			buf_printf(to, " %8s %6s", "-", "-");
		buf_printf(to, "  %s  %s  %s (", first, last, name);
		story_owner_roles(o, to);
		buf_add_text(to, ")\n");
	}
	more(t, to, all - n);
}

static void addresses(const struct story *s, const struct term *t, size_t most, struct buf *to)
{
	size_t n = s->n_members < most ? s->n_members : most;

	heading(t, to, "Addresses, in order of first sighting");
	term_tone(t, to, TONE_FAINT);
	buf_add_text(to, "  look-ups  first seen            last seen             cc  address, network (what "
			 "it is)\n");
	term_tone(t, to, TONE_PLAIN);
	for (size_t i = 0; i < n; i++) {
		const struct view_member *m = s->members[i];
		char addr[ADDR_TEXT_MAX], first[STAMP_TEXT_MAX], last[STAMP_TEXT_MAX], net[STORY_LABEL_MAX];

		addr_to_text(&m->addr, addr);
		when(m->first_ns, first);
		when(m->last_ns, last);
		story_network(s, m, net);
		buf_printf(to, "  %8" PRIu32 "  %s  %s  %.2s  %s%s, %s (", m->count, first, last,
			   m->country[0] != 0 ? m->country : "--", addr, addr_is_v4(&m->addr) ? "" : "/56",
			   net);
		story_member_roles(m, to);
		buf_add_text(to, m->moved ? ", came later)\n" : ")\n");
	}
	more(t, to, s->n_members - n + s->finding->view->more_members);
}

/* ---- the whole ---- */

static void facts(const struct story *s, const struct term *t, const struct explain_extra *x, struct buf *to)
{
	const struct facts *f = &s->facts;
	struct buf line = {0};
	char span[STAMP_TEXT_MAX];

	words_plural(&line, f->domain->answers, "look-up", NULL);
	buf_add_text(&line, " gave ");
	words_plural(&line, f->addresses, "address", "addresses");
	buf_add_text(&line, " in ");
	words_plural(&line, f->asns, "known network", NULL);
	buf_add_text(&line, " and ");
	words_plural(&line, f->countries, "country", "countries");
	span_to_text(f->domain->last_ns - f->domain->first_ns, span);
	buf_printf(&line, " within %s; %.0f%% of them came after the first look-up", span,
		   round(f->turnover * 100));
	if (f->turnover_per_day > 0)
		buf_printf(&line, ", %.1f a day", f->turnover_per_day);
	buf_add_char(&line, '.');
	term_wrap(to, buf_text(&line), t->width, 0);
	buf_clear(&line);
	story_lacks(s, &line);
	if (line.len != 0)
		term_wrap(to, buf_text(&line), t->width, 0);
	buf_clear(&line);
	roll_membership(x->network, &line);
	if (line.len != 0)
		term_wrap(to, buf_text(&line), t->width, 0);
	buf_clear(&line);
	for (size_t v = 1; v < x->n_vantages && v < DOMAIN_VANTAGES; v++)
		if ((f->domain->vantages & 1u << v) != 0)
			buf_printf(&line, "%s%s", line.len == 0 ? "Seen from: " : ", ", x->vantages[v]);
	if (line.len != 0)
		term_wrap(to, buf_text(&line), t->width, 0);
	buf_fini(&line);
}

void explain_text(const struct story *s, const struct term *t, const struct explain_extra *extra,
		  struct buf *to)
{
	size_t most = extra->verbose ? LONG_LIST : SHORT_LIST;
	struct buf line = {0};

	story_verdict(s, &line);
	term_tone(t, to, table_tone(s->finding->judgement->verdict));
	term_wrap(to, buf_text(&line), t->width, 0);
	term_tone(t, to, TONE_PLAIN);
	buf_fini(&line);
	facts(s, t, extra, to);
	waits(s, t, to);
	evidence(s, t, to);
	heading(t, to, "What to do next");
	faint(t, to, primer_next(s->finding->judgement->verdict), 2);
	words(t, to);
	timeline(s, t, to);
	chains(s, t, most, to);
	servers(s, t, most, to);
	owners(s, t, most, to);
	addresses(s, t, most, to);
}
