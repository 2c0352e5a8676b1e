/* SPDX-License-Identifier: Apache-2.0 */
/* baseline_test.c -- the published rules over look-ups made by hand. */
#include "judge/baseline_made.h"

#include <math.h>

#include "judge/baseline.h"

#define A(at, ttl, addrs)                                                                                    \
	{                                                                                                    \
		"example.com", "www.example.com", at, ttl, addrs, false, false, 0                            \
	}
#define EIGHT "0.1 1.1 2.1 3.1 4.1 5.1 6.1 7.1"

struct row {
	const char *title;
	enum judge_method method;
	struct made answers[12];
	enum verdict verdict;
	double score;       /* NAN: none */
	const char *reason; /* a part of the first */
};

static const struct row rows[] = {
	{"an NTP pool of 8 networks",
	 METHOD_HOLZ2008,
	 {A(0, 150, "0.1 1.1 2.1 3.1"), A(150, 150, "4.1 5.1 6.1 7.1")},
	 VERDICT_FLUX,
	 158.88,
	 "www.example.com: 1.32 x 8 addresses + 18.54 x 8 networks + 0 x 0 name servers = 158.9, over "
	 "142.38"},
	{"an NTP pool of 7 networks",
	 METHOD_HOLZ2008,
	 {A(0, 150, "0.1 1.1 2.1 3.1"), A(150, 150, "3.2 4.1 5.1 6.1")},
	 VERDICT_BENIGN,
	 140.34,
	 "18.54 x 7 networks + 0 x 0 name servers = 140.3, not over 142.38"},
	{"40 addresses in 2 clouds",
	 METHOD_HOLZ2008,
	 {A(0, 60, "0.1-20"), A(60, 60, "1.1-20")},
	 VERDICT_BENIGN,
	 89.88,
	 "40 addresses"},
	{"addresses of both look-ups count once",
	 METHOD_HOLZ2008,
	 {A(0, 60, "0.1-3"), A(60, 60, "0.2-4")},
	 VERDICT_BENIGN,
	 23.82,
	 "4 addresses"},
	{"one look-up", METHOD_HOLZ2008, {A(0, 150, EIGHT)}, VERDICT_UNDECIDED, NAN, "needs two look-ups"},
	{"the same again out of a cache",
	 METHOD_HOLZ2008,
	 {A(0, 150, EIGHT), A(149, 1, EIGHT)},
	 VERDICT_UNDECIDED,
	 NAN,
	 "needs two look-ups"},
	{"the same again after the TTL",
	 METHOD_HOLZ2008,
	 {A(0, 150, EIGHT), A(150, 150, EIGHT)},
	 VERDICT_FLUX,
	 158.88,
	 "8 addresses"},
	{"another set before the TTL is over",
	 METHOD_HOLZ2008,
	 {A(0, 150, "0.1 1.1 2.1 3.1"), A(149, 150, "4.1 5.1 6.1 7.1")},
	 VERDICT_UNDECIDED,
	 NAN,
	 "needs two look-ups"},
	{"the set between is not taken",
	 METHOD_HOLZ2008,
	 {A(0, 150, "0.1"), A(100, 150, "1.1 2.1 3.1"), A(200, 150, "4.1")},
	 VERDICT_BENIGN,
	 39.72,
	 "2 addresses"},
	{"a set from before is not taken",
	 METHOD_HOLZ2008,
	 {A(0, 60, "1.1 2.1 3.1 5.1 6.1 7.1 8.1"), A(100, 60, "0.1"), A(200, 60, "4.1")},
	 VERDICT_BENIGN,
	 39.72,
	 "2 addresses"},
	{"the first set is dead and has made room: the oldest that is kept",
	 METHOD_HOLZ2008,
	 {A(0, 300, "0.1"), A(400, 300, "1.1 12.1"), A(401, 300, "2.1"), A(402, 300, "3.1"),
	  A(403, 300, "4.1"), A(404, 300, "5.1"), A(405, 300, "6.1"), A(406, 300, "7.1"), A(407, 300, "8.1"),
	  A(408, 300, "9.1")},
	 VERDICT_BENIGN,
	 59.58,
	 "3 addresses"},
	{"no network known",
	 METHOD_HOLZ2008,
	 {A(0, 60, "200.1"), A(60, 60, "201.1 0.1")},
	 VERDICT_BENIGN,
	 22.5,
	 "3 addresses + 18.54 x 1 networks"},
	{"IPv6 alone",
	 METHOD_HOLZ2008,
	 {{"example.com", "www.example.com", 0, 60, "0.1", true, false, 0},
	  {"example.com", "www.example.com", 60, 60, "1.1", true, false, 0}},
	 VERDICT_UNDECIDED,
	 NAN,
	 "no A records"},
	{"an alias is looked up too",
	 METHOD_HOLZ2008,
	 {{"example.com", "www.example.com", 0, 60, EIGHT, false, false, MEMBER_ALIAS},
	  {"example.com", "www.example.com", 60, 60, EIGHT, false, false, MEMBER_ALIAS}},
	 VERDICT_FLUX,
	 158.88,
	 "8 addresses"},
	{"hints are no A records",
	 METHOD_HOLZ2008,
	 {{"example.com", "www.example.com", 0, 60, EIGHT, false, false, MEMBER_HOST | MEMBER_HINT},
	  {"example.com", "www.example.com", 60, 60, EIGHT, false, false, MEMBER_HOST | MEMBER_HINT}},
	 VERDICT_UNDECIDED,
	 NAN,
	 "no A records"},
	{"the worst of the names",
	 METHOD_HOLZ2008,
	 {A(0, 60, "0.1"),
	  A(60, 60, "0.1"),
	  {"example.com", "img.example.com", 0, 60, EIGHT, false, false, 0},
	  {"example.com", "img.example.com", 60, 60, "8.1 9.1", false, false, 0},
	  A(120, 60, "0.1 1.1")},
	 VERDICT_FLUX,
	 198.6,
	 "img.example.com: 1.32 x 10"},

	{"8 of 8",
	 METHOD_ZEEK,
	 {A(0, 150, EIGHT)},
	 VERDICT_FLUX,
	 158.88,
	 "8 / 8 x (1.32 x 8 addresses + 18.54 x 8 networks) = 158.9, over 142.38"},
	{"8 of 12", METHOD_ZEEK, {A(0, 150, EIGHT " 7.2-5")}, VERDICT_BENIGN, 109.44, "8 / 12 x"},
	{"over several answers",
	 METHOD_ZEEK,
	 {A(0, 150, "0.1 1.1 2.1 3.1"), A(1800, 150, "4.1 5.1 6.1 7.1")},
	 VERDICT_FLUX,
	 158.88,
	 "8 / 8 x"},
	{"forgotten after 31 minutes",
	 METHOD_ZEEK,
	 {A(0, 150, "0.1 1.1 2.1 3.1"), A(1861, 150, "4.1 5.1 6.1 7.1")},
	 VERDICT_BENIGN,
	 79.44,
	 "4 / 4 x"},
	{"not yet forgotten",
	 METHOD_ZEEK,
	 {A(0, 150, "0.1 1.1 2.1 3.1"), A(1860, 150, "4.1 5.1 6.1 7.1")},
	 VERDICT_FLUX,
	 158.88,
	 "8 / 8 x"},
	{"flagged before others of one network come",
	 METHOD_ZEEK,
	 {A(0, 150, EIGHT), A(60, 150, "0.2-90")},
	 VERDICT_FLUX,
	 158.88,
	 "8 / 8 x"},
	{"the best score of several",
	 METHOD_ZEEK,
	 {A(0, 150, "0.1 1.1 2.1"), A(60, 150, "0.2-90")},
	 VERDICT_BENIGN,
	 59.58,
	 "3 / 3 x"},
	{"unknown networks add none",
	 METHOD_ZEEK,
	 {A(0, 150, "0.1 200.1 201.1")},
	 VERDICT_BENIGN,
	 7.5,
	 "1 / 3 x"},
	{"TTL of 30 minutes", METHOD_ZEEK, {A(0, 1800, EIGHT)}, VERDICT_FLUX, 158.88, "8 / 8 x"},
	{"TTL over 30 minutes",
	 METHOD_ZEEK,
	 {A(0, 1801, EIGHT)},
	 VERDICT_BENIGN,
	 0,
	 "TTL 1801 s is over 1800 s"},
	{"without TTLs",
	 METHOD_ZEEK,
	 {{"example.com", "www.example.com", 0, 0, EIGHT, false, true, 0}},
	 VERDICT_UNDECIDED,
	 NAN,
	 "needs the TTL"},
	{"what an alias led to",
	 METHOD_ZEEK,
	 {{"example.com", "www.example.com", 0, 60, EIGHT, false, false, MEMBER_ALIAS}},
	 VERDICT_UNDECIDED,
	 NAN,
	 "no A records"},

	{"both say flux",
	 METHOD_STALMANS,
	 {A(0, 300, "0.1-6 1.1 2.1")},
	 VERDICT_FLUX,
	 21.18,
	 "1.32 x 8 addresses + 18.54 x 3 networks + 5 x 1 for TTL <= 300 - 50 = 21.2, over 0"},
	{"a longer TTL", METHOD_STALMANS, {A(0, 301, "0.1-6 1.1 2.1")}, VERDICT_FLUX, 16.18, "5 x 0 for TTL"},
	{"they differ", METHOD_STALMANS, {A(0, 300, "0.1 1.1 2.1")}, VERDICT_UNDECIDED, 14.58, "over 0"},
	{"both say clean", METHOD_STALMANS, {A(0, 300, "0.1 0.2")}, VERDICT_BENIGN, -23.82, "not over 0"},
	{"an unknown network is one more",
	 METHOD_STALMANS,
	 {A(0, 300, "0.1 200.1 201.1")},
	 VERDICT_BENIGN,
	 -3.96,
	 "18.54 x 2 networks"},
	{"the latest answer alone",
	 METHOD_STALMANS,
	 {A(0, 300, EIGHT), A(400, 300, "0.1")},
	 VERDICT_BENIGN,
	 -25.14,
	 "1 addresses"},
};

static void judge_row(const struct row *r, const struct nets *nets, struct judgement *out)
{
	struct profile_config config = {.bucket_key = 7};
	struct judge j = {.method = r->method, .nets = nets};
	struct partition p;
	struct view v = {.partition = &p};

	profile_config_limits(&config);
	partition_init(&p, &config, NULL);
	for (unsigned i = 0; i < 12 && r->answers[i].domain != NULL; i++)
		made_apply(&p, &r->answers[i]);
	partition_admit(&p, &(struct admission){.homes_least = 0});
	assert_int_equal(p.n_domains, 1);
	partition_settle(&p, 0);
	v.domain = &p.domains[0];
	baseline_judge(&j, &v, out);
	partition_fini(&p);
}

static void check(const struct row *r, const struct judgement *got)
{
	const struct evidence *e = &got->evidence[0];
	bool flux = r->verdict == VERDICT_FLUX;

	if (got->verdict != r->verdict || strstr(e->reason, r->reason) == NULL ||
	    (isnan(r->score) ? !isnan(e->value) : !(fabs(e->value - r->score) < 1e-9)))
		fail_msg("%s: verdict %d, %g, \"%s\"", r->title, (int)got->verdict, e->value, e->reason);
	assert_int_equal(e->feature, FEATURE_SCORE);
	assert_true(e->weight_db == 0 && got->llr_db == 0);
	assert_true(got->probability == (flux ? 1 : 0));
	assert_int_equal(got->kind, flux ? FLUX_SINGLE : FLUX_NONE);
	assert_int_equal(got->carrier, flux ? CARRIER_A : CARRIER_NONE);
	assert_string_equal(got->class, flux                           ? "flux"
					: r->verdict == VERDICT_BENIGN ? "not flux"
								       : "undecided");
}

static void test_rows(void **state)
{
	struct nets *nets = made_nets(false);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct judgement got;

		judge_row(&rows[i], nets, &got);
		check(&rows[i], &got);
		assert_int_equal(got.n_evidence, rows[i].method == METHOD_STALMANS ? 2 : 1);
	}
	nets_close(nets);
}

static void test_second_rule_of_stalmans(void **state)
{
	static const struct row r = {"", METHOD_STALMANS, {A(0, 300, "0.1-6 1.1 2.1")}, VERDICT_FLUX, 0, ""};
	struct nets *nets = made_nets(false);
	struct judgement got;

	(void)state;
	judge_row(&r, nets, &got);
	assert_true(fabs(got.evidence[1].value - 20) < 1e-9);
	assert_non_null(strstr(got.evidence[1].reason,
			       "8 addresses + 0 NS + 1.5 x 3 /24 + 1.5 x 3 networks + "
			       "2 x 1 countries + 1 for TTL <= 300 = 20.0, at least 18"));
	nets_close(nets);
}

static void test_without_a_database(void **state)
{
	struct nets *none = made_nets(true);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct judgement got;

		judge_row(&rows[i], i % 2 == 0 ? none : NULL, &got);
		assert_int_equal(got.verdict, VERDICT_UNDECIDED);
		assert_string_equal(got.evidence[0].reason, "needs a database of networks");
	}
	nets_close(none);
}

static void test_a_long_name_leaves_room_for_the_numbers(void **state)
{
	char owner[254];
	struct row r = {"", METHOD_ZEEK, {A(0, 60, EIGHT)}, VERDICT_FLUX, 158.88, "= 158.9, over 142.38"};
	struct nets *nets = made_nets(false);
	struct judgement got;

	(void)state;
	for (int i = 0; i < 4; i++)
		memset(owner + 60 * i, 'a', 59), owner[60 * i + 59] = '.';
	strcpy(owner + 240, "example.com");
	r.answers[0].owner = owner;
	judge_row(&r, nets, &got);
	check(&r, &got);
	nets_close(nets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_second_rule_of_stalmans),
		cmocka_unit_test(test_without_a_database),
		cmocka_unit_test(test_a_long_name_leaves_room_for_the_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
