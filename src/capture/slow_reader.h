/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slow_reader.h -- for tests: how many packets a damaged capture still holds, found the slow way.
 *
 * Shares nothing with the reader under test and follows nothing: every offset is tried as the start of a
 * record, and the most records that do not overlap are counted, from the end of the file backwards. It is
 * told the seconds (pcap) or upper ticks (pcapng) of the undamaged file, and takes a record of another month
 * for chance.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { SLOW_CAP_MAX = 262144, SLOW_WIRE_MAX = 1048576, SLOW_MONTH_S = 2592000, SLOW_TICKS_APART = 1000 };

static inline uint32_t slow_u32(const uint8_t *b, bool big)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++)
		v = v << 8 | b[big ? i : 3 - i];
	return v;
}

/* The octets of a pcap record at `at`, 0 when there is none. */
static inline size_t slow_pcap_record(const uint8_t *at, size_t left, bool big, uint32_t parts, uint32_t hint)
{
	uint32_t s, part, cap, wire;

	if (left < 16)
		return 0;
	s = slow_u32(at, big);
	part = slow_u32(at + 4, big);
	cap = slow_u32(at + 8, big);
	wire = slow_u32(at + 12, big);
	if (part >= parts || cap == 0 || cap > SLOW_CAP_MAX || wire > SLOW_WIRE_MAX ||
	    (wire != 0 && wire < cap))
		return 0;
	if (llabs((long long)s - (long long)hint) > SLOW_MONTH_S)
		return 0;
	return 16 + (size_t)cap <= left ? 16 + (size_t)cap : 0;
}

/* The octets of a pcapng block that holds a packet, 0 when there is none. */
static inline size_t slow_pcapng_packet(const uint8_t *at, size_t left, bool big, uint32_t hint)
{
	uint32_t type, len, high, cap, wire;

	if (left < 16)
		return 0;
	type = slow_u32(at, big);
	len = slow_u32(at + 4, big);
	if (len > left || len % 4 != 0 || len < 16 || slow_u32(at + len - 4, big) != len)
		return 0;
	wire = slow_u32(at + 8, big);
	if (type == 3)
		return (wire + 3) / 4 * 4 == len - 16 && wire <= SLOW_WIRE_MAX ? len : 0;
	if ((type != 6 && type != 2) || len < 32)
		return 0;
	high = slow_u32(at + 12, big);
	cap = slow_u32(at + 20, big);
	wire = slow_u32(at + 24, big);
	if (cap > len - 32 || wire > SLOW_WIRE_MAX || (wire != 0 && wire < cap))
		return 0;
	return llabs((long long)high - (long long)hint) <= SLOW_TICKS_APART ? len : 0;
}

/* The most packets that these octets can hold; parts 0: pcapng. SIZE_MAX without memory.
 */
static inline size_t slow_most(const uint8_t *octets, size_t len, bool big, uint32_t parts, uint32_t hint)
{
	size_t *most = calloc(len + 1, sizeof *most), result;

	if (most == NULL)
		return SIZE_MAX;
	for (size_t at = len; at-- > 0;) {
		size_t n = parts != 0 ? slow_pcap_record(octets + at, len - at, big, parts, hint)
				      : slow_pcapng_packet(octets + at, len - at, big, hint);

		most[at] = most[at + 1];
		if (n != 0 && 1 + most[at + n] > most[at])
			most[at] = 1 + most[at + n];
	}
	result = most[0];
	free(most);
	return result;
}
