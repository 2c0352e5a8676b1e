/* SPDX-License-Identifier: Apache-2.0 */
/* walk.c -- see walk.h. */
#include "source/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 32, FILES_MAX = 1000000 };

void walk_fini(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->files[i].path);
	free(w->files);
	*w = (struct walk){0};
}

static enum err no_memory(struct diag *d)
{
	return diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
}

/* Takes over file->path, on an error too. */
static enum err add(struct walk *w, const struct walk_file *file, struct diag *d)
{
	if (w->n == FILES_MAX) {
		free(file->path);
		return diag_set(d, E_FULL, "more than %d files", (int)FILES_MAX);
	}
	if (w->n == w->room) {
		size_t room = w->room == 0 ? 16 : 2 * w->room;
		struct walk_file *grown = realloc(w->files, room * sizeof *grown);

		if (grown == NULL) {
			free(file->path);
			return no_memory(d);
		}
		w->files = grown;
		w->room = room;
	}
	w->files[w->n++] = *file;
	return OK;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name); /* octets, not the locale */
}

static int is_entry(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static enum err walk_folder(struct walk *w, const char *folder, const struct walk_file *like, int depth,
			    struct diag *d);

/* Takes over `path`. */
static enum err walk_entry(struct walk *w, char *path, const struct walk_file *like, int depth,
			   struct diag *d)
{
	struct walk_file file = *like;
	struct stat st, target;
	enum err e = OK;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		e = depth < DEPTH_MAX ? walk_folder(w, path, like, depth + 1, d)
				      : diag_set(d, E_FULL, "more than %d directories deep", (int)DEPTH_MAX);
	} else if (stat(path, &target) == 0 && S_ISREG(target.st_mode)) {
		file.path = path;
		file.octets = (uint64_t)target.st_size;
		return add(w, &file, d);
	}
	free(path);
	return e;
}

static enum err walk_folder(struct walk *w, const char *folder, const struct walk_file *like, int depth,
			    struct diag *d)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_entry, by_name);
	struct walk_file file = *like;
	enum err e = OK;

	if (n < 0 && depth == 0)
		return diag_set(d, E_IO, "%s: %s", folder, strerror(errno));
	if (n < 0) { /* the others go on: opening it will say what is wrong */
		file.path = strdup(folder);
		return file.path == NULL ? no_memory(d) : add(w, &file, d);
	}
	for (int i = 0; i < n; i++) {
		char *path = NULL;

		if (e == OK && asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
			e = no_memory(d);
		else if (e == OK)
			e = walk_entry(w, path, like, depth, d);
		free(entries[i]);
	}
	free(entries);
	return e;
}

enum err walk_path(struct walk *w, const char *path, uint32_t from, struct diag *d)
{
	struct walk_file file = {.from = from};
	struct stat st;
	char *folder;
	enum err e;

	if (strcmp(path, "-") != 0) {
		if (stat(path, &st) != 0)
			return diag_set(d, E_IO, "%s: %s", path, strerror(errno));
		file.regular = S_ISREG(st.st_mode);
		file.octets = file.regular ? (uint64_t)st.st_size : 0;
	}
	folder = strdup(path);
	if (folder == NULL)
		return no_memory(d);
	if (strcmp(path, "-") == 0 || !S_ISDIR(st.st_mode)) {
		file.path = folder;
		return add(w, &file, d);
	}
	file.in_folder = file.regular = 1;
	for (size_t n = strlen(folder); n > 1 && folder[n - 1] == '/'; n--)
		folder[n - 1] = 0;
	e = walk_folder(w, folder, &file, 0, d);
	free(folder);
	return e;
}
