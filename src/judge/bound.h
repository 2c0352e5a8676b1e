/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bound.h -- how much evidence a domain of one look-up could have at the most, from how many members it has:
 * what cannot be accused need not be judged.
 *
 * The evidence is the ratio of two mixtures. That of the honest classes is no smaller than its share of any
 * one of them: the most frequent and the broadest are taken as rivals, each a bound by itself, and the lower
 * counts. For each class of flux, each feature has a largest ratio to the rival over all values that
 * it can have; a ratio of two mixtures of two parts is no larger than the sum of the parts' ratios. Turnover
 * cannot be seen in one look-up; what others say of the members (FEATURE_SHARED) is left out.
 */
#pragma once

#include "judge/parameters.h"

enum { BOUND_MEMBERS = 24 }; /* with more members than this on a side, there is no bound */

/* Of one class of flux, decibans. */
struct bound_class {
	double home_db[2],
		other_db[2]; /* of one member that is a likely home, and that is not; A side, NS side */
	double hosts_db[BOUND_MEMBERS + 1];   /* besides, of so many members of the A side at most */
	double apart_db, among_db;            /* of servers that are apart from the hosts, and among them */
	double servers_db[BOUND_MEMBERS + 1]; /* of so many of the NS side, apart */
	double both_db[BOUND_MEMBERS + 1]
		      [BOUND_MEMBERS + 1]; /* of so many servers, of them so many hosts too */
	double always_db;
};

enum { BOUND_RIVALS = 2 };

struct bound {
	unsigned n; /* rivals, at least 1 */
	struct bound_class of[BOUND_RIVALS][CLASSES - CLASS_HONEST];
};

/* p: not NULL. */
void bound_init(struct bound *b, const struct parameters *p);

/* The members of one side: likely homes (VIEW_HOME_LEAST), and others. */
struct bound_side {
	unsigned homes, others;
};

/* Decibans; infinite when there is no bound. both: members of the NS side that may be of the A side too. */
double bound_db(const struct bound *b, struct bound_side hosts, struct bound_side servers, unsigned both);
