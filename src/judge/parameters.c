/* SPDX-License-Identifier: Apache-2.0 */
/* parameters.c -- see parameters.h: the table. The values are in class.c. */
#include "judge/parameters.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge/inputs.h"

#define OURS "our estimate"
#define CHOSEN                                                                                               \
	"chosen with wide worlds of the lab in view (seeds 101 to 108), FluXOR's findings kept: our "        \
	"estimate"
#define SEEN                                                                                                 \
	"chosen with wide worlds of the lab in view (seeds 501 to 516), FluXOR's findings kept: our "        \
	"estimate"
/* By fit/, which holds each number near to what it was estimated at. */
#define FITTED_FROM "fitted to worlds of the lab (seeds 501 to 508) from "
#define FITTED      FITTED_FROM OURS

enum { PARTS_MAX = 16 };

/* What a row describes: one number, or one for each part. */
struct parameter_row {
	struct parameter_info info;
	enum parameter_type type;
	size_t offset; /* in struct parameters, in struct class_model */
	const char *parts[PARTS_MAX];
	bool adds_up; /* the parts are a distribution */
};

#define KIND_PARTS                                                                                           \
	{                                                                                                    \
		"consumer", "hosting", "content", "university", "business", "transit"                        \
	}
#define SHARE_PARTS                                                                                          \
	{                                                                                                    \
		"a", "b"                                                                                     \
	}
#define ANSWER_PARTS                                                                                         \
	{                                                                                                    \
		"1", "2-4", "5-12", "more"                                                                   \
	}
#define NETWORKS_PARTS                                                                                       \
	{                                                                                                    \
		"1", "2", "3", "4", "more"                                                                   \
	}

#define WEAK_PARTS                                                                                           \
	{                                                                                                    \
		"size", "answer_size"                                                                        \
	}

/* A share of 0 or 1 would make one observation a proof; and products of 40 kinds have to stay in a double. */
#define SHARE_LEAST 0.0001
#define SHARE_MOST  0.9999

/* clang-format off */
static const struct parameter_row general[] = {
#define AT(field) offsetof(struct parameters, field)
	{{"accuse_db", "dB", "evidence from which on a domain is accused", "Ville's inequality: 1e-5 false accusations of an honest domain at the most", 0, 1000},
	 PARAMETER_NUMBER, AT(accuse_db), {NULL}, false},
	{{"marks_over_db", "dB", "by which a domain's own evidence passes accuse_db, before its members speak against others", CHOSEN, 0, 1000},
	 PARAMETER_NUMBER, AT(marks_over_db), {NULL}, false},
	{{"doubt_db", "dB", "evidence from which on a domain is not cleared", OURS, 0, 1000},
	 PARAMETER_NUMBER, AT(doubt_db), {NULL}, false},
	{{"homes_least", "members", "likely homes on one side that an accusation takes", OURS, 0, 1000},
	 PARAMETER_WHOLE, AT(homes_least), {NULL}, false},
	{{"prior", "probability", "of fast flux before any evidence, where --prior says nothing", "about 1 in 100,000 registered domains: our estimate", 1e-12, 0.5},
	 PARAMETER_NUMBER, AT(prior), {NULL}, false},
	{{"counted_max", "members", "beyond so many, further ones say nothing new", OURS, 24, 64},
	 PARAMETER_WHOLE, AT(counted_max), {NULL}, false},
	{{"kinds_max", "networks", "whose kind counts, each once", OURS, 1, INPUTS_KINDS_MAX},
	 PARAMETER_WHOLE, AT(kinds_max), {NULL}, false},
	{{"trust_lost_a_year", "share", "of a database's addresses that change hands in a year", OURS, 0, 1},
	 PARAMETER_NUMBER, AT(trust_lost_a_year), {NULL}, false},
	{{"trust_least", "share", "of a database's addresses that is believed at any age", OURS, 0, 1},
	 PARAMETER_NUMBER, AT(trust_least), {NULL}, false},
	{{"counts", "share", "of what this feature says that counts, as a power of its likelihood: how many members there are and how large answers hang on each other and on what else an operator chose", "chosen with wide worlds of the lab in view (seeds 501 to 508 and 631 to 634), FluXOR's findings nearly kept: our estimate", 0, 1},
	 PARAMETER_NUMBER, AT(counts), WEAK_PARTS, false},
	{{"ttl_near_odds", "odds", "that a TTL lies where its class has them, against anywhere from 0 to 10^6 s", OURS, 0.01, 1000},
	 PARAMETER_NUMBER, AT(ttl_near_odds), {NULL}, false},
	{{"ns_shared_draws", "draws", "that servers which are hosts too are worth: one operator decides for all", OURS, 0.1, 100},
	 PARAMETER_NUMBER, AT(ns_shared_draws), {NULL}, false},
	{{"ns_among_networks", "share", "of sets of servers that live among the hosts, by how many networks they spread over", OURS, SHARE_LEAST, SHARE_MOST},
	 PARAMETER_NUMBER, AT(ns_among_networks), NETWORKS_PARTS, true},
	{{"ns_among_shared", "Beta", "chance that a server among the hosts is one of them", OURS, 0.01, 1000},
	 PARAMETER_NUMBER, AT(ns_among_shared), SHARE_PARTS, false},
	{{"accused_alone", "share", "of flux domains that are of a network which no other accused domain is of: these share members by chance", OURS, SHARE_LEAST, SHARE_MOST},
	 PARAMETER_NUMBER, AT(accused_alone), {NULL}, false},
	{{"accused_flux", "Beta", "chance that a member of other flux is one of another accused domain", OURS, 0.01, 1000},
	 PARAMETER_NUMBER, AT(accused_flux), SHARE_PARTS, false},
	{{"accused_chance", "Beta", "the same of an honest service", OURS, 0.01, 1000},
	 PARAMETER_NUMBER, AT(accused_chance), SHARE_PARTS, false},
	{{"accused_counted", "members", "that are held against what is accused, at the most", OURS, 1, 64},
	 PARAMETER_WHOLE, AT(accused_counted), {NULL}, false},
	{{"partners_flux", "Beta", "chance that a domain that draws from the same members is accused by its own evidence, in flux", CHOSEN, 0.01, 1000},
	 PARAMETER_NUMBER, AT(partners_flux), SHARE_PARTS, false},
	{{"partners_wrongly", "Beta", "the same of an honest service of which one domain is accused wrongly", CHOSEN, 0.01, 1000},
	 PARAMETER_NUMBER, AT(partners_wrongly), SHARE_PARTS, false},
	{{"accused_wrongly", "share", "of accused domains that are honest, and so are those that share their members", SEEN, SHARE_LEAST, 1},
	 PARAMETER_NUMBER, AT(accused_wrongly), {NULL}, false},
#undef AT
};

static const struct parameter_row of_feature[] = {
	{{"used", "switch", "whether the feature is evidence", "deflux uses all", 0, 1},
	 PARAMETER_SWITCH, 0, {NULL}, false},
};

static const struct parameter_row of_class[] = {
#define AT(field) offsetof(struct class_model, field)
	{{"weight", "share", "among the honest (or among flux) domains that have members to judge; 0 leaves the class out", FITTED, 0, 1},
	 PARAMETER_NUMBER, AT(weight), {NULL}, false},
	{{"named", "share", "of the honest domains that are asked about; it tells honest classes from each other and is no evidence", FITTED, 0, 1},
	 PARAMETER_NUMBER, AT(named), {NULL}, false},
	{{"kind", "share", "of the members' networks that are of this kind", FITTED, SHARE_LEAST, SHARE_MOST},
	 PARAMETER_NUMBER, AT(kind), KIND_PARTS, true},
	{{"ns_kind", "share", "of the name servers' networks that are of this kind", FITTED, SHARE_LEAST, SHARE_MOST},
	 PARAMETER_NUMBER, AT(ns_kind), KIND_PARTS, true},
	{{"networks_mean", "log2 networks", "how many networks its members are drawn from", FITTED, 0, 10},
	 PARAMETER_NUMBER, AT(networks_mean), {NULL}, false},
	{{"networks_sd", "log2 networks", "how far that varies", FITTED, 0.25, 20},
	 PARAMETER_NUMBER, AT(networks_sd), {NULL}, false},
	{{"moved", "Beta", "share of members that came after the first look-up", SEEN, 0.01, 1000},
	 PARAMETER_NUMBER, AT(moved), SHARE_PARTS, false},
	{{"answer", "share", "of domains, by the most addresses of one answer", FITTED, SHARE_LEAST, SHARE_MOST},
	 PARAMETER_NUMBER, AT(answer), ANSWER_PARTS, true},
	{{"size_mean", "log2 members", "how many members", FITTED, 0, 20},
	 PARAMETER_NUMBER, AT(size_mean), {NULL}, false},
	{{"size_sd", "log2 members", "how far that varies", FITTED, 0.1, 20},
	 PARAMETER_NUMBER, AT(size_sd), {NULL}, false},
	{{"ttl_mean", "log10 s", "the TTL", FITTED, 0, 10},
	 PARAMETER_NUMBER, AT(ttl_mean), {NULL}, false},
	{{"ttl_sd", "log10 s", "how far that varies", FITTED, 0.1, 10},
	 PARAMETER_NUMBER, AT(ttl_sd), {NULL}, false},
	{{"names_mean", "log2 names", "how many names; it tells honest classes from each other and is no evidence", FITTED, 0, 20},
	 PARAMETER_NUMBER, AT(names_mean), {NULL}, false},
	{{"names_sd", "log2 names", "how far that varies", FITTED, 0.1, 20},
	 PARAMETER_NUMBER, AT(names_sd), {NULL}, false},
	{{"fresh_mean", "log2", "names for each look-up; it tells honest classes from each other and is no evidence", FITTED, -40, 20},
	 PARAMETER_NUMBER, AT(fresh_mean), {NULL}, false},
	{{"fresh_sd", "log2", "how far that varies", FITTED, 0.1, 20},
	 PARAMETER_NUMBER, AT(fresh_sd), {NULL}, false},
	{{"own_address", "share", "of domains whose names say their own addresses; it tells honest classes from each other and is no evidence", FITTED, SHARE_LEAST, SHARE_MOST},
	 PARAMETER_NUMBER, AT(own_address), {NULL}, false},
	{{"others_mean", "log2 domains", "how many use one member; it tells honest classes from each other and is no evidence", FITTED, 0, 20},
	 PARAMETER_NUMBER, AT(others_mean), {NULL}, false},
	{{"others_sd", "log2 domains", "how far that varies", FITTED, 0.1, 20},
	 PARAMETER_NUMBER, AT(others_sd), {NULL}, false},
	{{"ns_networks", "share", "of domains, by how many networks their servers spread over", FITTED, SHARE_LEAST, SHARE_MOST},
	 PARAMETER_NUMBER, AT(ns_networks), NETWORKS_PARTS, true},
	{{"ns_shared", "share", "of the servers that are hosts too", FITTED, SHARE_LEAST, SHARE_MOST},
	 PARAMETER_NUMBER, AT(ns_shared), {NULL}, false},
	{{"ns_among", "share", "of domains whose servers live among the hosts, and the three above do not hold", FITTED, SHARE_LEAST, SHARE_MOST},
	 PARAMETER_NUMBER, AT(ns_among), {NULL}, false},
#undef AT
};

/* Where a class's figure has another source; of all its figures where no field is named. The earliest row that
 * fits. */
static const struct {
	const char *class, *field, *source;
} sources[] = {
	{"flux", "kind", FITTED_FROM "80 % homes: Holz 2008 (infected home machines), Bitsight 2024 (residential networks); the rest our estimate"},
	{"flux-homes", "kind", "infected home machines and nothing else (Holz 2008): our estimate"},
	{"flux-homes", "weight", OURS},
	{"flux-mixed", "kind", FITTED_FROM "agents among rented servers (CISA AA25-093A), decoys of well-known companies (Akamai 2017): our estimate"},
	{"flux-double", "kind", "as flux"},
	{"flux-double", "ns_kind", "as its members: both sides draw from one population (SAC 025)"},
	{"flux-double-homes", "kind", "as flux-homes"},
	{"flux-double-homes", "ns_kind", "as its members: both sides draw from one population (SAC 025)"},
	{"flux-double-homes", "weight", OURS},
	{"flux-ns", "ns_kind", "as flux's members"},
	{"flux-ns-homes", "ns_kind", "as flux-homes' members"},
	{"flux-ns-homes", "weight", OURS},
	{"flux", "ttl_mean", FITTED_FROM "180-1800 s (KYE samples), 300 s (Avalanche), <= 300 s (ICANN working group)"},
	{"flux-double", "ttl_mean", "as flux"},
	{"flux", "size_mean", FITTED_FROM "answers of 4-8 from pools of tens to thousands (CISA AA25-093A)"},
	{"flux-double", "size_mean", "as flux"},
	{"flux-double", "ns_among", FITTED_FROM "both sides moving through one population, or the servers through one of their own (SAC 025); the share our estimate"},
	{"ordinary", "ttl_mean", FITTED_FROM "40 % of all names <= 300 s, 70 % <= 3600 s (OpenDNS 2012)"},
	{"ordinary", "networks_mean", OURS},
	{"ordinary", "networks_sd", OURS},
	{"cdn", "ttl_mean", FITTED_FROM "20-300 s"},
	{"volunteer-pool", "ttl_mean", FITTED_FROM "150 s (NTP pool)"},
	{"volunteer-pool", "kind", FITTED_FROM "our estimate from the public description of the NTP pool: servers lent by universities, hosting customers and home users"},
	{"flux", "networks_mean", FITTED_FROM "22 ISPs in 18 countries (SRG 2026) to hundreds of networks"},
	{"flux-double", "networks_mean", "as flux"},
	{"peer-cdn", "networks_mean", FITTED_FROM "boxes rented at a few ISPs: our estimate"},
	{"peer-cdn", "kind", FITTED_FROM "boxes in homes, and a few servers: our estimate"},
	{"peer-cdn", "weight", FITTED_FROM "a hundred names or so among some 350 million registered domains, rarer than flux: our estimate"},
	{"isp-caches", "weight", FITTED_FROM "caches in access networks, and all else that is honest, lives in homes and stands still: our estimate"},
	{"isp-caches", "moved", "caches answer each to a name of its own, and stay: our estimate"},
	{"embedded-address", "own_address", FITTED_FROM "what the class is: some say it in another encoding"},
	{"unknown", "weight", FITTED},
	{"unknown", NULL, "our estimate, broad in every feature"},
};
/* clang-format on */

/* As the parameters call them; what is printed as the class is class_model.name, and the same for all flux.
 */
static const char *const classes[CLASSES] = {
	[CLASS_ORDINARY] = "ordinary",
	[CLASS_CDN] = "cdn",
	[CLASS_CACHES] = "isp-caches",
	[CLASS_ROUND_ROBIN] = "round-robin",
	[CLASS_MULTI_PROVIDER] = "multi-provider",
	[CLASS_VOLUNTEER_POOL] = "volunteer-pool",
	[CLASS_PEER_SEEDS] = "peer-seeds",
	[CLASS_PEER_CDN] = "peer-cdn",
	[CLASS_DYNAMIC_DNS] = "dynamic-dns",
	[CLASS_ANYCAST] = "anycast",
	[CLASS_VPN_FLEET] = "vpn-fleet",
	[CLASS_EMBEDDED] = "embedded-address",
	[CLASS_TUNNEL] = "tunnel",
	[CLASS_POISONED] = "poisoned",
	[CLASS_PARKED] = "parked",
	[CLASS_SINKHOLED] = "sinkholed",
	[CLASS_MIGRATION] = "migration",
	[CLASS_FAIL_OVER] = "fail-over",
	[CLASS_UNKNOWN] = "unknown",
	[CLASS_FLUX] = "flux",
	[CLASS_FLUX_HOMES] = "flux-homes",
	[CLASS_FLUX_MIXED] = "flux-mixed",
	[CLASS_FLUX_DOUBLE] = "flux-double",
	[CLASS_FLUX_DOUBLE_HOMES] = "flux-double-homes",
	[CLASS_FLUX_NS] = "flux-ns",
	[CLASS_FLUX_NS_HOMES] = "flux-ns-homes",
};

/* A table of rows, and what its parameters are of. */
struct section {
	const struct parameter_row *rows;
	size_t n;
	const char *prefix, *of; /* "class." and "flux"; "" and NULL */
	size_t offset;           /* of what it is of, in struct parameters */
};

enum { SECTIONS = 1 + FEATURE_SCORE + CLASSES, GENERAL = sizeof general / sizeof *general };

static_assert(FEATURE_SCORE + 1 == FEATURES, "the score of other methods is the last");

static struct section section_at(unsigned s)
{
	if (s == 0)
		return (struct section){general, GENERAL, "", NULL, 0};
	s -= 1;
	if (s < FEATURE_SCORE) /* that is none of deflux's own */
		return (struct section){of_feature, 1, "feature.", feature_info((enum feature)s)->name,
					offsetof(struct parameters, used) + s * sizeof(bool)};
	s -= FEATURE_SCORE;
	return (struct section){of_class, sizeof of_class / sizeof *of_class, "class.", classes[s],
				offsetof(struct parameters, class) + s * sizeof(struct class_model)};
}

static const char *source_of(const struct section *s, const struct parameter_row *row)
{
	for (size_t i = 0; s->rows == of_class && i < sizeof sources / sizeof *sources; i++)
		if (strcmp(sources[i].class, s->of) == 0 &&
		    (sources[i].field == NULL || strcmp(sources[i].field, row->info.name) == 0))
			return sources[i].source;
	return row->info.source;
}

static unsigned parts_of(const struct parameter_row *row)
{
	unsigned n = 0;

	while (n < PARTS_MAX && row->parts[n] != NULL)
		n++;
	return n == 0 ? 1 : n;
}

/* "class.flux.kind"; with a part, "class.flux.kind.consumer". */
static void put_name(const struct section *s, const struct parameter_row *row, const char *part,
		     char name[PARAMETER_NAME_MAX])
{
	(void)snprintf(name, PARAMETER_NAME_MAX, "%s%s%s%s%s%s", s->prefix, s->of == NULL ? "" : s->of,
		       s->of == NULL ? "" : ".", row->info.name, part == NULL ? "" : ".",
		       part == NULL ? "" : part);
}

static void fill(const struct section *s, const struct parameter_row *row, unsigned part,
		 struct parameter *out)
{
	put_name(s, row, row->parts[part], out->name);
	out->type = row->type;
	out->info = &row->info;
	out->source = source_of(s, row);
	out->offset = s->offset + row->offset + part * sizeof(double); /* only numbers have parts */
}

bool parameter_at(size_t i, struct parameter *out)
{
	for (unsigned n = 0; n < SECTIONS; n++) {
		struct section s = section_at(n);

		for (size_t r = 0; r < s.n; r++) {
			unsigned parts = parts_of(&s.rows[r]);

			if (i < parts) {
				fill(&s, &s.rows[r], (unsigned)i, out);
				return true;
			}
			i -= parts;
		}
	}
	return false;
}

bool parameter_find(const char *name, struct parameter *out)
{
	struct parameter p;

	for (size_t i = 0; parameter_at(i, &p); i++)
		if (strcmp(p.name, name) == 0) {
			*out = p;
			return true;
		}
	return false;
}

double parameter_get(const struct parameters *p, const struct parameter *which)
{
	const void *at = (const char *)p + which->offset;

	switch (which->type) {
	case PARAMETER_WHOLE:
		return *(const unsigned *)at;
	case PARAMETER_SWITCH:
		return *(const bool *)at;
	case PARAMETER_NUMBER:
		break;
	}
	return *(const double *)at;
}

enum err parameter_set(struct parameters *p, const struct parameter *which, double value, struct diag *d)
{
	void *at = (char *)p + which->offset;

	if (!(value >= which->info->least && value <= which->info->most))
		return diag_set(d, E_RANGE, "%s is from %.15g to %.15g, not %.15g", which->name,
				which->info->least, which->info->most, value);
	if (which->type != PARAMETER_NUMBER && value != floor(value))
		return diag_set(d, E_RANGE, "%s is a whole number, not %.15g", which->name, value);
	switch (which->type) {
	case PARAMETER_NUMBER:
		*(double *)at = value;
		break;
	case PARAMETER_WHOLE:
		*(unsigned *)at = (unsigned)value;
		break;
	case PARAMETER_SWITCH:
		*(bool *)at = value != 0;
		break;
	}
	return OK;
}

static enum err check_sum(const struct parameters *p, const struct section *s,
			  const struct parameter_row *row, struct diag *d)
{
	struct parameter x;
	double sum = 0;
	char name[PARAMETER_NAME_MAX];

	for (unsigned part = 0; part < parts_of(row); part++) {
		fill(s, row, part, &x);
		sum += parameter_get(p, &x);
	}
	put_name(s, row, NULL, name);
	return fabs(sum - 1) < 0.001
		       ? OK
		       : diag_set(d, E_RANGE, "the parts of %s add up to %.6g, not to 1", name, sum);
}

enum err parameters_check(const struct parameters *p, struct diag *d)
{
	double honest = 0, flux = 0;

	for (unsigned n = 0; n < SECTIONS; n++) {
		struct section s = section_at(n);

		for (size_t r = 0; r < s.n; r++)
			if (s.rows[r].adds_up && check_sum(p, &s, &s.rows[r], d) != OK)
				return E_RANGE;
	}
	for (unsigned k = 0; k < CLASSES; k++)
		*(k < CLASS_HONEST ? &honest : &flux) += p->class[k].weight;
	if (honest > 0 && flux > 0)
		return OK;
	return diag_set(d, E_RANGE, "%s have no weight: some class.*.weight must be over 0",
			honest > 0 ? "the classes of flux" : "the honest classes");
}
