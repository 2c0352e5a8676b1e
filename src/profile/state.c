/* SPDX-License-Identifier: Apache-2.0 */
/* state.c -- see state.h: a partition's octets written, and read back. */
#include "profile/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "profile/newcomers.h"
#include "profile/state_parts.h"
#include "profile/tables.h"

enum { TABLES = 7, INDEXES = 4, ROOM_LEAST = 1 << 20, ROOM_TIMES = 4 };

/* In front of a partition's arrays. */
struct part_head {
	uint64_t n[TABLES], room[TABLES];
	uint64_t n_blocks, blocks_room;
	uint64_t fresh_octets, fresh_room;
	int64_t now_ns;
	uint32_t bits[INDEXES];
	uint32_t fresh_full, unused;
};

/* One of a partition's arrays. */
struct table {
	void **array;
	size_t *n, *room, size;
};

static void tables_of(struct partition *p, struct table t[TABLES])
{
#define TABLE(what) (struct table){(void **)&p->what, &p->n_##what, &p->what##_room, sizeof *p->what}
	t[0] = TABLE(domains);
	t[1] = TABLE(owners);
	t[2] = TABLE(pairs);
	t[3] = TABLE(sets);
	t[4] = TABLE(links);
	t[5] = TABLE(names);
	t[6] = TABLE(sketches);
#undef TABLE
}

static void indexes_of(struct partition *p, struct index *ix[INDEXES])
{
	ix[0] = &p->by_domain;
	ix[1] = &p->by_owner;
	ix[2] = &p->by_pair;
	ix[3] = &p->by_set;
}

uint64_t state_layout(void)
{
#define AT(type, field) (uint32_t) offsetof(struct type, field), (uint32_t)sizeof(((struct type *)0)->field)
	static const uint32_t all[] = {
		OBS_VERSION,
		OBS_PARTITIONS,
		OBS_GROUPS,
		NEWCOMER_BLOCK_OCTETS,
		MEMBER_RUNS,
		MEMBERS_BLOCK,
		sizeof(size_t),
		sizeof(struct domain),
		sizeof(struct owner),
		sizeof(struct pair),
		sizeof(struct set),
		sizeof(struct sketch),
		sizeof(struct newcomer),
		sizeof(struct fresh),
		sizeof(struct member),
		sizeof(struct member_use),
		AT(domain, hash),
		AT(domain, looked_ns),
		AT(domain, owners),
		AT(domain, answers),
		AT(domain, feeds),
		AT(domain, homes),
		AT(domain, decided_ns),
		AT(domain, lacks),
		AT(domain, verdict),
		AT(domain, partition),
		AT(owner, domain),
		AT(owner, via),
		AT(owner, ttl_max),
		AT(owner, vantages),
		AT(owner, hand),
		AT(owner, roles),
		AT(owner, targets),
		AT(pair, addr),
		AT(pair, owner),
		AT(pair, count),
		AT(pair, moved),
		AT(set, hash),
		AT(set, dies_s),
		AT(set, links),
		AT(set, kind),
		AT(newcomer, members),
		AT(newcomer, units),
		AT(newcomer, form),
		AT(newcomer, via_len),
		AT(fresh, domain),
		AT(fresh, part),
		AT(member, use),
		AT(member, more),
		AT(member, n_uses),
		AT(member_use, first_s),
		AT(member_use, partition),
	};
#undef AT
	return hash_bytes(all, sizeof all, 0);
}

void state_add(struct buf *to, const void *octets, size_t n)
{
	static const uint8_t zeros[8];

	buf_add(to, octets, n);
	buf_add(to, zeros, -n & 7);
}

const uint8_t *state_take(struct cursor *c, size_t n)
{
	const uint8_t *at = cursor_bytes(c, n);

	cursor_skip(c, -n & 7);
	return at;
}

bool state_fill(void **array, struct cursor *c, size_t n, size_t room, size_t size)
{
	const uint8_t *from = state_take(c, n * size);

	if (room == 0)
		return true;
	*array = malloc(room * size);
	if (*array == NULL)
		return false;
	if (n != 0)
		memcpy(*array, from, n * size);
	return true;
}

bool state_widen(struct index *ix, uint32_t bits, size_t entries)
{
	enum { BITS_MAX = 31, TIMES = 8, LEAST = 64 };

	if (bits < INDEX_BITS_LEAST || bits > BITS_MAX || (size_t)1 << bits > entries * TIMES + LEAST)
		return true;
	return index_open(ix, bits) == OK;
}

/* ---- writing ---- */

static void put_newcomers(const struct newcomers *all, struct buf *to)
{
	for (size_t i = 0; i < all->n_blocks; i++)
		buf_add(to, &all->blocks[i].used, sizeof all->blocks[i].used);
	if (all->n_blocks % 2 != 0)
		buf_add(to, &(uint32_t){0}, sizeof(uint32_t));
	for (size_t i = 0; i < all->n_blocks; i++)
		state_add(to, all->blocks[i].octets, all->blocks[i].used);
}

void state_put_partition(const struct partition *p, struct buf *to)
{
	struct partition copy = *p; /* the arrays are only read through it */
	struct part_head h = {.n_blocks = p->newcomers.n_blocks,
			      .blocks_room = p->newcomers.blocks_room,
			      .fresh_octets = p->fresh.len,
			      .fresh_room = p->fresh.room,
			      .fresh_full = p->fresh.err != OK,
			      .now_ns = p->now_ns};
	struct index *ix[INDEXES];
	struct table t[TABLES];

	tables_of(&copy, t);
	indexes_of(&copy, ix);
	for (unsigned i = 0; i < TABLES; i++) {
		h.n[i] = *t[i].n;
		h.room[i] = *t[i].room;
	}
	for (unsigned i = 0; i < INDEXES; i++)
		h.bits[i] = ix[i]->bits;
	state_add(to, &h, sizeof h);
	for (unsigned i = 0; i < TABLES; i++)
		state_add(to, *t[i].array, *t[i].n * t[i].size);
	put_newcomers(&p->newcomers, to);
	state_add(to, p->fresh.bytes, p->fresh.len);
}

/* ---- reading ---- */

/* Whether the arrays can be as long as the head says; their room comes down to their length where it is not
 * in proportion to what there is. */
static bool head_is_good(struct part_head *h, struct partition *p, size_t len)
{
	struct table t[TABLES];
	size_t octets = 0;

	tables_of(p, t);
	for (unsigned i = 0; i < TABLES; i++) {
		if (h->n[i] > len / t[i].size || h->n[i] > INT32_MAX || h->room[i] < h->n[i] ||
		    h->room[i] > UINT32_MAX)
			return false;
		octets += h->room[i] * t[i].size;
	}
	if (h->n_blocks > len / sizeof(uint32_t) || h->fresh_octets > len || h->blocks_room < h->n_blocks ||
	    h->blocks_room > UINT32_MAX || h->fresh_room < h->fresh_octets || h->fresh_room > UINT32_MAX ||
	    h->fresh_octets % sizeof(struct fresh) != 0 ||
	    (h->now_ns != STAMP_NONE && !state_time_is_good(h->now_ns)))
		return false;
	octets += h->blocks_room * sizeof(struct newcomer_block) + h->fresh_room;
	if (octets <= len * ROOM_TIMES + ROOM_LEAST)
		return true;
	memcpy(h->room, h->n, sizeof h->room);
	h->blocks_room = h->n_blocks;
	h->fresh_room = h->fresh_octets;
	return true;
}

/* Blocks but the last are nearly full: else few octets could ask for many. */
static bool block_is_good(uint32_t used, bool last)
{
	enum { FULL = NEWCOMER_BLOCK_OCTETS - NEWCOMER_OCTETS_MAX };

	return used <= NEWCOMER_BLOCK_OCTETS && used % 8 == 0 && (last || used >= FULL);
}

static enum err get_newcomers(struct newcomers *all, const struct part_head *h, struct cursor *c)
{
	const uint8_t *used = state_take(c, h->n_blocks * sizeof(uint32_t)), *from;

	if (used == NULL)
		return E_FORMAT;
	all->blocks = calloc(h->blocks_room + 1, sizeof *all->blocks);
	if (all->blocks == NULL)
		return E_MEMORY;
	all->blocks_room = h->blocks_room;
	for (size_t i = 0; i < h->n_blocks; i++) {
		struct newcomer_block *b = &all->blocks[i];

		memcpy(&b->used, used + i * sizeof b->used, sizeof b->used);
		from = state_take(c, b->used);
		if (from == NULL || !block_is_good(b->used, i + 1 == h->n_blocks))
			return E_FORMAT;
		b->octets = malloc(NEWCOMER_BLOCK_OCTETS);
		if (b->octets == NULL)
			return E_MEMORY;
		all->n_blocks++;
		memcpy(b->octets, from, b->used);
		all->octets += b->used;
	}
	return OK;
}

static enum err get_fresh(struct partition *p, const struct part_head *h, struct cursor *c)
{
	const struct fresh *list;

	if (!state_fill((void **)&p->fresh.bytes, c, h->fresh_octets, h->fresh_room, 1))
		return E_MEMORY;
	p->fresh.len = h->fresh_octets;
	p->fresh.room = h->fresh_room;
	p->fresh.err = h->fresh_full != 0 ? E_MEMORY : OK;
	list = (const struct fresh *)(const void *)p->fresh.bytes;
	for (size_t i = 0; i < p->fresh.len / sizeof *list; i++) {
		struct addr member = member_of(&list[i].addr);

		if (memcmp(&member, &list[i].addr, sizeof member) != 0 ||
		    list[i].part != members_part_of(&member, p->config->sketch_key))
			return E_FORMAT;
	}
	return OK;
}

/* What config.net_of says now. */
static void find_nets(struct partition *p)
{
	for (size_t n = 0; n < p->n_domains; n++)
		p->domains[n].homes = 0;
	for (size_t n = 0; n < p->n_owners; n++)
		p->owners[n].homes = 0;
	for (size_t n = 0; n < p->n_pairs; n++) {
		struct pair *pair = &p->pairs[n];
		struct owner *w = &p->owners[pair->owner];
		bool home;

		pair->net = table_net(p, &pair->addr, &home);
		p->domains[w->domain].homes += home;
		w->homes = (uint8_t)(w->homes + (home && w->homes < UINT8_MAX));
	}
}

static enum err get_index(struct partition *p, const struct part_head *h)
{
	struct index *ix[INDEXES];

	indexes_of(p, ix);
	for (unsigned i = 0; i < INDEXES; i++) {
		size_t most = p->newcomers.octets / sizeof(struct newcomer);
		size_t entries = i == 0 ? p->n_domains + most : (size_t)h->n[i];

		if (!state_widen(ix[i], h->bits[i], entries))
			return E_MEMORY;
	}
	return table_index_all(p) ? OK : E_MEMORY;
}

static enum err get_all(struct partition *p, unsigned number, struct cursor *c)
{
	struct part_head h;
	struct table t[TABLES];
	const uint8_t *head = state_take(c, sizeof h);
	enum err e;

	if (head == NULL)
		return E_FORMAT;
	memcpy(&h, head, sizeof h);
	if (!head_is_good(&h, p, c->len))
		return E_FORMAT;
	tables_of(p, t);
	for (unsigned i = 0; i < TABLES; i++) {
		if (h.n[i] * t[i].size > cursor_left(c))
			return E_FORMAT;
		if (!state_fill(t[i].array, c, h.n[i], h.room[i], t[i].size))
			return E_MEMORY;
		*t[i].n = h.n[i];
		*t[i].room = h.room[i];
	}
	e = get_newcomers(&p->newcomers, &h, c);
	if (e == OK && h.fresh_octets > cursor_left(c))
		e = E_FORMAT;
	if (e == OK)
		e = get_fresh(p, &h, c);
	if (e == OK && (c->err != OK || cursor_left(c) != 0))
		e = E_FORMAT;
	if (e == OK)
		e = state_check_tables(p, number);
	if (e == OK)
		e = get_index(p, &h);
	if (e == OK)
		e = state_check_newcomers(p, number);
	if (e == OK)
		find_nets(p);
	p->now_ns = h.now_ns;
	return e;
}

enum err state_get_partition(struct partition *p, unsigned number, const void *octets, size_t len)
{
	const struct profile_config *config = p->config;
	struct partition *servers = p->servers;
	struct cursor c = cursor_over(octets, len);
	enum err e = get_all(p, number, &c);

	if (e == OK)
		return OK;
	partition_fini(p);
	partition_init(p, config, servers);
	return e;
}
