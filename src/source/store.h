/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h -- keeps the octets of records that do not lie in a mapped file until they are given out.
 *
 * Records come and go nearly first in, first out; so they are put one behind the other into chunks, and a
 * chunk that no record needs any more is used again. Over its cap it still takes what comes, but says that it
 * is full: the reorder window then gives records out early.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/record.h"

/* Zeroed but for cap is empty. */
struct store {
	struct store_chunk *open; /* being filled */
	struct store_chunk *all;  /* in use, a list */
	struct store_chunk *spare;
	size_t cap, held; /* octets */
};

void store_fini(struct store *s);

/* n octets aligned to 8, good until the chunk is released once for them. NULL without memory. */
uint8_t *store_take(struct store *s, size_t n, struct store_chunk **chunk);

/* Of the n octets last taken, which lie at `at`, only the first `used` are wanted, and the chunk will be
 * released so many times for them, perhaps none. */
void store_share(struct store *s, struct store_chunk *chunk, const uint8_t *at, size_t used, size_t times);

/* Moves the record's octets in. False, *r unchanged: no memory. */
bool store_record(struct store *s, struct record *r);

/* The octets that were taken from the chunk are done with. NULL: nothing to do. */
void store_release(struct store *s, struct store_chunk *chunk);

static inline bool store_is_full(const struct store *s)
{
	return s->held > s->cap;
}
