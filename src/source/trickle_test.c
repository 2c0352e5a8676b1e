/* SPDX-License-Identifier: Apache-2.0 */
/* trickle_test.c -- a pipe that gives a few octets now and then, read by one who does not wait: nothing is
 * lost, and "nothing yet" is said wherever the octets end. */
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "source/sources_test.h"

enum { RECORDS = 60, PIECE_MAX = 23, PATIENCE_NS = 10000000 };

static void capture_of(struct buf *to)
{
	struct packet packets[RECORDS];

	make_packets(packets, RECORDS, 0);
	pcap_of(to, packets, RECORDS);
}

static void frames_of(struct buf *to)
{
	dnstap_of(to, RECORDS);
}

static void lines_of(struct buf *to)
{
	for (unsigned i = 0; i < RECORDS; i++)
		buf_printf(to,
			   "{\"rrname\":\"www%u.example.com\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.%u\","
			   "\"time_first\":%u,\"time_last\":%u,\"count\":2}\n",
			   i, i, 1700000000 + i, 1700000000 + i);
}

static void (*const forms[])(struct buf *) = {capture_of, frames_of, lines_of};

struct writer {
	const char *path;
	const struct buf *octets;
	sem_t wanted; /* the reader found nothing */
};

/* Each piece when the reader has nothing left; at the start it waits for the first ones and does not say so.
 */
static void *write_slowly(void *context)
{
	struct writer *w = context;
	int fd = open(w->path, O_WRONLY | O_CLOEXEC);

	for (size_t at = 0, i = 0; at < w->octets->len; i++) {
		size_t n = 1 + i * 7 % PIECE_MAX, left = w->octets->len - at;
		struct timespec t;

		n = n < left ? n : left;
		if (write(fd, w->octets->bytes + at, n) != (ssize_t)n)
			break; /* the reader's comparison tells */
		at += n;
		clock_gettime(CLOCK_REALTIME, &t);
		t.tv_nsec += PATIENCE_NS;
		t.tv_sec += t.tv_nsec / 1000000000;
		t.tv_nsec %= 1000000000;
		(void)sem_timedwait(&w->wanted, &t);
	}
	close(fd);
	return NULL;
}

/* What comes out of the pipe; returns how often nothing was there yet. */
static unsigned read_on(struct got *g, struct writer *w)
{
	struct source_path list = {w->path, 3};
	struct sources_config config = {
		.paths = &list, .n_paths = 1, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE};
	struct sources *s = NULL;
	struct arena keep = {0};
	struct intake in;
	unsigned nothing = 0;
	struct diag d;
	enum err e;

	*g = (struct got){.ordered = true};
	assert_int_equal(sources_open(&s, &config, &d), OK);
	sources_wait_until(s, 1); /* long ago */
	while ((e = sources_next(s, &keep, &in)) != E_END) {
		if (e == OK) {
			note(g, &in);
			continue;
		}
		assert_int_equal(e, E_AGAIN);
		nothing++;
		sem_post(&w->wanted);
	}
	sources_count(s, &g->counts);
	assert_int_equal(g->counts.unreadable, 0);
	sources_close(s);
	arena_fini(&keep);
	return nothing;
}

static void in_pieces(void **state)
{
	(void)state;
	for (size_t form = 0; form < sizeof forms / sizeof *forms; form++)
		for (size_t pack = 0; pack < 4; pack++) {
			const char *pipe = file_path("pipe");
			struct buf plain = {0}, packed = {0};
			struct writer w = {.path = pipe, .octets = &packed};
			struct got whole, g;
			unsigned nothing;
			pthread_t thread;

			forms[form](&plain);
			packs[pack](&packed, plain.bytes, plain.len);
			run_path(&whole, file_write("whole", packed.bytes, packed.len));
			assert_true(whole.counts.messages >= RECORDS / 2);
			assert_int_equal(mkfifo(pipe, 0600), 0);
			assert_int_equal(sem_init(&w.wanted, 0, 0), 0);
			assert_int_equal(pthread_create(&thread, NULL, write_slowly, &w), 0);
			nothing = read_on(&g, &w);
			pthread_join(thread, NULL);
			sem_destroy(&w.wanted);
			/* what is packed may all have to come before anything comes out */
			assert_true(nothing > (pack == 0 ? RECORDS : 0));
			assert_int_equal(g.counts.records, whole.counts.records);
			expect_same(&whole, &g);
			got_fini(&whole);
			unlink(pipe);
			buf_fini(&plain);
			buf_fini(&packed);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_pieces),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
