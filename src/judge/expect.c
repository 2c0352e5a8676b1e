/* SPDX-License-Identifier: Apache-2.0 */
/* expect.c -- what a class leads to expect of a feature, in the feature's unit: the mean, or the median where
 * the class is one of a logarithm. */
#include <math.h>

#include "judge/model.h"
#include "judge/spread.h"

static double mean_of(struct share s)
{
	return s.a / (s.a + s.b);
}

/* Of a distribution over n rows, each standing for the number `of` it. */
static double mean_of_rows(const double *row, const double *of, unsigned n)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += row[i] * of[i];
	return sum;
}

/* Of so many members. Of more than count, as far from what was seen as it is in the sample that counts. */
static double expected_networks(const struct view *v, const struct fit *f, const struct class_model *m)
{
	unsigned n;
	double seen = inputs_networks(v, f->parameters->counted_max, &n),
	       expected = spread_expected(n, m->networks_mean, m->networks_sd);

	/* all of them, where all members count */
	return seen == v->host_clusters ? expected : expected / seen * v->host_clusters;
}

/* What the name servers' side shows is a mixture: servers apart, or among the hosts. */
static double mixed(const struct class_model *m, double apart, double among)
{
	return (1 - m->ns_among) * apart + m->ns_among * among;
}

static double expected_of_servers(const struct view *v, const struct fit *f, enum feature what,
				  const struct class_model *m)
{
	static const double networks[] = {1, 2, 3, 4, 5};
	const struct parameters *p = f->parameters;

	if (what == FEATURE_SERVER_KIND)
		return mixed(m, m->ns_kind[NET_CONSUMER], m->kind[NET_CONSUMER]);
	if (what == FEATURE_SERVER_SPREAD)
		return mixed(m, mean_of_rows(m->ns_networks, networks, 5),
			     mean_of_rows(p->ns_among_networks, networks, 5));
	return v->servers * mixed(m, m->ns_shared, mean_of(p->ns_among_shared));
}

/* Members that accused domains use: the same of all flux, and of all that is honest. */
static double expected_shared(const struct view *v, const struct parameters *p, enum model_class k)
{
	double related = (unsigned)k < CLASS_HONEST ? p->accused_wrongly : 1 - p->accused_alone;

	return v->n_members *
	       (related * mean_of(p->accused_flux) + (1 - related) * mean_of(p->accused_chance));
}

double model_expected(const struct view *v, const struct fit *f, enum feature what, enum model_class k)
{
	static const double addresses[] = {1, 3, 8, 16}; /* that the rows of an answer's size stand for */
	const struct class_model *m = &f->parameters->class[k];

	switch (what) {
	case FEATURE_MEMBER_KIND:
		return m->kind[NET_CONSUMER];
	case FEATURE_SPREAD:
		return expected_networks(v, f, m);
	case FEATURE_SIZE:
		return exp2(m->size_mean);
	case FEATURE_TURNOVER:
		return mean_of(m->moved);
	case FEATURE_ANSWER:
		return mean_of_rows(m->answer, addresses, 4);
	case FEATURE_TTL:
		return pow(10, m->ttl_mean);
	case FEATURE_SERVER_KIND:
	case FEATURE_SERVER_SPREAD:
	case FEATURE_SERVER_SHARED:
		return expected_of_servers(v, f, what, m);
	case FEATURE_SHARED:
		return expected_shared(v, f->parameters, k);
	case FEATURE_SCORE:
	case FEATURES:
		break;
	}
	return NAN;
}
