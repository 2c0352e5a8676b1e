/* SPDX-License-Identifier: Apache-2.0 */
/*
 * newcomers.h -- domains of which one look-up alone is known. Private to profile.
 *
 * Most domains are looked up once, and most of what a profile has is for change over time. So what the first
 * look-up told waits as the observations themselves, one behind the other in blocks that never move. When a
 * second look-up comes, they are applied as if they came now, and what is known of the domain is what it
 * would have been. The member space is told at once: co-tenants count from their first look-up.
 *
 * by_domain of the partition holds newcomers beside domains: their number is their place in the blocks, in
 * units of 8 octets, with the top bit set.
 */
#pragma once

#include "profile/partition.h"

enum {
	NEWCOMER_BLOCK_OCTETS = 8 << 10,
	NEWCOMER_OBS_OCTETS_MAX = 2048 /* larger ones make a profile at once */
};

struct newcomer_block {
	uint8_t *octets;
	uint32_t used;
};

/* One observation that waits. */
struct newcomer {
	uint32_t next;  /* place of the domain's next one; 0: none */
	uint8_t first;  /* observations of the domain, in the first one; 0 in the others, and when it is gone
			 */
	uint8_t owners; /* names that it adds to the domain */
	uint16_t pairs;
	struct obs obs; /* with what stands behind it */
};

static inline bool newcomers_has(uint32_t number)
{
	return number != NONE && number >> 31 != 0;
}

static inline struct newcomer *newcomers_at(const struct newcomers *all, uint32_t number)
{
	size_t at = (size_t)(number & INT32_MAX) * 8;

	return (struct newcomer *)(void *)(all->blocks[at / NEWCOMER_BLOCK_OCTETS].octets +
					   at % NEWCOMER_BLOCK_OCTETS);
}

static inline const struct newcomer *newcomers_next(const struct newcomers *all, const struct newcomer *n)
{
	return n->next == 0 ? NULL : newcomers_at(all, n->next);
}

void newcomers_fini(struct newcomers *all);
size_t newcomers_octets(const struct newcomers *all);

/* Keeps the observation of a newcomer (its number), or of a domain not yet known (NONE), or counts it as the
 * repeat that it is. False: the domain needs a profile now. */
bool newcomers_take(struct partition *p, const struct obs *o, uint32_t number);

/* Makes a profile of a newcomer; its number among the domains, NONE without memory. */
uint32_t newcomers_admit(struct partition *p, uint32_t number);

/* Calls `visit` with each newcomer's number, in the order they came, until it gives false; says whether it
 * went to the end. `visit` may admit the one it is given. */
bool newcomers_each(struct partition *p, bool (*visit)(void *context, struct partition *p, uint32_t number),
		    void *context);

/* Puts a newcomer of another partition behind the last of this one; false without memory. */
bool newcomers_copy(struct partition *to, const struct partition *from, uint32_t number);

/* Gives back the room of those that are gone, when it is most of it. */
void newcomers_compact(struct partition *p);
