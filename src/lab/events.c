/* SPDX-License-Identifier: Apache-2.0 */
/* events.c -- see events.h. */
#include "lab/events.h"

#include <stdlib.h>

#include "base/stamp.h"
#include "lab/lab.h"
#include "lab/world.h"

enum err events_init(struct events *e, const struct world *w)
{
	*e = (struct events){0};
	e->heap = malloc(((size_t)w->n_zones + w->n_pools + w->n_turns + 1) * sizeof *e->heap);
	return e->heap == NULL ? E_MEMORY : OK;
}

void events_fini(struct events *e)
{
	free(e->heap);
	*e = (struct events){0};
}

static bool earlier(const struct event *a, const struct event *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->what < b->what;
}

static void sink(struct events *e, uint32_t i)
{
	struct event moved = e->heap[i];

	for (uint32_t child; (child = 2 * i + 1) < e->n; i = child) {
		if (child + 1 < e->n && earlier(&e->heap[child + 1], &e->heap[child]))
			child++;
		if (!earlier(&e->heap[child], &moved))
			break;
		e->heap[i] = e->heap[child];
	}
	e->heap[i] = moved;
}

void events_add(struct events *e, int64_t at_ns, uint32_t what)
{
	e->heap[e->n++] = (struct event){at_ns, what};
}

void events_add_changes(struct events *e, struct world *w)
{
	for (uint32_t i = 0; i < w->n_pools; i++) {
		int64_t at_ns = world_next_change(w, i, LAB_START_NS);

		if (at_ns != STAMP_NONE)
			events_add(e, at_ns, i | EVENT_CHANGE);
	}
	for (uint32_t i = 0; i < w->n_turns; i++)
		events_add(e, LAB_START_NS + (int64_t)(w->turns[i].at_s * 1e9), i | EVENT_TURN);
}

void events_order(struct events *e)
{
	for (uint32_t i = e->n / 2; i-- > 0;)
		sink(e, i);
}

void events_moved(struct events *e)
{
	sink(e, 0);
}

enum err events_take_place(struct events *e, struct world *w)
{
	struct event *first = &e->heap[0];
	uint32_t what = first->what;

	if ((what & EVENT_TURN) != 0) {
		world_take_turn(w, what & ~EVENT_TURN);
		first->at_ns = INT64_MAX;
	} else {
		world_change(w, what & ~EVENT_CHANGE);
		first->at_ns = world_next_change(w, what & ~EVENT_CHANGE, first->at_ns);
	}
	sink(e, 0);
	return w->err;
}

enum err events_until(struct events *e, struct world *w, int64_t now_ns)
{
	while (e->n != 0 && e->heap[0].at_ns <= now_ns) {
		enum err err = events_take_place(e, w);

		if (err != OK)
			return err;
	}
	return OK;
}
