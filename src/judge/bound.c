/* SPDX-License-Identifier: Apache-2.0 */
/* bound.c -- see bound.h: the largest ratios, found by trying what values a feature can have. */
#include "judge/bound.h"

#include <math.h>

#include "judge/model.h"

static double to_db(double ratio)
{
	return MODEL_DECIBANS * log(ratio);
}

static const struct class_model *rival(void)
{
	return class_model(CLASS_UNKNOWN);
}

/* The likelihood of a feature whose value is a number, or a share among b draws. */
typedef double likelihood(const struct class_model *m, double a, double b);

static double of_spread(const struct class_model *m, double hits, double n)
{
	return model_share(m->networks, hits, n);
}

static double of_shared(const struct class_model *m, double hits, double n)
{
	return model_share(model_ns_shared(m), hits, n);
}

static double of_size(const struct class_model *m, double log2_size, double unused)
{
	(void)unused;
	return model_normal(log2_size, m->size_mean, m->size_sd);
}

static double of_ttl(const struct class_model *m, double log10_ttl, double unused)
{
	(void)unused;
	return model_ttl(m, log10_ttl);
}

static double of_answer(const struct class_model *m, double row, double unused)
{
	(void)unused;
	return m->answer[(unsigned)row];
}

static double of_networks(const struct class_model *m, double row, double unused)
{
	(void)unused;
	return m->ns_networks[(unsigned)row];
}

/* The largest ratio of the class to the rival for 0, step ... to; at least 1, since the feature may not be
 * seen at all. */
static double best(const struct class_model *m, likelihood *of, const double to_step[2], double b)
{
	double ratio = 1;

	for (double a = 0; a <= to_step[0]; a += to_step[1])
		ratio = fmax(ratio, of(m, a, b) / of(rival(), a, b));
	return ratio;
}

/* The largest ratio of a member's kind when it is a home with probability `home`, and any one other kind
 * else. */
static double best_kind(const struct class_model *m, bool servers, double home)
{
	model_kinds_of *of = servers ? model_server_kinds : model_host_kinds;
	const double *u = of(rival()), *f = of(m);
	double ratio = 1;

	for (unsigned other = 0; other < NET_KINDS; other++)
		if (other != NET_CONSUMER)
			ratio = fmax(ratio, (home * f[NET_CONSUMER] + (1 - home) * f[other]) /
						    (home * u[NET_CONSUMER] + (1 - home) * u[other]));
	return ratio;
}

static void init_members(struct bound_class *b, const struct class_model *m)
{
	double spread = 1;

	for (unsigned n = 1; n <= BOUND_MEMBERS; n++) {
		spread = fmax(spread, best(m, of_spread, (double[2]){n - 1, 1}, n - 1));
		b->hosts_db[n] = to_db(spread) + to_db(best(m, of_size, (double[2]){log2(n), 0.01}, 0));
		b->servers_db[n] = to_db(best(m, of_networks, (double[2]){model_fewer(n, 5) - 1, 1}, 0));
		for (unsigned both = 0; both <= n; both++)
			b->both_db[n][both] = fmax(to_db(best(m, of_shared, (double[2]){both, 1}, n)),
						   b->both_db[n - 1][model_fewer(both, n - 1)]);
	}
}

void bound_init(struct bound *b)
{
	double honest = 0, flux = 0;

	for (unsigned k = 0; k < CLASSES; k++)
		*(k < CLASS_HONEST ? &honest : &flux) += class_model((enum model_class)k)->weight;
	*b = (struct bound){0};
	for (unsigned k = CLASS_HONEST; k < CLASSES; k++) {
		struct bound_class *to = &b->of[k - CLASS_HONEST];
		const struct class_model *m = class_model((enum model_class)k);

		for (unsigned side = 0; side < 2; side++) {
			/* the kind of a mixture lies between those of its parts */
			to->other_db[side] = to_db(
				fmax(best_kind(m, side == 1, 0), best_kind(m, side == 1, VIEW_HOME_LEAST)));
			to->home_db[side] = fmax(to->other_db[side], to_db(best_kind(m, side == 1, 1)));
		}
		to->always_db = to_db(m->weight / flux) + to_db(honest / rival()->weight) +
				to_db(best(m, of_answer, (double[2]){3, 1}, 0)) +
				to_db(best(m, of_ttl, (double[2]){10, 0.01}, 0));
		to->apart_db = to_db((1 - m->ns_among) / (1 - rival()->ns_among));
		to->among_db = to_db(m->ns_among / rival()->ns_among);
		init_members(to, m);
	}
}

double bound_db(const struct bound *b, struct bound_side hosts, struct bound_side servers, unsigned both)
{
	unsigned h = hosts.homes + hosts.others, s = servers.homes + servers.others;
	double sum = 0;

	if (h > BOUND_MEMBERS || s > BOUND_MEMBERS)
		return INFINITY;
	both = model_fewer(both, s);
	for (unsigned k = 0; k < CLASSES - CLASS_HONEST; k++) {
		const struct bound_class *of = &b->of[k];
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
