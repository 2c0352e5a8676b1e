/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random.h -- repeatable random numbers for the lab: the same seed gives the same draws on every machine.
 *
 * xoshiro256** (Blackman, Vigna, "Scrambled linear pseudorandom number generators", 2018), seeded by
 * splitmix64. No draw calls the mathematics library, whose last digit differs between systems.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A value: copying it copies the place in the sequence. */
struct rng {
	uint64_t state[4];
};

/* Streams of one seed are independent: what one part draws never moves the draws of another. */
void rng_seed(struct rng *r, uint64_t seed, uint64_t stream);

uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n); /* 0 .. n-1, each as likely; n > 0 */
double rng_unit(struct rng *r);                /* 0 <= x < 1, 53 bits */
double rng_between(struct rng *r, double low, double high);
bool rng_chance(struct rng *r, double p);
double rng_exponential(struct rng *r, double mean);

/* Puts the n numbers in an order of which all are as likely. */
void rng_shuffle(struct rng *r, uint32_t *numbers, size_t n);

/* One scrambled number out of another: a hash that is part of the lab's repeatable outcome. */
uint64_t rng_mix(uint64_t v);

/* Zipf's law with exponent 1 over ranks 0 .. n-1: rank r has weight 1 / (r + 1). Draws in constant time. */
struct zipf {
	uint32_t n;
	uint32_t *keep;  /* of 2^32: how often column i stays i */
	uint32_t *alias; /* what it becomes else */
};

enum err zipf_init(struct zipf *z, uint32_t n) MUST_USE; /* n > 0; E_MEMORY */
void zipf_fini(struct zipf *z);
uint32_t zipf_draw(const struct zipf *z, struct rng *r);
