/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fluxbuster.h -- FluxBuster (Perdisci, Corona, Giacinto, IEEE TDSC 9(5), 2012), to compare with: all domains
 * together.
 *
 * Facts of the program published at github.com/perdisci/fluxbuster (GPL; no code of it is here), and what
 * becomes of them over deflux's profile:
 *
 * 1. Candidates (extract_candidate_flux_domains.py): the A records of a name, an answer being looked at when
 * its TTL is at most 10,800 s, it has at least 3 addresses or a TTL of at most 30 s, and, from 3 addresses
 * on, a diversity of at least 1/3. Diversity is the entropy of the /16 prefixes over log2 of the number of
 * addresses. A name stays when all its addresses are at least 3 with a diversity of at least 0.5. Here the
 * TTL is the zone's own (the largest seen), one of the answers kept must pass, and the whole input is one
 * window where the script has windows of 12 hours.
 * 2. Clusters: distance 1 - |A and B| / |A or B| / (1 + e^(3 - min(|A|, |B|))), single linkage, cut at 0.75.
 * The shipped configuration takes at most 200 candidates a day, first those with 5 addresses and diversity
 * over 0.5, and draws the rest by lot; here all take part, so neither that order nor the lot is needed.
 * 3. Features of a cluster that the tree reads: addresses; diversity; domains per network (candidate names
 * that had one of its addresses; the program looks back 9 days, here the whole input); names; TTL (mean over
 * names); growth (mean over names of distinct addresses per query; here per look-up, those of AAAA included).
 * 4. A cluster of fewer than 30 addresses is not classified: undecided.
 * 5. The J48 tree (tree.model, trained on 1,020 flux and 2,040 other clusters). Known of it:
 *      growth <= 0.122                     not flux (0 : 1,915)
 *      else TTL <= 30.18                   not flux (5 : 84; the tree splits further, most are not flux)
 *      else diversity > 0.41 and domains per network > 108
 *                                          flux (926 : 0)
 *      else                                not known here: 89 flux and 41 other clusters fell there.
 * Undecided. The file is a serialized Java object; its other splits could not be read, and none are made up.
 *
 * Its list of 17 excepted domains is left out on purpose, as baseline.h says of all.
 */
#pragma once

#include "base/diag.h"
#include "judge/baseline.h"

struct fluxbuster;

/*
 * Clusters the names of all domains of OBS_PARTITIONS partitions, settled before; nothing of them is kept.
 * What comes out depends on what they hold, not on the order in it. E_MEMORY, with text in *d.
 */
enum err fluxbuster_open(struct fluxbuster **out, const struct partition *parts, struct diag *d) MUST_USE;
void fluxbuster_close(struct fluxbuster *f);

/* For METHOD_FLUXBUSTER; the view must be of the same state of the partitions. Safe from many threads. */
void fluxbuster_judge(const struct fluxbuster *f, const struct judge *j, const struct view *v,
		      struct judgement *out);

/* What the tree reads. */
struct fluxbuster_features {
	unsigned addresses, names;
	unsigned per_network; /* domains per network, counted to FLUXBUSTER_PER_NETWORK + 1 */
	double diversity, ttl, growth;
};

enum { FLUXBUSTER_ADDRESSES_MIN = 30, FLUXBUSTER_PER_NETWORK = 108 };

enum baseline_outcome fluxbuster_tree(const struct fluxbuster_features *x);
