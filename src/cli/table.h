/* SPDX-License-Identifier: Apache-2.0 */
/* table.h -- findings as a table for people: a line for each, as wide as the terminal. */
#pragma once

#include <stdint.h>

#include "cli/facts.h"
#include "cli/term.h"

enum { TABLE_CELLS_MAX = 40 };

struct table {
	const struct term *term;
	unsigned cells;  /* of a sparkline */
	bool has_class;  /* there is room for the column */
	unsigned domain; /* columns for the name, the last; 0: as many as it takes */
};

/* Settles the columns. */
void table_init(struct table *t, const struct term *term);

void table_head(const struct table *t, struct buf *to);
void table_row(const struct table *t, const struct facts *f, struct buf *to);

/* What the columns mean, for those who see them for the first time. */
void table_legend(const struct table *t, struct buf *to);

/* Which of n equal parts of the time a moment lies in; those outside lie in the first or last. */
unsigned table_part(int64_t at_ns, int64_t first_ns, int64_t last_ns, unsigned n);

/* How many of the view's members, of those that `addresses` counts, are alive in each of n equal parts of the
 * time. */
void table_alive(const struct view *v, int64_t first_ns, int64_t last_ns, unsigned n, unsigned counts[]);

/* "97.3%", ">99.9%", "<0.1%": never more certain than a person should be told. */
enum { TABLE_PERCENT_MAX = 10 };
void table_percent(double share, char text[TABLE_PERCENT_MAX]);

enum tone table_tone(enum verdict v);
