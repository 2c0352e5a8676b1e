/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranges.h -- what databases say of stretches of address space: sorted, disjoint ranges made of nested ones.
 *
 * Databases hold nested prefixes, the inner ones more exact. Flattening sorts them by first address, outer
 * before inner, and walks them with a stack: the top of the stack is what holds at the point of the walk.
 * What an inner range leaves open (number or country) it takes from the range around it. Ranges that cross
 * without nesting, which only a hand-made table has, are taken as well: the one that starts later wins.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"

/* An address as a number: 32 bits in IPv4, 128 in IPv6. The families never meet in one list. */
__extension__ typedef unsigned __int128 range_key;

enum { RANGES_MAX = 1 << 24 }; /* of one family: twenty times today's routing table */

/* A value. */
struct range {
	range_key first, last;
	uint32_t asn;    /* 0: not said */
	char country[2]; /* both 0: not said */
};

struct range_list {
	struct range *at;
	size_t n, room;
};

/* Zeroed is empty. */
struct ranges {
	struct range_list v4, v6;
};

void ranges_fini(struct ranges *r);

/*
 * Adds a range of one family. Returns OK, E_RANGE (last before first, or two families), E_MEMORY (also past
 * RANGES_MAX).
 */
enum err ranges_add(struct ranges *r, const struct addr *first, const struct addr *last,
		    const struct range *says) MUST_USE;

/* Adds a prefix of `bits` (0..32 in IPv4, 0..128 in IPv6); bits behind it are not looked at. Errors as above.
 */
enum err ranges_add_prefix(struct ranges *r, const struct addr *first, unsigned bits,
			   const struct range *says) MUST_USE;

/* Makes both lists sorted, disjoint, without neighbours that say the same and without ranges that say
 * nothing. */
enum err ranges_flatten(struct ranges *r) MUST_USE;

/*
 * Joins two flattened sets into *out (empty before): number and country each from `over` where it says one,
 * else from `under`. On error *out is empty.
 */
enum err ranges_overlay(const struct ranges *over, const struct ranges *under, struct ranges *out) MUST_USE;

range_key range_key_of(const struct addr *a);

/* Two letters as a country: capitals that ISO 3166-1 gives to one (XK too, for Kosovo). Others, such as EU,
 * AP or ZZ, leave *country both 0. */
void range_country(const char *text, size_t len, char country[2]);
