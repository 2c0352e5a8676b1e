/* SPDX-License-Identifier: Apache-2.0 */
/*
 * each.h -- the same done for every group of partitions, by whatever threads are free. Private to flow.
 *
 * At a boundary the thread that judges offers the groups to the others, which otherwise read and parse ahead
 * as far as there is room; after the pass threads are started for it. With one thread it is a loop.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct worker;

/* False: without memory. It may change what is the group's alone, and what is the worker's, and read what no
 * call changes. */
typedef bool each_visit(struct worker *w, unsigned group, void *context);

/* One round of visits. */
struct round {
	each_visit *visit;
	void *context;
	const struct worker *caller;
	uint32_t left; /* bits: groups that nobody has taken */
	unsigned done;
	bool failed;
};

/* Visits every group once, in whatever order. Without the lock, and not while a round goes on. False when
 * some visit said so. */
bool each_group(struct worker *w, each_visit *visit, void *context);

/* With the lock held, which it gives up meanwhile: visits one group of the round that goes on. False when
 * there is none left. */
bool each_help(struct worker *w);
