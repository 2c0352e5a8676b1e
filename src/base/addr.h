/* SPDX-License-Identifier: Apache-2.0 */
/* addr.h -- an IPv4 or IPv6 address as one value of 16 octets; IPv4 is mapped (RFC 4291, 2.5.5.2). */
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

/* A value in network byte order. All zeros (::) stands for "no address". */
struct addr {
	uint8_t octets[16];
};

enum { ADDR_TEXT_MAX = 46 };

static inline struct addr addr_v4(const uint8_t octets[4])
{
	struct addr a = {
		{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, octets[0], octets[1], octets[2], octets[3]}};

	return a;
}

static inline struct addr addr_v6(const uint8_t octets[16])
{
	struct addr a;

	memcpy(a.octets, octets, 16);
	return a;
}

static inline bool addr_is_v4(const struct addr *a)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	return memcmp(a->octets, mapped, 12) == 0;
}

/* An IPv4 address as a number in host order; meaningless for IPv6. */
static inline uint32_t addr_v4_number(const struct addr *a)
{
	return (uint32_t)a->octets[12] << 24 | (uint32_t)a->octets[13] << 16 | (uint32_t)a->octets[14] << 8 |
	       a->octets[15];
}

static inline bool addr_is_none(const struct addr *a)
{
	static const uint8_t zeros[16];

	return memcmp(a->octets, zeros, 16) == 0;
}

/* The order of the octets: below, at or above 0. Sorting waits for it, so it is no memcmp. */
static inline int addr_compare(const struct addr *a, const struct addr *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->octets, sizeof x);
	memcpy(y, b->octets, sizeof y);
	for (unsigned i = 0; i < 2; i++)
		if (x[i] != y[i])
			return be64toh(x[i]) < be64toh(y[i]) ? -1 : 1;
	return 0;
}

/* Private, loopback, link-local, documentation, multicast, reserved: the IANA special-purpose registries
 * (RFC 6890 and its updates), for both families. Such an address is no evidence of spread. */
bool addr_is_special(const struct addr *a);

/* Cleared behind the first `bits` (counted as the family counts: 0..32 in IPv4, 0..128 in IPv6). */
struct addr addr_prefix(const struct addr *a, unsigned bits);

/* Writes the text form (RFC 5952) with a final NUL; returns its length. */
size_t addr_to_text(const struct addr *a, char text[ADDR_TEXT_MAX]);

/* Reads a text of `len` octets, all of it. E_FORMAT when it is no address; *out is then unchanged. */
enum err addr_from_text(const char *text, size_t len, struct addr *out) MUST_USE;
