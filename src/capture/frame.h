/* SPDX-License-Identifier: Apache-2.0 */
/* frame.h -- one captured packet as a capture file holds it, and the part of a file that a reader looks at.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed octets; how long they stay is the giver's word. */
struct frame {
	int64_t time_ns;
	const uint8_t *octets;
	uint32_t len;      /* octets captured */
	uint32_t wire_len; /* octets the packet had; over len when the snap length cut it */
	uint16_t link;     /* link type, a LINKTYPE_ number of tcpdump.org's list */
};

/* The octets that the caller has at hand: the whole mapped file, or what a pipe gave so far. Borrowed. */
struct capture_window {
	const uint8_t *octets;
	size_t len;
	bool last; /* no octet follows */
};
