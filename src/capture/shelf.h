/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shelf.h -- what fragments and TCP streams are kept on: found by key, ordered by when they were last
 * touched, and never over a limit of octets. Which one goes first is told by that order alone, never by a
 * bucket.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

/* No padding: it is hashed and compared as octets. */
struct shelf_key {
	struct addr from, to;
	uint64_t rest; /* ports, or identification */
};

/* The first member of what is kept. */
struct shelf_item {
	struct shelf_key key;
	struct shelf_item *chain; /* others of the bucket */
	struct shelf_item *older, *newer;
	int64_t touched_ns;
	size_t octets; /* that it is charged with */
};

/* Zeroed is empty; set `limit` and `hash_key` before use. */
struct shelf {
	struct shelf_item **buckets;
	size_t n_buckets, n; /* n_buckets: a power of two */
	struct shelf_item *oldest, *newest;
	size_t octets, limit;
	uint64_t hash_key;
};

/* Frees the buckets; the items must be gone. */
void shelf_fini(struct shelf *s);

struct shelf_item *shelf_find(const struct shelf *s, const struct shelf_key *key);

/* Adds a zeroed item as the newest; false without memory. */
bool shelf_add(struct shelf *s, struct shelf_item *item, const struct shelf_key *key);
void shelf_remove(struct shelf *s, struct shelf_item *item);

/* Makes it the newest. */
void shelf_touch(struct shelf *s, struct shelf_item *item, int64_t time_ns);

/* Charges the item with this many octets from now on. */
void shelf_charge(struct shelf *s, struct shelf_item *item, size_t octets);

/* Whether the oldest has to go. A lone item stays: it has limits of its own. */
static inline bool shelf_is_over(const struct shelf *s)
{
	return s->octets > s->limit && s->n > 1;
}

/* How far two moments are apart, whichever comes first: capture time may leap either way. */
static inline uint64_t shelf_apart_ns(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? (uint64_t)a_ns - (uint64_t)b_ns : (uint64_t)b_ns - (uint64_t)a_ns;
}

static inline bool shelf_is_idle(const struct shelf_item *item, int64_t now_ns, uint64_t idle_ns)
{
	return shelf_apart_ns(item->touched_ns, now_ns) > idle_ns;
}
