/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.h -- keyed hashing. Two kinds of key, never mixed up:
 * - a *bucket* key, random at start: a hostile name must not choose its bucket. Nothing that is printed or
 * decided may depend on it.
 * - a *sketch* key, from --seed: samples, sketches and the partition of a name use it, so a run can be
 * repeated.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t key)
{
	return XXH3_64bits_withSeed(bytes, len, key);
}

static inline uint64_t hash_u64(uint64_t v, uint64_t key)
{
	return XXH3_64bits_withSeed(&v, sizeof v, key);
}

/* One step of a hash that is made word by word: both halves of a product, one over the other. Who does not
 * know the key cannot choose what falls together. */
static inline uint64_t hash_fold(uint64_t v, uint64_t key)
{
	__extension__ typedef unsigned __int128 product;
	product p = (product)v * (key ^ UINT64_C(0x9e3779b97f4a7c15));

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* A random bucket key from the kernel. */
uint64_t hash_random_key(void);
