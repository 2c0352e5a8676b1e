/* SPDX-License-Identifier: Apache-2.0 */
/* chain.c -- see chain.h. */
#include "observe/chain.h"

#include <string.h>

#include "dns/name.h"

static bool same(const struct chain_link *l, const uint8_t *name, uint8_t len)
{
	return l->len == len && (l->octets == name || memcmp(l->octets, name, len) == 0);
}

bool chain_ends_at(const struct chain *c, const uint8_t *name, uint8_t len)
{
	return same(&c->links[c->n - 1], name, len);
}

bool chain_has(const struct chain *c, const uint8_t *name, uint8_t len)
{
	for (unsigned i = 0; i < c->n; i++)
		if (same(&c->links[i], name, len))
			return true;
	return false;
}

static bool owner_allowed(const struct chain_rule *rule, const struct message *m, const struct record *r)
{
	return rule->allowed(rule->context, message_name_octets(m, r->owner), m->names[r->owner].len);
}

/* The name that a DNAME makes of `from`: its labels below the owner, put before the target. */
static bool dname_target(const struct message *m, const struct record *r, const struct chain_link *from,
			 struct chain *c, struct chain_link *to)
{
	const struct message_name *owner = &m->names[r->owner], *target = &m->names[r->target];
	size_t keep = from->len - (size_t)owner->len;

	if (from->len <= owner->len || keep + target->len > NAME_OCTETS_MAX ||
	    !name_is_below(from->octets, from->len, message_name_octets(m, r->owner), owner->len))
		return false;
	memmove(c->synthesized, from->octets, keep); /* `from` may be the last one synthesized */
	memcpy(c->synthesized + keep, message_name_octets(m, r->target), target->len);
	*to = (struct chain_link){c->synthesized, (uint8_t)(keep + target->len), r->ttl};
	return true;
}

static bool next_link(const struct message *m, const struct chain_rule *rule, struct chain *c,
		      struct chain_link *to)
{
	const struct chain_link *from = &c->links[c->n - 1];

	for (size_t i = 0; i < m->n_records && m->records[i].section == SECTION_ANSWER; i++) {
		const struct record *r = &m->records[i];

		if (r->class != CLASS_IN || r->target == MESSAGE_NO_NAME)
			continue;
		if (r->type == RR_CNAME &&
		    same(from, message_name_octets(m, r->owner), m->names[r->owner].len) &&
		    owner_allowed(rule, m, r)) {
			*to = (struct chain_link){message_name_octets(m, r->target), m->names[r->target].len,
						  r->ttl};
			return true;
		}
	}
	for (size_t i = 0; i < m->n_records && m->records[i].section == SECTION_ANSWER; i++) {
		const struct record *r = &m->records[i];

		if (r->type == RR_DNAME && r->class == CLASS_IN && r->target != MESSAGE_NO_NAME &&
		    owner_allowed(rule, m, r) && dname_target(m, r, from, c, to))
			return true;
	}
	return false;
}

void chain_follow(const struct message *m, const struct chain_rule *rule, struct chain *out)
{
	struct chain_link to;

	out->links[0] = (struct chain_link){message_name_octets(m, m->qname), m->names[m->qname].len, 0};
	out->n = 1;
	while (out->n < CHAIN_MAX && next_link(m, rule, out, &to)) {
		if (chain_has(out, to.octets, to.len))
			return;
		out->links[out->n++] = to;
		if (to.octets ==
		    out->synthesized) /* one synthesized name is enough; a second would overwrite it */
			return;
	}
}
