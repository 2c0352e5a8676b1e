/* SPDX-License-Identifier: Apache-2.0 */
/*
 * class.c -- the values of the parameters, in one table; parameters.c says what each is.
 *
 * Where literature gives a figure it is named; the rest are our estimates, kept broad, and marked so. None of
 * them was fitted to a test set.
 *
 * kind: consumer, hosting, content, university, business, transit.
 *   Flux agents: "80 % consumer" follows the agents' description in Holz 2008 (infected home machines) and
 * the Bitsight 2024 set (residential ISPs, devices in homes). Volunteer pools: our estimate from the public
 * description of the NTP pool (servers lent by universities, hosting customers and home users). Others: our
 * estimates. ttl: flux 180-1800 s in the KYE samples, 300 s in Avalanche, <= 300 s in the ICANN working
 * group's text: log10 2.3
 *   +- 0.6. All names: 40 % <= 300 s, 70 % <= 3600 s (OpenDNS 2012): log10 2.8 +- 1. CDN: 20-300 s. NTP pool:
 * 150 s.
 *
 * networks: of the population that members are drawn from; see spread.h. Flux: 22 ISPs in 18 countries (SRG
 * 2026) to hundreds of networks. A residential content network rents boxes at a few ISPs, a service at
 * several providers has a handful of these, Bitcoin seeds and tunnels draw from everywhere: our estimates.
 *
 * size: answers of 4-8 from pools of tens to thousands (tens to hundreds of addresses a day, CISA AA25-093A).
 * Content networks and services at several providers show as many within a day or two: our estimate.
 *
 * moved: of addresses that could be seen to move. Whatever answers with a part of a pool in turn shows most
 * of it after the first look-up: content networks, sets served in turn, services at several providers and
 * what is of no known class have it as flux has, so that turnover speaks against what stands still and for
 * nobody. Caches of content networks inside access networks answer each to a name of its own, and stay.
 *
 * weight: of some 350 million registered domains. Peer content networks are a hundred names or so, rarer than
 * flux. The other rare classes weigh as tens of thousands of names or more, some of them above life: half of
 * a Bitcoin seed's members are homes, caches in access networks are the only honest class of homes that stand
 * still, and what is of no known class has to be held down by something. Our estimates.
 *
 * names, others: of the lab's wide worlds (seeds 201 to 204), then made broader. They say which honest class
 * a domain is most like, and weigh nothing between flux and all of these: in life a flux network shows one
 * domain or hundreds (189 in FluXOR's), where the lab's shows 30 at the most.
 *
 * ns_among: double flux moves both sides through one population (SAC 025), or the servers through one of
 * their own; honest services that let their servers live among their hosts: our estimate. ns_networks,
 * ns_shared: of servers apart; honest ones mostly sit in one to three networks of hosters or of the
 * organisation itself: our estimate.
 */
#include "judge/parameters.h"

#define KINDS(...)                                                                                           \
	{                                                                                                    \
		__VA_ARGS__                                                                                  \
	}
#define NS_HONEST_KIND     KINDS(0.20, 0.38, 0.17, 0.05, 0.13, 0.07)
#define AGENTS_KIND        KINDS(0.80, 0.08, 0.01, 0.03, 0.05, 0.03)
#define NS_HONEST_NETWORKS KINDS(0.56, 0.30, 0.09, 0.03, 0.02)
#define NS_AGENTS_NETWORKS KINDS(0.05, 0.10, 0.20, 0.30, 0.35)
#define FLUX_ANSWER        KINDS(0.25, 0.35, 0.35, 0.05)

/* clang-format off */
const struct parameters parameters_own = {
	.accuse_db = 50, .doubt_db = 30, .homes_least = 5, .prior = 1e-5, .named_least = 0.01,
	.counted_max = 64, .kinds_max = 40,
	/* in a year about 6 % of the addresses of such a table change hands */
	.trust_lost_a_year = 0.06, .trust_least = 0.30,
	.ttl_near_odds = 2, .ns_shared_draws = 4,
	.ns_among_networks = {0.24, 0.20, 0.18, 0.16, 0.22}, .ns_among_shared = {2, 2},
	/* Members that domains use which their own evidence accuses. In flux a network's domains draw from one
	 * population; an honest name meets an infected machine by chance, or because it is hosted on one. The
	 * draws depend on each other: few count. And of what is accused two in a hundred are honest, with all
	 * that share their members: so this evidence is worth 15 dB at the most. Flux of another network is flux
	 * too, and meets its members by chance: that few are shared is worth 6 dB against it at the most. */
	.accused_alone = 0.25, .accused_flux = {1.0, 1.0}, .accused_chance = {0.03, 3.0}, .accused_counted = 12,
	.accused_wrongly = 0.0225,
	/* Of a large honest service one domain may be accused by chance: that its marks do not accuse all others,
	 * most of those that share members have to be accused for what they are. */
	.partners_flux = {6.0, 2.0}, .partners_wrongly = {0.3, 2.0},
	.used = {
		[FEATURE_MEMBER_KIND] = true, [FEATURE_SPREAD] = true, [FEATURE_SIZE] = true,
		[FEATURE_TURNOVER] = true, [FEATURE_ANSWER] = true, [FEATURE_TTL] = true,
		[FEATURE_SERVER_KIND] = true, [FEATURE_SERVER_SPREAD] = true, [FEATURE_SERVER_SHARED] = true,
		[FEATURE_SHARED] = true,
	},
	.class = {
		[CLASS_ORDINARY] = {
			.name = "ordinary", .weight = 0.60,
			.kind = {0.12, 0.55, 0.10, 0.06, 0.13, 0.04}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 0.7, .networks_sd = 1.2, .moved = {0.3, 6.0}, .answer = {0.70, 0.25, 0.04, 0.01},
			.size_mean = 0.8, .size_sd = 1.0, .ttl_mean = 2.8, .ttl_sd = 1.0,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.03, .ns_among = 0.10,
			.names_mean = 1.8, .names_sd = 1.6, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 4, .others_sd = 3,
		},
		[CLASS_CDN] = {
			.name = "cdn", .weight = 0.20,
			.kind = {0.06, 0.30, 0.54, 0.02, 0.04, 0.04}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 1.5, .networks_sd = 1.5, .moved = {1.2, 0.8}, .answer = {0.25, 0.45, 0.25, 0.05},
			.size_mean = 4.2, .size_sd = 2.4, .ttl_mean = 1.9, .ttl_sd = 0.7,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.005, .ns_among = 0.10,
			.names_mean = 1.9, .names_sd = 2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 3.3, .others_sd = 1.6,
		},
		[CLASS_CACHES] = {
			.name = "cdn", .weight = 0.0001,
			.kind = {0.75, 0.06, 0.08, 0.03, 0.03, 0.05}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 5, .networks_sd = 2, .moved = {0.2, 8.0}, .answer = {0.60, 0.38, 0.015, 0.005},
			.size_mean = 5.0, .size_sd = 3.0, .ttl_mean = 2.3, .ttl_sd = 0.8,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.005, .ns_among = 0.10,
			.names_mean = 5, .names_sd = 2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 2, .others_sd = 2,
		},
		[CLASS_ROUND_ROBIN] = {
			.name = "round-robin", .weight = 0.10,
			.kind = {0.12, 0.50, 0.18, 0.05, 0.12, 0.03}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 0.6, .networks_sd = 1.0, .moved = {1.2, 0.8}, .answer = {0.20, 0.50, 0.20, 0.10},
			.size_mean = 2.0, .size_sd = 1.2, .ttl_mean = 2.6, .ttl_sd = 0.8,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.10,
			.names_mean = 1.8, .names_sd = 1.8, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 2.6, .others_sd = 1.5,
		},
		[CLASS_MULTI_PROVIDER] = {
			.name = "multi-provider", .weight = 0.04,
			.kind = {0.06, 0.56, 0.24, 0.03, 0.07, 0.04}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 2.2, .networks_sd = 1.2, .moved = {1.2, 0.8}, .answer = {0.25, 0.45, 0.25, 0.05},
			.size_mean = 4.2, .size_sd = 2.2, .ttl_mean = 2.3, .ttl_sd = 0.8,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.10,
			.names_mean = 1.7, .names_sd = 1.7, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 2, .others_sd = 1.4,
		},
		[CLASS_VOLUNTEER_POOL] = {
			.name = "volunteer-pool", .weight = 0.0002,
			.kind = {0.25, 0.44, 0.03, 0.17, 0.07, 0.04}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 6, .networks_sd = 2, .moved = {2.0, 1.5}, .answer = {0.10, 0.60, 0.20, 0.10},
			.size_mean = 5.0, .size_sd = 2.0, .ttl_mean = 2.2, .ttl_sd = 0.5,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.10,
			.names_mean = 2.2, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.8, .others_sd = 1.4,
		},
		[CLASS_PEER_SEEDS] = {
			.name = "peer-seeds", .weight = 0.0003,
			.kind = {0.40, 0.45, 0.01, 0.03, 0.06, 0.05}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 7.5, .networks_sd = 1.5, .moved = {3.0, 1.0}, .answer = {0.05, 0.05, 0.20, 0.70},
			.size_mean = 6.0, .size_sd = 2.0, .ttl_mean = 2.5, .ttl_sd = 0.9,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.10,
			.names_mean = 1.8, .names_sd = 1.7, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.6, .others_sd = 1.4,
		},
		[CLASS_PEER_CDN] = {
			.name = "peer-cdn", .weight = 3e-7,
			.kind = {0.93, 0.03, 0.01, 0.005, 0.015, 0.01}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 2.6, .networks_sd = 1.3, .moved = {2.0, 1.0}, .answer = {0.20, 0.50, 0.25, 0.05},
			.size_mean = 5.0, .size_sd = 2.0, .ttl_mean = 1.9, .ttl_sd = 0.7,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.005, .ns_among = 0.10,
			.names_mean = 1.5, .names_sd = 1.5, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 2.7, .others_sd = 1.4,
		},
		[CLASS_DYNAMIC_DNS] = {
			.name = "dynamic-dns", .weight = 0.03,
			.kind = {0.80, 0.06, 0.01, 0.03, 0.07, 0.03}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 0.8, .networks_sd = 1.3, .moved = {1.5, 1.0}, .answer = {0.97, 0.025, 0.004, 0.001},
			.size_mean = 0.8, .size_sd = 1.2, .ttl_mean = 1.9, .ttl_sd = 0.6,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.005, .ns_among = 0.002,
			.names_mean = 0.2, .names_sd = 0.5, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 0.6, .others_sd = 1.5,
		},
		[CLASS_ANYCAST] = {
			.name = "anycast", .weight = 0.02,
			.kind = {0.04, 0.07, 0.83, 0.02, 0.02, 0.02}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 0.5, .networks_sd = 1.0, .moved = {0.2, 8.0}, .answer = {0.31, 0.66, 0.02, 0.01},
			.size_mean = 1.4, .size_sd = 0.9, .ttl_mean = 2.5, .ttl_sd = 0.9,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.02,
			.names_mean = 1.8, .names_sd = 1.8, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 4.0, .others_sd = 1.4,
		},
		[CLASS_VPN_FLEET] = {
			.name = "vpn-fleet", .weight = 0.0001,
			.kind = {0.06, 0.72, 0.07, 0.04, 0.07, 0.04}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 4.5, .networks_sd = 1.4, .moved = {2.0, 1.0}, .answer = {0.45, 0.35, 0.18, 0.02},
			.size_mean = 4.8, .size_sd = 1.5, .ttl_mean = 2.5, .ttl_sd = 0.85,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.1,
			.names_mean = 1.6, .names_sd = 1.7, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.8, .others_sd = 1.3,
		},
		[CLASS_EMBEDDED] = {
			.name = "embedded-address", .weight = 0.0001,
			.kind = {0.14, 0.6, 0.05, 0.03, 0.15, 0.03}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 6.5, .networks_sd = 1.6, .moved = {0.5, 1.4}, .answer = {0.96, 0.02, 0.01, 0.01},
			.size_mean = 5.5, .size_sd = 2.0, .ttl_mean = 2.3, .ttl_sd = 0.8,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.1,
			.names_mean = 5.9, .names_sd = 1.2, .fresh_mean = -0.9, .fresh_sd = 1.2,
			.own_address = 0.95, .others_mean = 2.0, .others_sd = 1.5,
		},
		[CLASS_TUNNEL] = {
			.name = "tunnel", .weight = 3e-5,
			.kind = {0.24, 0.2, 0.12, 0.14, 0.16, 0.14}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 7.8, .networks_sd = 1.2, .moved = {1.6, 1.2}, .answer = {0.36, 0.55, 0.08, 0.01},
			.size_mean = 5.5, .size_sd = 2.0, .ttl_mean = 2.2, .ttl_sd = 0.6,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.1,
			.names_mean = 5.2, .names_sd = 1.6, .fresh_mean = -0.3, .fresh_sd = 1.0,
			.own_address = 0.01, .others_mean = 0.8, .others_sd = 1.0,
		},
		[CLASS_POISONED] = {
			.name = "poisoned", .weight = 0.001,
			.kind = {0.02, 0.23, 0.41, 0.02, 0.3, 0.02}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 6, .networks_sd = 1.7, .moved = {5.0, 1.2}, .answer = {0.96, 0.02, 0.01, 0.01},
			.size_mean = 3.7, .size_sd = 1.3, .ttl_mean = 2.6, .ttl_sd = 0.95,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.05,
			.names_mean = 1.1, .names_sd = 1.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 5.1, .others_sd = 1.1,
		},
		[CLASS_PARKED] = {
			.name = "parked", .weight = 0.06,
			.kind = {0.03, 0.7, 0.22, 0.01, 0.02, 0.02}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 0.6, .networks_sd = 1.0, .moved = {0.1, 9.0}, .answer = {0.45, 0.53, 0.01, 0.01},
			.size_mean = 1.0, .size_sd = 0.9, .ttl_mean = 2.4, .ttl_sd = 0.9,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.02,
			.names_mean = 3.8, .names_sd = 2.8, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 6.8, .others_sd = 1.0,
		},
		[CLASS_SINKHOLED] = {
			.name = "sinkholed", .weight = 0.005,
			.kind = {0.04, 0.5, 0.02, 0.15, 0.27, 0.02}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 1.2, .networks_sd = 1.2, .moved = {0.4, 4.0}, .answer = {0.25, 0.72, 0.02, 0.01},
			.size_mean = 1.5, .size_sd = 0.8, .ttl_mean = 2.5, .ttl_sd = 1.0,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.02,
			.names_mean = 1.6, .names_sd = 1.7, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 5.6, .others_sd = 1.1,
		},
		[CLASS_MIGRATION] = {
			.name = "migration", .weight = 0.01,
			.kind = {0.03, 0.4, 0.04, 0.23, 0.27, 0.03}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 1.2, .networks_sd = 1.0, .moved = {3.0, 1.6}, .answer = {0.25, 0.6, 0.14, 0.01},
			.size_mean = 3.4, .size_sd = 1.1, .ttl_mean = 2.4, .ttl_sd = 0.85,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.1,
			.names_mean = 1.4, .names_sd = 1.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 2.2, .others_sd = 1.4,
		},
		[CLASS_FAIL_OVER] = {
			.name = "fail-over", .weight = 0.006,
			.kind = {0.33, 0.36, 0.02, 0.03, 0.23, 0.03}, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 1.2, .networks_sd = 1.2, .moved = {5.0, 7.0}, .answer = {0.6, 0.38, 0.01, 0.01},
			.size_mean = 1.6, .size_sd = 0.8, .ttl_mean = 2.5, .ttl_sd = 0.85,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.01, .ns_among = 0.05,
			.names_mean = 1.3, .names_sd = 1.3, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 3.2, .others_sd = 1.8,
		},
		[CLASS_UNKNOWN] = {
			.name = "unknown", .weight = 0.0001,
			.kind = {0.35, 0.28, 0.10, 0.09, 0.11, 0.07}, .ns_kind = {0.30, 0.30, 0.14, 0.08, 0.11, 0.07},
			.networks_mean = 3.5, .networks_sd = 2.5, .moved = {1.2, 0.8}, .answer = {0.35, 0.35, 0.20, 0.10},
			.size_mean = 4.2, .size_sd = 2.4, .ttl_mean = 2.6, .ttl_sd = 1.0,
			.ns_networks = {0.45, 0.27, 0.14, 0.08, 0.06}, .ns_shared = 0.05, .ns_among = 0.20,
			.names_mean = 1.8, .names_sd = 1.9, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 2.1, .others_sd = 1.7,
		},
		[CLASS_FLUX] = {
			.name = "flux", .weight = 0.60,
			.kind = AGENTS_KIND, .ns_kind = NS_HONEST_KIND,
			.networks_mean = 5.3, .networks_sd = 1.5, .moved = {1.2, 0.8}, .answer = FLUX_ANSWER,
			.size_mean = 4.6, .size_sd = 2.0, .ttl_mean = 2.3, .ttl_sd = 0.6,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.02,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_DOUBLE] = {
			.name = "flux", .weight = 0.35,
			.kind = AGENTS_KIND, .ns_kind = AGENTS_KIND,
			.networks_mean = 5.3, .networks_sd = 1.5, .moved = {1.2, 0.8}, .answer = FLUX_ANSWER,
			.size_mean = 4.6, .size_sd = 2.0, .ttl_mean = 2.3, .ttl_sd = 0.6,
			.ns_networks = NS_AGENTS_NETWORKS, .ns_shared = 0.03, .ns_among = 0.60,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_NS] = {
			.name = "flux", .weight = 0.05,
			.kind = {0.12, 0.55, 0.10, 0.06, 0.13, 0.04}, .ns_kind = AGENTS_KIND,
			.networks_mean = 0.7, .networks_sd = 1.2, .moved = {0.3, 6.0}, .answer = {0.60, 0.30, 0.08, 0.02},
			.size_mean = 0.8, .size_sd = 1.0, .ttl_mean = 2.6, .ttl_sd = 1.0,
			.ns_networks = NS_AGENTS_NETWORKS, .ns_shared = 0.05, .ns_among = 0.02,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
	},
};
/* clang-format on */
