/* SPDX-License-Identifier: Apache-2.0 */
/* tables.h -- finding and adding the entries of a partition. Private to profile. */
#pragma once

#include "profile/partition.h"

struct domain_key {
	const uint8_t *name;
	uint8_t len;
	uint16_t partition;
	uint64_t hash; /* of the name, under the bucket key */
	int64_t time_ns;
};

/* Each returns a number, or NONE when memory or a limit forbids a new one (counted). */
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

/* The pair of owner and address; *fresh says whether it is new. */
uint32_t table_pair(struct partition *p, uint32_t owner, const struct addr *a, bool *fresh);

/* The set of this hash and role of a (domain, owner) given by hashes. */
uint32_t table_find_set(const struct partition *p, const struct obs *o);

/* A set for the owner with room for n links; takes over the oldest one when the owner has enough. */
uint32_t table_set(struct partition *p, uint32_t owner, const struct obs *o);

/* Tags in the indexes. */
uint32_t table_owner_tag(const struct partition *p, const struct owner_key *k);
uint32_t table_pair_tag(const struct partition *p, uint32_t owner, const struct addr *a);
uint32_t table_set_tag(const struct obs *o);

/* Makes room for one more entry of `size` octets; false without memory. */
bool table_grow(void **array, size_t *room, size_t n, size_t size);
