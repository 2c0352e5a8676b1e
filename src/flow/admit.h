/* SPDX-License-Identifier: Apache-2.0 */
/* admit.h -- which newcomers get their profile before a second look-up comes. Private to flow. */
#pragma once

#include "flow/run.h"

/* The partition of a name, and where in it its registrable domain begins; NULL: it has none. */
struct partition *admit_partition(struct flow *f, const uint8_t *name, size_t len, size_t *start);

/* At a boundary: those that could be accused for what they have, and those that aliases lead to. */
void admit_likely(struct worker *w);

/* At the end of a pass: those that somebody will look at; `all`: all. */
void admit_last(struct worker *w, bool all);
