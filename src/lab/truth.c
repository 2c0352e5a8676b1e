/* SPDX-License-Identifier: Apache-2.0 */
/* truth.c -- see truth.h. */
#include "lab/truth.h"

#include <stdlib.h>
#include <string.h>

#include "dns/name.h"

static enum err grow_set(struct member_set *s)
{
	uint32_t room = s->room == 0 ? 16 : s->room * 2;
	uint32_t *table = calloc(room, sizeof *table);
	uint32_t *ids = table == NULL ? NULL : realloc(s->ids, room / 2 * sizeof *ids);

	if (ids == NULL) {
		free(table);
		return E_MEMORY;
	}
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t at = (uint32_t)rng_mix(ids[i]) & (room - 1);

		while (table[at] != 0)
			at = (at + 1) & (room - 1);
		table[at] = i + 1;
	}
	free(s->table);
	s->table = table;
	s->ids = ids;
	s->room = room;
	return OK;
}

enum err member_set_add(struct member_set *s, uint32_t id)
{
	uint32_t at;

	if (s->n * 2 >= s->room) {
		enum err e = grow_set(s);
		if (e != OK)
			return e;
	}
	at = (uint32_t)rng_mix(id) & (s->room - 1);
	for (; s->table[at] != 0; at = (at + 1) & (s->room - 1))
		if (s->ids[s->table[at] - 1] == id)
			return OK;
	s->ids[s->n++] = id;
	s->table[at] = s->n;
	return OK;
}

void member_set_fini(struct member_set *s)
{
	free(s->ids);
	free(s->table);
	*s = (struct member_set){0};
}

const char *truth_class(enum lab_class kind)
{
	static const char *const texts[LAB_CLASSES] = {
		[LAB_ORDINARY] = "ordinary",        [LAB_PARKED] = "parked",
		[LAB_PROVIDER] = "provider",        [LAB_CDN] = "cdn",
		[LAB_VOLUNTEER] = "volunteer-pool", [LAB_DYNAMIC] = "dynamic-dns",
		[LAB_BALANCER] = "load-balancer",   [LAB_FLUX_SINGLE] = "flux-single",
		[LAB_FLUX_DOUBLE] = "flux-double"};

	return texts[kind];
}

static void add_members(const struct world *w, const struct member_set *s, struct buf *to)
{
	char text[ADDR_TEXT_MAX];

	buf_add_char(to, '[');
	for (uint32_t i = 0; i < s->n; i++) {
		const struct member *m = &w->members[s->ids[i] & ~TALLY_V6];

		addr_to_text((s->ids[i] & TALLY_V6) != 0 ? &m->v6 : &m->v4, text);
		buf_printf(to, "%s\"%s\"", i == 0 ? "" : ",", text);
	}
	buf_add_char(to, ']');
}

/* Nothing here needs escaping: the lab's names are letters, digits, hyphens and dots. */
void truth_line(const struct world *w, uint32_t zone, const struct tally *t, struct buf *to)
{
	const struct zone *z = &w->zones[zone];
	bool flux = z->kind == LAB_FLUX_SINGLE || z->kind == LAB_FLUX_DOUBLE;
	char name[NAME_TEXT_MAX];

	name_to_text(z->apex, name);
	buf_printf(to, "{\"domain\":\"%s\",\"class\":\"%s\",\"flux\":%s", name, truth_class(z->kind),
		   flux ? "true" : "false");
	if (z->network[0] != 0)
		buf_printf(to, ",\"network\":\"%s\"", z->network);
	buf_printf(to, ",\"lookups\":%llu,\"members\":", (unsigned long long)t->lookups);
	add_members(w, &t->members, to);
	buf_add_text(to, ",\"servers\":");
	add_members(w, &t->servers, to);
	buf_add_text(to, "}\n");
}
