/* SPDX-License-Identifier: Apache-2.0 */
/* form_test.c -- inputs of every form: what is read, filtered and refused. */
#include "source/form.h"

#include "capture/dnstap.h"
#include "source/feed.h"
#include "source/sources_test.h"

/* ---- filters ---- */

static void filters(void **state)
{
	struct source_path list = {.vantage = 3};
	struct sources_config config = {
		.paths = &list, .n_paths = 1, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE};
	struct packet packets[40];
	struct buf b = {0};
	struct sources *s = NULL;
	struct diag d = {{0}};
	struct got g;

	(void)state;
	for (uint16_t i = 0; i < 40; i++)
		packets[i] = packet_at(i * NS_PER_SECOND, (uint16_t)(1000 + i));
	pcap_of(&b, packets, 40);
	list.path = file_write("filtered", b.bytes, b.len);
	config.filter = "udp src port 53";
	run(&g, &config, 0);
	assert_int_equal(g.counts.messages, 20);
	assert_int_equal(g.counts.filtered, 20);
	got_fini(&g);
	config.since_ns = START_NS + 10 * NS_PER_SECOND;
	config.until_ns = START_NS + 20 * NS_PER_SECOND;
	run(&g, &config, 0);
	assert_int_equal(g.counts.messages, 5);
	assert_int_equal(g.counts.filtered, 35);
	got_fini(&g);
	config.filter = "ether host 00:01:02:03:04:05"; /* good words, but not for this link type */
	run(&g, &config, 0);
	assert_int_equal(g.counts.messages, 0);
	assert_int_equal(g.n_problems, 1);
	assert_non_null(strstr(g.problems, "the filter does not fit"));
	got_fini(&g);
	config.filter = "udp port port";
	assert_int_equal(sources_open(&s, &config, &d), E_FORMAT);
	assert_non_null(strstr(d.text, "udp port port"));
	config.filter = NULL;
	config.since_ns = config.until_ns = STAMP_NONE;
	config.ports[0] = 5300;
	config.n_ports = 1;
	run(&g, &config, 0);
	assert_int_equal(g.counts.messages, 0);
	assert_int_equal(g.counts.other, 40);
	got_fini(&g);
	buf_fini(&b);
}

/* A stop is seen while records of a mapped file come and none is wanted: there nothing asks for more octets.
 */
static void stop_while_filtered(void **state)
{
	struct feed_shared shared = {.budget.cap = 1 << 20,
				     .store.cap = 1 << 20,
				     .since_ns = INT64_MAX,
				     .until_ns = STAMP_NONE,
				     .max_gap_ns = NS_PER_SECOND * 3600};
	struct packet packets[40];
	struct buf b = {0};
	struct feed *f = NULL;
	struct record r;
	struct diag d;

	(void)state;
	make_packets(packets, 40, 0);
	pcap_of(&b, packets, 40);
	assert_int_equal(feed_open(&f, file_write("unwanted", b.bytes, b.len), &shared, &d), OK);
	atomic_store(&shared.stop.asked, true);
	assert_int_equal(feed_next(f, &r), E_END);
	assert_true(feed_counted(f).records < 2);
	feed_close(f, NULL);
	store_fini(&shared.store);
	buf_fini(&b);
}

/* ---- what is refused ---- */

#define TEXT(s) s, sizeof(s) - 1

static const struct {
	const char *octets;
	size_t len;
	const char *problem;
	bool in_folder; /* a problem in a directory too */
} refused[] = {
	{TEXT(""), "is empty", false},
	{TEXT("\x83\x65"
	      "C-DNS\xa4\0\1\1\0\2\0"),
	 "is a C-DNS file", true},
	{TEXT("NMSG\0\2\0\0\0\x10"
	      "aaaaaaaaaaaaaa"),
	 "is a binary nmsg file", true},
	{TEXT("\0\x80\x08\x01\x12\x10"
	      "0123456789abcdefxxxxx"),
	 "is a PowerDNS protobuf log", true},
	{TEXT("BZh91AY&SYxxxxxxxx"), "is compressed with bzip2", true},
	{TEXT("snoop\0\0\0\0\0\0\2\0\0\0\4"), "is a snoop capture", true},
	{TEXT("\x7f"
	      "ELF\2\1\1\0\0\0\0\0\0\0\0\0"),
	 "is a program (ELF)", false},
	{TEXT("PK\3\4\x14\0\0\0\x08\0aaaaaaaaaaaaaa"), "is a zip archive", false},
	{TEXT("Dear reader,\nthis is no log of DNS.\n"), "is text, but no log of DNS", false},
	{TEXT("{\"name\":\"value\"}\n"), "is JSON, but no log of DNS", false},
	{TEXT("\x01\x02\x03\x04\x05\x06\x07\x08\x01\x02\x03\x04\x05"), "is a file of unknown form", false},
};

static void refuses(void **state)
{
	struct packet p = packet_at(0, 1000);
	struct buf good = {0};
	struct got g;
	const char *expected = "expected a capture (pcap, pcapng), dnstap, or a log";

	(void)state;
	pcap_of(&good, &p, 1);
	mkdir(file_path("mixed"), 0700);
	mkdir(file_path("alone"), 0700);
	mkdir(file_path("mixed/deeper"), 0700);
	file_write("mixed/deeper/good", good.bytes, good.len);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		const char *const two[] = {file_write("refused", refused[i].octets, refused[i].len),
					   file_path("mixed/deeper/good")};

		run_paths(&g, two, 2); /* the other input goes on */
		assert_int_equal(g.counts.messages, 1);
		assert_int_equal(g.counts.unreadable, 1);
		assert_int_equal(g.n_problems, 1);
		if (strstr(g.problems, refused[i].problem) == NULL)
			fail_msg("row %zu: %s", i, g.problems);
		assert_true(refused[i].len == 0 || strstr(g.problems, expected) != NULL);
		got_fini(&g);
		file_write("mixed/x", refused[i].octets, refused[i].len);
		run_path(&g, file_path("mixed"));
		assert_int_equal(g.counts.messages, 1);
		assert_int_equal(g.n_problems, refused[i].in_folder);
		got_fini(&g);
		file_write("alone/x", refused[i].octets, refused[i].len);
		run_path(&g, file_path("alone"));
		assert_int_equal(g.n_problems, 1);
		got_fini(&g);
	}
	run_path(&g, file_path("nowhere"));
	assert_non_null(strstr(g.problems, "nowhere: No such file or directory"));
	got_fini(&g);
	mkdir(file_path("empty"), 0700);
	run_path(&g, file_path("empty"));
	assert_non_null(strstr(g.problems, "empty: holds no files"));
	assert_int_equal(g.counts.unreadable, 1);
	got_fini(&g);
	buf_fini(&good);
}

/* Compressed and broken off: what was read is used, and there is one problem. Damaged records make none. */
static void broken(void **state)
{
	enum { N = 3000 };
	static struct packet packets[N];
	struct buf b = {0};
	struct got g;

	(void)state;
	make_packets(packets, N, 0);
	for (size_t way = 1; way < 4; way++) {
		struct buf z = {0};

		pcap_of(&b, packets, N);
		packs[way](&z, b.bytes, b.len / 2); /* two members, the second is broken off */
		packs[way](&z, b.bytes + b.len / 2, b.len - b.len / 2);
		run_path(&g, file_write("broken", z.bytes, z.len - z.len / 4));
		assert_true(g.counts.records >= N / 2 - 50 && g.counts.records < N);
		assert_int_equal(g.n_problems, 1);
		assert_non_null(strstr(g.problems, "broken off, what was read before is used"));
		assert_int_equal(g.counts.unreadable, 1);
		got_fini(&g);
		buf_fini(&z);
	}
	run_path(&g, file_write("cut", b.bytes, b.len - 10));
	assert_int_equal(g.n_problems, 0);
	assert_int_equal(g.counts.bad_records, 1);
	assert_int_equal(g.counts.records, N - 1);
	got_fini(&g);
	buf_fini(&b);
}

/* What zlib alone makes of the octets: whole records behind the file's head. */
static unsigned records_by_zlib(const uint8_t *octets, size_t len, uint8_t *plain, size_t room)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)octets,
		      .avail_in = (unsigned)len,
		      .next_out = plain,
		      .avail_out = (unsigned)room};
	size_t n, at = 24;
	unsigned records = 0;

	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	(void)inflate(&z, Z_SYNC_FLUSH);
	n = room - z.avail_out;
	inflateEnd(&z);
	for (uint32_t held; at + 16 <= n; at += 16 + held, records++) {
		memcpy(&held, plain + at + 8, 4); /* written by a machine like this one */
		if (held > n - at - 16)
			break;
	}
	return records;
}

/* Cut at each octet, and flipped in each of the header: never fewer records than zlib gives. */
static void damaged_gzip(void **state)
{
	enum { N = 20, HEADER = 10 };
	static uint8_t plain[65536];
	struct packet packets[N];
	struct buf b = {0}, z = {0};
	struct got g;

	(void)state;
	make_packets(packets, N, 0);
	pcap_of(&b, packets, N);
	pack_gzip(&z, b.bytes, b.len);
	for (size_t cut = 1; cut <= z.len; cut++) {
		unsigned want = records_by_zlib(z.bytes, cut, plain, sizeof plain);

		run_path(&g, file_write("cut.gz", z.bytes, cut));
		if (g.counts.records < want)
			fail_msg("cut at %zu: %u records, zlib gives %u", cut, (unsigned)g.counts.records,
				 want);
		assert_int_equal(g.n_problems, cut < z.len);
		got_fini(&g);
	}
	for (size_t at = 0; at < HEADER * 8; at++) {
		unsigned want;

		z.bytes[at / 8] ^= (uint8_t)(1u << at % 8);
		want = records_by_zlib(z.bytes, z.len, plain, sizeof plain);
		run_path(&g, file_write("flipped.gz", z.bytes, z.len));
		if (g.counts.records < want)
			fail_msg("bit %zu: %u records, zlib gives %u", at, (unsigned)g.counts.records, want);
		assert_int_equal(g.n_problems, g.counts.records != N);
		got_fini(&g);
		z.bytes[at / 8] ^= (uint8_t)(1u << at % 8);
	}
	buf_fini(&b);
	buf_fini(&z);
}

/* ---- other forms ---- */

static void dnstap_roles(void **state)
{
	static const uint8_t zone[] = "\7example\3com";
	struct buf b = {0}, z = {0}, one = {0};
	uint8_t message[200];
	struct got g, packed;

	(void)state;
	fstrm_write_start(&b);
	for (int type = DNSTAP_AUTH_QUERY; type <= DNSTAP_UPDATE_RESPONSE; type++) {
		struct dnstap d = {.type = (enum dnstap_type)type,
				   .time_ns = START_NS + type * NS_PER_SECOND,
				   .octets = message,
				   .zone = zone,
				   .zone_len = sizeof zone,
				   .initiator = addr_v4((const uint8_t[4]){198, 51, 100, 1}),
				   .responder = addr_v4((const uint8_t[4]){198, 51, 100, 53}),
				   .initiator_port = 1234,
				   .responder_port = 53,
				   .response = type % 2 == 0};

		d.len = (uint32_t)dns_message(message, sizeof message, (uint16_t)type, d.response);
		buf_clear(&one);
		dnstap_write(&one, &d);
		fstrm_write_frame(&b, one.bytes, (uint32_t)one.len);
	}
	fstrm_write_stop(&b);
	run_path(&g, file_write("tap", b.bytes, b.len));
	assert_int_equal(g.kept, 0); /* nothing of a mapped file is copied */
	pack_gzip(&z, b.bytes, b.len);
	run_path(&packed, file_write("tap.gz", z.bytes, z.len));
	expect_same(&g, &packed);
	assert_int_equal(g.counts.messages, 12);
	assert_int_equal(g.counts.other, 2); /* UPDATE */
	assert_int_equal(g.counts.records, 14);
	for (int type = 1, role; type <= 12; type++) {
		static const int roles[] = {ROLE_AUTHORITY, ROLE_RESOLVER, ROLE_CLIENT,
					    ROLE_RESOLVER,  ROLE_UNKNOWN,  ROLE_UNKNOWN};
		char want[64];
		const char *line;

		role = roles[(type - 1) / 2];
		snprintf(want, sizeof want, "%lld ", (long long)(START_NS + type * NS_PER_SECOND));
		line = strstr(buf_text(&g.text), want);
		assert_non_null(line);
		snprintf(want, sizeof want, " 198.51.100.53<198.51.100.1#1234 v3 r%d z%d x1\n", role,
			 (type - 1) / 2 == 1 ? (int)sizeof zone : 0);
		assert_ptr_equal(strchr(line, '\n') + 1, strstr(line, want) + strlen(want));
	}
	got_fini(&g);
	buf_fini(&b);
	buf_fini(&z);
	buf_fini(&one);
}

static const char zeek_log[] =
	"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_"
	"id\tquery\tqclass\tqtype\trcode\t"
	"AA\tTC\tRD\tRA\tanswers\tTTLs\n"
	"1700000000.050000\tC1\t198.51.100.1\t5000\t198.51.100.53\t53\tudp\t1\ta.example."
	"com\t1\t1\t0\tF\tF\tT\tT\t"
	"192.0.2.1\t60.0\n"
	"1700000000.150000\tC2\t198.51.100.1\t5001\t198.51.100.53\t53\tudp\t2\tb.example."
	"com\t1\t1\t0\tF\tF\tT\tT\t"
	"192.0.2.2\t60.0\n"
	"broken line\n"
	"1700000000.250000\tC3\t198.51.100.1\t5002\t198.51.100.53\t53\tudp\t3\tc.example."
	"com\t1\t1\t0\tF\tF\tT\tT\t"
	"192.0.2.3\t60.0";

static const char cof_log[] = "{\"rrname\":\"b.example.com\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.2\",\"time_"
			      "first\":1600000000,\"time_last\":"
			      "1650000000,\"count\":7}\n"
			      "{\"rrname\":\"a.example.com\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.1\",\"time_"
			      "first\":1400000000,\"time_last\":"
			      "1650000000,\"count\":5}\n"
			      "{\"rrname\":\"c.example.com\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.3\",\"time_"
			      "first\":5,\"time_last\":6,\"count\":"
			      "5}\n"
			      "{\"rrname\":\"d.example.com\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.4\",\"time_"
			      "first\":1500000000,\"time_last\":"
			      "1650000000,\"count\":3}\n"
			      "{\"rrname\":\"e.example.com\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.5\",\"time_"
			      "first\":1500000000,\"time_last\":"
			      "4294967295,\"count\":3}\n";

/* A log and a capture of the same time lie one between the other; COF, which has no order, goes before. */
static void merged(void **state)
{
	struct packet packets[3];
	struct buf b = {0};
	struct got g;
	const char *paths[3];
	unsigned ports[9], n = 0;

	(void)state;
	for (uint16_t i = 0; i < 3; i++)
		packets[i] = packet_at(i * 100 * NS_PER_MS, (uint16_t)(1000 + i));
	pcap_of(&b, packets, 3);
	paths[0] = file_write("m.pcap", b.bytes, b.len);
	paths[1] = file_write("m.log", zeek_log, sizeof zeek_log - 1);
	paths[2] = file_write("m.cof", cof_log, sizeof cof_log - 1);
	run_paths(&g, paths, 3);
	assert_int_equal(g.counts.messages, 9);
	assert_int_equal(g.counts.bad_records, 1);
	assert_int_equal(g.counts.bad_time, 2);
	assert_int_equal(g.counts.late, 0);
	assert_true((g.counts.lacks & LACK_LOOKUPS) != 0);
	for (const char *at = buf_text(&g.text); *at != 0; at = strchr(at, '\n') + 1)
		ports[n++] = (unsigned)strtoul(strchr(at, '#') + 1, NULL, 10);
	for (unsigned i = 0; i < 9; i++) {
		static const unsigned want[] = {0, 0, 0, 1000, 5000, 1001, 5001, 1002, 5002};

		assert_int_equal(ports[i], want[i]);
	}
	assert_int_equal(strncmp(buf_text(&g.text), "1400000000000000000 ", 20), 0);
	assert_non_null(strstr(buf_text(&g.text), " x7\n"));
	got_fini(&g);
	buf_fini(&b);
}

/* A line of many megabytes is one bad record, and the next line is read. */
static void long_line(void **state)
{
	struct buf b = {0}, z = {0};
	struct got g;

	(void)state;
	buf_add_text(&b, zeek_log);
	buf_add_char(&b, '\n');
	for (int i = 0; i < 3000; i++)
		buf_printf(&b, "%04096d", i);
	buf_printf(&b, "\n%s", strstr(zeek_log, "1700000000.25"));
	pack_gzip(&z, b.bytes, b.len);
	for (int packed = 0; packed <= 1; packed++) {
		struct buf *octets = packed ? &z : &b;

		run_path(&g, file_write("long", octets->bytes, octets->len));
		assert_int_equal(g.counts.messages, 4);
		assert_int_equal(g.counts.bad_records, 2);
		assert_int_equal(g.counts.records, 6);
		assert_int_equal(g.n_problems, 0);
		got_fini(&g);
	}
	buf_fini(&b);
	buf_fini(&z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters),
		cmocka_unit_test(refuses),
		cmocka_unit_test(broken),
		cmocka_unit_test(damaged_gzip),
		cmocka_unit_test(stop_while_filtered),
		cmocka_unit_test(dnstap_roles),
		cmocka_unit_test(merged),
		cmocka_unit_test(long_line),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
