/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events.h -- what comes next in a world, as a heap of moments: changes of its members and turns, and the
 * questions of whoever adds them.
 *
 * Moments that are equal are told apart by what happens, so the order never depends on the heap's past.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct world;

#define EVENT_CHANGE UINT32_C(0x80000000) /* a pool changes; else a zone is asked for */
#define EVENT_TURN   UINT32_C(0x40000000) /* something is changed on purpose, once */

struct event {
	int64_t at_ns; /* INT64_MAX: never again */
	uint32_t what; /* a zone, a pool with EVENT_CHANGE, or a turn with EVENT_TURN */
};

struct events {
	struct event *heap; /* owned; the first is the earliest */
	uint32_t n;
};

/* Room for an event of each zone, pool and turn. E_MEMORY. */
enum err events_init(struct events *e, const struct world *w) MUST_USE;
void events_fini(struct events *e);

/* Add events, in no order yet: one, or all changes and turns of the world. Then order them. */
void events_add(struct events *e, int64_t at_ns, uint32_t what);
void events_add_changes(struct events *e, struct world *w);
void events_order(struct events *e);

/* The first event was moved to a later moment. */
void events_moved(struct events *e);

/* The first event, a change or a turn, takes place, and the next of its kind is in its stead. */
enum err events_take_place(struct events *e, struct world *w) MUST_USE;

/* All up to and at a moment, where there are none but changes and turns. */
enum err events_until(struct events *e, struct world *w, int64_t now_ns) MUST_USE;
