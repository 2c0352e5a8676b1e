/* SPDX-License-Identifier: Apache-2.0 */
/* story.c -- see story.h. */
#include "cli/story.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "cli/primer.h"
#include "cli/table.h"
#include "cli/words.h"

enum { PREFIX_V4 = 16, PREFIX_V6 = 32 };

/* A network as a sum: known ones by number, others by their prefix. */
struct group {
	uint32_t net;
	struct addr prefix;
	const struct view_member *example;
	unsigned members;
};

static struct group group_of(const struct view_member *m)
{
	struct group g = {.net = m->net, .example = m, .members = 1};

	if (m->net == 0)
		g.prefix = addr_prefix(&m->addr, addr_is_v4(&m->addr) ? PREFIX_V4 : PREFIX_V6);
	return g;
}

static int by_network(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->net != y->net)
		return x->net < y->net ? -1 : 1;
	return memcmp(&x->prefix, &y->prefix, sizeof x->prefix);
}

/* Biggest first; then by the address, which does not depend on numbers of a database. */
static int by_size(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->members != y->members)
		return x->members > y->members ? -1 : 1;
	return memcmp(&x->example->addr, &y->example->addr, sizeof x->example->addr);
}

const char *story_net_kind(const struct net *net)
{
	static const char *const words[NET_KINDS] = {
		[NET_CONSUMER] = "homes",        [NET_HOSTING] = "hosting",   [NET_CONTENT] = "content",
		[NET_UNIVERSITY] = "university", [NET_BUSINESS] = "business", [NET_TRANSIT] = "transit"};
	unsigned best = 0;

	for (unsigned k = 1; k < NET_KINDS; k++)
		best = net->kind[k] > net->kind[best] ? k : best;
	return net->kind[best] < 0.4F ? "kind unknown" : words[best];
}

void story_net(const struct net *net, char text[STORY_LABEL_MAX])
{
	if (net->asn != 0)
		snprintf(text, STORY_LABEL_MAX, "AS%u %.100s (%s)", (unsigned)net->asn, net->name,
			 story_net_kind(net));
	else
		snprintf(text, STORY_LABEL_MAX, "%.100s (%s)", net->name, story_net_kind(net));
	words_tame(text);
}

void story_network(const struct story *s, const struct view_member *m, char text[STORY_LABEL_MAX])
{
	const struct net *net = m->net == 0 ? NULL : nets_get(s->finding->nets, m->net);
	char prefix[ADDR_TEXT_MAX];
	bool v4 = addr_is_v4(&m->addr);
	struct addr a = addr_prefix(&m->addr, v4 ? PREFIX_V4 : PREFIX_V6);

	if (net == NULL) {
		addr_to_text(&a, prefix);
		snprintf(text, STORY_LABEL_MAX, "%s/%d", prefix, v4 ? PREFIX_V4 : PREFIX_V6);
		return;
	}
	story_net(net, text);
}

/* Adds a member's life to a row and to the sum. */
static void add_life(struct story *s, struct story_row *row, const struct view_member *m)
{
	const struct domain *d = s->facts.domain;
	unsigned to = table_part(m->last_ns, d->first_ns, d->last_ns, s->bins);

	row->members++;
	for (unsigned at = table_part(m->first_ns, d->first_ns, d->last_ns, s->bins); at <= to; at++) {
		row->counts[at]++;
		s->alive[at]++;
	}
}

/* The row of a member's network: among the biggest, or the last one. */
static struct story_row *row_of(struct story *s, const struct group *groups, const struct view_member *m)
{
	struct group g = group_of(m);

	for (unsigned i = 0; i < s->n_rows && i < STORY_ROWS; i++)
		if (by_network(&groups[i], &g) == 0)
			return &s->rows[i];
	return &s->rows[STORY_ROWS];
}

static enum err make_rows(struct story *s)
{
	const struct view *v = s->finding->view;
	struct group *groups = calloc(v->n_members + 1u, sizeof *groups);
	unsigned n = 0;

	if (groups == NULL)
		return E_MEMORY;
	for (unsigned i = 0; i < v->n_members; i++)
		groups[i] = group_of(&v->members[i]);
	qsort(groups, v->n_members, sizeof *groups, by_network);
	for (unsigned i = 0; i < v->n_members; i++) {
		if (n == 0 || by_network(&groups[n - 1], &groups[i]) != 0)
			groups[n++] = groups[i];
		else
			groups[n - 1].members++;
	}
	qsort(groups, n, sizeof *groups, by_size);
	s->others = n > STORY_ROWS ? n - STORY_ROWS : 0;
	s->n_rows = n > STORY_ROWS ? STORY_ROWS + 1 : n;
	for (unsigned i = 0; i < n && i < STORY_ROWS; i++)
		story_network(s, groups[i].example, s->rows[i].label);
	snprintf(s->rows[STORY_ROWS].label, STORY_LABEL_MAX, "%u other network%s", s->others,
		 s->others == 1 ? "" : "s");
	for (unsigned i = 0; i < v->n_members; i++)
		add_life(s, row_of(s, groups, &v->members[i]), &v->members[i]);
	free(groups);
	return OK;
}

static int by_first(const void *a, const void *b)
{
	const struct view_member *x = *(const struct view_member *const *)a,
				 *y = *(const struct view_member *const *)b;

	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return memcmp(&x->addr, &y->addr, sizeof x->addr);
}

static int by_answers(const void *a, const void *b, void *partition)
{
	const struct owner *x = *(const struct owner *const *)a, *y = *(const struct owner *const *)b;
	char x_name[NAME_TEXT_MAX], y_name[NAME_TEXT_MAX];

	if (x->answers != y->answers)
		return x->answers > y->answers ? -1 : 1;
	name_to_text(partition_name(partition, x->name), x_name);
	name_to_text(partition_name(partition, y->name), y_name);
	return strcmp(x_name, y_name);
}

static enum err list_owners(struct story *s)
{
	const struct partition *p = s->finding->partition;
	const struct domain *d = s->facts.domain;

	s->owners = calloc(d->n_owners + 1u, sizeof *s->owners);
	if (s->owners == NULL)
		return E_MEMORY;
	for (uint32_t o = d->owners; o != NONE && s->n_owners < d->n_owners; o = p->owners[o].next)
		s->owners[s->n_owners++] = &p->owners[o];
	qsort_r(s->owners, s->n_owners, sizeof *s->owners, by_answers, (void *)(uintptr_t)p);
	return OK;
}

static void add_server(struct story *s, const struct partition *p, const struct owner *o, bool foreign)
{
	struct story_server *to = &s->servers[s->n_servers++];

	name_to_text(partition_name(p, o->name), to->name);
	to->addresses = o->n_pairs;
	to->foreign = foreign;
}

static int by_server(const void *a, const void *b)
{
	const struct story_server *x = a, *y = b;

	return x->foreign != y->foreign ? x->foreign - y->foreign : strcmp(x->name, y->name);
}

static enum err list_servers(struct story *s)
{
	const struct partition *p = s->finding->partition;
	uint32_t numbers[STORY_SERVERS_MAX];
	unsigned n = partition_servers(p, s->finding->domain, numbers, STORY_SERVERS_MAX);

	s->servers = calloc(n + s->n_owners + 1u, sizeof *s->servers);
	if (s->servers == NULL)
		return E_MEMORY;
	for (size_t i = 0; i < s->n_owners; i++)
		if ((s->owners[i]->roles & OWNER_SERVER) != 0)
			add_server(s, p, s->owners[i], (s->owners[i]->roles & OWNER_FOREIGN) != 0);
	for (unsigned i = 0; i < n; i++)
		add_server(s, p->servers, &p->servers->owners[numbers[i]], true);
	qsort(s->servers, s->n_servers, sizeof *s->servers, by_server);
	return OK;
}

static enum err list_members(struct story *s)
{
	const struct view *v = s->finding->view;

	s->members = calloc(v->n_members + 1u, sizeof *s->members);
	if (s->members == NULL)
		return E_MEMORY;
	for (unsigned i = 0; i < v->n_members; i++)
		s->members[s->n_members++] = &v->members[i];
	qsort(s->members, s->n_members, sizeof *s->members, by_first);
	return OK;
}

enum err story_make(struct story *s, const struct finding *x, unsigned bins)
{
	enum err e;

	memset(s, 0, sizeof *s);
	s->finding = x;
	s->bins = bins < STORY_BINS_MAX ? bins : STORY_BINS_MAX;
	facts_of(x, &s->facts);
	e = make_rows(s);
	if (e == OK)
		e = list_owners(s);
	if (e == OK)
		e = list_servers(s);
	if (e == OK)
		e = list_members(s);
	if (e != OK)
		story_fini(s);
	return e;
}

void story_fini(struct story *s)
{
	free(s->owners);
	free(s->servers);
	free(s->members);
	s->owners = NULL;
	s->servers = NULL;
	s->members = NULL;
}

void story_owner_name(const struct story *s, const struct owner *o, char text[NAME_TEXT_MAX])
{
	name_to_text(partition_name(s->finding->partition, o->name), text);
}

static void list_bits(unsigned bits, const char *const words[], unsigned n, struct buf *to)
{
	bool any = false;

	for (unsigned i = 0; i < n; i++) {
		if ((bits & 1u << i) == 0)
			continue;
		buf_printf(to, "%s%s", any ? ", " : "", words[i]);
		any = true;
	}
}

void story_owner_roles(const struct owner *o, struct buf *to)
{
	static const char *const words[] = {"host", "alias", "zone", "name server", "in another domain"};

	list_bits(o->roles, words, sizeof words / sizeof *words, to);
}

void story_member_roles(const struct view_member *m, struct buf *to)
{
	static const char *const words[] = {"host",          "behind alias", "name server",
					    "serves others", "hint",         "glue"};

	list_bits(m->roles, words, sizeof words / sizeof *words, to);
}

size_t story_chain(const struct story *s, const struct owner *o, const struct owner *chain[STORY_CHAIN_MAX])
{
	size_t n = 0;

	while (o->via != NONE && n < STORY_CHAIN_MAX) {
		o = &s->finding->partition->owners[o->via];
		chain[n++] = o;
		if ((o->roles & OWNER_ALIAS) == 0)
			break;
	}
	return n;
}

void story_targets(const struct owner *o, struct buf *to)
{
	if (owner_targets(o) > 1)
		buf_printf(to, "%u%s names, the last: ", owner_targets(o),
			   owner_targets(o) == OWNER_TARGETS_MAX ? " or more" : "");
}

void story_verdict(const struct story *s, struct buf *to)
{
	static const char *const kinds[] = {
		[FLUX_NONE] = "",
		[FLUX_SINGLE] = "single flux: the addresses of its names change",
		[FLUX_DOUBLE] = "double flux: its addresses and those of its name servers change",
		[FLUX_NS] = "name-server flux: the addresses of its name servers change",
		[FLUX_CNAME] = "flux behind aliases: the names that it leads to change their addresses",
	};
	const struct judgement *j = s->finding->judgement;
	const char *class = primer_class(j->class);
	char percent[TABLE_PERCENT_MAX], when[STAMP_TEXT_MAX];

	table_percent(s->facts.probability, percent);
	if (j->verdict == VERDICT_FLUX)
		buf_printf(to, "%s is fast flux, with a probability of %s (%s).", s->facts.name, percent,
			   kinds[j->kind]);
	else
		buf_printf(to, "%s is %s: it is most like %s%s%s%s, and fast flux with a probability of %s.",
			   s->facts.name, s->facts.verdict, j->class, class == NULL ? "" : " (",
			   class == NULL ? "" : class, class == NULL ? "" : ")", percent);
	if (s->finding->decided_ns != STAMP_NONE && j->verdict != VERDICT_UNDECIDED) {
		stamp_to_text(s->finding->decided_ns / NS_PER_SECOND * NS_PER_SECOND, when);
		buf_printf(to, " Decided at %s, in the time of the traffic.", when);
	}
}

/* The features that speak for fast flux, or against it. */
static void list_sides(const struct judgement *j, bool against, struct buf *to)
{
	bool any = false;

	for (unsigned i = 0; i < j->n_evidence; i++) {
		const struct evidence *e = &j->evidence[i];

		if (e->weight_db == 0 || (e->weight_db < 0) != against)
			continue;
		buf_printf(to, "%s%s", any ? ", " : " (", feature_info(e->feature)->name);
		any = true;
	}
	buf_add_text(to, any ? ")" : "");
}

void story_balance(const struct story *s, struct buf *to)
{
	const struct judgement *j = s->finding->judgement;
	double sum[2] = {0, 0};

	for (unsigned i = 0; i < j->n_evidence; i++)
		sum[j->evidence[i].weight_db < 0] += j->evidence[i].weight_db;
	if (sum[0] == 0 && sum[1] == 0)
		return;
	buf_printf(to, "%+.1f in all for fast flux", sum[0]);
	list_sides(j, false, to);
	buf_printf(to, ", %+.1f against it", sum[1]);
	list_sides(j, true, to);
	buf_add_char(to, '.');
}

void story_lacks(const struct story *s, struct buf *to)
{
	static const char *const words[FACTS_LACKS] = {
		"authority sections",       "additional sections",
		"the owner of each record", "TTLs",
		"single look-ups",          "queries without an answer",
		"which server answered",    "header flags"};

	if (s->facts.domain->lacks == 0)
		return;
	buf_add_text(to, "Some inputs could not carry: ");
	list_bits(s->facts.domain->lacks, words, FACTS_LACKS, to);
	buf_add_text(to, ". What is absent for that reason counts as no evidence.");
}

double story_prior_db(const struct story *s)
{
	double p = s->facts.prior;

	return p > 0 && p < 1 ? 10 * log10(p / (1 - p)) : 0;
}
