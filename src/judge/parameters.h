/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parameters.h -- every number that the judge goes by, in one struct, and the table that names each.
 *
 * The struct is for the judge; the table is for whoever prints the parameters or reads other ones. deflux's
 * own values stand in class.c. A new number takes one line in the struct and one in the table of
 * parameters.c, a new number of every class one line in struct class_model and one in the table.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "judge/class.h"
#include "judge/feature.h"

/* Features of which but a part counts, as parameters.counts has them. */
enum { COUNTS_SIZE, COUNTS_ANSWER, COUNTS };

struct parameters {
	struct class_model class[CLASSES];
	bool used[FEATURES];  /* whether a feature is evidence */
	double accuse_db;     /* evidence from which on a domain is accused, decibans */
	double marks_over_db; /* by how much its own evidence has to pass that for its members to be marked */
	double doubt_db;      /* from here on it is not cleared */
	unsigned homes_least; /* accusing takes so many likely homes on one side (view.homes,
				 view.server_homes) */
	double prior;
	unsigned counted_max; /* beyond so many members further ones say nothing new */
	unsigned kinds_max;   /* networks whose kind counts, each once */
	double trust_lost_a_year, trust_least;
	double counts[COUNTS];       /* the share of what weak features say that counts: the rest others
				      * have said */
	double ttl_near_odds;        /* that a TTL lies where its class has them, against anywhere */
	double ns_shared_draws;      /* what servers that are hosts too are worth in independent draws */
	double ns_among_networks[5]; /* as class_model.ns_networks, of servers that live among the hosts */
	struct share ns_among_shared;
	double accused_alone; /* of flux domains, those of a network that no other accused domain is of */
	struct share accused_flux,
		accused_chance; /* members that accused domains use too: in flux, by chance */
	unsigned accused_counted;
	struct share partners_flux,
		partners_wrongly; /* of domains that draw from the same members, those that their own
				    evidence accuses: in flux, where one is accused wrongly */
	double accused_wrongly;
};

/* deflux's own. */
extern const struct parameters parameters_own;

/* One of them, or deflux's own for NULL. */
static inline const struct parameters *parameters_or_own(const struct parameters *p)
{
	return p == NULL ? &parameters_own : p;
}

/* What can be said of all kinds of it, one row of the table. */
struct parameter_info {
	const char *name, *unit, *meaning;
	const char *source; /* who says so; where it is a class's, see parameter.source */
	double least, most;
};

/* One parameter: a number, a whole number, or a switch (0 or 1). */
enum parameter_type { PARAMETER_NUMBER, PARAMETER_WHOLE, PARAMETER_SWITCH };

enum { PARAMETER_NAME_MAX = 64 };

struct parameter {
	char name[PARAMETER_NAME_MAX]; /* "accuse_db", "class.flux.kind.consumer", "feature.ttl.used" */
	enum parameter_type type;
	const struct parameter_info *info;
	const char *source;
	size_t offset; /* in struct parameters */
};

/* Parameter number i, in the order in which they are printed; false beyond the last. */
bool parameter_at(size_t i, struct parameter *out);
/* The one of that name; false when there is none. */
bool parameter_find(const char *name, struct parameter *out);

double parameter_get(const struct parameters *p, const struct parameter *which);
/* E_RANGE, with text in *d, when it is out of its limits or no whole number where one is wanted. */
enum err parameter_set(struct parameters *p, const struct parameter *which, double value,
		       struct diag *d) MUST_USE;

/* Whether they go together: distributions add up to 1, and some class is left on either side. E_RANGE, with
 * text in *d. */
enum err parameters_check(const struct parameters *p, struct diag *d) MUST_USE;
