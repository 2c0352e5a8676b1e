/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observe.h -- from a DNS message to observations: what is reachable from the question, what of it is
 * believed, and which registrable domains are told.
 *
 * A machine without clock and I/O, one for each parsing thread; it keeps no state from message to message but
 * its counts, so any number of them give the same observations.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "dns/message.h"
#include "dns/psl.h"
#include "observe/belief.h"
#include "observe/memo.h"
#include "observe/obs.h"

struct observe_config {
	const struct psl *psl;
	struct belief_resolvers resolvers;
	uint64_t bucket_key, sketch_key;
	uint16_t mask; /* enum lack bits: take away what a poorer form of input would not have carried */
};

/* All counts are of messages unless they say otherwise. */
struct observe_counts {
	uint64_t messages;
	uint64_t malformed; /* broken DNS messages */
	uint64_t queries;   /* and other messages that are no standard response */
	uint64_t responses;
	uint64_t no_question; /* responses without a question, or of another class than IN */
	uint64_t negative;    /* NXDOMAIN, or no record of the type asked */
	uint64_t failed;      /* SERVFAIL, REFUSED and other errors */
	uint64_t mismatched;  /* answers in which nothing is reachable from the question: spoof-like */
	uint64_t truncated, scoped, stale;
	uint64_t reverse, special_use, unknown_suffix; /* questions never judged */
	uint64_t unreachable_records;                  /* records: not reachable from the question */
	uint64_t disbelieved_records; /* records: reachable, outside what the server may speak for */
	uint64_t special_addresses;   /* addresses: private, loopback, reserved */
	uint64_t observations;        /* observations given out */
	uint64_t client_side, resolver_side, authority_side;
	uint64_t left_out; /* of the observations: repeats that the memo knows */
	uint64_t memo_hits;
};

struct observer {
	struct observe_config config;
	struct observe_counts counts;
	struct message message; /* the one at hand */
	struct memo memo;       /* zeroed: none; memo_open fills it, observe_fini closes it */
	struct buf *groups; /* OBS_GROUPS buffers of the caller: observations, by partition mod OBS_GROUPS */
};

void observe_init(struct observer *o, const struct observe_config *config);
void observe_fini(struct observer *o);

/* Appends the observations of a batch of messages to groups[]. A buffer that runs out of memory drops what
 * does not fit and keeps its error. */
void observe_batch(struct observer *o, const struct intake *batch, size_t n, struct buf groups[OBS_GROUPS]);

/* Adds b to a, member by member. */
void observe_counts_add(struct observe_counts *a, const struct observe_counts *b);
