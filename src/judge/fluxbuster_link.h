/* SPDX-License-Identifier: Apache-2.0 */
/* fluxbuster_link.h -- single-linkage clusters of sets of addresses, cut at FluxBuster's height. Private. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A set: addrs[at .. at + n), rising, distinct. */
struct link_set {
	uint32_t at, n;
};

struct link_input {
	const uint32_t *addrs;
	const struct link_set *sets;
	uint32_t n;         /* sets */
	uint64_t steps_max; /* work allowed; 0: the default */
};

/* Where an address is used. */
struct link_post {
	uint32_t addr, set;
};

/* All (address, set) of the input, sorted; n_posts of them. NULL without memory. */
struct link_post *fluxbuster_link_posts(const struct link_input *in, size_t *n_posts);

/*
 * Fills root[0 .. in->n) with the smallest number of a set in the same cluster. *cut_short: the work allowed
 * ran out, and some pairs were not compared. OK or E_MEMORY.
 */
enum err fluxbuster_link(const struct link_input *in, uint32_t *root, bool *cut_short) MUST_USE;
