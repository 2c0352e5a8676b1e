/* SPDX-License-Identifier: Apache-2.0 */
/* image.c -- see image.h. */
#include "enrich/image.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/stamp.h"
#include "enrich/cache.h"
#include "enrich/facts.h"
#include "enrich/kind.h"

enum { NAMES_ROOM = 2 * FACTS_NAME_MAX + 8 };

/* How much of a network's space lies in one country, range by range; later sorted and summed. */
struct share {
	uint32_t net, country;
	uint64_t v4;       /* addresses */
	uint32_t v4_parts; /* ranges */
	uint64_t v6;       /* blocks of 64 bits, at least 1 */
};

struct maker {
	struct facts *sources;
	size_t n_sources;
	struct ranges ranges; /* of all sources, laid over each other */
	uint32_t *asns;       /* asns[i] belongs to network i; asns[0] is 0 */
	uint32_t n_nets;
	struct share *shares;
	size_t n_shares;
};

static enum err merge(struct maker *m)
{
	for (size_t i = 0; i < m->n_sources; i++) {
		struct ranges merged = {0};
		enum err e = ranges_flatten(&m->sources[i].ranges);

		facts_sort_names(&m->sources[i]);
		if (e == OK)
			e = ranges_overlay(&m->ranges, &m->sources[i].ranges, &merged);
		if (e != OK)
			return e;
		ranges_fini(&m->ranges);
		ranges_fini(&m->sources[i].ranges);
		m->ranges = merged;
	}
	return OK;
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static enum err number_nets(struct maker *m)
{
	const struct range_list *lists[] = {&m->ranges.v4, &m->ranges.v6};
	size_t n = 1, kept = 1;

	m->asns = calloc(1 + lists[0]->n + lists[1]->n, sizeof *m->asns);
	if (m->asns == NULL)
		return E_MEMORY;
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->n; i++)
			m->asns[n++] = lists[l]->at[i].asn;
	qsort(m->asns, n, sizeof *m->asns, compare_u32);
	for (size_t i = 1; i < n; i++)
		if (m->asns[i] != m->asns[kept - 1])
			m->asns[kept++] = m->asns[i];
	m->n_nets = (uint32_t)kept;
	return kept > CACHE_NETS_MAX ? E_FULL : OK;
}

static uint32_t net_of(const struct maker *m, uint32_t asn)
{
	const uint32_t *at = bsearch(&asn, m->asns, m->n_nets, sizeof asn, compare_u32);

	return (uint32_t)(at - m->asns);
}

static uint32_t value_of(const struct maker *m, const struct range *r)
{
	return net_of(m, r->asn) << CACHE_COUNTRY_BITS | cache_country_code(r->country);
}

static int compare_shares(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	if (x->net != y->net)
		return x->net < y->net ? -1 : 1;
	return x->country < y->country ? -1 : x->country > y->country;
}

/* One share for each network and country, sorted. */
static enum err share_out(struct maker *m)
{
	const struct ranges *r = &m->ranges;
	size_t n = 0, kept = 0;

	m->shares = calloc(1 + r->v4.n + r->v6.n, sizeof *m->shares);
	if (m->shares == NULL)
		return E_MEMORY;
	for (size_t i = 0; i < r->v4.n; i++, n++) {
		const struct range *x = &r->v4.at[i];

		m->shares[n] =
			(struct share){.net = net_of(m, x->asn), .country = cache_country_code(x->country)};
		m->shares[n].v4 = (uint64_t)(x->last - x->first) + 1;
		m->shares[n].v4_parts = 1;
	}
	for (size_t i = 0; i < r->v6.n; i++, n++) {
		const struct range *x = &r->v6.at[i];

		m->shares[n] =
			(struct share){.net = net_of(m, x->asn), .country = cache_country_code(x->country)};
		m->shares[n].v6 = (uint64_t)((x->last - x->first) >> 64) + 1;
	}
	qsort(m->shares, n, sizeof *m->shares, compare_shares);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && compare_shares(&m->shares[kept - 1], &m->shares[i]) == 0) {
			m->shares[kept - 1].v4 += m->shares[i].v4;
			m->shares[kept - 1].v4_parts += m->shares[i].v4_parts;
			m->shares[kept - 1].v6 += m->shares[i].v6;
		} else {
			m->shares[kept++] = m->shares[i];
		}
	}
	m->n_shares = kept;
	return OK;
}

/* Reads the shares of one network, which begin at *at, and moves *at behind them. */
static struct kind_space sum_up(const struct maker *m, uint32_t net, size_t *at, uint8_t country[2])
{
	struct kind_space space = {0};
	const struct share *most = NULL;
	char text[2] = {0};

	for (; *at < m->n_shares && m->shares[*at].net == net; ++*at) {
		const struct share *s = &m->shares[*at];

		space.v4 += s->v4;
		space.v4_parts += s->v4_parts;
		space.v6 = space.v6 || s->v6 > 0;
		if (s->country == 0)
			continue;
		space.v4_known += s->v4;
		if (most == NULL || s->v4 > most->v4 || (s->v4 == most->v4 && s->v6 > most->v6))
			most = s;
	}
	if (most != NULL) {
		space.v4_home = most->v4;
		cache_country_text(most->country, text);
	}
	memcpy(country, text, 2);
	return space;
}

static const char *name_of(const struct maker *m, uint32_t asn)
{
	const char *name = NULL;

	for (size_t i = 0; i < m->n_sources && name == NULL; i++)
		name = facts_name_of(&m->sources[i], asn);
	return name == NULL ? "" : name;
}

/* All that the sources call it: one may have a handle of the registry, another the company's name. */
static void names_of(const struct maker *m, uint32_t asn, char text[NAMES_ROOM])
{
	size_t len = 0;

	text[0] = 0;
	for (size_t i = 0; i < m->n_sources && len < NAMES_ROOM; i++) {
		const char *name = facts_name_of(&m->sources[i], asn);

		if (name != NULL && strcmp(name, text) != 0)
			len += (size_t)snprintf(text + len, NAMES_ROOM - len, "%s%s", len == 0 ? "" : " / ",
						name);
	}
}

/* Networks, and their names into `names`, which begins with the empty one. */
static void write_nets(const struct maker *m, struct buf *block, struct buf *names)
{
	size_t at = 0;

	buf_add(names, "", 1);
	for (uint32_t i = 0; i < m->n_nets; i++) {
		struct cache_net net = {.asn = m->asns[i]};
		struct kind_space space = sum_up(m, i, &at, net.country);
		const char *name = i == 0 ? "" : name_of(m, net.asn);
		char names_all[NAMES_ROOM];

		if (i == 0) {
			net.country[0] = net.country[1] = 0; /* of nowhere */
			for (int k = 0; k < NET_KINDS; k++)
				net.kind[k] = (float)nets_kind_base[k];
		} else {
			names_of(m, net.asn, names_all);
			kind_of_net(names_all, &space, net.kind);
		}
		if (name[0] != 0) {
			net.name = (uint32_t)names->len;
			buf_add(names, name, strlen(name) + 1);
		}
		buf_add(block, &net, sizeof net);
	}
}

/* The ranges, with those between that nobody speaks of; returns how many were written. */
static uint32_t write_v4(const struct maker *m, struct buf *block)
{
	const struct range_list *l = &m->ranges.v4;
	range_key at = 0;
	uint32_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct cache_v4 gap = {.first = (uint32_t)at};
		struct cache_v4 r = {.first = (uint32_t)l->at[i].first, .value = value_of(m, &l->at[i])};

		if (l->at[i].first > at) {
			buf_add(block, &gap, sizeof gap);
			n++;
		}
		buf_add(block, &r, sizeof r);
		n++;
		at = l->at[i].last + 1;
	}
	if (at <= UINT32_MAX) {
		struct cache_v4 rest = {.first = (uint32_t)at};

		buf_add(block, &rest, sizeof rest);
		n++;
	}
	return n;
}

static uint32_t write_v6(const struct maker *m, struct buf *block)
{
	const struct range_list *l = &m->ranges.v6;
	range_key at = 0;
	uint32_t n = 0;
	bool full = false; /* the last range ends with the last address */

	for (size_t i = 0; i < l->n; i++) {
		range_key first = l->at[i].first;
		struct cache_v6 gap = {.high = (uint64_t)(at >> 64), .low = (uint64_t)at};
		struct cache_v6 r = {.high = (uint64_t)(first >> 64), .low = (uint64_t)first};

		r.value = value_of(m, &l->at[i]);
		if (first > at) {
			buf_add(block, &gap, sizeof gap);
			n++;
		}
		buf_add(block, &r, sizeof r);
		n++;
		full = l->at[i].last == ~(range_key)0;
		at = l->at[i].last + 1;
	}
	if (!full) {
		struct cache_v6 rest = {.high = (uint64_t)(at >> 64), .low = (uint64_t)at};

		buf_add(block, &rest, sizeof rest);
		n++;
	}
	return n;
}

/* The titles of all, and the date of the first that gives numbers, else of the first. */
static void write_head(const struct maker *m, const bool *numbers, struct cache_header *h)
{
	size_t len = 0, dated = 0;

	while (dated + 1 < m->n_sources && !numbers[dated])
		dated++;
	h->made_ns = numbers[dated] ? m->sources[dated].made_ns : m->sources[0].made_ns;
	for (size_t i = 0; i < m->n_sources && len < sizeof h->title; i++)
		len += (size_t)snprintf(h->title + len, sizeof h->title - len, "%s%s", i == 0 ? "" : ", ",
					m->sources[i].title);
	for (size_t i = 0; h->title[i] != 0; i++)
		if ((uint8_t)h->title[i] < ' ' || h->title[i] == 0x7f)
			h->title[i] = ' ';
}

static enum err write_block(struct maker *m, struct cache_header *h, struct buf *block)
{
	struct buf names = {.cap = UINT32_MAX};
	enum err e;

	buf_add(block, h, sizeof *h);
	h->n_v6 = write_v6(m, block);
	h->n_v4 = write_v4(m, block);
	h->n_nets = m->n_nets;
	write_nets(m, block, &names);
	h->names_octets = (uint32_t)names.len;
	buf_add(block, names.bytes, names.len);
	e = names.err != OK ? names.err : block->err;
	buf_fini(&names);
	if (e != OK)
		return E_MEMORY;
	memcpy(block->bytes, h, sizeof *h);
	cache_seal(block);
	return OK;
}

static bool gives_numbers(const struct facts *f)
{
	const struct range_list *lists[] = {&f->ranges.v4, &f->ranges.v6};

	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->n; i++)
			if (lists[l]->at[i].asn != 0)
				return true;
	return false;
}

enum err image_make(struct facts *sources, size_t n, uint64_t key, struct buf *block)
{
	struct maker m = {.sources = sources, .n_sources = n};
	struct cache_header h = {.key = key, .made_ns = STAMP_NONE};
	bool *numbers = calloc(n + 1, sizeof *numbers);
	enum err e = E_MEMORY;

	if (numbers == NULL)
		return E_MEMORY;
	for (size_t i = 0; i < n; i++)
		numbers[i] = gives_numbers(&sources[i]);
	if (n > 0)
		write_head(&m, numbers, &h);
	free(numbers);
	e = merge(&m);
	if (e == OK)
		e = number_nets(&m);
	if (e == OK)
		e = share_out(&m);
	if (e == OK)
		e = write_block(&m, &h, block);
	ranges_fini(&m.ranges);
	free(m.asns);
	free(m.shares);
	return e;
}
