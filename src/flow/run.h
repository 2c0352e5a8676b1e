/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.h -- the state of one pass. Private to flow.
 *
 * Work comes in chunks of messages. A chunk is read by one thread at a time, parsed by any, and applied group
 * by group: a group is the partitions with one number modulo OBS_GROUPS, and takes the chunks in their order.
 * So each partition sees the order of the capture, whatever the number of threads. A chunk ends early where
 * capture time passes a boundary; behind it the member space is fed, and no group goes on before that is
 * done.
 */
#pragma once

#include <pthread.h>

#include "base/arena.h"
#include "flow/each.h"
#include "flow/flow.h"
#include "flow/saved.h"
#include "judge/bound.h"
#include "judge/fluxbuster.h"
#include "profile/members.h"

#define ALL_GROUPS ((UINT32_C(1) << OBS_GROUPS) - 1)

enum { CHUNK_MESSAGES_MAX = 1024, CHUNKS_MAX = 24, THREADS_MAX = 256 };

enum chunk_state { CHUNK_FREE, CHUNK_FILLED, CHUNK_PARSED };

struct chunk {
	enum chunk_state state;
	bool taken;          /* some thread is at work on it */
	bool boundary;       /* the member space is fed behind it */
	bool on_time;        /* since so much time has passed */
	uint64_t number;     /* chunks before it */
	uint64_t before;     /* boundaries before it */
	unsigned applied;    /* groups done */
	uint64_t generation; /* of the memo it was parsed with */
	struct observe_counts counts;
	struct arena keep;
	struct intake *intakes;
	size_t n;
	int64_t first_ns, last_ns; /* of its messages; without any: STAMP_NONE */
	struct buf groups[OBS_GROUPS];
};

/* Which newcomers have got their profile at the end: each has those of the one before too. */
enum admitted {
	ADMITTED_NONE,
	ADMITTED_LIKELY, /* could be accused for what they have */
	ADMITTED_HOMES,  /* have enough likely homes */
	ADMITTED_ALL
};

/* What parses, for one thread at a time. Two threads have one: its memo is shared with nobody then, which
 * costs less, and reading and profiling keep the other thread as busy. */
struct parser {
	struct observer observer;
	bool busy;
};

/* What one thread owns. */
struct worker {
	struct flow *flow;
	struct view view;
	struct judgement judgement;
	double parse_s, profile_s, judge_s, read_s;
	int64_t spent; /* units, on judging; see suspects.c */
	bool marked;   /* marks came or went */
	pthread_t thread;
};

/* A domain that has new members; at the end of a pass, one whose verdict waits for what marks say. */
struct due {
	uint32_t domain;
	uint16_t partition;
	uint8_t verdict; /* without them */
	uint8_t again;   /* it has members that the member space hears of when it is judged */
};

struct group {
	uint64_t next;    /* the chunk to apply */
	struct buf due;   /* struct due: since the last boundary; at the end, of the pass */
	uint64_t domains; /* of its partitions, when it was last applied */
	bool busy;
};

struct flow {
	struct flow_config config;
	struct sources *sources;
	struct psl *psl;
	struct nets *nets;
	struct fluxbuster *fluxbuster;
	struct profile_config profile, servers; /* of partitions of domains, and of servers */
	struct partition partitions[OBS_ALL];
	struct members members;
	struct buf fresh[OBS_GROUPS]; /* struct fresh, by group of the member space: at a boundary */
	struct judge judge;
	struct bound bound; /* what newcomers are admitted by, of the same parameters */
	struct saved saved;
	int64_t saved_up; /* units that judging may cost; see suspects.c. Below 0: that it has cost beyond */
	bool marked;      /* marks came or went since they were last looked at */
	int64_t applied_ns; /* the latest time of what was applied; STAMP_NONE */

	/* under the lock */
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct chunk chunks[CHUNKS_MAX];
	unsigned n_chunks;
	struct group groups[OBS_GROUPS];
	uint64_t read;   /* chunks read so far */
	uint64_t parsed; /* all chunks before this one are parsed or taken for it */
	uint64_t boundaries_read, boundaries_done;
	uint64_t generation; /* grows when partitions have given up domains */
	bool trimmed;        /* some partition has, at this boundary */
	bool reading, ended, failed, finished, judged;
	enum admitted admitted;
	bool feeding;        /* a boundary is reached by all groups */
	bool on_time;        /* that boundary is */
	uint32_t feeds;      /* bits: groups to be fed, or trimmed when all are judged */
	bool judge_next;     /* all groups are fed */
	unsigned feeds_done; /* of OBS_GROUPS for the member space, then OBS_GROUPS to trim partitions */
	struct round round;
	struct flow_counts shown; /* what flow_count gives while threads run */

	/* the reader's */
	size_t chunk_messages;
	int64_t tick;            /* number of the boundary span at hand */
	uint64_t since_boundary; /* messages */
	int64_t newest_ns;       /* the latest time read */
	bool has_pending;
	struct intake pending;

	struct worker *workers;
	struct parser *parsers;
	unsigned n_workers, n_parsers;
};

/* The machine's clock, for how long things took. */
double flow_seconds(void);

/* Groups that a thread takes first, so that what they keep stays in its processor's cache: bits. */
uint32_t flow_own_groups(const struct worker *w);

/* Judges one domain of a partition into w->view and w->judgement, with all that is shown when `detail`; false
 * without memory. */
bool flow_judge(struct worker *w, struct partition *p, uint32_t domain, bool detail);

/* The latest time of all messages that were applied, those of earlier runs too. */
int64_t flow_last_ns(const struct flow *f);

/* Feeds the member space with what all partitions have found since the last boundary; false without memory.
 * Single-threaded. */
bool flow_feed(struct flow *f) MUST_USE;
