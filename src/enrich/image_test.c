/* SPDX-License-Identifier: Apache-2.0 */
/* image_test.c -- what a block says when several sources speak of one network. */
#include "enrich/image.h"

#include "enrich/block_test.h"

struct source {
	const char *title, *table;
	int64_t made_ns;
	const char *country_first, *country_last, *country; /* one more range, of a country alone */
};

static const struct source sources[] = {
	{"first", "192.0.2.0,192.0.2.127,64496,First Name\n192.0.3.0,192.0.3.0,64499,\n", 5, NULL, NULL,
	 NULL},
	{"second\nx",
	 "192.0.2.0,192.0.2.255,64497,Second\n192.0.3.0,192.0.3.0,64499,Nameless Before\n"
	 "198.51.100.0,198.51.100.255,64496,Another Name\n",
	 7, "192.0.2.0", "192.0.2.255", "DE"},
	{"third", "192.0.2.0,192.0.2.255,64498,Third\n203.0.113.0,203.0.113.255,64496,Third Name\n", 9,
	 "198.51.100.0", "203.0.113.255", "FR"},
};

static void load(struct facts *f, const struct source *s)
{
	struct diag d;

	*f = (struct facts){.made_ns = s->made_ns};
	assert_int_equal(asn_table_read(f, s->table, strlen(s->table), "t", &d), OK);
	if (s->country != NULL)
		add_range(&f->ranges, s->country_first, s->country_last, says(0, s->country));
	snprintf(f->title, sizeof f->title, "%s", s->title);
}

static const struct {
	const char *address;
	uint32_t asn;
	const char *country; /* of the range */
	const char *name;
	const char *home; /* of the network */
} wanted[] = {
	{"192.0.2.1", 64496, "DE", "First Name", "FR"}, /* 128 addresses in DE, 512 in FR */
	{"192.0.2.200", 64497, "DE", "Second", "DE"},
	{"192.0.3.0", 64499, "", "Nameless Before", ""},
	{"198.51.100.9", 64496, "FR", "First Name", "FR"},
	{"203.0.113.9", 64496, "FR", "First Name", "FR"},
	{"199.0.0.1", 0, "FR", "", ""}, /* between: nobody's number */
	{"192.0.4.0", 0, "", "", ""},
};

static void make(struct buf *block, struct cache_view *v)
{
	struct facts facts[3];

	for (size_t i = 0; i < 3; i++)
		load(&facts[i], &sources[i]);
	assert_int_equal(image_make(facts, 3, 1, block), OK);
	for (size_t i = 0; i < 3; i++)
		facts_fini(&facts[i]);
	assert_int_equal(cache_check(block->bytes, block->len, 1, v), OK);
}

static void each_from_the_first_that_says(void **state)
{
	struct buf block = {0};
	struct cache_view v;

	(void)state;
	make(&block, &v);
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		struct addr a = addr_of(wanted[i].address);
		uint32_t value = slow_value(&v, &a);
		const struct cache_net *net = &v.nets[value >> CACHE_COUNTRY_BITS];
		char country[3] = {0}, home[3] = {(char)net->country[0], (char)net->country[1], 0};

		print_message("%s\n", wanted[i].address);
		cache_country_text(value & CACHE_COUNTRY_MASK, country);
		assert_int_equal(net->asn, wanted[i].asn);
		assert_string_equal(country, wanted[i].country);
		assert_string_equal(home, wanted[i].home);
		assert_string_equal(v.names + net->name, wanted[i].name);
	}
	buf_fini(&block);
}

static void title_and_date(void **state)
{
	struct facts countries = {.made_ns = 3}, only = {.made_ns = 3};
	struct buf block = {0};
	struct cache_view v;

	(void)state;
	make(&block, &v);
	assert_string_equal(v.header->title, "first, second x, third");
	assert_int_equal(v.header->made_ns, 5);
	buf_clear(&block);

	/* countries alone do not date the numbers */
	struct facts both[2] = {countries};
	add_countries(&both[0]);
	load(&both[1], &sources[0]);
	assert_int_equal(image_make(both, 2, 1, &block), OK);
	assert_int_equal(cache_check(block.bytes, block.len, 1, &v), OK);
	assert_int_equal(v.header->made_ns, 5);
	buf_clear(&block);
	facts_fini(&both[0]);
	facts_fini(&both[1]);

	add_countries(&only);
	assert_int_equal(image_make(&only, 1, 1, &block), OK);
	assert_int_equal(cache_check(block.bytes, block.len, 1, &v), OK);
	assert_int_equal(v.header->made_ns, 3);
	facts_fini(&only);
	buf_fini(&block);
}

/* The kind is told from all names together: the second source alone speaks of servers. */
static void kinds_from_all_names(void **state)
{
	static const char handle[] = "192.0.2.0,192.0.2.255,64496,EXAMPLE-AS\n";
	static const char company[] = "192.0.2.0,192.0.2.255,64496,Example Hosting\n";
	struct facts facts[2] = {{.made_ns = 1}, {.made_ns = 1}};
	struct buf block = {0};
	struct cache_view v;
	struct diag d;

	(void)state;
	assert_int_equal(asn_table_read(&facts[0], handle, sizeof handle - 1, "t", &d), OK);
	assert_int_equal(asn_table_read(&facts[1], company, sizeof company - 1, "t", &d), OK);
	assert_int_equal(image_make(facts, 2, 1, &block), OK);
	assert_int_equal(cache_check(block.bytes, block.len, 1, &v), OK);
	assert_string_equal(v.names + v.nets[1].name, "EXAMPLE-AS");
	assert_true(v.nets[1].kind[NET_HOSTING] > .6f);
	facts_fini(&facts[0]);
	facts_fini(&facts[1]);
	buf_fini(&block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_from_the_first_that_says),
		cmocka_unit_test(title_and_date),
		cmocka_unit_test(kinds_from_all_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
