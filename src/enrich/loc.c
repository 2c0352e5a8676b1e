/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loc.c -- see loc.h. The library flattens networks itself when asked to, in about a minute; as they are they
 * come in a second, and ranges.h flattens them in less.
 */
#include "enrich/loc.h"

#include <errno.h>
#include <libloc/as.h>
#include <libloc/database.h>
#include <libloc/libloc.h>
#include <libloc/network.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/stamp.h"
#include "enrich/facts.h"

/* The library would write to stderr. */
static void say_nothing(struct loc_ctx *ctx, int priority, const char *file, int line, const char *function,
			const char *format, va_list args)
{
	(void)ctx;
	(void)priority;
	(void)file;
	(void)line;
	(void)function;
	(void)format;
	(void)args;
}

static enum err take_network(struct facts *f, struct loc_network *network)
{
	const char *country = loc_network_get_country_code(network);
	struct range says = {.asn = loc_network_get_asn(network)};
	struct addr first = addr_v6(loc_network_get_first_address(network)->s6_addr);

	if (country != NULL)
		range_country(country, strlen(country), says.country);
	return ranges_add_prefix(&f->ranges, &first, loc_network_prefix(network), &says);
}

static enum err take_as(struct facts *f, struct loc_as *as)
{
	const char *name = loc_as_get_name(as);

	return name == NULL ? OK : facts_name(f, loc_as_get_number(as), name, strlen(name));
}

static enum err networks(struct facts *f, struct loc_database *db)
{
	struct loc_database_enumerator *all = NULL;
	struct loc_network *network = NULL;
	enum err e = OK;
	int r;

	if (loc_database_enumerator_new(&all, db, LOC_DB_ENUMERATE_NETWORKS, 0) != 0)
		return E_MEMORY;
	while ((r = loc_database_enumerator_next_network(all, &network)) == 0 && network != NULL && e == OK) {
		e = take_network(f, network);
		loc_network_unref(network);
		network = NULL;
	}
	if (network != NULL)
		loc_network_unref(network);
	loc_database_enumerator_unref(all);
	return e == OK && r != 0 ? E_FORMAT : e;
}

static enum err ases(struct facts *f, struct loc_database *db)
{
	struct loc_database_enumerator *all = NULL;
	struct loc_as *as = NULL;
	enum err e = OK;
	int r;

	if (loc_database_enumerator_new(&all, db, LOC_DB_ENUMERATE_ASES, 0) != 0)
		return E_MEMORY;
	while ((r = loc_database_enumerator_next_as(all, &as)) == 0 && as != NULL && e == OK) {
		e = take_as(f, as);
		loc_as_unref(as);
		as = NULL;
	}
	if (as != NULL)
		loc_as_unref(as);
	loc_database_enumerator_unref(all);
	return e == OK && r != 0 ? E_FORMAT : e;
}

static enum err load(struct facts *f, struct loc_ctx *ctx, FILE *file)
{
	struct loc_database *db = NULL;
	enum err e;

	loc_set_log_fn(ctx, say_nothing);
	if (loc_database_new(ctx, &db, file) != 0 || db == NULL)
		return E_FORMAT;
	f->made_ns = (int64_t)loc_database_created_at(db) * NS_PER_SECOND;
	e = networks(f, db);
	if (e == OK)
		e = ases(f, db);
	loc_database_unref(db);
	facts_title(f, "libloc");
	return e;
}

enum err loc_load(struct facts *f, const char *path, struct diag *d)
{
	FILE *file = fopen(path, "re");
	struct loc_ctx *ctx = NULL;
	enum err e;

	if (file == NULL)
		return diag_set(d, E_IO, "%s: %s", path, strerror(errno));
	if (loc_new(&ctx) != 0) {
		fclose(file);
		return diag_set(d, E_MEMORY, "%s: %s", path, err_text(E_MEMORY));
	}
	e = load(f, ctx, file);
	loc_unref(ctx);
	fclose(file);
	return e == OK ? OK
		       : diag_set(d, e, "%s: no libloc database that can be read (%s)", path, err_text(e));
}
