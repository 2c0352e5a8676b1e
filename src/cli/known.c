/* SPDX-License-Identifier: Apache-2.0 */
/* known.c -- see known.h. */
#include "cli/known.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "dns/name.h"

enum { LINE_OCTETS_MAX = 1 << 28, PATH_TOLD = 150 };

/* Where the reader is, and what is wrong there. */
struct place {
	const char *path;
	unsigned long line;
	const char *wrong;
};

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static enum err wrong(struct place *at, const char *what)
{
	at->wrong = what;
	return E_FORMAT;
}

static enum err take_domain(const json_t *x, struct ident_book *to, struct place *at)
{
	const char *text = text_of(x, "domain");
	struct name n;

	if (text == NULL || name_from_text(text, strlen(text), &n) != OK)
		return wrong(at, "a domain that is none");
	return ident_know_domain(to, n.octets, n.len);
}

/* IPv6 is listed by its /56. */
static enum err take_agent(const json_t *x, struct ident_book *to, struct place *at)
{
	const char *text = text_of(x, "address");
	struct addr a;

	if (text == NULL || addr_from_text(text, strcspn(text, "/"), &a) != OK)
		return wrong(at, "an address that is none");
	return ident_know_agent(to, &a);
}

static enum err take_line(const json_t *o, struct ident_book *to, struct place *at)
{
	const json_t *domains = json_object_get(o, "domains"), *agents = json_object_get(o, "members");
	const char *name = text_of(o, "network"), *first = text_of(o, "first_seen");
	int64_t first_ns;
	enum err e;

	if (name == NULL || first == NULL || !json_is_array(domains) || !json_is_array(agents) ||
	    stamp_from_text(first, strlen(first), &first_ns) != OK)
		return wrong(at, "no line of `deflux networks --format jsonl`");
	e = ident_know(to, name, first_ns);
	if (e == E_FORMAT)
		return wrong(at, "a name that no network has");
	for (size_t i = 0; e == OK && i < json_array_size(domains); i++)
		e = take_domain(json_array_get(domains, i), to, at);
	for (size_t i = 0; e == OK && i < json_array_size(agents); i++)
		e = take_agent(json_array_get(agents, i), to, at);
	return e;
}

static enum err take_text(const char *line, size_t len, struct ident_book *to, struct place *at)
{
	json_t *o;
	enum err e;

	if (len > LINE_OCTETS_MAX)
		return wrong(at, "a line without end");
	if (line[strspn(line, " \t\r\n")] == 0)
		return OK;
	o = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	e = o == NULL ? wrong(at, "no line of JSON") : take_line(o, to, at);
	json_decref(o);
	return e;
}

static enum err read_lines(FILE *f, struct ident_book *to, struct place *at, struct diag *d)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	enum err e = OK;

	while (e == OK && (len = getline(&line, &room, f)) >= 0) {
		at->line++;
		e = take_text(line, (size_t)len, to, at);
	}
	if (e == OK && ferror(f))
		e = diag_set(d, E_IO, "%.*s: %s", PATH_TOLD, at->path, strerror(errno));
	else if (e == E_FORMAT)
		diag_set(d, e, "%.*s:%lu: %s", PATH_TOLD, at->path, at->line, at->wrong);
	else if (e != OK)
		diag_set(d, e, "%.*s: out of memory", PATH_TOLD, at->path);
	free(line);
	return e;
}

enum err known_read(const char *path, struct ident_book *to, struct diag *d)
{
	struct place at = {.path = path};
	FILE *f = fopen(path, "re");
	enum err e;

	if (f == NULL)
		return diag_set(d, E_IO, "%.*s: %s", PATH_TOLD, path, strerror(errno));
	e = read_lines(f, to, &at, d);
	fclose(f);
	return e;
}
