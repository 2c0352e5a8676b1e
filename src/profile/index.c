/* SPDX-License-Identifier: Apache-2.0 */
/* index.c -- see index.h. */
#include "profile/index.h"

#include <stdlib.h>
#include <string.h>

/* Of the processor's cache. The smallest index is some of them: aligned_alloc takes multiples only. */
enum { LINE_OCTETS = 64 };

_Static_assert((sizeof(uint64_t) << INDEX_BITS_LEAST) % LINE_OCTETS == 0, "an index is whole lines");

void index_fini(struct index *ix)
{
	free(ix->slots);
	*ix = (struct index){0};
}

static void place(struct index *ix, uint64_t slot)
{
	uint32_t mask = (uint32_t)((UINT64_C(1) << ix->bits) - 1);
	uint32_t at = (uint32_t)(slot >> 32) >> (32 - ix->bits);

	while (ix->slots[at] != 0)
		at = (at + 1) & mask;
	ix->slots[at] = slot;
}

enum err index_open(struct index *ix, uint32_t bits)
{
	struct index empty = {.bits = bits};
	size_t octets = index_octets(&empty);

	/* not calloc: what is read before it is written is taken from the system twice, and the second time
	 * stops all threads for a moment */
	empty.slots = aligned_alloc(LINE_OCTETS, octets);
	if (empty.slots == NULL)
		return E_MEMORY;
	memset(empty.slots, 0, octets);
	*ix = empty;
	return OK;
}

static enum err grow(struct index *ix)
{
	struct index wider;
	enum err e = index_open(&wider, ix->bits == 0 ? INDEX_BITS_LEAST : ix->bits + 1);

	if (e != OK)
		return e;
	wider.used = ix->used;
	for (size_t i = 0; ix->bits != 0 && i < (size_t)1 << ix->bits; i++)
		if (ix->slots[i] != 0)
			place(&wider, ix->slots[i]);
	free(ix->slots);
	*ix = wider;
	return OK;
}

enum err index_add(struct index *ix, uint32_t tag, uint32_t number)
{
	/* at most three quarters full: runs stay short, and a free slot always ends a search */
	if (ix->bits == 0 || ix->used >= ((uint64_t)3 << ix->bits) / 4) {
		enum err e = grow(ix);
		if (e != OK)
			return e;
	}
	place(ix, (uint64_t)tag << 32 | (number + 1));
	ix->used++;
	return OK;
}

void index_remove(struct index *ix, uint32_t tag, uint32_t number)
{
	uint32_t mask = (uint32_t)((UINT64_C(1) << ix->bits) - 1), hole, at;
	uint64_t slot = (uint64_t)tag << 32 | (number + 1);

	if (ix->bits == 0)
		return;
	for (hole = tag >> (32 - ix->bits); ix->slots[hole] != slot; hole = (hole + 1) & mask)
		if (ix->slots[hole] == 0)
			return;
	for (at = (hole + 1) & mask; ix->slots[at] != 0; at = (at + 1) & mask) {
		uint32_t home = (uint32_t)(ix->slots[at] >> 32) >> (32 - ix->bits);

		/* an entry may fill the hole when its home lies at or before the hole, going round */
		if (((at - home) & mask) >= ((at - hole) & mask)) {
			ix->slots[hole] = ix->slots[at];
			hole = at;
		}
	}
	ix->slots[hole] = 0;
	ix->used--;
}
