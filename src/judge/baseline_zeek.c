/* SPDX-License-Identifier: Apache-2.0 */
/* baseline_zeek.c -- see baseline_zeek.h, and baseline.h for where the rule comes from. */
#include "judge/baseline_zeek.h"

#include <stdlib.h>

#include "base/stamp.h"

#define WEIGHT_ADDRESS 1.32
#define WEIGHT_NETWORK 18.54
#define THRESHOLD      142.38
#define FORGET_NS      ((BASELINE_ZEEK_TTL + 60) * NS_PER_SECOND) /* after the last answer */

/* An address of the name, from when to when it was answered. */
struct entry {
	int64_t first_ns, last_ns;
	uint32_t asn;
	bool opens; /* the first of its network */
};

static int by_first(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
}

static int by_network(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->asn != y->asn)
		return x->asn < y->asn ? -1 : 1;
	return by_first(a, b);
}

static double score(unsigned addresses, unsigned networks)
{
	return (double)networks / addresses * (WEIGHT_ADDRESS * addresses + WEIGHT_NETWORK * networks);
}

/* One life of the script's state: the score at the end of each answer. */
static void run(struct baseline_zeek *out, struct entry *e, size_t n)
{
	unsigned addresses = 0, networks = 0;

	qsort(e, n, sizeof *e, by_network);
	for (size_t i = 0; i < n; i++)
		e[i].opens = e[i].asn != 0 && (i == 0 || e[i].asn != e[i - 1].asn);
	qsort(e, n, sizeof *e, by_first);
	for (size_t i = 0; i < n && !out->flux; i++) {
		double now;

		addresses++;
		networks += e[i].opens;
		if (i + 1 < n && e[i + 1].first_ns == e[i].first_ns)
			continue;
		now = score(addresses, networks);
		if (out->addresses != 0 && now <= out->score)
			continue;
		*out = (struct baseline_zeek){now > THRESHOLD, now, addresses, networks};
	}
}

static size_t collect(struct entry *to, const struct partition *p, const struct owner *w,
		      const struct nets *nets)
{
	size_t n = 0;

	for (uint32_t i = w->pairs; i != NONE; i = p->pairs[i].next) {
		const struct pair *pair = &p->pairs[i];

		/* the script goes by the owner of the A record, not by the alias that was asked */
		if ((pair->roles & MEMBER_HOST) != 0 && addr_is_v4(&pair->addr))
			to[n++] = (struct entry){
				.first_ns = pair->first_ns,
				.last_ns = pair->last_ns,
				.asn = nets_get(nets, nets_find(nets, &pair->addr, NULL))->asn};
	}
	return n;
}

enum err baseline_zeek_run(struct baseline_zeek *out, const struct partition *p, const struct owner *w,
			   const struct nets *nets)
{
	struct entry *e = calloc((size_t)w->n_pairs + 1, sizeof *e);
	size_t n, from = 0, to;

	if (e == NULL)
		return E_MEMORY;
	*out = (struct baseline_zeek){.flux = false};
	n = collect(e, p, w, nets);
	qsort(e, n, sizeof *e, by_first);
	for (; from < n && !out->flux; from = to) {
		int64_t alive_ns = e[from].last_ns;

		for (to = from + 1; to < n && e[to].first_ns <= alive_ns + FORGET_NS; to++)
			alive_ns = e[to].last_ns > alive_ns ? e[to].last_ns : alive_ns;
		run(out, e + from, to - from);
	}
	free(e);
	return OK;
}
