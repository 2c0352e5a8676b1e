/* SPDX-License-Identifier: Apache-2.0 */
/* view.c -- see view.h. */
#include "judge/view.h"

#include <stdlib.h>
#include <string.h>

#include "judge/collect.h"

void view_fini(struct view *v)
{
	free(v->members);
	free(v->clusters);
	free(v->uses);
	*v = (struct view){0};
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

/* See collect_members. */
static void sort_clusters(struct view_cluster *list, unsigned n)
{
	if (n > COLLECT_BY_HAND) {
		qsort(list, n, sizeof *list, by_cluster);
		return;
	}
	for (unsigned i = 1; i < n; i++) {
		struct view_cluster c = list[i];
		unsigned k = i;

		for (; k > 0 && by_cluster(&list[k - 1], &c) > 0; k--)
			list[k] = list[k - 1];
		list[k] = c;
	}
}

static bool is_server(const struct view_member *m)
{
	return (m->roles & (MEMBER_NS | MEMBER_NS_HOST)) != 0;
}

/* The A side: what serves pages; of a domain that has none, its name servers. */
static bool is_host(const struct view *v, const struct view_member *m)
{
	return v->pages != 0 ? collect_pages(m) : is_server(m);
}

bool view_is_agent(const struct view *v, const struct view_member *m, unsigned homes_least)
{
	return (is_host(v, m) && v->homes >= homes_least) || (is_server(m) && v->server_homes >= homes_least);
}

static void count_member(struct view *v, const struct view_member *m)
{
	bool host = is_host(v, m), server = is_server(m);

	v->hosts += host;
	v->host_uses += host ? 1u + m->users : 0;
	v->servers += server;
	v->both += server && collect_pages(m);
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
	sort_clusters(v->clusters, v->n_members);
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
	if (n > 1)
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
	collect_members(v, p, context);
	if (v->domain->more_owners != NONE)
		v->names += (unsigned)sketch_count(&p->sketches[v->domain->more_owners]);
	if (v->domain->more_pairs != NONE)
		v->more_members = (unsigned)sketch_count(&p->sketches[v->domain->more_pairs]);
	for (unsigned i = 0; i < v->n_members; i++)
		v->pages += collect_pages(&v->members[i]);
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
