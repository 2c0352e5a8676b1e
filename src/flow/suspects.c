/* SPDX-License-Identifier: Apache-2.0 */
/* suspects.c -- see suspects.h. */
#include "flow/suspects.h"

#include <math.h>

#include "base/stamp.h"
#include "flow/admit.h"

/*
 * What judging may cost at a boundary, in units of about what it takes to look at a domain once. All domains
 * are looked at when that has been saved up, so over a capture it is a small part of the work, however many
 * there are; what it then costs beyond is owed. Ten minutes of a capture may cost more than so many messages:
 * where few come, there is time, and somebody waits for the verdict.
 */
enum { UNITS_A_BOUNDARY = 4096, UNITS_ON_TIME = 16384, UNITS_A_JUDGEMENT = 64, BOUNDARIES_SAVED = 64 };

/* The owner of that name, wherever it lies. It changes nothing: newcomers that aliases lead to have been
 * admitted. */
static struct partition *find_owner(void *context, const uint8_t *name, size_t len, uint32_t *owner)
{
	size_t start;
	struct partition *p = admit_partition(context, name, len, &start);

	*owner = p == NULL ? NONE : partition_owner(p, name, len, start);
	return *owner == NONE ? NULL : p;
}

/* Every partition is read, those of the servers too. */
static struct view_context context_of(struct flow *f, bool detail)
{
	return (struct view_context){.nets = f->judge.nets,
				     .members = &f->members,
				     .target = find_owner,
				     .target_context = f,
				     .servers = f->partitions + OBS_PARTITIONS,
				     .n_servers = OBS_GROUPS,
				     .detail = detail,
				     .unsettled = !detail && f->config.method == METHOD_DEFLUX};
}

static const struct parameters *parameters_of(const struct flow *f)
{
	return parameters_or_own(f->judge.parameters);
}

/* ---- who could be accused ---- */

/* Likely homes of a domain's members that are kept elsewhere, and a sum that grows with whatever is told of
 * them. */
struct elsewhere {
	unsigned homes;
	uint32_t told;
};

static void add_owner(struct elsewhere *x, const struct owner *w)
{
	x->homes += w->homes;
	x->told += w->n_pairs + w->answers;
}

/* Behind the aliases that were seen without addresses. */
static void look_behind(struct flow *f, const struct partition *p, uint32_t domain, struct elsewhere *x)
{
	struct view_context context = context_of(f, false);
	struct view_end ends[VIEW_ENDS_MAX];

	for (uint32_t w = p->domains[domain].owners; w != NONE; w = p->owners[w].next) {
		unsigned n = view_ends(&context, p, w, ends);

		for (unsigned i = 0; i < n; i++)
			add_owner(x, &ends[i].partition->owners[ends[i].owner]);
	}
}

/* At the name servers that belong to other domains. */
static void look_at_servers(struct flow *f, const struct partition *p, uint32_t domain, struct elsewhere *x)
{
	uint64_t servers[VIEW_SERVERS_MAX];
	unsigned n = partition_server_hashes(p, domain, servers, VIEW_SERVERS_MAX);

	for (unsigned i = 0; i < n; i++)
		for (unsigned g = 0; g < OBS_GROUPS; g++) {
			const struct partition *all = &f->partitions[OBS_PARTITIONS + g];
			uint32_t owner = partition_server(all, servers[i]);

			if (owner != NONE)
				add_owner(x, &all->owners[owner]);
		}
}

/* Whether the domain could be accused at all: most have too few members that are likely homes, on either
 * side. *told is another number when anything was told of it since. */
static bool is_suspect(struct flow *f, const struct partition *p, uint32_t domain, uint32_t *told)
{
	const struct domain *d = &p->domains[domain];
	struct elsewhere behind = {0}, servers = {0};
	unsigned least = parameters_of(f)->homes_least;

	look_behind(f, p, domain, &behind);
	if (d->server_answers != 0)
		look_at_servers(f, p, domain, &servers);
	*told = d->n_pairs + d->answers + d->server_answers + behind.told + servers.told;
	return d->homes >= least || behind.homes >= least || servers.homes >= least;
}

bool flow_judge(struct worker *w, struct partition *p, uint32_t domain, bool detail)
{
	struct view_context context = context_of(w->flow, detail);

	if (!view_make(&w->view, p, domain, &context))
		return false;
	judge_view(&w->flow->judge, &w->view, detail, &w->judgement);
	return true;
}

/* ---- marks ---- */

/* Whether the member space is to be told that the domain is accused, or is no longer. While the pass runs
 * marks stand with uses that are known: one that made a use would outlast it, and take another's place. */
static bool is_mark_news(const struct flow *f, const struct addr *a, const struct domain *d, bool accused)
{
	const struct member *m = members_find(&f->members, a);

	for (const struct member_use *u = m == NULL ? NULL : &m->use; u != NULL;
	     u = members_next(&f->members, m, u))
		if (u->domain == d->hash)
			return ((u->roles & MEMBER_ACCUSED) != 0) != accused;
	return f->finished;
}

/* Marks the agents of a domain that its own evidence accuses, for the domains that share them; takes the
 * marks back when it does so no longer. */
static void mark_members(struct worker *w, struct partition *p, struct domain *d, bool accused)
{
	struct flow *f = w->flow;

	if (!accused && !d->accused)
		return;
	d->accused = accused;
	for (unsigned i = 0; i < w->view.n_members; i++) {
		const struct view_member *m = &w->view.members[i];

		if ((accused && !view_is_agent(&w->view, m, parameters_of(f)->homes_least)) ||
		    !is_mark_news(f, &m->addr, d, accused))
			continue;
		partition_tell(p, d, &m->addr, accused ? m->roles : MEMBER_CLEARED);
		w->marked = true;
	}
}

/* ---- judging ---- */

/* The evidence without what other accused domains say: no accusation may rest on accusations alone. */
static double alone_db(const struct judgement *x)
{
	double shared_db = 0;

	for (unsigned i = 0; i < x->n_evidence; i++)
		shared_db += x->evidence[i].feature == FEATURE_SHARED ? x->evidence[i].weight_db : 0;
	return x->llr_db - shared_db;
}

/* Whether a domain is accused by that, and not barely: what other accused domains say neither gives marks nor
 * takes them. */
static bool accuses_alone(const struct flow *f, const struct view *v, float db)
{
	const struct parameters *p = parameters_of(f);

	return (double)db >= p->accuse_db + p->marks_over_db &&
	       (v->homes >= p->homes_least || v->server_homes >= p->homes_least);
}

/* The least own evidence with which members that accused domains use too could change the verdict: they are
 * worth no more than one wrong accusation takes back. */
static double open_db(const struct parameters *p)
{
	return p->doubt_db - 10 * log10(1 / p->accused_wrongly);
}

static bool is_open(const struct flow *f, const struct domain *d)
{
	return d->alone_db >= open_db(parameters_of(f));
}

void suspects_keep(struct domain *d, enum verdict verdict, int64_t now_ns)
{
	if (d->decided_ns == STAMP_NONE || d->verdict != verdict)
		d->decided_ns = now_ns;
	d->verdict = (uint8_t)verdict;
}

/* Tells the member space of members behind aliases, which lie in other domains: who draws from the same
 * members is known only when all do that. */
static void tell_behind_aliases(struct worker *w, struct partition *p, const struct domain *d)
{
	for (unsigned i = 0; i < w->view.n_members; i++)
		if ((w->view.members[i].roles & MEMBER_ALIAS) != 0)
			partition_tell(p, d, &w->view.members[i].addr, w->view.members[i].roles);
}

/* Judges a domain for itself, and marks. What it costs is owed. */
static bool judge(struct worker *w, struct partition *p, uint32_t domain)
{
	struct flow *f = w->flow;
	struct domain *d = &p->domains[domain];

	if (!flow_judge(w, p, domain, false))
		return false;
	w->spent += UNITS_A_JUDGEMENT + (int64_t)w->view.n_members;
	d->alone_db = (float)alone_db(&w->judgement);
	tell_behind_aliases(w, p, d);
	mark_members(w, p, d, accuses_alone(f, &w->view, d->alone_db));
	return true;
}

/* Whether it has so many more pairs that it is looked at before all are. */
static bool is_due(const struct domain *d)
{
	return d->n_pairs >= d->pairs_judged + 1 + d->pairs_judged / 2;
}

/* Whether so much was told since it was last judged that another verdict may come of it: when that is far, a
 * sixteenth more. */
static bool is_news(const struct flow *f, const struct domain *d, uint32_t told)
{
	const struct parameters *p = parameters_of(f);
	bool near = is_open(f, d) && d->alone_db < 2 * p->accuse_db - p->doubt_db;
	uint32_t news = told - d->told;

	return news != 0 && (near || d->decided_ns == STAMP_NONE || news > d->told / 16);
}

/* Notes what was found while there were no marks yet. */
static bool put_off(struct worker *w, const struct domain *d, uint32_t domain)
{
	struct buf *list = &w->flow->groups[d->partition % OBS_GROUPS].due;
	struct due due = {domain, d->partition, (uint8_t)w->judgement.verdict, w->view.alias_hosts != 0};

	buf_add(list, &due, sizeof due);
	return list->err == OK;
}

/* A domain by its own evidence, and the marks that there were. At the end of a pass, when there are none yet,
 * what they could change is put off. */
static bool judge_one(struct worker *w, struct partition *p, uint32_t domain, bool all)
{
	struct flow *f = w->flow;
	struct domain *d = &p->domains[domain];
	uint32_t told;

	if (all) /* the marks are taken back */
		d->accused = 0;
	if (is_due(d))
		d->pairs_judged = d->n_pairs;
	if (!is_suspect(f, p, domain, &told) || (!all && !is_news(f, d, told)))
		return true;
	if (!judge(w, p, domain))
		return false;
	d->told = told;
	if (all && is_open(f, d))
		return put_off(w, d, domain);
	suspects_keep(d, w->judgement.verdict, flow_last_ns(f));
	return true;
}

/* One that marks could decide, with those that there are by now; and one that only now has a profile. While
 * the pass runs, one that is accused already waits until something is told of it: a large network would
 * be judged as a whole for each of its domains that is new. */
static bool share_one(struct worker *w, struct partition *p, uint32_t domain, bool all)
{
	struct flow *f = w->flow;
	struct domain *d = &p->domains[domain];
	uint32_t told;

	if (!all && d->decided_ns != STAMP_NONE && d->verdict == VERDICT_FLUX)
		return true;
	if (!is_open(f, d) && !(all && d->decided_ns == STAMP_NONE))
		return true;
	if (!is_suspect(f, p, domain, &told))
		return true;
	if (!judge(w, p, domain))
		return false;
	d->told = told;
	suspects_keep(d, w->judgement.verdict, flow_last_ns(f));
	return true;
}

/* What is done to each domain. */
struct look {
	bool (*visit)(struct worker *w, struct partition *p, uint32_t domain, bool all);
	bool all;
};

static bool look_at_group(struct worker *w, unsigned group, void *context)
{
	const struct look *look = context;

	for (unsigned i = group; i < OBS_PARTITIONS; i += OBS_GROUPS)
		for (uint32_t n = 0; n < w->flow->partitions[i].n_domains; n++)
			if (!look->visit(w, &w->flow->partitions[i], n, look->all))
				return false;
	return true;
}

/* Visits all groups; what they found is known to all afterwards. */
static bool each(struct worker *w, each_visit *visit, struct look look)
{
	struct flow *f = w->flow;

	if (!each_group(w, visit, &look))
		return false;
	for (unsigned i = 0; i < f->n_workers; i++) {
		f->saved_up -= f->workers[i].spent;
		f->marked |= f->workers[i].marked;
		f->workers[i].spent = 0;
		f->workers[i].marked = false;
	}
	return flow_feed(f);
}

static void clear_due(struct flow *f)
{
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		buf_clear(&f->groups[g].due);
}

/* What was put off, when there are no marks: the verdict would be the same again. */
static bool keep_put_off(struct worker *w, unsigned group, void *unused)
{
	struct flow *f = w->flow;
	const struct due *list = (const struct due *)(const void *)f->groups[group].due.bytes;

	(void)unused;
	for (size_t i = 0; i < f->groups[group].due.len / sizeof *list; i++) {
		struct partition *p = &f->partitions[list[i].partition];

		if (!list[i].again)
			suspects_keep(&p->domains[list[i].domain], (enum verdict)list[i].verdict,
				      flow_last_ns(f));
		else if (!share_one(w, p, list[i].domain, true))
			return false;
	}
	return true;
}

/*
 * Judges all domains that could be accused with what is known by now, each for itself. Then, with the members
 * marked of those that are accused, once more those that marks could decide, newcomers among them. So what
 * comes out hangs on what is known at the end, not on the order in which it came.
 */
enum err suspects_judge_all(struct flow *f)
{
	struct worker *w = &f->workers[0];

	if (f->members.any_accused) /* some that were accused may no longer be */
		members_unmark(&f->members);
	clear_due(f);
	if (!each(w, look_at_group, (struct look){judge_one, true}))
		return E_MEMORY;
	if (!f->members.any_accused)
		return each(w, keep_put_off, (struct look){0}) ? OK : E_MEMORY;
	admit_last(w, false);
	return each(w, look_at_group, (struct look){share_one, true}) ? OK : E_MEMORY;
}

/* ---- at boundaries ---- */

/* What it costs to look at all domains, without those that are judged. */
static int64_t size_of(const struct flow *f)
{
	size_t n = 0;

	for (unsigned i = 0; i < OBS_ALL; i++)
		n += f->partitions[i].n_domains + f->partitions[i].n_owners +
		     2 * f->partitions[i].newcomers.n;
	return (int64_t)n;
}

/* The same as at the end of a pass, of those of which something new is known. */
static bool judge_news(struct worker *w)
{
	struct flow *f = w->flow;

	admit_likely(w);
	if (!each(w, look_at_group, (struct look){judge_one, false}))
		return false;
	if (!f->marked)
		return true;
	f->marked = false;
	return each(w, look_at_group, (struct look){share_one, false});
}

/* Those of a group that have new members: later at every half more, so that judging costs in proportion to
 * what is new. */
static bool judge_due(struct worker *w, unsigned group, void *unused)
{
	struct flow *f = w->flow;
	const struct due *list = (const struct due *)(const void *)f->groups[group].due.bytes;

	(void)unused;
	for (size_t i = 0; i < f->groups[group].due.len / sizeof *list; i++) {
		struct partition *p = &f->partitions[list[i].partition];
		struct domain *d = &p->domains[list[i].domain];
		uint32_t told;

		if (!is_due(d)) /* it stands here twice */
			continue;
		d->pairs_judged = d->n_pairs;
		if (!is_suspect(f, p, list[i].domain, &told) || !is_news(f, d, told))
			continue;
		if (!judge(w, p, list[i].domain))
			return false;
		d->told = told;
		suspects_keep(d, w->judgement.verdict, flow_last_ns(f));
	}
	return true;
}

static bool none_due(const struct flow *f)
{
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		if (f->groups[g].due.len != 0)
			return false;
	return true;
}

bool suspects_boundary(struct worker *w)
{
	struct flow *f = w->flow;
	double began = flow_seconds();
	int64_t units = f->on_time ? UNITS_ON_TIME : UNITS_A_BOUNDARY;
	int64_t size = size_of(f), most = size + BOUNDARIES_SAVED * units;
	bool whole = true;

	if (f->config.method != METHOD_DEFLUX)
		return true;
	members_publish(&f->members);
	f->saved_up = f->saved_up + units < most ? f->saved_up + units : most;
	if (f->saved_up >= size) {
		f->saved_up -= size;
		whole = judge_news(w);
	} else if (!none_due(f)) {
		whole = each(w, judge_due, (struct look){0});
	}
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		whole &= f->groups[g].due.err == OK;
	clear_due(f);
	w->judge_s += flow_seconds() - began;
	return whole;
}

bool suspects_resume(struct flow *f)
{
	for (uint16_t i = 0; i < OBS_PARTITIONS; i++)
		for (uint32_t n = 0; n < f->partitions[i].n_domains; n++)
			suspects_note(f, i, n);
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		if (f->groups[g].due.err != OK)
			return false;
	return true;
}

void suspects_note(struct flow *f, uint16_t partition, uint32_t domain)
{
	struct due due = {.partition = partition, .domain = domain};

	if (f->config.method == METHOD_DEFLUX && is_due(&f->partitions[partition].domains[domain]))
		buf_add(&f->groups[partition % OBS_GROUPS].due, &due, sizeof due);
}
