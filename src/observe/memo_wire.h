/* SPDX-License-Identifier: Apache-2.0 */
/* memo_wire.h -- messages on the wire, as the memo files and compares them. Private to memo. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "observe/memo.h"

enum {
	MEMO_ENTRY_MAX = MEMO_ENTRY_LINES * MEMO_LINE_OCTETS,
	MEMO_RECORD_FIXED = 12, /* of a record whose owner is a pointer: octets before the rdata */
	MEMO_TTL_AT = 6,
	MEMO_HASH_LEAST = 0x20 /* a bit that is set in every hash, so that none is 0 */
};

/* Records that differ in nothing but their addresses, as they stand on the wire. */
struct run {
	size_t at;
	unsigned n, stride;
	uint32_t sum; /* of the addresses, in whatever order */
};

/* Where the only question ends, 0 when that cannot be said simply. */
size_t memo_question_end(const uint8_t *wire, size_t len);

/* The first run of addresses behind the question, which ends at `at`, and its aliases. All owners must be
 * pointers: most are. */
struct run memo_run(const uint8_t *wire, size_t len, size_t at);

/* Of header, question and addresses: the orders of a rotated set share it, and all TTLs. 0: none for the
 * memo. */
uint64_t memo_hash(const uint8_t *wire, size_t len, uint64_t key);

enum match { DIFFERENT, STALE, REPEAT };

/* All of the message but its id is compared. STALE: it is the same, and some record of it lives longer than
 * the kept one. */
enum match memo_match(const struct memo_entry *e, const struct intake *in);
