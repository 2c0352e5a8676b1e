/* SPDX-License-Identifier: Apache-2.0 */
/* model.c -- see model.h: the likelihood of each feature under each class, from the parameters. */
#include "judge/model.h"

#include <math.h>
#include <string.h>

#include "base/stamp.h"
#include "judge/spread.h"

#define YEAR_NS (31557600 * NS_PER_SECOND)
/* As a factor: nothing is impossible, however narrow a class is said to be. */
#define DENSITY_LEAST 1e-200

double model_trust(const struct parameters *p, const struct nets *nets, int64_t time_ns)
{
	double years, trust;

	if (nets == NULL)
		return 0;
	years = fabs((double)(time_ns - nets_made_ns(nets)) / (double)YEAR_NS);
	trust = 1 - p->trust_lost_a_year * years;
	return trust < p->trust_least ? p->trust_least : trust;
}

const double *model_host_kinds(const struct class_model *m)
{
	return m->kind;
}

const double *model_server_kinds(const struct class_model *m)
{
	return m->ns_kind;
}

double model_share(struct share s, unsigned hits, unsigned n)
{
	double p = 1;

	for (unsigned i = 0; i < hits; i++)
		p *= (s.a + i) / (s.a + s.b + i);
	for (unsigned i = 0; i < n - hits; i++)
		p *= (s.b + i) / (s.a + s.b + hits + i);
	return p;
}

double model_normal(double x, double mean, double sd)
{
	double z = (x - mean) / sd;

	return fmax(exp(-0.5 * z * z), DENSITY_LEAST) / sd;
}

double model_ttl(const struct parameters *p, const struct class_model *m, double log10_ttl)
{
	double near = p->ttl_near_odds;

	/* any TTL occurs in any class: a part of each lies anywhere between 0 and 10^6 s */
	return near / (1 + near) * model_normal(log10_ttl, m->ttl_mean, m->ttl_sd) / sqrt(2 * M_PI) +
	       1 / (1 + near) / 6;
}

/* How likely one network is under what a class expects: the mixture over kinds, with the table believed as
 * far as it goes. Relative to a network of which nothing is known: what its name says of its kind is told
 * apart from how frequent the kind is, or a name that says nothing would speak for homes. */
static double kind_likelihood(const double expected[NET_KINDS], const struct net *net, double trust)
{
	double p = 0;

	for (unsigned k = 0; k < NET_KINDS; k++)
		p += expected[k] * (double)net->kind[k] / nets_kind_base[k];
	return trust * p + (1 - trust);
}

void model_kinds(const struct fit *f, const struct inputs_kinds *of, model_kinds_of *expected,
		 double product[CLASSES])
{
	for (unsigned k = 0; k < CLASSES; k++)
		product[k] = 1;
	/* 40 factors between 0.0001 and 17 stay within a double */
	for (unsigned i = 0; i < of->n; i++)
		for (unsigned k = 0; k < CLASSES; k++)
			product[k] *= kind_likelihood(expected(&f->parameters->class[k]), of->of[i],
						      f->inputs.trust);
}

/* What a weak feature says, as far as it counts. */
static double part_of(const struct fit *f, unsigned which, double likelihood)
{
	return pow(likelihood, f->parameters->counts[which]);
}

static void fit_kinds(struct fit *f)
{
	model_kinds(f, &f->inputs.hosts, model_host_kinds, f->of[FEATURE_MEMBER_KIND]);
	f->has[FEATURE_MEMBER_KIND] = f->inputs.hosts.known != 0;
	f->value[FEATURE_MEMBER_KIND] = f->inputs.homes;
}

static void fit_spread(struct fit *f)
{
	const struct inputs *in = &f->inputs;
	double size;
	struct spread of;

	f->value[FEATURE_SPREAD] = in->host_clusters;
	f->value[FEATURE_SIZE] = in->members;
	if (!in->has_hosts)
		return;
	size = log2(f->value[FEATURE_SIZE]);
	f->has[FEATURE_SPREAD] = in->drawn > 1;
	f->has[FEATURE_SIZE] = true;
	spread_init(&of, in->drawn, in->networks);
	for (unsigned k = 0; k < CLASSES; k++) {
		const struct class_model *m = &f->parameters->class[k];

		f->of[FEATURE_SIZE][k] =
			part_of(f, COUNTS_SIZE, model_normal(size, m->size_mean, m->size_sd));
		if (in->drawn > 1)
			f->of[FEATURE_SPREAD][k] = spread_likelihood(&of, m->networks_mean, m->networks_sd);
	}
}

static void fit_turnover(const struct view *v, struct fit *f)
{
	const struct inputs_share *s = &f->inputs.moved;

	f->value[FEATURE_TURNOVER] = v->movable == 0 ? 0 : (double)v->moved / v->movable;
	f->has[FEATURE_TURNOVER] = s->has;
	for (unsigned k = 0; s->has && k < CLASSES; k++)
		f->of[FEATURE_TURNOVER][k] = model_share(f->parameters->class[k].moved, s->hits, s->n);
}

static void fit_answer(struct fit *f)
{
	unsigned n = f->inputs.answer_max, row = n <= 1 ? 0 : n <= 4 ? 1 : n <= 12 ? 2 : 3;

	f->has[FEATURE_ANSWER] = n != 0;
	f->value[FEATURE_ANSWER] = n;
	for (unsigned k = 0; n != 0 && k < CLASSES; k++)
		f->of[FEATURE_ANSWER][k] = part_of(f, COUNTS_ANSWER, f->parameters->class[k].answer[row]);
}

static void fit_ttl(struct fit *f)
{
	const struct inputs *in = &f->inputs;
	double at = log10(in->ttl_median + 1.0);

	f->has[FEATURE_TTL] = in->has_ttl;
	f->value[FEATURE_TTL] = in->ttl_median;
	for (unsigned k = 0; in->has_ttl && k < CLASSES; k++)
		f->of[FEATURE_TTL][k] = model_ttl(f->parameters, &f->parameters->class[k], at);
}

static void fit_shared(struct fit *f)
{
	const struct inputs *in = &f->inputs;

	f->value[FEATURE_SHARED] = in->shared;
	f->has[FEATURE_SHARED] = in->shared != 0;
	for (unsigned k = 0; in->shared != 0 && k < CLASSES; k++)
		f->of[FEATURE_SHARED][k] = k < CLASS_HONEST ? in->shared_honest : in->shared_flux;
}

void model_fit(const struct judge *j, const struct view *v, struct fit *out)
{
	out->parameters = parameters_or_own(j->parameters);
	inputs_of(j, v, &out->inputs);
	memset(out->has, 0, sizeof out->has);
	fit_kinds(out);
	fit_spread(out);
	fit_turnover(v, out);
	fit_answer(out);
	fit_ttl(out);
	model_fit_servers(v, out);
	fit_shared(out);
	for (unsigned i = 0; i < FEATURES; i++)
		out->has[i] = out->has[i] && out->parameters->used[i];
}
