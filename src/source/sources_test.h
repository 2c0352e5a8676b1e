/* SPDX-License-Identifier: Apache-2.0 */
/* sources_test.h -- for the tests of whole sources: runs and what came out of them, packets made here. */
#pragma once

#include "base/arena.h"
#include "base/hash.h"
#include "base/stamp.h"
#include "capture/capture.h"
#include "capture/dnstap.h"
#include "dns/build.h"
#include "source/source_test.h"
#include "source/sources.h"

enum { LINK_RAW = 101 };

#define START_NS (INT64_C(1700000000) * NS_PER_SECOND)

/* What came out of a run. Zeroed is empty. */
struct got {
	struct buf text; /* a line for each message */
	struct sources_counts counts;
	char problems[4096];
	size_t n_problems;
	size_t kept; /* octets that had to be copied */
	bool ordered;
};

static inline void got_fini(struct got *g)
{
	buf_fini(&g->text);
	*g = (struct got){0};
}

static inline void note(struct got *g, const struct intake *in)
{
	char server[ADDR_TEXT_MAX], client[ADDR_TEXT_MAX];

	addr_to_text(&in->server, server);
	addr_to_text(&in->client, client);
	buf_printf(&g->text, "%lld %u %016llx %s<%s#%u v%u r%u z%u x%u%s\n", (long long)in->time_ns, in->len,
		   (unsigned long long)hash_bytes(in->wire, in->len, 1), server, client, in->client_port,
		   in->vantage, in->role, in->zone_len, in->count, in->cut ? " cut" : "");
}

/* Reads all; `keep` is reset every few messages, as a batch would. `stop_after` messages sources_stop is
 * called. */
static inline void run(struct got *g, const struct sources_config *config, uint64_t stop_after)
{
	const struct source_problem *problems;
	struct sources *s = NULL;
	struct arena keep = {0};
	struct intake in[5];
	int64_t before_ns = INT64_MIN;
	struct diag d;
	enum err e = OK;

	*g = (struct got){.ordered = true};
	assert_int_equal(sources_open(&s, config, &d), OK);
	for (uint64_t n = 0; e == OK;) {
		unsigned k = 0;

		while (k < 5 && (e = sources_next(s, &keep, &in[k])) == OK)
			k++;
		for (unsigned i = 0; i < k; i++) {
			note(g, &in[i]);
			g->ordered = g->ordered && in[i].time_ns >= before_ns;
			before_ns = in[i].time_ns;
		}
		n += k;
		if (stop_after != 0 && n >= stop_after)
			sources_stop(s);
		g->kept += keep.held;
		arena_fini(&keep); /* what was not copied, and should have been, shows up under ASan */
	}
	assert_int_equal(e, E_END);
	assert_int_equal(sources_next(s, &keep, in), E_END);
	sources_count(s, &g->counts);
	g->n_problems = sources_problems(s, &problems);
	for (size_t i = 0; i < g->n_problems; i++) {
		strncat(g->problems, problems[i].text, sizeof g->problems - strlen(g->problems) - 2);
		strcat(g->problems, "\n");
	}
	sources_close(s);
}

static inline void run_paths(struct got *g, const char *const *paths, size_t n)
{
	struct source_path list[16] = {{0}};

	for (size_t i = 0; i < n; i++)
		list[i] = (struct source_path){paths[i], 3};
	run(g,
	    &(struct sources_config){
		    .paths = list, .n_paths = n, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE},
	    0);
}

static inline void run_path(struct got *g, const char *path)
{
	run_paths(g, &path, 1);
}

static inline void expect_same(const struct got *a, struct got *b)
{
	assert_int_equal(a->text.len, b->text.len);
	assert_memory_equal(a->text.bytes, b->text.bytes, a->text.len);
	assert_int_equal(a->counts.messages, b->counts.messages);
	got_fini(b);
}

/* ---- frames made here ---- */

struct packet {
	int64_t time_ns;
	uint16_t client_port;
	bool response;
	const uint8_t *tcp; /* octets of a TCP stream from the server, NULL: UDP */
	uint32_t tcp_len, tcp_seq;
	uint8_t tcp_flags;
};

static inline size_t dns_message(uint8_t *to, size_t room, uint16_t id, bool response)
{
	struct build b;
	struct name n;
	struct addr a = addr_v4((const uint8_t[4]){192, 0, 2, (uint8_t)id});

	assert_int_equal(name_from_text("www.example.com", 15, &n), OK);
	build_begin(&b, to, room, id, response ? FLAG_QR | FLAG_RD | FLAG_RA : FLAG_RD);
	build_question(&b, &n, RR_A, CLASS_IN);
	if (response)
		build_addr(&b, SECTION_ANSWER, &n, 300, &a);
	assert_int_equal(b.err, OK);
	return b.len;
}

static inline void put16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static inline void ip_head(uint8_t *p, size_t len, uint8_t protocol, bool response)
{
	uint32_t sum = 0;

	memcpy(p, "\x45\0\0\0\0\0\x40\0\x40\0\0\0\xc6\x33\x64\x01\xc6\x33\x64\x35", 20);
	put16(p + 2, (unsigned)len);
	p[9] = protocol;
	if (response) {
		p[15] = 53;
		p[19] = 1;
	}
	for (int i = 0; i < 20; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	put16(p + 10, ~((sum & 0xffff) + (sum >> 16)) & 0xffff);
}

/* Appends the packet as a record of a pcap file. */
static inline void add_packet(struct buf *to, const struct packet *p)
{
	uint8_t o[1600] = {0};
	size_t head = p->tcp != NULL ? 40 : 28, len;
	struct frame f = {.time_ns = p->time_ns, .octets = o, .link = LINK_RAW};

	if (p->tcp != NULL) {
		memcpy(o + 40, p->tcp, p->tcp_len);
		len = p->tcp_len;
		put16(o + 24, p->tcp_seq >> 16);
		put16(o + 26, p->tcp_seq & 0xffff);
		put16(o + 32, 0x5000u | p->tcp_flags);
		put16(o + 34, 65535);
	} else {
		len = dns_message(o + 28, sizeof o - 28, p->client_port, p->response);
		put16(o + 24, (unsigned)len + 8);
	}
	put16(o + 20, p->response ? 53 : p->client_port);
	put16(o + 22, p->response ? p->client_port : 53);
	ip_head(o, head + len, p->tcp != NULL ? 6 : 17, p->response);
	f.len = f.wire_len = (uint32_t)(head + len);
	capture_write_frame(to, &f);
}

static inline struct packet packet_at(int64_t offset_ns, uint16_t port)
{
	return (struct packet){
		.time_ns = START_NS + offset_ns, .client_port = port, .response = port % 2 == 0};
}

/* n packets a tenth of a second apart, `jitter` nanoseconds of disorder at most, with TCP among them. */
static inline size_t make_packets(struct packet *to, size_t n, uint32_t jitter_ns)
{
	static uint8_t stream[2048];
	size_t len = 0, made = 0, sent = 0;
	uint32_t random = 5;

	for (uint16_t id = 1; len + 200 < sizeof stream; id++) { /* answers, each behind its length */
		size_t one = dns_message(stream + len + 2, sizeof stream - len - 2, id, true);

		put16(stream + len, (unsigned)one);
		len += one + 2;
	}
	for (size_t i = 0; made < n; i++) {
		int64_t base_ns = (int64_t)i * 100 * NS_PER_MS;

		random = random * 1664525u + 1013904223u;
		to[made++] =
			packet_at(base_ns + (jitter_ns == 0 ? 0 : random % jitter_ns), (uint16_t)(1000 + i));
		if (i % 5 == 0 && made < n && sent < len) { /* pieces that no message fits */
			uint32_t part = len - sent < 37 ? (uint32_t)(len - sent) : 37;

			to[made++] = (struct packet){.time_ns = START_NS + base_ns,
						     .client_port = 4444,
						     .response = true,
						     .tcp = stream + sent,
						     .tcp_len = part,
						     .tcp_seq = 1000 + (uint32_t)sent,
						     .tcp_flags = 0x10};
			sent += part;
		}
	}
	return made;
}

static inline void pcap_of(struct buf *to, const struct packet *packets, size_t n)
{
	buf_clear(to);
	capture_write_head(to, LINK_RAW);
	for (size_t i = 0; i < n; i++)
		add_packet(to, &packets[i]);
}

/* n answers, a second apart, as a dnstap file. */
static inline void dnstap_of(struct buf *to, size_t n)
{
	struct buf one = {0};

	fstrm_write_start(to);
	for (size_t i = 0; i < n; i++) {
		uint8_t octets[200];
		struct dnstap d = {.type = DNSTAP_CLIENT_RESPONSE,
				   .response = true,
				   .time_ns = START_NS + (int64_t)i * NS_PER_SECOND,
				   .octets = octets,
				   .len = (uint32_t)dns_message(octets, sizeof octets, (uint16_t)i, true)};

		buf_clear(&one);
		dnstap_write(&one, &d);
		fstrm_write_frame(to, one.bytes, (uint32_t)one.len);
	}
	fstrm_write_stop(to);
	buf_fini(&one);
}
