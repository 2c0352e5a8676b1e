/* SPDX-License-Identifier: Apache-2.0 */
/* tricks.c -- flux networks: who their agents are, and for each mechanism what it changes. */
#include "lab/priors.h"
#include "lab/service.h"

#define HOUR_S 3600.0

static double hours(struct builder *b, enum prior p)
{
	return prior_draw(b->w, LAB_FLUX, p) * HOUR_S;
}

/* An alias wants a label: none may stand at the apex (RFC 1034, 3.6.2). */
static void alias(struct service *s, uint32_t chain)
{
	s->chain = chain;
	s->position = s->position == AT_APEX ? AT_ODD : s->position;
}

static void plain(struct builder *b, struct service *s)
{
	if (s->style == NS_MOVING)
		s->style = rng_chance(&b->w->rng, 0.5) ? NS_HOSTED : NS_OWN;
}

static void doubled(struct builder *b, struct service *s)
{
	(void)b;
	s->style = NS_MOVING;
}

static void servers_alone(struct builder *b, struct service *s)
{
	(void)b;
	s->style = NS_MOVING;
	s->steady_front = true;
	s->chain = 0;
}

static void chained(struct builder *b, struct service *s)
{
	alias(s, 2 + (uint32_t)rng_below(&b->w->rng, 3));
}

static void six(struct builder *b, struct service *s)
{
	plain(b, s);
	s->plan.no_v4 = true;
	s->plan.v6 = 1;
}

static void hinted(struct builder *b, struct service *s)
{
	plain(b, s);
	s->hints = ONLY_HINTS;
	s->chain = 0;
}

static void renamed(struct builder *b, struct service *s)
{
	s->targets = 20 + (uint32_t)rng_below(&b->w->rng, 60);
	alias(s, 1);
}

static void slow(struct builder *b, struct service *s)
{
	s->ttl = prior_count(b->w, LAB_FLUX, PRIOR_SLOW_TTL);
	s->plan.life_s *= 4;
}

static void one_at_a_time(struct builder *b, struct service *s)
{
	(void)b;
	s->answers = 1;
}

static void concentrated(struct builder *b, struct service *s)
{
	s->who.networks = 1 + (uint32_t)rng_below(&b->w->rng, 3);
	s->who.in_country = 1;
	s->plan.stay = 1;
}

static void rented(struct builder *b, struct service *s)
{
	for (int k = 0; k < NET_KINDS; k++)
		s->who.mix[k] = k == NET_HOSTING ? 0.92 : 0.016;
	s->who.networks = 3 + (uint32_t)rng_below(&b->w->rng, 40);
	s->who.in_country = 0;
	s->plan.life_s = hours(b, PRIOR_RENTED_LIFE_H);
	s->plan.diurnal = false;
}

static void proxied(struct builder *b, struct service *s)
{
	for (int k = 0; k < NET_KINDS; k++)
		s->who.mix[k] = k == NET_CONSUMER ? 0.95 : 0.01;
	s->who.networks = 100 + (uint32_t)rng_below(&b->w->rng, 150);
	s->who.in_country = 0;
	s->plan.n = 200 + (uint32_t)rng_below(&b->w->rng, 1300);
	s->plan.life_s = hours(b, PRIOR_PROXY_LIFE_H);
}

static void wildcard(struct builder *b, struct service *s)
{
	(void)b;
	s->position = AT_WILDCARD;
}

static void burst(struct builder *b, struct service *s)
{
	double all = b->w->hours * HOUR_S, length = hours(b, PRIOR_BURST_H);

	length = length > all ? all : length;
	s->from_s = rng_between(&b->w->rng, 0, all - length);
	s->to_s = s->from_s + length;
}

static void below_suffix(struct builder *b, struct service *s)
{
	s->suffix = (uint32_t)rng_below(&b->w->rng, SUFFIXES);
	s->style = NS_HOSTED;
	s->new_provider = false;
	s->chain = 0;
}

static void decoys(struct builder *b, struct service *s)
{
	s->plan.decoys = prior_draw(b->w, LAB_FLUX, PRIOR_FLUX_DECOYS);
}

static void mimic(struct builder *b, struct service *s)
{
	s->ttl = prior_count(b->w, LAB_FLUX, PRIOR_MIMIC_TTL);
	alias(s, 1 + (uint32_t)rng_below(&b->w->rng, 2));
	s->answers = 1 + (uint32_t)rng_below(&b->w->rng, 3);
}

/* Among the agents stand members of an honest service, so that it looks guilty and they look honest. */
static void framing(struct builder *b, struct service *s)
{
	decoys(b, s);
	s->plan.framed = b->framed;
}

/* Whoever asks often is shown the same few agents for hours. */
static void watched(struct builder *b, struct service *s)
{
	s->plan.rule = POOL_STICKY;
	s->plan.weighted = false;
	s->plan.hold_s = rng_between(&b->w->rng, 1, 8) * HOUR_S;
}

static const struct {
	const char *name, *carrier;
	void (*apply)(struct builder *, struct service *);
} tricks[] = {{"single", "A", plain},
	      {"double", "A NS", doubled},
	      {"ns-only", "NS", servers_alone},
	      {"cname-chain", "A CNAME", chained},
	      {"aaaa", "AAAA", six},
	      {"https-hints", "HTTPS", hinted},
	      {"cname-targets", "CNAME", renamed},
	      {"slow", "A", slow},
	      {"one-address", "A", one_at_a_time},
	      {"concentrated", "A", concentrated},
	      {"rented", "A", rented},
	      {"residential-proxies", "A", proxied},
	      {"wildcard", "A", wildcard},
	      {"burst", "A", burst},
	      {"dynamic-dns", "A", below_suffix},
	      {"decoys", "A", decoys},
	      {"framing", "A", framing},
	      {"cdn-mimicry", "A", mimic},
	      {"watched", "A", watched}};

const unsigned trick_count = sizeof tricks / sizeof *tricks;

/* Agents sit in homes, many of them in few countries; country diversity gives nothing away. */
static void agents(struct builder *b, struct service *s)
{
	static const char *const countries[] = {"UA", "RU", "RO", "BR", "TR", "VN", "IN", "BG", "AR", "US"};
	double homes = prior_draw(b->w, LAB_FLUX, PRIOR_FLUX_HOMES);

	s->who.mix[NET_CONSUMER] = homes;
	s->who.mix[NET_HOSTING] = (1 - homes) * 0.5;
	s->who.mix[NET_BUSINESS] = (1 - homes) * 0.3;
	s->who.mix[NET_UNIVERSITY] = s->who.mix[NET_TRANSIT] = (1 - homes) * 0.1;
	s->who.networks = prior_count(b->w, LAB_FLUX, PRIOR_FLUX_NETWORKS);
	s->who.country = countries[rng_below(&b->w->rng, sizeof countries / sizeof *countries)];
	s->who.in_country = prior_draw(b->w, LAB_FLUX, PRIOR_FLUX_COUNTRY);
	s->plan.life_s = hours(b, PRIOR_FLUX_LIFE_H);
	s->plan.stay = prior_draw(b->w, LAB_FLUX, PRIOR_FLUX_STAY);
	s->plan.diurnal = prior_chance(b->w, LAB_FLUX, PRIOR_FLUX_DIURNAL);
	s->guests = prior_count(b->w, LAB_FLUX, PRIOR_FLUX_GUESTS);
}

void trick_draw(struct builder *b, unsigned mechanism, struct service *s)
{
	service_draw(b, LAB_FLUX, s);
	agents(b, s);
	tricks[mechanism].apply(b, s);
	s->story.mechanism = tricks[mechanism].name;
	s->story.carrier = tricks[mechanism].carrier;
	s->story.kind = s->steady_front         ? "ns-only"
			: s->style == NS_MOVING ? "double"
			: s->chain > 1          ? "cname-chain"
						: "single";
}
