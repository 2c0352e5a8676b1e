/* SPDX-License-Identifier: Apache-2.0 */
/* made_packets.h -- for tests: packets built from the inside out, and all that the machine gives of them. */
#pragma once

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "capture/packets.h"

enum { MADE_PACKET_MAX = 70000, MADE_PAYLOADS_MAX = 4096 };

/* A packet; headers are put in front of what is there. */
struct made_packet {
	uint8_t octets[MADE_PACKET_MAX];
	size_t len;
};

static inline void made_front(struct made_packet *p, const void *octets, size_t len)
{
	assert(p->len + len <= MADE_PACKET_MAX);
	memmove(p->octets + len, p->octets, p->len);
	memcpy(p->octets, octets, len);
	p->len += len;
}

/* "88 64 11": blanks are passed over. */
static inline void made_front_hex(struct made_packet *p, const char *hex)
{
	uint8_t octets[128];
	size_t n = 0;

	for (; *hex != 0; hex++) {
		char two[3] = {hex[0], hex[1], 0};

		if (*hex == ' ')
			continue;
		octets[n++] = (uint8_t)strtoul(two, NULL, 16);
		hex++;
	}
	made_front(p, octets, n);
}

static inline void made_be(uint8_t *to, uint32_t v, int octets)
{
	for (int i = 0; i < octets; i++)
		to[i] = (uint8_t)(v >> 8 * (octets - 1 - i));
}

/* A DNS message of `len` octets (29 at least): a question for "a.example", the rest filled. */
static inline void made_dns(uint8_t *to, uint16_t id, size_t len)
{
	static const uint8_t head[] = {0, 0,   0x81, 0x80, 0,   1,   0,   0,   0, 0, 0, 0, 1, 'a',
				       7, 'e', 'x',  'a',  'm', 'p', 'l', 'e', 0, 0, 1, 0, 1};

	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)(0x80 | (i * 7 + id));
	memcpy(to, head, sizeof head < len ? sizeof head : len);
	made_be(to, id, 2);
}

static inline void made_udp(struct made_packet *p, uint16_t from, uint16_t to)
{
	uint8_t head[8] = {0};

	made_be(head, from, 2);
	made_be(head + 2, to, 2);
	made_be(head + 4, (uint32_t)p->len + 8, 2);
	made_front(p, head, sizeof head);
}

/* A TCP header of 24 octets, with an option. */
static inline void made_tcp(struct made_packet *p, uint16_t from, uint16_t to, uint32_t seq, uint8_t flags)
{
	uint8_t head[24] = {0};

	made_be(head, from, 2);
	made_be(head + 2, to, 2);
	made_be(head + 4, seq, 4);
	head[12] = 6 << 4;
	head[13] = flags;
	made_be(head + 20, 0x020405b4, 4);
	made_front(p, head, sizeof head);
}

/* From 192.0.2.1 to 198.51.100.2; `part`: flags and offset as the header has them. */
static inline void made_v4(struct made_packet *p, uint8_t protocol, uint16_t id, uint16_t part)
{
	uint8_t head[20] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2};

	made_be(head + 2, (uint32_t)p->len + 20, 2);
	made_be(head + 4, id, 2);
	made_be(head + 6, part, 2);
	made_front(p, head, sizeof head);
}

/* From 2001:db8::1 to 2001:db8::2. */
static inline void made_v6(struct made_packet *p, uint8_t next)
{
	uint8_t head[40] = {
		0x60, [6] = next, 64, 0x20, 1, 0x0d, 0xb8, [23] = 1, 0x20, 1, 0x0d, 0xb8, [39] = 2};

	made_be(head + 4, (uint32_t)p->len, 2);
	made_front(p, head, sizeof head);
}

static inline void made_v6_fragment(struct made_packet *p, uint8_t next, uint32_t id, uint16_t part)
{
	uint8_t head[8] = {next};

	made_be(head + 2, part, 2);
	made_be(head + 4, id, 4);
	made_front(p, head, sizeof head);
	made_v6(p, 44);
}

/* What came out. */
struct taken {
	size_t n;
	struct taken_payload {
		int64_t time_ns;
		uint32_t len;
		uint16_t id, from_port, to_port;
		struct addr from, to;
		bool tcp, cut, in_frame, intact; /* intact: the octets are those made_dns wrote */
	} payloads[MADE_PAYLOADS_MAX];
};

static inline void taken_take(void *context, const struct payload *p)
{
	struct taken *t = context;
	struct taken_payload *to = &t->payloads[t->n < MADE_PAYLOADS_MAX ? t->n : MADE_PAYLOADS_MAX - 1];
	uint8_t *want = malloc(p->len + 32);

	*to = (struct taken_payload){.time_ns = p->time_ns,
				     .len = p->len,
				     .id = (uint16_t)(p->len < 2 ? 0 : p->octets[0] << 8 | p->octets[1]),
				     .from_port = p->from_port,
				     .to_port = p->to_port,
				     .from = p->from,
				     .to = p->to,
				     .tcp = p->tcp,
				     .cut = p->cut,
				     .in_frame = p->in_frame};
	if (want != NULL) {
		made_dns(want, to->id, p->len);
		to->intact = p->len < 2 || memcmp(want, p->octets, p->len) == 0;
	}
	free(want);
	t->n++;
}

static inline void made_push(struct packets *machine, const struct made_packet *p, uint16_t link,
			     int64_t time_ns)
{
	/* of its own size, so that a sanitizer sees every octet read behind it */
	uint8_t *octets = malloc(p->len + (p->len == 0));

	assert(octets != NULL);
	memcpy(octets, p->octets, p->len);
	packets_push(machine, &(struct frame){time_ns, octets, (uint32_t)p->len, (uint32_t)p->len, link});
	free(octets);
}
