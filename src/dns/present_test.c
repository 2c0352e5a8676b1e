/* SPDX-License-Identifier: Apache-2.0 */
/* present_test.c -- rdata as text by a table, and back through rdata.h; compressed names expanded. */
#include "dns/present.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the first two above */
#include <cmocka.h>

#include "base/ascii.h"
#include "base/cursor.h"
#include "dns/rdata.h"
#include "dns/type.h"

enum { CAA = 257, DS = 43, DNSKEY = 48, NAPTR = 35, LOSSY = 1 << 16, BROKEN = 1 << 17 };

static const struct {
	unsigned type; /* LOSSY: reading the text again gives less; BROKEN: it may be refused */
	const char *hex, *text;
} rows[] = {
	{RR_A, "c0000201", "192.0.2.1"},
	{RR_A | BROKEN, "c00002", "\\# 3 c00002"},
	{RR_A | BROKEN, "c000020101", "\\# 5 c000020101"},
	{RR_AAAA, "20010db8000000000000000000000001", "2001:db8::1"},
	{RR_AAAA, "00000000000000000000ffffc0000201", "\\# 16 00000000000000000000ffffc0000201"},
	{RR_NS, "026e73017800", "ns.x"},
	{RR_NS, "00", "."},
	{RR_NS | BROKEN, "026e7301", "\\# 4 026e7301"},
	{RR_CNAME, "04612e622a017800", "a\\.b*.x"},
	{RR_CNAME, "04005c2022017800", "\\000\\\\\\032\".x"},
	{RR_DNAME, "01ff00", "\\255"},
	{RR_PTR | BROKEN, "0161c000", "\\# 4 0161c000"},
	{RR_MX, "000a016d017800", "10 m.x"},
	{RR_MX | BROKEN, "000a", "\\# 2 000a"},
	{RR_SRV, "000100020003017400", "1 2 3 t"},
	{RR_SOA, "016e0001680000000001000000020000000300000004ffffffff", "n h 1 2 3 4 4294967295"},
	{RR_SOA | BROKEN, "016e00016800", "\\# 6 016e00016800"},
	{RR_TXT, "036120620163", "\"a b\" \"c\""},
	{RR_TXT, "0622ff005c0a41", "\"\\\"\\255\\000\\\\\\010A\""},
	{RR_TXT, "00", "\"\""},
	{RR_TXT | BROKEN, "", "\\# 0"},
	{RR_TXT | BROKEN, "0561", "\\# 2 0561"},
	{CAA, "0005697373756563612e783b20613d62", "0 issue \"ca.x; a=b\""},
	{CAA, "00056973737565", "0 issue \"\""},
	{CAA, "0000", "\\# 2 0000"},
	{CAA, "0002202078", "\\# 5 0002202078"},
	{DS, "000108020a0b", "1 8 2 0a0b"},
	{DS | BROKEN, "00010802", "\\# 4 00010802"},
	{DNSKEY, "0100030803010001", "256 3 8 AwEAAQ=="},
	{DNSKEY, "01000308fbffbf", "256 3 8 +/+/"},
	{DNSKEY, "01000308fbff", "256 3 8 +/8="},
	{RR_HTTPS, "00010000040008c0000201c0000202", "1 . ipv4hint=192.0.2.1,192.0.2.2"},
	{RR_HTTPS | LOSSY, "0001000001000602683202683300030002115c0006001020010db8000000000000000000000001",
	 "1 . alpn=\"h2,h3\" port=4444 ipv6hint=2001:db8::1"},
	{RR_SVCB | LOSSY, "00000161000002000000050001ff", "0 a key2 key5=\"\\255\""},
	{RR_SVCB | BROKEN, "000100000400020a00", "\\# 9 000100000400020a00"},
	{RR_SVCB, "00010000010003022c68", "\\# 10 00010000010003022c68"},
	{RR_SVCB | LOSSY, "0001000005000e61206970763468696e743d312e31", "1 . key5=\"a\\032ipv4hint=1.1\""},
	{RR_SVCB, "000000", "0 ."},
	{NAPTR, "0001000201610162016300", "\\# 11 0001000201610162016300"},
	{65280, "0a0b", "\\# 2 0a0b"},
	{65280, "", "\\# 0"},
};

static size_t octets_of(const char *hex, uint8_t *to)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(ascii_hex((uint8_t)hex[2 * i]) << 4 | ascii_hex((uint8_t)hex[2 * i + 1]));
	return n;
}

static void texts(void **state)
{
	struct buf nothing = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint16_t type = (uint16_t)(rows[i].type & 0xffff);
		uint8_t rdata[128], again[128];
		size_t len = octets_of(rows[i].hex, rdata);
		struct rdata_room back = {again, sizeof again, 0};
		struct buf text = {0};

		present_rdata(type, rdata, len, &text);
		assert_string_equal(buf_text(&text), rows[i].text);
		if (rdata_from_text(type, buf_text(&text), text.len, &back) != OK &&
		    (rows[i].type & BROKEN) == 0)
			fail_msg("'%s' is not read again", rows[i].text);
		if (rows[i].type <= UINT16_MAX && (back.len != len || memcmp(again, rdata, len) != 0))
			fail_msg("'%s' reads as other octets", rows[i].text);
		buf_fini(&text);
	}
	present_rdata(RR_A, NULL, 0, &nothing);
	assert_string_equal(buf_text(&nothing), "\\# 0");
	buf_fini(&nothing);
}

/* All 256 octets in strings and labels come back. */
static void all_octets(void **state)
{
	uint8_t rdata[256 + 2], again[300];
	struct rdata_room back = {again, sizeof again, 0};

	(void)state;
	for (unsigned first = 0; first < 256; first += 32) {
		struct buf text = {0};

		rdata[0] = 32;
		for (unsigned i = 0; i < 32; i++)
			rdata[1 + i] = (uint8_t)(first + i);
		present_rdata(RR_TXT, rdata, 33, &text);
		assert_int_equal(rdata_from_text(RR_TXT, buf_text(&text), text.len, &back), OK);
		assert_int_equal(back.len, 33);
		assert_memory_equal(again, rdata, 33);
		buf_clear(&text);
		rdata[33] = 0;
		ascii_lower(rdata + 1, rdata + 1, 32);
		present_rdata(RR_NS, rdata, 34, &text);
		assert_int_equal(rdata_from_text(RR_NS, buf_text(&text), text.len, &back), OK);
		assert_int_equal(back.len, 34);
		assert_memory_equal(again, rdata, 34);
		buf_fini(&text);
	}
}

static const struct {
	uint16_t type;
	const char *message; /* octets before the rdata, then it */
	size_t before, rdlen;
	enum err err;
	const char *hex;
} expansions[] = {
	{RR_NS, "0158000141c000", 3, 4, OK, "0161017800"},
	{RR_NS, "0158000141c00000", 3, 4, OK, "0161017800"},
	{RR_NS, "0158000141c000", 3, 3, E_FORMAT, NULL}, /* the name does not end with the data */
	{RR_NS, "0158000141c000", 3, 5, E_SHORT, NULL},
	{RR_NS, "015800c003", 3, 2, E_FORMAT, NULL}, /* points at itself */
	{RR_MX, "0158000005c000", 3, 4, OK, "0005017800"},
	{RR_SOA, "015800c000c0000000000100000002000000030000000400000005", 3, 24, OK,
	 "0178000178000000000100000002000000030000000400000005"},
	{NAPTR, "01580000010002016101620163c000", 3, 12, OK,
	 "000100020161016201630178"
	 "00"},
	{NAPTR, "0158000001000209", 3, 5, E_SHORT, NULL},
	{RR_TXT, "0158000341424300", 3, 4, OK, "03414243"},
	{65280, "01580001c000", 3, 3, OK, "01c000"}, /* no pointer: not ours to follow */
	{RR_A, "015800c0000201", 3, 4, OK, "c0000201"},
};

static void expand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof expansions / sizeof *expansions; i++) {
		uint8_t message[128], want[128];
		struct cursor at = cursor_over(message, octets_of(expansions[i].message, message));
		struct buf out = {0};

		buf_add_text(&out, "kept");
		cursor_seek(&at, expansions[i].before);
		if (present_expand(expansions[i].type, &at, expansions[i].rdlen, &out) != expansions[i].err)
			fail_msg("%s: another outcome", expansions[i].message);
		if (expansions[i].err == OK) {
			size_t len = octets_of(expansions[i].hex, want);

			assert_int_equal(out.len, 4 + len);
			assert_memory_equal(out.bytes + 4, want, len);
			assert_int_equal(at.pos, expansions[i].before + expansions[i].rdlen);
		} else {
			assert_int_equal(out.len, 4);
			assert_int_equal(at.pos, expansions[i].before);
		}
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(texts), cmocka_unit_test(all_octets),
					   cmocka_unit_test(expand)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
