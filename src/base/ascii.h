/* SPDX-License-Identifier: Apache-2.0 */
/* ascii.h -- letters and digits as DNS knows them (RFC 4343): bytes, never the locale. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint8_t ascii_lower1(uint8_t b)
{
	return (uint8_t)(b - 'A') < 26 ? (uint8_t)(b | 0x20) : b;
}

/* The same of eight octets at once: the sums carry into the top bit of each from 'A' on and from behind 'Z'
 * on. */
static inline uint64_t ascii_lower8(uint64_t w)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t low = w & each * 0x7f, from_a = low + each * (0x80 - 'A'),
		 from_z = low + each * (0x7f - 'Z');

	return w | ((from_a & ~from_z & ~w & each * 0x80) >> 2);
}

/* `to` and `from` are the same or apart. */
static inline void ascii_lower(uint8_t *to, const uint8_t *from, size_t n)
{
	uint64_t w;

	if (n < sizeof w) {
		for (size_t i = 0; i < n; i++)
			to[i] = ascii_lower1(from[i]);
		return;
	}
	for (size_t at = 0;; at = n - at < 2 * sizeof w ? n - sizeof w : at + sizeof w) {
		memcpy(&w, from + at, sizeof w);
		w = ascii_lower8(w);
		memcpy(to + at, &w, sizeof w);
		if (at + sizeof w == n)
			return;
	}
}

static inline bool ascii_is_digit(uint8_t b)
{
	return (uint8_t)(b - '0') < 10;
}

/* The value of a hexadecimal digit, or -1. */
static inline int ascii_hex(uint8_t b)
{
	if (ascii_is_digit(b))
		return b - '0';
	b = ascii_lower1(b);
	return (uint8_t)(b - 'a') < 6 ? b - 'a' + 10 : -1;
}
