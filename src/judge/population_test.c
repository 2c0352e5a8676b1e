/* SPDX-License-Identifier: Apache-2.0 */
/* population_test.c -- that what a class thinks of its population is a distribution, and that members tell
 * it. */
#include "judge/made_view.h"

#include <math.h>

#include "judge/model.h"

enum { MEMBERS = 24 };

static const struct class_model *class_of(enum model_class c)
{
	return &parameters_own.class[c];
}

static void test_shares_of_homes(void **state)
{
	(void)state;
	for (unsigned c = 0; c < CLASSES; c++) {
		double weights[CLASS_HOMES_STEPS], sum = 0, mean = 0;

		model_homes_weights(&parameters_own, model_host_kinds(class_of(c)), weights);
		for (unsigned i = 0; i < CLASS_HOMES_STEPS; i++) {
			assert_true(weights[i] >= parameters_own.strange / CLASS_HOMES_STEPS);
			sum += weights[i];
			mean += weights[i] * model_step_homes(i);
		}
		assert_true(fabs(sum - 1) < 1e-9);
		if (fabs(mean - class_of(c)->kind[NET_CONSUMER]) > 0.1)
			fail_msg("%s: homes %g, not %g", class_of(c)->name, mean,
				 class_of(c)->kind[NET_CONSUMER]);
	}
}

/* The number of ways to part n members into d lists (Lah), which model_spread leaves out. */
static double lah(unsigned n, unsigned d)
{
	double ways = 1;

	for (unsigned i = 0; i < d - 1; i++)
		ways *= (n - 1.0 - i) / (i + 1.0); /* C(n - 1, d - 1) */
	for (unsigned i = d + 1; i <= n; i++)
		ways *= i; /* n! / d! */
	return ways;
}

static void test_numbers_of_networks_add_up(void **state)
{
	(void)state;
	for (unsigned c = 0; c < CLASSES; c++) {
		double sum = 0;

		for (unsigned d = 1; d <= MEMBERS; d++)
			sum += model_spread(&parameters_own, class_of(c), d, MEMBERS) * lah(MEMBERS, d) /
			       pow(MEMBERS + 1.0, MEMBERS - d);
		if (fabs(sum - 1) > 1e-6)
			fail_msg("%s: %g, not 1", class_of(c)->name, sum);
	}
}

static double for_flux_db(enum model_class rival, unsigned networks)
{
	return MODEL_DECIBANS * log(model_spread(&parameters_own, class_of(CLASS_FLUX), networks, MEMBERS) /
				    model_spread(&parameters_own, class_of(rival), networks, MEMBERS));
}

static void test_spread_speaks(void **state)
{
	(void)state;
	assert_true(for_flux_db(CLASS_ORDINARY, MEMBERS) > 10);
	assert_true(for_flux_db(CLASS_ORDINARY, 1) < -10);
	assert_true(for_flux_db(CLASS_PEER_CDN, MEMBERS) > for_flux_db(CLASS_PEER_CDN, MEMBERS / 3));
	assert_true(fabs(for_flux_db(CLASS_VOLUNTEER_POOL, MEMBERS)) < 10); /* both live everywhere */
}

/* The evidence of the members' stay, flux against a rival whose members stay for years. */
static double life_db(const struct service *s)
{
	struct nets *nets = made_nets(false);
	struct view_context context = {.nets = nets};
	struct judge j = {.nets = nets};
	struct profiles *p = made_served(nets);
	struct view v = {0};
	struct fit f;
	double db;

	made_serve(p, s);
	made_view(&v, p, s->domain, &context);
	model_fit(&j, &v, &f);
	db = !f.has[FEATURE_LIFE] ? 0
				  : MODEL_DECIBANS * log(f.of[FEATURE_LIFE][CLASS_FLUX] /
							 f.of[FEATURE_LIFE][CLASS_VOLUNTEER_POOL]);
	view_fini(&v);
	made_profiles_close(p);
	nets_close(nets);
	return db;
}

static void test_stay_speaks(void **state)
{
	/* all the same eight for two days, eight an answer; and one answer alone */
	struct service stays = {.domain = "a.com",
				.hosts = {HOMES, 8, 8, 0},
				.looks = 48,
				.answer = 8,
				.ttl = 300,
				.gap_s = 3600};
	struct service once = {.domain = "a.com",
			       .hosts = {HOMES, 8, 8, 0},
			       .looks = 1,
			       .answer = 8,
			       .ttl = 300,
			       .gap_s = 3600};

	(void)state;
	assert_true(life_db(&stays) < 0);
	assert_true(life_db(&once) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares_of_homes),
		cmocka_unit_test(test_numbers_of_networks_add_up),
		cmocka_unit_test(test_spread_speaks),
		cmocka_unit_test(test_stay_speaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
