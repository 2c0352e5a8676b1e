/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.h -- records of many inputs in one order of time.
 *
 * Two machines. `heads` knows the next record's time of each open input and says which input is first.
 * `window` puts in order what arrives late: a record leaves it when time has passed it by window_ns. Equal
 * times are ordered by input, then as they stood in the input; so a file and its pieces give the same order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "source/record.h"

enum {
	WINDOW_RECORDS_MAX = 65536,
	WINDOW_RUN_MAX = 256 /* records that are put in at once, over those */
};

/*
 * Records in order wait in a ring, appended at its end. The others (older than the ring's end) wait in a
 * heap, so a hostile order costs a logarithm and an honest one nothing.
 */
struct window {
	int64_t window_ns;
	int64_t newest_ns; /* the latest date seen */
	bool started;      /* newest_ns is set */
	uint64_t order;    /* arrivals so far */
	uint64_t late;     /* records that came too late to be put in order */
	struct record *ring;
	size_t ring_at, ring_len, ring_room;
	struct record *heap;
	size_t heap_len, heap_room;
};

/* E_MEMORY. window_ns >= 0. */
enum err window_init(struct window *w, int64_t window_ns) MUST_USE;
void window_fini(struct window *w);

/* False: no memory, the record is not in. Never refuses while it holds less than WINDOW_RECORDS_MAX
 * otherwise. */
bool window_push(struct window *w, const struct record *r);

/*
 * Places for records that follow the last one pushed, when that was the newest: *n, at most WINDOW_RUN_MAX
 * and perhaps none. The caller fills some, none older than the one before it, all of the same source, and
 * says how many; that is as if they were pushed.
 */
struct record *window_places(struct window *w, size_t *n);
void window_filled(struct window *w, size_t n);

static inline size_t window_held(const struct window *w)
{
	return w->ring_len + w->heap_len;
}

/* Whether a record is due: time has passed it, or too many are held. */
static inline bool window_is_due(const struct window *w)
{
	int64_t passed_ns = w->newest_ns - w->window_ns;

	return window_held(w) >= WINDOW_RECORDS_MAX ||
	       (w->ring_len != 0 && w->ring[w->ring_at].time_ns <= passed_ns) ||
	       (w->heap_len != 0 && w->heap[0].time_ns <= passed_ns);
}

/* The oldest record. False: empty. */
bool window_pop(struct window *w, struct record *out);

/* The same where it stands, while all are in order; else NULL. window_drop takes it out. */
static inline const struct record *window_first(const struct window *w)
{
	return w->heap_len == 0 && w->ring_len != 0 ? &w->ring[w->ring_at] : NULL;
}
void window_drop(struct window *w);

/* The next record's date of one input. */
struct head {
	int64_t time_ns;
	uint32_t source;
};

/* A heap by (time_ns, source). Zeroed is empty. */
struct heads {
	struct head *heads;
	size_t n, room;
};

void heads_fini(struct heads *h);

/* False: no memory. */
bool heads_add(struct heads *h, struct head one);

/* heads[0] has another time now, or is gone. */
void heads_moved(struct heads *h, int64_t time_ns);
void heads_gone(struct heads *h);
