/* SPDX-License-Identifier: Apache-2.0 */
/* model.h -- how well each class explains each feature of a domain. Private to judge. */
#pragma once

#include "judge/judge.h"

struct fit {
	/* likelihood, up to a factor that is the same for all classes; set where `has` says so */
	double of[FEATURES][CLASSES];
	bool has[FEATURES]; /* the feature could be seen at all */
	double value[FEATURES];
};

void model_fit(const struct judge *j, const struct view *v, struct fit *out);

/* The sentence for one feature: what was seen, what flux and the nearest honest class lead to expect. */
void model_reason(const struct view *v, const struct fit *f, enum feature what,
		  const struct class_model *rival, char text[REASON_MAX]);

/* How far a database of networks is believed, 0..1: one that is older or younger than the capture less. */
double model_trust(const struct nets *nets, int64_t time_ns);
