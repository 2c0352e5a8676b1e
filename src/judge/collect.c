/* SPDX-License-Identifier: Apache-2.0 */
/* collect.c -- see collect.h. */
#include "judge/collect.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"

/* Looks: all that one alias may cost, however many names each step has. */
enum { ALIAS_STEPS_MAX = 7, ALIAS_LOOKS_MAX = 256 };

enum { JOINED_BY_PART = 128 }; /* pairs of one server, over all parts */

enum { INNER_MAX = 128 }; /* names that aliases of one domain lead to in turn */

static int by_addr(const void *a, const void *b)
{
	const struct view_member *x = a, *y = b;

	return addr_compare(&x->addr, &y->addr);
}

static void sort_members(struct view_member *list, unsigned n)
{
	if (n > COLLECT_BY_HAND) {
		qsort(list, n, sizeof *list, by_addr);
		return;
	}
	for (unsigned i = 1; i < n; i++) {
		struct view_member m = list[i];
		unsigned k = i;

		for (; k > 0 && by_addr(&list[k - 1], &m) > 0; k--)
			list[k] = list[k - 1];
		list[k] = m;
	}
}

/* Whether its addresses could have moved from one look-up to another: while the first answer lasts, the same
 * again says nothing. */
static bool outlasted(int64_t first_ns, int64_t last_ns, uint32_t ttl_s, uint32_t looks)
{
	return looks > 1 && last_ns - first_ns >= (int64_t)ttl_s * NS_PER_SECOND;
}

/* One that moved shows that all that its owner had could. */
static void note_movable(struct view *v, unsigned first, unsigned n, bool movable)
{
	for (unsigned i = first; i < n && !movable; i++)
		movable = v->members[i].moved;
	for (unsigned i = first; i < n; i++)
		v->members[i].movable = movable;
}

/* One entry for each pair, unmerged; the first of a long list are left out alike for everybody. */
static unsigned collect(struct view *v, const struct partition *p, const struct owner *w, unsigned n,
			bool server)
{
	unsigned first = n;

	for (uint32_t i = w->pairs; i != NONE && n < VIEW_MEMBERS_MAX; i = p->pairs[i].next) {
		const struct pair *pair = &p->pairs[i];
		struct view_member *m = &v->members[n++];

		*m = (struct view_member){
			.addr = member_of(&pair->addr),
			.first_ns = pair->first_ns,
			.last_ns = pair->last_ns,
			.count = pair->count,
			.owners = 1,
			.net = pair->net,
			.vantages = pair->vantages,
			.roles = pair->roles,
			.moved = pair->moved,
		};
		if (server) /* a server's own look-up shows the NS side */
			m->roles = (uint8_t)((m->roles & MEMBER_GLUE) | MEMBER_NS);
	}
	note_movable(v, first, n, outlasted(w->first_ns, w->last_ns, w->ttl_max, w->answers));
	return n;
}

/* What two entries of one member say together; glue is what was never anything else. How a server's addresses
 * move says nothing of those behind other names. */
static void join_member(struct view_member *to, const struct view_member *from)
{
	bool pages = collect_pages(from);

	if (pages == collect_pages(to))
		to->movable |= from->movable;
	else if (pages)
		to->movable = from->movable;
	to->first_ns = from->first_ns < to->first_ns ? from->first_ns : to->first_ns;
	to->last_ns = from->last_ns > to->last_ns ? from->last_ns : to->last_ns;
	to->count += from->count;
	to->vantages |= from->vantages;
	to->roles = (uint8_t)((to->roles & from->roles & MEMBER_GLUE) |
			      ((to->roles | from->roles) & ~MEMBER_GLUE));
}

/* Makes one entry of each member of the entries `first` on, of one owner; returns where they end. */
static unsigned join_owner(struct view *v, unsigned first, unsigned n)
{
	unsigned kept = first;

	sort_members(v->members + first, n - first);
	for (unsigned i = first; i < n; i++) {
		struct view_member *m = &v->members[i], *k = &v->members[kept == first ? first : kept - 1];

		if (kept == first || by_addr(m, k) != 0) {
			v->members[kept++] = *m;
			continue;
		}
		join_member(k, m);
		k->moved |= m->moved;
	}
	return kept;
}

/* The same for what one more part adds, the entries `more` on, to those of the parts before it, which are
 * few: so the next part finds them few. */
static unsigned join_part(struct view *v, unsigned first, unsigned more, unsigned n)
{
	unsigned kept = more;

	for (unsigned i = more; i < n; i++) {
		struct view_member *m = &v->members[i], *k = &v->members[first];

		while (k < &v->members[kept] && by_addr(m, k) != 0)
			k++;
		if (k == &v->members[kept]) {
			v->members[kept++] = *m;
			continue;
		}
		join_member(k, m);
		k->moved |= m->moved;
	}
	return kept;
}

/* What the partitions know of one server. */
struct server {
	struct partition *part[OBS_GROUPS];
	uint32_t owner[OBS_GROUPS];
	unsigned parts, pairs;
	int64_t first_ns, last_ns;
	uint32_t answers, ttl_max;
};

static void add_server(struct server *x, struct partition *p, uint32_t owner)
{
	const struct owner *w = &p->owners[owner];
	bool first = x->parts == 0;

	x->part[x->parts] = p;
	x->owner[x->parts++] = owner;
	x->pairs += w->n_pairs;
	x->answers += w->answers;
	x->first_ns = first || w->first_ns < x->first_ns ? w->first_ns : x->first_ns;
	x->last_ns = first || w->last_ns > x->last_ns ? w->last_ns : x->last_ns;
	x->ttl_max = w->ttl_max > x->ttl_max ? w->ttl_max : x->ttl_max;
}

static void find_server(const struct view_context *context, uint64_t hash, struct server *x)
{
	x->parts = x->pairs = x->answers = x->ttl_max = 0;
	for (unsigned i = 0; i < context->n_servers && i < OBS_GROUPS; i++) {
		struct partition *p = &context->servers[i];
		uint32_t owner = partition_server(p, hash);

		if (owner != NONE)
			add_server(x, p, owner);
	}
}

/* One server, of which several partitions may know something. */
static unsigned collect_server(struct view *v, const struct view_context *context, uint64_t hash, unsigned n)
{
	unsigned first = n;
	struct server x;
	bool few;

	find_server(context, hash, &x);
	/* many are sorted, and too many left out, when all are there */
	few = x.parts > 1 && x.pairs <= JOINED_BY_PART && n + x.pairs <= VIEW_MEMBERS_MAX;
	for (unsigned i = 0; i < x.parts; i++) {
		unsigned more = n;

		if (!context->unsettled)
			partition_settle_owner(x.part[i], x.owner[i]);
		n = collect(v, x.part[i], &x.part[i]->owners[x.owner[i]], n, true);
		if (few)
			n = join_part(v, first, more, n);
	}
	if (x.parts < 2)
		return n;
	if (!few)
		n = join_owner(v, first, n);
	note_movable(v, first, n, outlasted(x.first_ns, x.last_ns, x.ttl_max, x.answers));
	return n;
}

/* The servers of the domain's zones that belong to other domains; its own are collected with its owners. */
static unsigned collect_servers(struct view *v, uint32_t domain, const struct view_context *context,
				unsigned n)
{
	struct view_context where = *context;
	uint64_t servers[VIEW_SERVERS_MAX];
	unsigned n_servers = partition_server_hashes(v->partition, domain, servers, VIEW_SERVERS_MAX);

	if (where.servers == NULL && v->partition->servers != NULL) {
		where.servers = v->partition->servers;
		where.n_servers = 1;
	}
	for (unsigned i = 0; i < n_servers; i++)
		n = collect_server(v, &where, servers[i], n);
	return n;
}

/* The ends of one alias. */
struct ends {
	const struct view_context *context;
	struct view_end *list;
	unsigned n, looks;
};

static void add_end(struct ends *e, const struct view_end *x)
{
	for (unsigned i = 0; i < e->n; i++)
		if (e->list[i].partition == x->partition && e->list[i].owner == x->owner) {
			e->list[i].moved &= x->moved; /* on another way it was known from the first on */
			return;
		}
	if (e->n < VIEW_ENDS_MAX)
		e->list[e->n++] = *x;
}

/* From an owner on: `x` is the way to it, of which `steps` are left. */
static void follow(struct ends *e, const struct partition *p, const struct view_end *x, unsigned steps)
{
	const struct owner *w = &p->owners[x->owner];
	unsigned n = owner_targets(w);

	for (unsigned i = 0; i < n && e->looks < ALIAS_LOOKS_MAX; i++) {
		uint32_t target = partition_target(p, w, i);
		const struct owner *to = &p->owners[target & ~TARGET_MOVED];
		struct view_end next = {.several = x->several || n > 1,
					.moved = x->moved || (target & TARGET_MOVED) != 0};

		if (x->partition == NULL && (to->roles & OWNER_FOREIGN) == 0)
			continue; /* what leads to a name of the domain itself is collected with that */
		e->looks++;
		next.partition = e->context->target(e->context->target_context, partition_name(p, to->name),
						    to->name_len, &next.owner);
		if (next.partition == NULL)
			continue;
		if (next.partition->owners[next.owner].pairs != NONE)
			add_end(e, &next);
		else if (steps > 1)
			follow(e, next.partition, &next, steps - 1);
	}
}

unsigned view_ends(const struct view_context *context, const struct partition *p, uint32_t alias,
		   struct view_end ends[VIEW_ENDS_MAX])
{
	const struct owner *w = &p->owners[alias];
	struct ends e = {.context = context, .list = ends};

	if (context->target == NULL || w->pairs != NONE ||
	    (w->roles & (OWNER_ALIAS | OWNER_FOREIGN)) != OWNER_ALIAS)
		return 0;
	follow(&e, p, &(struct view_end){.owner = alias}, ALIAS_STEPS_MAX);
	return e.n;
}

/* The addresses behind the domain's aliases that were seen without any. */
static unsigned collect_aliases(struct view *v, const struct partition *p, const struct view_context *context,
				unsigned n)
{
	struct view_end ends[VIEW_ENDS_MAX];

	for (uint32_t w = v->domain->owners; w != NONE; w = p->owners[w].next) {
		unsigned n_ends = view_ends(context, p, w, ends);

		for (const struct view_end *x = ends; x < ends + n_ends; x++) {
			unsigned first = n;

			if (!context->unsettled)
				partition_settle_owner(x->partition, x->owner);
			n = collect(v, x->partition, &x->partition->owners[x->owner], n, false);
			for (struct view_member *m = v->members + first; m < v->members + n; m++) {
				m->roles = (uint8_t)(MEMBER_ALIAS | (m->roles & (MEMBER_HINT | MEMBER_GLUE)));
				m->movable |= x->several;
				m->moved |= x->moved;
			}
		}
	}
	return n;
}

/* What aliases of the domain that lead to several of its own names say of these names. */
struct inner {
	struct {
		uint32_t owner;
		bool moved; /* the alias had led elsewhere before */
	} list[INNER_MAX];
	unsigned n;
};

/* Lists the names of the domain itself that such aliases lead to. */
static void list_inner(const struct view *v, const struct partition *p, struct inner *to)
{
	to->n = 0;
	for (uint32_t w = v->domain->owners; w != NONE; w = p->owners[w].next) {
		const struct owner *alias = &p->owners[w];
		unsigned targets = owner_targets(alias);

		if (targets < 2 || (alias->roles & (OWNER_ALIAS | OWNER_FOREIGN)) != OWNER_ALIAS)
			continue;
		for (unsigned i = 0; i < targets && to->n < INNER_MAX; i++) {
			uint32_t target = partition_target(p, alias, i);

			if ((p->owners[target & ~TARGET_MOVED].roles & OWNER_FOREIGN) != 0)
				continue;
			to->list[to->n].owner = target & ~TARGET_MOVED;
			to->list[to->n++].moved = (target & TARGET_MOVED) != 0;
		}
	}
}

/* The members of one owner, the entries `first` on: where an alias was looked up before it led to their name,
 * they have come since. */
static void mark_inner(struct view *v, uint32_t owner, const struct inner *inner, unsigned first, unsigned n)
{
	bool several = false, moved = true;

	for (unsigned i = 0; i < inner->n; i++)
		if (inner->list[i].owner == owner) {
			several = true;
			moved &= inner->list[i].moved;
		}
	for (unsigned i = first; several && i < n; i++) {
		v->members[i].movable = true;
		v->members[i].moved |= moved;
	}
}

static void merge(struct view *v, unsigned n)
{
	unsigned kept = 0;

	sort_members(v->members, n);
	for (unsigned i = 0; i < n; i++) {
		struct view_member *m = &v->members[i], *k = &v->members[kept == 0 ? 0 : kept - 1];

		if (kept == 0 || by_addr(m, k) != 0) {
			v->members[kept++] = *m;
			continue;
		}
		join_member(k, m);
		k->owners++;
		k->moved &= m->moved; /* known to another owner from its first look-up on: not new to the
					 domain */
	}
	v->n_members = kept;
}

void collect_members(struct view *v, struct partition *p, const struct view_context *context)
{
	uint32_t domain = (uint32_t)(v->domain - p->domains);
	struct inner inner;
	unsigned n = 0;

	if (!context->unsettled)
		partition_settle(p, domain);
	list_inner(v, p, &inner);
	for (uint32_t w = v->domain->owners; w != NONE; w = p->owners[w].next) {
		unsigned first = n;

		n = collect(v, p, &p->owners[w], n, (p->owners[w].roles & OWNER_SERVER) != 0);
		mark_inner(v, w, &inner, first, n);
		v->names += (p->owners[w].roles & OWNER_FOREIGN) == 0;
	}
	n = collect_aliases(v, p, context, n);
	n = collect_servers(v, domain, context, n);
	merge(v, n);
}
