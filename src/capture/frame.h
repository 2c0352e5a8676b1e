/* SPDX-License-Identifier: Apache-2.0 */
/* frame.h -- one captured packet as a capture file holds it. */
#pragma once

#include <stdint.h>

/* Borrowed octets; how long they stay is the giver's word. */
struct frame {
	int64_t time_ns;
	const uint8_t *octets;
	uint32_t len;      /* octets captured */
	uint32_t wire_len; /* octets the packet had; over len when the snap length cut it */
	uint16_t link;     /* link type, a LINKTYPE_ number of tcpdump.org's list */
};
