/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline.h -- the published methods that users know, as their sources define them, to compare with.
 *
 * Each is a rule about one name; a domain is flux when any of its names is, and the reason tells which, with
 * the formula and its numbers. They give no probability: `probability` is 1 for flux, else 0 (also when
 * undecided), and `llr_db` and every weight are 0. No list of good names is used: the exceptions that Zeek's
 * script and FluxBuster ship are left out on purpose, since deflux decides on evidence alone.
 *
 * holz2008   Holz, Gorecki, Rieck, Freiling, "Measuring and Detecting Fast-Flux Service Networks", NDSS 2008.
 *            1.32 x addresses + 18.54 x networks + 0 x name servers, flux when over 142.38. Addresses and
 * networks are those of two look-ups, the second after the TTL: the latest, and the latest that is a TTL
 * older (or the oldest still kept, when the name changes too fast for that). One look-up only: undecided.
 *
 * zeek       an-dns-fast_flux.zeek of AnomalousDNS (Seth Hall 2009; Brian Kellogg 2014; Jeremy Baggs 2020),
 * read as of its commit 092bbbf. (networks / addresses) x (1.32 x addresses + 18.54 x networks), over 142.38,
 * over all answers; TTLs over 30 minutes are not looked at; a name is forgotten 31 minutes after its last
 *            answer; an address of unknown network adds none. The earlier scripts do not multiply by the
 * ratio. Three things the profile does not keep: the TTL of each answer (the zone's own is used, the largest
 *            seen), the order of the addresses in an answer (the score is taken at the end of each answer,
 * the script takes it at each record), and pauses between the first and last sighting of one address.
 *
 * stalmans   FFanalyse.py of Stalmans (2012, 2013), over one answer, here the latest:
 *            1.32 x addresses + 18.54 x networks + 5 x [TTL <= 300] - 50, flux when over 0, and
 *            addresses + name servers + 1.5 x /24 + 1.5 x networks + 2 x countries + [TTL <= 300], flux from
 * 18 on. As shipped the script never counts name servers: its term stays 0. What has no network (country)
 * counts as one more network (country). The script prints both answers and combines them nowhere: here a name
 * is flux when both say so, and undecided when they differ. Its Moran's I and Geary's C need the coordinates
 *            of each address, which the database of networks does not carry: these two are not applied. Nor
 * is the "rule based" line of its last version, which any two addresses fulfil.
 *
 * All three look at IPv4 alone, and all need a database of networks: without one they are undecided.
 */
#pragma once

#include "judge/judge.h"

/* For METHOD_HOLZ2008, METHOD_ZEEK and METHOD_STALMANS. */
void baseline_judge(const struct judge *j, const struct view *v, struct judgement *out);

/* The outcome of a published rule for one name, from the least telling to the most. */
enum baseline_outcome {
	BASELINE_NOT_APPLIED,
	BASELINE_CLEAN,
	BASELINE_OPEN, /* the rules of one method differ, or go on where they are not known */
	BASELINE_FLUX
};

/* Empties *out and fills all of it but the evidence. */
void baseline_settle(struct judgement *out, enum baseline_outcome o);

/* Adds FEATURE_SCORE: "name: reason". `name` in wire form; NULL: none. */
void baseline_explain(struct judgement *out, double value, const uint8_t *name, const char *reason);
