/* SPDX-License-Identifier: Apache-2.0 */
/* fill.c -- see fill.h. */
#include "flow/fill.h"

#include "base/monotonic.h"
#include "base/stamp.h"

/* A boundary: at multiples of this, and after so many messages. */
#define BOUNDARY_NS (600 * NS_PER_SECOND)
enum { BOUNDARY_MESSAGES = 1 << 14 };

/* So long a chunk that has messages is kept open for more of a pipe. */
#define PATIENCE_NS (200 * NS_PER_MS)

/* A record so far behind the newest is late: caches may have forgotten what it tells. */
#define LATE_NS (30 * NS_PER_SECOND)

/* A message that belongs behind the boundary waits for the next chunk, with octets of its own. */
static bool set_aside(struct flow *f, const struct intake *in, struct chunk *next)
{
	arena_reset(&next->keep);
	f->pending = *in;
	f->pending.wire = arena_copy(&next->keep, in->wire, in->len);
	f->pending.zone = arena_copy(&next->keep, in->zone, in->zone_len);
	return f->pending.wire != NULL && f->pending.zone != NULL;
}

/* Whether the message belongs behind a boundary; then the chunk, which ends before it, says so. */
static bool passes_boundary(struct flow *f, struct chunk *c, const struct intake *in)
{
	int64_t tick = in->time_ns / BOUNDARY_NS;
	bool first = f->tick == INT64_MIN;

	c->on_time = !first && tick > f->tick;
	c->boundary = c->on_time || (!first && f->since_boundary >= BOUNDARY_MESSAGES);
	if (first || c->on_time)
		f->tick = tick;
	f->since_boundary = c->boundary ? 1 : f->since_boundary + 1;
	return c->boundary;
}

/* The message behind those of the chunk is one of them. */
static void take_in(struct chunk *c)
{
	const struct intake *in = &c->intakes[c->n++];

	c->first_ns = c->n == 1 ? in->time_ns : stamp_earlier(c->first_ns, in->time_ns);
	c->last_ns = stamp_later(c->last_ns, in->last_ns);
}

/* What a chunk has is not kept waiting for a pipe that is slow: who asks how far the pass is wants to know.
 */
static void be_patient(struct flow *f, const struct chunk *c)
{
	if (c->n <= 1)
		sources_wait_until(f->sources, c->n == 0 ? 0 : monotonic_ns() + PATIENCE_NS);
}

bool fill_chunk(struct flow *f, struct chunk *c, struct chunk *next)
{
	struct intake *in;
	enum err e;

	c->n = 0;
	c->first_ns = c->last_ns = STAMP_NONE;
	c->boundary = false;
	if (f->has_pending) {
		c->intakes[0] = f->pending;
		take_in(c);
	}
	f->has_pending = false;
	while (c->n < f->chunk_messages) {
		in = &c->intakes[c->n];
		be_patient(f, c);
		e = sources_next(f->sources, &c->keep, in);
		if (e != OK)
			return e == E_AGAIN;
		in->vantage = saved_vantage(&f->saved, in->vantage);
		in->late = in->time_ns < f->newest_ns - LATE_NS;
		f->newest_ns = in->time_ns > f->newest_ns ? in->time_ns : f->newest_ns;
		if (passes_boundary(f, c, in)) {
			f->has_pending = set_aside(f, in, next);
			return f->has_pending;
		}
		take_in(c);
	}
	return true;
}
