/* SPDX-License-Identifier: Apache-2.0 */
/* punycode_test.c -- labels of the samples of RFC 3492, 7.1, and what is refused. */
#include "dns/punycode.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#define A8  "aaaaaaaa"
#define A56 A8 A8 A8 A8 A8 A8 A8

static const struct {
	const char *in;
	enum err err;
	const char *out;
} rows[] = {
	{"COM", OK, "com"},
	{"_x-1", OK, "_x-1"},
	{"b\xc3\xbc"
	 "cher",
	 OK, "xn--bcher-kva"},
	{"\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4\xb8\xad"
	 "\xe6\x96\x87",
	 OK, "xn--ihqwcrb4cv8a8dqg056pqjye"}, /* (B) */
	{"\xd7\x9c\xd7\x9e\xd7\x94\xd7\x94\xd7\x9d\xd7\xa4\xd7\xa9\xd7\x95\xd7\x98\xd7\x9c\xd7\x90\xd7\x9e"
	 "\xd7\x93\xd7"
	 "\x91\xd7\xa8\xd7\x99\xd7\x9d\xd7\xa2\xd7\x91\xd7\xa8\xd7\x99\xd7\xaa",
	 OK, "xn--4dbcagdahymbxekheh6e0a7fei0b"}, /* (E) */
	{"3\xe5\xb9\xb4"
	 "B\xe7\xb5\x84\xe9\x87\x91\xe5\x85\xab\xe5\x85\x88\xe7\x94\x9f",
	 OK, "xn--3b-ww4c5e180e575a65lsy2b"}, /* (L), lower-cased */
	{"\xf0\x9f\x98\x80", OK, "xn--e28h"}, /* four octets of UTF-8 */
	{A56 "aaaaaaa", OK, A56 "aaaaaaa"},
	{A56 "aaaaaaaa", E_RANGE, NULL},
	{A56 "\xc3\xbc", E_RANGE, NULL}, /* 57 letters; "xn--", "-" and the digits pass 63 octets */
	{"", E_FORMAT, NULL},
	{"a\x80", E_FORMAT, NULL},            /* no head */
	{"\xc3", E_FORMAT, NULL},             /* ends inside */
	{"\xc3(", E_FORMAT, NULL},            /* no tail */
	{"\xc0\xaf", E_FORMAT, NULL},         /* longer than needed */
	{"\xe0\x80\xaf", E_FORMAT, NULL},     /* so too */
	{"\xed\xa0\x80", E_FORMAT, NULL},     /* a surrogate */
	{"\xf4\x90\x80\x80", E_FORMAT, NULL}, /* over 0x10ffff */
	{"\xff", E_FORMAT, NULL},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint8_t label[LABEL_OCTETS_MAX];
		size_t len = 99;

		if (punycode_encode(rows[i].in, strlen(rows[i].in), label, &len) != rows[i].err)
			fail_msg("row %zu: another outcome", i);
		if (rows[i].err != OK) {
			assert_int_equal(len, 99);
			continue;
		}
		if (len != strlen(rows[i].out) || memcmp(label, rows[i].out, len) != 0)
			fail_msg("row %zu: %.*s", i, (int)len, (const char *)label);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(table)};

	return cmocka_run_group_tests_name("punycode", tests, NULL, NULL);
}
