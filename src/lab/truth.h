/* SPDX-License-Identifier: Apache-2.0 */
/* truth.h -- what the lab knows of each domain: its class, and which members its answers led to. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "lab/world.h"

/* A set of members in order of their first appearance. Zeroed is empty. */
struct member_set {
	uint32_t *ids;   /* n of room / 2 */
	uint32_t *table; /* room slots, a power of two: index into ids + 1; 0: free */
	uint32_t n, room;
};

enum err member_set_add(struct member_set *s, uint32_t id) MUST_USE;
void member_set_fini(struct member_set *s);

/* What clients were told of one zone. */
struct tally {
	uint64_t lookups;
	struct member_set members,
		servers; /* an IPv6 address is noted as the member's number with TALLY_V6 */
};

#define TALLY_V6 UINT32_C(0x80000000)

/* The text of a class, as truth names it: "flux-single". Static storage. */
const char *truth_class(enum lab_class kind);

/* Appends the line of JSON for zone `zone`, with its newline. */
void truth_line(const struct world *w, uint32_t zone, const struct tally *t, struct buf *to);
