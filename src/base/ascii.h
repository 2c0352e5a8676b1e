/* SPDX-License-Identifier: Apache-2.0 */
/* ascii.h -- letters and digits as DNS knows them (RFC 4343): bytes, never the locale. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint8_t ascii_lower1(uint8_t b)
{
	return (uint8_t)(b - 'A') < 26 ? (uint8_t)(b | 0x20) : b;
}

static inline void ascii_lower(uint8_t *to, const uint8_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = ascii_lower1(from[i]);
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
