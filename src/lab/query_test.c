/* SPDX-License-Identifier: Apache-2.0 */
/* query_test.c -- what is a query, what is turned away and how, what is not answered at all. */
#include "lab/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "dns/message.h"

enum { PACKET_MAX = 600 };

#define ID   "1234"
#define ONE  "000100000000"               /* one question, no answer, no authority */
#define NAME "03777777076578616d706c6500" /* www.example */
#define OPT  "000029"                     /* the root, OPT */

/* Hexadecimal digits to octets; returns how many. */
static size_t octets_of(const char *hex, uint8_t to[PACKET_MAX])
{
	size_t n = 0;

	for (; hex[0] != 0; hex += 2) {
		char digits[3] = {hex[0], hex[1], 0};
		char *end;

		assert_true(n < PACKET_MAX);
		to[n++] = (uint8_t)strtoul(digits, &end, 16);
		assert_true(*end == 0);
	}
	return n;
}

static const struct {
	const char *what, *hex;
	enum err err;
	enum rcode rcode;
	bool edns;
	uint16_t room;
	uint8_t len;
} rows[] = {
	{"nothing", "", E_SHORT, 0, false, 0, 0},
	{"half a header",
	 ID "0000"
	    "0001",
	 E_SHORT, 0, false, 0, 0},
	{"a header less an octet", ID "0000" ONE "00", E_SHORT, 0, false, 0, 0},
	{"a response", ID "8000" ONE "0000" NAME "00010001", E_FORMAT, 0, false, 0, 0},
	{"a plain query", ID "0100" ONE "0000" NAME "00010001", OK, RCODE_NOERROR, false, 512, 13},
	{"of the root",
	 ID "0000" ONE "0000"
	    "00"
	    "00020001",
	 OK, RCODE_NOERROR, false, 512, 1},
	{"no question",
	 ID "0000"
	    "0000000000000000",
	 OK, RCODE_FORMERR, false, 512, 0},
	{"two questions",
	 ID "0000"
	    "0002000000000000" NAME "00010001" NAME "00010001",
	 OK, RCODE_FORMERR, false, 512, 0},
	{"a name that does not end",
	 ID "0000" ONE "0000"
	    "03777777",
	 OK, RCODE_FORMERR, false, 512, 0},
	{"no type", ID "0000" ONE "0000" NAME, OK, RCODE_FORMERR, false, 512, 0},
	{"half a class", ID "0000" ONE "0000" NAME "000100", OK, RCODE_FORMERR, false, 512, 0},
	{"a label of 64",
	 ID "0000" ONE "0000"
	    "40777777"
	    "00010001",
	 OK, RCODE_FORMERR, false, 512, 0},
	{"a pointer to itself",
	 ID "0000" ONE "0000"
	    "c00c"
	    "00010001",
	 OK, RCODE_FORMERR, false, 512, 0},
	{"a pointer into the header",
	 ID "0000" ONE "0000"
	    "c004"
	    "00010001",
	 OK, RCODE_FORMERR, false, 512, 0},
	{"records that are not there",
	 ID "0000"
	    "0001ffffffffffff" NAME "00010001",
	 OK, RCODE_FORMERR, false, 512, 0},
	{"octets behind it",
	 ID "0000" ONE "0000" NAME "00010001"
	    "ffff",
	 OK, RCODE_NOERROR, false, 512, 13},
	{"of another class", ID "0000" ONE "0000" NAME "00010003", OK, RCODE_REFUSED, false, 512, 13},
	{"a transfer", ID "0000" ONE "0000" NAME "00fc0001", OK, RCODE_REFUSED, false, 512, 13},
	{"a transfer of what is new", ID "0000" ONE "0000" NAME "00fb0001", OK, RCODE_REFUSED, false, 512,
	 13},
	{"for OPT", ID "0000" ONE "0000" NAME "00290001", OK, RCODE_FORMERR, false, 512, 13},
	{"a notification", ID "2000" ONE "0000" NAME "00060001", OK, RCODE_NOTIMP, false, 512, 0},
	{"an update that is broken",
	 ID "2800" ONE "0000"
	    "ff",
	 OK, RCODE_NOTIMP, false, 512, 0},
	{"with EDNS",
	 ID "0000" ONE "0001" NAME "00010001" OPT "1000"
	    "00008000"
	    "0000",
	 OK, RCODE_NOERROR, true, 1232, 13},
	{"with little room",
	 ID "0000" ONE "0001" NAME "00010001" OPT "0010"
	    "00000000"
	    "0000",
	 OK, RCODE_NOERROR, true, 512, 13},
	{"with some room",
	 ID "0000" ONE "0001" NAME "00010001" OPT "0258"
	    "00000000"
	    "0000",
	 OK, RCODE_NOERROR, true, 600, 13},
	{"EDNS of another version",
	 ID "0000" ONE "0001" NAME "00010001" OPT "0400"
	    "00010000"
	    "0000",
	 OK, RCODE_BADVERS, true, 1024, 13},
	{"EDNS twice", ID "0000" ONE "0002" NAME "00010001" OPT "0400000000000000" OPT "0400000000000000", OK,
	 RCODE_FORMERR, true, 1024, 13},
	{"EDNS of a name",
	 ID "0000" ONE "0001" NAME "00010001"
	    "c00c0029"
	    "0400"
	    "00000000"
	    "0000",
	 OK, RCODE_FORMERR, false, 512, 13},
	{"EDNS as an answer",
	 ID "0000"
	    "0001000100000000" NAME "00010001" OPT "0400000000000000",
	 OK, RCODE_FORMERR, false, 512, 13},
	{"EDNS with an option that is cut short",
	 ID "0000" ONE "0001" NAME "00010001" OPT "0400"
	    "00000000"
	    "0003"
	    "000a00",
	 OK, RCODE_NOERROR, true, 1024, 13},
};

static void reads(void **state)
{
	struct message m = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint8_t packet[PACKET_MAX], out[WIRE_MESSAGE_MAX];
		size_t len = octets_of(rows[i].hex, packet), n;
		uint8_t *exact = malloc(len + 1); /* so that a sanitizer sees a read behind it */
		struct query q = {.len = 77};

		assert_non_null(exact);
		memcpy(exact, packet, len);
		exact = realloc(exact, len == 0 ? 1 : len);
		if (query_read(&m, exact, len, &q) != rows[i].err)
			fail_msg("%s: %s", rows[i].what, rows[i].err == OK ? "is no query" : "is a query");
		if (rows[i].err != OK) {
			assert_int_equal(q.len, 77); /* unchanged */
			free(exact);
			continue;
		}
		if (q.rcode != rows[i].rcode || q.edns != rows[i].edns || q.room != rows[i].room ||
		    q.len != rows[i].len || q.id != 0x1234)
			fail_msg("%s: code %u, EDNS %d, room %u, a name of %u", rows[i].what,
				 (unsigned)q.rcode, q.edns, (unsigned)q.room, (unsigned)q.len);
		n = query_turn_away(&q, out);
		assert_int_equal(message_parse(&m, out, n), OK);
		assert_int_equal(m.id, 0x1234);
		assert_int_equal(m.rcode, rows[i].rcode);
		assert_true((m.flags & FLAG_QR) != 0 && (m.flags & FLAG_AA) == 0);
		assert_int_equal(m.n_records, rows[i].edns);
		assert_int_equal(m.qname != MESSAGE_NO_NAME, rows[i].len != 0);
		free(exact);
	}
	message_fini(&m);
}

/* Letters come back as they were sent; the name to look up is in lower case. */
static void keeps_letters(void **state)
{
	static const uint8_t lower[] = "\003www\007example";
	uint8_t packet[PACKET_MAX], out[WIRE_MESSAGE_MAX];
	size_t len = octets_of(ID "0110" ONE "0000"
				  "03575777"
				  "076558614d706c4500"
				  "00010003",
			       packet),
	       n;
	struct message m = {0};
	struct query q;

	(void)state;
	assert_int_equal(query_read(&m, packet, len, &q), OK);
	assert_int_equal(q.len, sizeof lower);
	assert_memory_equal(q.name, lower, sizeof lower);
	n = query_turn_away(&q, out);
	assert_int_equal(n, len);
	assert_memory_equal(out + 4, packet + 4, len - 4);
	assert_int_equal(out[2] << 8 | out[3], FLAG_QR | FLAG_RD | RCODE_REFUSED);
	message_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(keeps_letters),
	};

	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
