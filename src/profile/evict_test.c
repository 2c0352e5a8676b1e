/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evict_test.c -- what a full partition gives up, that the rest goes on as if nothing had been given up, and
 * that nothing depends on bucket keys, batches, or loads started ahead.
 */
#include "profile/made_profile.h"
#include "profile/members.h"
#include "profile/newcomers.h"

#define R RECURSIVE

/* Shows a domain with so many addresses, all in one answer. */
static void see_domain(struct profiles *s, const char *name, unsigned at_s, unsigned addresses)
{
	struct buf text = {0};
	struct seen row = {.at_s = at_s, .flags = R};

	buf_printf(&text, "%s A", name);
	for (unsigned i = 0; i < addresses; i++)
		buf_printf(&text, " | a %s 60 A 1.0.%u.%u", name, i / 250, i % 250 + 1);
	row.message = buf_text(&text);
	made_see(s, &row, 1);
	buf_fini(&text);
}

static size_t kept(const struct partition *p)
{
	return p->n_domains + p->newcomers.n;
}

static bool is_known(struct profiles *s, const char *name)
{
	uint32_t number;

	return made_find(s, name, &number) != NULL;
}

/* The domains of a partition, so many addresses each, in this order; half of the memory is for less than all.
 */
static const struct {
	const char *title;
	struct {
		const char *name;
		unsigned at_s, addresses;
		uint8_t verdict, accused;
	} domains[4];
	const char *kept; /* one that stays, and one that goes */
	const char *gone;
} worth_rows[] = {
	{"what its own evidence accuses, before all",
	 {{"old.com", 0, 1, 0, 1}, {"a.com", 90, 40, 2, 0}, {"b.com", 90, 40, 2, 0}, {"c.com", 90, 40, 2, 0}},
	 "old.com",
	 "a.com"},
	{"a doubt before size",
	 {{"small.com", 0, 1, 1, 0},
	  {"a.com", 90, 40, 0, 0},
	  {"b.com", 90, 40, 0, 0},
	  {"c.com", 90, 40, 0, 0}},
	 "small.com",
	 "a.com"},
	{"size before recency",
	 {{"large.com", 0, 30, 0, 0},
	  {"a.com", 90, 15, 0, 0},
	  {"b.com", 91, 15, 0, 0},
	  {"c.com", 92, 15, 0, 0}},
	 "large.com",
	 "a.com"},
	{"of one size the latest",
	 {{"late.com", 99, 30, 0, 0}, {"a.com", 2, 16, 0, 0}, {"b.com", 1, 31, 0, 0}, {"c.com", 3, 20, 0, 0}},
	 "late.com",
	 "b.com"},
};

static void set_marks(struct profiles *s, const char *name, uint8_t verdict, uint8_t accused)
{
	uint32_t n;
	struct partition *p = made_find(s, name, &n);

	assert_non_null(p);
	p->domains[n].verdict = verdict;
	p->domains[n].accused = accused;
}

static void test_worth(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof worth_rows / sizeof *worth_rows; i++) {
		struct profiles *s = made_profiles(&(struct made_config){
			.bucket_key = 7, .memory_bytes = 9000, .together = true, .pairs_max = 1000});

		for (unsigned k = 0; k < 4; k++) {
			see_domain(s, worth_rows[i].domains[k].name, worth_rows[i].domains[k].at_s,
				   worth_rows[i].domains[k].addresses);
			set_marks(s, worth_rows[i].domains[k].name, worth_rows[i].domains[k].verdict,
				  worth_rows[i].domains[k].accused);
		}
		assert_true(partition_trim(&s->parts[0]));
		if (!is_known(s, worth_rows[i].kept) || is_known(s, worth_rows[i].gone))
			fail_msg("%s: kept %d, gone %d", worth_rows[i].title, is_known(s, worth_rows[i].kept),
				 !is_known(s, worth_rows[i].gone));
		assert_int_equal(s->parts[0].counts.evictions, 1);
		assert_int_equal(s->parts[0].counts.evicted_domains, 4 - kept(&s->parts[0]));
		made_profiles_close(s);
	}
}

static void test_no_trim_within_the_share(void **state)
{
	static const size_t memory[] = {0, 1 << 20};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct profiles *s = made_profiles(
			&(struct made_config){.bucket_key = 7, .memory_bytes = memory[i], .together = true});
		struct buf before = {0}, after = {0};

		see_domain(s, "a.com", 0, 50);
		made_whole_text(&before, s);
		assert_false(partition_trim(&s->parts[0]));
		made_whole_text(&after, s);
		assert_string_equal(buf_text(&before), buf_text(&after));
		assert_int_equal(s->parts[0].counts.evictions, 0);
		buf_fini(&before);
		buf_fini(&after);
		made_profiles_close(s);
	}
}

/* After a trim the partition takes about half of its share, by its own account. */
static void test_half_is_free(void **state)
{
	struct profiles *s = made_profiles(
		&(struct made_config){.bucket_key = 7, .memory_bytes = 200000, .together = true});
	struct partition *p = &s->parts[0];
	unsigned trims = 0;

	(void)state;
	for (unsigned i = 0; i < 8000; i++) {
		char name[20];

		snprintf(name, sizeof name, "d%u.com", i);
		see_domain(s, name, i, 1);
		if (!partition_trim(p))
			continue;
		trims++;
		assert_true(partition_octets(p) - p->fresh.room <= 100000 + 2 * NEWCOMER_BLOCK_OCTETS);
		assert_true(kept(p) > 150);
		assert_true(is_known(s, name)); /* a flood of names seen once pushes out its oldest */
		buf_clear(&p->fresh);
	}
	assert_true(trims > 5 && trims < 100);
	assert_int_equal(p->counts.evictions, trims);
	assert_int_equal(p->counts.evicted_domains + kept(p), 8000);
	made_profiles_close(s);
}

/* ---- what is kept goes on ---- */

/* A domain with all that hangs on one: aliases, servers of its own and others', moves, repeats. */
static const struct seen before_trim[] = {
	{.at_s = 0,
	 .flags = R,
	 .message = "w.a.com A | a w.a.com 60 CNAME x.a.com | a x.a.com 60 A 1.0.0.1 | "
		    "n a.com 900 NS ns1.b.net | n a.com 900 NS ns.a.com | "
		    "d ns1.b.net 900 A 2.0.0.1 | d ns.a.com 900 A 2.0.0.9"},
	{.at_s = 30, .flags = R, .message = "a.com A | a a.com 300 A 1.0.0.1 | a a.com 300 A 1.0.0.2"},
	{.at_s = 40,
	 .flags = R,
	 .message = "v.a.com A | a v.a.com 60 CNAME y.c.net | a y.c.net 60 A 3.0.0.1"},
	{.at_s = 400, .flags = R, .message = "a.com A | a a.com 300 A 1.0.0.3 | a a.com 300 A 1.0.0.2"},
	{.at_s = 400, .flags = R, .message = "a.com AAAA | a a.com 300 AAAA 2a00::1"},
	{.at_s = 400, .flags = R, .message = "u.a.com A | a u.a.com 9 CNAME u1.c.net"},
	{.at_s = 410, .flags = R, .message = "u.a.com A | a u.a.com 9 CNAME u2.c.net"},
	{.at_s = 420, .flags = R, .message = "u.a.com A | a u.a.com 9 CNAME u3.c.net"},
};

static const struct seen after_trim[] = {
	/* a repeat, a look-up, a move, and all of it once more */
	{.at_s = 500, .flags = R, .message = "a.com A | a a.com 200 A 1.0.0.3 | a a.com 200 A 1.0.0.2"},
	{.at_s = 800, .flags = R, .message = "a.com A | a a.com 300 A 1.0.0.3 | a a.com 300 A 1.0.0.2"},
	{.at_s = 900, .flags = R, .message = "a.com A | a a.com 300 A 1.0.0.4"},
	{.at_s = 900,
	 .flags = R,
	 .message = "w.a.com A | a w.a.com 60 CNAME x.a.com | a x.a.com 60 A 1.0.0.5"},
	{.at_s = 901,
	 .flags = R,
	 .message = "a.com A | a a.com 60 A 1.0.0.1 | n a.com 900 NS ns1.b.net | "
		    "n a.com 900 NS ns2.b.net | d ns2.b.net 900 A 2.0.0.2"},
	{.at_s = 902, .flags = R, .message = "n.a.com A | a n.a.com 60 A 1.0.0.1"},
	{.at_s = 902, .flags = R, .message = "u.a.com A | a u.a.com 9 CNAME u2.c.net"},
	{.at_s = 920, .flags = R, .message = "u.a.com A | a u.a.com 9 CNAME u4.c.net"},
	{.at_s = 930, .flags = R, .message = "u.a.com A | a u.a.com 9 CNAME u5.c.net"},
	{.at_s = 990,
	 .flags = R,
	 .message = "v.a.com A | a v.a.com 60 CNAME y.c.net | a y.c.net 60 A 3.0.0.1"},
};

static void see_filler(struct profiles *s, unsigned domains)
{
	for (unsigned i = 0; i < domains; i++) {
		char name[20];

		snprintf(name, sizeof name, "f%u.com", i);
		see_domain(s, name, i, 1);
	}
}

/* The text of a.com at the end, with a trim between or without. */
static void with_trim(bool trim, struct buf *text)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7,
								 .memory_bytes = 24000,
								 .together = true,
								 .owners_max = 100,
								 .pairs_max = 100});
	struct partition *p = &s->parts[0];
	uint32_t number;

	see_filler(s, 250);
	made_see(s, before_trim, sizeof before_trim / sizeof *before_trim);
	see_filler(s, 250);
	if (trim) {
		size_t n = kept(p);

		assert_true(partition_trim(p));
		assert_true(kept(p) < n && kept(p) > 3);
		assert_false(is_known(s, "f0.com"));
	}
	assert_non_null(made_find(s, "a.com", &number));
	made_domain_text(text, p, number, true);
	made_see(s, after_trim, sizeof after_trim / sizeof *after_trim);
	made_domain_text(text, p, number, false);
	made_domain_text(text, p, number, true);
	made_profiles_close(s);
}

static void test_what_is_kept_goes_on(void **state)
{
	struct buf with = {0}, without = {0};

	(void)state;
	with_trim(true, &with);
	with_trim(false, &without);
	assert_non_null(strstr(buf_text(&with), "served by\n ns2.b.net"));
	assert_non_null(
		strstr(buf_text(&with), " via u5.c.net of u1.c.net u2.c.net! u3.c.net! u4.c.net! u5.c.net!"));
	assert_string_equal(buf_text(&with), buf_text(&without));
	buf_fini(&with);
	buf_fini(&without);
}

static void test_sketches_stay(void **state)
{
	struct profiles *s = made_profiles(&(struct made_config){
		.bucket_key = 7, .memory_bytes = 60000, .together = true, .owners_max = 20, .pairs_max = 30});
	uint64_t names, addresses;
	struct partition *p;
	uint32_t n;

	(void)state;
	see_domain(s, "first.com", 0, 60); /* so that a sketch is given up too */
	for (unsigned i = 0; i < 500; i++) {
		char name[20];

		snprintf(name, sizeof name, "w%u.a.com", i);
		see_domain(s, name, i, 60);
	}
	see_filler(s, 60);
	p = made_find(s, "a.com", &n);
	set_marks(s, "a.com", 1, 0);
	names = sketch_count(&p->sketches[p->domains[n].more_owners]);
	addresses = sketch_count(&p->sketches[p->domains[n].more_pairs]);
	assert_true(names > 300 && addresses > 30);
	for (unsigned i = 0; !partition_trim(p); i++) {
		char name[20];

		snprintf(name, sizeof name, "g%u.com", i);
		see_domain(s, name, i, 1);
	}
	assert_non_null(made_find(s, "a.com", &n));
	assert_int_equal(sketch_count(&p->sketches[p->domains[n].more_owners]), names);
	assert_int_equal(sketch_count(&p->sketches[p->domains[n].more_pairs]), addresses);
	made_profiles_close(s);
}

/* What waits for the member space is not lost with the domain. */
static void test_what_was_told_stays_told(void **state)
{
	struct profiles *s = made_profiles(
		&(struct made_config){.bucket_key = 7, .memory_bytes = 20000, .together = true});
	struct partition *p = &s->parts[0];

	(void)state;
	see_filler(s, 60);
	partition_admit(p, &(struct admission){.homes_least = 0});
	assert_int_equal(p->fresh.len / sizeof(struct fresh), 60);
	assert_true(partition_trim(p));
	assert_true(kept(p) < 60);
	assert_int_equal(p->fresh.len / sizeof(struct fresh), 60);
	assert_int_equal(p->fresh.cap, 20000 / 8);
	made_profiles_close(s);
}

static void test_servers_begin_anew(void **state)
{
	struct profiles *s = made_profiles(
		&(struct made_config){.bucket_key = 7, .memory_bytes = 30000, .together = true});
	struct partition *p = &s->parts[0], *servers = &s->parts[OBS_PARTITIONS];
	uint32_t n, list[4];

	(void)state;
	for (unsigned i = 0; partition_octets(servers) <= 30000; i++) {
		char text[200];
		struct seen row = {.at_s = i, .flags = R, .message = text};

		snprintf(text, sizeof text,
			 "a.com A | a a.com 60 A 1.0.0.1 | n a.com 900 NS n%u.b.net | "
			 "d n%u.b.net 900 A 2.0.%u.%u",
			 i, i, i / 250, i % 250);
		made_see(s, &row, 1);
	}
	assert_non_null(made_find(s, "a.com", &n));
	assert_int_equal(partition_servers(p, n, list, 4), 4);
	assert_true(partition_trim(servers));
	assert_int_equal(servers->n_owners, 0);
	assert_int_equal(servers->counts.evictions, 1);
	assert_int_equal(partition_servers(p, n, list, 4), 0);
	made_see(s, before_trim, 1);
	assert_int_equal(partition_servers(p, n, list, 4), 1);
	made_profiles_close(s);
}

/* ---- nothing depends on ... ---- */

/* A random mix of few names and addresses, so that all tables are met in all states. */
static void see_mix(struct profiles *s, unsigned n)
{
	static const char *const forms[] = {
		"w%u.d%u.com A | a w%u.d%u.com %u A 1.0.%u.%u",
		"d%2$u.com A | a d%2$u.com %5$u A 1.0.%6$u.%7$u | a d%2$u.com %5$u A 1.1.%1$u.%7$u",
		"w%u.d%u.com A | a w%u.d%u.com %u CNAME d%6$u.net | a d%6$u.net %5$u A 1.0.%6$u.%7$u",
		"w%u.d%u.com A | a w%u.d%u.com %u A 1.0.%u.%u | n d%2$u.com 900 NS n%6$u.s%7$u.net | "
		"n d%2$u.com 900 NS n.d%2$u.com | d n%6$u.s%7$u.net 900 A 2.0.%1$u.%7$u | d n.d%2$u.com 60 A "
		"2.1.1.%7$u",
	};
	struct seen *rows = calloc(n, sizeof *rows);
	char(*texts)[300] = calloc(n, sizeof *texts);
	uint64_t random = 1;

	assert_true(rows != NULL && texts != NULL);
	for (unsigned i = 0; i < n; i++) {
		unsigned w, d;

		random = hash_u64(random, 1);
		w = (unsigned)(random % 5);
		d = (unsigned)(random / 5 % 40);
		snprintf(texts[i], sizeof *texts, forms[random / 200 % 4], w, d, w, d,
			 (unsigned)(random / 800 % 3) * 100, (unsigned)(random / 2400 % 4),
			 (unsigned)(random / 9600 % 9) + 1);
		rows[i] = (struct seen){.at_s = i * 7,
					.flags = R,
					.message = texts[i],
					.vantage = (uint16_t)(random / 100000 % 3)};
	}
	made_see(s, rows, n);
	free(rows);
	free(texts);
}

static const struct {
	const char *title;
	struct made_config config;
} alike[] = {
	{"the first", {.bucket_key = 1}},
	{"another key", {.bucket_key = 2}},
	{"another key", {.bucket_key = UINT64_C(0xffffffffffffffff)}},
	{"another key", {.bucket_key = UINT64_C(0x123456789abcdef0)}},
	{"another key", {.bucket_key = UINT64_C(1) << 63}},
	{"batches of 7", {.bucket_key = 1, .batch = 7}},
	{"batches of 500", {.bucket_key = 5, .batch = 500}},
	{"loads started ahead", {.bucket_key = 1, .fetch = true, .batch = 64}},
};

static void test_nothing_hangs_on_keys_or_batches(void **state)
{
	struct buf first = {0};

	(void)state;
	for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
		struct profiles *s = made_profiles(&alike[i].config);
		struct buf text = {0};

		see_mix(s, 3000);
		made_whole_text(&text, s);
		assert_true(text.len > 100000);
		if (i == 0)
			buf_add(&first, text.bytes, text.len);
		else if (strcmp(buf_text(&first), buf_text(&text)) != 0)
			fail_msg("%s: not the same", alike[i].title);
		buf_fini(&text);
		made_profiles_close(s);
	}
	buf_fini(&first);
}

static void test_no_trim_hangs_on_keys(void **state)
{
	struct buf first = {0};

	(void)state;
	for (uint64_t key = 1; key <= 5; key++) {
		struct profiles *s = made_profiles(&(struct made_config){
			.bucket_key = key * key, .memory_bytes = 60000, .together = true});
		struct buf text = {0};

		for (unsigned round = 0; round < 3; round++) {
			see_mix(s, 400);
			partition_trim(&s->parts[0]);
			partition_trim(&s->parts[OBS_PARTITIONS]);
		}
		assert_true(s->parts[0].counts.evicted_domains > 20);
		made_whole_text(&text, s);
		if (key == 1)
			buf_add(&first, text.bytes, text.len);
		else
			assert_string_equal(buf_text(&first), buf_text(&text));
		buf_fini(&text);
		made_profiles_close(s);
	}
	buf_fini(&first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worth),
		cmocka_unit_test(test_no_trim_within_the_share),
		cmocka_unit_test(test_half_is_free),
		cmocka_unit_test(test_what_is_kept_goes_on),
		cmocka_unit_test(test_sketches_stay),
		cmocka_unit_test(test_what_was_told_stays_told),
		cmocka_unit_test(test_servers_begin_anew),
		cmocka_unit_test(test_nothing_hangs_on_keys_or_batches),
		cmocka_unit_test(test_no_trim_hangs_on_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
