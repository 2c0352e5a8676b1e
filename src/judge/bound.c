/* SPDX-License-Identifier: Apache-2.0 */
/* bound.c -- see bound.h: the largest ratios, found by trying what values a feature can have. */
#include "judge/bound.h"

#include <math.h>

#include "judge/model.h"
#include "judge/spread.h"

#define TTL_STEP 0.01 /* of log10 s */

static double to_db(double ratio)
{
	return MODEL_DECIBANS * log(ratio);
}

/* One class of flux, held against an honest one. */
struct against {
	const struct parameters *parameters;
	const struct class_model *flux, *honest;
};

/* Any honest class is a bound. Of few members the most frequent is the tightest, of many homes the broadest.
 * Without these, the heaviest. */
static unsigned rivals_of(const struct parameters *p, const struct class_model *rivals[BOUND_RIVALS])
{
	static const enum model_class best[BOUND_RIVALS] = {CLASS_ORDINARY, CLASS_UNKNOWN};
	unsigned n = 0, heaviest = 0;

	for (unsigned i = 0; i < BOUND_RIVALS; i++)
		if (p->class[best[i]].weight > 0)
			rivals[n++] = &p->class[best[i]];
	for (unsigned k = 0; k < CLASS_HONEST; k++)
		heaviest = p->class[k].weight > p->class[heaviest].weight ? k : heaviest;
	if (n == 0)
		rivals[n++] = &p->class[heaviest];
	return n;
}

/* The largest ratios: at least 1, since a feature may not be seen at all. */
static double best_of_share(struct share flux, struct share honest, unsigned most, unsigned n)
{
	double ratio = 1;

	for (unsigned hits = 0; hits <= most; hits++)
		ratio = fmax(ratio, model_share(flux, hits, n) / model_share(honest, hits, n));
	return ratio;
}

static double best_spread(const struct against *a, unsigned n)
{
	double ratio = 1;

	for (unsigned d = 1; d <= n; d++) {
		struct spread of;

		spread_init(&of, n, d);
		ratio = fmax(ratio, spread_likelihood(&of, a->flux->networks_mean, a->flux->networks_sd) /
					    spread_likelihood(&of, a->honest->networks_mean,
							      a->honest->networks_sd));
	}
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

	for (unsigned other = 0; other < NET_KINDS; other++) {
		double h = home / nets_kind_base[NET_CONSUMER], o = (1 - home) / nets_kind_base[other];

		if (other != NET_CONSUMER)
			ratio = fmax(ratio, (h * f[NET_CONSUMER] + o * f[other]) /
						    (h * u[NET_CONSUMER] + o * u[other]));
	}
	return ratio;
}

static void init_members(struct bound_class *b, const struct against *a)
{
	const struct class_model *m = a->flux, *u = a->honest;
	struct share shared[] = {model_ns_shared(a->parameters, m), model_ns_shared(a->parameters, u)};
	const double *counts = a->parameters->counts;
	double spread = 1;

	for (unsigned n = 1; n <= BOUND_MEMBERS; n++) {
		spread = fmax(spread, best_spread(a, n));
		b->hosts_db[n] = to_db(spread) + counts[COUNTS_SIZE] * to_db(best_size(a, n));
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
	const double *counts = a->parameters->counts;

	for (unsigned side = 0; side < 2; side++) {
		/* the kind of a mixture lies between those of its parts */
		to->other_db[side] =
			to_db(fmax(best_kind(a, side == 1, 0), best_kind(a, side == 1, VIEW_HOME_LEAST)));
		to->home_db[side] = fmax(to->other_db[side], to_db(best_kind(a, side == 1, 1)));
	}
	to->always_db = to_db(weights) +
			counts[COUNTS_ANSWER] * to_db(best_of_rows(m->answer, u->answer, 4)) +
			to_db(best_ttl(a));
	to->apart_db = to_db((1 - m->ns_among) / (1 - u->ns_among));
	to->among_db = to_db(m->ns_among / u->ns_among);
	init_members(to, a);
}

void bound_init(struct bound *b, const struct parameters *p)
{
	const struct class_model *rivals[BOUND_RIVALS];
	double honest = 0, flux = 0;

	for (unsigned k = 0; k < CLASSES; k++)
		*(k < CLASS_HONEST ? &honest : &flux) += p->class[k].weight;
	*b = (struct bound){.n = rivals_of(p, rivals)};
	for (unsigned i = 0; i < b->n; i++)
		for (unsigned k = CLASS_HONEST; k < CLASSES; k++) {
			struct against a = {p, &p->class[k], rivals[i]};

			init_class(&b->of[i][k - CLASS_HONEST], &a,
				   p->class[k].weight / flux * (honest / rivals[i]->weight));
		}
}

/* Against one rival. */
static double against_db(const struct bound_class all[CLASSES - CLASS_HONEST], struct bound_side hosts,
			 struct bound_side servers, unsigned both)
{
	unsigned h = hosts.homes + hosts.others, s = servers.homes + servers.others;
	double sum = 0;

	for (unsigned k = 0; k < CLASSES - CLASS_HONEST; k++) {
		const struct bound_class *of = &all[k];
		double hosts_db =
			of->hosts_db[h] + hosts.homes * of->home_db[0] + hosts.others * of->other_db[0];
		double apart_db = of->apart_db + of->servers_db[s] + of->both_db[s][both] +
				  servers.homes * of->home_db[1] + servers.others * of->other_db[1];
		double among_db =
			of->among_db + servers.homes * of->home_db[0] + servers.others * of->other_db[0];
		double servers_db =
			s == 0 ? 0 : to_db(exp(apart_db / MODEL_DECIBANS) + exp(among_db / MODEL_DECIBANS));

		sum += exp((of->always_db + hosts_db + servers_db) / MODEL_DECIBANS);
	}
	return to_db(sum);
}

double bound_db(const struct bound *b, struct bound_side hosts, struct bound_side servers, unsigned both)
{
	unsigned s = servers.homes + servers.others;
	double least = INFINITY;

	if (hosts.homes + hosts.others > BOUND_MEMBERS || s > BOUND_MEMBERS)
		return INFINITY;
	for (unsigned i = 0; i < b->n; i++)
		least = fmin(least, against_db(b->of[i], hosts, servers, model_fewer(both, s)));
	return least;
}
