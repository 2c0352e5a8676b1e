/* SPDX-License-Identifier: Apache-2.0 */
/* speak.h -- what a server says of a name, by what it speaks for: the root, top-level domains, zones. */
#pragma once

#include "lab/authority.h"
#include "lab/census.h"
#include "lab/serve.h"

/* What a server speaks for; bits. */
enum speak { SPEAK_ROOT = 1, SPEAK_TOPS = 2, SPEAK_ZONES = 4, SPEAK_ALL = 7 };

struct speaker {
	const struct world *w;             /* borrowed */
	const struct serve_config *config; /* borrowed */
	struct census census;
	struct authority authority;
	struct tally *tallies; /* for each zone */
	struct addr root, top; /* where their servers are */
};

enum err speaker_init(struct speaker *s, const struct world *w, const struct serve_config *c) MUST_USE;
void speaker_fini(struct speaker *s);

/*
 * Adds to `x`, in which the question (of `len` octets) stands, the records and flags of the answer; x->zone
 * is then what the server spoke for. E_ABSENT: it is no business of that server. E_MEMORY.
 */
enum err speaker_say(struct speaker *s, unsigned office, size_t len, struct lab_exchange *x) MUST_USE;
