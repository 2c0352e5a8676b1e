/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.h -- a hash index over an array of records: open addressing, 8 octets a slot, the records themselves
 * elsewhere.
 *
 * A slot holds 32 bits of the record's keyed hash (its tag) and the record's number plus one; a look-up
 * touches a record only when the tags agree. The tag comes from a hash under the random bucket key, so a
 * hostile name cannot choose its slot.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define INDEX_NONE UINT32_MAX

enum { INDEX_BITS_LEAST = 4 }; /* the smallest index has 16 slots */

struct index {
	uint64_t *slots; /* tag << 32 | number + 1; 0: free */
	uint32_t bits;   /* 2^bits slots; 0: none yet */
	uint32_t used;
};

/* An empty index of 2^bits slots, bits from INDEX_BITS_LEAST to 31, over what *ix holds without freeing it.
 * E_MEMORY: *ix is unchanged. index_add does it by itself; this is for who knows the size beforehand. */
enum err index_open(struct index *ix, uint32_t bits) MUST_USE;

void index_fini(struct index *ix);

/* Adds a record; its tag may stand there already (the caller has looked). E_MEMORY: the index is unchanged.
 */
enum err index_add(struct index *ix, uint32_t tag, uint32_t number) MUST_USE;

/* Takes out the entry of this tag and number, if it is there; later ones move up, so no mark stays behind. */
void index_remove(struct index *ix, uint32_t tag, uint32_t number);

static inline size_t index_octets(const struct index *ix)
{
	return ix->bits == 0 ? 0 : sizeof(uint64_t) << ix->bits;
}

static inline void index_prefetch(const struct index *ix, uint32_t tag)
{
	if (ix->bits != 0)
		__builtin_prefetch(&ix->slots[tag >> (32 - ix->bits)]);
}

/*
 * The numbers of the records with this tag, one after the other:
 *   for (n = index_first(ix, tag, &at); n != INDEX_NONE; n = index_next(ix, tag, &at))
 */
static inline uint32_t index_next(const struct index *ix, uint32_t tag, uint32_t *at)
{
	uint32_t mask = (uint32_t)((UINT64_C(1) << ix->bits) - 1);

	for (;; *at = (*at + 1) & mask) {
		uint64_t slot = ix->slots[*at];

		if (slot == 0)
			return INDEX_NONE;
		if ((uint32_t)(slot >> 32) == tag) {
			*at = (*at + 1) & mask;
			return (uint32_t)slot - 1;
		}
	}
}

static inline uint32_t index_first(const struct index *ix, uint32_t tag, uint32_t *at)
{
	if (ix->bits == 0)
		return INDEX_NONE;
	*at = tag >> (32 - ix->bits);
	return index_next(ix, tag, at);
}
