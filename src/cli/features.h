/* SPDX-License-Identifier: Apache-2.0 */
/* features.h -- what verdicts are weighed from, in plain numbers: a line of `scan --format features`. */
#pragma once

#include "cli/facts.h"

/* Of a domain that deflux's own method judged. */
void features_jsonl(const struct facts *f, struct buf *to);
