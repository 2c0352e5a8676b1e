/* SPDX-License-Identifier: Apache-2.0 */
/* zeek_test.c -- rows of Zeek's dns.log, by tables and over real logs. */
#include "source/log_test.h"

#define FIELDS                                                                                               \
	"#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttrans_id\tquery\tqclass\tqtype\tqtype_"    \
	"name\trcode\t"                                                                                      \
	"rcode_name\tAA\tTC\tRD\tRA\tanswers\tTTLs\n"
#define HEADER                                                                                               \
	"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n" FIELDS
#define SIDES "10.0.0.9\t4000\t10.0.0.1\t53\t7\t"

/* A response to `query` of `type`, and what it must give before the records. */
#define ROW(query, type, answers, ttls)                                                                      \
	"9.5\t" SIDES query "\t1\t" type "\t-\t0\tNOERROR\tF\tF\tT\tT\t" answers "\t" ttls "\n"
#define GIVES(query, type, lacks)                                                                            \
	"1970-01-01T00:00:09.500Z response RD RA 0 7 " query " " type " " lacks " 10.0.0.1 10.0.0.9#4000"

static const struct line_row tsv_rows[] = {
	{ROW("Www.X.com", "1", "a.x.com,b.x.com,192.0.2.1,192.0.2.2", "5.9,6,7.000000,8"), LINE_MESSAGE,
	 GIVES("www.x.com", "A",
	       "7") "; www.x.com 5 CNAME a.x.com; a.x.com 6 CNAME b.x.com; b.x.com 7 A 192.0.2.1; "
		    "b.x.com 8 A 192.0.2.2\n"},
	{ROW("x", "28", "2001:db8::1", "-"), LINE_MESSAGE,
	 GIVES("x", "AAAA", "f") "; x 0 AAAA 2001:db8::1\n"},
	{ROW("x", "1", "192.0.2.1,192.0.2.2", "9"), LINE_MESSAGE,
	 GIVES("x", "A", "f") "; x 9 A 192.0.2.1; x 0 A 192.0.2.2\n"}, /* fewer TTLs than answers */
	{ROW("x", "1", "192.0.2.1", "4294967296.0"), LINE_MESSAGE,
	 GIVES("x", "A", "f") "; x 0 A 192.0.2.1\n"},
	{ROW("x", "1", "192.0.2.1", "-5"), LINE_MESSAGE, GIVES("x", "A", "f") "; x 0 A 192.0.2.1\n"},
	{ROW("x", "A", "192.0.2.1", "1e3"), LINE_MESSAGE, GIVES("x", "A", "7") "; x 1000 A 192.0.2.1\n"},
	{ROW("x", "query-65280", "-", "-"), LINE_MESSAGE, GIVES("x", "TYPE65280", "7") "\n"},
	{ROW("x", "*", "a,192.0.2.1", "1,2"), LINE_MESSAGE,
	 GIVES("x", "ANY", "7") "; x 2 A 192.0.2.1\n"}, /* the name could be any type */
	{ROW("x", "2", "ns1.x,ns2.x", "1,2"), LINE_MESSAGE,
	 GIVES("x", "NS", "7") "; x 1 NS ns1.x; x 2 NS ns2.x\n"},
	{ROW("x", "15", "m.x", "1"), LINE_MESSAGE, GIVES("x", "MX", "7") "; x 1 MX m.x\n"},
	{ROW("1.2.0.192.in-addr.arpa", "12", "1.0-9.2.0.192.in-addr.arpa,h.x", "1,2"), LINE_MESSAGE,
	 GIVES("1.2.0.192.in-addr.arpa", "PTR",
	       "7") "; 1.2.0.192.in-addr.arpa 1 CNAME 1.0-9.2.0.192.in-addr.arpa; "
		    "1.0-9.2.0.192.in-addr.arpa 2 PTR h.x\n"},
	{ROW("x", "12", "h.ip6.arpa", "1"), LINE_MESSAGE, GIVES("x", "PTR", "7") "; x 1 PTR h.ip6.arpa\n"},
	{ROW("x", "12", "My Printer._ipp._tcp.x", "1"), LINE_MESSAGE,
	 GIVES("x", "PTR", "7") "; x 1 PTR my\\032printer._ipp._tcp.x\n"},
	{ROW("x", "65", "1 h3.x", "1"), LINE_MESSAGE,
	 GIVES("x", "HTTPS", "7") "\n"}, /* a text about a record */
	{ROW("x", "1", "c.x,RRSIG 5 x,192.0.2.1", "1,2,3"), LINE_MESSAGE,
	 GIVES("x", "A", "7") "; x 1 CNAME c.x; c.x 3 A 192.0.2.1\n"},
	{ROW("x", "65", "c.x,<unknown type=65>", "1,2"), LINE_MESSAGE,
	 GIVES("x", "HTTPS", "7") "; x 1 CNAME c.x\n"},
	{ROW("x", "16", "TXT 5 a\\x2cb c TXT 2 hi", "1"), LINE_MESSAGE,
	 GIVES("x", "TXT", "7") "; x 1 TXT \"a,b c\"\"hi\"\n"},
	{ROW("x", "16", "TXT 9 short", "1"), LINE_MESSAGE, GIVES("x", "TXT", "7") "\n"},
	{ROW("a\\xff\\x00\\\\b.x", "1", "-", "-"), LINE_MESSAGE, GIVES("a\\255\\000\\\\b.x", "A", "7") "\n"},
	{ROW("(empty)", "2", "-", "-"), LINE_MESSAGE, GIVES(".", "NS", "7") "\n"},
	{ROW("x", "1", "x,192.0.2.1", "1,2"), LINE_MESSAGE,
	 GIVES("x", "A", "7") "; x 2 A 192.0.2.1\n"}, /* an alias of itself says nothing */
	{ROW("-", "1", "-", "-"), LINE_OTHER, ""},
	{ROW("x..y", "1", "-", "-"), LINE_BAD, ""},
	{ROW("x", "1", "c..x,192.0.2.1", "1,2"), LINE_BAD, ""}, /* whose address it is cannot be told */
	{ROW("x", "99999", "-", "-"), LINE_BAD, ""},
	{ROW("x", "1", "-", "-\textra"), LINE_BAD, ""},
	{ROW("0123456789012345678901234567890123456789012345678901234567890123", "1", "-", "-"), LINE_BAD,
	 ""},
	/* no rcode: a query; rcode alone as a name */
	{"9\t" SIDES "x\t1\t1\tA\t-\t-\tF\tF\tT\tF\t-\t-\n", LINE_MESSAGE,
	 "1970-01-01T00:00:09Z query RD 0 7 x A 7 10.0.0.1 10.0.0.9#4000\n"},
	{"9\t" SIDES "x\t1\t-\tA\t-\tNXDOMAIN\tT\tT\tF\tF\t-\t-\n", LINE_MESSAGE,
	 "1970-01-01T00:00:09Z response AA TC 3 7 x A 7 10.0.0.1 10.0.0.9#4000\n"},
	/* no type: the address tells it; nothing does */
	{"9\t" SIDES "x\t-\t-\t-\t0\t-\tF\tF\tF\tF\tc.x,2001:db8::1\t1,2\n", LINE_MESSAGE,
	 "1970-01-01T00:00:09Z response 0 7 x AAAA 7 10.0.0.1 10.0.0.9#4000; x 1 CNAME c.x; c.x 2 AAAA "
	 "2001:db8::1\n"},
	{"9\t" SIDES "x\t-\t-\t-\t0\t-\tF\tF\tF\tF\tc.x\t1\n", LINE_MESSAGE,
	 "1970-01-01T00:00:09Z response 0 7 x TYPE0 7 10.0.0.1 10.0.0.9#4000\n"},
	{"9\t" SIDES "x\t3\t16\tTXT\t0\t-\tF\tF\tF\tF\t-\t-\n", LINE_OTHER, ""}, /* class CHAOS */
	{"x\t" SIDES "x\t1\t1\tA\t0\t-\tF\tF\tF\tF\t-\t-\n", LINE_BAD, ""},
	{"9\t10.0.0.9\t5353\t224.0.0.251\t5353\t7\tx\t1\t1\tA\t-\t-\tF\tF\tF\tF\t-\t-\n", LINE_MDNS, ""},
	{"9\t10.0.0.9\t137\t10.0.0.1\t137\t7\tx\t1\t33\tSRV\t-\t-\tF\tF\tF\tF\t-\t-\n", LINE_OTHER, ""},
	{"9\t-\t-\t-\t-\t-\tx\t1\t1\tA\t0\t-\tF\tF\tF\tF\t-\t-\n", LINE_MESSAGE,
	 "1970-01-01T00:00:09Z response 0 0 x A 47 :: ::#0\n"},
	{"9\t10.0.0.9\t4000\t224.0.0.252\t5355\t7\tx\t1\t1\tA\t-\t-\tF\tF\tF\tF\t-\t-\n", LINE_OTHER, ""},
	{"9\t" SIDES "x\t1\t1\tA\t0\t-\tF\tF\tF\tF\t-\n", LINE_BAD, ""}, /* a column too few */
	{"short\n", LINE_BAD, ""},
	{"#close\t2024-04-12-19-34-07\r\n\n\t \r\n", LINE_EMPTY, ""},
	/* the header changes, as in rotated logs that were put together; and a log of another kind */
	{"#separator \\x2c\n#set_separator,;\n#unset_field,*\n#fields,query,ts,qtype,rcode,answers,TTLs\n"
	 "x,9,1,0,192.0.2.1;192.0.2.2,*\n",
	 LINE_MESSAGE,
	 "1970-01-01T00:00:09Z response 0 0 x A 4f :: ::#0; x 0 A 192.0.2.1; x 0 A 192.0.2.2\n"},
	{"#path\tconn\n#fields\tts\tuid\n1\tC1\n", LINE_OTHER, ""},
};

static void tsv(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof tsv_rows / sizeof *tsv_rows; i++)
		check_line(LOG_ZEEK_TSV, HEADER, &tsv_rows[i]);
}

static void no_header(void **state)
{
	static const struct line_row row = {ROW("x", "1", "-", "-"), LINE_BAD, ""};

	(void)state;
	check_line(LOG_ZEEK_TSV, "", &row);
}

#define JSIDES                                                                                               \
	"\"id.orig_h\":\"10.0.0.9\",\"id.orig_p\":4000,\"id.resp_h\":\"10.0.0.1\",\"id.resp_p\":53,\"trans_" \
	"id\":7,"
#define JROW(rest)   "{\"ts\":9.5," JSIDES rest "}\n"
#define JGIVES(rest) "1970-01-01T00:00:09.500Z " rest
#define JEND(lacks)  " " lacks " 10.0.0.1 10.0.0.9#4000"

static const struct line_row json_rows[] = {
	{JROW("\"query\":\"x\",\"qtype\":1,\"rcode\":0,\"AA\":true,\"answers\":[\"c.x\",\"192.0.2.1\"],"
	      "\"TTLs\":[1.0,2]"),
	 LINE_MESSAGE, JGIVES("response AA 0 7 x A") JEND("7") "; x 1 CNAME c.x; c.x 2 A 192.0.2.1\n"},
	{JROW("\"query\":\"x\",\"qtype_name\":\"AAAA\",\"RD\":true"), LINE_MESSAGE,
	 JGIVES("query RD 0 7 x AAAA") JEND("7") "\n"},
	{JROW("\"query\":\"x\",\"qtype\":\"1\",\"rcode\":\"0\",\"answers\":[\"192.0.2.1\"],\"TTLs\":[]"),
	 LINE_MESSAGE, JGIVES("response 0 7 x A") JEND("f") "; x 0 A 192.0.2.1\n"},
	{JROW("\"query\":\"x\",\"qtype\":1,\"rcode\":0,\"answers\":[null,\"192.0.2.1\"],\"TTLs\":[1,2]"),
	 LINE_MESSAGE, JGIVES("response 0 7 x A") JEND("7") "; x 2 A 192.0.2.1\n"},
	/* octets: as escapes of code points, as text, and as letters of UTF-8 */
	{JROW("\"query\":\"a\\u00ff\\u0000.x\",\"qtype\":1"), LINE_MESSAGE,
	 JGIVES("query 0 7 a\\255\\000.x A") JEND("7") "\n"},
	{JROW("\"query\":\"a\\\\xff.x\",\"qtype\":1"), LINE_MESSAGE,
	 JGIVES("query 0 7 a\\255.x A") JEND("7") "\n"},
	{JROW("\"query\":\"\xc3\xa9.x\",\"qtype\":1"), LINE_MESSAGE,
	 JGIVES("query 0 7 \\195\\169.x A") JEND("7") "\n"},
	/* wrong types are fields that are not there; the first of two equal keys counts */
	{JROW("\"query\":\"x\",\"qtype\":1,\"rcode\":{},\"answers\":7,\"TTLs\":\"x\",\"AA\":[[]]"),
	 LINE_MESSAGE, JGIVES("query 0 7 x A") JEND("7") "\n"},
	{JROW("\"query\":\"x\",\"query\":\"y\",\"qtype\":1"), LINE_MESSAGE,
	 JGIVES("query 0 7 x A") JEND("7") "\n"},
	{JROW("\"query\":null,\"qtype\":1"), LINE_OTHER, ""},
	{JROW("\"service\":\"http\""), LINE_OTHER, ""},
	{JROW("\"query\":\"x\",\"qtype\":-1"), LINE_BAD, ""},
	/* times */
	{"{\"ts\":\"1504226037.090323\",\"query\":\"x\",\"qtype\":1}\n", LINE_MESSAGE,
	 "2017-09-01T00:33:57.090323Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":1504226037090,\"query\":\"x\",\"qtype\":1}\n", LINE_MESSAGE,
	 "2017-09-01T00:33:57.090Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":99999999999999,\"query\":\"x\",\"qtype\":1}\n", LINE_BAD, ""}, /* ms of the year 5138 */
	{"{\"ts\":1504226037090323,\"query\":\"x\",\"qtype\":1}\n", LINE_MESSAGE,
	 "2017-09-01T00:33:57.090323Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":150422603709032300,\"query\":\"x\",\"qtype\":1}\n", LINE_MESSAGE,
	 "1974-10-08T00:03:23.709032300Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":1504226037090323001,\"query\":\"x\",\"qtype\":1}\n", LINE_MESSAGE,
	 "2017-09-01T00:33:57.090323001Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":1.504226037e9,\"query\":\"x\",\"qtype\":1}\n", LINE_MESSAGE,
	 "2017-09-01T00:33:57Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":\"2017-09-01T00:33:57.090323Z\",\"query\":\"x\",\"qtype\":1}\n", LINE_MESSAGE,
	 "2017-09-01T00:33:57.090323Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":99999999999999999999,\"query\":\"x\",\"qtype\":1}\n", LINE_BAD, ""},
	{"{\"ts\":true,\"query\":\"x\",\"qtype\":1}\n", LINE_BAD, ""},
	/* no object, more than one, cut, too deep, no UTF-8; the line after each is read as if alone */
	{"[1]\n{\"ts\":9,\"query\":\"x\",\"qtype\":1}\n", LINE_BAD,
	 "1970-01-01T00:00:09Z query 0 0 x A 47 :: ::#0\n"},
	{"{}{}\n{\"ts\":9,\"query\":\"x\",\"qtype\":1}\n", LINE_BAD,
	 "1970-01-01T00:00:09Z query 0 0 x A 47 :: ::#0\n"},
	{"{} \"a}\n{\"ts\":9,\"query\":\"x\",\"qtype\":1}\n", LINE_BAD,
	 "1970-01-01T00:00:09Z query 0 0 x A 47 :: ::#0\n"},
	{"{} tru}\n{\"ts\":9,\"query\":\"x\",\"qtype\":1}\n", LINE_BAD,
	 "1970-01-01T00:00:09Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":9,\"query\":\"x\n{\"ts\":9,\"query\":\"x\",\"qtype\":1}\n", LINE_BAD,
	 "1970-01-01T00:00:09Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":9,\"query\":{\n{\"ts\":9,\"query\":\"x\",\"qtype\":1}\n", LINE_BAD,
	 "1970-01-01T00:00:09Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":9,\"query\":\"x\",\"qtype\":1,\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}\n", LINE_MESSAGE,
	 "1970-01-01T00:00:09Z query 0 0 x A 47 :: ::#0\n"},
	{"{\"ts\":9,\"query\":\"x\",\"qtype\":1,\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}\n", LINE_BAD, ""},
	{"{\"ts\":9,\"query\":\"\xff\",\"qtype\":1}\n", LINE_BAD, ""},
};

static void json(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof json_rows / sizeof *json_rows; i++)
		check_line(LOG_ZEEK_JSON, "", &json_rows[i]);
}

/* 4,094 addresses fill a message of 65,535 octets; one more does not fit, and 4,097 are over the list. */
static void full_message(void **state)
{
	static const struct {
		unsigned answers;
		enum log_line line;
	} rows[] = {{4094, LINE_MESSAGE}, {4095, LINE_BAD}, {4096, LINE_BAD}, {4097, LINE_BAD}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct seen s = {0};
		struct buf text = {0};

		buf_add_text(&text, "#fields\tts\tquery\tqtype\trcode\tanswers\n9\tx\t1\t0\t192.0.2.1");
		for (unsigned n = 1; n < rows[i].answers; n++)
			buf_add_text(&text, ",192.0.2.1");
		seen_read(&s, LOG_ZEEK_TSV, (const char *)text.bytes, text.len);
		assert_int_equal(s.lines[rows[i].line], 1);
		assert_int_equal(s.records, rows[i].line == LINE_MESSAGE ? rows[i].answers : 0);
		buf_fini(&text);
		seen_fini(&s);
	}
}

/* A name of 255 octets is one, with its final dot or without; one octet more is none. */
static void longest_name(void **state)
{
	static const char label[] = "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0";

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct seen s = {0};
		struct buf text = {0};
		bool fits = i < 2;

		buf_printf(&text, "#fields\tts\tquery\tqtype\n9\t%s.%s.%s.%.*s%s\t1", label, label, label,
			   fits ? 61 : 62, label, i & 1 ? "." : "");
		seen_read(&s, LOG_ZEEK_TSV, (const char *)text.bytes, text.len);
		assert_int_equal(s.lines[fits ? LINE_MESSAGE : LINE_BAD], 1);
		assert_int_equal(s.messages - s.bad_messages, fits);
		buf_fini(&text);
		seen_fini(&s);
	}
}

static const struct {
	const char *start;
	enum log_form form;
} starts[] = {
	{"#separator \\x09\n", LOG_ZEEK_TSV},
	{"#fields\tts\tuid", LOG_ZEEK_TSV},
	{"# a comment\n", LOG_NONE},
	{"", LOG_NONE},
	{"\n\n\n", LOG_NONE},
	{"{\"ts\":1,\"uid\":\"C\",\"id.orig_h\":\"10.", LOG_ZEEK_JSON}, /* cut */
	{"\xef\xbb\xbf{\"_path\":\"dns\",", LOG_ZEEK_JSON},
	{"half a line\"}\n{\"_path\":\"dns\",", LOG_ZEEK_JSON},
	{"{\"timestamp\":\"x\",\"event_type\":\"flow\"}", LOG_EVE},
	{"{\"rrname\":\"x\",\"rrtype\":\"A\",\"rdata\":\"\"}", LOG_COF},
	{"{\"rrname\":\"x\",\"rrtype\":\"A\",\"bailiwick\":\"\"}", LOG_DNSDB},
	{"{\"cond\":\"begin\"}\n{\"obj\":{}}", LOG_DNSDB},
	{"{\"time\":\"x\",\"vname\":\"base\",\"mname\":\"dns\"}", LOG_NMSG_JSON},
	{"{\"a\":1}\n", LOG_NONE},
	{"MZ\x90", LOG_NONE},
};

static void recognise(void **state)
{
	uint8_t padded[64] = {0};

	(void)state;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (log_recognise((const uint8_t *)starts[i].start, strlen(starts[i].start)) !=
		    starts[i].form)
			fail_msg("%s: another form", starts[i].start);
	memcpy(padded + 20, "#separator \\x09\n", 16);
	assert_int_equal(log_recognise(padded, sizeof padded), LOG_ZEEK_TSV);
}

/* Counted from the files by other means. */
static const struct file_row files[] = {
	{"benign/reddit-2016.zeek.log", LOG_ZEEK_TSV, 214, 213, 3120, {214, 8, 0, 0, 0, 0}},
	{"benign/wrccdc-2018.zeek.log.gz", LOG_ZEEK_TSV, 49774, 44111, 79524, {49774, 9, 3841, 0, 0, 0}},
	{"benign/wrccdc-2018.zeek.json.gz", LOG_ZEEK_JSON, 49774, 44111, 79524, {49774, 0, 3841, 0, 0, 0}},
	{"formats/zeek/bad_ttl.log", LOG_ZEEK_JSON, 1, 1, 2, {1, 0, 0, 0, 0, 0}},
	{"formats/zeek/dns_json.log", LOG_ZEEK_JSON, 147, 147, 212, {147, 0, 0, 66, 0, 0}},
	{"formats/zeek/dns_json_iso8601.json", LOG_ZEEK_JSON, 5, 5, 14, {5, 0, 0, 0, 0, 0}},
	{"formats/zeek/garbage.log", LOG_ZEEK_JSON, 0, 0, 0, {0, 0, 1, 0, 0, 0}}, /* class 29467 */
	{"formats/zeek/nbtstat.log", LOG_ZEEK_JSON, 0, 0, 0, {0, 0, 1, 0, 0, 0}},
};

static void real_files(void **state)
{
	(void)state;
	if (!check_files(files, sizeof files / sizeof *files)) {
		print_message("shared data not found: skipped\n");
		skip();
	}
}

/* TSV and JSON of one capture describe the same messages. */
static void both_forms_agree(void **state)
{
	struct seen a = {0}, b = {0};

	(void)state;
	if (!seen_file(&a, LOG_ZEEK_TSV, "benign/wrccdc-2018.zeek.log.gz") ||
	    !seen_file(&b, LOG_ZEEK_JSON, "benign/wrccdc-2018.zeek.json.gz")) {
		print_message("shared data not found: skipped\n");
		seen_fini(&a);
		seen_fini(&b);
		skip();
	}
	assert_string_equal(buf_text(&a.text), buf_text(&b.text));
	seen_fini(&a);
	seen_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tsv),          cmocka_unit_test(no_header),
		cmocka_unit_test(json),         cmocka_unit_test(full_message),
		cmocka_unit_test(longest_name), cmocka_unit_test(recognise),
		cmocka_unit_test(real_files),   cmocka_unit_test(both_forms_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
