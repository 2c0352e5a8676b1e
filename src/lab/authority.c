/* SPDX-License-Identifier: Apache-2.0 */
/* authority.c -- see authority.h. */
#include "lab/authority.h"

#include <stdlib.h>

#include "base/stamp.h"

enum err authority_init(struct authority *a, const struct world *w)
{
	*a = (struct authority){.w = w};
	a->v4 = calloc(w->n_hosts, sizeof *a->v4);
	a->v6 = calloc(w->n_hosts, sizeof *a->v6);
	if (w->wide)
		a->hints = calloc(w->n_hosts, sizeof *a->hints);
	a->alias = calloc(w->n_hosts, sizeof *a->alias);
	a->alias_until_s = calloc(w->n_hosts, sizeof *a->alias_until_s);
	a->ns_until_s = calloc(w->n_zones, sizeof *a->ns_until_s);
	if (a->v4 == NULL || a->v6 == NULL || (w->wide && a->hints == NULL) || a->alias == NULL ||
	    a->alias_until_s == NULL || a->ns_until_s == NULL)
		return E_MEMORY;
	for (uint32_t i = 0; i < w->n_hosts; i++)
		a->alias[i] = w->hosts[i].alias;
	return OK;
}

void authority_fini(struct authority *a)
{
	free(a->v4);
	free(a->v6);
	free(a->hints);
	free(a->alias);
	free(a->alias_until_s);
	free(a->ns_until_s);
	*a = (struct authority){0};
}

static int64_t second(int64_t ns)
{
	return ns / NS_PER_SECOND;
}

uint32_t authority_left(int64_t until_s, int64_t now_ns)
{
	return until_s <= second(now_ns) ? 0 : (uint32_t)(until_s - second(now_ns));
}

struct lab_record *authority_add(struct lab_exchange *x, enum section s, const uint8_t *owner, uint16_t type,
				 uint32_t ttl)
{
	struct lab_record *rec;

	if (x->n < LAB_RECORDS_MAX) /* no answer of the lab comes near; the last one would be overwritten */
		x->n++;
	rec = &x->records[x->n - 1];
	*rec = (struct lab_record){.owner = owner, .ttl = ttl, .type = type, .section = (uint8_t)s};
	return rec;
}

struct said *authority_said(const struct authority *a, uint32_t host, uint16_t type)
{
	return type == RR_AAAA ? &a->v6[host] : type == RR_HTTPS ? &a->hints[host] : &a->v4[host];
}

/* One record with the addresses of a set as its hints. */
static void add_hints(struct authority *a, struct lab_exchange *x, const uint8_t *owner,
		      const struct said *set)
{
	authority_add(x, SECTION_ANSWER, owner, RR_HTTPS, authority_left(set->until_s, x->answered_ns));
	for (int v6 = 0; v6 < 2; v6++)
		for (uint32_t i = 0; i < set->n && x->n_hints < LAB_HINTS_MAX; i++) {
			const struct member *m = &a->w->members[set->members[i]];
			const struct addr *hint = v6 ? &m->v6 : &m->v4;

			if (!addr_is_none(hint))
				x->hints[x->n_hints++] = *hint;
		}
}

/* A host's addresses in the order a server hands them out: rotated by a random step. */
void authority_add_set(struct authority *a, struct lab_exchange *x, const struct placed *p)
{
	const struct said *set = authority_said(a, p->host, p->type);
	uint32_t ttl = authority_left(set->until_s, x->answered_ns);
	uint32_t from = set->n == 0 ? 0 : (uint32_t)rng_below(&a->rng, set->n);

	if (p->type == RR_HTTPS) {
		add_hints(a, x, p->owner, set);
		return;
	}
	for (uint32_t i = 0; i < set->n; i++) {
		const struct member *m = &a->w->members[set->members[(from + i) % set->n]];

		authority_add(x, p->section, p->owner, p->type, ttl)->addr =
			p->type == RR_AAAA ? m->v6 : m->v4;
	}
}

void authority_add_soa(struct authority *a, struct lab_exchange *x, const uint8_t *name, uint32_t zone)
{
	const uint8_t *owner = name;

	if (zone == NONE)
		while (owner[owner[0] + 1] != 0)
			owner += owner[0] + 1;
	else
		owner = a->w->zones[zone].cut;
	authority_add(x, SECTION_AUTHORITY, owner, RR_SOA, NEGATIVE_S)->target =
		zone == NONE ? owner : a->w->hosts[a->w->zones[zone].servers[0]].owner;
}

void authority_add_servers(struct authority *a, struct lab_exchange *x, uint32_t zone)
{
	const struct zone *z = &a->w->zones[zone];
	uint32_t ttl = authority_left(a->ns_until_s[zone], x->answered_ns);

	if (ttl == 0)
		return;
	for (uint32_t i = 0; i < z->n_servers; i++)
		authority_add(x, SECTION_AUTHORITY, z->cut, RR_NS, ttl)->target =
			a->w->hosts[z->servers[i]].owner;
	for (uint32_t i = 0; i < z->n_servers; i++) {
		uint32_t server = z->servers[i];
		const uint8_t *owner = a->w->hosts[server].owner;

		if (authority_left(a->v4[server].until_s, x->answered_ns) != 0)
			authority_add_set(a, x, &(struct placed){SECTION_ADDITIONAL, owner, server, RR_A});
		if (authority_left(a->v6[server].until_s, x->answered_ns) != 0)
			authority_add_set(a, x, &(struct placed){SECTION_ADDITIONAL, owner, server, RR_AAAA});
	}
}

void authority_renew(struct authority *a, uint32_t host, uint16_t type, int64_t now_ns)
{
	const struct host *h = &a->w->hosts[host];
	struct draw d = {h, type == RR_HTTPS ? h->hints : h->pool, now_ns};
	struct said *set = authority_said(a, host, type);
	uint32_t ttl = h->ttl;

	set->n = d.pool == NONE ? 0 : (uint8_t)world_draw(a->w, &d, &a->rng, set->members);
	if (type != RR_HTTPS) {
		uint8_t have = 0;

		for (uint8_t i = 0; i < set->n; i++) {
			const struct member *m = &a->w->members[set->members[i]];

			if (!addr_is_none(type == RR_AAAA ? &m->v6 : &m->v4))
				set->members[have++] = set->members[i];
		}
		set->n = have;
	}
	ttl = set->n == 0 ? NEGATIVE_S : ttl;
	set->until_s = second(now_ns) + ttl;
}

void authority_renew_servers(struct authority *a, uint32_t zone, int64_t now_ns)
{
	const struct zone *z = &a->w->zones[zone];

	a->ns_until_s[zone] = second(now_ns) + z->ns_ttl;
	for (uint32_t i = 0; i < z->n_servers; i++) {
		authority_renew(a, z->servers[i], RR_A, now_ns);
		if (a->w->pools[a->w->hosts[z->servers[i]].pool].plan.v6 > 0)
			authority_renew(a, z->servers[i], RR_AAAA, now_ns);
	}
}

/* Whether a host can have that type at all. */
static bool carries(const struct authority *a, uint16_t type)
{
	return type == RR_A || type == RR_AAAA || (type == RR_HTTPS && a->hints != NULL);
}

/* The end of the aliases: its addresses, or that it has none. */
static uint32_t answer_end(struct authority *a, const struct ask *q, const struct placed *p,
			   struct lab_exchange *x)
{
	const struct host *h = &a->w->hosts[p->host];
	struct said *set;

	if (!carries(a, q->qtype)) {
		authority_add_soa(a, x, q->name, q->zone);
		return NONE;
	}
	authority_renew(a, p->host, q->qtype, x->answered_ns);
	set = authority_said(a, p->host, q->qtype);
	if (h->embedded && q->member != NONE && q->qtype == RR_A) {
		set->members[0] = q->member;
		set->n = 1;
	}
	if (set->n == 0) {
		authority_add_soa(a, x, q->name, q->zone);
		return NONE;
	}
	authority_add_set(a, x, p);
	authority_add_servers(a, x, q->zone);
	return p->host;
}

uint32_t authority_answer(struct authority *a, const struct ask *q, struct lab_exchange *x)
{
	const struct host *h = &a->w->hosts[q->host];
	struct placed p = {SECTION_ANSWER, q->name, q->host, q->qtype};
	int64_t now_ns = x->answered_ns;

	authority_renew_servers(a, q->zone, now_ns);
	while (h->alias != NONE) {
		a->alias_until_s[p.host] = second(now_ns) + h->ttl;
		if (h->n_aliases > 1)
			a->alias[p.host] = h->alias + (uint32_t)rng_below(&a->rng, h->n_aliases);
		p.host = a->alias[p.host];
		authority_add(x, SECTION_ANSWER, p.owner, RR_CNAME, h->ttl)->target =
			a->w->hosts[p.host].owner;
		h = &a->w->hosts[p.host];
		p.owner = h->owner;
		if (h->zone != q->zone ||
		    (a->held && h->alias == NONE &&
		     authority_left(authority_said(a, p.host, q->qtype)->until_s, now_ns) != 0)) {
			authority_add_servers(a, x, q->zone);
			return NONE;
		}
	}
	return answer_end(a, q, &p, x);
}

enum err authority_tell(const struct authority *a, const struct ask *q, const struct said *set, uint32_t zone,
			struct tally *t)
{
	const struct zone *z = &a->w->zones[zone];
	uint32_t at_s = (uint32_t)((q->now_ns - LAB_START_NS) / NS_PER_SECOND);
	enum err e = OK;

	t->lookups++;
	for (uint8_t i = 0; i < set->n && e == OK; i++)
		e = tally_member(t, a->w, set->members[i], q->qtype, at_s);
	if (!z->moving && !z->resettles && t->servers.n != 0)
		return e; /* servers that stay need no second look */
	for (uint32_t i = 0; i < z->n_servers; i++) {
		const struct said *addresses = &a->v4[z->servers[i]];

		for (uint8_t j = 0; j < addresses->n && e == OK; j++)
			e = tally_server(t, a->w, z, addresses->members[j], at_s);
	}
	return e;
}
