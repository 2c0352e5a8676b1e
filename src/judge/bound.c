/* SPDX-License-Identifier: Apache-2.0 */
/* bound.c -- see bound.h: the largest ratios, found by trying what values a feature can have. */
#include "judge/bound.h"

#include <math.h>

#include "judge/model.h"

#define TTL_STEP   0.01 /* of log10 s */
#define ROUNDED_DB 1e-6 /* what two ways to one sum may differ by */

static double to_db(double ratio)
{
	return MODEL_DECIBANS * log(ratio);
}

/* One class of flux, held against an honest one. */
struct against {
	const struct parameters *parameters;
	const struct class_model *flux, *honest;
};

/* Any honest class is a bound; the broadest is the tightest one. */
static const struct class_model *rival_of(const struct parameters *p)
{
	unsigned rival = CLASS_UNKNOWN;

	for (unsigned k = 0; p->class[CLASS_UNKNOWN].weight <= 0 && k < CLASS_HONEST; k++)
		rival = p->class[k].weight > p->class[rival].weight ? k : rival;
	return &p->class[rival];
}

/* The largest ratios: at least 1, since a feature may not be seen at all. */
static double best_of_share(struct share flux, struct share honest, unsigned most, unsigned n)
{
	double ratio = 1;

	for (unsigned hits = 0; hits <= most; hits++)
		ratio = fmax(ratio, model_share(flux, hits, n) / model_share(honest, hits, n));
	return ratio;
}

static double best_of_rows(const double *flux, const double *honest, unsigned n)
{
	double ratio = 1;

	for (unsigned row = 0; row < n; row++)
		ratio = fmax(ratio, flux[row] / honest[row]);
	return ratio;
}

static double best_size(const struct against *a, unsigned most)
{
	double ratio = 1;

	for (unsigned n = 1; n <= most; n++)
		ratio = fmax(ratio, model_normal(log2(n), a->flux->size_mean, a->flux->size_sd) /
					    model_normal(log2(n), a->honest->size_mean, a->honest->size_sd));
	return ratio;
}

/* Between two steps of a scale, a density of one peak is largest at its peak or at an end, and least at an
 * end. */
static double best_ttl(const struct against *a)
{
	const struct parameters *p = a->parameters;
	double ratio = 1;

	for (double from = 0; from < 10; from += TTL_STEP) {
		double to = from + TTL_STEP, peak = fmin(fmax(a->flux->ttl_mean, from), to);

		ratio = fmax(ratio, model_ttl(p, a->flux, peak) /
					    fmin(model_ttl(p, a->honest, from), model_ttl(p, a->honest, to)));
	}
	return ratio;
}

/* The largest ratio of a member's kind when it is a home with probability `home`, and any one other kind
 * else. */
static double best_kind(const struct against *a, bool servers, double home)
{
	model_kinds_of *of = servers ? model_server_kinds : model_host_kinds;
	const double *u = of(a->honest), *f = of(a->flux);
	double ratio = 1;

	for (unsigned other = 0; other < NET_KINDS; other++)
		if (other != NET_CONSUMER)
			ratio = fmax(ratio, (home * f[NET_CONSUMER] + (1 - home) * f[other]) /
						    (home * u[NET_CONSUMER] + (1 - home) * u[other]));
	return ratio;
}

static void init_members(struct bound_class *b, const struct against *a)
{
	const struct class_model *m = a->flux, *u = a->honest;
	struct share shared[] = {model_ns_shared(a->parameters, m), model_ns_shared(a->parameters, u)};
	double spread = 1;

	for (unsigned n = 1; n <= BOUND_MEMBERS; n++) {
		spread = fmax(spread, best_of_share(m->networks, u->networks, n - 1, n - 1));
		b->hosts_db[n] = to_db(spread) + to_db(best_size(a, n));
		b->servers_db[n] = to_db(best_of_rows(m->ns_networks, u->ns_networks, model_fewer(n, 5)));
		for (unsigned both = 0; both <= n; both++)
			b->both_db[n][both] = fmax(to_db(best_of_share(shared[0], shared[1], both, n)),
						   b->both_db[n - 1][model_fewer(both, n - 1)]);
	}
}

/* weights: the class's own among flux, times that of all honest classes over the rival's. */
static void init_class(struct bound_class *to, const struct against *a, double weights)
{
	const struct class_model *m = a->flux, *u = a->honest;

	for (unsigned side = 0; side < 2; side++) {
		/* the kind of a mixture lies between those of its parts */
		to->other_db[side] =
			to_db(fmax(best_kind(a, side == 1, 0), best_kind(a, side == 1, VIEW_HOME_LEAST)));
		to->home_db[side] = fmax(to->other_db[side], to_db(best_kind(a, side == 1, 1)));
	}
	to->always_db = to_db(weights) + to_db(best_of_rows(m->answer, u->answer, 4)) + to_db(best_ttl(a));
	to->apart_db = to_db((1 - m->ns_among) / (1 - u->ns_among));
	to->among_db = to_db(m->ns_among / u->ns_among);
	init_members(to, a);
}

void bound_init(struct bound *b, const struct parameters *p)
{
	const struct class_model *rival = rival_of(p);
	double honest = 0, flux = 0;

	for (unsigned k = 0; k < CLASSES; k++)
		*(k < CLASS_HONEST ? &honest : &flux) += p->class[k].weight;
	*b = (struct bound){.two_db = to_db(2), .classes_db = to_db(CLASSES - CLASS_HONEST)};
	for (unsigned k = CLASS_HONEST; k < CLASSES; k++) {
		struct against a = {p, &p->class[k], rival};

		init_class(&b->of[k - CLASS_HONEST], &a,
			   p->class[k].weight / flux * (honest / rival->weight));
	}
}

/* The members, and what their counts come to for one class of flux, decibans. */
struct counted {
	struct bound_side hosts, servers;
	unsigned both;
};

struct sums {
	double hosts_db, apart_db,
		among_db; /* hosts: with what is there always; the two others, of servers */
};

static bool is_bounded(const struct counted *m)
{
	return m->hosts.homes + m->hosts.others <= BOUND_MEMBERS &&
	       m->servers.homes + m->servers.others <= BOUND_MEMBERS;
}

static struct sums sums_of(const struct bound_class *of, const struct counted *m)
{
	unsigned h = m->hosts.homes + m->hosts.others, s = m->servers.homes + m->servers.others;

	return (struct sums){of->always_db + (of->hosts_db[h] + m->hosts.homes * of->home_db[0] +
					      m->hosts.others * of->other_db[0]),
			     of->apart_db + of->servers_db[s] + of->both_db[s][model_fewer(m->both, s)] +
				     m->servers.homes * of->home_db[1] + m->servers.others * of->other_db[1],
			     of->among_db + m->servers.homes * of->home_db[0] +
				     m->servers.others * of->other_db[0]};
}

static double all_db(const struct bound *b, const struct counted *m)
{
	double sum = 0;

	for (unsigned k = 0; k < CLASSES - CLASS_HONEST; k++) {
		struct sums s = sums_of(&b->of[k], m);
		double servers_db =
			m->servers.homes + m->servers.others == 0
				? 0
				: to_db(exp(s.apart_db / MODEL_DECIBANS) + exp(s.among_db / MODEL_DECIBANS));

		sum += exp((s.hosts_db + servers_db) / MODEL_DECIBANS);
	}
	return to_db(sum);
}

double bound_db(const struct bound *b, struct bound_side hosts, struct bound_side servers, unsigned both)
{
	struct counted m = {hosts, servers, both};

	return is_bounded(&m) ? all_db(b, &m) : INFINITY;
}

/* A sum of n ratios is no more than n times the largest: that needs no powers. */
static double rough_db(const struct bound *b, const struct counted *m)
{
	double most = -INFINITY;

	for (unsigned k = 0; k < CLASSES - CLASS_HONEST; k++) {
		struct sums s = sums_of(&b->of[k], m);
		double servers_db = m->servers.homes + m->servers.others == 0
					    ? 0
					    : fmax(s.apart_db, s.among_db) + b->two_db;

		most = fmax(most, s.hosts_db + servers_db);
	}
	return most + b->classes_db;
}

bool bound_reaches(const struct bound *b, struct bound_side hosts, struct bound_side servers, unsigned both,
		   double db)
{
	struct counted m = {hosts, servers, both};

	return !is_bounded(&m) || (rough_db(b, &m) >= db - ROUNDED_DB && all_db(b, &m) >= db);
}
