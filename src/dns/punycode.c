/* SPDX-License-Identifier: Apache-2.0 */
/*
 * punycode.c -- see punycode.h. A label has 63 code points at most, so no number below can pass 64 *
 * 0x110000: the overflow checks of RFC 3492, 6.4 are not needed.
 */
#include "dns/punycode.h"

#include "base/ascii.h"
#include "base/cursor.h"

/* RFC 3492, 5 */
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, INITIAL_BIAS = 72, INITIAL_N = 128 };

struct points {
	uint32_t at[LABEL_OCTETS_MAX];
	size_t n;
};

struct writer {
	uint8_t *to;
	size_t len;
	enum err err;
};

static void put(struct writer *w, uint8_t octet)
{
	if (w->len < LABEL_OCTETS_MAX)
		w->to[w->len++] = octet;
	else
		w->err = E_RANGE;
}

/* One code point (RFC 3629: no longer form than needed, no surrogates); -1 when it is none. */
static int64_t utf8_point(struct cursor *c)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	uint8_t head = cursor_u8(c);
	unsigned more = head < 0x80   ? 0
			: head < 0xc0 ? 4
			: head < 0xe0 ? 1
			: head < 0xf0 ? 2
			: head < 0xf8 ? 3
				      : 4;
	uint32_t v;

	if (more == 4)
		return -1;
	v = more == 0 ? head : head & (0x3fu >> more);
	for (unsigned i = 0; i < more; i++) {
		uint8_t b = cursor_u8(c);
		if ((b & 0xc0) != 0x80)
			return -1;
		v = v << 6 | (b & 0x3fu);
	}
	return v < least[more] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000) ? -1 : (int64_t)v;
}

static enum err points_read(struct points *p, const char *text, size_t n)
{
	struct cursor c = cursor_over(text, n);

	p->n = 0;
	while (cursor_left(&c) > 0) {
		int64_t point = utf8_point(&c);

		if (point < 0)
			return E_FORMAT;
		if (p->n == LABEL_OCTETS_MAX)
			return E_RANGE;
		p->at[p->n++] = point < 0x80 ? ascii_lower1((uint8_t)point) : (uint32_t)point;
	}
	return p->n == 0 ? E_FORMAT : OK;
}

/* RFC 3492, 6.1 */
static uint32_t adapted(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
		delta /= BASE - TMIN;
	return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static uint8_t digit(uint32_t v)
{
	return (uint8_t)(v < 26 ? 'a' + v : '0' + v - 26);
}

/* `delta` as a number of variable length (RFC 3492, 3.3). */
static void put_delta(struct writer *w, uint32_t delta, uint32_t bias)
{
	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = k <= bias + TMIN ? TMIN : k >= bias + TMAX ? TMAX : k - bias;

		if (delta < t)
			break;
		put(w, digit(t + (delta - t) % (BASE - t)));
		delta = (delta - t) / (BASE - t);
	}
	put(w, digit(delta));
}

static uint32_t least_from(const struct points *p, uint32_t from)
{
	uint32_t least = UINT32_MAX;

	for (size_t i = 0; i < p->n; i++)
		if (p->at[i] >= from && p->at[i] < least)
			least = p->at[i];
	return least;
}

/* The letters beyond ASCII, lowest first, as steps from one insertion to the next (RFC 3492, 6.3). */
static void put_insertions(struct writer *w, const struct points *p, uint32_t basic)
{
	uint32_t n = INITIAL_N, delta = 0, bias = INITIAL_BIAS;

	for (uint32_t done = basic; done < p->n; delta++, n++) {
		uint32_t next = least_from(p, n);

		delta += (next - n) * (done + 1);
		n = next;
		for (size_t i = 0; i < p->n; i++) {
			delta += p->at[i] < n;
			if (p->at[i] != n)
				continue;
			put_delta(w, delta, bias);
			bias = adapted(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
	}
}

enum err punycode_encode(const char *text, size_t n, uint8_t label[LABEL_OCTETS_MAX], size_t *len)
{
	uint8_t made[LABEL_OCTETS_MAX];
	struct writer w = {.to = made};
	struct points p;
	uint32_t basic = 0;
	enum err e = points_read(&p, text, n);

	if (e != OK)
		return e;
	for (size_t i = 0; i < p.n; i++)
		basic += p.at[i] < INITIAL_N;
	if (basic < p.n)
		for (const char *prefix = "xn--"; *prefix != 0; prefix++)
			put(&w, (uint8_t)*prefix);
	for (size_t i = 0; i < p.n; i++)
		if (p.at[i] < INITIAL_N)
			put(&w, (uint8_t)p.at[i]);
	if (basic < p.n) {
		if (basic > 0)
			put(&w, '-');
		put_insertions(&w, &p, basic);
	}
	if (w.err != OK)
		return w.err;
	memcpy(label, made, w.len);
	*len = w.len;
	return OK;
}
