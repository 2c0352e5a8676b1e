/* SPDX-License-Identifier: Apache-2.0 */
/* model.c -- see model.h: the likelihood of each feature under each class, from the parameters. */
#include "judge/model.h"

#include <math.h>
#include <string.h>

#include "base/stamp.h"
#include "observe/intake.h"

enum { PARTNERS_MEMBERS_LEAST = 3 };

#define YEAR_NS (31557600 * NS_PER_SECOND)
/* As a factor: nothing is impossible, however narrow a class is said to be. */
/* A strange count lies anywhere up to 2^16. */
#define STRANGE_COUNT_LOG2 16.0
#define DENSITY_LEAST      1e-200

double model_trust(const struct parameters *p, const struct nets *nets, int64_t time_ns)
{
	double years, trust;

	if (nets == NULL)
		return 0;
	years = fabs((double)(time_ns - nets_made_ns(nets)) / (double)YEAR_NS);
	trust = 1 - p->trust_lost_a_year * years;
	return trust < p->trust_least ? p->trust_least : trust;
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

double model_about(const struct parameters *p, struct about a, double log2_count)
{
	return (1 - p->strange) * model_normal(log2_count, a.mean, a.sd) / sqrt(2 * M_PI) +
	       p->strange / STRANGE_COUNT_LOG2;
}

double model_ttl(const struct parameters *p, const struct class_model *m, double log10_ttl)
{
	double near = p->ttl_near_odds;

	/* any TTL occurs in any class: a part of each lies anywhere between 0 and 10^6 s */
	return near / (1 + near) * model_normal(log10_ttl, m->ttl_mean, m->ttl_sd) / sqrt(2 * M_PI) +
	       1 / (1 + near) / 6;
}

/* The kinds of one side's networks, each network once: members of one network are no independent witnesses.
 * Of many networks some count, at even steps: their order, by number, must not choose. */
static void fit_kinds(const struct judge *j, const struct view *v, struct fit *f)
{
	struct model_side side = {.judge = j, .view = v};

	model_fit_kinds(&side, NULL, model_host_kinds, f->of[FEATURE_MEMBER_KIND]);
	f->has[FEATURE_MEMBER_KIND] = side.known != 0;
	f->value[FEATURE_MEMBER_KIND] = model_homes(&side);
}

/*
 * How many networks `n` members drawn at random would show, on average: what can be compared when a domain
 * has more members than count. A network with the share c of all members is missed with chance (1 - c)^n.
 */
static double networks_in_sample(const struct view *v, unsigned all, unsigned n)
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
	networks = n == blocks ? v->host_clusters : networks_in_sample(v, blocks, n);
	for (unsigned k = 0; k < CLASSES; k++) {
		const struct class_model *m = &f->parameters->class[k];

		f->of[FEATURE_SIZE][k] = model_normal(size, m->size_mean, m->size_sd);
		if (blocks > 1)
			f->of[FEATURE_SPREAD][k] =
				model_spread(f->parameters, m, (unsigned)(networks + 0.5), n);
	}
}

/* Members in the /24 of another: fleets stand side by side, homes rarely do. Of many members, as many as
 * count would meet in about so many blocks as if all blocks were as full. */
static void fit_beside(const struct view *v, struct fit *f)
{
	unsigned n = model_fewer(v->hosts, f->parameters->counted_max);
	double blocks = 0, apart, share;

	for (unsigned i = 0; i < v->n_clusters; i++)
		blocks += v->clusters[i].hosts;
	if (v->hosts < 2)
		return;
	apart = n < v->hosts ? blocks * (1 - pow(1 - 1 / blocks, n)) : blocks;
	share = (n - fmin(fmax(apart, 1), n)) / (n - 1);
	f->has[FEATURE_BESIDE] = true;
	f->value[FEATURE_BESIDE] = share;
	for (unsigned k = 0; k < CLASSES; k++)
		f->of[FEATURE_BESIDE][k] =
			model_share(f->parameters->class[k].beside, share * (n - 1), n - 1);
}

/* Who else draws from its members, and how many names it has. Of a few members nobody can tell the former. */
static void fit_company(const struct view *v, struct fit *f)
{
	f->value[FEATURE_PARTNERS] = v->partners;
	f->has[FEATURE_PARTNERS] = v->n_members >= PARTNERS_MEMBERS_LEAST;
	f->value[FEATURE_NAMES] = v->names;
	f->has[FEATURE_NAMES] = v->names != 0;
	for (unsigned k = 0; k < CLASSES; k++) {
		const struct class_model *m = &f->parameters->class[k];

		f->of[FEATURE_PARTNERS][k] = model_about(f->parameters, m->partners, log2(1.0 + v->partners));
		f->of[FEATURE_NAMES][k] = model_about(f->parameters, m->names, log2(fmax(1, v->names)));
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
 * How often a service of that class is accused wrongly, with all that share its members: its likelihood is
 * part of the mixture that flux is held against, so by Ville's inequality at most in the share of 1 in
 * 100,000 (at 50 dB) that its weight gives it room for. What is rare may be mistaken often.
 */
static double accused_wrongly(const struct parameters *p, unsigned class)
{
	double honest = 0, most;

	for (unsigned k = 0; k < CLASS_HONEST; k++)
		honest += p->class[k].weight;
	if (p->class[class].weight <= 0)
		return 1;
	most = exp(-p->accuse_db / MODEL_DECIBANS) * honest / p->class[class].weight;
	return fmin(1, fmax(p->accused_wrongly, most));
}

/* Members that domains use which their own evidence accuses; see class.c. */
static void fit_shared(const struct view *v, struct fit *f)
{
	const struct parameters *p = f->parameters;
	unsigned all = v->n_members, shared = 0;
	double n;

	for (unsigned i = 0; i < v->n_members; i++)
		shared += v->members[i].accused_users != 0;
	f->value[FEATURE_SHARED] = shared;
	f->has[FEATURE_SHARED] = shared != 0; /* that no accused sibling was seen says nothing */
	n = model_fewer(all, p->accused_counted);
	for (unsigned k = 0; shared != 0 && k < CLASSES; k++) {
		double as_flux = model_share(p->accused_flux, (double)shared * n / all, n),
		       by_chance = model_share(p->accused_chance, (double)shared * n / all, n),
		       wrongly = k < CLASS_HONEST ? accused_wrongly(p, k) : 1;

		f->of[FEATURE_SHARED][k] = (1 - wrongly) * by_chance + wrongly * as_flux;
	}
}

void model_fit(const struct judge *j, const struct view *v, struct fit *out)
{
	out->parameters = parameters_or_own(j->parameters);
	memset(out->has, 0, sizeof out->has);
	fit_kinds(j, v, out);
	fit_spread(v, out);
	fit_beside(v, out);
	fit_company(v, out);
	fit_turnover(v, out);
	model_fit_life(v, out);
	fit_answer(v, out);
	fit_ttl(v, out);
	model_fit_servers(j, v, out);
	fit_shared(v, out);
	for (unsigned i = 0; i < FEATURES; i++)
		out->has[i] = out->has[i] && out->parameters->used[i];
}
