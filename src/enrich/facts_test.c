/* SPDX-License-Identifier: Apache-2.0 */
/* facts_test.c -- names as they are kept, and which of two stays. */
#include "enrich/facts.h"

#include "base/stamp.h"
#include "enrich/enrich_test.h"

static const struct {
	const char *in, *kept; /* NULL: not noted */
} names[] = {
	{"Example", "Example"},
	{"  Example  ", "Example"},
	{"", NULL},
	{" \t\n", NULL},
	{"a\x1b[31mb", "a [31mb"},
	{"a\x7f"
	 "b",
	 "a b"},
	{"\xff\xfe", "\xff\xfe"},
};

static void kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct facts f = {0};
		const char *got;

		assert_int_equal(facts_name(&f, 7, names[i].in, strlen(names[i].in)), OK);
		facts_sort_names(&f);
		got = facts_name_of(&f, 7);
		if (names[i].kept == NULL)
			assert_null(got);
		else
			assert_string_equal(got, names[i].kept);
		facts_fini(&f);
	}
}

static void first_stays(void **state)
{
	struct facts f = {0};
	char name[16];

	(void)state;
	for (uint32_t i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "n%u", i);
		assert_int_equal(facts_name(&f, 1 + i * 7919 % 1000, name, strlen(name)), OK);
	}
	assert_int_equal(facts_name(&f, 0, "nobody", 6), OK);
	facts_sort_names(&f);
	assert_int_equal(f.n_names, 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "n%u", i);
		assert_string_equal(facts_name_of(&f, 1 + i * 7919 % 1000), name);
	}
	assert_null(facts_name_of(&f, 0));
	assert_null(facts_name_of(&f, 1001));
	facts_fini(&f);
}

static void repeats_cost_nothing(void **state)
{
	struct facts f = {0};

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(facts_name(&f, 7, "same", 4), OK);
	assert_int_equal(f.n_names, 1);
	assert_int_equal(facts_name(&f, 8, "same", 4), OK);
	assert_int_equal(f.n_names, 2);
	facts_fini(&f);
}

static void titles(void **state)
{
	struct facts f = {.made_ns = 1667001600 * NS_PER_SECOND};
	char text[300];

	(void)state;
	facts_title(&f, "libloc");
	assert_string_equal(f.title, "libloc 2022-10-29");
	f.made_ns = STAMP_NONE;
	facts_title(&f, "two\nlines");
	assert_string_equal(f.title, "two");
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	f.made_ns = 0;
	facts_title(&f, text);
	assert_int_equal(strlen(f.title), 60 + strlen(" 1970-01-01"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept),
		cmocka_unit_test(first_stays),
		cmocka_unit_test(repeats_cost_nothing),
		cmocka_unit_test(titles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
