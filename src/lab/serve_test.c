/* SPDX-License-Identifier: Apache-2.0 */
/* serve_test.c -- the world that is served is the one of captures, and is served as DNS wants it. */
#include "lab/serve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/buf.h"
#include "base/stamp.h"
#include "capture/dnstap.h"
#include "dns/message.h"
#include "dns/name.h"

enum { HOURS = 6, SEED = 4, TLDS = 1, ZONES = 2 };

/* What one test asks, and what it got last. */
static struct serve *serve;
static struct message got;
static uint8_t wire[WIRE_MESSAGE_MAX];
static size_t wire_len;
static int64_t now_ns;

static struct lab_config world_of(enum lab_world world)
{
	return (struct lab_config){
		.seed = SEED, .world = world, .hours = HOURS, .scale = 0.2, .sides = LAB_UPSTREAM};
}

static void opens(enum lab_world world, size_t addresses)
{
	struct serve_config config = {.lab = world_of(world), .n_at = addresses};
	struct diag d;

	for (size_t i = 0; i < SERVE_ADDRESSES_MAX; i++)
		config.at[i] = addr_v4((const uint8_t[4]){127, 0, 0, (uint8_t)(i + 1)});
	config.everywhere = addresses == 0;
	config.n_at += config.everywhere;
	now_ns = LAB_START_NS;
	assert_int_equal(serve_open(&serve, &config, &d), OK);
}

static void closes(void)
{
	serve_close(serve);
	serve = NULL;
	message_fini(&got);
	got = (struct message){0};
}

/* Sends octets; whether there is an answer, which is then read into `got`. */
static bool sends(struct serve_packet p)
{
	p.now_ns = now_ns;
	wire_len = serve_answer(serve, &p, wire);
	if (wire_len != 0)
		assert_int_equal(message_parse(&got, wire, wire_len), OK);
	return wire_len != 0;
}

/* Asks the `at`th address; the answer's code. */
static uint16_t asks(size_t at, const char *text, uint16_t type)
{
	struct lab_exchange x = {.qtype = type, .id = 77, .side = LAB_UPSTREAM, .edns = true};
	uint8_t query[WIRE_MESSAGE_MAX];
	struct name n;

	assert_int_equal(name_from_text(text, strlen(text), &n), OK);
	x.question = n.octets;
	assert_true(sends((struct serve_packet){.octets = query, .len = wire_query(&x, query), .at = at}));
	assert_int_equal(got.id, 77);
	return got.rcode;
}

/* How many records of a type stand in a section. */
static size_t count(enum section s, uint16_t type)
{
	size_t n = 0;

	for (size_t i = 0; i < got.n_records; i++)
		n += got.records[i].section == s && got.records[i].type == type;
	return n;
}

/* The owner of the first record of a type, as text. */
static const char *owner_of(uint16_t type)
{
	static char text[NAME_TEXT_MAX];

	text[0] = 0;
	for (size_t i = 0; i < got.n_records && text[0] == 0; i++)
		if (got.records[i].type == type)
			name_to_text(message_name_octets(&got, got.records[i].owner), text);
	return text;
}

static const char *example(bool flux)
{
	static char text[NAME_TEXT_MAX];
	struct serve_example e;

	assert_int_equal(serve_examples(serve, flux, &e, 1), 1);
	name_to_text(e.name, text);
	return text;
}

static void root_and_tops(void **state)
{
	(void)state;
	opens(LAB_DEMO, 1);
	assert_int_equal(asks(0, ".", RR_NS), RCODE_NOERROR);
	assert_int_equal(count(SECTION_ANSWER, RR_NS), 1);
	assert_int_equal(count(SECTION_ADDITIONAL, RR_A), 1);
	assert_true((got.flags & FLAG_AA) != 0);
	assert_int_equal(asks(0, ".", RR_SOA), RCODE_NOERROR);
	assert_int_equal(count(SECTION_ANSWER, RR_SOA), 1);
	assert_int_equal(asks(0, ".", RR_A), RCODE_NOERROR);
	assert_int_equal(count(SECTION_AUTHORITY, RR_SOA), 1);
	assert_int_equal(asks(0, "a.root", RR_A), RCODE_NOERROR);
	assert_int_equal(count(SECTION_ANSWER, RR_A), 1);
	assert_int_equal(asks(0, "a.root", RR_AAAA), RCODE_NOERROR);
	assert_int_equal(count(SECTION_ANSWER, RR_AAAA), 0);
	assert_int_equal(asks(0, "root", RR_A), RCODE_NOERROR); /* something lies below */
	assert_int_equal(asks(0, "nobody-has-this", RR_A), RCODE_NXDOMAIN);
	assert_string_equal(owner_of(RR_SOA), ".");
	assert_int_equal(asks(0, "com", RR_NS), RCODE_NOERROR);
	assert_string_equal(owner_of(RR_A), "a.nic.com");
	assert_int_equal(asks(0, "a.nic.com", RR_A), RCODE_NOERROR);
	assert_int_equal(count(SECTION_ANSWER, RR_A), 1);
	assert_int_equal(asks(0, "nic.com", RR_A), RCODE_NOERROR);
	assert_int_equal(asks(0, "nobody-has-this.com", RR_A), RCODE_NXDOMAIN);
	assert_string_equal(owner_of(RR_SOA), "com");
	assert_int_equal(asks(0, "com", RR_DS), RCODE_NOERROR); /* the root's to say */
	assert_string_equal(owner_of(RR_SOA), ".");
	closes();
}

static void zones(void **state)
{
	char name[NAME_TEXT_MAX + 20];

	(void)state;
	opens(LAB_DEMO, 1);
	strcpy(name, strchr(example(true), '.') + 1); /* of the apex flux itself is the answer */
	assert_int_equal(asks(0, name, RR_A), RCODE_NOERROR);
	assert_true(count(SECTION_ANSWER, RR_A) >= 4);
	assert_true(count(SECTION_AUTHORITY, RR_NS) >= 2);
	assert_int_equal(asks(0, name, RR_NS), RCODE_NOERROR);
	assert_true(count(SECTION_ANSWER, RR_NS) >= 2 && count(SECTION_ADDITIONAL, RR_A) >= 2);
	assert_int_equal(asks(0, name, RR_SOA), RCODE_NOERROR);
	assert_int_equal(count(SECTION_ANSWER, RR_SOA), 1);
	assert_int_equal(asks(0, name, RR_ANY), RCODE_NOERROR);
	assert_true(count(SECTION_ANSWER, RR_A) >= 4);
	assert_int_equal(asks(0, name, RR_TXT), RCODE_NOERROR);
	assert_int_equal(count(SECTION_ANSWER, RR_TXT), 0);
	assert_int_equal(count(SECTION_AUTHORITY, RR_SOA), 1);
	assert_int_equal(asks(0, name, RR_HTTPS), RCODE_NOERROR); /* a demo has none */
	assert_int_equal(count(SECTION_AUTHORITY, RR_SOA), 1);
	assert_int_equal(asks(0, name, RR_DS), RCODE_NOERROR); /* its parent's to say */
	assert_string_equal(owner_of(RR_SOA), strrchr(name, '.') + 1);
	strcpy(name, "nobody-has-this.");
	strcat(name, example(false));
	assert_int_equal(asks(0, name, RR_A), RCODE_NXDOMAIN);
	assert_int_equal(count(SECTION_AUTHORITY, RR_SOA), 1);
	assert_int_equal(asks(0, "duckdns.org", RR_NS), RCODE_NOERROR);
	assert_true(count(SECTION_ANSWER, RR_NS) >= 2);
	assert_int_equal(asks(0, "nobody-has-this.duckdns.org", RR_A), RCODE_NXDOMAIN);
	assert_string_equal(owner_of(RR_SOA), "duckdns.org");
	closes();
}

/* A server answers for what is its own, sends to those below, and refuses the rest. */
static void offices(void **state)
{
	const char *name;

	(void)state;
	opens(LAB_DEMO, 4);
	name = example(true);
	assert_int_equal(asks(0, name, RR_A), RCODE_NOERROR);
	assert_true((got.flags & FLAG_AA) == 0 && count(SECTION_ANSWER, RR_A) == 0);
	assert_string_equal(owner_of(RR_NS), strrchr(name, '.') + 1);
	assert_int_equal(count(SECTION_ADDITIONAL, RR_A), 1);
	assert_int_equal(asks(TLDS, name, RR_A), RCODE_NOERROR);
	assert_true((got.flags & FLAG_AA) == 0 && count(SECTION_ANSWER, RR_A) == 0);
	assert_string_equal(owner_of(RR_NS), strchr(name, '.') + 1);
	assert_int_equal(count(SECTION_ADDITIONAL, RR_AAAA), 0);
	for (size_t i = 0; i < got.n_records; i++) /* glue leads to this machine, once for each server */
		if (got.records[i].type == RR_A)
			assert_true(got.records[i].rdata[0] == 127 && got.records[i].rdata[3] >= 3);
	assert_true(count(SECTION_ADDITIONAL, RR_A) <= count(SECTION_AUTHORITY, RR_NS));
	assert_int_equal(asks(TLDS, strchr(name, '.') + 1, RR_DS), RCODE_NOERROR);
	assert_true((got.flags & FLAG_AA) != 0);
	assert_int_equal(asks(ZONES, name, RR_A), RCODE_NOERROR);
	assert_true((got.flags & FLAG_AA) != 0 && count(SECTION_ANSWER, RR_A) >= 4);
	for (size_t i = 0; i < got.n_records; i++) /* the members stay those of the world */
		if (got.records[i].type == RR_A && got.records[i].section == SECTION_ANSWER)
			assert_true(got.records[i].rdata[0] != 127);
	assert_int_equal(asks(TLDS, ".", RR_NS), RCODE_REFUSED);
	assert_int_equal(asks(TLDS, "nobody-has-this", RR_A), RCODE_REFUSED);
	assert_int_equal(asks(ZONES, "com", RR_NS), RCODE_REFUSED);
	assert_int_equal(asks(ZONES, "nobody-has-this.com", RR_A), RCODE_REFUSED);
	assert_int_equal(serve_counted(serve)->refused, 4);
	assert_int_equal(serve_counted(serve)->referrals, 2);
	closes();
}

/* Glue is of what lies below the top-level domain that refers. */
static void glue(void **state)
{
	struct serve_example examples[64];
	size_t with = 0, without = 0, n;

	(void)state;
	opens(LAB_DEMO, 4);
	n = serve_examples(serve, false, examples, 64);
	assert_int_equal(n, 64);
	for (size_t i = 0; i < n; i++) {
		char name[NAME_TEXT_MAX];
		const char *top, *owner;

		name_to_text(examples[i].name, name);
		top = strrchr(name, '.');
		assert_int_equal(asks(TLDS, name, RR_A), RCODE_NOERROR);
		owner = owner_of(RR_A);
		with += *owner != 0;
		without += *owner == 0;
		if (*owner != 0)
			assert_string_equal(strrchr(owner, '.'), top);
	}
	assert_true(with > 0 && without > 0);
	closes();
}

/* The address says who is asked; name servers keep the addresses that they have. */
static void everywhere(void **state)
{
	static const uint8_t anybody[4] = {8, 8, 8, 8}, here[4] = {127, 0, 0, 1};
	const struct addr servers[] = {serve_root_address, serve_top_address, addr_v4(anybody),
				       addr_v4(here)};
	static const uint8_t query[] = "\0\1\0\0\0\1\0\0\0\0\0\0\3com\0\0\2\0\1";
	static const uint16_t codes[] = {RCODE_NOERROR, RCODE_NOERROR, RCODE_REFUSED, RCODE_NOERROR};
	static const bool own[] = {false, true, false, true};

	(void)state;
	opens(LAB_DEMO, 0);
	for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
		assert_true(sends((struct serve_packet){
			.octets = query, .len = sizeof query - 1, .server = servers[i]}));
		assert_int_equal(got.rcode, codes[i]);
		assert_int_equal((got.flags & FLAG_AA) != 0, own[i]);
		if (codes[i] == RCODE_NOERROR) {
			assert_string_equal(owner_of(RR_A), "a.nic.com");
			assert_memory_equal(got.records[got.n_records - 1].rdata,
					    serve_top_address.octets + 12, 4);
		}
	}
	closes();
}

static enum err keep_domain(void *context, const char *line, size_t len)
{
	static const char before[] = "{\"domain\":\"";

	assert_true(len > sizeof before && memcmp(line, before, sizeof before - 1) == 0);
	line += sizeof before - 1;
	buf_add(context, line, strcspn(line, "\""));
	buf_add_char(context, 0);
	return ((struct buf *)context)->err;
}

static enum err ask_below_parked(void *context, const char *line, size_t len)
{
	static const char before[] = "{\"domain\":\"";
	size_t *n = context;
	char name[NAME_TEXT_MAX];

	assert_true(len > sizeof before);
	line += sizeof before - 1;
	if (strncmp(strchr(line, '"'), "\",\"class\":\"parked\"", 18) != 0)
		return OK;
	snprintf(name, sizeof name, "nobody-has-this.%.*s", (int)strcspn(line, "\""), line);
	assert_int_equal(asks(0, name, RR_A), RCODE_NOERROR);
	assert_true(count(SECTION_ANSWER, RR_A) > 0);
	assert_string_equal(owner_of(RR_A), name);
	++*n;
	return OK;
}

/* Whatever is asked below a parked name leads to its keeper. */
static void parked(void **state)
{
	size_t n = 0;

	(void)state;
	opens(LAB_DEMO, 1);
	assert_int_equal(serve_truth(serve, ask_below_parked, &n), OK);
	assert_true(n > 10);
	closes();
}

/* The servers that the top-level domain's says a zone has, of those it gives addresses for; how many there
 * are. */
static size_t glue_of(const char *domain, struct addr servers[16])
{
	struct lab_exchange x = {.qtype = RR_A, .side = LAB_UPSTREAM};
	uint8_t query[WIRE_MESSAGE_MAX];
	struct name n;
	size_t found = 0;

	assert_int_equal(name_from_text(domain, strlen(domain), &n), OK);
	x.question = n.octets;
	assert_true(sends((struct serve_packet){
		.octets = query, .len = wire_query(&x, query), .server = serve_top_address}));
	for (size_t i = 0; i < got.n_records; i++)
		if (got.records[i].type == RR_A && found < 16)
			servers[found++] = addr_v4(got.records[i].rdata);
	return found;
}

/* Some servers are dead, and each zone has others. */
static void dead_servers(void **state)
{
	static const uint8_t query[] = "\0\1\0\0\0\1\0\0\0\0\0\0\3com\0\0\2\0\1";
	struct buf domains = {0};
	size_t zones_with_glue = 0;

	(void)state;
	opens(LAB_WIDE, 0);
	assert_int_equal(serve_truth(serve, keep_domain, &domains), OK);
	for (size_t at = 0; at < domains.len; at += strlen((char *)domains.bytes + at) + 1) {
		struct addr servers[16];
		size_t n = glue_of((char *)domains.bytes + at, servers), alive = 0;

		for (size_t i = 0; i < n; i++)
			alive += sends((struct serve_packet){
				.octets = query, .len = sizeof query - 1, .server = servers[i]});
		assert_true(n == 0 || alive > 0);
		zones_with_glue += n != 0;
	}
	assert_true(zones_with_glue > 100);
	assert_true(serve_counted(serve)->dead > 0);
	buf_fini(&domains);
	closes();
}

/* Whether the sections of both hold the same addresses, in whatever order. */
static bool same_addresses(const struct lab_exchange *x)
{
	size_t n = 0, found = 0;

	for (uint16_t i = 0; i < x->n; i++) {
		const struct lab_record *r = &x->records[i];

		if (r->section != SECTION_ANSWER || (r->type != RR_A && r->type != RR_AAAA))
			continue;
		n++;
		for (size_t j = 0; j < got.n_records; j++)
			found += got.records[j].section == SECTION_ANSWER && got.records[j].type == r->type &&
				 memcmp(got.records[j].rdata, r->addr.octets + (r->type == RR_A ? 12 : 0),
					got.records[j].rdlen) == 0;
	}
	return n == found && n == count(SECTION_ANSWER, x->qtype);
}

/* An answer of a capture beside what is served at that moment: whether all is the same, though members are
 * drawn anew. */
static bool compare(const struct lab_exchange *x, bool demo)
{
	char text[NAME_TEXT_MAX];
	size_t answers = 0, held = 0;

	name_to_text(x->question, text);
	now_ns = x->event_ns;
	assert_int_equal(serve_advance(serve, now_ns), OK);
	if (asks(0, text, x->qtype) != (x->flags & 15))
		fail_msg("%s: code %u", text, (unsigned)got.rcode);
	for (uint16_t i = 0; i < x->n; i++) {
		const struct lab_record *r = &x->records[i];

		answers += r->section == SECTION_ANSWER && r->type != RR_CNAME;
		held += r->section == SECTION_ANSWER && r->type == RR_CNAME;
	}
	/* a capture's resolver holds sets that aliases lead to; of those drawn, none may have IPv6 */
	if (x->qtype != RR_AAAA &&
	    (count(SECTION_ANSWER, RR_CNAME) != held ||
	     (answers != 0) != (count(SECTION_ANSWER, x->qtype) != 0)) &&
	    (answers != 0 || held == 0))
		fail_msg("%s, type %u: %zu aliases and %zu answers, not %zu and %zu", text,
			 (unsigned)x->qtype, count(SECTION_ANSWER, RR_CNAME), count(SECTION_ANSWER, x->qtype),
			 held, answers);
	if (demo && answers != 0 && x->zone != NULL && memcmp(x->zone, "\7duckdns", 8) == 0)
		assert_true(same_addresses(x)); /* a home has one address, and now and then another */
	return answers != 0 && x->qtype != RR_HTTPS && same_addresses(x);
}

/* The same world: each answer of a capture is the one that is served at that time, but for what is drawn. */
static void same_world(void **state)
{
	static const enum lab_world worlds[] = {LAB_DEMO, LAB_WIDE};

	(void)state;
	for (size_t w = 0; w < 2; w++) {
		struct lab_config config = world_of(worlds[w]);
		size_t all = 0, same = 0;
		struct lab_exchange x;
		struct lab *l = NULL;
		struct diag d;

		opens(worlds[w], 1);
		assert_int_equal(lab_open(&l, &config, &d), OK);
		while (lab_next(l, &x) == OK) {
			same += compare(&x, worlds[w] == LAB_DEMO);
			all++;
		}
		if (all < 1000 || same < all / 4)
			fail_msg("%zu of %zu answers have the same addresses", same, all);
		lab_close(l);
		closes();
	}
}

/* In one second of the lab, the same is said however often; later, something else. */
static void repeats(void **state)
{
	uint8_t first[WIRE_MESSAGE_MAX];
	char name[NAME_TEXT_MAX];
	size_t len;

	(void)state;
	opens(LAB_DEMO, 1);
	strcpy(name, example(true));
	asks(0, name, RR_A);
	memcpy(first, wire, len = wire_len);
	asks(0, example(false), RR_A);
	now_ns += NS_PER_SECOND - 1;
	asks(0, name, RR_A);
	assert_int_equal(len, wire_len);
	assert_memory_equal(first, wire, len);
	now_ns += 1;
	asks(0, name, RR_A);
	assert_true(len != wire_len || memcmp(first, wire, len) != 0);
	closes();
}

/* Letters as they were asked; room as there is; what does not fit says so and comes whole over TCP. */
static void transport(void **state)
{
	uint8_t query[WIRE_MESSAGE_MAX];
	struct lab_exchange x = {.qtype = RR_A, .side = LAB_UPSTREAM};
	struct serve_example flux;
	size_t whole;

	(void)state;
	opens(LAB_DEMO, 1);
	assert_int_equal(serve_examples(serve, true, &flux, 1), 1);
	x.question = flux.name;
	for (int tcp = 0; tcp < 2; tcp++) {
		struct serve_packet p = {.octets = query, .tcp = tcp != 0};

		p.len = wire_query(&x, query);
		query[13] = 'W';
		assert_true(sends(p));
		assert_int_equal(wire[13], 'W');
		assert_true((got.flags & FLAG_TC) == 0);
	}
	assert_int_equal(serve_counted(serve)->tcp, 1);
	whole = wire_len;
	assert_true(whole > 150 && whole <= WIRE_UDP_PLAIN);
	closes();
}

/* The log is dnstap, at the lab's time, with the zone's own TTLs. */
static void logs(void **state)
{
	static const uint8_t query[] = "\0\7\0\0\0\1\0\0\0\0\0\0\3com\0\0\2\0\1";
	struct serve_config config = {.lab = world_of(LAB_DEMO), .n_at = 1, .ttl_divisor = 100};
	struct serve_packet p = {.octets = query, .len = sizeof query - 1, .now_ns = LAB_START_NS + 5};
	const enum dnstap_type types[] = {DNSTAP_AUTH_QUERY, DNSTAP_AUTH_RESPONSE};
	struct fstrm_reader *r = fstrm_open();
	struct buf log = {0};
	size_t at = 0, used;
	struct diag d;

	(void)state;
	p.client = p.server = config.at[0] = addr_v4((const uint8_t[4]){127, 0, 0, 1});
	assert_int_equal(serve_open(&serve, &config, &d), OK);
	fstrm_write_start(&log);
	assert_true(sends(p));
	assert_int_equal(got.records[0].ttl, 1728);
	p.now_ns = LAB_START_NS + 5;
	serve_log(serve, &p, &log);
	p.len = 3; /* which nobody answers */
	assert_false(sends(p));
	serve_log(serve, &p, &log);
	fstrm_write_stop(&log);
	for (size_t i = 0; i < 2; i++, at += used) {
		struct capture_window window = {log.bytes + at, log.len - at, true};
		const uint8_t *frame;
		struct dnstap one;
		uint32_t len;

		assert_int_equal(fstrm_next(r, &window, &used, &frame, &len), OK);
		assert_int_equal(dnstap_parse(frame, len, &one), OK);
		assert_int_equal(one.type, types[i]);
		assert_int_equal(one.time_ns, LAB_START_NS + 5);
		assert_int_equal(message_parse(&got, one.octets, one.len), OK);
		if (one.response)
			assert_int_equal(got.records[0].ttl, 172800);
	}
	fstrm_close(r);
	buf_fini(&log);
	closes();
}

static void refuses(void **state)
{
	static const size_t numbers[] = {0, 2, SERVE_ADDRESSES_MAX + 1};
	struct serve_config config = {.lab = world_of(LAB_DEMO)};
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		config.n_at = numbers[i];
		assert_int_equal(serve_open(&serve, &config, &d), E_RANGE);
	}
	config.n_at = 3; /* of no family yet */
	assert_int_equal(serve_open(&serve, &config, &d), E_RANGE);
	config.n_at = 1;
	config.lab.hours = 0;
	assert_int_equal(serve_open(&serve, &config, &d), E_RANGE);
	assert_null(serve);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_and_tops), cmocka_unit_test(zones),      cmocka_unit_test(offices),
		cmocka_unit_test(everywhere),    cmocka_unit_test(glue),       cmocka_unit_test(parked),
		cmocka_unit_test(dead_servers),  cmocka_unit_test(same_world), cmocka_unit_test(repeats),
		cmocka_unit_test(transport),     cmocka_unit_test(logs),       cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
