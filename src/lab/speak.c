/* SPDX-License-Identifier: Apache-2.0 */
/* speak.c -- see speak.h. */
#include "lab/speak.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "dns/name.h"

enum { SPEAK_STREAM = 5, TOP_TTL = 172800 };

/* What is asked, and where it lies. */
struct place {
	size_t len;                     /* of the question */
	const struct census_name *self; /* NULL: there is no such name */
	const struct census_name *cut;  /* the zone it is in; NULL: none */
	const struct census_top *top;   /* the top-level domain; NULL: the root's, or none */
};

enum err speaker_init(struct speaker *s, const struct world *w, const struct serve_config *c)
{
	enum err e = census_init(&s->census, w);

	s->w = w;
	s->config = c;
	s->root = c->everywhere ? serve_root_address : c->at[0];
	s->top = c->everywhere ? serve_top_address : c->at[c->n_at > 1];
	if (e == OK)
		e = authority_init(&s->authority, w);
	s->tallies = calloc(w->n_zones, sizeof *s->tallies);
	return s->tallies == NULL ? E_MEMORY : e;
}

void speaker_fini(struct speaker *s)
{
	for (uint32_t i = 0; s->tallies != NULL && i < s->w->n_zones; i++)
		tally_fini(&s->tallies[i]);
	free(s->tallies);
	authority_fini(&s->authority);
	census_fini(&s->census);
}

/* What is said of a zone's names in one second is drawn the same, whoever asks, and how often. */
static void draw_by(struct speaker *s, uint32_t what, int64_t now_ns)
{
	uint64_t second = (uint64_t)(now_ns / NS_PER_SECOND);

	rng_seed(&s->authority.rng, s->w->seed + rng_mix(second),
		 SPEAK_STREAM + 16 * (uint64_t)what + ((uint64_t)s->w->vantage << 40));
}

static bool is_top(const struct place *p, const uint8_t *name)
{
	return p->top != NULL && p->len == name_wire_len(p->top->name) &&
	       memcmp(name, p->top->name, p->len) == 0;
}

/* What stands above a cut is not of the zone below it: DS (RFC 4035, 3.1.4.1). */
static void find(const struct speaker *s, const struct lab_exchange *x, struct place *p)
{
	const uint8_t *at = x->question;
	const struct census_name *last = NULL;

	p->self = census_find(&s->census, at, p->len);
	for (size_t len = p->len; *at != 0; len -= *at + 1u, at += *at + 1) {
		const struct census_name *n = census_find(&s->census, at, len);

		if (p->cut == NULL && n != NULL && n->zone != NONE &&
		    !(x->qtype == RR_DS && at == x->question))
			p->cut = n;
		last = n;
	}
	if (last != NULL && last->top != NONE)
		p->top = &s->census.tops[last->top];
	if (x->qtype == RR_DS && is_top(p, x->question))
		p->top = NULL;
}

static void add_apex(struct lab_exchange *x, enum section section, const struct census_top *t)
{
	authority_add(x, section, t->name, RR_SOA, NEGATIVE_S)->target = t->server;
}

static void add_address(struct lab_exchange *x, enum section section, const uint8_t *name,
			const struct addr *a)
{
	authority_add(x, section, name, addr_is_v4(a) ? RR_A : RR_AAAA, TOP_TTL)->addr = *a;
}

static void add_server(struct lab_exchange *x, enum section section, const struct census_top *t,
		       const struct addr *a)
{
	authority_add(x, section, t->name, RR_NS, TOP_TTL)->target = t->server;
	add_address(x, SECTION_ADDITIONAL, t->server, a);
}

/* What the root or a top-level domain has itself: its apex and its server. */
static void say_top(const struct census_top *t, const struct addr *server, const struct place *p,
		    struct lab_exchange *x)
{
	bool apex = p->len == name_wire_len(t->name) && memcmp(x->question, t->name, p->len) == 0;
	bool its_server = p->len == name_wire_len(t->server) && memcmp(x->question, t->server, p->len) == 0;

	x->zone = t->name;
	if (apex && (x->qtype == RR_NS || x->qtype == RR_ANY))
		add_server(x, SECTION_ANSWER, t, server);
	else if (apex && x->qtype == RR_SOA)
		add_apex(x, SECTION_ANSWER, t);
	else if (its_server && x->qtype == (addr_is_v4(server) ? RR_A : RR_AAAA))
		add_address(x, SECTION_ANSWER, t->server, server);
	if (x->n != 0)
		return;
	if (!apex && p->self == NULL)
		x->flags |= RCODE_NXDOMAIN;
	add_apex(x, SECTION_AUTHORITY, t);
}

static bool serves(const struct speaker *s, const uint8_t *name)
{
	const struct census_name *n = census_find(&s->census, name, name_wire_len(name));

	return n != NULL && n->serves;
}

/* Which of the addresses that it is reached at a name server has. */
static const struct addr *reached_at(const struct speaker *s, const uint8_t *name)
{
	const struct census_name *n = census_find(&s->census, name, name_wire_len(name));

	return &s->config->at[2 + n->host % (s->config->n_at - 2)];
}

/* Where zones have servers of their own on this machine, names of servers lead to those: once each. */
static void lead_here(const struct speaker *s, struct lab_exchange *x)
{
	const uint8_t *done[LAB_RECORDS_MAX];
	uint16_t n = 0, n_done = 0;

	for (uint16_t i = 0; i < x->n; i++) {
		struct lab_record r = x->records[i];
		bool again = false;

		if ((r.type == RR_A || r.type == RR_AAAA) && serves(s, r.owner)) {
			for (uint16_t j = 0; j < n_done; j++)
				again = again || done[j] == r.owner;
			if (again)
				continue;
			done[n_done++] = r.owner;
			r.type = RR_A;
			r.addr = *reached_at(s, r.owner);
		}
		x->records[n++] = r;
	}
	x->n = n;
}

/* Glue is of what lies in the zone that refers (RFC 9471, 2). */
static void drop_strange_glue(struct lab_exchange *x, const uint8_t *zone)
{
	size_t len = name_wire_len(zone);
	uint16_t n = 0;

	for (uint16_t i = 0; i < x->n; i++) {
		const struct lab_record *r = &x->records[i];

		if (r->section != SECTION_ADDITIONAL ||
		    name_is_below(r->owner, name_wire_len(r->owner), zone, len))
			x->records[n++] = *r;
	}
	x->n = n;
}

/* The servers of a zone, from the top-level domain above it. */
static void refer(struct speaker *s, const struct place *p, struct lab_exchange *x)
{
	x->zone = p->top->name;
	x->refers = true;
	x->flags &= (uint16_t)~FLAG_AA;
	draw_by(s, p->cut->zone, x->answered_ns);
	authority_renew_servers(&s->authority, p->cut->zone, x->answered_ns);
	authority_add_servers(&s->authority, x, p->cut->zone);
	drop_strange_glue(x, p->top->name);
	if (s->config->n_at > 1)
		lead_here(s, x);
}

static void refer_top(const struct speaker *s, const struct place *p, struct lab_exchange *x)
{
	x->zone = s->census.root.name;
	x->refers = true;
	x->flags &= (uint16_t)~FLAG_AA;
	add_server(x, SECTION_AUTHORITY, p->top, &s->top);
}

/* The member whose address the first label says, "192-0-2-7"; NONE: it says none of them. */
static uint32_t embedded(const struct speaker *s, const struct host *h, const uint8_t *name)
{
	const struct pool *pool = &s->w->pools[h->pool];
	char text[LABEL_OCTETS_MAX];
	struct addr a;

	for (uint8_t i = 0; i < name[0]; i++)
		text[i] = name[1 + i] == '-' ? '.' : (char)name[1 + i];
	if (addr_from_text(text, name[0], &a) != OK)
		return NONE;
	for (uint32_t i = 0; i < pool->plan.n; i++)
		if (memcmp(&s->w->members[pool->slots[i]].v4, &a, sizeof a) == 0)
			return pool->slots[i];
	return NONE;
}

/* The host that answers: the name's own, or the wildcard of the closest name above that exists (RFC 4592). */
static void find_host(const struct speaker *s, const struct place *p, struct ask *q)
{
	const struct census_name *n = p->self;
	const uint8_t *at = q->name;
	const struct host *h;
	size_t len = p->len;

	if (n != NULL) {
		q->host = n->host;
		return;
	}
	while (n == NULL) { /* the cut is there */
		len -= *at + 1u;
		at += *at + 1;
		n = census_find(&s->census, at, len);
	}
	q->host = n->wild;
	h = &s->w->hosts[q->host == NONE ? 0 : q->host];
	if (q->host != NONE && h->embedded && h->alias == NONE &&
	    (q->member = embedded(s, h, q->name)) == NONE)
		q->host = NONE;
}

/* What a zone has at its apex beside hosts; of everything, only where there is no host (RFC 8482, 4.1). */
static bool say_apex(struct speaker *s, const struct place *p, struct lab_exchange *x)
{
	bool any = x->qtype == RR_ANY && p->self == p->cut && p->self->host == NONE;
	uint32_t zone = p->cut->zone;

	if (p->self != p->cut || (x->qtype != RR_NS && x->qtype != RR_SOA && !any))
		return false;
	if (x->qtype != RR_SOA) {
		authority_renew_servers(&s->authority, zone, x->answered_ns);
		authority_add_servers(&s->authority, x, zone);
	} else {
		authority_add_soa(&s->authority, x, x->question, zone);
	}
	for (uint16_t i = 0; i < x->n; i++)
		if (x->records[i].section == SECTION_AUTHORITY)
			x->records[i].section = SECTION_ANSWER;
	return true;
}

static enum err say_host(struct speaker *s, struct ask *q, struct lab_exchange *x)
{
	const struct host *h = &s->w->hosts[q->host];
	uint32_t end;

	q->zone = h->zone;
	if (q->qtype == RR_ANY) /* one set is enough (RFC 8482, 4.1) */
		q->qtype = RR_A;
	if (q->qtype == RR_AAAA && ((s->config->n_at > 1 && serves(s, h->owner)) || h->embedded))
		q->qtype = 0; /* there is none */
	end = authority_answer(&s->authority, q, x);
	if (end == NONE)
		return OK;
	return authority_tell(&s->authority, q, authority_said(&s->authority, end, q->qtype), q->zone,
			      &s->tallies[q->zone]);
}

static enum err say_zone(struct speaker *s, const struct place *p, struct lab_exchange *x)
{
	struct ask q = {.now_ns = x->answered_ns,
			.name = x->question,
			.host = NONE,
			.zone = p->cut->zone,
			.member = NONE,
			.qtype = x->qtype};
	enum err e = OK;

	x->zone = p->cut->name;
	find_host(s, p, &q);
	draw_by(s, q.host == NONE ? s->w->n_hosts + q.zone : q.host, x->answered_ns);
	if (say_apex(s, p, x)) {
		/* all is said */
	} else if (q.host != NONE) {
		e = say_host(s, &q, x);
	} else {
		if (p->self == NULL)
			x->flags |= RCODE_NXDOMAIN;
		authority_add_soa(&s->authority, x, x->question, q.zone);
	}
	if (s->config->n_at > 1)
		lead_here(s, x);
	return e;
}

enum err speaker_say(struct speaker *s, unsigned office, size_t len, struct lab_exchange *x)
{
	struct place p = {.len = len};

	find(s, x, &p);
	if (p.cut != NULL && (office & SPEAK_ZONES) != 0)
		return say_zone(s, &p, x);
	if (p.top != NULL && (office & SPEAK_TOPS) != 0) {
		if (p.cut != NULL)
			refer(s, &p, x);
		else
			say_top(p.top, &s->top, &p, x);
		return OK;
	}
	if ((office & SPEAK_ROOT) == 0)
		return E_ABSENT;
	if (p.top != NULL)
		refer_top(s, &p, x);
	else
		say_top(&s->census.root, &s->root, &p, x);
	return OK;
}
