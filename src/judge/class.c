/* SPDX-License-Identifier: Apache-2.0 */
/*
 * class.c -- the values of the parameters, in one table; parameters.c says what each is.
 *
 * Where literature gives a figure it is named here or in parameters.c. What a population is like (kind,
 * kind_draws, networks, beside, partners, names, life, answer, ttl) was fitted, class by class, to the
 * domains of that class in four wide worlds of the lab (seeds 101-104, by maximum likelihood), then made
 * broader by hand: the lab's ranges are guesses where literature is silent, and what lies outside them must
 * not count as proof. FluXOR and the other recorded sets were looked at, and never fitted to.
 *
 * moved, size: hang on how often a name was looked up, so they are kept broad and the same for all that draw
 * from a pool. Caches of content networks inside access networks answer each to a name of its own, and stay.
 *
 * ttl: flux 180-1800 s in the KYE samples, 300 s in Avalanche, <= 300 s in the ICANN working group's text.
 * All names: 40 % <= 300 s, 70 % <= 3600 s (OpenDNS 2012). NTP pool: 150 s.
 *
 * partners: of flux broader than in the lab: 189 of FluXOR's domains are one network.
 *
 * weight: the share among domains that are looked up, our estimates. NTP's pool is asked for from every
 * network; peer content networks, VPN fleets, seeds are a few dozen names each. "unknown" stands for what
 * nobody has described: the rarer it is taken to be, the bolder the judge. A class of the weight w is accused
 * wrongly in less than 1e-5 / w of its domains.
 *
 * ns_*: honest servers sit with hosters or with the organisation itself; in one service of eight (the lab:
 * one of six) they live among the hosts, as in double flux, where both sides draw from one population (SAC
 * 025). How many networks they then spread over, and that hosts are servers too, is the same for both.
 */
#include "judge/parameters.h"

#define KINDS(...)                                                                                           \
	{                                                                                                    \
		__VA_ARGS__                                                                                  \
	}
#define NS_HONEST_KIND     KINDS(0.06, 0.56, 0.11, 0.07, 0.12, 0.08)
#define NS_AGENTS_KIND     KINDS(0.88, 0.07, 0.01, 0.01, 0.025, 0.005)
#define NS_HONEST_NETWORKS KINDS(1.3, 0.8)
#define NS_AGENTS_NETWORKS KINDS(4.5, 1.8)

/* clang-format off */
const struct parameters parameters_own = {
	.accuse_db = 50, .doubt_db = 30, .homes_least = 4, .prior = 1e-5,
	.counted_max = 64, .kinds_max = 40,
	/* in a year about 6 % of the addresses of such a table change hands */
	.trust_lost_a_year = 0.06, .trust_least = 0.30,
	.strange = 0.0005, .lives_counted = 10, .ttl_near_odds = 2, .ns_shared_draws = 4,
	.ns_among_networks = {3.5, 2.2}, .ns_among_shared = {0.5, 2},
	.kind_base = {0.23, 0.22, 0.08, 0.16, 0.18, 0.13},
	/* Members that domains use which their own evidence accuses. In flux a network's domains draw from one
	 * population; an honest name meets an infected machine by chance, or because it is hosted on one. The
	 * draws depend on each other: few count. */
	.accused_flux = {1.0, 1.0}, .accused_chance = {0.03, 3.0}, .accused_counted = 12, .accused_wrongly = 0.003,
	.used = {
		[FEATURE_MEMBER_KIND] = true, [FEATURE_SPREAD] = true, [FEATURE_SIZE] = true,
		[FEATURE_BESIDE] = true, [FEATURE_PARTNERS] = true, [FEATURE_NAMES] = true,
		[FEATURE_TURNOVER] = true, [FEATURE_LIFE] = true, [FEATURE_ANSWER] = true, [FEATURE_TTL] = true,
		[FEATURE_SERVER_KIND] = true, [FEATURE_SERVER_SPREAD] = true, [FEATURE_SERVER_SHARED] = true,
		[FEATURE_SHARED] = true,
	},
	.class = {
		[CLASS_ORDINARY] = {
			.name = "ordinary", .weight = 0.6,
			.kind = {0.06, 0.62, 0.1, 0.06, 0.12, 0.04}, .kind_draws = 6,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {1, 1.6}, .beside = {0.5, 3}, .partners = {1.8, 2},
			.names = {1.8, 2}, .life = {10, 2.5}, .moved = {0.3, 6},
			.answer = {0.758, 0.218, 0.013, 0.011}, .size_mean = 1, .size_sd = 0.9,
			.ttl_mean = 3.3, .ttl_sd = 0.9,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.005,
		},
		[CLASS_CDN] = {
			.name = "cdn", .weight = 0.15,
			.kind = {0.087, 0.461, 0.374, 0.012, 0.017, 0.049}, .kind_draws = 25,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {1.6, 1.8}, .beside = {2.2, 1.2}, .partners = {3.4, 1.8},
			.names = {2, 1.9}, .life = {8, 3.5}, .moved = {0.8, 1},
			.answer = {0.551, 0.29, 0.148, 0.011}, .size_mean = 3.8, .size_sd = 2,
			.ttl_mean = 2.5, .ttl_sd = 0.92,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_CACHES] = {
			.name = "isp-caches", .weight = 0.001,
			.kind = {0.75, 0.06, 0.08, 0.03, 0.03, 0.05}, .kind_draws = 8,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {5, 2}, .beside = {1, 3}, .partners = {4, 2.5},
			.names = {5, 2}, .life = {10, 1.5}, .moved = {0.2, 8},
			.answer = {0.595, 0.38, 0.015, 0.01}, .size_mean = 5, .size_sd = 3,
			.ttl_mean = 2.3, .ttl_sd = 0.8,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_ROUND_ROBIN] = {
			.name = "round-robin", .weight = 0.05,
			.kind = {0.03, 0.436, 0.018, 0.233, 0.269, 0.014}, .kind_draws = 12,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {0.51, 0.7}, .beside = {1, 0.51}, .partners = {2.1, 1.3},
			.names = {1.5, 1.3}, .life = {12, 1.5}, .moved = {0.7, 1.2},
			.answer = {0.496, 0.386, 0.107, 0.011}, .size_mean = 2.6, .size_sd = 1.4,
			.ttl_mean = 2.5, .ttl_sd = 0.85,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_MULTI_PROVIDER] = {
			.name = "multi-provider", .weight = 0.03,
			.kind = {0.005, 0.871, 0.075, 0.015, 0.02, 0.014}, .kind_draws = 25,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {2.4, 0.74}, .beside = {2, 2.6}, .partners = {2.3, 1.2},
			.names = {1.7, 1.6}, .life = {8, 3.5}, .moved = {0.8, 1},
			.answer = {0.28, 0.472, 0.237, 0.011}, .size_mean = 3.8, .size_sd = 2,
			.ttl_mean = 2.5, .ttl_sd = 0.85,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_VOLUNTEER_POOL] = {
			.name = "volunteer-pool", .weight = 0.0007,
			.kind = {0.365, 0.41, 0.012, 0.117, 0.07, 0.026}, .kind_draws = 6.3,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {7.2, 1.4}, .beside = {2.3, 12}, .partners = {2, 1.4},
			.names = {1.2, 0.8}, .life = {12, 1.5}, .moved = {1.2, 0.8},
			.answer = {0.35, 0.4, 0.2, 0.05}, .size_mean = 4.5, .size_sd = 2,
			.ttl_mean = 2.4, .ttl_sd = 0.8,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_PEER_SEEDS] = {
			.name = "peer-seeds", .weight = 2e-05,
			.kind = {0.586, 0.353, 0.007, 0.025, 0.021, 0.008}, .kind_draws = 25,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {8, 1.2}, .beside = {2.3, 12}, .partners = {2, 1},
			.names = {2, 1.9}, .life = {3.1, 3.5}, .moved = {1.2, 0.8},
			.answer = {0.363, 0.15, 0.21, 0.277}, .size_mean = 6, .size_sd = 2,
			.ttl_mean = 2.4, .ttl_sd = 0.86,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_PEER_CDN] = {
			.name = "peer-cdn", .weight = 6e-07,
			.kind = {0.921, 0.059, 0.005, 0.005, 0.005, 0.005}, .kind_draws = 15,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {3.5, 1.2}, .beside = {1.7, 2.5}, .partners = {3.2, 1.3},
			.names = {1.8, 1.6}, .life = {6, 3}, .moved = {1.2, 0.8},
			.answer = {0.43, 0.338, 0.221, 0.011}, .size_mean = 4.5, .size_sd = 2,
			.ttl_mean = 2.4, .ttl_sd = 0.89,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_DYNAMIC_DNS] = {
			.name = "dynamic-dns", .weight = 0.03,
			.kind = {0.901, 0.048, 0.019, 0.009, 0.014, 0.009}, .kind_draws = 10,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {0.57, 2.2}, .beside = {0.77, 5.1}, .partners = {0.14, 0.74},
			.names = {0.21, 0.4}, .life = {1.5, 1.5}, .moved = {1.2, 0.9},
			.answer = {0.942, 0.036, 0.011, 0.011}, .size_mean = 1, .size_sd = 1.2,
			.ttl_mean = 1.9, .ttl_sd = 0.67,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.0003,
		},
		[CLASS_ANYCAST] = {
			.name = "anycast", .weight = 0.02,
			.kind = {0.03, 0.066, 0.859, 0.014, 0.014, 0.017}, .kind_draws = 12,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {0.61, 0.7}, .beside = {0.9, 2.1}, .partners = {2.5, 1.3},
			.names = {1.3, 1.5}, .life = {12, 1.5}, .moved = {0.2, 8},
			.answer = {0.295, 0.667, 0.026, 0.012}, .size_mean = 1.2, .size_sd = 0.9,
			.ttl_mean = 2.6, .ttl_sd = 0.83,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.005,
		},
		[CLASS_VPN_FLEET] = {
			.name = "vpn-fleet", .weight = 3e-05,
			.kind = {0.005, 0.918, 0.015, 0.012, 0.034, 0.016}, .kind_draws = 25,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {5.3, 1}, .beside = {1, 1.7}, .partners = {2.4, 1.3},
			.names = {2.1, 1.9}, .life = {8, 3.5}, .moved = {1.2, 0.8},
			.answer = {0.328, 0.367, 0.293, 0.012}, .size_mean = 4.5, .size_sd = 2,
			.ttl_mean = 2.4, .ttl_sd = 0.79,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_EMBEDDED] = {
			.name = "embedded-address", .weight = 1e-05,
			.kind = {0.13, 0.648, 0.016, 0.011, 0.179, 0.016}, .kind_draws = 25,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {8.1, 0.76}, .beside = {2, 12}, .partners = {2.5, 1.1},
			.names = {5, 0.97}, .life = {10, 1.5}, .moved = {1.2, 0.8},
			.answer = {0.937, 0.021, 0.021, 0.021}, .size_mean = 4.5, .size_sd = 2,
			.ttl_mean = 2.1, .ttl_sd = 0.5,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_TUNNEL] = {
			.name = "tunnel", .weight = 1e-05,
			.kind = {0.265, 0.191, 0.098, 0.141, 0.168, 0.137}, .kind_draws = 25,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {8, 1.2}, .beside = {0.71, 4.9}, .partners = {2.7, 1.8},
			.names = {4.9, 1.8}, .life = {12, 1.5}, .moved = {1.2, 0.8},
			.answer = {0.177, 0.473, 0.335, 0.015}, .size_mean = 4.5, .size_sd = 2,
			.ttl_mean = 2.2, .ttl_sd = 0.53,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_POISONED] = {
			.name = "poisoned", .weight = 3e-05,
			.kind = {0.005, 0.227, 0.424, 0.019, 0.311, 0.014}, .kind_draws = 25,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {6.1, 0.5}, .beside = {1.8, 9.7}, .partners = {4.9, 1.3},
			.names = {1.2, 1.2}, .life = {12, 1.5}, .moved = {1.2, 0.8},
			.answer = {0.958, 0.014, 0.014, 0.014}, .size_mean = 4.5, .size_sd = 2,
			.ttl_mean = 2.5, .ttl_sd = 1,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_PARKED] = {
			.name = "parked", .weight = 0.07,
			.kind = {0.03, 0.705, 0.222, 0.01, 0.021, 0.012}, .kind_draws = 12,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {0.36, 0.7}, .beside = {0.2, 0.22}, .partners = {4.6, 2.2},
			.names = {3, 1.8}, .life = {12, 1.5}, .moved = {0.2, 8},
			.answer = {0.302, 0.676, 0.011, 0.011}, .size_mean = 1.2, .size_sd = 0.8,
			.ttl_mean = 2.1, .ttl_sd = 0.75,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.005,
		},
		[CLASS_SINKHOLED] = {
			.name = "sinkholed", .weight = 0.005,
			.kind = {0.03, 0.503, 0.015, 0.147, 0.292, 0.013}, .kind_draws = 12,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {2.2, 0.7}, .beside = {0.2, 0.38}, .partners = {2.8, 1.7},
			.names = {1.4, 1.3}, .life = {12, 1.5}, .moved = {0.3, 6},
			.answer = {0.57, 0.404, 0.013, 0.013}, .size_mean = 1.2, .size_sd = 0.9,
			.ttl_mean = 2.7, .ttl_sd = 0.99,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.005,
		},
		[CLASS_MIGRATION] = {
			.name = "migration", .weight = 0.01,
			.kind = {0.03, 0.393, 0.033, 0.237, 0.293, 0.014}, .kind_draws = 12,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {1.4, 0.7}, .beside = {1, 0.71}, .partners = {2.8, 1.2},
			.names = {1.7, 1.6}, .life = {3.9, 1.8}, .moved = {0.8, 1},
			.answer = {0.166, 0.392, 0.431, 0.011}, .size_mean = 3, .size_sd = 1.5,
			.ttl_mean = 2.5, .ttl_sd = 0.81,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_FAIL_OVER] = {
			.name = "fail-over", .weight = 0.006,
			.kind = {0.364, 0.373, 0.012, 0.012, 0.229, 0.01}, .kind_draws = 12,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {1.9, 0.7}, .beside = {3.7, 12}, .partners = {2.6, 1.4},
			.names = {1.1, 0.92}, .life = {9, 3.5}, .moved = {0.8, 1},
			.answer = {0.33, 0.646, 0.012, 0.012}, .size_mean = 1.8, .size_sd = 0.9,
			.ttl_mean = 2.5, .ttl_sd = 0.85,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.12,
		},
		[CLASS_UNKNOWN] = {
			.name = "unknown", .weight = 1.5e-05,
			.kind = {0.1, 0.255, 0.21, 0.128, 0.164, 0.143}, .kind_draws = 3,
			.ns_kind = {0.10, 0.45, 0.135, 0.09, 0.135, 0.09}, .ns_kind_draws = 3,
			.networks = {4.6, 2.8}, .beside = {0.85, 1.3}, .partners = {2.4, 1.5},
			.names = {1.6, 1.2}, .life = {6, 3.5}, .moved = {0.8, 1},
			.answer = {0.373, 0.418, 0.197, 0.012}, .size_mean = 3.8, .size_sd = 2,
			.ttl_mean = 2.6, .ttl_sd = 0.81,
			.ns_networks = {1.8, 1.6}, .ns_shared = 0.05, .ns_among = 0.2,
		},
		[CLASS_FLUX] = {
			.name = "flux", .weight = 0.6,
			.kind = {0.88, 0.063, 0.005, 0.005, 0.04, 0.007}, .kind_draws = 12,
			.ns_kind = NS_HONEST_KIND, .ns_kind_draws = 10,
			.networks = {6, 1.6}, .beside = {1.1, 6.8}, .partners = {2, 2},
			.names = {1.7, 2}, .life = {5, 2.5}, .moved = {1.2, 0.8},
			.answer = {0.35, 0.38, 0.24, 0.03}, .size_mean = 4.5, .size_sd = 2,
			.ttl_mean = 2.6, .ttl_sd = 0.93,
			.ns_networks = NS_HONEST_NETWORKS, .ns_shared = 0.02, .ns_among = 0.02,
		},
		[CLASS_FLUX_DOUBLE] = {
			.name = "flux", .weight = 0.3,
			.kind = {0.88, 0.063, 0.005, 0.005, 0.04, 0.007}, .kind_draws = 12,
			.ns_kind = NS_AGENTS_KIND, .ns_kind_draws = 12,
			.networks = {6, 1.6}, .beside = {1.1, 6.8}, .partners = {2, 2},
			.names = {1.7, 2}, .life = {5, 2.5}, .moved = {1.2, 0.8},
			.answer = {0.35, 0.38, 0.24, 0.03}, .size_mean = 4.5, .size_sd = 2,
			.ttl_mean = 2.6, .ttl_sd = 0.93,
			.ns_networks = NS_AGENTS_NETWORKS, .ns_shared = 0.1, .ns_among = 0.7,
		},
		[CLASS_FLUX_NS] = {
			.name = "flux", .weight = 0.1,
			.kind = {0.005, 0.864, 0.04, 0.061, 0.017, 0.013}, .kind_draws = 25,
			.ns_kind = NS_AGENTS_KIND, .ns_kind_draws = 12,
			.networks = {1.2, 0.5}, .beside = {12, 12}, .partners = {1.5, 0.86},
			.names = {1.9, 1.8}, .life = {9, 2}, .moved = {0.3, 6},
			.answer = {0.584, 0.358, 0.029, 0.029}, .size_mean = 0.9, .size_sd = 0.9,
			.ttl_mean = 2.6, .ttl_sd = 0.93,
			.ns_networks = NS_AGENTS_NETWORKS, .ns_shared = 0.05, .ns_among = 0.02,
		},
	},
};
/* clang-format on */
