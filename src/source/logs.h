/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logs.h -- lines of DNS logs turned back into the messages they describe.
 *
 * Forms: Zeek's dns.log (TSV and JSON), Suricata's EVE (dns events, versions 1 to 3), the passive DNS Common
 * Output Format (draft-dulaunoy-dnsop-passive-dns-cof), DNSDB's rrset lines and nmsg's JSON. A log says less
 * than the packet did; what a line cannot carry stands in intake.lacks. What no log says of a record is never
 * made up, with one exception: MX and SRV of Zeek and EVE keep their target and get zeros for the numbers
 * before it. Answers whose text is not their whole rdata (DNSKEY, SOA, "<unknown type=...>") are left out.
 *
 * The caller cuts the input into lines and bounds their length.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "observe/intake.h"

struct arena;

enum log_form {
	LOG_NONE, /* not a log of ours */
	LOG_ZEEK_TSV,
	LOG_ZEEK_JSON,
	LOG_EVE,
	LOG_COF,
	LOG_DNSDB,
	LOG_NMSG_JSON
};

enum { LOG_SAMPLE_OCTETS = 65536 }; /* as much of a file's start as is ever looked at */

/*
 * The form of the log that starts with these octets, by content. NULs, a byte order mark, blank lines and a
 * few broken first lines are passed over. The last line may be cut. LOG_NONE: no line of the sample looks
 * like one of ours.
 */
enum log_form log_recognise(const uint8_t *octets, size_t len);

/* "Zeek TSV", "Suricata EVE", ...; static storage. */
const char *log_form_text(enum log_form form);

/* What a line was. */
enum log_line {
	LINE_MESSAGE, /* a message, or one record of a message that later lines may complete */
	LINE_EMPTY,   /* blank, header, comment: not a record */
	LINE_OTHER,   /* well formed and no DNS message: other events, NetBIOS and LLMNR, no question, other
			 classes */
	LINE_MDNS,    /* multicast DNS */
	LINE_BAD,     /* not in the form, or a name or time outside its limits */
	LINE_MEMORY   /* no memory: what the line said is lost */
};

/* Gets each message; `in` and what it borrows from outside of `keep` are good until the call returns. */
struct log_sink {
	void (*take)(void *ctx, const struct intake *in);
	void *ctx;
};

/* The state of one file: Zeek's header, the open message of EVE version 1, scratch memory (about 1 MiB at
 * most, and two times the longest line). */
struct log_reader;

/* E_MEMORY; E_FORMAT for LOG_NONE. */
enum err log_open(struct log_reader **out, enum log_form form) MUST_USE;
void log_close(struct log_reader *r);

/*
 * Reads one line (without its newline; a CR at its end is ignored) and gives the messages that are complete,
 * usually one, to the sink. Wires are allocated in `keep`; intake.vantage and .role are 0.
 *
 * Version 1 of EVE writes an event per record. Events that follow each other with the same timestamp, flow_id
 * and dns.id are one response; it is given out with the next line that does not belong to it, or by log_end.
 */
enum log_line log_take(struct log_reader *r, const uint8_t *line, size_t len, struct arena *keep,
		       const struct log_sink *sink);

/* The end of the file: gives what is still open. False: no memory, it is lost. */
bool log_end(struct log_reader *r, struct arena *keep, const struct log_sink *sink);
