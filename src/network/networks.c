/* SPDX-License-Identifier: Apache-2.0 */
/* networks.c -- see networks.h. */
#include "network/networks.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"
#include "network/group.h"
#include "network/heirs.h"
#include "network/tally.h"
#include "network/weigh.h"
#include "profile/tables.h"

static void network_fini(struct network *w)
{
	free(w->merged);
	free(w->agents);
	free(w->isps);
	free(w->countries);
	free(w->shares);
}

void networks_fini(struct networks *n)
{
	for (size_t i = 0; i < n->n_list; i++)
		network_fini(&n->list[i]);
	free(n->list);
	free(n->domains);
	free(n->uses);
	free(n->weight);
	free(n->order);
	free(n->by_name);
	buf_fini(&n->names);
	ident_fini(&n->book);
	*n = (struct networks){0};
}

/* ---- what is taken in ---- */

static uint8_t sides_of(uint8_t roles)
{
	uint8_t sides = 0;

	if ((roles & (MEMBER_HOST | MEMBER_ALIAS | MEMBER_HINT)) != 0)
		sides |= SIDE_HOST;
	if ((roles & (MEMBER_NS | MEMBER_NS_HOST)) != 0)
		sides |= SIDE_SERVER;
	return sides;
}

static enum err add_use(struct networks *n, const struct view_member *m, uint8_t sides)
{
	struct network_use *u;

	if (!table_grow((void **)&n->uses, &n->uses_room, n->n_uses, sizeof *n->uses))
		return E_MEMORY;
	u = &n->uses[n->n_uses++];
	*u = (struct network_use){.addr = m->addr,
				  .first_ns = m->first_ns,
				  .last_ns = m->last_ns,
				  .domain = (uint32_t)n->n_domains,
				  .count = m->count,
				  .net = m->net,
				  .users = m->users,
				  .accused_users = m->accused_users,
				  .country = {m->country[0], m->country[1]},
				  .sides = sides};
	return OK;
}

/* Grouping and counting take about twice as much again. */
static size_t uses_max(const struct networks *n)
{
	size_t most = n->memory_bytes / (3 * sizeof *n->uses);

	return n->memory_bytes == 0 || most > NETWORKS_USES_MAX ? NETWORKS_USES_MAX : most;
}

enum err networks_add(struct networks *n, const struct view *v, const struct judgement *j,
		      const struct nets *nets)
{
	uint8_t fluxing = weigh_sides(j->kind);
	struct network_domain d = {.first_ns = v->domain->first_ns,
				   .last_ns = v->domain->last_ns,
				   .name = n->names.len,
				   .uses = n->n_uses,
				   .answers = v->domain->answers,
				   .more = v->more_members,
				   .kind = j->kind};

	n->nets = nets;
	if (n->n_domains == NETWORKS_DOMAINS_MAX || v->n_members > uses_max(n) - n->n_uses) {
		n->left_out++;
		return OK;
	}
	if (!table_grow((void **)&n->domains, &n->domains_room, n->n_domains, sizeof *n->domains))
		return E_MEMORY;
	for (unsigned i = 0; i < v->n_members; i++) {
		uint8_t sides = sides_of(v->members[i].roles) & fluxing;

		if (sides != 0 && add_use(n, &v->members[i], sides) != OK)
			return E_MEMORY;
	}
	buf_add(&n->names, v->name, name_wire_len(v->name));
	d.n_uses = (uint32_t)(n->n_uses - d.uses);
	if (d.n_uses != 0)
		weigh_settled(n->uses + d.uses, d.n_uses);
	n->domains[n->n_domains++] = d;
	return n->names.err;
}

/* ---- putting in order: by then nothing tells in which order findings came ---- */

static int by_wire(const uint8_t *a, const uint8_t *b)
{
	size_t x = name_wire_len(a), y = name_wire_len(b);

	return x != y ? (x < y ? -1 : 1) : memcmp(a, b, x);
}

static int by_age(const void *a, const void *b, void *networks)
{
	const struct network_domain *x = a, *y = b;

	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return by_wire(networks_name(networks, x), networks_name(networks, y));
}

static int by_member(const void *a, const void *b)
{
	const struct network_use *x = a, *y = b;
	int order = memcmp(&x->addr, &y->addr, sizeof x->addr);

	if (order != 0)
		return order;
	return x->domain < y->domain ? -1 : x->domain > y->domain;
}

static int by_domain(const void *a, const void *b)
{
	const struct network_use *x = a, *y = b;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	return x->member < y->member ? -1 : x->member > y->member;
}

static void sort_uses(struct networks *n, int (*order)(const void *, const void *))
{
	if (n->n_uses != 0)
		qsort(n->uses, n->n_uses, sizeof *n->uses, order);
}

/* Numbers domains by age and members by address, and weighs these. E_MEMORY. */
static enum err settle_order(struct networks *n)
{
	uint32_t *number = NULL;
	size_t from = 0;

	for (size_t d = 0; d < n->n_domains; d++)
		n->domains[d].network = (uint32_t)d; /* for a moment: the number it had */
	qsort_r(n->domains, n->n_domains, sizeof *n->domains, by_age, n);
	number = calloc(n->n_domains + 1, sizeof *number);
	n->weight = calloc(n->n_uses + 1, sizeof *n->weight);
	if (number == NULL || n->weight == NULL) {
		free(number);
		return E_MEMORY;
	}
	for (size_t d = 0; d < n->n_domains; d++)
		number[n->domains[d].network] = (uint32_t)d;
	for (size_t i = 0; i < n->n_uses; i++)
		n->uses[i].domain = number[n->uses[i].domain];
	free(number);
	sort_uses(n, by_member);
	for (size_t i = 0; i < n->n_uses; i++) {
		n->uses[i].member = n->n_members;
		if (i + 1 != n->n_uses &&
		    memcmp(&n->uses[i].addr, &n->uses[i + 1].addr, sizeof n->uses[i].addr) == 0)
			continue;
		n->weight[n->n_members++] = weigh_member(n->uses + from, i + 1 - from, n->nets);
		from = i + 1;
	}
	sort_uses(n, by_domain);
	for (size_t i = n->n_uses; i-- > 0;)
		n->domains[n->uses[i].domain].uses = i;
	return OK;
}

/* ---- grouping ---- */

static void fill_places(const struct networks *n, struct group_use *uses, size_t *n_uses, uint32_t *place)
{
	for (size_t i = 0; i < n->n_uses; i++) {
		const struct network_use *u = &n->uses[i];
		struct addr near = addr_prefix(&u->addr, addr_is_v4(&u->addr) ? 24 : 48);

		place[u->member] = (uint32_t)hash_bytes(&near, sizeof near, 0);
		if (networks_is_agent(n, u))
			uses[(*n_uses)++] = (struct group_use){u->domain, u->member};
	}
}

static enum err group(struct networks *n, uint32_t *groups, uint32_t *n_groups)
{
	struct group_use *uses = calloc(n->n_uses + 1, sizeof *uses);
	uint32_t *place = calloc(n->n_members + 1u, sizeof *place);
	struct group_input in = {.uses = uses,
				 .weight = n->weight,
				 .place = place,
				 .n_domains = (uint32_t)n->n_domains,
				 .n_members = n->n_members};
	enum err e = uses == NULL || place == NULL ? E_MEMORY : OK;

	if (e == OK) {
		fill_places(n, uses, &in.n_uses, place);
		e = group_domains(&in, groups, n_groups);
	}
	free(uses);
	free(place);
	return e;
}

/* The domains of each network side by side; groups are numbered by their first domains, and domains by age.
 */
static enum err list_networks(struct networks *n, const uint32_t *groups, uint32_t n_groups)
{
	uint32_t *at = calloc(n_groups + 1u, sizeof *at);

	n->list = calloc(n_groups + 1u, sizeof *n->list);
	n->order = calloc(n->n_domains + 1, sizeof *n->order);
	if (at == NULL || n->list == NULL || n->order == NULL) {
		free(at);
		return E_MEMORY;
	}
	n->n_list = n_groups;
	for (size_t d = 0; d < n->n_domains; d++)
		n->list[groups[d]].n_domains++;
	for (uint32_t g = 0; g < n_groups; g++) {
		at[g + 1] = at[g] + n->list[g].n_domains;
		n->list[g].domains = n->order + at[g];
	}
	for (size_t d = 0; d < n->n_domains; d++)
		n->order[at[groups[d]]++] = (uint32_t)d;
	free(at);
	return OK;
}

/* Most domains first, then the one whose earliest domain is earlier. */
static int by_domains(const void *a, const void *b)
{
	const struct network *x = a, *y = b;

	if (x->n_domains != y->n_domains)
		return x->n_domains > y->n_domains ? -1 : 1;
	return x->domains[0] < y->domains[0] ? -1 : x->domains[0] > y->domains[0];
}

/* ---- finding one ---- */

static int by_name(const void *a, const void *b, void *networks)
{
	const struct networks *n = networks;

	return by_wire(networks_name(n, &n->domains[*(const uint32_t *)a]),
		       networks_name(n, &n->domains[*(const uint32_t *)b]));
}

static enum err index_names(struct networks *n)
{
	n->by_name = calloc(n->n_domains + 1, sizeof *n->by_name);
	if (n->by_name == NULL)
		return E_MEMORY;
	for (size_t d = 0; d < n->n_domains; d++)
		n->by_name[d] = (uint32_t)d;
	qsort_r(n->by_name, n->n_domains, sizeof *n->by_name, by_name, n);
	return OK;
}

const struct network *networks_find(const struct networks *n, const uint8_t *name)
{
	size_t from = 0, to = n->by_name == NULL ? 0 : n->n_domains;

	while (from < to) {
		size_t half = from + (to - from) / 2;
		const struct network_domain *d = &n->domains[n->by_name[half]];
		int order = by_wire(networks_name(n, d), name);

		if (order == 0)
			return &n->list[d->network];
		if (order < 0)
			from = half + 1;
		else
			to = half;
	}
	return NULL;
}

/* ---- names ---- */

static bool is_taken(const struct networks *n, const struct index *names, const char *name)
{
	uint32_t tag = ident_tag(name), at, i;

	if (ident_find(&n->book, name) != INDEX_NONE)
		return true;
	if (names->bits == 0)
		return false;
	for (i = index_first(names, tag, &at); i != INDEX_NONE; i = index_next(names, tag, &at))
		if (strcmp(n->list[i].name, name) == 0)
			return true;
	return false;
}

/* New names in order of age, so that the older of two with one hash has the plain one. */
static enum err make_names(struct networks *n)
{
	struct index names = {0};
	enum err e = OK;

	for (size_t d = 0; e == OK && d < n->n_domains; d++) {
		struct network *w = &n->list[n->domains[d].network];
		const uint8_t *first = networks_name(n, &n->domains[d]);
		char name[IDENT_MAX] = "";
		uint32_t again = 0;

		if (w->name[0] != 0)
			continue;
		do
			ident_make(first, name_wire_len(first), again++, name);
		while (is_taken(n, &names, name));
		memcpy(w->name, name, sizeof w->name);
		e = index_add(&names, ident_tag(name), n->domains[d].network);
	}
	index_fini(&names);
	return e;
}

enum err networks_build(struct networks *n)
{
	uint32_t *groups = NULL, n_groups = 0;
	enum err e;

	if (n->n_domains == 0)
		return OK;
	e = settle_order(n);
	if (e == OK) {
		groups = calloc(n->n_domains + 1, sizeof *groups);
		e = groups == NULL ? E_MEMORY : group(n, groups, &n_groups);
	}
	if (e == OK)
		e = list_networks(n, groups, n_groups);
	free(groups);
	if (e != OK)
		return e;
	qsort(n->list, n->n_list, sizeof *n->list, by_domains);
	for (size_t i = 0; i < n->n_list; i++)
		for (uint32_t k = 0; k < n->list[i].n_domains; k++)
			n->domains[n->list[i].domains[k]].network = (uint32_t)i;
	e = index_names(n);
	if (e == OK)
		e = tally_all(n);
	if (e == OK)
		e = heirs_find(n);
	return e == OK ? make_names(n) : e;
}
