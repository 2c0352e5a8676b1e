/* SPDX-License-Identifier: Apache-2.0 */
/* stamp.c -- see stamp.h. Civil dates by the day-number arithmetic of the proleptic Gregorian calendar. */
#include "base/stamp.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"

static int64_t days_from_civil(int64_t y, unsigned m, unsigned d)
{
	int64_t era;
	unsigned yoe, doy, doe;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = (unsigned)(y - era * 400);
	doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + (int64_t)doe - 719468;
}

static void civil_from_days(int64_t z, int64_t *y, unsigned *m, unsigned *d)
{
	int64_t era;
	unsigned doe, yoe, doy, mp;

	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = (unsigned)(z - era * 146097);
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = (int64_t)yoe + era * 400 + (*m <= 2);
}

size_t stamp_to_text(int64_t t, char text[STAMP_TEXT_MAX])
{
	int64_t second = t / NS_PER_SECOND, ns = t % NS_PER_SECOND, day, year;
	unsigned month, dom;
	int n;

	if (ns < 0) {
		ns += NS_PER_SECOND;
		second--;
	}
	day = second / 86400 - (second % 86400 < 0);
	second -= day * 86400;
	civil_from_days(day, &year, &month, &dom);
	n = snprintf(text, STAMP_TEXT_MAX, "%04d-%02u-%02uT%02u:%02u:%02u", (int)year, month, dom,
		     (unsigned)(second / 3600), (unsigned)(second / 60 % 60), (unsigned)(second % 60));
	if (ns % NS_PER_US != 0)
		n += snprintf(text + n, STAMP_TEXT_MAX - (size_t)n, ".%09u", (unsigned)ns);
	else if (ns % NS_PER_MS != 0)
		n += snprintf(text + n, STAMP_TEXT_MAX - (size_t)n, ".%06u", (unsigned)(ns / 1000));
	else if (ns != 0)
		n += snprintf(text + n, STAMP_TEXT_MAX - (size_t)n, ".%03u", (unsigned)(ns / 1000000));
	text[n++] = 'Z';
	text[n] = 0;
	return (size_t)n;
}

struct reading {
	const char *at, *end;
	bool bad;
};

/* Exactly `digits` decimal digits. */
static unsigned number(struct reading *r, int digits)
{
	unsigned v = 0;

	for (int i = 0; i < digits; i++) {
		if (r->at == r->end || !ascii_is_digit((uint8_t)*r->at)) {
			r->bad = true;
			return 0;
		}
		v = v * 10 + (unsigned)(*r->at++ - '0');
	}
	return v;
}

static bool take(struct reading *r, const char *any_of)
{
	if (r->at == r->end || *r->at == 0 || strchr(any_of, *r->at) == NULL)
		return false;
	r->at++;
	return true;
}

/* Decimals behind a point, as nanoseconds; digits past the ninth are read and dropped. */
static int64_t decimals(struct reading *r)
{
	int64_t ns = 0, unit = NS_PER_SECOND / 10;
	const char *first = r->at;

	while (r->at != r->end && ascii_is_digit((uint8_t)*r->at)) {
		ns += unit * (*r->at++ - '0');
		unit /= 10;
	}
	r->bad |= r->at == first;
	return ns;
}

static int64_t offset_seconds(struct reading *r)
{
	char sign = r->at == r->end ? 'Z' : *r->at;
	int64_t h, m = 0;

	if (sign == 'Z' || sign == 'z') {
		r->at += r->at != r->end;
		return 0;
	}
	if (!take(r, "+-")) {
		r->bad = true;
		return 0;
	}
	h = number(r, 2);
	take(r, ":");
	if (r->at != r->end)
		m = number(r, 2);
	return (sign == '-' ? -1 : 1) * (h * 3600 + m * 60);
}

enum err stamp_from_decimal(const char *text, size_t len, int64_t *out)
{
	struct reading r = {.at = text, .end = text + len};
	int64_t second = 0, ns = 0;
	const char *first = r.at;

	while (r.at != r.end && ascii_is_digit((uint8_t)*r.at)) {
		second = second * 10 + (*r.at++ - '0');
		if (second > INT64_C(9223372035))
			return E_RANGE;
	}
	if (r.at == first)
		return E_FORMAT;
	if (take(&r, "."))
		ns = decimals(&r);
	if (r.bad || r.at != r.end)
		return E_FORMAT;
	*out = second * NS_PER_SECOND + ns;
	return OK;
}

enum err stamp_from_text(const char *text, size_t len, int64_t *out)
{
	struct reading r = {.at = text, .end = text + len};
	unsigned year, month, day;
	int64_t second = 0, ns = 0;

	if (len < 10 || text[4] != '-')
		return stamp_from_decimal(text, len, out);
	year = number(&r, 4);
	r.bad |= !take(&r, "-");
	month = number(&r, 2);
	r.bad |= !take(&r, "-");
	day = number(&r, 2);
	if (take(&r, "Tt ")) {
		second = (int64_t)number(&r, 2) * 3600;
		r.bad |= !take(&r, ":");
		second += (int64_t)number(&r, 2) * 60;
		if (take(&r, ":"))
			second += number(&r, 2);
		if (take(&r, ".,"))
			ns = decimals(&r);
		second -= offset_seconds(&r);
	}
	if (r.bad || r.at != r.end || month < 1 || month > 12 || day < 1 || day > 31)
		return E_FORMAT;
	if (year < 1970 || year > 2261)
		return E_RANGE;
	*out = (days_from_civil(year, month, day) * 86400 + second) * NS_PER_SECOND + ns;
	return OK;
}

enum err span_from_text(const char *text, int64_t *out_ns)
{
	int64_t v = 0, unit = 1;
	const char *at = text;

	for (; ascii_is_digit((uint8_t)*at); at++) {
		v = v * 10 + (*at - '0');
		if (v > INT64_C(4000000000))
			return E_RANGE;
	}
	if (at == text)
		return E_FORMAT;
	switch (*at) {
	case 0:
	case 's':
		break;
	case 'm':
		unit = 60;
		break;
	case 'h':
		unit = 3600;
		break;
	case 'd':
		unit = 86400;
		break;
	default:
		return E_FORMAT;
	}
	if (*at != 0 && at[1] != 0)
		return E_FORMAT;
	if (v > INT64_C(9000000000) / unit)
		return E_RANGE;
	*out_ns = v * unit * NS_PER_SECOND;
	return OK;
}

size_t span_to_text(int64_t span_ns, char text[STAMP_TEXT_MAX])
{
	long long s = span_ns / NS_PER_SECOND;
	int n;

	if (s < 10)
		n = snprintf(text, STAMP_TEXT_MAX, "%.1fs", (double)span_ns / 1e9);
	else if (s < 60)
		n = snprintf(text, STAMP_TEXT_MAX, "%llds", s);
	else if (s < 3600)
		n = snprintf(text, STAMP_TEXT_MAX, "%lldm %llds", s / 60, s % 60);
	else if (s < 86400)
		n = snprintf(text, STAMP_TEXT_MAX, "%lldh %lldm", s / 3600, s / 60 % 60);
	else
		n = snprintf(text, STAMP_TEXT_MAX, "%lldd %lldh", s / 86400, s / 3600 % 24);
	return (size_t)n;
}
