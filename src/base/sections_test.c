/* SPDX-License-Identifier: Apache-2.0 */
/* sections_test.c -- what was written is read; what was damaged is refused; what failed changes nothing. */
#include "base/sections.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the first three above */
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTIONS = 4, PATH_ROOM = 80, FILE_ROOM = 4096 };

static const struct sections_about about = {.magic = {'t', 'e', 's', 't', 'f', 'i', 'l', 'e'},
					    .version = 3,
					    .layout = 77,
					    .program = "1.2.3",
					    .what = "a test",
					    .remedy = "try another"};

static char folder[PATH_ROOM], path[PATH_ROOM + 8], temp[PATH_ROOM + 16];

static int begin(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/deflux-sections-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/file", folder);
	snprintf(temp, sizeof temp, "%s.new", path);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder); /* fails where a temporary file was left */
}

/* Sections of 0, 8, 16, 24 octets of value `fill`. */
static enum err save(const struct sections_about *as, uint8_t fill, const char *to, struct diag *d)
{
	struct sections_writer w;
	enum err e = sections_begin(&w, as, to, SECTIONS, d);

	if (e != OK)
		return e;
	for (uint32_t i = 0; i < SECTIONS; i++) {
		struct buf octets = {0};

		for (uint32_t k = 0; k < 8 * i; k++)
			buf_add_char(&octets, (char)(fill + k));
		sections_add(&w, i % 2, i, &octets);
		buf_fini(&octets);
	}
	return sections_end(&w, d);
}

/* OK when all sections are there and hold what `save` put into them. */
static enum err load(uint8_t fill, struct diag *d)
{
	struct sections s;
	enum err e = sections_open(&s, &about, path, d);

	if (e != OK)
		return e;
	for (uint32_t i = 0; e == OK && i < SECTIONS; i++) {
		const struct sections_row *row = sections_find(&s, i % 2, i);
		struct buf octets = {0};

		assert_non_null(row);
		e = sections_read(&s, row, &octets, d);
		assert_true(e != OK || octets.len == 8 * i);
		for (size_t k = 0; e == OK && k < octets.len; k++)
			assert_int_equal(octets.bytes[k], (uint8_t)(fill + k));
		buf_fini(&octets);
	}
	assert_null(sections_find(&s, 0, 1));
	sections_close(&s);
	return e;
}

static void test_round_trip(void **state)
{
	struct diag d = {{0}};
	struct stat st;

	(void)state;
	assert_int_equal(load(1, &d), E_ABSENT);
	for (uint8_t fill = 1; fill < 4; fill++) {
		assert_int_equal(save(&about, fill, path, &d), OK);
		assert_int_equal(load(fill, &d), OK);
	}
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_not_equal(access(temp, F_OK), 0);
}

static size_t get_file(uint8_t octets[FILE_ROOM])
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, octets, FILE_ROOM);

	assert_true(n > 0 && n < FILE_ROOM);
	close(fd);
	return (size_t)n;
}

static void put_file(const uint8_t *octets, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, octets, len), len);
	close(fd);
}

static void test_damage(void **state)
{
	uint8_t octets[FILE_ROOM + 8] = {0};
	struct diag d = {{0}};
	size_t len;

	(void)state;
	assert_int_equal(save(&about, 9, path, &d), OK);
	len = get_file(octets);
	for (size_t at = 0; at < len; at++)
		for (unsigned bit = 1; bit < 256; bit += 127) {
			octets[at] ^= (uint8_t)bit;
			put_file(octets, len);
			d.text[0] = 0;
			assert_int_equal(load(9, &d), E_FORMAT);
			assert_non_null(strstr(d.text, "; try another"));
			octets[at] ^= (uint8_t)bit;
		}
	for (size_t n = 0; n < len; n++) {
		put_file(octets, n);
		assert_int_equal(load(9, &d), E_FORMAT);
	}
	put_file(octets, len + 1);
	assert_int_equal(load(9, &d), E_FORMAT);
	put_file(octets, len);
	assert_int_equal(load(9, &d), OK);
}

static void test_others(void **state)
{
	static const struct {
		struct sections_about about;
		const char *says;
	} rows[] = {
		{{{'t', 'e', 's', 't', 'f', 'i', 'l', 'f'}, 3, 77, "1.2.3", "", ""},
		 "is not a test; try another"},
		{{{'t', 'e', 's', 't', 'f', 'i', 'l', 'e'}, 4, 77, "9.0\033", "", ""},
		 "written by deflux 9.0? in a newer format (4, here it is 3); try another"},
		{{{'t', 'e', 's', 't', 'f', 'i', 'l', 'e'}, 2, 77, "0.9", "", ""},
		 "written by deflux 0.9 in an older format (2, here it is 3); try another"},
		{{{'t', 'e', 's', 't', 'f', 'i', 'l', 'e'}, 3, 78, "1.2.4", "", ""},
		 "written by deflux 1.2.4, which lays its records out otherwise; try another"},
	};
	uint8_t octets[FILE_ROOM];
	struct diag d = {{0}};
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(save(&rows[i].about, 1, path, &d), OK);
		assert_int_equal(load(1, &d), E_FORMAT);
		if (strstr(d.text, rows[i].says) == NULL)
			fail_msg("%s\nwhere it should say\n%s", d.text, rows[i].says);
	}
	assert_int_equal(save(&about, 1, path, &d), OK);
	len = get_file(octets);
	for (unsigned i = 0; i < 2; i++) { /* another byte order turns the mark around */
		uint8_t was = octets[8 + i];

		octets[8 + i] = octets[11 - i];
		octets[11 - i] = was;
	}
	put_file(octets, len);
	assert_int_equal(load(1, &d), E_FORMAT);
	assert_non_null(strstr(d.text, "another byte order"));
}

static void test_failures(void **state)
{
	struct rlimit was, few;
	struct diag d = {{0}};

	(void)state;
	assert_int_equal(save(&about, 1, "/tmp/deflux-no-such-folder/file", &d), E_IO);
	assert_non_null(strstr(d.text, strerror(ENOENT)));
	assert_int_equal(save(&about, 5, path, &d), OK);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	for (rlim_t most = 0; most < 250; most += 60) { /* in the rows, in a section, in the last one */
		few = (struct rlimit){most, was.rlim_max};
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
		assert_int_equal(save(&about, 6, path, &d), E_IO);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
		assert_non_null(strstr(d.text, strerror(EFBIG)));
		assert_int_equal(load(5, &d), OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, begin, end),
		cmocka_unit_test_setup_teardown(test_damage, begin, end),
		cmocka_unit_test_setup_teardown(test_others, begin, end),
		cmocka_unit_test_setup_teardown(test_failures, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
