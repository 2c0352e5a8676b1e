/* SPDX-License-Identifier: Apache-2.0 */
/* stamp.h -- moments of capture time: nanoseconds since 1970-01-01 UTC, without leap seconds. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MS     INT64_C(1000000)
#define NS_PER_US     INT64_C(1000)
#define STAMP_NONE    INT64_MIN /* "never", "not known" */

enum { STAMP_TEXT_MAX = 40 };

static inline int64_t stamp_later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static inline int64_t stamp_earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* RFC 3339 in UTC: "2009-03-12T22:00:54Z", with as many decimals as the moment needs (0, 3, 6 or 9). */
size_t stamp_to_text(int64_t time_ns, char text[STAMP_TEXT_MAX]);

/*
 * Reads RFC 3339 with any offset ("Z", "+02:00", "+0200" as Suricata writes it, none: UTC; 'T' or a blank
 * between date and time), a bare date, or decimal seconds since 1970. All `len` octets are read.
 * Returns OK, E_FORMAT, or E_RANGE outside 1970..2261; *out is changed on OK only.
 */
enum err stamp_from_text(const char *text, size_t len, int64_t *out) MUST_USE;

/* Decimal seconds ("1521911720.865716") in nanoseconds, exact to nine decimals. Errors as above. */
enum err stamp_from_decimal(const char *text, size_t len, int64_t *out) MUST_USE;

/* A span a person writes: "90s", "5m", "24h", "7d"; a bare number is seconds. */
enum err span_from_text(const char *text, int64_t *out_ns) MUST_USE;

/* A span in two units at most: "3d 4h", "21m 7s", "1.2s". */
size_t span_to_text(int64_t span_ns, char text[STAMP_TEXT_MAX]);
