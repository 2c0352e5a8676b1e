/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rollpage.c -- flux networks as one page of HTML, each with a picture of its domains and agents; see roll.h.
 *
 * The picture: agents stand on a ring, side by side with those of the same operator, operators by their
 * number of agents; domains stand on a ring within, each as near as may be to the middle of its agents; a
 * line joins a domain and an agent. Where all domains use all agents it is one dense wheel; where few are
 * shared, sectors.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "cli/roll.h"
#include "cli/sheet.h"
#include "cli/story.h"
#include "cli/words.h"

enum {
	CENTRE = 280, /* of the rings, from the left and from above */
	OUTER = 262,
	INNER = 170,
	LEGEND = 575, /* where it begins */
	COLOURS = 8,  /* operators told apart; the others are grey */
	AGENTS_DRAWN = 1200,
	DOMAINS_DRAWN = 400,
	LINES_DRAWN = 12000,
	PLOT = 130,
	LEFT = 56,
	LIST_MAX = 2000
};

#define TURN 6.283185307179586

static const char *const colours[COLOURS + 1] = {"#4269d0", "#e0912f", "#3ca951", "#d65db1", "#2fa5b8",
						 "#9c6b4e", "#a463f2", "#d9534f", "#8b929b"};

/* A node of the picture. */
struct spot {
	uint32_t number; /* of the agent in its network, or of the domain */
	uint32_t group;  /* place of the operator, biggest first */
	double angle;
};

struct drawing {
	const struct networks *n;
	const struct network *w;
	struct spot *agents, *domains; /* in order round their rings */
	uint32_t n_agents, n_domains;
	uint32_t *spot_of; /* of each agent of the network, UINT32_MAX: not drawn */
};

static void drawing_close(struct drawing *g)
{
	free(g->agents);
	free(g->domains);
	free(g->spot_of);
}

static int by_group(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static int by_angle(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;

	if (x->angle != y->angle)
		return x->angle < y->angle ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static int by_net(const void *a, const void *b)
{
	const struct network_isp *x = *(const struct network_isp *const *)a,
				 *y = *(const struct network_isp *const *)b;

	return x->net < y->net ? -1 : x->net > y->net;
}

/* The place of each agent's operator in the list of operators; false without memory. */
static bool find_groups(struct drawing *g)
{
	const struct network *w = g->w;
	const struct network_isp **sorted = calloc(w->n_isps + 1u, sizeof *sorted);

	if (sorted == NULL)
		return false;
	for (uint32_t i = 0; i < w->n_isps; i++)
		sorted[i] = &w->isps[i];
	qsort(sorted, w->n_isps, sizeof *sorted, by_net);
	for (uint32_t i = 0; i < w->n_agents; i++) {
		struct network_isp key = {.net = w->agents[i].net};
		const struct network_isp *wanted = &key, **found;

		found = bsearch(&wanted, sorted, w->n_isps, sizeof *sorted, by_net);
		g->agents[i] = (struct spot){.number = i, .group = (uint32_t)(*found - w->isps)};
	}
	free(sorted);
	return true;
}

static bool place_agents(struct drawing *g)
{
	uint32_t all = g->w->n_agents;

	g->agents = calloc(all + 1u, sizeof *g->agents);
	g->spot_of = malloc((all + 1u) * sizeof *g->spot_of);
	if (g->agents == NULL || g->spot_of == NULL || !find_groups(g))
		return false;
	qsort(g->agents, all, sizeof *g->agents, by_group);
	g->n_agents = all < AGENTS_DRAWN ? all : AGENTS_DRAWN;
	memset(g->spot_of, 0xff, (all + 1u) * sizeof *g->spot_of);
	for (uint32_t i = 0; i < g->n_agents; i++) {
		g->agents[i] = g->agents[(uint64_t)i * all / g->n_agents];
		g->agents[i].angle = TURN * i / g->n_agents;
		g->spot_of[g->agents[i].number] = i;
	}
	return true;
}

static int by_member(const void *a, const void *b)
{
	const struct network_agent *x = a, *y = b;

	return x->member < y->member ? -1 : x->member > y->member;
}

/* The spot of the agent that a use leads to, NULL. */
static const struct spot *spot_of_use(const struct drawing *g, const struct network_use *u)
{
	struct network_agent key = {.member = u->member}, *found;
	uint32_t at;

	if (!networks_is_agent(g->n, u))
		return NULL;
	found = bsearch(&key, g->w->agents, g->w->n_agents, sizeof key, by_member);
	at = found == NULL ? UINT32_MAX : g->spot_of[found - g->w->agents];
	return at == UINT32_MAX ? NULL : &g->agents[at];
}

/* The direction in which most of its agents lie. */
static double lean(const struct drawing *g, uint32_t domain)
{
	const struct network_domain *d = &g->n->domains[domain];
	double x = 0, y = 0, angle;

	for (uint32_t i = 0; i < d->n_uses; i++) {
		const struct spot *s = spot_of_use(g, &g->n->uses[d->uses + i]);

		x += s == NULL ? 0 : cos(s->angle);
		y += s == NULL ? 0 : sin(s->angle);
	}
	angle = atan2(y, x);
	return angle < 0 ? angle + TURN : angle;
}

static bool place_domains(struct drawing *g)
{
	uint32_t all = g->w->n_domains;

	g->n_domains = all < DOMAINS_DRAWN ? all : DOMAINS_DRAWN;
	g->domains = calloc(g->n_domains + 1u, sizeof *g->domains);
	if (g->domains == NULL)
		return false;
	for (uint32_t i = 0; i < g->n_domains; i++) {
		uint32_t domain = g->w->domains[(uint64_t)i * all / g->n_domains];

		g->domains[i] = (struct spot){.number = domain, .angle = lean(g, domain)};
	}
	qsort(g->domains, g->n_domains, sizeof *g->domains, by_angle);
	if (g->n_domains > 1) /* else where its agents are */
		for (uint32_t i = 0; i < g->n_domains; i++)
			g->domains[i].angle = TURN * (i + 0.5) / g->n_domains;
	return true;
}

static double x_of(const struct spot *s, double radius)
{
	return CENTRE + radius * cos(s->angle);
}

static double y_of(const struct spot *s, double radius)
{
	return CENTRE + radius * sin(s->angle);
}

/* A domain alone stands in the middle. */
static double inner(const struct drawing *g)
{
	return g->n_domains == 1 ? 0 : INNER;
}

/* One path for each domain. Of very many lines, evenly some. */
static void draw_lines(const struct drawing *g, struct buf *to)
{
	uint64_t all = 0, at = 0, drawn = 0;

	for (uint32_t i = 0; i < g->n_domains; i++)
		all += g->n->domains[g->domains[i].number].n_uses;
	for (uint32_t i = 0; i < g->n_domains; i++) {
		const struct network_domain *d = &g->n->domains[g->domains[i].number];

		buf_add_text(to, "<path class=\"tie\" d=\"M0 0");
		for (uint32_t k = 0; k < d->n_uses; k++) {
			const struct spot *s = spot_of_use(g, &g->n->uses[d->uses + k]);

			if (s == NULL || (all > LINES_DRAWN && drawn > at++ * LINES_DRAWN / all))
				continue;
			drawn++;
			buf_printf(to, "M%.0f %.0fL%.0f %.0f", x_of(&g->domains[i], inner(g)),
				   y_of(&g->domains[i], inner(g)), x_of(s, OUTER), y_of(s, OUTER));
		}
		buf_add_text(to, "\"/>\n");
	}
}

static void draw_agent(const struct drawing *g, const struct spot *s, struct buf *to)
{
	const struct network_agent *a = &g->w->agents[s->number];
	double size = g->n_agents > 300  ? 2
		      : g->n_agents > 80 ? 3
					 : 4.5,
	       x = x_of(s, OUTER), y = y_of(s, OUTER);
	const char *colour = colours[s->group < COLOURS && a->net != 0 ? s->group : COLOURS];
	char text[ADDR_TEXT_MAX + 4];

	roll_address(a, text);
	if (a->sides == SIDE_SERVER)
		buf_printf(to,
			   "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>",
			   x - size, y - size, 2 * size, 2 * size, colour);
	else
		buf_printf(to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"%s><title>", x, y, size,
			   colour, a->sides == SIDE_HOST ? "" : " class=\"both\"");
	words_html(to, text);
	buf_printf(to, " (%s), %" PRIu32 " domains</title></%s>\n", roll_sides(a->sides), a->domains,
		   a->sides == SIDE_SERVER ? "rect" : "circle");
}

static void draw_domain(const struct drawing *g, const struct spot *s, struct buf *to)
{
	char name[NAME_TEXT_MAX];

	roll_domain(g->n, s->number, name);
	buf_printf(to, "<circle class=\"domain\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>",
		   x_of(s, inner(g)), y_of(s, inner(g)), g->n_domains > 80 ? 3.0 : 5.0);
	words_html(to, name);
	buf_printf(to, ", %" PRIu32 " agents</title></circle>\n", g->n->domains[s->number].agents);
}

static void draw_legend(const struct drawing *g, struct buf *to)
{
	const struct network *w = g->w;
	uint32_t others = 0;
	char text[STORY_LABEL_MAX + 16];
	unsigned row = 0;

	for (uint32_t i = 0; i < w->n_isps; i++) {
		char net[STORY_LABEL_MAX];

		if (i >= COLOURS || w->isps[i].net == 0) {
			others += w->isps[i].agents;
			continue;
		}
		story_net(nets_get(g->n->nets, w->isps[i].net), net);
		snprintf(text, sizeof text, "%" PRIu32 " %s", w->isps[i].agents, net);
		buf_printf(to, "<rect x=\"%d\" y=\"%u\" width=\"10\" height=\"10\" fill=\"%s\"/>\n", LEGEND,
			   20 + row * 22, colours[i]);
		sheet_text(to, (double[]){LEGEND + 18, 30 + row++ * 22}, "", text);
	}
	if (others != 0) {
		snprintf(text, sizeof text, "%" PRIu32 " elsewhere", others);
		buf_printf(to, "<rect x=\"%d\" y=\"%u\" width=\"10\" height=\"10\" fill=\"%s\"/>\n", LEGEND,
			   20 + row * 22, colours[COLOURS]);
		sheet_text(to, (double[]){LEGEND + 18, 30 + row++ * 22}, "", text);
	}
	row++;
	sheet_text(to, (double[]){LEGEND, 30 + row++ * 22}, " class=\"dim\"",
		   "outer ring: agents, by operator");
	sheet_text(to, (double[]){LEGEND, 30 + row++ * 22}, " class=\"dim\"", "inner ring: domains");
	sheet_text(to, (double[]){LEGEND, 30 + row++ * 22}, " class=\"dim\"",
		   "squares: as name servers only");
	sheet_text(to, (double[]){LEGEND, 30 + row++ * 22}, " class=\"dim\"",
		   "ringed: addresses and servers");
}

static void draw(const struct networks *n, const struct network *w, struct buf *to)
{
	struct drawing g = {.n = n, .w = w};

	if (!place_agents(&g) || !place_domains(&g)) {
		to->err = to->err == OK ? E_MEMORY : to->err;
	} else {
		sheet_svg(to, 2 * CENTRE, "Domains and agents of the network");
		draw_lines(&g, to);
		for (uint32_t i = 0; i < g.n_agents; i++)
			draw_agent(&g, &g.agents[i], to);
		for (uint32_t i = 0; i < g.n_domains; i++)
			draw_domain(&g, &g.domains[i], to);
		draw_legend(&g, to);
		buf_add_text(to, "</svg>\n");
		if (g.n_agents < w->n_agents || g.n_domains < w->n_domains)
			buf_add_text(to, "<p class=\"how\">Too many to draw: evenly some of them are.</p>\n");
	}
	drawing_close(&g);
}

/* ---- time ---- */

static void active(const struct network *w, struct buf *to)
{
	double width = (double)(SHEET_WIDTH - LEFT) / w->n_bins;
	char text[STAMP_TEXT_MAX];
	uint32_t most = 1;

	for (uint32_t i = 0; i < w->n_bins; i++)
		most = w->active[i] > most ? w->active[i] : most;
	span_to_text(w->bin_ns, text);
	buf_printf(to,
		   "<h3>Active agents</h3>\n<p class=\"how\">How to read it: a bar is %s; its height is how "
		   "many "
		   "agents lie between their first and last sighting then.</p>\n",
		   text);
	sheet_svg(to, PLOT + 20, "Active agents over time");
	for (uint32_t i = 0; i < w->n_bins; i++) {
		double height = (double)(PLOT - 6) * w->active[i] / most;

		if (w->active[i] != 0)
			buf_printf(to,
				   "<rect class=\"cell\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
				   "height=\"%.1f\"/>\n",
				   LEFT + i * width, PLOT - height, width > 2 ? width - 0.8 : width, height);
	}
	buf_printf(to, "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n", LEFT, SHEET_WIDTH,
		   PLOT, PLOT);
	snprintf(text, sizeof text, "%" PRIu32, most);
	sheet_text(to, (double[]){LEFT - 8, 14}, " class=\"dim\" text-anchor=\"end\"", text);
	stamp_to_text(w->bins_from_ns, text);
	sheet_text(to, (double[]){LEFT, PLOT + 15}, " class=\"dim\"", text);
	stamp_to_text(w->last_ns / NS_PER_SECOND * NS_PER_SECOND, text);
	sheet_text(to, (double[]){SHEET_WIDTH, PLOT + 15}, " class=\"dim\" text-anchor=\"end\"", text);
	buf_add_text(to, "</svg>\n");
}

/* ---- tables ---- */

static void cell_count(struct buf *to, uint64_t n)
{
	char text[WORDS_COUNT_MAX];

	buf_printf(to, "<td class=\"n\">%s</td>", words_count(n, text));
}

static void isps(const struct networks *n, const struct network *w, struct buf *to)
{
	buf_add_text(to,
		     "<h3>Where the agents sit</h3>\n<div class=\"scroll\"><table>\n<tr><th>network</th><th "
		     "class=\"n\">agents</th><th class=\"n\">addresses</th><th class=\"n\">name servers</th>"
		     "<th>first seen</th><th>last seen</th></tr>\n");
	for (uint32_t i = 0; i < w->n_isps && i < LIST_MAX; i++) {
		char net[STORY_LABEL_MAX] = "not known";

		if (w->isps[i].net != 0)
			story_net(nets_get(n->nets, w->isps[i].net), net);
		buf_add_text(to, "<tr>");
		sheet_long_cell(to, net);
		cell_count(to, w->isps[i].agents);
		cell_count(to, w->isps[i].hosts);
		cell_count(to, w->isps[i].servers);
		sheet_time(to, w->isps[i].first_ns);
		sheet_time(to, w->isps[i].last_ns);
		buf_add_text(to, "</tr>\n");
	}
	buf_add_text(to, "</table></div>\n<p>Countries: ");
	for (uint32_t i = 0; i < w->n_countries; i++) {
		const char *c = w->countries[i].country;
		char text[3] = {c[0], c[1], 0};

		buf_add_text(to, i == 0 ? "" : ", ");
		words_html(to, c[0] == 0 ? "not known" : text);
		buf_printf(to, " %" PRIu32, w->countries[i].agents);
	}
	buf_add_text(to, "</p>\n");
}

static void domains(const struct networks *n, const struct network *w, struct buf *to)
{
	uint32_t listed = w->n_domains < LIST_MAX ? w->n_domains : LIST_MAX;

	buf_add_text(to,
		     "<h3>Domains</h3>\n<div class=\"scroll\"><table>\n<tr><th>domain</th><th>kind</th><th "
		     "class=\"n\">agents</th><th class=\"n\">look-ups</th><th>first seen</th><th>last "
		     "seen</th></tr>\n");
	for (uint32_t i = 0; i < listed; i++) {
		const struct network_domain *d = &n->domains[w->domains[i]];
		const char *kind = flux_kind_text(d->kind);
		char name[NAME_TEXT_MAX];

		roll_domain(n, w->domains[i], name);
		buf_add_text(to, "<tr>");
		sheet_long_cell(to, name);
		sheet_cell(to, kind == NULL ? "" : kind);
		cell_count(to, d->agents);
		cell_count(to, d->answers);
		sheet_time(to, d->first_ns);
		sheet_time(to, d->last_ns);
		buf_add_text(to, "</tr>\n");
	}
	buf_add_text(to, "</table></div>\n");
	sheet_more(to, w->n_domains - listed);
}

/* ---- the whole ---- */

static void links(const struct networks *n, const struct network *w, struct buf *to)
{
	for (uint32_t i = 0; i < w->n_shares; i++)
		buf_printf(to, "%s%" PRIu32 " with %s", i == 0 ? "<p>It shares agents: " : ", ",
			   w->shares[i].agents, n->list[w->shares[i].network].name);
	buf_add_text(to, w->n_shares != 0 ? ".</p>\n" : "");
	for (uint32_t i = 0; i < w->n_merged; i++)
		buf_printf(to, "%s%s", i == 0 ? "<p>Merged with it: " : ", ", w->merged[i]);
	buf_add_text(to, w->n_merged != 0 ? ".</p>\n" : "");
	if (w->split_from[0] != 0)
		buf_printf(to, "<p>Split from %s.</p>\n", w->split_from);
}

static void section(const struct networks *n, const struct network *w, struct buf *to)
{
	const char *kind = flux_kind_text(w->kind);
	char text[ROLL_SIZE_MAX];

	buf_printf(to, "<h2>%s</h2>\n<dl>\n", w->name);
	sheet_fact(to, "kind", kind == NULL ? "not known" : kind);
	sheet_count(to, "domains", w->n_domains);
	sheet_count(to, "agents seen", w->n_agents);
	sheet_fact(to, "agents in all, about", roll_size(w, text));
	sheet_count(to, "answering for names", w->hosts);
	sheet_count(to, "as name servers", w->servers);
	sheet_count(to, "look-ups", w->lookups);
	sheet_count(to, "addresses set aside", w->set_aside);
	buf_add_text(to, "</dl>\n");
	links(n, w, to);
	draw(n, w, to);
	active(w, to);
	isps(n, w, to);
	domains(n, w, to);
}

void roll_page(const struct networks *n, size_t most, struct buf *to)
{
	sheet_head(to, most == 0 ? "No flux network" : "Flux networks");
	buf_add_text(
		to,
		"<p class=\"how\">Domains that share agents, the machines that answer for them, form a "
		"network. How many agents it has in all is estimated from how often each was seen, with the "
		"interval that holds the lower bound with 95 %. ");
	words_html(to, roll_assumes);
	buf_add_text(
		to, " Set aside are addresses that mostly serve honest domains, and those a seized or parked "
		    "domain settled on.</p>\n");
	for (size_t i = 0; i < most; i++)
		section(n, &n->list[i], to);
	buf_add_text(to, "<p class=\"how\">Network numbers, names and countries: ");
	words_html(to,
		   n->nets != NULL && nets_known(n->nets) ? nets_describe(n->nets) : "no database was used");
	buf_add_text(to, ". The kind of a network is an estimate of deflux.</p>\n</body>\n</html>\n");
}
