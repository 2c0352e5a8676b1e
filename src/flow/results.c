/* SPDX-License-Identifier: Apache-2.0 */
/* results.c -- the findings at the end of a pass, in order. */
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "dns/name.h"
#include "flow/admit.h"
#include "flow/suspects.h"

/* What is needed of a judged domain to put it in order. */
struct rank {
	double probability, llr_db;
	uint32_t domain;
	uint8_t partition, name_len, verdict;
	const uint8_t *name;
};

static int by_name(const struct rank *x, const struct rank *y)
{
	char a[NAME_TEXT_MAX], b[NAME_TEXT_MAX];

	name_to_text(x->name, a);
	name_to_text(y->name, b);
	return strcmp(a, b);
}

static int by_rank(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->verdict != y->verdict)
		return x->verdict > y->verdict ? -1 : 1;
	if (x->llr_db != y->llr_db)
		return x->llr_db > y->llr_db ? -1 : 1;
	if (x->probability != y->probability)
		return x->probability > y->probability ? -1 : 1;
	return by_name(x, y);
}

static bool is_wanted(const struct flow *f, const uint8_t *name, uint8_t len)
{
	for (size_t i = 0; i < f->config.n_domains; i++)
		if (f->config.domains[i].len == len && memcmp(f->config.domains[i].octets, name, len) == 0)
			return true;
	return f->config.n_domains == 0;
}

static bool is_selected(const struct flow *f, const struct flow_select *s, const struct partition *p,
			uint32_t domain)
{
	const struct domain *d = &p->domains[domain];
	const uint8_t *name = partition_name(p, d->name);

	if (s->domain != NULL)
		return s->domain->len == d->name_len && memcmp(s->domain->octets, name, d->name_len) == 0;
	if (!s->unlimited && !is_wanted(f, name, d->name_len))
		return false;
	if (f->config.method != METHOD_DEFLUX)
		return true;
	/* the suspects are judged by now: the others, only when they are to be printed */
	return d->verdict == VERDICT_FLUX || s->all;
}

/* What all groups know of servers, for the domains of all. */
static void join_servers(struct flow *f)
{
	struct partition *all = &f->partitions[OBS_PARTITIONS];

	for (unsigned g = 1; g < OBS_GROUPS; g++)
		partition_join(all, &f->partitions[OBS_PARTITIONS + g]);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		f->partitions[i].servers = all;
}

struct places {
	struct rank *list;
	size_t n, room, findings;
};

/* Room for so many more; false without memory. */
static bool make_room(struct places *to, size_t n)
{
	size_t room = to->n + n > 2 * to->room ? to->n + n : 2 * to->room + 64;
	struct rank *grown;

	if (to->n + n <= to->room)
		return true;
	grown = realloc(to->list, room * sizeof *grown);
	if (grown == NULL)
		return false;
	to->list = grown;
	to->room = room;
	return true;
}

static bool keep_place(struct places *to, const struct worker *w, unsigned partition, uint32_t domain)
{
	const struct partition *p = &w->flow->partitions[partition];
	const struct domain *d = &p->domains[domain];

	if (!make_room(to, 1))
		return false;
	to->list[to->n++] = (struct rank){.probability = w->judgement.probability,
					  .llr_db = w->judgement.llr_db,
					  .domain = domain,
					  .partition = (uint8_t)partition,
					  .name = partition_name(p, d->name),
					  .name_len = d->name_len,
					  .verdict = (uint8_t)w->judgement.verdict};
	return true;
}

/* What is to be judged, and where what is found stands: by group. */
struct order {
	const struct flow_select *select;
	struct places of[OBS_GROUPS];
};

static bool judge_partition(struct worker *w, unsigned partition, const struct flow_select *s,
			    struct places *to)
{
	struct flow *f = w->flow;
	struct partition *p = &f->partitions[partition];

	for (uint32_t n = 0; n < p->n_domains; n++) {
		struct domain *d = &p->domains[n];

		if (!is_selected(f, s, p, n))
			continue;
		if (!flow_judge(w, p, n, false))
			return false;
		if (s->all && d->n_pairs == 0 && w->view.pages == 0 &&
		    w->judgement.verdict == VERDICT_BENIGN && f->config.method == METHOD_DEFLUX)
			continue; /* no address records */
		suspects_keep(d, w->judgement.verdict, flow_last_ns(f));
		to->findings += d->verdict == VERDICT_FLUX;
		if ((d->verdict == VERDICT_FLUX || s->all || s->domain != NULL) &&
		    !keep_place(to, w, partition, n))
			return false;
	}
	return true;
}

static bool judge_group(struct worker *w, unsigned group, void *context)
{
	struct order *o = context;

	for (unsigned i = group; i < OBS_PARTITIONS; i += OBS_GROUPS)
		if (!judge_partition(w, i, o->select, &o->of[group]))
			return false;
	return true;
}

/* Puts the places of all groups together. */
static bool gather(struct order *o, struct places *to)
{
	bool whole = true;

	for (unsigned g = 0; g < OBS_GROUPS; g++) {
		struct places *from = &o->of[g];

		whole = whole && make_room(to, from->n);
		if (whole && from->n != 0)
			memcpy(to->list + to->n, from->list, from->n * sizeof *from->list);
		to->n += whole ? from->n : 0;
		to->findings += from->findings;
		free(from->list);
	}
	return whole;
}

static enum err judge_all(struct flow *f, const struct flow_select *s, struct places *to)
{
	struct worker *w = &f->workers[0];
	struct order o = {.select = s};
	bool whole = true;

	if (f->config.method == METHOD_DEFLUX)
		whole = each_group(w, judge_group, &o);
	else /* the other methods look at what is settled then and there, elsewhere too */
		for (unsigned g = 0; g < OBS_GROUPS && whole; g++)
			whole = judge_group(w, g, &o);
	whole &= gather(&o, to);
	return whole ? OK : E_MEMORY;
}

static enum err give(struct flow *f, const struct rank *at,
		     void (*take)(void *context, const struct finding *x), void *context)
{
	struct worker *w = &f->workers[0];
	struct partition *p = &f->partitions[at->partition];
	const struct domain *d = &p->domains[at->domain];
	struct finding x = {.partition = p,
			    .domain = at->domain,
			    .view = &w->view,
			    .judgement = &w->judgement,
			    .judge = &f->judge,
			    .decided_ns = d->verdict == VERDICT_UNDECIDED ? STAMP_NONE : d->decided_ns,
			    .nets = f->nets};

	if (!flow_judge(w, p, at->domain, true))
		return E_MEMORY;
	take(context, &x);
	return OK;
}

enum err flow_results(struct flow *f, const struct flow_select *select,
		      void (*take)(void *context, const struct finding *x), void *context, size_t *findings)
{
	struct places places = {0};
	double began = flow_seconds();
	enum err e = OK;

	if (!f->judged)
		join_servers(f);
	admit_last(&f->workers[0],
		   select->all || select->domain != NULL || f->config.method != METHOD_DEFLUX);
	if (f->config.method == METHOD_FLUXBUSTER && f->fluxbuster == NULL) {
		e = fluxbuster_open(&f->fluxbuster, f->partitions, NULL);
		f->judge.fluxbuster = f->fluxbuster;
	}
	if (e == OK && !f->judged && f->config.method == METHOD_DEFLUX)
		e = suspects_judge_all(f);
	f->judged = true;
	if (e == OK)
		e = judge_all(f, select, &places);
	if (e == OK && places.n != 0)
		qsort(places.list, places.n, sizeof *places.list, by_rank);
	f->workers[0].judge_s += flow_seconds() - began;
	for (size_t i = 0; e == OK && i < places.n && (select->top == 0 || i < select->top); i++)
		e = give(f, &places.list[i], take, context);
	if (findings != NULL)
		*findings = places.findings;
	free(places.list);
	return e;
}
