/* SPDX-License-Identifier: Apache-2.0 */
/* lab.h -- what `deflux lab` and `deflux lab serve` do alike. */
#pragma once

#include "cli/options.h"
#include "enrich/nets.h"

/* Opens the networks that the lab's world lies in, calls `then` with them, and gives all back, the options
 * too. Returns the status of the program. */
int lab_in_nets(struct options *o, int (*then)(const struct options *o, const struct nets *nets));
