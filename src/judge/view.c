/* SPDX-License-Identifier: Apache-2.0 */
/* view.c -- see view.h. */
#include "judge/view.h"

#include <stdlib.h>
#include <string.h>

/* Looks: all that one alias may cost, however many names each step has. */
enum { ALIAS_STEPS_MAX = 7, ALIAS_LOOKS_MAX = 256 };

enum { INNER_MAX = 128 }; /* names that aliases of one domain lead to in turn */

void view_fini(struct view *v)
{
	free(v->members);
	free(v->clusters);
	free(v->uses);
	*v = (struct view){0};
}

static int by_addr(const void *a, const void *b)
{
	const struct view_member *x = a, *y = b;

	return addr_compare(&x->addr, &y->addr);
}

static int by_cluster(const void *a, const void *b)
{
	const struct view_cluster *x = a, *y = b;

	if (x->net != y->net)
		return x->net < y->net ? -1 : 1;
	return x->net != 0 ? 0 : addr_compare(&x->prefix, &y->prefix); /* a known network has none */
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* One entry for each pair, unmerged; the first of a long list are left out alike for everybody. */
static unsigned collect(struct view *v, const struct partition *p, const struct owner *w, unsigned n,
			bool server)
{
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
			.movable = w->answers > 1,
			.moved = pair->moved,
		};
		if (server) /* a server's own look-up shows the NS side */
			m->roles = (uint8_t)((m->roles & MEMBER_GLUE) | MEMBER_NS);
	}
	return n;
}

/* What two entries of one member say together; glue is what was never anything else. */
static void join_member(struct view_member *to, const struct view_member *from)
{
	to->first_ns = from->first_ns < to->first_ns ? from->first_ns : to->first_ns;
	to->last_ns = from->last_ns > to->last_ns ? from->last_ns : to->last_ns;
	to->count += from->count;
	to->vantages |= from->vantages;
	to->roles = (uint8_t)((to->roles & from->roles & MEMBER_GLUE) |
			      ((to->roles | from->roles) & ~MEMBER_GLUE));
	to->movable |= from->movable;
}

/* Makes one entry of each member of the entries `first` on, of one owner; returns where they end. */
static unsigned join_owner(struct view *v, unsigned first, unsigned n, bool movable)
{
	unsigned kept = first;

	qsort(v->members + first, n - first, sizeof *v->members, by_addr);
	for (unsigned i = first; i < n; i++) {
		struct view_member *m = &v->members[i], *k = &v->members[kept == first ? first : kept - 1];

		m->movable = movable;
		if (kept == first || by_addr(m, k) != 0) {
			v->members[kept++] = *m;
			continue;
		}
		join_member(k, m);
		k->moved |= m->moved;
	}
	return kept;
}

/* One server, of which several partitions may know something. */
static unsigned collect_server(struct view *v, const struct view_context *context, uint64_t hash, unsigned n)
{
	unsigned first = n, parts = 0;
	uint32_t answers = 0;

	for (unsigned i = 0; i < context->n_servers; i++) {
		struct partition *p = &context->servers[i];
		uint32_t owner = partition_server(p, hash);

		if (owner == NONE)
			continue;
		partition_settle_owner(p, owner);
		n = collect(v, p, &p->owners[owner], n, true);
		answers += p->owners[owner].answers;
		parts++;
	}
	return parts < 2 ? n : join_owner(v, first, n, answers > 1);
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

	qsort(v->members, n, sizeof *v->members, by_addr);
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

/* Whether it answers for a name that is no name server's. */
static bool serves_pages(const struct view_member *m)
{
	return (m->roles & (MEMBER_HOST | MEMBER_ALIAS | MEMBER_HINT)) != 0;
}

static bool is_server(const struct view_member *m)
{
	return (m->roles & (MEMBER_NS | MEMBER_NS_HOST)) != 0;
}

/* The A side: what serves pages; of a domain that has none, its name servers. */
static bool is_host(const struct view *v, const struct view_member *m)
{
	return v->pages != 0 ? serves_pages(m) : is_server(m);
}

static void count_member(struct view *v, const struct view_member *m)
{
	bool host = is_host(v, m), server = is_server(m);

	v->hosts += host;
	v->host_uses += host ? 1u + m->users : 0;
	v->servers += server;
	v->both += server && serves_pages(m);
	v->movable += host && m->movable;
	v->moved += host && m->movable && m->moved;
	v->ns_moved |= server && m->moved;
	v->accused_hosts += host && m->accused_users != 0;
	v->accused_servers += server && m->accused_users != 0;
	v->single_hosts += host && m->count <= 1;
	v->v6_hosts += host && !addr_is_v4(&m->addr);
	v->alias_hosts += host && (m->roles & MEMBER_ALIAS) != 0;
	v->hint_hosts += host && (m->roles & MEMBER_HINT) != 0;
}

/* A first cluster for each member, then sorted and merged; members of one /24 (/48) count once in `hosts`. */
static void cluster(struct view *v, const struct nets *nets)
{
	unsigned kept = 0;
	struct addr last = {{0}};

	for (unsigned i = 0; i < v->n_members; i++) {
		const struct view_member *m = &v->members[i];
		bool v4 = addr_is_v4(&m->addr);
		struct addr near = addr_prefix(&m->addr, v4 ? 24 : 48);
		bool again = i != 0 && memcmp(&near, &last, sizeof near) == 0; /* members are sorted */
		bool home;

		v->clusters[i] = (struct view_cluster){.net = m->net,
						       .host_members = is_host(v, m),
						       .server_members = is_server(m),
						       .hosts = is_host(v, m) && !again,
						       .servers = is_server(m) && !again};
		if (m->net == 0)
			v->clusters[i].prefix = addr_prefix(&m->addr, v4 ? 16 : 32);
		home = !again && (nets == NULL || m->net == 0 ||
				  nets_get(nets, m->net)->kind[NET_CONSUMER] >= VIEW_HOME_LEAST);
		v->homes += home && is_host(v, m);
		v->server_homes += home && is_server(m);
		last = near;
	}
	qsort(v->clusters, v->n_members, sizeof *v->clusters, by_cluster);
	for (unsigned i = 0; i < v->n_members; i++) {
		struct view_cluster *c = &v->clusters[i], *k = &v->clusters[kept == 0 ? 0 : kept - 1];

		if (kept == 0 || by_cluster(c, k) != 0) {
			v->clusters[kept++] = *c;
			continue;
		}
		k->hosts += c->hosts;
		k->servers += c->servers;
		k->host_members += c->host_members;
		k->server_members += c->server_members;
	}
	v->n_clusters = kept;
}

static void count_networks(struct view *v)
{
	uint8_t seen[26 * 26] = {0};

	for (unsigned i = 0; i < v->n_clusters; i++) {
		struct view_cluster *c = &v->clusters[i];

		/* a cluster whose only member of a side shared its /24 with the other side still counts once
		 */
		c->hosts = c->hosts == 0 && c->host_members != 0 ? 1 : c->hosts;
		c->servers = c->servers == 0 && c->server_members != 0 ? 1 : c->servers;
		v->host_clusters += c->hosts != 0;
		v->server_clusters += c->servers != 0;
		v->networks += c->net != 0 && (v->hosts == 0 ? c->servers != 0 : c->hosts != 0);
	}
	for (unsigned i = 0; i < v->n_members; i++) {
		const struct view_member *m = &v->members[i];
		unsigned a = (unsigned)(m->country[0] - 'A'), b = (unsigned)(m->country[1] - 'A');

		if (a < 26 && b < 26 && (v->hosts == 0 || is_host(v, m)) && !seen[a * 26 + b]++)
			v->countries++;
	}
}

/* Who else uses a member. The domain itself stands among the uses and is left out. */
static void count_users(struct view_member *m, const struct members *members, const struct domain *d)
{
	const struct member *member = members_find(members, &m->addr);
	uint32_t others;

	if (member == NULL)
		return;
	others = member->n_uses;
	for (const struct member_use *u = &member->use; u != NULL; u = members_next(members, member, u))
		if (u->domain == d->hash)
			others--;
		else
			m->accused_users = (uint16_t)(m->accused_users + ((u->roles & MEMBER_ACCUSED) != 0));
	m->users = (uint16_t)(others < UINT16_MAX ? others : UINT16_MAX);
}

static int by_domain(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

#define USE_ACCUSED UINT64_C(1) /* of a use: the last bit of the domain's hash stands for its mark */

/* Lists who else uses the hosts. */
static unsigned list_uses(struct view *v, const struct members *members)
{
	unsigned n = 0;

	for (unsigned i = 0; i < v->n_members; i++) {
		const struct member *m =
			is_host(v, &v->members[i]) ? members_find(members, &v->members[i].addr) : NULL;

		for (const struct member_use *u = m == NULL ? NULL : &m->use; u != NULL && n < VIEW_USES_MAX;
		     u = members_next(members, m, u))
			if (u->domain != v->domain->hash)
				v->uses[n++] = (u->domain & ~USE_ACCUSED) |
					       ((u->roles & MEMBER_ACCUSED) != 0 ? USE_ACCUSED : 0);
	}
	return n;
}

/* Domains that are met at two hosts or more draw from the same members; one may be shared by chance. */
static void count_partners(struct view *v, const struct members *members)
{
	unsigned n = list_uses(v, members), end;

	qsort(v->uses, n, sizeof *v->uses, by_domain);
	for (unsigned i = 0; i < n; i = end) {
		for (end = i + 1; end < n && (v->uses[end] | USE_ACCUSED) == (v->uses[i] | USE_ACCUSED);)
			end++;
		if (end - i < 2)
			continue;
		v->partners++;
		v->accused_partners +=
			(v->uses[end - 1] & USE_ACCUSED) != 0; /* those with a mark come last */
	}
}

static void answers(struct view *v, const struct partition *p)
{
	for (uint32_t w = v->domain->owners; w != NONE; w = p->owners[w].next)
		for (uint32_t s = p->owners[w].sets; s != NONE; s = p->sets[s].next)
			if ((p->sets[s].member_role & (MEMBER_HOST | MEMBER_ALIAS | MEMBER_HINT)) != 0 &&
			    p->sets[s].n > v->answer_max)
				v->answer_max = p->sets[s].n;
}

static void ttls(struct view *v, const struct partition *p)
{
	uint32_t list[VIEW_TTLS_MAX];
	unsigned n = 0;

	for (uint32_t w = v->domain->owners; w != NONE && n < VIEW_TTLS_MAX; w = p->owners[w].next)
		if (p->owners[w].ttl_min != UINT32_MAX &&
		    (p->owners[w].roles & (OWNER_HOST | OWNER_ALIAS)) != 0)
			list[n++] = p->owners[w].ttl_max;
	if (n == 0)
		return;
	qsort(list, n, sizeof *list, by_number);
	v->have_ttl = true;
	v->ttl_min = list[0];
	v->ttl_median = list[n / 2];
}

static bool make_room(struct view *v)
{
	if (v->members == NULL)
		v->members = calloc(VIEW_MEMBERS_MAX, sizeof *v->members);
	if (v->clusters == NULL)
		v->clusters = calloc(VIEW_MEMBERS_MAX, sizeof *v->clusters);
	if (v->uses == NULL)
		v->uses = calloc(VIEW_USES_MAX, sizeof *v->uses);
	return v->members != NULL && v->clusters != NULL && v->uses != NULL;
}

bool view_make(struct view *v, struct partition *p, uint32_t domain, const struct view_context *context)
{
	struct view_member *members;
	struct view_cluster *clusters;
	uint64_t *uses;
	struct inner inner;
	unsigned n = 0;

	if (!make_room(v))
		return false;
	members = v->members;
	clusters = v->clusters;
	uses = v->uses;
	*v = (struct view){.members = members,
			   .clusters = clusters,
			   .uses = uses,
			   .partition = p,
			   .domain = &p->domains[domain]};
	v->name = partition_name(p, v->domain->name);
	partition_settle(p, domain);
	list_inner(v, p, &inner);
	for (uint32_t w = v->domain->owners; w != NONE; w = p->owners[w].next) {
		unsigned first = n;

		n = collect(v, p, &p->owners[w], n, (p->owners[w].roles & OWNER_SERVER) != 0);
		mark_inner(v, w, &inner, first, n);
		v->names += (p->owners[w].roles & OWNER_FOREIGN) == 0;
	}
	if (v->domain->more_owners != NONE)
		v->names += (unsigned)sketch_count(&p->sketches[v->domain->more_owners]);
	if (v->domain->more_pairs != NONE)
		v->more_members = (unsigned)sketch_count(&p->sketches[v->domain->more_pairs]);
	n = collect_aliases(v, p, context, n);
	n = collect_servers(v, domain, context, n);
	merge(v, n);
	for (unsigned i = 0; i < v->n_members; i++)
		v->pages += serves_pages(&v->members[i]);
	for (unsigned i = 0; i < v->n_members; i++) {
		if (context->detail && context->nets != NULL)
			nets_find(context->nets, &v->members[i].addr, v->members[i].country);
		if (context->members != NULL && (context->detail || context->members->any_accused))
			count_users(&v->members[i], context->members, v->domain);
		count_member(v, &v->members[i]);
	}
	if (v->accused_hosts != 0)
		count_partners(v, context->members);
	cluster(v, context->nets);
	count_networks(v);
	answers(v, p);
	ttls(v, p);
	return true;
}
