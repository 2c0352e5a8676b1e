/* SPDX-License-Identifier: Apache-2.0 */
/* logtext.c -- the texts of log fields as numbers, moments, types and names; see logwire.h. */
#include <string.h>

#include "base/ascii.h"
#include "base/stamp.h"
#include "source/logwire.h"

struct log_text log_text_of(const struct json_value *v)
{
	if (v == NULL || (v->kind != JSON_STRING && v->kind != JSON_NUMBER))
		return (struct log_text){0};
	return (struct log_text){v->text, v->len};
}

bool log_text_is(struct log_text t, const char *text)
{
	return t.at != NULL && t.len == strlen(text) && memcmp(t.at, text, t.len) == 0;
}

static bool is_digit(char c)
{
	return ascii_is_digit((uint8_t)c);
}

/* The number behind 'e'; *at is at the sign or the first digit. False: no digits. */
static bool exponent(const char **at, const char *end, int *out)
{
	bool minus = *at != end && **at == '-';
	int e = 0;

	if (*at != end && (**at == '-' || **at == '+'))
		++*at;
	if (*at == end)
		return false;
	for (; *at != end && is_digit(**at); ++*at)
		e = e < 100 ? e * 10 + (**at - '0') : e;
	*out = minus ? -e : e;
	return true;
}

enum err log_number(struct log_text t, uint64_t max, uint64_t *out)
{
	const char *at = t.at, *end = t.at == NULL ? NULL : t.at + t.len;
	uint64_t v = 0;
	int scale = 0, e = 0; /* the value is v * 10^scale */
	bool fraction = false;

	if (t.len == 0)
		return E_FORMAT;
	if (*at == '-')
		return E_RANGE;
	if (!is_digit(*at))
		return E_FORMAT;
	for (; at != end && (is_digit(*at) || (*at == '.' && !fraction)); at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		if (v < UINT64_MAX / 10 - 1)
			v = v * 10 + (uint64_t)(*at - '0');
		else
			scale++; /* digits past the eighteenth do not matter */
		scale -= fraction;
	}
	if (at != end && (*at == 'e' || *at == 'E')) {
		at++;
		if (!exponent(&at, end, &e))
			return E_FORMAT;
	}
	if (at != end)
		return E_FORMAT;
	for (scale += e; scale < 0 && v != 0; scale++)
		v /= 10;
	for (; scale > 0 && v != 0; scale--) {
		if (v > max / 10)
			return E_RANGE;
		v *= 10;
	}
	if (v > max)
		return E_RANGE;
	*out = v;
	return OK;
}

enum err log_time(struct log_text t, int64_t *out_ns)
{
	size_t digits = 0;
	uint64_t v, unit_ns = 1;
	enum err e;

	while (digits < t.len && is_digit(t.at[digits]))
		digits++;
	if (t.len == 0 || digits == 0)
		return E_FORMAT;
	if (digits <= 11 && memchr(t.at, 'e', t.len) == NULL)
		return stamp_from_text(t.at, t.len, out_ns);
	if (digits <= 11)
		unit_ns = (uint64_t)NS_PER_SECOND;
	else if (digits <= 14)
		unit_ns = (uint64_t)NS_PER_MS;
	else if (digits <= 17)
		unit_ns = (uint64_t)NS_PER_US;
	e = log_number(t, (uint64_t)INT64_MAX / unit_ns, &v);
	if (e == OK)
		*out_ns = (int64_t)(v * unit_ns);
	return e;
}

enum err log_type(struct log_text t, uint16_t *out)
{
	static const char query[] = "query-";
	uint64_t v;

	if (t.len == 0)
		return E_FORMAT;
	if (!is_digit(t.at[0]) && (v = rrtype_from_text(t.at, t.len)) != 0) {
		*out = (uint16_t)v;
		return OK;
	}
	if (log_text_is(t, "*")) {
		*out = RR_ANY;
		return OK;
	}
	if (t.len > sizeof query - 1 && memcmp(t.at, query, sizeof query - 1) == 0) {
		t.at += sizeof query - 1;
		t.len -= sizeof query - 1;
	}
	if (log_number(t, UINT16_MAX, &v) != OK)
		return E_FORMAT;
	*out = (uint16_t)v;
	return OK;
}

enum err log_rcode(struct log_text t, uint16_t *out)
{
	static const struct {
		const char *text;
		uint16_t rcode;
	} rcodes[] = {{"NOERROR", 0},  {"FORMERR", 1},  {"SERVFAIL", 2}, {"NXDOMAIN", 3}, {"NOTIMP", 4},
		      {"NOTIMPL", 4},  {"REFUSED", 5},  {"YXDOMAIN", 6}, {"YXRRSET", 7},  {"NXRRSET", 8},
		      {"NOTAUTH", 9},  {"NOTZONE", 10}, {"BADVERS", 16}, {"BADSIG", 16},  {"BADKEY", 17},
		      {"BADTIME", 18}, {"BADMODE", 19}, {"BADNAME", 20}, {"BADALG", 21},  {"BADTRUNC", 22}};
	uint64_t v;

	for (size_t i = 0; i < sizeof rcodes / sizeof *rcodes; i++)
		if (log_text_is(t, rcodes[i].text)) {
			*out = rcodes[i].rcode;
			return OK;
		}
	if (log_number(t, 4095, &v) != OK)
		return E_FORMAT;
	*out = (uint16_t)v;
	return OK;
}

/* One octet of log text at *at, which moves past it. */
static uint8_t text_octet(const char **at, const char *end)
{
	const char *p = *at;
	int high, low;

	*at = p + 1;
	if (*p != '\\' || end - p < 2)
		return (uint8_t)*p;
	if (p[1] == '\\') {
		*at = p + 2;
		return '\\';
	}
	if (p[1] != 'x' || end - p < 4)
		return '\\';
	high = ascii_hex((uint8_t)p[2]);
	low = ascii_hex((uint8_t)p[3]);
	if (high < 0 || low < 0)
		return '\\';
	*at = p + 4;
	return (uint8_t)(high << 4 | low);
}

size_t log_octets(struct log_text t, uint8_t *to, size_t room)
{
	const char *at = t.at, *end = t.at + t.len;
	size_t n = 0;

	while (at != end && n < room)
		to[n++] = text_octet(&at, end);
	return n;
}

enum err log_name(struct log_text t, struct name *out)
{
	const char *at = t.at, *end = t.at == NULL ? NULL : t.at + t.len;
	uint8_t octets[NAME_OCTETS_MAX + 1];
	size_t label = 0, n = 1, labels = 0; /* octets[label] takes the open label's length; n are in use */

	if (t.at == NULL)
		return E_FORMAT;
	if (t.len == 1 && *at == '.')
		at = end;
	while (at != end) {
		if (*at == '.') {
			at++;
			if (n == label + 1)
				return E_FORMAT; /* an empty label */
			octets[label] = (uint8_t)(n - label - 1);
			label = n++;
			labels++;
		} else {
			octets[n++] = ascii_lower1(text_octet(&at, end));
		}
		if (n - label > LABEL_OCTETS_MAX + 1 || n > NAME_OCTETS_MAX)
			return E_FORMAT;
	}
	if (n > label + 1) { /* no final dot */
		if (n == NAME_OCTETS_MAX)
			return E_FORMAT;
		octets[label] = (uint8_t)(n - label - 1);
		label = n++;
		labels++;
	}
	octets[label] = 0;
	out->len = (uint8_t)n;
	out->labels = (uint8_t)labels;
	memcpy(out->octets, octets, n);
	return OK;
}
