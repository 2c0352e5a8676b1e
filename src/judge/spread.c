/* SPDX-License-Identifier: Apache-2.0 */
/* spread.c -- see spread.h: the sum over widths, on a grid of four to a doubling. */
#include "judge/spread.h"

#include <math.h>
#include <pthread.h>

#define ANYWHERE 0.001 /* the part of a class that lies anywhere */

static const unsigned widths[SPREAD_WIDTHS] = {1,   2,   3,   4,   5,   6,   7,   8,   10,  11,  13,  16,
					       19,  23,  27,  32,  38,  45,  54,  64,  76,  91,  108, 128,
					       152, 181, 215, 256, 304, 362, 431, 512, 609, 724, 861, 1024};
static double log2_of[SPREAD_WIDTHS], cell[SPREAD_WIDTHS]; /* and how much of the scale each stands for */
static pthread_once_t grid_once = PTHREAD_ONCE_INIT;

static void make_grid(void)
{
	for (unsigned i = 0; i < SPREAD_WIDTHS; i++)
		log2_of[i] = log2(widths[i]);
	for (unsigned i = 0; i < SPREAD_WIDTHS; i++) {
		double from = log2_of[i == 0 ? 0 : i - 1], to = log2_of[i + 1 == SPREAD_WIDTHS ? i : i + 1];

		cell[i] = (to - from) / 2;
	}
}

void spread_init(struct spread *s, unsigned n, unsigned d)
{
	double best = 0;

	for (unsigned i = 0; i < SPREAD_WIDTHS; i++) {
		double width = widths[i], p = 1;

		for (unsigned seen = 0; seen < d; seen++)
			p *= fmax(width - seen, 0) / width;
		/* as it shrinks, no smaller than 1024^-64: within a double */
		s->of[i] = p * pow(width, -(double)(n - d));
		best = fmax(best, s->of[i]);
	}
	for (unsigned i = 0; i < SPREAD_WIDTHS; i++)
		s->of[i] /= best;
}

/* The mean of what is given for each width, over a class. */
static double mean_over(const double of[SPREAD_WIDTHS], double mean, double sd)
{
	double near = 0, anywhere = 0, weights = 0, cells = 0;

	pthread_once(&grid_once, make_grid);
	for (unsigned i = 0; i < SPREAD_WIDTHS; i++) {
		double z = (log2_of[i] - mean) / sd, weight = exp(-0.5 * z * z) * cell[i];

		near += weight * of[i];
		weights += weight;
		anywhere += cell[i] * of[i];
		cells += cell[i];
	}
	/* a class far beyond the grid, or between two of its points, has no weight on it */
	near = weights > 0 ? near / weights : anywhere / cells;
	return (1 - ANYWHERE) * near + ANYWHERE * anywhere / cells;
}

double spread_likelihood(const struct spread *s, double mean, double sd)
{
	return mean_over(s->of, mean, sd);
}

double spread_expected(unsigned n, double mean, double sd)
{
	double of[SPREAD_WIDTHS];

	for (unsigned i = 0; i < SPREAD_WIDTHS; i++)
		of[i] = widths[i] * (1 - pow(1 - 1.0 / widths[i], n));
	return mean_over(of, mean, sd);
}
