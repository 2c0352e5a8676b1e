/* SPDX-License-Identifier: Apache-2.0 */
/* state_parts.h -- the checks of what a state holds, and what its two kinds share. Private to profile. */
#pragma once

#include <stdlib.h>

#include "base/cursor.h"
#include "profile/state.h"

/* Whether all entries of the arrays are sound: numbers in range, lists without loops, names well formed.
 * E_FORMAT, E_MEMORY. The indexes are not needed yet. */
enum err state_check_tables(const struct partition *p, unsigned number) MUST_USE;

/* Whether all observations in the blocks are sound, and follow each other without loops; then counts them and
 * puts them into by_domain, which holds the domains already. */
enum err state_check_newcomers(struct partition *p, unsigned number) MUST_USE;

/* Whether `len` octets hold a name in wire form, and nothing behind it. */
bool state_name_is_good(const uint8_t *octets, size_t len);

/* The moments of observations: never before 1970. */
static inline bool state_time_is_good(int64_t ns)
{
	return ns >= 0;
}

/* One bit for each of n things; NULL without memory. */
static inline uint8_t *state_bits(size_t n)
{
	return calloc(n / 8 + 1, 1);
}

/* Sets a bit; false when it was set. */
static inline bool state_claim(uint8_t *bits, size_t n)
{
	uint8_t bit = (uint8_t)(1u << n % 8);
	bool is_new = (bits[n / 8] & bit) == 0;

	bits[n / 8] |= bit;
	return is_new;
}

/* Appends n octets and what is missing to a multiple of 8; and takes such from a cursor. */
void state_add(struct buf *to, const void *octets, size_t n);
const uint8_t *state_take(struct cursor *c, size_t n);

/* An array of n entries with room for more, filled; false without memory. */
bool state_fill(void **array, struct cursor *c, size_t n, size_t room, size_t size);

/* An empty index as wide as one was that now gets `entries`; a width that those would not have made is left
 * to grow by itself. False without memory. */
bool state_widen(struct index *ix, uint32_t bits, size_t entries);
