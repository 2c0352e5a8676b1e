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
#include "cli/table.h"
#include "cli/words.h"

enum {
	WIDTH = 860,  /* of a picture, in its own units */
	LABELS = 250, /* of it, for names */
	RIGHT = 56,   /* of it, for figures */
	ROW = 24,
	PLOT = 150, /* height of the step plot */
	LIST_MAX = 2000
};

static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1f24;--dim:#5f6873;--paper:#fff;--line:#d9dee3;--for:#c2362b;"
	"--against:#2b7a4b;--shade:#2f62c9;--panel:#f6f8fa}"
	"@media(prefers-color-scheme:dark){:root{--ink:#e4e8ec;--dim:#98a2ad;--paper:#14181d;--line:#343c45;"
	"--for:#f0766b;--against:#63c78b;--shade:#7ea6f5;--panel:#1c2229}}"
	"body{margin:0 auto;max-width:58rem;padding:1.5rem 1rem "
	"4rem;background:var(--paper);color:var(--ink);"
	"font:16px/1.5 system-ui,sans-serif}"
	"h1{font-size:1.6rem;margin:0 0 .5rem;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2.2rem 0 "
	".3rem}"
	"p{margin:.4rem 0}.how{color:var(--dim);font-size:.9rem}.verdict{font-size:1.1rem;border-left:.35rem "
	"solid "
	"var(--dim);background:var(--panel);padding:.7rem 1rem;overflow-wrap:anywhere}"
	".verdict.bad{border-color:var(--for)}.verdict.good{border-color:var(--against)}"
	"svg{display:block;width:100%;height:auto;margin:.6rem 0}"
	"svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .dim{fill:var(--dim)}"
	".axis{stroke:var(--line)}.for{fill:var(--for)}.against{fill:var(--against)}.cell{fill:var(--shade);"
	"shape-rendering:crispEdges}"
	".steps{fill:none;stroke:var(--shade);stroke-width:2}.under{fill:var(--shade);opacity:.15}"
	".scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem;margin:.6rem 0}"
	"th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}"
	"th{color:var(--dim);font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
	"dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(10rem,1fr));gap:.5rem "
	"1rem;margin:1rem 0}"
	"dt{color:var(--dim);font-size:.8rem}dd{margin:0;font-size:1.15rem}"
	"li{overflow-wrap:anywhere}code{overflow-wrap:anywhere}";

static void head(const struct story *s, struct buf *to)
{
	enum verdict v = s->finding->judgement->verdict;
	struct buf text = {0};

	buf_add_text(to,
		     "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src "
		     "'unsafe-inline'\">\n<title>");
	words_html(to, s->facts.name);
	buf_add_text(to, " - deflux</title>\n<style>");
	buf_add_text(to, style);
	buf_add_text(to, "</style>\n</head>\n<body>\n<h1>");
	words_html(to, s->facts.name);
	buf_printf(to, "</h1>\n<p class=\"verdict %s\">",
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
	buf_fini(&text);
}

static void fact(struct buf *to, const char *what, const char *value)
{
	buf_add_text(to, "<div><dt>");
	words_html(to, what);
	buf_add_text(to, "</dt><dd>");
	words_html(to, value);
	buf_add_text(to, "</dd></div>\n");
}

static void fact_count(struct buf *to, const char *what, uint64_t n)
{
	char text[WORDS_COUNT_MAX];

	fact(to, what, words_count(n, text));
}

static void facts(const struct story *s, struct buf *to)
{
	const struct view *v = s->finding->view;
	char text[STAMP_TEXT_MAX];

	buf_add_text(to, "<dl>\n");
	fact_count(to, "look-ups", s->facts.domain->answers);
	fact_count(to, "addresses", s->facts.addresses);
	fact_count(to, "known networks", s->facts.asns);
	fact_count(to, "countries", s->facts.countries);
	fact_count(to, "names", s->facts.names);
	snprintf(text, sizeof text, "%.0f%%", round(s->facts.turnover * 100));
	fact(to, "came later", text);
	if (v->have_ttl) {
		snprintf(text, sizeof text, "%" PRIu32 " s", v->ttl_median);
		fact(to, "median TTL", text);
	}
	span_to_text(s->facts.domain->last_ns - s->facts.domain->first_ns, text);
	fact(to, "seen over", text);
	buf_add_text(to, "</dl>\n");
}

/* ---- pictures ---- */

static void svg(struct buf *to, unsigned height, const char *label)
{
	buf_printf(to, "<svg viewBox=\"0 0 %d %u\" role=\"img\" aria-label=\"%s\">\n", WIDTH, height, label);
}

/* Text of at most `most` letters, the middle of a longer one left out. */
static void svg_text(struct buf *to, const double at[2], const char *attributes, const char *text)
{
	const struct term plain = {.utf8 = true};
	struct buf cut = {0};
	size_t most = 33, have = term_columns(text);

	term_cell(&plain, &cut, text, have < most ? have : most, false);
	buf_printf(to, "<text x=\"%.1f\" y=\"%.1f\"%s>", at[0], at[1], attributes);
	words_html(to, buf_text(&cut));
	buf_add_text(to, "</text>\n");
	buf_fini(&cut);
}

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
	svg_text(to, (double[]){WIDTH, y + 16}, " text-anchor=\"end\"", figure);
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

static void waterfall(const struct story *s, struct buf *to)
{
	const struct judgement *j = s->finding->judgement;
	unsigned rows = j->n_evidence + 2;
	struct scale c = scale_of(s);
	double sum = story_prior_db(s), zero = x_of(&c, 0);

	buf_add_text(
		to,
		"<h2>Evidence</h2>\n<p class=\"how\">How to read it: each bar moves the sum, in decibans; "
		"ten "
		"more make fast flux ten times as likely. Red bars speak for fast flux, green ones against "
		"it. "
		"It begins with how rare fast flux is, and ends right of the line where it is the likelier "
		"explanation.</p>\n");
	svg(to, rows * ROW + 8, "Waterfall of the evidence for and against fast flux");
	buf_printf(to,
		   "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%u\" stroke-width=\"2\"/>\n",
		   zero, zero, rows * ROW);
	svg_text(to, (double[]){0, 16}, "", "before any evidence");
	step(to, &c, 0, 0, sum);
	for (unsigned i = 0; i < j->n_evidence; i++) {
		svg_text(to, (double[]){0, (i + 1) * ROW + 16}, "",
			 feature_info(j->evidence[i].feature)->name);
		step(to, &c, i + 1, sum, j->evidence[i].weight_db);
		sum += j->evidence[i].weight_db;
	}
	svg_text(to, (double[]){0, (rows - 1) * ROW + 16}, " font-weight=\"700\"", "together");
	step(to, &c, rows - 1, 0, sum);
	buf_add_text(to, "</svg>\n<ul>\n");
	for (unsigned i = 0; i < j->n_evidence; i++) {
		buf_add_text(to, "<li>");
		words_html(to, j->evidence[i].reason);
		buf_printf(to, " (%+.1f)</li>\n", j->evidence[i].weight_db);
	}
	buf_add_text(to, "</ul>\n");
}

static void time_axis(const struct story *s, double y, struct buf *to)
{
	char first[STAMP_TEXT_MAX], last[STAMP_TEXT_MAX];

	stamp_to_text(s->facts.domain->first_ns / NS_PER_SECOND * NS_PER_SECOND, first);
	stamp_to_text(s->facts.domain->last_ns / NS_PER_SECOND * NS_PER_SECOND, last);
	svg_text(to, (double[]){LABELS, y}, " class=\"dim\"", first);
	svg_text(to, (double[]){WIDTH - RIGHT, y}, " class=\"dim\" text-anchor=\"end\"", last);
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

	svg_text(to, (double[]){0, y + 16}, "", row->label);
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
	svg_text(to, (double[]){WIDTH, y + 16}, " text-anchor=\"end\"", count);
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
	svg(to, s->n_rows * ROW + 20, "Addresses by network over time");
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
	svg(to, PLOT + 20, "Distinct addresses over time");
	buf_printf(to, "<path class=\"under\" d=\"%sV%dH%dZ\"/>\n<path class=\"steps\" d=\"%s\"/>\n",
		   buf_text(&path), PLOT, LABELS, buf_text(&path));
	buf_printf(to, "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n", LABELS,
		   WIDTH - RIGHT, PLOT, PLOT);
	snprintf(text, sizeof text, "%u", most);
	svg_text(to, (double[]){LABELS - 8, 12}, " class=\"dim\" text-anchor=\"end\"", text);
	svg_text(to, (double[]){LABELS - 8, PLOT}, " class=\"dim\" text-anchor=\"end\"", "0");
	time_axis(s, PLOT + 15, to);
	buf_add_text(to, "</svg>\n");
	buf_fini(&path);
}

/* ---- lists ---- */

static void cell(struct buf *to, const char *text)
{
	buf_add_text(to, "<td>");
	words_html(to, text);
	buf_add_text(to, "</td>");
}

static void cell_time(struct buf *to, int64_t time_ns)
{
	char text[STAMP_TEXT_MAX];

	stamp_to_text(time_ns / NS_PER_SECOND * NS_PER_SECOND, text);
	cell(to, text);
}

static void more(struct buf *to, uint64_t n)
{
	char count[WORDS_COUNT_MAX];

	if (n != 0)
		buf_printf(to, "<p class=\"how\">... and %s more</p>\n", words_count(n, count));
}

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
			words_html(to, name);
		}
		buf_add_text(to, "</li>\n");
	}
	buf_add_text(to, found == 0 ? "" : "</ul>\n");
	more(to, found > LIST_MAX ? found - LIST_MAX : 0);
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
		cell(to, name);
		cell(to, buf_text(&roles));
		buf_printf(to,
			   "<td class=\"n\">%" PRIu32 "</td><td class=\"n\">%" PRIu32 "</td><td class=\"n\">",
			   o->answers, o->n_pairs);
		if (o->n_pairs != 0 && o->ttl_max >= o->ttl_min)
			buf_printf(to, "%" PRIu32 "-%" PRIu32, o->ttl_min, o->ttl_max);
		buf_add_text(to, "</td>");
		cell_time(to, o->first_ns);
		cell_time(to, o->last_ns);
		buf_add_text(to, "</tr>\n");
		buf_fini(&roles);
	}
	buf_add_text(to, "</table></div>\n");
	more(to, all - n);
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
		cell(to, addr);
		cell(to, net);
		cell(to, country);
		cell(to, buf_text(&roles));
		buf_printf(to, "<td class=\"n\">%" PRIu32 "</td>", m->count);
		cell_time(to, m->first_ns);
		cell_time(to, m->last_ns);
		buf_add_text(to, "</tr>\n");
		buf_fini(&roles);
	}
	buf_add_text(to, "</table></div>\n");
	more(to, s->n_members - n + s->finding->view->more_members);
}

void explain_page(const struct story *s, struct buf *to)
{
	head(s, to);
	facts(s, to);
	waterfall(s, to);
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
