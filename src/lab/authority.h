/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authority.h -- what the name servers of the world say when they are asked, and what they said last.
 *
 * There is one way to an answer: authority_answer draws from the world as it is at that moment. A capture's
 * resolver asks it and holds what was said until its TTL is over; the lab that answers real resolvers
 * (serve.h) asks it each time.
 */
#pragma once

#include "lab/lab.h"
#include "lab/truth.h"
#include "lab/world.h"

enum { NEGATIVE_S = 900 }; /* how long it holds that something is not there */

/* The set of addresses that was said of a host. */
struct said {
	int64_t until_s; /* it may be used before this second */
	uint32_t members[ANSWER_MAX];
	uint8_t n; /* 0: said to be empty */
};

struct authority {
	const struct world *w; /* borrowed; its members may move, its hosts and zones stay */
	struct rng rng;
	bool held; /* who asks has a cache: no alias is followed to a set that it holds still */
	struct said *v4, *v6, *hints; /* for each host; hints: none but in a wide world */
	uint32_t *alias;              /* for each host: where it was last said to lead */
	int64_t *alias_until_s;       /* for each host */
	int64_t *ns_until_s;          /* for each zone */
};

/* One question. */
struct ask {
	int64_t now_ns;
	const uint8_t *name; /* what is asked for; good until the answer is used up */
	uint32_t host;       /* which host that is; NONE: it does not exist */
	uint32_t zone;       /* NONE: the domain does not exist */
	uint32_t member;     /* an embedded name's address; NONE else */
	uint16_t qtype;      /* A, AAAA or HTTPS; what else there may be is not there */
};

enum err authority_init(struct authority *a, const struct world *w) MUST_USE;
void authority_fini(struct authority *a);

/*
 * Appends to `x` what the servers of q->zone say of q->host at x->answered_ns: aliases as far as the zone
 * goes, the addresses, the servers; or that there are none. Returns the host whose addresses these are, NONE
 * without.
 */
uint32_t authority_answer(struct authority *a, const struct ask *q, struct lab_exchange *x);

/* What was said of a host: its set for that type. */
struct said *authority_said(const struct authority *a, uint32_t host, uint16_t type);

/* Draws it anew. */
void authority_renew(struct authority *a, uint32_t host, uint16_t type, int64_t now_ns);
void authority_renew_servers(struct authority *a, uint32_t zone, int64_t now_ns);

/* How many seconds of it are left. */
uint32_t authority_left(int64_t until_s, int64_t now_ns);

/* Which set stands where, and under which name: a wildcard's is the one that was asked for. */
struct placed {
	enum section section;
	const uint8_t *owner;
	uint32_t host;
	uint16_t type;
};

/* Append records of what was said. */
struct lab_record *authority_add(struct lab_exchange *x, enum section s, const uint8_t *owner, uint16_t type,
				 uint32_t ttl);
void authority_add_set(struct authority *a, struct lab_exchange *x, const struct placed *p);
void authority_add_servers(struct authority *a, struct lab_exchange *x, uint32_t zone);
/* The start of authority for what is not there; `zone` NONE: of the top-level domain. */
void authority_add_soa(struct authority *a, struct lab_exchange *x, const uint8_t *name, uint32_t zone);

/* Truth: what a set that was said tells of the domain `zone`. E_MEMORY. */
enum err authority_tell(const struct authority *a, const struct ask *q, const struct said *set, uint32_t zone,
			struct tally *t) MUST_USE;
