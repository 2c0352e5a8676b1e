/* SPDX-License-Identifier: Apache-2.0 */
/* dnstap_test.c -- dnstap messages written and read back, broken field by field, and frames that BIND and
 * others saved. */
#include "capture/dnstap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants the first two above first */
#include <cmocka.h>

#include "base/buf.h"
#include "base/stamp.h"

static const uint8_t wire[] = {0x12, 0x34, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};
static const uint8_t zone[] = {7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
static const uint8_t v4[4] = {192, 0, 2, 1}, v6[16] = {0x20, 1, 0x0d, 0xb8, [15] = 1};

static bool same_octets(const uint8_t *a, uint32_t a_len, const uint8_t *b, uint32_t b_len)
{
	return a_len == b_len && (a == NULL) == (b == NULL) && (a == NULL || memcmp(a, b, a_len) == 0);
}

static bool same(const struct dnstap *a, const struct dnstap *b)
{
	return a->type == b->type && a->time_ns == b->time_ns && a->response == b->response &&
	       a->tcp == b->tcp && same_octets(a->octets, a->len, b->octets, b->len) &&
	       same_octets(a->zone, a->zone_len, b->zone, b->zone_len) &&
	       memcmp(&a->initiator, &b->initiator, 16) == 0 &&
	       memcmp(&a->responder, &b->responder, 16) == 0 && a->initiator_port == b->initiator_port &&
	       a->responder_port == b->responder_port &&
	       same_octets(a->identity, a->identity_len, b->identity, b->identity_len) &&
	       same_octets(a->version, a->version_len, b->version, b->version_len);
}

static void written_and_read(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 14 * 64; i++) {
		unsigned with = i / 14;
		struct dnstap out, d = {.type = (enum dnstap_type)(1 + i % 14), .time_ns = STAMP_NONE};
		struct buf b = {0};

		d.response = d.type % 2 == 0;
		if (with & 1) {
			d.octets = wire;
			d.len = sizeof wire;
		}
		if (with & 2)
			d.time_ns = INT64_C(1236895254) * NS_PER_SECOND + 999999999 * (int64_t)(with & 1);
		if (with & 4) {
			d.zone = zone;
			d.zone_len = sizeof zone;
			d.identity = wire;
			d.identity_len = 3;
		}
		if (with & 8) {
			d.initiator = with & 1 ? addr_v4(v4) : addr_v6(v6);
			d.initiator_port = 53;
		}
		if (with & 16) {
			d.responder = with & 2 ? addr_v4(v4) : addr_v6(v6);
			d.responder_port = 65535;
		}
		if (with & 32) {
			d.tcp = true;
			d.version = zone;
			d.version_len = 4;
		}
		dnstap_write(&b, &d);
		assert_int_equal(b.err, OK);
		if (dnstap_parse(b.bytes, b.len, &out) != OK || !same(&d, &out))
			fail_msg("type %u with %u", 1 + i % 14, with);
		for (size_t len = 0; len < b.len; len++) { /* cut short it is never taken for whole */
			uint8_t *copy = malloc(len + 1);

			assert_non_null(copy);
			memcpy(copy, b.bytes, len);
			assert_int_not_equal(dnstap_parse(copy, len, &out), OK);
			free(copy);
		}
		buf_fini(&b);
	}
}

/* The outer message of these octets as Message: 72 (its length) ... 78 01. */
static enum err parse_inner(const char *inner, size_t len, struct dnstap *out)
{
	static uint8_t octets[200]; /* borrowed by what comes out */

	assert_true(len < 128);
	octets[0] = 0x72;
	octets[1] = (uint8_t)len;
	memcpy(octets + 2, inner, len);
	memcpy(octets + 2 + len, "\x78\1", 2);
	return dnstap_parse(octets, len + 4, out);
}

#define ROW(text) text, sizeof text - 1

static void fields(void **state)
{
	static const struct {
		const char *inner;
		size_t len;
		enum err err;
	} rows[] = {
		{ROW("\x08\6"), OK},
		{ROW("\x08\6\x08\5"), OK}, /* the last one counts */
		{ROW(""), E_UNSUPPORTED},
		{ROW("\x08\0"), E_UNSUPPORTED},
		{ROW("\x08\x0f"), E_UNSUPPORTED},
		{ROW("\x08\x86\x80\x80\x80\x80\x80\x80\x80\x80\0"), OK}, /* a long way to write 6 */
		{ROW("\x08\x86\x80\x80\x80\x80\x80\x80\x80\x80\x80\0"), E_FORMAT},
		{ROW("\x08"), E_SHORT},
		{ROW("\x08\x86"), E_SHORT},
		{ROW("\x0a\1\6"), E_FORMAT}, /* the type as octets */
		{ROW("\x0f"), E_FORMAT},     /* wire type 7 */
		{ROW("\0\0"), E_FORMAT},     /* field 0 */
		{ROW("\x08\6\x22\4\1\2\3\4"), OK},
		{ROW("\x08\6\x22\5\1\2\3\4\5"), E_FORMAT}, /* an address of 5 octets */
		{ROW("\x08\6\x22\5\1\2\3\4"), E_SHORT},
		{ROW("\x08\6\x22\0"), OK},
		{ROW("\x08\6\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"), E_SHORT},
		{ROW("\x08\6\x30\xff\xff\3"), OK},
		{ROW("\x08\6\x30\x80\x80\4"), E_FORMAT}, /* port 65536 */
		{ROW("\x08\6\x60\1\x6d\xff\xc9\x9a\x3b"), OK},
		{ROW("\x08\6\x60\1\x6d\0\xca\x9a\x3b"), E_FORMAT}, /* 10^9 nanoseconds */
		{ROW("\x08\6\x60\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), E_FORMAT},
		{ROW("\x08\6\x60\1\x68\1"), E_FORMAT}, /* nanoseconds as a varint */
		{ROW("\x08\6\x5a\2\1a"), E_SHORT},     /* a zone without its root */
		{ROW("\x08\6\x5a\4\1a\0\0"), E_FORMAT},
		{ROW("\x08\6\x5a\3\1a\0"), OK},
		{ROW("\x08\6\x5a\2\xc0\0"), E_FORMAT},
		{ROW("\x08\6\xfa\1\3abc\x81\2........\x8d\2....\x90\2\1"),
		 OK}, /* fields of tomorrow, every wire type */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dnstap out = {.len = 77};
		enum err e = parse_inner(rows[i].inner, rows[i].len, &out);

		if (e != rows[i].err)
			fail_msg("row %zu: %s", i, err_text(e));
		if (e != OK)
			assert_int_equal(out.len, 77);
	}
}

/* Times and payloads of the kind that the type asks for, and of no other. */
static void response_or_query(void **state)
{
	struct dnstap d;

	(void)state;
	assert_int_equal(
		parse_inner(ROW("\x08\6\x40\1\x4d\2\0\0\0\x52\1q\x60\3\x6d\4\0\0\0\x72\2rr\x18\2"), &d), OK);
	assert_true(d.time_ns == 3 * NS_PER_SECOND + 4 && d.len == 2 && d.octets[0] == 'r' && d.response &&
		    d.tcp);
	assert_int_equal(
		parse_inner(ROW("\x08\5\x40\1\x4d\2\0\0\0\x52\1q\x60\3\x6d\4\0\0\0\x72\2rr\x18\1"), &d), OK);
	assert_true(d.time_ns == NS_PER_SECOND + 2 && d.len == 1 && d.octets[0] == 'q' && !d.response &&
		    !d.tcp);
	assert_int_equal(parse_inner(ROW("\x08\6\x40\1\x52\1q"), &d), OK);
	assert_true(d.time_ns == STAMP_NONE && d.octets == NULL && d.zone == NULL &&
		    addr_is_none(&d.initiator));
	assert_int_equal(dnstap_parse((const uint8_t *)"\x78\2", 2, &d), E_UNSUPPORTED);
	assert_int_equal(dnstap_parse((const uint8_t *)"\x72\2\x08\6", 4, &d), E_UNSUPPORTED);
	assert_int_equal(dnstap_parse((const uint8_t *)"\x72\2\x08\6\x78\1\x0d....", 11, &d), E_FORMAT);
}

static uint8_t *load(const char *folder, const char *name, size_t *len)
{
	char path[500];
	FILE *f;
	uint8_t *octets = malloc(1 << 20);

	assert_non_null(octets);
	snprintf(path, sizeof path, "%s/formats/dnstap/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s: cannot be read", path);
	*len = fread(octets, 1, 1 << 20, f);
	fclose(f);
	return octets;
}

/* Files that other programs wrote: messages, and how many of them are responses, as their own text has it. */
static void saved_files(void **state)
{
	static const struct {
		const char *name;
		size_t good, responses, zones, tcp;
	} rows[] = {
		{"dnstap.saved", 96, 48, 40, 48}, {"dotdoh.dnstap", 7, 3, 0, 4}, {"test.dnstap", 2, 1, 0, 0}};
	const char *folder = getenv("DEFLUX_SHARED");

	(void)state;
	if (folder == NULL || access(folder, R_OK) != 0) {
		print_message("no recorded data here (DEFLUX_SHARED)\n");
		skip();
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len, at = 0, used, good = 0, responses = 0, zones = 0, tcp = 0;
		uint8_t *octets = load(folder, rows[i].name, &len);
		struct fstrm_reader *r = fstrm_open();
		const uint8_t *frame;
		uint32_t frame_len;

		for (; fstrm_next(r, &(struct capture_window){octets + at, len - at, true}, &used, &frame,
				  &frame_len) == OK;
		     at += used) {
			struct dnstap d;

			if (dnstap_parse(frame, frame_len, &d) != OK)
				continue;
			good++;
			responses += d.response;
			zones += d.zone != NULL;
			tcp += d.tcp;
		}
		if (good != rows[i].good || responses != rows[i].responses || zones != rows[i].zones ||
		    tcp != rows[i].tcp)
			fail_msg("%s: %zu, responses %zu, zones %zu, tcp %zu", rows[i].name, good, responses,
				 zones, tcp);
		fstrm_close(r);
		free(octets);
	}
}

/* Single messages, good and deliberately wrong. */
static void saved_messages(void **state)
{
	static const struct {
		const char *name;
		enum err err;
		int64_t time_ns;
	} rows[] = {{"correct_query_nanosec.dnstap", OK, INT64_C(1781766253076932117)},
		    {"correct_response_nanosec.dnstap", OK, 0},
		    {"query_time_nanosec_big.dnstap", E_FORMAT, 0},
		    {"response_time_nanosec_big.dnstap", E_FORMAT, 0},
		    {"invalid_message_type.dnstap", E_UNSUPPORTED, 0}};
	const char *folder = getenv("DEFLUX_SHARED");

	(void)state;
	if (folder == NULL || access(folder, R_OK) != 0) {
		print_message("no recorded data here (DEFLUX_SHARED)\n");
		skip();
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len;
		uint8_t *octets = load(folder, rows[i].name, &len);
		struct dnstap d = {0};
		enum err e = dnstap_parse(octets, len, &d);

		if (e != rows[i].err || (rows[i].time_ns != 0 && d.time_ns != rows[i].time_ns))
			fail_msg("%s: %s, time %lld", rows[i].name, err_text(e), (long long)d.time_ns);
		free(octets);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_and_read),  cmocka_unit_test(fields),
		cmocka_unit_test(response_or_query), cmocka_unit_test(saved_files),
		cmocka_unit_test(saved_messages),
	};

	return cmocka_run_group_tests_name("dnstap", tests, NULL, NULL);
}
