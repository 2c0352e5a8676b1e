/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake.h -- what every source hands over: one DNS message with what is known of how it was seen.
 *
 * A capture gives the message as it was. A log line is turned back into the message that it describes, and
 * `lacks` says what the log could not carry, so that nobody later takes an absence for evidence.
 */
#pragma once

#include <stdint.h>

#include "base/addr.h"

enum role {
	ROLE_UNKNOWN,  /* to be told from the flags and the configured resolvers */
	ROLE_CLIENT,   /* between clients and a recursive resolver */
	ROLE_RESOLVER, /* between a resolver and authorities (or a forwarder and its resolver) */
	ROLE_AUTHORITY /* at an authority */
};

/* What a source could not carry. */
enum lack {
	LACK_AUTHORITY = 1 << 0,  /* the authority section */
	LACK_ADDITIONAL = 1 << 1, /* the additional section */
	LACK_OWNER = 1 << 2,      /* the owner of each record: rebuilt from the order of the answers */
	LACK_TTL = 1 << 3,
	LACK_LOOKUPS = 1 << 4, /* single look-ups: the source gives first, last and count */
	LACK_QUERIES = 1 << 5, /* queries without an answer */
	LACK_SERVER = 1 << 6,  /* which server answered */
	LACK_FLAGS = 1 << 7    /* header flags (AA, TC, RA) */
};

enum { INTAKE_ZONE_MAX = 255 };

struct intake {
	int64_t time_ns;
	const uint8_t *wire; /* the message, without a TCP length prefix; borrowed until the sink returns */
	uint32_t len;
	uint16_t vantage; /* index into the run's list of vantage names */
	uint16_t lacks;   /* enum lack bits */
	uint8_t role;     /* enum role */
	uint8_t zone_len; /* octets of `zone`, 0: not known */
	const uint8_t
		*zone;      /* the zone the asked server spoke for (dnstap query_zone), wire form; borrowed */
	uint32_t count;     /* look-ups this stands for: 1, or a COF line's count */
	int64_t last_ns;    /* last seen, where one line stands for a span; else time_ns */
	struct addr server; /* the side with the DNS port; none when not known */
	struct addr client; /* used to tell mirrored packets apart; never leaves the program */
	uint16_t client_port;
	uint8_t cut;  /* the capture's snap length cut this message */
	uint8_t late; /* over half a minute behind what came before; set by who puts batches together */
};
