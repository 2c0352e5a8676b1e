/* SPDX-License-Identifier: Apache-2.0 */
/* members.c -- see members.h. */
#include "profile/members.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "profile/tables.h"

void members_init(struct members *m, const struct profile_config *config, size_t memory_bytes)
{
	memset(m, 0, sizeof *m);
	m->bucket_key = config->bucket_key;
	m->sketch_key = config->sketch_key;
	m->memory_bytes = memory_bytes / OBS_PARTITIONS;
}

void members_part_fini(struct members_part *part)
{
	for (size_t i = 0; i < part->n_blocks; i++)
		free(part->blocks[i]);
	free(part->blocks);
	free(part->uses);
	index_fini(&part->by_addr);
	*part = (struct members_part){0};
}

void members_fini(struct members *m)
{
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		members_part_fini(&m->parts[i]);
	memset(m, 0, sizeof *m);
}

uint8_t members_part_of(const struct addr *a, uint64_t sketch_key)
{
	return (uint8_t)(hash_bytes(a, sizeof *a, sketch_key) >> 56);
}

static unsigned part_of(const struct members *m, const struct addr *a)
{
	return members_part_of(a, m->sketch_key);
}

static uint32_t tag_of(const struct members *m, const struct addr *a)
{
	return (uint32_t)(hash_bytes(a, sizeof *a, m->bucket_key) >> 32);
}

static struct member *find(const struct members_part *part, uint32_t tag, const struct addr *a)
{
	uint32_t at, n;

	for (n = index_first(&part->by_addr, tag, &at); n != NONE; n = index_next(&part->by_addr, tag, &at))
		if (memcmp(&members_at(part, n)->addr, a, sizeof *a) == 0)
			return members_at(part, n);
	return NULL;
}

const struct member *members_find(const struct members *m, const struct addr *a)
{
	return find(&m->parts[part_of(m, a)], tag_of(m, a), a);
}

const struct member_use *members_next(const struct members *m, const struct member *member,
				      const struct member_use *u)
{
	const struct member_use *others;
	size_t next;

	if (member->n_uses == 1)
		return NULL;
	others = m->parts[part_of(m, &member->addr)].uses + member->more;
	next = u == &member->use ? 0 : (size_t)(u - others) + 1;
	return next + 1 < member_kept(member) ? &others[next] : NULL;
}

void members_publish(struct members *m)
{
	for (unsigned i = 0; i < OBS_PARTITIONS && !m->any_accused; i++)
		m->any_accused = m->parts[i].accused != 0;
}

void members_unmark(struct members *m)
{
	for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
		struct members_part *part = &m->parts[i];

		for (size_t n = 0; n < part->n_members; n++)
			members_at(part, n)->use.roles &= (uint8_t)~MEMBER_ACCUSED;
		for (size_t n = 0; n < part->n_uses; n++) /* of those given back nobody reads the roles */
			part->uses[n].roles &= (uint8_t)~MEMBER_ACCUSED;
		part->accused = 0;
	}
	m->any_accused = false;
}

size_t members_part_octets(const struct members_part *part)
{
	return part->n_blocks * MEMBERS_BLOCK * sizeof **part->blocks +
	       part->blocks_room * sizeof *part->blocks + part->uses_room * sizeof *part->uses +
	       index_octets(&part->by_addr);
}

size_t members_octets(const struct members *m)
{
	size_t octets = 0;

	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		octets += members_part_octets(&m->parts[i]);
	return octets;
}

static struct member_use use_of(const struct fresh *f)
{
	int64_t s = f->first_ns / NS_PER_SECOND;

	return (struct member_use){.domain = f->domain,
				   .first_s = s < 0            ? 0
					      : s < UINT32_MAX ? (uint32_t)s
							       : UINT32_MAX,
				   .roles = f->role,
				   .partition = f->partition};
}

bool members_append(struct members_part *part, const struct member *member)
{
	if (part->n_members == part->n_blocks * MEMBERS_BLOCK) {
		if (!table_grow((void **)&part->blocks, &part->blocks_room, part->n_blocks,
				sizeof *part->blocks))
			return false;
		part->blocks[part->n_blocks] = malloc(MEMBERS_BLOCK * sizeof *member);
		if (part->blocks[part->n_blocks] == NULL)
			return false;
		part->n_blocks++;
	}
	*members_at(part, part->n_members++) = *member;
	return true;
}

static void add_member(struct members *m, struct members_part *part, uint32_t tag, const struct fresh *f)
{
	struct member member = {.addr = f->addr, .use = use_of(f), .n_uses = 1};

	if ((m->memory_bytes != 0 && members_part_octets(part) >= m->memory_bytes) ||
	    !members_append(part, &member)) {
		part->lost++;
		return;
	}
	if (index_add(&part->by_addr, tag, (uint32_t)part->n_members - 1) != OK) {
		part->n_members--;
		part->lost++;
	}
}

/* Room for `MEMBER_RUN_LEAST << size` uses; false without memory. */
static bool take_run(struct members_part *part, unsigned size, uint32_t *place)
{
	size_t room = (size_t)MEMBER_RUN_LEAST << size;

	if (part->free[size] != 0) {
		*place = part->free[size] - 1;
		part->free[size] = part->uses[*place].first_s;
		return true;
	}
	if (!table_grow((void **)&part->uses, &part->uses_room, part->n_uses + room - 1, sizeof *part->uses))
		return false;
	*place = (uint32_t)part->n_uses;
	part->n_uses += room;
	return true;
}

/* Makes room for one more use behind the others. */
static bool make_room(struct members_part *part, struct member *member)
{
	uint32_t others = member->n_uses - 1, place;
	unsigned size = member_run_size(others);

	if (others != 0 && others != (uint32_t)MEMBER_RUN_LEAST << size)
		return true;
	size += others != 0;
	if (!take_run(part, size, &place))
		return false;
	if (others != 0) {
		memcpy(&part->uses[place], &part->uses[member->more], others * sizeof *part->uses);
		part->uses[member->more].first_s = part->free[size - 1];
		part->free[size - 1] = member->more + 1;
	}
	member->more = place;
	return true;
}

/* The use by that domain; NULL. */
static struct member_use *find_use(const struct members_part *part, struct member *member, uint64_t domain)
{
	struct member_use *others;

	if (member->use.domain == domain)
		return &member->use;
	if (member->n_uses == 1)
		return NULL;
	others = part->uses + member->more;
	for (uint32_t i = 0; i + 1 < member_kept(member); i++)
		if (others[i].domain == domain)
			return &others[i];
	return NULL;
}

/* A mark is not lost where no more users are kept: those that are accused come before others, so that which
 * were told first does not say how many are. */
static bool mark_among_many(struct members_part *part, struct member *member, const struct fresh *f)
{
	struct member_use *known = find_use(part, member, f->domain), *others = part->uses + member->more;

	if (known != NULL) {
		known->roles |= f->role;
		return true;
	}
	known = (member->use.roles & MEMBER_ACCUSED) == 0 ? &member->use : NULL;
	for (uint32_t i = 0; known == NULL && i + 1 < member_kept(member); i++)
		known = (others[i].roles & MEMBER_ACCUSED) == 0 ? &others[i] : NULL;
	if (known == NULL)
		return false;
	*known = use_of(f);
	part->lost++;
	return true;
}

/* Adds a use behind the others, or its role to the one that is there. */
static void add_use(struct members_part *part, struct member *member, const struct fresh *f)
{
	struct member_use *known;

	if (member->n_uses >= MEMBER_DOMAINS_MAX) { /* shared by many: who else they are no longer matters */
		if ((f->role & MEMBER_ACCUSED) != 0 && mark_among_many(part, member, f))
			return;
		member->n_uses += member->n_uses < UINT32_MAX; /* over weeks: it must not begin anew */
		part->lost++;
		return;
	}
	known = find_use(part, member, f->domain);
	if (known != NULL) {
		known->roles |= f->role;
		return;
	}
	if (!make_room(part, member)) {
		part->lost++;
		return;
	}
	part->uses[member->more + member->n_uses++ - 1] = use_of(f);
}

/* Entries further on whose loads are started: first the index, then the member that it gives. Their tags are
 * kept, since each is wanted thrice. */
enum { FETCH_INDEX = 16, FETCH_MEMBER = 8, FETCH_LIST = 32, TAGS = 32 };

struct fetch {
	size_t n; /* entries whose index was fetched */
	uint32_t tags[TAGS];
};

static void fetch_index(const struct members *m, const struct fresh *f, struct fetch *c)
{
	uint32_t tag = tag_of(m, &f->addr);

	c->tags[c->n++ % TAGS] = tag;
	index_prefetch(&m->parts[f->part].by_addr, tag);
	__builtin_prefetch((const void *)((uintptr_t)f + FETCH_LIST * sizeof *f)); /* perhaps past the end */
}

static void fetch_member(const struct members *m, const struct fresh *f, uint32_t tag)
{
	const struct members_part *part = &m->parts[f->part];
	uint32_t probe, number = index_first(&part->by_addr, tag, &probe);

	if (number != NONE)
		__builtin_prefetch(members_at(part, number));
}

/* Takes the mark of one domain back. */
static void clear_mark(struct members_part *part, struct member *member, const struct fresh *f)
{
	struct member_use *known = member == NULL ? NULL : find_use(part, member, f->domain);

	if (known != NULL)
		known->roles &= (uint8_t)~MEMBER_ACCUSED;
}

void members_feed(struct members *m, const struct fresh *list, size_t n)
{
	struct fetch c = {0};

	for (size_t i = 0; i < n; i++) {
		struct members_part *part = &m->parts[list[i].part];
		struct member *member;
		uint32_t tag;

		while (c.n < n && c.n <= i + FETCH_INDEX)
			fetch_index(m, &list[c.n], &c);
		if (i + FETCH_MEMBER < n)
			fetch_member(m, &list[i + FETCH_MEMBER], c.tags[(i + FETCH_MEMBER) % TAGS]);
		tag = c.tags[i % TAGS];
		part->accused += (list[i].role & MEMBER_ACCUSED) != 0;
		member = find(part, tag, &list[i].addr);
		if ((list[i].role & MEMBER_CLEARED) != 0)
			clear_mark(part, member, &list[i]);
		else if (member == NULL)
			add_member(m, part, tag, &list[i]);
		else
			add_use(part, member, &list[i]);
	}
}
