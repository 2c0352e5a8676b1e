/* SPDX-License-Identifier: Apache-2.0 */
/*
 * size.h -- how many agents a network had, those never seen included, from how often each was seen.
 *
 * Chao's lower bound for incidence data (Chao2, bias-corrected: Chao 1987, Colwell and Coddington 1994) with
 * its log-normal interval. It takes look-ups as independent draws from one pool. Agents that differ in how
 * often they answer make the true number larger, never smaller; a pool that changes while it is watched makes
 * it the number of all that were ever in it, not of those at one time. An answer that repeats the one before
 * it draws nothing new and makes the estimate too small.
 */
#pragma once

#include <stdint.h>

struct size {
	double estimate, low, high; /* low and high: 95 % interval; never below the number seen */
};

/*
 * seen: agents seen; once, twice: of those, in one and in two look-ups; lookups: all of them. When no agent
 * was seen but once, nothing speaks for unseen ones, and all three are `seen`.
 */
struct size_counts {
	uint64_t seen, once, twice, lookups;
};

struct size size_estimate(const struct size_counts *c);
