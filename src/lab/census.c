/* SPDX-License-Identifier: Apache-2.0 */
/* census.c -- see census.h. */
#include "lab/census.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "dns/name.h"
#include "lab/words.h"

enum { ROOM_MIN = 1024 };

static uint32_t slot_of(const struct census *c, const uint8_t *name, size_t len)
{
	uint32_t at = (uint32_t)hash_bytes(name, len, c->key) & (c->room - 1);

	while (c->table[at].name != NULL &&
	       (c->table[at].len != len || memcmp(c->table[at].name, name, len) != 0))
		at = (at + 1) & (c->room - 1);
	return at;
}

const struct census_name *census_find(const struct census *c, const uint8_t *name, size_t len)
{
	const struct census_name *found = &c->table[slot_of(c, name, len)];

	return found->name == NULL ? NULL : found;
}

static enum err grow(struct census *c)
{
	struct census old = *c;

	c->room = old.room == 0 ? ROOM_MIN : old.room * 2;
	c->table = calloc(c->room, sizeof *c->table);
	if (c->table == NULL) {
		*c = old;
		return E_MEMORY;
	}
	for (uint32_t i = 0; i < old.room; i++)
		if (old.table[i].name != NULL)
			c->table[slot_of(c, old.table[i].name, old.table[i].len)] = old.table[i];
	free(old.table);
	return OK;
}

/* The name's entry, made with those of all names above it, the root aside: what is above a name exists
 * (RFC 8020). Good until the next call. NULL without memory. */
static struct census_name *enter(struct census *c, const uint8_t *name)
{
	size_t len = name_wire_len(name);
	struct census_name *found = NULL;

	while (((size_t)c->n + NAME_OCTETS_MAX / 2) * 2 > c->room)
		if (grow(c) != OK)
			return NULL;
	for (const uint8_t *at = name; *at != 0; len -= *at + 1u, at += *at + 1) {
		struct census_name *n = &c->table[slot_of(c, at, len)];

		found = at == name ? n : found;
		if (n->name != NULL)
			break;
		*n = (struct census_name){.name = at,
					  .len = (uint8_t)len,
					  .host = NONE,
					  .wild = NONE,
					  .zone = NONE,
					  .top = NONE};
		c->n++;
	}
	return found;
}

static const uint8_t *last_label(const uint8_t *name)
{
	while (name[name[0] + 1] != 0)
		name += name[0] + 1;
	return name;
}

/* A top-level domain that was not known, with its server below it. */
static enum err enter_top(struct census *c, const uint8_t *name)
{
	struct census_name *n = enter(c, name);
	struct census_top *more;
	const uint8_t *nic, *server;

	if (n == NULL)
		return E_MEMORY;
	if (n->top != NONE)
		return OK;
	n->top = c->n_tops;
	more = realloc(c->tops, (c->n_tops + 1) * sizeof *more);
	if (more == NULL)
		return E_MEMORY;
	c->tops = more;
	nic = word_below(&c->arena, "nic", name);
	server = nic == NULL ? NULL : word_below(&c->arena, "a", nic);
	if (server == NULL || enter(c, server) == NULL)
		return E_MEMORY;
	c->tops[c->n_tops++] = (struct census_top){name, server};
	return OK;
}

/* Of several hosts of one name the first is the one that matters; it was made first. */
static enum err enter_host(struct census *c, const struct world *w, uint32_t host)
{
	const struct host *h = &w->hosts[host];
	struct census_name *n = enter(c, h->owner);

	if (n == NULL)
		return E_MEMORY;
	if (h->wildcard)
		n->wild = n->wild == NONE ? host : n->wild;
	else
		n->host = n->host == NONE ? host : n->host;
	return OK;
}

static enum err enter_zone(struct census *c, const struct world *w, uint32_t zone)
{
	const struct zone *z = &w->zones[zone];
	struct census_name *n;
	enum err e = enter_top(c, last_label(z->apex));

	if (e != OK || (n = enter(c, z->apex)) == NULL)
		return E_MEMORY;
	if (z->cut == z->apex)
		n->zone = zone;
	if (z->kind == LAB_PARKED && n->wild == NONE) /* any name below leads there */
		n->wild = n->host;
	return OK;
}

static enum err enter_servers(struct census *c, const struct world *w, const uint32_t *hosts, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct census_name *found = enter(c, w->hosts[hosts[i]].owner);

		if (found == NULL)
			return E_MEMORY;
		found->serves = true;
	}
	return OK;
}

enum err census_init(struct census *c, const struct world *w)
{
	enum err e;

	*c = (struct census){.key = hash_random_key()};
	c->root.name = (const uint8_t *)"";
	c->root.server = word_name(&c->arena, "a.root");
	e = c->root.server == NULL || enter(c, c->root.server) == NULL ? E_MEMORY : OK;
	for (uint32_t i = 0; i < w->n_hosts && e == OK; i++)
		e = enter_host(c, w, i);
	for (uint32_t i = 0; i < w->n_zones && e == OK; i++)
		e = enter_zone(c, w, i);
	for (uint32_t i = 0; i < w->n_zones && e == OK; i++)
		e = enter_servers(c, w, w->zones[i].servers, w->zones[i].n_servers);
	for (uint32_t i = 0; i < w->n_turns && e == OK; i++)
		if (w->turns[i].host == NONE)
			e = enter_servers(c, w, w->turns[i].servers, w->turns[i].n_servers);
	return e;
}

void census_fini(struct census *c)
{
	arena_fini(&c->arena);
	free(c->table);
	free(c->tops);
	*c = (struct census){0};
}
