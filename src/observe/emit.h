/* SPDX-License-Identifier: Apache-2.0 */
/* emit.h -- writes one observation into the batch of its partition's group. */
#pragma once

#include "observe/observe.h"

/* The parts that are the same for all observations of one message. */
struct emit_frame {
	const struct intake *in;
	enum role role;
	uint8_t marks;
};

/* A domain with its hashes. */
struct emit_domain {
	const uint8_t *octets;
	uint8_t len;
	uint64_t bucket, sketch;
};

struct emit_set {
	const uint8_t *domain; /* whom it is told of */
	uint8_t domain_len;
	uint16_t servers; /* the partition of servers that it is told to; 0: the partition of `domain` */
	const uint8_t *owner;
	uint8_t owner_len;
	const uint8_t *via;
	uint8_t via_len;
	uint32_t ttl;
	uint16_t type;
	uint8_t member_role;
	unsigned n;
	struct addr addrs[OBS_MEMBERS_MAX]; /* sorted, distinct */
	/* private */
	struct emit_domain hashed; /* the domain told of last */
	uint64_t owner_hash, set_hash;
	struct memo_tale tale;
	bool may_note;
};

/* Whom the addresses of a name server are told to: the groups of the domains that it serves, by their number;
 * its own domain; or the domain of the zone, where it belongs to that. */
enum { TARGET_ITSELF = OBS_GROUPS, TARGET_ZONE };

/* Sorts the addresses and drops repeats. */
void emit_sort(struct emit_set *s);

/* The partition of servers for those that serve s->domain. */
uint16_t emit_servers_of(const struct observer *o, struct emit_set *s);

void emit_addresses(struct observer *o, const struct emit_frame *f, struct emit_set *s);

/* The name servers of zone s->owner; their names stand in `names` as obs_servers has them, sorted. */
void emit_servers(struct observer *o, const struct emit_frame *f, struct emit_set *s,
		  const struct buf *names);

/*
 * Addresses of name servers: few sets, that many messages tell of. First the set is prepared, with `domain`
 * the zone's for TARGET_ZONE and the root for all others; then, for each target, emit_knows says whether it
 * was told before (and counts it as left out), and emit_prepared tells it if not, with `domain` and
 * `member_role` as they are then.
 */
void emit_prepare(struct observer *o, const struct emit_frame *f, struct emit_set *s);
bool emit_knows(struct observer *o, struct emit_set *s, unsigned target);
void emit_prepared(struct observer *o, const struct emit_frame *f, struct emit_set *s, unsigned target);
