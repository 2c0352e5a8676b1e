/* SPDX-License-Identifier: Apache-2.0 */
/* ranges_test.c -- nested and crossing ranges laid flat, and sets laid over each other. */
#include "enrich/ranges.h"

#include "enrich/enrich_test.h"

struct row {
	const char *first, *last;
	uint32_t asn;
	const char *country;
};

enum { ROWS = 6 };

struct flat_case {
	const char *what;
	struct row in[ROWS], out[ROWS]; /* up to the first without an address */
};

static const struct flat_case flat[] = {
	{"one", {{"10.0.0.0", "10.0.0.255", 1, "DE"}}, {{"10.0.0.0", "10.0.0.255", 1, "DE"}}},
	{"inner splits outer",
	 {{"10.0.0.0", "10.0.3.255", 1, "DE"}, {"10.0.1.0", "10.0.1.255", 2, "FR"}},
	 {{"10.0.0.0", "10.0.0.255", 1, "DE"},
	  {"10.0.1.0", "10.0.1.255", 2, "FR"},
	  {"10.0.2.0", "10.0.3.255", 1, "DE"}}},
	{"inner takes what it leaves open from around it",
	 {{"10.0.0.0", "10.0.3.255", 1, "DE"},
	  {"10.0.1.0", "10.0.1.255", 0, "FR"},
	  {"10.0.2.0", "10.0.2.255", 2, ""}},
	 {{"10.0.0.0", "10.0.0.255", 1, "DE"},
	  {"10.0.1.0", "10.0.1.255", 1, "FR"},
	  {"10.0.2.0", "10.0.2.255", 2, "DE"},
	  {"10.0.3.0", "10.0.3.255", 1, "DE"}}},
	{"neighbours that say the same are one",
	 {{"10.0.1.0", "10.0.1.255", 1, "DE"}, {"10.0.0.0", "10.0.0.255", 1, "DE"}},
	 {{"10.0.0.0", "10.0.1.255", 1, "DE"}}},
	{"a gap stays a gap",
	 {{"10.0.0.0", "10.0.0.9", 1, ""}, {"10.0.0.11", "10.0.0.20", 1, ""}},
	 {{"10.0.0.0", "10.0.0.9", 1, ""}, {"10.0.0.11", "10.0.0.20", 1, ""}}},
	{"of two that cross, the later start wins",
	 {{"10.0.0.0", "10.0.0.20", 1, ""}, {"10.0.0.10", "10.0.0.30", 2, ""}},
	 {{"10.0.0.0", "10.0.0.9", 1, ""}, {"10.0.0.10", "10.0.0.30", 2, ""}}},
	{"a third comes out again behind two that cross",
	 {{"10.0.0.0", "10.0.0.99", 1, ""},
	  {"10.0.0.10", "10.0.0.20", 2, ""},
	  {"10.0.0.15", "10.0.0.50", 3, ""}},
	 {{"10.0.0.0", "10.0.0.9", 1, ""},
	  {"10.0.0.10", "10.0.0.14", 2, ""},
	  {"10.0.0.15", "10.0.0.50", 3, ""},
	  {"10.0.0.51", "10.0.0.99", 1, ""}}},
	{"both ends of IPv4",
	 {{"0.0.0.0", "255.255.255.255", 1, ""},
	  {"255.255.255.255", "255.255.255.255", 2, ""},
	  {"0.0.0.0", "0.0.0.0", 3, ""}},
	 {{"0.0.0.0", "0.0.0.0", 3, ""},
	  {"0.0.0.1", "255.255.255.254", 1, ""},
	  {"255.255.255.255", "255.255.255.255", 2, ""}}},
	{"both ends of IPv6",
	 {{"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, ""},
	  {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 2, ""}},
	 {{"::", "ffff:ffff:ffff:ffff:ffff:ffff:fffe:ffff", 1, ""},
	  {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 2, ""}}},
	{"what says nothing goes", {{"10.0.0.0", "10.0.0.255", 0, ""}}, {{0}}},
};

static void add_rows(struct ranges *r, const struct row *rows)
{
	for (size_t i = 0; i < ROWS && rows[i].first != NULL; i++)
		add_range(r, rows[i].first, rows[i].last, says(rows[i].asn, rows[i].country));
}

/* Whether a list is just the rows. */
static bool is_rows(const struct ranges *r, const struct row *rows)
{
	const struct range_list *l = r->v4.n > 0 ? &r->v4 : &r->v6;
	size_t n = 0;

	for (; n < ROWS && rows[n].first != NULL; n++) {
		struct range want = says(rows[n].asn, rows[n].country);
		struct addr first = addr_of(rows[n].first), last = addr_of(rows[n].last);

		if (n >= l->n || l->at[n].first != range_key_of(&first) ||
		    l->at[n].last != range_key_of(&last) || l->at[n].asn != want.asn ||
		    memcmp(l->at[n].country, want.country, 2) != 0)
			return false;
	}
	return n == r->v4.n + r->v6.n;
}

static void flattened(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof flat / sizeof *flat; i++) {
		struct ranges r = {0};

		add_rows(&r, flat[i].in);
		assert_int_equal(ranges_flatten(&r), OK);
		if (!is_rows(&r, flat[i].out))
			fail_msg("%s", flat[i].what);
		ranges_fini(&r);
	}
}

enum { SPACE = 256, PREFIXES = 24 };

/* What innermost prefixes say of a point, asked of each prefix in turn: slow, and plainly right. */
static struct range oracle(const struct range *prefixes, size_t n, unsigned at)
{
	struct range out = {0};

	for (range_key size = 1; size <= SPACE; size *= 2)
		for (size_t i = 0; i < n; i++) {
			const struct range *p = &prefixes[i];

			if (p->last - p->first + 1 != size || at < p->first || at > p->last)
				continue;
			out.asn = out.asn == 0 ? p->asn : out.asn;
			if (out.country[0] == 0)
				memcpy(out.country, p->country, 2);
		}
	return out;
}

static bool is_new(const struct range *prefixes, size_t n, const struct range *p)
{
	for (size_t i = 0; i < n; i++)
		if (prefixes[i].first == p->first && prefixes[i].last == p->last)
			return false;
	return true;
}

/* Different random prefixes in the last octet of an IPv4 address. */
static size_t random_prefixes(struct range *prefixes, struct ranges *r, uint64_t *seed)
{
	size_t n = 0;

	for (int i = 0; i < PREFIXES; i++) {
		unsigned bits = (unsigned)(next_random(seed) % 9);
		uint8_t octets[4] = {0, 0, 0, (uint8_t)next_random(seed)};
		struct addr a = addr_v4(octets);
		struct range p =
			says((uint32_t)(next_random(seed) % 4), next_random(seed) % 2 == 0 ? "" : "DE");

		p.first = (unsigned)octets[3] >> (8 - bits) << (8 - bits);
		p.last = p.first + (SPACE >> bits) - 1;
		if (!is_new(prefixes, n, &p))
			continue;
		assert_int_equal(ranges_add_prefix(r, &a, 24 + bits, &p), OK);
		prefixes[n++] = p;
	}
	return n;
}

static void check_against_oracle(const struct range_list *l, const struct range *prefixes, size_t n)
{
	size_t at = 0;

	for (size_t i = 1; i < l->n; i++)
		assert_true(l->at[i].first > l->at[i - 1].last);
	for (unsigned point = 0; point < SPACE; point++) {
		struct range want = oracle(prefixes, n, point), got = {0};

		while (at < l->n && l->at[at].last < point)
			at++;
		if (at < l->n && l->at[at].first <= point)
			got = l->at[at];
		assert_int_equal(got.asn, want.asn);
		assert_memory_equal(got.country, want.country, 2);
	}
}

static void as_a_slow_oracle_says(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct range prefixes[PREFIXES];
		struct ranges r = {0};
		size_t n = random_prefixes(prefixes, &r, &seed);

		assert_int_equal(ranges_flatten(&r), OK);
		check_against_oracle(&r.v4, prefixes, n);
		ranges_fini(&r);
	}
}

static const struct {
	const char *what;
	struct row over[ROWS], under[ROWS], out[ROWS];
} overlays[] = {
	{"number from one, country from the other",
	 {{"10.0.0.0", "10.0.0.255", 1, ""}},
	 {{"10.0.0.0", "10.0.3.255", 2, "DE"}},
	 {{"10.0.0.0", "10.0.0.255", 1, "DE"}, {"10.0.1.0", "10.0.3.255", 2, "DE"}}},
	{"over wins in both",
	 {{"10.0.1.0", "10.0.1.255", 1, "FR"}},
	 {{"10.0.0.0", "10.0.3.255", 2, "DE"}},
	 {{"10.0.0.0", "10.0.0.255", 2, "DE"},
	  {"10.0.1.0", "10.0.1.255", 1, "FR"},
	  {"10.0.2.0", "10.0.3.255", 2, "DE"}}},
	{"to the last address",
	 {{"255.255.255.255", "255.255.255.255", 1, ""}},
	 {{"255.255.255.0", "255.255.255.255", 2, ""}},
	 {{"255.255.255.0", "255.255.255.254", 2, ""}, {"255.255.255.255", "255.255.255.255", 1, ""}}},
	{"to the last address of IPv6",
	 {{"ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, ""}},
	 {{"fffe::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0, "DE"}},
	 {{"fffe::", "fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0, "DE"},
	  {"ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, "DE"}}},
	{"nothing over", {{0}}, {{"10.0.0.0", "10.0.0.255", 2, ""}}, {{"10.0.0.0", "10.0.0.255", 2, ""}}},
	{"nothing under", {{"10.0.0.0", "10.0.0.255", 2, ""}}, {{0}}, {{"10.0.0.0", "10.0.0.255", 2, ""}}},
};

static void overlaid(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof overlays / sizeof *overlays; i++) {
		struct ranges over = {0}, under = {0}, out = {0};

		add_rows(&over, overlays[i].over);
		add_rows(&under, overlays[i].under);
		assert_int_equal(ranges_overlay(&over, &under, &out), OK);
		if (!is_rows(&out, overlays[i].out))
			fail_msg("%s", overlays[i].what);
		ranges_fini(&over);
		ranges_fini(&under);
		ranges_fini(&out);
	}
}

static void refused(void **state)
{
	struct addr low = addr_of("10.0.0.0"), high = addr_of("10.0.0.1"), v6 = addr_of("2001:db8::");
	struct range what = says(1, "");
	struct ranges r = {0};

	(void)state;
	assert_int_equal(ranges_add(&r, &high, &low, &what), E_RANGE);
	assert_int_equal(ranges_add(&r, &low, &v6, &what), E_RANGE);
	assert_int_equal(ranges_add(&r, &v6, &low, &what), E_RANGE);
	assert_int_equal(ranges_add_prefix(&r, &low, 33, &what), E_RANGE);
	assert_int_equal(ranges_add_prefix(&r, &v6, 129, &what), E_RANGE);
	assert_int_equal(r.v4.n + r.v6.n, 0);
}

static void prefixes(void **state)
{
	struct addr v4 = addr_of("10.1.2.3"), v6 = addr_of("2001:db8::7");
	struct range what = says(1, "");
	struct ranges r = {0};

	(void)state;
	assert_int_equal(ranges_add_prefix(&r, &v4, 0, &what), OK);
	assert_int_equal(ranges_add_prefix(&r, &v4, 8, &what), OK);
	assert_int_equal(ranges_add_prefix(&r, &v4, 32, &what), OK);
	assert_int_equal(ranges_add_prefix(&r, &v6, 0, &what), OK);
	assert_int_equal(ranges_add_prefix(&r, &v6, 128, &what), OK);
	assert_true(r.v4.at[0].first == 0 && r.v4.at[0].last == UINT32_MAX);
	assert_true(r.v4.at[1].first == 10u << 24 && r.v4.at[1].last == (11u << 24) - 1);
	assert_true(r.v4.at[2].first == r.v4.at[2].last && r.v4.at[2].first == 0x0a010203);
	assert_true(r.v6.at[0].first == 0 && r.v6.at[0].last == ~(range_key)0);
	assert_true(r.v6.at[1].first == r.v6.at[1].last && r.v6.at[1].first == range_key_of(&v6));
	ranges_fini(&r);
}

static const struct {
	const char *text;
	bool ok;
} countries[] = {
	{"DE", true},   {"XK", true},  {"GB", true},  {"QA", true},  {"EU", false},       {"AP", false},
	{"ZZ", false},  {"XX", false}, {"QM", false}, {"de", false}, {"D", false},        {"", false},
	{"DEU", false}, {"D1", false}, {"A1", false}, {"T1", false}, {"\xc3\xa4", false},
};

static void country_codes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof countries / sizeof *countries; i++) {
		char got[2] = {'?', '?'};

		range_country(countries[i].text, strlen(countries[i].text), got);
		if (countries[i].ok)
			assert_memory_equal(got, countries[i].text, 2);
		else
			assert_true(got[0] == 0 && got[1] == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flattened), cmocka_unit_test(as_a_slow_oracle_says),
		cmocka_unit_test(overlaid),  cmocka_unit_test(refused),
		cmocka_unit_test(prefixes),  cmocka_unit_test(country_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
