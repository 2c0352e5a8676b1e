/* SPDX-License-Identifier: Apache-2.0 */
/* words.h -- numbers and texts as people and files want them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { WORDS_COUNT_MAX = 32 };

/* "812", "12,345", "1.25 M". Returns text. */
const char *words_count(uint64_t n, char text[WORDS_COUNT_MAX]);

/* "12 B", "3.4 MiB". Returns text. */
const char *words_octets(uint64_t n, char text[WORDS_COUNT_MAX]);

/* "1 domain", "2 domains": the count and its noun, whose plural ends in s unless given. */
void words_plural(struct buf *to, uint64_t n, const char *one, const char *many);

/* n with its digits, rounded to so many that count; 0 stays 0. */
double words_round(double v, int digits);

/* A JSON string with its quotes. Octets outside ASCII are taken for UTF-8 and kept where they are, else
 * become U+FFFD. */
void words_json(struct buf *to, const char *text, size_t len);

/* A CSV field (RFC 4180); what a spreadsheet would take for a formula gets an apostrophe before it. */
void words_csv(struct buf *to, const char *text);

/* Text of HTML or of a quoted attribute. */
void words_html(struct buf *to, const char *text);

/* Makes text from outside safe for a terminal: control octets and broken UTF-8 become '?'. In place. */
void words_tame(char *text);
