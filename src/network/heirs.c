/* SPDX-License-Identifier: Apache-2.0 */
/* heirs.c -- who of an earlier listing each network is; see ident.h. */
#include "network/heirs.h"

#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "profile/tables.h"

#define NOBODY UINT32_MAX

/* ---- ties between what is known and what is there ---- */

struct tie {
	uint32_t known, network;
	uint32_t domains, agents; /* that both have */
};

struct ties {
	struct tie *list;
	size_t n, room;
};

static bool add_tie(struct ties *t, struct tie x)
{
	if (!table_grow((void **)&t->list, &t->room, t->n, sizeof *t->list))
		return false;
	t->list[t->n++] = x;
	return true;
}

static int compare_agents(const void *a, const void *b)
{
	const struct known_agent *x = a, *y = b;

	return memcmp(&x->addr, &y->addr, sizeof x->addr);
}

/* The first of those known with that address. */
static const struct known_agent *first_agent(const struct ident_book *b, const struct addr *a)
{
	size_t from = 0, to = b->n_agents;

	while (from < to) {
		size_t half = from + (to - from) / 2;

		if (memcmp(&b->agents[half].addr, a, sizeof *a) < 0)
			from = half + 1;
		else
			to = half;
	}
	return b->agents + from;
}

static bool tie_agents(const struct networks *n, struct ties *ties)
{
	const struct ident_book *b = &n->book;
	const struct known_agent *end;

	if (b->n_agents == 0)
		return true;
	end = b->agents + b->n_agents;
	for (uint32_t i = 0; i < n->n_list; i++)
		for (uint32_t k = 0; k < n->list[i].n_agents; k++) {
			const struct addr *a = &n->list[i].agents[k].addr;

			for (const struct known_agent *x = first_agent(b, a);
			     x != end && memcmp(&x->addr, a, sizeof *a) == 0; x++)
				if (!add_tie(ties, (struct tie){x->known, i, 0, 1}))
					return false;
		}
	return true;
}

static bool tie_domains(const struct networks *n, struct ties *ties)
{
	const struct ident_book *b = &n->book;

	for (size_t i = 0; i < b->n_domains; i++) {
		const struct network *w = networks_find(n, b->names.bytes + b->domains[i].name);

		if (w != NULL &&
		    !add_tie(ties, (struct tie){b->domains[i].known, (uint32_t)(w - n->list), 1, 0}))
			return false;
	}
	return true;
}

static int by_ends(const void *a, const void *b)
{
	const struct tie *x = a, *y = b;

	if (x->known != y->known)
		return x->known < y->known ? -1 : 1;
	return x->network < y->network ? -1 : x->network > y->network;
}

/* Adds up the ties of the same two, and drops those too weak to count. */
static void merge_ties(const struct networks *n, struct ties *t)
{
	size_t kept = 0, strong = 0;

	if (t->n != 0)
		qsort(t->list, t->n, sizeof *t->list, by_ends);
	for (size_t i = 0; i < t->n; i++)
		if (kept != 0 && by_ends(&t->list[kept - 1], &t->list[i]) == 0) {
			t->list[kept - 1].domains += t->list[i].domains;
			t->list[kept - 1].agents += t->list[i].agents;
		} else {
			t->list[kept++] = t->list[i];
		}
	for (size_t i = 0; i < kept; i++) {
		uint32_t then = n->book.list[t->list[i].known].agents,
			 now = n->list[t->list[i].network].n_agents, least = then < now ? then : now;

		if (t->list[i].domains != 0 || (t->list[i].agents >= IDENT_AGENTS_LEAST &&
						t->list[i].agents >= IDENT_AGENTS_SHARE * least))
			t->list[strong++] = t->list[i];
	}
	t->n = strong;
}

static enum err find_ties(struct networks *n, struct ties *t)
{
	if (n->book.n_agents != 0)
		qsort(n->book.agents, n->book.n_agents, sizeof *n->book.agents, compare_agents);
	if (!tie_domains(n, t) || !tie_agents(n, t))
		return E_MEMORY;
	merge_ties(n, t);
	return OK;
}

/* ---- who is who ---- */

/* The earliest, by name where two began at once. */
static bool is_older(const struct known *x, const struct known *y)
{
	return x->first_ns != y->first_ns ? x->first_ns < y->first_ns : strcmp(x->name, y->name) < 0;
}

static bool is_stronger(const struct networks *n, const struct tie *x, const struct tie *y)
{
	uint64_t a = (uint64_t)x->domains + x->agents, b = (uint64_t)y->domains + y->agents;

	return a != b ? a > b : n->list[x->network].domains[0] < n->list[y->network].domains[0];
}

/* lives_in[k]: the network in which a known one lives on, NOBODY. */
static void find_heirs(const struct networks *n, const struct ties *t, uint32_t *lives_in)
{
	for (size_t i = 0, best; i < t->n; i = best) {
		const struct tie *most = &t->list[i];

		for (best = i; best < t->n && t->list[best].known == t->list[i].known; best++)
			most = is_stronger(n, &t->list[best], most) ? &t->list[best] : most;
		lives_in[most->known] = most->network;
	}
}

struct heir {
	const struct known *known;
	uint32_t network;
};

static int by_heritage(const void *a, const void *b)
{
	const struct heir *x = a, *y = b;

	if (x->network != y->network)
		return x->network < y->network ? -1 : 1;
	return is_older(x->known, y->known) ? -1 : is_older(y->known, x->known);
}

/* Known networks that live on in one: the oldest gives the name. */
static enum err inherit(struct network *w, const struct heir *heirs, uint32_t n)
{
	w->merged = calloc(n, sizeof *w->merged);
	if (w->merged == NULL)
		return E_MEMORY;
	memcpy(w->name, heirs[0].known->name, sizeof w->name);
	for (uint32_t i = 1; i < n; i++)
		w->merged[w->n_merged++] = heirs[i].known->name;
	return OK;
}

static enum err hand_down(struct networks *n, const uint32_t *lives_in)
{
	struct heir *heirs = calloc(n->book.n + 1, sizeof *heirs);
	enum err e = heirs == NULL ? E_MEMORY : OK;
	uint32_t found = 0;

	for (size_t k = 0; e == OK && k < n->book.n; k++)
		if (lives_in[k] != NOBODY)
			heirs[found++] = (struct heir){&n->book.list[k], lives_in[k]};
	if (found != 0)
		qsort(heirs, found, sizeof *heirs, by_heritage);
	for (uint32_t i = 0, end; e == OK && i < found; i = end) {
		for (end = i + 1; end < found && heirs[end].network == heirs[i].network; end++)
			;
		e = inherit(&n->list[heirs[i].network], heirs + i, end - i);
	}
	free(heirs);
	return e;
}

/* Networks without a heritage split from the known one that they have most of. */
static enum err find_origins(struct networks *n, const struct ties *t)
{
	uint32_t *most = calloc(n->n_list + 1, sizeof *most);

	if (most == NULL)
		return E_MEMORY;
	for (size_t i = 0; i < t->n; i++) {
		struct network *w = &n->list[t->list[i].network];
		uint32_t both = t->list[i].domains + t->list[i].agents;

		if (w->name[0] != 0 || both <= most[t->list[i].network])
			continue;
		most[t->list[i].network] = both;
		memcpy(w->split_from, n->book.list[t->list[i].known].name, sizeof w->split_from);
	}
	free(most);
	return OK;
}

enum err heirs_find(struct networks *n)
{
	uint32_t *lives_in = malloc((n->book.n + 1) * sizeof *lives_in);
	struct ties ties = {0};
	enum err e = lives_in == NULL ? E_MEMORY : OK;

	for (size_t k = 0; e == OK && k < n->book.n; k++)
		lives_in[k] = NOBODY;
	if (e == OK)
		e = find_ties(n, &ties);
	if (e == OK) {
		find_heirs(n, &ties, lives_in);
		e = hand_down(n, lives_in);
	}
	if (e == OK)
		e = find_origins(n, &ties);
	free(lives_in);
	free(ties.list);
	return e;
}
