/* SPDX-License-Identifier: Apache-2.0 */
/* class.h -- what a domain can be: the honest classes that flux is weighed against, and flux itself. */
#pragma once

#include "enrich/nets.h"

enum model_class {
	CLASS_ORDINARY, /* a few stable addresses */
	CLASS_CDN,      /* content networks, load balancers, large churn inside one network */
	CLASS_CACHES, /* a content network's caches inside access networks: one name each, in homes' networks
		       */
	CLASS_ROUND_ROBIN,    /* one operator's set, served in turn */
	CLASS_MULTI_PROVIDER, /* one service rented at several providers */
	CLASS_VOLUNTEER_POOL, /* NTP, mirrors, IRC: servers that many people lend */
	CLASS_PEER_SEEDS,     /* seeds of peer-to-peer networks */
	CLASS_PEER_CDN,       /* content networks in homes */
	CLASS_DYNAMIC_DNS,    /* one home at a time */
	CLASS_ANYCAST,        /* one address or two, announced in many places */
	CLASS_VPN_FLEET,      /* exits of a VPN: many rented servers */
	CLASS_EMBEDDED,       /* each label is the address it leads to, anybody's (nip.io) */
	CLASS_TUNNEL,         /* addresses that are data: tunnels, look-up clouds; each query its own label */
	CLASS_POISONED,       /* a censor's answers: strangers' addresses */
	CLASS_PARKED,         /* for sale: many names on few addresses */
	CLASS_SINKHOLED,      /* seized names on few addresses */
	CLASS_MIGRATION,      /* moved from one place to another, once */
	CLASS_FAIL_OVER,      /* moved to and fro between a few */
	CLASS_UNKNOWN,        /* an honest service of no known class: broad in every feature */
	CLASS_FLUX,           /* single flux: agents answer for the name */
	CLASS_FLUX_DOUBLE,    /* agents answer for the name and for its name servers */
	CLASS_FLUX_NS,        /* agents are the name servers alone */
	CLASSES
};

enum { CLASS_HONEST = CLASS_FLUX }; /* classes below this are honest */

/* The share of homes among networks is taken in so many steps. */
enum { CLASS_HOMES_STEPS = 10 };

/* A share with its certainty: Beta(a, b). */
struct share {
	double a, b;
};

/* A figure that is about so: a normal distribution. */
struct about {
	double mean, sd;
};

/* The parameters of one class: each row of the table in class.c; parameters.c has names and sources. */
struct class_model {
	const char *name; /* as printed in `class` */
	double weight;    /* share among the honest (or among flux) domains that have members to judge */
	double kind[NET_KINDS];           /* of the networks that members of the A side are drawn from */
	double ns_kind[NET_KINDS];        /* and those of the NS side */
	double kind_draws, ns_kind_draws; /* how sure that share of homes is: as if so many had been seen */
	struct about networks;            /* log2 of how many networks its members are drawn from */
	struct share beside;              /* chance that a further member stands in the /24 of another */
	struct about partners;     /* log2 of one more than the domains that draw from the same members */
	struct about names;        /* log2 of its names */
	struct about life;         /* log2 of the hours for which a member stays */
	struct share moved;        /* share of members that came after the first look-up */
	double answer[4];          /* the most addresses of one answer: 1, 2 to 4, 5 to 12, more */
	double size_mean, size_sd; /* log2 of the number of members */
	double ttl_mean, ttl_sd;   /* log10 of the TTL in seconds */
	struct about ns_networks;  /* log2 of how many networks the NS side spreads over */
	double ns_shared;          /* and the chance that a member of it is also one of the A side */
	double ns_among; /* chance that the NS side lives among the hosts, and the three above do not hold */
};
