/* SPDX-License-Identifier: Apache-2.0 */
/* tables.h -- finding and adding the entries of a partition. Private to profile. */
#pragma once

#include "base/stamp.h"
#include "observe/belief.h"
#include "profile/partition.h"

/* A cache counts its TTLs down in whole seconds, so the moment at which it drops a set is known this well. It
 * also makes one look-up of a retransmission whose TTL is 0. */
enum { TABLE_DIES_SLACK_S = 1 };

struct domain_key {
	const uint8_t *name;
	uint8_t len;
	uint16_t partition;
	uint64_t hash; /* of the name, under the bucket key */
	int64_t time_ns;
};

/* The number of a domain or a newcomer, NONE. */
uint32_t table_find_domain(const struct partition *p, const struct domain_key *k);

/* Each returns a number, or NONE when memory or a limit forbids a new one (counted). A domain is one that was
 * not found. */
uint32_t table_domain(struct partition *p, const struct domain_key *k);

struct owner_key {
	uint32_t domain;
	const uint8_t *name;
	uint8_t len;
	uint64_t hash; /* of the name, under the bucket key */
	bool foreign;  /* lies in another domain: few of those are kept, since many may lead here */
};

uint32_t table_owner(struct partition *p, const struct owner_key *k, int64_t time_ns);
uint32_t table_find_owner(const struct partition *p, const struct owner_key *k);

/* The owner in a partition of servers, by the hash of its name; NONE. */
uint32_t table_find_server(const struct partition *servers, uint64_t hash);

/* Notes that an alias leads to that owner; `moved`: and that it was looked up there before. */
void table_target(struct partition *p, uint32_t alias, uint32_t to, bool moved);

/* Room of a list of targets in partition.links. */
static inline uint32_t table_targets_room(const struct owner *w)
{
	uint32_t room = w->n_targets == 0 ? 0 : 2;

	while (room < w->n_targets)
		room *= 2;
	return room;
}

/* The pair of owner and address; *fresh says whether it is new. */
uint32_t table_pair(struct partition *p, uint32_t owner, const struct addr *a, bool *fresh);

/* The set of this hash and role of a (domain, owner) given by hashes. */
uint32_t table_find_set(const struct partition *p, const struct obs *o);

/* A set for the owner with room for n links; takes over the oldest one when the owner has enough. */
uint32_t table_set(struct partition *p, uint32_t owner, const struct obs *o);

/* The network of an address, and whether it is a likely home. */
uint32_t table_net(const struct partition *p, const struct addr *a, bool *home);

/* Tells the member space of an address that the observation gives its domain. */
void table_tell(struct partition *p, const struct obs *o, const struct addr *a);

/* One hash for "this set of this owner of this domain in this role": 64 bits of hashes under a random key,
 * believed as they are, since a collision cannot be built without the key. */
static inline uint64_t table_set_key(const struct obs *o)
{
	uint64_t mixed = o->set_hash ^ (o->owner_hash << 21 | o->owner_hash >> 43) ^
			 (o->domain_hash << 42 | o->domain_hash >> 22);

	mixed = (mixed ^ ((uint64_t)o->type << 8 | o->member_role)) * UINT64_C(0x9e3779b97f4a7c15);
	return mixed ^ mixed >> 32;
}

/* When the cache that an answer came from drops it; the dates that sources let through end in 2106. */
static inline uint32_t table_dies(int64_t time_ns, uint32_t ttl, uint16_t lacks)
{
	int64_t s = time_ns / NS_PER_SECOND + ((lacks & LACK_TTL) != 0 ? 0 : ttl);

	return s < 0                                 ? 0
	       : s < UINT32_MAX - TABLE_DIES_SLACK_S ? (uint32_t)s
						     : UINT32_MAX - TABLE_DIES_SLACK_S;
}

static inline uint32_t table_dies_s(const struct obs *o)
{
	return table_dies(o->time_ns, o->ttl, o->lacks);
}

/* Whether the observation tells of no other look-up than one that a cache drops at `dies_s`. */
static inline bool table_is_repeat(const struct obs *o, uint32_t dies_s)
{
	if ((o->marks & OBS_STALE) != 0)
		return true;
	return (o->lacks & LACK_LOOKUPS) == 0 && table_dies_s(o) <= dies_s + TABLE_DIES_SLACK_S;
}

/* Tags in the indexes. */
static inline uint32_t table_domain_tag(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

static inline uint32_t table_set_tag(const struct obs *o)
{
	return (uint32_t)(table_set_key(o) >> 32);
}

uint32_t table_owner_tag(const struct partition *p, const struct owner_key *k);
uint32_t table_pair_tag(const struct partition *p, uint32_t owner, const struct addr *a);

/* Makes room for one more entry of `size` octets; false without memory. */
bool table_grow(void **array, size_t *room, size_t n, size_t size);

/* Fills the indexes of a partition whose arrays were filled otherwise; false without memory. */
bool table_index_all(struct partition *p);
