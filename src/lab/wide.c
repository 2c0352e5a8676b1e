/* SPDX-License-Identifier: Apache-2.0 */
/* wide.c -- a wide world: how much there is of each class, flux by mechanism, and a twin for each network. */
#include <string.h>

#include "lab/lab.h"
#include "lab/priors.h"
#include "lab/service.h"
#include "lab/truth.h"

#define DOMAINS 2500.0 /* for a scale of 1 */

/* How many domains of a class there are. Ordinary names are what is left. */
static const struct {
	enum lab_class class;
	enum prior share;
} shares[] = {
	{LAB_CDN, PRIOR_SHARE_CDN},
	{LAB_ANYCAST, PRIOR_SHARE_ANYCAST},
	{LAB_ROUND_ROBIN, PRIOR_SHARE_ROUND_ROBIN},
	{LAB_MULTI_PROVIDER, PRIOR_SHARE_MULTI_PROVIDER},
	{LAB_VOLUNTEER, PRIOR_SHARE_VOLUNTEERS},
	{LAB_PEER_SEEDS, PRIOR_SHARE_PEER_SEEDS},
	{LAB_VPN, PRIOR_SHARE_VPN},
	{LAB_PEER_CDN, PRIOR_SHARE_PEER_CDN},
	{LAB_DYNAMIC, PRIOR_SHARE_DYNAMIC},
	{LAB_EMBEDDED, PRIOR_SHARE_EMBEDDED},
	{LAB_TUNNEL, PRIOR_SHARE_TUNNEL},
	{LAB_POISONED, PRIOR_SHARE_POISONED},
	{LAB_PARKED, PRIOR_SHARE_PARKED},
	{LAB_SINKHOLED, PRIOR_SHARE_SINKHOLED},
	{LAB_MIGRATION, PRIOR_SHARE_MIGRATION},
	{LAB_FAIL_OVER, PRIOR_SHARE_FAIL_OVER},
	{LAB_UNKNOWN, PRIOR_SHARE_UNKNOWN},
};

/* Flux domains of one network in a small world, so that no network is most of its mechanism. */
enum { SIBLINGS_LEAST = 4 };

/* What a twin can be: the honest classes of many members. */
static const enum lab_class twins[] = {LAB_MULTI_PROVIDER, LAB_VOLUNTEER,   LAB_VPN,      LAB_CDN,
				       LAB_UNKNOWN,        LAB_ROUND_ROBIN, LAB_PEER_CDN, LAB_PEER_SEEDS};

static bool is_wanted(const struct world *w, enum lab_class c)
{
	return w->only == 0 || (w->only >> c & 1) != 0;
}

uint64_t lab_class_bit(const char *text, size_t len)
{
	static const enum lab_class others[] = {LAB_FLUX, LAB_ORDINARY};
	size_t n = sizeof shares / sizeof *shares;

	for (size_t i = 0; i < n + 2; i++) {
		enum lab_class c = i < n ? shares[i].class : others[i - n];
		const char *name = truth_class(c);

		if (strlen(name) == len && memcmp(name, text, len) == 0)
			return UINT64_C(1) << c;
	}
	return 0;
}

static void build_common(struct builder *b)
{
	struct world *w = b->w;
	struct service s = {.plan = {.rule = POOL_ANY, .v6 = 0.1}, .ready = NONE, .who = {.networks = 40}};
	uint32_t n = world_many(w, 12);

	n = n > PROVIDERS_MAX ? PROVIDERS_MAX : n < 3 ? 3 : n;
	for (uint32_t i = 0; i < n && w->err == OK; i++)
		deploy_provider(b);
	for (uint32_t i = 0; i < SUFFIXES && w->err == OK; i++)
		deploy_suffix(b, i);
	s.plan.n = prior_count(w, LAB_POISONED, PRIOR_POISON_POOL);
	s.who.mix[NET_CONTENT] = s.who.mix[NET_HOSTING] = s.who.mix[NET_BUSINESS] = 1;
	b->poison = deploy_pool(b, &s);
	s.who = (struct who){.networks = 1, .mix[NET_HOSTING] = 1};
	for (uint32_t i = 0; i < SHARED_BOXES && w->err == OK; i++) {
		s.plan = (struct pool_plan){.rule = POOL_ALL, .n = 1, .v6 = 0.3};
		b->boxes[i] = deploy_pool(b, &s);
	}
}

/* The honest service that flux frames. */
static void build_framed(struct builder *b)
{
	struct service s;

	recipe_draw(b, LAB_MULTI_PROVIDER, NULL, &s);
	s.siblings = s.siblings > 8 ? 8 : s.siblings;
	s.ready = b->framed = deploy_pool(b, &s);
	if (b->w->err == OK && is_wanted(b->w, LAB_MULTI_PROVIDER))
		deploy(b, &s);
}

/* A flux network of at most so many domains, and its twin; an honest world has the twin alone. */
static void build_pair(struct builder *b, unsigned mechanism, uint32_t most)
{
	enum lab_class class = twins[rng_below(&b->w->rng, sizeof twins / sizeof *twins)];
	struct service flux, twin;

	trick_draw(b, mechanism, &flux);
	flux.siblings = flux.siblings > most ? most : flux.siblings;
	if (b->w->honest)
		b->domains[LAB_FLUX] += flux.siblings; /* those that there would be */
	else
		deploy(b, &flux);
	recipe_draw(b, class, &flux, &twin);
	if (is_wanted(b->w, class))
		deploy(b, &twin);
}

/* Each mechanism has the same share of the domains, and no network is all of it but where there are few. */
static void build_flux(struct builder *b)
{
	struct world *w = b->w;
	double wanted = prior_draw(w, LAB_FLUX, PRIOR_SHARE_FLUX) / 1000 * DOMAINS * w->scale / trick_count;
	uint32_t most = wanted / 2 < SIBLINGS_LEAST ? SIBLINGS_LEAST : (uint32_t)(wanted / 2);

	for (unsigned i = 0; i < trick_count && w->err == OK; i++) {
		uint32_t before = b->domains[LAB_FLUX];

		do
			build_pair(b, i, most);
		while (b->domains[LAB_FLUX] - before < wanted && w->err == OK);
	}
}

static void build_class(struct builder *b, enum lab_class c, double wanted)
{
	uint32_t before = b->domains[c];

	if (!is_wanted(b->w, c))
		return;
	do {
		struct service s;

		recipe_draw(b, c, NULL, &s);
		deploy(b, &s);
	} while (b->domains[c] - before < wanted && b->w->err == OK);
}

void wide_build(struct world *w)
{
	struct builder b = {.w = w};
	double all = DOMAINS * w->scale;

	w->kind_error = prior_draw(w, LAB_ORDINARY, PRIOR_KIND_ERROR);
	w->kind_unsure = prior_draw(w, LAB_ORDINARY, PRIOR_KIND_UNSURE);
	build_common(&b);
	if (is_wanted(w, LAB_FLUX)) {
		build_framed(&b);
		build_flux(&b);
	}
	for (unsigned i = 0; i < sizeof shares / sizeof *shares && w->err == OK; i++)
		build_class(&b, shares[i].class,
			    prior_draw(w, shares[i].class, shares[i].share) / 1000 * all);
	if (w->err == OK && w->n_zones < all)
		build_class(&b, LAB_ORDINARY, all - w->n_zones);
}
