/* SPDX-License-Identifier: Apache-2.0 */
/* admit.c -- see admit.h. */
#include "flow/admit.h"

#include <string.h>

#include "base/hash.h"
#include "judge/bound.h"

struct partition *admit_partition(struct flow *f, const uint8_t *name, size_t len, size_t *start)
{
	if (psl_find(f->psl, name, len, start) != PSL_DOMAIN)
		return NULL;
	return &f->partitions[hash_bytes(name + *start, len - *start, f->profile.sketch_key) >> 56];
}

/* What newcomers are admitted by. */
struct bar {
	struct bound bound;
	double accuse_db;
};

/* Whether a domain with such members could be accused for what it is. All its own may be hosts, and of a
 * domain of name servers alone the servers are. */
static bool could_be_accused(const void *context, const struct newcomer_members *m)
{
	const struct bar *bar = context;
	struct bound_side hosts = {m->own_homes, m->own - m->own_homes};
	struct bound_side servers = {m->server_homes + m->own_server_homes,
				     m->servers - m->server_homes + m->own_servers - m->own_server_homes};

	return bound_reaches(&bar->bound, m->own == 0 ? servers : hosts, servers, m->both + m->own_servers,
			     bar->accuse_db);
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

/* Those that could be accused for what they have: members shared with accused domains are not looked at. */
static void likely(struct worker *w, each_visit *visit, bool no_aliases)
{
	const struct parameters *p = parameters_or_own(w->flow->judge.parameters);
	struct bar bar = {.accuse_db = p->accuse_db};
	struct admission which = {.homes_least = p->homes_least,
				  .may = could_be_accused,
				  .context = &bar,
				  .no_aliases = no_aliases};

	bound_init(&bar.bound, p);
	(void)each_group(w, visit, &which);
	follow_aliases(w->flow);
}

static bool admit_wanted(struct worker *w, unsigned group, void *context)
{
	for (unsigned i = group; i < OBS_PARTITIONS; i += OBS_GROUPS)
		partition_admit(&w->flow->partitions[i], context);
	return true;
}

void admit_likely(struct worker *w)
{
	/* an alias of which one look-up is known is left for the end: they are many, and there is time */
	likely(w, admit_wanted, true);
}

static bool admit_and_trim(struct worker *w, unsigned group, void *context)
{
	for (unsigned i = group; i < OBS_PARTITIONS; i += OBS_GROUPS) {
		partition_admit(&w->flow->partitions[i], context);
		(void)partition_trim(&w->flow->partitions[i]); /* profiles take more room than newcomers */
	}
	return true;
}

/* None come any more, and who is wanted hangs on two things alone: so it is asked again only when one of them
 * widens the choice. */
void admit_last(struct worker *w, bool all)
{
	struct flow *f = w->flow;
	const struct parameters *p = parameters_or_own(f->judge.parameters);
	struct admission which = {.homes_least = all ? 0 : p->homes_least};
	enum admitted now = all ? ADMITTED_ALL : f->members.any_accused ? ADMITTED_HOMES : ADMITTED_LIKELY;

	if (now <= f->admitted)
		return;
	f->admitted = now;
	if (now == ADMITTED_LIKELY) {
		likely(w, admit_and_trim, false);
		return;
	}
	(void)each_group(w, admit_and_trim, &which);
	follow_aliases(f);
}
