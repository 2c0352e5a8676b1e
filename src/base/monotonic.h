/* SPDX-License-Identifier: Apache-2.0 */
/* monotonic.h -- the machine's clock, for how long things took and how long to wait, and nothing else: what
 * is observed and judged knows capture time alone. */
#pragma once

#include <stdint.h>
#include <time.h>

/* Nanoseconds since some moment; it does not go back. */
static inline int64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
