/* SPDX-License-Identifier: Apache-2.0 */
/* partition_test.c -- what counts as a look-up and what becomes of it: rows of messages, and what is known
 * then. */
#include "profile/made_profile.h"
#include "profile/members.h"

#define R        RECURSIVE
#define ONE(ttl) "a.com A | a a.com " #ttl " A 1.0.0.1"
#define TWO(ttl) "a.com A | a a.com " #ttl " A 1.0.0.2"
#define SERVED                                                                                               \
	" | n a.com 900 NS ns1.b.net | n a.com 900 NS ns2.b.net | d ns1.b.net 900 A 2.0.0.1 | d ns2.b.net "  \
	"900 A 2.0.0.2"

enum { ROW_MESSAGES = 12 };

static const struct row {
	const char *title;
	struct seen seen[ROW_MESSAGES];
	const char *domain, *expected;
	unsigned sightings, repeats, lookups, other; /* of partitions of domains; 0: not looked at */
} rows[] = {
	{"one look-up",
	 {{0, R, ONE(300), 0, 0, 0, 0, 0, false}},
	 "a.com",
	 "a.com 1+0\n a.com h ttl 300-300: 1.0.0.1x1\n",
	 1,
	 0,
	 1,
	 0},
	{"a TTL that counts down is a repeat",
	 {{.at_s = 0, .flags = R, .message = ONE(300)},
	  {.at_s = 100, .flags = R, .message = ONE(200)},
	  {.at_s = 299, .flags = R, .message = ONE(1)}},
	 "a.com",
	 "a.com 1+0\n a.com h ttl 300-300: 1.0.0.1x1\n",
	 3,
	 2,
	 1,
	 0},
	{"a later death is a look-up",
	 {{.at_s = 0, .flags = R, .message = ONE(300)}, {.at_s = 300, .flags = R, .message = ONE(300)}},
	 "a.com",
	 "a.com 2+0\n a.com h ttl 300-300: 1.0.0.1x2\n",
	 2,
	 0,
	 2,
	 0},
	{"another cache at the same place, half way",
	 {{.at_s = 0, .flags = R, .message = ONE(300)}, {.at_s = 150, .flags = R, .message = ONE(300)}},
	 "a.com",
	 "a.com 2+0\n a.com h ttl 300-300: 1.0.0.1x2\n",
	 2,
	 0,
	 2,
	 0},
	{"whole seconds: a death one second later is the same",
	 {{.at_s = 0, .flags = R, .message = ONE(300)}, {.at_s = 101, .flags = R, .message = ONE(200)}},
	 "a.com",
	 "a.com 1+0\n a.com h ttl 300-300: 1.0.0.1x1\n",
	 2,
	 1,
	 1,
	 0},
	{"two seconds later is another",
	 {{.at_s = 0, .flags = R, .message = ONE(300)}, {.at_s = 102, .flags = R, .message = ONE(200)}},
	 "a.com",
	 "a.com 2+0\n a.com h ttl 200-300: 1.0.0.1x2\n",
	 2,
	 0,
	 2,
	 0},
	{"TTL 0: retransmitted at once, and looked up again later",
	 {{.at_s = 0, .flags = R, .message = ONE(0)},
	  {.at_s = 0, .flags = R, .message = ONE(0)},
	  {.at_s = 1, .flags = R, .message = ONE(0)},
	  {.at_s = 9, .flags = R, .message = ONE(0)}},
	 "a.com",
	 "a.com 2+0\n a.com h ttl 0-0: 1.0.0.1x2\n",
	 4,
	 2,
	 2,
	 0},
	{"a late record of before",
	 {{.at_s = 1000, .flags = R, .message = ONE(300)}, {.at_s = 100, .flags = R, .message = ONE(300)}},
	 "a.com",
	 "a.com 1+0\n a.com h ttl 300-300: 1.0.0.1x1\n",
	 2,
	 1,
	 1,
	 0},
	{"served stale: no look-up, whatever its TTL",
	 {{.at_s = 0, .flags = R, .message = ONE(30)},
	  {.at_s = 100, .flags = R, .message = ONE(30), .stale = true},
	  {.at_s = 900, .flags = R, .message = ONE(300), .stale = true}},
	 "a.com",
	 "a.com 1+0\n a.com h ttl 30-30: 1.0.0.1x1\n",
	 3,
	 2,
	 1,
	 0},
	{"the same without the mark",
	 {{.at_s = 0, .flags = R, .message = ONE(30)},
	  {.at_s = 100, .flags = R, .message = ONE(30)},
	  {.at_s = 900, .flags = R, .message = ONE(300)}},
	 "a.com",
	 "a.com 3+0\n a.com h ttl 30-300: 1.0.0.1x3\n",
	 3,
	 0,
	 3,
	 0},
	{"aggregates always count, as often as they say",
	 {{.at_s = 0, .flags = R, .message = ONE(300), .lacks = LACK_LOOKUPS, .count = 5, .span_s = 9},
	  {.at_s = 0, .flags = R, .message = ONE(300), .lacks = LACK_LOOKUPS, .count = 5, .span_s = 9},
	  {.at_s = 1, .flags = R, .message = ONE(20), .lacks = LACK_LOOKUPS, .count = 7, .span_s = 9}},
	 "a.com",
	 "a.com 17+0\n a.com h ttl 20-300: 1.0.0.1x17\n",
	 3,
	 0,
	 17,
	 0},
	{"without TTLs a sighting a second",
	 {{.at_s = 0, .flags = R, .message = ONE(300), .lacks = LACK_TTL},
	  {.at_s = 1, .flags = R, .message = ONE(300), .lacks = LACK_TTL},
	  {.at_s = 7, .flags = R, .message = ONE(300), .lacks = LACK_TTL}},
	 "a.com",
	 "a.com 2+0\n a.com h: 1.0.0.1x2\n",
	 3,
	 1,
	 2,
	 0},
	{"both sides of a resolver: once its far side is seen, the near one is silent",
	 {{.at_s = 0, .flags = R, .message = ONE(60), .role = ROLE_CLIENT},
	  {.at_s = 10, .flags = R, .message = TWO(60), .role = ROLE_RESOLVER},
	  {.at_s = 100, .flags = R, .message = ONE(60), .role = ROLE_CLIENT},
	  {.at_s = 200, .flags = R, .message = "a.com A | a a.com 60 A 1.0.0.9", .role = ROLE_CLIENT},
	  {.at_s = 300, .flags = R, .message = TWO(60), .role = ROLE_RESOLVER}},
	 "a.com",
	 "a.com 3+0\n a.com h ttl 60-60: 1.0.0.2x2m 1.0.0.1x1\n",
	 5,
	 0,
	 3,
	 2},
	{"an authority comes before a resolver",
	 {{.at_s = 0, .flags = AUTHORITY, .message = ONE(60), .role = ROLE_AUTHORITY},
	  {.at_s = 100, .flags = R, .message = TWO(60), .role = ROLE_RESOLVER},
	  {.at_s = 100, .flags = R, .message = TWO(60), .role = ROLE_CLIENT}},
	 "a.com",
	 "a.com 1+0\n a.com h ttl 60-60: 1.0.0.1x1\n",
	 3,
	 0,
	 1,
	 2},
	{"each vantage has its own side",
	 {{.at_s = 0, .flags = R, .message = ONE(60), .vantage = 0, .role = ROLE_RESOLVER},
	  {.at_s = 100, .flags = R, .message = TWO(60), .vantage = 1, .role = ROLE_CLIENT}},
	 "a.com",
	 "a.com 2+0\n a.com h ttl 60-60: 1.0.0.2x1 1.0.0.1x1\n",
	 2,
	 0,
	 2,
	 0},
	{"vantages over fifteen are one",
	 {{.at_s = 0, .flags = R, .message = ONE(60), .vantage = 15, .role = ROLE_RESOLVER},
	  {.at_s = 100, .flags = R, .message = TWO(60), .vantage = 40, .role = ROLE_CLIENT},
	  {.at_s = 200, .flags = R, .message = TWO(60), .vantage = 14, .role = ROLE_CLIENT}},
	 "a.com",
	 "a.com 2+0\n a.com h ttl 60-60: 1.0.0.2x1 1.0.0.1x1\n",
	 3,
	 0,
	 2,
	 1},
	{"the same cache seen from two places is one look-up",
	 {{.at_s = 0, .flags = R, .message = ONE(300), .vantage = 0},
	  {.at_s = 60, .flags = R, .message = ONE(240), .vantage = 1}},
	 "a.com",
	 "a.com 1+0\n a.com h ttl 300-300: 1.0.0.1x1\n",
	 2,
	 1,
	 1,
	 0},
	{"two places with caches of their own are two",
	 {{.at_s = 0, .flags = R, .message = ONE(300), .vantage = 0},
	  {.at_s = 60, .flags = R, .message = ONE(300), .vantage = 1}},
	 "a.com",
	 "a.com 2+0\n a.com h ttl 300-300: 1.0.0.1x2\n",
	 2,
	 0,
	 2,
	 0},
	{"other addresses elsewhere have not moved, later ones have",
	 {{.at_s = 0, .flags = R, .message = ONE(60), .vantage = 0},
	  {.at_s = 100, .flags = R, .message = TWO(60), .vantage = 1},
	  {.at_s = 200, .flags = R, .message = "a.com A | a a.com 60 A 1.0.0.3", .vantage = 1}},
	 "a.com",
	 "a.com 3+0\n a.com h ttl 60-60: 1.0.0.3x1m 1.0.0.2x1 1.0.0.1x1\n",
	 3,
	 0,
	 3,
	 0},
	{"all of a first answer is no move",
	 {{.at_s = 0, .flags = R, .message = ONE(60) " | a a.com 60 A 1.0.0.2"},
	  {.at_s = 100, .flags = R, .message = TWO(60) " | a a.com 60 A 1.0.0.3"}},
	 "a.com",
	 "a.com 2+0\n a.com h ttl 60-60: 1.0.0.3x1m 1.0.0.2x2 1.0.0.1x1\n",
	 2,
	 0,
	 2,
	 0},
	{"AAAA after A is no move, another AAAA is",
	 {{.at_s = 0, .flags = R, .message = ONE(60)},
	  {.at_s = 0, .flags = R, .message = "a.com AAAA | a a.com 60 AAAA 2a00::1"},
	  {.at_s = 0, .flags = R, .message = "a.com HTTPS | a a.com 60 HTTPS hint 1.0.0.7"},
	  {.at_s = 100, .flags = R, .message = "a.com AAAA | a a.com 60 AAAA 2a00::2"}},
	 "a.com",
	 "a.com 4+0\n a.com h ttl 60-60: 2a00::2x1m 1.0.0.7x1 2a00::1x1 1.0.0.1x1\n",
	 4,
	 0,
	 4,
	 0},
	{"another name's addresses are no move",
	 {{.at_s = 0, .flags = R, .message = ONE(60)},
	  {.at_s = 100, .flags = R, .message = "w.a.com A | a w.a.com 60 A 1.0.0.2"}},
	 "a.com",
	 "a.com 2+0\n w.a.com h ttl 60-60: 1.0.0.2x1\n a.com h ttl 60-60: 1.0.0.1x1\n",
	 2,
	 0,
	 2,
	 0},
	{"the zone's own TTL is the largest seen",
	 {{.at_s = 0, .flags = R, .message = ONE(7)}, {.at_s = 100, .flags = R, .message = ONE(300)}},
	 "a.com",
	 "a.com 2+0\n a.com h ttl 7-300: 1.0.0.1x2\n",
	 2,
	 0,
	 2,
	 0},
	{"an alias within the domain",
	 {{.at_s = 0,
	   .flags = R,
	   .message = "w.a.com A | a w.a.com 60 CNAME x.a.com | a x.a.com 60 A 1.0.0.1"}},
	 "a.com",
	 "a.com 1+0\n w.a.com a via x.a.com:\n x.a.com h ttl 60-60: 1.0.0.1x1\n",
	 1,
	 0,
	 1,
	 0},
	{"an alias to another domain: the asker",
	 {{.at_s = 0,
	   .flags = R,
	   .message = "w.a.com A | a w.a.com 60 CNAME x.b.net | a x.b.net 60 A 1.0.0.1"}},
	 "a.com",
	 "a.com 1+0\n x.b.net f:\n w.a.com a ttl 60-60 via x.b.net: 1.0.0.1x1\n",
	 2,
	 0,
	 2,
	 0},
	{"an alias to another domain: the asked",
	 {{.at_s = 0,
	   .flags = R,
	   .message = "w.a.com A | a w.a.com 60 CNAME x.b.net | a x.b.net 60 A 1.0.0.1"}},
	 "b.net",
	 "b.net 1+0\n w.a.com af via x.b.net:\n x.b.net h ttl 60-60: 1.0.0.1x1\n",
	 2,
	 0,
	 2,
	 0},
	{"an alias that leads elsewhere each time, seen without addresses",
	 {{.at_s = 0, .flags = R, .message = "w.a.com A | a w.a.com 60 CNAME x.b.net"},
	  {.at_s = 9, .flags = R, .message = "w.a.com A | a w.a.com 60 CNAME y.b.net"},
	  {.at_s = 19, .flags = R, .message = "w.a.com A | a w.a.com 60 CNAME z.c.org"},
	  {.at_s = 20, .flags = R, .message = "w.a.com A | a w.a.com 40 CNAME z.c.org"},
	  {.at_s = 90, .flags = R, .message = "w.a.com A | a w.a.com 60 CNAME y.b.net"}},
	 "a.com",
	 "a.com 0+0\n z.c.org f:\n y.b.net f:\n x.b.net f:\n"
	 " w.a.com a via z.c.org of x.b.net y.b.net! z.c.org!:\n",
	 5,
	 1,
	 4,
	 0},
	{"elsewhere from each vantage is no move",
	 {{.at_s = 0, .flags = R, .message = "w.a.com A | a w.a.com 60 CNAME x.b.net"},
	  {.at_s = 9, .flags = R, .message = "w.a.com A | a w.a.com 60 CNAME y.b.net", .vantage = 1}},
	 "a.com",
	 "a.com 0+0\n y.b.net f:\n x.b.net f:\n w.a.com a via y.b.net of x.b.net y.b.net:\n",
	 2,
	 0,
	 2,
	 0},
	{"an alias that leads elsewhere each time, with addresses",
	 {{.at_s = 0,
	   .flags = R,
	   .message = "w.a.com A | a w.a.com 60 CNAME x.b.net | a x.b.net 60 A 1.0.0.1"},
	  {.at_s = 90,
	   .flags = R,
	   .message = "w.a.com A | a w.a.com 60 CNAME y.b.net | a y.b.net 60 A 1.0.0.2"}},
	 "a.com",
	 "a.com 2+0\n y.b.net f:\n x.b.net f:\n"
	 " w.a.com a ttl 60-60 via y.b.net of x.b.net y.b.net!: 1.0.0.2x1m 1.0.0.1x1\n",
	 4,
	 0,
	 4,
	 0},
	{"servers of another domain",
	 {{.at_s = 0, .flags = R, .message = ONE(60) SERVED}},
	 "a.com",
	 "a.com 1+1\n a.com hz ttl 60-60: 1.0.0.1x1\n served by\n ns1.b.net s ttl 900-900: 2.0.0.1x1\n"
	 " served by\n ns2.b.net s ttl 900-900: 2.0.0.2x1\n",
	 4,
	 0,
	 4,
	 0},
	{"a server of two zones, and of two sets of one, once",
	 {{.at_s = 0, .flags = R, .message = ONE(60) SERVED},
	  {.at_s = 9, .flags = R, .message = TWO(60) " | n a.com 900 NS ns2.b.net"},
	  {.at_s = 9,
	   .flags = R,
	   .message = "w.s.a.com A | a w.s.a.com 60 A 1.0.0.1 | n s.a.com 900 NS ns1.b.net"}},
	 "a.com",
	 "a.com 3+3\n s.a.com z:\n w.s.a.com h ttl 60-60: 1.0.0.1x1\n a.com hz ttl 60-60: 1.0.0.2x1m "
	 "1.0.0.1x1\n"
	 " served by\n ns1.b.net s ttl 900-900: 2.0.0.1x1\n served by\n ns2.b.net s ttl 900-900: 2.0.0.2x1\n",
	 8,
	 0,
	 8,
	 0},
	{"their own domain learns that they serve",
	 {{.at_s = 0, .flags = R, .message = ONE(60) SERVED}},
	 "b.net",
	 "b.net 2+0\n ns2.b.net s ttl 900-900: 2.0.0.2x1\n ns1.b.net s ttl 900-900: 2.0.0.1x1\n",
	 4,
	 0,
	 4,
	 0},
	{"servers of its own are its owners",
	 {{.at_s = 0,
	   .flags = R,
	   .message = ONE(60) " | n a.com 900 NS ns1.a.com | d ns1.a.com 900 A 2.0.0.1"}},
	 "a.com",
	 "a.com 1+1\n ns1.a.com s ttl 900-900: 2.0.0.1x1\n a.com hz ttl 60-60: 1.0.0.1x1\n",
	 3,
	 0,
	 3,
	 0},
};

static void check_counts(const struct profiles *s, const struct row *r)
{
	struct profile_counts c = made_counts(s);

	if (c.sightings != r->sightings || c.repeats != r->repeats || c.lookups != r->lookups ||
	    c.other_role != r->other)
		fail_msg("%s: %u sightings, %u repeats, %u look-ups, %u of another role", r->title,
			 (unsigned)c.sightings, (unsigned)c.repeats, (unsigned)c.lookups,
			 (unsigned)c.other_role);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7});
		size_t n = 0;

		while (n < ROW_MESSAGES && rows[i].seen[n].message != NULL)
			n++;
		made_see(s, rows[i].seen, n);
		made_expect(s, rows[i].title, rows[i].domain, rows[i].expected);
		check_counts(s, &rows[i]);
		made_profiles_close(s);
	}
}

/* One server of a thousand zones is one owner in each group's partition of servers. */
static void test_servers_stand_once(void **state)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7});
	struct partition *p;
	size_t owners = 0;
	uint32_t number, list[4];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		char text[200];
		struct seen row = {.at_s = i, .flags = R, .message = text};

		snprintf(text, sizeof text,
			 "d%u.com A | a d%u.com 60 A 1.0.0.1 | n d%u.com 900 NS ns.b.net | d ns.b.net 900 A "
			 "2.0.0.%u",
			 i, i, i, 1 + i / 500);
		made_see(s, &row, 1);
	}
	for (unsigned i = OBS_PARTITIONS; i < OBS_ALL; i++) {
		assert_int_equal(s->parts[i].n_domains, 1);
		owners += s->parts[i].n_owners;
	}
	assert_int_equal(owners, OBS_GROUPS);
	for (unsigned i = 0; i < 1000; i += 111) {
		char name[20];

		snprintf(name, sizeof name, "d%u.com", i);
		p = made_find(s, name, &number);
		assert_non_null(p);
		assert_int_equal(partition_servers(p, number, list, 4), 1);
		assert_int_equal(partition_servers(p, number, list, 0), 0);
		assert_int_equal(p->servers->owners[list[0]].n_pairs, 2);
	}
	made_profiles_close(s);
}

static const struct domain *known(struct profiles *s, const char *domain, struct partition **p)
{
	uint32_t number;

	*p = made_find(s, domain, &number);
	assert_non_null(*p);
	return &(*p)->domains[number];
}

/* ---- what the member space is told ---- */

static const struct {
	const char *title;
	struct seen seen[4];
	const char *domain, *expected; /* addresses and roles */
} told_rows[] = {
	{"once, however often seen",
	 {{.at_s = 0, .flags = R, .message = ONE(60)}, {.at_s = 100, .flags = R, .message = ONE(60)}},
	 "a.com",
	 "1.0.0.1 h\n"},
	{"once for each owner",
	 {{.at_s = 0, .flags = R, .message = ONE(60)},
	  {.at_s = 0, .flags = R, .message = "w.a.com A | a w.a.com 60 A 1.0.0.1"}},
	 "a.com",
	 "1.0.0.1 h\n1.0.0.1 h\n"},
	{"IPv6 by its /56",
	 {{.at_s = 0, .flags = R, .message = "a.com AAAA | a a.com 60 AAAA 2a00:1:2:3456:7::8"}},
	 "a.com",
	 "2a00:1:2:3400:: h\n"},
	{"servers, by their own domain",
	 {{.at_s = 0, .flags = R, .message = ONE(60) SERVED}},
	 "b.net",
	 "2.0.0.1 s\n2.0.0.2 s\n"},
	{"servers, not by the domain they serve",
	 {{.at_s = 0, .flags = R, .message = ONE(60) SERVED}},
	 "a.com",
	 "1.0.0.1 h\n"},
	{"where an alias leads",
	 {{.at_s = 0,
	   .flags = R,
	   .message = "w.a.com A | a w.a.com 60 CNAME x.b.net | a x.b.net 60 A 1.0.0.1"}},
	 "a.com",
	 "1.0.0.1 a\n"},
};

static void test_what_members_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof told_rows / sizeof *told_rows; i++) {
		struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7});
		const struct fresh *f;
		struct buf text = {0};
		struct partition *p;
		uint64_t hash;
		size_t n = 0;

		while (n < 4 && told_rows[i].seen[n].message != NULL)
			n++;
		made_see(s, told_rows[i].seen, n);
		hash = known(s, told_rows[i].domain, &p)->hash;
		f = (const struct fresh *)(const void *)p->fresh.bytes;
		for (n = 0; n < p->fresh.len / sizeof *f; n++) {
			char addr[ADDR_TEXT_MAX];

			assert_int_equal(f[n].domain, hash);
			assert_int_equal(f[n].part, members_part_of(&f[n].addr, 5));
			addr_to_text(&f[n].addr, addr);
			buf_printf(&text, "%s ", addr);
			made_bits(&text, f[n].role, "haNsig!");
			buf_add_char(&text, '\n');
		}
		if (strcmp(buf_text(&text), told_rows[i].expected) != 0)
			fail_msg("%s: %s", told_rows[i].title, buf_text(&text));
		buf_fini(&text);
		made_profiles_close(s);
	}
}

/* ---- names that an alias leads to ---- */

/* Each owner is kept once, so are the ends; of more than are kept the last is told all the same. */
static void test_many_targets(void **state)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7});
	const struct owner *w = NULL;
	struct partition *p;
	const struct domain *d;

	(void)state;
	for (unsigned i = 0; i < 2 * 90; i++) {
		char text[80];

		snprintf(text, sizeof text,
			 "w.a.com A | a w.a.com 1 CNAME n%u.a.com | a n%u.a.com 1 A 1.0.0.1", i % 90, i % 90);
		made_see(s, &(struct seen){.at_s = 100 * i, .flags = R, .message = text}, 1);
	}
	d = known(s, "a.com", &p);
	assert_int_equal(d->n_owners, 91);
	for (uint32_t i = d->owners; i != NONE; i = p->owners[i].next)
		w = (p->owners[i].roles & OWNER_ALIAS) != 0 ? &p->owners[i] : w;
	assert_non_null(w);
	assert_int_equal(owner_targets(w), OWNER_TARGETS_MAX);
	for (unsigned i = 0; i < OWNER_TARGETS_MAX; i++) {
		char name[NAME_TEXT_MAX], expected[20];
		uint32_t target = partition_target(p, w, i);

		name_to_text(partition_name(p, p->owners[target & ~TARGET_MOVED].name), name);
		assert_true(((target & TARGET_MOVED) != 0) == (i != 0)); /* the alias was known by then */
		snprintf(expected, sizeof expected, "n%u.a.com", i);
		assert_string_equal(name, expected);
	}
	made_profiles_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_servers_stand_once),
		cmocka_unit_test(test_what_members_are_told),
		cmocka_unit_test(test_many_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
