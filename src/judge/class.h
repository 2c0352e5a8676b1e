/* SPDX-License-Identifier: Apache-2.0 */
/* class.h -- what a domain can be: the honest classes that flux is weighed against, and flux itself. */
#pragma once

#include "enrich/nets.h"

enum model_class {
	CLASS_ORDINARY,    /* a few stable addresses */
	CLASS_CDN,         /* content networks, load balancers, large churn inside one network */
	CLASS_CACHES,      /* a content network's caches inside access networks, each with a name of its own;
			    * printed as cdn */
	CLASS_ROUND_ROBIN, /* one operator's set, served in turn */
	CLASS_MULTI_PROVIDER, /* one service rented at several providers */
	CLASS_VOLUNTEER_POOL, /* NTP, mirrors, IRC: servers that many people lend */
	CLASS_PEER_SEEDS,     /* seeds of peer-to-peer networks */
	CLASS_PEER_CDN,       /* content networks in homes */
	CLASS_DYNAMIC_DNS,    /* one home at a time */
	CLASS_ANYCAST,        /* a few addresses that are everywhere */
	CLASS_VPN_FLEET,      /* rented servers in many networks, that come and go with the customers */
	CLASS_EMBEDDED,       /* each name says its own address: anybody's (nip.io) */
	CLASS_TUNNEL,         /* addresses that are data; each query has a label of its own */
	CLASS_POISONED,       /* a censor's answers: strangers' addresses, the same for all that it blocks */
	CLASS_PARKED,         /* names without a site, thousands at a few addresses */
	CLASS_SINKHOLED,      /* seized names that share an address */
	CLASS_MIGRATION,      /* one set exchanged for another, once */
	CLASS_FAIL_OVER,      /* one set exchanged for another, and back */
	CLASS_UNKNOWN,        /* an honest service of no known class: broad in every feature */
	CLASS_FLUX,           /* single flux: agents answer for the name */
	CLASS_FLUX_HOMES,     /* the same, of agents that are all in homes */
	CLASS_FLUX_MIXED,     /* the same, of homes and much else: rented servers, offices, decoys */
	CLASS_FLUX_DOUBLE,    /* agents answer for the name and for its name servers */
	CLASS_FLUX_DOUBLE_HOMES, /* the same, of agents that are all in homes */
	CLASS_FLUX_NS,           /* agents are the name servers alone */
	CLASS_FLUX_NS_HOMES,     /* the same, of agents that are all in homes */
	CLASSES
};

enum { CLASS_HONEST = CLASS_FLUX }; /* classes below this are honest */

/* A share with its certainty: Beta(a, b). */
struct share {
	double a, b;
};

/* The parameters of one class: each row of the table in class.c; parameters.c has names and sources. */
struct class_model {
	const char *name; /* as printed in `class` */
	double weight;    /* share among the honest (or among flux) domains that have members to judge */
	double named;     /* share among the honest ones that are asked about: what a class is called by */
	double kind[NET_KINDS];    /* of the members of the A side */
	double ns_kind[NET_KINDS]; /* of the members of the NS side */
	double networks_mean,
		networks_sd;         /* log2 of the number of networks that its members are drawn from */
	struct share moved;          /* share of members that came after the first look-up */
	double answer[4];            /* the most addresses of one answer: 1, 2 to 4, 5 to 12, more */
	double size_mean, size_sd;   /* log2 of the number of members */
	double ttl_mean, ttl_sd;     /* log10 of the TTL in seconds */
	double ns_networks[5];       /* how many networks the NS side spreads over: 1, 2, 3, 4, 5 and more */
	double ns_shared;            /* and the chance that a member of it is also one of the A side */
	double names_mean, names_sd; /* log2 of the number of names */
	double fresh_mean, fresh_sd; /* log2 of names for each look-up */
	double own_address;          /* chance that most names say their own address */
	double others_mean,
		others_sd; /* log2 of how many domains use a member, itself included, on average */
	double ns_among; /* chance that the NS side lives among the hosts, and the three above do not hold */
};
