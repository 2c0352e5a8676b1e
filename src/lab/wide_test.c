/* SPDX-License-Identifier: Apache-2.0 */
/* wide_test.c -- a wide world has every class and mechanism, each is seen to do what its truth says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/message.h"
#include "dns/name.h"
#include "lab/lab.h"
#include "lab/priors.h"
#include "lab/service.h"
#include "lab/wire.h"
#include "lab/write.h"

enum { HOURS = 24, LINES_MAX = 16000, SIGHTS = 1 << 20 };

static struct lab *opened(uint64_t seed, unsigned sides)
{
	struct lab_config config = {
		.seed = seed, .world = LAB_WIDE, .hours = HOURS, .scale = 1, .rate = 1, .sides = sides};
	struct lab *l = NULL;
	struct diag d;

	assert_int_equal(lab_open(&l, &config, &d), OK);
	return l;
}

/* The lines of truth, each ended by a NUL. */
struct truth {
	struct buf text;
	size_t at[LINES_MAX], n;
};

static enum err keep_line(void *context, const char *line, size_t len)
{
	struct truth *t = context;

	assert_true(t->n < LINES_MAX);
	t->at[t->n++] = t->text.len;
	buf_add(&t->text, line, len);
	buf_add_char(&t->text, 0);
	return t->text.err;
}

static const char *line_of(const struct truth *t, size_t i)
{
	return (const char *)t->text.bytes + t->at[i];
}

/* What stands behind a key, up to the quote or comma; "" where the line has none. */
static void field(const char *line, const char *key, char to[64])
{
	char wanted[40];
	const char *at;
	size_t n;

	snprintf(wanted, sizeof wanted, "\"%s\":", key);
	at = strstr(line, wanted);
	to[0] = 0;
	if (at == NULL)
		return;
	at += strlen(wanted);
	at += *at == '"';
	n = strcspn(at, "\",}");
	assert_true(n < 64);
	memcpy(to, at, n);
	to[n] = 0;
}

static size_t count(const struct truth *t, const char *key, const char *value)
{
	size_t n = 0;
	char text[64];

	for (size_t i = 0; i < t->n; i++) {
		field(line_of(t, i), key, text);
		n += strcmp(text, value) == 0;
	}
	return n;
}

/* When clients were first told of (registrable domain, address), by hash. */
static struct {
	uint64_t key;
	uint32_t first_s;
} * sights;

static size_t sight(const uint8_t *domain, const struct addr *a)
{
	uint64_t key = hash_bytes(a, sizeof *a, hash_bytes(domain, name_wire_len(domain), 0)) | 1;
	size_t at = key & (SIGHTS - 1);

	while (sights[at].key != 0 && sights[at].key != key)
		at = (at + 1) & (SIGHTS - 1);
	if (sights[at].key == 0)
		sights[at].first_s = UINT32_MAX;
	sights[at].key = key;
	return at;
}

/* An address stands for every name that the question's is below: which is the domain, the truth knows. */
static void note(const uint8_t *name, const struct addr *a, uint32_t at_s)
{
	for (; *name != 0; name += *name + 1) {
		size_t at = sight(name, a);

		if (sights[at].first_s == UINT32_MAX)
			sights[at].first_s = at_s;
	}
}

static void note_answers(const struct lab_exchange *x)
{
	uint32_t at_s = (uint32_t)((x->asked_ns - LAB_START_NS) / NS_PER_SECOND);

	for (uint16_t i = 0; i < x->n; i++) {
		const struct lab_record *r = &x->records[i];

		if (r->section != SECTION_ANSWER)
			continue;
		if (r->type == RR_A || r->type == RR_AAAA) {
			note(x->question, &r->addr, at_s);
			note(r->owner, &r->addr, at_s);
		}
		for (uint16_t h = 0; r->type == RR_HTTPS && h < x->n_hints; h++) {
			note(x->question, &x->hints[h], at_s);
			note(r->owner, &x->hints[h], at_s);
		}
	}
}

/* Each address in `members` of a line was in an answer for its domain, and in none before its second in
 * `members_first`; returns how many there are. */
static size_t check_members(const char *line)
{
	const char *at = strstr(line, "\"members\":[") + strlen("\"members\":[");
	const char *first = strstr(line, "\"members_first\":[") + strlen("\"members_first\":");
	char domain[64];
	struct name n;
	size_t members = 0;

	field(line, "domain", domain);
	assert_int_equal(name_from_text(domain, strlen(domain), &n), OK);
	while (*at == '"' || *at == ',') {
		struct addr a;
		uint32_t seen;
		size_t len;
		char *end;

		at += strspn(at, "\",");
		len = strcspn(at, "\"");
		assert_int_equal(addr_from_text(at, len, &a), OK);
		seen = sights[sight(n.octets, &a)].first_s;
		/* of a member with both addresses, hints show an IPv6 address that truth tells of when asked
		 * for */
		if (addr_is_v4(&a) ? seen != strtoul(first + 1, &end, 10)
				   : seen > strtoul(first + 1, &end, 10))
			fail_msg("%s led to %.*s from %u on", domain, (int)len, at, seen);
		first = end;
		at += len + 1;
		members++;
	}
	return members;
}

static const char *const mechanisms[] = {
	"single",        "double",      "ns-only", "cname-chain", "aaaa",         "https-hints",
	"cname-targets", "slow",        "watched", "one-address", "concentrated", "rented",
	"wildcard",      "dynamic-dns", "burst",   "decoys",      "framing",      "residential-proxies",
	"cdn-mimicry"};

static void shows_everything(void **state)
{
	static const char *const classes[] = {
		"flux",           "ordinary",       "cdn",       "anycast",    "round-robin",
		"multi-provider", "peer-seeds",     "vpn-fleet", "peer-cdn",   "embedded-address",
		"tunnel",         "volunteer-pool", "poisoned",  "parked",     "unknown",
		"sinkholed",      "migration",      "fail-over", "dynamic-dns"};
	struct lab *l = opened(7, LAB_CLIENTS);
	struct truth t = {.n = 0};
	struct lab_exchange x;
	size_t members = 0;

	(void)state;
	sights = calloc(SIGHTS, sizeof *sights);
	assert_non_null(sights);
	while (lab_next(l, &x) == OK)
		note_answers(&x);
	assert_int_equal(lab_truth(l, keep_line, &t), OK);
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (count(&t, "class", classes[i]) == 0)
			fail_msg("no %s", classes[i]);
	assert_int_equal(trick_count, sizeof mechanisms / sizeof *mechanisms);
	for (size_t i = 0; i < trick_count; i++)
		if (count(&t, "mechanism", mechanisms[i]) == 0)
			fail_msg("no %s", mechanisms[i]);
	for (size_t i = 0; i < t.n; i++)
		members += check_members(line_of(&t, i));
	assert_true(members > 5000);
	free(sights);
	buf_fini(&t.text);
	lab_close(l);
}

/* Networks of flux: some of one domain, and each with a twin of as many domains. */
static void networks_have_twins(void **state)
{
	struct lab *l = opened(8, LAB_CLIENTS);
	struct truth t = {.n = 0};
	size_t networks = 0, alone = 0;

	(void)state;
	assert_int_equal(lab_truth(l, keep_line, &t), OK);
	for (;; networks++) {
		char name[64];
		size_t n;

		snprintf(name, sizeof name, "flux-%zu", networks + 1);
		n = count(&t, "network", name);
		if (n == 0)
			break;
		alone += n == 1;
		assert_int_equal(count(&t, "twin_of", name), n);
	}
	assert_true(networks >= trick_count);
	assert_true(alone > networks / 5 && alone < networks * 4 / 5);
	assert_true(count(&t, "guest_of", "flux-1") < t.n);
	buf_fini(&t.text);
	lab_close(l);
}

/* No mechanism is much of the flux, whatever the seed. */
static void mechanisms_are_even(void **state)
{
	(void)state;
	for (uint64_t seed = 20; seed < 28; seed++) {
		struct lab_config config = {.seed = seed,
					    .world = LAB_WIDE,
					    .hours = HOURS,
					    .scale = 4,
					    .rate = 1,
					    .sides = LAB_CLIENTS};
		struct lab *l = NULL;
		struct truth t = {.n = 0};
		struct diag d;
		size_t flux;

		assert_int_equal(lab_open(&l, &config, &d), OK);
		assert_int_equal(lab_truth(l, keep_line, &t), OK);
		flux = count(&t, "class", "flux");
		assert_true(flux >= t.n / 100 && flux <= t.n / 25);
		for (size_t i = 0; i < trick_count; i++) {
			size_t n = count(&t, "mechanism", mechanisms[i]);

			if (n * trick_count < flux / 2 || n * trick_count > flux * 2)
				fail_msg("seed %d: %zu of %zu are %s", (int)seed, n, flux, mechanisms[i]);
		}
		buf_fini(&t.text);
		lab_close(l);
	}
}

/* A builder that can draw, of a world in which nothing exists. */
static void begin(struct builder *b, struct world *w, uint64_t seed)
{
	*b = (struct builder){.w = w};
	assert_int_equal(world_init(w, seed, NULL), OK);
	w->hours = HOURS;
	w->wide = true;
}

static uint64_t written(uint64_t seed, enum lab_format format, struct truth *t)
{
	struct lab *l = opened(seed, LAB_UPSTREAM);
	struct lab_writer *w = NULL;
	struct buf bytes = {0};
	struct lab_exchange x;
	uint64_t hash;

	assert_int_equal(lab_writer_open(&w, format, &bytes), OK);
	lab_writer_answers_only(w);
	while (lab_next(l, &x) == OK)
		assert_int_equal(lab_writer_add(w, &x), OK);
	assert_int_equal(lab_writer_finish(w), OK);
	t->n = 0;
	buf_clear(&t->text);
	assert_int_equal(lab_truth(l, keep_line, t), OK);
	hash = hash_bytes(bytes.bytes, bytes.len, 0);
	lab_writer_close(w);
	lab_close(l);
	buf_fini(&bytes);
	return hash;
}

static void repeats(void **state)
{
	struct truth first = {.n = 0}, again = {.n = 0};
	uint64_t h = written(5, LAB_DNSTAP, &first);

	(void)state;
	assert_true(h == written(5, LAB_DNSTAP, &again));
	assert_int_equal(first.text.len, again.text.len);
	assert_memory_equal(first.text.bytes, again.text.bytes, first.text.len);
	assert_true(h != written(6, LAB_DNSTAP, &again));
	assert_true(written(5, LAB_COF, &again) != h);
	assert_memory_equal(first.text.bytes, again.text.bytes, first.text.len);
	buf_fini(&first.text);
	buf_fini(&again.text);
}

/* The address that a name of an embedding service says. */
static bool says_itself(const struct lab_exchange *x)
{
	char text[64];
	struct addr a;
	size_t n = x->question[0];

	if (n >= sizeof text || x->n == 0 || x->records[0].type != RR_A)
		return false;
	for (size_t i = 0; i < n; i++)
		text[i] = x->question[1 + i] == '-' ? '.' : (char)x->question[1 + i];
	return addr_from_text(text, n, &a) == OK && memcmp(&a, &x->records[0].addr, sizeof a) == 0;
}

/* The addresses in HTTPS records of a message, whose parameters fill their data to the last octet (RFC 9460,
 * 2.2). */
static size_t hints_of(const struct message *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_records; i++) {
		const struct record *r = &m->records[i];
		size_t at = 3; /* behind the priority and the root as its target */

		if (r->type != RR_HTTPS)
			continue;
		while (at + 4 <= r->rdlen) {
			unsigned key = r->rdata[at + 1];
			size_t octets = (size_t)r->rdata[at + 2] << 8 | r->rdata[at + 3];

			assert_true(key == 4 || key == 6);
			assert_int_equal(octets % (key == 4 ? 4 : 16), 0);
			n += octets / (key == 4 ? 4 : 16);
			at += 4 + octets;
		}
		assert_int_equal(at, r->rdlen);
	}
	return n;
}

/* Messages can be read; aliases, hints and embedded addresses occur; addresses are none that are special. */
static void messages_are_sound(void **state)
{
	struct lab *l = opened(9, LAB_CLIENTS | LAB_UPSTREAM);
	struct message m = {0};
	size_t hints = 0, embedded = 0, six = 0;
	struct lab_exchange x;

	(void)state;
	while (lab_next(l, &x) == OK) {
		uint8_t octets[WIRE_MESSAGE_MAX];
		size_t n = wire_answer(&x, octets);

		if (x.answered_ns == STAMP_NONE)
			continue;
		assert_int_equal(message_parse(&m, octets, n), OK);
		embedded += says_itself(&x);
		/* an answer that was cut for its length has none of them */
		assert_true(hints_of(&m) == x.n_hints || (octets[2] & FLAG_TC >> 8) != 0);
		for (uint16_t i = 0; i < x.n; i++) {
			const struct lab_record *r = &x.records[i];

			hints += r->type == RR_HTTPS && x.n_hints != 0;
			six += r->type == RR_AAAA;
			if (r->type == RR_A || r->type == RR_AAAA)
				assert_true(addr_is_v4(&r->addr) == (r->type == RR_A) &&
					    !addr_is_special(&r->addr));
		}
	}
	assert_true(hints > 20 && embedded > 20 && six > 1000);
	message_fini(&m);
	lab_close(l);
}

/* What is drawn lies in the range, in a part of it that each world and class has of its own. */
static void priors_keep_their_range(void **state)
{
	double least[2] = {1e9, 1e9}, most[2] = {0, 0};
	struct builder b;
	struct world w;

	(void)state;
	for (uint64_t seed = 0; seed < 2; seed++) {
		begin(&b, &w, seed);
		for (int i = 0; i < 2000; i++) {
			double v = prior_draw(&w, LAB_FLUX, PRIOR_POOL);

			assert_true(v >= 20 && v <= 4000);
			least[seed] = v < least[seed] ? v : least[seed];
			most[seed] = v > most[seed] ? v : most[seed];
			assert_true(prior_draw(&w, LAB_VPN, PRIOR_AAAA) <= 0.6);
			v = prior_draw(&w, LAB_CDN, PRIOR_NS_STYLE);
			assert_true(v == NS_HOSTED || v == NS_OWN || v == NS_MOVING);
		}
		world_fini(&w);
	}
	assert_true(least[0] != least[1] && most[0] != most[1]);
	assert_true(least[0] < 284 && most[0] > 282); /* the middle of 20..4000 is in every part */
}

/* Each row of the printed table has its five fields, the last of which is the source. */
static void priors_have_sources(void **state)
{
	struct buf text = {0};
	const char *line;
	size_t rows = 0;

	(void)state;
	lab_priors(&text);
	for (line = buf_text(&text); *line != 0; line = strchr(line, '\n') + 1, rows++) {
		size_t tabs = 0;

		for (const char *c = line; *c != '\n'; c++) {
			tabs += *c == '\t';
			assert_false(*c == '\t' && (c[1] == '\t' || c[1] == '\n'));
		}
		assert_int_equal(tabs, 4);
	}
	assert_int_equal(rows, PRIORS + 1);
	buf_fini(&text);
}

/* A name on an agent's machine stays with that machine, and then in its network, wherever agents come and go.
 */
static void guests_go_their_own_way(void **state)
{
	struct pool_plan plan = {.rule = POOL_ANY, .n = 8, .life_s = 3600},
			 own = {.n = 3, .life_s = 7200, .stay = 0.1};
	uint32_t places[] = {0, 1, 2, 3, 4, 5}, pool, guest, first;
	struct builder b;
	struct world w;

	(void)state;
	begin(&b, &w, 1);
	pool = world_pool(&w, &plan, places, 6);
	guest = world_guest(&w, pool, 5, &own);
	first = w.pools[guest].slots[0];
	assert_int_equal(w.pools[guest].plan.n, 1);
	assert_int_equal(first, w.pools[pool].slots[5]);
	for (int i = 0; i < 200; i++)
		world_change(&w, pool);
	assert_int_equal(w.pools[guest].slots[0], first);
	assert_int_not_equal(w.pools[pool].slots[5], first);
	for (int i = 0; i < 20; i++) {
		world_change(&w, guest);
		assert_int_not_equal(w.pools[guest].slots[0], first);
		assert_int_equal(w.members[w.pools[guest].slots[0]].place, w.members[first].place);
	}
	assert_int_equal(w.err, OK);
	world_fini(&w);
}

/* Windows, turns and sticky fronts: what a pool gives follows from its slots. */
static void pools_follow_their_rule(void **state)
{
	struct pool_plan plan = {.rule = POOL_TURN, .n = 10};
	uint32_t place = 0, pool, part, chosen[ANSWER_MAX], again[ANSWER_MAX], zone, host;
	struct rng r;
	struct builder b;
	struct world w;
	struct draw d;

	(void)state;
	begin(&b, &w, 1);
	rng_seed(&r, 1, 1);
	pool = world_pool(&w, &plan, &place, 1);
	part = world_window(&w, pool, 6, 9);
	zone = world_zone(&w, LAB_CDN, "example.org");
	host = world_host(&w, zone, NULL, pool, 60);
	w.hosts[host].answers = 3;
	d = (struct draw){&w.hosts[host], pool, LAB_START_NS};
	assert_int_equal(world_draw(&w, &d, &r, chosen), 3);
	d.now_ns += 60 * NS_PER_SECOND;
	assert_int_equal(world_draw(&w, &d, &r, again), 3);
	for (int i = 0; i < 3; i++) /* the next three, none of them again */
		assert_true(again[i] != chosen[0] && again[i] != chosen[1] && again[i] != chosen[2]);
	assert_int_equal(w.pools[part].plan.n, 4);
	w.pools[pool].slots[7] = 0; /* what becomes of a pool shows in its window */
	assert_int_equal(w.pools[part].slots[1], 0);
	w.pools[pool].plan.rule = POOL_STICKY;
	w.pools[pool].plan.hold_s = 3600;
	assert_int_equal(world_draw(&w, &d, &r, chosen), 3);
	assert_int_equal(world_draw(&w, &d, &r, again), 3);
	assert_memory_equal(chosen, again, 3 * sizeof *chosen);
	world_fini(&w);
}

/* A world of some classes has these, hosters, and names that stand on their machines: nothing else. */
static void only_some_classes(void **state)
{
	static const char *const bad[] = {"load-balancer", "provider", "flux-single", "cd", "cdns", ""};
	struct lab_config config = {
		.seed = 7, .world = LAB_WIDE, .hours = 1, .scale = 0.2, .sides = LAB_CLIENTS};
	struct truth t = {.n = 0};
	struct lab *l = NULL;
	struct diag d;
	size_t known = 0;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_true(lab_class_bit(bad[i], strlen(bad[i])) == 0);
	config.only = lab_class_bit("cdn,", 3) | lab_class_bit("peer-seeds", 10);
	assert_int_equal(lab_open(&l, &config, &d), OK);
	assert_int_equal(lab_truth(l, keep_line, &t), OK);
	assert_true(count(&t, "class", "cdn") > 10 && count(&t, "class", "peer-seeds") > 0);
	known = count(&t, "class", "cdn") + count(&t, "class", "peer-seeds") +
		count(&t, "class", "ordinary") + count(&t, "class", "dynamic-dns");
	assert_int_equal(known, t.n);
	assert_true(count(&t, "class", "ordinary") < 60);
	buf_fini(&t.text);
	lab_close(l);
	t = (struct truth){.n = 0};
	config.only = lab_class_bit("flux", 4);
	assert_int_equal(lab_open(&l, &config, &d), OK);
	assert_int_equal(lab_truth(l, keep_line, &t), OK);
	assert_true(count(&t, "flux", "true") > 20 && count(&t, "class", "multi-provider") == 0);
	for (size_t i = 0; i < t.n; i++) {
		char twin[64];

		field(line_of(&t, i), "twin_of", twin);
		assert_string_equal(twin, "");
	}
	buf_fini(&t.text);
	lab_close(l);
	config.world = LAB_DEMO;
	assert_int_equal(lab_open(&l, &config, &d), E_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_everything),
		cmocka_unit_test(networks_have_twins),
		cmocka_unit_test(repeats),
		cmocka_unit_test(mechanisms_are_even),
		cmocka_unit_test(messages_are_sound),
		cmocka_unit_test(priors_keep_their_range),
		cmocka_unit_test(priors_have_sources),
		cmocka_unit_test(guests_go_their_own_way),
		cmocka_unit_test(pools_follow_their_rule),
		cmocka_unit_test(only_some_classes),
	};

	return cmocka_run_group_tests_name("wide", tests, NULL, NULL);
}
