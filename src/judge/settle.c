/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settle.c -- see settle.h.
 *
 * Nothing here knows how evidence is weighed. A view is made that holds what may yet be seen, one member more
 * at a time, and the judge is asked what it would say of that. So another class, feature or parameter changes
 * the answers without a change here.
 */
#include "judge/settle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "judge/model.h"
#include "observe/intake.h"

enum {
	FURTHER_MAX = 64, /* members that are tried: of more nobody can say when they will have come */
	SERVERS_MAX = 8,
	LOOKED_AT = 4096,
	SINCE_MAX = 64
};

/* A network counts as one of its most likely kind from here on. */
#define KIND_LEAST 0.4F

/* What is asked about. */
struct trial {
	const struct judge *judge;
	const struct view *seen;
	struct view view; /* what it would be */
	struct view_cluster *clusters;
	struct view_member *members;
	uint32_t homes, hosting; /* a typical network of either kind; 0: the database has none */
};

static enum verdict verdict_of(const struct trial *t, double *llr_db)
{
	struct judgement x;

	judge_view(t->judge, &t->view, false, &x);
	if (llr_db != NULL)
		*llr_db = x.llr_db;
	return x.verdict;
}

/* Back to what was seen. */
static void again(struct trial *t)
{
	const struct view *v = t->seen;

	t->view = *v;
	t->view.clusters = t->clusters;
	t->view.members = t->members;
	memcpy(t->clusters, v->clusters, v->n_clusters * sizeof *v->clusters);
	memcpy(t->members, v->members, v->n_members * sizeof *v->members);
}

static bool is_kind(const struct net *net, enum net_kind kind)
{
	for (unsigned k = 0; k < NET_KINDS; k++)
		if (net->kind[k] > net->kind[kind])
			return false;
	return net->kind[kind] >= KIND_LEAST;
}

/* Of the database's networks that are of that kind the one that is so as surely as they are on average. Of a
 * large database some thousands are looked at, at even steps. */
static uint32_t typical(const struct nets *nets, enum net_kind kind)
{
	uint32_t n = nets == NULL ? 0 : nets_count(nets), step = 1 + n / LOOKED_AT, found = 0;
	double sum = 0, all = 0, least = INFINITY;

	for (uint32_t i = 1; i < n; i += step)
		if (is_kind(nets_get(nets, i), kind)) {
			sum += (double)nets_get(nets, i)->kind[kind];
			all++;
		}
	for (uint32_t i = 1; i < n; i += step) {
		double off = fabs((double)nets_get(nets, i)->kind[kind] - sum / all);

		if (is_kind(nets_get(nets, i), kind) && off < least) {
			least = off;
			found = i;
		}
	}
	return found;
}

/* Further look-ups show one member more, in a network that was not seen yet. */
static void add_host(struct trial *t, uint32_t net)
{
	struct view *v = &t->view;

	if (v->movable == 0) /* nothing could be seen to move: by then it could */
		v->movable = v->hosts;
	t->clusters[v->n_clusters++] = (struct view_cluster){.net = net, .hosts = 1, .host_members = 1};
	v->hosts++;
	v->pages++;
	v->movable++;
	v->moved++;
	v->host_clusters++;
	v->networks++;
	v->homes += net == t->homes;
}

static void add_server(struct trial *t, uint32_t net)
{
	struct view *v = &t->view;

	t->clusters[v->n_clusters++] = (struct view_cluster){.net = net, .servers = 1, .server_members = 1};
	v->servers++;
	v->server_clusters++;
	v->server_homes += net == t->homes;
}

/* How many more of these it takes; 0: more than are tried, or the database has no such network. */
static unsigned further(struct trial *t, void (*add)(struct trial *t, uint32_t net), uint32_t net,
			enum verdict wanted)
{
	unsigned most = add == add_host ? FURTHER_MAX : SERVERS_MAX;

	again(t);
	for (unsigned n = 1; net != 0 && n <= most; n++) {
		add(t, net);
		if (verdict_of(t, NULL) == wanted)
			return n;
	}
	return 0;
}

static struct wait *more(struct judgement *out, const char *what, unsigned amount, const char *unit)
{
	struct wait *w = &out->waits[out->n_waits];

	if (out->n_waits == WAITS_MAX)
		return NULL;
	out->n_waits++;
	*w = (struct wait){.what = what, .amount = amount, .unit = unit, .time_s = NAN};
	return w;
}

static const char *would(enum verdict v)
{
	return v == VERDICT_FLUX ? "accuse" : "clear";
}

static bool has_feature(const struct judgement *x, enum feature f)
{
	for (unsigned i = 0; i < x->n_evidence; i++)
		if (x->evidence[i].feature == f)
			return true;
	return false;
}

/* ---- what the database says ---- */

/* What the verdict would be if the database were of the day. */
static enum verdict with_a_current_database(struct trial *t)
{
	struct parameters p = *parameters_or_own(t->judge->parameters);
	const struct judge *before = t->judge;
	struct judge j = *before;
	enum verdict v;

	p.trust_lost_a_year = 0;
	j.parameters = &p;
	t->judge = &j;
	again(t);
	v = verdict_of(t, NULL);
	t->judge = before;
	return v;
}

static void wait_for_database(struct trial *t, struct judgement *out)
{
	const struct judge *j = t->judge;
	const struct parameters *p = parameters_or_own(j->parameters);
	bool none = j->nets == NULL || !nets_known(j->nets);
	enum verdict v;
	struct wait *w;

	if (!p->used[FEATURE_MEMBER_KIND])
		return;
	if (none || (!has_feature(out, FEATURE_MEMBER_KIND) && !has_feature(out, FEATURE_SERVER_KIND))) {
		if ((w = more(out, "database", 1, "databases")) != NULL)
			(void)snprintf(
				w->text, sizeof w->text,
				"a database of networks%s: who its members are decides, and without that "
				"deflux accuses nobody (--asn-table, --mmdb, or Debian's libloc-database)",
				none ? "" : " that knows its members' networks");
		return;
	}
	v = with_a_current_database(t);
	if (v == VERDICT_UNDECIDED || (w = more(out, "database", 1, "databases")) == NULL)
		return;
	w->decides = true;
	w->verdict = v;
	(void)snprintf(
		w->text, sizeof w->text,
		"a database of networks from the time of the traffic: this one is believed to %.0f %%; one "
		"that says the same would %s it",
		100 * model_trust(p, j->nets, t->seen->domain->first_ns), would(v));
}

/* ---- what further look-ups would show ---- */

/* As many members again, in the networks that are there. */
static void double_hosts(struct view *v)
{
	for (unsigned i = 0; i < v->n_clusters; i++) {
		v->clusters[i].hosts *= 2;
		v->clusters[i].host_members *= 2;
	}
	v->moved = v->hosts;
	v->movable = v->hosts *= 2;
	v->homes *= 2;
}

static void wait_for_lookups(struct trial *t, struct judgement *out)
{
	const struct view *v = t->seen;
	enum verdict same, others;
	struct wait *w;

	if (v->hosts == 0 || has_feature(out, FEATURE_TURNOVER) ||
	    !parameters_or_own(t->judge->parameters)->used[FEATURE_TURNOVER] ||
	    (w = more(out, "lookups", v->names, "names")) == NULL)
		return;
	if ((v->domain->lacks & LACK_LOOKUPS) != 0) {
		(void)snprintf(
			w->text, sizeof w->text,
			"an input that carries single look-ups: whether its addresses change cannot be seen "
			"from sums over hours or days");
		return;
	}
	again(t);
	t->view.movable = t->view.hosts;
	same = verdict_of(t, NULL);
	again(t);
	double_hosts(&t->view);
	others = verdict_of(t, NULL);
	if (v->have_ttl)
		w->time_s = v->ttl_median;
	w->decides = others != VERDICT_UNDECIDED || same != VERDICT_UNDECIDED;
	w->verdict = others != VERDICT_UNDECIDED ? others : same;
	(void)snprintf(
		w->text, sizeof w->text,
		"a look-up of each name after its answer has run out: whether its addresses change cannot be "
		"seen yet%s%s%s%s",
		others == VERDICT_UNDECIDED ? "" : "; as many other addresses would ",
		others == VERDICT_UNDECIDED ? "" : would(others),
		same == VERDICT_UNDECIDED ? "" : "; the same ones again would ",
		same == VERDICT_UNDECIDED ? "" : would(same));
	if (w->decides)
		(void)snprintf(w->text + strlen(w->text), sizeof w->text - strlen(w->text), " it");
}

/* Members a second that came later; of homes, or of all others. */
static double rate_of(const struct view *v, bool homes)
{
	double span_s = (double)(v->domain->last_ns - v->domain->first_ns) / (double)NS_PER_SECOND,
	       share = v->hosts == 0 ? 0 : fmin(1, (double)v->homes / v->hosts);

	return span_s > 0 ? v->moved / span_s * (homes ? share : 1 - share) : 0;
}

/* " (about 2 hours at the rate seen)"; nothing when no rate is known. */
static void since(double time_s, char text[SINCE_MAX])
{
	double minutes = ceil(time_s / 60), hours = ceil(time_s / 3600), days = ceil(time_s / 86400);
	double n = minutes <= 90 ? minutes : hours <= 48 ? hours : days;

	text[0] = 0;
	if (isfinite(time_s))
		(void)snprintf(text, SINCE_MAX, " (about %.0f %s%s at the rate seen)", n,
			       minutes <= 90 ? "minute"
			       : hours <= 48 ? "hour"
					     : "day",
			       n == 1 ? "" : "s");
}

/* Of so many a sample is weighed: one more tells nothing but which are in the sample. */
static bool is_sampled(const struct trial *t)
{
	const struct parameters *p = parameters_or_own(t->judge->parameters);

	return t->seen->hosts > p->counted_max || t->seen->host_clusters > p->kinds_max;
}

static void wait_for_hosts(struct trial *t, enum verdict wanted, struct judgement *out)
{
	bool homes = wanted == VERDICT_FLUX;
	unsigned n = further(t, add_host, homes ? t->homes : t->hosting, wanted);
	double rate = rate_of(t->seen, homes);
	char when[SINCE_MAX];
	struct wait *w;

	if (n == 0 || is_sampled(t) || (w = more(out, "members", n, "members")) == NULL)
		return;
	w->decides = true;
	w->verdict = wanted;
	w->time_s = rate > 0 ? n / rate : NAN;
	since(w->time_s, when);
	(void)snprintf(w->text, sizeof w->text, "about %u further member%s in %s not seen yet%s would %s it",
		       n, n == 1 ? "" : "s",
		       homes    ? n == 1 ? "a network of homes" : "networks of homes"
		       : n == 1 ? "a hosting network"
				: "hosting networks",
		       when, would(wanted));
}

/* The evidence is enough, and the homes are too few to accuse anybody by. */
static bool wait_for_homes(struct trial *t, struct judgement *out)
{
	const struct parameters *p = parameters_or_own(t->judge->parameters);
	const struct view *v = t->seen;
	unsigned homes = v->homes > v->server_homes ? v->homes : v->server_homes;
	struct wait *w;

	if (out->llr_db < p->accuse_db || homes >= p->homes_least ||
	    (w = more(out, "homes", p->homes_least - homes, "members")) == NULL)
		return false;
	w->decides = true;
	w->verdict = VERDICT_FLUX;
	if (rate_of(v, true) > 0)
		w->time_s = (p->homes_least - homes) / rate_of(v, true);
	(void)snprintf(
		w->text, sizeof w->text,
		"only %u member%s in networks of homes %s seen; at least %u are needed, whatever else speaks "
		"for fast flux",
		homes, homes == 1 ? "" : "s", homes == 1 ? "was" : "were", p->homes_least);
	return true;
}

/* ---- what stands beside it ---- */

static void wait_for_servers(struct trial *t, struct judgement *out)
{
	bool unseen = t->seen->servers == 0;
	unsigned accuse = further(t, add_server, t->homes, VERDICT_FLUX),
		 clear = further(t, add_server, t->hosting, VERDICT_BENIGN);
	struct wait *w;
	size_t len;

	if ((accuse == 0 && clear == 0) ||
	    (w = more(out, "servers", accuse != 0 ? accuse : clear, "addresses")) == NULL)
		return;
	w->decides = true;
	w->verdict = accuse != 0 ? VERDICT_FLUX : VERDICT_BENIGN;
	(void)snprintf(w->text, sizeof w->text,
		       "%s its name servers%s:", unseen ? "the addresses of" : "further addresses of",
		       (t->seen->domain->lacks & LACK_ADDITIONAL) != 0 ? ", which its source does not carry"
								       : "");
	len = strlen(w->text);
	if (accuse != 0)
		(void)snprintf(w->text + len, sizeof w->text - len, " %u in %s would accuse it%s", accuse,
			       accuse == 1 ? "a network of homes" : "networks of homes",
			       clear == 0 ? "" : ";");
	len = strlen(w->text);
	if (clear != 0)
		(void)snprintf(w->text + len, sizeof w->text - len, " %u in %s would clear it", clear,
			       clear == 1 ? "a hosting network" : "hosting networks");
}

/* Other domains on its members, that are accused for what they are. */
static void wait_for_siblings(struct trial *t, struct judgement *out)
{
	struct view *v = &t->view;
	unsigned n = 0;
	struct wait *w;

	again(t);
	for (unsigned i = 0; i < v->n_members && n < FURTHER_MAX; i++) {
		if (v->members[i].accused_users != 0)
			continue;
		v->members[i].accused_users = 1;
		n++;
		if (verdict_of(t, NULL) == VERDICT_FLUX)
			break;
	}
	if (n == 0 || verdict_of(t, NULL) != VERDICT_FLUX || (w = more(out, "shared", n, "members")) == NULL)
		return;
	w->decides = true;
	w->verdict = VERDICT_FLUX;
	(void)snprintf(w->text, sizeof w->text,
		       "%u of its members seen at another domain whose own evidence accuses it would accuse "
		       "this one",
		       n);
}

/* What the next member says: where it is little, only somebody who knows the service can tell. */
static void wait_for_word(struct trial *t, struct judgement *out)
{
	struct wait *w = more(out, "word", 1, "answers");
	double home_db, hosting_db;

	if (w == NULL)
		return;
	(void)snprintf(w->text, sizeof w->text,
		       "word of whoever runs it, should it be honest: it is most like %s", out->class);
	if (is_sampled(t))
		(void)snprintf(
			w->text + strlen(w->text), sizeof w->text - strlen(w->text),
			"; it has shown so many members (%u, in %u networks) that further ones hardly change "
			"that",
			t->seen->hosts, t->seen->host_clusters);
	if (is_sampled(t) || t->homes == 0 || t->hosting == 0)
		return;
	again(t);
	add_host(t, t->homes);
	(void)verdict_of(t, &home_db);
	again(t);
	add_host(t, t->hosting);
	(void)verdict_of(t, &hosting_db);
	(void)snprintf(
		w->text + strlen(w->text), sizeof w->text - strlen(w->text),
		"; a further member moves the evidence by %+.1f dB in a network of homes, by %+.1f dB in "
		"a hosting network",
		home_db - out->llr_db, hosting_db - out->llr_db);
}

void settle(const struct judge *j, const struct view *v, struct judgement *out)
{
	struct trial t = {.judge = j,
			  .seen = v,
			  .clusters = calloc(v->n_clusters + FURTHER_MAX + 1u, sizeof *t.clusters),
			  .members = calloc(v->n_members + 1u, sizeof *t.members),
			  .homes = typical(j->nets, NET_CONSUMER),
			  .hosting = typical(j->nets, NET_HOSTING)};

	if (t.clusters != NULL && t.members != NULL) {
		wait_for_database(&t, out);
		wait_for_lookups(&t, out);
		if (!wait_for_homes(&t, out))
			wait_for_hosts(&t, VERDICT_FLUX, out);
		wait_for_hosts(&t, VERDICT_BENIGN, out);
		wait_for_servers(&t, out);
		wait_for_siblings(&t, out);
		wait_for_word(&t, out);
	}
	free(t.clusters);
	free(t.members);
}
