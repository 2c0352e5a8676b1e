/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partition.h -- one of the 256 parts of what is known of registrable domains.
 *
 * Four arrays, each with an index; entries refer to each other by number, so a partition can be moved and
 * written out:
 *
 *   domain --owners--> owner --pairs--> pair   (owner, address): first, last, look-ups
 *                            --sets---> set    one distinct rrset of the owner, the last few of them
 *
 * A name server of another domain is kept once for a group of partitions, as an owner of the root in the
 * group's partition of servers; the sets of servers of the zones that it serves name it by its hash.
 *
 * Only a look-up counts. An answer out of a cache says when it was looked up: time and TTL together are the
 * moment at which the cache drops it. A sighting whose moment lies no later than the set's is a repeat (out
 * of the cache, retransmitted, mirrored) and changes nothing at all; so whoever has told of it may leave the
 * repeats out. Look-ups of a known set wait in the set and are settled into its pairs when somebody reads
 * them; only a new set reaches the pairs. A set is kept while a cache may still hold it.
 *
 * A domain of which one look-up alone is known is a newcomer: it waits as the observations that came, and
 * gets its entries when a second look-up comes, or when somebody wants to see it. Nobody can tell the
 * difference.
 *
 * A machine: time comes with the observations. What is kept does not depend on the bucket key, on threads, or
 * on how observations were batched: only on their order.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"
#include "observe/obs.h"
#include "profile/index.h"
#include "profile/sketch.h"

enum {
	OWNER_SETS_KEPT = 8,      /* sets of an owner kept, also when no cache holds them any more */
	DOMAIN_OWNERS_MAX = 4096, /* owners kept of a domain; further names go into a sketch */
	DOMAIN_PAIRS_MAX = 16384, /* (owner, address) pairs kept of a domain; further ones go into a sketch */
	DOMAIN_FOREIGN_MAX = 64,  /* owners kept that lie in other domains: aliases that lead here, servers */
	OWNER_TARGETS_MAX = 64,   /* names kept that an alias led to */
	DOMAIN_VANTAGES = 16      /* vantage points told apart; the last stands for all further ones */
};

#define NONE INDEX_NONE

enum owner_role {
	OWNER_HOST = 1 << 0,   /* had addresses of its own */
	OWNER_ALIAS = 1 << 1,  /* an alias; `via` is where it led when that was last new */
	OWNER_ZONE = 1 << 2,   /* a zone cut: had NS records */
	OWNER_SERVER = 1 << 3, /* a name server of one of the domain's zones */
	OWNER_FOREIGN = 1 << 4 /* lies in another domain */
};

struct domain {
	uint64_t hash;
	int64_t first_ns, last_ns;
	int64_t looked_ns; /* the last look-up */
	uint32_t name;     /* offset in partition.names */
	uint32_t owners;   /* first owner, NONE */
	uint32_t n_owners, n_pairs;
	uint32_t answers;                 /* look-ups of addresses, each once */
	uint32_t server_answers;          /* look-ups that told of name servers */
	uint32_t more_owners, more_pairs; /* sketches of names and addresses over the limits, NONE */
	uint32_t feeds;                   /* two bits a vantage: enum role that feeds turnover there */
	uint32_t pairs_judged;            /* n_pairs when it was last looked at for new ones */
	uint32_t homes; /* pairs that config.net_of called likely homes: fewer than a handful accuse nobody */
	uint32_t told;  /* all that told of it when the judge was last called, here and elsewhere */
	int64_t decided_ns; /* when the judge reached the verdict below; STAMP_NONE: not yet */
	float alone_db;     /* the judge's last evidence without what other accused domains say, decibans */
	uint16_t lacks;     /* what some source of it could not carry (enum lack) */
	uint16_t vantages;  /* bit v: seen from vantage v */
	uint8_t name_len;
	uint8_t scoped;    /* some answer was for a client subnet only */
	uint8_t verdict;   /* the judge's last, a number of its own */
	uint8_t n_foreign; /* of n_owners, those that lie in other domains */
	uint8_t accused;   /* by its own evidence alone: its members are marked in the member space */
	uint16_t partition;
};

struct owner {
	int64_t first_ns, last_ns;
	uint32_t domain, next;
	uint32_t name;
	uint32_t pairs, sets; /* first of each, NONE */
	uint32_t via;         /* the owner this alias leads to, NONE */
	uint32_t answers;
	uint32_t ttl_min, ttl_max; /* of its addresses, seconds; the zone's own TTL is the largest seen */
	uint32_t n_pairs;
	uint16_t vantages[4]; /* bit v: had a counted look-up at vantage v; for A, AAAA, hints and aliases
				 that were seen without addresses apart */
	uint32_t hand;        /* the set looked at last for one that no cache holds any more, NONE */
	uint16_t n_sets;
	uint8_t homes; /* pairs that are likely homes, as far as 255 */
	uint8_t name_len;
	uint8_t roles;     /* enum owner_role bits */
	uint8_t n_targets; /* owners this alias led to, `via` among them, once they are more than one */
	uint32_t targets;  /* their offset in partition.links, with TARGET_MOVED; room for a power of two */
};

/* With the number of a target: the alias was looked up at the same vantage before it led there. */
#define TARGET_MOVED (UINT32_C(1) << 31)

struct pair {
	struct addr addr;
	int64_t first_ns, last_ns;
	uint32_t owner, next;
	uint32_t count; /* look-ups whose answer held it */
	uint32_t net;   /* index of its network, from config.net_of */
	uint16_t vantages;
	uint8_t roles; /* enum member_role bits */
	uint8_t moved; /* came after an earlier look-up of its owner at the same vantage */
};

struct set {
	uint64_t hash;
	int64_t looked_ns; /* the last look-up that gave it */
	int64_t last_ns;   /* the same, but of an aggregate the end of its span */
	uint32_t dies_s;   /* when the cache drops it, in whole seconds */
	uint32_t owner, next;
	uint32_t waiting; /* look-ups not yet settled into the pairs */
	uint32_t links; /* offset in partition.links: numbers of its pairs; of a set of servers: two halves of
			 * each server's owner hash, those of other domains alone */
	uint16_t n, room;
	uint8_t member_role;
	uint8_t kind; /* enum obs_kind */
};

struct profile_config {
	uint64_t bucket_key, sketch_key;
	size_t memory_bytes;                          /* of one partition; 0: no limit */
	uint32_t domain_owners_max, domain_pairs_max; /* set by profile_config_limits */
	/* the network of a new address, and whether it is likely a home; asked once for each new pair */
	uint32_t (*net_of)(void *context, const struct addr *a, bool *home);
	void *net_context;
	bool servers; /* for partitions of servers: one domain, the root, without limits */
};

struct profile_counts {
	uint64_t sightings, repeats, lookups; /* repeats: out of a cache, retransmitted or mirrored */
	uint64_t other_role;                  /* sightings at a vantage where another role feeds */
	uint64_t evictions, evicted_domains;
	uint64_t untold;    /* new members that the member space did not hear of, for want of room */
	uint64_t no_memory; /* observations dropped for want of memory */
};

/* Domains of which one look-up alone is known, as the observations that came; see newcomers.h. */
struct newcomers {
	struct newcomer_block *blocks;
	size_t n_blocks, blocks_room;
	size_t octets, gone; /* octets written, and of them those of domains that are no newcomers any more */
	size_t n, n_owners, n_pairs;
	const uint8_t *end; /* where the next one will stand, to be fetched ahead; NULL: not known */
	bool admitting;     /* some are being applied: they count as told, and none is new */
};

struct partition {
	const struct profile_config *config;
	struct partition *servers; /* the servers of its group; NULL: none */
	struct domain *domains;
	struct owner *owners;
	struct pair *pairs;
	struct set *sets;
	uint32_t *links;
	uint8_t *names;
	size_t n_domains, n_owners, n_pairs, n_sets, n_links, n_names;
	size_t domains_room, owners_room, pairs_room, sets_room, links_room, names_room;
	struct newcomers newcomers;
	struct index by_domain, by_owner, by_pair, by_set; /* by_domain: of newcomers too */
	struct sketch *sketches;
	size_t n_sketches, sketches_room;
	struct buf fresh; /* struct fresh: new (member, domain, role) since the last boundary */
	struct profile_counts counts;
	int64_t now_ns; /* the latest time seen */
};

/* Sets the limits of one domain, so that none can fill its partition alone. */
void profile_config_limits(struct profile_config *c);

/* What the member space is told: once for each new pair. */
struct fresh {
	struct addr addr;
	uint64_t domain; /* its hash under the bucket key */
	int64_t first_ns;
	uint8_t role, partition;
	uint8_t part; /* of the member space */
};

/* Tells the member space of an address of the domain, once more for each new role. */
void partition_tell(struct partition *p, const struct domain *d, const struct addr *a, uint8_t role);

/* The member an address counts as: itself in IPv4, its /56 in IPv6. */
struct addr member_of(const struct addr *a);

/* servers: where the name servers of its group are kept, for the life of the partition; NULL for those
 * themselves. */
void partition_init(struct partition *p, const struct profile_config *config, struct partition *servers);
void partition_fini(struct partition *p);

/* Takes in one observation; returns the number of its domain when that domain has a new pair or has just got
 * its profile, else NONE. */
uint32_t partition_apply(struct partition *p, const struct obs *o);

/*
 * Starts the loads that partition_apply will wait for, in stages that need each other's: the indexes, the set
 * or the domain, the owner, what hangs on it. A hint: it changes nothing, and what it guesses may be wrong.
 */
enum { PARTITION_STAGES = 4 };
void partition_fetch(const struct partition *p, const struct obs *o, unsigned stage);

/* Settles what waits in one set, in all sets of an owner, or of a domain, so that its pairs and owners are up
 * to date. */
void partition_settle_set(struct partition *p, uint32_t set);
void partition_settle_owner(struct partition *p, uint32_t owner);
void partition_settle(struct partition *p, uint32_t domain);

/* The name servers of the domain's zones that belong to other domains, each once, by the hashes of their
 * names, known or not; returns how many, at most `most`. */
unsigned partition_server_hashes(const struct partition *p, uint32_t domain, uint64_t *list, unsigned most);

/* The owner in a partition of servers, by the hash of its name; NONE. */
uint32_t partition_server(const struct partition *servers, uint64_t hash);

/* The name servers of the domain's zones that belong to other domains, each once: numbers of owners in
 * p->servers; returns how many, at most `most`. Its own servers are owners with OWNER_SERVER. */
unsigned partition_servers(const struct partition *p, uint32_t domain, uint32_t *list, unsigned most);

/* The domain of that name, NONE. A newcomer gets its profile, so numbers stay but entries may move. */
uint32_t partition_find(struct partition *p, uint64_t hash, const uint8_t *name, size_t len);

/* The owner of that name, whose registrable domain begins at `domain_at`; NONE, also while that is a
 * newcomer. */
uint32_t partition_owner(const struct partition *p, const uint8_t *name, size_t len, size_t domain_at);

/* The members of a newcomer, as pairs of owner and address: its own (of them those of its own servers), and
 * those of servers that belong to others. Of each, how many are likely homes. */
struct newcomer_members {
	unsigned own, own_homes;
	unsigned own_servers, own_server_homes;
	unsigned servers, server_homes;
	unsigned both; /* pairs of the servers whose address is one of its own */
};

/* Which newcomers get their profile: those with so many likely homes, their own or their servers', that `may`
 * be wanted for what they have. */
struct admission {
	unsigned homes_least;
	bool (*may)(const void *context, const struct newcomer_members *m); /* NULL: all may */
	const void *context;
	bool no_aliases; /* those whose addresses lie elsewhere stay as they are */
};

/* Without memory some may stay as they are. Zeroed: all get their profile. */
void partition_admit(struct partition *p, const struct admission *which);

/* Puts what one partition of servers knows into another, and leaves it empty: both see no observations any
 * more. Without memory some of it is lost, and counted. */
void partition_join(struct partition *to, struct partition *from);

/* Octets in use. */
size_t partition_octets(const struct partition *p);

/* When the partition is over its share: gives up the domains of least value until half of it is free, and
 * returns true; all numbers have changed, and repeats must be told again. */
bool partition_trim(struct partition *p);

void profile_counts_add(struct profile_counts *a, const struct profile_counts *b);

static inline const uint8_t *partition_name(const struct partition *p, uint32_t name)
{
	return p->names + name;
}

/* Where an alias led, the names in the order in which they came: how many are known, and the owner that is
 * one of them, with TARGET_MOVED. */
static inline unsigned owner_targets(const struct owner *w)
{
	return w->n_targets != 0 ? w->n_targets : w->via != NONE;
}

static inline uint32_t partition_target(const struct partition *p, const struct owner *w, unsigned i)
{
	return w->n_targets != 0 ? p->links[w->targets + i] : w->via;
}
