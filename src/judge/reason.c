/* SPDX-License-Identifier: Apache-2.0 */
/* reason.c -- one plain sentence for each piece of evidence: what was seen, and what would be expected. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge/model.h"

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static double percent(double share)
{
	return floor(100 * share + 0.5);
}

static void kind_reason(const struct evidence *e, char text[REASON_MAX])
{
	(void)snprintf(text, REASON_MAX, "%.0f %% of the %s are in networks of homes", percent(e->value),
		       e->feature == FEATURE_SERVER_KIND ? "name servers' addresses" : "members");
}

static void server_reason(const struct view *v, enum feature what, char text[REASON_MAX])
{
	if (what == FEATURE_SERVER_SPREAD)
		(void)snprintf(text, REASON_MAX, "the name servers' %u address%s lie in %u network%s%s",
			       v->servers, v->servers == 1 ? "" : "es", v->server_clusters,
			       plural(v->server_clusters), v->ns_moved ? " and change" : "");
	else
		(void)snprintf(text, REASON_MAX,
			       "%u of the name servers' %u address%s answer for the name too", v->both,
			       v->servers, v->servers == 1 ? "" : "es");
}

static void shared_reason(const struct view *v, const struct evidence *e, char text[REASON_MAX])
{
	int n = snprintf(text, REASON_MAX,
			 "%.0f of %u members also answer for domains whose own evidence accuses them",
			 e->value, v->n_members);

	if (v->partners != 0 && n > 0 && n < REASON_MAX)
		(void)snprintf(text + n, (size_t)(REASON_MAX - n),
			       ", %u of the %u that share two or more with it", v->accused_partners,
			       v->partners);
}

/* What was seen. */
static void seen(const struct view *v, const struct evidence *e, char text[REASON_MAX])
{
	switch (e->feature) {
	case FEATURE_MEMBER_KIND:
	case FEATURE_SERVER_KIND:
		kind_reason(e, text);
		return;
	case FEATURE_SPREAD:
		(void)snprintf(text, REASON_MAX, "the %u member%s lie in %u network%s", v->hosts,
			       plural(v->hosts), v->host_clusters, plural(v->host_clusters));
		return;
	case FEATURE_SIZE:
		(void)snprintf(text, REASON_MAX, "%u member%s seen", v->hosts + v->more_members,
			       plural(v->hosts + v->more_members));
		return;
	case FEATURE_TURNOVER:
		(void)snprintf(text, REASON_MAX,
			       "%.0f %% of the members came after the first look-up of their name",
			       percent(e->value));
		return;
	case FEATURE_ANSWER:
		(void)snprintf(text, REASON_MAX, "one answer holds up to %u address%s", v->answer_max,
			       v->answer_max == 1 ? "" : "es");
		return;
	case FEATURE_TTL:
		(void)snprintf(text, REASON_MAX, "an answer may be kept for %u s (TTL)", v->ttl_median);
		return;
	case FEATURE_SERVER_SPREAD:
	case FEATURE_SERVER_SHARED:
		server_reason(v, e->feature, text);
		return;
	case FEATURE_SHARED:
		shared_reason(v, e, text);
		return;
	case FEATURE_SCORE:
	case FEATURES:
		break;
	}
	text[0] = 0;
}

void model_reason(const struct view *v, struct evidence *e)
{
	char flux[FEATURE_AMOUNT_MAX], rival[FEATURE_AMOUNT_MAX];
	size_t len;

	seen(v, e, e->reason);
	if (e->rival == NULL || !isfinite(e->expected_flux) || !isfinite(e->expected_rival))
		return;
	feature_amount(e->feature, e->expected_flux, flux);
	feature_amount(e->feature, e->expected_rival, rival);
	len = strlen(e->reason);
	(void)snprintf(e->reason + len, REASON_MAX - len, "; fast flux leads to expect about %s, %s %s", flux,
		       e->rival, rival);
}
