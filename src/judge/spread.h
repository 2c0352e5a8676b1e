/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spread.h -- how many networks so many members show, when they are drawn from a population of unknown width.
 *
 * Of N networks of equal size, n members show d with a probability that hangs on N as N! / ((N - d)! N^n);
 * the rest is a number of orders that is the same for every N (the occupancy problem: Feller, An Introduction
 * to Probability Theory, vol. 1, II.5). So the chance of a new network falls as members come: forty members
 * in twenty networks speak of a population of about that width, where a constant chance for each further
 * member would leave it open. Real networks differ in size: N is as many as would show the same, fewer than
 * there are.
 *
 * A class has N by a normal distribution of log2 N; a thousandth of each class lies anywhere between 1 and
 * 1024, so nothing is impossible.
 */
#pragma once

enum { SPREAD_WIDTHS = 36 };

/* How likely what was seen is for each width of the population, relative to the likeliest. */
struct spread {
	double of[SPREAD_WIDTHS];
};

/* n members, at least 1, in d networks, 1 to n and at most 1024. */
void spread_init(struct spread *s, unsigned n, unsigned d);

/* How likely it is under a class; up to a factor that is the same for all classes. */
double spread_likelihood(const struct spread *s, double mean, double sd);

/* How many networks n members show on average. */
double spread_expected(unsigned n, double mean, double sd);
