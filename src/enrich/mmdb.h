/* SPDX-License-Identifier: Apache-2.0 */
/* mmdb.h -- the networks of a MaxMind database: GeoLite2 ASN, Country and City, and those of IPinfo and
 * DB-IP. */
#pragma once

#include "base/diag.h"

struct facts;

/* Reads the whole tree into *f (empty before; not flattened). Errors as in loc.h; a database that speaks
 * neither of networks nor of countries is E_UNSUPPORTED. */
enum err mmdb_load(struct facts *f, const char *path, struct diag *d) MUST_USE;
