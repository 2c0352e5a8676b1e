/* SPDX-License-Identifier: Apache-2.0 */
/* sketch.c -- see sketch.h. */
#include "profile/sketch.h"

#include <math.h>

void sketch_add(struct sketch *s, uint64_t hash)
{
	uint8_t *r = &s->registers[hash >> 56];
	uint8_t rank = (uint8_t)(__builtin_clzll(hash << 8 | 0x80) + 1); /* the guard bit bounds it at 57 */

	*r = rank > *r ? rank : *r;
}

uint64_t sketch_count(const struct sketch *s)
{
	const double m = SKETCH_REGISTERS, alpha = 0.7213 / (1 + 1.079 / m);
	double sum = 0, estimate;
	unsigned empty = 0;

	for (unsigned i = 0; i < SKETCH_REGISTERS; i++) {
		sum += ldexp(1, -s->registers[i]);
		empty += s->registers[i] == 0;
	}
	estimate = alpha * m * m / sum;
	if (estimate <= 2.5 * m && empty != 0) /* few: count the registers that nothing has met */
		estimate = m * log(m / empty);
	return (uint64_t)llround(estimate);
}
