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

/* When they live among the hosts they may be in any number of networks: our estimate, the same for all
 * classes. */
const double model_ns_among[5] = {0.24, 0.20, 0.18, 0.16, 0.22};

struct share model_ns_shared(const struct class_model *m)
{
	/* dependent draws: one operator decides for all, so the share is that of about four draws */
	return (struct share){4 * m->ns_shared, 4 * (1 - m->ns_shared)};
}

/* The likelihoods of one class, feature by feature. */
struct servers_fit {
	double kind, networks, shared;
};

static unsigned capped(unsigned n, unsigned most)
{
	return n < most ? n : most;
}

static struct servers_fit fit_apart(const struct judge *j, const struct view *v, const struct class_model *m)
{
	struct model_side side = {.judge = j, .view = v, .servers = true, .apart = true};
	unsigned n = capped(v->servers, MODEL_COUNTED_MAX), row = capped(v->server_clusters, 5);
	struct servers_fit f = {.kind = model_kinds(&side, m->ns_kind),
				.networks = m->ns_networks[row == 0 ? 0 : row - 1]};

	f.shared = v->pages == 0 ? 1 : model_share(model_ns_shared(m), (double)v->both * n / v->servers, n);
	return f;
}

static struct servers_fit fit_among(const struct judge *j, const struct view *v, const struct class_model *m)
{
	struct model_side side = {.judge = j, .view = v, .servers = true, .apart = true};
	unsigned n = capped(v->servers, MODEL_COUNTED_MAX), row = capped(v->server_clusters, 5);
	struct servers_fit f = {.kind = model_kinds(&side, m->kind),
				.networks = model_ns_among[row == 0 ? 0 : row - 1]};

	/* how many of the few that are seen at one time are hosts seen too: anything, of about four draws */
	f.shared = v->pages == 0 ? 1 : model_share((struct share){2, 2}, (double)v->both * n / v->servers, n);
	return f;
}

void model_fit_servers(const struct judge *j, const struct view *v, struct fit *f)
{
	struct model_side side = {.judge = j, .view = v, .servers = true};

	if (v->servers == 0)
		return;
	for (unsigned k = 0; k < CLASSES; k++) {
		const struct class_model *m = class_model((enum model_class)k);
		struct servers_fit apart = fit_apart(j, v, m), among = fit_among(j, v, m);
		double a = 1 - m->ns_among, b = m->ns_among, before = 1, now;

		now = a * apart.kind + b * among.kind;
		f->of[FEATURE_SERVER_KIND][k] = now / before;
		a *= apart.kind;
		b *= among.kind;
		before = now;
		now = a * apart.networks + b * among.networks;
		f->of[FEATURE_SERVER_SPREAD][k] = now / before;
		before = now;
		now = a * apart.networks * apart.shared + b * among.networks * among.shared;
		f->of[FEATURE_SERVER_SHARED][k] = now / before;
	}
	(void)model_kinds(&side, class_model(CLASS_ORDINARY)->ns_kind);
	f->has[FEATURE_SERVER_KIND] = j->nets != NULL && side.known != 0;
	f->value[FEATURE_SERVER_KIND] = model_homes(&side);
	f->has[FEATURE_SERVER_SPREAD] = true;
	f->value[FEATURE_SERVER_SPREAD] = v->server_clusters;
	f->has[FEATURE_SERVER_SHARED] = v->pages != 0;
	f->value[FEATURE_SERVER_SHARED] = v->both;
}
