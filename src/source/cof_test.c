/* SPDX-License-Identifier: Apache-2.0 */
/* cof_test.c -- passive DNS lines: COF, DNSDB, nmsg; by tables and over lines of real servers. */
#include "source/log_test.h"

#define SPAN        "\"time_first\":100,\"time_last\":200,"
#define GIVES(rest) "1970-01-01T00:01:40Z..1970-01-01T00:03:20Z " rest
#define X_A         "\"rrname\":\"x\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.1\""

static const struct line_row rows[] = {
	{"{" SPAN "\"count\":7," X_A "}", LINE_MESSAGE,
	 GIVES("x7 response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n")},
	{"{" SPAN "\"rrname\":\"X.Y.\",\"rrtype\":28,\"rdata\":[\"2001:db8::1\",\"2001:db8::2\"]}",
	 LINE_MESSAGE,
	 GIVES("response RD RA 0 0 x.y AAAA fb :: ::#0; x.y 0 AAAA 2001:db8::1; x.y 0 AAAA 2001:db8::2\n")},
	{"{" SPAN "\"rrname\":\"x\",\"rrtype\":\"ns\",\"rdata\":\"NS1.x.\",\"rrttl\":60}", LINE_MESSAGE,
	 GIVES("response RD RA 0 0 x NS f3 :: ::#0; x 60 NS ns1.x\n")},
	{"{" SPAN
	 "\"rrname\":\"a\\\\.b\\\\255.x\",\"rrtype\":\"CNAME\",\"rdata\":\"\\\\000.x\",\"ttl\":\"60\"}",
	 LINE_MESSAGE,
	 GIVES("response RD RA 0 0 a\\.b\\255.x CNAME f3 :: ::#0; a\\.b\\255.x 60 CNAME \\000.x\n")},
	{"{" SPAN "\"rrname\":\".\",\"rrtype\":\"NS\",\"rdata\":\".\"}", LINE_MESSAGE,
	 GIVES("response RD RA 0 0 . NS fb :: ::#0; . 0 NS .\n")},
	/* counts */
	{"{" SPAN "\"count\":\"12\"," X_A "}", LINE_MESSAGE,
	 GIVES("x12 response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n")},
	{"{" SPAN "\"count\":99999999999," X_A "}", LINE_MESSAGE,
	 GIVES("x4294967295 response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n")},
	{"{" SPAN "\"count\":0," X_A "}", LINE_MESSAGE,
	 GIVES("response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n")},
	/* times: of a zone file, one alone, the wrong way round, ms, ISO, decimals */
	{"{\"zone_time_first\":100,\"zone_time_last\":200," X_A "}", LINE_MESSAGE,
	 GIVES("response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n")},
	{"{\"time_last\":100," X_A "}", LINE_MESSAGE,
	 "1970-01-01T00:01:40Z response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n"},
	{"{\"time_first\":200,\"time_last\":100," X_A "}", LINE_MESSAGE,
	 GIVES("response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n")},
	{"{\"time_first\":1500000000123,\"time_last\":1500000001.5," X_A "}", LINE_MESSAGE,
	 "2017-07-14T02:40:00.123Z..2017-07-14T02:40:01.500Z response RD RA 0 0 x A fb :: ::#0; x 0 A "
	 "192.0.2.1\n"},
	{"{\"time_first\":\"2017-07-14T02:40:00Z\",\"time_last\":\"2017-07-14 02:40:01\"," X_A "}",
	 LINE_MESSAGE,
	 "2017-07-14T02:40:00Z..2017-07-14T02:40:01Z response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n"},
	{"{" X_A "}", LINE_BAD, ""},
	{"{\"time_first\":\"soon\"," X_A "}", LINE_BAD, ""},
	/* what cannot be carried, and what is broken */
	{"{" SPAN "\"rrname\":\"x\",\"rrtype\":\"A\",\"rdata\":[\"192.0.2.1\",\"x\",7,null]}", LINE_MESSAGE,
	 GIVES("response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n")},
	{"{" SPAN "\"rrname\":\"x\",\"rrtype\":\"A\",\"rdata\":\"2001:db8::1\"}", LINE_OTHER, ""},
	{"{" SPAN "\"rrname\":\"x\",\"rrclass\":\"CH\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.1\"}", LINE_OTHER,
	 ""},
	{"{" SPAN "\"rrname\":\"x\",\"rrtype\":\"A\",\"rdata\":[]}", LINE_BAD, ""},
	{"{" SPAN "\"rrname\":\"x\",\"rrtype\":\"A\"}", LINE_BAD, ""},
	{"{" SPAN "\"rrname\":\"x..y\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.1\"}", LINE_BAD, ""},
	{"{" SPAN "\"rrname\":\"\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.1\"}", LINE_BAD, ""},
	{"{" SPAN "\"rrname\":\"x\",\"rrtype\":\"NOTYPE\",\"rdata\":\"192.0.2.1\"}", LINE_BAD, ""},
	{"{}", LINE_BAD, ""},
	{"x", LINE_BAD, ""},
	/* DNSDB: alone and in a stream */
	{"{" SPAN "\"count\":2,\"bailiwick\":\"x.\"," X_A "}", LINE_MESSAGE,
	 GIVES("x2 response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n")},
	{"{\"cond\":\"begin\"}\n{\"obj\":{" SPAN X_A "}}\n{\"cond\":\"succeeded\"}", LINE_EMPTY,
	 GIVES("response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n")},
	/* nmsg: its question, section, and own time */
	{"{\"time\":\"2018-02-22 "
	 "17:52:15.930407047\",\"vname\":\"base\",\"mname\":\"dns\",\"message\":{\"section\":3,"
	 "\"qname\":\"q.\",\"qclass\":\"IN\",\"qtype\":\"NS\",\"rrclass\":\"IN\",\"rrttl\":5," X_A "}}",
	 LINE_MESSAGE,
	 "2018-02-22T17:52:15.930407047Z response RD RA 0 0 q NS f3 :: ::#0; ar x 5 A 192.0.2.1\n"},
	{"{\"time\":\"2018-02-22 17:52:15\",\"message\":{" SPAN "\"count\":3," X_A "}}", LINE_MESSAGE,
	 GIVES("x3 response RD RA 0 0 x A fb :: ::#0; x 0 A 192.0.2.1\n")},
	{"{\"time\":\"2018-02-22 17:52:15\",\"message\":{\"qname\":\"q.\",\"qtype\":\"A\"}}", LINE_OTHER, ""},
	{"{\"time\":\"2018-02-22 17:52:15\",\"message\":7}", LINE_BAD, ""},
	{"{\"message\":{" X_A "}}", LINE_BAD, ""},
};

/* Types that dns/rdata.h reads. */
static const struct line_row type_rows[] = {
	{"{" SPAN "\"rrname\":\"x\",\"rrtype\":\"TXT\",\"rdata\":\"\\\"a b\\\" \\\"c\\\"\"}", LINE_MESSAGE,
	 GIVES("response RD RA 0 0 x TXT fb :: ::#0; x 0 TXT \"a b\"\"c\"\n")},
	{"{" SPAN "\"rrname\":\"x\",\"rrtype\":\"MX\",\"rdata\":[\"10 m.x.\"]}", LINE_MESSAGE,
	 GIVES("response RD RA 0 0 x MX fb :: ::#0; x 0 MX m.x\n")},
	{"{" SPAN "\"rrname\":\"x\",\"rrtype\":\"SOA\",\"rdata\":\"ns.x. h.x. 1 2 3 4 5\"}", LINE_MESSAGE,
	 GIVES("response RD RA 0 0 x SOA fb :: ::#0; x 0 SOA ns.x\n")},
};

static void lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_line(LOG_COF, "", &rows[i]);
}

static void types(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof type_rows / sizeof *type_rows; i++)
		check_line(LOG_COF, "", &type_rows[i]);
}

/* Counted from the files by other means. */
static const struct file_row files[] = {
	{"formats/cof/d4-readme-cof.jsonl", LOG_COF, 16, 16, 16, {16, 0, 0, 0, 0, 0}},
	{"formats/cof/pdns-qof-readme.jsonl", LOG_COF, 8, 8, 8, {8, 0, 0, 0, 0, 0}},
	{"formats/cof/nmsg-newdomain.jsonl", LOG_NMSG_JSON, 5, 5, 5, {5, 0, 0, 0, 0, 0}},
	{"formats/cof/nmsg-test1-dns.jsonl", LOG_NMSG_JSON, 6, 6, 9, {6, 0, 0, 0, 0, 0}},
	{"formats/cof/nmsg-test2-dns.jsonl", LOG_NMSG_JSON, 8, 8, 24, {8, 0, 0, 0, 0, 0}},
};

static void real_files(void **state)
{
	(void)state;
	if (!check_files(files, sizeof files / sizeof *files)) {
		print_message("shared data not found: skipped\n");
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(types),
					   cmocka_unit_test(real_files)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
