/* SPDX-License-Identifier: Apache-2.0 */
/* priors.c -- see priors.h. */
#include "lab/priors.h"

#include <math.h>

#include "base/buf.h"

enum { PRIOR_STREAM = 64, VALUES_MAX = 12, HALVINGS = 24 };

enum shape {
	LOG,    /* between low and high, each factor as likely */
	EVEN,   /* between low and high */
	ONE_OF, /* of the values; each world weighs them in its own way */
	CHANCE  /* yes or no; each world has its own chance between low and high */
};

struct row {
	const char *name, *unit;
	enum shape shape;
	double low, high;
	double values[VALUES_MAX]; /* of ONE_OF; ends at the first negative */
	const char *source;
};

#define ONE_OF_THESE(...)                                                                                    \
	ONE_OF, 0, 0,                                                                                        \
	{                                                                                                    \
		__VA_ARGS__, -1                                                                              \
	}

/* "swept": nothing was found that would say, so that a world may have anything within reason. */
static const struct row rows[PRIORS] = {
	[PRIOR_ALONE] = {"all.alone",
			 "chance",
			 CHANCE,
			 0.45,
			 0.55,
			 {0},
			 "half of the flux networks show one domain only (the lab's own demand)"},
	[PRIOR_SIBLINGS] = {"all.siblings",
			    "domains",
			    LOG,
			    2,
			    30,
			    {0},
			    "swept; Konte 2009: 384 domains in 21 campaigns"},
	[PRIOR_ANSWERS] = {"all.answers",
			   "addresses",
			   LOG,
			   1,
			   14,
			   {0},
			   "flux 4-5 (GNSO WG 1349), Holz samples to 14; CDN 1-8; NTP pool 4"},
	[PRIOR_ONE_ANSWER] = {"all.one-answer",
			      "chance",
			      CHANCE,
			      0.1,
			      0.35,
			      {0},
			      "swept: one address at a time defeats rules on the size of an answer"},
	[PRIOR_TTL] = {"all.ttl", "s", ONE_OF_THESE(20, 30, 60, 60, 120, 150, 180, 300, 300, 600, 1800),
		       "flux 0-300 (SRG, CISA), 180-1800 (KYE); CDN 20-600 (ctrl.blog); 40 % of all names <= "
		       "300 (OpenDNS 2012)"},
	[PRIOR_POOL] = {"all.pool",
			"members",
			LOG,
			20,
			4000,
			{0},
			"tens to hundreds a day (CISA AA25-093A), 2,960 (Bitsight 2024), 14,000 (Akamai "
			"2017); NTP pool several thousand"},
	[PRIOR_RULE] = {"all.rule", "policy", ONE_OF_THESE(1, 1, 2, 3, 4),
			"1 random, 2 random by weight, 3 in turn, 4 sticky to the resolver; swept"},
	[PRIOR_HOLD_H] =
		{"all.hold", "h", LOG, 0.5, 24, {0}, "swept: how long a sticky front keeps its choice"},
	[PRIOR_POSITION] = {"all.position", "owner", ONE_OF_THESE(0, 1, 2, 3, 3, 4),
			    "0 apex, 1 www, 2 common label, 3 odd label, 4 wildcard; real flux sits at odd "
			    "labels more than at the apex"},
	[PRIOR_CHAIN] = {"all.chain", "aliases", ONE_OF_THESE(0, 0, 0, 1, 1, 2),
			 "swept; content networks use 1-3"},
	[PRIOR_AAAA] = {"all.aaaa", "chance", EVEN, 0, 0.6, {0}, "swept: share of members with IPv6"},
	[PRIOR_HTTPS] = {"all.https",
			 "chance",
			 CHANCE,
			 0.02,
			 0.25,
			 {0},
			 "swept: names with an HTTPS record that carries hints (RFC 9460)"},
	[PRIOR_NS_STYLE] = {"all.ns-style", "style", ONE_OF_THESE(0, 0, 0, 1, 1, 2),
			    "0 a DNS hoster's, 1 own and steady, 2 moving among the members; swept"},
	[PRIOR_NS_COUNT] = {"all.ns-count", "servers", ONE_OF_THESE(2, 2, 2, 3, 4), "RFC 2182: two or more"},
	[PRIOR_NS_TTL] = {"all.ns-ttl", "s",
			  ONE_OF_THESE(300, 1800, 3600, 7200, 14400, 21600, 86400, 86400, 172800),
			  "Avalanche changed NS every 300 s; SAC 025: low NS TTLs occur honestly too; "
			  "Bitcoin seeds 40,000"},
	[PRIOR_NS_ADDR_TTL] = {"all.ns-addr-ttl", "s", ONE_OF_THESE(60, 180, 300, 300, 600, 1800, 3600),
			       "as all.ttl, of servers that move"},
	[PRIOR_NS_DEAD] =
		{"all.ns-dead", "chance", CHANCE, 0.02, 0.15, {0}, "swept: a server that never answers"},
	[PRIOR_NS_CHANGE] = {"all.ns-change",
			     "chance",
			     CHANCE,
			     0.01,
			     0.06,
			     {0},
			     "swept: the DNS hoster is changed during the capture"},
	[PRIOR_WINDOW] = {"all.window",
			  "chance",
			  CHANCE,
			  0.05,
			  0.25,
			  {0},
			  "swept: asked for only during a part of the time (campaign, event)"},
	[PRIOR_WINDOW_H] = {"all.window-length", "h", LOG, 2, 40, {0}, "swept"},
	[PRIOR_BAND] = {"all.rank",
			"share",
			EVEN,
			0,
			1,
			{0},
			"swept: place in the order of popularity, which follows Zipf's law"},
	[PRIOR_NEW_NAME] = {"all.cheap-name",
			    "chance",
			    CHANCE,
			    0.2,
			    0.6,
			    {0},
			    "swept: registered below a cheap top-level domain"},
	[PRIOR_KIND_ERROR] = {"all.kind-error",
			      "chance",
			      EVEN,
			      0.03,
			      0.2,
			      {0},
			      "swept: members in networks that a database takes for another kind"},
	[PRIOR_KIND_UNSURE] =
		{"all.kind-unsure",
		 "share",
		 EVEN,
		 0.2,
		 0.8,
		 {0},
		 "networks whose names say little: 60,000 of libloc's 80,000 are estimated at 60 % or less"},
	[PRIOR_GUESTS] = {"all.guests",
			  "names",
			  LOG,
			  0.6,
			  12,
			  {0},
			  "swept: honest names hosted beside the service on its members"},

	[PRIOR_SHARE_CDN] = {"share.cdn", "/1000", LOG, 60, 120, {0}, "swept; large share of popular names"},
	[PRIOR_SHARE_ANYCAST] = {"share.anycast", "/1000", LOG, 10, 30, {0}, "swept"},
	[PRIOR_SHARE_ROUND_ROBIN] = {"share.round-robin", "/1000", LOG, 20, 60, {0}, "swept"},
	[PRIOR_SHARE_MULTI_PROVIDER] = {"share.multi-provider", "/1000", LOG, 15, 40, {0}, "swept"},
	[PRIOR_SHARE_VOLUNTEERS] = {"share.volunteer-pool", "/1000", LOG, 2, 6, {0}, "swept"},
	[PRIOR_SHARE_PEER_SEEDS] = {"share.peer-seeds", "/1000", LOG, 1, 3, {0}, "swept"},
	[PRIOR_SHARE_VPN] = {"share.vpn-fleet", "/1000", LOG, 4, 12, {0}, "swept"},
	[PRIOR_SHARE_PEER_CDN] = {"share.peer-cdn", "/1000", LOG, 2, 5, {0}, "swept"},
	[PRIOR_SHARE_DYNAMIC] = {"share.dynamic-dns", "/1000", LOG, 20, 60, {0}, "swept"},
	[PRIOR_SHARE_EMBEDDED] = {"share.embedded-address", "/1000", LOG, 1, 3, {0}, "swept"},
	[PRIOR_SHARE_TUNNEL] = {"share.tunnel", "/1000", LOG, 2, 6, {0}, "swept"},
	[PRIOR_SHARE_POISONED] = {"share.poisoned", "/1000", LOG, 3, 10, {0}, "swept"},
	[PRIOR_SHARE_PARKED] = {"share.parked", "/1000", LOG, 40, 100, {0}, "swept"},
	[PRIOR_SHARE_SINKHOLED] = {"share.sinkholed", "/1000", LOG, 4, 15, {0}, "swept"},
	[PRIOR_SHARE_MIGRATION] = {"share.migration", "/1000", LOG, 8, 25, {0}, "swept"},
	[PRIOR_SHARE_FAIL_OVER] = {"share.fail-over", "/1000", LOG, 5, 15, {0}, "swept"},
	[PRIOR_SHARE_UNKNOWN] = {"share.unknown", "/1000", LOG, 5, 20, {0}, "swept"},
	[PRIOR_SHARE_FLUX] = {"share.flux",
			      "/1000",
			      LOG,
			      12,
			      25,
			      {0},
			      "far above life (about 1 in 100,000), so that there is something to count"},

	[PRIOR_FLUX_HOMES] = {"flux.homes",
			      "share",
			      EVEN,
			      0.6,
			      0.97,
			      {0},
			      "82 % in residential ISPs of 10 countries (Bitsight 2024); infected home "
			      "machines (Holz 2008)"},
	[PRIOR_FLUX_LIFE_H] = {"flux.life",
			       "h",
			       LOG,
			       6,
			       200,
			       {0},
			       "leases of 24 h (Padmanabhan 2016); some networks change > 20 % a day"},
	[PRIOR_FLUX_NETWORKS] = {"flux.networks",
				 "networks",
				 LOG,
				 8,
				 200,
				 {0},
				 "22 ISPs in 18 countries (SRG 2026) to hundreds"},
	[PRIOR_FLUX_COUNTRY] = {"flux.country",
				"share",
				EVEN,
				0.1,
				0.9,
				{0},
				"UA 77 %, RU 14 % (DarkCloud); 18 countries (SRG)"},
	[PRIOR_FLUX_STAY] = {"flux.stay",
			     "chance",
			     EVEN,
			     0.2,
			     0.7,
			     {0},
			     "half of renumberings leave the prefix (Padmanabhan 2016)"},
	[PRIOR_FLUX_DIURNAL] =
		{"flux.diurnal", "chance", CHANCE, 0.4, 0.8, {0}, "swept: homes are switched off at night"},
	[PRIOR_FLUX_GUESTS] = {"flux.guests",
			       "names",
			       LOG,
			       0.4,
			       8,
			       {0},
			       "swept: dynamic-DNS and other honest names on the same homes and servers"},
	[PRIOR_FLUX_DECOYS] = {"flux.decoys",
			       "share",
			       EVEN,
			       0.05,
			       0.4,
			       {0},
			       "addresses of large firms among the agents (Akamai 2017)"},
	[PRIOR_RENTED_LIFE_H] = {"flux.rented-life",
				 "h",
				 LOG,
				 12,
				 300,
				 {0},
				 "disposable rented servers (Intel 471, 2026); swept"},
	[PRIOR_PROXY_LIFE_H] =
		{"flux.proxy-life", "h", LOG, 1, 24, {0}, "rentable residential proxies (Mi 2019); swept"},
	[PRIOR_SLOW_TTL] = {"flux.slow-ttl", "s", ONE_OF_THESE(1800, 3600, 7200, 14400, 43200),
			    "rules drop TTLs above 1,800 or 10,800 s (Zeek, FluxBuster)"},
	[PRIOR_BURST_H] = {"flux.burst", "h", LOG, 1, 8, {0}, "swept: a campaign of hours"},
	[PRIOR_MIMIC_TTL] = {"flux.mimic-ttl", "s", ONE_OF_THESE(1, 20, 30, 35, 60),
			     "CDN77 1, Akamai 20, Fastly 30, BunnyCDN 35, Azure 60 (ctrl.blog)"},

	[PRIOR_CDN_OWN] = {"cdn.own",
			   "share",
			   EVEN,
			   0.4,
			   1,
			   {0},
			   "swept: members in the content network's own space, the others are caches in "
			   "access networks"},
	[PRIOR_CDN_LIFE_H] = {"cdn.life", "h", LOG, 200, 4000, {0}, "swept: edges stay for months"},
	[PRIOR_CLOUD_LIFE_H] =
		{"cdn.cloud-life", "h", LOG, 2, 100, {0}, "swept: load balancers are scaled with the load"},
	[PRIOR_CDN_CUSTOMERS] = {"cdn.customers", "domains", LOG, 5, 120, {0}, "swept"},
	[PRIOR_ANYCAST_ANSWERS] = {"anycast.answers", "addresses", ONE_OF_THESE(1, 2, 2, 4), "swept"},
	[PRIOR_ROUND_ROBIN_POOL] = {"round-robin.pool", "members", LOG, 3, 40, {0}, "swept"},
	[PRIOR_PROVIDERS] = {"multi-provider.networks", "networks", LOG, 2, 12, {0}, "swept"},
	[PRIOR_SERVER_LIFE_H] = {"server.life",
				 "h",
				 LOG,
				 200,
				 8000,
				 {0},
				 "legitimate networks keep servers for months; swept"},
	[PRIOR_VOLUNTEER_HOMES] = {"volunteers.homes",
				   "share",
				   EVEN,
				   0.05,
				   0.4,
				   {0},
				   "NTP pool: many at home (ntppool.org); swept"},
	[PRIOR_VOLUNTEER_POOL] = {"volunteers.pool",
				  "members",
				  LOG,
				  20,
				  4000,
				  {0},
				  "NTP pool several thousand; mirrors and IRC networks tens to hundreds"},
	[PRIOR_VOLUNTEER_LIFE_H] = {"volunteers.life", "h", LOG, 1000, 9000, {0}, "swept: months to years"},
	[PRIOR_SEED_ANSWERS] =
		{"seeds.answers", "addresses", LOG, 8, 32, {0}, "at most 32 in 512 octets (bitcoin-seeder)"},
	[PRIOR_SEED_POOL] = {"seeds.pool",
			     "members",
			     LOG,
			     200,
			     1000,
			     {0},
			     "of at most 1,000 cached nodes (bitcoin-seeder)"},
	[PRIOR_SEED_HOMES] = {"seeds.homes", "share", EVEN, 0.25, 0.6, {0}, "swept"},
	[PRIOR_SEED_LIFE_H] =
		{"seeds.life", "h", LOG, 3, 100, {0}, "coverage .5 seen in Bitcoin seeds' answers; swept"},
	[PRIOR_VPN_POOL] = {"vpn.pool", "members", LOG, 20, 3000, {0}, "swept"},
	[PRIOR_VPN_LIFE_H] = {"vpn.life", "h", LOG, 50, 3000, {0}, "swept"},
	[PRIOR_SAME_24] = {"fleet.same-24",
			   "share",
			   EVEN,
			   0.1,
			   0.95,
			   {0},
			   "swept: members beside each other in one /24"},
	[PRIOR_PEER_LIFE_H] = {"peer-cdn.life",
			       "h",
			       LOG,
			       20,
			       500,
			       {0},
			       "swept: set-top boxes and routers that a content network rents"},
	[PRIOR_PEER_CUSTOMERS] = {"peer-cdn.customers", "domains", LOG, 3, 40, {0}, "swept"},
	[PRIOR_LINE_LIFE_H] =
		{"line.life", "h", LOG, 24, 700, {0}, "address of a home line (Padmanabhan 2016, DynamIPs)"},
	[PRIOR_LINE_PERIOD_H] = {"line.period", "h", ONE_OF_THESE(24, 24, 48, 168),
				 "20 ISPs renumber at multiples of 24 h (Padmanabhan 2016)"},
	[PRIOR_ROAMS] = {"dynamic-dns.roams",
			 "chance",
			 CHANCE,
			 0.05,
			 0.25,
			 {0},
			 "swept: a client that moves between ISPs"},
	[PRIOR_DYNAMIC_TTL] = {"dynamic-dns.ttl", "s", ONE_OF_THESE(10, 30, 60, 60, 60, 120, 300),
			       "60 (ddclient 2008)"},
	[PRIOR_POISON_POOL] = {"poisoned.pool",
			       "addresses",
			       LOG,
			       8,
			       600,
			       {0},
			       "swept: censors draw from a list of strangers' addresses"},
	[PRIOR_PARKED_MANY] = {"parked.domains", "domains", LOG, 20, 400, {0}, "swept"},
	[PRIOR_SINK_ADDRESSES] = {"sinkholed.addresses", "addresses", LOG, 1, 6, {0}, "swept"},
	[PRIOR_SEIZED] = {"sinkholed.domains",
			  "domains",
			  LOG,
			  5,
			  100,
			  {0},
			  "swept: seized names that share a sinkhole"},
	[PRIOR_FAIL_OVERS] = {"fail-over.times", "changes", LOG, 1, 9, {0}, "swept"},
};

/* Between low and high, each factor as likely: by halving, since a square root is exact to the last digit
 * on every machine, and a logarithm is not. */
static double log_between(struct rng *r, double low, double high)
{
	uint64_t bits = rng_next(r);

	for (int i = 0; i < HALVINGS; i++, bits >>= 1) {
		double middle = sqrt(low * high);

		if ((bits & 1) != 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The stream that says which part of a range this world's class has. */
static struct rng part_of(const struct world *w, enum lab_class c, enum prior p)
{
	struct rng r;

	rng_seed(&r, w->seed, PRIOR_STREAM + (uint64_t)c * PRIORS + p);
	return r;
}

static double between(struct rng *r, enum shape s, double low, double high)
{
	return s == LOG ? log_between(r, low, high) : rng_between(r, low, high);
}

/* Two points far enough apart: of the low half and of the high half. */
static double draw_between(struct world *w, struct rng *part, const struct row *row)
{
	double middle = row->shape == LOG ? sqrt(row->low * row->high) : (row->low + row->high) / 2;
	double low = between(part, row->shape, row->low, middle);
	double high = between(part, row->shape, middle, row->high);

	return between(&w->rng, row->shape, low, high);
}

static double draw_value(struct world *w, struct rng *part, const struct row *row)
{
	double weights[VALUES_MAX], sum = 0, at;
	int n = 0;

	for (; row->values[n] >= 0; n++)
		sum += weights[n] = 0.3 + rng_exponential(part, 1);
	at = rng_unit(&w->rng) * sum;
	for (int i = 0; i + 1 < n; i++)
		if ((at -= weights[i]) < 0)
			return row->values[i];
	return row->values[n - 1];
}

double prior_draw(struct world *w, enum lab_class c, enum prior p)
{
	const struct row *row = &rows[p];
	struct rng part = part_of(w, c, p);

	switch (row->shape) {
	case CHANCE:
		return rng_chance(&w->rng, rng_between(&part, row->low, row->high));
	case ONE_OF:
		return draw_value(w, &part, row);
	default:
		return draw_between(w, &part, row);
	}
}

uint32_t prior_count(struct world *w, enum lab_class c, enum prior p)
{
	return (uint32_t)prior_draw(w, c, p);
}

bool prior_chance(struct world *w, enum lab_class c, enum prior p)
{
	return prior_draw(w, c, p) > 0.5;
}

void prior_print(struct buf *to)
{
	static const char *const shapes[] = {"log", "even", "one of", "chance"};

	buf_add_text(to, "parameter\tunit\tdrawn\trange\tsource\n");
	for (int p = 0; p < PRIORS; p++) {
		const struct row *row = &rows[p];

		buf_printf(to, "%s\t%s\t%s\t", row->name, row->unit, shapes[row->shape]);
		if (row->shape != ONE_OF)
			buf_printf(to, "%g..%g", row->low, row->high);
		for (int i = 0; row->shape == ONE_OF && row->values[i] >= 0; i++)
			buf_printf(to, "%s%g", i == 0 ? "" : " ", row->values[i]);
		buf_printf(to, "\t%s\n", row->source);
	}
}
