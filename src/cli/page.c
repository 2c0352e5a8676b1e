/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.c -- a domain's story as one page of HTML: style and pictures (SVG) within, no script, nothing from
 * elsewhere. Everything that comes from inputs or databases goes through words_html.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/stamp.h"
#include "cli/explain.h"
#include "cli/primer.h"
#include "cli/roll.h"
#include "cli/sheet.h"
#include "cli/table.h"
#include "cli/words.h"

enum {
	WIDTH = SHEET_WIDTH,
	LABELS = 250, /* of it, for names */
	RIGHT = 56,   /* of it, for figures */
	ROW = 24,
	PLOT = 150, /* height of the step plot */
	LIST_MAX = 2000
};

static void head(const struct story *s, const struct network *w, struct buf *to)
{
	enum verdict v = s->finding->judgement->verdict;
	struct buf text = {0};

	sheet_head(to, s->facts.name);
	buf_printf(to, "<p class=\"verdict %s\">",
		   v == VERDICT_FLUX     ? "bad"
		   : v == VERDICT_BENIGN ? "good"
					 : "");
	story_verdict(s, &text);
	words_html(to, buf_text(&text));
	buf_add_text(to, "</p>\n");
	buf_clear(&text);
	story_lacks(s, &text);
	if (text.len != 0) {
		buf_add_text(to, "<p class=\"how\">");
		words_html(to, buf_text(&text));
		buf_add_text(to, "</p>\n");
	}
	buf_clear(&text);
	roll_membership(w, &text);
	if (text.len != 0)
		buf_printf(to, "<p>%s</p>\n", buf_text(&text)); /* letters and figures of our own */
	buf_fini(&text);
}

static void facts(const struct story *s, struct buf *to)
{
	const struct view *v = s->finding->view;
	char text[STAMP_TEXT_MAX];

	buf_add_text(to, "<dl>\n");
	sheet_count(to, "look-ups", s->facts.domain->answers);
	sheet_count(to, "addresses", s->facts.addresses);
	sheet_count(to, "known networks", s->facts.asns);
	sheet_count(to, "countries", s->facts.countries);
	sheet_count(to, "names", s->facts.names);
	snprintf(text, sizeof text, "%.0f%%", round(s->facts.turnover * 100));
	sheet_fact(to, "came later", text);
	if (v->have_ttl) {
		snprintf(text, sizeof text, "%" PRIu32 " s", v->ttl_median);
		sheet_fact(to, "median TTL", text);
	}
	span_to_text(s->facts.domain->last_ns - s->facts.domain->first_ns, text);
	sheet_fact(to, "seen over", text);
	buf_add_text(to, "</dl>\n");
}

/* ---- pictures ---- */

/* The waterfall runs from one running sum to the next, so that its end is the verdict. */
struct scale {
	double least, most;
};

static double x_of(const struct scale *c, double db)
{
	return LABELS + (db - c->least) / (c->most - c->least) * (WIDTH - LABELS - RIGHT);
}

static void step(struct buf *to, const struct scale *c, unsigned row, double from, double by)
{
	double y = (double)row * ROW, x0 = x_of(c, from), x1 = x_of(c, from + by);
	char figure[24];

	snprintf(figure, sizeof figure, "%+.1f", by);
	buf_printf(to, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>\n",
		   by < 0 ? "against" : "for", x0 < x1 ? x0 : x1, y + 4,
		   fabs(x1 - x0) < 1 ? 1 : fabs(x1 - x0), ROW - 8);
	buf_printf(to, "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>\n", x1, x1,
		   y + 4, y + ROW + 4);
	sheet_text(to, (double[]){WIDTH, y + 16}, " text-anchor=\"end\"", figure);
}

static struct scale scale_of(const struct story *s)
{
	const struct judgement *j = s->finding->judgement;
	double sum = story_prior_db(s);
	struct scale c = {fmin(sum, 0), fmax(sum, 0)};

	for (unsigned i = 0; i < j->n_evidence; i++) {
		sum += j->evidence[i].weight_db;
		c.least = fmin(c.least, sum);
		c.most = fmax(c.most, sum);
	}
	c.most += c.most - c.least < 1 ? 1 : 0;
	return c;
}

/* What was seen, and what flux and the rival lead to expect instead. */
static void expectations(const struct judgement *j, struct buf *to)
{
	const char *rival = j->n_evidence == 0 ? NULL : j->evidence[0].rival;
	char text[FEATURE_AMOUNT_MAX];

	buf_add_text(to, "<div class=\"scroll\"><table>\n<tr><th>evidence</th><th class=\"n\">seen</th>"
			 "<th class=\"n\">as fast flux</th><th class=\"n\">as ");
	words_html(to, rival == NULL ? "another" : rival);
	buf_add_text(to, "</th><th class=\"n\">decibans</th><th>in words</th></tr>\n");
	for (unsigned i = 0; i < j->n_evidence; i++) {
		const struct evidence *e = &j->evidence[i];
		const double values[] = {e->value, e->expected_flux, e->expected_rival};

		buf_add_text(to, "<tr>");
		sheet_cell(to, feature_info(e->feature)->name);
		for (unsigned k = 0; k < 3; k++) {
			feature_amount(e->feature, values[k], text);
			buf_printf(to, "<td class=\"n\">%s</td>", text);
		}
		buf_printf(to, "<td class=\"n\">%+.1f</td><td class=\"say\">", e->weight_db);
		words_html(to, e->reason);
		buf_add_text(to, "</td></tr>\n");
	}
	buf_add_text(to, "</table></div>\n");
}

static void balance(const struct story *s, struct buf *to)
{
	struct buf text = {0};

	story_balance(s, &text);
	if (text.len != 0)
		buf_printf(to, "<p>%s</p>\n", buf_text(&text)); /* our own words and figures */
	buf_fini(&text);
}

static void waits(const struct judgement *j, struct buf *to)
{
	if (j->n_waits == 0)
		return;
	buf_add_text(to, "<h2>What it waits for</h2>\n<p class=\"how\">" PRIMER_WAITS "</p>\n<ul>\n");
	for (unsigned i = 0; i < j->n_waits; i++) {
		buf_add_text(to, "<li>");
		words_html(to, j->waits[i].text);
		buf_add_text(to, "</li>\n");
	}
	buf_add_text(to, "</ul>\n");
}

/* What to do next, and the words. */
static void primer(const struct judgement *j, struct buf *to)
{
	size_t n;
	const struct primer_word *list = primer_words(&n);

	buf_add_text(to, "<h2>What to do next</h2>\n<p>");
	sheet_prose(to, primer_next(j->verdict));
	buf_add_text(to, "</p>\n<h2>Words</h2>\n<ul>\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(to, "<li><b>%s</b>: %s.</li>\n", list[i].word, list[i].meaning);
	buf_add_text(to, "</ul>\n");
}

static void waterfall(const struct story *s, struct buf *to)
{
	const struct judgement *j = s->finding->judgement;
	unsigned rows = j->n_evidence + 2;
	struct scale c = scale_of(s);
	double sum = story_prior_db(s), zero = x_of(&c, 0);

	buf_add_text(
		to,
		"<h2>Evidence</h2>\n<p class=\"how\">How to read it: each bar moves the sum, in decibans; "
		"ten more make fast flux ten times as likely. Red bars speak for fast flux, green ones "
		"against "
		"it. It begins with how rare fast flux is, and ends right of the line where it is the "
		"likelier "
		"explanation. " PRIMER_EVIDENCE "</p>\n");
	sheet_svg(to, rows * ROW + 8, "Waterfall of the evidence for and against fast flux");
	buf_printf(to,
		   "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%u\" stroke-width=\"2\"/>\n",
		   zero, zero, rows * ROW);
	sheet_text(to, (double[]){0, 16}, "", "before any evidence");
	step(to, &c, 0, 0, sum);
	for (unsigned i = 0; i < j->n_evidence; i++) {
		sheet_text(to, (double[]){0, (i + 1) * ROW + 16}, "",
			   feature_info(j->evidence[i].feature)->name);
		step(to, &c, i + 1, sum, j->evidence[i].weight_db);
		sum += j->evidence[i].weight_db;
	}
	sheet_text(to, (double[]){0, (rows - 1) * ROW + 16}, " font-weight=\"700\"", "together");
	step(to, &c, rows - 1, 0, sum);
	buf_add_text(to, "</svg>\n");
	expectations(j, to);
	balance(s, to);
}

static void time_axis(const struct story *s, double y, struct buf *to)
{
	char first[STAMP_TEXT_MAX], last[STAMP_TEXT_MAX];

	stamp_to_text(s->facts.domain->first_ns / NS_PER_SECOND * NS_PER_SECOND, first);
	stamp_to_text(s->facts.domain->last_ns / NS_PER_SECOND * NS_PER_SECOND, last);
	sheet_text(to, (double[]){LABELS, y}, " class=\"dim\"", first);
	sheet_text(to, (double[]){WIDTH - RIGHT, y}, " class=\"dim\" text-anchor=\"end\"", last);
}

static unsigned shade(const struct story_row *row, unsigned at, unsigned most)
{
	return row->counts[at] < most ? row->counts[at] : most;
}

static void heat_row(const struct story *s, unsigned r, unsigned most, struct buf *to)
{
	const struct story_row *row = &s->rows[r];
	double y = (double)r * ROW, width = (double)(WIDTH - LABELS - RIGHT) / s->bins;
	char count[24];

	sheet_text(to, (double[]){0, y + 16}, "", row->label);
	for (unsigned i = 0, n; i < s->bins; i += n) { /* equal neighbours make one rectangle */
		unsigned level = shade(row, i, most);

		for (n = 1; i + n < s->bins && shade(row, i + n, most) == level; n++)
			;
		if (level == 0)
			continue;
		buf_printf(to,
			   "<rect class=\"cell\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" "
			   "opacity=\"%.2f\"/>\n",
			   LABELS + i * width, y + 2, n * width, ROW - 4, 0.2 + 0.8 * level / most);
	}
	snprintf(count, sizeof count, "%u", row->members);
	sheet_text(to, (double[]){WIDTH, y + 16}, " text-anchor=\"end\"", count);
}

static void heat(const struct story *s, struct buf *to)
{
	unsigned most = 1;

	for (unsigned r = 0; r < s->n_rows && r < STORY_ROWS;
	     r++) /* the others together may well be darker */
		for (unsigned i = 0; i < s->bins; i++)
			most = s->rows[r].counts[i] > most ? s->rows[r].counts[i] : most;
	buf_add_text(to, "<h2>Addresses by network, over time</h2>\n<p class=\"how\">How to read it: a row "
			 "is a network, "
			 "from its first to its last sighting; the stronger the colour, the more addresses "
			 "of it were in "
			 "use. The figure is how many there were in all. Fast flux shows many rows of homes "
			 "that come and "
			 "go; an honest service shows few that stay.</p>\n");
	sheet_svg(to, s->n_rows * ROW + 20, "Addresses by network over time");
	for (unsigned r = 0; r < s->n_rows; r++)
		heat_row(s, r, most, to);
	time_axis(s, s->n_rows * ROW + 14, to);
	buf_add_text(to, "</svg>\n");
}

static void steps(const struct story *s, struct buf *to)
{
	double width = (double)(WIDTH - LABELS - RIGHT) / s->bins;
	unsigned most = 1;
	struct buf path = {0};
	char text[24];

	for (unsigned i = 0; i < s->bins; i++)
		most = s->alive[i] > most ? s->alive[i] : most;
	for (unsigned i = 0; i < s->bins; i++) {
		double y = 6 + (PLOT - 6) * (1 - (double)s->alive[i] / most);

		buf_printf(&path, "%s%.1f %.1fH%.1f", i == 0 ? "M" : "L", LABELS + i * width, y,
			   LABELS + (i + 1) * width);
	}
	buf_add_text(to, "<h2>Addresses in use, over time</h2>\n<p class=\"how\">How to read it: the height "
			 "is how many "
			 "distinct addresses lie between their first and last sighting at that time.</p>\n");
	sheet_svg(to, PLOT + 20, "Distinct addresses over time");
	buf_printf(to, "<path class=\"under\" d=\"%sV%dH%dZ\"/>\n<path class=\"steps\" d=\"%s\"/>\n",
		   buf_text(&path), PLOT, LABELS, buf_text(&path));
	buf_printf(to, "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n", LABELS,
		   WIDTH - RIGHT, PLOT, PLOT);
	snprintf(text, sizeof text, "%u", most);
	sheet_text(to, (double[]){LABELS - 8, 12}, " class=\"dim\" text-anchor=\"end\"", text);
	sheet_text(to, (double[]){LABELS - 8, PLOT}, " class=\"dim\" text-anchor=\"end\"", "0");
	time_axis(s, PLOT + 15, to);
	buf_add_text(to, "</svg>\n");
	buf_fini(&path);
}

/* ---- lists ---- */

static void chains(const struct story *s, struct buf *to)
{
	size_t found = 0;

	for (size_t i = 0; i < s->n_owners; i++) {
		const struct owner *chain[STORY_CHAIN_MAX];
		char name[NAME_TEXT_MAX];
		size_t n = story_chain(s, s->owners[i], chain);

		if (n == 0 || (s->owners[i]->roles & OWNER_ALIAS) == 0)
			continue;
		if (found++ == 0)
			buf_add_text(to, "<h2>Aliases</h2>\n<p class=\"how\">Where a name leads to another "
					 "(CNAME, DNAME)."
					 "</p>\n<ul>\n");
		if (found > LIST_MAX)
			continue;
		story_owner_name(s, s->owners[i], name);
		buf_add_text(to, "<li>");
		words_html(to, name);
		for (size_t k = 0; k < n; k++) {
			story_owner_name(s, chain[k], name);
			buf_add_text(to, " &rarr; ");
			story_targets(k == 0 ? s->owners[i] : chain[k - 1], to);
			words_html(to, name);
		}
		buf_add_text(to, "</li>\n");
	}
	buf_add_text(to, found == 0 ? "" : "</ul>\n");
	sheet_more(to, found > LIST_MAX ? found - LIST_MAX : 0);
}

static void servers(const struct story *s, struct buf *to)
{
	if (s->n_servers == 0)
		return;
	buf_add_text(to, "<h2>Name servers</h2>\n<ul>\n");
	for (size_t i = 0; i < s->n_servers; i++) {
		buf_add_text(to, "<li>");
		words_html(to, s->servers[i].name);
		buf_add_text(to, ": ");
		words_plural(to, s->servers[i].addresses, "address", "addresses");
		buf_add_text(to, s->servers[i].foreign ? ", in another domain</li>\n" : "</li>\n");
	}
	buf_add_text(to, "</ul>\n");
}

static void owners(const struct story *s, struct buf *to)
{
	size_t n = s->n_owners < LIST_MAX ? s->n_owners : LIST_MAX;
	uint64_t all = s->finding->view->names > s->n_owners ? s->finding->view->names : s->n_owners;

	buf_add_text(to, "<h2>Names</h2>\n<p class=\"how\">The names of the domain and those it leads to or "
			 "is served by, "
			 "most looked up first.</p>\n<div "
			 "class=\"scroll\"><table>\n<tr><th>name</th><th>what it is</th>"
			 "<th class=\"n\">look-ups</th><th class=\"n\">addresses</th><th class=\"n\">TTL, "
			 "s</th><th>first "
			 "seen</th><th>last seen</th></tr>\n");
	for (size_t i = 0; i < n; i++) {
		const struct owner *o = s->owners[i];
		struct buf roles = {0};
		char name[NAME_TEXT_MAX];

		story_owner_name(s, o, name);
		story_owner_roles(o, &roles);
		buf_add_text(to, "<tr>");
		sheet_long_cell(to, name);
		sheet_long_cell(to, buf_text(&roles));
		buf_printf(to,
			   "<td class=\"n\">%" PRIu32 "</td><td class=\"n\">%" PRIu32 "</td><td class=\"n\">",
			   o->answers, o->n_pairs);
		if (o->n_pairs != 0 && o->ttl_max >= o->ttl_min)
			buf_printf(to, "%" PRIu32 "-%" PRIu32, o->ttl_min, o->ttl_max);
		buf_add_text(to, "</td>");
		sheet_time(to, o->first_ns);
		sheet_time(to, o->last_ns);
		buf_add_text(to, "</tr>\n");
		buf_fini(&roles);
	}
	buf_add_text(to, "</table></div>\n");
	sheet_more(to, all - n);
}

static void addresses(const struct story *s, struct buf *to)
{
	size_t n = s->n_members < LIST_MAX ? s->n_members : LIST_MAX;

	buf_add_text(
		to,
		"<h2>Addresses</h2>\n<p class=\"how\">In order of their first sighting; IPv6 by /56.</p>\n"
		"<div class=\"scroll\"><table>\n<tr><th>address</th><th>network</th><th>country</th><th>what "
		"it is"
		"</th><th class=\"n\">look-ups</th><th>first seen</th><th>last seen</th></tr>\n");
	for (size_t i = 0; i < n; i++) {
		const struct view_member *m = s->members[i];
		struct buf roles = {0};
		char addr[ADDR_TEXT_MAX + 4], net[STORY_LABEL_MAX],
			country[3] = {m->country[0], m->country[1], 0};
		size_t len = addr_to_text(&m->addr, addr);

		snprintf(addr + len, sizeof addr - len, "%s", addr_is_v4(&m->addr) ? "" : "/56");
		story_network(s, m, net);
		story_member_roles(m, &roles);
		buf_add_text(&roles, m->moved ? ", came later" : "");
		buf_add_text(to, "<tr>");
		sheet_cell(to, addr);
		sheet_long_cell(to, net);
		sheet_cell(to, country);
		sheet_long_cell(to, buf_text(&roles));
		buf_printf(to, "<td class=\"n\">%" PRIu32 "</td>", m->count);
		sheet_time(to, m->first_ns);
		sheet_time(to, m->last_ns);
		buf_add_text(to, "</tr>\n");
		buf_fini(&roles);
	}
	buf_add_text(to, "</table></div>\n");
	sheet_more(to, s->n_members - n + s->finding->view->more_members);
}

void explain_page(const struct story *s, const struct explain_extra *extra, struct buf *to)
{
	head(s, extra->network, to);
	facts(s, to);
	waits(s->finding->judgement, to);
	waterfall(s, to);
	primer(s->finding->judgement, to);
	heat(s, to);
	steps(s, to);
	chains(s, to);
	servers(s, to);
	owners(s, to);
	addresses(s, to);
	buf_add_text(to, "<h2>Networks</h2>\n<p class=\"how\">Network numbers, names and countries: ");
	words_html(to, s->finding->nets != NULL && nets_known(s->finding->nets)
			       ? nets_describe(s->finding->nets)
			       : "no database was used");
	buf_add_text(to, ". The kind of a network is an estimate of deflux.</p>\n</body>\n</html>\n");
}
