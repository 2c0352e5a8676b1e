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
	enum { POINTER = 0xc00c }; /* a type that reads as one to the question, an octet behind the data */
	static const uint8_t zeros[16];
	struct name owner = named("a.example"), root = named(".");
	struct message m = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint8_t wire[256];
		struct build b;

		build_begin(&b, wire, sizeof wire, 1, FLAG_QR);
		build_question(&b, &owner, rows[i].type, CLASS_IN);
		build_record(&b, &(struct build_head){SECTION_ANSWER, &owner, rows[i].type, 60}, zeros,
			     rows[i].len);
		build_record(&b, &(struct build_head){SECTION_ADDITIONAL, &root, POINTER, 60}, zeros, 2);
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
	for (unsigned i = 0; i < MESSAGE_MARKED; i++) /* as a long message leaves them */
		m.name_at[i] = 5000;
	/* what stands at 0 happens to read as a name: it must be that, of this message */
	assert_int_equal(message_parse(&m, pointer, sizeof pointer), OK);
	assert_int_equal(m.n_names, 1);
	assert_int_equal(m.records[0].owner, 0);
	message_fini(&m);
}

/* The question, and the owner of a record, which may point into it. */
static const struct {
	const char *question, *owner;
	size_t question_len, owner_len;
	enum err err;
	const char *text; /* of the owner */
	bool odd;
} name_rows[] = {
	{"\3WwW\7eXample\3coM", "\xc0\x0c", 17, 2, OK, "www.example.com", false},
	{"\3WwW\7eXample\3coM", "\xc0\x10", 17, 2, OK, "example.com", false},
	{"\3WwW\7eXample\3coM", "\xc0\x1c", 17, 2, OK, ".", false},
	{"\3WwW\7eXample\3coM", "\2NS\xc0\x10", 17, 5, OK, "ns.example.com", false},
	{"\3WwW\7eXample\3coM", "\2NS\xc0\x11", 17, 5, E_FORMAT, NULL, false}, /* "e" is no length */
	{"\3WwW\7\77Xample\3coM", "\xc0\x11", 17, 2, E_SHORT, NULL, false},
	{"\3WwW\7\2am\1x\0e\3coM", "\2NS\xc0\x11", 17, 5, OK, "ns.am.x", true}, /* within a label */
	{"\3WwW\7\2am\1x\0e\3coM", "\xc0\x11", 17, 2, OK, "am.x", true},
	{"\3WwW\7eXample\3coM", "\xc0\x21", 17, 2, E_FORMAT, NULL, false}, /* to itself */
	{"\3WwW\7eXample\3coM", "\xc0\x22", 17, 2, E_FORMAT, NULL, false}, /* ahead */
	{"\3WwW\7eXample\3coM", "\x80\x0c", 17, 2, E_FORMAT, NULL, false},
	{"\3WwW\7eXample\3coM", "\1a\x40\x0c", 17, 4, E_FORMAT, NULL, false},
};

static size_t with_owner(uint8_t *wire, const uint8_t *question, size_t question_len, const uint8_t *owner,
			 size_t owner_len)
{
	static const uint8_t head[12] = {0, 1, 0x81, 0x80, 0, 1, 0, 1}, kind[4] = {0, RR_A, 0, CLASS_IN},
			     rest[10] = {0, 0, 0, 0, 0, 4, 192, 0, 2, 1};
	uint8_t *at = wire;

	memcpy(at, head, sizeof head);
	memcpy(at += sizeof head, question, question_len);
	memcpy(at += question_len, kind, sizeof kind);
	memcpy(at += sizeof kind, owner, owner_len);
	memcpy(at += owner_len, kind, sizeof kind);
	memcpy(at += sizeof kind, rest, sizeof rest);
	return (size_t)(at - wire) + sizeof rest;
}

static void names_by_pointers(void **state)
{
	struct message m = {0};

	(void)state;
	for (size_t i = 0; i < sizeof name_rows / sizeof *name_rows; i++) {
		uint8_t wire[64];
		size_t len =
			with_owner(wire, (const uint8_t *)name_rows[i].question, name_rows[i].question_len,
				   (const uint8_t *)name_rows[i].owner, name_rows[i].owner_len);
		enum err e = message_parse(&m, wire, len);
		char text[NAME_TEXT_MAX];

		if (e != name_rows[i].err)
			fail_msg("row %zu: another outcome, %d", i, (int)e);
		if (e != OK)
			continue;
		name_to_text(message_name_octets(&m, m.records[0].owner), text);
		assert_string_equal(text, name_rows[i].text);
		assert_int_equal(m.names[m.records[0].owner].len,
				 name_wire_len(message_name_octets(&m, m.records[0].owner)));
		assert_int_equal(m.odd_pointers, name_rows[i].odd);
	}
	message_fini(&m);
}

/* A question of 199 octets, and a label before it that makes 255 octets of it, or 256. */
static void longest_by_a_pointer(void **state)
{
	uint8_t question[199] = {0}, owner[64], wire[512];
	struct message m = {0};

	(void)state;
	for (size_t at = 0; at + 1 < sizeof question; at += 2) {
		question[at] = 1;
		question[at + 1] = 'a';
	}
	for (uint8_t n = 54; n <= 57; n++) {
		size_t len;

		owner[0] = n;
		memset(owner + 1, 'O', n);
		owner[1 + n] = 0xc0;
		owner[2 + n] = 12;
		len = with_owner(wire, question, sizeof question, owner, n + 3u);
		assert_int_equal(message_parse(&m, wire, len),
				 n + 1u + sizeof question <= NAME_OCTETS_MAX ? OK : E_FORMAT);
	}
	message_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_left_of_the_last),
					   cmocka_unit_test(reads),
					   cmocka_unit_test(cut_everywhere),
					   cmocka_unit_test(lies),
					   cmocka_unit_test(data_of_wrong_length),
					   cmocka_unit_test(options),
					   cmocka_unit_test(names_by_pointers),
					   cmocka_unit_test(longest_by_a_pointer)};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
