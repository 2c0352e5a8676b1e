/* SPDX-License-Identifier: Apache-2.0 */
/* origin.h -- a world from its configuration: the same for whatever is made of it. */
#pragma once

#include "base/diag.h"
#include "lab/lab.h"

struct world;

/* E_RANGE (text in *d). */
enum err origin_check(const struct lab_config *c, struct diag *d) MUST_USE;

/* The world at LAB_START_NS, with how often each zone is asked for. To be given back by world_fini, whatever
 * failed. E_MEMORY. */
enum err origin_build(struct world *w, const struct lab_config *c) MUST_USE;
