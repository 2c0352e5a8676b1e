/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h -- which dates of one input are believed.
 *
 * A broken record may be dated 1970 or 2106. The first date is believed when a second agrees with it (lies
 * within max_gap of it), a later jump over max_gap when three agree with each other; what has to wait for
 * that is held. When a record comes that agrees with the time believed so far, whatever is held was wrong. A
 * machine: it sees dates, the caller keeps the records.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { CLOCK_HELD_MAX = 8 };

struct clock {
	int64_t max_gap_ns;
	int64_t at_ns;   /* the last date believed */
	bool started;    /* at_ns is set */
	unsigned n_held; /* dates that wait, in order of arrival */
	int64_t held_ns[CLOCK_HELD_MAX + 1];
};

/* What became of the dates held, in order of arrival, the newcomer behind them: bit i stands for the i-th.
 * Those in neither set stay held, in the same order. */
struct clock_word {
	uint16_t take, drop;
};

void clock_init(struct clock *c, int64_t max_gap_ns);

/* One more record, dated time_ns (not negative). */
struct clock_word clock_see(struct clock *c, int64_t time_ns);

/* The input ended: nothing stays held. A single record with nothing to contradict it is believed. */
struct clock_word clock_end(struct clock *c);

static inline bool clock_near(const struct clock *c, int64_t a_ns, int64_t b_ns)
{
	return (a_ns < b_ns ? b_ns - a_ns : a_ns - b_ns) <= c->max_gap_ns;
}

/* The usual case without the machinery: true, and the record is taken, when nothing is held and it agrees. */
static inline bool clock_pass(struct clock *c, int64_t time_ns)
{
	if (!c->started || c->n_held != 0 || !clock_near(c, c->at_ns, time_ns))
		return false;
	c->at_ns = time_ns;
	return true;
}
