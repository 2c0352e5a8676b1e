/* SPDX-License-Identifier: Apache-2.0 */
/* rdata_test.c -- rdata from its presentation form, by a table. */
#include "dns/rdata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the first two above */
#include <cmocka.h>

#include "dns/type.h"

#define S50  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define S255 S50 S50 S50 S50 S50 "aaaaa"

enum { RR_SPF = 99, RR_CAA = 257, RR_NSEC = 47, RR_DNSKEY = 48 };

static const struct {
	uint16_t type;
	const char *text;
	enum err err;
	const char *hex;
} rows[] = {
	{RR_A, "192.0.2.1", OK, "c0000201"},
	{RR_A, " 192.0.2.1 ", OK, "c0000201"},
	{RR_A, "2001:db8::1", E_FORMAT, NULL},
	{RR_A, "192.0.2.1 2", E_FORMAT, NULL},
	{RR_A, "", E_FORMAT, NULL},
	{RR_AAAA, "2001:db8::1", OK, "20010db8000000000000000000000001"},
	{RR_AAAA, "192.0.2.1", E_FORMAT, NULL},
	{RR_NS, "Ns.x.", OK, "026e73017800"},
	{RR_CNAME, "a\\ b.x", OK, "03612062017800"},
	{RR_PTR, ".", OK, "00"},
	{RR_DNAME, "a..b", E_FORMAT, NULL},
	{RR_MX, "10 m.x.", OK, "000a016d017800"},
	{RR_MX, "65536 m.x.", E_FORMAT, NULL},
	{RR_MX, "-1 m.x.", E_FORMAT, NULL},
	{RR_MX, "99999999999999999999999 m.x.", E_FORMAT, NULL},
	{RR_MX, "10", E_FORMAT, NULL},
	{RR_SRV, "1\t2  3 t", OK, "000100020003017400"},
	{RR_SOA, "n. h. 1 2 3 4 4294967295", OK, "016e0001680000000001000000020000000300000004ffffffff"},
	{RR_SOA, "n. h. 1 2 3 4 4294967296", E_FORMAT, NULL},
	{RR_SOA, "n. h. 1 2 3 4", E_FORMAT, NULL},
	{RR_TXT, "\"a b\" c", OK, "036120620163"},
	{RR_TXT, "\"\\\"\\255\\000\"", OK, "0322ff00"},
	{RR_TXT, "\"\"", OK, "00"},
	{RR_TXT, "\"a", E_FORMAT, NULL},
	{RR_TXT, "\\", E_FORMAT, NULL},
	{RR_TXT, "\\25", E_FORMAT, NULL},
	{RR_TXT, "\\256", E_FORMAT, NULL},
	{RR_TXT, S255 "a", E_FORMAT, NULL},
	{RR_SPF, "v=spf1", OK, "06763d73706631"},
	{RR_CAA, "0 issue \"ca.x; a=b\"", OK, "0005697373756563612e783b20613d62"},
	{RR_DS, "1 8 2 0A 0b", OK, "000108020a0b"},
	{RR_DS, "1 8 2 0a0", E_FORMAT, NULL},
	{RR_DS, "1 8 2 zz", E_FORMAT, NULL},
	{RR_DNSKEY, "256 3 8 AwEA AQ==", OK, "0100030803010001"},
	{RR_DNSKEY, "256 3 8 +/+/", OK, "01000308fbffbf"},
	{RR_DNSKEY, "256 3 8 AwEAA", E_FORMAT, NULL},
	{RR_DNSKEY, "256 3 8 A*==", E_FORMAT, NULL},
	{RR_DNSKEY, "256 3 8 AwEA=AQ", E_FORMAT, NULL},
	{RR_NSEC, "a. A NS TYPE258", OK, "016100000160010120"}, /* the last: block 1, bit 2 */
	{RR_NSEC, "a.", OK, "016100"},
	{RR_NSEC, "a. NOTYPE", E_FORMAT, NULL},
	{RR_RRSIG, "SOA 8 0 86400 20181115050000 1541131200 2134 . AQID", OK,
	 "0006080000015180"
	 "5becfd50"
	 "5bdbcbc0"
	 "0856"
	 "00"
	 "010203"},
	{RR_RRSIG, "SOA 8 0 86400 20181315050000 1541131200 2134 . AQID", E_FORMAT, NULL},
	{RR_RRSIG, "0 8 0 86400 1 1 2134 . AQID", E_FORMAT, NULL},
	{RR_HTTPS, "1 . alpn=\"h3,h2\" ipv6hint=2001:db8::1 ipv4hint=192.0.2.1,192.0.2.2", OK,
	 "000100"
	 "00040008c0000201c0000202"
	 "0006001020010db8000000000000000000000001"},
	{RR_HTTPS, "1 .", OK, "000100"},
	{RR_SVCB, "0 a.b", OK, "00000161016200"},
	{RR_SVCB, "1 . ipv4hint=\"192.0.2.1\"", OK, "00010000040004c0000201"},
	{RR_SVCB, "1 . ipv4hint=", E_FORMAT, NULL},
	{RR_SVCB, "1 . ipv4hint=192.0.2.1,", E_FORMAT, NULL},
	{RR_SVCB, "1 . ipv4hint=2001:db8::1", E_FORMAT, NULL},
	{RR_SVCB, "1 . xipv4hint=1 ipv4hint", OK, "000100"},
	{65280, "\\# 3 0A0b 0c", OK, "0a0b0c"},
	{RR_A, "\\# 4 c0000201", OK, "c0000201"},
	{RR_A, "\\# 3 c00002", E_FORMAT, NULL},
	{RR_A, "\\# 5 c000020101", E_FORMAT, NULL},
	{RR_SOA, "\\# 2 abcd", E_FORMAT, NULL},
	{RR_MX, "\\# 5 000a016d00", OK, "000a016d00"},
	{RR_MX, "\\# 5 000a0161c0", E_FORMAT, NULL},
	{RR_MX, "\\# 7 000a00016dc002", E_FORMAT, NULL}, /* a pointer */
	{RR_TXT, "\\# 4 01610162", OK, "01610162"},
	{RR_TXT, "\\# 3 016102", E_FORMAT, NULL},
	{RR_TXT, "\\# 0", E_FORMAT, NULL},
	{RR_HTTPS, "\\# 11 000100 0004 0004 c0000201", OK, "00010000040004c0000201"},
	{RR_HTTPS, "\\# 11 000100 0004 0005 c0000201", E_FORMAT, NULL},
	{65280, "\\# 0", OK, ""},
	{65280, "\\# 2 0a", E_FORMAT, NULL},
	{65280, "\\#", E_FORMAT, NULL},
	{65280, "text", E_UNSUPPORTED, NULL},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint8_t rdata[600];
		char hex[1300] = "";
		struct rdata_room out = {rdata, sizeof rdata, 9999};

		if (rdata_from_text(rows[i].type, rows[i].text, strlen(rows[i].text), &out) != rows[i].err)
			fail_msg("'%s': another outcome", rows[i].text);
		if (rows[i].err != OK) {
			assert_int_equal(out.len, 9999);
			continue;
		}
		for (size_t k = 0; k < out.len; k++)
			snprintf(hex + 2 * k, 3, "%02x", rdata[k]);
		if (strcmp(hex, rows[i].hex) != 0)
			fail_msg("'%s': %s", rows[i].text, hex);
	}
}

/* Every room that is too small is refused and not overrun (the sanitizer watches the exact storage). */
static void rooms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t whole = rows[i].hex == NULL ? 0 : strlen(rows[i].hex) / 2;

		for (size_t room = 0; room < whole; room++) {
			uint8_t *rdata = test_malloc(room + 1);

			rdata[room] = 0xa5;
			assert_int_equal(rdata_from_text(rows[i].type, rows[i].text, strlen(rows[i].text),
							 &(struct rdata_room){rdata, room, 0}),
					 E_FULL);
			assert_int_equal(rdata[room], 0xa5);
			test_free(rdata);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(rooms)};

	return cmocka_run_group_tests_name("rdata", tests, NULL, NULL);
}
