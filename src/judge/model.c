/* SPDX-License-Identifier: Apache-2.0 */
/* model.c -- see model.h: the likelihood of each feature under each class, from the parameters. */
#include "judge/model.h"

#include <math.h>
#include <string.h>

#include "base/stamp.h"
#include "judge/spread.h"
#include "observe/intake.h"

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

double model_share(struct share s, double hits, double n)
{
	unsigned h = (unsigned)(hits + 0.5), misses = (unsigned)(n + 0.5) - h;
	double p = 1;

	for (unsigned i = 0; i < h; i++)
		p *= (s.a + i) / (s.a + s.b + i);
	for (unsigned i = 0; i < misses; i++)
		p *= (s.b + i) / (s.a + s.b + h + i);
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

static unsigned members_of(const struct model_side *s, const struct view_cluster *c)
{
	if (c->net == 0 || (s->apart && c->host_members != 0))
		return 0;
	return s->servers ? c->server_members : c->host_members;
}

void model_kinds(struct model_side *s, model_kinds_of *expected, double product[CLASSES])
{
	const struct view *v = s->view;
	const struct parameters *p = parameters_or_own(s->judge->parameters);
	double trust = model_trust(p, s->judge->nets, v->domain->first_ns);
	unsigned seen = 0, counted;

	s->known = 0;
	for (unsigned k = 0; k < CLASSES; k++)
		product[k] = 1;
	for (unsigned i = 0; s->judge->nets != NULL && i < v->n_clusters; i++)
		s->known += members_of(s, &v->clusters[i]) != 0;
	counted = model_fewer(s->known, p->kinds_max);
	for (unsigned i = 0; s->known != 0 && i < v->n_clusters; i++) {
		const struct view_cluster *c = &v->clusters[i];

		if (members_of(s, c) == 0)
			continue;
		seen++;
		if (seen * counted / s->known == (seen - 1) * counted / s->known)
			continue;
		/* 40 factors between 0.0001 and 17 stay within a double */
		for (unsigned k = 0; k < CLASSES; k++)
			product[k] *= kind_likelihood(expected(&p->class[k]),
						      nets_get(s->judge->nets, c->net), trust);
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

/* The kinds of one side's networks, each network once: members of one network are no independent witnesses.
 * Of many networks some count, at even steps: their order, by number, must not choose. */
static void fit_kinds(const struct judge *j, const struct view *v, struct fit *f)
{
	struct model_side side = {.judge = j, .view = v};

	model_kinds(&side, model_host_kinds, f->of[FEATURE_MEMBER_KIND]);
	f->has[FEATURE_MEMBER_KIND] = side.known != 0;
	f->value[FEATURE_MEMBER_KIND] = model_homes(&side);
}

/*
 * How many networks `n` members drawn at random would show, on average: what can be compared when a domain
 * has more members than count. A network with the share c of all members is missed with chance (1 - c)^n.
 */
double model_networks(const struct view *v, unsigned all, unsigned n)
{
	double networks = 0;

	for (unsigned i = 0; i < v->n_clusters; i++)
		networks += 1 - pow(1 - (double)v->clusters[i].hosts / all, n);
	return networks;
}

static void fit_spread(const struct view *v, struct fit *f)
{
	unsigned blocks = 0, n;
	double networks, size;
	struct spread of;

	for (unsigned i = 0; i < v->n_clusters; i++)
		blocks += v->clusters[i].hosts;
	f->value[FEATURE_SPREAD] = v->host_clusters;
	f->value[FEATURE_SIZE] = v->hosts + v->more_members;
	if (v->hosts == 0)
		return;
	size = log2(f->value[FEATURE_SIZE]);
	f->has[FEATURE_SPREAD] = blocks > 1;
	f->has[FEATURE_SIZE] = true;
	n = model_fewer(blocks, f->parameters->counted_max);
	networks = n == blocks ? v->host_clusters : model_networks(v, blocks, n);
	spread_init(&of, n, (unsigned)(networks + 0.5));
	for (unsigned k = 0; k < CLASSES; k++) {
		const struct class_model *m = &f->parameters->class[k];

		f->of[FEATURE_SIZE][k] = model_normal(size, m->size_mean, m->size_sd);
		if (blocks > 1)
			f->of[FEATURE_SPREAD][k] = spread_likelihood(&of, m->networks_mean, m->networks_sd);
	}
}

static void fit_turnover(const struct view *v, struct fit *f)
{
	double n = model_fewer(v->movable, f->parameters->counted_max),
	       moved = v->movable == 0 ? 0 : (double)v->moved / v->movable;

	f->value[FEATURE_TURNOVER] = moved;
	f->has[FEATURE_TURNOVER] = v->movable > 1 && (v->domain->lacks & LACK_LOOKUPS) == 0;
	for (unsigned k = 0; f->has[FEATURE_TURNOVER] && k < CLASSES; k++)
		f->of[FEATURE_TURNOVER][k] = model_share(f->parameters->class[k].moved, moved * n, n);
}

static void fit_answer(const struct view *v, struct fit *f)
{
	unsigned n = v->answer_max, row = n <= 1 ? 0 : n <= 4 ? 1 : n <= 12 ? 2 : 3;

	f->has[FEATURE_ANSWER] = n != 0 && (v->domain->lacks & LACK_LOOKUPS) == 0;
	f->value[FEATURE_ANSWER] = n;
	for (unsigned k = 0; f->has[FEATURE_ANSWER] && k < CLASSES; k++)
		f->of[FEATURE_ANSWER][k] = f->parameters->class[k].answer[row];
}

static void fit_ttl(const struct view *v, struct fit *f)
{
	double at;

	f->has[FEATURE_TTL] = v->have_ttl;
	f->value[FEATURE_TTL] = v->ttl_median;
	at = log10(v->ttl_median + 1.0);
	for (unsigned k = 0; v->have_ttl && k < CLASSES; k++)
		f->of[FEATURE_TTL][k] = model_ttl(f->parameters, &f->parameters->class[k], at);
}

/*
 * Of the domains that draw from the same members, how many their own evidence accuses: in flux most. Of a
 * large honest service one may be accused by chance, and would accuse all others. So that most are is no
 * further evidence, and that few are takes back what the marks say.
 */
static double fit_partners(const struct view *v, const struct parameters *p)
{
	double n = model_fewer(v->partners, p->accused_counted), accused, flux, honest;

	if (v->partners == 0)
		return 1;
	accused = n * v->accused_partners / v->partners;
	flux = model_share(p->partners_flux, accused, n);
	honest = model_share(p->partners_wrongly, accused, n);
	return fmax(1, honest / flux);
}

/* Members that domains use which their own evidence accuses; see class.c. */
static void fit_shared(const struct view *v, struct fit *f)
{
	const struct parameters *p = f->parameters;
	unsigned all = v->n_members, shared = 0;
	double n, few = fit_partners(v, p);

	for (unsigned i = 0; i < v->n_members; i++)
		shared += v->members[i].accused_users != 0;
	f->value[FEATURE_SHARED] = shared;
	f->has[FEATURE_SHARED] = shared != 0; /* that no accused sibling was seen says nothing */
	n = model_fewer(all, p->accused_counted);
	for (unsigned k = 0; shared != 0 && k < CLASSES; k++) {
		double as_flux = model_share(p->accused_flux, (double)shared * n / all, n),
		       by_chance = model_share(p->accused_chance, (double)shared * n / all, n),
		       honest = (1 - p->accused_wrongly) * by_chance + p->accused_wrongly * as_flux;

		/* what is taken back is what marks say, and no more */
		if (honest < as_flux)
			honest = fmin(honest * few, as_flux);
		f->of[FEATURE_SHARED][k] = k < CLASS_HONEST ? honest : as_flux;
	}
}

void model_fit(const struct judge *j, const struct view *v, struct fit *out)
{
	out->parameters = parameters_or_own(j->parameters);
	memset(out->has, 0, sizeof out->has);
	fit_kinds(j, v, out);
	fit_spread(v, out);
	fit_turnover(v, out);
	fit_answer(v, out);
	fit_ttl(v, out);
	model_fit_servers(j, v, out);
	fit_shared(v, out);
	for (unsigned i = 0; i < FEATURES; i++)
		out->has[i] = out->has[i] && out->parameters->used[i];
}
