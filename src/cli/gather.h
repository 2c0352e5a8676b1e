/* SPDX-License-Identifier: Apache-2.0 */
/* gather.h -- the flux networks of a pass, for the verbs that tell of them. */
#pragma once

#include "cli/pass.h"
#include "network/networks.h"

/* Before the pass: takes in the earlier listing that --known names, if one is named. False: it was said why,
 * and *status is what to end with. */
bool gather_known(const struct options *o, struct networks *n, int *status);

/* After the pass: the networks of all its findings, whatever --domain and --top leave out. None under a
 * published method, which knows no sides. E_MEMORY. */
enum err gather_networks(struct pass *p, struct networks *n) MUST_USE;
