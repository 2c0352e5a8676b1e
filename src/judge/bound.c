/* SPDX-License-Identifier: Apache-2.0 */
/* bound.c -- see bound.h: the largest ratios, found by trying what values a feature can have. */
#include "judge/bound.h"

#include <math.h>

#include "judge/model.h"

#define TTL_STEP       0.01 /* of log10 s */
#define COUNT_STEP     0.1  /* of log2 of a count */
#define COUNT_LOG2_MAX 20

static double to_db(double ratio)
{
	return MODEL_DECIBANS * log(ratio);
}

/* One class of flux, held against an honest one. */
struct against {
	const struct parameters *parameters;
	const struct class_model *flux, *honest;
};

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

static double best_about(const struct against *a, struct about flux, struct about honest)
{
	double ratio = 1;

	for (double from = 0; from < COUNT_LOG2_MAX; from += COUNT_STEP) {
		double to = from + COUNT_STEP, peak = fmin(fmax(flux.mean, from), to);

		ratio = fmax(ratio, model_about(a->parameters, flux, peak) /
					    fmin(model_about(a->parameters, honest, from),
						 model_about(a->parameters, honest, to)));
	}
	return ratio;
}

/* The largest ratio of a member's kind when it is a home with probability `home`, and any one other kind
 * else; the rival with that share of homes, flux with any. */
static double best_kind(struct model_kinds flux, struct model_kinds honest, unsigned step, double home)
{
	double ratio = 1, share = model_step_homes(step), flux_others = 1 - flux.kind[NET_CONSUMER],
	       honest_others = 1 - honest.kind[NET_CONSUMER];

	for (unsigned other = NET_CONSUMER + 1; other < NET_KINDS; other++)
		for (unsigned i = 0; i < CLASS_HOMES_STEPS; i++) {
			double s = model_step_homes(i);

			ratio = fmax(ratio,
				     (home * s + (1 - home) * (1 - s) * flux.kind[other] / flux_others) /
					     (home * share +
					      (1 - home) * (1 - share) * honest.kind[other] / honest_others));
		}
	return ratio;
}

/* How likely each class thinks that so many members lie in so many networks. */
struct spreads {
	double of[BOUND_MEMBERS + 1][BOUND_MEMBERS + 1]; /* [members][networks] */
};

static void spreads_of(const struct parameters *p, const struct class_model *m, struct spreads *out)
{
	for (unsigned n = 2; n <= BOUND_MEMBERS; n++)
		for (unsigned d = 1; d <= n; d++)
			out->of[n][d] = model_spread(p, m, d, n);
}

static double best_spread(const struct spreads *flux, const struct spreads *honest, unsigned n)
{
	double ratio = 1;

	for (unsigned d = 1; n > 1 && d <= n; d++)
		ratio = fmax(ratio, flux->of[n][d] / honest->of[n][d]);
	return ratio;
}

/* The honest class's mean over all shares of homes is no less than its weight for one of them times that one:
 * each share is a bound, and the least is taken. */
static void init_kinds(bound_kinds to, const struct against *a, model_kinds_of *of)
{
	struct model_kinds flux = of(a->flux), honest = of(a->honest);
	double weights[CLASS_HOMES_STEPS], home[CLASS_HOMES_STEPS], other[CLASS_HOMES_STEPS];

	model_homes_weights(a->parameters, honest, weights);
	for (unsigned i = 0; i < CLASS_HOMES_STEPS; i++) {
		/* the kind of a mixture lies between those of its parts */
		other[i] = to_db(
			fmax(best_kind(flux, honest, i, 0), best_kind(flux, honest, i, VIEW_HOME_LEAST)));
		home[i] = fmax(other[i], to_db(best_kind(flux, honest, i, 1)));
	}
	for (unsigned h = 0; h <= BOUND_MEMBERS; h++)
		for (unsigned o = 0; h + o <= BOUND_MEMBERS; o++) {
			double least = h + o == 0 ? 0 : INFINITY;

			for (unsigned i = 0; i < CLASS_HOMES_STEPS; i++)
				least = fmin(least, to_db(1 / weights[i]) + h * home[i] + o * other[i]);
			to[h][o] = (float)least;
		}
}

/* all_db: of a domain, whatever its members are. */
static void init_pair(struct bound_pair *to, const struct against *a, const struct spreads *flux,
		      const struct spreads *honest, double all_db)
{
	const struct class_model *m = a->flux, *u = a->honest;
	struct share shared[] = {model_ns_shared(a->parameters, m), model_ns_shared(a->parameters, u)};
	double spread = 1, beside = 1;

	for (unsigned n = 0; n <= BOUND_MEMBERS; n++) {
		spread = fmax(spread, best_spread(flux, honest, n));
		if (n > 1)
			beside = fmax(beside, best_of_share(m->beside, u->beside, n - 1, n - 1));
		to->hosts[n] = (float)(all_db + to_db(spread) + to_db(beside) + to_db(best_size(a, n)));
		for (unsigned both = 0; both <= n; both++)
			to->both[n][both] = fmaxf((float)to_db(best_of_share(shared[0], shared[1], both, n)),
						  n == 0 ? 0 : to->both[n - 1][model_fewer(both, n - 1)]);
	}
	init_kinds(to->kinds, a, model_host_kinds);
	init_kinds(to->apart, a, model_server_kinds);
	to->apart_db = (float)(to_db((1 - m->ns_among) / (1 - u->ns_among)) +
			       to_db(best_about(a, m->ns_networks, u->ns_networks)));
	to->among_db = (float)to_db(m->ns_among / u->ns_among);
}

/* The features that do not hang on the members. */
static double all_of(const struct against *a)
{
	return to_db(best_of_rows(a->flux->answer, a->honest->answer, 4)) + to_db(best_ttl(a)) +
	       to_db(best_about(a, a->flux->partners, a->honest->partners)) +
	       to_db(best_about(a, a->flux->names, a->honest->names));
}

void bound_init(struct bound *b, const struct parameters *p)
{
	double honest = 0, flux = 0;
	struct spreads spreads[CLASSES];

	for (unsigned k = 0; k < CLASSES; k++) {
		*(k < CLASS_HONEST ? &honest : &flux) += p->class[k].weight;
		spreads_of(p, &p->class[k], &spreads[k]);
	}
	for (unsigned u = 0; u < CLASS_HONEST; u++) {
		b->used[u] = p->class[u].weight > 0;
		for (unsigned k = CLASS_HONEST; b->used[u] && k < CLASSES; k++) {
			struct against a = {p, &p->class[k], &p -> class[u]};
			double weights = p->class[k].weight / flux * (honest / p->class[u].weight);

			init_pair(&b->of[k - CLASS_HONEST][u], &a, &spreads[k], &spreads[u],
				  to_db(weights) + all_of(&a));
		}
	}
}

static double pair_db(const struct bound_pair *p, struct bound_side hosts, struct bound_side servers,
		      unsigned both)
{
	unsigned s = servers.homes + servers.others;
	double kinds = (double)p->kinds[hosts.homes][hosts.others], apart, among,
	       all = (double)p->hosts[hosts.homes + hosts.others];

	if (s == 0)
		return all + kinds;
	apart = kinds + (double)(p->apart_db + p->apart[servers.homes][servers.others] + p->both[s][both]);
	/* among the hosts they are drawn from one population with them */
	among = (double)(p->among_db + p->kinds[hosts.homes + servers.homes][hosts.others + servers.others]);
	return all + fmax(apart, among);
}

double bound_db(const struct bound *b, struct bound_side hosts, struct bound_side servers, unsigned both)
{
	unsigned h = hosts.homes + hosts.others, s = servers.homes + servers.others;
	double sum = 0;

	if (h + s > BOUND_MEMBERS)
		return INFINITY;
	both = model_fewer(both, s);
	for (unsigned k = 0; k < CLASSES - CLASS_HONEST; k++) {
		double least = INFINITY;

		for (unsigned u = 0; u < CLASS_HONEST; u++)
			if (b->used[u])
				least = fmin(least, pair_db(&b->of[k][u], hosts, servers, both));
		sum += exp(least / MODEL_DECIBANS);
	}
	return to_db(sum);
}
