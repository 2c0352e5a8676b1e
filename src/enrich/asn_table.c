/* SPDX-License-Identifier: Apache-2.0 */
/* asn_table.c -- see asn_table.h. */
#include "enrich/asn_table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/cursor.h"
#include "base/stamp.h"
#include "enrich/facts.h"

enum { FIELDS = 4, FIELD_MAX = 1024, PATH_OCTETS_MAX = 4096 };

/* One field, quotes taken away. */
struct field {
	size_t len;
	char text[FIELD_MAX];
};

struct line {
	struct field fields[FIELDS];
	size_t n; /* fields seen, counted to FIELDS + 1 */
};

static bool at_end(const struct cursor *c)
{
	return cursor_left(c) == 0 || c->bytes[c->pos] == '\n';
}

static void put(struct field *field, uint8_t octet)
{
	if (field->len < FIELD_MAX) /* a name may be long: facts_name cuts it anyway */
		field->text[field->len++] = (char)octet;
}

/* A quoted field up to its closing quote; "" inside is one quote. A line's end inside is an error: no name
 * has one, and a forgotten quote must not swallow the rest of the file. */
static bool read_quoted(struct cursor *c, struct field *field)
{
	cursor_skip(c, 1);
	while (!at_end(c)) {
		uint8_t octet = cursor_u8(c);

		if (octet != '"') {
			put(field, octet);
			continue;
		}
		if (cursor_left(c) == 0 || c->bytes[c->pos] != '"')
			return true;
		put(field, cursor_u8(c));
	}
	return false;
}

/* One field and the comma behind it, if any; false when quotes are wrong. */
static bool read_field(struct cursor *c, struct field *field)
{
	field->len = 0;
	if (!at_end(c) && c->bytes[c->pos] == '"') {
		if (!read_quoted(c, field))
			return false;
		if (!at_end(c) && c->bytes[c->pos] == '\r')
			cursor_skip(c, 1);
		return at_end(c) || c->bytes[c->pos] == ',';
	}
	while (!at_end(c) && c->bytes[c->pos] != ',')
		put(field, cursor_u8(c));
	if (at_end(c) && field->len > 0 && field->text[field->len - 1] == '\r')
		field->len--;
	return true;
}

/* One line with its end; false when it is none. The cursor stands behind the line either way. */
static bool read_line(struct cursor *c, struct line *line)
{
	struct field spare; /* fields behind the fourth are read and not kept */
	bool ok = true;

	line->n = 0;
	do {
		if (line->n > 0)
			cursor_skip(c, 1); /* the comma */
		ok = read_field(c, line->n < FIELDS ? &line->fields[line->n] : &spare);
		line->n += line->n <= FIELDS;
	} while (ok && !at_end(c));
	while (!at_end(c))
		cursor_skip(c, 1);
	if (cursor_left(c) > 0)
		cursor_skip(c, 1);
	return ok;
}

static bool read_number(const struct field *field, uint32_t *out)
{
	uint64_t n = 0;

	if (field->len == 0 || field->len > 10)
		return false;
	for (size_t i = 0; i < field->len; i++) {
		if (!ascii_is_digit((uint8_t)field->text[i]))
			return false;
		n = n * 10 + (uint64_t)(field->text[i] - '0');
	}
	*out = (uint32_t)n;
	return n <= UINT32_MAX;
}

/* Whether a line says nothing by design: empty, a remark, or the heading in line 1. */
static bool is_skipped(const struct line *line, size_t number)
{
	const struct field *first = &line->fields[0];
	struct addr a;

	if (line->n == 1 && first->len == 0)
		return true;
	if (first->len > 0 && first->text[0] == '#')
		return true;
	return number == 1 && addr_from_text(first->text, first->len, &a) != OK;
}

static enum err take_line(struct facts *f, const struct line *line)
{
	const struct field *fields = line->fields;
	struct range says = {0};
	struct addr first, last;
	enum err e;

	if (line->n < 3 || line->n > FIELDS || !read_number(&fields[2], &says.asn))
		return E_FORMAT;
	if (addr_from_text(fields[0].text, fields[0].len, &first) != OK ||
	    addr_from_text(fields[1].text, fields[1].len, &last) != OK)
		return E_FORMAT;
	e = ranges_add(&f->ranges, &first, &last, &says);
	if (e != OK || line->n < FIELDS)
		return e;
	return facts_name(f, says.asn, fields[3].text, fields[3].len);
}

enum err asn_table_read(struct facts *f, const char *text, size_t len, const char *name, struct diag *d)
{
	struct cursor c = cursor_over(text, len);
	struct line line;

	for (size_t number = 1; cursor_left(&c) > 0; number++) {
		enum err e = E_FORMAT;
		bool ok = read_line(&c, &line);

		if (ok && is_skipped(&line, number))
			continue;
		if (ok)
			e = take_line(f, &line);
		if (e == E_MEMORY)
			return diag_set(d, e, "%s: more networks than memory is given for", name);
		if (e != OK)
			return diag_set(d, E_FORMAT,
					"%s:%zu: not 'first address,last address,network number,name'", name,
					number);
	}
	return OK;
}

static enum err load_open(struct facts *f, int fd, const char *path, struct diag *d)
{
	struct stat st;
	int64_t made_ns;
	void *text;
	enum err e;

	if (fstat(fd, &st) != 0)
		return diag_set(d, E_IO, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return diag_set(d, E_IO, "%s: not a file", path);
	made_ns = (int64_t)st.st_mtim.tv_sec * NS_PER_SECOND;
	f->made_ns = made_ns > f->made_ns ? made_ns : f->made_ns;
	if (st.st_size == 0)
		return OK;
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return diag_set(d, E_IO, "%s: %s", path, strerror(errno));
	e = asn_table_read(f, text, (size_t)st.st_size, path, d);
	munmap(text, (size_t)st.st_size);
	return e;
}

static enum err load_one(struct facts *f, const char *path, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err e;

	if (fd < 0)
		return diag_set(d, E_IO, "%s: %s", path, strerror(errno));
	e = load_open(f, fd, path, d);
	close(fd);
	return e;
}

/* The title: the first file, which stands for all. */
static void name_after_first(struct facts *f, const char *paths)
{
	size_t len = strcspn(paths, ","), from = len;
	char title[FACTS_TITLE_MAX];

	while (from > 0 && paths[from - 1] != '/')
		from--;
	snprintf(title, sizeof title, "%.*s", (int)(len - from), paths + from);
	facts_title(f, title);
}

enum err asn_table_load(struct facts *f, const char *paths, struct diag *d)
{
	char path[PATH_OCTETS_MAX];

	f->made_ns = STAMP_NONE;
	for (const char *at = paths; *at != 0;) {
		size_t len = strcspn(at, ",");
		enum err e;

		if (len >= sizeof path)
			return diag_set(d, E_RANGE, "%.60s...: a path too long", at);
		memcpy(path, at, len);
		path[len] = 0;
		e = len == 0 ? OK : load_one(f, path, d);
		if (e != OK)
			return e;
		at += len + (at[len] == ',');
	}
	name_after_first(f, paths);
	return OK;
}
