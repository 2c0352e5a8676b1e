/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suspects.h -- which domains are judged, when, and what becomes of it. Private to flow.
 *
 * Judging happens at boundaries, where all groups have met and nothing is written: so all is read that is
 * known by then, here and elsewhere, as at the end of a pass. What is found at a boundary is what a pass that
 * ends there finds.
 */
#pragma once

#include "flow/run.h"

/* Notes that a domain has a new member, for the next boundary. By the thread that owns its group. */
void suspects_note(struct flow *f, uint16_t partition, uint32_t domain);

/* At a boundary, when the member space is fed: looks at all domains when that is due, else at those that have
 * new members. False without memory. Other threads help. */
bool suspects_boundary(struct worker *w) MUST_USE;

/* Domains that are due by what a state says. */
bool suspects_resume(struct flow *f) MUST_USE;

/* At the end of a pass: all that could be accused. */
enum err suspects_judge_all(struct flow *f) MUST_USE;

/* Keeps the verdict, and since when it is so. */
void suspects_keep(struct domain *d, enum verdict verdict, int64_t now_ns);
