/* SPDX-License-Identifier: Apache-2.0 */
/* pdns.c -- see pdns.h. */
#include "cli/pdns.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "dns/name.h"

enum { ROOM_LEAST = 64 };

void pdns_init(struct pdns *p, size_t memory_bytes)
{
	*p = (struct pdns){.memory_bytes = memory_bytes, .bucket_key = hash_random_key()};
}

void pdns_fini(struct pdns *p)
{
	free(p->records);
	buf_fini(&p->octets);
	index_fini(&p->index);
}

static uint64_t hash_of(const struct pdns *p, const struct pdns_sighting *x)
{
	uint64_t h = hash_bytes(x->owner, x->owner_len, p->bucket_key ^ x->type);

	return hash_bytes(x->rdata, x->rdlen, h);
}

static bool is_same(const struct pdns *p, const struct pdns_record *r, const struct pdns_sighting *x)
{
	const uint8_t *octets = p->octets.bytes + r->at;

	return r->type == x->type && r->owner_len == x->owner_len && r->rdlen == x->rdlen &&
	       memcmp(octets, x->owner, x->owner_len) == 0 &&
	       (x->rdlen == 0 || memcmp(octets + x->owner_len, x->rdata, x->rdlen) == 0);
}

static struct pdns_record *find(struct pdns *p, uint64_t hash, const struct pdns_sighting *x)
{
	uint32_t tag = (uint32_t)(hash >> 32), at;

	for (uint32_t n = index_first(&p->index, tag, &at); n != INDEX_NONE;
	     n = index_next(&p->index, tag, &at))
		if (p->records[n].hash == hash && is_same(p, &p->records[n], x))
			return &p->records[n];
	return NULL;
}

/* ---- order ---- */

static int compare_octets(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;
	int order = n == 0 ? 0 : memcmp(a, b, n);

	return order != 0 ? order : a_len < b_len ? -1 : a_len > b_len;
}

/* Where each label of a name begins; returns how many there are. */
static unsigned labels_of(const uint8_t *name, uint8_t starts[128])
{
	unsigned n = 0;

	for (unsigned at = 0; name[at] != 0; at += name[at] + 1u)
		starts[n++] = (uint8_t)at;
	return n;
}

/* Canonical order (RFC 4034, 6.1): by the last label first, so that a domain's names stand together. */
static int compare_names(const uint8_t *a, const uint8_t *b)
{
	uint8_t a_starts[128], b_starts[128];
	unsigned a_n = labels_of(a, a_starts), b_n = labels_of(b, b_starts);

	while (a_n > 0 && b_n > 0) {
		const uint8_t *x = a + a_starts[--a_n], *y = b + b_starts[--b_n];
		int order = compare_octets(x + 1, *x, y + 1, *y);

		if (order != 0)
			return order;
	}
	return a_n != 0 ? 1 : b_n != 0 ? -1 : 0;
}

static int by_name(const void *a, const void *b, void *octets)
{
	const struct pdns_record *x = a, *y = b;
	const uint8_t *base = octets, *p = base + x->at, *q = base + y->at;
	int order = compare_names(p, q);

	if (order != 0)
		return order;
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return compare_octets(p + x->owner_len, x->rdlen, q + y->owner_len, y->rdlen);
}

/* The ones not seen for longest first. */
static int by_age(const void *a, const void *b, void *octets)
{
	const struct pdns_record *x = a, *y = b;

	if (x->last_ns != y->last_ns)
		return x->last_ns < y->last_ns ? -1 : 1;
	return by_name(a, b, octets);
}

/* ---- room ---- */

static void give_first(struct pdns *p, size_t n)
{
	if (n > 1)
		qsort_r(p->records, n, sizeof *p->records, by_name, p->octets.bytes);
	for (size_t i = 0; i < n; i++) {
		const struct pdns_record *r = &p->records[i];
		const uint8_t *octets = p->octets.bytes + r->at;
		struct pdns_sighting x = {
			octets,   octets + r->owner_len, r->first_ns, r->last_ns, r->count, r->type,
			r->rdlen, r->owner_len};

		p->give(p->context, &x);
	}
}

/* Keeps the records from the n-th on, their octets moved together, and makes the index anew. */
static enum err keep_from(struct pdns *p, size_t n)
{
	struct buf octets = {0};
	enum err e = OK;

	index_fini(&p->index);
	for (size_t i = n; i < p->n && e == OK; i++) {
		struct pdns_record *r = &p->records[i];
		size_t at = octets.len;

		buf_add(&octets, p->octets.bytes + r->at, (size_t)r->owner_len + r->rdlen);
		r->at = at;
		p->records[i - n] = *r;
		e = index_add(&p->index, (uint32_t)(r->hash >> 32), (uint32_t)(i - n));
	}
	e = e == OK ? octets.err : e;
	p->n = e == OK ? p->n - n : 0;
	buf_fini(&p->octets);
	p->octets = octets;
	return e;
}

/* Half of them go: seldom enough that sorting costs little for each record. */
static enum err make_room(struct pdns *p)
{
	size_t half = p->n - p->n / 2;

	qsort_r(p->records, p->n, sizeof *p->records, by_age, p->octets.bytes);
	give_first(p, half);
	p->given += half;
	return keep_from(p, half);
}

/* Octets that one more record may lead to: arrays double, and the old one lives while it is copied. */
static size_t octets_wanted(const struct pdns *p, size_t more)
{
	size_t octets = p->octets.len + more > p->octets.room ? 3 * p->octets.room + more : p->octets.room;
	size_t records = p->n == p->room ? 3 * p->room : p->room;
	size_t index = index_octets(&p->index);

	return octets + records * sizeof *p->records + (p->index.used * 2u > index / 16 ? 3 * index : index);
}

static enum err grow(struct pdns *p)
{
	size_t room = p->room == 0 ? ROOM_LEAST : 2 * p->room;
	struct pdns_record *grown;

	if (p->n < p->room)
		return OK;
	grown = realloc(p->records, room * sizeof *grown);
	if (grown == NULL)
		return E_MEMORY;
	p->records = grown;
	p->room = room;
	return OK;
}

static enum err add_new(struct pdns *p, uint64_t hash, const struct pdns_sighting *x)
{
	enum err e = grow(p);
	size_t at = p->octets.len;

	if (e != OK)
		return e;
	buf_add(&p->octets, x->owner, x->owner_len);
	buf_add(&p->octets, x->rdata, x->rdlen);
	e = p->octets.err;
	if (e == OK)
		e = index_add(&p->index, (uint32_t)(hash >> 32), (uint32_t)p->n);
	if (e != OK) {
		p->octets.len = at;
		p->octets.err = OK;
		return e;
	}
	p->records[p->n++] = (struct pdns_record){hash,     at,      x->first_ns, x->last_ns,
						  x->count, x->type, x->rdlen,    x->owner_len};
	return OK;
}

enum err pdns_add(struct pdns *p, const struct pdns_sighting *x)
{
	uint64_t hash = hash_of(p, x);
	struct pdns_record *r = find(p, hash, x);
	enum err e = OK;

	if (r != NULL) {
		r->first_ns = x->first_ns < r->first_ns ? x->first_ns : r->first_ns;
		r->last_ns = x->last_ns > r->last_ns ? x->last_ns : r->last_ns;
		r->count = x->count > UINT64_MAX - r->count ? UINT64_MAX : r->count + x->count;
		return OK;
	}
	if (p->n >= ROOM_LEAST &&
	    (octets_wanted(p, (size_t)x->owner_len + x->rdlen) > p->memory_bytes || p->n == INDEX_NONE - 1))
		e = make_room(p);
	return e == OK ? add_new(p, hash, x) : e;
}

void pdns_finish(struct pdns *p)
{
	give_first(p, p->n);
	p->n = 0;
	index_fini(&p->index);
}
