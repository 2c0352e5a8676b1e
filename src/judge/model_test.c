/* SPDX-License-Identifier: Apache-2.0 */
/* model_test.c -- the table of classes is one of probabilities, and the features fit where they can be seen.
 */
#include "judge/model.h"

#include <math.h>

#include "judge/made_view.h"

static bool is_one(const double *share, unsigned n)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!(share[i] > 0 && share[i] <= 1)) /* a 0 would make one observation a proof */
			return false;
		sum += share[i];
	}
	return fabs(sum - 1) < 1e-9;
}

static void test_classes(void **state)
{
	(void)state;
	for (unsigned c = 0; c < CLASSES; c++) {
		const struct class_model *m = &parameters_own.class[c];

		if (m->name == NULL || !is_one(m->kind, NET_KINDS) || !is_one(m->ns_kind, NET_KINDS) ||
		    !is_one(m->answer, 4) || !is_one(m->ns_networks, 5))
			fail_msg("class %u: a row that is no distribution", c);
		assert_true(m->weight > 0 && m->weight <= 1);
		assert_true(m->networks_sd > 0 && m->moved.a > 0 && m->moved.b > 0);
		assert_true(m->size_sd > 0 && m->ttl_sd > 0 && m->ns_shared > 0 && m->ns_shared < 1);
		assert_true((strcmp(m->name, "flux") == 0) == (c >= CLASS_HONEST));
	}
}

static void test_features_have_words(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FEATURES; i++) {
		const struct feature_info *f = feature_info((enum feature)i);

		assert_true(f->name != NULL && f->name[0] != 0 && f->unit != NULL && f->meaning != NULL);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(f->name, feature_info((enum feature)k)->name);
	}
}

#define BIT(f) (1u << FEATURE_##f)

static const struct {
	const char *title;
	struct seen seen[2];
	unsigned has;
} rows[] = {
	{"one address, once",
	 {{.flags = RECURSIVE, .message = "a.com A | a a.com 60 A 20.0.1.1"}},
	 BIT(MEMBER_KIND) | BIT(SIZE) | BIT(ANSWER) | BIT(TTL)},
	{"of no known network",
	 {{.flags = RECURSIVE, .message = "a.com A | a a.com 60 A 20.245.1.1"}},
	 BIT(SIZE) | BIT(ANSWER) | BIT(TTL)},
	{"two of one /24 are one place",
	 {{.flags = RECURSIVE, .message = "a.com A | a a.com 60 A 20.0.1.1 | a a.com 60 A 20.0.1.2"}},
	 BIT(MEMBER_KIND) | BIT(SIZE) | BIT(ANSWER) | BIT(TTL)},
	{"two addresses, twice",
	 {{.flags = RECURSIVE, .message = "a.com A | a a.com 60 A 20.0.1.1"},
	  {.at_s = 90, .flags = RECURSIVE, .message = "a.com A | a a.com 60 A 20.1.1.1"}},
	 BIT(MEMBER_KIND) | BIT(SPREAD) | BIT(SIZE) | BIT(TURNOVER) | BIT(ANSWER) | BIT(TTL)},
	{"the same as an aggregate, which knows no single answers",
	 {{.flags = RECURSIVE, .message = "a.com A | a a.com 60 A 20.0.1.1", .lacks = LACK_LOOKUPS},
	  {.at_s = 90,
	   .flags = RECURSIVE,
	   .message = "a.com A | a a.com 60 A 20.1.1.1",
	   .lacks = LACK_LOOKUPS}},
	 BIT(MEMBER_KIND) | BIT(SPREAD) | BIT(SIZE) | BIT(TTL)},
	{"without TTLs",
	 {{.flags = RECURSIVE, .message = "a.com A | a a.com 60 A 20.0.1.1", .lacks = LACK_TTL}},
	 BIT(MEMBER_KIND) | BIT(SIZE) | BIT(ANSWER)},
	{"with servers",
	 {{.flags = RECURSIVE,
	   .message = "a.com A | a a.com 60 A 20.0.1.1 | n a.com 900 NS n.b.net | d n.b.net 60 A 20.1.1.1"}},
	 BIT(MEMBER_KIND) | BIT(SIZE) | BIT(ANSWER) | BIT(TTL) | BIT(SERVER_KIND) | BIT(SERVER_SPREAD) |
		 BIT(SERVER_SHARED)},
};

static void test_what_can_be_seen(void **state)
{
	struct nets *nets = made_nets(false);
	struct view_context context = {.nets = nets};
	struct judge j = {.nets = nets};
	struct view v = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct profiles *p = made_served(nets);
		unsigned has = 0;
		struct fit fit;

		made_see(p, rows[i].seen, rows[i].seen[1].message == NULL ? 1 : 2);
		made_view(&v, p, "a.com", &context);
		model_fit(&j, &v, &fit);
		for (unsigned f = 0; f < FEATURES; f++) {
			has |= fit.has[f] ? 1u << f : 0;
			for (unsigned k = 0; fit.has[f] && k < CLASSES; k++)
				assert_true(isfinite(fit.of[f][k]) && fit.of[f][k] > 0);
		}
		if (has != rows[i].has)
			fail_msg("%s: %x, not %x", rows[i].title, has, rows[i].has);
		made_profiles_close(p);
	}
	view_fini(&v);
	nets_close(nets);
}

/* A database is believed less the further it is from the capture, either way, and never not at all. */
static void test_trust(void **state)
{
	struct nets *nets = made_nets(false);
	int64_t made = nets_made_ns(nets), year = 31557600 * NS_PER_SECOND;

	(void)state;
	assert_true(model_trust(&parameters_own, NULL, made) == 0);
	assert_true(fabs(model_trust(&parameters_own, nets, made) - 1) < 1e-9);
	assert_true(fabs(model_trust(&parameters_own, nets, made - year) - 0.94) < 1e-6);
	assert_true(fabs(model_trust(&parameters_own, nets, made + 2 * year) - 0.88) < 1e-6);
	assert_true(fabs(model_trust(&parameters_own, nets, made - 50 * year) - 0.30) < 1e-9);
	nets_close(nets);
}

/* The evidence, in decibans, of a domain whose members accused domains use too. */
static double marked_db(unsigned n, unsigned marked, unsigned partners, unsigned accused)
{
	struct view_member members[200] = {{{{0}}, .users = 0}};
	struct domain d = {.first_ns = 1};
	struct view v = {.domain = &d,
			 .members = members,
			 .n_members = n,
			 .partners = partners,
			 .accused_partners = accused};
	struct judge j = {.nets = NULL};
	struct fit fit;

	for (unsigned i = 0; i < marked; i++)
		members[i].accused_users = 1;
	model_fit(&j, &v, &fit);
	assert_true(fit.has[FEATURE_SHARED]);
	return MODEL_DECIBANS * log(fit.of[FEATURE_SHARED][CLASS_FLUX] / fit.of[FEATURE_SHARED][CLASS_CDN]);
}

static double shared_db(unsigned partners, unsigned accused)
{
	return marked_db(20, 20, partners, accused);
}

/* The more is shared the more it speaks for flux; that little is, is flux of another network too. */
static void test_members_shared_by_chance(void **state)
{
	double least = 10 * log10(parameters_own.accused_alone), before = -INFINITY;

	(void)state;
	assert_true(marked_db(200, 1, 0, 0) >= least && marked_db(200, 1, 0, 0) < least + 2);
	for (unsigned marked = 1; marked <= 20; marked++) {
		double now = marked_db(20, marked, 0, 0);

		assert_true(now >= before);
		before = now;
	}
}

/* Marks of one domain among many that draw from the same members prove little; of most of them, no more than
 * marks are worth. */
static void test_partners(void **state)
{
	const struct parameters *p = &parameters_own;
	double most = 10 * log10((1 - p->accused_alone) / p->accused_wrongly), before = most;

	(void)state;
	assert_true(shared_db(0, 0) > most - 1 && shared_db(0, 0) <= most);
	assert_true(shared_db(19, 19) == shared_db(0, 0) && shared_db(200, 180) == shared_db(0, 0));
	for (unsigned accused = 14; accused > 0; accused -= 2) {
		double now = shared_db(20, accused);

		assert_true(now <= before);
		before = now;
	}
	for (unsigned accused = 5; accused < 14; accused++) /* of 42: every one counts, without steps */
		assert_true(shared_db(42, accused + 1) > shared_db(42, accused));
	assert_true(shared_db(20, 1) < most - 10);
	assert_true(shared_db(3, 1) > most - 5); /* of three, one is no sign of chance */
}

/* A name that says nothing of its network's kind says nothing of the domain, though most networks are of
 * homes. */
static void test_names_that_say_nothing(void **state)
{
	struct nets *nets = made_nets_of("Xyz");
	struct view_cluster cluster = {.net = 1, .hosts = 1, .host_members = 1};
	struct domain domain = {.first_ns = nets_made_ns(nets)};
	struct view v = {.domain = &domain, .clusters = &cluster, .n_clusters = 1};
	struct judge j = {.nets = nets};
	struct fit fit;

	(void)state;
	model_fit(&j, &v, &fit);
	assert_int_equal(fit.inputs.hosts.n, 1);
	/* what is left is what the size of its space says */
	for (unsigned k = 0; k < CLASSES; k++)
		assert_true(fabs(10 * log10(fit.of[FEATURE_MEMBER_KIND][k])) < 1.5);
	nets_close(nets);
}

/* What a weak feature says between two classes, decibans, when so much of it counts. */
static double weak_db(enum feature f, unsigned which, double counts)
{
	static const struct seen seen = {
		.flags = RECURSIVE, .message = "a.com A | a a.com 60 A 20.0.1.1 | a a.com 60 A 20.1.1.1"};
	struct nets *nets = made_nets(false);
	struct view_context context = {.nets = nets};
	struct parameters p = parameters_own;
	struct judge j = {.nets = nets, .parameters = &p};
	struct profiles *profiles = made_served(nets);
	struct view v = {0};
	struct fit fit;

	p.counts[which] = counts;
	made_see(profiles, &seen, 1);
	made_view(&v, profiles, "a.com", &context);
	model_fit(&j, &v, &fit);
	made_profiles_close(profiles);
	view_fini(&v);
	nets_close(nets);
	return MODEL_DECIBANS * log(fit.of[f][CLASS_ORDINARY] / fit.of[f][CLASS_PEER_SEEDS]);
}

static void test_weak_features_count_in_part(void **state)
{
	static const enum feature weak[COUNTS] = {
		[COUNTS_SIZE] = FEATURE_SIZE, [COUNTS_ANSWER] = FEATURE_ANSWER};

	(void)state;
	for (unsigned i = 0; i < COUNTS; i++) {
		double whole = weak_db(weak[i], i, 1);

		assert_true(fabs(whole) > 1);
		assert_true(fabs(weak_db(weak[i], i, 0.25) - whole / 4) < 1e-9);
		assert_true(weak_db(weak[i], i, 0) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_features_have_words),
		cmocka_unit_test(test_what_can_be_seen),
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_members_shared_by_chance),
		cmocka_unit_test(test_partners),
		cmocka_unit_test(test_names_that_say_nothing),
		cmocka_unit_test(test_weak_features_count_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
