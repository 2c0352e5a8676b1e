/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find.h -- look-ups in the ranges of a block: a table over the first bits of an address, then a binary
 * search among the few ranges that begin below the same bits.
 *
 * 16 bits in IPv4. IPv6 in use begins with 001: 18 bits behind these three, where most ranges are of /29 to
 * /48.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct addr;
struct cache_view;

/* Zeroed is none. */
struct find {
	const struct cache_view *view; /* borrowed; must outlive it */
	uint32_t *v4, *v6; /* the range that holds the first address of each slot, and one slot more */
};

/* Returns OK or E_MEMORY. */
enum err find_init(struct find *f, const struct cache_view *view) MUST_USE;
void find_fini(struct find *f);

/* The value (cache.h) of the range that holds an address. */
uint32_t find_value(const struct find *f, const struct addr *a);
