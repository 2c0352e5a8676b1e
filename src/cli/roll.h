/* SPDX-License-Identifier: Apache-2.0 */
/* roll.h -- the forms in which flux networks are listed and drawn. */
#pragma once

#include "cli/term.h"
#include "dns/name.h"
#include "network/networks.h"

enum { ROLL_SIZE_MAX = 64 };

/* A line for each network, then some words on each of the first `told`, then what the columns mean. */
void roll_table(const struct networks *n, size_t most, size_t told, const struct term *t, struct buf *to);

/* An object. */
void roll_jsonl(const struct networks *n, const struct network *w, struct buf *to);

/* One graph of the first `most` networks: domains and agents are its nodes. */
void roll_dot(const struct networks *n, size_t most, struct buf *to);
void roll_graphml(const struct networks *n, size_t most, struct buf *to);

/* One page, with pictures. */
void roll_page(const struct networks *n, size_t most, struct buf *to);

/* What several forms say alike: "171 (170-176)"; an address, IPv6 as its /56; "A", "NS" or "A, NS". */
const char *roll_size(const struct network *w, char text[ROLL_SIZE_MAX]);
void roll_address(const struct network_agent *a, char text[ADDR_TEXT_MAX + 4]);
const char *roll_sides(uint8_t sides);
void roll_domain(const struct networks *n, uint32_t domain, char text[NAME_TEXT_MAX]);

/* "It belongs to the flux network lusab-babad: ..."; nothing for NULL. */
void roll_membership(const struct network *w, struct buf *to);

/* What the estimate of the size takes for granted, in a sentence. */
extern const char roll_assumes[];
