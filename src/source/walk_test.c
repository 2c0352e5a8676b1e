/* SPDX-License-Identifier: Apache-2.0 */
/* walk_test.c -- the files below a directory, in order. */
#include "source/walk.h"

#include "source/source_test.h"

static void put_file(const char *name)
{
	file_write(name, "one", 3);
}

/* All paths found, without the test's folder, a blank between them. */
static void found(const struct walk *w, char text[512])
{
	text[0] = 0;
	for (size_t i = 0; i < w->n; i++)
		snprintf(text + strlen(text), 512 - strlen(text), "%s%s", i == 0 ? "" : " ",
			 w->files[i].path + strlen(test_folder) + 1);
}

static void in_order(void **state)
{
	static const char *const folders[] = {"w", "w/b", "w/b/inner", "w/empty", "w/z"};
	struct walk w = {0};
	struct diag d;
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		assert_int_equal(mkdir(file_path(folders[i]), 0700), 0);
	put_file("w/c");
	put_file("w/B");
	put_file("w/a10");
	put_file("w/a9");
	put_file("w/b/inner/x");
	put_file("w/b/y");
	put_file("w/z/.hidden");
	put_file("outside");
	assert_int_equal(symlink("../outside", file_path("w/link")), 0);
	assert_int_equal(symlink("..", file_path("w/b/loop")), 0);
	assert_int_equal(symlink("nowhere", file_path("w/dangling")), 0);
	assert_int_equal(mkfifo(file_path("w/fifo"), 0600), 0);
	assert_int_equal(walk_path(&w, file_path("w//"), 7, &d), OK);
	found(&w, text);
	assert_string_equal(text, "w/B w/a10 w/a9 w/b/inner/x w/b/y w/c w/link w/z/.hidden");
	for (size_t i = 0; i < w.n; i++) {
		assert_true(w.files[i].in_folder && w.files[i].regular);
		assert_int_equal(w.files[i].from, 7);
	}
	assert_int_equal(w.files[0].octets, 3);
	walk_fini(&w);
}

static void single(void **state)
{
	struct walk w = {0};
	struct diag d;

	(void)state;
	put_file("one");
	assert_int_equal(walk_path(&w, file_path("one"), 0, &d), OK);
	assert_int_equal(walk_path(&w, "-", 1, &d), OK);
	assert_int_equal(walk_path(&w, file_path("absent"), 2, &d), E_IO);
	assert_non_null(strstr(d.text, "absent: No such file"));
	assert_int_equal(w.n, 2);
	assert_true(w.files[0].regular && !w.files[0].in_folder);
	assert_true(!w.files[1].regular && !w.files[1].in_folder);
	assert_string_equal(w.files[1].path, "-");
	walk_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(in_order), cmocka_unit_test(single)};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
