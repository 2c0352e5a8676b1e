/* SPDX-License-Identifier: Apache-2.0 */
/* words.h -- names that nobody chose: words one can pronounce, and domains below real public suffixes. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "lab/random.h"

enum { WORD_MAX = 32 };

/* Writes a word of `syllables` (1..7) with its NUL; returns its length. */
size_t word_make(struct rng *r, unsigned syllables, char word[WORD_MAX]);

/* Writes a label of n (up to WORD_MAX - 1) letters and digits, as programs make them, with its NUL. */
void word_digits(struct rng *r, unsigned n, char word[WORD_MAX]);

/* A public suffix in text form, common ones more often; `cheap`: of those that abuse prefers. Static storage.
 */
const char *word_suffix(struct rng *r, int cheap);

/* The wire form of a text name, kept in the arena; NULL without memory or when the text is no name. */
const uint8_t *word_name(struct arena *a, const char *text);

/* The wire form of `label` + the name `below`. */
const uint8_t *word_below(struct arena *a, const char *label, const uint8_t *below);
