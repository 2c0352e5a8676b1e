/* SPDX-License-Identifier: Apache-2.0 */
/* each.h -- the same done to every partition, on several threads. Private to flow. */
#pragma once

#include "profile/partition.h"

/* Calls `visit` once for each partition of domains, in whatever order, on at most so many threads: it may
 * change that partition alone, and read what no call changes. */
void each_partition(struct partition *partitions, unsigned threads,
		    void (*visit)(void *context, struct partition *p), void *context);
