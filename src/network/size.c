/* SPDX-License-Identifier: Apache-2.0 */
/* size.c -- see size.h. */
#include "network/size.h"

#include <math.h>

#define NORMAL_95 1.959964

/* Of the bias-corrected estimate: the delta method. */
static double variance(const struct size_counts *c, double estimate)
{
	double q1 = (double)c->once, q2 = (double)c->twice, a = ((double)c->lookups - 1) / (double)c->lookups;
	double r = q2 + 1;

	if (c->twice == 0)
		return a * q1 * (q1 - 1) / 2 + a * a * q1 * (2 * q1 - 1) * (2 * q1 - 1) / 4 -
		       a * a * q1 * q1 * q1 * q1 / (4 * estimate);
	return a * q1 * (q1 - 1) / (2 * r) + a * a * q1 * (2 * q1 - 1) * (2 * q1 - 1) / (4 * r * r) +
	       a * a * q1 * q1 * q2 * (q1 - 1) * (q1 - 1) / (4 * r * r * r * r);
}

struct size size_estimate(const struct size_counts *c)
{
	double seen = (double)c->seen, q1 = (double)c->once, unseen, spread;

	if (c->once < 2 || c->lookups < 2)
		return (struct size){seen, seen, seen};
	unseen = ((double)c->lookups - 1) / (double)c->lookups * q1 * (q1 - 1) / (2 * ((double)c->twice + 1));
	spread = exp(NORMAL_95 * sqrt(log(1 + fmax(variance(c, seen + unseen), 0) / (unseen * unseen))));
	return (struct size){seen + unseen, seen + unseen / spread, seen + unseen * spread};
}
