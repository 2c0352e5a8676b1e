/* SPDX-License-Identifier: Apache-2.0 */
/* input_test.c -- octets of files and pipes, plain and compressed, whole and broken. */
#include "source/input.h"

#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include "source/source_test.h"

enum { PLAIN_OCTETS = 3000000, BUDGET_OCTETS = 64 * 1024 * 1024 };

static uint8_t *plain;
static struct input_stop stop;
static struct input_budget budget;

static int setup(void **state)
{
	uint32_t random = 1;

	plain = malloc(PLAIN_OCTETS);
	for (size_t i = 0; i < PLAIN_OCTETS; i++) { /* compresses by half, and differs everywhere */
		random = random * 1664525u + 1013904223u;
		plain[i] = (uint8_t)(random >> 28);
	}
	budget = (struct input_budget){.cap = BUDGET_OCTETS};
	stop.fd = eventfd(0, EFD_NONBLOCK);
	return folder_setup(state);
}

static int teardown(void **state)
{
	free(plain);
	close(stop.fd);
	return folder_teardown(state);
}

/* Reads all of an input by steps; *err is the first error. */
static void read_all(struct input *in, struct buf *to, enum err *err, struct diag *d)
{
	size_t step = 1;

	*err = OK;
	for (;;) {
		size_t n = in->left < step ? in->left : step;
		enum err e;

		buf_add(to, in->at, n);
		input_drop(in, n);
		step = step % 70001 + 4099;
		if (in->left >= step)
			continue;
		if (in->last && in->left == 0)
			return;
		if (in->last)
			continue;
		e = input_more(in, d);
		*err = *err == OK ? e : *err;
	}
}

static void check_file(const struct buf *stored, size_t expect, enum err expect_err, bool map)
{
	const char *path = file_write("x", stored->bytes, stored->len);
	struct buf got = {0};
	struct input in;
	struct diag d = {{0}};
	enum err e;

	assert_int_equal(input_open(&in, path, &budget, &stop, &d), OK);
	if (map)
		input_map(&in);
	assert_int_equal(in.mapped, map);
	read_all(&in, &got, &e, &d);
	assert_int_equal(e, expect_err);
	assert_int_equal(d.text[0] != 0, e != OK);
	if (expect_err == OK)
		assert_int_equal(got.len, expect);
	else
		assert_true(got.len + 400000 > expect && got.len <= expect);
	assert_memory_equal(got.bytes, plain, got.len);
	if (expect_err == OK)
		assert_int_equal(input_octets(&in), stored->len);
	input_close(&in, NULL);
	assert_int_equal(budget.used, 0);
	buf_fini(&got);
}

/* Whole, in two joined pieces with an empty one between, broken off, damaged, and with something behind. */
static void compressed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof packs / sizeof *packs; i++) {
		struct buf b = {0};
		size_t whole;

		packs[i](&b, plain, PLAIN_OCTETS);
		check_file(&b, PLAIN_OCTETS, OK, false);
		whole = b.len;
		buf_clear(&b);
		packs[i](&b, plain, 100000);
		packs[i](&b, plain, 0);
		packs[i](&b, plain + 100000, PLAIN_OCTETS - 100000);
		check_file(&b, PLAIN_OCTETS, OK, false);
		if (packs[i] == pack_plain) {
			check_file(&b, PLAIN_OCTETS, OK, true);
		} else {
			b.len -= whole / 2;
			check_file(&b, PLAIN_OCTETS / 2 + 150000, E_FORMAT, false);
		}
		buf_fini(&b);
	}
}

static void damaged(void **state)
{
	(void)state;
	for (size_t i = 1; i < sizeof packs / sizeof *packs; i++) {
		struct buf b = {0}, got = {0};
		struct input in;
		struct diag d = {{0}};
		enum err e;

		packs[i](&b, plain, 500000);
		packs[i](&b, plain + 500000, 500000);
		b.bytes[b.len / 4 * 3] ^= 0x55;
		b.bytes[b.len / 4 * 3 + 1] ^= 0xff;
		assert_int_equal(input_open(&in, file_write("x", b.bytes, b.len), &budget, &stop, &d), OK);
		read_all(&in, &got, &e, &d);
		assert_int_equal(e, E_FORMAT);
		assert_non_null(strstr(d.text, "broken"));
		assert_true(got.len >= 500000 && got.len < 1000100);
		assert_memory_equal(got.bytes, plain, 500000);
		input_close(&in, NULL);
		buf_fini(&b);
		buf_fini(&got);
	}
}

static void behind_gzip(void **state)
{
	struct buf b = {0};

	(void)state;
	pack_gzip(&b, plain, 1000);
	buf_add(&b, "\0\0\0\0\0\0\0", 7); /* as on tapes */
	check_file(&b, 1000, OK, false);
	buf_add(&b, "x", 1);
	check_file(&b, 1000, E_FORMAT, false);
	buf_fini(&b);
}

static const struct {
	const char *octets;
	size_t len;
	enum err err;
} refused[] = {
	{"", 0, E_ABSENT},
	{"BZh91AY&SY", 10, E_UNSUPPORTED},
	{"\x04\x22\x4d\x18xxxxxx", 10, E_UNSUPPORTED},
	{"LZIP\1xxxxx", 10, E_UNSUPPORTED},
};

static void refuses(void **state)
{
	struct input in;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		const char *path = file_write("x", refused[i].octets, refused[i].len);

		assert_int_equal(input_open(&in, path, &budget, &stop, &d), refused[i].err);
	}
	assert_int_equal(input_open(&in, file_path("absent"), &budget, &stop, &d), E_IO);
	assert_string_equal(d.text, strerror(ENOENT));
	assert_int_equal(input_open(&in, test_folder, &budget, &stop, &d), E_IO);
	assert_int_equal(budget.used, 0);
}

/* What a stream makes the decompressor hold is bounded, and inputs share one budget. */
static void little_memory(void **state)
{
	struct input_budget small = {.cap = 400000};
	struct buf b = {0}, got = {0};
	struct input in, second;
	struct diag d;
	enum err e;

	(void)state;
	pack_xz(&b, plain, 1000);
	assert_int_equal(input_open(&in, file_write("x", b.bytes, b.len), &small, &stop, &d), OK);
	read_all(&in, &got, &e, &d);
	assert_int_equal(e, E_MEMORY);
	assert_int_equal(input_open(&second, file_path("x"), &small, &stop, &d), E_MEMORY);
	input_close(&in, NULL);
	assert_int_equal(small.used, 0);
	buf_fini(&b);
	buf_fini(&got);
}

/* A zstd stream that makes its decompressor hold 8 MiB. */
static void pack_wide(struct buf *to)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_inBuffer from = {plain, PLAIN_OCTETS, 0};
	size_t room = ZSTD_compressBound(PLAIN_OCTETS) + 1024;
	ZSTD_outBuffer out = {buf_reserve(to, room), room, 0};

	ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, 23);
	assert_int_equal(ZSTD_compressStream2(c, &out, &from, ZSTD_e_continue), 0);
	assert_int_equal(ZSTD_compressStream2(c, &out, &from, ZSTD_e_end), 0);
	to->len = out.pos;
	ZSTD_freeCCtx(c);
}

/* Each by itself would fit: what all of them hold together is bounded. */
static void shared_budget(void **state)
{
	enum { INPUTS = 3 };
	struct input_budget both = {.cap = (20 << 20)};
	struct input in[INPUTS];
	struct buf b = {0};
	struct diag d;

	(void)state;
	pack_wide(&b);
	file_write("wide", b.bytes, b.len);
	for (size_t i = 0; i < INPUTS; i++)
		assert_int_equal(input_open(&in[i], file_path("wide"), &both, &stop, &d), OK);
	for (size_t i = 0; i < INPUTS; i++) {
		assert_int_equal(input_more(&in[i], &d), i < 2 ? OK : E_MEMORY);
		assert_true(both.used <= both.cap);
	}
	for (size_t i = 0; i < INPUTS; i++)
		input_close(&in[i], NULL);
	assert_int_equal(both.used, 0);
	both.cap = 2 << 20; /* too little for one: the frame's head says so before anything is taken */
	assert_int_equal(input_open(&in[0], file_path("wide"), &both, &stop, &d), OK);
	assert_int_equal(input_more(&in[0], &d), E_MEMORY);
	input_close(&in[0], NULL);
	buf_fini(&b);
}

/* A window that nobody empties grows to its cap and not further. */
static void capped(void **state)
{
	size_t len = 2 * INPUT_WINDOW_MAX;
	uint8_t *zeros = calloc(1, len);
	struct input in;
	struct diag d;
	enum err e = OK;

	(void)state;
	assert_int_equal(input_open(&in, file_write("x", zeros, len), &budget, &stop, &d), OK);
	while (e == OK && !in.last)
		e = input_more(&in, &d);
	assert_int_equal(e, E_FULL);
	assert_true(in.left <= INPUT_WINDOW_MAX && in.left >= INPUT_WINDOW_MAX - 65536);
	assert_true(budget.used <= INPUT_WINDOW_MAX);
	input_drop(&in, 100000);
	assert_int_equal(input_more(&in, &d), OK);
	input_close(&in, NULL);
	free(zeros);
}

static void *write_slowly(void *context)
{
	int fd = *(int *)context;
	struct buf b = {0};

	pack_gzip(&b, plain, 200000);
	for (size_t at = 0, n; at < b.len; at += n) {
		n = b.len - at < 777 ? b.len - at : 777;
		if (write(fd, b.bytes + at, n) != (ssize_t)n)
			break;
	}
	close(fd);
	buf_fini(&b);
	return NULL;
}

/* A named pipe with compressed octets that come in little pieces. */
static void from_pipe(void **state)
{
	const char *path = file_path("pipe");
	struct buf got = {0};
	struct input in;
	struct diag d;
	pthread_t thread;
	enum err e;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC); /* opens without a reader */
	assert_int_equal(pthread_create(&thread, NULL, write_slowly, &fd), 0);
	assert_int_equal(input_open(&in, path, &budget, &stop, &d), OK);
	input_map(&in);
	assert_false(in.mapped);
	read_all(&in, &got, &e, &d);
	assert_int_equal(e, OK);
	assert_int_equal(got.len, 200000);
	assert_memory_equal(got.bytes, plain, got.len);
	pthread_join(thread, NULL);
	input_close(&in, NULL);
	buf_fini(&got);
}

/* Octets of mapped files that are in this process's memory. */
static size_t mapped_octets(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long all, resident, shared;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu %lu %lu", &all, &resident, &shared), 3);
	fclose(f);
	return shared * (size_t)sysconf(_SC_PAGESIZE);
}

/* A mapped file of any size takes little memory, and stays readable where it was read before. */
static void tidies(void **state)
{
	enum { FILE_OCTETS = 128 << 20, PAGE_OCTETS = 4096, MOST_OCTETS = 40 << 20 };
	const char *path = file_path("large");
	struct mapping *mapping = NULL;
	struct input in;
	struct diag d;
	size_t before, most = 0, sum = 0;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_int_equal(ftruncate(fd, FILE_OCTETS), 0); /* all holes: it takes no room on the disk */
	assert_int_equal(pwrite(fd, "x", 1, 7), 1);
	assert_int_equal(input_open(&in, path, &budget, &stop, &d), OK);
	input_map(&in);
	assert_true(in.mapped);
	before = mapped_octets();
	while (in.left != 0) {
		size_t now;

		sum += in.at[0];
		input_drop(&in, PAGE_OCTETS);
		if (in.left % (1 << 20) != 0)
			continue;
		now = mapped_octets();
		most = now > most ? now : most;
	}
	assert_int_equal(sum, 0);
	assert_true(most - before < MOST_OCTETS);
	input_close(&in, &mapping);
	assert_true(mapped_octets() < before + (1 << 20));
	assert_int_equal(mapping->len, FILE_OCTETS);
	assert_int_equal(mapping->octets[7], 'x');
	assert_int_equal(mapping->whole, FILE_OCTETS);
	mapping_close(mapping);
	close(fd);
}

/* A pipe in which nothing comes ends when asked to. */
static void stopped(void **state)
{
	const char *path = file_path("quiet");
	static const uint64_t one = 1;
	struct input in;
	struct diag d;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(write(fd, "1234567890", 10), 10);
	assert_int_equal(input_open(&in, path, &budget, &stop, &d), OK);
	assert_int_equal(in.left, 10);
	atomic_store(&stop.asked, true);
	assert_int_equal(write(stop.fd, &one, sizeof one), sizeof one);
	assert_int_equal(input_more(&in, &d), OK);
	assert_true(in.last);
	assert_int_equal(in.left, 10);
	input_close(&in, NULL);
	close(fd);
	atomic_store(&stop.asked, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compressed),    cmocka_unit_test(damaged),
		cmocka_unit_test(behind_gzip),   cmocka_unit_test(refuses),
		cmocka_unit_test(little_memory), cmocka_unit_test(capped),
		cmocka_unit_test(from_pipe),     cmocka_unit_test(stopped),
		cmocka_unit_test(tidies),        cmocka_unit_test(shared_budget),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
