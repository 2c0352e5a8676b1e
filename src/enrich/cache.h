/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.h -- the flattened networks as one block of octets: built once, kept in a file, mapped at start.
 *
 * Layout, in the byte order of the machine that wrote it: header, IPv6 ranges, IPv4 ranges, networks, names.
 * A range is its first address and a value; it ends where the next one begins, and the first one begins at 0,
 * so that every address lies in exactly one. A value is the index of the network << 10 | the country: 0, or 1
 * + its two letters as a number of base 26. Network 0 is "not known".
 *
 * A file may be old, cut, or hostile: both checksums, and then every value and order that a look-up leans on,
 * are checked before anything is used, so that a forged checksum gains nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "enrich/nets.h"

struct buf;

enum {
	CACHE_VERSION = 3, /* goes up with any change of layout or of how a source is read */
	CACHE_TITLE_MAX = 256,
	CACHE_COUNTRY_BITS = 10,
	CACHE_COUNTRY_MASK = (1 << CACHE_COUNTRY_BITS) - 1,
	CACHE_NETS_MAX = 1 << 22
};

struct cache_header {
	char magic[8];
	uint32_t order; /* tells the byte order */
	uint32_t version;
	uint64_t key;        /* of the sources: cache_key */
	uint64_t body_check; /* XXH3 of all behind the header */
	int64_t made_ns;     /* of the sources; STAMP_NONE: not known */
	uint32_t n_v6, n_v4, n_nets, names_octets;
	char title[CACHE_TITLE_MAX]; /* ends with NUL */
	uint64_t header_check;       /* XXH3 of all before */
};

struct cache_v6 {
	uint64_t high, low; /* of the first address */
	uint32_t value, unused;
};

struct cache_v4 {
	uint32_t first, value;
};

struct cache_net {
	uint32_t asn, name; /* name: where it begins among the names */
	float kind[NET_KINDS];
	uint8_t country[2], unused[2];
};

/* Where things lie in a block that was checked. Borrowed from it. */
struct cache_view {
	const struct cache_header *header;
	const struct cache_v6 *v6;
	const struct cache_v4 *v4;
	const struct cache_net *nets;
	const char *names;
};

/* A file that is mapped. Zeroed is none. */
struct cache_map {
	void *octets;
	size_t len;
};

/* Two capital letters as the low bits of a value, 0 for none; and back. */
uint32_t cache_country_code(const char country[2]);
void cache_country_text(uint32_t code, char country[2]);

/* One source as it lies on the disk, for the key. */
struct cache_source {
	const char *path;
	uint64_t octets;
	int64_t mtime_ns;
};

/* The key of sources in order, as they are now, and of the estimate of kinds. */
uint64_t cache_key(const struct cache_source *sources, size_t n);

/*
 * Checks a block (aligned to 8) as above. Returns OK, E_ABSENT (sound so far, and of another version, byte
 * order or key) or E_FORMAT; *view is set on OK only.
 */
enum err cache_check(const void *octets, size_t len, uint64_t key, struct cache_view *view) MUST_USE;

/* Fills in the checksums of a finished block. */
void cache_seal(struct buf *block);

/*
 * The file for these sources inside `dir` (NULL: $XDG_CACHE_HOME/deflux or ~/.cache/deflux); changed sources
 * go to the same file. Returns OK, E_ABSENT (no place for a cache is known) or E_RANGE (too long).
 */
enum err cache_path(const char *dir, const struct cache_source *sources, size_t n, struct buf *path) MUST_USE;

/* Maps a file that belongs to this user or root and that no other may write. E_ABSENT when there is none
 * such. */
enum err cache_map_file(const char *path, struct cache_map *map) MUST_USE;
void cache_unmap(struct cache_map *map);

/* Writes a temporary file beside `path`, making folders as needed, and renames it: readers see all or
 * nothing. Who goes on without the file only starts slower the next time. */
enum err cache_save(const char *path, const struct buf *block);
