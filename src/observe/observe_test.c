/* SPDX-License-Identifier: Apache-2.0 */
/* observe_test.c -- who is told what of which message: one row a message, with the observations as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "observe/made_message.h"
#include "observe/observe.h"

static struct psl *psl;

enum { RECURSIVE = FLAG_RD | FLAG_RA, AUTHORITY = FLAG_AA, REFERRAL = 0 };

static void role_text(struct buf *to, uint8_t role)
{
	static const char *const words[] = {"host", "alias", "ns", "nshost", "hint", "glue"};

	for (unsigned i = 0; i < 6; i++)
		if ((role & 1u << i) != 0)
			buf_printf(to, " %s", words[i]);
}

/* "domain: owner TYPE ttl [via NAME] roles = members" */
static void obs_text(struct buf *to, const struct obs *o)
{
	char text[NAME_TEXT_MAX], type[10];

	name_to_text(obs_domain(o), text);
	buf_printf(to, "%s:", text);
	name_to_text(obs_owner(o), text);
	buf_printf(to, " %s %s %u", text, rrtype_to_text(o->type, type), o->ttl);
	if (o->via_len != 0) {
		name_to_text(obs_via(o), text);
		buf_printf(to, " via %s", text);
	}
	role_text(to, o->member_role);
	buf_add_text(to, o->partition >= OBS_PARTITIONS ? " server" : "");
	buf_add_text(to, " =");
	for (unsigned i = 0; o->kind == OBS_ADDRESSES && i < o->members; i++) {
		addr_to_text(&obs_addrs(o)[i], text);
		buf_printf(to, " %s", text);
	}
	const uint8_t *server = obs_servers(o);
	for (unsigned i = 0; o->kind == OBS_SERVERS && i < o->members; i++) {
		name_to_text(server, text);
		buf_printf(to, " %s", text);
		server += name_wire_len(server);
	}
	buf_add_text(to, "\n");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All observations of a message, a line each, sorted. */
static void observed(struct observer *o, const struct intake *in, struct buf *to)
{
	struct buf groups[OBS_GROUPS] = {0};
	char *lines[64];
	unsigned n = 0;

	observe_batch(o, in, 1, groups);
	for (unsigned g = 0; g < OBS_GROUPS; g++) {
		for (size_t at = 0; at < groups[g].len;) {
			const struct obs *x = (const struct obs *)(const void *)(groups[g].bytes + at);
			struct buf line = {0};

			assert_true(x->size % 8 == 0 && x->partition % OBS_GROUPS == g);
			obs_text(&line, x);
			assert_true(n < 64);
			lines[n++] = (char *)line.bytes;
			buf_text(&line);
			lines[n - 1] = (char *)line.bytes;
			at += x->size;
		}
		buf_fini(&groups[g]);
	}
	qsort(lines, n, sizeof *lines, by_text);
	for (unsigned i = 0; i < n; i++) {
		buf_add_text(to, lines[i]);
		free(lines[i]);
	}
}

static const struct {
	const char *name;
	uint16_t flags;
	const char *message, *expected, *zone;
	uint16_t mask;
} rows[] = {
	{"a plain answer", RECURSIVE, "www.a.com A | a www.a.com 60 A 1.2.3.4 | a www.a.com 50 A 1.2.3.5",
	 "a.com: www.a.com A 50 host = 1.2.3.4 1.2.3.5\n", NULL, 0},
	{"a suffix of the private section", RECURSIVE, "x.me.duckdns.org A | a x.me.duckdns.org 60 A 1.2.3.4",
	 "me.duckdns.org: x.me.duckdns.org A 60 host = 1.2.3.4\n", NULL, 0},
	{"no address twice, order is nothing", RECURSIVE,
	 "a.com A | a a.com 9 A 9.9.9.9 | a a.com 9 A 1.2.3.4 | a a.com 9 A 9.9.9.9",
	 "a.com: a.com A 9 host = 1.2.3.4 9.9.9.9\n", NULL, 0},
	{"an alias within the domain", RECURSIVE,
	 "w.a.com A | a w.a.com 9 CNAME x.a.com | a x.a.com 60 A 1.2.3.4",
	 "a.com: x.a.com A 60 via w.a.com host = 1.2.3.4\n", NULL, 0},
	{"an alias to another domain tells both", RECURSIVE,
	 "w.a.com A | a w.a.com 9 CNAME x.b.net | a x.b.net 60 A 1.2.3.4",
	 "a.com: w.a.com A 60 via x.b.net alias = 1.2.3.4\nb.net: x.b.net A 60 via w.a.com host = 1.2.3.4\n",
	 NULL, 0},
	{"DNAME without its CNAME", RECURSIVE, "w.a.com A | a a.com 9 DNAME b.net | a w.b.net 60 A 1.2.3.4",
	 "a.com: w.a.com A 60 via w.b.net alias = 1.2.3.4\nb.net: w.b.net A 60 via w.a.com host = 1.2.3.4\n",
	 NULL, 0},
	{"a loop of aliases ends", RECURSIVE, "a.com A | a a.com 9 CNAME b.com | a b.com 9 CNAME a.com",
	 "a.com: a.com CNAME 9 via b.com alias =\n", NULL, 0},
	{"what the question does not lead to is not used", RECURSIVE,
	 "a.com A | a a.com 60 A 1.2.3.4 | a bank.com 60 A 6.6.6.6", "a.com: a.com A 60 host = 1.2.3.4\n",
	 NULL, 0},
	{"special addresses are no members", RECURSIVE,
	 "a.com A | a a.com 60 A 10.0.0.1 | a a.com 60 A 127.0.0.1 | a a.com 60 A 1.2.3.4",
	 "a.com: a.com A 60 host = 1.2.3.4\n", NULL, 0},
	{"AAAA", RECURSIVE, "a.com AAAA | a a.com 60 AAAA 2a00::1", "a.com: a.com AAAA 60 host = 2a00::1\n",
	 NULL, 0},
	{"hints of HTTPS", RECURSIVE, "a.com HTTPS | a a.com 60 HTTPS hint 1.2.3.4",
	 "a.com: a.com HTTPS 60 host hint = 1.2.3.4\n", NULL, 0},
	{"servers as a recursive resolver passes them on", RECURSIVE,
	 "a.com A | a a.com 60 A 1.2.3.4 | n a.com 90 NS ns1.b.net | n a.com 90 NS ns2.b.net | d ns1.b.net "
	 "80 A 2.2.2.2",
	 ".: ns1.b.net A 80 ns server = 2.2.2.2\na.com: a.com A 60 host = 1.2.3.4\n"
	 "a.com: a.com NS 90 ns = ns1.b.net ns2.b.net\nb.net: ns1.b.net A 80 nshost = 2.2.2.2\n",
	 NULL, 0},
	{"a suffix's own servers are nobody's", RECURSIVE,
	 "a.com A | a a.com 60 A 1.2.3.4 | n com 90 NS ns.b.net", "a.com: a.com A 60 host = 1.2.3.4\n", NULL,
	 0},
	{"servers of a zone that is not above the question", RECURSIVE,
	 "a.com A | a a.com 60 A 1.2.3.4 | n bank.com 90 NS ns.bank.com | d ns.bank.com 60 A 6.6.6.6",
	 "a.com: a.com A 60 host = 1.2.3.4\n", NULL, 0},
	{"an authority does not speak for where its alias leads, but that it does", AUTHORITY,
	 "w.a.com A | a w.a.com 9 CNAME x.b.net | a x.b.net 60 A 6.6.6.6",
	 "a.com: w.a.com CNAME 9 via x.b.net alias =\n", NULL, 0},
	{"aliases alone", RECURSIVE,
	 "w.a.com AAAA | a w.a.com 9 CNAME v.a.com | a v.a.com 5 CNAME x.c.org | a x.c.org 60 CNAME y.b.net",
	 "a.com: v.a.com CNAME 5 via y.b.net alias =\nc.org: x.c.org CNAME 5 via y.b.net alias =\n", NULL, 0},
	{"aliases, asked for something else", RECURSIVE, "w.a.com TXT | a w.a.com 9 CNAME x.b.net", "", NULL,
	 0},
	{"an alias within the domain", RECURSIVE, "w.a.com A | a w.a.com 9 CNAME v.a.com", "", NULL, 0},
	{"an authority, told its zone", AUTHORITY, "w.s.a.com A | a w.s.a.com 9 A 1.2.3.4",
	 "a.com: w.s.a.com A 9 host = 1.2.3.4\n", "a.com", 0},
	{"an authority, outside its zone", AUTHORITY, "w.a.com A | a w.a.com 9 A 1.2.3.4", "", "b.net", 0},
	{"an authority that claims a child of its zone", AUTHORITY,
	 "w.a.com A | a w.a.com 9 A 1.2.3.4 | n a.com 9 NS ns.a.com",
	 "a.com: a.com NS 9 ns = ns.a.com\na.com: w.a.com A 9 host = 1.2.3.4\n", NULL, 0},
	{"a referral, glue inside and outside", REFERRAL,
	 "w.a.com A | n a.com 90 NS ns.a.com | n a.com 90 NS ns.b.net | d ns.a.com 80 A 2.2.2.2 | d ns.b.net "
	 "80 A 3.3.3.3",
	 ".: ns.b.net A 80 ns glue server = 3.3.3.3\na.com: a.com NS 90 ns = ns.a.com ns.b.net\n"
	 "a.com: ns.a.com A 80 ns = 2.2.2.2\nb.net: ns.b.net A 80 nshost glue = 3.3.3.3\n",
	 "com", 0},
	{"without the sections a poorer form has not", RECURSIVE,
	 "a.com A | a a.com 60 A 1.2.3.4 | n a.com 90 NS ns1.a.com | d ns1.a.com 80 A 2.2.2.2",
	 "a.com: a.com A 60 host = 1.2.3.4\n", NULL, LACK_AUTHORITY | LACK_ADDITIONAL},
	{"a server's address in the answer itself", RECURSIVE,
	 "a.com NS | a a.com 90 NS ns.a.com | d ns.a.com 80 A 2.2.2.2",
	 "a.com: a.com NS 90 ns = ns.a.com\na.com: ns.a.com A 80 ns = 2.2.2.2\n", NULL, 0},
	{"addresses of servers, one server's between another's", RECURSIVE,
	 "a.com NS | a a.com 90 NS n.a.com | a a.com 90 NS m.a.com | d n.a.com 80 A 2.2.2.2 | d m.a.com 70 A "
	 "3.3.3.3 | d n.a.com 60 AAAA 2a00::1 | d x.a.com 9 A 4.4.4.4 | d n.a.com 50 A 1.1.1.1",
	 "a.com: a.com NS 90 ns = m.a.com n.a.com\na.com: m.a.com A 70 ns = 3.3.3.3\n"
	 "a.com: n.a.com A 50 ns = 1.1.1.1 2.2.2.2\na.com: n.a.com AAAA 60 ns = 2a00::1\n",
	 NULL, 0},
	{"each set by itself: a suffix is not of the domain before it", RECURSIVE,
	 "w.a.com A | a w.a.com 9 A 1.2.3.4 | n com 9 A 6.6.6.6", "a.com: w.a.com A 9 host = 1.2.3.4\n", NULL,
	 LACK_LOOKUPS},
};

static void tells_whom_it_concerns(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct observe_config config = {
			.psl = psl, .bucket_key = 1, .sketch_key = 2, .mask = rows[i].mask};
		struct made m;
		struct intake in = made_message(&m, rows[i].flags, rows[i].message);
		struct buf text = {0};
		struct observer o;
		struct name zone;

		if (rows[i].zone != NULL) {
			zone = made_name(rows[i].zone);
			in.zone = zone.octets;
			in.zone_len = zone.len;
		}
		observe_init(&o, &config);
		observed(&o, &in, &text);
		if (strcmp(buf_text(&text), rows[i].expected) != 0)
			fail_msg("%s:\n%s\nexpected:\n%s", rows[i].name, buf_text(&text), rows[i].expected);
		buf_fini(&text);
		observe_fini(&o);
	}
}

static const struct {
	const char *name;
	uint16_t flags;
	const char *message;
	size_t count; /* offset in observe_counts */
	uint64_t expected;
} counted[] = {
	{"a broken chain of nothing", RECURSIVE, "a.com A", offsetof(struct observe_counts, negative), 1},
	{"NXDOMAIN", RECURSIVE | RCODE_NXDOMAIN, "a.com A", offsetof(struct observe_counts, negative), 1},
	{"SERVFAIL", RECURSIVE | RCODE_SERVFAIL, "a.com A", offsetof(struct observe_counts, failed), 1},
	{"spoof-like", RECURSIVE, "a.com A | a b.com 60 A 1.2.3.4",
	 offsetof(struct observe_counts, mismatched), 1},
	{"a record beside the question", RECURSIVE, "a.com A | a a.com 60 A 1.2.3.4 | a b.com 60 A 1.2.3.4",
	 offsetof(struct observe_counts, unreachable_records), 1},
	{"which is not spoof-like", RECURSIVE, "a.com A | a a.com 60 A 1.2.3.4 | a b.com 60 A 1.2.3.4",
	 offsetof(struct observe_counts, mismatched), 0},
	{"outside the authority's zone", AUTHORITY, "a.com A | a a.com 9 CNAME b.net | a b.net 60 A 6.6.6.6",
	 offsetof(struct observe_counts, disbelieved_records), 1},
	{"reverse", RECURSIVE, "1.2.0.192.in-addr.arpa PTR", offsetof(struct observe_counts, reverse), 1},
	{"special use", RECURSIVE, "printer.local A", offsetof(struct observe_counts, special_use), 1},
	{"no known suffix", RECURSIVE, "host.corp A", offsetof(struct observe_counts, unknown_suffix), 1},
	{"truncated", RECURSIVE | FLAG_TC, "a.com A | a a.com 60 A 1.2.3.4",
	 offsetof(struct observe_counts, truncated), 1},
	{"special addresses", RECURSIVE, "a.com A | a a.com 60 A 192.168.1.1",
	 offsetof(struct observe_counts, special_addresses), 1},
	{"client side", RECURSIVE, "a.com A | a a.com 60 A 1.2.3.4",
	 offsetof(struct observe_counts, client_side), 1},
	{"resolver side", AUTHORITY, "a.com A | a a.com 60 A 1.2.3.4",
	 offsetof(struct observe_counts, resolver_side), 1},
};

static void counts_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
		struct observe_config config = {.psl = psl, .bucket_key = 1, .sketch_key = 2};
		struct made m;
		struct intake in = made_message(&m, counted[i].flags, counted[i].message);
		struct buf text = {0};
		struct observer o;
		uint64_t got;

		observe_init(&o, &config);
		observed(&o, &in, &text);
		memcpy(&got, (const uint8_t *)&o.counts + counted[i].count, sizeof got);
		if (got != counted[i].expected)
			fail_msg("%s: %llu, expected %llu", counted[i].name, (unsigned long long)got,
				 (unsigned long long)counted[i].expected);
		assert_int_equal(o.counts.messages, 1);
		buf_fini(&text);
		observe_fini(&o);
	}
}

static void queries_and_noise_are_counted(void **state)
{
	struct observe_config config = {.psl = psl, .bucket_key = 1, .sketch_key = 2};
	struct made m;
	struct intake in = made_message(&m, RECURSIVE, "a.com A");
	struct buf text = {0};
	struct observer o;

	(void)state;
	observe_init(&o, &config);
	m.octets[2] = 1; /* a query: QR cleared, RD set */
	observed(&o, &in, &text);
	in.len = 5;
	observed(&o, &in, &text);
	assert_int_equal(o.counts.queries, 1);
	assert_int_equal(o.counts.malformed, 1);
	assert_int_equal(o.counts.messages, 2);
	assert_int_equal(text.len, 0);
	observe_fini(&o);
}

/* Each row of the table, so that taking one out is seen. */
static void belief_is_this_table(void **state)
{
	static const struct {
		enum speaker s;
		enum place p;
		bool in_zone;
		enum trust expected;
	} belief[] = {
		{SPEAKER_RECURSIVE, PLACE_ANSWER, false, TRUST_FULL},
		{SPEAKER_RECURSIVE, PLACE_NS, false, TRUST_SEEN},
		{SPEAKER_RECURSIVE, PLACE_NS_ADDRESS, false, TRUST_SEEN},
		{SPEAKER_AUTHORITY, PLACE_ANSWER, false, TRUST_NONE},
		{SPEAKER_AUTHORITY, PLACE_ANSWER, true, TRUST_FULL},
		{SPEAKER_AUTHORITY, PLACE_NS, false, TRUST_NONE},
		{SPEAKER_AUTHORITY, PLACE_NS, true, TRUST_FULL},
		{SPEAKER_AUTHORITY, PLACE_NS_ADDRESS, false, TRUST_GLUE},
		{SPEAKER_AUTHORITY, PLACE_NS_ADDRESS, true, TRUST_FULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof belief / sizeof *belief; i++)
		assert_int_equal(belief_of(belief[i].s, belief[i].p, belief[i].in_zone), belief[i].expected);
}

static void role_is_told_by_source_resolver_or_flags(void **state)
{
	struct addr resolver, other;
	struct belief_resolvers named = {.addrs = &resolver, .n = 1}, none = {0};
	const struct {
		enum role given;
		uint16_t flags, lacks;
		bool server_named, client_named;
		enum role role;
		enum speaker speaker;
	} told[] = {
		{ROLE_RESOLVER, RECURSIVE, 0, false, false, ROLE_RESOLVER, SPEAKER_RECURSIVE},
		{ROLE_UNKNOWN, RECURSIVE, 0, false, false, ROLE_CLIENT, SPEAKER_RECURSIVE},
		{ROLE_UNKNOWN, AUTHORITY, 0, false, false, ROLE_RESOLVER, SPEAKER_AUTHORITY},
		{ROLE_UNKNOWN, REFERRAL, 0, false, false, ROLE_RESOLVER, SPEAKER_AUTHORITY},
		{ROLE_UNKNOWN, 0, LACK_FLAGS, false, false, ROLE_CLIENT, SPEAKER_RECURSIVE},
		{ROLE_UNKNOWN, AUTHORITY, 0, true, false, ROLE_CLIENT, SPEAKER_AUTHORITY},
		{ROLE_UNKNOWN, RECURSIVE, 0, false, true, ROLE_RESOLVER, SPEAKER_RECURSIVE},
		{ROLE_CLIENT, REFERRAL, 0, false, false, ROLE_CLIENT, SPEAKER_RECURSIVE},
	};

	(void)state;
	assert_int_equal(addr_from_text("192.0.2.1", 9, &resolver), OK);
	assert_int_equal(addr_from_text("192.0.2.2", 9, &other), OK);
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		struct intake in = {.role = (uint8_t)told[i].given, .lacks = told[i].lacks};
		enum speaker speaker;
		enum role role;

		in.server = told[i].server_named ? resolver : other;
		in.client = told[i].client_named ? resolver : other;
		belief_role(&in, told[i].flags, told[i].server_named || told[i].client_named ? &named : &none,
			    &speaker, &role);
		assert_int_equal(role, told[i].role);
		assert_int_equal(speaker, told[i].speaker);
	}
	assert_true(belief_role_feeds(ROLE_CLIENT, ROLE_RESOLVER));
	assert_true(belief_role_feeds(ROLE_CLIENT, ROLE_CLIENT));
	assert_false(belief_role_feeds(ROLE_RESOLVER, ROLE_CLIENT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_whom_it_concerns),
		cmocka_unit_test(counts_the_rest),
		cmocka_unit_test(queries_and_noise_are_counted),
		cmocka_unit_test(belief_is_this_table),
		cmocka_unit_test(role_is_told_by_source_resolver_or_flags),
	};
	int failed;

	psl = made_psl();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	psl_close(psl);
	return failed;
}
