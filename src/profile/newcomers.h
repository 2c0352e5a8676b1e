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
	NEWCOMER_OCTETS_MAX = UINT8_MAX * 8, /* as they wait */
	NEWCOMER_OBS_OCTETS_MAX = 2048       /* of an observation; larger ones make a profile at once */
};

struct newcomer_block {
	uint8_t *octets;
	uint32_t used;
};

/*
 * One observation that waits, written shorter than it came: there are millions, and what memory they take is
 * most of what they cost. What can be made again is left out: the hashes, the partition, the number of its
 * one sighting. Behind it stand its addresses, of 4 octets each when all are IPv4; its owner, of which the
 * domain's first observation alone has the end that is the domain; via; the names of servers; zeros.
 */
struct newcomer {
	int64_t time_ns;
	uint32_t next; /* place of the domain's next one; 0: none */
	uint32_t ttl;
	uint16_t type, vantage, lacks, members; /* as obs has them */
	uint8_t units;                          /* octets of all, in units of 8 */
	uint8_t first;  /* observations of the domain, in the first one; 0 in the others, and when it is gone
			 */
	uint8_t owners; /* names that it adds to the domain */
	uint8_t form;   /* the bits below, and the role behind them */
	uint8_t member_role;
	uint8_t domain_len, owner_len, via_len;
};

enum {
	NEWCOMER_NARROW = 1,  /* addresses of IPv4 alone */
	NEWCOMER_SERVERS = 2, /* of OBS_SERVERS, else of OBS_ADDRESSES */
	NEWCOMER_DOMAIN = 4,  /* the domain stands behind the owner */
	NEWCOMER_ROLE_AT = 3
};

static inline size_t newcomer_octets(const struct newcomer *n)
{
	return (size_t)n->units * 8;
}

static inline bool newcomer_has_servers(const struct newcomer *n)
{
	return (n->form & NEWCOMER_SERVERS) != 0;
}

static inline uint8_t newcomer_role(const struct newcomer *n)
{
	return n->form >> NEWCOMER_ROLE_AT;
}

static inline uint16_t newcomer_pairs(const struct newcomer *n)
{
	return newcomer_has_servers(n) ? 0 : n->members;
}

/* Octets of each of its addresses. */
static inline size_t newcomer_width(const struct newcomer *n)
{
	return (n->form & NEWCOMER_NARROW) != 0 ? 4 : sizeof(struct addr);
}

static inline struct addr newcomer_addr(const struct newcomer *n, uint16_t i)
{
	const uint8_t *at = (const uint8_t *)(n + 1) + i * newcomer_width(n);

	return (n->form & NEWCOMER_NARROW) != 0 ? addr_v4(at) : addr_v6(at);
}

/* The owner's octets as far as they stand here: of the first one all, of others those before the domain. */
static inline const uint8_t *newcomer_owner(const struct newcomer *n)
{
	return (const uint8_t *)(n + 1) + newcomer_pairs(n) * newcomer_width(n);
}

/* The domain's octets, in the first one. */
static inline const uint8_t *newcomer_domain(const struct newcomer *first)
{
	return newcomer_owner(first) + (first->owner_len - first->domain_len);
}

static inline const uint8_t *newcomer_via(const struct newcomer *n)
{
	return newcomer_owner(n) + n->owner_len - ((n->form & NEWCOMER_DOMAIN) != 0 ? 0 : n->domain_len);
}

static inline const uint8_t *newcomer_servers(const struct newcomer *n)
{
	return newcomer_via(n) + n->via_len;
}

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

/* How an observation is kept, whose owner lies in its domain. */
struct newcomer_shape {
	size_t octets, names; /* of all; of the names of servers */
	bool first, narrow;
};

struct newcomer_shape newcomer_shape(const struct obs *o, bool first);
void newcomer_write(struct newcomer *n, const struct newcomer_shape *shape, const struct obs *o);

/* Room for an observation made again. */
union newcomer_obs {
	struct obs obs;
	uint8_t octets[NEWCOMER_OBS_OCTETS_MAX];
};

/* Makes the observation again that waits in n, of the newcomer `first`; its partition is the domain's. */
void newcomer_obs(const struct newcomer *n, const struct newcomer *first, uint16_t partition,
		  uint64_t bucket_key, union newcomer_obs *out);

/* Whether n is of the same owner as an observation of the same domain; and whether it then is the same set.
 */
bool newcomer_is_owner(const struct newcomer *n, const struct obs *o);
bool newcomer_is_set(const struct newcomer *n, const struct obs *o);

/* Under the bucket key. */
uint64_t newcomer_domain_hash(const struct newcomer *first, uint64_t bucket_key);

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
