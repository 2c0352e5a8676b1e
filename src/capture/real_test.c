/* SPDX-License-Identifier: Apache-2.0 */
/*
 * real_test.c -- captures that others published: frames and DNS messages as tshark counts them. Where tshark
 * finds fewer, the row says why.
 */
#include "capture/capture.h"
#include "capture/packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants the first two above first */
#include <cmocka.h>

enum { FILE_MAX = 1 << 20, MESSAGES_MAX = 300 };

/* What came out of a file. */
struct found {
	uint64_t frames, messages, tcp, lost;
	struct message_seen {
		uint16_t id, port;
		uint32_t len;
	} seen[MESSAGES_MAX];
};

static struct found found;

static void take(void *context, const struct payload *p)
{
	struct found *to = context;

	assert_true(p->len >= 12 && to->messages < MESSAGES_MAX);
	to->seen[to->messages++] =
		(struct message_seen){(uint16_t)(p->octets[0] << 8 | p->octets[1]), p->from_port, p->len};
}

static const char *data_folder(void)
{
	const char *folder = getenv("DEFLUX_SHARED");

	if (folder != NULL && access(folder, R_OK) == 0)
		return folder;
	print_message("no recorded data here (DEFLUX_SHARED)\n");
	skip();
	return NULL;
}

static void read_capture(const char *folder, const char *name)
{
	static uint8_t octets[FILE_MAX];
	char path[500];
	struct packets_config config = {0};
	struct packets *p = packets_open(&config, (struct payload_sink){take, &found});
	struct capture_reader *r;
	struct frame f;
	size_t len, used;
	FILE *file;

	found = (struct found){0};
	snprintf(path, sizeof path, "%s/captures/%s.pcap", folder, name);
	file = fopen(path, "rb");
	if (file == NULL || p == NULL)
		fail_msg("%s: cannot be read", path);
	len = fread(octets, 1, sizeof octets, file);
	fclose(file);
	r = capture_open(capture_recognise(octets, len));
	for (size_t at = 0;
	     capture_next(r, &(struct capture_window){octets + at, len - at, true}, &used, &f) == OK;
	     at += used)
		packets_push(p, &f);
	packets_finish(p);
	found.frames = packets_counted(p)->frames;
	found.tcp = packets_counted(p)->tcp_payloads;
	found.lost = packets_counted(p)->tcp_lost;
	assert_int_equal(capture_counted(r)->bad_records, 0);
	capture_close(r);
	packets_close(p);
}

static void counts(void **state)
{
	static const struct {
		const char *name;
		uint64_t frames, messages, tcp, lost, tshark;
	} rows[] = {
		{"cznic-dns-probe/edns_dnssec_nsid", 10, 10, 0, 0, 10},
		{"cznic-dns-probe/tcp_axfr_zone_transfer", 16, 2, 2, 0, 2},
		{"cznic-dns-probe/tcp_simple", 20, 4, 4, 0, 4},
		{"cznic-dns-probe/udp_simple", 184, 184, 0, 0, 184},
		{"dnscap/1qtcpnosyn", 8, 2, 2, 0, 2},
		{"dnscap/1qtcppadd", 10, 2, 2, 0, 2},
		{"dnscap/dns", 133, 82, 0, 0, 82},
		{"dnscap/dns6", 2, 2, 0, 0, 2},
		/* behind a hole of many segments tshark does not find where messages begin */
		{"dnscap/dnso1tcp-bighole", 200, 76, 76, 2, 41},
		{"dnscap/dnso1tcp-midmiss", 19, 6, 6, 2, 6},
		{"dnscap/dnso1tcp", 212, 82, 82, 0, 82},
		{"dnscap/dnsotcp-many1pkt", 10, 4, 4, 0, 4},
		{"dnscap/dnsotcp-manyopkts", 7, 3, 3, 0, 3},
		{"dnscap/dnspad", 1, 1, 0, 0, 1},
		/* the stream begins without SYN and inside of a message: tshark takes what it sees for a
		   length */
		{"dnscap/do1t-nosyn-1nolen", 9, 3, 3, 1, 2},
		{"dnscap/edns", 14, 14, 0, 0, 14},
		{"dnscap/ipv6-with-ethernet-padding", 1, 1, 0, 0, 1},
		{"dnscap/vlan11", 133, 82, 0, 0, 82},
		{"dnsjit/dns", 133, 82, 0, 0, 82},
		{"dnsjit/tcp-response-with-trailing-junk", 28, 20, 2, 0, 20},
		{"packetq/dns", 133, 82, 0, 0, 82},
		{"packetq/dns6", 2, 2, 0, 0, 2},
	};
	const char *folder = data_folder();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		read_capture(folder, rows[i].name);
		if (found.frames != rows[i].frames || found.messages != rows[i].messages ||
		    found.tcp != rows[i].tcp || found.lost != rows[i].lost || found.messages < rows[i].tshark)
			fail_msg("%s: frames %lu, messages %lu, over TCP %lu, lost %lu", rows[i].name,
				 found.frames, found.messages, found.tcp, found.lost);
	}
}

/* What comes out behind the hole is what the capture without one holds, and nothing made up. */
static void behind_the_hole(void **state)
{
	static struct found whole;
	const char *folder = data_folder();
	size_t at = 0;

	(void)state;
	read_capture(folder, "dnscap/dnso1tcp");
	whole = found;
	read_capture(folder, "dnscap/dnso1tcp-bighole");
	for (size_t i = 0; i < found.messages; i++) {
		for (at = 0; at < whole.messages; at++)
			if (memcmp(&whole.seen[at], &found.seen[i], sizeof whole.seen[at]) == 0)
				break;
		assert_true(at < whole.messages);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(counts), cmocka_unit_test(behind_the_hole)};

	return cmocka_run_group_tests_name("real", tests, NULL, NULL);
}
