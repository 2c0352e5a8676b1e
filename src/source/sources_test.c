/* SPDX-License-Identifier: Apache-2.0 */
/* sources_test.c -- the order of messages: one file and many, late records and wrong dates, pipes. */
#include "source/sources.h"

#include <pthread.h>
#include <signal.h>

#include "source/sources_test.h"

/* ---- one file ---- */

static void one_file(void **state)
{
	struct packet packets[50];
	struct buf b = {0};
	struct got g;

	(void)state;
	for (uint16_t i = 0; i < 50; i++)
		packets[i] = packet_at(i * NS_PER_SECOND, (uint16_t)(1000 + i));
	pcap_of(&b, packets, 50);
	run_path(&g, file_write("one.pcap", b.bytes, b.len));
	assert_int_equal(g.counts.messages, 50);
	assert_int_equal(g.counts.records, 50);
	assert_int_equal(g.counts.octets, b.len);
	assert_int_equal(g.counts.octets_total, b.len);
	assert_int_equal(g.counts.bad_time + g.counts.late + g.counts.other + g.counts.unreadable, 0);
	assert_true(g.ordered);
	assert_non_null(strstr(buf_text(&g.text), " 198.51.100.53<198.51.100.1#1000 v3 r0 z0 x1\n"));
	assert_non_null(strstr(buf_text(&g.text), " 198.51.100.53<198.51.100.1#1001 v3 r0 z0 x1\n"));
	got_fini(&g);
	buf_fini(&b);
}

enum { PIECES = 7 };

static const char *const piece_names[PIECES] = {"p/a", "p/b", "p/c", "p/d", "p/e", "p/f", "p/g"};

/* Each piece with its own file header; packed by the i-th way, or every way in turn. */
static void write_pieces(const struct packet *packets, size_t n, size_t way, const char **paths)
{
	struct buf b = {0}, packed = {0};
	size_t at = 0;

	mkdir(file_path("p"), 0700);
	for (size_t i = 0; i < PIECES; i++) {
		size_t end = n * (i + 1) / PIECES;

		pcap_of(&b, packets + at, end - at);
		buf_clear(&packed);
		packs[way < 4 ? way : i % 4](&packed, b.bytes, b.len);
		paths[i] = file_write(piece_names[i], packed.bytes, packed.len);
		at = end;
	}
	buf_fini(&b);
	buf_fini(&packed);
}

static void split_in_seven(void **state)
{
	enum { N = 700 };
	static struct packet packets[N];
	const uint32_t jitters[] = {0, 1900000000};
	struct buf b = {0}, packed = {0};
	struct got whole, g;

	(void)state;
	for (size_t j = 0; j < 2; j++) {
		make_packets(packets, N, jitters[j]);
		pcap_of(&b, packets, N);
		run_path(&whole, file_write("whole", b.bytes, b.len));
		assert_true(whole.counts.messages > 600);
		assert_true(whole.ordered);
		assert_int_equal(whole.counts.late + whole.counts.lost_tcp, 0);
		assert_non_null(strstr(buf_text(&whole.text), "#4444 "));
		for (size_t way = 0; way < 5; way++) {
			const char *paths[PIECES], *folder = file_path("p");

			buf_clear(&packed);
			packs[way % 4](&packed, b.bytes, b.len);
			run_path(&g, file_write("packed", packed.bytes, packed.len));
			assert_int_equal(g.counts.octets, packed.len);
			expect_same(&whole, &g);
			write_pieces(packets, N, way, paths);
			run_paths(&g, paths, PIECES);
			assert_int_equal(g.n_problems, 0);
			assert_int_equal(g.counts.records, N);
			assert_int_equal(g.counts.octets, g.counts.octets_total);
			expect_same(&whole, &g);
			run_path(&g, folder);
			expect_same(&whole, &g);
		}
		got_fini(&whole);
	}
	buf_fini(&b);
	buf_fini(&packed);
}

/* Records behind the window come out as they are, are counted, and hold nothing up. */
static void late(void **state)
{
	struct packet packets[6];
	struct buf b = {0};
	struct got g;

	(void)state;
	for (uint16_t i = 0; i < 6; i++)
		packets[i] = packet_at(i * 10 * NS_PER_SECOND, (uint16_t)(1000 + i));
	packets[4].time_ns = packets[1].time_ns;
	pcap_of(&b, packets, 6);
	run_path(&g, file_write("late", b.bytes, b.len));
	assert_int_equal(g.counts.messages, 6);
	assert_int_equal(g.counts.late, 1);
	assert_false(g.ordered);
	got_fini(&g);
	buf_fini(&b);
}

/* A record from 1970 or 2106 changes one count. */
static void wrong_dates(void **state)
{
	static const int64_t wrong_s[] = {0, 1, 4294967295, 1700000000 - 8 * 86400, 1700000000 + 8 * 86400};
	struct packet packets[41];
	struct buf b = {0};
	struct got good, g;

	(void)state;
	for (uint16_t i = 0; i < 40; i++)
		packets[i] = packet_at(i * 100 * NS_PER_MS, (uint16_t)(1000 + i));
	pcap_of(&b, packets, 40);
	run_path(&good, file_write("good", b.bytes, b.len));
	assert_int_equal(good.counts.messages, 40);
	for (size_t w = 0; w < sizeof wrong_s / sizeof *wrong_s; w++)
		for (size_t at = 0; at <= 40; at += at < 3 || at >= 37 ? 1 : 7)
			for (int packed = 0; packed <= 1; packed++) {
				struct packet all[41];
				struct buf z = {0};

				memcpy(all, packets, at * sizeof *all);
				all[at] = packet_at(0, 9999);
				all[at].time_ns = wrong_s[w] * NS_PER_SECOND;
				memcpy(all + at + 1, packets + at, (40 - at) * sizeof *all);
				pcap_of(&b, all, 41);
				packs[packed](&z, b.bytes, b.len);
				run_path(&g, file_write("wrong", z.bytes, z.len));
				assert_int_equal(g.counts.bad_time, 1);
				assert_int_equal(g.counts.records, 41);
				assert_int_equal(g.counts.late, 0);
				expect_same(&good, &g);
				buf_fini(&z);
			}
	got_fini(&good);
	buf_fini(&b);
}

static void single_record(void **state)
{
	struct packet p = packet_at(0, 1000);
	struct buf b = {0};
	struct got g;

	(void)state;
	pcap_of(&b, &p, 1);
	run_path(&g, file_write("single", b.bytes, b.len));
	assert_int_equal(g.counts.messages, 1);
	got_fini(&g);
	buf_fini(&b);
}

/* ---- pipes ---- */

struct writer {
	int fd;
	const struct buf *octets;
	const char *path;
	bool stay_open;
};

static void *write_pipe(void *context)
{
	struct writer *w = context;

	if (!w->stay_open) /* comes back when somebody reads: who writes must not be gone before that */
		w->fd = open(w->path, O_WRONLY | O_CLOEXEC);
	for (size_t at = 0, n; at < w->octets->len; at += n) {
		n = w->octets->len - at < 501 ? w->octets->len - at : 501;
		if (write(w->fd, w->octets->bytes + at, n) != (ssize_t)n)
			break;
	}
	if (!w->stay_open)
		close(w->fd);
	return NULL;
}

static void from_pipe(void **state)
{
	enum { N = 500 };
	static struct packet packets[N];
	struct buf b = {0};
	struct got whole, g;

	(void)state;
	make_packets(packets, N, 1000000000);
	pcap_of(&b, packets, N);
	run_path(&whole, file_write("whole", b.bytes, b.len));
	for (int stay_open = 0; stay_open <= 1; stay_open++) {
		const char *path = file_path(stay_open ? "pipe1" : "pipe0");
		struct source_path list = {path, 3};
		struct sources_config config = {
			.paths = &list, .n_paths = 1, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE};
		struct writer w = {.octets = &b, .path = path, .stay_open = stay_open};
		pthread_t thread;

		assert_int_equal(mkfifo(path, 0600), 0);
		if (stay_open) /* opens without a reader */
			w.fd = open(path, O_RDWR | O_CLOEXEC);
		assert_int_equal(pthread_create(&thread, NULL, write_pipe, &w), 0);
		run(&g, &config, stay_open ? whole.counts.messages / 2 : 0);
		pthread_join(thread, NULL);
		assert_true(g.kept > 0);
		if (stay_open) { /* the pipe never ends: sources_stop does it, and what was read comes out */
			assert_true(g.counts.messages > whole.counts.messages / 2);
			assert_memory_equal(g.text.bytes, whole.text.bytes, whole.text.len / 2);
			assert_int_equal(g.n_problems, 0);
			got_fini(&g);
			close(w.fd);
		} else {
			expect_same(&whole, &g);
		}
	}
	got_fini(&whole);
	buf_fini(&b);
}

/* Far more waits than the memory limit allows: records leave the window early, and none is lost. The last is
 * the oldest: it would come out first had all of them waited for it. */
static void little_memory(void **state)
{
	enum { N = 30000, PADDED = 1000 };
	struct source_path list = {.vantage = 3};
	struct sources_config config = {.paths = &list,
					.n_paths = 1,
					.since_ns = STAMP_NONE,
					.until_ns = STAMP_NONE,
					.memory_bytes = 1};
	struct buf b = {0}, z = {0}, one = {0};
	struct got g;

	(void)state;
	capture_write_head(&b, LINK_RAW);
	for (uint32_t i = 0; i < N; i++) {
		struct packet p = packet_at(i == N - 1 ? 0 : i + 1, (uint16_t)(1000 + i));
		uint8_t padded[PADDED] = {0};
		struct frame f = {p.time_ns, padded, PADDED, PADDED, LINK_RAW};

		buf_clear(&one);
		add_packet(&one, &p);
		memcpy(padded, one.bytes + 16, one.len - 16);
		capture_write_frame(&b, &f);
	}
	pack_zstd(&z, b.bytes, b.len);
	list.path = file_write("much", z.bytes, z.len);
	run(&g, &config, 0);
	assert_int_equal(g.counts.messages, N);
	assert_false(g.ordered);
	assert_int_equal(g.counts.evicted, 0);
	got_fini(&g);
	buf_fini(&b);
	buf_fini(&z);
	buf_fini(&one);
}

static void *stop_soon(void *sources)
{
	usleep(50000);
	sources_stop(sources);
	return NULL;
}

/* A pipe that gave too little to be recognised when the stop came is no problem of its own. */
static void stopped_unknown(void **state)
{
	struct source_path list = {file_path("unknown"), 3};
	struct sources_config config = {
		.paths = &list, .n_paths = 1, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE};
	const struct source_problem *problems;
	struct sources *s = NULL;
	struct arena keep = {0};
	struct intake in;
	struct diag d;
	pthread_t thread;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(list.path, 0600), 0);
	fd = open(list.path, O_RDWR | O_CLOEXEC);
	assert_int_equal(write(fd, "\1\2\3\4\5\6\7", 7), 7);
	assert_int_equal(sources_open(&s, &config, &d), OK);
	assert_int_equal(pthread_create(&thread, NULL, stop_soon, s), 0);
	assert_int_equal(sources_next(s, &keep, &in), E_END);
	pthread_join(thread, NULL);
	assert_int_equal(sources_problems(s, &problems), 0);
	sources_close(s);
	arena_fini(&keep);
	close(fd);
}

/* Compressed files that follow each other are open one after the other: all at once they would not fit the
 * limit. */
static void many_files(void **state)
{
	enum { FILES = 150 };
	struct source_path list = {.vantage = 3};
	struct sources_config config = {.paths = &list,
					.n_paths = 1,
					.since_ns = STAMP_NONE,
					.until_ns = STAMP_NONE,
					.memory_bytes = 1};
	struct got g;

	(void)state;
	list.path = file_path("many");
	mkdir(list.path, 0700);
	for (uint16_t i = 0; i < FILES; i++) {
		struct packet two[2] = {packet_at(i * NS_PER_SECOND, 1000),
					packet_at(i * NS_PER_SECOND + 5, 1001)};
		struct buf b = {0}, z = {0};
		char name[32];

		snprintf(name, sizeof name, "many/%03u",
			 (unsigned)(FILES - 1 - i)); /* time decides, not the name */
		pcap_of(&b, two, 2);
		pack_gzip(&z, b.bytes, b.len);
		file_write(name, z.bytes, z.len);
		buf_fini(&b);
		buf_fini(&z);
	}
	list.path = file_path("many");
	run(&g, &config, 0);
	assert_string_equal(g.problems, "");
	assert_int_equal(g.counts.messages, 2 * FILES);
	assert_int_equal(g.counts.records, 2 * FILES);
	assert_true(g.ordered);
	got_fini(&g);
}

/* Asked to stop before anything was read: an end in good order. */
static void stopped_early(void **state)
{
	struct packet packets[20];
	struct source_path list = {.vantage = 3};
	struct sources_config config = {
		.paths = &list, .n_paths = 1, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE};
	const struct source_problem *problems;
	struct sources *s = NULL;
	struct arena keep = {0};
	struct buf b = {0};
	struct intake in;
	struct diag d;

	(void)state;
	make_packets(packets, 20, 0);
	pcap_of(&b, packets, 20);
	list.path = file_write("early", b.bytes, b.len);
	assert_int_equal(sources_open(&s, &config, &d), OK);
	sources_stop(s);
	assert_int_equal(sources_next(s, &keep, &in), E_END);
	assert_int_equal(sources_problems(s, &problems), 0);
	sources_close(s);
	arena_fini(&keep);
	buf_fini(&b);
}

static void stopped(void **state)
{
	enum { N = 500 };
	static struct packet packets[N];
	struct source_path list = {.vantage = 3};
	struct sources_config config = {
		.paths = &list, .n_paths = 1, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE};
	struct buf b = {0};
	struct got g;

	(void)state;
	make_packets(packets, N, 0);
	pcap_of(&b, packets, N);
	list.path = file_write("stopped", b.bytes, b.len);
	run(&g, &config, 10);
	assert_true(g.counts.messages >= 20 && g.counts.messages < 120); /* two seconds and a run waited */
	assert_int_equal(g.n_problems, 0);
	got_fini(&g);
	buf_fini(&b);
}

/* ---- files that are cut short while they are read ---- */

/* cmocka handles SIGBUS in each test and takes it from whoever did before; the sources do once, at the first
 * mapping. */
static struct sigaction of_sources;

static int take_signal(void **state)
{
	struct got g;
	struct buf b = {0};
	struct packet packet = packet_at(0, 1000);

	if (folder_setup(state) != 0)
		return -1;
	pcap_of(&b, &packet, 1);
	run_path(&g, file_write("first", b.bytes, b.len));
	got_fini(&g);
	buf_fini(&b);
	return sigaction(SIGBUS, NULL, &of_sources);
}

static void restore_signal(void)
{
	assert_int_equal(sigaction(SIGBUS, &of_sources, NULL), 0);
}

enum { CUT_N = 3000, CUT_TO = 40960 };

/* Two files in turn, one of which is cut after some messages: it ends there, the other is read on. */
static void cut_short(void **state)
{
	static struct packet packets[CUT_N];
	struct source_path list[2] = {{.vantage = 3}, {.vantage = 4}};
	struct sources_config config = {
		.paths = list, .n_paths = 2, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE};
	const struct source_problem *problems;
	struct sources_counts counts;
	struct sources *s = NULL;
	struct arena keep = {0};
	size_t whole = 0, cut = 0;
	struct buf b = {0};
	struct intake in;
	struct diag d;

	(void)state;
	restore_signal();
	for (uint16_t i = 0; i < CUT_N; i++)
		packets[i] = packet_at(i * NS_PER_SECOND, (uint16_t)(1000 + i));
	pcap_of(&b, packets, CUT_N);
	list[0].path = file_write("whole", b.bytes, b.len);
	list[1].path = file_write("cut", b.bytes, b.len);
	assert_int_equal(sources_open(&s, &config, &d), OK);
	for (size_t n = 0; sources_next(s, &keep, &in) == OK; n++) {
		if (n == 20)
			assert_int_equal(truncate(list[1].path, CUT_TO), 0);
		*(in.vantage == 3 ? &whole : &cut) += in.len > 12 && in.wire[2] != 0; /* RD is set in all */
	}
	assert_int_equal(whole, CUT_N);
	assert_true(cut > CUT_TO / (b.len / CUT_N) - 2 && cut <= CUT_TO / (b.len / CUT_N) + 1);
	assert_int_equal(sources_problems(s, &problems), 1);
	assert_non_null(strstr(problems[0].text, "/cut: became shorter while it was read"));
	sources_count(s, &counts);
	assert_int_equal(counts.unreadable, 1);
	assert_int_equal(counts.records, CUT_N + cut); /* not the one that lies half in the zeros */
	assert_true(counts.bad_records <= 1);
	sources_close(s);
	arena_fini(&keep);
	buf_fini(&b);
}

/* Zeros where frames were are neither frames nor broken ones. */
static void cut_dnstap(void **state)
{
	struct source_path list = {.vantage = 3};
	struct sources_config config = {
		.paths = &list, .n_paths = 1, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE};
	const struct source_problem *problems;
	struct sources_counts counts;
	struct sources *s = NULL;
	struct arena keep = {0};
	struct buf b = {0};
	struct intake in;
	struct diag d;
	size_t cut = 0;

	(void)state;
	restore_signal();
	dnstap_of(&b, CUT_N);
	list.path = file_write("cut.dnstap", b.bytes, b.len);
	assert_int_equal(sources_open(&s, &config, &d), OK);
	for (size_t n = 0; sources_next(s, &keep, &in) == OK; n++) {
		if (n == 20)
			assert_int_equal(truncate(list.path, CUT_TO), 0);
		cut += in.len > 12 && in.wire[2] != 0;
	}
	assert_true(cut > CUT_TO / (b.len / CUT_N) - 2 && cut <= CUT_TO / (b.len / CUT_N) + 1);
	assert_int_equal(sources_problems(s, &problems), 1);
	assert_non_null(strstr(problems[0].text, "/cut.dnstap: became shorter while it was read"));
	sources_count(s, &counts);
	assert_int_equal(counts.records, cut);
	assert_true(counts.bad_records <= 1);
	sources_close(s);
	arena_fini(&keep);
	buf_fini(&b);
}

/* The file is read to its end before its messages are looked at, and is cut in between. */
static void cut_behind(void **state)
{
	static struct packet packets[CUT_N];
	struct source_path list = {.vantage = 3};
	struct sources_config config = {
		.paths = &list, .n_paths = 1, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE};
	const struct source_problem *problems;
	struct sources *s = NULL;
	struct arena keep = {0};
	struct buf b = {0};
	struct intake in, last = {0};
	struct diag d;

	(void)state;
	restore_signal();
	for (uint16_t i = 0; i < CUT_N; i++)
		packets[i] = packet_at(i * NS_PER_SECOND, (uint16_t)(1000 + i));
	pcap_of(&b, packets, CUT_N);
	list.path = file_write("behind", b.bytes, b.len);
	assert_int_equal(sources_open(&s, &config, &d), OK);
	while (sources_next(s, &keep, &in) == OK)
		last = in;
	assert_int_equal(sources_problems(s, &problems), 0);
	assert_int_equal(truncate(list.path, CUT_TO), 0);
	for (uint32_t i = 0; i < last.len; i++)
		assert_int_equal(last.wire[i], 0);
	for (int again = 0; again < 2; again++) /* told once */
		assert_int_equal(sources_problems(s, &problems), 1);
	assert_non_null(strstr(problems[0].text, "/behind: became shorter while it was read"));
	sources_close(s);
	arena_fini(&keep);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_file),
		cmocka_unit_test(split_in_seven),
		cmocka_unit_test(late),
		cmocka_unit_test(wrong_dates),
		cmocka_unit_test(single_record),
		cmocka_unit_test(from_pipe),
		cmocka_unit_test(little_memory),
		cmocka_unit_test(stopped),
		cmocka_unit_test(many_files),
		cmocka_unit_test(stopped_early),
		cmocka_unit_test(stopped_unknown),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(cut_dnstap),
		cmocka_unit_test(cut_behind),
	};

	return cmocka_run_group_tests(tests, take_signal, folder_teardown);
}
