/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memo_shelf.h -- where the messages of a memo stand, for one thread or for several. Private to memo.
 *
 * Several threads look at the same bucket without a lock: each bucket has a version, odd while somebody
 * writes there. What was copied out counts when the version is the same behind it as before. Whoever finds a
 * bucket at work goes on without it: a message that is not found, or not kept, is parsed again and no more.
 */
#pragma once

#include <pthread.h>

#include "observe/memo.h"
#include "observe/memo_wire.h"

#define MEMO_NO_LINE SIZE_MAX

struct memo_shelf {
	uint8_t *lines;             /* what follows lies behind them in one piece */
	uint16_t *slots;            /* of each line: the tag of the message that begins there; 0: none does */
	uint32_t *versions;         /* of each bucket */
	uint8_t *hands;             /* of each bucket: the line to be used next */
	uint32_t n_buckets, n_most; /* it begins with few, and there is room for the most: it may double */
	uint64_t lines_kept;        /* lines written, all that were written over among them */
	uint64_t generation, key;
	unsigned users;        /* memos; with one of them nothing is locked, copied or counted */
	pthread_rwlock_t lock; /* held alone while it grows or is emptied */
};

/* One bucket as a reader or a writer sees it: its slots and one entry, in place or copied. */
struct memo_view {
	uint32_t version;
	size_t first; /* line of the bucket */
	uint16_t *slots;
	struct memo_entry *entry;
	_Alignas(8) uint16_t slots_copy[MEMO_LINES];
	_Alignas(8) uint8_t entry_copy[MEMO_ENTRY_MAX];
};

/* Of at most so many octets, fewer at first; NULL without memory. */
struct memo_shelf *memo_shelf_open(size_t octets, uint64_t key);
void memo_shelf_close(struct memo_shelf *s);

/* Before a batch, with the lines that this user kept since the last; empties it when the generation is newer.
 * False: it is of another generation, and not to be used. */
bool memo_shelf_enter(struct memo_shelf *s, uint64_t generation, uint64_t kept);
void memo_shelf_leave(struct memo_shelf *s);

/* Starts loads: of the slots, then of what may be found or where it may be kept. The second gives a guess at
 * the line, or MEMO_NO_LINE. */
void memo_shelf_fetch_slots(const struct memo_shelf *s, uint64_t hash);
size_t memo_shelf_fetch_entry(const struct memo_shelf *s, uint64_t hash);

/* The bucket of this hash, and the line to begin with, which is a guess before; false when somebody is
 * writing there. */
bool memo_shelf_look(const struct memo_shelf *s, uint64_t hash, struct memo_view *v, size_t *line);

/* The next line from `line` on where a message with this hash begins, and *v->entry is that. False: somebody
 * wrote there meanwhile. */
bool memo_shelf_next(const struct memo_shelf *s, uint64_t hash, struct memo_view *v, size_t *line);

/* The message of that line was met again. */
void memo_shelf_meet(struct memo_shelf *s, struct memo_view *v, size_t line);

/* To write a message of so many octets into v->entry: over that of `line`, or on lines that are made free.
 * False: somebody else wrote there since v was looked at. Then memo_shelf_wrote must follow. */
bool memo_shelf_write(struct memo_shelf *s, uint64_t hash, struct memo_view *v, size_t *line, size_t octets);
void memo_shelf_wrote(struct memo_shelf *s, struct memo_view *v, size_t line);

/* The lines that a message of so many octets takes. */
static inline uint32_t memo_shelf_lines(size_t octets)
{
	return (uint32_t)((octets + MEMO_LINE_OCTETS - 1) / MEMO_LINE_OCTETS);
}
