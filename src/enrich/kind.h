/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kind.h -- which kind of network a name speaks of, as probabilities; and how the size of its space weighs
 * in.
 *
 * An estimate, ours, from how people in the trade name networks: generic words in several languages, never
 * the names of companies, and never the country. Each word adds decibans for the kinds it speaks for;
 * repeated evidence for one kind counts less and less, words that contradict each other mix, and a part of
 * the prior always stays.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "enrich/nets.h"

/* How a network uses its address space, as far as the ranges of a database tell. */
struct kind_space {
	uint64_t v4;       /* addresses; 0: none */
	uint32_t v4_parts; /* ranges that they lie in */
	uint64_t v4_home;  /* addresses in the country that has most of them ... */
	uint64_t v4_known; /* ... out of those whose country is known */
	bool v6;
};

/* Kinds from the name and the space together; they sum to 1. `space` may be NULL: nothing is known of it. */
void kind_of_net(const char *name, const struct kind_space *space, float kind[NET_KINDS]);

/* A number that changes when the words or weights do, so that estimates kept in a file are made anew. */
uint64_t kind_revision(void);
