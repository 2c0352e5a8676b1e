/* SPDX-License-Identifier: Apache-2.0 */
/* real_test.c -- files that others recorded: how many messages each holds, and the same order when cut to
 * pieces. */
#include "source/sources.h"

#include "source/sources_test.h"

enum { PIECES = 7, PATH_ROOM = 4096 };

/* Messages counted by other means (tshark, fstrm_dump, the rows of a log). */
static const struct {
	const char *path;
	unsigned messages;
	const char *problem; /* NULL: none */
} files[] = {
	{"flux/fluxor-2009.pcap.gz", 14094, NULL},
	{"flux/fluxor-2009.truth.tsv", 0, "is text, but no log of DNS that is known"},
	{"benign/blogs-2009.pcap.gz", 972, NULL},
	{"benign/reddit-2016.zeek.log", 214, NULL},
	{"benign/wrccdc-2018.zeek.log.gz", 49774, NULL},
	{"benign/wrccdc-2018.zeek.json.gz", 49774, NULL},
	{"captures/cznic-dns-probe/edns_dnssec_nsid.pcap", 10, NULL},
	{"captures/cznic-dns-probe/tcp_axfr_zone_transfer.pcap", 2, NULL},
	{"captures/cznic-dns-probe/tcp_simple.pcap", 4, NULL},
	{"captures/cznic-dns-probe/udp_simple.pcap", 184, NULL},
	{"captures/dnscap/1qtcpnosyn.pcap", 2, NULL},
	{"captures/dnscap/1qtcppadd.pcap", 2, NULL},
	{"captures/dnscap/dns.pcap", 82, NULL},
	{"captures/dnscap/dns.pcap.gz", 82, NULL},
	{"captures/dnscap/dns6.pcap", 2, NULL},
	{"captures/dnscap/dnso1tcp-bighole.pcap", 76,
	 NULL}, /* tshark finds 41: it gives a direction up at its hole */
	{"captures/dnscap/dnso1tcp-midmiss.pcap", 6, NULL},
	{"captures/dnscap/dnso1tcp.pcap", 82, NULL},
	{"captures/dnscap/dnsotcp-many1pkt.pcap", 4, NULL},
	{"captures/dnscap/dnsotcp-manyopkts.pcap", 3, NULL},
	{"captures/dnscap/dnspad.pcap", 1, NULL},
	{"captures/dnscap/do1t-nosyn-1nolen.pcap", 3,
	 NULL}, /* tshark loses the second query with the first's length */
	{"captures/dnscap/edns.pcap", 14, NULL},
	{"captures/dnscap/ipv6-with-ethernet-padding.pcap", 1, NULL},
	{"captures/dnscap/vlan11.pcap", 82, NULL},
	{"captures/dnsjit/dns.pcap", 82, NULL},
	{"captures/dnsjit/dns.pcap.gz", 82, NULL},
	{"captures/dnsjit/tcp-response-with-trailing-junk.pcap", 20, NULL},
	{"captures/packetq/dns.pcap", 82, NULL},
	{"captures/packetq/dns6.pcap", 2, NULL},
	{"captures/packetq/sample-bigendian.pcap.gz", 2, NULL},
	{"captures/packetq/sample-rfc1035escape.pcap.gz", 9, NULL},
	{"captures/packetq/sample.pcap.gz", 8, NULL},
	{"formats/cof/d4-readme-cof.jsonl", 16, NULL},
	{"formats/cof/pdns-qof-readme.jsonl", 8, NULL},
	{"formats/cof/nmsg-newdomain.jsonl", 5, NULL},
	{"formats/cof/nmsg-test1-dns.jsonl", 6, NULL},
	{"formats/cof/nmsg-test2-dns.jsonl", 8, NULL},
	{"formats/dnstap/correct_query_nanosec.dnstap", 0,
	 "is a file of unknown form"}, /* one frame without a stream */
	{"formats/dnstap/dnstap.saved", 96, NULL},
	{"formats/dnstap/dnstap.text", 0, "is text, but no log of DNS that is known"},
	{"formats/dnstap/dotdoh.dnstap", 7, NULL},
	{"formats/dnstap/query.auth", 0, "is text, but no log of DNS that is known"},
	{"formats/dnstap/test.dnstap", 2, NULL},
	{"formats/eve/eve-v2.json.gz", 680, NULL},
	{"formats/zeek/bad_ttl.log", 1, NULL},
	{"formats/zeek/dns_json.log", 147, NULL},
	{"formats/zeek/dns_json_iso8601.json", 5, NULL},
	{"formats/zeek/garbage.log", 0, NULL},
	{"formats/zeek/nbtstat.log", 0, NULL},
};

/* The path below DEFLUX_SHARED; false where that is absent. */
static bool shared_path(const char *name, char path[PATH_ROOM])
{
	const char *root = getenv("DEFLUX_SHARED");

	if (root == NULL)
		return false;
	snprintf(path, PATH_ROOM, "%s/%s", root, name);
	return access(path, R_OK) == 0;
}

static void counted(void **state)
{
	char path[PATH_ROOM];
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct got g;

		if (!shared_path(files[i].path, path)) {
			print_message("shared data not found: skipped\n");
			skip();
		}
		run_path(&g, path);
		if (g.counts.messages != files[i].messages || g.n_problems != (files[i].problem != NULL) ||
		    (g.n_problems != 0 && strstr(g.problems, files[i].problem) == NULL) ||
		    g.counts.bad_time + g.counts.evicted != 0) {
			print_error("%s: %u messages, %u wrong dates, %u evicted; %s\n", files[i].path,
				    (unsigned)g.counts.messages, (unsigned)g.counts.bad_time,
				    (unsigned)g.counts.evicted, g.problems);
			wrong++;
		}
		got_fini(&g);
	}
	assert_int_equal(wrong, 0);
}

/* All frames of a capture, written again as seven files in a directory. False: no plain pcap. */
static bool cut_to_pieces(const char *path)
{
	struct capture_reader *r = capture_open(CAPTURE_PCAP);
	struct buf in = {0}, out[PIECES] = {{0}};
	size_t used, at = 0, n = 0, total = 0;
	struct frame f;
	FILE *file = fopen(path, "rb");
	bool whole;

	in.len = fread(buf_reserve(&in, 8 << 20), 1, 8 << 20, file);
	fclose(file);
	whole = capture_recognise(in.bytes, in.len) == CAPTURE_PCAP;
	for (; whole &&
	       capture_next(r, &(struct capture_window){in.bytes + at, in.len - at, true}, &used, &f) == OK;
	     at += used)
		total++;
	capture_close(r);
	r = capture_open(CAPTURE_PCAP);
	for (at = 0; whole && capture_next(r, &(struct capture_window){in.bytes + at, in.len - at, true},
					   &used, &f) == OK;
	     at += used, n++) {
		struct buf *piece = &out[n * PIECES / total];

		if (piece->len == 0)
			capture_write_head(piece, f.link);
		capture_write_frame(piece, &f);
	}
	mkdir(file_path("real"), 0700);
	for (size_t i = 0; i < PIECES; i++) {
		char name[16];

		snprintf(name, sizeof name, "real/%zu", i);
		file_write(name, out[i].bytes, out[i].len);
		buf_fini(&out[i]);
	}
	capture_close(r);
	buf_fini(&in);
	return whole;
}

static void in_pieces(void **state)
{
	char path[PATH_ROOM];
	unsigned done = 0;

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct got whole, pieces;

		if (!shared_path(files[i].path, path)) {
			print_message("shared data not found: skipped\n");
			skip();
		}
		if (strncmp(files[i].path, "captures/", 9) != 0 || !cut_to_pieces(path))
			continue;
		run_path(&whole, path);
		run_path(&pieces, file_path("real"));
		if (whole.counts.late == 0 && strcmp(buf_text(&whole.text), buf_text(&pieces.text)) != 0)
			fail_msg("%s in pieces gave\n%snot\n%s", files[i].path, buf_text(&pieces.text),
				 buf_text(&whole.text));
		assert_int_equal(whole.counts.records, pieces.counts.records);
		assert_int_equal(whole.counts.late, 0);
		got_fini(&whole);
		got_fini(&pieces);
		done++;
	}
	assert_int_equal(done, 21);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(counted), cmocka_unit_test(in_pieces)};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
