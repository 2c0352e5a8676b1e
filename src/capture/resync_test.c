/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resync_test.c -- damaged captures: each bit of each head flipped, files cut at each octet, octets put in
 * and taken out everywhere. What the damage did not touch must come out, and never less than slow_reader.h
 * finds.
 */
#include "capture/made_capture.h"
#include "capture/slow_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka wants the two above first */
#include <cmocka.h>

/* A file to damage, and what the slow reader is told of it. */
struct subject {
	const char *name;
	struct made made;
	struct got whole; /* undamaged */
	uint32_t parts;   /* 0: pcapng */
	uint32_t hint;
	size_t heads_end; /* where the file's own headers end */
};

static struct subject subjects[8];
static size_t n_subjects;

enum { SMALL_FILES = 5, PACKETS = 8 };

static void make_pcap(struct subject *s, uint32_t magic, bool big, uint32_t parts)
{
	static const uint32_t caps[PACKETS] = {60, 94, 1, 200, 94, 33, 128, 74};

	s->parts = parts;
	s->hint = MADE_START_S;
	made_file_head(&s->made, magic, big, 1);
	s->heads_end = s->made.file.len;
	for (uint32_t i = 0; i < PACKETS; i++) /* some cut by the snap length */
		made_record(&s->made, MADE_START_S + i * i * 100, i * 65537 % parts, caps[i],
			    caps[i] + (i % 3 == 2 ? 1000 : 0));
}

static void make_pcapng(struct subject *s, bool big)
{
	static const uint32_t caps[PACKETS] = {60, 94, 1, 200, 94, 33, 128, 74};
	uint64_t ticks = (uint64_t)MADE_START_S * 1000000;

	s->hint = (uint32_t)(ticks >> 32);
	made_section(&s->made, big);
	made_interface(&s->made, 1, 6, 0);
	s->heads_end = s->made.file.len;
	for (uint32_t i = 0; i < PACKETS; i++) {
		if (i == 5)
			made_simple(&s->made, caps[i]);
		else
			made_packet(&s->made, i == 3 ? 2 : 6, 0, ticks + i * 100000, caps[i]);
	}
}

/* The records of a file as it lies there, undamaged: where they are is found by walking it. */
static bool load_pcap(struct subject *s, const char *path)
{
	const char *shared = getenv("DEFLUX_SHARED");
	char full[4096];
	uint8_t octets[65536];
	size_t n;
	FILE *f;

	snprintf(full, sizeof full, "%s/%s", shared == NULL ? "" : shared, path);
	f = shared == NULL ? NULL : fopen(full, "rb");
	if (f == NULL)
		return false;
	n = fread(octets, 1, sizeof octets, f);
	fclose(f);
	buf_add(&s->made.file, octets, n);
	s->made.form = CAPTURE_PCAP;
	s->parts = 1000000;
	s->heads_end = 24;
	s->hint = slow_u32(octets + 24, false);
	for (size_t at = 24; at < n && s->made.n < MADE_MAX; at = s->made.records[s->made.n - 1].to) {
		s->made.records[s->made.n].from = at;
		s->made.records[s->made.n].heads = at + 16;
		s->made.records[s->made.n++].to = at + 16 + slow_u32(octets + at + 8, false);
	}
	return n > 24;
}

static int setup(void **state)
{
	static const char *const real[] = {"captures/dnscap/dns.pcap",
					   "captures/dnscap/dnso1tcp-midmiss.pcap",
					   "captures/cznic-dns-probe/tcp_axfr_zone_transfer.pcap"};

	(void)state;
	make_pcap(&subjects[0], 0xa1b2c3d4, false, 1000000);
	make_pcap(&subjects[1], 0xa1b2c3d4, true, 1000000);
	make_pcap(&subjects[2], 0xa1b23c4d, false, 1000000000);
	make_pcapng(&subjects[3], false);
	make_pcapng(&subjects[4], true);
	n_subjects = SMALL_FILES;
	for (size_t i = 0; i < sizeof real / sizeof *real; i++)
		n_subjects += load_pcap(&subjects[n_subjects], real[i]);
	for (size_t i = 0; i < n_subjects; i++) {
		static const char *const names[] = {"pcap", "pcap big-endian", "pcap nanoseconds", "pcapng",
						    "pcapng big-endian"};
		struct subject *s = &subjects[i];

		s->name = i < SMALL_FILES ? names[i] : "real file";
		if (!made_read(s->made.form, s->made.file.bytes, s->made.file.len, 0, &s->whole) ||
		    s->whole.n != s->made.n)
			return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_subjects; i++)
		buf_fini(&subjects[i].made.file);
	return 0;
}

/* The file's copy that gets damaged. */
static uint8_t damaged[65536 + 256];

static size_t slow_count(const struct subject *s, size_t len)
{
	size_t from = s->parts == 0 || len < s->heads_end
			      ? 0
			      : s->heads_end; /* pcap: no record lies in the header */

	return slow_most(damaged + from, len - from, s->made.big, s->parts, s->hint);
}

/* Damage in [from, to) of the whole file may touch record i. */
static bool touched(const struct subject *s, size_t i, size_t from, size_t to)
{
	return s->made.records[i].from < to && from < s->made.records[i].to;
}

static bool same_frame(const struct got_frame *a, const struct got_frame *b, bool heads_whole)
{
	return a->hash == b->hash && a->len == b->len &&
	       (!heads_whole ||
		(a->time_ns == b->time_ns && a->wire_len == b->wire_len && a->link == b->link));
}

/* Reads the damaged copy; every frame of the whole file that [from, to) does not touch must be there, in
 * order, and no fewer frames than the slow reader finds. */
static void check(const struct subject *s, size_t len, size_t from, size_t to, const char *what)
{
	static struct got got;
	size_t at = 0, most;
	bool heads_whole = from >= s->heads_end;

	if (!made_read(s->made.form, damaged, len, 0, &got))
		fail_msg("%s, %s at %zu: the reader broke its contract", s->name, what, from);
	for (size_t i = 0; i < s->made.n; i++) {
		/* a packet without a time takes that of the one before, which may be the damaged one */
		bool timed = heads_whole && s->made.records[i].heads - s->made.records[i].from != 12;

		if (touched(s, i, from, to))
			continue;
		while (at < got.n && !same_frame(&got.frames[at], &s->whole.frames[i], timed))
			at++;
		if (at++ >= got.n)
			fail_msg("%s, %s at %zu: record %zu is lost", s->name, what, from, i);
	}
	most = slow_count(s, len);
	if (got.n < most)
		fail_msg("%s, %s at %zu: %zu frames, the slow reader has %zu", s->name, what, from, got.n,
			 most);
}

static void flip_bits(const struct subject *s, size_t at, unsigned step)
{
	for (unsigned bit = (unsigned)(at % step); bit < 8; bit += step) {
		damaged[at] ^= (uint8_t)(1u << bit);
		check(s, s->made.file.len, at, at + 1, "a bit flipped");
		damaged[at] ^= (uint8_t)(1u << bit);
	}
}

static void flipped_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_subjects; i++) {
		const struct subject *s = &subjects[i];
		unsigned step = i < SMALL_FILES ? 1 : 8;

		memcpy(damaged, s->made.file.bytes, s->made.file.len);
		for (size_t at = 0; at < s->heads_end; at++)
			flip_bits(s, at, 1);
		for (size_t k = 0; k < s->made.n; k++) {
			for (size_t at = s->made.records[k].from; at < s->made.records[k].heads; at++)
				flip_bits(s, at, step);
			for (size_t at = s->made.records[k].to - 4;
			     s->parts == 0 && at < s->made.records[k].to; at++)
				flip_bits(s, at, step); /* the second length */
		}
	}
}

static void cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_subjects; i++) {
		const struct subject *s = &subjects[i];

		memcpy(damaged, s->made.file.bytes, s->made.file.len);
		for (size_t len = 0; len < s->made.file.len; len += i < SMALL_FILES ? 1 : 7)
			check(s, len, len, s->made.file.len, "cut");
	}
}

/* Octets that were never written: zeros, ones and noise, of several lengths. */
static void put_in(void **state)
{
	static const size_t lengths[] = {1, 4, 16, 23, 100};

	(void)state;
	for (size_t i = 0; i < n_subjects; i++) {
		const struct subject *s = &subjects[i];
		uint32_t seed = 7;

		for (size_t at = s->heads_end; at <= s->made.file.len; at += i < SMALL_FILES ? 1 : 41) {
			size_t n = lengths[made_random(&seed) % 5];
			uint32_t kind = made_random(&seed) % 3;

			memcpy(damaged, s->made.file.bytes, at);
			for (size_t k = 0; k < n; k++)
				damaged[at + k] = (uint8_t)(kind == 0   ? 0
							    : kind == 1 ? 0xff
									: made_random(&seed));
			memcpy(damaged + at + n, s->made.file.bytes + at, s->made.file.len - at);
			check(s, s->made.file.len + n, at, at, "octets put in");
		}
	}
}

/* The file is cut and goes on later. */
static void taken_out(void **state)
{
	static const size_t lengths[] = {1, 2, 4, 15, 16, 18, 64, 150};

	(void)state;
	for (size_t i = 0; i < n_subjects; i++) {
		const struct subject *s = &subjects[i];

		for (size_t at = s->heads_end; at < s->made.file.len; at += i < SMALL_FILES ? 1 : 41) {
			size_t n = lengths[at % 8], left = s->made.file.len - at;

			n = n < left ? n : left;
			memcpy(damaged, s->made.file.bytes, at);
			memcpy(damaged + at, s->made.file.bytes + at + n, left - n);
			/* the first octets of a time are as well the last of the packet before: not its
			 * touching counts */
			check(s, s->made.file.len - n, at < 3 ? 0 : at - 3, at + n, "octets taken out");
		}
	}
}

/* Two heads broken in one file: the records between them are an island. Never twice the same head: two wrong
 * lengths that agree are a record. */
static void flipped_twice(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < n_subjects * 2000; i++) {
		const struct subject *s = &subjects[i % n_subjects];
		size_t most;
		static struct got got;

		memcpy(damaged, s->made.file.bytes, s->made.file.len);
		for (int k = 0, record = -1; k < 2; k++) {
			int other = (int)(made_random(&seed) % s->made.n);
			size_t at = s->made.records[other].from + made_random(&seed) % 16;

			if (other == record)
				break;
			record = other;
			damaged[at] ^= (uint8_t)(1u << made_random(&seed) % 8);
		}
		if (!made_read(s->made.form, damaged, s->made.file.len, 0, &got))
			fail_msg("%s, pass %zu: the reader broke its contract", s->name, i);
		most = slow_count(s, s->made.file.len);
		if (got.n < most)
			fail_msg("%s, pass %zu: %zu frames, the slow reader has %zu", s->name, i, got.n,
				 most);
	}
}

/* The same damaged octets give the same frames, however they arrive. */
static void any_window(void **state)
{
	static const size_t steps[] = {1, 7, 100, 4096};
	static struct got whole, parts;
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < n_subjects * 400; i++) {
		const struct subject *s = &subjects[i % n_subjects];
		size_t len = s->made.file.len - (i % 3 == 0 ? made_random(&seed) % 100 : 0);
		size_t step = steps[(i % n_subjects < SMALL_FILES ? 0 : 2) + made_random(&seed) % 2];

		memcpy(damaged, s->made.file.bytes, len);
		for (int k = 0; k < 2; k++) {
			size_t record = made_random(&seed) % s->made.n;

			damaged[(s->made.records[record].from + made_random(&seed) % 32) % len] ^=
				(uint8_t)(1u << made_random(&seed) % 8);
		}
		assert_true(made_read(s->made.form, damaged, len, 0, &whole));
		assert_true(made_read(s->made.form, damaged, len, step, &parts));
		if (whole.n != parts.n || memcmp(&whole.counts, &parts.counts, sizeof whole.counts) != 0 ||
		    memcmp(whole.frames, parts.frames, whole.n * sizeof *whole.frames) != 0)
			fail_msg("%s, pass %zu: other frames over windows of %zu octets", s->name, i, step);
	}
}

static void real_files(void **state)
{
	(void)state;
	if (n_subjects == SMALL_FILES) {
		print_message("no shared captures here: only files made by the test were damaged\n");
		skip();
	}
	assert_int_equal(n_subjects, SMALL_FILES + 3);
	assert_int_equal(subjects[SMALL_FILES].whole.counts.bad_records, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(flipped_heads), cmocka_unit_test(cut_anywhere),
					   cmocka_unit_test(put_in),        cmocka_unit_test(taken_out),
					   cmocka_unit_test(flipped_twice), cmocka_unit_test(any_window),
					   cmocka_unit_test(real_files)};

	return cmocka_run_group_tests_name("resync", tests, setup, teardown);
}
