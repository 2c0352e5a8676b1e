/* SPDX-License-Identifier: Apache-2.0 */
/* feature.h -- the list of what the judge looks at: each feature with its name, unit and meaning, in one
 * place. */
#pragma once

enum feature {
	FEATURE_MEMBER_KIND, /* who the members are: homes, servers, content networks ... */
	FEATURE_SPREAD,      /* over how many networks so many members lie */
	FEATURE_SIZE,        /* how many members */
	FEATURE_TURNOVER,    /* how many came after the first look-up */
	FEATURE_ANSWER,      /* how many addresses an answer holds */
	FEATURE_TTL,
	FEATURE_SERVER_KIND, /* who the name servers' members are */
	FEATURE_SERVER_SPREAD,
	FEATURE_SERVER_SHARED, /* members that are name server and host both */
	FEATURE_SHARED,        /* members that accused domains use too */
	FEATURE_SCORE,         /* the figure of a published method */
	FEATURES
};

struct feature_info {
	const char *name;    /* as printed: "member kind" is "member_kind" */
	const char *unit;    /* "share", "count", "s" ... */
	const char *meaning; /* one sentence for the manual */
};

const struct feature_info *feature_info(enum feature f);

enum { FEATURE_AMOUNT_MAX = 32 };

/* A value in the feature's unit, for people: "80 %", "300 s", "3.5"; "-" for what is no number. */
void feature_amount(enum feature f, double value, char text[FEATURE_AMOUNT_MAX]);
