/* SPDX-License-Identifier: Apache-2.0 */
/* servers.c -- the name servers of the zones above a question, and their addresses: where double flux shows.
 */
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"
#include "observe/look.h"

enum {
	SERVERS_MAX = 32, /* name servers kept of one zone; the rest of a longer set is not looked at */
	ZONES_MAX = 8 /* zones told of in one message: a message of thousands must not cost their square */
};

struct server {
	const uint8_t *octets;
	uint8_t len;
	bool in_zone; /* the server's own name, of the zone that an authority speaks for */
};

/* Whether the owner of an NS record is a zone above some name of the chain. */
static bool above_chain(const struct look *l, const uint8_t *owner, uint8_t len)
{
	for (unsigned i = 0; i < l->chain.n; i++)
		if (name_is_below(l->chain.links[i].octets, l->chain.links[i].len, owner, len))
			return true;
	return false;
}

static int by_octets(const struct server *a, const struct server *b)
{
	int order = memcmp(a->octets, b->octets, a->len < b->len ? a->len : b->len);

	return order != 0 ? order : a->len - b->len;
}

/* Keeps the list sorted and distinct, so that the rotation of a set does not look like change. */
static void insert(struct server *list, unsigned *n, struct server s)
{
	unsigned at = *n;
	int order = 1;

	if (*n == SERVERS_MAX)
		return;
	while (at > 0 && (order = by_octets(&list[at - 1], &s)) > 0)
		at--;
	if (at > 0 && order == 0)
		return;
	for (unsigned i = (*n)++; i > at; i--)
		list[i] = list[i - 1];
	list[at] = s;
}

/* The servers of zone records[first].owner; fills the set's owner, TTL and domain. */
static unsigned gather_servers(struct look *l, size_t first, struct server list[SERVERS_MAX])
{
	const struct message *m = l->m;
	const struct record *head = &m->records[first];
	unsigned n = 0;

	l->set.ttl = UINT32_MAX;
	for (size_t i = first; i < m->n_records && m->records[i].section == head->section; i++) {
		const struct record *r = &m->records[i];
		struct server s;

		if (r->type != RR_NS || r->class != CLASS_IN || r->target == MESSAGE_NO_NAME ||
		    !message_names_equal(m, r->owner, head->owner))
			continue;
		s.octets = message_name_octets(m, r->target);
		s.len = m->names[r->target].len;
		s.in_zone = look_in_zone(l, s.octets, s.len);
		insert(list, &n, s);
		l->set.ttl = r->ttl < l->set.ttl ? r->ttl : l->set.ttl;
	}
	return n;
}

/* Where the addresses of one server and type stand among the records; end 0: there are none. */
struct span {
	size_t first, end;
};

static const uint16_t address_types[] = {RR_A, RR_AAAA};

enum { ADDRESS_TYPES = sizeof address_types / sizeof *address_types };

/* The addresses that the message brings along, in one walk: most messages have one or two for each server. */
static void find_addresses(const struct message *m, const struct server *list, unsigned n,
			   struct span spans[][ADDRESS_TYPES])
{
	uint16_t other = MESSAGE_NO_NAME; /* an owner that is no server: the next record often has it too */

	for (unsigned k = 0; k < n; k++)
		spans[k][0].end = spans[k][1].end = 0;
	for (size_t i = 0; i < m->n_records; i++) {
		const struct record *r = &m->records[i];
		struct span *span;
		unsigned k = 0;

		if ((r->type != RR_A && r->type != RR_AAAA) || r->section == SECTION_AUTHORITY ||
		    r->class != CLASS_IN || r->owner == other)
			continue;
		while (k < n && !message_name_is(m, r->owner, list[k].octets, list[k].len))
			k++;
		if (k == n) {
			other = r->owner;
			continue;
		}
		span = &spans[k][r->type == RR_AAAA];
		if (span->end == 0)
			span->first = i;
		span->end = i + 1;
	}
}

static void gather_addresses(struct look *l, const struct server *s, const struct span *span, uint16_t type)
{
	const struct message *m = l->m;

	l->set.n = 0;
	l->set.ttl = UINT32_MAX;
	l->set.type = type;
	for (size_t i = span->first; i < span->end; i++) {
		const struct record *r = &m->records[i];
		struct addr a;

		if (r->type != type || r->class != CLASS_IN || r->section == SECTION_AUTHORITY ||
		    !message_name_is(m, r->owner, s->octets, s->len))
			continue;
		a = type == RR_A ? addr_v4(r->rdata) : addr_v6(r->rdata);
		l->set.ttl = r->ttl < l->set.ttl ? r->ttl : l->set.ttl;
		look_add(l, a);
	}
	emit_sort(&l->set);
}

/*
 * An address of a name server that belongs to the zone's domain is told to that. Another's is told to the
 * servers of the zone's group, which keep each server once, whatever number of zones it serves; and to the
 * server's own domain, which thus learns that it serves.
 */
static void tell_addresses(struct look *l, const struct server *s, const struct emit_domain *zone,
			   uint16_t servers)
{
	static const uint8_t root[1] = {0};
	enum trust trust = belief_of(l->speaker, PLACE_NS_ADDRESS, s->in_zone);
	uint8_t glue = trust == TRUST_GLUE ? MEMBER_GLUE : 0, at;
	bool own = name_is_below(s->octets, s->len, zone->octets, zone->len);
	unsigned target = own ? (unsigned)TARGET_ZONE : servers % OBS_GROUPS;

	if (trust == TRUST_NONE)
		return;
	l->set.owner = s->octets;
	l->set.owner_len = s->len;
	l->set.via_len = 0;
	l->set.domain = own ? zone->octets : root;
	l->set.domain_len = own ? zone->len : 1;
	l->set.servers = own ? 0 : servers;
	l->set.member_role = (uint8_t)(MEMBER_NS | glue);
	emit_prepare(l->o, &l->frame, &l->set);
	if (!emit_knows(l->o, &l->set, target))
		emit_prepared(l->o, &l->frame, &l->set, target);
	l->set.servers = 0;
	if (own || emit_knows(l->o, &l->set, TARGET_ITSELF) || !look_domain(l, s->octets, s->len, &at))
		return;
	l->set.domain = s->octets + at;
	l->set.domain_len = (uint8_t)(s->len - at);
	l->set.member_role = (uint8_t)(MEMBER_NS_HOST | glue);
	emit_prepared(l->o, &l->frame, &l->set, TARGET_ITSELF);
}

/* The servers of a zone, and where their addresses stand. */
struct served {
	struct emit_domain zone;
	const struct server *list;
	unsigned n;
	struct span spans[SERVERS_MAX][ADDRESS_TYPES];
};

/* Adds what one set of one server says to the text; when a cache drops it, -1 without room in the text. */
static int64_t add_set(const struct look *l, const struct served *z, unsigned server, unsigned t,
		       struct buf *text)
{
	const struct server *s = &z->list[server];
	const struct span *span = &z->spans[server][t];
	const struct message *m = l->m;
	size_t size = address_types[t] == RR_A ? 4 : 16;
	uint32_t ttl = UINT32_MAX;

	for (size_t i = span->first; i < span->end; i++) {
		const struct record *r = &m->records[i];

		if (r->type != address_types[t] || r->class != CLASS_IN || r->section == SECTION_AUTHORITY ||
		    !message_name_is(m, r->owner, s->octets, s->len))
			continue;
		if (text->room - text->len < size)
			return -1;
		memcpy(text->bytes + text->len, r->rdata, size);
		text->len += size;
		ttl = r->ttl < ttl ? r->ttl : ttl;
	}
	return l->frame.in->time_ns / NS_PER_SECOND + ttl;
}

static bool is_plain(const struct look *l, uint16_t lacks)
{
	const struct intake *in = l->frame.in;

	return l->speaker == SPEAKER_RECURSIVE && in->count == 1 && in->late == 0 && l->frame.marks == 0 &&
	       (lacks & (LACK_LOOKUPS | LACK_TTL)) == 0;
}

/* What all the addresses say together, so that what many zones have need not be looked at set by set: the
 * hash of the servers' names, then each set. False: it is no plain case. */
static bool tell_together(const struct look *l, const struct served *z, struct memo_tale_all *tale)
{
	const struct intake *in = l->frame.in;
	uint16_t lacks = (uint16_t)(in->lacks | l->o->config.mask);
	uint64_t octets[32];
	struct buf text = {.bytes = (uint8_t *)octets, .room = sizeof octets, .len = 2 * sizeof *octets};
	unsigned sets = 0;

	if (!is_plain(l, lacks))
		return false;
	octets[0] = l->set.set_hash;
	octets[1] = (uint64_t)in->vantage << 32 | (uint64_t)lacks << 16 | (uint64_t)l->frame.role;
	for (unsigned i = 0; i < z->n; i++)
		for (unsigned t = 0; t < ADDRESS_TYPES; t++) {
			if (z->spans[i][t].end == 0)
				continue;
			if (sets == MEMO_SETS || text.room - text.len < 2 ||
			    name_is_below(z->list[i].octets, z->list[i].len, z->zone.octets, z->zone.len))
				return false;
			text.bytes[text.len++] = (uint8_t)i;
			text.bytes[text.len++] = (uint8_t)t;
			tale->dies_s[sets] = add_set(l, z, i, t, &text);
			if (tale->dies_s[sets++] < 0)
				return false;
		}
	tale->time_ns = in->time_ns;
	tale->fingerprint = hash_bytes(text.bytes, text.len, l->o->config.bucket_key);
	return sets != 0;
}

static void tell_each(struct look *l, const struct served *z, uint16_t servers)
{
	for (unsigned i = 0; i < z->n; i++)
		for (unsigned t = 0; t < ADDRESS_TYPES; t++) {
			if (z->spans[i][t].end == 0)
				continue;
			gather_addresses(l, &z->list[i], &z->spans[i][t], address_types[t]);
			if (l->set.n != 0)
				tell_addresses(l, &z->list[i], &z->zone, servers);
		}
}

/* Tells of the servers' addresses; the set is as the zone left it. */
static void tell_servers(struct look *l, const struct server *list, unsigned n)
{
	struct observe_counts *c = &l->o->counts;
	uint64_t told = c->observations, special = c->special_addresses;
	uint16_t servers = emit_servers_of(l->o, &l->set);
	struct memo_tale_all tale = {.target = servers % OBS_GROUPS};
	struct served z; /* spans are set as far as they are read */
	bool together;
	uint32_t known;

	z.zone = (struct emit_domain){.octets = l->set.domain, .len = l->set.domain_len};
	z.list = list;
	z.n = n;
	find_addresses(l->m, list, n, z.spans);
	together = tell_together(l, &z, &tale);
	known = together ? memo_knows_all(&l->o->memo, &tale) : 0;
	if (known != 0) {
		c->observations += known;
		c->left_out += known;
		return;
	}
	tell_each(l, &z, servers);
	if (together && c->special_addresses == special)
		memo_note_all(&l->o->memo, &tale, c->observations - told);
}

static void tell_zone(struct look *l, size_t first)
{
	const struct message *m = l->m;
	const uint8_t *zone = message_name_octets(m, m->records[first].owner);
	uint8_t zone_len = m->names[m->records[first].owner].len, at;
	struct server list[SERVERS_MAX];
	uint8_t octets[SERVERS_MAX * NAME_OCTETS_MAX];
	struct buf names = {.bytes = octets, .room = sizeof octets};
	unsigned n;

	if (belief_of(l->speaker, PLACE_NS, look_in_zone(l, zone, zone_len)) == TRUST_NONE) {
		l->o->counts.disbelieved_records++;
		return;
	}
	if (!look_domain(l, zone, zone_len, &at)) /* a public suffix's own servers are nobody's flux */
		return;
	n = gather_servers(l, first, list);
	for (unsigned i = 0; i < n; names.len += list[i++].len)
		name_copy(octets + names.len, list[i].octets, list[i].len);
	l->set.domain = zone + at;
	l->set.domain_len = (uint8_t)(zone_len - at);
	l->set.owner = zone;
	l->set.owner_len = zone_len;
	l->set.via_len = 0;
	l->set.n = n;
	l->set.type = RR_NS;
	l->set.member_role = MEMBER_NS;
	emit_servers(l->o, &l->frame, &l->set, &names);
	tell_servers(l, list, n);
}

void look_servers(struct look *l)
{
	const struct message *m = l->m;
	const struct record *last = NULL; /* the zone just told: the records of an rrset stand together */
	unsigned told = 0;

	for (size_t i = 0; i < m->n_records && m->records[i].section != SECTION_ADDITIONAL; i++) {
		const struct record *r = &m->records[i];

		if (r->type != RR_NS || r->class != CLASS_IN || r->target == MESSAGE_NO_NAME)
			continue;
		if (last != NULL && last->section == r->section &&
		    message_names_equal(m, last->owner, r->owner))
			continue;
		last = r;
		if (!above_chain(l, message_name_octets(m, r->owner), m->names[r->owner].len) ||
		    ++told > ZONES_MAX)
			l->o->counts.unreachable_records++;
		else
			tell_zone(l, i);
	}
}
