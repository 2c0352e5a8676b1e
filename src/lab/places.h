/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places.h -- networks to take addresses from, by kind and country: real ones where a database is at hand,
 * else made-up ones, so that the lab works on any machine.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "enrich/nets.h"
#include "lab/random.h"

struct places;

/* nets: NULL, or one that knows nothing, for made-up networks; else borrowed until places_close. */
enum err places_open(struct places **out, const struct nets *nets) MUST_USE;
void places_close(struct places *p);

/* Whether the networks are those of a database. */
bool places_real(const struct places *p);

/* A network of that kind, in `country` (two capitals) where there is one of it; NULL: any country. */
uint32_t places_pick(const struct places *p, struct rng *r, enum net_kind kind, const char *country);

/*
 * A network that may be of that kind: drawn from all, each as often as the database's estimate says it is.
 * Most networks are so: their names say little. Falls back to places_pick, as with made-up networks.
 */
uint32_t places_pick_unsure(const struct places *p, struct rng *r, enum net_kind kind, const char *country);

/* An address of that network. IPv6 gives false where it has none; IPv4 never does. Never a special-purpose
 * one. */
bool places_address(const struct places *p, uint32_t place, bool v6, struct rng *r, struct addr *out);
