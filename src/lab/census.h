/* SPDX-License-Identifier: Apache-2.0 */
/*
 * census.h -- which names there are in a world: hosts, wildcards, zones, top-level domains, and what lies
 * between them, found by name.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "lab/world.h"

/* One name that exists. */
struct census_name {
	const uint8_t *name; /* wire form, borrowed from the world or the arena; NULL: a free slot */
	uint8_t len;
	bool serves;   /* its host is a name server of some zone, now or at some time */
	uint32_t host; /* that answers for the name itself; NONE */
	uint32_t wild; /* that answers for any name below that is not there; NONE */
	uint32_t zone; /* whose servers answer from here on down; NONE: those above do */
	uint32_t top;  /* which top-level domain it is; NONE */
};

/* A top-level domain, or the root. */
struct census_top {
	const uint8_t *name;
	const uint8_t *server; /* the name of its name server */
};

struct census {
	struct arena arena;
	struct census_name *table; /* room slots, a power of two, no more than half of them in use */
	uint32_t room, n;
	uint64_t key; /* random: names that are asked for cannot choose their slots */
	struct census_top root;
	struct census_top *tops;
	uint32_t n_tops;
};

/* Of a world in which no host and no zone will be added. E_MEMORY. */
enum err census_init(struct census *c, const struct world *w) MUST_USE;
void census_fini(struct census *c);

/* NULL: there is no such name. */
const struct census_name *census_find(const struct census *c, const uint8_t *name, size_t len);
