/* SPDX-License-Identifier: Apache-2.0 */
/* fluxbuster_test.c -- FluxBuster's candidates, clusters and tree; the clusters beside a slow reference. */
#include "judge/baseline_made.h"

#include <math.h>

#include "judge/fluxbuster.h"
#include "judge/fluxbuster_link.h"

static void test_tree(void **state)
{
	static const struct {
		struct fluxbuster_features x;
		enum baseline_outcome outcome;
	} rows[] = {
		{{.addresses = 29, .per_network = 109, .diversity = 0.9, .ttl = 300, .growth = 1},
		 BASELINE_NOT_APPLIED},
		{{.addresses = 30, .per_network = 109, .diversity = 0.9, .ttl = 300, .growth = 1},
		 BASELINE_FLUX},
		{{.addresses = 30, .per_network = 109, .diversity = 0.9, .ttl = 300, .growth = 0.122},
		 BASELINE_CLEAN},
		{{.addresses = 30, .per_network = 109, .diversity = 0.9, .ttl = 300, .growth = 0.123},
		 BASELINE_FLUX},
		{{.addresses = 30, .per_network = 109, .diversity = 0.9, .ttl = 30.18, .growth = 1},
		 BASELINE_CLEAN},
		{{.addresses = 30, .per_network = 109, .diversity = 0.9, .ttl = 30.19, .growth = 1},
		 BASELINE_FLUX},
		{{.addresses = 30, .per_network = 109, .diversity = 0.41, .ttl = 300, .growth = 1},
		 BASELINE_OPEN},
		{{.addresses = 30, .per_network = 109, .diversity = 0.42, .ttl = 300, .growth = 1},
		 BASELINE_FLUX},
		{{.addresses = 30, .per_network = 108, .diversity = 0.9, .ttl = 300, .growth = 1},
		 BASELINE_OPEN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (fluxbuster_tree(&rows[i].x) != rows[i].outcome)
			fail_msg("row %zu: %d", i, (int)fluxbuster_tree(&rows[i].x));
}

/* Sets of addresses for the linker: each row in rising order, ended by 0. */
enum { SETS = 400, WIDEST = 48 };

struct made_sets {
	uint32_t addrs[SETS * WIDEST];
	struct link_set sets[SETS];
	uint32_t n_addrs;
};

static uint32_t draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

/* Groups that draw from pools of their own, with some strangers, and copies. */
static void make_sets(struct made_sets *m, uint64_t seed)
{
	*m = (struct made_sets){.n_addrs = 0};
	for (uint32_t i = 0; i < SETS; i++) {
		uint32_t pool = draw(&seed) % 12, span = 4 + pool * 6, share = 1 + draw(&seed) % 4;
		struct link_set *s = &m->sets[i];

		s->at = m->n_addrs;
		if (i > 0 && draw(&seed) % 8 == 0) {
			*s = m->sets[draw(&seed) % i];
			continue;
		}
		for (uint32_t k = 0; k < span && s->n < WIDEST; k++)
			if (draw(&seed) % 5 < share) {
				m->addrs[m->n_addrs++] = pool * 60 + k;
				s->n++;
			}
		if (s->n == 0) {
			m->addrs[m->n_addrs++] = 5000 + i;
			s->n = 1;
		}
	}
}

static double distance(const struct made_sets *m, uint32_t a, uint32_t b)
{
	const struct link_set *x = &m->sets[a], *y = &m->sets[b];
	unsigned both = 0;

	for (uint32_t i = 0; i < x->n; i++)
		for (uint32_t k = 0; k < y->n; k++)
			both += m->addrs[x->at + i] == m->addrs[y->at + k];
	return 1 - both / (double)(x->n + y->n - both) / (1 + exp(3.0 - (x->n < y->n ? x->n : y->n)));
}

/* All pairs, until nothing moves. */
static void link_slowly(const struct made_sets *m, uint32_t root[SETS])
{
	static bool near[SETS][SETS];
	bool moved = true;

	for (uint32_t i = 0; i < SETS; i++) {
		root[i] = i;
		for (uint32_t k = 0; k < SETS; k++)
			near[i][k] = i != k && distance(m, i, k) <= 0.75 + 4e-8; /* single precision */
	}
	while (moved) {
		moved = false;
		for (uint32_t i = 0; i < SETS; i++)
			for (uint32_t k = 0; k < SETS; k++)
				if (near[i][k] && root[k] < root[i]) {
					root[i] = root[k];
					moved = true;
				}
	}
}

static void test_link_as_the_slow_way(void **state)
{
	static struct made_sets m;
	uint32_t fast[SETS], slow[SETS];
	unsigned joined = 0, apart = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct link_input in = {.addrs = m.addrs, .sets = m.sets, .n = SETS};
		bool cut_short = true;

		make_sets(&m, seed);
		link_slowly(&m, slow);
		assert_int_equal(fluxbuster_link(&in, fast, &cut_short), OK);
		assert_false(cut_short);
		assert_memory_equal(fast, slow, sizeof fast);
		for (uint32_t i = 0; i < SETS; i++) {
			joined += fast[i] != i;
			apart += fast[i] == i && m.sets[i].n >= 3;
		}
	}
	assert_true(joined > 1000 && apart > 100); /* the sets must test both */
}

static void test_link_is_bounded(void **state)
{
	static struct made_sets m;
	struct link_input in = {.addrs = m.addrs, .sets = m.sets, .n = SETS, .steps_max = 100};
	uint32_t root[SETS], again[SETS];
	bool cut_short = false;

	(void)state;
	make_sets(&m, 1);
	assert_int_equal(fluxbuster_link(&in, root, &cut_short), OK);
	assert_true(cut_short);
	assert_int_equal(fluxbuster_link(&in, again, &cut_short), OK);
	assert_memory_equal(root, again, sizeof root);
}

static void test_link_borders(void **state)
{
	static const struct {
		uint32_t addrs[44];
		struct link_set a, b;
		bool joined;
	} rows[] = {
		{{1, 1}, {0, 1}, {1, 1}, false},                   /* 1 - 1/(1 + e^2) = 0.88 */
		{{1, 2, 1, 2}, {0, 2}, {2, 2}, true},              /* 1 - 1/(1 + e) = 0.731 */
		{{1, 2, 1, 2, 3}, {0, 2}, {2, 3}, false},          /* 1 - 2/3/(1 + e) = 0.821 */
		{{1, 2, 3, 2, 3, 4}, {0, 3}, {3, 3}, true},        /* 1 - 1/2/2 = 0.75 */
		{{1, 2, 3, 4, 3, 4, 5, 6}, {0, 4}, {4, 4}, false}, /* 1 - 1/3/(1 + 1/e) = 0.756 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct link_set sets[2] = {rows[i].a, rows[i].b};
		struct link_input in = {.addrs = rows[i].addrs, .sets = sets, .n = 2};
		uint32_t root[2];
		bool cut_short;

		assert_int_equal(fluxbuster_link(&in, root, &cut_short), OK);
		if ((root[1] == 0) != rows[i].joined)
			fail_msg("row %zu", i);
	}
}

/* A quarter shared exactly: in single precision, as published, that joins. */
static void test_a_quarter_joins(void **state)
{
	uint32_t addrs[100], root[2];
	struct link_set sets[2] = {{0, 50}, {50, 50}};
	struct link_input in = {.addrs = addrs, .sets = sets, .n = 2};
	bool cut_short;

	(void)state;
	for (uint32_t i = 0; i < 50; i++) {
		addrs[i] = i;
		addrs[50 + i] = i + 30; /* 20 of 80 */
	}
	assert_int_equal(fluxbuster_link(&in, root, &cut_short), OK);
	assert_int_equal(root[1], 0);
	for (uint32_t i = 0; i < 50; i++)
		addrs[50 + i] = i + 31; /* 19 of 81 */
	assert_int_equal(fluxbuster_link(&in, root, &cut_short), OK);
	assert_int_equal(root[1], 1);
}

/* A world: `names` domains that answer from one pool of networks, some look-ups each; and one domain under
 * test. */
struct world {
	const char *title;
	unsigned names, pool, answers, ttl;
	unsigned repeats;       /* further look-ups of the last answer */
	struct made under_test; /* no domain: d0.example is looked at */
	enum verdict verdict;
	const char *reason;
};

#define ONE(ttl, addrs)                                                                                      \
	{                                                                                                    \
		"alone.example", "www.alone.example", 0, ttl, addrs, false, false, 0                         \
	}

static const struct world worlds[] = {
	{"many names on one pool",
	 120,
	 40,
	 4,
	 300,
	 0,
	 {0},
	 VERDICT_FLUX,
	 "cluster of 120 names, 40 addresses: growth 10.000, TTL 300, diversity 1.00, over 108 "
	 "domains/network: flux"},
	{"too few names for the known branch",
	 20,
	 40,
	 4,
	 300,
	 0,
	 {0},
	 VERDICT_UNDECIDED,
	 "cluster of 20 names, 40 addresses: growth 10.000, TTL 300, diversity 1.00, 20 domains/network: "
	 "here "
	 "the tree is"},
	{"a small pool", 120, 29, 4, 300, 0, {0}, VERDICT_UNDECIDED, "29 addresses: growth 7.250"},
	{"looked up often", 120, 40, 4, 300, 330, {0}, VERDICT_BENIGN, "growth 0.120, TTL 300"},
	{"a content network's TTL", 120, 40, 4, 30, 0, {0}, VERDICT_BENIGN, "TTL 30, diversity 1.00"},
	{"not of the cluster", 120, 40, 4, 300, 0, ONE(300, "100.1 101.1 102.1 103.1 104.1"),
	 VERDICT_UNDECIDED, "www.alone.example: cluster of 1 names, 5 addresses"},
	{"two addresses", 1, 40, 4, 300, 0, ONE(300, "100.1 101.1"), VERDICT_BENIGN,
	 "no candidate: no answer of 3"},
	{"two addresses, very short", 1, 40, 4, 300, 0, ONE(30, "100.1 101.1"), VERDICT_BENIGN,
	 "fewer than 3 addresses"},
	{"one /16", 1, 40, 4, 300, 0, ONE(300, "100.1-5"), VERDICT_BENIGN, "no candidate: no answer of 3"},
	{"diversity 0.41", 1, 40, 4, 300, 0, ONE(300, "100.1-3 101.1"), VERDICT_BENIGN,
	 "diversity of all addresses"},
	{"a long TTL", 1, 40, 4, 300, 0, ONE(10801, "100.1 101.1 102.1"), VERDICT_BENIGN,
	 "no candidate: TTL over"},
	{"the longest TTL", 1, 40, 4, 300, 0, ONE(10800, "100.1 101.1 102.1"), VERDICT_UNDECIDED,
	 "3 addresses"},
	{"no TTL",
	 1,
	 40,
	 4,
	 300,
	 0,
	 {"alone.example", "alone.example", 0, 0, "100.1 101.1 102.1", false, true, 0},
	 VERDICT_UNDECIDED,
	 "needs the TTL"},
	{"IPv6",
	 1,
	 40,
	 4,
	 300,
	 0,
	 {"alone.example", "alone.example", 0, 60, "100.1 101.1 102.1", true, false, 0},
	 VERDICT_UNDECIDED,
	 "no A records"},
};

static struct partition parts[OBS_PARTITIONS];

static struct partition *part_of(const char *domain, uint64_t key)
{
	return &parts[hash_bytes(domain, strlen(domain), key) >> 56];
}

static void apply_world(const struct world *w, uint64_t key, bool backwards)
{
	for (unsigned k = 0; k < w->names; k++) {
		unsigned i = backwards ? w->names - 1 - k : k;
		char domain[32];

		snprintf(domain, sizeof domain, "d%u.example", i);
		for (unsigned a = 0; a < w->answers + w->repeats; a++) {
			char addrs[512] = "";
			unsigned turn = a < w->answers ? a : w->answers - 1;

			for (unsigned n = 0; n < w->pool;
			     n++) /* in turns, each name has all of the pool in the end */
				if (n % w->answers == turn)
					snprintf(addrs + strlen(addrs), sizeof addrs - strlen(addrs), "%u.1 ",
						 n);
			made_apply(part_of(domain, key), &(struct made){domain, domain, a * w->ttl, w->ttl,
									addrs, false, false, 0});
		}
	}
	if (w->under_test.domain != NULL)
		made_apply(part_of(w->under_test.domain, key), &w->under_test);
}

static void judge_world(const struct world *w, uint64_t key, bool backwards, struct judgement *out)
{
	struct profile_config config = {.bucket_key = key};
	const char *text = w->under_test.domain == NULL ? "d0.example" : w->under_test.domain;
	struct judge j = {.method = METHOD_FLUXBUSTER};
	struct fluxbuster *f = NULL;
	struct diag d;
	struct view v;
	struct name name;

	profile_config_limits(&config);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		partition_init(&parts[i], &config, NULL);
	apply_world(w, key, backwards);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
		partition_admit(&parts[i], &(struct admission){.homes_least = 0});
		for (uint32_t n = 0; n < parts[i].n_domains; n++)
			partition_settle(&parts[i], n);
	}
	assert_int_equal(fluxbuster_open(&f, parts, &d), OK);
	assert_int_equal(name_from_text(text, strlen(text), &name), OK);
	v = (struct view){.partition = part_of(text, key)};
	v.domain = &v.partition->domains[partition_find(
		part_of(text, key), hash_bytes(name.octets, name.len, key), name.octets, name.len)];
	fluxbuster_judge(f, &j, &v, out);
	fluxbuster_close(f);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		partition_fini(&parts[i]);
}

static void test_worlds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
		struct judgement got, other;

		judge_world(&worlds[i], 7, false, &got);
		if (got.verdict != worlds[i].verdict ||
		    strstr(got.evidence[0].reason, worlds[i].reason) == NULL)
			fail_msg("%s: verdict %d, \"%s\"", worlds[i].title, (int)got.verdict,
				 got.evidence[0].reason);
		assert_int_equal(got.n_evidence, 1);
		assert_true(got.probability == (got.verdict == VERDICT_FLUX ? 1 : 0));
		judge_world(&worlds[i], 1234567, true, &other);
		assert_int_equal(other.verdict, got.verdict);
		assert_string_equal(other.evidence[0].reason, got.evidence[0].reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_link_as_the_slow_way),
		cmocka_unit_test(test_link_borders),
		cmocka_unit_test(test_a_quarter_joins),
		cmocka_unit_test(test_link_is_bounded),
		cmocka_unit_test(test_worlds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
