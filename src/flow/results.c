/* SPDX-License-Identifier: Apache-2.0 */
/* results.c -- judging while the pass runs, and the findings at its end, in order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"
#include "flow/each.h"
#include "flow/run.h"
#include "judge/bound.h"

/* The partition of a name, and where in it its registrable domain begins; NULL: it has none. */
static struct partition *find_partition(struct flow *f, const uint8_t *name, size_t len, size_t *start)
{
	if (psl_find(f->psl, name, len, start) != PSL_DOMAIN)
		return NULL;
	return &f->partitions[hash_bytes(name + *start, len - *start, f->profile.sketch_key) >> 56];
}

/* The owner of that name, wherever it lies. It changes nothing: newcomers that aliases lead to have been
 * admitted. */
static struct partition *find_owner(void *context, const uint8_t *name, size_t len, uint32_t *owner)
{
	size_t start;
	struct partition *p = find_partition(context, name, len, &start);

	*owner = p == NULL ? NONE : partition_owner(p, name, len, start);
	return *owner == NONE ? NULL : p;
}

/* Once the pass is over, other partitions are read too. */
static struct view_context context_of(struct flow *f, bool detail)
{
	return (struct view_context){.nets = f->judge.nets,
				     .members = &f->members,
				     .target = f->finished ? find_owner : NULL,
				     .target_context = f,
				     .detail = detail};
}

static const struct parameters *parameters_of(const struct flow *f)
{
	return parameters_or_own(f->judge.parameters);
}

/* Likely homes behind the aliases of a domain that were seen without addresses. */
static unsigned homes_behind(struct flow *f, const struct partition *p, uint32_t domain)
{
	struct view_context context = context_of(f, false);
	struct view_end ends[VIEW_ENDS_MAX];
	unsigned homes = 0;

	for (uint32_t w = p->domains[domain].owners; f->finished && w != NONE; w = p->owners[w].next) {
		unsigned n = view_ends(&context, p, w, ends);

		for (unsigned i = 0; i < n; i++)
			homes += ends[i].partition->owners[ends[i].owner].homes;
	}
	return homes;
}

/* Whether the domain could be accused at all: most have too few members that are likely homes, on either
 * side. */
static bool is_suspect(struct flow *f, const struct partition *p, uint32_t domain)
{
	const struct domain *d = &p->domains[domain];
	uint32_t servers[VIEW_SERVERS_MAX];
	unsigned n, homes = 0, least = parameters_of(f)->homes_least;

	if (d->homes >= least || homes_behind(f, p, domain) >= least)
		return true;
	if (d->server_answers == 0)
		return false;
	n = partition_servers(p, domain, servers, VIEW_SERVERS_MAX);
	for (unsigned i = 0; i < n; i++)
		homes += p->servers->owners[servers[i]].homes;
	return homes >= least;
}

bool flow_judge(struct worker *w, struct partition *p, uint32_t domain, bool detail)
{
	struct view_context context = context_of(w->flow, detail);

	if (!view_make(&w->view, p, domain, &context))
		return false;
	judge_view(&w->flow->judge, &w->view, detail, &w->judgement);
	return true;
}

/* Marks the members of a domain that its own evidence accuses, for the domains that share them. */
static void mark_members(struct worker *w, struct partition *p, struct domain *d)
{
	d->accused = 1;
	for (unsigned i = 0; i < w->view.n_members; i++)
		partition_tell(p, d, &w->view.members[i].addr, w->view.members[i].roles);
}

/* The evidence without what other accused domains say: no accusation may rest on accusations alone. */
static double alone_db(const struct judgement *x)
{
	double shared_db = 0;

	for (unsigned i = 0; i < x->n_evidence; i++)
		shared_db += x->evidence[i].feature == FEATURE_SHARED ? x->evidence[i].weight_db : 0;
	return x->llr_db - shared_db;
}

/* Tells the member space of members behind aliases, which lie in other domains: who draws from the same
 * members is known only when all do that. */
static void tell_behind_aliases(struct worker *w, struct partition *p, const struct domain *d)
{
	for (unsigned i = 0; i < w->view.n_members; i++)
		if ((w->view.members[i].roles & MEMBER_ALIAS) != 0)
			partition_tell(p, d, &w->view.members[i].addr, w->view.members[i].roles);
}

/* Keeps what was found of a domain, and marks its members when its own evidence accuses it. */
static void keep_verdict(struct worker *w, struct partition *p, struct domain *d, int64_t now_ns)
{
	const struct judgement *x = &w->judgement;

	if (d->decided_ns == STAMP_NONE || d->verdict != x->verdict)
		d->decided_ns = now_ns;
	d->verdict = (uint8_t)x->verdict;
	d->alone_db = (float)alone_db(x);
	if (!d->accused && x->verdict == VERDICT_FLUX && d->alone_db >= parameters_of(w->flow)->accuse_db)
		mark_members(w, p, d);
}

void flow_consider(struct worker *w, struct partition *p, uint32_t domain, int64_t now_ns)
{
	struct domain *d = &p->domains[domain];
	double began;

	/* not at its first look-up, where all that most domains ever show is judged once, at the end; then at
	 * each new pair of the first few, later at every half more: judging costs in proportion to what is
	 * new */
	if (w->flow->config.method != METHOD_DEFLUX || p->config->servers || d->answers < 2 ||
	    d->n_pairs < d->pairs_judged + 1 + d->pairs_judged / 2 || !is_suspect(w->flow, p, domain))
		return;
	began = flow_seconds();
	d->pairs_judged = d->n_pairs;
	if (flow_judge(w, p, domain, false))
		keep_verdict(w, p, d, now_ns);
	w->judge_s += flow_seconds() - began;
}

/* ---- the end ---- */

/* The latest time of all messages, those of earlier runs too. */
static int64_t last_ns(const struct flow *f)
{
	return stamp_later(f->saved.last_ns, f->shown.last_ns);
}

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

/* What newcomers are admitted by. */
struct bar {
	struct bound bound;
	double accuse_db;
};

/* Whether a domain with such members could be accused for what it is. All its own may be hosts, and of a
 * domain of name servers alone the servers are. */
static bool could_be_accused(const void *context, const struct newcomer_members *m)
{
	const struct bar *bar = context;
	struct bound_side hosts = {m->own_homes, m->own - m->own_homes};
	struct bound_side servers = {m->server_homes + m->own_server_homes,
				     m->servers - m->server_homes + m->own_servers - m->own_server_homes};

	return bound_db(&bar->bound, m->own == 0 ? servers : hosts, servers, m->both + m->own_servers) >=
	       bar->accuse_db;
}

/* Makes a profile of the newcomer that this name lies in, if it does in one. */
static void admit_domain_of(struct flow *f, const uint8_t *name, size_t len)
{
	size_t start;
	struct partition *p = find_partition(f, name, len, &start);

	if (p != NULL)
		(void)partition_find(p, hash_bytes(name + start, len - start, f->profile.bucket_key),
				     name + start, len - start);
}

/* The same for all newcomers that an alias led to. */
static void admit_targets(struct flow *f, struct partition *p, size_t alias)
{
	for (unsigned i = 0; i < owner_targets(&p->owners[alias]); i++) {
		uint32_t number = partition_target(p, &p->owners[alias], i) & ~TARGET_MOVED;
		const struct owner *to = &p->owners[number];
		struct name name = {.len = to->name_len}; /* a copy: what is admitted may move the names */

		if (to->pairs != NONE || (to->roles & OWNER_FOREIGN) == 0)
			continue;
		memcpy(name.octets, partition_name(p, to->name), name.len);
		admit_domain_of(f, name.octets, name.len);
	}
}

static size_t profiles(const struct flow *f)
{
	size_t n = 0;

	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		n += f->partitions[i].n_domains;
	return n;
}

/* All newcomers that aliases lead to, also over those that become known here. */
static void follow_aliases(struct flow *f)
{
	size_t before;

	do {
		before = profiles(f);
		for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
			struct partition *p = &f->partitions[i];

			for (size_t w = 0; w < p->n_owners; w++) /* those that come while this goes on too */
				if (p->owners[w].pairs == NONE)
					admit_targets(f, p, w);
		}
	} while (profiles(f) != before);
}

static void admit_wanted(void *context, struct partition *p)
{
	partition_admit(p, context);
	(void)partition_trim(p); /* profiles take more room than newcomers */
}

/* Makes profiles of the newcomers that somebody will look at. None come any more, and who is wanted hangs on
 * these two things alone: so it is asked again only when one of them widens the choice. */
static void admit(struct flow *f, bool all)
{
	const struct parameters *p = parameters_of(f);
	struct admission which = {.homes_least = all ? 0 : p->homes_least};
	enum admitted now = all ? ADMITTED_ALL : f->members.any_accused ? ADMITTED_HOMES : ADMITTED_LIKELY;
	struct bar bar = {.accuse_db = p->accuse_db};

	if (now <= f->admitted)
		return;
	f->admitted = now;
	if (now == ADMITTED_LIKELY) { /* else members shared with accused domains could decide */
		bound_init(&bar.bound, p);
		which.may = could_be_accused;
		which.context = &bar;
	}
	each_partition(f->partitions, f->n_workers, admit_wanted, &which);
	follow_aliases(f);
}

/* The least own evidence with which members that accused domains use too could change the verdict: they are
 * worth no more than one wrong accusation takes back. */
static double open_db(const struct parameters *p)
{
	return p->doubt_db - 10 * log10(1 / p->accused_wrongly);
}

static enum err judge_partition(struct flow *f, struct partition *p, bool again)
{
	struct worker *w = &f->workers[0];
	double least_db = open_db(parameters_of(f));

	for (uint32_t n = 0; n < p->n_domains; n++) {
		struct domain *d = &p->domains[n];

		if (!is_suspect(f, p, n) || (again && d->decided_ns != STAMP_NONE && d->alone_db < least_db))
			continue;
		if (!flow_judge(w, p, n, false))
			return E_MEMORY;
		keep_verdict(w, p, d, last_ns(f));
		if (!again)
			tell_behind_aliases(w, p, d);
	}
	return OK;
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

/* Takes back what was marked while the pass ran: some that were accused then may no longer be. */
static void unmark(struct flow *f)
{
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		for (uint32_t n = 0; n < f->partitions[i].n_domains; n++)
			f->partitions[i].domains[n].accused = 0;
	members_unmark(&f->members);
}

/*
 * Judges all domains that could be accused with what is known by now, each for itself. Then, with the members
 * marked of those that are accused, once more those that marks could decide, newcomers among them. So what
 * comes out hangs on what is known at the end, not on the order in which it came.
 */
static enum err judge_suspects(struct flow *f)
{
	enum err e = OK;

	unmark(f);
	for (unsigned pass = 0; e == OK && pass < 2; pass++) {
		if (pass != 0 && f->members.any_accused)
			admit(f, false);
		for (unsigned i = 0; e == OK && i < OBS_PARTITIONS; i++)
			e = judge_partition(f, &f->partitions[i], pass != 0);
		if (e == OK && !flow_feed(f))
			e = E_MEMORY;
	}
	return e;
}

struct places {
	struct rank *list;
	size_t n, room, findings;
};

static bool keep_place(struct places *to, const struct worker *w, unsigned partition, uint32_t domain)
{
	const struct partition *p = &w->flow->partitions[partition];
	const struct domain *d = &p->domains[domain];

	if (to->n == to->room) {
		size_t room = to->room * 2 + 64;
		struct rank *grown = realloc(to->list, room * sizeof *grown);

		if (grown == NULL)
			return false;
		to->list = grown;
		to->room = room;
	}
	to->list[to->n++] = (struct rank){.probability = w->judgement.probability,
					  .llr_db = w->judgement.llr_db,
					  .domain = domain,
					  .partition = (uint8_t)partition,
					  .name = partition_name(p, d->name),
					  .name_len = d->name_len,
					  .verdict = (uint8_t)w->judgement.verdict};
	return true;
}

static enum err judge_all(struct flow *f, const struct flow_select *s, struct places *to)
{
	struct worker *w = &f->workers[0];

	for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
		struct partition *p = &f->partitions[i];

		for (uint32_t n = 0; n < p->n_domains; n++) {
			struct domain *d = &p->domains[n];

			if (!is_selected(f, s, p, n))
				continue;
			if (!flow_judge(w, p, n, false))
				return E_MEMORY;
			if (s->all && d->n_pairs == 0 && w->view.pages == 0 &&
			    w->judgement.verdict == VERDICT_BENIGN && f->config.method == METHOD_DEFLUX)
				continue; /* no address records */
			keep_verdict(w, p, d, last_ns(f));
			to->findings += d->verdict == VERDICT_FLUX;
			if ((d->verdict == VERDICT_FLUX || s->all || s->domain != NULL) &&
			    !keep_place(to, w, i, n))
				return E_MEMORY;
		}
	}
	return OK;
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
	admit(f, select->all || select->domain != NULL || f->config.method != METHOD_DEFLUX);
	if (f->config.method == METHOD_FLUXBUSTER && f->fluxbuster == NULL) {
		e = fluxbuster_open(&f->fluxbuster, f->partitions, NULL);
		f->judge.fluxbuster = f->fluxbuster;
	}
	if (e == OK && !f->judged && f->config.method == METHOD_DEFLUX)
		e = judge_suspects(f);
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
