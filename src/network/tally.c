/* SPDX-License-Identifier: Apache-2.0 */
/* tally.c -- see tally.h. */
#include "network/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"

/* An agent of more networks than this is not told of where networks share agents. */
enum { SHARED_BY_MAX = 16 };

#define HOUR_NS (3600 * NS_PER_SECOND)

static int by_number(uint64_t x, uint64_t y)
{
	return (x > y) - (x < y);
}

/* ---- agents ---- */

static int by_agent(const void *a, const void *b)
{
	const struct network_agent *x = a, *y = b;

	return by_number(x->member, y->member);
}

static void merge_agent(struct network_agent *into, const struct network_agent *from)
{
	into->first_ns = from->first_ns < into->first_ns ? from->first_ns : into->first_ns;
	into->last_ns = from->last_ns > into->last_ns ? from->last_ns : into->last_ns;
	into->count += from->count;
	into->domains++;
	into->sides |= from->sides;
}

static void merge_agents(struct network *w)
{
	uint32_t kept = 0;

	if (w->n_agents != 0)
		qsort(w->agents, w->n_agents, sizeof *w->agents, by_agent);
	for (uint32_t i = 0; i < w->n_agents; i++)
		if (kept != 0 && w->agents[kept - 1].member == w->agents[i].member)
			merge_agent(&w->agents[kept - 1], &w->agents[i]);
		else
			w->agents[kept++] = w->agents[i];
	w->n_agents = kept;
	for (uint32_t i = 0; i < kept; i++) {
		w->hosts += (w->agents[i].sides & SIDE_HOST) != 0;
		w->servers += (w->agents[i].sides & SIDE_SERVER) != 0;
	}
}

static enum err find_agents(struct networks *n, struct network *w)
{
	size_t uses = 0;

	for (uint32_t i = 0; i < w->n_domains; i++)
		uses += n->domains[w->domains[i]].n_uses;
	w->agents = calloc(uses + 1, sizeof *w->agents);
	if (w->agents == NULL)
		return E_MEMORY;
	for (uint32_t i = 0; i < w->n_domains; i++) {
		struct network_domain *d = &n->domains[w->domains[i]];

		for (uint32_t k = 0; k < d->n_uses; k++) {
			const struct network_use *u = &n->uses[d->uses + k];

			if (!networks_is_agent(n, u))
				continue;
			d->agents++;
			w->agents[w->n_agents++] =
				(struct network_agent){.addr = u->addr,
						       .first_ns = u->first_ns,
						       .last_ns = u->last_ns,
						       .count = u->count,
						       .member = u->member,
						       .net = u->net,
						       .domains = 1,
						       .country = {u->country[0], u->country[1]},
						       .sides = u->sides};
		}
	}
	merge_agents(w);
	return OK;
}

/* Members of its domains that are no agents, each once. */
static enum err count_aside(const struct networks *n, struct network *w)
{
	struct network_agent *agent, key;
	uint32_t *aside, found = 0;
	size_t uses = 0;

	for (uint32_t i = 0; i < w->n_domains; i++)
		uses += n->domains[w->domains[i]].n_uses;
	aside = calloc(n->n_members / 32 + 1u, sizeof *aside);
	if (aside == NULL)
		return E_MEMORY;
	for (uint32_t i = 0; i < w->n_domains && uses != 0; i++) {
		const struct network_domain *d = &n->domains[w->domains[i]];

		for (uint32_t k = 0; k < d->n_uses; k++) {
			key.member = n->uses[d->uses + k].member;
			agent = bsearch(&key, w->agents, w->n_agents, sizeof key, by_agent);
			if (agent != NULL || (aside[key.member / 32] >> key.member % 32 & 1) != 0)
				continue;
			aside[key.member / 32] |= 1u << key.member % 32;
			found++;
		}
	}
	free(aside);
	w->set_aside = found;
	return OK;
}

/* ---- where they sit ---- */

static int by_net(const void *a, const void *b)
{
	const struct network_isp *x = a, *y = b;

	return by_number(x->net, y->net);
}

static int by_agents(const void *a, const void *b)
{
	const struct network_isp *x = a, *y = b;

	return x->agents != y->agents ? by_number(y->agents, x->agents) : by_net(a, b);
}

static enum err find_isps(struct network *w)
{
	uint32_t kept = 0;

	w->isps = calloc(w->n_agents + 1u, sizeof *w->isps);
	if (w->isps == NULL)
		return E_MEMORY;
	for (uint32_t i = 0; i < w->n_agents; i++) {
		const struct network_agent *a = &w->agents[i];

		w->isps[i] = (struct network_isp){.net = a->net,
						  .agents = 1,
						  .hosts = (a->sides & SIDE_HOST) != 0,
						  .servers = (a->sides & SIDE_SERVER) != 0,
						  .first_ns = a->first_ns,
						  .last_ns = a->last_ns};
	}
	qsort(w->isps, w->n_agents, sizeof *w->isps, by_net);
	for (uint32_t i = 0; i < w->n_agents; i++) {
		const struct network_isp *from = &w->isps[i];
		struct network_isp *into = &w->isps[kept == 0 ? 0 : kept - 1];

		if (kept == 0 || into->net != from->net) {
			w->isps[kept++] = *from;
			continue;
		}
		into->agents++;
		into->hosts += from->hosts;
		into->servers += from->servers;
		into->first_ns = from->first_ns < into->first_ns ? from->first_ns : into->first_ns;
		into->last_ns = from->last_ns > into->last_ns ? from->last_ns : into->last_ns;
	}
	qsort(w->isps, kept, sizeof *w->isps, by_agents);
	w->n_isps = kept;
	return OK;
}

static int by_country(const void *a, const void *b)
{
	const struct network_country *x = a, *y = b;

	return x->agents != y->agents ? by_number(y->agents, x->agents) : memcmp(x->country, y->country, 2);
}

static enum err find_countries(struct network *w)
{
	uint32_t room = 0;

	for (uint32_t i = 0; i < w->n_agents; i++) {
		const char *country = w->agents[i].country;
		uint32_t at = 0;

		while (at < w->n_countries && memcmp(w->countries[at].country, country, 2) != 0)
			at++;
		if (at == room) { /* there are some 250 */
			struct network_country *grown =
				realloc(w->countries, (room * 2 + 16) * sizeof *grown);

			if (grown == NULL)
				return E_MEMORY;
			w->countries = grown;
			room = room * 2 + 16;
		}
		if (at == w->n_countries)
			w->countries[w->n_countries++] =
				(struct network_country){{country[0], country[1]}, 0};
		w->countries[at].agents++;
	}
	if (w->n_countries != 0)
		qsort(w->countries, w->n_countries, sizeof *w->countries, by_country);
	return OK;
}

/* ---- when, how many, what kind ---- */

static uint32_t bin_of(const struct network *w, int64_t time_ns)
{
	int64_t bin = time_ns < w->bins_from_ns ? 0 : (time_ns - w->bins_from_ns) / w->bin_ns;

	return bin < w->n_bins ? (uint32_t)bin : w->n_bins - 1;
}

/* By whole hours, or by as many as keep the bins few. */
static void find_active(struct network *w)
{
	int64_t change[NETWORK_BINS_MAX + 1] = {0}, now = 0;

	for (w->bin_ns = HOUR_NS; (w->last_ns - w->first_ns) / w->bin_ns >= NETWORK_BINS_MAX - 1;)
		w->bin_ns *= 2;
	w->bins_from_ns = w->first_ns - w->first_ns % w->bin_ns;
	w->n_bins = (uint32_t)((w->last_ns - w->bins_from_ns) / w->bin_ns + 1);
	for (uint32_t i = 0; i < w->n_agents; i++) {
		change[bin_of(w, w->agents[i].first_ns)]++;
		change[bin_of(w, w->agents[i].last_ns) + 1]--;
	}
	for (uint32_t i = 0; i < w->n_bins; i++) {
		now += change[i];
		w->active[i] = (uint32_t)now;
	}
}

static void find_size(struct network *w)
{
	struct size_counts c = {.seen = w->n_agents, .lookups = w->lookups};

	for (uint32_t i = 0; i < w->n_agents; i++) {
		c.once += w->agents[i].count <= 1;
		c.twice += w->agents[i].count == 2;
	}
	w->size = size_estimate(&c);
}

static void sum_domains(const struct networks *n, struct network *w)
{
	uint32_t kinds[FLUX_CNAME + 1] = {0};

	w->first_ns = INT64_MAX;
	w->last_ns = INT64_MIN;
	for (uint32_t i = 0; i < w->n_domains; i++) {
		const struct network_domain *d = &n->domains[w->domains[i]];

		w->first_ns = d->first_ns < w->first_ns ? d->first_ns : w->first_ns;
		w->last_ns = d->last_ns > w->last_ns ? d->last_ns : w->last_ns;
		w->lookups += d->answers;
		w->more_agents = d->more > w->more_agents ? d->more : w->more_agents;
		kinds[d->kind]++;
	}
	for (unsigned k = 0; k <= FLUX_CNAME; k++)
		w->kind = kinds[k] > kinds[w->kind] ? (enum flux_kind)k : w->kind;
}

static enum err tally(struct networks *n, struct network *w)
{
	enum err e;

	sum_domains(n, w);
	e = find_agents(n, w);
	if (e == OK)
		e = count_aside(n, w);
	if (e == OK)
		e = find_isps(w);
	if (e == OK)
		e = find_countries(w);
	if (e != OK)
		return e;
	find_active(w);
	find_size(w);
	return OK;
}

/* ---- agents that several networks have ---- */

struct seen {
	uint32_t member, network;
};

struct both {
	uint32_t a, b;
};

static int by_seen(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->member != y->member ? by_number(x->member, y->member) : by_number(x->network, y->network);
}

static int by_both(const void *a, const void *b)
{
	const struct both *x = a, *y = b;

	return x->a != y->a ? by_number(x->a, y->a) : by_number(x->b, y->b);
}

static int by_shares(const void *a, const void *b)
{
	const struct network_share *x = a, *y = b;

	return x->agents != y->agents ? by_number(y->agents, x->agents) : by_number(x->network, y->network);
}

/* Writes both directions of each pair of networks that have the agent; returns how many there are. */
static size_t pairs_of(const struct seen *seen, size_t n, struct both *to)
{
	size_t pairs = 0;

	if (n > SHARED_BY_MAX)
		return 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			if (i != k) {
				if (to != NULL)
					to[pairs] = (struct both){seen[i].network, seen[k].network};
				pairs++;
			}
	return pairs;
}

/* All pairs, agent by agent; with `to` NULL they are only counted. */
static size_t all_pairs(const struct seen *seen, size_t n, struct both *to)
{
	size_t pairs = 0;

	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && seen[end].member == seen[i].member; end++)
			;
		pairs += pairs_of(seen + i, end - i, to == NULL ? NULL : to + pairs);
	}
	return pairs;
}

/* The sorted pairs that begin with one network. */
static enum err keep_shares(struct network *w, const struct both *both, size_t n)
{
	w->shares = calloc(n + 1, sizeof *w->shares);
	if (w->shares == NULL)
		return E_MEMORY;
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || both[i].b != both[i - 1].b)
			w->shares[w->n_shares++] = (struct network_share){both[i].b, 0};
		w->shares[w->n_shares - 1].agents++;
	}
	qsort(w->shares, w->n_shares, sizeof *w->shares, by_shares);
	return OK;
}

static enum err find_shares(struct networks *n)
{
	size_t n_seen = 0, n_both, at = 0;
	struct seen *seen;
	struct both *both;
	enum err e = OK;

	for (size_t i = 0; i < n->n_list; i++)
		n_seen += n->list[i].n_agents;
	seen = calloc(n_seen + 1, sizeof *seen);
	if (seen == NULL)
		return E_MEMORY;
	for (size_t i = 0; i < n->n_list; i++)
		for (uint32_t k = 0; k < n->list[i].n_agents; k++)
			seen[at++] = (struct seen){n->list[i].agents[k].member, (uint32_t)i};
	qsort(seen, n_seen, sizeof *seen, by_seen);
	n_both = all_pairs(seen, n_seen, NULL);
	both = calloc(n_both + 1, sizeof *both);
	e = both == NULL ? E_MEMORY : OK;
	if (e == OK) {
		all_pairs(seen, n_seen, both);
		qsort(both, n_both, sizeof *both, by_both);
	}
	for (size_t i = 0, end; e == OK && i < n_both; i = end) {
		for (end = i; end < n_both && both[end].a == both[i].a; end++)
			;
		e = keep_shares(&n->list[both[i].a], both + i, end - i);
	}
	free(seen);
	free(both);
	return e;
}

enum err tally_all(struct networks *n)
{
	for (size_t i = 0; i < n->n_list; i++) {
		enum err e = tally(n, &n->list[i]);

		if (e != OK)
			return e;
	}
	return find_shares(n);
}
