/* SPDX-License-Identifier: Apache-2.0 */
/* origin.h -- which files the networks come from, most trusted first, and the block that is made of them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct buf;
struct cache_source;
struct nets_config;

enum origin_form { ORIGIN_MMDB, ORIGIN_TABLE, ORIGIN_LOC };

struct origin {
	enum origin_form form;
	const char
		*path; /* borrowed from the configuration; of a table perhaps several, separated by commas */
};

/* Zeroed is empty. */
struct origins {
	struct origin *at;
	size_t n;
	struct cache_source
		*files; /* each file of them, as it lay on the disk when they were listed; paths are owned */
	size_t n_files;
};

/* Lists the files of a configuration. A default database that is not there is left out; returns OK, E_MEMORY,
 * or E_IO (text in *d) for any other file that is not there. On error *o is empty. */
enum err origins_list(struct origins *o, const struct nets_config *config, struct diag *d) MUST_USE;
void origins_fini(struct origins *o);

/* Reads them and makes the block of cache.h (empty before). Errors as in loc.h, mmdb.h, asn_table.h, image.h.
 */
enum err origins_make(const struct origins *o, uint64_t key, struct buf *block, struct diag *d) MUST_USE;
