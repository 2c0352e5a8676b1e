/* SPDX-License-Identifier: Apache-2.0 */
/* query.h -- a packet that somebody sent to the lab's servers, read as a DNS query. It may be anything. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "lab/wire.h"

struct message;

struct query {
	uint16_t id, flags, qtype, qclass;
	uint16_t rcode; /* with what it is turned away, enum rcode; RCODE_NOERROR: it can be answered */
	bool edns;
	uint16_t room;        /* the most octets of an answer over UDP */
	uint8_t len;          /* of the name; 0: no question could be read */
	const uint8_t *name;  /* what is asked for, lower case; borrowed from the message */
	const uint8_t *asked; /* the same as it came; borrowed from the packet */
};

/*
 * OK: *out is what was sent, to be answered or turned away. E_SHORT, E_FORMAT: not even that, for it has no
 * header or is a response, and two servers must never talk to each other. E_MEMORY.
 */
enum err query_read(struct message *m, const uint8_t *wire, size_t len, struct query *out) MUST_USE;

/* Writes the answer that turns it away with q->rcode; returns its octets. */
size_t query_turn_away(const struct query *q, uint8_t to[WIRE_MESSAGE_MAX]);
