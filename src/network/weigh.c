/* SPDX-License-Identifier: Apache-2.0 */
/* weigh.c -- see weigh.h. */
#include "network/weigh.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "network/group.h"

/* What a member in a network that is known for no homes is worth beside one in a home. */
#define NO_HOME 0.1

uint8_t weigh_sides(enum flux_kind kind)
{
	switch (kind) {
	case FLUX_SINGLE:
	case FLUX_CNAME:
		return SIDE_HOST;
	case FLUX_NS:
		return SIDE_SERVER;
	default:
		return SIDE_HOST | SIDE_SERVER;
	}
}

static int by_first(const void *a, const void *b)
{
	const struct network_use *x = a, *y = b;

	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return memcmp(&x->addr, &y->addr, sizeof x->addr);
}

void weigh_settled(struct network_use *uses, size_t n)
{
	int64_t over_ns = INT64_MIN; /* the last sighting of all before */
	size_t from = n, cut = n;

	qsort(uses, n, sizeof *uses, by_first);
	while (from != 0 && uses[from - 1].count >= SETTLED_LOOKUPS &&
	       uses[from - 1].last_ns - uses[from - 1].first_ns >= SETTLED_NS)
		from--;
	for (size_t i = 0; i < n && cut == n; i++) {
		cut = i != 0 && i >= from && over_ns < uses[i].first_ns ? i : n;
		over_ns = uses[i].last_ns > over_ns ? uses[i].last_ns : over_ns;
	}
	for (; cut < n; cut++)
		uses[cut].settled = true;
}

/*
 * The share of accused domains among all that use the member. How many use it is exact up to
 * MEMBER_DOMAINS_MAX and an estimate from above behind that: there the first ones, which are kept, are the
 * sample, as far as their own evidence marks them.
 */
static double accused_share(const struct network_use *uses, size_t n)
{
	unsigned users = 0, accused = 0;
	double share;

	for (size_t i = 0; i < n; i++) {
		users = uses[i].users + 1u > users ? uses[i].users + 1u : users;
		accused = uses[i].accused_users > accused ? uses[i].accused_users : accused;
	}
	share = users <= n ? 1 : (double)n / users;
	if (users > MEMBER_DOMAINS_MAX && (double)accused / MEMBER_DOMAINS_MAX > share)
		share = (double)accused / MEMBER_DOMAINS_MAX;
	return share > 1 ? 1 : share;
}

uint32_t weigh_member(const struct network_use *uses, size_t n, const struct nets *nets)
{
	double share = accused_share(uses, n), worth = share;
	bool known = nets != NULL && uses[0].net != 0;

	if (share < 0.5)
		return 0;
	/* a home may belong to a customer who has a name of his own; elsewhere, company tells of shared
	 * servers */
	if (!known)
		worth = share * share;
	else if (nets_get(nets, uses[0].net)->kind[NET_CONSUMER] < VIEW_HOME_LEAST)
		worth = share * share * NO_HOME;
	return (uint32_t)(worth * GROUP_WEIGHT_FULL);
}
