/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c -- see arena.h. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_OCTETS = 256 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t room, used;
	alignas(16) uint8_t octets[];
};

static struct arena_block *block_for(struct arena *a, size_t n)
{
	size_t room = n > BLOCK_OCTETS ? n : BLOCK_OCTETS;
	struct arena_block *b = malloc(sizeof *b + room);

	if (b == NULL)
		return NULL;
	*b = (struct arena_block){.room = room};
	a->held += sizeof *b + room;
	if (a->at == NULL) {
		a->first = b;
	} else {
		b->next = a->at->next;
		a->at->next = b;
	}
	return b;
}

void *arena_take(struct arena *a, size_t n)
{
	void *taken;

	n = (n + 7) & ~(size_t)7;
	while (a->at != NULL && a->at->room - a->at->used < n && a->at->next != NULL &&
	       a->at->next->room >= n)
		a->at = a->at->next;
	if (a->at == NULL || a->at->room - a->at->used < n) {
		struct arena_block *b = block_for(a, n);
		if (b == NULL)
			return NULL;
		a->at = b;
	}
	taken = a->at->octets + a->at->used;
	a->at->used += n;
	return taken;
}

void *arena_copy(struct arena *a, const void *octets, size_t n)
{
	void *copy = arena_take(a, n);

	if (copy != NULL && n != 0)
		memcpy(copy, octets, n);
	return copy;
}

void arena_reset(struct arena *a)
{
	for (struct arena_block *b = a->first; b != NULL; b = b->next)
		b->used = 0;
	a->at = a->first;
}

void arena_fini(struct arena *a)
{
	for (struct arena_block *b = a->first, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){0};
}
