/* SPDX-License-Identifier: Apache-2.0 */
/* walk.h -- the files that a path of the command line stands for. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

/* One file; the path is owned by the list. */
struct walk_file {
	char *path;
	uint64_t octets;   /* its size; 0 for what is no regular file */
	uint32_t from;     /* index of the path it was found under, as the caller counts */
	uint8_t in_folder; /* found in a directory, not named by the user */
	uint8_t regular;
};

/* Zeroed is empty. */
struct walk {
	struct walk_file *files;
	size_t n, room;
};

void walk_fini(struct walk *w);

/*
 * Appends the file, or for a directory every regular file below it, sorted by name, directories where their
 * names stand. "-" is taken as it is. Links to files are followed, links to directories below it are not.
 * E_IO, E_MEMORY, with text in *d; what was found before stays.
 */
enum err walk_path(struct walk *w, const char *path, uint32_t from, struct diag *d) MUST_USE;
