/* SPDX-License-Identifier: Apache-2.0 */
/* shelf.c -- see shelf.h. Buckets are chained and doubled when there are as many items. */
#include "capture/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { BUCKETS_FIRST = 64 };

void shelf_fini(struct shelf *s)
{
	free(s->buckets);
	*s = (struct shelf){.limit = s->limit, .hash_key = s->hash_key};
}

static struct shelf_item **bucket_of(const struct shelf *s, const struct shelf_key *key)
{
	return &s->buckets[hash_bytes(key, sizeof *key, s->hash_key) & (s->n_buckets - 1)];
}

struct shelf_item *shelf_find(const struct shelf *s, const struct shelf_key *key)
{
	struct shelf_item *item = s->n == 0 ? NULL : *bucket_of(s, key);

	while (item != NULL && memcmp(&item->key, key, sizeof *key) != 0)
		item = item->chain;
	return item;
}

static bool grow(struct shelf *s)
{
	size_t n = s->n_buckets == 0 ? BUCKETS_FIRST : 2 * s->n_buckets;
	struct shelf_item **buckets = calloc(n, sizeof *buckets);

	if (buckets == NULL)
		return s->n_buckets != 0; /* longer chains, then */
	free(s->buckets);
	s->buckets = buckets;
	s->n_buckets = n;
	for (struct shelf_item *item = s->oldest; item != NULL; item = item->newer) {
		struct shelf_item **bucket = bucket_of(s, &item->key);

		item->chain = *bucket;
		*bucket = item;
	}
	return true;
}

static void link_newest(struct shelf *s, struct shelf_item *item)
{
	item->older = s->newest;
	item->newer = NULL;
	*(s->newest == NULL ? &s->oldest : &s->newest->newer) = item;
	s->newest = item;
}

static void unlink_item(struct shelf *s, struct shelf_item *item)
{
	*(item->older == NULL ? &s->oldest : &item->older->newer) = item->newer;
	*(item->newer == NULL ? &s->newest : &item->newer->older) = item->older;
}

bool shelf_add(struct shelf *s, struct shelf_item *item, const struct shelf_key *key)
{
	struct shelf_item **bucket;

	if (s->n >= s->n_buckets && !grow(s))
		return false;
	item->key = *key;
	bucket = bucket_of(s, key);
	item->chain = *bucket;
	*bucket = item;
	link_newest(s, item);
	s->n++;
	return true;
}

void shelf_remove(struct shelf *s, struct shelf_item *item)
{
	struct shelf_item **at = bucket_of(s, &item->key);

	while (*at != item)
		at = &(*at)->chain;
	*at = item->chain;
	unlink_item(s, item);
	s->octets -= item->octets;
	s->n--;
}

void shelf_touch(struct shelf *s, struct shelf_item *item, int64_t time_ns)
{
	item->touched_ns = time_ns;
	if (s->newest == item)
		return;
	unlink_item(s, item);
	link_newest(s, item);
}

void shelf_charge(struct shelf *s, struct shelf_item *item, size_t octets)
{
	s->octets += octets - item->octets;
	item->octets = octets;
}
