/* SPDX-License-Identifier: Apache-2.0 */
/* state_members.c -- see state.h: a part of the member space written, and read back. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "profile/state_parts.h"

enum { ROOM_LEAST = 1 << 16, ROOM_TIMES = 4 };

/* In front of a part's arrays. */
struct members_head {
	uint64_t n_members, n_uses, uses_room;
	uint64_t lost, accused;
	uint32_t free[MEMBER_RUNS];
	uint32_t bits;
};

void state_put_members(const struct members *m, unsigned part, struct buf *to)
{
	const struct members_part *p = &m->parts[part];
	struct members_head h = {.n_members = p->n_members,
				 .n_uses = p->n_uses,
				 .uses_room = p->uses_room,
				 .lost = p->lost,
				 .accused = p->accused,
				 .bits = p->by_addr.bits};

	memcpy(h.free, p->free, sizeof h.free);
	state_add(to, &h, sizeof h);
	for (size_t n = 0; n < p->n_members; n++)
		state_add(to, members_at(p, n), sizeof(struct member));
	state_add(to, p->uses, p->n_uses * sizeof *p->uses);
}

static bool head_is_good(struct members_head *h, size_t len)
{
	if (h->n_members > len / sizeof(struct member) || h->n_uses > len / sizeof(struct member_use) ||
	    h->n_members > INT32_MAX || h->n_uses > INT32_MAX || h->uses_room < h->n_uses ||
	    h->uses_room > UINT32_MAX)
		return false;
	if (h->uses_room * sizeof(struct member_use) > len * ROOM_TIMES + ROOM_LEAST)
		h->uses_room = h->n_uses;
	return true;
}

/* Takes a run of that size for one use; no other may have any of it. */
static bool claim(const struct members_part *part, uint8_t *bits, uint32_t place, unsigned size)
{
	size_t room = (size_t)MEMBER_RUN_LEAST << size;

	if (place % MEMBER_RUN_LEAST != 0 || place > part->n_uses || room > part->n_uses - place)
		return false;
	for (size_t i = 0; i < room; i += MEMBER_RUN_LEAST)
		if (!state_claim(bits, (place + i) / MEMBER_RUN_LEAST))
			return false;
	return true;
}

static bool member_is_good(const struct members *m, unsigned number, const struct member *x, uint8_t *bits)
{
	struct addr whole = member_of(&x->addr);

	if (memcmp(&whole, &x->addr, sizeof whole) != 0 ||
	    members_part_of(&x->addr, m->sketch_key) != number || x->n_uses == 0)
		return false;
	return x->n_uses == 1 || claim(&m->parts[number], bits, x->more, member_run_size(member_kept(x) - 1));
}

/* A run given back is claimed too, so a list of them that comes back to one of its own ends here. */
static bool free_is_good(const struct members_part *part, unsigned size, uint8_t *bits)
{
	for (uint32_t at = part->free[size]; at != 0; at = part->uses[at - 1].first_s)
		if (!claim(part, bits, at - 1, size))
			return false;
	return true;
}

static enum err check(struct members *m, unsigned number)
{
	struct members_part *part = &m->parts[number];
	uint8_t *bits = state_bits(part->n_uses / MEMBER_RUN_LEAST);
	enum err e = OK;

	if (bits == NULL)
		return E_MEMORY;
	for (unsigned size = 0; e == OK && size < MEMBER_RUNS; size++)
		e = free_is_good(part, size, bits) ? OK : E_FORMAT;
	for (uint32_t n = 0; e == OK && n < part->n_members; n++) {
		const struct member *x = members_at(part, n);

		if (!member_is_good(m, number, x, bits) || members_find(m, &x->addr) != NULL)
			e = E_FORMAT;
		else
			e = index_add(&part->by_addr,
				      (uint32_t)(hash_bytes(&x->addr, sizeof x->addr, m->bucket_key) >> 32),
				      n);
	}
	free(bits);
	return e;
}

static enum err get_all(struct members *m, unsigned number, struct cursor *c)
{
	struct members_part *part = &m->parts[number];
	const uint8_t *head = state_take(c, sizeof(struct members_head));
	struct members_head h;

	if (head == NULL)
		return E_FORMAT;
	memcpy(&h, head, sizeof h);
	if (!head_is_good(&h, c->len) || h.n_members * sizeof(struct member) > cursor_left(c))
		return E_FORMAT;
	for (uint64_t n = 0; n < h.n_members; n++) {
		struct member x;

		memcpy(&x, state_take(c, sizeof x), sizeof x);
		if (!members_append(part, &x))
			return E_MEMORY;
	}
	if (h.n_uses * sizeof *part->uses != cursor_left(c))
		return E_FORMAT;
	if (!state_fill((void **)&part->uses, c, h.n_uses, h.uses_room, sizeof *part->uses) ||
	    !state_widen(&part->by_addr, h.bits, h.n_members))
		return E_MEMORY;
	part->n_uses = h.n_uses;
	part->uses_room = h.uses_room;
	part->lost = h.lost;
	part->accused = h.accused;
	memcpy(part->free, h.free, sizeof h.free);
	return check(m, number);
}

enum err state_get_members(struct members *m, unsigned part, const void *octets, size_t len)
{
	struct cursor c = cursor_over(octets, len);
	enum err e = get_all(m, part, &c);

	if (e == OK)
		return OK;
	members_part_fini(&m->parts[part]);
	return e;
}
