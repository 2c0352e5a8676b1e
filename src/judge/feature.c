/* SPDX-License-Identifier: Apache-2.0 */
/* feature.c -- see feature.h. */
#include "judge/feature.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct feature_info list[FEATURES] = {
	[FEATURE_MEMBER_KIND] = {"member_kind", "share",
				 "members in networks of homes, of those whose network is known"},
	[FEATURE_SPREAD] = {"spread", "networks", "distinct networks that the members lie in"},
	[FEATURE_SIZE] = {"size", "members", "distinct members: addresses, /56 in IPv6"},
	[FEATURE_TURNOVER] = {"turnover", "share", "members that came after the first look-up of their name"},
	[FEATURE_ANSWER] = {"answer_size", "addresses", "the most addresses that one answer held"},
	[FEATURE_TTL] = {"ttl", "s", "the median of the names' own TTLs"},
	[FEATURE_SERVER_KIND] = {"server_kind", "share",
				 "name servers' addresses in networks of homes, of those known"},
	[FEATURE_SERVER_SPREAD] = {"server_spread", "networks",
				   "distinct networks of the name servers' addresses"},
	[FEATURE_SERVER_SHARED] = {"server_shared", "members",
				   "addresses that answer for the name and serve its zone too"},
	[FEATURE_SHARED] = {"shared", "members",
			    "members that fast-flux domains use too, which their own evidence accuses"},
	[FEATURE_SCORE] = {"score", "", "the figure of a published method"},
};

const struct feature_info *feature_info(enum feature f)
{
	return &list[f];
}

void feature_amount(enum feature f, double value, char text[FEATURE_AMOUNT_MAX])
{
	const char *unit = list[f].unit;

	if (!isfinite(value))
		(void)snprintf(text, FEATURE_AMOUNT_MAX, "-");
	else if (strcmp(unit, "share") == 0)
		(void)snprintf(text, FEATURE_AMOUNT_MAX, "%.0f %%", floor(100 * value + 0.5));
	else if (strcmp(unit, "s") == 0)
		(void)snprintf(text, FEATURE_AMOUNT_MAX, "%.0f s", value);
	else
		(void)snprintf(text, FEATURE_AMOUNT_MAX, "%.*f", value < 10 && value != floor(value) ? 1 : 0,
			       value);
}
