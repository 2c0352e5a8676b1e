/* SPDX-License-Identifier: Apache-2.0 */
/* parameters_test.c -- the table names every number of the struct once, and takes none that is out of its
 * limits. */
#include "judge/parameters.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static size_t size_of(enum parameter_type type)
{
	return type == PARAMETER_NUMBER  ? sizeof(double)
	       : type == PARAMETER_WHOLE ? sizeof(unsigned)
					 : sizeof(bool);
}

/* All of the struct is described once, but for the names of classes, the score of other methods, and padding.
 */
static void test_all_are_named_once(void **state)
{
	static bool taken[sizeof(struct parameters)];
	size_t left = sizeof taken - CLASSES * sizeof(char *) - sizeof(bool);
	struct parameter p, found;

	(void)state;
	for (size_t i = 0; parameter_at(i, &p); i++) {
		assert_true(strlen(p.name) < PARAMETER_NAME_MAX - 1 && strlen(p.info->unit) != 0);
		assert_true(strlen(p.info->meaning) != 0 && strlen(p.source) != 0);
		assert_true(strpbrk(p.info->meaning, "\"\\") == NULL && strpbrk(p.source, "\"\\") == NULL);
		for (size_t at = p.offset; at < p.offset + size_of(p.type); at++) {
			if (taken[at])
				fail_msg("%s describes what another does", p.name);
			taken[at] = true;
			left--;
		}
		assert_true(parameter_find(p.name, &found));
		if (found.offset != p.offset)
			fail_msg("%s is there twice", p.name);
	}
	assert_true(left < 2 * sizeof(double)); /* padding */
	assert_false(parameter_find("class.flux.kind", &found));
	assert_false(parameter_find("", &found));
}

static void test_own_values_are_sound(void **state)
{
	struct parameters copy = parameters_own;
	struct parameter p;
	struct diag d = {{0}};

	(void)state;
	for (size_t i = 0; parameter_at(i, &p); i++) {
		double v = parameter_get(&parameters_own, &p);

		if (parameter_set(&copy, &p, v, &d) != OK)
			fail_msg("%s", d.text);
		assert_true(parameter_get(&copy, &p) == v);
	}
	assert_int_equal(parameters_check(&parameters_own, &d), OK);
	assert_ptr_equal(parameters_or_own(NULL), &parameters_own);
	assert_ptr_equal(parameters_or_own(&copy), &copy);
}

static void test_limits(void **state)
{
	static const struct {
		const char *name;
		double value;
		const char *says; /* NULL: it is taken */
	} rows[] = {
		{"accuse_db", 0, NULL},
		{"accuse_db", -0.1, "accuse_db is from 0 to 1000, not -0.1"},
		{"accuse_db", NAN, "from 0 to 1000"},
		{"accuse_db", INFINITY, "from 0 to 1000"},
		{"homes_least", 5, NULL},
		{"homes_least", 4.5, "homes_least is a whole number, not 4.5"},
		{"feature.ttl.used", 0, NULL},
		{"feature.ttl.used", 0.5, "whole number"},
		{"class.cdn.weight", 0, NULL},
		{"class.cdn.weight", 1.1, "from 0 to 1"},
		{"class.flux.kind.consumer", 0, "from 0.0001 to 0.9999"},
		{"class.flux-ns.ns_among", 1, "from 0.0001 to 0.9999"},
		{"class.unknown.size_sd", 0, "from 0.1 to 20"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct parameters p = parameters_own;
		struct parameter which;
		struct diag d = {{0}};
		enum err e;

		assert_true(parameter_find(rows[i].name, &which));
		e = parameter_set(&p, &which, rows[i].value, &d);
		assert_int_equal(e, rows[i].says == NULL ? OK : E_RANGE);
		if (rows[i].says != NULL && strstr(d.text, rows[i].says) == NULL)
			fail_msg("%s, not %s", d.text, rows[i].says);
		assert_true(parameter_get(&p, &which) ==
			    (e == OK ? rows[i].value : parameter_get(&parameters_own, &which)));
	}
}

static void test_what_goes_together(void **state)
{
	struct parameters p = parameters_own;
	struct diag d = {{0}};

	(void)state;
	p.class[CLASS_FLUX_DOUBLE].answer[3] += 0.002;
	assert_int_equal(parameters_check(&p, &d), E_RANGE);
	assert_string_equal(d.text, "the parts of class.flux-double.answer add up to 1.002, not to 1");
	p = parameters_own;
	p.ns_among_networks[0] = 0.1;
	assert_int_equal(parameters_check(&p, &d), E_RANGE);
	p = parameters_own;
	for (unsigned k = 0; k < CLASS_HONEST; k++)
		p.class[k].weight = 0;
	assert_int_equal(parameters_check(&p, &d), E_RANGE);
	assert_non_null(strstr(d.text, "the honest classes have no weight"));
	p.class[CLASS_CDN].weight = 0.1;
	assert_int_equal(parameters_check(&p, &d), OK);
	for (unsigned k = CLASS_HONEST; k < CLASSES; k++)
		p.class[k].weight = 0;
	assert_int_equal(parameters_check(&p, &d), E_RANGE);
	assert_non_null(strstr(d.text, "the classes of flux have no weight"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_are_named_once),
		cmocka_unit_test(test_own_values_are_sound),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_what_goes_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
