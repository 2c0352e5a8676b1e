/* SPDX-License-Identifier: Apache-2.0 */
/* message_test.c -- messages built and read back; cut at every octet; counts that lie. */
#include "dns/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/addr.h"
#include "dns/build.h"

static struct name named(const char *text)
{
	struct name n;

	assert_int_equal(name_from_text(text, strlen(text), &n), OK);
	return n;
}

static size_t sample(uint8_t *wire, size_t room)
{
	struct name q = named("www.example.com"), t = named("cdn.example.net"), z = named("example.net");
	struct addr a = addr_v4((const uint8_t[]){192, 0, 2, 1});
	struct build b;

	build_begin(&b, wire, room, 0x1234, FLAG_QR | FLAG_RD | FLAG_RA);
	build_question(&b, &q, RR_A, CLASS_IN);
	build_name(&b, &(struct build_head){SECTION_ANSWER, &q, RR_CNAME, 300}, &t);
	build_addr(&b, SECTION_ANSWER, &t, 60, &a);
	build_name(&b, &(struct build_head){SECTION_AUTHORITY, &z, RR_NS, 0x80000000u}, &t);
	assert_int_equal(b.err, OK);
	return b.len;
}

static void reads(void **state)
{
	uint8_t wire[512];
	size_t len = sample(wire, sizeof wire);
	struct message m = {0};
	char text[NAME_TEXT_MAX];

	(void)state;
	assert_int_equal(message_parse(&m, wire, len), OK);
	assert_int_equal(m.id, 0x1234);
	assert_int_equal(m.n_records, 3);
	name_to_text(message_name_octets(&m, m.records[0].target), text);
	assert_string_equal(text, "cdn.example.net");
	assert_int_equal(m.records[0].owner, m.qname);
	assert_int_equal(m.records[1].ttl, 60);
	assert_memory_equal(m.records[1].rdata, "\300\0\2\1", 4);
	assert_int_equal(m.records[2].section, SECTION_AUTHORITY);
	assert_int_equal(m.records[2].ttl, 0); /* RFC 2181, 8 */
	message_fini(&m);
}

static void cut_everywhere(void **state)
{
	uint8_t wire[512];
	size_t len = sample(wire, sizeof wire);
	struct message m = {0};

	(void)state;
	for (size_t n = 0; n < len; n++)
		assert_int_equal(message_parse(&m, wire, n), E_SHORT);
	message_fini(&m);
}

static void lies(void **state)
{
	uint8_t wire[512];
	size_t len = sample(wire, sizeof wire);
	struct message m = {0};

	(void)state;
	wire[5] = 2; /* two questions */
	assert_int_equal(message_parse(&m, wire, len), E_FORMAT);
	wire[5] = 1;
	wire[6] = 0xff; /* 65,282 answers */
	assert_int_not_equal(message_parse(&m, wire, len), OK);
	wire[6] = 0;
	wire[len - 1] = 1; /* the last name's root label */
	assert_int_equal(message_parse(&m, wire, len), E_FORMAT);
	message_fini(&m);
}

/* Data too short or too long for its type; behind it stands what might be taken for the rest. */
static void data_of_wrong_length(void **state)
{
	static const struct {
		uint16_t type;
		uint8_t len;
		enum err err;
	} rows[] = {
		{RR_A, 4, OK},         {RR_A, 3, E_FORMAT},     {RR_A, 5, E_FORMAT},  {RR_A, 0, E_FORMAT},
		{RR_AAAA, 16, OK},     {RR_AAAA, 4, E_FORMAT},  {RR_NS, 1, OK},       {RR_NS, 0, E_FORMAT},
		{RR_MX, 3, OK},        {RR_MX, 2, E_FORMAT},    {RR_MX, 1, E_FORMAT}, {RR_SRV, 7, OK},
		{RR_SRV, 6, E_FORMAT}, {RR_HTTPS, 1, E_FORMAT}, {RR_HTTPS, 3, OK},    {RR_TXT, 0, OK},
	};
	static const uint8_t zeros[16];
	struct name owner = named("a.example");
	struct message m = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint8_t wire[256];
		struct build b;

		build_begin(&b, wire, sizeof wire, 1, FLAG_QR);
		build_question(&b, &owner, rows[i].type, CLASS_IN);
		build_record(&b, &(struct build_head){SECTION_ANSWER, &owner, rows[i].type, 60}, zeros,
			     rows[i].len);
		build_record(&b, &(struct build_head){SECTION_ADDITIONAL, &owner, RR_TXT, 60}, zeros, 2);
		assert_int_equal(b.err, OK);
		if (message_parse(&m, wire, b.len) != rows[i].err)
			fail_msg("row %zu: another outcome", i);
	}
	message_fini(&m);
}

/* ECS with a scope, EDE "stale answer", and the upper bits of the response code. */
static void options(void **state)
{
	static const uint8_t wire[] = {
		0, 1, 0x81, 0x80, 0,   0, 0,  0,  0,  0, 0,  1, /* header */
		0, 0, 41,   4,    208, 1, 0,  0,  0,  0, 16,    /* OPT, extended rcode 1 */
		0, 8, 0,    6,    0,   1, 16, 16, 10, 9, 0,  15, 0, 2, 0, 3};
	struct message m = {0};

	(void)state;
	assert_int_equal(sizeof wire, 12 + 11 + 16);
	assert_int_equal(message_parse(&m, wire, sizeof wire), OK);
	assert_true(m.ecs);
	assert_true(m.stale);
	assert_int_equal(m.rcode, 16);
	assert_int_equal(m.qname, MESSAGE_NO_NAME);
	message_fini(&m);
}

/* A pointer to offset 0 once gave the name that the message before had there. */
static void nothing_is_left_of_the_last(void **state)
{
	static const uint8_t pointer[] = {0x12, 0x34, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0, 0xc0, 0,
					  0,    1,    0,    1,    0, 0, 0, 9, 0, 4, 1, 2, 3,    4};
	uint8_t wire[512];
	size_t len = sample(wire, sizeof wire);
	struct message m = {0};

	(void)state;
	assert_int_equal(message_parse(&m, wire, len), OK);
	for (unsigned i = 0; i < 64; i++) /* as a long message leaves them */
		m.seen_name[i] = 5000;
	/* what stands at 0 happens to read as a name: it must be that, of this message */
	assert_int_equal(message_parse(&m, pointer, sizeof pointer), OK);
	assert_int_equal(m.n_names, 1);
	assert_int_equal(m.records[0].owner, 0);
	message_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_left_of_the_last),
					   cmocka_unit_test(reads),
					   cmocka_unit_test(cut_everywhere),
					   cmocka_unit_test(lies),
					   cmocka_unit_test(data_of_wrong_length),
					   cmocka_unit_test(options)};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
