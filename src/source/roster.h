/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roster.h -- the inputs of a run: which there are, which are open, and whose record is next.
 *
 * All are opened at the start to learn their first date. Those that hold much memory (decompressors, log
 * readers) are closed again until time has come to them, so that a thousand rotated files cost no more than
 * those that overlap.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/feed.h"
#include "source/merge.h"
#include "source/sources.h"
#include "source/walk.h"

struct slot;
struct kept_mapping;

struct roster {
	struct feed_shared *shared; /* borrowed */
	struct walk walk;
	struct slot *slots; /* one for each walk.files */
	struct heads heads;
	struct kept_mapping *mappings; /* of closed inputs */
	size_t n_mappings, mappings_room;
	struct source_problem *problems;
	size_t n_problems, problems_room;
	uint64_t unreadable, octets_total;
	struct feed_counts closed; /* of inputs that are done */
	bool waits;                /* the first input has not said yet what its next record is */
};

/* Finds and opens the inputs; what cannot be read becomes a problem. E_MEMORY. */
enum err roster_start(struct roster *r, const struct sources_config *config) MUST_USE;
void roster_fini(struct roster *r);

/* The next record: of all inputs' next ones the earliest. NULL: none, or, where the roster waits, none yet.
 * Its chunk is the caller's to release. */
const struct record *roster_first(struct roster *r);

/* Records behind the one that roster_first gave, which was of the same time or older, when they are next and
 * their order is plain: at most n; see feed_run. Returns how many. */
size_t roster_run(struct roster *r, struct record *out, size_t n);

/* Moves past the record that roster_first gave, and those of roster_run behind it. */
void roster_advance(struct roster *r);

uint16_t roster_vantage(const struct roster *r, uint32_t source);

/* Looks whether inputs that were read became shorter before their messages were; such an input becomes a
 * problem. */
void roster_check(struct roster *r);

/* Adds what the inputs count. */
void roster_count(const struct roster *r, struct sources_counts *to);
