/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settle.h -- what an undecided domain waits for: what further sight of it would decide, by asking the judge
 * about views that hold it. Private to judge.
 */
#pragma once

#include "judge/judge.h"

/* Fills out->waits for a domain that `j` found undecided. Without memory some are left out. */
void settle(const struct judge *j, const struct view *v, struct judgement *out);
