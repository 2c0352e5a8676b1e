/* SPDX-License-Identifier: Apache-2.0 */
/*
 * class.c -- the parameters of the judge, in one table.
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
 * 150 s. size: answers of 4-8 from pools of tens to thousands (tens to hundreds of addresses a day, CISA
 * AA25-093A). ns_networks, ns_shared: double flux moves both sides through one population (SAC 025); honest
 * name servers mostly sit in one to three networks of hosters or of the organisation itself: our estimate.
 */
#include "judge/class.h"

#define NS_HONEST_KIND                                                                                       \
	{                                                                                                    \
		0.20, 0.38, 0.17, 0.05, 0.13, 0.07                                                           \
	}
#define NS_HONEST_NETWORKS                                                                                   \
	{                                                                                                    \
		0.56, 0.30, 0.09, 0.03, 0.02                                                                 \
	}

#define AGENTS_KIND                                                                                          \
	{                                                                                                    \
		0.80, 0.08, 0.01, 0.03, 0.05, 0.03                                                           \
	}
#define FLUX_ANSWER                                                                                          \
	{                                                                                                    \
		0.25, 0.35, 0.35, 0.05                                                                       \
	}
#define NS_AGENTS_NETWORKS                                                                                   \
	{                                                                                                    \
		0.05, 0.10, 0.20, 0.30, 0.35                                                                 \
	}

static const struct class_model models[CLASSES] = {
	[CLASS_ORDINARY] = {"ordinary",
			    0.60,
			    {0.12, 0.55, 0.10, 0.06, 0.13, 0.04},
			    NS_HONEST_KIND,
			    {0.6, 3.0},
			    {0.3, 6.0},
			    {0.70, 0.25, 0.04, 0.01},
			    0.8,
			    1.0,
			    2.8,
			    1.0,
			    NS_HONEST_NETWORKS,
			    0.03},
	[CLASS_CDN] = {"cdn",
		       0.20,
		       {0.06, 0.30, 0.54, 0.02, 0.04, 0.04},
		       NS_HONEST_KIND,
		       {0.6, 6.0},
		       {0.7, 1.5},
		       {0.25, 0.45, 0.25, 0.05},
		       3.0,
		       1.8,
		       1.9,
		       0.7,
		       NS_HONEST_NETWORKS,
		       0.005},
	[CLASS_ROUND_ROBIN] = {"round-robin",
			       0.10,
			       {0.12, 0.50, 0.18, 0.05, 0.12, 0.03},
			       NS_HONEST_KIND,
			       {0.6, 3.0},
			       {0.7, 1.5},
			       {0.20, 0.50, 0.20, 0.10},
			       2.0,
			       1.2,
			       2.6,
			       0.8,
			       NS_HONEST_NETWORKS,
			       0.01},
	[CLASS_MULTI_PROVIDER] = {"multi-provider",
				  0.04,
				  {0.06, 0.56, 0.24, 0.03, 0.07, 0.04},
				  NS_HONEST_KIND,
				  {3.0, 3.0},
				  {0.7, 1.5},
				  {0.25, 0.45, 0.25, 0.05},
				  2.6,
				  1.4,
				  2.3,
				  0.8,
				  NS_HONEST_NETWORKS,
				  0.01},
	[CLASS_VOLUNTEER_POOL] = {"volunteer-pool",
				  0.005,
				  {0.27, 0.46, 0.03, 0.11, 0.09, 0.04},
				  NS_HONEST_KIND,
				  {10.0, 3.0},
				  {2.0, 1.5},
				  {0.10, 0.60, 0.20, 0.10},
				  5.0,
				  2.0,
				  2.2,
				  0.5,
				  NS_HONEST_NETWORKS,
				  0.01},
	[CLASS_PEER_SEEDS] = {"peer-seeds",
			      0.0005,
			      {0.40, 0.45, 0.01, 0.03, 0.06, 0.05},
			      NS_HONEST_KIND,
			      {8.0, 3.0},
			      {3.0, 1.0},
			      {0.05, 0.05, 0.20, 0.70},
			      6.0,
			      2.0,
			      2.5,
			      0.9,
			      NS_HONEST_NETWORKS,
			      0.01},
	[CLASS_PEER_CDN] = {"peer-cdn",
			    0.0001,
			    {0.85, 0.05, 0.03, 0.01, 0.02, 0.04},
			    NS_HONEST_KIND,
			    {4.0, 3.0},
			    {2.0, 1.0},
			    {0.20, 0.50, 0.25, 0.05},
			    5.0,
			    2.0,
			    1.9,
			    0.7,
			    NS_HONEST_NETWORKS,
			    0.005},
	[CLASS_DYNAMIC_DNS] = {"dynamic-dns",
			       0.03,
			       {0.80, 0.06, 0.01, 0.03, 0.07, 0.03},
			       NS_HONEST_KIND,
			       {0.5, 6.0},
			       {1.5, 1.0},
			       {0.97, 0.025, 0.004, 0.001},
			       0.8,
			       1.2,
			       1.9,
			       0.6,
			       NS_HONEST_NETWORKS,
			       0.005},
	[CLASS_UNKNOWN] = {"unknown",
			   0.02,
			   {0.35, 0.28, 0.10, 0.09, 0.11, 0.07},
			   {0.30, 0.30, 0.14, 0.08, 0.11, 0.07},
			   {1.0, 1.0},
			   {0.7, 0.9},
			   {0.35, 0.35, 0.20, 0.10},
			   3.5,
			   2.0,
			   2.6,
			   1.0,
			   {0.45, 0.27, 0.14, 0.08, 0.06},
			   0.05},
	[CLASS_FLUX] = {"flux",
			0.60,
			AGENTS_KIND,
			NS_HONEST_KIND,
			{6.0, 3.0},
			{0.8, 1.0},
			FLUX_ANSWER,
			4.2,
			1.6,
			2.3,
			0.6,
			NS_HONEST_NETWORKS,
			0.02},
	[CLASS_FLUX_DOUBLE] = {"flux",
			       0.35,
			       AGENTS_KIND,
			       AGENTS_KIND,
			       {6.0, 3.0},
			       {0.8, 1.0},
			       FLUX_ANSWER,
			       4.2,
			       1.6,
			       2.3,
			       0.6,
			       NS_AGENTS_NETWORKS,
			       0.50},
	[CLASS_FLUX_NS] = {"flux",
			   0.05,
			   {0.12, 0.55, 0.10, 0.06, 0.13, 0.04},
			   AGENTS_KIND,
			   {0.6, 3.0},
			   {0.3, 6.0},
			   {0.60, 0.30, 0.08, 0.02},
			   0.8,
			   1.0,
			   2.6,
			   1.0,
			   NS_AGENTS_NETWORKS,
			   0.05},
};

const struct class_model *class_model(enum class c)
{
	return &models[c];
}
