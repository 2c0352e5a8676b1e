/* SPDX-License-Identifier: Apache-2.0 */
/* term.h -- what a text goes to: its width, colour or none, UTF-8 or ASCII; and what is drawn with
 * characters. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct term {
	unsigned width; /* columns; 80 when not known */
	bool terminal;  /* else a pipe or file: nothing is cut to fit */
	bool colour, utf8;
};

enum tone { TONE_PLAIN, TONE_BAD, TONE_UNSURE, TONE_GOOD, TONE_FAINT, TONE_STRONG };

/* Of the file descriptor that the text goes to. */
void term_of(struct term *t, int fd, bool no_color);

/* Begins and ends coloured text; nothing without colour. */
void term_tone(const struct term *t, struct buf *to, enum tone tone);

/* Columns that the text takes (UTF-8: one for each code point, which is right for all that is printed here).
 */
size_t term_columns(const char *text);

/* The text in exactly `width` columns: padded behind (or before, when `right`), a longer one cut in its
 * middle. */
void term_cell(const struct term *t, struct buf *to, const char *text, size_t width, bool right);

/* A text of lines of `width` columns at most, broken at blanks; further lines begin with `indent` blanks. */
void term_wrap(struct buf *to, const char *text, size_t width, size_t indent);

enum { TERM_LEVELS = 8 };

/* A bar of height level/8 in one cell, 0: a blank. */
const char *term_bar(const struct term *t, unsigned level);

/* A shade for one of 0 (a blank) .. 4. */
const char *term_shade(const struct term *t, unsigned level);
