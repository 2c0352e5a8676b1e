/* SPDX-License-Identifier: Apache-2.0 */
/*
 * belief.h -- what is believed of a response, by who speaks and where the record stands.
 *
 * One table. A recursive resolver passes on what many servers said: its alias chain is followed across
 * domains, and the name servers it names are kept as seen. An authority is believed about its own zone alone,
 * with glue outside it at lower weight (RFC 2181, 5.4.1; RFC 8499 "bailiwick").
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "observe/intake.h"

enum speaker { SPEAKER_RECURSIVE, SPEAKER_AUTHORITY, SPEAKERS };

/* Where in the message a record stands, once it was found reachable from the question. */
enum place {
	PLACE_ANSWER,     /* on the alias chain, its addresses and hints */
	PLACE_NS,         /* NS of a zone the question lies in, authority or answer section */
	PLACE_NS_ADDRESS, /* address of such a name server, additional or answer section */
	PLACES
};

enum trust {
	TRUST_NONE, /* counted, not used */
	TRUST_GLUE, /* kept at lower weight */
	TRUST_SEEN, /* kept as seen, unverified */
	TRUST_FULL
};

extern const uint8_t belief_table[SPEAKERS][PLACES][2];

/* `in_zone`: the record's owner lies in the zone the server speaks for; always false for a recursive
 * resolver. */
static inline enum trust belief_of(enum speaker s, enum place p, bool in_zone)
{
	return (enum trust)belief_table[s][p][in_zone];
}

/* Who speaks and which side of the resolver this is, from the role the source gave, the header flags, and the
 * resolvers the user named. */
struct belief_resolvers {
	const struct addr *addrs;
	uint32_t n;
};

void belief_role(const struct intake *in, uint16_t flags, const struct belief_resolvers *resolvers,
		 enum speaker *speaker, enum role *role);

/* Of two roles at one vantage, whether `b` may count look-ups where `a` has: one role feeds turnover, the one
 * nearest to the authority, since it sees each look-up once. */
bool belief_role_feeds(enum role feeding, enum role seen);
