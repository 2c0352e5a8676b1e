/* SPDX-License-Identifier: Apache-2.0 */
/* draw.h -- which ranges a network has, so that addresses can be drawn from them; made when first asked for.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct addr;
struct cache_view;
struct draw;

/* Sorts the ranges of a block by network. NULL when memory lacks. `view` must outlive it. */
struct draw *draw_new(const struct cache_view *view);
void draw_free(struct draw *d);

/*
 * An address of network `index`: IPv4 uniformly over its addresses, IPv6 uniformly over its blocks of 64 bits
 * and then inside. The same bits give the same address. false when it has no range of the family.
 */
bool draw_address(const struct draw *d, uint32_t index, bool v6, uint64_t random, struct addr *out);
