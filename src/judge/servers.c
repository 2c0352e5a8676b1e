/* SPDX-License-Identifier: Apache-2.0 */
/*
 * servers.c -- how well each class explains a domain's name servers.
 *
 * They are somebody else's (a DNS hoster's, or machines set apart for it), or they live among the hosts. In
 * flux the latter is double flux; but honest services do it too, from a home server to a pool that serves its
 * own zone. Each class is the mixture of both. Networks in which hosts lie too have said what they are on
 * that side: only the others are further draws.
 */
#include <string.h>

#include "judge/model.h"

struct share model_ns_shared(const struct parameters *p, const struct class_model *m)
{
	double draws = p->ns_shared_draws;

	return (struct share){draws * m->ns_shared, draws * (1 - m->ns_shared)};
}

/* The likelihoods of one class, feature by feature. */
struct servers_fit {
	double kind, networks, shared;
};

/* How likely it is that so many of the servers are hosts too; of many, a share of those that count. */
static double fit_both(const struct fit *f, struct share s)
{
	const struct inputs_share *both = &f->inputs.both;

	return both->has && f->parameters->used[FEATURE_SERVER_SHARED] ? model_share(s, both->hits, both->n)
								       : 1;
}

/* The mixture of both, as what each feature adds to those before it. */
static void mix(struct fit *f, unsigned k, const struct servers_fit *apart, const struct servers_fit *among)
{
	double b = f->parameters->class[k].ns_among, a = 1 - b, before;

	a *= apart->kind;
	b *= among->kind;
	f->of[FEATURE_SERVER_KIND][k] = before = a + b;
	a *= apart->networks;
	b *= among->networks;
	f->of[FEATURE_SERVER_SPREAD][k] = (a + b) / before;
	before = a + b;
	a *= apart->shared;
	b *= among->shared;
	f->of[FEATURE_SERVER_SHARED][k] = (a + b) / before;
}

void model_fit_servers(const struct view *v, struct fit *f)
{
	const struct parameters *p = f->parameters;
	const struct inputs *in = &f->inputs;
	unsigned networks = model_fewer(in->server_networks, 5), row = networks == 0 ? 0 : networks - 1;
	double as_servers[CLASSES], as_hosts[CLASSES];

	if (!in->has_servers)
		return;
	model_kinds(f, &in->apart, model_server_kinds, as_servers);
	model_kinds(f, &in->apart, model_host_kinds, as_hosts);
	for (unsigned k = 0; k < CLASSES; k++) {
		const struct class_model *m = &p->class[k];
		struct servers_fit apart = {as_servers[k], m->ns_networks[row],
					    fit_both(f, model_ns_shared(p, m))};
		struct servers_fit among = {as_hosts[k], p->ns_among_networks[row],
					    fit_both(f, p->ns_among_shared)};

		/* what is not used must not say either which of the two it is */
		if (!p->used[FEATURE_SERVER_KIND])
			apart.kind = among.kind = 1;
		if (!p->used[FEATURE_SERVER_SPREAD])
			apart.networks = among.networks = 1;
		mix(f, k, &apart, &among);
	}
	f->has[FEATURE_SERVER_KIND] = in->apart.known != 0;
	f->value[FEATURE_SERVER_KIND] = in->server_homes;
	f->has[FEATURE_SERVER_SPREAD] = true;
	f->value[FEATURE_SERVER_SPREAD] = in->server_networks;
	f->has[FEATURE_SERVER_SHARED] = in->both.has;
	f->value[FEATURE_SERVER_SHARED] = v->both;
}
