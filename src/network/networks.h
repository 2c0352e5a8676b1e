/* SPDX-License-Identifier: Apache-2.0 */
/*
 * networks.h -- the flux networks behind a run's findings: which accused domains share agents, and what is
 * known of each such group.
 *
 * An agent is a member of a domain on the side that fluxes (by the kind of its verdict), unless
 * - more honest domains than accused ones use it (hosting, content networks, parking), or
 * - the domain settled on it: since its last change it showed that same small set, look-up after look-up, for
 *   hours. That is how a seized, parked or abandoned name ends, and who holds its address now (a sinkhole, a
 *   parking service) is no agent and joins nothing.
 * What an agent is worth for telling one network from another falls with the share of honest domains among
 * its users, and with what its network is when that is known and no home; see weigh.c. Grouping is group.h's.
 *
 * Each finding belongs to one network, alone in it if need be. The identity of a network is a pronounceable
 * word made from the name of its earliest domain: it stays while the network grows; of two that merge, the
 * older one's stays; of a split, the part with the earliest domain keeps it. With an earlier listing
 * (networks_know) identities are taken over from there instead, see ident.h: then the larger part keeps it.
 *
 * A value of what was added: neither the order of adding, nor threads, nor bucket keys have a part in it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "judge/judge.h"
#include "network/ident.h"
#include "network/size.h"

enum {
	NETWORKS_DOMAINS_MAX = 1 << 16, /* further findings belong to no network and are counted */
	NETWORKS_USES_MAX = 1 << 22,    /* (domain, member) pairs, alike */
	NETWORK_BINS_MAX = 240
};

enum network_side { SIDE_HOST = 1, SIDE_SERVER = 2 };

/* One member of one domain. */
struct network_use {
	struct addr addr;
	int64_t first_ns, last_ns;
	uint32_t domain, member;
	uint32_t count; /* look-ups that showed it */
	uint32_t net;
	uint16_t users, accused_users; /* others, as in struct view_member */
	char country[2];
	uint8_t sides; /* enum network_side */
	bool settled;
};

struct network_domain {
	int64_t first_ns, last_ns;
	uint64_t name;                  /* offset of its wire form in networks.names */
	size_t uses;                    /* its first, of n_uses */
	uint32_t n_uses, answers, more; /* more: members beyond those kept, an estimate */
	uint32_t network;
	uint32_t agents;
	enum flux_kind kind;
};

/* One agent of one network. */
struct network_agent {
	struct addr addr;
	int64_t first_ns, last_ns;
	uint64_t count; /* look-ups that showed it, over all domains */
	uint32_t member, net, domains;
	char country[2];
	uint8_t sides;
};

/* The agents of a network in one operator's network, or (net 0) in networks not known. */
struct network_isp {
	uint32_t net, agents, hosts, servers;
	int64_t first_ns, last_ns;
};

struct network_country {
	char country[2]; /* both 0: not known */
	uint32_t agents;
};

/* Another network that has some of the same agents. */
struct network_share {
	uint32_t network, agents;
};

struct network {
	char name[IDENT_MAX];
	char split_from[IDENT_MAX];   /* the known network whose larger part is another; "" */
	const char **merged;          /* known networks that went up in this one, oldest first */
	const uint32_t *domains;      /* numbers, earliest first */
	struct network_agent *agents; /* by address */
	struct network_isp *isps;     /* most agents first */
	struct network_country *countries;
	struct network_share *shares;
	uint32_t n_merged, n_domains, n_agents, n_isps, n_countries, n_shares;
	uint32_t hosts, servers; /* agents by side; some are both */
	uint32_t set_aside;      /* members that are no agents */
	uint64_t more_agents;    /* beyond those kept of single domains, about */
	uint64_t lookups;
	int64_t first_ns, last_ns;
	enum flux_kind kind;
	struct size size;
	/* the agents between their first and last sighting, bin by bin */
	int64_t bins_from_ns, bin_ns;
	uint32_t n_bins, active[NETWORK_BINS_MAX];
};

/* Zeroed is empty. */
struct networks {
	struct buf names;
	struct network_domain *domains; /* after networks_build: earliest first */
	struct network_use *uses;
	struct network *list; /* most domains first */
	struct ident_book book;
	const struct nets *nets;
	size_t n_domains, domains_room, n_uses, uses_room, n_list;
	size_t left_out;     /* findings over the limits */
	size_t memory_bytes; /* the most to use, about; 0: no limit but those above. Set before the first */
	uint32_t n_members;
	uint32_t *weight; /* of each member, see group.h; 0: no agent of anybody */
	uint32_t *order;  /* numbers of domains by network: what network.domains points into */
	uint32_t *by_name;
};

void networks_fini(struct networks *n);

/* Takes in one finding, whose view was made with detail; copies what it needs. `nets`, good for the life of
 * *n, is the same for all. E_MEMORY. */
enum err networks_add(struct networks *n, const struct view *v, const struct judgement *j,
		      const struct nets *nets) MUST_USE;

/* Once all are added: makes the list. E_MEMORY. */
enum err networks_build(struct networks *n) MUST_USE;

/* The network of a domain by its wire form; NULL when it is no finding, or was left out. */
const struct network *networks_find(const struct networks *n, const uint8_t *name);

static inline const uint8_t *networks_name(const struct networks *n, const struct network_domain *d)
{
	return n->names.bytes + d->name;
}

/* Whether a use makes its member an agent of the domain. */
static inline bool networks_is_agent(const struct networks *n, const struct network_use *u)
{
	return !u->settled && n->weight[u->member] != 0;
}
