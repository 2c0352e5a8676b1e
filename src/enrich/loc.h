/* SPDX-License-Identifier: Apache-2.0 */
/* loc.h -- the networks of a libloc database (Debian's libloc-database). */
#pragma once

#include "base/diag.h"

struct facts;

/* Reads all networks and names into *f (empty before; not flattened). Returns OK, E_IO (text in *d), E_FORMAT
 * (the same), E_MEMORY; on error *f holds some of it and is the caller's to free. */
enum err loc_load(struct facts *f, const char *path, struct diag *d) MUST_USE;
