/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolver.h -- a recursive resolver as the lab needs it: a cache in whole seconds, one look-up at an
 * authority when a set has expired, and what clients are told in between.
 */
#pragma once

#include "lab/authority.h"

enum { RESOLVER_EXCHANGES_MAX = 8 };

struct resolver {
	const struct world *w; /* borrowed; its members may move, its hosts and zones stay */
	unsigned sides;
	struct authority told;          /* its cache: what authorities said, until it is over */
	struct tally *tallies;          /* for each zone */
	struct lab_exchange *exchanges; /* what the last question led to: the client's, then the look-ups */
	unsigned n;
	enum err err;
};

enum err resolver_init(struct resolver *r, const struct world *w, uint64_t seed, unsigned sides) MUST_USE;
void resolver_fini(struct resolver *r);

/* Answers one client's question into r->exchanges, r->n of them; r->err keeps a failure. */
void resolver_ask(struct resolver *r, const struct ask *q);
