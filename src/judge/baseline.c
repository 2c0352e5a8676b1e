/* SPDX-License-Identifier: Apache-2.0 */
/* baseline.c -- see baseline.h. Facts from the sources named there, no code of theirs. */
#include "judge/baseline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/stamp.h"
#include "dns/name.h"
#include "judge/baseline_zeek.h"

#define HOLZ_ADDRESS   1.32
#define HOLZ_NETWORK   18.54
#define HOLZ_THRESHOLD 142.38

#define STALMANS_OFFSET    50.0
#define STALMANS_SHORT     300 /* s */
#define STALMANS_JP_BORDER 18.0

enum {
	SAMPLE_MAX = 2 * OBS_MEMBERS_MAX,
	NAME_SHOWN = 60 /* characters of a name in a reason: the numbers must fit behind it */
};

/* The A records of one or two look-ups. */
struct sample {
	struct addr addrs[SAMPLE_MAX];
	unsigned n;
};

struct tally {
	unsigned addresses, networks, countries, prefixes;
	bool no_network, no_country; /* of some address */
};

/* What a rule says of one name. */
struct finding {
	enum baseline_outcome outcome;
	const struct owner *owner;
	double scores[2];
	char reasons[2][REASON_MAX];
	unsigned n;
};

struct subject {
	const struct judge *judge;
	const struct view *view;
	unsigned servers; /* names of name servers */
};

void baseline_settle(struct judgement *out, enum baseline_outcome o)
{
	static const enum verdict verdicts[] = {VERDICT_UNDECIDED, VERDICT_BENIGN, VERDICT_UNDECIDED,
						VERDICT_FLUX};
	static const char *const classes[] = {"undecided", "not flux", "undecided", "flux"};

	*out = (struct judgement){.verdict = verdicts[o], .class = classes[o]};
	if (o != BASELINE_FLUX)
		return;
	out->kind = FLUX_SINGLE;
	out->carrier = CARRIER_A;
	out->probability = 1;
}

void baseline_explain(struct judgement *out, double value, const uint8_t *name, const char *reason)
{
	struct evidence *e = &out->evidence[out->n_evidence++];
	char text[NAME_TEXT_MAX] = "";
	size_t len = name == NULL ? 0 : name_to_text(name, text);

	e->feature = FEATURE_SCORE;
	e->value = value;
	e->weight_db = 0;
	e->expected_flux = e->expected_rival = NAN;
	e->rival = NULL;
	snprintf(e->reason, sizeof e->reason, "%.*s%s%s%.*s", (int)NAME_SHOWN, text,
		 len > NAME_SHOWN ? "..." : "", len == 0 ? "" : ": ", (int)(REASON_MAX - NAME_SHOWN - 6),
		 reason);
}

static int by_octets(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct addr));
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Whether a set is the A records of a name: no hints, no glue, not IPv6. */
static bool is_a_set(const struct partition *p, const struct set *s)
{
	return s->n != 0 && s->looked_ns != STAMP_NONE &&
	       (s->member_role & (MEMBER_HOST | MEMBER_ALIAS)) != 0 && (s->member_role & MEMBER_HINT) == 0 &&
	       addr_is_v4(&p->pairs[p->links[s->links]].addr);
}

static void sample_add(struct sample *to, const struct partition *p, const struct set *s)
{
	unsigned kept = 0;

	for (uint16_t i = 0; i < s->n && to->n < SAMPLE_MAX; i++)
		to->addrs[to->n++] = p->pairs[p->links[s->links + i]].addr;
	qsort(to->addrs, to->n, sizeof *to->addrs, by_octets);
	for (unsigned i = 0; i < to->n; i++)
		if (kept == 0 || by_octets(&to->addrs[i], &to->addrs[kept - 1]) != 0)
			to->addrs[kept++] = to->addrs[i];
	to->n = kept;
}

/* Distinct numbers other than 0; *zero says whether there was a 0. */
static unsigned count_distinct(uint32_t *list, unsigned n, bool *zero)
{
	unsigned distinct = 0;

	qsort(list, n, sizeof *list, by_number);
	*zero = n != 0 && list[0] == 0;
	for (unsigned i = 0; i < n; i++)
		distinct += list[i] != 0 && (i == 0 || list[i] != list[i - 1]);
	return distinct;
}

static struct tally count(const struct nets *nets, const struct sample *s)
{
	uint32_t asns[SAMPLE_MAX], countries[SAMPLE_MAX];
	struct tally t = {.addresses = s->n};

	for (unsigned i = 0; i < s->n; i++) {
		char country[2] = {0};
		uint32_t net = nets_find(nets, &s->addrs[i], country);

		asns[i] = nets_get(nets, net)->asn;
		countries[i] = (uint32_t)(uint8_t)country[0] << 8 | (uint8_t)country[1];
		t.prefixes +=
			i == 0 || addr_v4_number(&s->addrs[i]) >> 8 != addr_v4_number(&s->addrs[i - 1]) >> 8;
	}
	t.networks = count_distinct(asns, s->n, &t.no_network);
	t.countries = count_distinct(countries, s->n, &t.no_country);
	return t;
}

/* The latest look-up of the A records that is no later than `until_ns`; `but` is passed over. */
static const struct set *latest(const struct partition *p, const struct owner *w, int64_t until_ns,
				const struct set *but)
{
	const struct set *found = NULL;

	for (uint32_t i = w->sets; i != NONE; i = p->sets[i].next) {
		const struct set *s = &p->sets[i];

		if (s != but && is_a_set(p, s) && s->looked_ns <= until_ns &&
		    (found == NULL || s->looked_ns > found->looked_ns))
			found = s;
	}
	return found;
}

static const struct set *oldest(const struct partition *p, const struct owner *w)
{
	const struct set *found = NULL;

	for (uint32_t i = w->sets; i != NONE; i = p->sets[i].next) {
		const struct set *s = &p->sets[i];

		if (is_a_set(p, s) && (found == NULL || s->looked_ns < found->looked_ns))
			found = s;
	}
	return found;
}

/* Whether the set was the answer of two look-ups: its addresses were seen no less often than it. */
static bool looked_twice(const struct partition *p, const struct set *s)
{
	for (uint16_t i = 0; i < s->n; i++)
		if (p->pairs[p->links[s->links + i]].count < 2)
			return false;
	return true;
}

/* Two look-ups, the second after the TTL. NULL: there are none. */
static const struct set *earlier_look(const struct partition *p, const struct owner *w,
				      const struct set *last)
{
	int64_t until_ns = last->looked_ns - w->ttl_max * NS_PER_SECOND;
	const struct set *s = latest(p, w, until_ns, last);

	if (s != NULL)
		return s;
	if (looked_twice(p, last)) /* the same set again within its TTL is no look-up: see partition.h */
		return last;
	if (w->n_sets >= OWNER_SETS_KEPT &&
	    w->first_ns <= until_ns) /* those before have made room for newer ones */
		return oldest(p, w);
	return NULL;
}

static struct finding not_applied(const struct owner *w, const char *why)
{
	struct finding f = {.outcome = BASELINE_NOT_APPLIED, .owner = w, .scores = {NAN}, .n = 1};

	snprintf(f.reasons[0], REASON_MAX, "%s", why);
	return f;
}

static struct finding holz2008(const struct subject *s, const struct owner *w)
{
	const struct partition *p = s->view->partition;
	const struct set *last = latest(p, w, INT64_MAX, NULL), *before;
	struct finding f = {.owner = w, .n = 1};
	struct sample sample = {.n = 0};
	struct tally t;

	before = last == NULL ? NULL : earlier_look(p, w, last);
	if (before == NULL)
		return not_applied(w, last == NULL ? "no A records"
						   : "needs two look-ups, the second after the TTL");
	sample_add(&sample, p, last);
	sample_add(&sample, p, before);
	t = count(s->judge->nets, &sample);
	f.scores[0] = HOLZ_ADDRESS * t.addresses + HOLZ_NETWORK * t.networks;
	f.outcome = f.scores[0] > HOLZ_THRESHOLD ? BASELINE_FLUX : BASELINE_CLEAN;
	snprintf(f.reasons[0], REASON_MAX,
		 "%.2f x %u addresses + %.2f x %u networks + 0 x %u name servers = %.1f, %sover %.2f",
		 HOLZ_ADDRESS, t.addresses, HOLZ_NETWORK, t.networks, s->servers, f.scores[0],
		 f.outcome == BASELINE_FLUX ? "" : "not ", HOLZ_THRESHOLD);
	return f;
}

static struct finding stalmans(const struct subject *s, const struct owner *w)
{
	const struct partition *p = s->view->partition;
	const struct set *last = latest(p, w, INT64_MAX, NULL);
	struct finding f = {.owner = w, .n = 2};
	struct sample sample = {.n = 0};
	unsigned brief = w->ttl_min != UINT32_MAX && w->ttl_max <= STALMANS_SHORT;
	struct tally t;
	bool holz, jp;

	if (last == NULL)
		return not_applied(w, "no A records");
	sample_add(&sample, p, last);
	t = count(s->judge->nets, &sample);
	t.networks += t.no_network;
	t.countries += t.no_country;
	f.scores[0] = HOLZ_ADDRESS * t.addresses + HOLZ_NETWORK * t.networks + 5 * brief - STALMANS_OFFSET;
	f.scores[1] = t.addresses + 1.5 * t.prefixes + 1.5 * t.networks + 2 * t.countries + brief;
	holz = f.scores[0] > 0;
	jp = f.scores[1] >= STALMANS_JP_BORDER;
	f.outcome = holz && jp ? BASELINE_FLUX : holz || jp ? BASELINE_OPEN : BASELINE_CLEAN;
	snprintf(f.reasons[0], REASON_MAX,
		 "%.2f x %u addresses + %.2f x %u networks + 5 x %u for TTL <= 300 - 50 = %.1f, %sover 0",
		 HOLZ_ADDRESS, t.addresses, HOLZ_NETWORK, t.networks, brief, f.scores[0], holz ? "" : "not ");
	snprintf(f.reasons[1], REASON_MAX,
		 "%u addresses + 0 NS + 1.5 x %u /24 + 1.5 x %u networks + 2 x %u countries + %u for TTL <= "
		 "300 = %.1f, "
		 "%s 18",
		 t.addresses, t.prefixes, t.networks, t.countries, brief, f.scores[1],
		 jp ? "at least" : "below");
	return f;
}

static struct finding zeek(const struct subject *s, const struct owner *w)
{
	struct finding f = {.owner = w, .n = 1};
	struct baseline_zeek z;

	if (w->ttl_min == UINT32_MAX)
		return not_applied(w, "needs the TTL, which its sources do not carry");
	if (baseline_zeek_run(&z, s->view->partition, w, s->judge->nets) != OK)
		return not_applied(w, "no memory");
	if (z.addresses == 0)
		return not_applied(w, "no A records");
	if (w->ttl_max > BASELINE_ZEEK_TTL) {
		f.outcome = BASELINE_CLEAN;
		snprintf(f.reasons[0], REASON_MAX, "TTL %u s is over %u s: the script does not look at it",
			 w->ttl_max, (unsigned)BASELINE_ZEEK_TTL);
		return f;
	}
	f.scores[0] = z.score;
	f.outcome = z.flux ? BASELINE_FLUX : BASELINE_CLEAN;
	snprintf(f.reasons[0], REASON_MAX,
		 "%u / %u x (1.32 x %u addresses + 18.54 x %u networks) = %.1f, %sover 142.38", z.networks,
		 z.addresses, z.addresses, z.networks, z.score, z.flux ? "" : "not ");
	return f;
}

/* Whether a says more than b; ties by name, so that the order of the owners does not show. */
static bool tells_more(const struct partition *p, const struct finding *a, const struct finding *b)
{
	if (a->outcome != b->outcome)
		return a->outcome > b->outcome;
	if (a->outcome != BASELINE_NOT_APPLIED && a->scores[0] != b->scores[0])
		return a->scores[0] > b->scores[0];
	if (a->owner->name_len != b->owner->name_len)
		return a->owner->name_len < b->owner->name_len;
	return memcmp(partition_name(p, a->owner->name), partition_name(p, b->owner->name),
		      a->owner->name_len) < 0;
}

static unsigned count_servers(const struct view *v)
{
	unsigned n = 0;

	for (uint32_t i = v->domain->owners; i != NONE; i = v->partition->owners[i].next)
		n += (v->partition->owners[i].roles & OWNER_SERVER) != 0;
	return n;
}

void baseline_judge(const struct judge *j, const struct view *v, struct judgement *out)
{
	static struct finding (*const rules[METHODS])(const struct subject *, const struct owner *) = {
		[METHOD_HOLZ2008] = holz2008, [METHOD_ZEEK] = zeek, [METHOD_STALMANS] = stalmans};
	const struct partition *p = v->partition;
	struct subject s = {.judge = j, .view = v, .servers = count_servers(v)};
	struct finding best = {.owner = NULL};

	if (j->nets == NULL || !nets_known(j->nets)) {
		baseline_settle(out, BASELINE_NOT_APPLIED);
		baseline_explain(out, NAN, NULL, "needs a database of networks");
		return;
	}
	for (uint32_t i = v->domain->owners; i != NONE; i = p->owners[i].next) {
		struct finding f;

		if ((p->owners[i].roles & (OWNER_HOST | OWNER_ALIAS)) == 0)
			continue;
		f = rules[j->method](&s, &p->owners[i]);
		if (best.owner == NULL || tells_more(p, &f, &best))
			best = f;
	}
	if (best.owner == NULL)
		best = not_applied(NULL, "no A records");
	baseline_settle(out, best.outcome);
	for (unsigned i = 0; i < best.n; i++)
		baseline_explain(out, best.scores[i],
				 best.owner == NULL ? NULL : partition_name(p, best.owner->name),
				 best.reasons[i]);
}
