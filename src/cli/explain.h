/* SPDX-License-Identifier: Apache-2.0 */
/* explain.h -- the two forms in which a domain's story is told. */
#pragma once

#include "cli/story.h"
#include "cli/term.h"
#include "network/networks.h"

enum { EXPLAIN_PAGE_BINS = 120 };

/* How many cells of time fit beside the names of networks. */
unsigned explain_cells(const struct term *t);

/* As text; `verbose` tells longer lists. vantages[0 .. n) are the names the user gave, may be NULL. */
struct explain_extra {
	const char *const *vantages;
	size_t n_vantages;
	bool verbose;
	const struct network *network; /* that the domain belongs to, NULL: none */
};

void explain_text(const struct story *s, const struct term *t, const struct explain_extra *extra,
		  struct buf *to);

/* As one page of HTML that needs nothing from elsewhere. */
void explain_page(const struct story *s, const struct explain_extra *extra, struct buf *to);
