/* SPDX-License-Identifier: Apache-2.0 */
/* facts.h -- what is printed of one domain in every form: the numbers behind a line of the table, JSON or
 * CSV. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "flow/flow.h"

/* A value; `finding` is borrowed until the sink of flow_results returns. */
struct facts {
	const struct finding *finding;
	const struct domain *domain;
	char name[NAME_TEXT_MAX];
	const char *verdict, *kind, *carrier; /* the latter two NULL for none */
	const char *network;                  /* set by who knows it; NULL: none */
	double probability, llr_db, prior;    /* finite, rounded to what is printed */
	bool graded; /* a published method only says yes or no, and its probability is no more than that */
	unsigned names, addresses, asns, countries;
	double turnover;         /* share of the addresses that came after the first look-up */
	double turnover_per_day; /* such addresses a day of the domain's time; 0 when that is too short to say
				  */
};

void facts_of(const struct finding *x, struct facts *out);

/* Whether the member is one of `addresses`: of the names themselves, or of name servers where there is
 * nothing else. */
bool facts_is_counted(const struct view *v, const struct view_member *m);

enum { FACTS_LACKS = 8 };

/* Decibans as printed: finite, no -0, rounded to so many steps of one. */
double facts_decibans(double db, unsigned steps);

/* The word for one bit of enum lack, as in "lacking". */
const char *facts_lack(unsigned bit);

void facts_jsonl(const struct facts *f, struct buf *to);
void facts_csv_head(struct buf *to);
void facts_csv(const struct facts *f, struct buf *to);
