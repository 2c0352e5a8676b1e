/* SPDX-License-Identifier: Apache-2.0 */
/* filter_test.c -- a filter means the same on every link type that packets are read from. */
#include "source/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the first two above */
#include <cmocka.h>

#define HEAD(s) (const uint8_t *)(s), sizeof(s) - 1

enum { IPV4 = 1, IPV6 = 2, SWITCHES_MAX = 64 };

/* What stands before the IP header; for IPv6 the octets of another head. */
static const struct {
	uint16_t link;
	unsigned carries;
	const uint8_t *head;
	size_t len;
	const uint8_t *head6;
} links[] = {
	{0, IPV4 | IPV6, HEAD("\2\0\0\0"),
	 (const uint8_t *)"\x1e\0\0\0"}, /* little-endian, numbers of macOS */
	{0, IPV4 | IPV6, HEAD("\0\0\0\2"), (const uint8_t *)"\0\0\0\x18"}, /* big-endian, of NetBSD */
	{1, IPV4 | IPV6, HEAD("\1\2\3\4\5\6\1\2\3\4\5\6\x08\0"),
	 (const uint8_t *)"\1\2\3\4\5\6\1\2\3\4\5\6\x86\xdd"},
	{9, IPV4 | IPV6, HEAD("\xff\3\0\x21"), (const uint8_t *)"\xff\3\0\x57"},
	{12, IPV4 | IPV6, HEAD(""), (const uint8_t *)""},
	{14, IPV4 | IPV6, HEAD(""), (const uint8_t *)""},
	{50, IPV4 | IPV6, HEAD("\xff\3\0\x21"), (const uint8_t *)"\xff\3\0\x57"},
	{101, IPV4 | IPV6, HEAD(""), (const uint8_t *)""},
	{104, IPV4 | IPV6, HEAD("\x0f\0\x08\0"), (const uint8_t *)"\x0f\0\x86\xdd"},
	{108, IPV4 | IPV6, HEAD("\0\0\0\2"), (const uint8_t *)"\0\0\0\x18"},
	{113, IPV4 | IPV6, HEAD("\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x08\0"),
	 (const uint8_t *)"\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x86\xdd"},
	{228, IPV4, HEAD(""), (const uint8_t *)""},
	{229, IPV6, HEAD(""), (const uint8_t *)""},
	{276, IPV4 | IPV6, HEAD("\x08\0\0\0\0\0\0\1\0\1\0\6\1\2\3\4\5\6\0\0"),
	 (const uint8_t *)"\x86\xdd\0\0\0\0\0\1\0\1\0\6\1\2\3\4\5\6\0\0"},
};

static const uint8_t ipv4[28] = {0x45, 0,  0,   28, 0,   0, 0, 0,  64, 17, 0, 0, 198, 51,
				 100,  53, 198, 51, 100, 1, 0, 53, 4,  1,  0, 8, 0,   0};
static const uint8_t ipv6[48] = {0x60, 0, 0, 0, 0, 8, 17, 64, 0x20, 1,  0x0d, 0xb8, 0, 0, 0, 0,
				 0,    0, 0, 0, 0, 0, 0,  53, 0x20, 1,  0x0d, 0xb8, 0, 0, 0, 0,
				 0,    0, 0, 0, 0, 0, 0,  1,  0,    53, 4,    1,    0, 8, 0, 0};

/* A filter, and which of the two packets it lets pass. */
static const struct {
	const char *text;
	unsigned passes;
} filters[] = {
	{"udp src port 53", IPV4 | IPV6},
	{"udp dst port 53", 0},
	{"port 1025", IPV4 | IPV6},
	{"host 198.51.100.53", IPV4},
	{"ip6", IPV6},
	{"src net 2001:db8::/32", IPV6},
	{"not ip", IPV6},
	{"tcp", 0},
};

static bool passes(struct filter *f, size_t link, bool is_v6, size_t cut)
{
	uint8_t octets[SWITCHES_MAX + sizeof ipv6];
	size_t head = links[link].len, len = head + (is_v6 ? sizeof ipv6 : sizeof ipv4);
	struct frame frame = {.octets = octets,
			      .len = (uint32_t)(cut < len ? cut : len),
			      .wire_len = (uint32_t)len,
			      .link = links[link].link};
	const char *unfit = NULL;
	bool pass;

	memcpy(octets, is_v6 ? links[link].head6 : links[link].head, head);
	memcpy(octets + head, is_v6 ? ipv6 : ipv4, len - head);
	pass = filter_pass(f, &frame, &unfit);
	if (unfit != NULL)
		fail_msg("link type %u: %s", links[link].link, unfit);
	return pass;
}

static void every_link(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		struct filter *f = NULL;
		struct diag d;

		assert_int_equal(filter_open(&f, filters[i].text, &d), OK);
		for (size_t k = 0; k < sizeof links / sizeof *links; k++)
			for (unsigned family = IPV4; family <= IPV6; family++)
				if ((links[k].carries & family) != 0 &&
				    passes(f, k, family == IPV6, SIZE_MAX) !=
					    ((filters[i].passes & family) != 0))
					fail_msg("\"%s\" on link type %u, IPv%d: another outcome",
						 filters[i].text, links[k].link, family == IPV4 ? 4 : 6);
		filter_close(f);
	}
}

/* Of a packet that is cut before its ports nothing behind is looked at, though it lies there in memory. */
static void cut(void **state)
{
	struct filter *f = NULL;
	struct diag d;

	(void)state;
	assert_int_equal(filter_open(&f, "udp src port 53", &d), OK);
	for (size_t k = 0; k < sizeof links / sizeof *links; k++)
		for (unsigned family = IPV4; family <= IPV6; family++)
			for (size_t len = 0; (links[k].carries & family) != 0 && len <= links[k].len; len++)
				if (passes(f, k, family == IPV6, len))
					fail_msg("link type %u cut to %zu octets passes", links[k].link, len);
	filter_close(f);
}

static void unfit_once(void **state)
{
	struct frame frame = {.octets = ipv4, .len = sizeof ipv4, .wire_len = sizeof ipv4, .link = 101};
	struct filter *f = NULL;
	const char *unfit = NULL;
	struct diag d;

	(void)state;
	assert_int_equal(filter_open(&f, "port port", &d), E_FORMAT);
	assert_non_null(strstr(d.text, "port port"));
	assert_int_equal(filter_open(&f, "vlan 7", &d), OK);
	assert_false(filter_pass(f, &frame, &unfit));
	assert_non_null(unfit);
	unfit = NULL;
	assert_false(filter_pass(f, &frame, &unfit));
	assert_null(unfit);
	for (uint16_t link = 1000; link < 1100;
	     link++) { /* types nobody knows, more than there is room for */
		frame.link = link;
		assert_false(filter_pass(f, &frame, &unfit));
	}
	filter_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_link), cmocka_unit_test(cut),
					   cmocka_unit_test(unfit_once)};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
