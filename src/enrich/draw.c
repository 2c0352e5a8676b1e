/* SPDX-License-Identifier: Apache-2.0 */
/* draw.c -- see draw.h. */
#include "enrich/draw.h"

#include <stdlib.h>

#include "base/addr.h"
#include "base/hash.h"
#include "enrich/cache.h"
#include "enrich/ranges.h"

/* A range of a network and how much the network has up to its end. */
struct piece {
	uint64_t
		upto; /* addresses in IPv4, blocks of 64 bits in IPv6; of this network, this range included */
	uint32_t range;
};

/* The pieces of network i are pieces[from[i] .. from[i + 1]). */
struct family {
	uint32_t *from;
	struct piece *pieces;
};

struct draw {
	const struct cache_view *view;
	struct family v4, v6;
};

static uint64_t size_of_v4(const struct cache_view *v, uint32_t i)
{
	uint64_t end = i + 1 < v->header->n_v4 ? v->v4[i + 1].first : (uint64_t)UINT32_MAX + 1;

	return end - v->v4[i].first;
}

/* In blocks of 64 bits; a range within one block counts as one. */
static uint64_t size_of_v6(const struct cache_view *v, uint32_t i)
{
	uint64_t end = i + 1 < v->header->n_v6 ? v->v6[i + 1].high : UINT64_MAX;

	return end > v->v6[i].high ? end - v->v6[i].high : 1;
}

static uint32_t net_at(const struct cache_view *v, bool v6, uint32_t i)
{
	return (v6 ? v->v6[i].value : v->v4[i].value) >> CACHE_COUNTRY_BITS;
}

/* Counting sort of the ranges by network. */
static bool sort_family(struct family *f, const struct cache_view *v, bool v6)
{
	uint32_t n = v6 ? v->header->n_v6 : v->header->n_v4, n_nets = v->header->n_nets;

	f->from = calloc((size_t)n_nets + 2, sizeof *f->from);
	f->pieces = calloc(n, sizeof *f->pieces);
	if (f->from == NULL || f->pieces == NULL)
		return false;
	for (uint32_t i = 0; i < n; i++)
		f->from[net_at(v, v6, i) + 2]++;
	for (uint32_t i = 2; i < n_nets + 2; i++)
		f->from[i] += f->from[i - 1];
	for (uint32_t i = 0; i < n;
	     i++) { /* from[net + 1] is where the next one goes; at the end, where net + 1 begins */
		uint32_t net = net_at(v, v6, i), to = f->from[net + 1]++;
		uint64_t before = to > f->from[net] ? f->pieces[to - 1].upto : 0;
		uint64_t size = v6 ? size_of_v6(v, i) : size_of_v4(v, i);

		size = size > UINT64_MAX - before ? UINT64_MAX - before : size;
		f->pieces[to] = (struct piece){.upto = before + size, .range = i};
	}
	return true;
}

struct draw *draw_new(const struct cache_view *view)
{
	struct draw *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->view = view;
	if (!sort_family(&d->v4, view, false) || !sort_family(&d->v6, view, true)) {
		draw_free(d);
		return NULL;
	}
	return d;
}

void draw_free(struct draw *d)
{
	if (d == NULL)
		return;
	free(d->v4.from);
	free(d->v4.pieces);
	free(d->v6.from);
	free(d->v6.pieces);
	free(d);
}

/* The piece that holds unit `at` of a network, among pieces [from, to); *left: units of it behind `at`, that
 * one included. */
static const struct piece *piece_of(const struct family *f, uint32_t index, uint64_t at, uint64_t *left)
{
	uint32_t from = f->from[index], to = f->from[index + 1];

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (f->pieces[middle].upto > at)
			to = middle;
		else
			from = middle + 1;
	}
	*left = f->pieces[from].upto - at;
	return &f->pieces[from];
}

static void put_u64(uint8_t octets[8], uint64_t v)
{
	for (int i = 0; i < 8; i++)
		octets[i] = (uint8_t)(v >> (56 - 8 * i));
}

static struct addr address_v4(const struct cache_view *v, uint32_t i, uint64_t left)
{
	uint32_t a = (uint32_t)(v->v4[i].first + size_of_v4(v, i) - left);
	uint8_t octets[4] = {(uint8_t)(a >> 24), (uint8_t)(a >> 16), (uint8_t)(a >> 8), (uint8_t)a};

	return addr_v4(octets);
}

static struct addr address_v6(const struct cache_view *v, uint32_t i, uint64_t left, uint64_t random)
{
	const struct cache_v6 *r = &v->v6[i];
	bool last = i + 1 == v->header->n_v6;
	uint64_t high = r->high + size_of_v6(v, i) - left, low = random;
	uint64_t from = high == r->high ? r->low : 0;
	uint64_t to = !last && high == r[1].high ? r[1].low - 1 : UINT64_MAX;
	struct addr a;

	if (to - from != UINT64_MAX)
		low = from + low % (to - from + 1);
	put_u64(a.octets, high);
	put_u64(a.octets + 8, low);
	return a;
}

bool draw_address(const struct draw *d, uint32_t index, bool v6, uint64_t random, struct addr *out)
{
	const struct family *f = v6 ? &d->v6 : &d->v4;
	const struct piece *piece;
	uint64_t total, at, left;

	if (index >= d->view->header->n_nets || f->from[index] == f->from[index + 1])
		return false;
	total = f->pieces[f->from[index + 1] - 1].upto;
	at = (uint64_t)((range_key)random * total >> 64);
	piece = piece_of(f, index, at, &left);
	*out = v6 ? address_v6(d->view, piece->range, left, hash_u64(random, 0))
		  : address_v4(d->view, piece->range, left);
	return true;
}
