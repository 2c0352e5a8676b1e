/* SPDX-License-Identifier: Apache-2.0 */
/* image.h -- makes the block of cache.h out of what the sources say. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;
struct facts;

/*
 * Flattens the sources (most trusted first) and lays them over each other: number, country and name each from
 * the first that says one. The date is that of the first that gives numbers. A network's country is where
 * most of its addresses lie. The sources are used up: still the caller's to free. Returns OK, E_MEMORY, or
 * E_FULL (more networks than values can tell apart).
 */
enum err image_make(struct facts *sources, size_t n, uint64_t key, struct buf *block) MUST_USE;
