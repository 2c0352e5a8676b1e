/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h -- the user's filter (pcap-filter(7)) over frames of any link type, each compiled when first met.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "capture/frame.h"

struct filter;

/* Checks the syntax. E_FORMAT (the compiler's words in *d), E_MEMORY. */
enum err filter_open(struct filter **out, const char *text, struct diag *d) MUST_USE;
void filter_close(struct filter *f);

/* Whether the frame passes. A link type that the filter does not fit lets nothing pass; *unfit is then set
 * once for each such type to the compiler's words, which live as long as the filter; else it is left alone.
 */
bool filter_pass(struct filter *f, const struct frame *frame, const char **unfit);
