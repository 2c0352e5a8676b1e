/* SPDX-License-Identifier: Apache-2.0 */
/* rdata.c -- see rdata.h: a table says what stands in each type, one reader knows each kind of field. */
#include "dns/rdata.h"

#include <string.h>

#include "base/addr.h"
#include "base/ascii.h"
#include "base/cursor.h"
#include "base/stamp.h"
#include "dns/name.h"
#include "dns/type.h"

enum { STRING_OCTETS_MAX = 255, KEY_IPV4_HINT = 4, KEY_IPV6_HINT = 6, DECIMAL_DIGITS_MAX = 10 };

/*
 * The fields of a type, a letter each: 1, 2, 4 a number of so many octets; n a name; a, A an address of IPv4
 * or IPv6; w a word as a string; t strings, to the end; q one string without its length; x hexadecimal
 * digits, b base64, to the end; d a moment; y a type; m a bitmap of types, to the end; p parameters of SVCB,
 * to the end.
 */
static const struct {
	uint16_t type;
	const char *fields;
} shapes[] = {
	{RR_A, "a"},
	{RR_AAAA, "A"},
	{RR_NS, "n"},
	{RR_CNAME, "n"},
	{RR_PTR, "n"},
	{RR_DNAME, "n"},
	{RR_MX, "2n"},
	{RR_SRV, "222n"},
	{RR_SOA, "nn44444"},
	{RR_TXT, "t"},
	{99, "t"},    /* SPF */
	{257, "1wq"}, /* CAA */
	{43, "211x"}, /* DS */
	{59, "211x"}, /* CDS */
	{44, "11x"},  /* SSHFP */
	{52, "111x"}, /* TLSA */
	{RR_RRSIG, "y114dd2nb"},
	{47, "nm"},   /* NSEC */
	{48, "211b"}, /* DNSKEY */
	{60, "211b"}, /* CDNSKEY */
	{RR_SVCB, "2np"},
	{RR_HTTPS, "2np"},
};

/* Text in, octets out; the first error stays set. */
struct rdata {
	const char *at, *end;
	uint8_t *to;
	size_t len, room;
	enum err err;
};

static void put(struct rdata *r, const void *octets, size_t n)
{
	if (r->err != OK || n == 0)
		return;
	if (n > r->room - r->len) {
		r->err = E_FULL;
		return;
	}
	memcpy(r->to + r->len, octets, n);
	r->len += n;
}

static void put_u8(struct rdata *r, unsigned v)
{
	put(r, &(uint8_t){(uint8_t)v}, 1);
}

static void put_number(struct rdata *r, uint64_t v, unsigned octets)
{
	while (octets-- > 0)
		put_u8(r, (unsigned)(v >> 8 * octets) & 0xff);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct rdata *r)
{
	while (r->at < r->end && is_blank(*r->at))
		r->at++;
}

/* The next word, moved over; empty at the end. A blank behind a backslash belongs to it. */
static const char *next_word(struct rdata *r, size_t *len)
{
	const char *start;

	skip_blanks(r);
	start = r->at;
	for (; r->at < r->end && !is_blank(*r->at); r->at++)
		if (*r->at == '\\' && r->end - r->at > 1)
			r->at++;
	*len = (size_t)(r->at - start);
	if (*len == 0 && r->err == OK)
		r->err = E_FORMAT;
	return start;
}

static void read_number(struct rdata *r, unsigned octets)
{
	size_t len;
	const char *word = next_word(r, &len);
	uint64_t v = 0;

	if (len > DECIMAL_DIGITS_MAX)
		r->err = E_FORMAT;
	for (size_t i = 0; r->err == OK && i < len; i++) {
		if (!ascii_is_digit((uint8_t)word[i]))
			r->err = E_FORMAT;
		v = v * 10 + (uint8_t)(word[i] - '0');
	}
	if (v >> 8 * octets != 0)
		r->err = E_FORMAT;
	put_number(r, v, octets);
}

static void read_name(struct rdata *r)
{
	size_t len;
	const char *word = next_word(r, &len);
	struct name n;

	if (r->err == OK && (r->err = name_from_text(word, len, &n)) == OK)
		put(r, n.octets, n.len);
}

static void put_address(struct rdata *r, const char *text, size_t len, bool v4)
{
	struct addr a;

	if (r->err == OK && (addr_from_text(text, len, &a) != OK || addr_is_v4(&a) != v4))
		r->err = E_FORMAT;
	if (r->err == OK)
		put(r, v4 ? a.octets + 12 : a.octets, v4 ? 4 : 16);
}

static void read_address(struct rdata *r, bool v4)
{
	size_t len;
	const char *word = next_word(r, &len);

	put_address(r, word, len, v4);
}

/* One octet of a string: "\DDD", "\" and any, or itself. */
static void read_octet(struct rdata *r)
{
	unsigned v = (uint8_t)*r->at++;

	if (v == '\\') {
		if (r->at == r->end) {
			r->err = E_FORMAT;
			return;
		}
		v = (uint8_t)*r->at++;
		if (ascii_is_digit((uint8_t)v)) {
			if (r->end - r->at < 2 || !ascii_is_digit((uint8_t)r->at[0]) ||
			    !ascii_is_digit((uint8_t)r->at[1])) {
				r->err = E_FORMAT;
				return;
			}
			v = (v - '0') * 100 + (unsigned)(r->at[0] - '0') * 10 + (unsigned)(r->at[1] - '0');
			r->at += 2;
		}
	}
	if (v > 255)
		r->err = E_FORMAT;
	put_u8(r, v);
}

/* A string in quotes, or a word. */
static void read_octets(struct rdata *r)
{
	bool quoted;

	skip_blanks(r);
	quoted = r->at < r->end && *r->at == '"';
	r->at += quoted;
	while (r->err == OK && r->at < r->end && (quoted ? *r->at != '"' : !is_blank(*r->at)))
		read_octet(r);
	if (r->err == OK && quoted && r->at++ == r->end)
		r->err = E_FORMAT; /* never closed */
}

static void read_string(struct rdata *r)
{
	size_t head = r->len, n;

	put_u8(r, 0);
	read_octets(r);
	if (r->err != OK)
		return;
	n = r->len - head - 1;
	if (n > STRING_OCTETS_MAX)
		r->err = E_FORMAT;
	else
		r->to[head] = (uint8_t)n;
}

static void read_strings(struct rdata *r)
{
	do {
		read_string(r);
		skip_blanks(r);
	} while (r->err == OK && r->at < r->end);
}

/* Pairs of digits to the end, with blanks between. */
static void read_hex(struct rdata *r)
{
	int high = -1;

	for (; r->at < r->end && r->err == OK; r->at++) {
		int v = ascii_hex((uint8_t)*r->at);

		if (is_blank(*r->at))
			continue;
		if (v < 0)
			r->err = E_FORMAT;
		else if (high < 0)
			high = v;
		else {
			put_u8(r, (unsigned)(high << 4 | v));
			high = -1;
		}
	}
	if (high >= 0)
		r->err = E_FORMAT;
}

static int base64_value(uint8_t b)
{
	uint8_t letter = ascii_lower1(b);

	if ((uint8_t)(letter - 'a') < 26)
		return letter - 'a' + (letter == b ? 26 : 0);
	if (ascii_is_digit(b))
		return b - '0' + 52;
	return b == '+' ? 62 : b == '/' ? 63 : -1;
}

/* RFC 4648, 4, to the end, with blanks between. */
static void read_base64(struct rdata *r)
{
	unsigned held = 0, bits = 0;

	for (; r->at < r->end && r->err == OK && *r->at != '='; r->at++) {
		int v = base64_value((uint8_t)*r->at);

		if (is_blank(*r->at))
			continue;
		if (v < 0)
			r->err = E_FORMAT;
		held = (held << 6 | ((unsigned)v & 63)) & 0xffff;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		put_u8(r, held >> bits & 0xff);
	}
	while (r->at < r->end && (*r->at == '=' || is_blank(*r->at)))
		r->at++;
	if (bits == 6) /* a lone letter holds no octet */
		r->err = r->err == OK ? E_FORMAT : r->err;
}

/* Seconds since 1970, or YYYYMMDDHHmmSS (RFC 4034, 3.2), modulo 2^32. */
static void read_moment(struct rdata *r)
{
	struct rdata ahead = *r;
	char text[] = "YYYY-MM-DDTHH:MM:SS";
	size_t len;
	const char *word = next_word(&ahead, &len);
	int64_t ns;

	if (len != 14) {
		read_number(r, 4);
		return;
	}
	r->at = ahead.at;
	memcpy(text, word, 4);
	for (size_t i = 0; i < 5; i++)
		memcpy(text + 5 + 3 * i, word + 4 + 2 * i, 2);
	if (stamp_from_text(text, sizeof text - 1, &ns) == OK)
		put_number(r, (uint64_t)(ns / NS_PER_SECOND) & UINT32_MAX, 4);
	else
		r->err = E_FORMAT;
}

/* A mnemonic or TYPEn; 0 (which is none) when the text is neither. */
static uint16_t next_type(struct rdata *r)
{
	size_t len;
	const char *word = next_word(r, &len);
	uint16_t type = r->err == OK ? rrtype_from_text(word, len) : 0;

	if (type == 0 && r->err == OK)
		r->err = E_FORMAT;
	return type;
}

/* RFC 4034, 4.1.2: blocks of 256 types, each as long as its last type needs. */
static void read_types(struct rdata *r)
{
	uint8_t set[65536 / 8] = {0};

	for (skip_blanks(r); r->at < r->end && r->err == OK; skip_blanks(r)) {
		uint16_t type = next_type(r);

		set[type / 8] = (uint8_t)(set[type / 8] | 0x80u >> type % 8);
	}
	for (unsigned block = 0; block < 256; block++) {
		const uint8_t *bits = set + 32 * block;
		unsigned n = 32;

		while (n > 0 && bits[n - 1] == 0)
			n--;
		if (n == 0)
			continue;
		put_u8(r, block);
		put_u8(r, n);
		put(r, bits, n);
	}
}

/* "10.0.0.1,10.0.0.2", perhaps in quotes, as one parameter. */
static void put_hint(struct rdata *r, unsigned key, const char *text, size_t len)
{
	const char *end = text + len;
	size_t head = r->len, n;

	if (len >= 2 && *text == '"' && end[-1] == '"') {
		text++;
		end--;
	}
	put_number(r, key, 2);
	put_number(r, 0, 2);
	for (;;) {
		const char *stop = memchr(text, ',', (size_t)(end - text));

		put_address(r, text, (size_t)((stop == NULL ? end : stop) - text), key == KEY_IPV4_HINT);
		if (stop == NULL || r->err != OK)
			break;
		text = stop + 1;
	}
	if (r->err != OK)
		return;
	n = r->len - head - 4;
	if (n > UINT16_MAX)
		r->err = E_FORMAT;
	r->to[head + 2] = (uint8_t)(n >> 8);
	r->to[head + 3] = (uint8_t)n;
}

/* The value of the parameter `key`; NULL: it is not there. Quoted values may hold blanks: those never are
 * hints. */
static const char *find_param(const struct rdata *from, const char *key, size_t *len)
{
	struct rdata r = *from;
	size_t key_len = strlen(key);

	for (skip_blanks(&r); r.at < r.end; skip_blanks(&r)) {
		const char *word = next_word(&r, len);

		if (*len > key_len && memcmp(word, key, key_len) == 0 && word[key_len] == '=') {
			*len -= key_len + 1;
			return word + key_len + 1;
		}
	}
	return NULL;
}

/* Parameters stand in order of their keys (RFC 9460, 2.2), whatever the order of the text. */
static void read_params(struct rdata *r)
{
	static const struct {
		const char *name;
		unsigned key;
	} hints[] = {{"ipv4hint", KEY_IPV4_HINT}, {"ipv6hint", KEY_IPV6_HINT}};

	for (size_t i = 0; i < sizeof hints / sizeof *hints && r->err == OK; i++) {
		size_t len;
		const char *value = find_param(r, hints[i].name, &len);

		if (value != NULL)
			put_hint(r, hints[i].key, value, len);
	}
	r->at = r->end;
}

static void read_field(struct rdata *r, char field)
{
	switch (field) {
	case '1':
	case '2':
	case '4':
		read_number(r, (unsigned)(field - '0'));
		break;
	case 'n':
		read_name(r);
		break;
	case 'a':
	case 'A':
		read_address(r, field == 'a');
		break;
	case 'w':
		read_string(r);
		break;
	case 't':
		read_strings(r);
		break;
	case 'q':
		read_octets(r);
		break;
	case 'x':
		read_hex(r);
		break;
	case 'b':
		read_base64(r);
		break;
	case 'd':
		read_moment(r);
		break;
	case 'y':
		put_number(r, next_type(r), 2);
		break;
	case 'm':
		read_types(r);
		break;
	default:
		read_params(r);
	}
}

static const char *fields_of(uint16_t type)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (shapes[i].type == type)
			return shapes[i].fields;
	return NULL;
}

/* Moves over one field of wire form. */
static void pass_field(struct cursor *c, char field)
{
	size_t start = c->pos;
	struct name n;

	switch (field) {
	case '1':
	case '2':
	case '4':
		cursor_skip(c, (size_t)(field - '0'));
		break;
	case 'y':
		cursor_skip(c, 2);
		break;
	case 'd':
	case 'a':
		cursor_skip(c, 4);
		break;
	case 'A':
		cursor_skip(c, 16);
		break;
	case 'n':
		if (c->err == OK &&
		    (name_read(c, &n) != OK || c->pos - start != n.len)) /* compressed: broken too */
			c->err = E_FORMAT;
		break;
	case 'w':
		cursor_skip(c, cursor_u8(c));
		break;
	case 't':
		do
			cursor_skip(c, cursor_u8(c));
		while (c->err == OK && cursor_left(c) != 0);
		break;
	case 'p':
		while (c->err == OK && cursor_left(c) != 0) {
			cursor_skip(c, 2);
			cursor_skip(c, cursor_u16(c));
		}
		break;
	default:
		cursor_skip(c, cursor_left(c));
	}
}

/* RFC 3597, 5: the number of octets, then they; of a type that is known they must be what it wants. */
static void read_generic(struct rdata *r, const char *fields)
{
	size_t start = r->len, claimed;
	struct cursor c;

	r->at += 2; /* "\#" */
	read_number(r, 2);
	if (r->err != OK)
		return;
	claimed = (size_t)r->to[start] << 8 | r->to[start + 1];
	r->len = start;
	read_hex(r);
	if (r->err == OK && r->len - start != claimed)
		r->err = E_FORMAT;
	if (r->err != OK || fields == NULL)
		return;
	c = cursor_over(r->to + start, claimed);
	for (; *fields != 0; fields++)
		pass_field(&c, *fields);
	if (c.err != OK || cursor_left(&c) != 0)
		r->err = E_FORMAT;
}

enum err rdata_from_text(uint16_t type, const char *text, size_t len, struct rdata_room *out)
{
	struct rdata r = {.at = text, .end = text + len, .to = out->octets, .room = out->room};
	const char *fields = fields_of(type);

	if (len >= 2 && memcmp(text, "\\#", 2) == 0) {
		read_generic(&r, fields);
	} else if (fields == NULL) {
		return E_UNSUPPORTED;
	} else {
		for (; *fields != 0 && r.err == OK; fields++)
			read_field(&r, *fields);
	}
	skip_blanks(&r);
	if (r.err == OK && r.at != r.end)
		r.err = E_FORMAT;
	if (r.err == OK)
		out->len = r.len;
	return r.err;
}
