/* SPDX-License-Identifier: Apache-2.0 */
/* psl_test.c -- registrable domains by a table, and against libpsl for every rule of Debian's list. */
#include "dns/psl.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka wants the two above first */
#include <cmocka.h>
#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "dns/name.h"
#include "dns/punycode.h"

#define DEBIAN_LIST "/usr/share/publicsuffix/public_suffix_list.dat"
#define TEXT(s)     (s), sizeof(s) - 1

static const char small_list[] = "\xef\xbb\xbf"
				 "COM to the end of the line is a remark\r\n"
				 "// net\n"
				 "\n"
				 "*.ck\n!www.ck\n"
				 "*.a.com\n"
				 "deep.er.b.com\n"
				 "\xe4\xb8\xad\xe5\x9b\xbd\n"
				 "*\n!\n*.\n*.*.x\na..b\n.lead\ntrail.\nwhat?\n\xff.y\n"
				 "arpa\nin-addr.arpa\nonion\n"
				 "private.example.com\n"
				 "last";

static const struct {
	const char *name;
	enum psl_kind kind;
	const char *domain;
} rows[] = {
	{".", PSL_SUFFIX, NULL},
	{"com", PSL_SUFFIX, NULL},
	{"x.com", PSL_DOMAIN, "x.com"},
	{"z.y.x.com", PSL_DOMAIN, "x.com"},
	{"net", PSL_UNKNOWN, NULL}, /* stands in a comment only */
	{"x.net", PSL_UNKNOWN, NULL},
	{"ck", PSL_SUFFIX, NULL},
	{"foo.ck", PSL_SUFFIX, NULL},
	{"bar.foo.ck", PSL_DOMAIN, "bar.foo.ck"},
	{"z.bar.foo.ck", PSL_DOMAIN, "bar.foo.ck"},
	{"www.ck", PSL_DOMAIN, "www.ck"},
	{"z.www.ck", PSL_DOMAIN, "www.ck"},
	{"a.com", PSL_SUFFIX, NULL}, /* the stem of a wildcard, as libpsl has it */
	{"x.a.com", PSL_SUFFIX, NULL},
	{"y.x.a.com", PSL_DOMAIN, "y.x.a.com"},
	{"er.b.com", PSL_DOMAIN, "b.com"}, /* on the way to a longer rule */
	{"deep.er.b.com", PSL_SUFFIX, NULL},
	{"1.deep.er.b.com", PSL_DOMAIN, "1.deep.er.b.com"},
	{"1.other.er.b.com", PSL_DOMAIN, "b.com"},
	{"xn--fiqs8s", PSL_SUFFIX, NULL},
	{"x.xn--fiqs8s", PSL_DOMAIN, "x.xn--fiqs8s"},
	{"last", PSL_SUFFIX, NULL},
	{"x", PSL_UNKNOWN, NULL},
	{"b", PSL_UNKNOWN, NULL},
	{"lead", PSL_UNKNOWN, NULL},
	{"trail", PSL_UNKNOWN, NULL},
	{"y", PSL_UNKNOWN, NULL},
	{"example.com", PSL_DOMAIN, "example.com"},
	{"customer.private.example.com", PSL_DOMAIN, "customer.private.example.com"},
	{"a\\.com", PSL_UNKNOWN, NULL}, /* a dot inside a label is no border */
	{"\\000.com", PSL_DOMAIN, "\\000.com"},
	{"arpa", PSL_ARPA, NULL},
	{"4.3.2.1.in-addr.arpa", PSL_ARPA, NULL},
	{"no-rule.arpa", PSL_ARPA, NULL},
	{"home.arpa", PSL_SPECIAL_USE, NULL},
	{"router.home.arpa", PSL_SPECIAL_USE, NULL},
	{"arpa.com", PSL_DOMAIN, "arpa.com"},
	{"onion", PSL_SPECIAL_USE, NULL}, /* though the list has it */
	{"x.onion", PSL_SPECIAL_USE, NULL},
	{"printer.local", PSL_SPECIAL_USE, NULL},
	{"a.test", PSL_SPECIAL_USE, NULL},
	{"invalid", PSL_SPECIAL_USE, NULL},
	{"localhost", PSL_SPECIAL_USE, NULL},
	{"www.example", PSL_SPECIAL_USE, NULL},
	{"test.com", PSL_DOMAIN, "test.com"},
};

static void by_table(void **state)
{
	struct psl *p;
	struct diag d;

	(void)state;
	assert_int_equal(psl_compile(&p, TEXT(small_list), &d), OK);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[NAME_TEXT_MAX];
		struct name n;
		size_t start = 999;

		assert_int_equal(name_from_text(rows[i].name, strlen(rows[i].name), &n), OK);
		if (psl_find(p, n.octets, n.len, &start) != rows[i].kind)
			fail_msg("%s: another kind", rows[i].name);
		if (rows[i].kind != PSL_DOMAIN) {
			assert_int_equal(start, 999);
			continue;
		}
		name_to_text(n.octets + start, text);
		assert_string_equal(text, rows[i].domain);
	}
	psl_close(p);
}

/* The longest name there is: 127 labels, all of them walked when the list has them. */
static void longest(void **state)
{
	char rule[2 * 128];
	struct name n;
	struct diag d;
	struct psl *p;
	size_t start = 0;

	(void)state;
	for (int i = 0; i < 127; i++)
		memcpy(rule + 2 * i, "a.", 2);
	assert_int_equal(psl_compile(&p, rule, 2 * 127 - 1, &d), OK);
	assert_int_equal(name_from_text(rule, 2 * 127 - 1, &n), OK);
	assert_int_equal(n.len, NAME_OCTETS_MAX);
	assert_int_equal(psl_find(p, n.octets, n.len, &start), PSL_SUFFIX);
	assert_int_equal(psl_find(p, n.octets + 2, n.len - 2u, &start), PSL_UNKNOWN);
	psl_close(p);
	memcpy(rule + 2 * 127, "a.", 2); /* a label more is no name, nor are 127 that are longer */
	assert_int_equal(psl_compile(&p, rule, 2 * 128 - 1, &d), E_FORMAT);
	memset(rule, 'b', 3);
	assert_int_equal(psl_compile(&p, rule, 2 * 128 - 1, &d), E_FORMAT);
}

static void refused(void **state)
{
	char path[] = "/tmp/deflux-psl-XXXXXX";
	struct psl *p = NULL;
	struct diag d;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(psl_open(&p, path, &d), E_FORMAT); /* empty */
	assert_non_null(strstr(d.text, path));
	assert_int_equal(write(fd, "// only remarks\n", 16), 16);
	assert_int_equal(psl_open(&p, path, &d), E_FORMAT);
	close(fd);
	unlink(path);
	assert_int_equal(psl_open(&p, path, &d), E_IO);
	assert_non_null(strstr(d.text, path));
	assert_int_equal(psl_open(&p, "/", &d), E_IO); /* opens, and cannot be read */
	assert_null(p);
	psl_close(NULL);
}

struct pair {
	struct psl *ours;
	psl_ctx_t *theirs;
	size_t asked;
};

static void compare(struct pair *both, const char *text)
{
	const char *want = psl_registrable_domain(both->theirs, text);
	const char *top = strrchr(text, '.') == NULL ? text : strrchr(text, '.') + 1;
	char got[NAME_TEXT_MAX];
	struct name n;
	size_t start;

	assert_int_equal(name_from_text(text, strlen(text), &n), OK);
	both->asked++;
	switch (psl_find(both->ours, n.octets, n.len, &start)) {
	case PSL_DOMAIN:
		name_to_text(n.octets + start, got);
		if (want == NULL || strcmp(want, got) != 0)
			fail_msg("%s: %s, libpsl says %s", text, got, want == NULL ? "suffix" : want);
		break;
	case PSL_SUFFIX:
		if (want != NULL)
			fail_msg("%s: a suffix, libpsl says %s", text, want);
		break;
	case PSL_SPECIAL_USE:
	case PSL_ARPA:
		if (strcmp(top, "arpa") != 0 && strcmp(top, "onion") != 0)
			fail_msg("%s: set apart", text);
		break;
	case PSL_UNKNOWN: /* libpsl takes the last label for the suffix then, unless asked not to */
		if (psl_is_public_suffix2(both->theirs, top, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) != 0 ||
		    (want != NULL && strchr(want, '.') + 1 != strchr(want, 0) - strlen(top)))
			fail_msg("%s: not known, libpsl knows it", text);
	}
}

/* The rule's name in A-labels, without its mark; false where the line has no rule. */
static bool rule_name(const char *line, char name[1024])
{
	size_t at = 0;

	if (line[0] == '/' || line[0] == '\n')
		return false;
	line += line[0] == '!' ? 1 : line[0] == '*' ? 2 : 0;
	for (;; line++) {
		size_t n = strcspn(line, ".\n"), len;

		assert_int_equal(punycode_encode(line, n, (uint8_t *)name + at, &len), OK);
		at += len;
		line += n;
		name[at] = *line == '.' ? '.' : 0;
		if (name[at++] == 0)
			return true;
	}
}

/* Every rule with 0 to 3 labels in front of it (a wildcard needs one more), and without its first label. */
static void against_libpsl(void **state)
{
	static const char *const fronts[] = {"", "a.", "b.a.", "c.b.a."};
	struct pair both = {.theirs = psl_load_file(DEBIAN_LIST)};
	FILE *list = fopen(DEBIAN_LIST, "r");
	char line[1024], name[1024], text[2048];
	struct diag d;

	(void)state;
	if (list == NULL || both.theirs == NULL) {
		print_message("no %s: skipped\n", DEBIAN_LIST);
		skip();
	}
	assert_int_equal(psl_open(&both.ours, NULL, &d), OK);
	while (fgets(line, sizeof line, list) != NULL) {
		if (!rule_name(line, name))
			continue;
		for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++) {
			snprintf(text, sizeof text, "%s%s", fronts[i], name);
			compare(&both, text);
		}
		if (strchr(name, '.') != NULL)
			compare(&both, strchr(name, '.') + 1);
	}
	print_message("%zu names compared\n", both.asked);
	assert_true(both.asked > 30000);
	psl_close(both.ours);
	psl_free(both.theirs);
	fclose(list);
}

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Says what opening and a look-up cost. The limits are ten times what is wanted: room for a loaded machine
 * and for sanitizers. */
static void speed(void **state)
{
	static const char *const texts[] = {"www.example.com",   "a.b.c.example.co.uk", "x1.duckdns.org",
					    "cdn.foo.net",       "q.w.e.r.t.de",        "y.x.kawasaki.jp",
					    "no.such.suffix.zzz"};
	enum { KINDS = sizeof texts / sizeof *texts, ROUNDS = 200000 };
	struct name names[KINDS];
	struct psl *p;
	struct diag d;
	size_t sum = 0, start;
	double open_ns = now_ns(), find_ns;

	(void)state;
	if (access(DEBIAN_LIST, R_OK) != 0)
		skip();
	assert_int_equal(psl_open(&p, NULL, &d), OK);
	open_ns = now_ns() - open_ns;
	for (size_t i = 0; i < KINDS; i++)
		assert_int_equal(name_from_text(texts[i], strlen(texts[i]), &names[i]), OK);
	find_ns = now_ns();
	for (size_t i = 0; i < (size_t)ROUNDS * KINDS; i++)
		sum += psl_find(p, names[i % KINDS].octets, names[i % KINDS].len, &start) == PSL_DOMAIN;
	find_ns = (now_ns() - find_ns) / ROUNDS / KINDS;
	print_message("opened in %.1f ms, a look-up takes %.0f ns\n", open_ns / 1e6, find_ns);
	assert_int_equal(sum, (size_t)ROUNDS * (KINDS - 1));
	assert_true(open_ns < 500e6 && find_ns < 1000);
	psl_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(by_table), cmocka_unit_test(longest),
					   cmocka_unit_test(refused), cmocka_unit_test(against_libpsl),
					   cmocka_unit_test(speed)};

	return cmocka_run_group_tests_name("psl", tests, NULL, NULL);
}
