/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h -- an exchange as octets: DNS messages with compressed names (RFC 1035, 4.1.4), and packets around
 * them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lab/lab.h"

struct buf;

enum {
	WIRE_MESSAGE_MAX = 4096,
	WIRE_UDP_PLAIN = 512,
	WIRE_UDP_EDNS = 1232,
	WIRE_FRAME_MAX = WIRE_MESSAGE_MAX + 80
};

/* Writes the question, or the answer; returns its octets. An answer too long for UDP loses its additional,
 * then its authority section, and then is truncated (TC); one that refers elsewhere needs them all (RFC
 * 9471). */
size_t wire_query(const struct lab_exchange *x, uint8_t to[WIRE_MESSAGE_MAX]);
size_t wire_answer(const struct lab_exchange *x, uint8_t to[WIRE_MESSAGE_MAX]);

/* One direction of a conversation over IPv4 and Ethernet. */
struct wire_flow {
	struct addr from, to;
	uint16_t from_port, to_port;
	uint16_t ip_id;
};

enum wire_tcp { WIRE_FIN = 1, WIRE_SYN = 2, WIRE_PSH = 8, WIRE_ACK = 16 };

struct wire_segment {
	uint32_t seq, ack;
	uint8_t flags; /* enum wire_tcp bits */
};

/* Write a frame with its checksums; return its octets. */
size_t wire_udp(const struct wire_flow *f, const uint8_t *payload, size_t len, uint8_t frame[WIRE_FRAME_MAX]);
size_t wire_tcp(const struct wire_flow *f, const struct wire_segment *s, const uint8_t *payload, size_t len,
		uint8_t frame[WIRE_FRAME_MAX]);
