/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nets.h -- from an address to its network: number, name, country, and what databases cannot say: which kind
 * of network it is, as a probability.
 *
 * Sources, most specific given first: a user's --mmdb files and --asn-table, then Debian's libloc database.
 * They are flattened once into sorted, disjoint ranges in a checksummed cache file, which is mapped at start.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/diag.h"

/* The kinds of network that deflux tells apart. */
enum net_kind {
	NET_CONSUMER,   /* homes and phones: DSL, cable, fibre, mobile */
	NET_HOSTING,    /* rented servers, clouds */
	NET_CONTENT,    /* content networks and large platforms */
	NET_UNIVERSITY, /* research and education */
	NET_BUSINESS,   /* an organisation's own */
	NET_TRANSIT,    /* backbone carriers */
	NET_KINDS
};

/* What is known of one autonomous system. A value; `name` is borrowed from the database for its life. */
struct net {
	uint32_t asn;          /* 0: not known */
	char country[2];       /* ISO 3166-1 alpha-2 in capitals; both 0: not known */
	const char *name;      /* UTF-8 as the database has it; "" when not known */
	float kind[NET_KINDS]; /* our estimate from names and use of space, sums to 1; as in nets_kind_base
				  where nothing is known */
};

/*
 * How networks divide into kinds when nothing is known of one, weighed by how often one meets them behind the
 * addresses of a domain rather than by their count. Sums to 1; our estimate. It stands in every estimate of a
 * kind, so kind[k] / nets_kind_base[k] is what the name and the space say: 1 for each k when they say
 * nothing.
 */
extern const double nets_kind_base[NET_KINDS];

struct nets_config {
	const char *const *mmdb; /* paths, n_mmdb of them */
	size_t n_mmdb;
	const char *asn_table; /* CSV: start, end, number, name; NULL: none. A v4 and a v6 file may be given,
				* separated by a comma */
	const char *loc;       /* libloc database; NULL: Debian's place; "": none */
	const char *cache; /* directory of the cache file; NULL: $XDG_CACHE_HOME/deflux or ~/.cache/deflux;
			      "": none */
	bool none;         /* use no database at all */
};

struct nets;

/*
 * Opens the sources or their cache. Never fails for a missing default database: *out then knows nothing and
 * nets_describe says so. Named files that cannot be read are errors (E_IO, E_FORMAT) with text in *d.
 */
enum err nets_open(struct nets **out, const struct nets_config *config, struct diag *d) MUST_USE;
void nets_close(struct nets *n);

/* Whether any database is behind it, its name and date in words ("libloc 2022-10-29"), the moment it was
 * made. */
bool nets_known(const struct nets *n);
const char *nets_describe(const struct nets *n);
int64_t nets_made_ns(const struct nets *n);

/*
 * The network of an address: an index (0 = unknown network) that stays the same for the life of `n`: cheap to
 * keep beside an address. nets_get gives its details. The country is of the address's own range where the
 * database knows it (*country, may be NULL; else as in nets_get). Safe from many threads.
 */
uint32_t nets_find(const struct nets *n, const struct addr *a, char country[2]);
const struct net *nets_get(const struct nets *n, uint32_t index);
uint32_t nets_count(const struct nets *n); /* indices are below this */

/*
 * For the lab: draws an address inside network `index`, uniformly over the octets of its ranges, from 64
 * random bits. false when the network has no IPv4 (or no IPv6) range.
 */
bool nets_address_in(const struct nets *n, uint32_t index, bool v6, uint64_t random, struct addr *out);

/* Estimates the kind from the words of a network's name; pure, needs no database; for tests and for PTR
 * names. */
void nets_kind_of_name(const char *name, float kind[NET_KINDS]);
