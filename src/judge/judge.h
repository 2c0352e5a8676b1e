/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h -- from the view of a domain to a verdict with its reasons.
 *
 * A value: judging changes nothing, asks no clock, and depends on the view and the parameters alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "judge/class.h"
#include "judge/feature.h"
#include "judge/parameters.h"
#include "judge/view.h"

enum judge_method {
	METHOD_DEFLUX,
	METHOD_HOLZ2008,
	METHOD_ZEEK,
	METHOD_FLUXBUSTER,
	METHOD_STALMANS,
	METHODS
};

enum verdict { VERDICT_BENIGN, VERDICT_UNDECIDED, VERDICT_FLUX };

enum flux_kind { FLUX_NONE, FLUX_SINGLE, FLUX_DOUBLE, FLUX_NS, FLUX_CNAME };

enum carrier { CARRIER_NONE, CARRIER_A, CARRIER_AAAA, CARRIER_HTTPS, CARRIER_NS, CARRIER_CNAME };

enum { EVIDENCE_MAX = 16, REASON_MAX = 200, WAITS_MAX = 8, WAIT_TEXT_MAX = 240 };

/* One piece of evidence. */
struct evidence {
	enum feature feature;
	double value;     /* in the feature's unit; NAN: not a number */
	double weight_db; /* decibans; above 0 speaks for fast flux */
	/* what fast flux and the honest class that the domain is most like lead to expect of it, in its unit;
	 * NAN and NULL where reasons were not asked for, or none of them says */
	double expected_flux, expected_rival;
	const char *rival;       /* that class, static: class_model.name */
	char reason[REASON_MAX]; /* one plain sentence, no newline */
};

/* One thing that an undecided domain waits for. */
struct wait {
	const char *what; /* static: "database", "lookups", "members", "homes", "servers", "shared", "word" */
	unsigned amount;  /* about so many ... */
	const char *unit; /* ... of these, static */
	bool decides;     /* by itself it would lead to this verdict */
	enum verdict verdict;
	double time_s;            /* until then, at the rate seen; NAN: nobody can say */
	char text[WAIT_TEXT_MAX]; /* in plain words, no newline */
};

struct judgement {
	enum verdict verdict;
	enum flux_kind kind; /* FLUX_NONE unless the verdict is fast flux */
	enum carrier carrier;
	const char *class;    /* what it is most like, static: class_model.name */
	double probability;   /* of fast flux */
	double llr_db, prior; /* the evidence alone; the probability before it */
	unsigned n_evidence;
	struct evidence evidence[EVIDENCE_MAX]; /* strongest first, by absolute weight */
	unsigned n_waits;
	struct wait waits[WAITS_MAX]; /* what would settle it: none unless undecided, and reasons were asked
					 for */
};

/* What a run goes by. */
struct judge {
	enum judge_method method;
	double prior;                        /* 0: that of the parameters */
	const struct parameters *parameters; /* NULL: deflux's own */
	const struct nets *nets;             /* NULL: none */
	const struct fluxbuster *fluxbuster; /* for METHOD_FLUXBUSTER; NULL otherwise */
};

/* Fills the verdict; the evidence has its reasons, and `class` is told by all that is known, only when
 * `reasons` is asked for, of a view with detail: that takes longer than judging. */
void judge_view(const struct judge *j, const struct view *v, bool reasons, struct judgement *out);

/* Words as printed. */
const char *verdict_text(enum verdict v);     /* "fast-flux", "benign", "undecided" */
const char *flux_kind_text(enum flux_kind k); /* "single", ...; NULL for FLUX_NONE */
const char *carrier_text(enum carrier c);     /* "A", ...; NULL for CARRIER_NONE */

/* The method of that name ("deflux", "holz2008", "zeek", "fluxbuster", "stalmans"); METHODS when there is
 * none. */
enum judge_method judge_method_from_text(const char *text);
