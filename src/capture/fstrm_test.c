/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fstrm_test.c -- Frame Streams whole, and damaged: cut at each octet, each bit of each head flipped, octets
 * put in and taken out. Never fewer messages than a slow reader finds, and all that the damage did not touch.
 */
#include "capture/made_dnstap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka wants the two above first */
#include <cmocka.h>

enum { FRAMES = 9 };

static struct got_frames got;

static void make(struct made_stream *s)
{
	static const uint32_t lens[FRAMES] = {40, 12, 300, 128, 128, 128, 200, 33, 64};

	fstrm_write_start(&s->file);
	for (uint16_t i = 0; i < FRAMES; i++)
		made_dnstap_frame(s, (uint16_t)(i + 1), lens[i]);
	fstrm_write_stop(&s->file);
	assert_int_equal(s->file.err, OK);
}

static void whole(void **state)
{
	static const size_t steps[] = {0, 1, 2, 3, 4, 5, 7, 64, 1000};
	struct made_stream s = {0};

	(void)state;
	make(&s);
	assert_true(fstrm_recognise(s.file.bytes, 12));
	assert_int_equal(slow_frames(s.file.bytes, s.file.len), FRAMES);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_true(made_read_stream(s.file.bytes, s.file.len, steps[i], &got));
		assert_int_equal(got.good, FRAMES);
		assert_int_equal(got.counts.control_frames, 2);
		assert_int_equal(got.counts.bad_frames + got.counts.resyncs + got.counts.skipped_octets +
					 got.counts.truncated_end + got.counts.wrong_content,
				 0);
		for (uint16_t k = 0; k < FRAMES; k++)
			assert_int_equal(got.ids[k], k + 1);
	}
	buf_fini(&s.file);
}

static void recognised(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
		bool is;
	} rows[] = {
		{"\0\0\0\0\0\0\0\x22\0\0\0\2", 12, true},  {"\0\0\0\0\0\0\0\x22\0\0\0\2", 11, false},
		{"\0\0\0\0\0\0\0\4\0\0\0\2", 12, true},    {"\0\0\0\0\0\0\0\3\0\0\0\2", 12, false},
		{"\0\0\0\0\0\0\2\1\0\0\0\2", 12, false},   {"\0\0\0\0\0\0\0\x22\0\0\0\3", 12, false},
		{"\0\0\0\1\0\0\0\x22\0\0\0\2", 12, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (fstrm_recognise((const uint8_t *)rows[i].octets, rows[i].len) != rows[i].is)
			fail_msg("row %zu", i);
}

/* Another content type ends the reading, once, unless dnstap frames follow all the same. */
static void other_content(void **state)
{
	struct made_stream s = {0};

	(void)state;
	make(&s);
	s.file.bytes[20] ^= 0x20;
	assert_true(made_read_stream(s.file.bytes, s.file.len, 0, &got));
	assert_int_equal(got.good, FRAMES);
	s.file.len = s.frames[0].from;
	for (int i = 0; i < 10000; i++)
		fstrm_write_frame(&s.file, (const uint8_t *)"a line of text", 14);
	for (size_t step = 0; step < 20000; step += 999) {
		assert_true(made_read_stream(s.file.bytes, s.file.len, step, &got));
		assert_int_equal(got.err, E_END);
		assert_int_equal(got.n, 0);
		assert_int_equal(got.counts.wrong_content, 1);
	}
	buf_fini(&s.file);
}

/* Files joined with cat, and one without a START. */
static void joined(void **state)
{
	struct made_stream s = {0};

	(void)state;
	make(&s);
	s.n = 0;
	make(&s);
	made_dnstap_frame(&s, 1, 20);
	assert_true(made_read_stream(s.file.bytes, s.file.len, 0, &got));
	assert_int_equal(got.good, 2 * FRAMES + 1);
	assert_int_equal(got.counts.control_frames, 4);
	assert_int_equal(got.counts.bad_frames, 0);
	buf_fini(&s.file);
}

/* A frame whose content is no message, between good ones, is given out for the parser to refuse. */
static void wrong_message(void **state)
{
	struct made_stream s = {0};

	(void)state;
	make(&s);
	s.file.bytes[s.frames[4].from + 4] = 0xff;
	assert_true(made_read_stream(s.file.bytes, s.file.len, 0, &got));
	assert_int_equal(got.n, FRAMES);
	assert_int_equal(got.good, FRAMES - 1);
	assert_int_equal(got.counts.bad_frames, 0);
	buf_fini(&s.file);
}

static void cut_everywhere(void **state)
{
	struct made_stream s = {0};

	(void)state;
	make(&s);
	for (size_t len = 0; len < s.file.len; len++) {
		uint8_t *copy = malloc(len + 1); /* of its own size, for the sanitizer */
		size_t before = 0;

		assert_non_null(copy);
		memcpy(copy, s.file.bytes, len);
		while (before < s.n && s.frames[before].to <= len)
			before++;
		assert_true(made_read_stream(copy, len, len % 2 == 0 ? 0 : 100, &got));
		if (got.good != before || got.n < slow_frames(copy, len) || got.counts.bad_frames != 0)
			fail_msg("cut at %zu: %zu of %zu", len, got.good, before);
		if (got.counts.truncated_end !=
		    (len != 0 && len != s.frames[0].from && (before == 0 || len != s.frames[before - 1].to)))
			fail_msg("cut at %zu: the end is not told", len);
		free(copy);
	}
	buf_fini(&s.file);
}

/* All frames that lie outside [from, to) have to be there, and as many as the slow reader finds. */
static void check_damaged(const struct made_stream *s, const struct buf *damaged, size_t from, size_t to)
{
	size_t slow = slow_frames(damaged->bytes, damaged->len), untouched = 0;

	assert_true(made_read_stream(damaged->bytes, damaged->len, 0, &got));
	for (size_t i = 0; i < s->n; i++)
		untouched += s->frames[i].to <= from || s->frames[i].from >= to;
	if (got.n < slow || got.good < untouched)
		fail_msg("damage at [%zu, %zu): %zu, slow reader %zu, untouched %zu", from, to, got.good,
			 slow, untouched);
	for (size_t step = 50; step < 200; step += 77) {
		size_t good = got.good;

		assert_true(made_read_stream(damaged->bytes, damaged->len, step, &got));
		assert_int_equal(got.good, good);
	}
}

static void flipped_everywhere(void **state)
{
	struct made_stream s = {0};

	(void)state;
	make(&s);
	for (size_t at = 0; at < s.file.len; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			s.file.bytes[at] ^= (uint8_t)(1u << bit);
			check_damaged(&s, &s.file, at, at + 1);
			s.file.bytes[at] ^= (uint8_t)(1u << bit);
		}
		s.file.bytes[at] ^= 0xff;
		check_damaged(&s, &s.file, at, at + 1);
		s.file.bytes[at] ^= 0xff;
	}
	buf_fini(&s.file);
}

/* A length that reaches just to the end of a later frame: those in between are found all the same. */
static void swallowing(void **state)
{
	struct made_stream s = {0};

	(void)state;
	make(&s);
	for (size_t i = 0; i < s.n; i++) {
		for (size_t j = i + 1; j < s.n; j++) {
			struct buf damaged = {0};
			size_t claim = s.frames[j].to - s.frames[i].from - 4;

			buf_add(&damaged, s.file.bytes, s.file.len);
			damaged.bytes[s.frames[i].from + 2] = (uint8_t)(claim >> 8);
			damaged.bytes[s.frames[i].from + 3] = (uint8_t)claim;
			check_damaged(&s, &damaged, s.frames[i].from, s.frames[i].to);
			buf_fini(&damaged);
		}
	}
	buf_fini(&s.file);
}

/* Octets put in before each place, or taken out from there. */
static void moved_everywhere(void **state)
{
	static const size_t sizes[] = {1, 3, 4, 17, 200};
	struct made_stream s = {0};

	(void)state;
	make(&s);
	for (size_t at = 0; at < s.file.len; at++) {
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			size_t out = sizes[i] < s.file.len - at ? sizes[i] : s.file.len - at;
			struct buf damaged = {0};

			buf_add(&damaged, s.file.bytes, at);
			buf_add(&damaged, s.file.bytes + at + out, s.file.len - at - out);
			check_damaged(&s, &damaged, at, at + out);
			buf_clear(&damaged);
			buf_add(&damaged, s.file.bytes, at);
			for (size_t k = 0; k < sizes[i]; k++)
				buf_add_char(&damaged, (char)(uint8_t)(k * 37));
			buf_add(&damaged, s.file.bytes + at, s.file.len - at);
			check_damaged(&s, &damaged, at, at);
			buf_fini(&damaged);
		}
	}
	buf_fini(&s.file);
}

/* Megabytes of nothing, and of claims that never come true: a window of 1 MiB still moves on. */
static void long_damage(void **state)
{
	static const char *const patterns[] = {"\0\0\0\0", "\xff\xff\xff\xff", "\0\3\xff\xff", "\0\4\0\0",
					       "\0\0\0\x72"};

	(void)state;
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		struct made_stream s = {0};
		size_t to;

		make(&s);
		for (to = s.file.len + (3 << 20); s.file.len < to;)
			buf_add(&s.file, patterns[i], 4);
		s.n = 0;
		make(&s);
		assert_true(made_read_stream(s.file.bytes, s.file.len, 65536, &got));
		if (got.good != 2 * FRAMES || got.counts.resyncs == 0)
			fail_msg("row %zu: %zu messages", i, got.good);
		buf_fini(&s.file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(recognised),
		cmocka_unit_test(other_content),
		cmocka_unit_test(joined),
		cmocka_unit_test(wrong_message),
		cmocka_unit_test(cut_everywhere),
		cmocka_unit_test(flipped_everywhere),
		cmocka_unit_test(moved_everywhere),
		cmocka_unit_test(long_damage),
		cmocka_unit_test(swallowing),
	};

	return cmocka_run_group_tests_name("fstrm", tests, NULL, NULL);
}
