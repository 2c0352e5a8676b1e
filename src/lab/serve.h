/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve.h -- the lab's world as authoritative name servers: a query's octets in, an answer's octets out.
 *
 * A machine: time is an argument, and who sends and receives is the caller's affair. The same configuration
 * gives the same world as a capture of it (lab.h), and what is said of a name in one second of the lab is
 * always the same.
 */
#pragma once

#include "base/diag.h"
#include "lab/lab.h"
#include "lab/wire.h"

enum { SERVE_ADDRESSES_MAX = 16 };

struct serve_config {
	struct lab_config lab;
	/*
	 * Where it is reached. One address: it speaks for the root, the top-level domains, and all zones.
	 * Three or more, of IPv4: the first is the root's server, the second the one of the top-level
	 * domains, the others are those of the zones, and names of name servers lead to them.
	 */
	struct addr at[SERVE_ADDRESSES_MAX];
	size_t n_at; /* never two */
	/*
	 * Or at every address there is, in a network of its own: then name servers have the addresses that
	 * they have in the world, and those that the world calls dead are silent.
	 */
	bool everywhere;
	uint32_t ttl_divisor; /* TTLs are divided by this; 0: they stay */
};

/* The root's server and that of top-level domains, where it is reached everywhere. */
extern const struct addr serve_root_address, serve_top_address;

struct serve_packet {
	const uint8_t *octets;
	size_t len;
	int64_t now_ns; /* time of the lab, never less than at the packet before */
	bool tcp;
	size_t at;          /* which of the addresses it came to */
	struct addr server; /* that address, where it is reached everywhere, and for the log */
	struct addr client; /* for the log alone */
	uint16_t client_port, server_port;
};

/* Packets by what became of them; each is one of the first nine. */
struct serve_counts {
	uint64_t answers;     /* with addresses, aliases, or what else was asked for */
	uint64_t referrals;   /* to the servers of a zone below */
	uint64_t nodata;      /* there is the name, and nothing of that type */
	uint64_t nxdomain;    /* there is no such name */
	uint64_t refused;     /* no business of that server */
	uint64_t malformed;   /* FORMERR */
	uint64_t unsupported; /* NOTIMP, BADVERS */
	uint64_t ignored;     /* no header, or a response: never answered */
	uint64_t dead;        /* to a server that is meant to be dead */
	uint64_t truncated, tcp;
};

struct serve;

/* E_RANGE (text in *d) or E_MEMORY. */
enum err serve_open(struct serve **out, const struct serve_config *config, struct diag *d) MUST_USE;
void serve_close(struct serve *s);

/* Lets the world go on up to that time of the lab. E_MEMORY. */
enum err serve_advance(struct serve *s, int64_t now_ns) MUST_USE;

/* Writes the answer to a packet, whatever it is; returns its octets, 0: there is none. */
size_t serve_answer(struct serve *s, const struct serve_packet *p, uint8_t to[WIRE_MESSAGE_MAX]);

/* Appends the last packet and its answer as frames of dnstap, at the lab's time and with the zone's TTLs;
 * nothing when it was ignored. */
void serve_log(struct serve *s, const struct serve_packet *p, struct buf *to);

const struct serve_counts *serve_counted(const struct serve *s);

/* As lab_truth: of what was answered so far. */
enum err serve_truth(const struct serve *s, enum err (*take)(void *context, const char *line, size_t len),
		     void *context) MUST_USE;
void serve_domains(const struct serve *s, size_t *all, size_t *flux, size_t *tops);
bool serve_is_real(const struct serve *s);

/* The name asked for most of the most popular flux domains (or of the most popular others), to try it;
 * writes up to n into `names` and returns how many. Borrowed until serve_close. */
struct serve_example {
	const uint8_t *name;
	const char *class; /* static storage */
};
size_t serve_examples(const struct serve *s, bool flux, struct serve_example *examples, size_t n);
