/* SPDX-License-Identifier: Apache-2.0 */
/* baseline_zeek.h -- the score of AnomalousDNS' Zeek script, replayed over what is known of one name.
 * Private. */
#pragma once

#include "enrich/nets.h"
#include "profile/partition.h"

enum { BASELINE_ZEEK_TTL = 1800 }; /* seconds; answers with a longer TTL are not looked at */

struct baseline_zeek {
	bool flux;
	double score;                 /* the first over the threshold, else the largest */
	unsigned addresses, networks; /* of that score; 0: the name has no A records */
};

/* OK, or E_MEMORY. */
enum err baseline_zeek_run(struct baseline_zeek *out, const struct partition *p, const struct owner *w,
			   const struct nets *nets) MUST_USE;
