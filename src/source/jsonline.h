/* SPDX-License-Identifier: Apache-2.0 */
/* jsonline.h -- one line of JSON, an object, as a flat list of values in the order they are written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { JSONLINE_DEPTH_MAX = 16, JSONLINE_VALUES_MAX = 16384 };

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/*
 * `span` values belong to this one, itself included, so that its children are
 *   for (c = v + 1; c < v + v->span; c += c->span)
 * and a value without children has span 1. Text is not NUL-terminated.
 */
struct json_value {
	const char *key;  /* in an object; NULL in an array and at the root */
	const char *text; /* a string decoded, a number as written, "true" or "false" */
	uint32_t key_len, len;
	uint32_t span;
	uint8_t kind;
	bool escaped; /* a string that was written with escapes */
};

/* Zeroed is empty; storage is reused from line to line and freed by jsonline_fini. */
struct jsonline {
	struct json_value
		*values; /* values[0] is the object; all good until the next read, as long as the line is */
	size_t n;
	/* private */
	size_t room;
	void *yajl;
	const char *line;
	size_t len;
	char *text; /* decoded strings */
	size_t text_len, text_room;
	const char *key;
	uint32_t key_len;
	uint32_t open[JSONLINE_DEPTH_MAX];
	unsigned depth;
	size_t end; /* where the object closed; 0: it did not */
	enum err err;
};

void jsonline_fini(struct jsonline *j);

/*
 * Reads a line that is one object, with blanks around it at most. E_FORMAT: no JSON (bad UTF-8 too), or
 * something else than one object; E_FULL: nested deeper or with more values than the limits above; E_MEMORY.
 */
enum err jsonline_read(struct jsonline *j, const void *line, size_t len) MUST_USE;

/* The first member with that key; NULL: none, or `object` is NULL or no object. */
const struct json_value *json_get(const struct json_value *object, const char *key);

/* Whether v is a string equal to text; v may be NULL. */
bool json_is(const struct json_value *v, const char *text);

/* In an escaped string, U+0080..U+00FF back to the single octets they were (Zeek before 4 wrote octets as
 * \u00NN). */
void json_fold_octets(struct json_value *v);
