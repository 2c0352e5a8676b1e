/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c -- see judge.h: the classes weighed against each other, and what that comes to. */
#include "judge/judge.h"

#include <math.h>
#include <string.h>

#include "judge/baseline.h"
#include "judge/fluxbuster.h"
#include "judge/model.h"
#include "judge/settle.h"

static const char *const methods[METHODS] = {"deflux", "holz2008", "zeek", "fluxbuster", "stalmans"};

enum judge_method judge_method_from_text(const char *text)
{
	unsigned m = 0;

	while (m < METHODS && strcmp(text, methods[m]) != 0)
		m++;
	return (enum judge_method)m;
}

const char *verdict_text(enum verdict v)
{
	static const char *const words[] = {"benign", "undecided", "fast-flux"};

	return words[v];
}

const char *flux_kind_text(enum flux_kind k)
{
	static const char *const words[] = {NULL, "single", "double", "ns", "cname"};

	return words[k];
}

const char *carrier_text(enum carrier c)
{
	static const char *const words[] = {NULL, "A", "AAAA", "HTTPS", "NS", "CNAME"};

	return words[c];
}

/* No side is impossible, however far a value lies from what its classes expect. */
#define LIKELIHOOD_LEAST 1e-300

/* The mean of likelihoods over classes from..to, by their weights. */
static double mixture(const struct parameters *p, const double likelihood[CLASSES], unsigned from,
		      unsigned to)
{
	double sum = 0, weights = 0;

	for (unsigned k = from; k < to; k++) {
		sum += p->class[k].weight * likelihood[k];
		weights += p->class[k].weight;
	}
	return fmax(sum / weights, LIKELIHOOD_LEAST);
}

static double ratio_db(const struct parameters *p, const double likelihood[CLASSES])
{
	return MODEL_DECIBANS *
	       log(mixture(p, likelihood, CLASS_HONEST, CLASSES) / mixture(p, likelihood, 0, CLASS_HONEST));
}

static enum model_class most_like_honest(const struct parameters *parameters,
					 const double likelihood[CLASSES])
{
	unsigned best = 0;
	double most = -1;

	for (unsigned k = 0; k < CLASS_HONEST; k++) {
		double weight = parameters->class[k].weight, p = likelihood[k] * weight;

		if (weight > 0 && p > most) {
			most = p;
			best = k;
		}
	}
	return (enum model_class)best;
}

static void sort_evidence(struct judgement *out)
{
	for (unsigned i = 1; i < out->n_evidence; i++)
		for (unsigned k = i;
		     k > 0 && fabs(out->evidence[k].weight_db) > fabs(out->evidence[k - 1].weight_db); k--) {
			struct evidence e = out->evidence[k];
			out->evidence[k] = out->evidence[k - 1];
			out->evidence[k - 1] = e;
		}
}

/* Multiplies a feature in, and keeps the largest at 1, so that many features stay within a double. */
static void multiply(double total[CLASSES], const double by[CLASSES])
{
	double most = 0;

	for (unsigned k = 0; k < CLASSES; k++) {
		total[k] *= by[k];
		most = total[k] > most ? total[k] : most;
	}
	for (unsigned k = 0; k < CLASSES; k++)
		total[k] /= most;
}

/* Adds the features one by one: the weight of each is what it changes, so that the weights add up to the
 * whole. */
static void weigh(const struct fit *f, double total[CLASSES], struct judgement *out)
{
	const struct parameters *p = f->parameters;
	double before = 0;

	for (unsigned k = 0; k < CLASSES; k++)
		total[k] = p->class[k].weight > 0; /* a class that is left out must not set the scale */
	for (unsigned i = 0; i < FEATURES; i++) {
		struct evidence *e = &out->evidence[out->n_evidence];
		double after;

		if (!f->has[i])
			continue;
		multiply(total, f->of[i]);
		after = ratio_db(p, total);
		e->feature = (enum feature)i;
		e->value = f->value[i];
		e->weight_db = after - before;
		e->expected_flux = e->expected_rival = NAN;
		e->rival = NULL;
		e->reason[0] = 0;
		out->n_evidence++;
		before = after;
	}
	out->llr_db = before;
}

/* Whether agents answer for the name, for both it and its servers, or for these alone: of each the first
 * class stands for all, wherever the agents sit. */
static enum model_class most_like_flux(const struct parameters *p, const double likelihood[CLASSES])
{
	static const enum model_class from[] = {CLASS_FLUX, CLASS_FLUX_DOUBLE, CLASS_FLUX_NS, CLASSES};
	unsigned best = 0;
	double most = -1;

	for (unsigned i = 0; from[i] != CLASSES; i++) {
		double sum = 0;

		for (unsigned k = from[i]; k < from[i + 1]; k++)
			sum += p->class[k].weight * likelihood[k];
		best = sum > most ? i : best;
		most = fmax(most, sum);
	}
	return from[best];
}

static void name_flux(const struct view *v, enum model_class like, struct judgement *out)
{
	if (like == CLASS_FLUX_NS) {
		out->kind = FLUX_NS;
		out->carrier = CARRIER_NS;
		return;
	}
	out->kind = like == CLASS_FLUX_DOUBLE ? FLUX_DOUBLE : FLUX_SINGLE;
	out->carrier = v->v6_hosts * 2 > v->hosts ? CARRIER_AAAA : CARRIER_A;
	if (v->hint_hosts * 2 > v->hosts)
		out->carrier = CARRIER_HTTPS;
	if (v->alias_hosts * 2 > v->hosts) {
		out->kind = FLUX_CNAME;
		out->carrier = CARRIER_CNAME;
	}
}

static void decide(const struct parameters *p, const struct view *v, const double total[CLASSES],
		   struct judgement *out)
{
	double odds_db = out->llr_db + MODEL_DECIBANS * log(out->prior / (1 - out->prior));

	out->probability = 1 / (1 + exp(-odds_db / MODEL_DECIBANS));
	out->verdict = out->llr_db >= p->accuse_db  ? VERDICT_FLUX
		       : out->llr_db >= p->doubt_db ? VERDICT_UNDECIDED
						    : VERDICT_BENIGN;
	if (out->verdict == VERDICT_FLUX && v->homes < p->homes_least && v->server_homes < p->homes_least)
		out->verdict = VERDICT_UNDECIDED;
	if (out->verdict == VERDICT_FLUX) {
		out->class = p->class[CLASS_FLUX].name;
		name_flux(v, most_like_flux(p, total), out);
	} else {
		out->class = p->class[most_like_honest(p, total)].name;
	}
}

/* Where the class is to be shown, all that is known of it says which it is. */
static enum model_class name_class(const struct parameters *p, const struct view *v,
				   const double total[CLASSES])
{
	double all[CLASSES], naming[CLASSES];

	memcpy(all, total, sizeof all);
	model_fit_naming(p, v, naming);
	multiply(all, naming);
	return most_like_honest(p, all);
}

static void give_reasons(const struct view *v, const struct fit *f, const double total[CLASSES],
			 struct judgement *out)
{
	const struct parameters *p = f->parameters;
	enum model_class flux = most_like_flux(p, total), rival = name_class(p, v, total);

	if (out->verdict != VERDICT_FLUX)
		out->class = p->class[rival].name;
	for (unsigned i = 0; i < out->n_evidence; i++) {
		struct evidence *e = &out->evidence[i];

		e->expected_flux = model_expected(v, f, e->feature, flux);
		e->expected_rival = model_expected(v, f, e->feature, rival);
		e->rival = p->class[rival].name;
		model_reason(v, e);
	}
}

static void begin(const struct judge *j, struct judgement *out)
{
	out->verdict = VERDICT_BENIGN;
	out->kind = FLUX_NONE;
	out->carrier = CARRIER_NONE;
	out->class = NULL;
	out->probability = out->llr_db = 0;
	out->prior = j->prior > 0 ? j->prior : parameters_or_own(j->parameters)->prior;
	out->n_waits = 0;
	out->n_evidence = 0; /* the list itself is long and is filled as far as it is used */
}

void judge_view(const struct judge *j, const struct view *v, bool reasons, struct judgement *out)
{
	const struct parameters *p = parameters_or_own(j->parameters);
	double total[CLASSES];
	struct fit fit;

	begin(j, out);
	if (j->method == METHOD_FLUXBUSTER) {
		fluxbuster_judge(j->fluxbuster, j, v, out);
		return;
	}
	if (j->method != METHOD_DEFLUX) {
		baseline_judge(j, v, out);
		return;
	}
	model_fit(j, v, &fit);
	weigh(&fit, total, out);
	decide(p, v, total, out);
	if (!reasons)
		return;
	give_reasons(v, &fit, total, out);
	sort_evidence(out);
	if (out->verdict == VERDICT_UNDECIDED)
		settle(j, v, out);
}
