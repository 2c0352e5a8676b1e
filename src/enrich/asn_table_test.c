/* SPDX-License-Identifier: Apache-2.0 */
/* asn_table_test.c -- lines of a table that are taken, passed over, or refused with their number. */
#include "enrich/asn_table.h"

#include <sys/time.h>

#include "base/stamp.h"
#include "enrich/enrich_test.h"
#include "enrich/facts.h"

enum { ANY = -1 };

static const struct {
	const char *text;
	int v4, v6;        /* ranges taken */
	const char *name;  /* of AS 64496; NULL: none */
	const char *error; /* NULL: read in good order */
} texts[] = {
	{"", 0, 0, NULL, NULL},
	{"192.0.2.0,192.0.2.255,64496,Example\n", 1, 0, "Example", NULL},
	{"192.0.2.0,192.0.2.255,64496,Example", 1, 0, "Example", NULL},
	{"192.0.2.0,192.0.2.255,64496,Example\r\n", 1, 0, "Example", NULL},
	{"192.0.2.0,192.0.2.255,64496,\"Example, \"\"Inc.\"\"\"\r\n", 1, 0, "Example, \"Inc.\"", NULL},
	{"2001:db8::,2001:db8::ffff,64496,\"A\"\n192.0.2.0,192.0.2.0,64496,B\n", 1, 1, "A", NULL},
	{"192.0.2.0,192.0.2.255,64496\n", 1, 0, NULL, NULL},
	{"192.0.2.0,192.0.2.255,64496,\n", 1, 0, NULL, NULL},
	{"192.0.2.0,192.0.2.255,0,Nobody\n", 1, 0, NULL, NULL},
	{"192.0.2.0,192.0.2.255,4294967295,Last\n", 1, 0, NULL, NULL},
	{"192.0.2.0,192.0.2.255,64496,  Blanks\tand\x01 more \n", 1, 0, "Blanks and  more", NULL},
	{"192.0.2.0,192.0.2.255,64496,N\xc3\xa4me\n", 1, 0, "N\xc3\xa4me", NULL},
	{"start,end,asn,name\n\n# remark\n\r\n192.0.2.0,192.0.2.255,64496,A\n", 1, 0, "A", NULL},
	{"192.0.2.0,192.0.2.255,64496,A\nstart,end,asn,name\n", ANY, ANY, "A", "t:2: "},
	{"192.0.2.0,192.0.2.255\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,192.0.2.255,64496,A,B\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,192.0.2.255,-1,A\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,192.0.2.255,AS64496,A\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,192.0.2.255,4294967296,A\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,192.0.2.255,00000064496,A\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,192.0.2.255,,A\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.255,192.0.2.0,64496,A\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,2001:db8::,64496,A\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,,64496,A\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,192.0.2.300,64496,A\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,192.0.2.255,64496,\"A\n192.0.2.0,192.0.2.255,64496,B\"\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,192.0.2.255,64496,\"A\"B\n", ANY, ANY, NULL, "t:1: "},
	{"192.0.2.0,192.0.2.255,64496,A\n\n\n1.2.3.4\n", ANY, ANY, "A", "t:4: "},
};

static const char *name_after(struct facts *f)
{
	facts_sort_names(f);
	return facts_name_of(f, 64496);
}

static void lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct diag d = {{0}};
		struct facts f = {0};
		enum err e = asn_table_read(&f, texts[i].text, strlen(texts[i].text), "t", &d);
		const char *name = name_after(&f);

		print_message("row %zu\n", i); /* a failure below is this row's */
		assert_int_equal(e, texts[i].error == NULL ? OK : E_FORMAT);
		if (texts[i].error != NULL)
			assert_memory_equal(d.text, texts[i].error, strlen(texts[i].error));
		if (texts[i].v4 != ANY)
			assert_true((int)f.ranges.v4.n == texts[i].v4 && (int)f.ranges.v6.n == texts[i].v6);
		if (texts[i].name == NULL)
			assert_null(name);
		else
			assert_string_equal(name, texts[i].name);
		facts_fini(&f);
	}
}

static void a_nul_is_an_octet_like_others(void **state)
{
	static const char text[] = "192.0.2.0,192.0.2.255,64496,A\0B\n192.0.2.0\0,192.0.2.255,64496,A\n";
	struct diag d = {{0}};
	struct facts f = {0};

	(void)state;
	assert_int_equal(asn_table_read(&f, text, sizeof text - 1, "t", &d), E_FORMAT);
	assert_memory_equal(d.text, "t:2: ", 5);
	assert_string_equal(name_after(&f), "A B");
	facts_fini(&f);
}

static void a_long_name_is_cut_before_a_character(void **state)
{
	char text[5000] = "192.0.2.0,192.0.2.255,64496,x";
	struct diag d = {{0}};
	struct facts f = {0};
	size_t len = strlen(text);

	(void)state;
	for (; len + 2 < sizeof text; len += 2)
		memcpy(text + len, "\xc3\xa4", 2);
	assert_int_equal(asn_table_read(&f, text, len, "t", &d), OK);
	assert_int_equal(strlen(name_after(&f)), FACTS_NAME_MAX - 1); /* x and 99 whole characters */
	facts_fini(&f);
}

static void files(void **state)
{
	static const char v4[] = "192.0.2.0,192.0.2.255,64496,Four\n",
			  v6[] = "2001:db8::,2001:db8::1,64497,Six\n";
	struct timeval old[2] = {{1000000000, 0}, {1000000000, 0}},
		       young[2] = {{1100000000, 0}, {1100000000, 0}};
	char folder[TEST_PATH_ROOM], a[TEST_PATH_ROOM], b[TEST_PATH_ROOM], both[2 * TEST_PATH_ROOM + 16];
	struct diag d = {{0}};
	struct facts f = {0};

	(void)state;
	make_folder(folder);
	write_file(folder, "four.csv", v4, sizeof v4 - 1, a);
	write_file(folder, "six.csv", v6, sizeof v6 - 1, b);
	assert_int_equal(utimes(a, young), 0);
	assert_int_equal(utimes(b, old), 0);
	snprintf(both, sizeof both, "%s,%s", a, b);
	assert_int_equal(asn_table_load(&f, both, &d), OK);
	assert_true(f.ranges.v4.n == 1 && f.ranges.v6.n == 1);
	assert_true(f.made_ns == 1100000000 * NS_PER_SECOND);
	assert_string_equal(f.title, "four.csv 2004-11-09");
	facts_fini(&f);

	snprintf(both, sizeof both, "%s,%s/none.csv", a, folder);
	assert_int_equal(asn_table_load(&f, both, &d), E_IO);
	assert_non_null(strstr(d.text, "none.csv: No such file"));
	facts_fini(&f);
	assert_int_equal(asn_table_load(&f, folder, &d), E_IO);
	facts_fini(&f);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(a_nul_is_an_octet_like_others),
		cmocka_unit_test(a_long_name_is_cut_before_a_character),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
