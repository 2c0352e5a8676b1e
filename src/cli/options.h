/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h -- the one table of options that makes the parser and the --help of all verbs.
 *
 * Long options take their value after '=' or as the next word, letters as the rest of the word or the next
 * word; options and files come in any order; "--" ends the options.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "cli/listen.h"
#include "flow/flow.h"
#include "lab/lab.h"
#include "lab/write.h"

enum verb {
	VERB_SCAN = 1 << 0,
	VERB_EXPLAIN = 1 << 1,
	VERB_RECORDS = 1 << 2,
	VERB_LAB = 1 << 3,
	VERB_NETWORKS = 1 << 4,
	VERB_SERVE = 1 << 5, /* lab serve */
	VERB_JUDGE = 1 << 6
};

enum form {
	FORM_TABLE,
	FORM_JSONL,
	FORM_CSV,
	FORM_FEATURES,
	FORM_TEXT,
	FORM_HTML,
	FORM_COF,
	FORM_DOT,
	FORM_GRAPHML,
	FORM_JSON
};

/* What only lab is told. */
struct lab_options {
	struct lab_config config;
	enum lab_format format;
	const char *truth, *networks; /* NULL: not wanted */
	bool made_up, priors, no_queries;
};

/* What only lab serve is told, beside the world and the truth. */
struct serve_options {
	struct listen_place places[SERVE_ADDRESSES_MAX];
	size_t n_places;
	double speed;
	int64_t duration_ns; /* by the clock; 0: as long as the lab's hours last */
	bool divide_ttl;
	const char *dnstap, *config_folder; /* NULL: not wanted */
};

/* Zeroed but for the verb is ready for options_read. Strings are borrowed from argv, arrays are owned. */
struct options {
	enum verb verb;
	enum form form;
	bool help, all, quiet, verbose, no_color;
	size_t top;
	const char *output;      /* NULL: standard output; lab's is as it was given */
	const char *name;        /* what explain is about */
	const char *known;       /* an earlier listing of networks, NULL: none */
	const char *parameters;  /* a file of them, NULL: deflux's own */
	bool list_parameters;    /* what judge is to do */
	struct flow_config flow; /* points at the arrays below, once options_read was OK */
	struct source_path *paths;
	struct name *domains;
	struct addr *resolvers;
	const char **mmdb, **vantages; /* vantages[0] is NULL: inputs before the first --vantage */
	size_t n_vantages;
	uint16_t vantage; /* of the inputs that follow */
	struct lab_options lab;
	struct serve_options serve;
};

/* OK; E_FORMAT: the command line is wrong, *d says how; E_MEMORY. */
enum err options_read(struct options *o, int argc, char **argv, struct diag *d) MUST_USE;
void options_fini(struct options *o);

/* The options of one verb, by group, as --help prints them. */
void options_help(enum verb verb, struct buf *to);
