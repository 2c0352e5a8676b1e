/* SPDX-License-Identifier: Apache-2.0 */
/* addr_test.c -- text forms, prefixes and special ranges, by tables. */
#include "base/addr.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka wants the two above first */
#include <cmocka.h>

static const struct {
	const char *text;
	bool special;
} rows[] = {
	{"8.8.8.8", false},          {"10.1.2.3", true},
	{"100.63.0.1", false},       {"100.64.0.1", true},
	{"172.15.0.1", false},       {"172.31.9.9", true},
	{"192.0.2.53", true},        {"198.20.0.1", false},
	{"224.0.0.1", true},         {"255.255.255.255", true},
	{"223.255.0.1", false},      {"0.0.0.0", true},
	{"2a02:250:0:8::53", false}, {"2001:db8::1", true},
	{"fe80::1", true},           {"::1", true},
	{"2002::1", true},           {"2001:0:1::", true},
	{"2001:4860::1", false},
};

static void special(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct addr a;
		char back[ADDR_TEXT_MAX];

		assert_int_equal(addr_from_text(rows[i].text, strlen(rows[i].text), &a), OK);
		addr_to_text(&a, back);
		assert_string_equal(back, rows[i].text);
		if (addr_is_special(&a) != rows[i].special)
			fail_msg("%s: special is %d", rows[i].text, !rows[i].special);
	}
}

static void refused(void **state)
{
	static const char *const bad[] = {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "g::1", "1.2.3.4 "};
	struct addr a;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(addr_from_text(bad[i], strlen(bad[i]), &a), E_FORMAT);
}

static void prefix(void **state)
{
	static const struct {
		const char *from;
		unsigned bits;
		const char *to;
	} p[] = {{"1.2.3.4", 24, "1.2.3.0"},
		 {"1.2.3.255", 25, "1.2.3.128"},
		 {"1.2.3.4", 32, "1.2.3.4"},
		 {"2a02:250:1234:5678::1", 56, "2a02:250:1234:5600::"},
		 {"2a02::1", 128, "2a02::1"}};

	(void)state;
	for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
		struct addr a, b;
		char text[ADDR_TEXT_MAX];

		assert_int_equal(addr_from_text(p[i].from, strlen(p[i].from), &a), OK);
		b = addr_prefix(&a, p[i].bits);
		addr_to_text(&b, text);
		assert_string_equal(text, p[i].to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(special), cmocka_unit_test(refused),
					   cmocka_unit_test(prefix)};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
