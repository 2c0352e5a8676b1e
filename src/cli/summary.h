/* SPDX-License-Identifier: Apache-2.0 */
/* summary.h -- in plain words, what was read, what was left out and why, and how far the result is to be
 * trusted. */
#pragma once

#include "cli/pass.h"
#include "cli/term.h"

/* What the inputs held: messages, domains, time, skipped, warnings. No clock in it: the same input, the same
 * text. */
void summary_write(const struct pass *p, const struct term *t, struct buf *to);

/* All of it at the end of a command, unless it is to be quiet. Below a table it is part of the result, which
 * goes to `t`; beside a result for programs it goes to standard error. Speed is never part of a result: it
 * would make two runs differ. */
void summary_end(struct pass *p, const struct term *t);

/* What the inputs held, for sources alone, without domains and networks. */
void summary_sources(const struct sources_counts *c, bool verbose, const struct term *t, struct buf *to);

/* How long it took, by parts: for standard error. */
void summary_speed(const struct pass *p, const struct term *t, struct buf *to);
