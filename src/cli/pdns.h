/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pdns.h -- passive DNS: each record (name, type, data) once, with its first and last sighting and how often
 * it was seen.
 *
 * Bounded: over its cap it gives out the records that were not seen for longest and forgets them. What it
 * gives out, and in which order, depends on the records alone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "profile/index.h"

struct pdns_record {
	uint64_t hash; /* under the bucket key */
	size_t at;     /* owner, then rdata, in `octets` */
	int64_t first_ns, last_ns;
	uint64_t count;
	uint16_t type, rdlen;
	uint8_t owner_len;
};

/* One sighting; borrowed. */
struct pdns_sighting {
	const uint8_t *owner, *rdata; /* wire form in lower case; expanded (dns/present.h) */
	int64_t first_ns, last_ns;
	uint64_t count;
	uint16_t type, rdlen;
	uint8_t owner_len;
};

struct pdns {
	struct pdns_record *records; /* room for a power of two of them, from 64 on */
	size_t n, room;
	struct buf octets;
	struct index index;
	uint64_t bucket_key;
	size_t memory_bytes;
	uint64_t given; /* records given out before the end */
	/* gets records in order of name, type and data */
	void (*give)(void *context, const struct pdns_sighting *x);
	void *context;
};

/* Records are kept under so many octets. */
void pdns_init(struct pdns *p, size_t memory_bytes);
void pdns_fini(struct pdns *p);

/* Takes in one sighting. E_MEMORY: not even after giving records out. */
enum err pdns_add(struct pdns *p, const struct pdns_sighting *x) MUST_USE;

/* Gives out all that is left, and is empty. */
void pdns_finish(struct pdns *p);
