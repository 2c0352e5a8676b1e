/* SPDX-License-Identifier: Apache-2.0 */
/* primer.h -- what somebody new to the field has to be told: the words, the classes, and what to do next. */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "judge/judge.h"

/* Above what an undecided domain waits for. */
#define PRIMER_WAITS                                                                                         \
	"Any of these could settle it; what is said to accuse or to clear it would do so by itself."

/* Above the evidence. */
#define PRIMER_EVIDENCE                                                                                      \
	"Fast flux is held against all honest services together, most of which have few addresses: so what " \
	"is "                                                                                                \
	"usual for one kind of them can still speak for fast flux. Each sentence tells what was seen, what " \
	"fast "                                                                                              \
	"flux leads to expect, and what the honest class does that the domain is most like."

struct primer_word {
	const char *word, *meaning; /* the meaning in one sentence, without its full stop */
};

/* The words that explanations use; *n of them. */
const struct primer_word *primer_words(size_t *n);

/* What services of an honest class are: "servers that many people lend"; NULL for a class of no common kind.
 */
const char *primer_class(const char *class);

/* What to do about a verdict, in a sentence or two. */
const char *primer_next(enum verdict v);
