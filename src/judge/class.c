/* SPDX-License-Identifier: Apache-2.0 */
/*
 * class.c -- the values of the parameters, in one table; parameters.c says what each is.
 *
 * Those of the classes are fitted: `make fit` moves them from estimates (fit/estimates.json) so that worlds
 * of the lab are judged right, and holds each near to what it was; `python3 -m fit.table` writes them here.
 * None of them was fitted to recorded traffic, nor to worlds that `make evaluate` measures. What follows says
 * where the estimates come from: where literature gives a figure it is named, the rest are ours, and kept
 * broad.
 *
 * kind: consumer, hosting, content, university, business, transit.
 *   Flux agents: "80 % consumer" follows the agents' description in Holz 2008 (infected home machines) and
 * the Bitsight 2024 set (residential ISPs, devices in homes). Flux differs in that: some is all of homes,
 * some mixes in rented servers and decoys. So that more members of one kind do not speak against it, it is
 * three classes; of agents behind agents, and of servers alone, two. Volunteer pools: from the public
 * description of the NTP pool (servers lent by universities, hosting customers and home users). ttl: flux
 * 180-1800 s in the KYE samples, 300 s in Avalanche, <= 300 s in the ICANN working group's text: log10 2.3 +-
 * 0.6. All names: 40 % <= 300 s, 70 % <= 3600 s (OpenDNS 2012): log10 2.8 +- 1. CDN: 20-300 s. NTP pool: 150
 * s.
 *
 * networks: of the population that members are drawn from; see spread.h. Flux: 22 ISPs in 18 countries (SRG
 * 2026) to hundreds of networks. A residential content network rents boxes at a few ISPs, a service at
 * several providers has a handful of these, Bitcoin seeds and tunnels draw from everywhere.
 *
 * size: answers of 4-8 from pools of tens to thousands (tens to hundreds of addresses a day, CISA AA25-093A).
 * Content networks and services at several providers show as many within a day or two.
 *
 * moved: of addresses that could be seen to move. Whatever answers with a part of a pool in turn shows most
 * of it after the first look-up: content networks, sets served in turn, services at several providers and
 * what is of no known class have it as flux has, so that turnover speaks against what stands still and for
 * nobody. Caches of content networks inside access networks answer each to a name of its own, and stay. Not
 * fitted: how much is seen to move is a matter of how long one looks.
 *
 * weight: of some 350 million registered domains. Peer content networks are a hundred names or so, rarer than
 * flux. The other rare classes were estimated as tens of thousands of names or more, some of them above life:
 * half of a Bitcoin seed's members are homes, caches in access networks are the only honest class of homes
 * that stand still, and what is of no known class has to be held down by something.
 *
 * named: what is asked about is not what is frequent: of what somebody looks at more is rare. This, names,
 * fresh, own_address and others say which honest class a domain is most like, and weigh nothing between flux
 * and all of these: in life a flux network shows one domain or hundreds (189 in FluXOR's), where the lab's
 * shows 30 at the most.
 *
 * ns_among: double flux moves both sides through one population (SAC 025), or the servers through one of
 * their own; honest services that let their servers live among their hosts. ns_networks, ns_shared: of
 * servers apart; honest ones mostly sit in one to three networks of hosters or of the organisation itself.
 */
#include "judge/parameters.h"

/* clang-format off */
const struct parameters parameters_own = {
	.accuse_db = 50, .marks_over_db = 3, .doubt_db = 30, .homes_least = 5, .prior = 1e-5,
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
			.name = "ordinary", .weight = 0.934, .named = 0.679,
			.kind = {0.140, 0.385, 0.100, 0.128, 0.151, 0.096},
			.ns_kind = {0.084, 0.579, 0.161, 0.036, 0.096, 0.044},
			.networks_mean = 0.7, .networks_sd = 1.2, .moved = {0.3, 6}, .answer = {0.872, 0.099, 0.023, 0.006},
			.size_mean = 1.81, .size_sd = 1.62, .ttl_mean = 3.3, .ttl_sd = 0.91,
			.ns_networks = {0.393, 0.395, 0.151, 0.049, 0.012}, .ns_shared = 0.0277, .ns_among = 0.0869,
			.names_mean = 1.99, .names_sd = 1.43, .fresh_mean = -3.17, .fresh_sd = 1.74,
			.own_address = 0.0099, .others_mean = 3, .others_sd = 3.22,
		},
		[CLASS_CDN] = {
			.name = "cdn", .weight = 0.0153, .named = 0.0777,
			.kind = {0.524, 0.087, 0.326, 0.011, 0.013, 0.039},
			.ns_kind = {0.215, 0.332, 0.203, 0.047, 0.126, 0.077},
			.networks_mean = 1.02, .networks_sd = 1.02, .moved = {1.2, 0.8}, .answer = {0.254, 0.524, 0.173, 0.049},
			.size_mean = 4.14, .size_sd = 1.75, .ttl_mean = 1.78, .ttl_sd = 1.06,
			.ns_networks = {0.589, 0.269, 0.095, 0.028, 0.019}, .ns_shared = 0.0058, .ns_among = 0.13,
			.names_mean = 1.85, .names_sd = 2.09, .fresh_mean = -2.12, .fresh_sd = 3.06,
			.own_address = 0.01, .others_mean = 3.43, .others_sd = 1.49,
		},
		[CLASS_CACHES] = {
			.name = "cdn", .weight = 1.84e-05, .named = 0.00453,
			.kind = {0.865, 0.032, 0.043, 0.018, 0.017, 0.025},
			.ns_kind = {0.209, 0.318, 0.212, 0.053, 0.137, 0.071},
			.networks_mean = 4.83, .networks_sd = 2.35, .moved = {0.2, 8}, .answer = {0.619, 0.362, 0.016, 0.003},
			.size_mean = 5.13, .size_sd = 3.06, .ttl_mean = 2.71, .ttl_sd = 0.732,
			.ns_networks = {0.666, 0.187, 0.095, 0.031, 0.021}, .ns_shared = 0.0051, .ns_among = 0.108,
			.names_mean = 4.91, .names_sd = 1.48, .fresh_mean = -2.44, .fresh_sd = 2.98,
			.own_address = 0.01, .others_mean = 1.99, .others_sd = 2.04,
		},
		[CLASS_ROUND_ROBIN] = {
			.name = "round-robin", .weight = 0.0179, .named = 0.0663,
			.kind = {0.116, 0.419, 0.175, 0.079, 0.176, 0.035},
			.ns_kind = {0.169, 0.376, 0.190, 0.051, 0.136, 0.078},
			.networks_mean = 0.243, .networks_sd = 0.6, .moved = {1.2, 0.8}, .answer = {0.275, 0.385, 0.235, 0.105},
			.size_mean = 2.82, .size_sd = 1.35, .ttl_mean = 2.49, .ttl_sd = 0.891,
			.ns_networks = {0.561, 0.305, 0.086, 0.029, 0.019}, .ns_shared = 0.0098, .ns_among = 0.121,
			.names_mean = 1.82, .names_sd = 1.74, .fresh_mean = -2.36, .fresh_sd = 2.88,
			.own_address = 0.01, .others_mean = 3.1, .others_sd = 1.76,
		},
		[CLASS_MULTI_PROVIDER] = {
			.name = "multi-provider", .weight = 0.00528, .named = 0.0169,
			.kind = {0.066, 0.538, 0.248, 0.028, 0.077, 0.043},
			.ns_kind = {0.217, 0.285, 0.221, 0.053, 0.146, 0.078},
			.networks_mean = 1.73, .networks_sd = 0.72, .moved = {1.2, 0.8}, .answer = {0.242, 0.434, 0.271, 0.053},
			.size_mean = 4.01, .size_sd = 1.5, .ttl_mean = 2.22, .ttl_sd = 0.883,
			.ns_networks = {0.633, 0.244, 0.075, 0.029, 0.019}, .ns_shared = 0.0102, .ns_among = 0.0973,
			.names_mean = 1.88, .names_sd = 1.98, .fresh_mean = -2.24, .fresh_sd = 2.95,
			.own_address = 0.01, .others_mean = 2.38, .others_sd = 1.66,
		},
		[CLASS_VOLUNTEER_POOL] = {
			.name = "volunteer-pool", .weight = 2.54e-05, .named = 0.00335,
			.kind = {0.306, 0.465, 0.024, 0.120, 0.048, 0.037},
			.ns_kind = {0.228, 0.324, 0.183, 0.053, 0.138, 0.074},
			.networks_mean = 6.59, .networks_sd = 1.2, .moved = {2, 1.5}, .answer = {0.077, 0.636, 0.190, 0.097},
			.size_mean = 4.97, .size_sd = 2.57, .ttl_mean = 2.16, .ttl_sd = 0.377,
			.ns_networks = {0.655, 0.240, 0.067, 0.022, 0.016}, .ns_shared = 0.0099, .ns_among = 0.0947,
			.names_mean = 2.16, .names_sd = 2.18, .fresh_mean = -2.38, .fresh_sd = 2.92,
			.own_address = 0.01, .others_mean = 1.8, .others_sd = 1.6,
		},
		[CLASS_PEER_SEEDS] = {
			.name = "peer-seeds", .weight = 9.48e-05, .named = 0.00394,
			.kind = {0.416, 0.411, 0.013, 0.071, 0.054, 0.035},
			.ns_kind = {0.229, 0.327, 0.173, 0.054, 0.144, 0.073},
			.networks_mean = 7.99, .networks_sd = 0.901, .moved = {3, 1}, .answer = {0.069, 0.050, 0.253, 0.628},
			.size_mean = 6.1, .size_sd = 1.71, .ttl_mean = 2.25, .ttl_sd = 0.641,
			.ns_networks = {0.567, 0.281, 0.100, 0.030, 0.022}, .ns_shared = 0.01, .ns_among = 0.127,
			.names_mean = 1.95, .names_sd = 2.1, .fresh_mean = -2.33, .fresh_sd = 2.72,
			.own_address = 0.01, .others_mean = 1.94, .others_sd = 1.43,
		},
		[CLASS_PEER_CDN] = {
			.name = "peer-cdn", .weight = 1.01e-07, .named = 0.00471,
			.kind = {0.936, 0.028, 0.009, 0.005, 0.013, 0.009},
			.ns_kind = {0.128, 0.559, 0.124, 0.039, 0.099, 0.051},
			.networks_mean = 2.64, .networks_sd = 1.11, .moved = {2, 1}, .answer = {0.177, 0.616, 0.163, 0.044},
			.size_mean = 4.99, .size_sd = 1.22, .ttl_mean = 2.07, .ttl_sd = 0.921,
			.ns_networks = {0.397, 0.359, 0.164, 0.052, 0.028}, .ns_shared = 0.0052, .ns_among = 0.0997,
			.names_mean = 1.59, .names_sd = 2.37, .fresh_mean = -2.34, .fresh_sd = 2.92,
			.own_address = 0.01, .others_mean = 2.94, .others_sd = 1.46,
		},
		[CLASS_DYNAMIC_DNS] = {
			.name = "dynamic-dns", .weight = 0.00815, .named = 0.0213,
			.kind = {0.898, 0.034, 0.006, 0.015, 0.030, 0.017},
			.ns_kind = {0.201, 0.236, 0.308, 0.042, 0.138, 0.075},
			.networks_mean = 1.25, .networks_sd = 1.05, .moved = {1.5, 1}, .answer = {0.980, 0.017, 0.002, 0.001},
			.size_mean = 1, .size_sd = 2.07, .ttl_mean = 1.6, .ttl_sd = 0.589,
			.ns_networks = {0.786, 0.137, 0.038, 0.018, 0.021}, .ns_shared = 0.0087, .ns_among = 0.0045,
			.names_mean = 0.21, .names_sd = 0.459, .fresh_mean = -2.6, .fresh_sd = 2.74,
			.own_address = 0.01, .others_mean = 0.819, .others_sd = 2.91,
		},
		[CLASS_ANYCAST] = {
			.name = "anycast", .weight = 0.00375, .named = 0.0243,
			.kind = {0.039, 0.061, 0.843, 0.019, 0.019, 0.019},
			.ns_kind = {0.136, 0.527, 0.134, 0.043, 0.103, 0.057},
			.networks_mean = 0.496, .networks_sd = 0.916, .moved = {0.2, 8}, .answer = {0.379, 0.590, 0.021, 0.010},
			.size_mean = 1.08, .size_sd = 0.841, .ttl_mean = 2.5, .ttl_sd = 0.738,
			.ns_networks = {0.487, 0.329, 0.118, 0.046, 0.020}, .ns_shared = 0.0107, .ns_among = 0.0212,
			.names_mean = 1.69, .names_sd = 1.86, .fresh_mean = -2.55, .fresh_sd = 2.44,
			.own_address = 0.0099, .others_mean = 4.12, .others_sd = 1.64,
		},
		[CLASS_VPN_FLEET] = {
			.name = "vpn-fleet", .weight = 1.2e-05, .named = 0.00278,
			.kind = {0.116, 0.573, 0.087, 0.039, 0.141, 0.044},
			.ns_kind = {0.239, 0.278, 0.199, 0.054, 0.152, 0.078},
			.networks_mean = 4.39, .networks_sd = 1.96, .moved = {2, 1}, .answer = {0.350, 0.454, 0.175, 0.021},
			.size_mean = 4.57, .size_sd = 1.23, .ttl_mean = 2.41, .ttl_sd = 1.14,
			.ns_networks = {0.724, 0.181, 0.059, 0.021, 0.015}, .ns_shared = 0.0097, .ns_among = 0.088,
			.names_mean = 1.65, .names_sd = 2.38, .fresh_mean = -2.39, .fresh_sd = 3.35,
			.own_address = 0.0101, .others_mean = 2.14, .others_sd = 1.31,
		},
		[CLASS_EMBEDDED] = {
			.name = "embedded-address", .weight = 1.8e-05, .named = 0.00506,
			.kind = {0.173, 0.540, 0.057, 0.033, 0.164, 0.033},
			.ns_kind = {0.203, 0.368, 0.173, 0.051, 0.134, 0.071},
			.networks_mean = 6.63, .networks_sd = 1.51, .moved = {0.5, 1.4}, .answer = {0.960, 0.020, 0.010, 0.010},
			.size_mean = 5.45, .size_sd = 2.01, .ttl_mean = 2.26, .ttl_sd = 0.82,
			.ns_networks = {0.578, 0.286, 0.087, 0.029, 0.020}, .ns_shared = 0.0101, .ns_among = 0.0988,
			.names_mean = 5.87, .names_sd = 1.22, .fresh_mean = -0.919, .fresh_sd = 1.28,
			.own_address = 0.995, .others_mean = 1.94, .others_sd = 1.32,
		},
		[CLASS_TUNNEL] = {
			.name = "tunnel", .weight = 7.93e-06, .named = 0.00398,
			.kind = {0.303, 0.167, 0.093, 0.169, 0.123, 0.145},
			.ns_kind = {0.187, 0.397, 0.166, 0.051, 0.129, 0.070},
			.networks_mean = 7.72, .networks_sd = 1.44, .moved = {1.6, 1.2}, .answer = {0.328, 0.570, 0.092, 0.010},
			.size_mean = 5.62, .size_sd = 1.7, .ttl_mean = 2.22, .ttl_sd = 0.531,
			.ns_networks = {0.547, 0.314, 0.089, 0.030, 0.020}, .ns_shared = 0.0101, .ns_among = 0.101,
			.names_mean = 5.33, .names_sd = 1.05, .fresh_mean = -0.549, .fresh_sd = 1.03,
			.own_address = 0.01, .others_mean = 0.659, .others_sd = 0.996,
		},
		[CLASS_POISONED] = {
			.name = "poisoned", .weight = 0.000166, .named = 0.00211,
			.kind = {0.017, 0.436, 0.358, 0.017, 0.156, 0.016},
			.ns_kind = {0.235, 0.273, 0.211, 0.057, 0.141, 0.083},
			.networks_mean = 5.95, .networks_sd = 2.31, .moved = {5, 1.2}, .answer = {0.957, 0.021, 0.011, 0.011},
			.size_mean = 2.93, .size_sd = 1.05, .ttl_mean = 2.1, .ttl_sd = 1.03,
			.ns_networks = {0.777, 0.154, 0.043, 0.015, 0.011}, .ns_shared = 0.0101, .ns_among = 0.0462,
			.names_mean = 1.07, .names_sd = 3.03, .fresh_mean = -2.39, .fresh_sd = 6.39,
			.own_address = 0.0101, .others_mean = 4.32, .others_sd = 0.851,
		},
		[CLASS_PARKED] = {
			.name = "parked", .weight = 0.0111, .named = 0.0542,
			.kind = {0.027, 0.727, 0.199, 0.009, 0.019, 0.019},
			.ns_kind = {0.102, 0.498, 0.163, 0.043, 0.122, 0.072},
			.networks_sd = 0.603, .moved = {0.1, 9}, .answer = {0.555, 0.425, 0.010, 0.010},
			.size_mean = 0.595, .size_sd = 0.888, .ttl_mean = 2.73, .ttl_sd = 0.541,
			.ns_networks = {0.476, 0.369, 0.105, 0.033, 0.017}, .ns_shared = 0.0102, .ns_among = 0.0201,
			.names_mean = 3.54, .names_sd = 2.73, .fresh_mean = -2.3, .fresh_sd = 2.18,
			.own_address = 0.01, .others_mean = 6.74, .others_sd = 1.62,
		},
		[CLASS_SINKHOLED] = {
			.name = "sinkholed", .weight = 0.000988, .named = 0.013,
			.kind = {0.038, 0.503, 0.019, 0.175, 0.245, 0.020},
			.ns_kind = {0.166, 0.513, 0.123, 0.045, 0.097, 0.056},
			.networks_mean = 1.22, .networks_sd = 0.921, .moved = {0.4, 4}, .answer = {0.352, 0.616, 0.021, 0.011},
			.size_mean = 1.2, .size_sd = 0.66, .ttl_mean = 2.41, .ttl_sd = 0.776,
			.ns_networks = {0.422, 0.403, 0.118, 0.036, 0.021}, .ns_shared = 0.0098, .ns_among = 0.0197,
			.names_mean = 1.51, .names_sd = 1.81, .fresh_mean = -2.31, .fresh_sd = 2.88,
			.own_address = 0.0099, .others_mean = 5.03, .others_sd = 1.42,
		},
		[CLASS_MIGRATION] = {
			.name = "migration", .weight = 0.00201, .named = 0.00669,
			.kind = {0.029, 0.415, 0.037, 0.187, 0.303, 0.029},
			.ns_kind = {0.180, 0.431, 0.157, 0.046, 0.120, 0.066},
			.networks_mean = 1.09, .networks_sd = 0.6, .moved = {3, 1.6}, .answer = {0.253, 0.565, 0.171, 0.011},
			.size_mean = 3.65, .size_sd = 0.969, .ttl_mean = 2.34, .ttl_sd = 0.832,
			.ns_networks = {0.555, 0.299, 0.089, 0.030, 0.027}, .ns_shared = 0.0099, .ns_among = 0.111,
			.names_mean = 1.5, .names_sd = 1.96, .fresh_mean = -2.64, .fresh_sd = 3.27,
			.own_address = 0.01, .others_mean = 2.44, .others_sd = 1.82,
		},
		[CLASS_FAIL_OVER] = {
			.name = "fail-over", .weight = 0.00118, .named = 0.00757,
			.kind = {0.301, 0.346, 0.020, 0.029, 0.274, 0.030},
			.ns_kind = {0.172, 0.453, 0.149, 0.045, 0.115, 0.066},
			.networks_mean = 1.07, .networks_sd = 0.722, .moved = {5, 7}, .answer = {0.498, 0.482, 0.010, 0.010},
			.size_mean = 1.6, .size_sd = 0.768, .ttl_mean = 2.35, .ttl_sd = 0.78,
			.ns_networks = {0.535, 0.305, 0.100, 0.039, 0.021}, .ns_shared = 0.0105, .ns_among = 0.0542,
			.names_mean = 1.4, .names_sd = 1.5, .fresh_mean = -2.55, .fresh_sd = 2.29,
			.own_address = 0.01, .others_mean = 3.29, .others_sd = 1.82,
		},
		[CLASS_UNKNOWN] = {
			.name = "unknown", .weight = 9.67e-06, .named = 0.0026,
			.kind = {0.350, 0.280, 0.100, 0.090, 0.110, 0.070},
			.ns_kind = {0.300, 0.300, 0.140, 0.080, 0.110, 0.070},
			.networks_mean = 3.5, .networks_sd = 2.5, .moved = {1.2, 0.8}, .answer = {0.350, 0.350, 0.200, 0.100},
			.size_mean = 4.2, .size_sd = 2.4, .ttl_mean = 2.6, .ttl_sd = 1,
			.ns_networks = {0.450, 0.270, 0.140, 0.080, 0.060}, .ns_shared = 0.05, .ns_among = 0.2,
			.names_mean = 1.8, .names_sd = 1.9, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 2.1, .others_sd = 1.7,
		},
		[CLASS_FLUX] = {
			.name = "flux", .weight = 0.514,
			.kind = {0.657, 0.157, 0.015, 0.040, 0.094, 0.037},
			.ns_kind = {0.143, 0.370, 0.186, 0.049, 0.199, 0.053},
			.networks_mean = 4.88, .networks_sd = 2.42, .moved = {1.2, 0.8}, .answer = {0.326, 0.290, 0.323, 0.061},
			.size_mean = 4.98, .size_sd = 1.93, .ttl_mean = 2.15, .ttl_sd = 0.532,
			.ns_networks = {0.515, 0.351, 0.090, 0.030, 0.014}, .ns_shared = 0.0209, .ns_among = 0.0194,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_HOMES] = {
			.name = "flux", .weight = 0.0965,
			.kind = {0.950, 0.020, 0.005, 0.005, 0.010, 0.010},
			.ns_kind = {0.143, 0.370, 0.186, 0.049, 0.199, 0.053},
			.networks_mean = 4.88, .networks_sd = 2.42, .moved = {1.2, 0.8}, .answer = {0.326, 0.290, 0.323, 0.061},
			.size_mean = 4.98, .size_sd = 1.93, .ttl_mean = 2.15, .ttl_sd = 0.532,
			.ns_networks = {0.515, 0.351, 0.090, 0.030, 0.014}, .ns_shared = 0.0209, .ns_among = 0.0194,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_MIXED] = {
			.name = "flux", .weight = 0.164,
			.kind = {0.325, 0.301, 0.164, 0.029, 0.157, 0.024},
			.ns_kind = {0.143, 0.370, 0.186, 0.049, 0.199, 0.053},
			.networks_mean = 4.88, .networks_sd = 2.42, .moved = {1.2, 0.8}, .answer = {0.326, 0.290, 0.323, 0.061},
			.size_mean = 4.98, .size_sd = 1.93, .ttl_mean = 2.15, .ttl_sd = 0.532,
			.ns_networks = {0.515, 0.351, 0.090, 0.030, 0.014}, .ns_shared = 0.0209, .ns_among = 0.0194,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_DOUBLE] = {
			.name = "flux", .weight = 0.123,
			.kind = {0.657, 0.157, 0.015, 0.040, 0.094, 0.037},
			.ns_kind = {0.657, 0.157, 0.015, 0.040, 0.094, 0.037},
			.networks_mean = 4.88, .networks_sd = 2.42, .moved = {1.2, 0.8}, .answer = {0.326, 0.290, 0.323, 0.061},
			.size_mean = 4.98, .size_sd = 1.93, .ttl_mean = 2.15, .ttl_sd = 0.532,
			.ns_networks = {0.055, 0.116, 0.217, 0.318, 0.294}, .ns_shared = 0.0165, .ns_among = 0.704,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_DOUBLE_HOMES] = {
			.name = "flux", .weight = 0.0724,
			.kind = {0.950, 0.020, 0.005, 0.005, 0.010, 0.010},
			.ns_kind = {0.950, 0.020, 0.005, 0.005, 0.010, 0.010},
			.networks_mean = 4.88, .networks_sd = 2.42, .moved = {1.2, 0.8}, .answer = {0.326, 0.290, 0.323, 0.061},
			.size_mean = 4.98, .size_sd = 1.93, .ttl_mean = 2.15, .ttl_sd = 0.532,
			.ns_networks = {0.055, 0.116, 0.217, 0.318, 0.294}, .ns_shared = 0.0165, .ns_among = 0.704,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_NS] = {
			.name = "flux", .weight = 0.0173,
			.kind = {0.119, 0.592, 0.098, 0.056, 0.097, 0.038},
			.ns_kind = {0.657, 0.157, 0.015, 0.040, 0.094, 0.037},
			.networks_mean = 0.656, .networks_sd = 1.17, .moved = {0.3, 6}, .answer = {0.578, 0.323, 0.079, 0.020},
			.size_mean = 0.82, .size_sd = 0.937, .ttl_mean = 2.59, .ttl_sd = 1.11,
			.ns_networks = {0.048, 0.095, 0.187, 0.274, 0.396}, .ns_shared = 0.0443, .ns_among = 0.0199,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_NS_HOMES] = {
			.name = "flux", .weight = 0.0121,
			.kind = {0.119, 0.592, 0.098, 0.056, 0.097, 0.038},
			.ns_kind = {0.950, 0.020, 0.005, 0.005, 0.010, 0.010},
			.networks_mean = 0.656, .networks_sd = 1.17, .moved = {0.3, 6}, .answer = {0.578, 0.323, 0.079, 0.020},
			.size_mean = 0.82, .size_sd = 0.937, .ttl_mean = 2.59, .ttl_sd = 1.11,
			.ns_networks = {0.048, 0.095, 0.187, 0.274, 0.396}, .ns_shared = 0.0443, .ns_among = 0.0199,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
	},
};
/* clang-format on */
