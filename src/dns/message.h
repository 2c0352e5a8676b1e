/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.h -- a DNS message taken apart (RFC 1035, 4; EDNS RFC 6891; ECS RFC 7871; EDE RFC 8914).
 *
 * The reader keeps every record of the three sections in order. Names are decompressed once per place they
 * are written at and referred to by index. A message is read whole or refused whole: no caller sees half a
 * message.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "dns/type.h"

enum { MESSAGE_NO_NAME = 0xffff, MESSAGE_MARKED = 4096 /* octets */ };

/* A name of the message: `len` octets (root included) at message.octets + at, wire form, lower case. A name
 * that is written out makes one of itself and of each of its ends, down to the root, with the same octets. */
struct message_name {
	uint32_t at;
	uint16_t wire; /* where it stands in the message; UINT16_MAX: not where a pointer is looked up */
	uint8_t len;
};

struct record {
	uint16_t type, class;
	uint32_t ttl;    /* seconds; a set top bit reads as 0 (RFC 2181, 8) */
	uint8_t section; /* enum section */
	uint16_t owner;  /* index of a name */
	uint16_t target; /* the name in the rdata of CNAME, DNAME, NS, PTR, SVCB, HTTPS, MX, SRV, SOA (MNAME);
			  * else MESSAGE_NO_NAME */
	uint16_t rdlen;
	const uint8_t *rdata; /* borrowed from the wire; A has 4 octets, AAAA 16 */
};

/* Zeroed is empty. Storage is reused from message to message and freed by message_fini. */
struct message {
	const uint8_t *wire; /* borrowed until the next message_parse */
	size_t len;
	uint16_t id, flags; /* as on the wire, host order; see enum header_flag */
	uint16_t rcode;     /* with the upper bits of OPT */
	uint16_t qtype, qclass;
	uint16_t qname;    /* index of a name, MESSAGE_NO_NAME without a question */
	bool ecs;          /* the answer is scoped: ECS option with a source prefix over 0 */
	bool stale;        /* EDE 3 or 19: stale answer (RFC 8767) */
	bool odd_pointers; /* a pointer leads to where no name was read (or far behind): what it means may
			    * hang on octets that are not names, such as TTLs */
	size_t n_records, n_names;
	struct record *records;
	struct message_name *names;
	uint8_t *octets;
	/* private */
	size_t octets_len, octets_room, names_room, records_room;
	uint16_t name_at[MESSAGE_MARKED]; /* offset -> its name, if that says so too: never cleared */
};

void message_fini(struct message *m);

/*
 * Takes apart wire[0..len). E_SHORT: ends inside the header, a record or its rdata; E_FORMAT: a bad name,
 * more than one question, rdata whose length does not fit its type; E_MEMORY. After an error the content is
 * undefined, the storage still good. Octets behind the last record are allowed and ignored.
 */
enum err message_parse(struct message *m, const uint8_t *wire, size_t len) MUST_USE;

static inline const uint8_t *message_name_octets(const struct message *m, uint16_t name)
{
	return m->octets + m->names[name].at;
}

/* Whether the name is this one; most often it stands at the same place. */
static inline bool message_name_is(const struct message *m, uint16_t name, const uint8_t *octets, uint8_t len)
{
	const uint8_t *own = message_name_octets(m, name);

	return own == octets || (m->names[name].len == len && memcmp(own, octets, len) == 0);
}

static inline bool message_names_equal(const struct message *m, uint16_t a, uint16_t b)
{
	return a == b || message_name_is(m, a, message_name_octets(m, b), m->names[b].len);
}
