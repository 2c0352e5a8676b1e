/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_test.c -- files that become shorter while they are mapped, and faults that are none of ours.
 *
 * Each body runs in a process of its own: cmocka handles SIGBUS itself in every test, and the handler under
 * test is installed but once. A body gives 0, or the line of the check that failed. */
#include "source/mapping.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "source/source_test.h"

enum { PAGES = 40, THREADS = 4, ROUNDS = 50 };

#define CHECK(what)                                                                                          \
	do {                                                                                                 \
		if (!(what))                                                                                 \
			return __LINE__;                                                                     \
	} while (0)

static size_t page;

/* How the body's process ended, as waitpid tells. */
static int apart(int (*body)(size_t row), size_t row)
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		(void)signal(SIGBUS, SIG_DFL);
		_exit(body(row) % 256);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void expect_passed(int status)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0); /* else: a line of this file */
}

/* A file of len octets, none of them 0. */
static int file_of(size_t len)
{
	char path[] = "/tmp/deflux-mapping-XXXXXX";
	int fd = mkstemp(path);
	uint8_t *octets = malloc(len);

	if (fd < 0 || octets == NULL)
		return -1;
	unlink(path);
	memset(octets, 'x', len);
	if (pwrite(fd, octets, len, 0) != (ssize_t)len)
		fd = -1;
	free(octets);
	return fd;
}

/* That the octets change under who looks is what is tested. */
__attribute__((no_sanitize("thread"))) static size_t count(const struct mapping *m)
{
	const volatile uint8_t *at = m->octets;
	size_t n = 0;

	for (size_t i = 0; i < m->len; i++)
		n += at[i] == 'x';
	return n;
}

static const struct {
	size_t pages, more; /* of the file */
	size_t to_pages, to_more;
} cuts[] = {
	{10, 100, 3, 0}, {10, 100, 3, 7}, {10, 100, 0, 0},  {10, 100, 10, 0}, {10, 0, 9, 1},
	{1, 0, 0, 0},    {0, 9, 0, 0},    {10, 100, 9, 99}, {10, 0, 10, 0},   {0, 50, 0, 10},
};

/* Whole pages are lost, with what lies in them; of the last page that is left the end is zeros. */
static int cut(size_t row)
{
	size_t len = cuts[row].pages * page + cuts[row].more;
	size_t left = cuts[row].to_pages * page + cuts[row].to_more;
	size_t there = (left + page - 1) / page * page;
	int fd = file_of(len);
	struct mapping *m = mapping_open(fd, len);

	CHECK(m != NULL && m->len == len && m->whole == len);
	CHECK(count(m) == len && m->whole == len);
	CHECK(ftruncate(fd, (off_t)left) == 0);
	for (int again = 0; again < 2; again++) {
		CHECK(count(m) == left);
		CHECK(m->whole == (there < len ? there : len));
	}
	mapping_close(m);
	return 0;
}

/* Lost from the middle on, then from further in front. */
static int cut_twice(size_t row)
{
	int fd = file_of(PAGES * page);
	struct mapping *m = mapping_open(fd, PAGES * page);

	(void)row;
	CHECK(m != NULL && ftruncate(fd, (off_t)(20 * page)) == 0);
	CHECK(m->octets[30 * page] == 0 && m->whole == 30 * page); /* nobody looked before that */
	CHECK(m->octets[20 * page] == 0 && m->whole == 20 * page);
	CHECK(ftruncate(fd, (off_t)(5 * page)) == 0);
	CHECK(count(m) == 5 * page && m->whole == 5 * page);
	mapping_close(m);
	return 0;
}

/* Of several mappings the right one is mended; closed ones are out of the list. */
static int among_others(size_t row)
{
	int fds[3] = {file_of(PAGES * page), file_of(PAGES * page), file_of(PAGES * page)};
	struct mapping *m[3];

	for (size_t i = 0; i < 3; i++)
		CHECK((m[i] = mapping_open(fds[i], PAGES * page)) != NULL);
	mapping_close(m[row]);
	for (size_t i = 0; i < 3; i++) {
		if (i == row)
			continue;
		CHECK(ftruncate(fds[i], (off_t)page) == 0);
		CHECK(count(m[i]) == page && m[i]->whole == page);
		for (size_t k = i + 1; k < 3; k++)
			CHECK(k == row || m[k]->whole == PAGES * page);
	}
	for (size_t i = 0; i < 3; i++)
		if (i != row)
			mapping_close(m[i]);
	CHECK(mapping_open(fds[0], 0) == NULL && mapping_open(-1, page) == NULL);
	return 0;
}

static void *look(void *context)
{
	return (void *)count(context);
}

/* Threads meet the lost pages at once, while others open and close mappings of their own. */
static void *open_and_close(void *context)
{
	int fd = file_of(page);
	atomic_bool *stop = context;

	while (!*stop) {
		struct mapping *a = mapping_open(fd, page), *b = mapping_open(fd, page);

		mapping_close(a);
		mapping_close(b);
	}
	close(fd);
	return NULL;
}

static int from_threads(size_t row)
{
	pthread_t lookers[THREADS], other;
	atomic_bool stop = false;

	(void)row;
	CHECK(pthread_create(&other, NULL, open_and_close, &stop) == 0);
	for (unsigned round = 0; round < ROUNDS; round++) {
		int fd = file_of(PAGES * page);
		struct mapping *m = mapping_open(fd, PAGES * page);
		void *seen;

		for (size_t i = 0; i < THREADS; i++)
			CHECK(pthread_create(&lookers[i], NULL, look, m) == 0);
		CHECK(ftruncate(fd, (off_t)(2 * page)) == 0);
		for (size_t i = 0; i < THREADS; i++) {
			CHECK(pthread_join(lookers[i], &seen) == 0);
			CHECK((size_t)seen >= 2 * page);
		}
		CHECK(count(m) == 2 * page && m->whole == 2 * page);
		mapping_close(m);
		close(fd);
	}
	stop = true;
	CHECK(pthread_join(other, NULL) == 0);
	return 0;
}

static sigjmp_buf back;

static void leave(int number)
{
	(void)number;
	siglongjmp(back, 1);
}

static void leave_knowing(int number, siginfo_t *info, void *context)
{
	(void)context;
	siglongjmp(back, number == SIGBUS && info->si_code == BUS_ADRERR ? 2 : 3);
}

/* A fault outside all mappings goes to whoever was there before, and ours goes on working. */
static int foreign(size_t row)
{
	struct sigaction before = {.sa_handler = SIG_DFL};
	int fd = file_of(PAGES * page), other = file_of(page);
	const volatile uint8_t *at = mmap(NULL, page, PROT_READ, MAP_SHARED, other, 0);
	struct mapping *m;
	int came;

	if (row == 1)
		before = (struct sigaction){.sa_handler = leave};
	if (row == 2)
		before = (struct sigaction){.sa_sigaction = leave_knowing, .sa_flags = SA_SIGINFO};
	if (row == 3)
		before = (struct sigaction){.sa_handler = SIG_IGN};
	CHECK(sigaction(SIGBUS, &before, NULL) == 0);
	m = mapping_open(fd, PAGES * page);
	CHECK(m != NULL && ftruncate(other, 0) == 0 && ftruncate(fd, (off_t)page) == 0);
	came = sigsetjmp(back, 1);
	if (came == 0) {
		(void)at[0];
		return __LINE__;
	}
	CHECK(came == (int)row);
	CHECK(count(m) == page && m->whole == page);
	mapping_close(m);
	return 0;
}

static void becomes_shorter(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
		expect_passed(apart(cut, i));
	expect_passed(apart(cut_twice, 0));
}

static void right_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		expect_passed(apart(among_others, i));
}

static void threads(void **state)
{
	(void)state;
	expect_passed(apart(from_threads, 0));
}

static void passes_on(void **state)
{
	(void)state;
	expect_passed(apart(foreign, 1));
	expect_passed(apart(foreign, 2));
	for (size_t row = 0; row < 4; row += 3) { /* nobody was there: it ends the process */
		int status = apart(foreign, row);

		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGBUS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(becomes_shorter),
		cmocka_unit_test(right_one),
		cmocka_unit_test(threads),
		cmocka_unit_test(passes_on),
	};

	page = (size_t)sysconf(_SC_PAGESIZE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
