/* SPDX-License-Identifier: Apache-2.0 */
/* look.h -- one response looked into: its answer, its name servers. Private to observe. */
#pragma once

#include "dns/name.h"
#include "observe/chain.h"
#include "observe/emit.h"

struct look {
	struct observer *o;
	const struct message *m;
	enum speaker speaker;
	struct emit_frame frame;
	const uint8_t *zone; /* what an authority speaks for; NULL: a recursive resolver, or not known */
	uint8_t zone_len;
	const uint8_t *domain; /* the registrable domain of the question; NULL: a public suffix */
	uint8_t domain_len;
	struct chain chain;
	struct emit_set set; /* the observation being built */
};

/* Finds the zone that an authority speaks for: told by the source, else the closest NS or SOA owner above the
 * question in the authority section, else the question's registrable domain. */
void look_zone(struct look *l);

/* Follows the alias chain, and tells the domains on it of the addresses at its end. */
void look_answer(struct look *l);

/* Tells of the name servers of zones above the chain, and of their addresses. */
void look_servers(struct look *l);

/* Whether a name lies in the zone the server speaks for. */
static inline bool look_in_zone(const struct look *l, const uint8_t *name, uint8_t len)
{
	return l->zone != NULL && name_is_below(name, len, l->zone, l->zone_len);
}

/* The registrable domain of a name: its offset in it, or false. */
bool look_domain(const struct look *l, const uint8_t *name, uint8_t len, uint8_t *at);

/* Adds an address to the set unless it is special; counts those. */
static inline void look_add(struct look *l, struct addr a)
{
	if (addr_is_special(&a))
		l->o->counts.special_addresses++;
	else if (l->set.n < OBS_MEMBERS_MAX)
		l->set.addrs[l->set.n++] = a;
}
