/* SPDX-License-Identifier: Apache-2.0 */
/* admit.c -- see admit.h. */
#include "flow/admit.h"

#include <string.h>

#include "base/hash.h"

struct partition *admit_partition(struct flow *f, const uint8_t *name, size_t len, size_t *start)
{
	if (psl_find(f->psl, name, len, start) != PSL_DOMAIN)
		return NULL;
	return &f->partitions[hash_bytes(name + *start, len - *start, f->profile.sketch_key) >> 56];
}

/* What newcomers are admitted by. */
struct bar {
	const struct bound *bound;
	double accuse_db;
};

/* Whether members so many and of such kinds could be accused: most newcomers are like some before them. */
struct answer {
	uint64_t counts;
	bool known, could_be;
};

enum { ANSWERS = 256, COUNT_BITS = 6 };

/* What one group's newcomers are held against. */
struct asked {
	const struct bar *bar;
	struct answer *answers;
};

static bool is_bounded(const struct newcomer_members *m)
{
	return m->own + m->own_servers + m->servers + m->both < 1u << COUNT_BITS;
}

static bool reaches(const struct bar *bar, const struct newcomer_members *m)
{
	struct bound_side hosts = {m->own_homes, m->own - m->own_homes};
	struct bound_side servers = {m->server_homes + m->own_server_homes,
				     m->servers - m->server_homes + m->own_servers - m->own_server_homes};

	return bound_db(bar->bound, m->own == 0 ? servers : hosts, servers, m->both + m->own_servers) >=
	       bar->accuse_db;
}

/* Whether a domain with such members could be accused for what it is. All its own may be hosts, and of a
 * domain of name servers alone the servers are. */
static bool could_be_accused(const void *context, const struct newcomer_members *m)
{
	const unsigned counts[] = {m->own,     m->own_homes,    m->own_servers, m->own_server_homes,
				   m->servers, m->server_homes, m->both};
	const struct asked *asked = context;
	struct answer *a;
	uint64_t key = 0;

	if (!is_bounded(m)) /* some are too many for a place here */
		return reaches(asked->bar, m);
	for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++)
		key = key << COUNT_BITS | counts[i];
	a = &asked->answers[hash_fold(key, 0) % ANSWERS];
	if (!a->known || a->counts != key)
		*a = (struct answer){key, true, reaches(asked->bar, m)};
	return a->could_be;
}

/* Makes a profile of the newcomer that this name lies in, if it does in one. */
static void admit_domain_of(struct flow *f, const uint8_t *name, size_t len)
{
	size_t start;
	struct partition *p = admit_partition(f, name, len, &start);

	if (p != NULL)
		(void)partition_find(p, hash_bytes(name + start, len - start, f->profile.bucket_key),
				     name + start, len - start);
}

/* The same for all newcomers that an alias led to. */
static void admit_targets(struct flow *f, struct partition *p, size_t alias)
{
	for (unsigned i = 0; i < owner_targets(&p->owners[alias]); i++) {
		uint32_t number = partition_target(p, &p->owners[alias], i) & ~TARGET_MOVED;
		const struct owner *to = &p->owners[number];
		struct name name = {.len = to->name_len}; /* a copy: what is admitted may move the names */

		if (to->pairs != NONE || (to->roles & OWNER_FOREIGN) == 0)
			continue;
		memcpy(name.octets, partition_name(p, to->name), name.len);
		admit_domain_of(f, name.octets, name.len);
	}
}

static size_t profiles(const struct flow *f)
{
	size_t n = 0;

	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		n += f->partitions[i].n_domains;
	return n;
}

/* All newcomers that aliases lead to, also over those that become known here. */
static void follow_aliases(struct flow *f)
{
	size_t before;

	do {
		before = profiles(f);
		for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
			struct partition *p = &f->partitions[i];

			for (size_t w = 0; w < p->n_owners; w++) /* those that come while this goes on too */
				if (p->owners[w].pairs == NONE)
					admit_targets(f, p, w);
		}
	} while (profiles(f) != before);
}

/* What is asked of all newcomers. */
struct request {
	struct admission which;
	const struct bar *bar; /* NULL: they may be wanted whatever they have */
	bool last;
};

static bool admit_group(struct worker *w, unsigned group, void *context)
{
	const struct request *r = context;
	struct answer answers[ANSWERS] = {{0}};
	struct asked asked = {r->bar, answers};
	struct admission which = r->which;

	which.context = &asked;
	for (unsigned i = group; i < OBS_PARTITIONS; i += OBS_GROUPS) {
		partition_admit(&w->flow->partitions[i], &which);
		if (r->last) /* profiles take more room than newcomers */
			(void)partition_trim(&w->flow->partitions[i]);
	}
	return true;
}

static void admit(struct worker *w, struct request *r)
{
	(void)each_group(w, admit_group, r);
	follow_aliases(w->flow);
}

/* Those that could be accused for what they have: members shared with accused domains are not looked at. An
 * alias of which one look-up is known is left for the end: they are many, and there is time. */
static void likely(struct worker *w, bool last)
{
	const struct parameters *p = parameters_or_own(w->flow->judge.parameters);
	struct bar bar = {&w->flow->bound, p->accuse_db};
	struct request r = {
		{.homes_least = p->homes_least, .may = could_be_accused, .no_aliases = !last}, &bar, last};

	admit(w, &r);
}

void admit_likely(struct worker *w)
{
	likely(w, false);
}

/* None come any more, and who is wanted hangs on two things alone: so it is asked again only when one of them
 * widens the choice. */
void admit_last(struct worker *w, bool all)
{
	struct flow *f = w->flow;
	const struct parameters *p = parameters_or_own(f->judge.parameters);
	struct request r = {{.homes_least = all ? 0 : p->homes_least}, NULL, true};
	enum admitted now = all ? ADMITTED_ALL : f->members.any_accused ? ADMITTED_HOMES : ADMITTED_LIKELY;

	if (now <= f->admitted)
		return;
	f->admitted = now;
	if (now == ADMITTED_LIKELY)
		likely(w, true);
	else
		admit(w, &r);
}
