/* SPDX-License-Identifier: Apache-2.0 */
/*
 * population.c -- how well each class explains who a domain's members are, over how many networks they
 * spread, and how long they stay.
 *
 * All three belong to the population that members are drawn from, not to each draw: what lives in homes has
 * its thousandth member in a home too. So a class does not say what the share of homes is, but how likely
 * each share is: many members tell the share well, and still speak for or against the class only once. The
 * same holds for the number of networks and for the life of members. What is not known is summed over.
 */
#include <math.h>

#include "base/stamp.h"
#include "judge/model.h"
#include "observe/intake.h"

enum {
	NETWORKS_STEPS = 11, /* 1, 2, 4 ... 1,024 networks */
	LIFE_STEPS = 16,     /* 1/4, 1/2, 1 ... 8,192 hours */
	LIFE_COUNT_MAX = 8,  /* a member seen more often is taken as seen so often */
	LIFE_MEMBERS_LEAST = 3,
	LIFE_POINTS = 24 /* of the integral over a member's span */
};

#define LIFE_FIRST_LOG2 (-2)
#define LIFE_LEAST_H    0.25 /* in less than this nothing is told from members that never leave */

struct model_kinds model_host_kinds(const struct class_model *m)
{
	return (struct model_kinds){m->kind, m->kind_draws};
}

struct model_kinds model_server_kinds(const struct class_model *m)
{
	return (struct model_kinds){m->ns_kind, m->ns_kind_draws};
}

double model_step_homes(unsigned step)
{
	return (step + 0.5) / CLASS_HOMES_STEPS;
}

void model_homes_weights(const struct parameters *p, struct model_kinds m, double weights[CLASS_HOMES_STEPS])
{
	double a = m.kind[NET_CONSUMER] * m.draws - 1, b = (1 - m.kind[NET_CONSUMER]) * m.draws - 1, sum = 0;

	for (unsigned i = 0; i < CLASS_HOMES_STEPS; i++) {
		double x = model_step_homes(i);

		sum += weights[i] = pow(x, a) * pow(1 - x, b);
	}
	for (unsigned i = 0; i < CLASS_HOMES_STEPS; i++)
		weights[i] = (1 - p->strange) * weights[i] / sum + p->strange / CLASS_HOMES_STEPS;
}

/* The mean of `of` over the steps first, first + 1 ..., by how likely the class thinks each. */
static double over_steps(const struct parameters *p, struct about a, double first, unsigned n,
			 const double *of)
{
	double weights = 0, sum = 0, even = 0;

	for (unsigned i = 0; i < n; i++) {
		double w = model_normal(first + i, a.mean, a.sd);

		weights += w;
		sum += w * of[i];
		even += of[i];
	}
	return (1 - p->strange) * sum / weights + p->strange * even / n;
}

static unsigned members_of(const struct model_side *s, const struct view_cluster *c)
{
	if (c->net == 0 || (s->apart && c->host_members != 0))
		return 0;
	return s->servers ? c->server_members : c->host_members;
}

/* How likely a database calls the network what it does, when it is one of homes; relative to one of which
 * nothing is known. */
static double as_home(const struct parameters *p, const struct net *net)
{
	return (double)net->kind[NET_CONSUMER] / p->kind_base[NET_CONSUMER];
}

/* The same when it is none of homes. */
static double as_other(const struct parameters *p, const double kind[NET_KINDS], const struct net *net)
{
	double others = 0, weights = 0;

	for (unsigned k = NET_CONSUMER + 1; k < NET_KINDS; k++) {
		others += kind[k] * (double)net->kind[k] / p->kind_base[k];
		weights += kind[k];
	}
	return others / weights;
}

/* Multiplies in how likely one network is for each share of homes, the table believed as far as it goes. */
static void see_network(const struct parameters *p, const double kind[NET_KINDS], const struct net *net,
			double trust, double of[CLASS_HOMES_STEPS])
{
	double home = as_home(p, net), other = as_other(p, kind, net);

	for (unsigned i = 0; i < CLASS_HOMES_STEPS; i++) {
		double share = model_step_homes(i);

		of[i] *= trust * (share * home + (1 - share) * other) + (1 - trust);
	}
}

/* How likely the side's networks are for each share of homes. */
static void see_side(const struct model_side *s, const double kind[NET_KINDS], double of[CLASS_HOMES_STEPS])
{
	const struct view *v = s->view;
	const struct parameters *p = parameters_or_own(s->judge->parameters);
	double trust = model_trust(p, s->judge->nets, v->domain->first_ns);
	unsigned seen = 0, counted = model_fewer(s->known, p->kinds_max);

	for (unsigned i = 0; i < CLASS_HOMES_STEPS; i++)
		of[i] = 1;
	for (unsigned i = 0; s->known != 0 && i < v->n_clusters; i++) {
		const struct view_cluster *c = &v->clusters[i];

		if (members_of(s, c) == 0)
			continue;
		seen++;
		/* of many networks some count, at even steps: their order, by number, must not choose; and 40
		 * factors between 0.03 and 12 stay within a double */
		if (seen * counted / s->known != (seen - 1) * counted / s->known)
			see_network(p, kind, nets_get(s->judge->nets, c->net), trust, of);
	}
}

static void count_known(struct model_side *s)
{
	const struct view *v = s->view;

	s->known = 0;
	for (unsigned i = 0; s->judge->nets != NULL && i < v->n_clusters; i++)
		s->known += members_of(s, &v->clusters[i]) != 0;
}

void model_fit_kinds(struct model_side *s, struct model_side *given, model_kinds_of *expected,
		     double of[CLASSES])
{
	const struct parameters *p = parameters_or_own(s->judge->parameters);

	count_known(s);
	if (given != NULL)
		count_known(given);
	for (unsigned k = 0; k < CLASSES; k++) {
		struct model_kinds m = expected(&p->class[k]);
		double weights[CLASS_HOMES_STEPS], side[CLASS_HOMES_STEPS], before[CLASS_HOMES_STEPS] = {0};
		double sum = 0, all = 0;

		model_homes_weights(p, m, weights);
		see_side(s, m.kind, side);
		if (given != NULL)
			see_side(given, m.kind, before);
		for (unsigned i = 0; i < CLASS_HOMES_STEPS; i++) {
			double w = given == NULL ? weights[i] : weights[i] * before[i];

			sum += w * side[i];
			all += w;
		}
		of[k] = sum / all;
	}
}

double model_homes(const struct model_side *s)
{
	double homes = 0, all = 0;

	for (unsigned i = 0; s->judge->nets != NULL && i < s->view->n_clusters; i++) {
		const struct view_cluster *c = &s->view->clusters[i];
		unsigned members = members_of(s, c);

		homes += members == 0
				 ? 0
				 : (double)nets_get(s->judge->nets, c->net)->kind[NET_CONSUMER] * members;
		all += members;
	}
	return all > 0 ? homes / all : 0;
}

/*
 * How many ways there are to part n members into d networks, when each member chooses for itself (the
 * Stirling number), over the same when each network has a share of its own (the Lah number).
 */
static double even_ways(unsigned n, unsigned d)
{
	double even[MODEL_COUNTED_MAX + 1] = {1}, own[MODEL_COUNTED_MAX + 1] = {1};

	for (unsigned i = 1; i <= n; i++) {
		for (unsigned j = model_fewer(i, d); j > 0; j--) {
			even[j] = even[j] * j + even[j - 1];
			own[j] = own[j] * (i - 1 + j) + own[j - 1];
		}
		even[0] = own[0] = 0;
	}
	return even[d] / own[d];
}

double model_spread(const struct parameters *p, const struct class_model *m, unsigned networks, unsigned n)
{
	double of[NETWORKS_STEPS], even_over_own;

	networks = model_fewer(networks, n);
	even_over_own = even_ways(n, networks);
	/* n members in K networks show d of them with chance S(n, d) K! / (K - d)! / K^n when the networks
	 * are even, L(n, d) K! / (K - d)! (K - 1)! / (K + n - 1)! when any shares are as likely (Dirichlet,
	 * 1): half and half. What holds for all K is left out, and (n + 1)^(n - d) put in, to stay in a
	 * double. */
	for (unsigned i = 0; i < NETWORKS_STEPS; i++) {
		double k = exp2(i), even = 0.5 * even_over_own, own = 0.5;

		for (unsigned j = 0; j < n; j++) {
			double ways = j < networks ? fmax(k - j, 0) : n + 1.0;

			even *= ways / k;
			own *= ways / (k + j);
		}
		of[i] = even + own;
	}
	return over_steps(p, m->networks, 0, NETWORKS_STEPS, of);
}

/* A member seen c times within a time of T stays L: the span x from its first look-up to its last has a
 * density in proportion to (T - x) x^(c - 2) e^(-x / L), since its stay may begin anywhere and the look-ups
 * between may lie anywhere. Times in shares of T. */
static double span_whole(unsigned c, double life)
{
	double sum = 0;

	for (unsigned i = 0; i < LIFE_POINTS; i++) {
		double x = (i + 0.5) / LIFE_POINTS;

		sum += (1 - x) * pow(x, c - 2) * exp(-x / life);
	}
	return sum / LIFE_POINTS;
}

/* Members that were seen twice or more. */
struct spans {
	unsigned told[LIFE_COUNT_MAX + 1], n; /* by how often they were seen */
	double hours;                         /* from the first look-up of the A side to the last */
	double sum, stay; /* of their spans, in shares of that; and were they to stay for ever, about */
};

static bool has_span(const struct view *v, const struct view_member *m)
{
	return m->count >= 2 && view_is_host(v, m);
}

static struct spans spans_of(const struct view *v)
{
	struct spans s = {0};
	int64_t first = INT64_MAX, last = INT64_MIN;

	for (unsigned i = 0; i < v->n_members; i++) {
		const struct view_member *m = &v->members[i];

		if (!view_is_host(v, m))
			continue;
		first = m->first_ns < first ? m->first_ns : first;
		last = m->last_ns > last ? m->last_ns : last;
	}
	if (first >= last)
		return s;
	s.hours = (double)(last - first) / (double)NS_PER_SECOND / 3600;
	for (unsigned i = 0; i < v->n_members; i++) {
		const struct view_member *m = &v->members[i];

		if (!has_span(v, m))
			continue;
		s.told[model_fewer(m->count, LIFE_COUNT_MAX)]++;
		s.sum += (double)(m->last_ns - m->first_ns) / (double)(last - first);
		s.stay += (m->count - 1.0) / (m->count + 1.0);
		s.n++;
	}
	return s;
}

/* What the spans say of each life, the largest as 1. */
static void see_lives(const struct spans *s, double counted, double of[LIFE_STEPS])
{
	double most = -INFINITY;

	for (unsigned i = 0; i < LIFE_STEPS; i++) {
		double life = exp2(LIFE_FIRST_LOG2 + (double)i) / s->hours;

		of[i] = -s->sum / life; /* what does not hang on the life is left out */
		for (unsigned c = 2; c <= LIFE_COUNT_MAX; c++)
			if (s->told[c] != 0)
				of[i] -= s->told[c] * log(fmax(span_whole(c, life), 1e-300));
		most = fmax(most, of[i]);
	}
	for (unsigned i = 0; i < LIFE_STEPS; i++)
		of[i] = exp((of[i] - most) * fmin(1, counted / s->n));
}

void model_fit_life(const struct view *v, struct fit *f)
{
	const struct parameters *p = f->parameters;
	struct spans s = spans_of(v);
	double of[LIFE_STEPS];

	if (s.hours < LIFE_LEAST_H || s.n < LIFE_MEMBERS_LEAST || (v->domain->lacks & LACK_LOOKUPS) != 0)
		return;
	see_lives(&s, p->lives_counted, of);
	f->has[FEATURE_LIFE] = true;
	f->value[FEATURE_LIFE] = s.sum / s.stay;
	for (unsigned k = 0; k < CLASSES; k++)
		f->of[FEATURE_LIFE][k] = over_steps(p, p->class[k].life, LIFE_FIRST_LOG2, LIFE_STEPS, of);
}
