/* SPDX-License-Identifier: Apache-2.0 */
/* merge.c -- see merge.h. */
#include "source/merge.h"

#include <stdlib.h>
#include <string.h>

enum {
	RING_ROOM_FIRST = 1024,
	RING_ROOM_MAX = WINDOW_RECORDS_MAX + WINDOW_RUN_MAX,
	HEADS_ROOM_FIRST = 16,
	PREFETCH_RECORDS = 12, /* how far ahead of its use a record's octets are asked for */
	LINE_OCTETS = 64
};

enum err window_init(struct window *w, int64_t window_ns)
{
	*w = (struct window){.window_ns = window_ns, .ring_room = RING_ROOM_FIRST};
	w->ring = malloc(RING_ROOM_FIRST * sizeof *w->ring);
	return w->ring == NULL ? E_MEMORY : OK;
}

void window_fini(struct window *w)
{
	free(w->ring);
	free(w->heap);
	*w = (struct window){0};
}

static bool is_before(const struct record *a, const struct record *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	if (a->source != b->source)
		return a->source < b->source;
	return a->order < b->order;
}

/* Whether a newcomer belongs before the ring's last record. */
static bool is_before_last(const struct record *r, const struct record *last)
{
	return r->time_ns < last->time_ns || (r->time_ns == last->time_ns && r->source < last->source);
}

/* The place of the record with a number up to ring_room, counted from the ring's first one. */
static inline struct record *ring_place(const struct window *w, size_t number)
{
	size_t at = w->ring_at + number;

	return &w->ring[at < w->ring_room ? at : at - w->ring_room];
}

static bool ring_grow(struct window *w)
{
	size_t first = w->ring_room - w->ring_at; /* records up to the end of the room, the ring being full */
	size_t room = 2 * w->ring_room < RING_ROOM_MAX ? 2 * w->ring_room : RING_ROOM_MAX;
	struct record *grown = room == w->ring_room ? NULL : malloc(room * sizeof *grown);

	if (grown == NULL)
		return false;
	memcpy(grown, w->ring + w->ring_at, first * sizeof *grown);
	memcpy(grown + first, w->ring, w->ring_at * sizeof *grown);
	free(w->ring);
	w->ring = grown;
	w->ring_at = 0;
	w->ring_room = room;
	return true;
}

static bool heap_push(struct window *w, const struct record *r)
{
	size_t at = w->heap_len;

	if (w->heap_len == w->heap_room) {
		size_t room = w->heap_room == 0 ? RING_ROOM_FIRST : 2 * w->heap_room;
		struct record *grown = realloc(w->heap, room * sizeof *grown);

		if (grown == NULL)
			return false;
		w->heap = grown;
		w->heap_room = room;
	}
	w->heap_len++;
	for (; at != 0 && is_before(r, &w->heap[(at - 1) / 2]); at = (at - 1) / 2)
		w->heap[at] = w->heap[(at - 1) / 2];
	w->heap[at] = *r;
	return true;
}

static void heap_pop(struct window *w, struct record *out)
{
	const struct record *last = &w->heap[--w->heap_len];
	size_t at = 0, child;

	*out = w->heap[0];
	while ((child = 2 * at + 1) < w->heap_len) {
		if (child + 1 < w->heap_len && is_before(&w->heap[child + 1], &w->heap[child]))
			child++;
		if (!is_before(&w->heap[child], last))
			break;
		w->heap[at] = w->heap[child];
		at = child;
	}
	w->heap[at] = *last;
}

bool window_push(struct window *w, const struct record *r)
{
	struct record in;

	if (w->ring_len == w->ring_room && !ring_grow(w))
		return false;
	if (w->ring_len == 0 || !is_before_last(r, ring_place(w, w->ring_len - 1))) {
		struct record *to = ring_place(w, w->ring_len++);

		*to = *r;
		to->order = w->order++;
	} else {
		in = *r;
		in.order = w->order;
		if (!heap_push(w, &in))
			return false;
		w->order++;
	}
	if (!w->started || r->time_ns > w->newest_ns)
		w->newest_ns = r->time_ns;
	else if (r->time_ns < w->newest_ns - w->window_ns && !r->unsorted)
		w->late++;
	w->started = true;
	return true;
}

struct record *window_places(struct window *w, size_t *n)
{
	const struct record *last;
	size_t room, behind;

	*n = 0;
	if (w->ring_len == 0 || window_held(w) > WINDOW_RECORDS_MAX ||
	    (w->ring_len == w->ring_room && !ring_grow(w)))
		return NULL;
	last = ring_place(w, w->ring_len - 1);
	if (last->order + 1 != w->order || last->time_ns != w->newest_ns)
		return NULL;
	behind = w->ring_at + w->ring_len;
	/* to the end of the room, or to the first record */
	room = behind < w->ring_room ? w->ring_room - behind : w->ring_room - w->ring_len;
	*n = room < WINDOW_RUN_MAX ? room : WINDOW_RUN_MAX;
	return ring_place(w, w->ring_len);
}

void window_filled(struct window *w, size_t n)
{
	struct record *in = ring_place(w, w->ring_len);

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		in[i].order = w->order++;
	w->ring_len += n;
	w->newest_ns = in[n - 1].time_ns;
}

void window_drop(struct window *w)
{
	if (w->ring_len > PREFETCH_RECORDS) {
		const uint8_t *soon = ring_place(w, PREFETCH_RECORDS)->octets;

		for (unsigned line = 0; line < 3; line++) /* perhaps past its end */
			__builtin_prefetch((const void *)((uintptr_t)soon + line * LINE_OCTETS));
	}
	w->ring_at = w->ring_at + 1 == w->ring_room ? 0 : w->ring_at + 1;
	w->ring_len--;
}

bool window_pop(struct window *w, struct record *out)
{
	const struct record *first = &w->ring[w->ring_at];

	if (w->heap_len != 0 && (w->ring_len == 0 || is_before(&w->heap[0], first))) {
		heap_pop(w, out);
		return true;
	}
	if (w->ring_len == 0)
		return false;
	*out = *first;
	window_drop(w);
	return true;
}

void heads_fini(struct heads *h)
{
	free(h->heads);
	*h = (struct heads){0};
}

static bool head_before(const struct head *a, const struct head *b)
{
	return a->time_ns < b->time_ns || (a->time_ns == b->time_ns && a->source < b->source);
}

bool heads_add(struct heads *h, struct head one)
{
	size_t at = h->n;

	if (h->n == h->room) {
		size_t room = h->room == 0 ? HEADS_ROOM_FIRST : 2 * h->room;
		struct head *grown = realloc(h->heads, room * sizeof *grown);

		if (grown == NULL)
			return false;
		h->heads = grown;
		h->room = room;
	}
	h->n++;
	for (; at != 0 && head_before(&one, &h->heads[(at - 1) / 2]); at = (at - 1) / 2)
		h->heads[at] = h->heads[(at - 1) / 2];
	h->heads[at] = one;
	return true;
}

static void sift_down(struct heads *h, struct head one)
{
	size_t at = 0, child;

	while ((child = 2 * at + 1) < h->n) {
		if (child + 1 < h->n && head_before(&h->heads[child + 1], &h->heads[child]))
			child++;
		if (!head_before(&h->heads[child], &one))
			break;
		h->heads[at] = h->heads[child];
		at = child;
	}
	h->heads[at] = one;
}

void heads_moved(struct heads *h, int64_t time_ns)
{
	sift_down(h, (struct head){time_ns, h->heads[0].source});
}

void heads_gone(struct heads *h)
{
	h->n--;
	if (h->n != 0)
		sift_down(h, h->heads[h->n]);
}
