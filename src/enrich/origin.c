/* SPDX-License-Identifier: Apache-2.0 */
/* origin.c -- see origin.h. */
#include "enrich/origin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/stamp.h"
#include "enrich/asn_table.h"
#include "enrich/cache.h"
#include "enrich/facts.h"
#include "enrich/image.h"
#include "enrich/loc.h"
#include "enrich/mmdb.h"
#include "enrich/nets.h"

/* Where libloc keeps a database that it updates itself, and where Debian's package puts its own. */
static const char *const default_locs[] = {"/var/lib/location/database.db",
					   "/usr/share/libloc-location/location.db"};

/* Notes one file as it lies on the disk now. */
static enum err list_file(struct origins *o, const char *path, struct diag *d)
{
	char *real = realpath(path, NULL); /* the cache of "x.mmdb" here is not that of "x.mmdb" elsewhere */
	struct cache_source *files;
	struct stat st;

	if (real == NULL || stat(real, &st) != 0) {
		free(real);
		return diag_set(d, E_IO, "%s: %s", path, strerror(errno));
	}
	files = realloc(o->files, (o->n_files + 1) * sizeof *files);
	if (files == NULL) {
		free(real);
		return diag_set(d, E_MEMORY, "%s: %s", path, err_text(E_MEMORY));
	}
	o->files = files;
	o->files[o->n_files++] = (struct cache_source){
		.path = real,
		.octets = (uint64_t)st.st_size,
		.mtime_ns = (int64_t)st.st_mtim.tv_sec * NS_PER_SECOND + st.st_mtim.tv_nsec,
	};
	return OK;
}

static enum err list_table(struct origins *o, const char *paths, struct diag *d)
{
	enum err e = OK;

	for (const char *at = paths; *at != 0 && e == OK;) {
		size_t len = strcspn(at, ",");
		char *path = strndup(at, len);

		if (path == NULL)
			return E_MEMORY;
		e = len == 0 ? OK : list_file(o, path, d);
		free(path);
		at += len + (at[len] == ',');
	}
	return e;
}

static enum err list_one(struct origins *o, enum origin_form form, const char *path, struct diag *d)
{
	o->at[o->n++] = (struct origin){.form = form, .path = path};
	return form == ORIGIN_TABLE ? list_table(o, path, d) : list_file(o, path, d);
}

static enum err list_loc(struct origins *o, const char *path, struct diag *d)
{
	struct stat st;

	for (size_t i = 0; path == NULL && i < sizeof default_locs / sizeof *default_locs; i++)
		if (stat(default_locs[i], &st) == 0)
			path = default_locs[i];
	return path == NULL || path[0] == 0 ? OK : list_one(o, ORIGIN_LOC, path, d);
}

enum err origins_list(struct origins *o, const struct nets_config *config, struct diag *d)
{
	enum err e = OK;

	*o = (struct origins){0};
	if (config->none)
		return OK;
	o->at = calloc(config->n_mmdb + 2, sizeof *o->at);
	if (o->at == NULL)
		return diag_set(d, E_MEMORY, "databases of networks: %s", err_text(E_MEMORY));
	for (size_t i = 0; i < config->n_mmdb && e == OK; i++)
		e = list_one(o, ORIGIN_MMDB, config->mmdb[i], d);
	if (e == OK && config->asn_table != NULL)
		e = list_one(o, ORIGIN_TABLE, config->asn_table, d);
	if (e == OK)
		e = list_loc(o, config->loc, d);
	if (e != OK)
		origins_fini(o);
	return e;
}

void origins_fini(struct origins *o)
{
	for (size_t i = 0; i < o->n_files; i++)
		free((char *)o->files[i].path);
	free(o->files);
	free(o->at);
	*o = (struct origins){0};
}

static enum err load(struct facts *f, const struct origin *origin, struct diag *d)
{
	switch (origin->form) {
	case ORIGIN_MMDB:
		return mmdb_load(f, origin->path, d);
	case ORIGIN_TABLE:
		return asn_table_load(f, origin->path, d);
	case ORIGIN_LOC:
		return loc_load(f, origin->path, d);
	}
	return E_UNSUPPORTED;
}

enum err origins_make(const struct origins *o, uint64_t key, struct buf *block, struct diag *d)
{
	struct facts *facts = calloc(o->n + 1, sizeof *facts);
	enum err e = OK;

	if (facts == NULL)
		return diag_set(d, E_MEMORY, "databases of networks: %s", err_text(E_MEMORY));
	for (size_t i = 0; i < o->n && e == OK; i++)
		e = load(&facts[i], &o->at[i], d);
	if (e == OK) {
		e = image_make(facts, o->n, key, block);
		if (e != OK)
			(void)diag_set(d, e, "databases of networks: %s", err_text(e));
	}
	for (size_t i = 0; i < o->n; i++)
		facts_fini(&facts[i]);
	free(facts);
	return e;
}
