/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forget.c -- what the member space gives up when a part of it is full.
 *
 * Members go, those of least value first: not marked, of few domains, long without a new one. A member of one
 * domain says little that the domain does not know itself; so what a long run saw once makes room for what
 * comes now. What stays keeps its order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "profile/members.h"

/* The order of value, least first; the number ends every tie. */
struct worth {
	uint8_t accused, uses; /* uses: log2 of their number */
	uint32_t last_s, member;
};

static int by_worth(const void *a, const void *b)
{
	const struct worth *x = a, *y = b;

	if (x->accused != y->accused)
		return x->accused - y->accused;
	if (x->uses != y->uses)
		return x->uses - y->uses;
	if (x->last_s != y->last_s)
		return x->last_s < y->last_s ? -1 : 1;
	return x->member < y->member ? -1 : 1;
}

static struct worth worth_of(const struct members *m, const struct members_part *part, uint32_t n)
{
	const struct member *x = members_at(part, n);
	struct worth w = {.member = n};

	for (uint32_t i = x->n_uses; i > 1; i /= 2)
		w.uses++;
	for (const struct member_use *u = &x->use; u != NULL; u = members_next(m, x, u)) {
		w.accused |= (u->roles & MEMBER_ACCUSED) != 0;
		w.last_s = u->first_s > w.last_s ? u->first_s : w.last_s;
	}
	return w;
}

/* Room of the uses behind the first one. */
static size_t run_of(const struct member *x)
{
	return x->n_uses == 1 ? 0 : (size_t)MEMBER_RUN_LEAST << member_run_size(member_kept(x) - 1);
}

/* What becomes of a member. */
enum { GOES, STAYS, STAYS_MARKED };

/* False without memory. */
static bool choose(const struct members *m, const struct members_part *part, uint8_t *keep)
{
	struct worth *list = malloc((part->n_members + 1) * sizeof *list);
	size_t octets = 0;

	if (list == NULL)
		return false;
	for (uint32_t n = 0; n < part->n_members; n++)
		list[n] = worth_of(m, part, n);
	qsort(list, part->n_members, sizeof *list, by_worth);
	for (size_t i = part->n_members; i > 0; i--) {
		const struct member *x = members_at(part, list[i - 1].member);

		octets += sizeof *x + 2 * sizeof(uint64_t) + run_of(x) * sizeof *part->uses;
		if (octets > m->memory_bytes / 2)
			break;
		keep[list[i - 1].member] = list[i - 1].accused != 0 ? STAYS_MARKED : STAYS;
	}
	free(list);
	return true;
}

static bool copy(const struct members *m, const struct members_part *from, const uint8_t *keep,
		 struct members_part *to)
{
	for (size_t n = 0; n < from->n_members; n++) {
		to->accused += keep[n] == STAYS_MARKED;
		to->uses_room += keep[n] != GOES ? run_of(members_at(from, n)) : 0;
	}
	to->uses = calloc(to->uses_room + 1, sizeof *to->uses);
	if (to->uses == NULL)
		return false;
	for (size_t n = 0; n < from->n_members; n++) {
		struct member x = *members_at(from, n);
		uint64_t hash = hash_bytes(&x.addr, sizeof x.addr, m->bucket_key);

		if (keep[n] == GOES) {
			to->lost += member_kept(&x);
			continue;
		}
		if (x.n_uses > 1)
			memcpy(&to->uses[to->n_uses], &from->uses[x.more],
			       (member_kept(&x) - 1) * sizeof *to->uses);
		x.more = (uint32_t)to->n_uses;
		to->n_uses += run_of(&x);
		if (index_add(&to->by_addr, (uint32_t)(hash >> 32), (uint32_t)to->n_members) != OK ||
		    !members_append(to, &x))
			return false;
	}
	return true;
}

bool members_trim(struct members *m, unsigned number)
{
	struct members_part *part = &m->parts[number];
	struct members_part now = {.lost = part->lost};
	uint8_t *keep;

	if (m->memory_bytes == 0 || members_part_octets(part) < m->memory_bytes)
		return false;
	keep = calloc(part->n_members + 1, 1);
	if (keep == NULL || !choose(m, part, keep) || !copy(m, part, keep, &now)) {
		free(keep);
		members_part_fini(&now);
		return false; /* without memory to make room with, new ones are lost and counted */
	}
	free(keep);
	members_part_fini(part);
	*part = now;
	return true;
}
