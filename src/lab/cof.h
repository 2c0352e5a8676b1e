/* SPDX-License-Identifier: Apache-2.0 */
/* cof.h -- counts records and prints them as passive DNS (draft-dulaunoy-dnsop-passive-dns-cof), one hour at
 * a time. */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "lab/lab.h"

struct cof_entry;

/* Zeroed is empty. */
struct cof {
	struct arena arena;       /* entries of this hour */
	struct cof_entry **order; /* in order of first appearance */
	struct cof_entry **table; /* room slots, a power of two */
	uint32_t n, room;
	int64_t hour;
	uint64_t lines;
};

/* Counts the records of one answer; lines of hours that are over go to `to`. */
enum err cof_add(struct cof *c, const struct lab_exchange *x, struct buf *to) MUST_USE;

/* Prints what is counted and forgets it. */
void cof_flush(struct cof *c, struct buf *to);
void cof_fini(struct cof *c);
