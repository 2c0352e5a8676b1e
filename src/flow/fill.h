/* SPDX-License-Identifier: Apache-2.0 */
/* fill.h -- the next messages of the sources, up to a boundary, for one chunk. Private to flow. */
#pragma once

#include "flow/run.h"

/* Fills the chunk; `next` is free and takes the message that did not belong here. It has less than it can
 * hold at a boundary, at the end, and where a pipe has nothing more for now; one message at least but at the
 * end. Returns whether more may follow. */
bool fill_chunk(struct flow *f, struct chunk *c, struct chunk *next);
