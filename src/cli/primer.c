/* SPDX-License-Identifier: Apache-2.0 */
/* primer.c -- see primer.h. */
#include "cli/primer.h"

#include <string.h>

static const struct primer_word words[] = {
	{"fast flux", "other people's machines, mostly infected ones in homes, answer for a name in turn, so "
		      "that what stands behind "
		      "it cannot be found"},
	{"look-up", "a question that the domain's own servers answered; answers out of a cache count once"},
	{"member",
	 "an address that answers for the domain's names, or is one of its name servers (IPv6: its /56)"},
	{"agent", "a member of a fast-flux domain"},
	{"network", "all addresses of one operator (an autonomous system, AS); where no database knows it, "
		    "the /16 around an "
		    "address (IPv6: /32)"},
	{"network of homes", "one that mostly connects households and phones; estimated from its name and "
			     "from how its addresses are used"},
	{"turnover", "how much of the members came only after the first look-up of their name"},
	{"deciban", "a measure of evidence: 10 make fast flux ten times as likely, 20 a hundred times, -10 a "
		    "tenth; from 50 on, "
		    "without the prior, a domain is accused"},
	{"prior", "how rare fast flux is among all domains: where the sum of the evidence begins"},
};

static const struct primer_word classes[] = {
	{"ordinary", "a few addresses that stay"},
	{"cdn", "a content network: a large operator's caches, many of them, in its own networks or inside "
		"internet providers'"},
	{"anycast", "a few addresses, each of which stands for machines all over the world"},
	{"round-robin", "one operator's servers, served in turn"},
	{"multi-provider", "one service rented at several hosters"},
	{"volunteer-pool", "servers that many people lend to one service, as the NTP pool"},
	{"peer-seeds", "the addresses by which peers of a network like Bitcoin find the first others"},
	{"peer-cdn", "a content network that runs in its users' homes"},
	{"dynamic-dns", "one home's machine, whose address changes now and then"},
	{"vpn-fleet", "rented servers in many networks, through which others go on"},
	{"embedded-address", "names that say their own address, whoever's that is, as nip.io's"},
	{"tunnel", "addresses that are data: each query has a name of its own"},
	{"poisoned", "a censor's answers: the addresses of strangers, the same for all names that it blocks"},
	{"parked", "names without a site, by the hundred at one address"},
	{"sinkholed", "seized names that are led to an address of whoever seized them"},
	{"migration", "servers exchanged for others, once"},
	{"fail-over", "servers exchanged for others, and back"},
	{"unknown", "an honest service of no kind that deflux knows"},
};

const struct primer_word *primer_words(size_t *n)
{
	*n = sizeof words / sizeof *words;
	return words;
}

const char *primer_class(const char *class)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strcmp(classes[i].word, class) == 0)
			return classes[i].meaning;
	return NULL;
}

const char *primer_next(enum verdict v)
{
	switch (v) {
	case VERDICT_FLUX:
		return "Block or report the name, not the addresses: these are mostly machines of people who "
		       "know "
		       "nothing of it. `deflux networks FILE...` tells which other names share them, and "
		       "whose "
		       "networks they are in.";
	case VERDICT_BENIGN:
		return "There is nothing to do. If you know better, look at what speaks for fast flux above, "
		       "and "
		       "whether the inputs show enough of the name: one look-up shows no turnover.";
	case VERDICT_UNDECIDED:
		break;
	}
	return "Do not act on it yet: get what it waits for, and explain it again.";
}
