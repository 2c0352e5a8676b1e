/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mmdb.c -- see mmdb.h. The format is a binary trie over 128 address bits with IPv4 below ::/96; databases
 * let other prefixes (::ffff:0:0/96, 2002::/16) point at the same IPv4 nodes, which the walk leaves out. Each
 * leaf points at a record; many leaves share one, so decoded records are remembered.
 */
#include "enrich/mmdb.h"

#include <maxminddb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/stamp.h"
#include "enrich/facts.h"

enum { MEMO = 1 << 16, V4_DEPTH = 96, DEPTH_MAX = 128 };

struct memo {
	uint32_t offset;
	bool known;
	struct range says;
};

struct walk {
	MMDB_s *db;
	struct facts *f;
	struct memo *memo;
	uint64_t visits_left; /* a tree has each node once: a hostile one that is no tree must end too */
	bool v4_only;
	bool said; /* some record gave a number or a country */
};

/* The value at a path of keys; false when there is none of that type. */
static bool get(MMDB_entry_s *entry, MMDB_entry_data_s *out, uint32_t type, const char *const *path)
{
	return MMDB_aget_value(entry, out, path) == MMDB_SUCCESS && out->has_data && out->type == type;
}

static const char *const asn_numbers[][2] = {{"autonomous_system_number", NULL}, {"asn", NULL}};
static const char *const asn_texts[][2] = {{"asn", NULL}};
static const char *const name_texts[][2] = {{"autonomous_system_organization", NULL},
					    {"as_name", NULL},
					    {"as_organization", NULL},
					    {"name", NULL}};
static const char *const country_texts[][3] = {{"country", "iso_code", NULL},
					       {"country_code", NULL, NULL},
					       {"country", NULL, NULL},
					       {"registered_country", "iso_code", NULL}};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* "AS64496" or "64496" as a number; 0 when it is neither. */
static uint32_t asn_of_text(const char *text, size_t len)
{
	uint64_t n = 0;

	if (len > 2 && ascii_lower1((uint8_t)text[0]) == 'a' && ascii_lower1((uint8_t)text[1]) == 's') {
		text += 2;
		len -= 2;
	}
	if (len == 0 || len > 10)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (!ascii_is_digit((uint8_t)text[i]))
			return 0;
		n = n * 10 + (uint64_t)(text[i] - '0');
	}
	return n > UINT32_MAX ? 0 : (uint32_t)n;
}

static uint32_t read_asn(MMDB_entry_s *entry)
{
	MMDB_entry_data_s data;

	for (size_t i = 0; i < COUNT(asn_numbers); i++)
		if (get(entry, &data, MMDB_DATA_TYPE_UINT32, asn_numbers[i]))
			return data.uint32;
	for (size_t i = 0; i < COUNT(asn_texts); i++)
		if (get(entry, &data, MMDB_DATA_TYPE_UTF8_STRING, asn_texts[i]))
			return asn_of_text(data.utf8_string, data.data_size);
	return 0;
}

static void read_country(MMDB_entry_s *entry, char country[2])
{
	MMDB_entry_data_s data;

	for (size_t i = 0; i < COUNT(country_texts) && country[0] == 0; i++)
		if (get(entry, &data, MMDB_DATA_TYPE_UTF8_STRING, country_texts[i]))
			range_country(data.utf8_string, data.data_size, country);
}

static enum err read_name(struct facts *f, MMDB_entry_s *entry, uint32_t asn)
{
	MMDB_entry_data_s data;

	for (size_t i = 0; i < COUNT(name_texts); i++)
		if (get(entry, &data, MMDB_DATA_TYPE_UTF8_STRING, name_texts[i]))
			return facts_name(f, asn, data.utf8_string, data.data_size);
	return OK;
}

static enum err read_record(struct walk *w, MMDB_entry_s *entry, struct range *says)
{
	struct memo *m = &w->memo[entry->offset % MEMO];

	if (!m->known || m->offset != entry->offset) {
		*m = (struct memo){.offset = entry->offset, .known = true};
		m->says.asn = read_asn(entry);
		read_country(entry, m->says.country);
		if (m->says.asn != 0 && read_name(w->f, entry, m->says.asn) != OK)
			return E_MEMORY;
		w->said = w->said || m->says.asn != 0 || m->says.country[0] != 0;
	}
	*says = m->says;
	return OK;
}

static enum err take_leaf(struct walk *w, MMDB_entry_s *entry, const struct addr *prefix, unsigned depth)
{
	static const uint8_t zeros[12];
	struct range says;
	struct addr a = *prefix;
	enum err e = read_record(w, entry, &says);

	if (e != OK)
		return e;
	if (w->v4_only) {
		a = addr_v4(prefix->octets);
	} else if (depth >= V4_DEPTH && memcmp(a.octets, zeros, sizeof zeros) == 0) {
		a = addr_v4(prefix->octets + sizeof zeros);
		depth -= V4_DEPTH;
	} else if (addr_is_v4(&a) && depth >= V4_DEPTH) {
		depth -= V4_DEPTH;
	}
	return ranges_add_prefix(&w->f->ranges, &a, depth, &says);
}

/* Whether `node`, reached by `prefix`, is the IPv4 root seen a second time, from another place than ::/96. */
static bool is_alias(const struct walk *w, uint64_t node, const struct addr *prefix, unsigned depth)
{
	static const uint8_t zeros[16];

	return !w->v4_only && node == w->db->ipv4_start_node.node_value &&
	       (depth != V4_DEPTH || memcmp(prefix->octets, zeros, sizeof zeros) != 0);
}

static enum err walk_node(struct walk *w, uint64_t node, struct addr *prefix, unsigned depth);

/* One of the two ways on from a node. */
struct way {
	uint64_t record;
	uint8_t type;
	MMDB_entry_s entry;
};

static enum err take_way(struct walk *w, struct way *way, struct addr *prefix, unsigned depth)
{
	switch (way->type) {
	case MMDB_RECORD_TYPE_SEARCH_NODE:
		return is_alias(w, way->record, prefix, depth) ? OK
							       : walk_node(w, way->record, prefix, depth);
	case MMDB_RECORD_TYPE_DATA:
		return take_leaf(w, &way->entry, prefix, depth);
	case MMDB_RECORD_TYPE_EMPTY:
		return OK;
	default:
		return E_FORMAT;
	}
}

static enum err walk_node(struct walk *w, uint64_t node, struct addr *prefix, unsigned depth)
{
	uint8_t bit = (uint8_t)(0x80u >> depth % 8);
	MMDB_search_node_s both;
	struct way left, right;
	enum err e;

	if (depth >= (w->v4_only ? 32u : DEPTH_MAX) || w->visits_left-- == 0)
		return E_FORMAT;
	if (MMDB_read_node(w->db, (uint32_t)node, &both) != MMDB_SUCCESS)
		return E_FORMAT;
	left = (struct way){both.left_record, both.left_record_type, both.left_record_entry};
	right = (struct way){both.right_record, both.right_record_type, both.right_record_entry};
	e = take_way(w, &left, prefix, depth + 1);
	if (e != OK)
		return e;
	prefix->octets[depth / 8] |= bit;
	e = take_way(w, &right, prefix, depth + 1);
	prefix->octets[depth / 8] &= (uint8_t)~bit;
	return e;
}

static enum err walk_tree(MMDB_s *db, struct facts *f)
{
	struct walk w = {.db = db, .f = f, .v4_only = db->metadata.ip_version == 4};
	struct addr prefix = {{0}};
	enum err e;

	w.visits_left = (uint64_t)db->metadata.node_count * 2;
	w.memo = calloc(MEMO, sizeof *w.memo);
	if (w.memo == NULL)
		return E_MEMORY;
	e = walk_node(&w, 0, &prefix, 0);
	free(w.memo);
	return e == OK && !w.said ? E_UNSUPPORTED : e;
}

enum err mmdb_load(struct facts *f, const char *path, struct diag *d)
{
	const char *slash = strrchr(path, '/');
	MMDB_s db;
	int status = MMDB_open(path, MMDB_MODE_MMAP, &db);
	enum err e;

	if (status != MMDB_SUCCESS)
		return diag_set(d,
				status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR ? E_IO : E_FORMAT,
				"%s: %s", path, MMDB_strerror(status));
	f->made_ns = STAMP_NONE;
	if (db.metadata.build_epoch > 0 && db.metadata.build_epoch < INT64_MAX / NS_PER_SECOND)
		f->made_ns = (int64_t)db.metadata.build_epoch * NS_PER_SECOND;
	facts_title(f, db.metadata.database_type != NULL && db.metadata.database_type[0] != 0
			       ? db.metadata.database_type
		       : slash == NULL ? path
				       : slash + 1);
	e = walk_tree(&db, f);
	MMDB_close(&db);
	if (e == E_UNSUPPORTED)
		return diag_set(d, e, "%s: no record with a network number or a country", path);
	return e == OK ? OK : diag_set(d, e, "%s: %s", path, err_text(e));
}
