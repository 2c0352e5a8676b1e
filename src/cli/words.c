/* SPDX-License-Identifier: Apache-2.0 */
/* words.c -- see words.h. */
#include "cli/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *words_count(uint64_t n, char text[WORDS_COUNT_MAX])
{
	if (n < 1000)
		snprintf(text, WORDS_COUNT_MAX, "%" PRIu64, n);
	else if (n < 1000000)
		snprintf(text, WORDS_COUNT_MAX, "%" PRIu64 ",%03u", n / 1000, (unsigned)(n % 1000));
	else if (n < 1000000000)
		snprintf(text, WORDS_COUNT_MAX, "%.2f M", (double)n / 1e6);
	else
		snprintf(text, WORDS_COUNT_MAX, "%.2f G", (double)n / 1e9);
	return text;
}

const char *words_octets(uint64_t n, char text[WORDS_COUNT_MAX])
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double v = (double)n;
	unsigned u = 0;

	for (; v >= 1024 && u < 4; u++)
		v /= 1024;
	snprintf(text, WORDS_COUNT_MAX, u == 0 || v >= 100 ? "%.0f %s" : "%.1f %s", v, units[u]);
	return text;
}

void words_plural(struct buf *to, uint64_t n, const char *one, const char *many)
{
	char count[WORDS_COUNT_MAX];

	buf_add_text(to, words_count(n, count));
	buf_add_char(to, ' ');
	if (n == 1 || many == NULL)
		buf_add_text(to, one);
	else
		buf_add_text(to, many);
	if (n != 1 && many == NULL)
		buf_add_char(to, 's');
}

double words_round(double v, int digits)
{
	char text[40];

	if (!isfinite(v))
		return v;
	snprintf(text, sizeof text, "%.*g", digits, v);
	v = strtod(text, NULL);
	return v == 0 ? 0 : v; /* no minus before a zero */
}

/* Octets of the well-formed UTF-8 sequence (RFC 3629) at s, 0 when it is none. */
static size_t utf8_len(const unsigned char *s, size_t left)
{
	size_t n = s[0] < 0x80   ? 1
		   : s[0] < 0xc2 ? 0
		   : s[0] < 0xe0 ? 2
		   : s[0] < 0xf0 ? 3
		   : s[0] < 0xf5 ? 4
				 : 0;

	if (n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
	    (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

void words_json(struct buf *to, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	buf_add_char(to, '"');
	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_len(s + i, len - i);
		if (n == 0) {
			buf_add_text(to, "\xef\xbf\xbd");
			n = 1;
		} else if (s[i] == '"' || s[i] == '\\') {
			buf_add_char(to, '\\');
			buf_add_char(to, text[i]);
		} else if (s[i] < 0x20) {
			buf_printf(to, "\\u%04x", s[i]);
		} else {
			buf_add(to, s + i, n);
		}
	}
	buf_add_char(to, '"');
}

void words_csv(struct buf *to, const char *text)
{
	bool formula = *text != 0 && strchr("=+-@\t\r", *text) != NULL;

	if (strpbrk(text, "\",\r\n") == NULL) {
		buf_add_text(to, formula ? "'" : "");
		buf_add_text(to, text);
		return;
	}
	buf_add_text(to, formula ? "\"'" : "\"");
	for (; *text != 0; text++) {
		if (*text == '"')
			buf_add_char(to, '"');
		buf_add_char(to, *text);
	}
	buf_add_char(to, '"');
}

void words_html(struct buf *to, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text);

	while (left > 0) {
		size_t n = utf8_len(s, left);

		if (n != 1)
			buf_add(to, n == 0 ? (const void *)"\xef\xbf\xbd" : s, n == 0 ? 3 : n);
		else if (*s == '&')
			buf_add_text(to, "&amp;");
		else if (*s == '<')
			buf_add_text(to, "&lt;");
		else if (*s == '>')
			buf_add_text(to, "&gt;");
		else if (*s == '"')
			buf_add_text(to, "&quot;");
		else if (*s == '\'')
			buf_add_text(to, "&#39;");
		else
			buf_add_char(to, *s < 0x20 || *s == 0x7f ? ' ' : (char)*s);
		s += n == 0 ? 1 : n;
		left -= n == 0 ? 1 : n;
	}
}

void words_tame(char *text)
{
	unsigned char *s = (unsigned char *)text;
	size_t left = strlen(text);

	while (left > 0) {
		size_t n = utf8_len(s, left);

		if (n == 0 || *s < 0x20 || *s == 0x7f || (*s == 0xc2 && s[1] < 0xa0)) { /* C1 controls too */
			*s = '?';
			n = 1;
		}
		s += n;
		left -= n;
	}
}
