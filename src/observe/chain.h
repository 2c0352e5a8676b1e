/* SPDX-License-Identifier: Apache-2.0 */
/* chain.h -- the alias chain of an answer, from the question to where it ends (RFC 1034, 3.6.2; RFC 6672). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dns/message.h"

enum { CHAIN_MAX = 16 }; /* longer chains are followed no further; resolvers stop near here too */

struct chain_link {
	const uint8_t *octets; /* borrowed from the message, or from `synthesized` */
	uint8_t len;
	uint32_t ttl; /* of the alias that leads here; 0 for the question */
};

struct chain {
	struct chain_link links[CHAIN_MAX];
	unsigned n;
	uint8_t synthesized[255]; /* the last name that a DNAME made without its CNAME in the answer */
};

/* Follows CNAME and DNAME records of the answer section; `allowed` says whether a record's owner may be
 * believed (the zone rule), and ends the chain where not. A loop ends the chain. */
struct chain_rule {
	bool (*allowed)(const void *context, const uint8_t *owner, uint8_t len);
	const void *context;
};

void chain_follow(const struct message *m, const struct chain_rule *rule, struct chain *out);

/* Whether the name of the message is the last of the chain. */
static inline bool chain_ends_at(const struct chain *c, const struct message *m, uint16_t name)
{
	return message_name_is(m, name, c->links[c->n - 1].octets, c->links[c->n - 1].len);
}

/* Whether it is any link of the chain. */
bool chain_has(const struct chain *c, const struct message *m, uint16_t name);
