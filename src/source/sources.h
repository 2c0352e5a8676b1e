/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sources.h -- all inputs as one stream of DNS messages in order of time.
 *
 * Files are recognised by content: pcap, pcapng, dnstap, Zeek (TSV, JSON), Suricata EVE, COF and DNSDB lines,
 * each plain or compressed (.gz .zst .xz, by content too). Directories are walked. Sources are merged by
 * time; late records within a window are put in order; records whose date no neighbour agrees with are
 * counted and dropped.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "observe/intake.h"

struct arena;

enum { SOURCES_PORTS_MAX = 16 };

struct source_path {
	const char *path; /* file, directory, or "-" for standard input */
	uint16_t vantage;
};

struct sources_config {
	const struct source_path *paths;
	size_t n_paths;
	const char *filter;         /* BPF for captures, NULL: none */
	int64_t since_ns, until_ns; /* STAMP_NONE: open; since <= t < until */
	int64_t max_gap_ns;         /* a jump over this needs neighbours that agree; 0: 7 days */
	int64_t window_ns;          /* late records within this are sorted; 0: 2 seconds */
	uint16_t ports[SOURCES_PORTS_MAX];
	unsigned n_ports;    /* 0: port 53 */
	size_t memory_bytes; /* for everything sources keep: reassembly, windows, long lines, decompressors */
};

/* Why input did not become messages. One list for all forms: what cannot occur in a form stays 0. */
struct sources_counts {
	uint64_t octets;                   /* read so far, as stored (compressed) */
	uint64_t octets_total;             /* of all files whose size is known, for progress; 0: not known */
	uint64_t records;                  /* packets, frames or lines read */
	uint64_t messages;                 /* given out */
	uint64_t bad_records;              /* broken packets records, frames, lines */
	uint64_t bad_packets;              /* broken link, IP, UDP, TCP headers */
	uint64_t bad_time;                 /* records whose date is outside what their neighbours agree on */
	uint64_t late;                     /* behind the window: used, without moving time back */
	uint64_t cut;                      /* cut by the snap length */
	uint64_t lost_tcp, lost_fragments; /* messages that could not be put together */
	uint64_t mdns;
	uint64_t other; /* well formed and no DNS: other ports, other log events, queries-only rows */
	uint64_t unknown_link;
	uint64_t evicted;    /* given up for the memory limit */
	uint64_t filtered;   /* by --filter, --since, --until */
	uint64_t unreadable; /* inputs refused or broken off: exit status 2 */
	uint16_t lacks;      /* what at least one source could not carry (enum lack) */
};

/* One input that was refused or broken off, in one line: "x.bin: not a capture ..., expected ...". */
struct source_problem {
	char text[400];
};

struct sources;

/* Opens nothing yet but checks the filter. E_FORMAT (filter), E_MEMORY; text in *d. */
enum err sources_open(struct sources **out, const struct sources_config *config, struct diag *d) MUST_USE;
void sources_close(struct sources *s);

/*
 * The next message in order of time. OK, E_END, or E_AGAIN: a pipe has nothing yet (sources_wait_until). What
 * `out` borrows lies in mapped files that stay mapped until sources_close, or is copied into `keep`, and is
 * good until the caller resets `keep`. A file that cannot be read, or becomes shorter meanwhile, is a
 * problem, not an error: the others go on.
 */
enum err sources_next(struct sources *s, struct arena *keep, struct intake *out) MUST_USE;

/* From this moment on (base/monotonic.h) sources_next does not wait for a pipe; 0, as it
 * is at first: it waits for as long as it takes. */
void sources_wait_until(struct sources *s, int64_t moment_ns);

/* Asks sources_next to end soon with E_END, as if the inputs ended here. Safe in a signal handler. */
void sources_stop(struct sources *s);

void sources_count(const struct sources *s, struct sources_counts *out);
/* Good until the next call. */
size_t sources_problems(struct sources *s, const struct source_problem **out);
