/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolver.h -- a recursive resolver as the lab needs it: a cache in whole seconds, one look-up at an
 * authority when a set has expired, and what clients are told in between.
 */
#pragma once

#include "lab/lab.h"
#include "lab/truth.h"
#include "lab/world.h"

enum { RESOLVER_EXCHANGES_MAX = 8 };

/* A set of addresses in the cache. */
struct cached {
	int64_t until_s; /* it may be used before this second */
	uint32_t members[ANSWER_MAX];
	uint8_t n; /* 0: known to be empty */
};

struct resolver {
	const struct world *w; /* borrowed; its members may move, its hosts and zones stay */
	struct rng rng;
	unsigned sides;
	struct cached *v4, *v6, *hints; /* for each host; hints: none but in a wide world */
	uint32_t *alias;                /* for each host: where it leads as long as it is held */
	int64_t *alias_until_s;         /* for each host */
	int64_t *ns_until_s;            /* for each zone */
	struct tally *tallies;          /* for each zone */
	struct lab_exchange *exchanges; /* what the last question led to: the client's, then the look-ups */
	unsigned n;
	enum err err;
};

/* One client's question. */
struct ask {
	int64_t now_ns;
	const uint8_t *name; /* what is asked for; good until the answer is used up */
	uint32_t host;       /* which host that is; NONE: it does not exist */
	uint32_t zone;       /* NONE: the domain does not exist */
	uint32_t member;     /* an embedded name's address; NONE else */
	uint16_t qtype;      /* A, AAAA or HTTPS */
};

enum err resolver_init(struct resolver *r, const struct world *w, uint64_t seed, unsigned sides) MUST_USE;
void resolver_fini(struct resolver *r);

/* Answers one question into r->exchanges, r->n of them; r->err keeps a failure. */
void resolver_ask(struct resolver *r, const struct ask *q);
