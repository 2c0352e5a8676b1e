/* SPDX-License-Identifier: Apache-2.0 */
/* weigh.h -- what a member is worth for telling one network from another. Private to network. */
#pragma once

#include "network/networks.h"

enum {
	SETTLED_LOOKUPS = 8, /* each member of the last set was shown so often */
};

#define SETTLED_NS (6 * 3600 * NS_PER_SECOND) /* and for so long */

/* The sides on which a domain of that kind fluxes. */
uint8_t weigh_sides(enum flux_kind kind);

/* Marks the uses of one domain that it settled on, having shown others before. uses[0 .. n) is put in order
 * of first sighting. */
void weigh_settled(struct network_use *uses, size_t n);

/* The weight of a member from its uses, one a domain. */
uint32_t weigh_member(const struct network_use *uses, size_t n, const struct nets *nets);
