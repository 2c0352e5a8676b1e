/* SPDX-License-Identifier: Apache-2.0 */
/* group.c -- see group.h. */
#include "network/group.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE UINT32_MAX

/* A group in the bag of a member: so many domains of it use the member. */
struct seat {
	uint32_t group, count;
};

struct bag {
	uint32_t *members; /* in order of number */
	uint32_t n, room;
	uint32_t version;       /* of its content; pairs of an older one are void */
	uint64_t mass, squares; /* sums of the weight times the count, and times its square */
	uint32_t into;          /* the group it was joined to, NOWHERE */
};

/* Two groups that overlap enough. */
struct pair {
	double likeness;
	uint32_t a, b, version_a, version_b; /* a < b */
};

/* What the groups met while one was held against all have in common with it. */
struct meeting {
	uint64_t common; /* of the two bags */
	double held;     /* of this one, with members that the other holds rarely at less */
	uint32_t places, last_place;
	uint32_t round; /* in which this was begun */
};

struct grouping {
	const struct group_input *in;
	size_t *first_use;  /* of each domain, and one behind the last */
	size_t *first_seat; /* of each member */
	uint32_t *n_seats;
	struct seat *seats; /* one list a member; as long as the member has domains */
	struct bag *bags;
	uint32_t n_bags;
	struct meeting *met; /* of each bag */
	uint32_t *list, n_list, round;
	uint32_t crowd; /* a member of more groups is not looked at */
	uint64_t steps; /* since that was halved */
	struct pair *heap;
	size_t n_heap, heap_room;
};

static void close_all(struct grouping *g)
{
	for (uint32_t i = 0; g->bags != NULL && i < g->n_bags; i++)
		free(g->bags[i].members);
	free(g->first_use);
	free(g->first_seat);
	free(g->n_seats);
	free(g->seats);
	free(g->bags);
	free(g->met);
	free(g->list);
	free(g->heap);
}

static bool open_all(struct grouping *g, const struct group_input *in)
{
	*g = (struct grouping){.in = in, .crowd = GROUP_CROWD};
	g->first_use = calloc(in->n_domains + 1u, sizeof *g->first_use);
	g->first_seat = calloc(in->n_members + 1u, sizeof *g->first_seat);
	g->n_seats = calloc(in->n_members + 1u, sizeof *g->n_seats);
	g->seats = calloc(in->n_uses + 1u, sizeof *g->seats);
	g->bags = calloc(in->n_domains + 1u, sizeof *g->bags);
	g->met = calloc(in->n_domains + 1u, sizeof *g->met);
	g->list = calloc(in->n_domains + 1u, sizeof *g->list);
	if (g->first_use == NULL || g->first_seat == NULL || g->n_seats == NULL || g->seats == NULL ||
	    g->bags == NULL || g->met == NULL || g->list == NULL)
		return false;
	for (size_t i = 0; i < in->n_uses; i++) {
		g->first_use[in->uses[i].domain + 1]++;
		g->first_seat[in->uses[i].member + 1]++;
	}
	for (uint32_t d = 0; d < in->n_domains; d++)
		g->first_use[d + 1] += g->first_use[d];
	for (uint32_t m = 0; m < in->n_members; m++)
		g->first_seat[m + 1] += g->first_seat[m];
	return true;
}

static struct seat *seat_of(struct grouping *g, uint32_t member, uint32_t group)
{
	struct seat *s = g->seats + g->first_seat[member];

	for (uint32_t i = 0; i < g->n_seats[member]; i++)
		if (s[i].group == group)
			return &s[i];
	return NULL;
}

/* How firmly a bag holds a member: as against what is usual for its uses. */
static double strength(const struct bag *b, uint32_t count)
{
	double usual = (double)b->squares / (double)b->mass;

	return count < usual ? count / usual : 1;
}

static bool is_crowded(const struct grouping *g, uint32_t member)
{
	return g->n_seats[member] > g->crowd;
}

static void count_steps(struct grouping *g, uint32_t n)
{
	g->steps += n;
	if (g->steps < GROUP_STEPS || g->crowd == GROUP_CROWD_LEAST)
		return;
	g->steps = 0;
	g->crowd /= 2;
}

/* Notes what a member, `count` times in the bag at hand, has in common with the groups that hold it. */
static void meet(struct grouping *g, uint32_t member, uint32_t count, uint32_t self)
{
	const struct seat *s = g->seats + g->first_seat[member];

	if (is_crowded(g, member) || g->in->weight[member] == 0)
		return;
	count_steps(g, g->n_seats[member]);
	for (uint32_t i = 0; i < g->n_seats[member]; i++) {
		struct meeting *m = &g->met[s[i].group];

		if (s[i].group == self)
			continue;
		if (m->round != g->round) {
			*m = (struct meeting){.round = g->round, .last_place = NOWHERE};
			g->list[g->n_list++] = s[i].group;
		}
		m->common += (uint64_t)g->in->weight[member] * (s[i].count < count ? s[i].count : count);
		m->held += g->in->weight[member] * strength(&g->bags[s[i].group], s[i].count);
		m->places += m->last_place != g->in->place[member];
		m->last_place = g->in->place[member];
	}
}

/* How far a bag of that mass overlaps with a group that it has met. */
static double overlap(const struct grouping *g, uint64_t mass, uint32_t with)
{
	const struct meeting *m = &g->met[with];
	uint64_t least = mass < g->bags[with].mass ? mass : g->bags[with].mass;

	return m->places < GROUP_SHARED_LEAST || least == 0 ? 0 : (double)m->common / (double)least;
}

/* ---- domains that join a group ---- */

static uint64_t mass_of(const struct grouping *g, uint32_t domain)
{
	uint64_t mass = 0;

	for (size_t i = g->first_use[domain]; i < g->first_use[domain + 1]; i++)
		mass += g->in->weight[g->in->uses[i].member];
	return mass;
}

/* The group that the domain lies in most, NOWHERE. Members that a group knows from one domain among many say
 * little: else whoever came after a bridge would cross it. */
static uint32_t nearest(struct grouping *g, uint32_t domain, uint64_t mass)
{
	double most = GROUP_OVERLAP_JOIN * (double)mass;
	uint32_t best = NOWHERE;

	g->round++;
	g->n_list = 0;
	for (size_t i = g->first_use[domain]; i < g->first_use[domain + 1]; i++)
		meet(g, g->in->uses[i].member, 1, NOWHERE);
	for (uint32_t i = 0; i < g->n_list; i++) {
		const struct meeting *m = &g->met[g->list[i]];

		if (m->places >= GROUP_SHARED_LEAST &&
		    (m->held > most || (m->held == most && g->list[i] < best))) {
			most = m->held;
			best = g->list[i];
		}
	}
	return best;
}

static bool add_member(struct bag *b, uint32_t member)
{
	if (b->n == b->room) {
		uint32_t room = b->room * 2 + 16;
		uint32_t *grown = realloc(b->members, room * sizeof *grown);

		if (grown == NULL)
			return false;
		b->members = grown;
		b->room = room;
	}
	b->members[b->n++] = member;
	return true;
}

static bool put(struct grouping *g, uint32_t domain, uint32_t group)
{
	struct bag *b = &g->bags[group];

	for (size_t i = g->first_use[domain]; i < g->first_use[domain + 1]; i++) {
		uint32_t member = g->in->uses[i].member;
		struct seat *s = is_crowded(g, member) ? NULL : seat_of(g, member, group);

		b->mass += g->in->weight[member];
		b->squares += g->in->weight[member] * (s == NULL ? 1 : 2 * (uint64_t)s->count + 1);
		if (s != NULL)
			s->count++;
		if (s != NULL || is_crowded(g, member))
			continue;
		g->seats[g->first_seat[member] + g->n_seats[member]++] = (struct seat){group, 1};
		if (!add_member(b, member))
			return false;
	}
	return true;
}

/* ---- groups that are joined, the most alike first ---- */

static bool is_before(const struct pair *x, const struct pair *y)
{
	if (x->likeness != y->likeness)
		return x->likeness > y->likeness;
	return x->a != y->a ? x->a < y->a : x->b < y->b;
}

static bool push(struct grouping *g, struct pair p)
{
	size_t at = g->n_heap;

	if (g->n_heap == g->heap_room) {
		size_t room = g->heap_room * 2 + 256;
		struct pair *grown = realloc(g->heap, room * sizeof *grown);

		if (grown == NULL)
			return false;
		g->heap = grown;
		g->heap_room = room;
	}
	for (g->n_heap++; at != 0 && is_before(&p, &g->heap[(at - 1) / 2]); at = (at - 1) / 2)
		g->heap[at] = g->heap[(at - 1) / 2];
	g->heap[at] = p;
	return true;
}

static struct pair pop(struct grouping *g)
{
	struct pair top = g->heap[0], last = g->heap[--g->n_heap];
	size_t at = 0;

	for (size_t child; (child = 2 * at + 1) < g->n_heap; at = child) {
		child += child + 1 < g->n_heap && is_before(&g->heap[child + 1], &g->heap[child]);
		if (!is_before(&g->heap[child], &last))
			break;
		g->heap[at] = g->heap[child];
	}
	g->heap[at] = last;
	return top;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Keeps the pairs of one group with those it overlaps enough; `earlier`: with those of a lower number alone.
 */
static bool find_pairs(struct grouping *g, uint32_t group, bool earlier)
{
	struct bag *b = &g->bags[group];

	g->round++;
	g->n_list = 0;
	for (uint32_t i = 0; i < b->n; i++)
		if (!is_crowded(g, b->members[i]))
			meet(g, b->members[i], seat_of(g, b->members[i], group)->count, group);
	for (uint32_t i = 0; i < g->n_list; i++) {
		uint32_t other = g->list[i], x = group < other ? group : other, y = group ^ other ^ x;
		struct pair p = {
			.a = x, .b = y, .version_a = g->bags[x].version, .version_b = g->bags[y].version};

		if ((earlier && other > group) || overlap(g, b->mass, other) < GROUP_OVERLAP_LEAST)
			continue;
		p.likeness =
			(double)g->met[other].common / sqrt((double)b->mass * (double)g->bags[other].mass);
		if (!push(g, p))
			return false;
	}
	return true;
}

/* Puts the bag of b into that of a. */
static bool join(struct grouping *g, uint32_t a, uint32_t b)
{
	struct bag *to = &g->bags[a], *from = &g->bags[b];

	for (uint32_t i = 0; i < from->n; i++) {
		uint32_t member = from->members[i];
		struct seat *own = seat_of(g, member, b), *there = seat_of(g, member, a);

		if (there == NULL) {
			own->group = a;
			if (!add_member(to, member))
				return false;
			continue;
		}
		to->squares += 2 * (uint64_t)g->in->weight[member] * there->count * own->count;
		there->count += own->count;
		*own = g->seats[g->first_seat[member] + --g->n_seats[member]];
	}
	to->mass += from->mass;
	to->squares += from->squares;
	to->version++;
	from->into = a;
	from->n = 0;
	qsort(to->members, to->n, sizeof *to->members, by_number);
	return true;
}

static bool is_void(const struct grouping *g, const struct pair *p)
{
	const struct bag *a = &g->bags[p->a], *b = &g->bags[p->b];

	return a->into != NOWHERE || b->into != NOWHERE || a->version != p->version_a ||
	       b->version != p->version_b;
}

/* Joins groups from `first` on with others and each other, as long as there are pairs. */
static enum err join_groups(struct grouping *g, uint32_t first)
{
	for (uint32_t i = first; i < g->n_bags; i++)
		if (!find_pairs(g, i, true))
			return E_MEMORY;
	while (g->n_heap != 0) {
		struct pair p = pop(g);

		if (!is_void(g, &p) && (!join(g, p.a, p.b) || !find_pairs(g, p.a, false)))
			return E_MEMORY;
	}
	return OK;
}

/* ---- all of them ---- */

struct heavy {
	uint64_t mass;
	uint32_t domain;
};

static int by_mass(const void *a, const void *b)
{
	const struct heavy *x = a, *y = b;

	if (x->mass != y->mass)
		return x->mass > y->mass ? -1 : 1;
	return x->domain < y->domain ? -1 : x->domain > y->domain;
}

/* Puts one domain into the group it lies in, or into one of its own; the first round knows no groups yet. */
static enum err place(struct grouping *g, const struct heavy *h, bool first_round, uint32_t *group)
{
	*group = first_round ? NOWHERE : nearest(g, h->domain, h->mass);
	if (*group == NOWHERE) {
		*group = g->n_bags++;
		g->bags[*group].into = NOWHERE;
	}
	return put(g, h->domain, *group) ? OK : E_MEMORY;
}

static enum err place_all(struct grouping *g, uint32_t *group)
{
	struct heavy *order = calloc(g->in->n_domains + 1u, sizeof *order);
	enum err e = order == NULL ? E_MEMORY : OK;

	for (uint32_t d = 0; e == OK && d < g->in->n_domains; d++)
		order[d] = (struct heavy){mass_of(g, d), d};
	if (e == OK)
		qsort(order, g->in->n_domains, sizeof *order, by_mass);
	for (uint32_t from = 0, to; e == OK && from < g->in->n_domains; from = to) {
		uint32_t first = g->n_bags;

		to = g->in->n_domains - from < GROUP_ROUND ? g->in->n_domains : from + GROUP_ROUND;
		for (uint32_t i = from; e == OK && i < to; i++)
			e = place(g, &order[i], from == 0, &group[order[i].domain]);
		if (e == OK)
			e = join_groups(g, first);
	}
	free(order);
	return e;
}

/* Numbers the groups anew, by their first domains. */
static uint32_t renumber(struct grouping *g, uint32_t *group)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->n_bags; i++) {
		uint32_t into = g->bags[i].into; /* a lower number, so that one is settled */

		g->bags[i].into = into == NOWHERE ? i : g->bags[into].into;
		g->list[i] = NOWHERE;
	}
	for (uint32_t d = 0; d < g->in->n_domains; d++) {
		uint32_t at = g->bags[group[d]].into;

		if (g->list[at] == NOWHERE)
			g->list[at] = n++;
		group[d] = g->list[at];
	}
	return n;
}

enum err group_domains(const struct group_input *in, uint32_t *group, uint32_t *n_groups)
{
	struct grouping g;
	enum err e = open_all(&g, in) ? OK : E_MEMORY;

	if (e == OK)
		e = place_all(&g, group);
	if (e == OK)
		*n_groups = renumber(&g, group);
	close_all(&g);
	return e;
}
