/* SPDX-License-Identifier: Apache-2.0 */
/* runs_test.c -- frames of a mapped capture that are copied out of the file in runs, and the store they lie
 * in. */
#include <sys/resource.h>

#include "source/sources_test.h"
#include "source/store.h"

enum { BULK_MAX = 200000 };

/* A datagram of some other service, which deflux passes over. */
static void add_bulk(struct buf *to, int64_t time_ns, uint32_t len)
{
	static uint8_t o[BULK_MAX];
	struct frame f = {.time_ns = time_ns, .octets = o, .len = len, .wire_len = len, .link = LINK_RAW};

	put16(o + 20, 9999);
	put16(o + 22, 9998);
	put16(o + 24, 16);
	ip_head(o, 36, 17, false);
	capture_write_frame(to, &f);
}

static void run_with(struct got *g, const char *path, size_t memory_bytes)
{
	struct source_path one = {path, 3};

	run(g,
	    &(struct sources_config){.paths = &one,
				     .n_paths = 1,
				     .since_ns = STAMP_NONE,
				     .until_ns = STAMP_NONE,
				     .memory_bytes = memory_bytes},
	    0);
}

/* Runs of every length, broken by disorder, by frames longer than a run and by the file's end: the same comes
 * out as from a stream, which has no runs. */
static void as_a_stream(void **state)
{
	enum { N = 6000 };
	struct buf b = {0}, packed = {0};
	struct got mapped, streamed;
	uint32_t random = 7;

	(void)state;
	capture_write_head(&b, LINK_RAW);
	for (uint16_t i = 0; i < N; i++) {
		struct packet p = packet_at(i * NS_PER_MS, (uint16_t)(1000 + i));

		random = random * 1664525u + 1013904223u;
		if (i >= N / 2 && random >> 24 < 25) /* the first half is one long run */
			p.time_ns -= random >> 8 & 0xffffff;
		add_packet(&b, &p);
		if (i % 500 == 499)
			add_bulk(&b, p.time_ns, i % 1000 == 999 ? BULK_MAX : 40000);
	}
	pack_gzip(&packed, b.bytes, b.len);
	run_path(&mapped, file_write("mapped", b.bytes, b.len));
	run_path(&streamed, file_write("streamed", packed.bytes, packed.len));
	assert_int_equal(mapped.counts.messages, N);
	assert_int_equal(mapped.counts.records, N + N / 500);
	assert_int_equal(mapped.counts.other, N / 500);
	assert_int_equal(mapped.counts.octets, b.len);
	assert_int_equal(mapped.counts.late + mapped.counts.evicted + mapped.counts.bad_records, 0);
	assert_true(mapped.ordered);
	expect_same(&mapped, &streamed);
	got_fini(&mapped);
	buf_fini(&b);
	buf_fini(&packed);
}

/* What waits of a mapped file may lie in the file: copies stop before they fill the store, or records would
 * have to leave the window early. */
static void fuller_than_the_store(void **state)
{
	enum {
		N = 12000,
		LEN = 1400,
		MEMORY = 32 << 20
	}; /* a quarter of it is the store's, half the frames' */
	struct packet late = packet_at(NS_PER_SECOND / 10, 1001);
	struct buf b = {0};
	struct got g;

	(void)state;
	capture_write_head(&b, LINK_RAW);
	for (int64_t i = 0; i < N; i++) {
		struct packet p = packet_at(i * 150000, (uint16_t)(2000 + i));

		if (i % 100 == 0)
			add_packet(&b, &p);
		add_bulk(&b, p.time_ns, LEN);
	}
	add_packet(&b, &late);
	run_with(&g, file_write("wide", b.bytes, b.len), MEMORY);
	assert_int_equal(g.counts.messages, N / 100 + 1);
	assert_int_equal(g.counts.records, N + N / 100 + 1);
	assert_int_equal(g.counts.late + g.counts.evicted, 0);
	assert_true(g.ordered);
	got_fini(&g);
	buf_fini(&b);
}

/* More files than the process may have open are read all the same: few of them stay open. */
static void few_descriptors(void **state)
{
	enum { N = 100, MAY_OPEN = 48 };
	struct rlimit before, few;
	struct buf b = {0};
	struct got g;
	char name[16];

	(void)state;
	mkdir(file_path("many"), 0700);
	for (uint16_t i = 0; i < N; i++) {
		struct packet p[2] = {packet_at(i * NS_PER_SECOND, (uint16_t)(1000 + i)),
				      packet_at((i + N) * NS_PER_SECOND, (uint16_t)(2000 + i))};

		pcap_of(&b, p, 2);
		snprintf(name, sizeof name, "many/%u", i);
		file_write(name, b.bytes, b.len);
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){MAY_OPEN, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	run_path(&g, file_path("many"));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(g.n_problems, 0);
	assert_int_equal(g.counts.messages, 2 * N);
	assert_true(g.ordered);
	got_fini(&g);
	buf_fini(&b);
}

/* What was taken and is not wanted is given back, and a chunk stays as long as one of those who share it
 * needs it. */
static void shared(void **state)
{
	struct store s = {.cap = 1 << 20};
	struct store_chunk *chunk, *same, *other;
	uint8_t *at, *next;
	size_t held;

	(void)state;
	at = store_take(&s, 1000, &chunk);
	store_share(&s, chunk, at, 100, 2);
	next = store_take(&s, 8, &same);
	assert_ptr_equal(same, chunk);
	assert_ptr_equal(next, at + 104);
	store_release(&s, same);
	held = s.held;
	assert_non_null(store_take(&s, 1 << 19, &other)); /* does not fit into that chunk */
	assert_true(s.held > held);
	store_release(&s, chunk);
	assert_true(s.held > held); /* still needed once */
	store_release(&s, chunk);
	assert_true(s.held < held + (1 << 19) && s.held >= 1 << 19);
	store_release(&s, other);

	at = store_take(&s, 1000, &chunk);
	store_share(&s, chunk, at, 0, 0); /* nothing of it, for nobody */
	next = store_take(&s, 1000, &same);
	assert_ptr_equal(next, at);
	store_release(&s, same);
	store_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_a_stream),
					   cmocka_unit_test(fuller_than_the_store),
					   cmocka_unit_test(few_descriptors), cmocka_unit_test(shared)};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
