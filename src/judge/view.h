/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.h -- one domain as the judge looks at it: its members over all owners, merged, with their networks.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enrich/nets.h"
#include "profile/members.h"
#include "profile/partition.h"

/* A member of the domain: an address (/56 in IPv6) over all its owners. */
struct view_member {
	struct addr addr;
	int64_t first_ns, last_ns;
	uint32_t count;  /* look-ups that showed it */
	uint32_t owners; /* names of the domain that had it */
	uint32_t net;    /* index for nets_get */
	char country[2];
	uint16_t vantages;
	uint8_t roles;          /* enum member_role bits */
	uint16_t users;         /* other domains that use it */
	uint16_t accused_users; /* of those, the ones that their own evidence accuses */
	bool movable; /* of a name looked up again after its first answer had run out, or sooner to another */
	bool moved;   /* came after the domain's first look-up, at a vantage that had seen its owner */
};

/* Members that share a network; a member whose network is unknown stands by its /16 (IPv6: /32). */
struct view_cluster {
	uint32_t net; /* 0 when unknown */
	struct addr prefix;
	unsigned hosts, servers; /* members of the A side and of the NS side, in distinct /24 or /48 */
	unsigned host_members, server_members;
};

enum { VIEW_MEMBERS_MAX = 4096, VIEW_TTLS_MAX = 512, VIEW_SERVERS_MAX = 64, VIEW_USES_MAX = 8192 };

struct view {
	const struct partition *partition;
	const struct domain *domain;
	const uint8_t *name;           /* wire form, borrowed from the partition */
	struct view_member *members;   /* sorted by address */
	struct view_cluster *clusters; /* sorted by network, then prefix */
	uint64_t *uses;                /* scratch */
	unsigned n_members, n_clusters;
	unsigned hosts, servers; /* members by side; of a domain of name servers alone, they are both */
	unsigned pages, both;    /* hosts of names that are no servers' names; of those, servers too */
	unsigned movable;        /* hosts that could be seen to move: see view_member */
	unsigned moved;          /* of those, the ones that came after the first look-up */
	unsigned host_clusters, server_clusters;
	unsigned networks,
		countries;     /* distinct, of hosts (of servers when there are no hosts); unknown left out */
	unsigned names;        /* owners, those only sketched included */
	unsigned more_members; /* beyond those here: about so many, by a sketch */
	bool have_ttl;
	uint32_t ttl_min, ttl_median; /* seconds, of the owners' own TTL (the largest seen of each) */
	unsigned single_hosts;        /* hosts seen in one look-up only (Good-Turing) */
	unsigned homes, server_homes; /* by side, /24 (/48) of members that are likely homes */
	unsigned v6_hosts, alias_hosts, hint_hosts;
	unsigned answer_max; /* the most addresses of one answer, name servers' left out */
	unsigned host_uses;  /* with detail: how many domains use each host, this one included, summed up */
	unsigned accused_hosts, accused_servers; /* members that other, accused domains use; see members.h */
	/* where a host is accused: other domains that use two or more of its hosts, and of those the ones
	 * that their own evidence accuses; counted as far as VIEW_USES_MAX uses */
	unsigned partners, accused_partners;
	bool ns_moved; /* the servers' addresses changed within a vantage */
};

/* Scratch and results of one thread; zeroed is empty. */
void view_fini(struct view *v);

/* What is held against each other from outside the domain. */
struct view_context {
	const struct nets *nets;       /* NULL: none */
	const struct members *members; /* NULL: who else uses a member is not known */
	/* where an alias that was seen without addresses leads: the partition and the owner of that name;
	 * NULL: nowhere is looked. Then other partitions are read, so nobody may write them. */
	struct partition *(*target)(void *context, const uint8_t *name, size_t len, uint32_t *owner);
	void *target_context; /* of `target` */
	/* where the servers of other domains are kept, as many partitions side by side: what each knows of a
	 * server counts. NULL: the domain's own partition says where. */
	struct partition *servers;
	unsigned n_servers;
	/* nothing is written, so that threads may make views of different domains at once: counts and last
	 * times of members, which nothing is weighed by, lack the look-ups that wait in sets */
	bool unsettled;
	bool detail; /* countries, and how many others use each member: to be shown, not weighed */
};

/* Where an alias leads: an owner that has addresses, and the partition it lies in. */
struct view_end {
	struct partition *partition;
	uint32_t owner;
	bool several; /* an alias on the way led to other names too */
	bool moved;   /* and had been looked up before it led here */
};

enum { VIEW_ENDS_MAX = 64 };

/* Where an alias of the domain that was seen without addresses led, over names of other domains; returns how
 * many ends are known. */
unsigned view_ends(const struct view_context *context, const struct partition *p, uint32_t alias,
		   struct view_end ends[VIEW_ENDS_MAX]);

/* An address is a likely home when its network's kind is so with this probability at least, or is not known.
 */
#define VIEW_HOME_LEAST 0.35

/* Whether a member of a domain that is accused can be an agent: the side that it is of has so many likely
 * homes at least. The name servers of single flux are mostly a provider's, who serves all that pay. */
bool view_is_agent(const struct view *v, const struct view_member *m, unsigned homes_least);

/* Settles the domain, unless it is to be left unsettled, and fills the view; false without memory. */
bool view_make(struct view *v, struct partition *p, uint32_t domain, const struct view_context *context);
