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

#include "base/err.h"
#include "dns/type.h"

enum { MESSAGE_NO_NAME = 0xffff };

/* A name of the message: `len` octets (root included) at message.octets + at, wire form, lower case. */
struct message_name {
	uint32_t at;
	uint8_t len, labels;
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
	uint64_t label_at[8];                /* bit: a label, or the root, was read here */
	uint16_t seen_at[64], seen_name[64]; /* offset -> name of names already read, by offset mod 64 */
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
