/* SPDX-License-Identifier: Apache-2.0 */
/* present.c -- see present.h. */
#include "dns/present.h"

#include <stdbool.h>
#include <string.h>

#include "base/addr.h"
#include "base/cursor.h"
#include "dns/name.h"
#include "dns/type.h"

/*
 * What the rdata of a type holds, field by field:
 *   1 2 4  a number of so many octets      n  a name          a A  an IPv4 or IPv6 address
 *   w      a string (its length before it) t  strings to the end
 *   q      octets to the end, quoted       x  the same in hexadecimal digits   b  in base64
 *   p      parameters of HTTPS and SVCB (RFC 9460, 2.2)
 * `as_octets`: only its names are of interest, since they may be compressed.
 */
static const struct shape {
	uint16_t type;
	const char *fields;
	bool as_octets;
} shapes[] = {
	{RR_A, "a", false},
	{RR_AAAA, "A", false},
	{RR_NS, "n", false},
	{RR_CNAME, "n", false},
	{RR_PTR, "n", false},
	{RR_DNAME, "n", false},
	{RR_MX, "2n", false},
	{RR_SRV, "222n", false},
	{RR_SOA, "nn44444", false},
	{RR_TXT, "t", false},
	{99, "t", false},    /* SPF */
	{257, "1wq", false}, /* CAA */
	{43, "211x", false}, /* DS */
	{59, "211x", false}, /* CDS */
	{44, "11x", false},  /* SSHFP */
	{52, "111x", false}, /* TLSA */
	{48, "211b", false}, /* DNSKEY */
	{60, "211b", false}, /* CDNSKEY */
	{RR_SVCB, "2np", false},
	{RR_HTTPS, "2np", false},
	{3, "n", true},       /* MD; these and the next may be compressed (RFC 3597, 4) */
	{4, "n", true},       /* MF */
	{7, "n", true},       /* MB */
	{8, "n", true},       /* MG */
	{9, "n", true},       /* MR */
	{14, "nn", true},     /* MINFO */
	{17, "nn", true},     /* RP */
	{18, "2n", true},     /* AFSDB */
	{21, "2n", true},     /* RT */
	{26, "2nn", true},    /* PX */
	{35, "22wwwn", true}, /* NAPTR */
	{36, "2n", true},     /* KX */
};

enum { KEY_ALPN = 1, KEY_PORT = 3, KEY_IPV4_HINT = 4, KEY_IPV6_HINT = 6 };

static const struct shape *shape_of(uint16_t type)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (shapes[i].type == type)
			return &shapes[i];
	return NULL;
}

/* ---- without compression ---- */

static void copy(struct cursor *at, size_t n, struct buf *out)
{
	const uint8_t *octets = cursor_bytes(at, n);

	if (octets != NULL)
		buf_add(out, octets, n);
}

static enum err expand_field(char field, struct cursor *at, size_t end, struct buf *out)
{
	struct cursor ahead = *at;
	struct name n;
	enum err e;

	switch (field) {
	case 'n':
		e = name_read(at, &n);
		if (e == OK)
			buf_add(out, n.octets, n.len);
		return e;
	case 'w':
		copy(at, 1u + cursor_u8(&ahead), out);
		return at->err;
	case '1':
	case '2':
	case '4':
		copy(at, (size_t)(field - '0'), out);
		return at->err;
	default:
		if (at->pos > end)
			return E_FORMAT;
		copy(at, end - at->pos, out);
		return at->err;
	}
}

enum err present_expand(uint16_t type, struct cursor *at, size_t rdlen, struct buf *out)
{
	const struct shape *shape = shape_of(type);
	const char *fields = shape == NULL ? "q" : shape->fields;
	size_t start = out->len, end = at->pos + rdlen;
	struct cursor c = *at;
	enum err e = rdlen > cursor_left(at) ? E_SHORT : OK;

	for (; *fields != 0 && e == OK; fields++)
		e = expand_field(*fields, &c, end, out);
	if (e == OK && c.pos != end)
		e = E_FORMAT;
	if (e == OK)
		e = out->err;
	if (e == OK)
		*at = c;
	else
		out->len = start;
	return e;
}

/* ---- text ---- */

static void put_number(struct cursor *at, unsigned octets, struct buf *out)
{
	uint32_t v = 0;

	while (octets-- > 0)
		v = v << 8 | cursor_u8(at);
	buf_printf(out, "%u", (unsigned)v);
}

static void put_name(struct cursor *at, struct buf *out)
{
	char text[NAME_TEXT_MAX];
	struct name n;
	enum err e = name_read(at, &n);

	if (e != OK) {
		at->err = e;
		return;
	}
	name_to_text(n.octets, text);
	buf_add_text(out, text);
}

static void put_address(struct cursor *at, bool v4, struct buf *out)
{
	const uint8_t *octets = cursor_bytes(at, v4 ? 4 : 16);
	char text[ADDR_TEXT_MAX];
	struct addr a;

	if (octets == NULL)
		return;
	a = v4 ? addr_v4(octets) : addr_v6(octets);
	if (!v4 && addr_is_v4(&a)) { /* a mapped one would read as IPv4 */
		at->err = E_FORMAT;
		return;
	}
	addr_to_text(&a, text);
	buf_add_text(out, text);
}

/* A blank as it is, but where the text is read word by word. */
static void put_octets(struct cursor *at, size_t n, uint8_t least, struct buf *out)
{
	const uint8_t *octets = cursor_bytes(at, n);

	for (size_t i = 0; octets != NULL && i < n; i++) {
		uint8_t b = octets[i];

		if (b == '"' || b == '\\')
			buf_printf(out, "\\%c", b);
		else if (b >= least && b < 0x7f)
			buf_add_char(out, (char)b);
		else
			buf_printf(out, "\\%03u", b);
	}
}

static void put_quoted(struct cursor *at, size_t n, uint8_t least, struct buf *out)
{
	buf_add_char(out, '"');
	put_octets(at, n, least, out);
	buf_add_char(out, '"');
}

/* One string or more, each with its length before it. */
static void put_strings(struct cursor *at, struct buf *out)
{
	if (cursor_left(at) == 0)
		at->err = E_FORMAT;
	for (bool first = true; at->err == OK && cursor_left(at) != 0; first = false) {
		uint8_t n = cursor_u8(at);

		buf_add_text(out, first ? "" : " ");
		put_quoted(at, n, ' ', out);
	}
}

/* A word without blanks or quotes: CAA's tag. */
static void put_word(struct cursor *at, struct buf *out)
{
	uint8_t n = cursor_u8(at);
	struct cursor look = *at;
	const uint8_t *octets = cursor_bytes(&look, n);

	for (size_t i = 0; octets != NULL && i < n; i++)
		if (octets[i] <= ' ' || octets[i] >= 0x7f || octets[i] == '"' || octets[i] == '\\')
			at->err = E_FORMAT;
	if (n == 0)
		at->err = E_FORMAT;
	put_octets(at, n, '!', out);
}

static void put_hex(struct cursor *at, struct buf *out)
{
	while (cursor_left(at) != 0 && at->err == OK)
		buf_printf(out, "%02x", cursor_u8(at));
}

/* RFC 4648, 4. */
static void put_base64(struct cursor *at, struct buf *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	while (cursor_left(at) != 0 && at->err == OK) {
		size_t n = cursor_left(at) < 3 ? cursor_left(at) : 3;
		uint32_t v = 0;

		for (size_t i = 0; i < 3; i++)
			v = v << 8 | (i < n ? cursor_u8(at) : 0);
		for (size_t i = 0; i < 4; i++)
			buf_add_char(out, i <= n ? letters[v >> (18 - 6 * i) & 63] : '=');
	}
}

/* "h2,h3": the protocols, each with its length before it. */
static void put_alpn(struct cursor *at, struct buf *out)
{
	buf_add_char(out, '"');
	for (bool first = true; at->err == OK && cursor_left(at) != 0; first = false) {
		uint8_t n = cursor_u8(at);
		struct cursor look = *at;
		const uint8_t *octets = cursor_bytes(&look, n);

		if (octets != NULL && (memchr(octets, ',', n) != NULL || memchr(octets, '\\', n) != NULL))
			at->err = E_FORMAT; /* would need escapes within escapes: the whole goes as octets */
		buf_add_text(out, first ? "" : ",");
		put_octets(at, n, '!', out);
	}
	buf_add_char(out, '"');
}

static void put_hints(struct cursor *at, bool v4, struct buf *out)
{
	if (cursor_left(at) == 0)
		at->err = E_FORMAT;
	for (bool first = true; at->err == OK && cursor_left(at) != 0; first = false) {
		buf_add_text(out, first ? "" : ",");
		put_address(at, v4, out);
	}
}

static void put_param(unsigned key, struct cursor *value, struct buf *out)
{
	switch (key) {
	case KEY_ALPN:
		buf_add_text(out, " alpn=");
		put_alpn(value, out);
		break;
	case KEY_PORT:
		buf_add_text(out, " port=");
		put_number(value, 2, out);
		break;
	case KEY_IPV4_HINT:
		buf_add_text(out, " ipv4hint=");
		put_hints(value, true, out);
		break;
	case KEY_IPV6_HINT:
		buf_add_text(out, " ipv6hint=");
		put_hints(value, false, out);
		break;
	default:
		buf_printf(out, " key%u", key);
		if (cursor_left(value) != 0) {
			buf_add_char(out, '=');
			put_quoted(value, cursor_left(value), '!', out);
		}
	}
	if (value->err == OK && cursor_left(value) != 0)
		value->err = E_FORMAT;
}

static void put_params(struct cursor *at, struct buf *out)
{
	while (at->err == OK && cursor_left(at) != 0) {
		unsigned key = cursor_u16(at);
		size_t n = cursor_u16(at);
		const uint8_t *octets = cursor_bytes(at, n);
		struct cursor value;

		if (octets == NULL)
			return;
		value = cursor_over(octets, n);
		put_param(key, &value, out);
		at->err = value.err;
	}
}

static void put_field(char field, struct cursor *at, struct buf *out)
{
	switch (field) {
	case '1':
	case '2':
	case '4':
		put_number(at, (unsigned)(field - '0'), out);
		break;
	case 'n':
		put_name(at, out);
		break;
	case 'a':
	case 'A':
		put_address(at, field == 'a', out);
		break;
	case 'w':
		put_word(at, out);
		break;
	case 't':
		put_strings(at, out);
		break;
	case 'q':
		put_quoted(at, cursor_left(at), ' ', out);
		break;
	case 'x':
		put_hex(at, out);
		break;
	case 'b':
		put_base64(at, out);
		break;
	default:
		put_params(at, out);
	}
}

/* False: the octets do not fit the shape; what was written is to be taken back. */
static bool put_shaped(const struct shape *shape, struct cursor *at, struct buf *out)
{
	for (const char *field = shape->fields; *field != 0 && at->err == OK; field++) {
		bool empty = strchr("xb", *field) != NULL && cursor_left(at) == 0;

		if (empty) /* nothing could stand there */
			return false;
		if (field != shape->fields && *field != 'p')
			buf_add_char(out, ' ');
		put_field(*field, at, out);
	}
	return at->err == OK && cursor_left(at) == 0;
}

void present_rdata(uint16_t type, const uint8_t *rdata, size_t len, struct buf *out)
{
	const struct shape *shape = shape_of(type);
	const uint8_t *octets = len == 0 ? (const uint8_t *)"" : rdata; /* an empty buffer has none */
	struct cursor at = cursor_over(octets, len);
	size_t start = out->len;

	if (shape != NULL && !shape->as_octets && put_shaped(shape, &at, out))
		return;
	out->len = start;
	buf_printf(out, "\\# %zu%s", len, len == 0 ? "" : " ");
	at = cursor_over(octets, len);
	put_hex(&at, out);
}
