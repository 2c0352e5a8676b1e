/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonline.c -- see jsonline.h. yajl reads; its callbacks append to the list.
 *
 * One yajl handle serves all lines, as a stream of values, because making one costs as much as a short line.
 * After any fault it is thrown away, so nothing of a broken line reaches the next.
 */
#include "source/jsonline.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

/* What yajl's callbacks return. */
enum { GO_ON = 1, CANCEL = 0 };

static int fault(struct jsonline *j, enum err e)
{
	j->err = e;
	return CANCEL;
}

/* A string that yajl decoded lies in its own buffer and is copied; one without escapes stays in the line. */
static const char *keep_text(struct jsonline *j, const char *text, size_t len, bool *copied)
{
	char *to = j->text + j->text_len;

	*copied = (uintptr_t)text - (uintptr_t)j->line >= j->len;
	if (!*copied)
		return text;
	if (len > j->text_room - j->text_len) { /* cannot be: decoding never makes a string longer */
		j->err = E_FULL;
		return NULL;
	}
	memcpy(to, text, len);
	j->text_len += len;
	return to;
}

static struct json_value *append(struct jsonline *j, enum json_kind kind)
{
	struct json_value *v;

	if (j->n == j->room) {
		size_t room = j->room == 0 ? 64 : j->room * 2;

		if (room > JSONLINE_VALUES_MAX) {
			j->err = E_FULL;
			return NULL;
		}
		v = realloc(j->values, room * sizeof *v);
		if (v == NULL) {
			j->err = E_MEMORY;
			return NULL;
		}
		j->values = v;
		j->room = room;
	}
	v = &j->values[j->n++];
	*v = (struct json_value){.key = j->key, .key_len = j->key_len, .span = 1, .kind = (uint8_t)kind};
	j->key = NULL;
	j->key_len = 0;
	return v;
}

static int on_null(void *ctx)
{
	return append(ctx, JSON_NULL) != NULL;
}

static int on_bool(void *ctx, int is_true)
{
	struct json_value *v = append(ctx, JSON_BOOL);

	if (v == NULL)
		return CANCEL;
	v->text = is_true ? "true" : "false";
	v->len = is_true ? 4 : 5;
	return GO_ON;
}

static int on_text(struct jsonline *j, enum json_kind kind, const char *text, size_t len)
{
	struct json_value *v = append(j, kind);

	if (v == NULL)
		return CANCEL;
	v->text = keep_text(j, text, len, &v->escaped);
	v->len = (uint32_t)len;
	return v->text != NULL;
}

static int on_number(void *ctx, const char *text, size_t len)
{
	return on_text(ctx, JSON_NUMBER, text, len);
}

static int on_string(void *ctx, const unsigned char *text, size_t len)
{
	return on_text(ctx, JSON_STRING, (const char *)text, len);
}

static int on_key(void *ctx, const unsigned char *text, size_t len)
{
	struct jsonline *j = ctx;
	bool copied;

	j->key = keep_text(j, (const char *)text, len, &copied);
	j->key_len = (uint32_t)len;
	return j->key != NULL;
}

static int start(struct jsonline *j, enum json_kind kind)
{
	if (j->end != 0) /* a second value behind the object */
		return fault(j, E_FORMAT);
	if (j->depth == JSONLINE_DEPTH_MAX)
		return fault(j, E_FULL);
	j->open[j->depth++] = (uint32_t)j->n;
	return append(j, kind) != NULL;
}

static int finish(struct jsonline *j)
{
	uint32_t at = j->open[--j->depth];

	j->values[at].span = (uint32_t)j->n - at;
	if (j->depth == 0)
		j->end = yajl_get_bytes_consumed(j->yajl);
	return GO_ON;
}

static int on_start_map(void *ctx)
{
	return start(ctx, JSON_OBJECT);
}

static int on_start_array(void *ctx)
{
	return start(ctx, JSON_ARRAY);
}

static int on_end(void *ctx)
{
	return finish(ctx);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_start_map,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end,
	.yajl_start_array = on_start_array,
	.yajl_end_array = on_end,
};

static void drop_yajl(struct jsonline *j)
{
	if (j->yajl != NULL)
		yajl_free(j->yajl);
	j->yajl = NULL;
}

void jsonline_fini(struct jsonline *j)
{
	drop_yajl(j);
	free(j->values);
	free(j->text);
	*j = (struct jsonline){0};
}

/* Room for every decoded string of a line of `len` octets, so that none moves while others point to it. */
static enum err prepare(struct jsonline *j, const char *line, size_t len)
{
	if (j->text_room < len) {
		char *text = realloc(j->text, len);

		if (text == NULL)
			return E_MEMORY;
		j->text = text;
		j->text_room = len;
	}
	if (j->yajl == NULL) {
		j->yajl = yajl_alloc(&callbacks, NULL, j);
		if (j->yajl == NULL)
			return E_MEMORY;
		yajl_config(j->yajl, yajl_allow_multiple_values, 1);
	}
	j->line = line;
	j->len = len;
	j->n = j->text_len = j->end = 0;
	j->depth = 0;
	j->key = NULL;
	j->key_len = 0;
	j->err = OK;
	return OK;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum err jsonline_read(struct jsonline *j, const void *bytes, size_t len)
{
	const char *line = bytes;
	enum err e;

	while (len != 0 && is_blank(*line)) {
		line++;
		len--;
	}
	while (len != 0 && is_blank(line[len - 1]))
		len--;
	if (len < 2 || len > UINT32_MAX || *line != '{')
		return E_FORMAT;
	e = prepare(j, line, len);
	if (e != OK)
		return e;
	if (yajl_parse(j->yajl, (const unsigned char *)line, len) == yajl_status_ok && j->end == len)
		return OK;
	drop_yajl(j);
	return j->err == OK ? E_FORMAT : j->err;
}

const struct json_value *json_get(const struct json_value *object, const char *key)
{
	size_t len = strlen(key);

	if (object == NULL || object->kind != JSON_OBJECT)
		return NULL;
	for (const struct json_value *v = object + 1; v < object + object->span; v += v->span)
		if (v->key_len == len && memcmp(v->key, key, len) == 0)
			return v;
	return NULL;
}

bool json_is(const struct json_value *v, const char *text)
{
	return v != NULL && v->kind == JSON_STRING && v->len == strlen(text) &&
	       memcmp(v->text, text, v->len) == 0;
}

void json_fold_octets(struct json_value *v)
{
	size_t to = 0;
	char *text;

	if (v->kind != JSON_STRING || !v->escaped)
		return;
	text = (char *)(uintptr_t)v->text; /* escaped: it lies in our own buffer */
	for (size_t i = 0; i < v->len; i++, to++) {
		uint8_t b = (uint8_t)text[i];

		if ((b & 0xfe) == 0xc2 && i + 1 < v->len) {
			i++;
			b = (uint8_t)((b & 3) << 6 | ((uint8_t)text[i] & 0x3f));
		}
		text[to] = (char)b;
	}
	v->len = (uint32_t)to;
}
