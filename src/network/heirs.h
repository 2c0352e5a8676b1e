/* SPDX-License-Identifier: Apache-2.0 */
/* heirs.h -- who of an earlier listing each network is. Private to network. */
#pragma once

#include "network/networks.h"

/* Gives networks that are known ones their names, and says what merged and split. E_MEMORY. */
enum err heirs_find(struct networks *n) MUST_USE;
