/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c -- see facts.h. */
#include "enrich/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"

void facts_fini(struct facts *f)
{
	ranges_fini(&f->ranges);
	free(f->names);
	buf_fini(&f->texts);
	*f = (struct facts){0};
}

static int is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

static enum err grow(struct facts *f)
{
	size_t room = f->names_room == 0 ? 256 : f->names_room * 2;
	struct as_name *names;

	if (f->n_names < f->names_room)
		return OK;
	names = f->n_names >= FACTS_NAMES_MAX ? NULL : realloc(f->names, room * sizeof *names);
	if (names == NULL)
		return E_MEMORY;
	f->names = names;
	f->names_room = room;
	return OK;
}

/* Cuts to FACTS_NAME_MAX octets, before a whole character of UTF-8. */
static size_t cut(const char *text, size_t len)
{
	if (len <= FACTS_NAME_MAX)
		return len;
	len = FACTS_NAME_MAX;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

enum err facts_name(struct facts *f, uint32_t asn, const char *text, size_t len)
{
	const struct as_name *before = f->n_names == 0 ? NULL : &f->names[f->n_names - 1];
	char kept[FACTS_NAME_MAX + 1];

	for (; len > 0 && is_blank(*text); text++)
		len--;
	len = cut(text, len);
	for (; len > 0 && is_blank(text[len - 1]);)
		len--;
	if (asn == 0 || len == 0)
		return OK;
	for (size_t i = 0; i < len; i++)
		kept[i] = is_blank(text[i]) ? ' ' : text[i];
	kept[len] = 0;
	if (before != NULL && before->asn == asn && strcmp((char *)f->texts.bytes + before->at, kept) == 0)
		return OK;
	if (grow(f) != OK)
		return E_MEMORY;
	f->texts.cap = FACTS_NAMES_OCTETS;
	f->names[f->n_names] = (struct as_name){.asn = asn, .at = (uint32_t)f->texts.len};
	buf_add(&f->texts, kept, len + 1);
	if (f->texts.err != OK)
		return E_MEMORY;
	f->n_names++;
	return OK;
}

static int compare(const void *a, const void *b)
{
	const struct as_name *x = a, *y = b;

	if (x->asn != y->asn)
		return x->asn < y->asn ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

void facts_sort_names(struct facts *f)
{
	size_t n = 0;

	if (f->n_names > 1)
		qsort(f->names, f->n_names, sizeof *f->names, compare);
	for (size_t i = 0; i < f->n_names; i++)
		if (n == 0 || f->names[n - 1].asn != f->names[i].asn)
			f->names[n++] = f->names[i];
	f->n_names = n;
}

const char *facts_name_of(const struct facts *f, uint32_t asn)
{
	size_t from = 0, to = f->n_names;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (f->names[middle].asn == asn)
			return (const char *)f->texts.bytes + f->names[middle].at;
		if (f->names[middle].asn < asn)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

void facts_title(struct facts *f, const char *what)
{
	char date[STAMP_TEXT_MAX] = "";
	int len = (int)strcspn(what, "\n\r\t");

	if (f->made_ns != STAMP_NONE)
		stamp_to_text(f->made_ns, date);
	date[strcspn(date, "T")] = 0;
	snprintf(f->title, sizeof f->title, "%.*s%s%s", len < 60 ? len : 60, what, date[0] == 0 ? "" : " ",
		 date);
}
