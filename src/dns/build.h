/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.h -- writes DNS messages: what a log line says becomes the message it was, and the lab's answers.
 *
 * Names are written without compression but for owners equal to the question, which become the usual pointer.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/name.h"
#include "dns/type.h"

/* The first error stays set; later adds do nothing. Records go in the order of their sections. */
struct build {
	uint8_t *bytes; /* the caller's */
	size_t len, room;
	struct name question; /* len 0: none */
	enum err err;         /* OK, E_FULL or E_FORMAT (section order, over 65535 records) */
};

void build_begin(struct build *b, uint8_t *bytes, size_t room, uint16_t id, uint16_t flags);
void build_question(struct build *b, const struct name *qname, uint16_t qtype, uint16_t qclass);

/* What stands before the rdata of a record. */
struct build_head {
	enum section section;
	const struct name *owner;
	uint16_t type;
	uint32_t ttl;
};

void build_record(struct build *b, const struct build_head *h, const uint8_t *rdata, size_t rdlen);

/* A record whose rdata is one address (A or AAAA by its family), or one name (CNAME, NS, PTR, DNAME). */
struct addr;
void build_addr(struct build *b, enum section s, const struct name *owner, uint32_t ttl,
		const struct addr *a);
void build_name(struct build *b, const struct build_head *h, const struct name *target);
