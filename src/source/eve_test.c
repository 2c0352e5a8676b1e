/* SPDX-License-Identifier: Apache-2.0 */
/* eve_test.c -- dns events of Suricata's EVE, versions 1 to 3, by tables and over a real log. */
#include "source/log_test.h"

#define AT(second, flow)                                                                                     \
	"{\"timestamp\":\"2021-06-06T16:26:" second ".5+0200\",\"flow_id\":" flow ",\"event_type\":\"dns\","
#define TO_SERVER   "\"src_ip\":\"10.0.0.9\",\"src_port\":4000,\"dest_ip\":\"10.0.0.1\",\"dest_port\":53,"
#define FROM_SERVER "\"src_ip\":\"10.0.0.1\",\"src_port\":53,\"dest_ip\":\"10.0.0.9\",\"dest_port\":4000,"
#define EVENT(dns)  AT("27", "1") TO_SERVER "\"dns\":{" dns "}}\n"
#define V2                                                                                                   \
	"\"version\":2,\"type\":\"answer\",\"id\":2,\"flags\":\"8180\",\"rcode\":\"NOERROR\",\"rrname\":"    \
	"\"x\",\"rrtype\":\"A\""
#define V3                                                                                                   \
	"\"version\":3,\"type\":\"response\",\"id\":2,\"flags\":\"8580\",\"queries\":[{\"rrname\":\"x\","    \
	"\"rrtype\":\"A\"}]"
#define V1(name, type, rdata)                                                                                \
	"\"type\":\"answer\",\"id\":2,\"rcode\":\"NOERROR\",\"rrname\":\"" name "\",\"rrtype\":\"" type      \
	"\",\"ttl\":5,\"rdata\":\"" rdata "\""
#define TIME  "2021-06-06T14:26:27.500Z "
#define SIDES " 10.0.0.1 10.0.0.9#4000"

static const struct line_row rows[] = {
	/* queries */
	{EVENT("\"type\":\"query\",\"id\":2,\"rrname\":\"X\",\"rrtype\":\"AAAA\",\"tx_id\":0"), LINE_MESSAGE,
	 TIME "query 0 2 x AAAA 0" SIDES "\n"},
	{EVENT("\"version\":3,\"type\":\"request\",\"id\":2,\"flags\":\"100\",\"queries\":[{\"rrname\":\"x\","
	       "\"rrtype\":\"A\"}]"),
	 LINE_MESSAGE, TIME "query RD 0 2 x A 0" SIDES "\n"},
	/* version 2: detailed, grouped, both, failures */
	{EVENT(V2 ",\"answers\":[{\"rrname\":\"x\",\"rrtype\":\"CNAME\",\"ttl\":580,\"rdata\":\"c.x\"},"
		  "{\"rrname\":\"c.x\",\"rrtype\":\"A\",\"ttl\":60,\"rdata\":\"192.0.2.1\"}],\"grouped\":{"
		  "\"A\":[\"192.0.2.1\"]}"),
	 LINE_MESSAGE, TIME "response RD RA 0 2 x A 2" SIDES "; x 580 CNAME c.x; c.x 60 A 192.0.2.1\n"},
	{EVENT(V2 ",\"grouped\":{\"A\":[\"192.0.2.1\",\"192.0.2.2\"],\"CNAME\":[\"c.x\",\"d.x\"]}"),
	 LINE_MESSAGE,
	 TIME "response RD RA 0 2 x A e" SIDES
	      "; x 0 CNAME c.x; c.x 0 CNAME d.x; d.x 0 A 192.0.2.1; d.x 0 A 192.0.2.2\n"},
	{EVENT("\"version\":2,\"type\":\"answer\",\"id\":2,\"flags\":\"8183\",\"rcode\":\"NXDOMAIN\","
	       "\"rrname\":\"n.x\","
	       "\"rrtype\":\"A\",\"authorities\":[{\"rrname\":\"x\",\"rrtype\":\"SOA\",\"ttl\":9,\"soa\":{"
	       "\"mname\":\"ns.x\","
	       "\"rname\":\"h.x\",\"serial\":1,\"refresh\":2,\"retry\":3,\"expire\":4,\"minimum\":5}}]"),
	 LINE_MESSAGE, TIME "response RD RA 3 2 n.x A 2" SIDES "; ns x 9 SOA ns.x\n"},
	{EVENT(V2 ",\"authorities\":[{\"rrname\":\"x\",\"rrtype\":\"SOA\",\"ttl\":9}]"), LINE_MESSAGE,
	 TIME "response RD RA 0 2 x A 3" SIDES "\n"}, /* its authority section was not empty: it is lacking */
	{EVENT("\"version\":2,\"type\":\"answer\",\"id\":2,\"qr\":true,\"aa\":true,\"rcode\":\"REFUSED\","
	       "\"rrname\":\"x\","
	       "\"rrtype\":\"TYPE65\""),
	 LINE_MESSAGE, TIME "response AA 5 2 x HTTPS 2" SIDES "\n"},
	{EVENT("\"version\":2,\"type\":\"answer\",\"id\":2,\"rcode\":\"NOERROR\",\"rrname\":\"x\",\"rrtype\":"
	       "\"A\""),
	 LINE_MESSAGE, TIME "response 0 2 x A 82" SIDES "\n"},
	{EVENT(V2 ",\"answers\":[{\"rrname\":\"x\",\"rrtype\":\"SRV\",\"ttl\":1,\"srv\":{\"priority\":1,"
		  "\"weight\":2,\"port\":3,"
		  "\"name\":\"s.x\"}},{\"rrname\":\"x\",\"rrtype\":\"TXT\",\"ttl\":1,\"rdata\":\"a b\"},"
		  "{\"rrname\":\"x\",\"rrtype\":\"MX\",\"rdata\":\"m.x\"},{\"rrname\":\"x\",\"rrtype\":"
		  "\"SSHFP\",\"ttl\":1}]"),
	 LINE_MESSAGE, TIME "response RD RA 0 2 x A a" SIDES "; x 1 SRV s.x; x 1 TXT \"a b\"; x 0 MX m.x\n"},
	{EVENT(V2 ",\"answers\":[{\"rrname\":\"\",\"rrtype\":\"NS\",\"ttl\":1,\"rdata\":\"a\\\\xffb.x\"}]"),
	 LINE_MESSAGE, TIME "response RD RA 0 2 x A 2" SIDES "; . 1 NS a\\255b.x\n"},
	{EVENT(V2 ",\"answers\":[{\"rrname\":\"x..y\",\"rrtype\":\"A\",\"ttl\":1,\"rdata\":\"192.0.2.1\"}]"),
	 LINE_BAD, ""},
	{EVENT(V2 ",\"answers\":[{\"rrname\":\"x\",\"rrtype\":\"A\",\"ttl\":1,\"rdata\":\"2001:db8::1\"},7,[]"
		  ",{}],\"grouped\":[]"),
	 LINE_MESSAGE, TIME "response RD RA 0 2 x A 2" SIDES "\n"},
	/* version 3 */
	{EVENT(V3
	       ",\"answers\":[{\"rrname\":\"x\",\"rrtype\":\"A\",\"ttl\":1,\"rdata\":\"192.0.2.1\"}],"
	       "\"authorities\":[{\"rrname\":\"x\",\"rrtype\":\"NS\",\"ttl\":2,\"rdata\":\"ns.x\"}],"
	       "\"additionals\":[{\"rrname\":\"ns.x\",\"rrtype\":\"A\",\"ttl\":3,\"rdata\":\"192.0.2.53\"},"
	       "{\"rrname\":\"\",\"rrtype\":\"OPT\",\"ttl\":0}]"),
	 LINE_MESSAGE,
	 TIME "response AA RD RA 0 2 x A 0" SIDES
	      "; x 1 A 192.0.2.1; ns x 2 NS ns.x; ar ns.x 3 A 192.0.2.53\n"},
	{EVENT("\"version\":3,\"type\":\"response\",\"id\":2,\"queries\":[]"), LINE_OTHER, ""},
	/* sides: by the port; unknown where no side has it, but for queries */
	{AT("27", "1") FROM_SERVER "\"dns\":{" V2 "}}\n", LINE_MESSAGE,
	 TIME "response RD RA 0 2 x A 2" SIDES "\n"},
	{AT("27", "1") "\"src_ip\":\"10.0.0.1\",\"src_port\":5300,\"dest_ip\":\"10.0.0.9\",\"dest_port\":"
		       "4000,\"dns\":{" V2 "}}\n",
	 LINE_MESSAGE, TIME "response RD RA 0 2 x A 42 :: ::#0\n"},
	{AT("27",
	    "1") "\"src_ip\":\"10.0.0.9\",\"src_port\":4000,\"dest_ip\":\"10.0.0.1\",\"dest_port\":5300,"
		 "\"dns\":{\"type\":\"query\",\"id\":1,\"rrname\":\"x\",\"rrtype\":\"A\"}}\n",
	 LINE_MESSAGE, TIME "query 0 1 x A 0" SIDES "\n"},
	{AT("27", "1") "\"dns\":{\"type\":\"query\",\"id\":1,\"rrname\":\"x\",\"rrtype\":\"A\"}}\n",
	 LINE_MESSAGE, TIME "query 0 1 x A 40 :: ::#0\n"},
	/* not ours */
	{AT("27", "1") "\"dest_port\":5353,\"dns\":{\"type\":\"query\",\"rrname\":\"x\",\"rrtype\":\"A\"}}\n",
	 LINE_MDNS, ""},
	{"{\"timestamp\":\"2021-06-06T16:26:27+0200\",\"event_type\":\"mdns\"}\n", LINE_MDNS, ""},
	{"{\"timestamp\":\"2021-06-06T16:26:27+0200\",\"event_type\":\"alert\",\"dns\":{\"query\":[]}}\n",
	 LINE_OTHER, ""},
	{EVENT("\"type\":\"something\""), LINE_OTHER, ""},
	{EVENT("\"type\":\"query\",\"id\":1"), LINE_OTHER, ""},
	{AT("27", "1") "\"dns\":7}\n", LINE_BAD, ""},
	{"{\"event_type\":\"dns\",\"dns\":{}}\n", LINE_BAD, ""},
	{"{\"event_type\":7}\n", LINE_BAD, ""},
	{"{}\n", LINE_BAD, ""},
};

/* One event per record: grouped by timestamp, flow and id. */
static const struct line_row v1_rows[] = {
	{EVENT(V1("x", "A", "192.0.2.1")) EVENT(V1("x", "A", "192.0.2.2")), LINE_MESSAGE,
	 TIME "response 0 2 x A 83" SIDES "; x 5 A 192.0.2.1; x 5 A 192.0.2.2\n"},
	/* the question behind an alias; other events and broken lines in between */
	{EVENT(V1("x", "CNAME", "c.x")) "{\"timestamp\":\"2021-06-06T16:26:27+0200\",\"event_type\":\"flow\"}"
					"\nbroken\n" EVENT(V1("c.x", "AAAA", "2001:db8::1")),
	 LINE_MESSAGE, TIME "response 0 2 x AAAA 83" SIDES "; x 5 CNAME c.x; c.x 5 AAAA 2001:db8::1\n"},
	/* another flow, another moment, a query: each ends the group */
	{AT("27", "1") TO_SERVER "\"dns\":{" V1("x", "A", "192.0.2.1") "}}\n" AT("27", "2") TO_SERVER
	 "\"dns\":{" V1("x", "A", "192.0.2.2") "}}\n" AT("28", "2") TO_SERVER
	 "\"dns\":{" V1("x", "A", "192.0.2.3") "}}\n" EVENT(
		 "\"type\":\"query\",\"id\":2,\"rrname\":\"y\",\"rrtype\":\"A\""),
	 LINE_MESSAGE,
	 TIME "response 0 2 x A 83" SIDES "; x 5 A 192.0.2.1\n" TIME "response 0 2 x A 83" SIDES
	      "; x 5 A 192.0.2.2\n2021-06-06T14:26:28.500Z response 0 2 x A 83" SIDES
	      "; x 5 A 192.0.2.3\n" TIME "query 0 2 y A 0" SIDES "\n"},
	/* a failure, and the authority section beside it */
	{EVENT("\"type\":\"answer\",\"id\":2,\"rcode\":\"NXDOMAIN\",\"rrname\":\"n.x\""), LINE_MESSAGE,
	 TIME "response 3 2 n.x TYPE0 83" SIDES "\n"},
	{EVENT("\"type\":\"answer\",\"id\":2,\"flags\":\"8183\",\"rcode\":\"NXDOMAIN\",\"rrname\":\"x\","
	       "\"rrtype\":\"SOA\",\"ttl\":9"),
	 LINE_OTHER, ""},
	{EVENT("\"type\":\"answer\",\"id\":2,\"flags\":\"8180\",\"rcode\":\"NOERROR\",\"rrname\":\"x\","
	       "\"rrtype\":\"SOA\",\"ttl\":9"),
	 LINE_OTHER, ""},
	{EVENT(V1("x", "SOA", "ns.x")), LINE_OTHER, ""},
	/* another id on the same flow */
	{EVENT(V1("x", "A", "192.0.2.1"))
		 EVENT("\"type\":\"answer\",\"id\":3,\"rcode\":\"NOERROR\",\"rrname\":\"x\","
		       "\"rrtype\":\"A\",\"ttl\":5,\"rdata\":\"192.0.2.2\""),
	 LINE_MESSAGE,
	 TIME "response 0 2 x A 83" SIDES "; x 5 A 192.0.2.1\n" TIME "response 0 3 x A 83" SIDES
	      "; x 5 A 192.0.2.2\n"},
	/* a broken record takes only itself away */
	{EVENT(V1("x", "A", "192.0.2.1")) EVENT(V1("x", "CNAME", "a..b")) EVENT(V1("x", "A", "192.0.2.2")),
	 LINE_BAD, TIME "response 0 2 x A 83" SIDES "; x 5 A 192.0.2.1; x 5 A 192.0.2.2\n"},
	{EVENT(V1("x", "CNAME", "a..b")), LINE_BAD, ""},
};

static void events(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_line(LOG_EVE, "", &rows[i]);
}

static void version_1(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof v1_rows / sizeof *v1_rows; i++)
		check_line(LOG_EVE, "", &v1_rows[i]);
}

/* Records of one response without end do not end in memory without end: 65,535 octets, then the response is
 * bad. */
static void version_1_overflow(void **state)
{
	struct seen s = {0};
	struct buf text = {0};

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_add_text(&text, EVENT(V1("x", "A", "192.0.2.1")));
	buf_add_text(&text, EVENT("\"type\":\"query\",\"id\":2,\"rrname\":\"y\",\"rrtype\":\"A\""));
	seen_read(&s, LOG_EVE, (const char *)text.bytes, text.len);
	assert_string_equal(buf_text(&s.text), TIME "query 0 2 y A 0" SIDES "\n");
	assert_true(s.lines[LINE_BAD] >= 1);
	buf_fini(&text);
	seen_fini(&s);
}

/* Counted from the file by other means. */
static const struct file_row files[] = {
	{"formats/eve/eve-v2.json.gz", LOG_EVE, 680, 340, 944, {680, 0, 4320, 0, 0, 0}},
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events),
		cmocka_unit_test(version_1),
		cmocka_unit_test(version_1_overflow),
		cmocka_unit_test(real_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
