/* SPDX-License-Identifier: Apache-2.0 */
/* rollgraph.c -- flux networks as one graph for other programs: DOT and GraphML; see roll.h. An agent of
 * several networks is one node, so what they share can be seen. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/stamp.h"
#include "cli/roll.h"
#include "cli/story.h"
#include "cli/words.h"

#define NO_NETWORK UINT32_MAX

/* The first network that has each member as an agent; NULL without memory. */
static uint32_t *find_homes(const struct networks *n, size_t most)
{
	uint32_t *home = malloc((n->n_members + 1u) * sizeof *home);

	for (uint32_t i = 0; home != NULL && i < n->n_members; i++)
		home[i] = NO_NETWORK;
	for (size_t i = most; home != NULL && i-- > 0;)
		for (uint32_t k = 0; k < n->list[i].n_agents; k++)
			home[n->list[i].agents[k].member] = (uint32_t)i;
	return home;
}

static void isp_text(const struct networks *n, const struct network_agent *a, char text[STORY_LABEL_MAX])
{
	text[0] = 0;
	if (a->net != 0)
		story_net(nets_get(n->nets, a->net), text);
}

/* ---- DOT ---- */

/* Within double quotes: a backslash would begin an escape of labels. */
static void dot_text(struct buf *to, const char *text)
{
	buf_add_char(to, '"');
	for (; *text != 0; text++) {
		if (*text == '"' || *text == '\\')
			buf_add_char(to, '\\');
		buf_add_char(to, *text);
	}
	buf_add_char(to, '"');
}

static void dot_agent(const struct networks *n, const struct network_agent *a, struct buf *to)
{
	char address[ADDR_TEXT_MAX + 4], isp[STORY_LABEL_MAX];

	roll_address(a, address);
	isp_text(n, a, isp);
	buf_printf(to, "    a%" PRIu32 " [shape=%s, label=", a->member,
		   a->sides == SIDE_SERVER ? "diamond" : "ellipse");
	dot_text(to, address);
	buf_add_text(to, ", tooltip=");
	dot_text(to, isp);
	buf_add_text(to, "];\n");
}

static void dot_network(const struct networks *n, uint32_t number, const uint32_t *home, struct buf *to)
{
	const struct network *w = &n->list[number];
	char name[NAME_TEXT_MAX], size[ROLL_SIZE_MAX];

	buf_printf(to,
		   "  subgraph cluster_%" PRIu32 " {\n    label=\"%s: %" PRIu32 " domains, %" PRIu32
		   " agents, about %s in all\";\n",
		   number, w->name, w->n_domains, w->n_agents, roll_size(w, size));
	for (uint32_t i = 0; i < w->n_domains; i++) {
		roll_domain(n, w->domains[i], name);
		buf_printf(to, "    d%" PRIu32 " [shape=box, style=filled, fillcolor=lightgrey, label=",
			   w->domains[i]);
		dot_text(to, name);
		buf_add_text(to, "];\n");
	}
	for (uint32_t i = 0; i < w->n_agents; i++)
		if (home[w->agents[i].member] == number)
			dot_agent(n, &w->agents[i], to);
	buf_add_text(to, "  }\n");
}

void roll_dot(const struct networks *n, size_t most, struct buf *to)
{
	uint32_t *home = find_homes(n, most);

	if (home == NULL) {
		to->err = E_MEMORY;
		return;
	}
	buf_add_text(to, "graph deflux {\n  graph [layout=sfdp, overlap=prism, outputorder=edgesfirst];\n"
			 "  node [fontsize=9, margin=0.05];\n  edge [color=\"#00000030\"];\n");
	for (uint32_t i = 0; i < most; i++)
		dot_network(n, i, home, to);
	for (size_t i = 0; i < n->n_uses; i++)
		if (networks_is_agent(n, &n->uses[i]) && n->domains[n->uses[i].domain].network < most)
			buf_printf(to, "  d%" PRIu32 " -- a%" PRIu32 ";\n", n->uses[i].domain,
				   n->uses[i].member);
	buf_add_text(to, "}\n");
	free(home);
}

/* ---- GraphML ---- */

static const char graphml_head[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
	"<key id=\"type\" for=\"node\" attr.name=\"type\" attr.type=\"string\"/>\n"
	"<key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n"
	"<key id=\"network\" for=\"node\" attr.name=\"network\" attr.type=\"string\"/>\n"
	"<key id=\"kind\" for=\"node\" attr.name=\"kind\" attr.type=\"string\"/>\n"
	"<key id=\"sides\" for=\"node\" attr.name=\"sides\" attr.type=\"string\"/>\n"
	"<key id=\"isp\" for=\"node\" attr.name=\"isp\" attr.type=\"string\"/>\n"
	"<key id=\"country\" for=\"node\" attr.name=\"country\" attr.type=\"string\"/>\n"
	"<key id=\"first_seen\" for=\"node\" attr.name=\"first_seen\" attr.type=\"string\"/>\n"
	"<key id=\"last_seen\" for=\"node\" attr.name=\"last_seen\" attr.type=\"string\"/>\n"
	"<key id=\"answers\" for=\"edge\" attr.name=\"answers\" attr.type=\"int\"/>\n"
	"<graph id=\"deflux\" edgedefault=\"undirected\">\n";

static void data(struct buf *to, const char *key, const char *text)
{
	if (text == NULL || text[0] == 0)
		return;
	buf_printf(to, "<data key=\"%s\">", key);
	words_html(to, text);
	buf_add_text(to, "</data>");
}

static void data_time(struct buf *to, const char *key, int64_t time_ns)
{
	char text[STAMP_TEXT_MAX];

	stamp_to_text(time_ns, text);
	data(to, key, text);
}

static void graphml_domain(const struct networks *n, const struct network *w, uint32_t domain, struct buf *to)
{
	const struct network_domain *d = &n->domains[domain];
	char name[NAME_TEXT_MAX];

	roll_domain(n, domain, name);
	buf_printf(to, "<node id=\"d%" PRIu32 "\">", domain);
	data(to, "type", "domain");
	data(to, "label", name);
	data(to, "network", w->name);
	data(to, "kind", flux_kind_text(d->kind));
	data_time(to, "first_seen", d->first_ns);
	data_time(to, "last_seen", d->last_ns);
	buf_add_text(to, "</node>\n");
}

static void graphml_agent(const struct networks *n, const struct network *w, const struct network_agent *a,
			  struct buf *to)
{
	char address[ADDR_TEXT_MAX + 4], isp[STORY_LABEL_MAX], country[3] = {a->country[0], a->country[1], 0};

	roll_address(a, address);
	isp_text(n, a, isp);
	buf_printf(to, "<node id=\"a%" PRIu32 "\">", a->member);
	data(to, "type", "agent");
	data(to, "label", address);
	data(to, "network", w->name);
	data(to, "sides", roll_sides(a->sides));
	data(to, "isp", isp);
	data(to, "country", country);
	data_time(to, "first_seen", a->first_ns);
	data_time(to, "last_seen", a->last_ns);
	buf_add_text(to, "</node>\n");
}

void roll_graphml(const struct networks *n, size_t most, struct buf *to)
{
	uint32_t *home = find_homes(n, most);

	if (home == NULL) {
		to->err = E_MEMORY;
		return;
	}
	buf_add_text(to, graphml_head);
	for (uint32_t i = 0; i < most; i++) {
		const struct network *w = &n->list[i];

		for (uint32_t k = 0; k < w->n_domains; k++)
			graphml_domain(n, w, w->domains[k], to);
		for (uint32_t k = 0; k < w->n_agents; k++)
			if (home[w->agents[k].member] == i)
				graphml_agent(n, w, &w->agents[k], to);
	}
	for (size_t i = 0; i < n->n_uses; i++)
		if (networks_is_agent(n, &n->uses[i]) && n->domains[n->uses[i].domain].network < most)
			buf_printf(to,
				   "<edge source=\"d%" PRIu32 "\" target=\"a%" PRIu32
				   "\"><data key=\"answers\">%" PRIu32 "</data></edge>\n",
				   n->uses[i].domain, n->uses[i].member, n->uses[i].count);
	buf_add_text(to, "</graph>\n</graphml>\n");
	free(home);
}
