/* SPDX-License-Identifier: Apache-2.0 */
/* capture_test.c -- well-formed captures of every kind, by tables; what is counted; and what the writer
 * writes. */
#include "capture/made_capture.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/stamp.h"

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

#define MICRO UINT32_C(0xa1b2c3d4)
#define NANO  UINT32_C(0xa1b23c4d)
#define TICKS (UINT64_C(1000000) * MADE_START_S)

static struct got got;

static void read_made(struct made *m, size_t step)
{
	assert_int_equal(m->file.err, OK);
	assert_int_equal(capture_recognise(m->file.bytes, m->file.len), m->form);
	assert_true(made_read(m->form, m->file.bytes, m->file.len, step, &got));
}

static void recognised(void **state)
{
	static const struct {
		const uint8_t *octets;
		size_t len;
		enum capture_form form;
	} rows[] = {
		{BYTES("\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0"), CAPTURE_PCAP},
		{BYTES("\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0"), CAPTURE_PCAP},
		{BYTES("\x4d\x3c\xb2\xa1"), CAPTURE_PCAP},
		{BYTES("\xa1\xb2\x3c\x4d"), CAPTURE_PCAP},
		{BYTES("\xa1\xb2\xcd\x34"), CAPTURE_PCAP},
		{BYTES("\xd4\xc3\xb2\xa0\2\0\4\0\0\0\0\0"),
		 CAPTURE_PCAP}, /* one octet damaged, version whole */
		{BYTES("\xd4\xc3\xb2\xa0\2\0\5\0\0\0\0\0"), CAPTURE_NONE},
		{BYTES("\xd4\xc3\xb3\xa0\2\0\4\0\0\0\0\0"), CAPTURE_NONE},
		{BYTES("\xd4\xc3\xb2"), CAPTURE_NONE},
		{BYTES("\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a"), CAPTURE_PCAPNG},
		{BYTES("\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d"), CAPTURE_PCAPNG},
		{BYTES("\x0a\x0d\x0d\x0b\0\0\0\x1c\x1a\x2b\x3c\x4d"), CAPTURE_PCAPNG},
		{BYTES("\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4c"), CAPTURE_PCAPNG},
		{BYTES("\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3d\x4c"), CAPTURE_NONE},
		{BYTES("\x0a\x0d\x0d\x0a\0\0"), CAPTURE_PCAPNG}, /* cut */
		{BYTES("{\"query\":\"a\"}\n"), CAPTURE_NONE},
		{BYTES(""), CAPTURE_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (capture_recognise(rows[i].octets, rows[i].len) != rows[i].form)
			fail_msg("row %zu: another form", i);
}

static void pcap_kinds(void **state)
{
	static const struct {
		uint32_t magic, link, part, part_ns;
		unsigned more; /* octets behind the four numbers of a head */
		uint16_t as_link;
		bool big;
	} rows[] = {
		{MICRO, 1, 999999, 1000, 0, 1, false},
		{MICRO, 101, 999999, 1000, 0, 101, true},
		{NANO, 113, 999999999, 1, 0, 113, false},
		{NANO, 0xf4000114, 999999999, 1, 0, 0x114,
		 true}, /* the upper half tells of check sequences */
		{0xa1b2cd34, 1, 5, 1000, 8, 1, false},
		{0xa1b2cd34, 1, 5, 1000, 8, 1, true},
		{0xa1b2cd34, 1, 5, 1000, 12, 1, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct made m = {0};
		size_t at[4];

		made_file_head(&m, rows[i].magic, rows[i].big, rows[i].link);
		for (uint32_t k = 0; k < 4; k++) {
			static const uint8_t more[12] = {0, 0, 0, 1, 8, 0, 4};

			made_u32(&m, MADE_START_S + k);
			made_u32(&m, rows[i].part);
			made_u32(&m, 40 + k);
			made_u32(&m, 40 + 2 * k);
			buf_add(&m.file, more, rows[i].more);
			at[k] = m.file.len;
			made_octets(&m, 40 + k, k);
		}
		for (size_t step = 0; step < 3; step++) {
			read_made(&m, step);
			assert_int_equal(got.n, 4);
			assert_int_equal(got.counts.bad_records + got.counts.truncated_end, 0);
			assert_int_equal(got.counts.cut_frames, 3);
			for (uint32_t k = 0; k < 4; k++) {
				struct got_frame want = {.time_ns =
								 (MADE_START_S + (int64_t)k) * NS_PER_SECOND +
								 (int64_t)rows[i].part * rows[i].part_ns,
							 .hash = hash_bytes(m.file.bytes + at[k], 40 + k, 0),
							 .len = 40 + k,
							 .wire_len = 40 + 2 * k,
							 .link = rows[i].as_link};

				assert_memory_equal(&got.frames[k], &want,
						    offsetof(struct got_frame, link) + 2);
			}
		}
		buf_fini(&m.file);
	}
}

/* The length a file is cut to, and what is then counted. */
static void pcap_ends(void **state)
{
	static const struct {
		size_t len;
		uint64_t frames, cut_end;
	} rows[] = {{0, 0, 0},  {1, 0, 1},  {23, 0, 1},  {24, 0, 0},  {25, 0, 1}, {39, 0, 1},
		    {40, 0, 1}, {99, 0, 1}, {100, 1, 0}, {101, 1, 1}, {176, 2, 0}};
	struct made m = {0};

	(void)state;
	made_file_head(&m, MICRO, false, 1);
	made_record(&m, MADE_START_S, 1, 60, 60);
	made_record(&m, MADE_START_S, 2, 60, 60);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(made_read(CAPTURE_PCAP, m.file.bytes, rows[i].len, 0, &got));
		if (got.counts.frames != rows[i].frames || got.counts.truncated_end != rows[i].cut_end)
			fail_msg("cut at %zu: %zu frames", rows[i].len, got.n);
		assert_int_equal(got.counts.bad_records, 0);
	}
	buf_fini(&m.file);
}

/* Heads that are odd but no damage: each stands between two good records. */
static void pcap_odd_heads(void **state)
{
	static const struct {
		uint32_t s, part, cap, wire;
		bool good;
	} rows[] = {
		{MADE_START_S, 0, 60, 60, true},
		{MADE_START_S, 0, 0, 60, true},     /* nothing captured */
		{MADE_START_S, 0, 0, 0, true},      /* nothing there */
		{MADE_START_S, 0, 60, 0, true},     /* the wire length is not known */
		{0, 0, 60, 60, true},               /* no time */
		{UINT32_MAX, 999999, 60, 60, true}, /* 2106 */
		{MADE_START_S, 0, 262144, 262144, true},
		{MADE_START_S, 0, 262145, 262145, false},
		{MADE_START_S, 1000000, 60, 60, false},
		{MADE_START_S, 0, 60, 59, false},
		{MADE_START_S, 0, 60, 1048577, false},
		{0, 0, 0, 0, false}, /* a hole in the file */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct made m = {0};

		made_file_head(&m, MICRO, i % 2 != 0, 1);
		made_record(&m, MADE_START_S, 1, 60, 60);
		made_record(&m, rows[i].s, rows[i].part, rows[i].cap, rows[i].wire);
		for (uint32_t k = 0; k < 3; k++)
			made_record(&m, MADE_START_S + k, 1, 60, 60);
		read_made(&m, i % 2 == 0 ? 0 : 4099);
		if (got.n != 4u + rows[i].good || got.counts.bad_records != !rows[i].good ||
		    got.counts.resyncs != !rows[i].good)
			fail_msg("row %zu: %zu frames", i, got.n);
		buf_fini(&m.file);
	}
}

/* Captures months apart, record by record, are no damage either. */
static void pcap_sparse(void **state)
{
	struct made m = {0};

	(void)state;
	made_file_head(&m, MICRO, false, 1);
	for (uint32_t k = 0; k < 9; k++)
		made_record(&m, MADE_START_S + k * 10000000, k, 60 + k, 60 + k);
	for (size_t step = 0; step < 60; step += 19) {
		read_made(&m, step);
		assert_int_equal(got.n, 9);
		assert_int_equal(got.counts.bad_records, 0);
	}
	buf_fini(&m.file);
}

/* cat one.pcap two.pcap: other order, units and link; and the first one cut inside its last record. */
static void pcap_joined(void **state)
{
	(void)state;
	for (size_t cut = 0; cut <= 30; cut += 10) {
		struct made m = {0};

		made_file_head(&m, MICRO, false, 1);
		for (uint32_t k = 0; k < 4; k++)
			made_record(&m, MADE_START_S + k, 1, 60, 60);
		m.file.len -= cut;
		made_file_head(&m, NANO, true, 101);
		for (uint32_t k = 0; k < 4; k++)
			made_record(&m, 5 * (MADE_START_S / 4), 999999999, 60, 60);
		for (size_t step = 0; step < 60; step += 19) {
			read_made(&m, step);
			assert_int_equal(got.n, cut == 0 ? 8 : 7);
			assert_int_equal(got.counts.bad_records, 1);
			assert_int_equal(got.frames[got.n - 1].link, 101);
			assert_true(got.frames[got.n - 1].time_ns ==
				    5 * (MADE_START_S / 4) * NS_PER_SECOND + 999999999);
		}
		buf_fini(&m.file);
	}
}

/* How interfaces count time. */
static void pcapng_times(void **state)
{
	static const struct {
		int resolution;
		int64_t offset_s;
		uint64_t ticks;
		int64_t time_ns; /* -1: out of range, and what is given is a guess */
	} rows[] = {
		{-1, 0, TICKS + 7, MADE_START_S * NS_PER_SECOND + 7000},
		{6, 0, TICKS + 7, MADE_START_S * NS_PER_SECOND + 7000},
		{9, 0, 1000 * TICKS + 7, MADE_START_S * NS_PER_SECOND + 7},
		{0, 0, MADE_START_S, MADE_START_S * NS_PER_SECOND},
		{3, 0, MADE_START_S * UINT64_C(1000) + 1, MADE_START_S * NS_PER_SECOND + 1000000},
		{10, 0, 10000 * TICKS + 19, MADE_START_S * NS_PER_SECOND + 1},
		{127, 0, UINT64_MAX, 0},
		{0x80, 0, MADE_START_S, MADE_START_S * NS_PER_SECOND},
		{0x80 | 10, 0, ((uint64_t)MADE_START_S << 10) + 512,
		 MADE_START_S * NS_PER_SECOND + 500000000},
		{0x80 | 32, 0, ((uint64_t)MADE_START_S << 32) + 3, MADE_START_S * NS_PER_SECOND},
		{0xff, 0, UINT64_MAX, 0},
		{6, MADE_START_S, 7, MADE_START_S * NS_PER_SECOND + 7000},
		{6, -3600, TICKS, (MADE_START_S - 3600) * NS_PER_SECOND},
		{0, 0, TICKS, -1},
		{6, -MADE_START_S - 1, TICKS, -1},
		{6, INT64_MIN, TICKS, -1},
		{0, INT64_MAX, TICKS, -1},
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		struct made m = {0};

		made_section(&m, i % 2 != 0);
		made_interface(&m, 1, rows[i / 2].resolution, rows[i / 2].offset_s);
		made_packet(&m, 6, 0, rows[i / 2].ticks, 60);
		read_made(&m, 0);
		assert_int_equal(got.n, 1);
		assert_int_equal(got.counts.bad_records, rows[i / 2].time_ns < 0);
		if (got.frames[0].time_ns !=
		    (rows[i / 2].time_ns < 0 ? MADE_START_S * NS_PER_SECOND : rows[i / 2].time_ns))
			fail_msg("row %zu: another time", i / 2);
		buf_fini(&m.file);
	}
}

/* Sections of both orders with interfaces of their own, every kind of packet, other blocks between. */
static void pcapng_sections(void **state)
{
	static const uint16_t links[] = {1, 101, 113, 1, 276, 101, 101};
	struct made m = {0};
	size_t from;

	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		made_section(&m, k == 0);
		made_interface(&m, k == 0 ? 1 : 276, -1, 0);
		made_interface(&m, 101, 9, 0);
		made_packet(&m, 6, 0, TICKS, 61);
		from = made_block_begin(&m, 4); /* names */
		made_u32(&m, 0);
		made_block_end(&m, from);
		made_packet(&m, 2, 1, 1000 * TICKS, 62);
		from = made_block_begin(&m, 0x80001234); /* of somebody's own */
		made_block_end(&m, from);
		if (k == 1)
			break;
		made_interface(&m, 113, 6, 0);
		made_packet(&m, 6, 2, TICKS, 63);
		made_simple(&m, 64);
	}
	made_packet(&m, 6, 1, 1000 * TICKS, 65);
	for (size_t step = 0; step < 60; step += 19) {
		read_made(&m, step);
		assert_int_equal(got.n, 7);
		assert_int_equal(got.counts.bad_records, 0);
		assert_int_equal(got.counts.other_blocks, 4);
		for (size_t i = 0; i < got.n; i++) {
			assert_int_equal(got.frames[i].link, links[i]);
			assert_true(got.frames[i].time_ns == MADE_START_S * NS_PER_SECOND);
			assert_true(got.frames[i].hash ==
				    hash_bytes(m.file.bytes + m.records[i].heads, got.frames[i].len, 0));
		}
	}
	buf_fini(&m.file);
}

/* Packets of an interface that nobody described come out, and are counted. */
static void pcapng_no_interface(void **state)
{
	static const uint64_t ticks[] = {TICKS, 1000 * TICKS};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct made m = {0};

		made_section(&m, false);
		made_packet(&m, 6, 0, ticks[i], 60);
		made_interface(&m, 101, i == 0 ? 6 : 9, 0);
		made_packet(&m, 6, 7, ticks[i], 60);
		read_made(&m, 0);
		assert_int_equal(got.n, 2);
		assert_int_equal(got.counts.bad_records, 2);
		assert_int_equal(got.frames[0].link, 1);
		assert_int_equal(got.frames[1].link, 101);
		assert_true(got.frames[0].time_ns == MADE_START_S * NS_PER_SECOND);
		assert_true(got.frames[1].time_ns == MADE_START_S * NS_PER_SECOND);
		buf_fini(&m.file);
	}
}

/* What the snap length cut in a packet without a captured length of its own. */
static void pcapng_simple_cut(void **state)
{
	struct made m = {0};
	size_t from;

	(void)state;
	made_section(&m, false);
	from = made_block_begin(&m, 1);
	made_u32(&m, 1);
	made_u32(&m, 61);
	made_block_end(&m, from);
	from = made_block_begin(&m, 3);
	made_u32(&m, 1500);
	made_octets(&m, 64, 1);
	made_block_end(&m, from);
	read_made(&m, 0);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.frames[0].len, 61);
	assert_int_equal(got.frames[0].wire_len, 1500);
	assert_int_equal(got.counts.cut_frames, 1);
	buf_fini(&m.file);
}

/* Lengths of blocks as they should not be, between good ones. */
static void pcapng_lengths(void **state)
{
	static const struct {
		uint32_t lead, trail;
		uint64_t frames, bad;
	} rows[] = {
		{96, 96, 3, 0},         {96, 97, 3, 1}, {92, 96, 3, 1},        {0, 96, 3, 1},
		{UINT32_MAX, 96, 3, 1}, {96, 0, 3, 1},  {0, 0, 2, 1},          {12, 12, 2, 1},
		{320 * 1024, 96, 3, 1}, {8, 8, 2, 1},   {UINT32_MAX, 0, 2, 1}, {98, 98, 2, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct made m = {0}, lengths = {0};

		made_section(&m, false);
		made_interface(&m, 1, 6, 0);
		for (unsigned k = 0; k < 3; k++)
			made_packet(&m, 6, 0, TICKS + k, 64);
		made_u32(&lengths, rows[i].lead);
		made_u32(&lengths, rows[i].trail);
		memcpy(m.file.bytes + m.records[1].from + 4, lengths.file.bytes, 4);
		memcpy(m.file.bytes + m.records[1].to - 4, lengths.file.bytes + 4, 4);
		for (size_t step = 0; step < 60; step += 19) {
			read_made(&m, step);
			if (got.n != rows[i].frames || got.counts.bad_records != rows[i].bad)
				fail_msg("row %zu: %zu frames, %u bad", i, got.n,
					 (unsigned)got.counts.bad_records);
		}
		buf_fini(&m.file);
		buf_fini(&lengths.file);
	}
}

/* Megabytes of nothing, and of claims that never come true: a window of 1 MiB still moves on (made_read sees
 * to it). */
static void long_damage(void **state)
{
	static const char *const patterns[] = {"\0\0\0\0", "\xff\xff\xff\xff", "\6\0\0\0",
					       "\0\0\4\0", "\0\0\0\1",         "\3\0"};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof patterns / sizeof *patterns; i++) {
		struct made m = {0};
		size_t to;

		if (i % 2 == 0) {
			made_file_head(&m, MICRO, false, 1);
			made_record(&m, MADE_START_S, 1, 60, 60);
		} else {
			made_section(&m, false);
			made_interface(&m, 1, 6, 0);
			made_packet(&m, 6, 0, TICKS, 60);
		}
		for (to = m.file.len + (3 << 20); m.file.len < to;)
			buf_add(&m.file, patterns[i / 2], 4 - 2 * (i / 2 == 5));
		for (uint32_t k = 0; k < 2; k++)
			i % 2 == 0 ? made_record(&m, MADE_START_S + k, 1, 60, 60)
				   : made_packet(&m, 6, 0, TICKS + k, 60);
		read_made(&m, 65536);
		/* 0x40000 over and over is a row of blocks of that type and length: well formed */
		if (got.n < 3 || (got.counts.bad_records == 0 && got.counts.other_blocks < 12))
			fail_msg("row %zu: %zu frames", i, got.n);
		buf_fini(&m.file);
	}
}

/* Blocks too short for the numbers of their type, at the very end of the octets. */
static void pcapng_short_blocks(void **state)
{
	static const uint32_t types[] = {1, 2, 3, 6};

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		for (size_t body = 0; body <= 16; body += 4) {
			struct made m = {0};
			size_t from;
			uint8_t *exact;

			made_section(&m, false);
			made_interface(&m, 1, 6, 0);
			made_packet(&m, 6, 0, TICKS, 60);
			from = made_block_begin(&m, types[i]);
			buf_add(&m.file, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", body);
			made_block_end(&m, from);
			exact = malloc(m.file.len);
			assert_non_null(exact);
			memcpy(exact, m.file.bytes, m.file.len);
			assert_true(made_read(CAPTURE_PCAPNG, exact, m.file.len, 0, &got));
			assert_true(got.frames[0].len == 60 && got.n <= 2);
			if (types[i] % 4 == 2)
				assert_int_equal(got.counts.bad_records, 1);
			free(exact);
			buf_fini(&m.file);
		}
	}
}

static void written(void **state)
{
	static const uint8_t octets[300 * 1024] = "what a packet holds";
	static const struct {
		struct frame in;
		int64_t time_ns;
		uint32_t len, wire_len;
	} rows[] = {
		{{1236895254123456789, octets, 60, 60, 101}, 1236895254123456789, 60, 60},
		{{1236895254999999999, octets, 60, 1500, 101}, 1236895254999999999, 60, 1500},
		{{1236895255000000000, octets, 60, 0, 101}, 1236895255000000000, 60, 60},
		{{-1, octets, 19, 19, 101}, 0, 19, 19},
		{{INT64_MAX, octets, 19, 19, 101},
		 UINT32_MAX * NS_PER_SECOND + INT64_MAX % NS_PER_SECOND,
		 19,
		 19},
		{{1236895256000000000, octets, 300 * 1024, 300 * 1024, 101},
		 1236895256000000000,
		 262144,
		 307200},
		{{1236895257000000000, octets, 60, 60, 101}, 1236895257000000000, 60, 60},
	};
	struct buf b = {0};

	(void)state;
	capture_write_head(&b, 101);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		capture_write_frame(&b, &rows[i].in);
	assert_int_equal(b.err, OK);
	assert_int_equal(capture_recognise(b.bytes, b.len), CAPTURE_PCAP);
	assert_true(made_read(CAPTURE_PCAP, b.bytes, b.len, 0, &got));
	assert_int_equal(got.counts.bad_records + got.counts.truncated_end, 0);
	assert_int_equal(got.n, sizeof rows / sizeof *rows);
	for (size_t i = 0; i < got.n; i++) {
		assert_true(got.frames[i].time_ns == rows[i].time_ns);
		assert_int_equal(got.frames[i].len, rows[i].len);
		assert_int_equal(got.frames[i].wire_len, rows[i].wire_len);
		assert_int_equal(got.frames[i].link, 101);
		assert_true(got.frames[i].hash == hash_bytes(octets, rows[i].len, 0));
	}
	buf_fini(&b);
}

/* Files whose records are dated so, a letter a second, in capitals when they are empty. The first record is
 * read alone, for the file's head comes with it; then so many at once, at most 20, behind it. */
static const struct {
	const char *name, *dates;
	char from, before;
	int64_t step_s;
	size_t n, want;
} runs[] = {
	{"all but the last, behind which nothing is", "abcdefgh", 'a', 'z', 5, 20, 6},
	{"no more than asked for", "abcdefgh", 'a', 'z', 5, 4, 4},
	{"equal dates", "aaabbbcc", 'a', 'z', 5, 20, 6},
	{"the first is too old", "abcd", 'c', 'z', 5, 20, 0},
	{"up to one that is older than the one before", "abdcefgh", 'a', 'z', 5, 20, 2},
	{"up to where others come", "abcdefgh", 'a', 'e', 5, 20, 3},
	{"up to a leap", "abcjklmn", 'a', 'z', 5, 20, 2},
	{"an empty record wants a second look", "abcDefgh", 'a', 'z', 5, 20, 1},
	{"and is none of a run", "aBcdefgh", 'a', 'z', 5, 20, 0},
	{"nothing is left", "a", 'a', 'z', 5, 20, 0},
};

static void take_alone(struct capture_reader *r, struct capture_window *w, struct frame *out)
{
	size_t used;

	assert_int_equal(capture_next(r, w, &used, out), OK);
	w->octets += used;
	w->len -= used;
}

static void at_once(void **state)
{
	struct frame frames[20], f;

	(void)state;
	for (size_t i = 0; i < 2 * (sizeof runs / sizeof *runs); i++) {
		const size_t row = i / 2;
		struct capture_pace pace = {(MADE_START_S + runs[row].from) * NS_PER_SECOND,
					    (MADE_START_S + runs[row].before) * NS_PER_SECOND,
					    runs[row].step_s * NS_PER_SECOND};
		struct capture_reader *one = capture_open(CAPTURE_PCAP), *many = capture_open(CAPTURE_PCAP);
		struct capture_window w, v;
		struct made m = {0};
		size_t n_got;

		assert_true(one != NULL && many != NULL);
		made_file_head(&m, MICRO, i % 2 != 0, 1);
		for (const char *c = runs[row].dates; *c != 0; c++)
			made_record(&m, MADE_START_S + (uint32_t)(*c | 32), 0, *c < 'a' ? 0 : 60, 60);
		w = v = (struct capture_window){m.file.bytes, m.file.len, true};
		assert_int_equal(capture_run(many, &v, &pace, frames, 20), 0); /* the file's head */
		take_alone(one, &w, &f);
		take_alone(many, &v, &f);
		v.last = false; /* more may follow */
		assert_int_equal(capture_run(many, &v, &pace, frames, runs[row].n), 0);
		v.last = true;
		n_got = capture_run(many, &v, &pace, frames, runs[row].n);
		if (n_got != runs[row].want)
			fail_msg("%s: %zu", runs[row].name, n_got);
		for (size_t k = 0; k < n_got; k++) {
			take_alone(one, &w, &f);
			assert_true(f.time_ns == frames[k].time_ns && f.octets == frames[k].octets &&
				    f.len == frames[k].len && f.wire_len == frames[k].wire_len &&
				    f.link == frames[k].link);
		}
		assert_memory_equal(capture_counted(one), capture_counted(many),
				    sizeof(struct capture_counts));
		capture_close(one);
		capture_close(many);
		buf_fini(&m.file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recognised),
		cmocka_unit_test(pcap_kinds),
		cmocka_unit_test(pcap_ends),
		cmocka_unit_test(pcap_odd_heads),
		cmocka_unit_test(pcap_sparse),
		cmocka_unit_test(pcap_joined),
		cmocka_unit_test(pcapng_times),
		cmocka_unit_test(pcapng_sections),
		cmocka_unit_test(pcapng_no_interface),
		cmocka_unit_test(pcapng_simple_cut),
		cmocka_unit_test(pcapng_lengths),
		cmocka_unit_test(long_damage),
		cmocka_unit_test(pcapng_short_blocks),
		cmocka_unit_test(written),
		cmocka_unit_test(at_once),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
