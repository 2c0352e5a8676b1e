/* SPDX-License-Identifier: Apache-2.0 */
/* emit.h -- writes one observation into the batch of its partition's group. */
#pragma once

#include "observe/observe.h"

/* The parts that are the same for all observations of one message. */
struct emit_frame {
	const struct intake *in;
	enum role role;
	uint8_t marks;
	uint64_t sketch;
};

struct emit_set {
	const uint8_t *domain; /* whom it is told of */
	uint8_t domain_len;
	const uint8_t *served; /* the domain that this server serves: told to the servers of its group; NULL:
				* told to the partition of `domain` */
	uint8_t served_len;
	const uint8_t *owner;
	uint8_t owner_len;
	const uint8_t *via;
	uint8_t via_len;
	uint32_t ttl;
	uint16_t type;
	uint8_t member_role;
	struct addr addrs[OBS_MEMBERS_MAX]; /* sorted, distinct */
	unsigned n;
};

/* Sorts the addresses and drops repeats. */
void emit_sort(struct emit_set *s);

void emit_addresses(struct observer *o, const struct emit_frame *f, const struct emit_set *s);

/* The name servers of zone s->owner; their names stand in `names` as obs_servers has them, sorted. */
void emit_servers(struct observer *o, const struct emit_frame *f, const struct emit_set *s,
		  const struct buf *names);
