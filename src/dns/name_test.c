/* SPDX-License-Identifier: Apache-2.0 */
/* name_test.c -- names from the wire and from text, good and bad, by tables. */
#include "dns/name.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/cursor.h"

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static const struct {
	const uint8_t *wire;
	size_t len, from;
	enum err err;
	const char *text;
	size_t after;
} wire_rows[] = {
	{BYTES("\3wWw\7example\3com"), 0, E_SHORT, NULL, 0}, /* the root label is missing */
	{BYTES("\3wWw\7example\3com\0"), 0, OK, "www.example.com", 17},
	{BYTES("\0"), 0, OK, ".", 1},
	{BYTES("\1a\0\xc0\0"), 3, OK, "a", 5},
	{BYTES("\1a\0\1b\xc0\0!"), 3, OK, "b.a", 7},
	{BYTES("\1a\0\xc0\3"), 3, E_FORMAT, NULL, 0}, /* points at itself */
	{BYTES("\1a\xc0\0"), 0, E_FORMAT, NULL, 0},   /* a loop */
	{BYTES("\1a\0\xc0"), 3, E_SHORT, NULL, 0},    /* half a pointer */
	{BYTES("\1a\0\xff\xff"), 3, E_FORMAT, NULL, 0},
	{BYTES("\x40x\0"), 0, E_FORMAT, NULL, 0},     /* label type 01 */
	{BYTES("\x80x\0"), 0, E_FORMAT, NULL, 0},     /* label type 10 */
	{BYTES("\1a\0\x80\0"), 3, E_FORMAT, NULL, 0}, /* which is no pointer */
	{BYTES("\5ab"), 0, E_SHORT, NULL, 0},
	{BYTES("\4a.b\\\3\0\x7f \0"), 0, OK, "a\\.b\\\\.\\000\\127\\032", 10},
	{BYTES(""), 0, E_SHORT, NULL, 0},
};

static void from_wire(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wire_rows / sizeof *wire_rows; i++) {
		struct cursor c = cursor_over(wire_rows[i].wire, wire_rows[i].len);
		struct name n = {.len = 99};
		char text[NAME_TEXT_MAX];

		cursor_seek(&c, wire_rows[i].from);
		if (name_read(&c, &n) != wire_rows[i].err)
			fail_msg("row %zu: another outcome", i);
		if (wire_rows[i].err != OK) {
			assert_int_equal(n.len, 99);
			assert_int_equal(c.pos, wire_rows[i].from);
			continue;
		}
		name_to_text(n.octets, text);
		assert_string_equal(text, wire_rows[i].text);
		assert_int_equal(c.pos, wire_rows[i].after);
		assert_int_equal(name_wire_len(n.octets), n.len);
	}
}

/* 255 octets is a name, 256 is none; with labels of 63 and the rest. */
static void longest(void **state)
{
	uint8_t wire[300] = {0};
	struct name n, back;
	struct cursor c;
	char text[NAME_TEXT_MAX];

	(void)state;
	for (int extra = 61; extra <= 62; extra++) {
		size_t at = 0;

		for (int label = 0; label < 4; label++) {
			uint8_t len = (uint8_t)(label == 3 ? extra : 63);
			wire[at++] = len;
			memset(wire + at, 0xfe, len);
			at += len;
		}
		wire[at++] = 0;
		c = cursor_over(wire, at);
		assert_int_equal(name_read(&c, &n), extra == 61 ? OK : E_FORMAT);
		if (extra != 61)
			continue;
		assert_int_equal(n.len, 255);
		assert_int_equal(name_to_text(n.octets, text),
				 NAME_TEXT_MAX - 1 - 21); /* 250 octets, 3 dots */
		assert_int_equal(name_from_text(text, strlen(text), &back), OK);
		assert_true(name_equal(&n, &back));
	}
}

static void from_text(void **state)
{
	static const struct {
		const char *in, *out; /* out NULL: refused */
	} rows[] = {
		{"Example.COM.", "example.com"},
		{"example.com", "example.com"},
		{".", "."},
		{"a\\.b.c", "a\\.b.c"},
		{"a\\065.c", "aa.c"},
		{"\\000.x", "\\000.x"},
		{"", NULL},
		{"..", NULL},
		{".a", NULL},
		{"a..b", NULL},
		{"a\\", NULL},
		{"a\\25", NULL},
		{"a\\256", NULL},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL}, /* 64 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct name n;
		char text[NAME_TEXT_MAX];
		enum err e = name_from_text(rows[i].in, strlen(rows[i].in), &n);

		if (e != (rows[i].out == NULL ? E_FORMAT : OK))
			fail_msg("'%s': another outcome", rows[i].in);
		if (e != OK)
			continue;
		name_to_text(n.octets, text);
		assert_string_equal(text, rows[i].out);
	}
}

static void below(void **state)
{
	static const struct {
		const char *name, *zone;
		bool is;
	} rows[] = {{"a.b.c", "b.c", true}, {"b.c", "b.c", true}, {"ab.c", "b.c", false},
		    {"c", "b.c", false},    {"a.b", ".", true},   {"x.\\001b.c", "b.c", false}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct name n, z;

		assert_int_equal(name_from_text(rows[i].name, strlen(rows[i].name), &n), OK);
		assert_int_equal(name_from_text(rows[i].zone, strlen(rows[i].zone), &z), OK);
		assert_int_equal(name_is_below(n.octets, n.len, z.octets, z.len), rows[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(from_wire), cmocka_unit_test(longest),
					   cmocka_unit_test(from_text), cmocka_unit_test(below)};

	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
