/* SPDX-License-Identifier: Apache-2.0 */
/* ranges.c -- see ranges.h. */
#include "enrich/ranges.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void ranges_fini(struct ranges *r)
{
	free(r->v4.at);
	free(r->v6.at);
	*r = (struct ranges){0};
}

range_key range_key_of(const struct addr *a)
{
	range_key key = 0;

	if (addr_is_v4(a))
		return addr_v4_number(a);
	for (size_t i = 0; i < sizeof a->octets; i++)
		key = key << 8 | a->octets[i];
	return key;
}

void range_country(const char *text, size_t len, char country[2])
{
	/* reserved, for users' own use, or of more than one country */
	static const char none[][2] = {{'A', 'A'}, {'A', 'P'}, {'E', 'U'}, {'O', 'O'}, {'Z', 'Z'}};
	bool ok = len == 2;

	for (size_t i = 0; ok && i < 2; i++)
		ok = text[i] >= 'A' && text[i] <= 'Z';
	for (size_t i = 0; ok && i < sizeof none / sizeof *none; i++)
		ok = memcmp(text, none[i], 2) != 0;
	if (ok && text[0] == 'X') /* XA..XZ */
		ok = text[1] == 'K';
	if (ok && text[0] == 'Q') /* QM..QZ */
		ok = text[1] < 'M';
	country[0] = country[1] = 0;
	if (ok)
		memcpy(country, text, 2);
}

static enum err append(struct range_list *l, const struct range *r)
{
	if (l->n == l->room) {
		size_t room = l->room == 0 ? 64 : l->room * 2;
		struct range *at = l->n >= RANGES_MAX ? NULL : realloc(l->at, room * sizeof *at);

		if (at == NULL)
			return E_MEMORY;
		l->at = at;
		l->room = room;
	}
	l->at[l->n++] = *r;
	return OK;
}

enum err ranges_add(struct ranges *r, const struct addr *first, const struct addr *last,
		    const struct range *says)
{
	struct range x = *says;

	x.first = range_key_of(first);
	x.last = range_key_of(last);
	if (addr_is_v4(first) != addr_is_v4(last) || x.last < x.first)
		return E_RANGE;
	return append(addr_is_v4(first) ? &r->v4 : &r->v6, &x);
}

enum err ranges_add_prefix(struct ranges *r, const struct addr *first, unsigned bits,
			   const struct range *says)
{
	bool v4 = addr_is_v4(first);
	unsigned width = v4 ? 32 : 128;
	struct range x = *says;
	range_key behind;

	if (bits > width)
		return E_RANGE;
	behind = bits == 0 ? (v4 ? UINT32_MAX : ~(range_key)0) : ((range_key)1 << (width - bits)) - 1;
	x.first = range_key_of(first) & ~behind;
	x.last = x.first | behind;
	return append(v4 ? &r->v4 : &r->v6, &x);
}

static bool says_same(const struct range *a, const struct range *b)
{
	return a->asn == b->asn && memcmp(a->country, b->country, 2) == 0;
}

static bool says_nothing(const struct range *r)
{
	return r->asn == 0 && r->country[0] == 0;
}

/* Appends, or lengthens the last one when it ends just before and says the same. */
static enum err append_joined(struct range_list *l, const struct range *r)
{
	struct range *before = l->n == 0 ? NULL : &l->at[l->n - 1];

	if (says_nothing(r))
		return OK;
	if (before != NULL && before->last + 1 == r->first && says_same(before, r)) {
		before->last = r->last;
		return OK;
	}
	return append(l, r);
}

static int compare(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->last != y->last) /* the outer one first */
		return x->last > y->last ? -1 : 1;
	if (x->asn != y->asn) /* twice the same range: any order that is always the same one */
		return x->asn < y->asn ? -1 : 1;
	return memcmp(x->country, y->country, 2);
}

/* The walk: open ranges, outermost first, and the point up to which everything is written out. */
struct walk {
	struct range_list open, out;
	range_key at;
	bool past_end; /* the last address of the family is written out: there is no `at` behind it */
};

/* Writes out what holds from the point of the walk up to `until`, and moves the point behind it. */
static enum err write_until(struct walk *w, range_key until)
{
	while (w->open.n > 0 && !w->past_end && w->at <= until) {
		struct range top = w->open.at[w->open.n - 1];
		enum err e = OK;

		if (top.last >= w->at) {
			top.first = w->at;
			top.last = top.last < until ? top.last : until;
			e = append_joined(&w->out, &top);
			w->past_end = top.last == ~(range_key)0;
			w->at = top.last + 1;
		}
		if (e != OK)
			return e;
		if (w->open.at[w->open.n - 1].last < w->at || w->past_end)
			w->open.n--;
	}
	return OK;
}

static enum err open_range(struct walk *w, struct range r)
{
	enum err e = r.first == 0 ? OK : write_until(w, r.first - 1);

	if (e != OK)
		return e;
	w->at = r.first;
	while (w->open.n > 0 && w->open.at[w->open.n - 1].last < r.first)
		w->open.n--;
	if (w->open.n > 0) {
		const struct range *around = &w->open.at[w->open.n - 1];

		r.asn = r.asn == 0 ? around->asn : r.asn;
		if (r.country[0] == 0)
			memcpy(r.country, around->country, 2);
	}
	return append(&w->open, &r);
}

static enum err flatten(struct range_list *l)
{
	struct walk w = {0};
	enum err e = OK;

	if (l->n > 1)
		qsort(l->at, l->n, sizeof *l->at, compare);
	for (size_t i = 0; i < l->n && e == OK; i++)
		e = open_range(&w, l->at[i]);
	if (e == OK)
		e = write_until(&w, ~(range_key)0);
	free(w.open.at);
	if (e != OK) {
		free(w.out.at);
		return e;
	}
	free(l->at);
	*l = w.out;
	return OK;
}

enum err ranges_flatten(struct ranges *r)
{
	enum err e = flatten(&r->v4);

	return e == OK ? flatten(&r->v6) : e;
}

/* The part of list `l` from `at` on, as a cursor that can be asked what holds at a point and until where. */
struct side {
	const struct range_list *l;
	size_t i;
};

/* What the side says at `at`; *until becomes the last address, at most its old value, for which that holds.
 */
static const struct range *holds(struct side *s, range_key at, range_key *until)
{
	const struct range *r;

	while (s->i < s->l->n && s->l->at[s->i].last < at)
		s->i++;
	if (s->i == s->l->n)
		return NULL;
	r = &s->l->at[s->i];
	if (r->first > at) {
		*until = r->first - 1 < *until ? r->first - 1 : *until;
		return NULL;
	}
	*until = r->last < *until ? r->last : *until;
	return r;
}

static enum err overlay(const struct range_list *over, const struct range_list *under, struct range_list *out)
{
	struct side a = {.l = over}, b = {.l = under};
	range_key at = 0;

	while (a.i < over->n || b.i < under->n) {
		range_key until = ~(range_key)0;
		const struct range *x = holds(&a, at, &until), *y = holds(&b, at, &until);
		struct range both = {0};
		enum err e;

		both = x != NULL ? *x : y != NULL ? *y : both;
		if (x != NULL && y != NULL) {
			both.asn = x->asn != 0 ? x->asn : y->asn;
			memcpy(both.country, x->country[0] != 0 ? x->country : y->country, 2);
		}
		both.first = at;
		both.last = until;
		e = append_joined(out, &both);
		if (e != OK || until == ~(range_key)0)
			return e;
		at = until + 1;
	}
	return OK;
}

enum err ranges_overlay(const struct ranges *over, const struct ranges *under, struct ranges *out)
{
	enum err e = overlay(&over->v4, &under->v4, &out->v4);

	if (e == OK)
		e = overlay(&over->v6, &under->v6, &out->v6);
	if (e != OK)
		ranges_fini(out);
	return e;
}
