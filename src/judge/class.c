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
 * counts: chosen with worlds of the lab in view. In the lab members, answers and TTLs of content networks in
 * homes are those of flux, and what size and answers seemed to say of these did not hold in other worlds.
 *
 * weight: of some 350 million registered domains, moved once more when features were made to count in part.
 * Peer content networks are a hundred names or so, rarer than flux. The other rare classes were estimated as
 * tens of thousands of names or more, some of them above life: half of a Bitcoin seed's members are homes,
 * caches in access networks are the only honest class of homes that stand still, and what is of no known
 * class has to be held down by something.
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
	.counts = {0.7, 0.5}, .ttl_near_odds = 2, .ns_shared_draws = 4,
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
			.name = "ordinary", .weight = 0.887, .named = 0.324,
			.kind = {0.117, 0.576, 0.082, 0.061, 0.125, 0.039},
			.ns_kind = {0.082, 0.506, 0.203, 0.043, 0.108, 0.058},
			.networks_mean = 0.7, .networks_sd = 1.2, .moved = {0.3, 6}, .answer = {0.558, 0.386, 0.045, 0.011},
			.size_mean = 0.224, .size_sd = 1.25, .ttl_mean = 3.49, .ttl_sd = 0.806,
			.ns_networks = {0.428, 0.409, 0.115, 0.037, 0.011}, .ns_shared = 0.0254, .ns_among = 0.0744,
			.names_mean = 2.95, .names_sd = 1.44, .fresh_mean = -3.16, .fresh_sd = 1.85,
			.own_address = 0.0101, .others_mean = 3.6, .others_sd = 3.33,
		},
		[CLASS_CDN] = {
			.name = "cdn", .weight = 0.0842, .named = 0.186,
			.kind = {0.383, 0.122, 0.413, 0.012, 0.014, 0.056},
			.ns_kind = {0.214, 0.323, 0.209, 0.052, 0.119, 0.083},
			.networks_mean = 1.27, .networks_sd = 0.94, .moved = {1.2, 0.8}, .answer = {0.286, 0.484, 0.180, 0.050},
			.size_mean = 4.39, .size_sd = 1.76, .ttl_mean = 2.03, .ttl_sd = 0.785,
			.ns_networks = {0.678, 0.226, 0.059, 0.021, 0.016}, .ns_shared = 0.0053, .ns_among = 0.113,
			.names_mean = 1.56, .names_sd = 1.72, .fresh_mean = -2.04, .fresh_sd = 2.88,
			.own_address = 0.01, .others_mean = 3.35, .others_sd = 1.75,
		},
		[CLASS_CACHES] = {
			.name = "cdn", .weight = 7.13e-06, .named = 0.0111,
			.kind = {0.859, 0.032, 0.050, 0.017, 0.017, 0.025},
			.ns_kind = {0.221, 0.300, 0.209, 0.054, 0.144, 0.072},
			.networks_mean = 4.77, .networks_sd = 2.43, .moved = {0.2, 8}, .answer = {0.612, 0.368, 0.017, 0.003},
			.size_mean = 5.07, .size_sd = 3.58, .ttl_mean = 2.55, .ttl_sd = 0.857,
			.ns_networks = {0.698, 0.162, 0.092, 0.028, 0.020}, .ns_shared = 0.0051, .ns_among = 0.121,
			.names_mean = 4.86, .names_sd = 1.25, .fresh_mean = -2.43, .fresh_sd = 2.92,
			.own_address = 0.01, .others_mean = 1.99, .others_sd = 2.06,
		},
		[CLASS_ROUND_ROBIN] = {
			.name = "round-robin", .weight = 0.00851, .named = 0.0966,
			.kind = {0.120, 0.407, 0.183, 0.078, 0.177, 0.035},
			.ns_kind = {0.180, 0.334, 0.220, 0.051, 0.137, 0.078},
			.networks_mean = 0.395, .networks_sd = 0.608, .moved = {1.2, 0.8}, .answer = {0.246, 0.389, 0.257, 0.108},
			.size_mean = 2.8, .size_sd = 1.05, .ttl_mean = 2.57, .ttl_sd = 0.836,
			.ns_networks = {0.570, 0.303, 0.083, 0.027, 0.017}, .ns_shared = 0.0094, .ns_among = 0.112,
			.names_mean = 1.97, .names_sd = 1.8, .fresh_mean = -2.45, .fresh_sd = 2.67,
			.own_address = 0.01, .others_mean = 3.13, .others_sd = 1.85,
		},
		[CLASS_MULTI_PROVIDER] = {
			.name = "multi-provider", .weight = 0.00296, .named = 0.0474,
			.kind = {0.061, 0.488, 0.270, 0.033, 0.104, 0.044},
			.ns_kind = {0.217, 0.307, 0.204, 0.056, 0.139, 0.077},
			.networks_mean = 1.91, .networks_sd = 0.72, .moved = {1.2, 0.8}, .answer = {0.308, 0.393, 0.247, 0.052},
			.size_mean = 4.11, .size_sd = 1.53, .ttl_mean = 2.3, .ttl_sd = 0.675,
			.ns_networks = {0.590, 0.277, 0.079, 0.034, 0.020}, .ns_shared = 0.0106, .ns_among = 0.0994,
			.names_mean = 1.84, .names_sd = 1.75, .fresh_mean = -2.31, .fresh_sd = 2.74,
			.own_address = 0.01, .others_mean = 2.15, .others_sd = 1.79,
		},
		[CLASS_VOLUNTEER_POOL] = {
			.name = "volunteer-pool", .weight = 9.11e-06, .named = 0.0133,
			.kind = {0.280, 0.483, 0.024, 0.129, 0.047, 0.037},
			.ns_kind = {0.209, 0.360, 0.173, 0.052, 0.133, 0.073},
			.networks_mean = 6.78, .networks_sd = 1.2, .moved = {2, 1.5}, .answer = {0.105, 0.605, 0.188, 0.102},
			.size_mean = 4.87, .size_sd = 2.45, .ttl_mean = 2.2, .ttl_sd = 0.352,
			.ns_networks = {0.598, 0.282, 0.077, 0.025, 0.018}, .ns_shared = 0.0099, .ns_among = 0.0968,
			.names_mean = 2.06, .names_sd = 1.91, .fresh_mean = -2.44, .fresh_sd = 2.74,
			.own_address = 0.01, .others_mean = 1.74, .others_sd = 1.92,
		},
		[CLASS_PEER_SEEDS] = {
			.name = "peer-seeds", .weight = 4.45e-05, .named = 0.0135,
			.kind = {0.378, 0.443, 0.013, 0.075, 0.055, 0.036},
			.ns_kind = {0.212, 0.362, 0.167, 0.052, 0.136, 0.071},
			.networks_mean = 8.02, .networks_sd = 0.9, .moved = {3, 1}, .answer = {0.077, 0.049, 0.243, 0.631},
			.size_mean = 6, .size_sd = 2.02, .ttl_mean = 2.32, .ttl_sd = 0.69,
			.ns_networks = {0.555, 0.285, 0.105, 0.033, 0.022}, .ns_shared = 0.0102, .ns_among = 0.124,
			.names_mean = 1.95, .names_sd = 1.85, .fresh_mean = -2.32, .fresh_sd = 2.82,
			.own_address = 0.01, .others_mean = 1.85, .others_sd = 1.74,
		},
		[CLASS_PEER_CDN] = {
			.name = "peer-cdn", .weight = 8.08e-07, .named = 0.0138,
			.kind = {0.915, 0.038, 0.013, 0.007, 0.016, 0.011},
			.ns_kind = {0.120, 0.582, 0.111, 0.038, 0.101, 0.048},
			.networks_mean = 2.82, .networks_sd = 1, .moved = {2, 1}, .answer = {0.199, 0.565, 0.191, 0.045},
			.size_mean = 5.03, .size_sd = 1.29, .ttl_mean = 2.1, .ttl_sd = 0.973,
			.ns_networks = {0.334, 0.383, 0.198, 0.055, 0.030}, .ns_shared = 0.0053, .ns_among = 0.0981,
			.names_mean = 1.58, .names_sd = 2.1, .fresh_mean = -2.35, .fresh_sd = 2.88,
			.own_address = 0.01, .others_mean = 2.86, .others_sd = 1.69,
		},
		[CLASS_DYNAMIC_DNS] = {
			.name = "dynamic-dns", .weight = 0.00273, .named = 0.0604,
			.kind = {0.897, 0.034, 0.006, 0.014, 0.031, 0.018},
			.ns_kind = {0.198, 0.216, 0.308, 0.045, 0.155, 0.078},
			.networks_mean = 1.3, .networks_sd = 0.981, .moved = {1.5, 1}, .answer = {0.980, 0.017, 0.002, 0.001},
			.size_mean = 0.905, .size_sd = 2.03, .ttl_mean = 1.66, .ttl_sd = 0.696,
			.ns_networks = {0.739, 0.160, 0.053, 0.024, 0.024}, .ns_shared = 0.0076, .ns_among = 0.0039,
			.names_mean = 0.296, .names_sd = 0.48, .fresh_mean = -2.69, .fresh_sd = 2.55,
			.own_address = 0.01, .others_mean = 0.757, .others_sd = 3.61,
		},
		[CLASS_ANYCAST] = {
			.name = "anycast", .weight = 0.00149, .named = 0.0339,
			.kind = {0.038, 0.064, 0.842, 0.019, 0.018, 0.019},
			.ns_kind = {0.158, 0.432, 0.170, 0.049, 0.125, 0.066},
			.networks_mean = 0.587, .networks_sd = 0.92, .moved = {0.2, 8}, .answer = {0.364, 0.605, 0.021, 0.010},
			.size_mean = 1.28, .size_sd = 0.848, .ttl_mean = 2.54, .ttl_sd = 0.846,
			.ns_networks = {0.578, 0.281, 0.093, 0.030, 0.018}, .ns_shared = 0.0121, .ns_among = 0.0234,
			.names_mean = 1.83, .names_sd = 1.93, .fresh_mean = -2.42, .fresh_sd = 2.81,
			.own_address = 0.01, .others_mean = 4.18, .others_sd = 1.74,
		},
		[CLASS_VPN_FLEET] = {
			.name = "vpn-fleet", .weight = 4.6e-06, .named = 0.0108,
			.kind = {0.095, 0.564, 0.089, 0.045, 0.156, 0.051},
			.ns_kind = {0.220, 0.318, 0.188, 0.053, 0.145, 0.076},
			.networks_mean = 4.5, .networks_sd = 1.72, .moved = {2, 1}, .answer = {0.426, 0.390, 0.164, 0.020},
			.size_mean = 4.29, .size_sd = 1.37, .ttl_mean = 2.52, .ttl_sd = 0.892,
			.ns_networks = {0.663, 0.223, 0.072, 0.025, 0.017}, .ns_shared = 0.0099, .ns_among = 0.0925,
			.names_mean = 1.66, .names_sd = 1.95, .fresh_mean = -2.4, .fresh_sd = 2.84,
			.own_address = 0.01, .others_mean = 1.9, .others_sd = 1.62,
		},
		[CLASS_EMBEDDED] = {
			.name = "embedded-address", .weight = 1.02e-05, .named = 0.0126,
			.kind = {0.158, 0.550, 0.054, 0.033, 0.173, 0.032},
			.ns_kind = {0.199, 0.379, 0.171, 0.050, 0.131, 0.070},
			.networks_mean = 6.67, .networks_sd = 1.43, .moved = {0.5, 1.4}, .answer = {0.960, 0.020, 0.010, 0.010},
			.size_mean = 5.42, .size_sd = 1.91, .ttl_mean = 2.25, .ttl_sd = 0.799,
			.ns_networks = {0.572, 0.288, 0.091, 0.029, 0.020}, .ns_shared = 0.0101, .ns_among = 0.0996,
			.names_mean = 5.87, .names_sd = 1.16, .fresh_mean = -0.912, .fresh_sd = 1.26,
			.own_address = 0.995, .others_mean = 1.99, .others_sd = 1.51,
		},
		[CLASS_TUNNEL] = {
			.name = "tunnel", .weight = 2.59e-05, .named = 0.0106,
			.kind = {0.239, 0.185, 0.106, 0.182, 0.124, 0.164},
			.ns_kind = {0.181, 0.417, 0.161, 0.050, 0.124, 0.067},
			.networks_mean = 7.76, .networks_sd = 1.26, .moved = {1.6, 1.2}, .answer = {0.358, 0.542, 0.090, 0.010},
			.size_mean = 5.51, .size_sd = 1.74, .ttl_mean = 2.2, .ttl_sd = 0.543,
			.ns_networks = {0.524, 0.328, 0.095, 0.032, 0.021}, .ns_shared = 0.0099, .ns_among = 0.0982,
			.names_mean = 5.24, .names_sd = 1.02, .fresh_mean = -0.536, .fresh_sd = 1.01,
			.own_address = 0.01, .others_mean = 0.718, .others_sd = 1.06,
		},
		[CLASS_POISONED] = {
			.name = "poisoned", .weight = 8.63e-05, .named = 0.00751,
			.kind = {0.018, 0.399, 0.365, 0.020, 0.178, 0.020},
			.ns_kind = {0.189, 0.365, 0.188, 0.051, 0.136, 0.071},
			.networks_mean = 6.26, .networks_sd = 1.43, .moved = {5, 1.2}, .answer = {0.960, 0.020, 0.010, 0.010},
			.size_mean = 3.04, .size_sd = 0.818, .ttl_mean = 2.25, .ttl_sd = 0.828,
			.ns_networks = {0.621, 0.266, 0.072, 0.025, 0.016}, .ns_shared = 0.0102, .ns_among = 0.0464,
			.names_mean = 1.13, .names_sd = 2.38, .fresh_mean = -2.42, .fresh_sd = 3.89,
			.own_address = 0.0101, .others_mean = 4.7, .others_sd = 0.888,
		},
		[CLASS_PARKED] = {
			.name = "parked", .weight = 0.00846, .named = 0.084,
			.kind = {0.034, 0.639, 0.272, 0.011, 0.022, 0.022},
			.ns_kind = {0.143, 0.391, 0.204, 0.048, 0.144, 0.070},
			.networks_sd = 0.6, .moved = {0.1, 9}, .answer = {0.365, 0.615, 0.010, 0.010},
			.size_mean = 0.517, .size_sd = 0.903, .ttl_mean = 2.4, .ttl_sd = 0.787,
			.ns_networks = {0.677, 0.227, 0.063, 0.021, 0.012}, .ns_shared = 0.0136, .ns_among = 0.0239,
			.names_mean = 3.22, .names_sd = 1.88, .fresh_mean = -2.17, .fresh_sd = 3,
			.own_address = 0.01, .others_mean = 6.64, .others_sd = 2.15,
		},
		[CLASS_SINKHOLED] = {
			.name = "sinkholed", .weight = 0.00312, .named = 0.021,
			.kind = {0.038, 0.508, 0.019, 0.147, 0.268, 0.020},
			.ns_kind = {0.175, 0.456, 0.147, 0.046, 0.112, 0.064},
			.networks_mean = 1.2, .networks_sd = 1.15, .moved = {0.4, 4}, .answer = {0.329, 0.639, 0.021, 0.011},
			.size_mean = 1.1, .size_sd = 0.711, .ttl_mean = 2.42, .ttl_sd = 0.887,
			.ns_networks = {0.459, 0.380, 0.108, 0.033, 0.020}, .ns_shared = 0.0097, .ns_among = 0.0195,
			.names_mean = 1.56, .names_sd = 1.96, .fresh_mean = -2.34, .fresh_sd = 3.11,
			.own_address = 0.01, .others_mean = 4.85, .others_sd = 1.38,
		},
		[CLASS_MIGRATION] = {
			.name = "migration", .weight = 0.000923, .named = 0.0168,
			.kind = {0.030, 0.363, 0.038, 0.226, 0.313, 0.030},
			.ns_kind = {0.187, 0.410, 0.162, 0.048, 0.125, 0.068},
			.networks_mean = 1.34, .networks_sd = 0.6, .moved = {3, 1.6}, .answer = {0.268, 0.547, 0.174, 0.011},
			.size_mean = 3.59, .size_sd = 0.943, .ttl_mean = 2.26, .ttl_sd = 0.769,
			.ns_networks = {0.526, 0.324, 0.093, 0.032, 0.025}, .ns_shared = 0.0098, .ns_among = 0.11,
			.names_mean = 1.57, .names_sd = 2.15, .fresh_mean = -2.7, .fresh_sd = 2.75,
			.own_address = 0.01, .others_mean = 2.31, .others_sd = 1.86,
		},
		[CLASS_FAIL_OVER] = {
			.name = "fail-over", .weight = 0.000491, .named = 0.0179,
			.kind = {0.316, 0.354, 0.019, 0.028, 0.254, 0.029},
			.ns_kind = {0.174, 0.437, 0.155, 0.048, 0.119, 0.067},
			.networks_mean = 1.47, .networks_sd = 0.941, .moved = {5, 7}, .answer = {0.510, 0.470, 0.010, 0.010},
			.size_mean = 1.73, .size_sd = 0.739, .ttl_mean = 2.45, .ttl_sd = 0.797,
			.ns_networks = {0.528, 0.321, 0.095, 0.036, 0.020}, .ns_shared = 0.0106, .ns_among = 0.054,
			.names_mean = 1.49, .names_sd = 1.82, .fresh_mean = -2.56, .fresh_sd = 2.21,
			.own_address = 0.01, .others_mean = 3.22, .others_sd = 1.79,
		},
		[CLASS_UNKNOWN] = {
			.name = "unknown", .weight = 2.91e-06, .named = 0.019,
			.kind = {0.350, 0.280, 0.100, 0.090, 0.110, 0.070},
			.ns_kind = {0.300, 0.300, 0.140, 0.080, 0.110, 0.070},
			.networks_mean = 3.5, .networks_sd = 2.5, .moved = {1.2, 0.8}, .answer = {0.350, 0.350, 0.200, 0.100},
			.size_mean = 4.2, .size_sd = 2.4, .ttl_mean = 2.6, .ttl_sd = 1,
			.ns_networks = {0.450, 0.270, 0.140, 0.080, 0.060}, .ns_shared = 0.05, .ns_among = 0.2,
			.names_mean = 1.8, .names_sd = 1.9, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 2.1, .others_sd = 1.7,
		},
		[CLASS_FLUX] = {
			.name = "flux", .weight = 0.535,
			.kind = {0.668, 0.149, 0.013, 0.036, 0.097, 0.037},
			.ns_kind = {0.149, 0.352, 0.192, 0.047, 0.207, 0.053},
			.networks_mean = 5.18, .networks_sd = 2.1, .moved = {1.2, 0.8}, .answer = {0.317, 0.286, 0.333, 0.064},
			.size_mean = 5.14, .size_sd = 1.85, .ttl_mean = 2.17, .ttl_sd = 0.549,
			.ns_networks = {0.506, 0.366, 0.084, 0.030, 0.014}, .ns_shared = 0.0204, .ns_among = 0.0188,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_HOMES] = {
			.name = "flux", .weight = 0.103,
			.kind = {0.950, 0.020, 0.005, 0.005, 0.010, 0.010},
			.ns_kind = {0.149, 0.352, 0.192, 0.047, 0.207, 0.053},
			.networks_mean = 5.18, .networks_sd = 2.1, .moved = {1.2, 0.8}, .answer = {0.317, 0.286, 0.333, 0.064},
			.size_mean = 5.14, .size_sd = 1.85, .ttl_mean = 2.17, .ttl_sd = 0.549,
			.ns_networks = {0.506, 0.366, 0.084, 0.030, 0.014}, .ns_shared = 0.0204, .ns_among = 0.0188,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_MIXED] = {
			.name = "flux", .weight = 0.12,
			.kind = {0.341, 0.272, 0.172, 0.028, 0.162, 0.025},
			.ns_kind = {0.149, 0.352, 0.192, 0.047, 0.207, 0.053},
			.networks_mean = 5.18, .networks_sd = 2.1, .moved = {1.2, 0.8}, .answer = {0.317, 0.286, 0.333, 0.064},
			.size_mean = 5.14, .size_sd = 1.85, .ttl_mean = 2.17, .ttl_sd = 0.549,
			.ns_networks = {0.506, 0.366, 0.084, 0.030, 0.014}, .ns_shared = 0.0204, .ns_among = 0.0188,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_DOUBLE] = {
			.name = "flux", .weight = 0.133,
			.kind = {0.668, 0.149, 0.013, 0.036, 0.097, 0.037},
			.ns_kind = {0.668, 0.149, 0.013, 0.036, 0.097, 0.037},
			.networks_mean = 5.18, .networks_sd = 2.1, .moved = {1.2, 0.8}, .answer = {0.317, 0.286, 0.333, 0.064},
			.size_mean = 5.14, .size_sd = 1.85, .ttl_mean = 2.17, .ttl_sd = 0.549,
			.ns_networks = {0.055, 0.115, 0.212, 0.297, 0.321}, .ns_shared = 0.0172, .ns_among = 0.662,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_DOUBLE_HOMES] = {
			.name = "flux", .weight = 0.0771,
			.kind = {0.950, 0.020, 0.005, 0.005, 0.010, 0.010},
			.ns_kind = {0.950, 0.020, 0.005, 0.005, 0.010, 0.010},
			.networks_mean = 5.18, .networks_sd = 2.1, .moved = {1.2, 0.8}, .answer = {0.317, 0.286, 0.333, 0.064},
			.size_mean = 5.14, .size_sd = 1.85, .ttl_mean = 2.17, .ttl_sd = 0.549,
			.ns_networks = {0.055, 0.115, 0.212, 0.297, 0.321}, .ns_shared = 0.0172, .ns_among = 0.662,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_NS] = {
			.name = "flux", .weight = 0.0199,
			.kind = {0.114, 0.600, 0.095, 0.055, 0.099, 0.037},
			.ns_kind = {0.668, 0.149, 0.013, 0.036, 0.097, 0.037},
			.networks_mean = 0.618, .networks_sd = 1.11, .moved = {0.3, 6}, .answer = {0.559, 0.343, 0.078, 0.020},
			.size_mean = 0.845, .size_sd = 0.93, .ttl_mean = 2.54, .ttl_sd = 1.02,
			.ns_networks = {0.046, 0.091, 0.174, 0.252, 0.437}, .ns_shared = 0.0403, .ns_among = 0.0198,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
		[CLASS_FLUX_NS_HOMES] = {
			.name = "flux", .weight = 0.0129,
			.kind = {0.114, 0.600, 0.095, 0.055, 0.099, 0.037},
			.ns_kind = {0.950, 0.020, 0.005, 0.005, 0.010, 0.010},
			.networks_mean = 0.618, .networks_sd = 1.11, .moved = {0.3, 6}, .answer = {0.559, 0.343, 0.078, 0.020},
			.size_mean = 0.845, .size_sd = 0.93, .ttl_mean = 2.54, .ttl_sd = 1.02,
			.ns_networks = {0.046, 0.091, 0.174, 0.252, 0.437}, .ns_shared = 0.0403, .ns_among = 0.0198,
			.names_mean = 2.3, .names_sd = 2.2, .fresh_mean = -2.4, .fresh_sd = 2.9,
			.own_address = 0.01, .others_mean = 1.7, .others_sd = 1.6,
		},
	},
};
/* clang-format on */
