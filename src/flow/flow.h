/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow.h -- one pass from the inputs to the verdicts: read, parse, observe, profile, judge.
 *
 * The same functions run with any number of threads; with one they are a loop. Same input, same result,
 * whatever the threads, the batches and the bucket keys.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "dns/name.h"
#include "enrich/nets.h"
#include "judge/judge.h"
#include "observe/observe.h"
#include "profile/partition.h"
#include "source/sources.h"

/* What is known is kept in a directory from one run to the next. */
struct flow_state_config {
	const char *path;            /* the directory; NULL: nothing is kept */
	const char *program;         /* version of the program, for messages */
	const char *const *vantages; /* names by number, the first one NULL: a state has numbers of its own */
	size_t n_vantages;
};

struct flow_config {
	struct flow_state_config state;
	struct sources_config sources; /* its memory_bytes is set by the flow */
	struct belief_resolvers resolvers;
	const struct name *domains; /* only these registrable domains; NULL: all */
	size_t n_domains;
	struct nets_config nets;
	const char *psl;     /* path of the public suffix list, NULL: Debian's */
	uint16_t mask;       /* enum lack: take away what a poorer form of input would not carry */
	unsigned threads;    /* 0: as many as there are processors */
	size_t memory_bytes; /* the cap on everything; 0: half of the machine's memory */
	uint64_t seed;       /* of sketches and of the partition of a name */
	uint64_t bucket_key; /* 0: random; tests set it to see that nothing depends on it */
	bool no_memo;        /* parse exact repeats again */
	enum judge_method method;
	double prior;                        /* 0: that of the parameters */
	const struct parameters *parameters; /* NULL: deflux's own; borrowed until the flow is closed */
};

/* Everything counted, for the summary. */
struct flow_counts {
	struct sources_counts sources;
	struct observe_counts observe;
	struct profile_counts profile;
	uint64_t domains, owners, pairs;     /* kept now */
	uint64_t sketched;                   /* domains with more names or addresses than are kept of one */
	uint64_t more_names, more_addresses; /* of those, beyond what is kept: estimates */
	uint64_t members, members_lost;      /* of the member space */
	uint64_t memory_bytes;               /* held by profiles and members now */
	uint64_t memo_hits;
	int64_t first_ns, last_ns;                  /* of all messages; STAMP_NONE when there were none */
	double read_s, parse_s, profile_s, judge_s; /* seconds of work by part, all threads together */
};

/* One domain as it is printed. All borrowed until the sink returns. */
struct finding {
	const struct partition *partition;
	uint32_t domain; /* number in the partition: owners, pairs, sets can be walked */
	const struct view *view;
	const struct judgement *judgement;
	const struct judge *judge; /* that it came from */
	int64_t decided_ns; /* capture time at which the verdict was reached; STAMP_NONE while undecided */
	const struct nets *nets;
};

struct flow;

/* Opens databases and checks inputs' options. Errors with text in *d: E_IO, E_FORMAT, E_MEMORY. */
enum err flow_open(struct flow **out, const struct flow_config *config, struct diag *d) MUST_USE;
void flow_close(struct flow *f);

/* Reads the inputs to their end, or until flow_stop. E_MEMORY when not even the smallest pass is possible, or
 * a thread could not be started. */
enum err flow_run(struct flow *f, struct diag *d) MUST_USE;

/* Ends the inputs here. Safe in a signal handler. */
void flow_stop(struct flow *f);

/* Counts so far. While flow_run is at work, from another thread: only `sources`, `first_ns`, `last_ns` and
 * the number of domains are set, and they are a moment old. */
void flow_count(struct flow *f, struct flow_counts *out);

/* After flow_run: what became of flow_config.state. */
struct flow_state {
	bool continued;      /* from a state that was there */
	uint64_t domains;    /* in that */
	int64_t last_ns;     /* the latest time of what it was made from; STAMP_NONE: no message */
	const char *problem; /* why what is known now was not kept; NULL: it was, or nothing is to be */
};

struct flow_state flow_state(const struct flow *f);

size_t flow_problems(struct flow *f, const struct source_problem **out);
const struct nets *flow_nets(const struct flow *f);

struct flow_select {
	bool all;                  /* not only fast flux: every domain with address records */
	size_t top;                /* at most so many; 0: no limit */
	const struct name *domain; /* only this registrable domain, whatever its verdict; NULL: any */
	bool unlimited;            /* domains that flow_config.domains leaves out too */
};

/* After flow_run: gives out the findings, worst first (probability, llr_db, name). *findings: how many
 * domains are fast flux, given out or not; may be NULL. E_MEMORY. */
enum err flow_results(struct flow *f, const struct flow_select *select,
		      void (*take)(void *context, const struct finding *x), void *context,
		      size_t *findings) MUST_USE;

/* The registrable domain of a name by the flow's list: false when it has none. */
bool flow_domain_of(const struct flow *f, const struct name *n, struct name *out);
