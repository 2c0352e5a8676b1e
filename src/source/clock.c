/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c -- see clock.h. */
#include "source/clock.h"

enum { AGREE_AT_START = 2, AGREE_TO_JUMP = 3 };

void clock_init(struct clock *c, int64_t max_gap_ns)
{
	*c = (struct clock){.max_gap_ns = max_gap_ns};
}

/* The held dates that agree with the newest and with each other; the younger ones choose first. */
static uint16_t agreeing(const struct clock *c, unsigned *n)
{
	uint16_t set = 0;

	*n = 0;
	for (unsigned i = c->n_held; i-- > 0;) {
		bool agrees = true;

		for (unsigned k = i + 1; k < c->n_held; k++)
			agrees = agrees &&
				 ((set & 1u << k) == 0 || clock_near(c, c->held_ns[i], c->held_ns[k]));
		if (agrees) {
			set = (uint16_t)(set | 1u << i);
			(*n)++;
		}
	}
	return set;
}

static uint16_t all_held(const struct clock *c)
{
	return (uint16_t)((1u << c->n_held) - 1);
}

static struct clock_word believe(struct clock *c, uint16_t take, int64_t at_ns)
{
	struct clock_word w = {.take = take, .drop = (uint16_t)(all_held(c) & ~take)};

	c->started = true;
	c->at_ns = at_ns;
	c->n_held = 0;
	return w;
}

static struct clock_word drop_oldest(struct clock *c)
{
	for (unsigned i = 1; i < c->n_held; i++)
		c->held_ns[i - 1] = c->held_ns[i];
	c->n_held--;
	return (struct clock_word){.drop = 1};
}

struct clock_word clock_see(struct clock *c, int64_t time_ns)
{
	unsigned n, newest = c->n_held;
	uint16_t set;

	c->held_ns[c->n_held++] = time_ns;
	if (c->started && clock_near(c, c->at_ns, time_ns))
		return believe(c, (uint16_t)(1u << newest), time_ns);
	set = agreeing(c, &n);
	if (n >= (c->started ? AGREE_TO_JUMP : AGREE_AT_START))
		return believe(c, set, time_ns);
	if (c->n_held > CLOCK_HELD_MAX)
		return drop_oldest(c);
	return (struct clock_word){0};
}

struct clock_word clock_end(struct clock *c)
{
	struct clock_word w = {.drop = all_held(c)};

	if (!c->started && c->n_held == 1)
		return believe(c, 1, c->held_ns[0]);
	c->n_held = 0;
	return w;
}
