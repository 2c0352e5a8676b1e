/* SPDX-License-Identifier: Apache-2.0 */
/* reason.c -- one plain sentence for each piece of evidence: what was seen, and what would be expected. */
#include <math.h>
#include <stdio.h>

#include "judge/model.h"

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static double percent(double share)
{
	return floor(100 * share + 0.5);
}

static double mean_of(struct share s)
{
	return s.a / (s.a + s.b);
}

/* "home networks" or what else the side's networks mostly are, is told by the share of homes alone: that
 * decides. */
static void kind_reason(const struct fit *f, enum feature what, const struct class_model *rival,
			char text[REASON_MAX])
{
	bool servers = what == FEATURE_SERVER_KIND;
	const struct class_model *flux = &f->parameters->class[servers ? CLASS_FLUX_DOUBLE : CLASS_FLUX];
	const double *expected = servers ? rival->ns_kind : rival->kind;

	(void)snprintf(
		text, REASON_MAX,
		"%.0f %% of the %s look like home connections; fast flux leads to expect %.0f %%, %s %.0f %%",
		percent(f->value[what]), servers ? "name servers' addresses" : "members",
		percent(flux->kind[NET_CONSUMER]), rival->name, percent(expected[NET_CONSUMER]));
}

static void spread_reason(const struct view *v, const struct class_model *flux,
			  const struct class_model *rival, char text[REASON_MAX])
{
	(void)snprintf(text, REASON_MAX,
		       "%u member%s lie in %u network%s; a further one opens a new network %.0f times in 100 "
		       "in fast "
		       "flux, %.0f in %s",
		       v->hosts, plural(v->hosts), v->host_clusters, plural(v->host_clusters),
		       percent(mean_of(flux->networks)), percent(mean_of(rival->networks)), rival->name);
}

static void server_reason(const struct view *v, enum feature what, char text[REASON_MAX])
{
	if (what == FEATURE_SERVER_SPREAD)
		(void)snprintf(text, REASON_MAX,
			       "the name servers' %u address%s lie in %u network%s%s; most honest zones keep "
			       "to one or two",
			       v->servers, v->servers == 1 ? "" : "es", v->server_clusters,
			       plural(v->server_clusters), v->ns_moved ? " and change" : "");
	else
		(void)snprintf(text, REASON_MAX,
			       "%u of %u name servers' addresses answer for the name as well; in double flux "
			       "both draw "
			       "from one population",
			       v->both, v->servers);
}

void model_reason(const struct view *v, const struct fit *f, enum feature what,
		  const struct class_model *rival, char text[REASON_MAX])
{
	switch (what) {
	case FEATURE_MEMBER_KIND:
	case FEATURE_SERVER_KIND:
		kind_reason(f, what, rival, text);
		return;
	case FEATURE_SPREAD:
		spread_reason(v, &f->parameters->class[CLASS_FLUX], rival, text);
		return;
	case FEATURE_SIZE:
		(void)snprintf(text, REASON_MAX,
			       "%u member%s seen; fast flux shows tens to thousands, %s about %.0f", v->hosts,
			       plural(v->hosts), rival->name, exp2(rival->size_mean));
		return;
	case FEATURE_TURNOVER:
		(void)snprintf(text, REASON_MAX,
			       "%u of %u members came after the first look-up of their name", v->moved,
			       v->hosts);
		return;
	case FEATURE_ANSWER:
		(void)snprintf(text, REASON_MAX, "an answer holds up to %u address%s", v->answer_max,
			       v->answer_max == 1 ? "" : "es");
		return;
	case FEATURE_TTL:
		(void)snprintf(text, REASON_MAX,
			       "the names' own TTL is %u s; weak evidence, since four in ten of all names "
			       "stay below 300 s",
			       v->ttl_median);
		return;
	case FEATURE_SERVER_SPREAD:
	case FEATURE_SERVER_SHARED:
		server_reason(v, what, text);
		return;
	case FEATURE_SHARED:
		(void)snprintf(text, REASON_MAX,
			       "%.0f of %u members also answer for domains that their own evidence shows to "
			       "be fast flux",
			       f->value[what], v->n_members);
		return;
	case FEATURE_SCORE:
	case FEATURES:
		break;
	}
	text[0] = 0;
}
