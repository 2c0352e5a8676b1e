/* SPDX-License-Identifier: Apache-2.0 */
/* tally.h -- what is told of each network, counted from the uses of its domains. Private to network. */
#pragma once

#include "network/networks.h"

/* Fills all of the list but what identities are. E_MEMORY. */
enum err tally_all(struct networks *n) MUST_USE;
