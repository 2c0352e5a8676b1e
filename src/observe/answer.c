/* SPDX-License-Identifier: Apache-2.0 */
/* answer.c -- the answer section: from the question along its aliases to addresses and hints. */
#include <string.h>

#include "base/cursor.h"
#include "observe/look.h"

enum { SVC_IPV4HINT = 4, SVC_IPV6HINT = 6 }; /* RFC 9460, 14.3.2 */

bool look_domain(const struct look *l, const uint8_t *name, uint8_t len, uint8_t *at)
{
	size_t start;

	if (l->domain != NULL && name == message_name_octets(l->m, l->m->qname)) {
		*at = (uint8_t)(len - l->domain_len);
		return true;
	}
	if (len == l->domain_len && memcmp(name, l->domain, len) == 0) {
		*at = 0;
		return true;
	}
	if (psl_find(l->o->config.psl, name, len, &start) != PSL_DOMAIN)
		return false;
	*at = (uint8_t)start;
	return true;
}

void look_zone(struct look *l)
{
	const struct message *m = l->m;
	const uint8_t *qname = message_name_octets(m, m->qname);
	uint8_t qlen = m->names[m->qname].len, at;

	if (l->speaker == SPEAKER_RECURSIVE)
		return;
	if (l->frame.in->zone_len != 0) {
		l->zone = l->frame.in->zone;
		l->zone_len = l->frame.in->zone_len;
		return;
	}
	for (size_t i = 0; i < m->n_records; i++) {
		const struct record *r = &m->records[i];
		const struct message_name *owner = &m->names[r->owner];

		if (r->section == SECTION_AUTHORITY && (r->type == RR_NS || r->type == RR_SOA) &&
		    owner->len > l->zone_len &&
		    name_is_below(qname, qlen, message_name_octets(m, r->owner), owner->len)) {
			l->zone = message_name_octets(m, r->owner);
			l->zone_len = owner->len;
		}
	}
	if (l->zone == NULL && look_domain(l, qname, qlen, &at)) {
		l->zone = qname + at;
		l->zone_len = (uint8_t)(qlen - at);
	}
}

static bool may_speak(const void *context, const uint8_t *owner, uint8_t len)
{
	const struct look *l = context;

	return belief_of(l->speaker, PLACE_ANSWER, look_in_zone(l, owner, len)) != TRUST_NONE;
}

/* The address hints of one HTTPS or SVCB record. */
static void add_hints(struct look *l, const struct record *r)
{
	struct cursor c = cursor_over(r->rdata, r->rdlen);
	size_t name = 0;

	cursor_skip(&c, 2);                                             /* SvcPriority */
	while ((name = cursor_u8(&c)) != 0 && name <= LABEL_OCTETS_MAX) /* TargetName is never compressed */
		cursor_skip(&c, name);
	while (c.err == OK && cursor_left(&c) >= 4) {
		uint16_t key = cursor_u16(&c), len = cursor_u16(&c);
		const uint8_t *value = cursor_bytes(&c, len);
		size_t each = key == SVC_IPV4HINT ? 4 : key == SVC_IPV6HINT ? 16 : 0;

		for (size_t i = 0; value != NULL && each != 0 && i + each <= len; i += each) {
			struct addr a = each == 4 ? addr_v4(value + i) : addr_v6(value + i);
			look_add(l, a);
		}
	}
}

/* Adds what one record gives to the set. */
static void add_record(struct look *l, const struct record *r)
{
	struct addr a;

	l->set.ttl = r->ttl < l->set.ttl ? r->ttl : l->set.ttl;
	if (r->type == RR_HTTPS || r->type == RR_SVCB) {
		add_hints(l, r);
		return;
	}
	a = r->type == RR_A ? addr_v4(r->rdata) : addr_v6(r->rdata);
	look_add(l, a);
}

/* Collects the addresses of `type` at the end of the chain. */
static void gather(struct look *l, uint16_t type)
{
	const struct message *m = l->m;

	l->set.n = 0;
	l->set.ttl = UINT32_MAX;
	l->set.type = type;
	for (size_t i = 0; i < m->n_records && m->records[i].section == SECTION_ANSWER; i++) {
		const struct record *r = &m->records[i];

		if (r->type == type && r->class == CLASS_IN && chain_ends_at(&l->chain, m, r->owner) &&
		    may_speak(l, message_name_octets(m, r->owner), m->names[r->owner].len))
			add_record(l, r);
	}
	emit_sort(&l->set);
}

/* Tells the domain at the chain's end, as its owner's addresses, and each other domain on the chain, as an
 * alias. */
static void tell(struct look *l)
{
	const struct chain_link *end = &l->chain.links[l->chain.n - 1], *asked = &l->chain.links[0];
	uint8_t hint = l->set.type == RR_HTTPS || l->set.type == RR_SVCB ? MEMBER_HINT : 0;
	const uint8_t *told[CHAIN_MAX];
	uint8_t told_len[CHAIN_MAX];
	unsigned n_told = 0;

	for (unsigned i = l->chain.n; i-- > 0;) {
		const struct chain_link *link = &l->chain.links[i];
		bool known = false, own = i + 1 == l->chain.n;
		uint8_t at;

		if (!look_domain(l, link->octets, link->len, &at))
			continue;
		for (unsigned k = 0; k < n_told; k++)
			known |= told_len[k] == link->len - at &&
				 memcmp(told[k], link->octets + at, told_len[k]) == 0;
		if (known)
			continue;
		told[n_told] = link->octets + at;
		told_len[n_told++] = (uint8_t)(link->len - at);
		l->set.domain = link->octets + at;
		l->set.domain_len = (uint8_t)(link->len - at);
		l->set.owner = link->octets;
		l->set.owner_len = link->len;
		/* the owner is told which name was asked for it, the asker where its alias leads */
		l->set.via = own ? asked->octets : end->octets;
		l->set.via_len = own ? (uint8_t)(l->chain.n > 1 ? asked->len : 0) : end->len;
		l->set.member_role = (uint8_t)((own ? MEMBER_HOST : MEMBER_ALIAS) | hint);
		if (l->set.n != 0 ||
		    !own) /* where an alias leads without addresses there is nothing to tell */
			emit_addresses(l->o, &l->frame, &l->set);
	}
}

/* The types that addresses come in, in the order in which they are told. */
static const uint16_t types[] = {RR_A, RR_AAAA, RR_HTTPS, RR_SVCB};

enum { TYPES = sizeof types / sizeof *types };

static unsigned type_bit(uint16_t type)
{
	for (unsigned i = 0; i < TYPES; i++)
		if (types[i] == type)
			return 1u << i;
	return 0;
}

/* Counts what is not used. Returns which types there are to gather, a bit for each. */
static unsigned survey(struct look *l)
{
	const struct message *m = l->m;
	uint64_t unreachable = 0;
	bool reachable = false;
	unsigned found = 0;

	for (size_t i = 0; i < m->n_records && m->records[i].section == SECTION_ANSWER; i++) {
		const struct record *r = &m->records[i];
		bool at_end = chain_ends_at(&l->chain, m, r->owner);
		bool on_chain = at_end || chain_has(&l->chain, m, r->owner);

		if (r->type == RR_OPT || r->type == RR_RRSIG)
			continue;
		reachable |= on_chain;
		if (!may_speak(l, message_name_octets(m, r->owner), m->names[r->owner].len))
			l->o->counts.disbelieved_records++;
		else if (at_end && r->class == CLASS_IN)
			found |= type_bit(r->type);
		else
			unreachable += r->type != RR_DNAME && !on_chain;
	}
	l->o->counts.unreachable_records += unreachable;
	l->o->counts.mismatched += unreachable != 0 && !reachable;
	return found;
}

/*
 * An answer of aliases alone. An authority does not speak for where an alias leads out of its zone, and the
 * resolver asks elsewhere. So the domains on the chain are told where it leads, as a set of no members.
 */
static void tell_aliases(struct look *l)
{
	bool wanted = l->m->qtype == RR_CNAME; /* as logs ask that tell single records */

	for (unsigned i = 0; i < TYPES; i++)
		wanted |= types[i] == l->m->qtype;
	if (!wanted || l->chain.n < 2 || l->m->rcode != RCODE_NOERROR)
		return;
	l->set.n = 0;
	l->set.type = RR_CNAME;
	l->set.ttl = UINT32_MAX;
	for (unsigned i = 1; i < l->chain.n; i++)
		l->set.ttl = l->chain.links[i].ttl < l->set.ttl ? l->chain.links[i].ttl : l->set.ttl;
	tell(l);
}

void look_answer(struct look *l)
{
	struct chain_rule rule = {.allowed = may_speak, .context = l};
	const struct message *m = l->m;
	unsigned found;

	chain_follow(m, &rule, &l->chain);
	found = survey(l);
	for (unsigned i = 0; i < TYPES; i++) {
		if ((found >> i & 1) == 0)
			continue;
		gather(l, types[i]);
		if (l->set.n != 0)
			tell(l);
	}
	if (found == 0)
		tell_aliases(l);
	if (m->rcode == RCODE_NXDOMAIN || m->n_records == 0 || m->records[0].section != SECTION_ANSWER)
		l->o->counts.negative++;
}
