/* SPDX-License-Identifier: Apache-2.0 */
/* store.c -- see store.h. */
#include "source/store.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_OCTETS = 256 * 1024 };

struct store_chunk {
	struct store_chunk *next, *before;
	size_t room, used;
	size_t records; /* still needed */
	alignas(16) uint8_t octets[];
};

static void link_in(struct store *s, struct store_chunk *c)
{
	c->before = NULL;
	c->next = s->all;
	if (s->all != NULL)
		s->all->before = c;
	s->all = c;
}

static void unlink_from(struct store *s, struct store_chunk *c)
{
	if (c->before == NULL)
		s->all = c->next;
	else
		c->before->next = c->next;
	if (c->next != NULL)
		c->next->before = c->before;
}

/* One empty chunk of the usual size is kept, others are freed. */
static void recycle(struct store *s, struct store_chunk *c)
{
	unlink_from(s, c);
	s->held -= c->room;
	if (s->spare == NULL && c->room == CHUNK_OCTETS)
		s->spare = c;
	else
		free(c);
}

static struct store_chunk *chunk_for(struct store *s, size_t n)
{
	size_t room = n > CHUNK_OCTETS ? n : CHUNK_OCTETS;
	struct store_chunk *c = room == CHUNK_OCTETS ? s->spare : NULL;

	if (c != NULL)
		s->spare = NULL;
	else
		c = malloc(sizeof *c + room);
	if (c == NULL)
		return NULL;
	*c = (struct store_chunk){.room = room};
	s->held += room;
	link_in(s, c);
	return c;
}

uint8_t *store_take(struct store *s, size_t n, struct store_chunk **chunk)
{
	struct store_chunk *c = s->open;
	uint8_t *at;

	n = (n + 7) & ~(size_t)7;
	if (c == NULL || c->room - c->used < n) {
		c = chunk_for(s, n);
		if (c == NULL)
			return NULL;
		if (s->open != NULL && s->open->records == 0)
			recycle(s, s->open);
		s->open = c;
	}
	at = c->octets + c->used;
	c->used += n;
	c->records++;
	*chunk = c;
	return at;
}

void store_share(struct store *s, struct store_chunk *chunk, const uint8_t *at, size_t used, size_t times)
{
	chunk->used = (size_t)(at - chunk->octets) + ((used + 7) & ~(size_t)7);
	chunk->records += times;
	store_release(s, chunk); /* the once that it was taken for */
}

bool store_record(struct store *s, struct record *r)
{
	struct store_chunk *chunk;
	uint8_t *at = store_take(s, r->len, &chunk);

	if (at == NULL)
		return false;
	if (r->len != 0)
		memcpy(at, r->octets, r->len);
	r->octets = at;
	r->chunk = chunk;
	return true;
}

void store_release(struct store *s, struct store_chunk *chunk)
{
	if (chunk == NULL || --chunk->records != 0)
		return;
	if (chunk == s->open)
		chunk->used = 0;
	else
		recycle(s, chunk);
}

void store_fini(struct store *s)
{
	for (struct store_chunk *c = s->all, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	free(s->spare);
	*s = (struct store){.cap = s->cap};
}
