/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h -- what deflux's pages of HTML have in common: one style within, no script, nothing from elsewhere.
 * Every text goes through words_html here.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"

enum { SHEET_WIDTH = 860 }; /* of a picture, in its own units */

/* From the first tag to the heading. */
void sheet_head(struct buf *to, const char *title);

/* deflux's own words, with `commands` in them as code. */
void sheet_prose(struct buf *to, const char *text);

/* One of a list of facts: <dl> and </dl> are the caller's. */
void sheet_fact(struct buf *to, const char *what, const char *value);
void sheet_count(struct buf *to, const char *what, uint64_t n);

/* Begins a picture; `label` is a literal. */
void sheet_svg(struct buf *to, unsigned height, const char *label);

/* Text in a picture, the middle of a long one left out. */
void sheet_text(struct buf *to, const double at[2], const char *attributes, const char *text);

/* Cells of a table; a long one is broken where it has to be. */
void sheet_cell(struct buf *to, const char *text);
void sheet_long_cell(struct buf *to, const char *text);
void sheet_time(struct buf *to, int64_t time_ns);

/* "... and 12 more"; nothing for none. */
void sheet_more(struct buf *to, uint64_t n);
