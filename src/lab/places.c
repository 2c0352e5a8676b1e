/* SPDX-License-Identifier: Apache-2.0 */
/* places.c -- see places.h. */
#include "lab/places.h"

#include <stdlib.h>
#include <string.h>

#include "lab/lab.h"

enum {
	MADE_UP = 600,
	MADE_UP_FIRST = 24,
	MADE_UP_ASN = 64512, /* the first number for private use */
	SURE_PERCENT = 60,   /* how sure the database should be of a network's kind */
	SURE_LEAST = 30,     /* for a kind that it is not surer of */
	FEWEST = 20,         /* networks of one kind: fewer would put its members all in one place */
	UNSURE_LEAST = 25,   /* below this a network is hardly of the kind */
	COUNTRY_TRIES = 4000,
	ADDRESS_TRIES = 64
};

struct places {
	const struct nets *nets; /* NULL: places are numbers of made-up networks */
	uint32_t *of_kind[NET_KINDS];
	uint32_t count[NET_KINDS];
};

static const char made_up_countries[][3] = {"US", "DE", "FR", "GB", "NL", "IT", "PL", "RU", "UA", "RO",
					    "BR", "TR", "ES", "CZ", "SE", "JP", "IN", "VN", "AR", "BG"};

enum { MADE_UP_COUNTRIES = sizeof made_up_countries / sizeof *made_up_countries };

/* Made-up network i is of kind i mod NET_KINDS, and owns one /16 of IPv4 and one /32 of IPv6. */
static enum net_kind made_up_kind(uint32_t i)
{
	return (enum net_kind)(i % NET_KINDS);
}

static const char *made_up_country(uint32_t i)
{
	return made_up_countries[i / NET_KINDS % MADE_UP_COUNTRIES];
}

static void made_up_address(uint32_t i, bool v6, uint64_t random, struct addr *out)
{
	uint32_t at = (uint32_t)rng_mix(i);
	uint8_t v4[4] = {(uint8_t)(MADE_UP_FIRST + i % 76), (uint8_t)(at >> 8), (uint8_t)(random >> 8),
			 (uint8_t)random};
	uint8_t o[16] = {0x2a, (uint8_t)(0x10 + i % 4), (uint8_t)(i >> 8), (uint8_t)i};

	memcpy(o + 4, &random, sizeof random);
	o[15] = 1;
	*out = v6 ? addr_v6(o) : addr_v4(v4);
}

/* Some few share their octets with an earlier one, whose they then are. */
static bool is_first(uint32_t i, bool v6)
{
	struct addr a, other;

	made_up_address(i, v6, 0, &a);
	for (uint32_t k = 0; k < i; k++) {
		made_up_address(k, v6, 0, &other);
		if (memcmp(&a, &other, sizeof a) == 0)
			return false;
	}
	return true;
}

void lab_networks(struct buf *to)
{
	static const char *const words[NET_KINDS] = {[NET_CONSUMER] = "Broadband DSL Cable Telecom",
						     [NET_HOSTING] = "Cloud Hosting Servers",
						     [NET_CONTENT] = "Content Delivery Network CDN",
						     [NET_UNIVERSITY] = "University",
						     [NET_BUSINESS] = "Bank",
						     [NET_TRANSIT] = "Backbone Carrier"};

	for (unsigned v6 = 0; v6 < 2; v6++)
		for (uint32_t i = 0; i < MADE_UP; i++) {
			char first[ADDR_TEXT_MAX], last[ADDR_TEXT_MAX];
			struct addr a, z;

			made_up_address(i, v6 == 1, 0, &a);
			made_up_address(i, v6 == 1, UINT64_MAX, &z);
			if (v6 == 1) {
				a.octets[15] = 0;
				memset(z.octets + 4, 0xff, 12);
			}
			if (!is_first(i, v6 == 1))
				continue;
			addr_to_text(&a, first);
			addr_to_text(&z, last);
			buf_printf(to, "%s,%s,%u,Net%u %s\n", first, last, MADE_UP_ASN + i, i,
				   words[made_up_kind(i)]);
		}
}

/* Lists the networks of a kind that is at least so sure. */
static void sort_kind(struct places *p, enum net_kind kind, uint32_t count, int percent)
{
	struct addr probe;

	p->count[kind] = 0;
	for (uint32_t i = 0; i < count; i++) {
		bool fits;

		if (p->nets == NULL)
			fits = made_up_kind(i) == kind;
		else
			fits = nets_get(p->nets, i)->kind[kind] * 100 >= (float)percent &&
			       nets_address_in(p->nets, i, false, 0, &probe);
		if (fits)
			p->of_kind[kind][p->count[kind]++] = i;
	}
}

static enum err sort_all(struct places *p)
{
	uint32_t count = p->nets == NULL ? MADE_UP : nets_count(p->nets);

	for (int k = 0; k < NET_KINDS; k++) {
		free(p->of_kind[k]);
		p->of_kind[k] = malloc(count * sizeof(uint32_t));
		if (p->of_kind[k] == NULL)
			return E_MEMORY;
		p->count[k] = 0;
		for (int percent = SURE_PERCENT; percent >= SURE_LEAST && p->count[k] < FEWEST; percent -= 10)
			sort_kind(p, (enum net_kind)k, count, percent);
	}
	return OK;
}

/* A database in which some kind hardly occurs would put its members all in one network. */
static bool too_poor(const struct places *p)
{
	for (int k = 0; k < NET_KINDS; k++)
		if (p->count[k] < FEWEST / 4)
			return true;
	return false;
}

enum err places_open(struct places **out, const struct nets *nets)
{
	struct places *p = calloc(1, sizeof *p);
	enum err e;

	if (p == NULL)
		return E_MEMORY;
	p->nets = nets != NULL && nets_known(nets) ? nets : NULL;
	e = sort_all(p);
	if (e == OK && p->nets != NULL && too_poor(p)) {
		p->nets = NULL;
		e = sort_all(p);
	}
	if (e != OK) {
		places_close(p);
		return e;
	}
	*out = p;
	return OK;
}

void places_close(struct places *p)
{
	if (p == NULL)
		return;
	for (int k = 0; k < NET_KINDS; k++)
		free(p->of_kind[k]);
	free(p);
}

bool places_real(const struct places *p)
{
	return p->nets != NULL;
}

uint32_t places_pick(const struct places *p, struct rng *r, enum net_kind kind, const char *country)
{
	uint32_t pick = 0;

	for (int i = 0; i < COUNTRY_TRIES; i++) {
		pick = p->of_kind[kind][rng_below(r, p->count[kind])];
		const char *its = p->nets == NULL ? made_up_country(pick) : nets_get(p->nets, pick)->country;
		if (country == NULL || memcmp(its, country, 2) == 0)
			break;
	}
	return pick;
}

uint32_t places_pick_unsure(const struct places *p, struct rng *r, enum net_kind kind, const char *country)
{
	for (int i = 0; p->nets != NULL && i < COUNTRY_TRIES; i++) {
		uint32_t pick = (uint32_t)rng_below(r, nets_count(p->nets));
		const struct net *n = nets_get(p->nets, pick);
		struct addr probe;

		if (country != NULL && memcmp(n->country, country, 2) != 0)
			continue;
		if (n->kind[kind] * 100 < (float)UNSURE_LEAST || !rng_chance(r, (double)n->kind[kind]))
			continue;
		if (nets_address_in(p->nets, pick, false, 0, &probe))
			return pick;
	}
	return places_pick(p, r, kind, country);
}

bool places_address(const struct places *p, uint32_t place, bool v6, struct rng *r, struct addr *out)
{
	struct addr a;

	for (int i = 0; i < ADDRESS_TRIES; i++) {
		uint64_t random = rng_next(r);

		if (p->nets == NULL)
			made_up_address(place, v6, random, &a);
		else if (!nets_address_in(p->nets, place, v6, random, &a))
			break;
		if (addr_is_special(&a) || (!v6 && (a.octets[15] == 0 || a.octets[15] == 255)))
			continue;
		*out = a;
		return true;
	}
	if (v6)
		return false;
	do /* a network whose every address is special: the caller still needs one */
		made_up_address(place, false, rng_next(r), &a);
	while (addr_is_special(&a));
	*out = a;
	return true;
}
