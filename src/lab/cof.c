/* SPDX-License-Identifier: Apache-2.0 */
/* cof.c -- see cof.h. */
#include "lab/cof.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "dns/name.h"
#include "lab/random.h"

enum { ROOM_MIN = 1024 };

/* One record: owner, type, rdata. The names are copies: the lab's are gone with the next exchange. */
struct cof_entry {
	uint64_t hash, count;
	int64_t first_s, last_s;
	const uint8_t *owner, *target;
	const uint8_t *zone;      /* the bailiwick */
	const struct addr *hints; /* of HTTPS */
	struct addr addr;
	uint16_t type, n_hints;
};

static uint64_t hash_name(const uint8_t *name, uint64_t h)
{
	size_t n = name == NULL ? 0 : name_wire_len(name);

	for (size_t i = 0; i < n; i++)
		h = (h ^ name[i]) * UINT64_C(0x100000001b3);
	return rng_mix(h);
}

static uint64_t hash_addr(const struct addr *a, uint64_t h)
{
	for (int i = 0; i < 16; i++)
		h = (h ^ a->octets[i]) * UINT64_C(0x100000001b3);
	return rng_mix(h);
}

static uint64_t hash_record(const struct lab_exchange *x, const struct lab_record *r)
{
	uint64_t h = hash_name(r->target, hash_name(r->owner, r->type));

	h = hash_addr(&r->addr, h);
	for (uint16_t i = 0; r->type == RR_HTTPS && i < x->n_hints; i++)
		h = hash_addr(&x->hints[i], h);
	return h;
}

static bool same_name(const uint8_t *a, const uint8_t *b)
{
	size_t n;

	if (a == NULL || b == NULL)
		return a == b;
	n = name_wire_len(a);
	return n == name_wire_len(b) && memcmp(a, b, n) == 0;
}

static bool is_record(const struct cof_entry *e, uint64_t hash, const struct lab_exchange *x,
		      const struct lab_record *r)
{
	if (r->type == RR_HTTPS &&
	    (e->n_hints != x->n_hints || memcmp(e->hints, x->hints, x->n_hints * sizeof *x->hints) != 0))
		return false;
	return e->hash == hash && e->type == r->type && memcmp(&e->addr, &r->addr, sizeof e->addr) == 0 &&
	       same_name(e->owner, r->owner) && same_name(e->target, r->target);
}

static enum err grow(struct cof *c)
{
	uint32_t room = c->room == 0 ? ROOM_MIN : c->room * 2;
	struct cof_entry **order = realloc(c->order, room / 2 * sizeof *order);
	struct cof_entry **table = NULL;

	if (order != NULL) {
		c->order = order;
		table = calloc(room, sizeof(struct cof_entry *));
	}
	if (table == NULL)
		return E_MEMORY;
	for (uint32_t i = 0; i < c->n; i++) {
		uint32_t at = (uint32_t)c->order[i]->hash & (room - 1);

		while (table[at] != NULL)
			at = (at + 1) & (room - 1);
		table[at] = c->order[i];
	}
	free(c->table);
	c->table = table;
	c->room = room;
	return OK;
}

static const uint8_t *copied(struct cof *c, const uint8_t *name)
{
	return name == NULL ? NULL : arena_copy(&c->arena, name, name_wire_len(name));
}

/* The entry of a record, new or old; NULL without memory. */
static struct cof_entry *entry_of(struct cof *c, const struct lab_exchange *x, const struct lab_record *r)
{
	uint64_t hash = hash_record(x, r);
	const uint8_t *zone = x->zone;
	struct cof_entry *e;
	uint32_t at;

	if (c->n * 2 >= c->room && grow(c) != OK)
		return NULL;
	at = (uint32_t)hash & (c->room - 1);
	for (; c->table[at] != NULL; at = (at + 1) & (c->room - 1))
		if (c->table[at]->type == r->type && is_record(c->table[at], hash, x, r))
			return c->table[at];
	e = arena_take(&c->arena, sizeof *e);
	if (e == NULL)
		return NULL;
	*e = (struct cof_entry){.hash = hash, .addr = r->addr, .type = r->type};
	e->owner = copied(c, r->owner);
	e->target = copied(c, r->target);
	e->zone = copied(c, zone);
	if (r->type == RR_HTTPS) {
		e->n_hints = x->n_hints;
		e->hints = arena_copy(&c->arena, x->hints, x->n_hints * sizeof *x->hints);
		if (e->hints == NULL)
			return NULL;
	}
	if (e->owner == NULL || (r->target != NULL && e->target == NULL) || (zone != NULL && e->zone == NULL))
		return NULL;
	c->table[at] = c->order[c->n++] = e;
	return e;
}

enum err cof_add(struct cof *c, const struct lab_exchange *x, struct buf *to)
{
	int64_t now_s = x->answered_ns / NS_PER_SECOND, hour = x->event_ns / NS_PER_SECOND / 3600;

	if (hour != c->hour)
		cof_flush(c, to);
	c->hour = hour;
	for (uint16_t i = 0; i < x->n; i++) {
		struct cof_entry *e;

		if (x->records[i].type == RR_SOA)
			continue;
		e = entry_of(c, x, &x->records[i]);
		if (e == NULL)
			return E_MEMORY;
		e->first_s = e->count == 0 || now_s < e->first_s ? now_s : e->first_s;
		e->last_s = now_s > e->last_s ? now_s : e->last_s;
		e->count++;
	}
	return OK;
}

/* Presentation form (RFC 9460, 2.1). */
static void print_hints(const struct cof_entry *e, bool v6, struct buf *to)
{
	char text[ADDR_TEXT_MAX];
	bool first = true;

	for (uint16_t i = 0; i < e->n_hints; i++) {
		if (addr_is_v4(&e->hints[i]) == v6)
			continue;
		addr_to_text(&e->hints[i], text);
		buf_printf(to, "%s%s", !first ? "," : v6 ? " ipv6hint=" : " ipv4hint=", text);
		first = false;
	}
}

static void print_rdata(const struct cof_entry *e, struct buf *to)
{
	char text[NAME_TEXT_MAX];

	if (e->type == RR_HTTPS) {
		buf_add_text(to, "1 .");
		print_hints(e, false, to);
		print_hints(e, true, to);
		return;
	}
	if (e->target != NULL)
		name_to_text(e->target, text);
	else
		addr_to_text(&e->addr, text);
	buf_add_text(to, text);
}

static void print(const struct cof_entry *e, struct buf *to)
{
	char owner[NAME_TEXT_MAX], zone[NAME_TEXT_MAX], type[10];

	name_to_text(e->owner, owner);
	buf_printf(to, "{\"rrname\":\"%s\",\"rrtype\":\"%s\",\"rdata\":\"", owner,
		   rrtype_to_text(e->type, type));
	print_rdata(e, to);
	buf_printf(to, "\",\"time_first\":%lld,\"time_last\":%lld,\"count\":%llu", (long long)e->first_s,
		   (long long)e->last_s, (unsigned long long)e->count);
	if (e->zone != NULL) {
		name_to_text(e->zone, zone);
		buf_printf(to, ",\"bailiwick\":\"%s\"", zone);
	}
	buf_add_text(to, "}\n");
}

/* Answers overtake each other by fractions of a second: the order of first appearance is nearly one of time.
 */
static int by_first(const void *a, const void *b)
{
	const struct cof_entry *x = *(struct cof_entry *const *)a, *y = *(struct cof_entry *const *)b;

	if (x->first_s != y->first_s)
		return x->first_s < y->first_s ? -1 : 1;
	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

void cof_flush(struct cof *c, struct buf *to)
{
	if (c->n == 0)
		return;
	qsort(c->order, c->n, sizeof(struct cof_entry *), by_first);
	for (uint32_t i = 0; i < c->n; i++)
		print(c->order[i], to);
	c->lines += c->n;
	c->n = 0;
	memset(c->table, 0, c->room * sizeof *c->table);
	arena_reset(&c->arena);
}

void cof_fini(struct cof *c)
{
	free(c->order);
	free(c->table);
	arena_fini(&c->arena);
	*c = (struct cof){0};
}
