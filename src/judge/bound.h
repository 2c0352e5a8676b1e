/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bound.h -- how much evidence a domain of one look-up could have at the most, from how many members it has:
 * what cannot be accused need not be judged.
 *
 * The evidence is the ratio of two mixtures. That of the honest classes is no smaller than its share of any
 * one of them, whichever is the tightest. For each class of flux and each honest class, each feature has a
 * largest ratio over all values that it can have; a ratio of two mixtures of two parts is no larger than the
 * larger of the parts' ratios. Turnover and life cannot be seen in one look-up; what others say of the
 * members (FEATURE_SHARED) is left out.
 */
#pragma once

#include "judge/parameters.h"

enum { BOUND_MEMBERS = 24 }; /* with more members than this, there is no bound */

/* One side's members by how many are likely homes and how many are not, decibans: [homes][others]. */
typedef float bound_kinds[BOUND_MEMBERS + 1][BOUND_MEMBERS + 1];

/* Of one class of flux against one honest class, decibans. */
struct bound_pair {
	bound_kinds kinds;                                /* of hosts, and of servers among them */
	bound_kinds apart;                                /* of servers apart */
	float hosts[BOUND_MEMBERS + 1];                   /* all else of so many hosts */
	float apart_db, among_db;                         /* all else of servers apart, and among the hosts */
	float both[BOUND_MEMBERS + 1][BOUND_MEMBERS + 1]; /* of so many servers, so many hosts too */
};

struct bound {
	struct bound_pair of[CLASSES - CLASS_HONEST][CLASS_HONEST];
	bool used[CLASS_HONEST]; /* honest classes that have any weight */
};

void bound_init(struct bound *b, const struct parameters *p);

/* The members of one side: likely homes (VIEW_HOME_LEAST), and others. */
struct bound_side {
	unsigned homes, others;
};

/* Decibans; infinite when there is no bound. both: members of the NS side that may be of the A side too. */
double bound_db(const struct bound *b, struct bound_side hosts, struct bound_side servers, unsigned both);
