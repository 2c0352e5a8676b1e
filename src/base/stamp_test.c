/* SPDX-License-Identifier: Apache-2.0 */
/* stamp_test.c -- moments and spans, to text and back, by tables. */
#include "base/stamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

static void read_and_write(void **state)
{
	static const struct {
		const char *in, *out; /* out NULL: refused */
	} rows[] = {
		{"2009-03-12T22:00:54Z", "2009-03-12T22:00:54Z"},
		{"2021-06-06T15:59:46.457984+0200", "2021-06-06T13:59:46.457984Z"},
		{"2018-03-24T17:15:20.865716Z", "2018-03-24T17:15:20.865716Z"},
		{"2018-02-22 17:52:15.930407047", "2018-02-22T17:52:15.930407047Z"},
		{"2024-02-29T00:00:00-01:30", "2024-02-29T01:30:00Z"},
		{"2024-02-29", "2024-02-29T00:00:00Z"},
		{"1521911720.865716", "2018-03-24T17:15:20.865716Z"},
		{"0", "1970-01-01T00:00:00Z"},
		{"1.5", "1970-01-01T00:00:01.500Z"},
		{"2106-02-07T06:28:15Z", "2106-02-07T06:28:15Z"},
		{"", NULL},
		{"x", NULL},
		{"1.", NULL},
		{"1e9", NULL},
		{"2024-13-01", NULL},
		{"-5", NULL},
		{"2024-01-01T", NULL},
		{"2024-01-01T10:00:00Zx", NULL},
		{"99999999999", NULL},
		{"1969-01-01", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t t = 7;
		char text[STAMP_TEXT_MAX];
		enum err e = stamp_from_text(rows[i].in, strlen(rows[i].in), &t);

		if (rows[i].out == NULL) {
			if (e == OK || t != 7)
				fail_msg("'%s' was taken", rows[i].in);
			continue;
		}
		assert_int_equal(e, OK);
		stamp_to_text(t, text);
		assert_string_equal(text, rows[i].out);
	}
}

static void spans(void **state)
{
	int64_t ns;
	char text[STAMP_TEXT_MAX];

	(void)state;
	assert_int_equal(span_from_text("90", &ns), OK);
	assert_true(ns == 90 * NS_PER_SECOND);
	assert_int_equal(span_from_text("7d", &ns), OK);
	assert_true(ns == 7 * 86400 * NS_PER_SECOND);
	assert_int_equal(span_from_text("5w", &ns), E_FORMAT);
	assert_int_equal(span_from_text("5mm", &ns), E_FORMAT);
	assert_int_equal(span_from_text("", &ns), E_FORMAT);
	span_to_text(1267 * NS_PER_SECOND, text);
	assert_string_equal(text, "21m 7s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(read_and_write), cmocka_unit_test(spans)};

	return cmocka_run_group_tests_name("stamp", tests, NULL, NULL);
}
