/* SPDX-License-Identifier: Apache-2.0 */
/* addr.c -- see addr.h. */
#include "base/addr.h"

#include <arpa/inet.h>
#include <sys/socket.h>

struct block {
	uint8_t octets[16];
	uint8_t bits; /* as the family counts */
};

/* IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast (RFC 5771). */
static const struct block special_v4[] = {
	{{0}, 8},
	{{10}, 8},
	{{100, 64}, 10},
	{{127}, 8},
	{{169, 254}, 16},
	{{172, 16}, 12},
	{{192, 0, 0}, 24},
	{{192, 0, 2}, 24},
	{{192, 88, 99}, 24},
	{{192, 168}, 16},
	{{198, 18}, 15},
	{{198, 51, 100}, 24},
	{{203, 0, 113}, 24},
	{{224}, 3},
};

/* Bit n: some block of special_v4 begins with the octet n. Nine of ten addresses are told by it alone. */
static const uint64_t special_first[4] = {
	UINT64_C(1) << 0 | UINT64_C(1) << 10,
	UINT64_C(1) << (100 - 64) | UINT64_C(1) << (127 - 64),
	UINT64_C(1) << (169 - 128) | UINT64_C(1) << (172 - 128),
	UINT64_C(1) << (192 - 192) | UINT64_C(1) << (198 - 192) | UINT64_C(1) << (203 - 192) |
		UINT64_C(0xffffffff) << 32,
};

/* IANA IPv6 Special-Purpose Address Registry; everything outside 2000::/3 is special but for 64:ff9b::/96. */
static const struct block special_v6[] = {
	{{0x20, 0x01, 0x00, 0x00}, 23},
	{{0x20, 0x01, 0x0d, 0xb8}, 32},
	{{0x20, 0x02}, 16},
	{{0x3f, 0xff, 0x00}, 20},
};

static bool within(const uint8_t *octets, const struct block *b)
{
	unsigned whole = b->bits / 8, rest = b->bits % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);

	return memcmp(octets, b->octets, whole) == 0 &&
	       (rest == 0 || ((octets[whole] ^ b->octets[whole]) & mask) == 0);
}

bool addr_is_special(const struct addr *a)
{
	if (addr_is_v4(a)) {
		if ((special_first[a->octets[12] / 64] >> a->octets[12] % 64 & 1) == 0)
			return false;
		for (size_t i = 0; i < sizeof special_v4 / sizeof *special_v4; i++)
			if (within(a->octets + 12, &special_v4[i]))
				return true;
		return false;
	}
	if ((a->octets[0] & 0xe0) != 0x20)
		return true;
	for (size_t i = 0; i < sizeof special_v6 / sizeof *special_v6; i++)
		if (within(a->octets, &special_v6[i]))
			return true;
	return false;
}

struct addr addr_prefix(const struct addr *a, unsigned bits)
{
	struct addr p = *a;
	unsigned keep = addr_is_v4(a) ? bits + 96 : bits;

	for (unsigned i = 0; i < 16; i++) {
		if (keep >= 8 * (i + 1))
			continue;
		p.octets[i] &= keep <= 8 * i ? 0 : (uint8_t)(0xff00u >> (keep - 8 * i));
	}
	return p;
}

size_t addr_to_text(const struct addr *a, char text[ADDR_TEXT_MAX])
{
	if (addr_is_v4(a))
		inet_ntop(AF_INET, a->octets + 12, text, ADDR_TEXT_MAX);
	else
		inet_ntop(AF_INET6, a->octets, text, ADDR_TEXT_MAX);
	return strlen(text);
}

enum err addr_from_text(const char *text, size_t len, struct addr *out)
{
	char copy[ADDR_TEXT_MAX];
	uint8_t v4[4], v6[16];

	if (len == 0 || len >= sizeof copy || memchr(text, 0, len) != NULL)
		return E_FORMAT;
	memcpy(copy, text, len);
	copy[len] = 0;
	if (inet_pton(AF_INET, copy, v4) == 1) {
		*out = addr_v4(v4);
		return OK;
	}
	if (inet_pton(AF_INET6, copy, v6) != 1)
		return E_FORMAT;
	*out = addr_v6(v6);
	return OK;
}
