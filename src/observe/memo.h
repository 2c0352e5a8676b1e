/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memo.h -- messages seen before: what a cache answers again and again is parsed once.
 *
 * A message that is octet for octet one seen before, but for its id, its TTLs and the order of its addresses,
 * tells nothing new while no record in it would be dropped from the cache later than that one said: then
 * every observation in it is a repeat (partition.h) and is left out. Compared, never taken for the same by a
 * hash alone. Whatever the memo holds, the result is the same.
 *
 * Messages stand in buckets of MEMO_LINES lines, each on as many lines as it needs. A bucket is filled like a
 * ring; what was met again since the ring last came by is passed over once. So names asked for once do not
 * drive out those that are asked for all the time. Where hardly anything is met again, as in a flood of
 * made-up names, messages are left alone for a while.
 *
 * It is for one thread; memos of several threads may share what messages they know (memo_join). Only what was
 * told before, in the order of the capture, may be left out, and what partitions still know: batches have
 * numbers, and when a partition has given up domains, the memo must be emptied (memo_begin with a greater
 * generation).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/message.h"
#include "observe/intake.h"

enum {
	MEMO_LINES = 32,
	MEMO_LINE_OCTETS = 64,
	MEMO_ENTRY_LINES = 8, /* of a message at the most; longer ones are not kept */
	MEMO_TTLS_MAX = 40,
	MEMO_AHEAD = 16
};

/* Messages after which it is weighed whether messages are met again, and those that are left alone when not:
 * few enough that what then begins to repeat is noticed, and enough that trying costs little. */
enum { MEMO_TRIAL = 1 << 17, MEMO_REST = 15 * MEMO_TRIAL };

/* One message, at the start of a line. */
struct memo_entry {
	int64_t time_ns; /* of the sighting that was told */
	uint32_t batch;  /* that it was in; as a number it goes round */
	uint16_t len, vantage, lacks;
	uint16_t run_at;           /* addresses whose order is nothing: where their records begin, */
	uint8_t run_n, run_stride; /* how many, 0 or over 1, and the octets of each */
	uint8_t run_ttl;           /* TTLs before them */
	uint8_t n_ttls, n_obs, role;
	uint8_t octets[]; /* n_ttls steps from one TTL to the next; then the message. In place of each TTL
			   * stands when a cache drops the record, as uint32_t in seconds */
};

/* What was told to some of those whom it concerns. */
struct memo_told {
	uint64_t fingerprint;
	uint32_t tick, dies_s; /* tick: of the last time, in units of 2^20 ns; it goes round in 52 days */
	uint32_t targets;      /* bit: told to this one, with dies_s */
};

/* What was told of the addresses of all servers of some zone, set by set in the order of its message. */
enum { MEMO_SETS = 4 };

struct memo_told_all {
	uint64_t fingerprint;
	uint32_t tick, targets;     /* as above */
	uint32_t dies_s[MEMO_SETS]; /* of sets that there are not: 0 */
	uint32_t n_obs;
};

/* A message to come. */
struct memo_ahead {
	uint64_t hash; /* 0: none for the memo */
	size_t line;   /* a guess at where it stands */
};

struct memo {
	struct memo_shelf *shelf; /* messages */
	struct memo_own *own;     /* what was told; one thread's */
	uint64_t generation, lines_kept;
	uint32_t batch;
	bool off;             /* for this batch */
	bool rests;           /* messages are left alone */
	uint64_t looked, met; /* messages since that was decided, and of them those left out */
	struct memo_ahead ahead[MEMO_AHEAD];
};

/* A memo of at most so many octets, fewer at first; E_MEMORY. A zeroed memo holds nothing and finds nothing.
 */
enum err memo_open(struct memo *m, size_t octets, uint64_t bucket_key) MUST_USE;

/* A memo for another thread that knows the same messages; before either is used. E_MEMORY. */
enum err memo_join(struct memo *m, struct memo *other) MUST_USE;
void memo_close(struct memo *m);

/*
 * Before and behind a batch, which has a number in the order of the capture. A greater generation than before
 * empties the memo; and it may grow. A batch of an earlier generation is parsed without it.
 */
void memo_begin(struct memo *m, uint64_t generation, uint64_t batch);
void memo_end(struct memo *m);

/* An observation that is told to several: `fingerprint` is all that it says but its time, and `target`, below
 * 32, whom it is told to. */
struct memo_tale {
	uint64_t fingerprint;
	int64_t time_ns, dies_s;
	unsigned target;
};

/* Whether it has been told so that it lives as long: then it may be left out. */
bool memo_knows(const struct memo *m, const struct memo_tale *t);

/* Notes that it is told now. */
void memo_note(struct memo *m, const struct memo_tale *t);

/* The same for the addresses of all servers of a zone: `fingerprint` is all that they say but times. */
struct memo_tale_all {
	uint64_t fingerprint;
	int64_t time_ns, dies_s[MEMO_SETS];
	unsigned target;
};

/* Whether all of it has been told so: then how many observations may be left out, else 0. */
uint32_t memo_knows_all(const struct memo *m, const struct memo_tale_all *t);

/* Notes that it is told now, or was told, in n_obs observations. */
void memo_note_all(struct memo *m, const struct memo_tale_all *t, uint64_t n_obs);

/* What memo_find found out, for memo_keep. */
struct memo_place {
	uint64_t hash; /* 0: this message is none for the memo */
	size_t line;   /* of the same message, too old; SIZE_MAX: none */
};

/*
 * Starts the loads that memo_find will wait for. Of a batch, every message is announced once, in order and
 * MEMO_AHEAD - 1 messages early at the most; memo_find then is called for each with its number in the batch.
 */
void memo_announce(struct memo *m, const struct intake *in, size_t number);

/* Whether the message may be left out: then the entry that told of it. Otherwise *place is where it could be
 * kept. */
const struct memo_entry *memo_find(struct memo *m, const struct intake *in, size_t number,
				   struct memo_place *place);

/* Keeps a message that has just been told of in n_obs observations. */
void memo_keep(struct memo *m, const struct memo_place *place, const struct intake *in,
	       const struct message *message, size_t n_obs);
