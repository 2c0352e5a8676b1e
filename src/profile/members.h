/* SPDX-License-Identifier: Apache-2.0 */
/*
 * members.h -- the other keyed space: for each member (an address; /56 in IPv6) which domains use it.
 *
 * It is fed at fixed boundaries of capture time from the `fresh` lists of all partitions, in order of
 * partition, and read only between boundaries: so it does not depend on threads. In 256 parts, so that
 * threads can feed it together.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "profile/partition.h"

enum { MEMBER_DOMAINS_MAX = 64 }; /* users kept of one member; further ones are only counted */

struct member_use {
	uint64_t domain;  /* hash under the bucket key */
	uint32_t first_s; /* seconds since 1970 */
	uint8_t roles, partition;
};

/* Most members have one use, which stands here; those behind it stand side by side, in `uses` of the part. */
struct member {
	struct addr addr;
	struct member_use use;
	uint32_t more;   /* where the others begin */
	uint32_t n_uses; /* distinct domains; over the limit an estimate from above */
};

/* Of its uses, those that stand here and behind `more`. */
static inline uint32_t member_kept(const struct member *member)
{
	return member->n_uses < MEMBER_DOMAINS_MAX ? member->n_uses : MEMBER_DOMAINS_MAX;
}

/* The others stand in runs with room for MEMBER_RUN_LEAST << size uses: 4, 8 ... 64. */
enum { MEMBER_RUN_LEAST = 4, MEMBER_RUNS = 5 };

/* The size of a run in which so many stand, at least one. */
static inline unsigned member_run_size(uint32_t others)
{
	unsigned size = 0;

	while ((uint32_t)MEMBER_RUN_LEAST << size < others)
		size++;
	return size;
}

/* Members stand in blocks that never move: nothing is copied as they grow, and hardly any room stands empty.
 * Few in a block, since a part's share of the memory may be small. */
enum { MEMBERS_BLOCK = 32 };

struct members_part {
	struct member **blocks;
	struct member_use *uses;
	size_t n_members, n_blocks, n_uses, blocks_room, uses_room;
	uint32_t free[MEMBER_RUNS]; /* room given back, of each size: the first, plus one; 0: none. The next
				     * one's place stands in its first entry */
	struct index by_addr;
	uint64_t lost;    /* uses over the limit, or without memory */
	uint64_t accused; /* marks that came, MEMBER_ACCUSED; 0: no use has one */
};

struct members {
	struct members_part parts[OBS_PARTITIONS];
	uint64_t bucket_key, sketch_key;
	size_t memory_bytes; /* of one part; 0: no limit */
	bool any_accused;    /* some use is marked MEMBER_ACCUSED; as of the last members_publish */
};

static inline struct member *members_at(const struct members_part *part, size_t n)
{
	return &part->blocks[n / MEMBERS_BLOCK][n % MEMBERS_BLOCK];
}

/* memory_bytes: the cap on all parts together; 0: no limit. */
void members_init(struct members *m, const struct profile_config *config, size_t memory_bytes);
void members_fini(struct members *m);

/* Puts a copy behind the last one, without an entry in by_addr; false without memory. */
bool members_append(struct members_part *part, const struct member *member);
void members_part_fini(struct members_part *part);

/* The part that a member lies in. */
uint8_t members_part_of(const struct addr *member, uint64_t sketch_key);

/* Takes in what partitions have found, in the order of the partitions. Different parts may be fed at once. */
void members_feed(struct members *m, const struct fresh *list, size_t n);

/* Takes every MEMBER_ACCUSED mark back: who accuses by the end marks anew. Single-threaded. */
void members_unmark(struct members *m);

/* Ends a boundary, once all groups are fed. */
void members_publish(struct members *m);

/* The member of that address, NULL. Its uses: for (u = &member->use; u != NULL; u = members_next(m, member,
 * u)). */
const struct member *members_find(const struct members *m, const struct addr *a);
const struct member_use *members_next(const struct members *m, const struct member *member,
				      const struct member_use *u);

size_t members_octets(const struct members *m);
size_t members_part_octets(const struct members_part *part);

/* When a part is full: gives up the members of least value until half of it is free, and returns true; what
 * they were used for counts as lost. Different parts may be trimmed at once, while nobody reads. */
bool members_trim(struct members *m, unsigned part);
