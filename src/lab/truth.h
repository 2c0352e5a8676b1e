/* SPDX-License-Identifier: Apache-2.0 */
/* truth.h -- what the lab knows of each domain: its class, and which members its answers led to. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "lab/world.h"

/* A set of addresses, as the members that have them, in order of first appearance. Zeroed is empty. */
struct member_set {
	uint32_t *ids;     /* n of room / 2; with TALLY_V6 for the member's IPv6 address */
	uint32_t *first_s; /* when each appeared, in seconds from the lab's start */
	uint32_t *table;   /* room slots, a power of two: index into ids + 1; 0: free */
	uint32_t n, room;
};

/* An address that another member of it had before is not added again. */
enum err member_set_add(struct member_set *s, const struct world *w, uint32_t id, uint32_t at_s) MUST_USE;
bool member_set_has(const struct member_set *s, const struct world *w, uint32_t id);
void member_set_fini(struct member_set *s);

/* Members are independent when they stand in different /24s (IPv6: /48s); one with both addresses counts
 * once. */
enum { INDEPENDENT = 15 };

/* What clients were told of one zone. */
struct tally {
	uint64_t lookups;
	struct member_set members, servers;
	uint64_t groups[INDEPENDENT]; /* of the independent members so far */
	uint32_t n_groups;
	uint32_t fifteenth_s; /* when the last of them appeared */
};

#define TALLY_V6 UINT32_C(0x80000000)

/* A member that an answer to a question of that type led to: by its IPv6 address for AAAA and where it has no
 * other. */
enum err tally_member(struct tally *t, const struct world *w, uint32_t member, uint16_t qtype,
		      uint32_t at_s) MUST_USE;
/* The address of one of the zone's servers; where servers are members too, it counts among these. */
enum err tally_server(struct tally *t, const struct world *w, const struct zone *z, uint32_t member,
		      uint32_t at_s) MUST_USE;
void tally_fini(struct tally *t);

/* The text of a class, as truth names it: "flux-single". Static storage. */
const char *truth_class(enum lab_class kind);

bool truth_is_flux(const struct zone *z);

/* How many registrable domains there are, and how many of them are flux. */
void truth_domains(const struct world *w, size_t *all, size_t *flux);

/* Appends the line of JSON for zone `zone`, with its newline. */
void truth_line(const struct world *w, uint32_t zone, const struct tally *t, struct buf *to);

/* One for each registrable domain, handed to `take`, which may stop the walk by any error. */
enum err truth_lines(const struct world *w, const struct tally *tallies,
		     enum err (*take)(void *context, const char *line, size_t len), void *context) MUST_USE;
