/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_profile.h -- for tests: look-ups written by hand, observed and applied to partitions wired as a pass
 * wires them, and what is then known, as text.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the first three above */
#include <cmocka.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "observe/made_message.h"
#include "observe/observe.h"
#include "profile/tables.h"

enum { RECURSIVE = FLAG_RD | FLAG_RA, AUTHORITY = FLAG_AA };

#define MADE_START_S INT64_C(1700000000)

/* One message: see made_message.h for its text. */
struct seen {
	unsigned at_s;
	uint16_t flags;
	const char *message;
	uint16_t vantage;
	uint8_t role; /* enum role */
	uint16_t lacks;
	uint32_t count;  /* 0: 1 */
	unsigned span_s; /* of an aggregate, from the first to the last */
	bool stale;      /* with the mark of RFC 8914 */
};

struct made_config {
	uint64_t bucket_key;
	size_t memory_bytes;            /* of one partition, 0: no limit */
	uint32_t owners_max, pairs_max; /* of a domain; 0: as the memory says */
	bool together;                  /* all domains in one partition, all servers in another */
	bool fetch;                     /* start loads ahead, as a pass does */
	size_t batch;                   /* messages observed at once; 0: 1 */
	uint32_t (*net_of)(void *context, const struct addr *a, bool *home);
	void *net_context;
};

struct profiles {
	struct made_config made;
	struct observer observer;
	struct psl *psl;
	struct profile_config config, servers;
	struct partition parts[OBS_ALL];
	uint64_t told; /* observations applied that brought a new pair */
};

static inline struct profiles *made_profiles(const struct made_config *made)
{
	struct profiles *s = calloc(1, sizeof *s);
	struct observe_config observe = {.bucket_key = made->bucket_key, .sketch_key = 5};

	assert(s != NULL);
	s->made = *made;
	s->psl = made_psl();
	observe.psl = s->psl;
	observe_init(&s->observer, &observe);
	s->config = (struct profile_config){.bucket_key = made->bucket_key,
					    .sketch_key = 5,
					    .memory_bytes = made->memory_bytes,
					    .net_of = made->net_of,
					    .net_context = made->net_context};
	profile_config_limits(&s->config);
	if (made->owners_max != 0)
		s->config.domain_owners_max = made->owners_max;
	if (made->pairs_max != 0)
		s->config.domain_pairs_max = made->pairs_max;
	s->servers = s->config;
	s->servers.servers = true;
	for (unsigned i = 0; i < OBS_ALL; i++) {
		bool domains = i < OBS_PARTITIONS;

		partition_init(&s->parts[i], domains ? &s->config : &s->servers,
			       domains ? &s->parts[OBS_PARTITIONS + i % OBS_GROUPS] : NULL);
	}
	return s;
}

static inline void made_profiles_close(struct profiles *s)
{
	for (unsigned i = 0; i < OBS_ALL; i++)
		partition_fini(&s->parts[i]);
	observe_fini(&s->observer);
	psl_close(s->psl);
	free(s);
}

static inline struct partition *made_place(struct profiles *s, const struct obs *o)
{
	unsigned at = o->partition;

	if (s->made.together)
		at = at < OBS_PARTITIONS ? 0 : OBS_PARTITIONS;
	return &s->parts[at];
}

static inline void made_apply_group(struct profiles *s, const struct buf *group)
{
	assert(group->err == OK);
	for (size_t at = 0; at < group->len;) {
		const struct obs *o = (const struct obs *)(const void *)(group->bytes + at);
		struct partition *p = made_place(s, o);

		for (unsigned stage = 0; s->made.fetch && stage < PARTITION_STAGES; stage++)
			partition_fetch(p, o, stage);
		s->told += partition_apply(p, o) != NONE;
		at += o->size;
	}
}

/* "Stale Answer" (RFC 8914, 4.4), in an OPT record. */
static inline void made_stale(struct made *m, struct intake *in)
{
	static const uint8_t option[] = {0, 15, 0, 2, 0, 3};
	static const struct name root = {.octets = {0}, .len = 1};
	struct build_head head = {SECTION_ADDITIONAL, &root, RR_OPT, 0};

	build_record(&m->build, &head, option, sizeof option);
	assert(m->build.err == OK);
	in->len = (uint32_t)m->build.len;
}

static inline void made_intake(struct made *m, const struct seen *row, struct intake *in)
{
	*in = made_message(m, row->flags, row->message);
	if (row->stale)
		made_stale(m, in);
	in->time_ns = (MADE_START_S + row->at_s) * NS_PER_SECOND;
	in->last_ns = in->time_ns + row->span_s * NS_PER_SECOND;
	in->vantage = row->vantage;
	in->role = row->role;
	in->lacks = row->lacks;
	in->count = row->count == 0 ? 1 : row->count;
}

/* Observes and applies the rows in order. */
static inline void made_see(struct profiles *s, const struct seen *rows, size_t n)
{
	size_t batch = s->made.batch == 0 ? 1 : s->made.batch;
	struct made *made = calloc(batch, sizeof *made);
	struct intake *in = calloc(batch, sizeof *in);
	struct buf groups[OBS_GROUPS] = {{0}};

	assert(made != NULL && in != NULL);
	for (size_t i = 0; i < n; i += batch) {
		size_t k = 0;

		for (; k < batch && i + k < n; k++)
			made_intake(&made[k], &rows[i + k], &in[k]);
		observe_batch(&s->observer, in, k, groups);
		for (unsigned g = 0; g < OBS_GROUPS; g++) {
			made_apply_group(s, &groups[g]);
			buf_clear(&groups[g]);
		}
	}
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		buf_fini(&groups[g]);
	free(made);
	free(in);
}

/* Where a domain lies; NULL when it is not known. */
static inline struct partition *made_find(struct profiles *s, const char *domain, uint32_t *number)
{
	struct name n = made_name(domain);
	uint64_t hash = hash_bytes(n.octets, n.len, s->config.bucket_key);

	for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
		*number = partition_find(&s->parts[i], hash, n.octets, n.len);
		if (*number != NONE)
			return &s->parts[i];
	}
	return NULL;
}

static inline struct profile_counts made_counts(const struct profiles *s)
{
	struct profile_counts c = {0};

	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		profile_counts_add(&c, &s->parts[i].counts);
	return c;
}

/* ---- as text ---- */

static inline void made_bits(struct buf *to, unsigned bits, const char *letters)
{
	for (unsigned i = 0; letters[i] != 0; i++)
		if ((bits & 1u << i) != 0)
			buf_add_char(to, letters[i]);
}

/* " 1.2.3.4x2m": two look-ups, moved. */
static inline void made_pair_text(struct buf *to, const struct pair *pair, bool whole)
{
	char text[ADDR_TEXT_MAX];

	addr_to_text(&pair->addr, text);
	buf_printf(to, " %s", text);
	buf_printf(to, "x%u%s", pair->count, pair->moved != 0 ? "m" : "");
	if (!whole)
		return;
	buf_printf(to, "(%lld-%lld v%x net%u ", (long long)(pair->first_ns / NS_PER_SECOND - MADE_START_S),
		   (long long)(pair->last_ns / NS_PER_SECOND - MADE_START_S), pair->vantages, pair->net);
	made_bits(to, pair->roles, "haNsig!");
	buf_add_char(to, ')');
}

static inline void made_set_text(struct buf *to, const struct partition *p, const struct set *s)
{
	buf_printf(to, "\n   set %lld-%lld dies %lld waiting %u kind %u role %u:",
		   (long long)(s->looked_ns / NS_PER_SECOND - MADE_START_S),
		   (long long)(s->last_ns / NS_PER_SECOND - MADE_START_S),
		   (long long)(s->dies_s - MADE_START_S), s->waiting, s->kind, s->member_role);
	for (uint16_t i = 0; s->kind == OBS_ADDRESSES && i < s->n; i++)
		made_pair_text(to, &p->pairs[p->links[s->links + i]], false);
}

/* "\n www.a.com ha ttl 60-300 <via >: PAIRS", roles of the owner as letters. */
static inline void made_owner_text(struct buf *to, const struct partition *p, const struct owner *w,
				   bool whole)
{
	char text[NAME_TEXT_MAX];

	name_to_text(partition_name(p, w->name), text);
	buf_printf(to, "\n %s ", text);
	made_bits(to, w->roles, "hazsf");
	if (w->ttl_min != UINT32_MAX)
		buf_printf(to, " ttl %u-%u", w->ttl_min, w->ttl_max);
	if (w->via != NONE) {
		name_to_text(partition_name(p, p->owners[w->via].name), text);
		buf_printf(to, " via %s", text);
	}
	for (unsigned i = 0; w->n_targets != 0 && i < owner_targets(w); i++) {
		uint32_t target = partition_target(p, w, i);

		name_to_text(partition_name(p, p->owners[target & ~TARGET_MOVED].name), text);
		buf_printf(to, "%s %s%s", i == 0 ? " of" : "", text, (target & TARGET_MOVED) != 0 ? "!" : "");
	}
	if (whole)
		buf_printf(to, " (%lld-%lld answers %u pairs %u homes %u sets %u v%x,%x,%x,%x)",
			   (long long)(w->first_ns / NS_PER_SECOND - MADE_START_S),
			   (long long)(w->last_ns / NS_PER_SECOND - MADE_START_S), w->answers, w->n_pairs,
			   w->homes, w->n_sets, w->vantages[0], w->vantages[1], w->vantages[2],
			   w->vantages[3]);
	buf_add_char(to, ':');
	for (uint32_t n = w->pairs; n != NONE; n = p->pairs[n].next)
		made_pair_text(to, &p->pairs[n], whole);
	for (uint32_t s = w->sets; whole && s != NONE; s = p->sets[s].next)
		made_set_text(to, p, &p->sets[s]);
}

static inline void made_servers_text(struct buf *to, const struct partition *p, uint32_t domain, bool whole)
{
	uint32_t list[64];
	unsigned n = partition_servers(p, domain, list, 64);

	for (unsigned i = 0; i < n; i++) {
		partition_settle_owner(p->servers, list[i]);
		buf_add_text(to, "\n served by");
		made_owner_text(to, p->servers, &p->servers->owners[list[i]], whole);
	}
}

/* What is known of a domain, newest owner first. `whole`: every field that does not hang on the bucket key.
 */
static inline void made_domain_text(struct buf *to, struct partition *p, uint32_t domain, bool whole)
{
	const struct domain *d = &p->domains[domain];
	char text[NAME_TEXT_MAX];

	partition_settle(p, domain);
	name_to_text(partition_name(p, d->name), text);
	buf_printf(to, "%s %u+%u", text, d->answers, d->server_answers);
	if (whole)
		buf_printf(to,
			   " (%lld-%lld looked %lld owners %u pairs %u foreign %u feeds %x lacks %x v%x "
			   "scoped %u homes %u partition %u)",
			   (long long)(d->first_ns / NS_PER_SECOND - MADE_START_S),
			   (long long)(d->last_ns / NS_PER_SECOND - MADE_START_S),
			   (long long)(d->looked_ns / NS_PER_SECOND - MADE_START_S), d->n_owners, d->n_pairs,
			   d->n_foreign, d->feeds, d->lacks, d->vantages, d->scoped, d->homes, d->partition);
	if (d->more_owners != NONE)
		buf_printf(to, " more owners %u", (unsigned)sketch_count(&p->sketches[d->more_owners]));
	if (d->more_pairs != NONE)
		buf_printf(to, " more pairs %u", (unsigned)sketch_count(&p->sketches[d->more_pairs]));
	for (uint32_t w = d->owners; w != NONE; w = p->owners[w].next)
		made_owner_text(to, p, &p->owners[w], whole);
	if (p->servers != NULL)
		made_servers_text(to, p, domain, whole);
	buf_add_char(to, '\n');
}

/* What was told to the member space, but the domain's hash. */
static inline void made_fresh_text(struct buf *to, const struct partition *p)
{
	const struct fresh *f = (const struct fresh *)(const void *)p->fresh.bytes;
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; i < p->fresh.len / sizeof *f; i++) {
		addr_to_text(&f[i].addr, text);
		buf_printf(to, "%s ", text);
		made_bits(to, f[i].role, "haNsig!");
		buf_printf(to, " %lld %u %u\n", (long long)(f[i].first_ns / NS_PER_SECOND - MADE_START_S),
			   f[i].partition, f[i].part);
	}
}

/* All that is known, of all domains in order. */
static inline void made_whole_text(struct buf *to, struct profiles *s)
{
	for (unsigned i = 0; i < OBS_ALL; i++) {
		struct partition *p = &s->parts[i];
		const struct profile_counts *c = &p->counts;

		partition_admit(p, &(struct admission){.homes_least = 0});
		for (uint32_t n = 0; n < p->n_domains; n++)
			made_domain_text(to, p, n, true);
		made_fresh_text(to, p);
		if (c->sightings != 0)
			buf_printf(to, "%u: %llu sightings %llu repeats %llu lookups %llu other\n", i,
				   (unsigned long long)c->sightings, (unsigned long long)c->repeats,
				   (unsigned long long)c->lookups, (unsigned long long)c->other_role);
	}
}

static inline void made_expect(struct profiles *s, const char *title, const char *domain,
			       const char *expected)
{
	struct buf text = {0};
	uint32_t number;
	struct partition *p = made_find(s, domain, &number);

	if (p == NULL)
		fail_msg("%s: %s is not known", title, domain);
	else
		made_domain_text(&text, p, number, false);
	if (strcmp(buf_text(&text), expected) != 0)
		fail_msg("%s:\n%swhere expected is\n%s", title, buf_text(&text), expected);
	buf_fini(&text);
}
