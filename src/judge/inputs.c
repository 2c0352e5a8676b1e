/* SPDX-License-Identifier: Apache-2.0 */
/* inputs.c -- see inputs.h: what of a view is counted, and how far. */
#include "judge/inputs.h"

#include <assert.h>
#include <math.h>

#include "judge/model.h"
#include "observe/intake.h"

/* One side of a domain, by the networks it lies in. */
struct side {
	const struct nets *nets; /* NULL: none is known */
	const struct view *view;
	bool servers; /* the NS side */
	bool apart;   /* networks in which hosts lie too are left out */
};

static unsigned members_of(const struct side *s, const struct view_cluster *c)
{
	if (c->net == 0 || (s->apart && c->host_members != 0))
		return 0;
	return s->servers ? c->server_members : c->host_members;
}

/* Of many networks some count, at even steps: their order, by number, must not choose. */
static void take_kinds(const struct side *s, unsigned most, struct inputs_kinds *out)
{
	const struct view *v = s->view;
	unsigned seen = 0, counted;

	assert(most <= INPUTS_KINDS_MAX);
	out->known = out->n = 0;
	for (unsigned i = 0; s->nets != NULL && i < v->n_clusters; i++)
		out->known += members_of(s, &v->clusters[i]) != 0;
	counted = model_fewer(out->known, most);
	for (unsigned i = 0; out->known != 0 && i < v->n_clusters; i++) {
		const struct view_cluster *c = &v->clusters[i];

		if (members_of(s, c) == 0)
			continue;
		seen++;
		if (seen * counted / out->known != (seen - 1) * counted / out->known)
			out->of[out->n++] = nets_get(s->nets, c->net);
	}
}

/* The share of homes among its members, as far as their networks are known. */
static double share_of_homes(const struct side *s)
{
	double homes = 0, all = 0;

	for (unsigned i = 0; s->nets != NULL && i < s->view->n_clusters; i++) {
		const struct view_cluster *c = &s->view->clusters[i];
		unsigned members = members_of(s, c);

		homes += members == 0 ? 0 : (double)nets_get(s->nets, c->net)->kind[NET_CONSUMER] * members;
		all += members;
	}
	return all > 0 ? homes / all : 0;
}

/*
 * What can be compared when a domain has more members than count: how many networks so many, drawn at random
 * from the blocks of all hosts, would show. A network with the share c of all is missed with chance
 * (1 - c)^n.
 */
double inputs_networks(const struct view *v, unsigned counted_max, unsigned *drawn)
{
	unsigned blocks = 0;
	double networks = 0;

	for (unsigned i = 0; i < v->n_clusters; i++)
		blocks += v->clusters[i].hosts;
	*drawn = model_fewer(blocks, counted_max);
	if (*drawn == blocks)
		return v->host_clusters;
	for (unsigned i = 0; i < v->n_clusters; i++)
		networks += 1 - pow(1 - (double)v->clusters[i].hosts / blocks, *drawn);
	return networks;
}

static void take_hosts(const struct judge *j, const struct view *v, struct inputs *out)
{
	const struct parameters *p = parameters_or_own(j->parameters);
	const struct side side = {.nets = j->nets, .view = v};

	take_kinds(&side, p->kinds_max, &out->hosts);
	out->homes = share_of_homes(&side);
	out->has_hosts = v->hosts != 0;
	out->members = v->hosts + v->more_members;
	out->host_clusters = v->host_clusters;
	out->drawn = out->networks = 0;
	if (out->has_hosts)
		out->networks = (unsigned)(inputs_networks(v, p->counted_max, &out->drawn) + 0.5);
}

/* That share of those n that count, given as how many it is: a whole number is weighed. */
static struct inputs_share share_of(double hits, unsigned n)
{
	return (struct inputs_share){.has = true, .n = n, .hits = (unsigned)(hits + 0.5)};
}

static void take_answers(const struct view *v, unsigned counted_max, struct inputs *out)
{
	bool looks = (v->domain->lacks & LACK_LOOKUPS) == 0; /* single look-ups were seen */
	unsigned n = model_fewer(v->movable, counted_max);

	out->moved = (struct inputs_share){.has = false};
	if (v->movable > 1 && looks)
		out->moved = share_of((double)v->moved / v->movable * n, n);
	out->answer_max = looks ? v->answer_max : 0;
	out->has_ttl = v->have_ttl;
	out->ttl_median = v->ttl_median;
}

static void take_servers(const struct judge *j, const struct view *v, struct inputs *out)
{
	const struct parameters *p = parameters_or_own(j->parameters);
	const struct side all = {.nets = j->nets, .view = v, .servers = true},
			  apart = {.nets = j->nets, .view = v, .servers = true, .apart = true};
	unsigned n = model_fewer(v->servers, p->counted_max);

	out->has_servers = v->servers != 0;
	out->apart.known = out->apart.n = 0;
	out->server_homes = 0;
	out->server_networks = 0;
	out->both = (struct inputs_share){.has = false};
	if (!out->has_servers)
		return;
	take_kinds(&apart, p->kinds_max, &out->apart);
	out->server_homes = share_of_homes(&all);
	out->server_networks = v->server_clusters;
	if (v->pages != 0)
		out->both = share_of((double)v->both * n / v->servers, n);
}

static double honest_odds(const struct parameters *p, unsigned hits, unsigned n)
{
	return model_share(p->partners_wrongly, hits, n) / model_share(p->partners_flux, hits, n);
}

/*
 * Of the domains that draw from the same members, how many their own evidence accuses: in flux most. Of a
 * large honest service one may be accused by chance, and would accuse all others. So that most are is no
 * further evidence, and that few are takes back what the marks say. Between two whole numbers of those that
 * count it lies between: of many users of a member some are not kept, and which these are must not decide.
 */
static double weigh_partners(const struct view *v, const struct parameters *p)
{
	unsigned n = model_fewer(v->partners, p->accused_counted), low;
	double hits, odds;

	if (v->partners == 0)
		return 1;
	hits = (double)n * v->accused_partners / v->partners;
	low = (unsigned)hits;
	odds = honest_odds(p, low, n);
	if (low < n)
		odds *= pow(honest_odds(p, low + 1, n) / odds, hits - low);
	return fmax(1, odds);
}

/* Members that domains use which their own evidence accuses; see class.c. */
static void take_shared(const struct view *v, const struct parameters *p, struct inputs *out)
{
	unsigned n = model_fewer(v->n_members, p->accused_counted);
	struct inputs_share s;
	double together, by_chance, honest;

	out->shared = 0;
	for (unsigned i = 0; i < v->n_members; i++)
		out->shared += v->members[i].accused_users != 0;
	out->shared_flux = out->shared_honest = 1;
	if (out->shared == 0)
		return;
	s = share_of((double)out->shared * n / v->n_members, n);
	together = model_share(p->accused_flux, s.hits, s.n);
	by_chance = model_share(p->accused_chance, s.hits, s.n);
	out->shared_flux = (1 - p->accused_alone) * together + p->accused_alone * by_chance;
	honest = (1 - p->accused_wrongly) * by_chance + p->accused_wrongly * together;
	/* what is taken back is what marks say, and no more */
	if (honest < out->shared_flux)
		honest = fmin(honest * weigh_partners(v, p), out->shared_flux);
	out->shared_honest = honest;
}

void inputs_of(const struct judge *j, const struct view *v, struct inputs *out)
{
	const struct parameters *p = parameters_or_own(j->parameters);

	/* field by field: the lists are long, and are filled as far as they are used */
	out->trust = model_trust(p, j->nets, v->domain->first_ns);
	take_hosts(j, v, out);
	take_answers(v, p->counted_max, out);
	take_servers(j, v, out);
	take_shared(v, p, out);
}
