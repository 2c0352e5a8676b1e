/* SPDX-License-Identifier: Apache-2.0 */
/* find.c -- see find.h. */
#include "enrich/find.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "enrich/cache.h"

enum { SLOTS = 1 << 16, V4_SHIFT = 32 - 16, V6_SLOTS = 1 << 18, V6_SHIFT = 64 - 3 - 18 };

/* Of the high half of an IPv6 address; what lies before and behind 2000::/3 shares the first and the last
 * slot. */
static uint32_t slot_v6(uint64_t high)
{
	uint64_t slot = high >> V6_SHIFT;

	return slot < V6_SLOTS ? 0 : slot >= 2 * V6_SLOTS ? V6_SLOTS - 1 : (uint32_t)(slot - V6_SLOTS);
}

/* Slot s holds the last range that begins before the slot or with it: a look-up there starts with it. */
static void fill_v4(uint32_t *table, const struct cache_view *v)
{
	uint32_t i = 0;

	for (uint32_t s = 0; s < SLOTS; s++) {
		while (i + 1 < v->header->n_v4 && v->v4[i + 1].first <= s << V4_SHIFT)
			i++;
		table[s] = i;
	}
	table[SLOTS] = v->header->n_v4 - 1;
}

static void fill_v6(uint32_t *table, const struct cache_view *v)
{
	uint32_t i = 0;

	table[0] = 0;
	for (uint32_t s = 1; s < V6_SLOTS; s++) {
		uint64_t begins = (uint64_t)(s + V6_SLOTS) << V6_SHIFT;

		while (i + 1 < v->header->n_v6 &&
		       (v->v6[i + 1].high < begins || (v->v6[i + 1].high == begins && v->v6[i + 1].low == 0)))
			i++;
		table[s] = i;
	}
	table[V6_SLOTS] = v->header->n_v6 - 1;
}

enum err find_init(struct find *f, const struct cache_view *view)
{
	*f = (struct find){.view = view};
	f->v4 = calloc(SLOTS + 1, sizeof *f->v4);
	f->v6 = calloc(V6_SLOTS + 1, sizeof *f->v6);
	if (f->v4 == NULL || f->v6 == NULL) {
		find_fini(f);
		return E_MEMORY;
	}
	fill_v4(f->v4, view);
	fill_v6(f->v6, view);
	return OK;
}

void find_fini(struct find *f)
{
	free(f->v4);
	free(f->v6);
	*f = (struct find){0};
}

static uint32_t value_v4(const struct find *f, uint32_t a)
{
	const struct cache_v4 *ranges = f->view->v4;
	uint32_t from = f->v4[a >> V4_SHIFT], to = f->v4[(a >> V4_SHIFT) + 1];

	while (from < to) { /* the last range of from..to that begins at `a` or before */
		uint32_t middle = to - (to - from) / 2;

		if (ranges[middle].first <= a)
			from = middle;
		else
			to = middle - 1;
	}
	return ranges[from].value;
}

static uint32_t value_v6(const struct find *f, uint64_t high, uint64_t low)
{
	const struct cache_v6 *ranges = f->view->v6;
	uint32_t slot = slot_v6(high), from = f->v6[slot], to = f->v6[slot + 1];

	while (from < to) {
		uint32_t middle = to - (to - from) / 2;
		const struct cache_v6 *r = &ranges[middle];

		if (r->high < high || (r->high == high && r->low <= low))
			from = middle;
		else
			to = middle - 1;
	}
	return ranges[from].value;
}

uint32_t find_value(const struct find *f, const struct addr *a)
{
	uint64_t high, low;

	if (addr_is_v4(a))
		return value_v4(f, addr_v4_number(a));
	memcpy(&high, a->octets, sizeof high);
	memcpy(&low, a->octets + sizeof high, sizeof low);
	return value_v6(f, be64toh(high), be64toh(low));
}
