/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sketch.h -- how many different things were seen, in 256 octets: HyperLogLog (Flajolet, Fusy, Gandouet,
 * Meunier 2007).
 *
 * For the names and addresses of a domain beyond what is kept of it one by one. The standard error is 6.5 %.
 * Hashes come under the sketch key, so that a run can be repeated.
 */
#pragma once

#include <stdint.h>

enum { SKETCH_REGISTERS = 256 };

struct sketch {
	uint8_t registers[SKETCH_REGISTERS]; /* zeroed: nothing seen */
};

void sketch_add(struct sketch *s, uint64_t hash);
uint64_t sketch_count(const struct sketch *s);
