/* SPDX-License-Identifier: Apache-2.0 */
/* chain.c -- see chain.h. */
#include "observe/chain.h"

#include <string.h>

#include "dns/name.h"

bool chain_has(const struct chain *c, const struct message *m, uint16_t name)
{
	for (unsigned i = 0; i < c->n; i++)
		if (message_name_is(m, name, c->links[i].octets, c->links[i].len))
			return true;
	return false;
}

static bool is_loop(const struct chain *c, const struct chain_link *to)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->links[i].len == to->len && memcmp(c->links[i].octets, to->octets, to->len) == 0)
			return true;
	return false;
}

static bool owner_allowed(const struct chain_rule *rule, const struct message *m, const struct record *r)
{
	return rule->allowed(rule->context, message_name_octets(m, r->owner), m->names[r->owner].len);
}

/* The name that a DNAME makes of `from`: its labels below the owner, put before the target. */
static bool dname_target(const struct message *m, const struct record *r, struct chain *c,
			 struct chain_link *to)
{
	const struct chain_link *from = &c->links[c->n - 1];
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
	bool dname = false;

	for (size_t i = 0; i < m->n_records && m->records[i].section == SECTION_ANSWER; i++) {
		const struct record *r = &m->records[i];

		if (r->target == MESSAGE_NO_NAME)
			continue;
		dname |= r->type == RR_DNAME;
		if (r->type == RR_CNAME && chain_ends_at(c, m, r->owner) && owner_allowed(rule, m, r)) {
			*to = (struct chain_link){message_name_octets(m, r->target), m->names[r->target].len,
						  r->ttl};
			return true;
		}
	}
	for (size_t i = 0; dname && i < m->n_records && m->records[i].section == SECTION_ANSWER; i++) {
		const struct record *r = &m->records[i];

		if (r->type == RR_DNAME && r->target != MESSAGE_NO_NAME && owner_allowed(rule, m, r) &&
		    dname_target(m, r, c, to))
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
		if (is_loop(out, &to))
			return;
		out->links[out->n++] = to;
		if (to.octets ==
		    out->synthesized) /* one synthesized name is enough; a second would overwrite it */
			return;
	}
}
