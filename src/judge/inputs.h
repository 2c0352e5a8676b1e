/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inputs.h -- of one domain's view, every number that the judge's parameters are applied to.
 *
 * The likelihoods of all features are worked out of these and of nothing else (model.c, servers.c), so that
 * whoever prints them tells all that a verdict is weighed from.
 */
#pragma once

#include "judge/judge.h"

enum { INPUTS_KINDS_MAX = 40 }; /* limit of the parameter kinds_max */

/* The networks on one side of a domain, each once: members of one network are no independent witnesses. */
struct inputs_kinds {
	unsigned known;                         /* networks that are known */
	unsigned n;                             /* those that count, at even steps of them */
	const struct net *of[INPUTS_KINDS_MAX]; /* set up to n; borrowed from the judge's nets */
};

/* So many hits among n, as they are weighed: of many members, a share of those that count. */
struct inputs_share {
	bool has; /* could be seen; else both are 0 */
	unsigned n, hits;
};

struct inputs {
	double trust;                     /* in the database of networks, 0..1 */
	struct inputs_kinds hosts, apart; /* apart: servers in networks where no host lies */
	/* Share among hosts, among all servers: as shown. What is weighed is the kind of each network. */
	double homes, server_homes;
	bool has_hosts, has_servers;
	unsigned members;          /* with those that are only sketched */
	unsigned drawn, networks;  /* members whose spread counts, and how many networks they show */
	unsigned host_clusters;    /* of all hosts; shown */
	struct inputs_share moved; /* among movable ones */
	unsigned answer_max;       /* 0: could not be seen */
	bool has_ttl;
	uint32_t ttl_median; /* seconds */
	unsigned server_networks;
	struct inputs_share both; /* servers that are hosts too */
	unsigned shared;          /* members that accused domains use; 0: that says nothing */
	/* how likely so many are in flux, and in what is honest: the same of all classes of each */
	double shared_flux, shared_honest;
};

/* Of no method but deflux's own. Good as long as the judge's nets are. */
void inputs_of(const struct judge *j, const struct view *v, struct inputs *out);

/* How many networks the members that count for the spread show, on average; all clusters of hosts, when all
 * members do. */
double inputs_networks(const struct view *v, unsigned counted_max, unsigned *drawn);

/* What tells honest classes from each other, beside all that: see naming.c. Of a view with detail. */
struct inputs_naming {
	unsigned names;
	unsigned answers; /* look-ups */
	double users;     /* domains that use one host, this one included: the mean */
	bool own_address; /* most names say their own address */
};

void inputs_naming_of(const struct view *v, struct inputs_naming *out);
