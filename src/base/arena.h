/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h -- memory that is handed out in order and taken back all at once: the life of one batch. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct arena_block;

/* Zeroed is empty. Blocks are kept over arena_reset and freed by arena_fini. */
struct arena {
	struct arena_block *first, *at;
	size_t held; /* octets of all blocks, for the memory account */
};

/* n octets aligned to 8; NULL when the system has no more. Good until arena_reset. */
void *arena_take(struct arena *a, size_t n);

/* A copy of n octets; NULL as above. */
void *arena_copy(struct arena *a, const void *octets, size_t n);

void arena_reset(struct arena *a);
void arena_fini(struct arena *a);
