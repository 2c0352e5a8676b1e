/* SPDX-License-Identifier: Apache-2.0 */
/* flow.c -- see flow.h: what a pass needs, opened and closed, and its counts. */
#include "flow/flow.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "flow/run.h"

enum { MEMORY_LEAST = 32 << 20, MEMO_OCTETS_MAX = 56 << 20 };

/* What --memory is for, in parts of 16: sources 2, partitions 9, members 2; the rest is batches, results and
 * code. */
enum { PART_SOURCES = 2, PART_PROFILES = 8, PART_MEMBERS = 2, PARTS = 16 };

/* A partition of servers may take as much as a few of domains. */
enum { SERVERS_SHARE = 4, SHARES = OBS_PARTITIONS + OBS_GROUPS * SERVERS_SHARE };

/* A home may stand behind an address whose network is not known, or not clearly something else. */
static uint32_t net_of(void *context, const struct addr *a, bool *home)
{
	uint32_t net = nets_find(context, a, NULL);

	*home = net == 0 || nets_get(context, net)->kind[NET_CONSUMER] >= VIEW_HOME_LEAST;
	return net;
}

static size_t memory_default(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), octets = sysconf(_SC_PAGESIZE);

	return pages > 0 && octets > 0 ? (size_t)pages * (size_t)octets / 2 : (size_t)1 << 30;
}

static unsigned threads_default(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 && n < THREADS_MAX ? (unsigned)n : 1;
}

static enum err open_inputs(struct flow *f, struct diag *d)
{
	struct sources_config sources = f->config.sources;
	enum err e;

	sources.memory_bytes = f->config.memory_bytes / PARTS * PART_SOURCES;
	e = sources_open(&f->sources, &sources, d);
	if (e == OK)
		e = psl_open(&f->psl, f->config.psl, d);
	if (e == OK)
		e = nets_open(&f->nets, &f->config.nets, d);
	return e;
}

static void open_profiles(struct flow *f)
{
	f->profile = (struct profile_config){
		.bucket_key = f->config.bucket_key,
		.sketch_key =
			hash_u64(f->config.seed, 0x6465666c7578), /* apart from other uses of the same seed */
		.memory_bytes = f->config.memory_bytes / PARTS * PART_PROFILES / SHARES,
		.net_of = net_of,
		.net_context = f->nets,
	};
	profile_config_limits(&f->profile);
	f->servers = f->profile;
	f->servers.servers = true;
	f->servers.memory_bytes *= SERVERS_SHARE;
	for (unsigned i = 0; i < OBS_ALL; i++) {
		bool domains = i < OBS_PARTITIONS;

		partition_init(&f->partitions[i], domains ? &f->profile : &f->servers,
			       domains ? &f->partitions[OBS_PARTITIONS + i % OBS_GROUPS] : NULL);
	}
	members_init(&f->members, &f->profile, f->config.memory_bytes / PARTS * PART_MEMBERS);
	f->judge = (struct judge){.method = f->config.method,
				  .prior = f->config.prior,
				  .parameters = f->config.parameters,
				  .nets = nets_known(f->nets) ? f->nets : NULL};
	bound_init(&f->bound, parameters_or_own(f->judge.parameters));
}

static enum err open_chunks(struct flow *f)
{
	size_t most = f->config.memory_bytes / (PARTS * 1024); /* messages in batches: about 1 KiB each */

	f->n_chunks = f->n_workers * 2 + 3 < CHUNKS_MAX ? f->n_workers * 2 + 3 : CHUNKS_MAX;
	if (f->n_parsers < f->n_workers) /* the parser runs ahead while the others are at a boundary */
		f->n_chunks = CHUNKS_MAX;
	f->chunk_messages = most / f->n_chunks < CHUNK_MESSAGES_MAX ? most / f->n_chunks : CHUNK_MESSAGES_MAX;
	for (unsigned i = 0; i < f->n_chunks; i++) {
		f->chunks[i].intakes = calloc(f->chunk_messages, sizeof *f->chunks[i].intakes);
		if (f->chunks[i].intakes == NULL)
			return E_MEMORY;
	}
	return OK;
}

/* One memo for all workers; a larger one than this seldom finds more. */
static enum err open_memo(struct flow *f, struct memo *m)
{
	size_t most = f->config.memory_bytes / PARTS;
	struct memo *first = &f->parsers[0].observer.memo;

	if (f->config.no_memo || f->config.resolvers.n != 0)
		return OK;
	return m == first
		       ? memo_open(m, most < MEMO_OCTETS_MAX ? most : MEMO_OCTETS_MAX, f->profile.bucket_key)
		       : memo_join(m, first);
}

static enum err open_workers(struct flow *f)
{
	struct observe_config observe = {.psl = f->psl,
					 .resolvers = f->config.resolvers,
					 .bucket_key = f->profile.bucket_key,
					 .sketch_key = f->profile.sketch_key,
					 .mask = f->config.mask};

	f->workers = calloc(f->n_workers, sizeof *f->workers);
	f->parsers = calloc(f->n_parsers, sizeof *f->parsers);
	if (f->workers == NULL || f->parsers == NULL)
		return E_MEMORY;
	for (unsigned i = 0; i < f->n_workers; i++)
		f->workers[i].flow = f;
	for (unsigned i = 0; i < f->n_parsers; i++) {
		observe_init(&f->parsers[i].observer, &observe);
		if (open_memo(f, &f->parsers[i].observer.memo) != OK)
			return E_MEMORY;
	}
	return OK;
}

enum err flow_open(struct flow **out, const struct flow_config *config, struct diag *d)
{
	struct flow *f = calloc(1, sizeof *f);
	enum err e;

	if (f == NULL)
		return diag_set(d, E_MEMORY, "no memory to begin with");
	f->config = *config;
	if (config->memory_bytes == 0)
		f->config.memory_bytes = memory_default();
	if (f->config.memory_bytes < MEMORY_LEAST)
		f->config.memory_bytes = MEMORY_LEAST;
	if (config->bucket_key == 0)
		f->config.bucket_key = hash_random_key();
	f->n_workers = config->threads == 0 ? threads_default() : config->threads;
	f->n_workers = f->n_workers > THREADS_MAX ? THREADS_MAX : f->n_workers;
	f->n_parsers = f->n_workers > 2 ? f->n_workers : 1;
	f->tick = INT64_MIN;
	f->newest_ns = INT64_MIN / 2;
	f->shown.first_ns = f->shown.last_ns = f->applied_ns = STAMP_NONE;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->change, NULL);
	e = saved_open(f, d);
	if (e == OK)
		e = open_inputs(f, d);
	if (e == OK) {
		open_profiles(f);
		e = saved_load(f, d);
	}
	if (e == OK && ((e = open_chunks(f)) != OK || (e = open_workers(f)) != OK))
		(void)diag_set(d, e, "no memory to begin with");
	if (e != OK) {
		flow_close(f);
		return e;
	}
	*out = f;
	return OK;
}

void flow_close(struct flow *f)
{
	if (f == NULL)
		return;
	for (unsigned i = 0; i < f->n_chunks; i++) {
		free(f->chunks[i].intakes);
		arena_fini(&f->chunks[i].keep);
		for (unsigned g = 0; g < OBS_GROUPS; g++)
			buf_fini(&f->chunks[i].groups[g]);
	}
	for (unsigned i = 0; f->parsers != NULL && i < f->n_parsers; i++)
		observe_fini(&f->parsers[i].observer);
	for (unsigned i = 0; f->workers != NULL && i < f->n_workers; i++)
		view_fini(&f->workers[i].view);
	free(f->parsers);
	free(f->workers);
	for (unsigned i = 0; i < OBS_ALL; i++)
		partition_fini(&f->partitions[i]);
	for (unsigned g = 0; g < OBS_GROUPS; g++) {
		buf_fini(&f->fresh[g]);
		buf_fini(&f->groups[g].due);
	}
	members_fini(&f->members);
	saved_close(&f->saved);
	fluxbuster_close(f->fluxbuster);
	sources_close(f->sources);
	nets_close(f->nets);
	psl_close(f->psl);
	pthread_cond_destroy(&f->change);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

void flow_stop(struct flow *f)
{
	sources_stop(f->sources);
}

static uint64_t sketched(const struct partition *p, uint32_t sketch)
{
	return sketch == NONE ? 0 : sketch_count(&p->sketches[sketch]);
}

static void count_partition(const struct partition *p, struct flow_counts *c)
{
	profile_counts_add(&c->profile, &p->counts);
	c->owners += p->n_owners + p->newcomers.n_owners;
	c->pairs += p->n_pairs + p->newcomers.n_pairs;
	c->memory_bytes += partition_octets(p);
	for (size_t n = 0; n < p->n_domains; n++) {
		const struct domain *d = &p->domains[n];

		c->sketched += d->more_owners != NONE || d->more_pairs != NONE;
		c->more_names += sketched(p, d->more_owners);
		c->more_addresses += sketched(p, d->more_pairs);
	}
}

static void count_profiles(const struct flow *f, struct flow_counts *c)
{
	for (unsigned i = 0; i < OBS_ALL; i++)
		count_partition(&f->partitions[i], c);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
		c->members += f->members.parts[i].n_members;
		c->members_lost += f->members.parts[i].lost;
	}
	c->memory_bytes += members_octets(&f->members);
}

static void count_workers(const struct flow *f, struct flow_counts *c)
{
	for (unsigned i = 0; i < f->n_workers; i++) {
		const struct worker *w = &f->workers[i];

		c->read_s += w->read_s;
		c->parse_s += w->parse_s;
		c->profile_s += w->profile_s;
		c->judge_s += w->judge_s;
	}
}

void flow_count(struct flow *f, struct flow_counts *out)
{
	bool done;

	pthread_mutex_lock(&f->lock);
	*out = f->shown;
	done = f->finished;
	pthread_mutex_unlock(&f->lock);
	if (!done)
		return;
	sources_count(f->sources, &out->sources);
	count_profiles(f, out);
	count_workers(f, out);
	out->profile.sightings += out->observe.left_out;
	out->profile.repeats += out->observe.left_out;
	out->memo_hits = out->observe.memo_hits;
}

size_t flow_problems(struct flow *f, const struct source_problem **out)
{
	return sources_problems(f->sources, out);
}

const struct nets *flow_nets(const struct flow *f)
{
	return f->nets;
}

bool flow_domain_of(const struct flow *f, const struct name *n, struct name *out)
{
	size_t start;

	if (psl_find(f->psl, n->octets, n->len, &start) != PSL_DOMAIN)
		return false;
	*out = (struct name){.len = (uint8_t)(n->len - start)};
	memcpy(out->octets, n->octets + start, out->len);
	for (size_t at = 0; out->octets[at] != 0; at += out->octets[at] + 1u)
		out->labels++;
	return true;
}
