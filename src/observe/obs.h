/* SPDX-License-Identifier: Apache-2.0 */
/*
 * obs.h -- an observation: one rrset as one registrable domain is told of it.
 *
 * Observations travel in batches from the threads that parse to the partitions that keep state. Their form in
 * memory is also their wire form (OBS_VERSION, host byte order): fixed head, then addresses, then names, each
 * part aligned.
 */
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"

/*
 * Partitions belong to OBS_GROUPS groups, by their number. Behind those of the domains stands one more for
 * each group: of the name servers that serve domains of the group from other domains.
 */
enum {
	OBS_VERSION = 1,
	OBS_PARTITIONS = 256,
	OBS_GROUPS = 16,
	OBS_ALL = OBS_PARTITIONS + OBS_GROUPS,
	OBS_MEMBERS_MAX = 256
};

enum obs_kind {
	OBS_ADDRESSES, /* `owner` has these addresses; with `via`: that name was asked, or is where the alias
			  leads; of an alias seen without addresses they are none, `type` is CNAME, and
			  where it leads is hashed into `set_hash` */
	OBS_SERVERS    /* zone `owner` has name servers; they stand behind, hashed into `set_hash` */
};

/* In which roles an address (or an owner) is seen; bits. */
enum member_role {
	MEMBER_HOST = 1 << 0,    /* an address of a name of the domain itself */
	MEMBER_ALIAS = 1 << 1,   /* reached through an alias that leads to another domain */
	MEMBER_NS = 1 << 2,      /* an address of a name server of the domain's zones */
	MEMBER_NS_HOST = 1 << 3, /* the domain's own name serves another domain's zone */
	MEMBER_HINT = 1 << 4,    /* from an HTTPS or SVCB hint (RFC 9460) */
	MEMBER_GLUE = 1 << 5,    /* only ever as glue out of bailiwick */
	/* the judge's, in no observation */
	MEMBER_ACCUSED = 1 << 6, /* of a domain that its own evidence accuses */
	MEMBER_CLEARED = 1 << 7  /* and no longer does: takes that mark back, and is kept nowhere */
};

enum obs_mark {
	OBS_TRUNCATED = 1 << 0, /* TC: the set may be longer */
	OBS_SCOPED = 1 << 1,    /* ECS: the set is for some clients */
	OBS_STALE = 1 << 2      /* served past its TTL: no new look-up */
};

struct obs {
	uint32_t size; /* octets of this observation, a multiple of 8 */
	uint8_t kind;  /* enum obs_kind */
	uint8_t role;  /* enum role: which side of the resolver */
	uint8_t marks; /* enum obs_mark bits */
	uint8_t member_role;
	int64_t time_ns, last_ns;
	uint32_t count; /* sightings it stands for; over 1 only from aggregates */
	uint32_t ttl;   /* seconds */
	uint16_t lacks, vantage;
	uint16_t members;   /* addresses, or name-server names */
	uint16_t partition; /* of the domain: below OBS_PARTITIONS; of a server: OBS_PARTITIONS + group */
	uint8_t domain_len, owner_len, via_len; /* octets with the root label; via_len 0: none */
	uint8_t spare[3];                       /* zero: no octet of the wire form is left to chance */
	uint16_t type;                          /* rrtype the addresses came in: A, AAAA, HTTPS, SVCB, NS */
	uint64_t domain_hash, owner_hash, set_hash; /* under the bucket key */
};

static_assert(sizeof(struct obs) == 72, "an observation has padding");

/* The parts behind the head. */
static inline const struct addr *obs_addrs(const struct obs *o)
{
	return (const struct addr *)(const void *)(o + 1);
}

static inline const uint8_t *obs_names(const struct obs *o)
{
	return (const uint8_t *)(o + 1) + (o->kind == OBS_ADDRESSES ? sizeof(struct addr) * o->members : 0);
}

static inline const uint8_t *obs_domain(const struct obs *o)
{
	return obs_names(o);
}

static inline const uint8_t *obs_owner(const struct obs *o)
{
	return obs_names(o) + o->domain_len;
}

static inline const uint8_t *obs_via(const struct obs *o)
{
	return obs_names(o) + o->domain_len + o->owner_len;
}

/* OBS_SERVERS: the first of `members` names, one behind the other in wire form. */
static inline const uint8_t *obs_servers(const struct obs *o)
{
	return obs_via(o) + o->via_len;
}
