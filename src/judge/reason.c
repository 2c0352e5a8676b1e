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
		       "%u member%s lie in %u network%s; fast flux draws from about %.0f, %s from about %.0f",
		       v->hosts, plural(v->hosts), v->host_clusters, plural(v->host_clusters),
		       exp2(flux->networks.mean), rival->name, exp2(rival->networks.mean));
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

/* Who stands beside its members, who shares them, how long they stay. */
static void company_reason(const struct view *v, const struct fit *f, enum feature what,
			   const struct class_model *rival, char text[REASON_MAX])
{
	const struct class_model *flux = &f->parameters->class[CLASS_FLUX];

	if (what == FEATURE_BESIDE)
		(void)snprintf(
			text, REASON_MAX,
			"%.0f %% of the members stand in the /24 of another; in fast flux about %.0f %% do, "
			"in %s %.0f %%",
			percent(f->value[what]), percent(mean_of(flux->beside)), rival->name,
			percent(mean_of(rival->beside)));
	else if (what == FEATURE_PARTNERS)
		(void)snprintf(
			text, REASON_MAX,
			"%u other domain%s two or more of its members; fast flux shows about %.0f such, %s "
			"%.0f",
			v->partners, v->partners == 1 ? " uses" : "s use", exp2(flux->partners.mean) - 1,
			rival->name, exp2(rival->partners.mean) - 1);
	else if (what == FEATURE_NAMES)
		(void)snprintf(text, REASON_MAX,
			       "%u name%s of it %s seen; fast flux shows about %.0f, %s %.0f", v->names,
			       plural(v->names), v->names == 1 ? "was" : "were", exp2(flux->names.mean),
			       rival->name, exp2(rival->names.mean));
	else
		(void)snprintf(
			text, REASON_MAX,
			"members were seen again over %.0f %% of the time that members which never leave "
			"would be; they stay about %.0f h in fast flux, %.0f h in %s",
			percent(f->value[what]), exp2(flux->life.mean), exp2(rival->life.mean), rival->name);
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
	case FEATURE_BESIDE:
	case FEATURE_PARTNERS:
	case FEATURE_NAMES:
	case FEATURE_LIFE:
		company_reason(v, f, what, rival, text);
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
