/* SPDX-License-Identifier: Apache-2.0 */
/* observe.c -- see observe.h: judges a message as a whole, then hands its answer and its name servers on. */
#include "observe/observe.h"

#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "observe/look.h"

void observe_init(struct observer *o, const struct observe_config *config)
{
	*o = (struct observer){.config = *config};
}

void observe_fini(struct observer *o)
{
	message_fini(&o->message);
	memo_close(&o->memo);
}

/* Whether the message is a response worth looking into; counts why not. */
static bool is_response(struct observer *o)
{
	const struct message *m = &o->message;

	if ((m->flags & FLAG_QR) == 0 || (m->flags & FLAG_OPCODE) != 0) {
		o->counts.queries++;
		return false;
	}
	o->counts.responses++;
	if (m->qname == MESSAGE_NO_NAME || m->qclass != CLASS_IN) {
		o->counts.no_question++;
		return false;
	}
	if (m->rcode != RCODE_NOERROR && m->rcode != RCODE_NXDOMAIN) {
		o->counts.failed++;
		return false;
	}
	return true;
}

/* Whether the question can belong to a registrable domain, and to which; counts why not. */
static bool is_judged(struct observer *o, struct look *l)
{
	const struct message *m = &o->message;
	const uint8_t *name = message_name_octets(m, m->qname);
	uint8_t len = m->names[m->qname].len;
	size_t start;

	l->domain = NULL; /* a message taken apart set by set asks this of each */
	l->domain_len = 0;
	switch (psl_find(o->config.psl, name, len, &start)) {
	case PSL_DOMAIN:
		l->domain = name + start;
		l->domain_len = (uint8_t)(len - start);
		return true;
	case PSL_SUFFIX: /* a look-up of a suffix may still carry name servers below it */
		return true;
	case PSL_UNKNOWN:
		o->counts.unknown_suffix++;
		return false;
	case PSL_SPECIAL_USE:
		o->counts.special_use++;
		return false;
	case PSL_ARPA:
		o->counts.reverse++;
		return false;
	}
	return false;
}

static void count_side(struct observe_counts *c, enum role role)
{
	c->client_side += role == ROLE_CLIENT;
	c->resolver_side += role == ROLE_RESOLVER;
	c->authority_side += role == ROLE_AUTHORITY;
}

static uint8_t marks_of(struct observer *o)
{
	const struct message *m = &o->message;
	uint8_t marks = 0;

	if ((m->flags & FLAG_TC) != 0)
		marks |= OBS_TRUNCATED;
	if (m->ecs)
		marks |= OBS_SCOPED;
	if (m->stale)
		marks |= OBS_STALE;
	o->counts.truncated += (marks & OBS_TRUNCATED) != 0;
	o->counts.scoped += (marks & OBS_SCOPED) != 0;
	o->counts.stale += (marks & OBS_STALE) != 0;
	return marks;
}

/* Takes away the sections that a poorer form of input would not have carried. */
static void mask_sections(struct observer *o)
{
	struct message *m = &o->message;
	size_t kept = 0;

	for (size_t i = 0; i < m->n_records; i++) {
		uint8_t s = m->records[i].section;

		if ((s == SECTION_AUTHORITY && (o->config.mask & LACK_AUTHORITY) != 0) ||
		    (s == SECTION_ADDITIONAL && (o->config.mask & LACK_ADDITIONAL) != 0))
			continue;
		m->records[kept++] = m->records[i];
	}
	m->n_records = kept;
}

/* Member by member: clearing the room for addresses would cost more than the rest. */
static void begin(struct look *l, struct observer *o, const struct intake *in)
{
	l->o = o;
	l->m = &o->message;
	l->frame = (struct emit_frame){.in = in};
	l->zone = NULL;
	l->zone_len = 0;
	l->set.servers = 0;
	l->set.hashed = (struct emit_domain){0};
}

static bool is_of_set(const struct record *a, const struct record *b, const struct message *m)
{
	return a->section == b->section && a->type == b->type && a->class == b->class &&
	       message_names_equal(m, a->owner, b->owner);
}

/* One set of the records in `all` from number `first` on, as the answer to the question for just that; each
 * record it takes is marked by its class. */
static void look_at_set(struct look *l, struct record *all, size_t n, size_t first)
{
	struct message *m = &l->o->message;
	struct record head = all[first];

	m->n_records = 0;
	for (size_t i = first; i < n; i++)
		if (all[i].class == CLASS_IN && is_of_set(&all[i], &head, m)) {
			m->records[m->n_records] = all[i];
			m->records[m->n_records++].section = SECTION_ANSWER;
			all[i].class = 0;
		}
	m->qname = head.owner;
	m->qtype = head.type;
	if (!is_judged(l->o, l))
		return;
	look_answer(l);
	look_servers(l);
}

/* As passive DNS tells it, which keeps sets of records and forgets what answers they stood in. */
static void look_at_sets(struct look *l)
{
	struct message *m = &l->o->message;
	size_t n = m->n_records;
	struct record *all = malloc((n + 1) * sizeof *all);

	if (all == NULL) {
		l->o->groups[0].err = E_MEMORY; /* the batch is known to be incomplete */
		return;
	}
	memcpy(all, m->records, n * sizeof *all);
	for (size_t i = 0; i < n; i++)
		if (all[i].class == CLASS_IN && all[i].type != RR_OPT)
			look_at_set(l, all, n, i);
	free(all);
}

/* What keeps a message out of the memo when it grows: each of these only ever grows. */
static uint64_t odd_counts(const struct observe_counts *c)
{
	return c->negative + c->mismatched + c->unreachable_records + c->disbelieved_records +
	       c->special_addresses;
}

/* As told by the source, less what a poorer form of input would not have carried. */
static void tell_role(const struct observer *o, struct look *l)
{
	const struct intake *in = l->frame.in;
	struct intake masked;

	if (o->config.mask != 0) {
		masked = *in;
		masked.lacks |= o->config.mask;
		in = &masked;
	}
	belief_role(in, l->m->flags, &o->config.resolvers, &l->speaker, &l->frame.role);
}

/* Everything but the memo. Returns whether the message was plain: nothing of it was counted but what it is.
 */
static bool look_into(struct observer *o, const struct intake *in)
{
	struct message *m = &o->message;
	struct look look;
	uint64_t odd = odd_counts(&o->counts);

	begin(&look, o, in);
	if (message_parse(m, in->wire, in->len) != OK) {
		o->counts.malformed++;
		return false;
	}
	if (!is_response(o) || !is_judged(o, &look))
		return false;
	tell_role(o, &look);
	count_side(&o->counts, look.frame.role);
	look.frame.marks = marks_of(o);
	if ((o->config.mask & LACK_LOOKUPS) != 0) {
		look_at_sets(&look);
		return false;
	}
	if (o->config.mask != 0)
		mask_sections(o);
	look_zone(&look);
	look_answer(&look);
	look_servers(&look);
	return look.frame.role == ROLE_CLIENT && look.frame.marks == 0 && odd_counts(&o->counts) == odd;
}

static void observe(struct observer *o, const struct intake *in, size_t number)
{
	struct memo_place place;
	const struct memo_entry *known = memo_find(&o->memo, in, number, &place);
	uint64_t told = o->counts.observations;

	o->counts.messages++;
	if (known != NULL) {
		o->counts.responses++;
		o->counts.client_side++;
		o->counts.observations += known->n_obs;
		o->counts.left_out += known->n_obs;
		o->counts.memo_hits++;
		return;
	}
	if (look_into(o, in))
		memo_keep(&o->memo, &place, in, &o->message, o->counts.observations - told);
}

void observe_batch(struct observer *o, const struct intake *batch, size_t n, struct buf groups[OBS_GROUPS])
{
	size_t ahead = MEMO_AHEAD - 1;

	o->groups = groups;
	for (size_t i = 0; i < n && i < ahead; i++)
		memo_announce(&o->memo, &batch[i], i);
	for (size_t i = 0; i < n; i++) {
		if (i + ahead < n)
			memo_announce(&o->memo, &batch[i + ahead], i + ahead);
		observe(o, &batch[i], i);
	}
}

void observe_counts_add(struct observe_counts *a, const struct observe_counts *b)
{
	/* all members are uint64_t counts, so the struct is an array of them */
	uint64_t *to = (uint64_t *)a;
	const uint64_t *from = (const uint64_t *)b;

	for (size_t i = 0; i < sizeof *a / sizeof *to; i++)
		to[i] += from[i];
}
