/* SPDX-License-Identifier: Apache-2.0 */
/* random.c -- see random.h. */
#include "lab/random.h"

#include <stdlib.h>

uint64_t rng_mix(uint64_t v)
{
	v += UINT64_C(0x9e3779b97f4a7c15);
	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	return v ^ v >> 31;
}

void rng_seed(struct rng *r, uint64_t seed, uint64_t stream)
{
	uint64_t at = rng_mix(seed) ^ rng_mix(~stream);

	for (int i = 0; i < 4; i++) {
		r->state[i] = rng_mix(at);
		at += UINT64_C(0x9e3779b97f4a7c15);
	}
}

static uint64_t rotated(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

uint64_t rng_next(struct rng *r)
{
	uint64_t *s = r->state;
	uint64_t out = rotated(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotated(s[3], 45);
	return out;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	uint64_t uneven = -n % n; /* so many low values would come once too often */
	uint64_t v;

	do
		v = rng_next(r);
	while (v < uneven);
	return v % n;
}

double rng_unit(struct rng *r)
{
	return (double)(rng_next(r) >> 11) * 0x1p-53;
}

double rng_between(struct rng *r, double low, double high)
{
	return low + (high - low) * rng_unit(r);
}

bool rng_chance(struct rng *r, double p)
{
	return rng_unit(r) < p;
}

/* Von Neumann's way, which needs comparisons alone: the length of a falling run of uniform draws that starts
 * at x is odd with probability e^-x. */
double rng_exponential(struct rng *r, double mean)
{
	for (double whole = 0;; whole += 1) {
		double first = rng_unit(r), last = first;
		bool odd = true;

		for (double next = rng_unit(r); next < last; next = rng_unit(r)) {
			last = next;
			odd = !odd;
		}
		if (odd)
			return mean * (whole + first);
	}
}

void rng_shuffle(struct rng *r, uint32_t *numbers, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = rng_below(r, i);
		uint32_t kept = numbers[i - 1];

		numbers[i - 1] = numbers[j];
		numbers[j] = kept;
	}
}

/* Walker's alias table: every column holds 1/n of the weight, of at most two ranks. Zipf's weights fall, so
 * that the columns that need filling are the last ones and those with too much the first. */
static void fill_columns(struct zipf *z, double *weight)
{
	uint32_t rich = 0;

	for (uint32_t poor = z->n; poor-- > 0;) {
		uint32_t at = poor;

		if (weight[at] >= 1)
			break;
		/* a rich column that gave too much becomes poor itself and is filled at once */
		while (weight[at] < 1 && rich < poor && weight[rich] >= 1) {
			z->keep[at] = (uint32_t)(weight[at] * 0x1p32);
			z->alias[at] = rich;
			weight[rich] -= 1 - weight[at];
			weight[at] = 2; /* filled */
			if (weight[rich] >= 1)
				break;
			at = rich++;
		}
	}
}

enum err zipf_init(struct zipf *z, uint32_t n)
{
	double sum = 0, *weight = malloc(n * sizeof *weight);
	uint32_t *keep = malloc(n * sizeof *keep), *alias = malloc(n * sizeof *alias);

	if (weight == NULL || keep == NULL || alias == NULL) {
		free(weight);
		free(keep);
		free(alias);
		return E_MEMORY;
	}
	*z = (struct zipf){.n = n, .keep = keep, .alias = alias};
	for (uint32_t i = n; i-- > 0;)
		sum += 1.0 / (i + 1.0);
	for (uint32_t i = 0; i < n; i++) {
		weight[i] = n / sum / (i + 1.0);
		keep[i] = UINT32_MAX;
		alias[i] = i;
	}
	fill_columns(z, weight);
	free(weight);
	return OK;
}

void zipf_fini(struct zipf *z)
{
	free(z->keep);
	free(z->alias);
	*z = (struct zipf){0};
}

uint32_t zipf_draw(const struct zipf *z, struct rng *r)
{
	uint32_t column = (uint32_t)rng_below(r, z->n);

	return (uint32_t)(rng_next(r) >> 32) < z->keep[column] ? column : z->alias[column];
}
