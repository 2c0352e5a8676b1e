/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group.h -- puts domains that share members into groups, so that a thin bridge joins nothing.
 *
 * A group is a bag of members: each as often as domains of the group use it. Two groups overlap by what their
 * bags have in common, weighted, as a share of the lighter bag. So one domain that uses members of two dense
 * groups makes them no more alike than one among many is worth, as average linkage would; yet bags fill up
 * as groups grow, so that domains which each showed a few draws of a large pool find together, where their
 * single lists hardly meet.
 *
 * Groups are joined while they overlap by GROUP_OVERLAP_LEAST, those first that are most alike (in common
 * over the geometric mean of both): dense ones are whole before a bridge joins one of them. Pairs that share
 * nothing are never looked at. Of many domains the heaviest GROUP_ROUND begin; of those that follow in rounds
 * each joins the group it lies in by half, and only what is left begins groups. Chance is no rival: of two
 * networks whose agents were drawn apart from all homes of the world, or whose homes were infected twice, a
 * few in a hundred are the same. Two samples of one pool that are small beside it stay apart, for nothing in
 * them tells otherwise; so do the ends of a network whose agents are all replaced more than once while its
 * domains come and go.
 *
 * Made-up findings whose members are in thousands of groups each would take minutes; GROUP_STEPS bounds that.
 * Weights are whole numbers, so sums do not depend on order; all ties are broken by number.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	GROUP_SHARED_LEAST = 3,   /* members in common, in as many places, below which nothing is joined */
	GROUP_ROUND = 1024,       /* domains that are grouped at once */
	GROUP_CROWD = 2048,       /* a member of more groups than this tells none from the other */
	GROUP_CROWD_LEAST = 16,   /* what that falls to, by halves, ... */
	GROUP_STEPS = 1 << 26,    /* ... each time when members were held against so many groups */
	GROUP_WEIGHT_FULL = 1000, /* the weight of a member that speaks for itself */
};

#define GROUP_OVERLAP_JOIN  0.5  /* a domain lies in a group */
#define GROUP_OVERLAP_LEAST 0.15 /* two groups are one */

/* One domain uses one member. */
struct group_use {
	uint32_t domain, member;
};

/*
 * Borrowed. `uses` is sorted by domain, then member, and holds none twice. Domains are numbered in an order
 * of their own that decides ties (earliest first); members of one place (a /24, a /48) have one number in
 * `place` and stand together.
 */
struct group_input {
	const struct group_use *uses;
	const uint32_t *weight, *place; /* of each member */
	size_t n_uses;
	uint32_t n_domains, n_members;
};

/* Writes the group of each domain: numbers from 0 on, by the group's first domain. Returns E_MEMORY, and
 * *n_groups else. */
enum err group_domains(const struct group_input *in, uint32_t *group, uint32_t *n_groups) MUST_USE;
