/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logwire.h -- what the readers of the log forms share: texts to values, answers to records, and one line's
 * message on its way to the sink. Private to the readers; see logs.h for the outside.
 *
 * Zeek and Suricata write names in the same manner ("log text"): labels joined by dots, an octet that is not
 * printable as \xNN, a backslash as \\ or alone. Passive DNS writes presentation form, which dns/name.h
 * reads.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/build.h"
#include "source/jsonline.h"
#include "source/logs.h"

enum { LOG_ANSWERS_MAX = 4096, LOG_WIRE_MAX = 65535, ZEEK_FIELDS_MAX = 256 };

/* Borrowed text without a NUL. `at` NULL: the field is unset. */
struct log_text {
	const char *at;
	size_t len;
};

/* One answer of a list that names no owners. */
struct log_answer {
	struct log_text text;
	uint32_t ttl;
	uint16_t type; /* 0: to be told from the text */
	bool counted;  /* private: "TXT 5 hello TXT 2 hi", as Zeek writes text */
};

/* The message under way. */
struct logwire {
	struct build build;
	struct name qname;
	struct intake in;
	uint32_t left_out; /* records whose text is not their whole rdata */
	uint8_t bytes[LOG_WIRE_MAX];
	uint8_t rdata[LOG_WIRE_MAX];
};

enum zeek_column {
	ZEEK_TS,
	ZEEK_ORIG_H,
	ZEEK_ORIG_P,
	ZEEK_RESP_H,
	ZEEK_RESP_P,
	ZEEK_TRANS_ID,
	ZEEK_QUERY,
	ZEEK_QCLASS,
	ZEEK_QTYPE,
	ZEEK_QTYPE_NAME,
	ZEEK_RCODE,
	ZEEK_RCODE_NAME,
	ZEEK_AA,
	ZEEK_TC,
	ZEEK_RD,
	ZEEK_RA,
	ZEEK_ANSWERS,
	ZEEK_TTLS,
	ZEEK_COLUMNS /* their number; in a header: a column of no interest */
};

/* Zeek's header, and one row sorted by it. */
struct zeek {
	char separator, set_separator;
	char empty[16], unset[16];        /* NUL-terminated */
	uint8_t columns[ZEEK_FIELDS_MAX]; /* enum zeek_column of each field in order */
	size_t n_fields;                  /* 0: no header yet */
	bool is_dns;                      /* the header has a query column */
	struct log_text row[ZEEK_COLUMNS];
	size_t n_answers;
	bool ttls_missing;
	struct log_answer answers[LOG_ANSWERS_MAX];
};

/* The open response of EVE version 1. */
struct eve {
	bool open;
	int64_t time_ns;
	uint64_t flow, id;
	uint16_t first_type, last_type;
};

struct log_reader {
	enum log_form form;
	struct logwire wire;
	struct jsonline json;
	struct zeek zeek;
	struct eve eve;
};

/* Where a line's messages go. */
struct log_out {
	struct arena *keep;
	const struct log_sink *sink;
};

struct log_text
log_text_of(const struct json_value *v); /* a string's or number's text; else unset; v may be NULL */
bool log_text_is(struct log_text t, const char *text);

/* Whole numbers, and floats rounded down ("300.000000", "1e3"). E_FORMAT; E_RANGE over max, *out unchanged.
 */
enum err log_number(struct log_text t, uint64_t max, uint64_t *out) MUST_USE;

/* Seconds since 1970 with decimals (ms, us or ns when they have more than 11, 14 or 17 digits), or ISO 8601.
 */
enum err log_time(struct log_text t, int64_t *out_ns) MUST_USE;

/* A mnemonic, TYPEn, a number, Zeek's "*" and "query-n". */
enum err log_type(struct log_text t, uint16_t *out) MUST_USE;

/* A mnemonic ("NXDOMAIN") or a number. */
enum err log_rcode(struct log_text t, uint16_t *out) MUST_USE;

/* Log text, see above; "" and "." are the root. E_FORMAT: not a name. */
enum err log_name(struct log_text t, struct name *out) MUST_USE;

/* The octets of log text without its escapes, at most `room`; returns how many. */
size_t log_octets(struct log_text t, uint8_t *to, size_t room);

/* Begins the message; clears w->in. */
void logwire_begin(struct logwire *w, const struct name *qname, uint16_t qtype, uint16_t id, uint16_t flags);

/*
 * One record from log text. A text that is not the whole rdata is left out and counted. E_FORMAT: a name
 * outside its limits.
 */
enum err logwire_record(struct logwire *w, enum section s, const struct name *owner,
			const struct log_answer *a) MUST_USE;

/*
 * Answers without owners, rebuilt: aliases form a chain that starts at the question, all else belongs to the
 * chain's end. A name is an alias unless the question asked for a type that has a name itself (NS, PTR, MX,
 * SRV). Errors as above.
 */
enum err logwire_answers(struct logwire *w, uint16_t qtype, struct log_answer *answers, size_t n) MUST_USE;

/* Gives the message to the sink: LINE_MESSAGE, LINE_BAD (it does not fit a message) or LINE_MEMORY. */
enum log_line logwire_give(struct logwire *w, const struct log_out *to);

/* The readers. `line` has no CR at its end. */
enum log_line zeek_take_tsv(struct log_reader *r, struct log_text line, const struct log_out *to);
enum log_line zeek_take_json(struct log_reader *r, const struct log_out *to); /* r->json holds the line */
enum log_line eve_take(struct log_reader *r, const struct log_out *to);
enum log_line eve_end(struct log_reader *r, const struct log_out *to); /* LINE_EMPTY: nothing was open */
enum log_line cof_take(struct log_reader *r, const struct log_out *to);
