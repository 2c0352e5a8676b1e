/* SPDX-License-Identifier: Apache-2.0 */
/* truth.c -- see truth.h. */
#include "lab/truth.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "dns/name.h"
#include "dns/type.h"

static const struct addr *address_of(const struct world *w, uint32_t id)
{
	const struct member *m = &w->members[id & ~TALLY_V6];

	return (id & TALLY_V6) != 0 ? &m->v6 : &m->v4;
}

/* The slot where the address stands, or the free one where it would. */
static uint32_t slot_of(const struct member_set *s, const struct world *w, const struct addr *a)
{
	uint32_t at = (uint32_t)hash_bytes(a, sizeof *a, 0) & (s->room - 1);

	while (s->table[at] != 0 && memcmp(address_of(w, s->ids[s->table[at] - 1]), a, sizeof *a) != 0)
		at = (at + 1) & (s->room - 1);
	return at;
}

static enum err grow_set(struct member_set *s, const struct world *w)
{
	uint32_t room = s->room == 0 ? 16 : s->room * 2;
	uint32_t *table = calloc(room, sizeof *table);
	uint32_t *ids = table == NULL ? NULL : realloc(s->ids, room / 2 * sizeof *ids);
	uint32_t *first_s;

	if (ids != NULL)
		s->ids = ids;
	first_s = ids == NULL ? NULL : realloc(s->first_s, room / 2 * sizeof *first_s);
	if (first_s == NULL) {
		free(table);
		return E_MEMORY;
	}
	s->first_s = first_s;
	free(s->table);
	s->table = table;
	s->room = room;
	for (uint32_t i = 0; i < s->n; i++)
		table[slot_of(s, w, address_of(w, s->ids[i]))] = i + 1;
	return OK;
}

enum err member_set_add(struct member_set *s, const struct world *w, uint32_t id, uint32_t at_s)
{
	uint32_t at;

	if (s->n * 2 >= s->room) {
		enum err e = grow_set(s, w);
		if (e != OK)
			return e;
	}
	at = slot_of(s, w, address_of(w, id));
	if (s->table[at] != 0)
		return OK;
	s->first_s[s->n] = at_s;
	s->ids[s->n++] = id;
	s->table[at] = s->n;
	return OK;
}

bool member_set_has(const struct member_set *s, const struct world *w, uint32_t id)
{
	return s->room != 0 && s->table[slot_of(s, w, address_of(w, id))] != 0;
}

void member_set_fini(struct member_set *s)
{
	free(s->ids);
	free(s->first_s);
	free(s->table);
	*s = (struct member_set){0};
}

void tally_fini(struct tally *t)
{
	member_set_fini(&t->members);
	member_set_fini(&t->servers);
}

/* Counts a member's group when it is new, and there are not yet enough; decoys are no members. */
static void count_group(struct tally *t, const struct world *w, uint32_t id, uint32_t at_s)
{
	const uint8_t *o = address_of(w, id)->octets;
	uint64_t group = 0;

	if (t->n_groups == INDEPENDENT || w->members[id & ~TALLY_V6].decoy)
		return;
	if ((id & TALLY_V6) != 0)
		for (int i = 0; i < 6; i++)
			group = group << 8 | o[i];
	else
		group = (uint64_t)1 << 56 | (uint64_t)o[12] << 16 | (uint64_t)o[13] << 8 | o[14];
	for (uint32_t i = 0; i < t->n_groups; i++)
		if (t->groups[i] == group)
			return;
	t->groups[t->n_groups++] = group;
	t->fifteenth_s = at_s;
}

enum err tally_member(struct tally *t, const struct world *w, uint32_t member, uint16_t qtype, uint32_t at_s)
{
	const struct member *m = &w->members[member];
	bool v6 = qtype == RR_AAAA || addr_is_none(&m->v4);
	uint32_t id = member | (v6 ? TALLY_V6 : 0), before = t->members.n;
	enum err e = member_set_add(&t->members, w, id, at_s);

	if (e != OK || t->members.n == before)
		return e;
	if (addr_is_none(v6 ? &m->v4 : &m->v6) || !member_set_has(&t->members, w, id ^ TALLY_V6))
		count_group(t, w, id, at_s);
	return OK;
}

enum err tally_server(struct tally *t, const struct world *w, const struct zone *z, uint32_t member,
		      uint32_t at_s)
{
	uint32_t before = t->servers.n;
	enum err e = member_set_add(&t->servers, w, member, at_s);

	if (e == OK && t->servers.n != before && z->moving)
		count_group(t, w, member, at_s);
	return e;
}

const char *truth_class(enum lab_class kind)
{
	static const char *const texts[LAB_CLASSES] = {[LAB_ORDINARY] = "ordinary",
						       [LAB_PARKED] = "parked",
						       [LAB_PROVIDER] = "provider",
						       [LAB_CDN] = "cdn",
						       [LAB_VOLUNTEER] = "volunteer-pool",
						       [LAB_DYNAMIC] = "dynamic-dns",
						       [LAB_BALANCER] = "load-balancer",
						       [LAB_FLUX_SINGLE] = "flux-single",
						       [LAB_FLUX_DOUBLE] = "flux-double",
						       [LAB_FLUX] = "flux",
						       [LAB_ANYCAST] = "anycast",
						       [LAB_ROUND_ROBIN] = "round-robin",
						       [LAB_MULTI_PROVIDER] = "multi-provider",
						       [LAB_PEER_SEEDS] = "peer-seeds",
						       [LAB_VPN] = "vpn-fleet",
						       [LAB_PEER_CDN] = "peer-cdn",
						       [LAB_EMBEDDED] = "embedded-address",
						       [LAB_TUNNEL] = "tunnel",
						       [LAB_POISONED] = "poisoned",
						       [LAB_SINKHOLED] = "sinkholed",
						       [LAB_MIGRATION] = "migration",
						       [LAB_FAIL_OVER] = "fail-over",
						       [LAB_UNKNOWN] = "unknown"};

	return texts[kind];
}

static void add_members(const struct world *w, const struct member_set *s, struct buf *to)
{
	char text[ADDR_TEXT_MAX];

	buf_add_char(to, '[');
	for (uint32_t i = 0; i < s->n; i++) {
		addr_to_text(address_of(w, s->ids[i]), text);
		buf_printf(to, "%s\"%s\"", i == 0 ? "" : ",", text);
	}
	buf_add_char(to, ']');
}

static void add_firsts(const struct member_set *s, const char *key, struct buf *to)
{
	buf_printf(to, ",\"%s\":[", key);
	for (uint32_t i = 0; i < s->n; i++)
		buf_printf(to, "%s%u", i == 0 ? "" : ",", s->first_s[i]);
	buf_add_char(to, ']');
}

bool truth_is_flux(const struct zone *z)
{
	return z->kind == LAB_FLUX || z->kind == LAB_FLUX_SINGLE || z->kind == LAB_FLUX_DOUBLE;
}

/* What a wide world knows more of a service. */
static void add_story(const struct story *s, struct buf *to)
{
	if (s->mechanism != NULL)
		buf_printf(to, ",\"kind\":\"%s\",\"mechanism\":\"%s\",\"carrier\":\"%s\"", s->kind,
			   s->mechanism, s->carrier);
	if (s->twin_of != NONE)
		buf_printf(to, ",\"twin_of\":\"flux-%u\"", s->twin_of);
	if (s->guest_of != NONE)
		buf_printf(to, ",\"guest_of\":\"flux-%u\"", s->guest_of);
}

static void add_decoys(const struct world *w, const struct member_set *s, struct buf *to)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n; i++)
		n += w->members[s->ids[i] & ~TALLY_V6].decoy;
	if (n != 0)
		buf_printf(to, ",\"decoys\":%u", n);
}

/* Nothing here needs escaping: the lab's names are letters, digits, hyphens and dots. */
void truth_line(const struct world *w, uint32_t zone, const struct tally *t, struct buf *to)
{
	const struct zone *z = &w->zones[zone];
	char name[NAME_TEXT_MAX];

	name_to_text(z->apex, name);
	buf_printf(to, "{\"domain\":\"%s\",\"class\":\"%s\",\"flux\":%s", name, truth_class(z->kind),
		   truth_is_flux(z) ? "true" : "false");
	if (z->network[0] != 0)
		buf_printf(to, ",\"network\":\"%s\"", z->network);
	if (w->wide)
		buf_printf(to, ",\"operator\":\"%s-%u\"", truth_class(z->kind), z->story.operator_of);
	add_story(&z->story, to);
	buf_printf(to, ",\"lookups\":%llu,\"members\":", (unsigned long long)t->lookups);
	add_members(w, &t->members, to);
	buf_add_text(to, ",\"servers\":");
	add_members(w, &t->servers, to);
	if (w->wide) {
		add_firsts(&t->members, "members_first", to);
		add_firsts(&t->servers, "servers_first", to);
		add_decoys(w, &t->members, to);
		buf_printf(to, ",\"independent\":%u", t->n_groups);
		if (t->n_groups == INDEPENDENT)
			buf_printf(to, ",\"fifteenth\":%u", t->fifteenth_s);
	}
	buf_add_text(to, "}\n");
}

enum err truth_lines(const struct world *w, const struct tally *tallies,
		     enum err (*take)(void *context, const char *line, size_t len), void *context)
{
	struct buf line = {0};
	enum err e = OK;

	for (uint32_t i = 0; i < w->n_zones && e == OK; i++) {
		if (w->zones[i].is_suffix)
			continue;
		buf_clear(&line);
		truth_line(w, i, &tallies[i], &line);
		e = line.err == OK ? take(context, (const char *)line.bytes, line.len) : line.err;
	}
	buf_fini(&line);
	return e;
}

void truth_domains(const struct world *w, size_t *all, size_t *flux)
{
	*all = *flux = 0;
	for (uint32_t i = 0; i < w->n_zones; i++) {
		*all += !w->zones[i].is_suffix;
		*flux += truth_is_flux(&w->zones[i]);
	}
}
