/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asn_table.h -- a table of networks as text (CSV, RFC 4180): first address, last address, number, name.
 *
 * That is what the npm package @ip-location-db/asn holds as asn-ipv4.csv and asn-ipv6.csv; `make data`
 * fetches it.
 */
#pragma once

#include <stddef.h>

#include "base/diag.h"

struct facts;

/*
 * Reads the files of `paths` (separated by commas) into *f (empty before; not flattened); its time is that of
 * the youngest file. Returns OK, E_IO, E_MEMORY, or E_FORMAT with file and line in *d.
 */
enum err asn_table_load(struct facts *f, const char *paths, struct diag *d) MUST_USE;

/*
 * The same for text in memory. Empty lines, lines that begin with '#', and a first line that begins with no
 * address (a heading) are passed over. Number 0 and names of any octets are allowed. `name` is for messages.
 */
enum err asn_table_read(struct facts *f, const char *text, size_t len, const char *name,
			struct diag *d) MUST_USE;
