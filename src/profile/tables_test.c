/* SPDX-License-Identifier: Apache-2.0 */
/* tables_test.c -- what is kept of a domain, and what goes into sketches; when a set makes room for another.
 */
#include "profile/made_profile.h"

#define R RECURSIVE

/* Shows `n` messages made from `format`, whose numbers are all the row's. */
__attribute__((format(printf, 3, 0))) static void see_many(struct profiles *s, unsigned n, const char *format)
{
	for (unsigned i = 0; i < n; i++) {
		char text[400];
		struct seen row = {.at_s = i, .flags = R, .message = text};

		snprintf(text, sizeof text, format, i, i, i / 250, i % 250);
		made_see(s, &row, 1);
	}
}

static const struct domain *known(struct profiles *s, const char *domain, struct partition **p)
{
	uint32_t number;

	*p = made_find(s, domain, &number);
	assert_non_null(*p);
	return &(*p)->domains[number];
}

static void test_foreign_owners_are_few(void **state)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7});
	const struct domain *d;
	struct partition *p;

	(void)state;
	see_many(s, 200, "w.x%u.net A | a w.x%u.net 60 CNAME v.a.com | a v.a.com 60 A 1.0.%u.%u");
	see_many(s, 100, "w%u.a.com A | a w%u.a.com 60 A 1.1.%u.%u");
	d = known(s, "a.com", &p);
	assert_int_equal(d->n_foreign, DOMAIN_FOREIGN_MAX);
	assert_int_equal(d->n_owners, DOMAIN_FOREIGN_MAX + 1 + 100);
	assert_int_equal(d->more_owners, NONE); /* they are no names of the domain, so they count nowhere */
	assert_int_equal(d->answers, 300);
	made_profiles_close(s);
}

static bool within(uint64_t got, double expected, double share)
{
	return (double)got >= expected * (1 - share) && (double)got <= expected * (1 + share);
}

static void test_names_over_the_limit_are_estimated(void **state)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7, .owners_max = 50});
	const struct domain *d;
	struct partition *p;

	(void)state;
	for (unsigned twice = 0; twice < 2; twice++)
		see_many(s, 5000, "w%u.a.com A | a w%u.a.com 60 A 1.0.%u.%u");
	d = known(s, "a.com", &p);
	assert_int_equal(d->n_owners, 50);
	assert_int_not_equal(d->more_owners, NONE);
	assert_true(within(sketch_count(&p->sketches[d->more_owners]), 4950, 0.2));
	made_profiles_close(s);
}

static void test_addresses_over_the_limit_are_estimated(void **state)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7, .pairs_max = 40});
	const struct domain *d;
	struct partition *p;

	(void)state;
	see_many(s, 3000, "a.com A | a a.com 9%u A 1.0.0.1 | a a.com 9%u A 1.1.%u.%u");
	d = known(s, "a.com", &p);
	assert_int_equal(d->n_pairs, 40);
	assert_true(within(sketch_count(&p->sketches[d->more_pairs]), 2961, 0.2));
	partition_settle(p, (uint32_t)(d - p->domains));
	assert_int_equal(p->pairs[0].count, 3000); /* what is kept loses no look-up by it */
	made_profiles_close(s);
}

/* The share of memory bounds one domain, even in a partition without a trim. */
static void test_limits_follow_the_memory(void **state)
{
	static const struct {
		size_t memory_bytes;
		uint32_t owners, pairs;
	} limits[] = {
		{0, DOMAIN_OWNERS_MAX, DOMAIN_PAIRS_MAX},
		{(size_t)1 << 30, DOMAIN_OWNERS_MAX, DOMAIN_PAIRS_MAX},
		{400000, 500, 1000},
		{4000, 5, 10},
	};

	(void)state;
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct profile_config c = {.memory_bytes = limits[i].memory_bytes};

		profile_config_limits(&c);
		assert_int_equal(c.domain_owners_max, limits[i].owners);
		assert_int_equal(c.domain_pairs_max, limits[i].pairs);
	}
}

/* ---- sets ---- */

static const struct {
	const char *title;
	unsigned first, ttl; /* so many sets, one second apart */
	unsigned at_s;       /* then one more */
	unsigned kept;
} set_rows[] = {
	{"few are kept though all are long dead", OWNER_SETS_KEPT - 1, 10, 100000, OWNER_SETS_KEPT},
	{"enough, and dead: one is used again", OWNER_SETS_KEPT, 10, 100000, OWNER_SETS_KEPT},
	{"a cache still holds them", OWNER_SETS_KEPT, 3600, 1000, OWNER_SETS_KEPT + 1},
	{"many that a cache holds", 40, 3600, 1000, 41},
	{"many dead", 40, 10, 100000, 40},
	{"the first look: it died 61 seconds before", OWNER_SETS_KEPT, 10, 78, OWNER_SETS_KEPT},
	{"the fourth look finds one", OWNER_SETS_KEPT, 10, 75, OWNER_SETS_KEPT},
	{"late records may still tell of the four newest", OWNER_SETS_KEPT, 10, 74, OWNER_SETS_KEPT + 1},
};

static void see_set(struct profiles *s, unsigned at_s, unsigned ttl, unsigned which)
{
	char text[100];
	struct seen row = {.at_s = at_s, .flags = R, .message = text};

	snprintf(text, sizeof text, "a.com A | a a.com %u A 1.0.%u.%u", ttl, which / 250, which % 250 + 1);
	made_see(s, &row, 1);
}

static void test_sets_are_kept_while_a_cache_holds_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof set_rows / sizeof *set_rows; i++) {
		struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7});
		const struct domain *d;
		const struct owner *w;
		struct partition *p;

		for (unsigned k = 0; k < set_rows[i].first; k++)
			see_set(s, k, set_rows[i].ttl, k);
		see_set(s, set_rows[i].at_s, set_rows[i].ttl, set_rows[i].first);
		d = known(s, "a.com", &p);
		w = &p->owners[d->owners];
		if (w->n_sets != set_rows[i].kept)
			fail_msg("%s: %u sets", set_rows[i].title, w->n_sets);
		assert_int_equal(p->n_sets, set_rows[i].kept);
		assert_int_equal(w->n_pairs, set_rows[i].first + 1);
		made_profiles_close(s);
	}
}

/* Whatever sets come and go, each look-up reaches its pair, and a set that comes again finds its pair. */
static void test_counts_outlive_sets(void **state)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7});
	const struct domain *d;
	struct partition *p;
	uint32_t number;
	unsigned n = 0;

	(void)state;
	for (unsigned round = 0; round < 5; round++)
		for (unsigned k = 0; k < 50; k++)
			see_set(s, (round * 50 + k) * 100, 10, k);
	d = known(s, "a.com", &p);
	number = (uint32_t)(d - p->domains);
	partition_settle(p, number);
	for (uint32_t i = p->owners[d->owners].pairs; i != NONE; i = p->pairs[i].next, n++)
		assert_int_equal(p->pairs[i].count, 5);
	assert_int_equal(n, 50);
	assert_int_equal(d->answers, 250);
	assert_true(p->n_sets < 20);
	assert_int_equal(p->by_set.used, p->n_sets);
	made_profiles_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign_owners_are_few),
		cmocka_unit_test(test_names_over_the_limit_are_estimated),
		cmocka_unit_test(test_addresses_over_the_limit_are_estimated),
		cmocka_unit_test(test_limits_follow_the_memory),
		cmocka_unit_test(test_sets_are_kept_while_a_cache_holds_them),
		cmocka_unit_test(test_counts_outlive_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
