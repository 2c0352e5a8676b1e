/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lab.h -- an emulated network whose truth is known: fast flux beside the honest services that resemble it,
 * as one recursive resolver sees them.
 *
 * A lab is a machine that gives out exchanges (a question and its answer), client by client in order of time,
 * each followed by the look-ups it led to. write.h turns them into files. The same configuration gives the
 * same exchanges, and the same truth whatever is written.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/diag.h"
#include "dns/type.h"

struct nets;

/* Where the observer stands; bits. */
enum lab_side {
	LAB_CLIENTS = 1 << 0, /* between the clients and the resolver: TTLs count down */
	LAB_UPSTREAM = 1 << 1 /* between the resolver and the authorities: one look-up a TTL */
};

#define LAB_START_NS (INT64_C(1772323200) * INT64_C(1000000000)) /* 2026-03-01T00:00:00Z, a Sunday */

enum {
	LAB_HOURS_MAX = 24 * 366,
	LAB_SCALE_MAX = 100,
	LAB_RECORDS_MAX = 64,
	LAB_HINTS_MAX = 64,
	LAB_RATE_MAX = 10000
};

enum lab_world {
	LAB_DEMO,  /* a small world with set parameters */
	LAB_WIDE,  /* every class drawn from wide priors (priors.h), flux with its honest twins */
	LAB_HONEST /* as that without flux: the twins alone */
};

struct lab_config {
	uint64_t seed;
	enum lab_world world;
	uint32_t hours;          /* 1..LAB_HOURS_MAX */
	double rate;             /* questions a second for a scale of 1; 0: as the world has it */
	double scale;            /* 1: about 2,500 domains and 4 questions a second; 0.05..LAB_SCALE_MAX */
	uint32_t vantage;        /* which of the world's resolvers looks: others get other edges of a CDN */
	unsigned sides;          /* enum lab_side bits */
	uint64_t only;           /* of a wide world, the classes that it has: bits of lab_class_bit; 0: all */
	const struct nets *nets; /* real networks; NULL: made-up ones. Borrowed until lab_close */
};

/* One record. `owner` and `target` are names in wire form, borrowed until the next lab_next. */
struct lab_record {
	const uint8_t *owner, *target; /* target: CNAME, NS; SOA: the first server; NULL else */
	struct addr addr;              /* A, AAAA; of HTTPS, the exchange has the hints */
	uint32_t ttl;
	uint16_t type;
	uint8_t section; /* enum section */
};

/* One question and what came of it. */
struct lab_exchange {
	int64_t event_ns; /* nothing that is given out later begins before this */
	int64_t asked_ns;
	int64_t answered_ns; /* STAMP_NONE: no answer ever came */
	struct addr client, server;
	const uint8_t *question, *zone; /* zone: upstream only, what the asked server speaks for; else NULL */
	const uint8_t *asked;           /* the question with its letters as they came; NULL: as they are */
	uint16_t qtype, id, client_port;
	uint16_t flags; /* of the answer, with its code */
	uint8_t side;   /* one enum lab_side bit */
	bool tcp, edns;
	bool refers;          /* it sends elsewhere: without all of it, it is truncated */
	uint16_t room;        /* octets over UDP; 0: as usual */
	uint32_t ttl_divisor; /* of each TTL when it is written; 0: none */
	uint16_t n;
	struct lab_record records[LAB_RECORDS_MAX]; /* in order of their sections */
	uint16_t n_hints;
	struct addr hints[LAB_HINTS_MAX]; /* of its HTTPS record: of IPv4, then of IPv6 */
};

struct lab;

/* E_RANGE (text in *d) or E_MEMORY. */
enum err lab_open(struct lab **out, const struct lab_config *config, struct diag *d) MUST_USE;
void lab_close(struct lab *l);

/* OK: *out is filled, what it borrows good until the next call. E_END: the hours are over. E_MEMORY. */
enum err lab_next(struct lab *l, struct lab_exchange *out) MUST_USE;

/*
 * The truth so far as lines of JSON, one object for each registrable domain, in an order that does not
 * change; `deflux-lab(1)` says what stands in them. Lines are handed to `take` one at a time; it may stop the
 * walk by any error, which is returned.
 */
enum err lab_truth(const struct lab *l, enum err (*take)(void *context, const char *line, size_t len),
		   void *context) MUST_USE;

/* What a wide world is drawn from, as tab-separated text with the sources. */
void lab_priors(struct buf *to);

/* The made-up networks as a table for `--asn-table`: start, end, number, name, whose words say what kind it
 * is. */
void lab_networks(struct buf *to);

/* The bit for a class of a wide world by its name, text[0 .. len), as the truth tells it; 0: there is none.
 */
uint64_t lab_class_bit(const char *text, size_t len);

/* How many domains of the world are flux, and how many there are. */
void lab_domains(const struct lab *l, size_t *all, size_t *flux);

/* Whether its addresses are of real networks. */
bool lab_is_real(const struct lab *l);
