/* SPDX-License-Identifier: Apache-2.0 */
/*
 * newcomers_test.c -- what waits as one look-up: nobody can tell it from a profile, whenever it becomes one.
 */
#include "profile/newcomers.h"

#include "profile/made_profile.h"

#define R RECURSIVE

enum { DOMAINS = 40, MESSAGES = 200, MANY = 8000 };

/* Messages of a few domains: more of the same, other addresses, other owners, aliases to each other, servers,
 * other sides, late ones, stale ones. `draw` decides. */
static void make_message(struct buf *text, struct seen *row, uint64_t draw, unsigned step)
{
	unsigned d = (unsigned)(draw % DOMAINS), other = (unsigned)(draw >> 8 & 15), kind = draw >> 16 & 15;
	unsigned last = 1 + (unsigned)(draw >> 24 & 3), ttl = (draw >> 28 & 1) != 0 ? 60 : 0;

	buf_clear(text);
	*row = (struct seen){.at_s = step / 8 + ((draw >> 32 & 31) == 0 ? 0 : 100),
			     .flags = R,
			     .vantage = (draw >> 40 & 15) == 0,
			     .role = (draw >> 44 & 15) == 0 ? ROLE_RESOLVER : 0,
			     .lacks = (draw >> 48 & 15) == 0 ? LACK_TTL : 0,
			     .stale = (draw >> 52 & 15) == 0};
	if (kind < 6)
		buf_printf(text, "d%u.com A | a d%u.com %u A 1.0.0.%u | a d%u.com %u A 1.0.1.%u", d, d, ttl,
			   last, d, ttl, last);
	else if (kind < 8)
		buf_printf(text, "w.d%u.com AAAA | a w.d%u.com %u AAAA 2a00::%u", d, d, ttl, last);
	else if (kind < 10)
		buf_printf(text, "w.d%u.com A | a w.d%u.com 60 CNAME d%u.com | a d%u.com %u A 1.0.0.%u", d, d,
			   other, other, ttl, last);
	else if (kind < 14)
		buf_printf(text,
			   "d%u.com A | a d%u.com %u A 1.0.0.%u | n d%u.com 900 NS ns%u.d%u.com | n d%u.com "
			   "900 NS ns.d%u.com | "
			   "d ns%u.d%u.com 900 A 2.0.0.%u | d ns.d%u.com 900 A 2.0.1.%u",
			   d, d, ttl, last, d, last, other, d, d, last, other, last, d, last);
	else
		buf_printf(text, "d%u.com HTTPS | a d%u.com %u HTTPS hint 1.0.0.%u", d, d, ttl, last);
	row->message = buf_text(text);
}

/* What is known of all domains at the end, by name; with profiles made after every `often` messages. */
static void play(uint64_t seed, unsigned often, struct buf *out, uint64_t *waited)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7, .fetch = true});
	struct buf text = {0};
	struct profile_counts c;
	uint64_t draw = seed;

	for (unsigned step = 0; step < MESSAGES; step++) {
		struct seen row;

		draw = hash_u64(draw, seed);
		make_message(&text, &row, draw, step);
		made_see(s, &row, 1);
		for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
			*waited += s->parts[i].newcomers.n;
			if (often != 0 && step % often == 0)
				partition_admit(&s->parts[i], &(struct admission){.homes_least = 0});
		}
	}
	for (unsigned d = 0; d < DOMAINS; d++) {
		char name[20];
		uint32_t number;
		struct partition *p;

		snprintf(name, sizeof name, "d%u.com", d);
		p = made_find(s, name, &number);
		buf_printf(out, "%s\n", name);
		if (p != NULL)
			made_domain_text(out, p, number, true);
	}
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		made_fresh_text(out, &s->parts[i]);
	c = made_counts(s);
	buf_printf(out, "%u sightings %u repeats %u lookups %u other\n", (unsigned)c.sightings,
		   (unsigned)c.repeats, (unsigned)c.lookups, (unsigned)c.other_role);
	buf_fini(&text);
	made_profiles_close(s);
}

static void test_nobody_can_tell(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct buf at_once = {0}, late = {0}, at_the_end = {0};
		uint64_t waited[3] = {0};

		play(seed, 1, &at_once, &waited[0]);
		play(seed, 7, &late, &waited[1]);
		play(seed, 0, &at_the_end, &waited[2]);
		assert_true(waited[2] > waited[1] && waited[1] > waited[0]);
		if (strcmp(buf_text(&at_once), buf_text(&late)) != 0)
			fail_msg("seed %u:\n%s\nand late:\n%s", (unsigned)seed, buf_text(&at_once),
				 buf_text(&late));
		assert_string_equal(buf_text(&at_once), buf_text(&at_the_end));
		buf_fini(&at_once);
		buf_fini(&late);
		buf_fini(&at_the_end);
	}
}

/* ---- who waits, and who does not ---- */

#define ONE "a.com A | a a.com 60 A 1.0.0.1"

static const struct {
	const char *title;
	struct seen seen[10];
	size_t newcomers, domains;
	uint64_t repeats, lookups;
} rows[] = {
	{"one look-up", {{.at_s = 0, .flags = R, .message = ONE}}, 1, 0, 0, 1},
	{"its repeat out of the cache",
	 {{.at_s = 0, .flags = R, .message = ONE},
	  {.at_s = 20, .flags = R, .message = "a.com A | a a.com 40 A 1.0.0.1"}},
	 1,
	 0,
	 1,
	 1},
	{"a second look-up",
	 {{.at_s = 0, .flags = R, .message = ONE}, {.at_s = 100, .flags = R, .message = ONE}},
	 0,
	 1,
	 0,
	 2},
	{"other addresses",
	 {{.at_s = 0, .flags = R, .message = ONE},
	  {.at_s = 20, .flags = R, .message = "a.com A | a a.com 40 A 1.0.0.2"}},
	 0,
	 1,
	 0,
	 2},
	{"the same before it",
	 {{.at_s = 20, .flags = R, .message = ONE}, {.at_s = 0, .flags = R, .message = ONE}},
	 0,
	 1,
	 1,
	 1},
	{"a second answer at the same moment",
	 {{.at_s = 0, .flags = R, .message = ONE},
	  {.at_s = 0, .flags = R, .message = "a.com AAAA | a a.com 60 AAAA 2a00::1"}},
	 0,
	 1,
	 0,
	 2},
	{"the same from elsewhere",
	 {{.at_s = 0, .flags = R, .message = ONE}, {.at_s = 1, .flags = R, .message = ONE, .vantage = 1}},
	 0,
	 1,
	 1,
	 1},
	{"an aggregate", {{.at_s = 0, .flags = R, .message = ONE, .count = 3, .span_s = 9}}, 0, 1, 0, 3},
	{"its servers, and those at home",
	 {{.at_s = 0,
	   .flags = R,
	   .message = ONE " | n a.com 900 NS ns.a.com | n a.com 900 NS ns.b.net | d ns.a.com 900 A 2.0.0.1 | "
			  "d ns.b.net 900 A 2.0.0.2"}},
	 2,
	 1,
	 0,
	 4},
	{"two servers of one domain are two answers",
	 {{.at_s = 0,
	   .flags = R,
	   .message =
		   ONE " | n a.com 900 NS ns.b.net | n a.com 900 NS ns2.b.net | d ns.b.net 900 A 2.0.0.1 | "
		       "d ns2.b.net 900 A 2.0.0.2"}},
	 1,
	 2,
	 0,
	 4},
};

static void test_who_waits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7, .together = true});
		struct profile_counts c;
		size_t n = 0, domains;

		while (n < 10 && rows[i].seen[n].message != NULL)
			n++;
		made_see(s, rows[i].seen, n);
		c = made_counts(s);
		domains = s->parts[0].n_domains + s->parts[OBS_PARTITIONS].n_domains;
		if (s->parts[0].newcomers.n != rows[i].newcomers || domains != rows[i].domains ||
		    c.repeats != rows[i].repeats || c.lookups != rows[i].lookups)
			fail_msg("%s: %zu newcomers, %zu domains, %u repeats, %u look-ups", rows[i].title,
				 s->parts[0].newcomers.n, domains, (unsigned)c.repeats, (unsigned)c.lookups);
		made_profiles_close(s);
	}
}

/* ---- those that could be accused ---- */

static uint32_t net_of(void *context, const struct addr *a, bool *home)
{
	(void)context;
	*home = a->octets[12] == 1;
	return 1;
}

static void see(struct profiles *s, const char *message)
{
	struct seen row = {.flags = R, .message = message};

	made_see(s, &row, 1);
}

static void test_suspects(void **state)
{
	struct profiles *s =
		made_profiles(&(struct made_config){.bucket_key = 7, .together = true, .net_of = net_of});
	struct partition *p = &s->parts[0];
	struct name few = made_name("few.com");
	uint64_t hash = hash_bytes(few.octets, few.len, 7);

	(void)state;
	see(s, "few.com A | a few.com 60 A 1.0.0.1 | a few.com 60 A 1.0.0.2 | a few.com 60 A 9.0.0.3");
	see(s, "many.com A | a many.com 60 A 1.0.0.1 | a many.com 60 A 1.0.0.2 | a many.com 60 A 1.0.0.3");
	see(s, "served.com A | a served.com 60 A 9.0.0.1 | n served.com 60 NS x.b.net | n served.com 60 NS "
	       "y.c.net | "
	       "d x.b.net 60 A 1.0.2.1 | d x.b.net 60 A 1.0.2.2 | d y.c.net 60 A 1.0.2.3");
	partition_admit(p, &(struct admission){.homes_least = 4});
	assert_int_equal(p->n_domains, 0);
	partition_admit(p, &(struct admission){.homes_least = 3});
	assert_int_equal(p->n_domains, 2); /* many.com and served.com; few.com, b.net and c.net wait */
	assert_int_equal(p->newcomers.n, 3);
	assert_int_equal(p->newcomers.n_pairs, 6);
	assert_int_equal(p->newcomers.n_owners, 3);
	assert_int_equal(partition_find(p, hash, few.octets, few.len), 2);
	assert_int_equal(p->newcomers.n, 2);
	assert_int_equal(p->newcomers.n_pairs, 3);
	made_profiles_close(s);
}

/* ---- room ---- */

/* Of many that came, most are looked up again: their room is given back, and the others are where they were.
 */
static void test_room_is_given_back(void **state)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7, .together = true});
	struct partition *p = &s->parts[0];
	size_t before;

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		char text[100];

		snprintf(text, sizeof text, "d%u.com A | a d%u.com 60 A 1.0.%u.%u", i, i, i / 250, i % 250);
		see(s, text);
	}
	before = newcomers_octets(&p->newcomers);
	newcomers_compact(p);
	assert_int_equal(newcomers_octets(&p->newcomers), before);
	for (unsigned i = 0; i < MANY; i++) {
		char text[20];
		uint32_t number;

		snprintf(text, sizeof text, "d%u.com", i);
		if (i % 8 != 0)
			assert_non_null(made_find(s, text, &number));
	}
	assert_int_equal(p->newcomers.n, MANY / 8);
	assert_int_equal(newcomers_octets(&p->newcomers), before);
	newcomers_compact(p);
	assert_true(newcomers_octets(&p->newcomers) < before / 6);
	assert_int_equal(p->newcomers.n, MANY / 8);
	assert_int_equal(p->newcomers.n_pairs, MANY / 8);
	for (unsigned i = 0; i < MANY; i++) {
		char text[20];
		uint32_t number;

		snprintf(text, sizeof text, "d%u.com", i);
		assert_non_null(made_find(s, text, &number));
		assert_int_equal(p->domains[number].n_pairs, 1);
	}
	assert_int_equal(p->newcomers.n, 0);
	assert_int_equal(p->n_domains, MANY);
	made_profiles_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody_can_tell),
		cmocka_unit_test(test_who_waits),
		cmocka_unit_test(test_suspects),
		cmocka_unit_test(test_room_is_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
