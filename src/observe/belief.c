/* SPDX-License-Identifier: Apache-2.0 */
/* belief.c -- see belief.h. */
#include "observe/belief.h"

#include <string.h>

#include "dns/type.h"

const uint8_t belief_table[SPEAKERS][PLACES][2] = {
	/*                                       elsewhere   in its zone */
	[SPEAKER_RECURSIVE] = {[PLACE_ANSWER] = {TRUST_FULL, TRUST_FULL},
			       [PLACE_NS] = {TRUST_SEEN, TRUST_SEEN},
			       [PLACE_NS_ADDRESS] = {TRUST_SEEN, TRUST_SEEN}},
	[SPEAKER_AUTHORITY] = {[PLACE_ANSWER] = {TRUST_NONE, TRUST_FULL},
			       [PLACE_NS] = {TRUST_NONE, TRUST_FULL},
			       [PLACE_NS_ADDRESS] = {TRUST_GLUE, TRUST_FULL}},
};

static bool named(const struct belief_resolvers *r, const struct addr *a)
{
	for (uint32_t i = 0; i < r->n; i++)
		if (memcmp(&r->addrs[i], a, sizeof *a) == 0)
			return true;
	return false;
}

/* The side, when the source does not say: a named resolver that answers faces its clients, one that asks
 * faces authorities; otherwise RA tells a recursive answer (RFC 1035, 4.1.1). A log without flags is taken as
 * its client side, the common case. */
static enum role told_role(const struct intake *in, uint16_t flags, const struct belief_resolvers *resolvers)
{
	if (in->role != ROLE_UNKNOWN)
		return (enum role)in->role;
	if (resolvers->n != 0 && named(resolvers, &in->server))
		return ROLE_CLIENT;
	if (resolvers->n != 0 && named(resolvers, &in->client))
		return ROLE_RESOLVER;
	if ((in->lacks & LACK_FLAGS) != 0 || (flags & FLAG_RA) != 0)
		return ROLE_CLIENT;
	return ROLE_RESOLVER;
}

void belief_role(const struct intake *in, uint16_t flags, const struct belief_resolvers *resolvers,
		 enum speaker *speaker, enum role *role)
{
	bool recursive = (in->lacks & LACK_FLAGS) != 0 || ((flags & FLAG_AA) == 0 && (flags & FLAG_RA) != 0);

	*role = told_role(in, flags, resolvers);
	/* a resolver's client side without RA is a refusal to recurse or a cache probe: still its cache
	 * speaking */
	*speaker = recursive || (*role == ROLE_CLIENT && (flags & FLAG_AA) == 0) ? SPEAKER_RECURSIVE
										 : SPEAKER_AUTHORITY;
}

bool belief_role_feeds(enum role feeding, enum role seen)
{
	return seen >= feeding;
}
