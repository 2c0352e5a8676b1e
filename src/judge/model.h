/* SPDX-License-Identifier: Apache-2.0 */
/* model.h -- how well each class explains each feature of a domain. Private to judge. */
#pragma once

#include "judge/inputs.h"

#define MODEL_DECIBANS 4.342944819032518 /* of one natural logarithm: 10 / ln 10 */

static inline unsigned model_fewer(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

struct fit {
	const struct parameters *parameters;
	struct inputs inputs;
	/* likelihood, up to a factor that is the same for all classes; set where `has` says so */
	double of[FEATURES][CLASSES];
	bool has[FEATURES]; /* the feature could be seen at all */
	double value[FEATURES];
};

void model_fit(const struct judge *j, const struct view *v, struct fit *out);

/* The pieces that features are made of. */

/* The probability of `hits` among `n` when their chance is Beta(a, b); the number of orders is the same for
 * all classes and left out. */
double model_share(struct share s, unsigned hits, unsigned n);
/* The density of a normal distribution, times a constant. */
double model_normal(double x, double mean, double sd);
double model_ttl(const struct parameters *p, const struct class_model *m, double log10_ttl);

/* What kinds a class expects: of hosts, of servers that are apart from them. */
typedef const double *model_kinds_of(const struct class_model *m);
model_kinds_of model_host_kinds, model_server_kinds;

/* How likely the kinds of these networks are under each class; 1 when none is known. */
void model_kinds(const struct fit *f, const struct inputs_kinds *of, model_kinds_of *expected,
		 double product[CLASSES]);

/* The NS side; see servers.c. */
void model_fit_servers(const struct view *v, struct fit *f);
/* What of it a class expects when its servers are apart from its hosts: the chance that one is a host too. */
struct share model_ns_shared(const struct parameters *p, const struct class_model *m);

/* How well what is no evidence fits each class; see naming.c. The view is one with detail. */
void model_fit_naming(const struct parameters *p, const struct view *v, double of[CLASSES]);

/* What the class leads to expect of a feature, in its unit; NAN where that has none. */
double model_expected(const struct view *v, const struct fit *f, enum feature what, enum model_class k);

/* Writes the sentence, from all else that stands in the evidence. */
void model_reason(const struct view *v, struct evidence *e);

/* How far a database of networks is believed, 0..1: one that is older or younger than the capture less. */
double model_trust(const struct parameters *p, const struct nets *nets, int64_t time_ns);
