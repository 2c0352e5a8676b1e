/* SPDX-License-Identifier: Apache-2.0 */
/* facts.h -- what one database says: its ranges, its names of autonomous systems, its name and date. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "enrich/ranges.h"

enum {
	FACTS_NAME_MAX = 200, /* octets kept of a network's name */
	FACTS_NAMES_MAX =
		1 << 22, /* names: half as many as the registries could give away by now, and more */
	FACTS_NAMES_OCTETS = 256 << 20, /* octets of all names together */
	FACTS_TITLE_MAX = 80
};

struct as_name {
	uint32_t asn;
	uint32_t at; /* where its text, ended by NUL, begins in `texts` */
};

/* Zeroed is empty. */
struct facts {
	struct ranges ranges;
	struct as_name *names;
	size_t n_names, names_room;
	struct buf texts;
	int64_t made_ns; /* STAMP_NONE: not known */
	char title[FACTS_TITLE_MAX];
};

void facts_fini(struct facts *f);

/*
 * Notes a name. Control characters become blanks, blanks at both ends go, what is longer than FACTS_NAME_MAX
 * is cut (not inside a character); an empty name is not noted. Consecutive calls that repeat the last name
 * cost nothing. Returns OK or E_MEMORY.
 */
enum err facts_name(struct facts *f, uint32_t asn, const char *text, size_t len) MUST_USE;

/* Sorts the names by number; of two names of one number the first noted stays. */
void facts_sort_names(struct facts *f);

/* The name of a number after facts_sort_names; NULL when there is none. Good until the next facts_name. */
const char *facts_name_of(const struct facts *f, uint32_t asn);

/* Sets the title: `what` and the date of made_ns ("libloc 2022-10-29"). */
void facts_title(struct facts *f, const char *what);
