/* SPDX-License-Identifier: Apache-2.0 */
/* mmdb_test.c -- databases made here, in the layouts of several publishers, sound and damaged. */
#include "enrich/mmdb.h"

#include "base/buf.h"
#include "base/stamp.h"
#include "enrich/enrich_test.h"
#include "enrich/facts.h"

/* libmaxminddb 1.7 loses a list when it refuses a file for its description: once a start at most, and not
 * ours. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libmaxminddb";
}

enum { NODES_MAX = 1024, EMPTY = 0, LEAF = 1 << 20 };

/* A trie in the making: a way is EMPTY, the number of a node, or LEAF + where its record begins. */
struct made {
	uint32_t ways[NODES_MAX][2];
	uint32_t n;
	unsigned version; /* 4 or 6 */
	struct buf data;
};

/* The format's control octet: type in the upper three bits, size in the lower; what does not fit stands
 * behind it. */
static void put_control(struct buf *b, unsigned type, size_t size)
{
	size_t here = size < 29 ? size : 29;

	assert_true(size < 29 + 256);
	buf_add_char(b, (char)((type <= 7 ? type << 5 : 0) | here));
	if (type > 7)
		buf_add_char(b, (char)(type - 7));
	if (here == 29)
		buf_add_char(b, (char)(size - 29));
}

static void put_text(struct buf *b, const char *text)
{
	put_control(b, 2, strlen(text));
	buf_add_text(b, text);
}

static void put_number(struct buf *b, unsigned type, uint64_t v)
{
	uint8_t octets[8];
	size_t n = 0;

	for (uint64_t x = v; x != 0; x >>= 8)
		n++;
	for (size_t i = 0; i < n; i++)
		octets[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
	put_control(b, type, n);
	buf_add(b, octets, n);
}

static void put_map(struct buf *b, size_t n)
{
	put_control(b, 7, n);
}

/* A record in small writing: keys and values separated by blanks, "{" opens a map; #5 is a number. */
static void put_record(struct buf *b, const char *text);

static const char *put_value(struct buf *b, const char *at);

static const char *put_pairs(struct buf *b, const char *at)
{
	struct buf inside = {0};
	size_t n = 0;

	while (*at != 0 && *at != '}') {
		size_t len = strcspn(at, " ");
		char key[64] = "";

		memcpy(key, at, len);
		put_text(&inside, key);
		at = put_value(&inside, at + len + 1);
		n++;
	}
	put_map(b, n);
	buf_add(b, inside.bytes, inside.len);
	buf_fini(&inside);
	return *at == '}' ? at + 1 + (at[1] == ' ') : at;
}

static const char *put_value(struct buf *b, const char *at)
{
	size_t len = strcspn(at, " ");
	char value[64] = "";

	if (*at == '{')
		return put_pairs(b, at + 2);
	memcpy(value, at, len);
	for (char *c = value; *c != 0; c++)
		*c = *c == '_' ? ' ' : *c;
	if (*value == '#')
		put_number(b, 6, strtoul(value + 1, NULL, 10));
	else
		put_text(b, value);
	return at + len + (at[len] == ' ');
}

static void put_record(struct buf *b, const char *text)
{
	(void)put_pairs(b, text);
}

static void begin(struct made *m, unsigned version)
{
	*m = (struct made){.n = 1, .version = version};
}

static uint32_t record(struct made *m, const char *text)
{
	uint32_t at = (uint32_t)m->data.len;

	put_record(&m->data, text);
	return LEAF + at;
}

static unsigned bit_of(const uint8_t *octets, unsigned i)
{
	return octets[i / 8] >> (7 - i % 8) & 1u;
}

/* Where a prefix of the tree leads: `way` for all below it. */
static void insert(struct made *m, const uint8_t *octets, unsigned bits, uint32_t way)
{
	uint32_t node = 0;

	for (unsigned i = 0; i + 1 < bits; i++) {
		uint32_t *next = &m->ways[node][bit_of(octets, i)];

		if (*next == EMPTY)
			*next = m->n++;
		assert_true(*next < NODES_MAX);
		node = *next;
	}
	m->ways[node][bit_of(octets, bits - 1)] = way;
}

static void add(struct made *m, const char *address, unsigned bits, const char *what)
{
	struct addr a = addr_of(address);
	uint8_t tree[16] = {0};

	if (addr_is_v4(&a))
		memcpy(tree + (m->version == 4 ? 0 : 12), a.octets + 12, 4);
	else
		memcpy(tree, a.octets, 16);
	insert(m, tree, addr_is_v4(&a) && m->version == 6 ? 96 + bits : bits, record(m, what));
}

static void put_u24(struct buf *b, uint32_t v)
{
	buf_add_char(b, (char)(v >> 16));
	buf_add_char(b, (char)(v >> 8));
	buf_add_char(b, (char)v);
}

static void put_metadata(struct buf *b, const struct made *m)
{
	buf_add(b, "\xab\xcd\xefMaxMind.com", 14);
	put_map(b, 9);
	put_text(b, "node_count");
	put_number(b, 6, m->n);
	put_text(b, "record_size");
	put_number(b, 5, 24);
	put_text(b, "ip_version");
	put_number(b, 5, m->version);
	put_text(b, "database_type");
	put_text(b, "Made-Up-ASN");
	put_text(b, "build_epoch");
	put_number(b, 9, 1667001600);
	put_text(b, "binary_format_major_version");
	put_number(b, 5, 2);
	put_text(b, "binary_format_minor_version");
	put_number(b, 5, 0);
	put_text(b, "languages");
	put_control(b, 11, 0);
	put_text(b, "description");
	put_map(b, 0);
}

/* The finished file; an EMPTY way is the number of nodes, a record lies behind 16 octets of zeros. */
static void finish(struct made *m, struct buf *out)
{
	static const uint8_t zeros[16];

	for (uint32_t i = 0; i < m->n; i++)
		for (int side = 0; side < 2; side++) {
			uint32_t way = m->ways[i][side];

			put_u24(out, way == EMPTY ? m->n : way >= LEAF ? m->n + 16 + way - LEAF : way);
		}
	buf_add(out, zeros, sizeof zeros);
	buf_add(out, m->data.bytes, m->data.len);
	put_metadata(out, m);
	assert_int_equal(out->err, OK);
	buf_fini(&m->data);
}

static char folder[TEST_PATH_ROOM];

static int setup(void **state)
{
	(void)state;
	make_folder(folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_folder(folder);
	return 0;
}

static enum err load(struct facts *f, const void *octets, size_t len)
{
	char path[TEST_PATH_ROOM];
	struct diag d = {{0}};
	enum err e;

	*f = (struct facts){0};
	write_file(folder, "x.mmdb", octets, len, path);
	e = mmdb_load(f, path, &d);
	assert_int_equal(d.text[0] != 0, e != OK);
	return e;
}

static const struct {
	const char *what, *record;
	uint32_t asn;
	const char *country, *name;
} layouts[] = {
	{"GeoLite2 ASN", "autonomous_system_number #64496 autonomous_system_organization Example_Telecom",
	 64496, "", "Example Telecom"},
	{"GeoLite2 Country", "country { iso_code DE geoname_id #5 } registered_country { iso_code FR }", 0,
	 "DE", NULL},
	{"GeoLite2 Country, registered only", "registered_country { iso_code FR }", 0, "FR", NULL},
	{"IPinfo ASN", "asn AS64496 name Example domain example.net", 64496, "", "Example"},
	{"IPinfo country and ASN", "country DE country_name Germany asn AS64496 as_name Example", 64496, "DE",
	 "Example"},
	{"IPinfo Lite", "asn AS64496 as_name Example country Germany country_code DE continent Europe", 64496,
	 "DE", "Example"},
	{"DB-IP ISP",
	 "autonomous_system_number #64496 autonomous_system_organization Ex country { iso_code DE }", 64496,
	 "DE", "Ex"},
	{"a number as text", "asn 64496", 64496, "", NULL},
	{"no number, but a country", "asn ASx country DE", 0, "DE", NULL},
	{"a number too large", "asn AS4294967296 country DE", 0, "DE", NULL},
	{"a region for a country", "asn AS64496 country EU", 64496, "", NULL},
};

static void layouts_of_publishers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		struct range want = says(layouts[i].asn, layouts[i].country);
		struct buf file = {0};
		struct facts f;
		struct made m;

		print_message("%s\n", layouts[i].what);
		begin(&m, 6);
		add(&m, "192.0.2.0", 24, layouts[i].record);
		finish(&m, &file);
		assert_int_equal(load(&f, file.bytes, file.len), OK);
		assert_int_equal(f.ranges.v4.n, 1);
		assert_int_equal(f.ranges.v4.at[0].asn, want.asn);
		assert_memory_equal(f.ranges.v4.at[0].country, want.country, 2);
		facts_sort_names(&f);
		if (layouts[i].name == NULL)
			assert_int_equal(f.n_names, 0);
		else
			assert_string_equal(facts_name_of(&f, 64496), layouts[i].name);
		assert_string_equal(f.title, "Made-Up-ASN 2022-10-29");
		assert_true(f.made_ns == 1667001600 * NS_PER_SECOND);
		facts_fini(&f);
		buf_fini(&file);
	}
}

static bool has(const struct range_list *l, const char *first, const char *last, uint32_t asn)
{
	struct addr a = addr_of(first), b = addr_of(last);

	for (size_t i = 0; i < l->n; i++)
		if (l->at[i].first == range_key_of(&a) && l->at[i].last == range_key_of(&b) &&
		    l->at[i].asn == asn)
			return true;
	return false;
}

static void both_families_and_aliases(void **state)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff},
			     sixtofour[2] = {0x20, 0x02};
	struct buf file = {0};
	uint32_t root = 0;
	struct facts f;
	struct made m;

	(void)state;
	begin(&m, 6);
	add(&m, "192.0.2.0", 24, "asn AS1");
	add(&m, "192.0.3.7", 32, "asn AS2");
	add(&m, "2001:db8::", 32, "asn AS3");
	add(&m, "2001:db9::1", 128, "asn AS4");
	for (int i = 0; i < 96; i++) /* the root of IPv4 */
		root = m.ways[root][0];
	insert(&m, mapped, 96, root);
	insert(&m, sixtofour, 16, root);
	finish(&m, &file);
	assert_int_equal(load(&f, file.bytes, file.len), OK);
	assert_int_equal(f.ranges.v4.n, 2);
	assert_int_equal(f.ranges.v6.n, 2);
	assert_true(has(&f.ranges.v4, "192.0.2.0", "192.0.2.255", 1));
	assert_true(has(&f.ranges.v4, "192.0.3.7", "192.0.3.7", 2));
	assert_true(has(&f.ranges.v6, "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 3));
	assert_true(has(&f.ranges.v6, "2001:db9::1", "2001:db9::1", 4));
	facts_fini(&f);
	buf_fini(&file);
}

static void version_4(void **state)
{
	struct buf file = {0};
	struct facts f;
	struct made m;

	(void)state;
	begin(&m, 4);
	add(&m, "192.0.2.0", 24, "asn AS1");
	add(&m, "255.255.255.255", 32, "asn AS2");
	finish(&m, &file);
	assert_int_equal(load(&f, file.bytes, file.len), OK);
	assert_true(f.ranges.v4.n == 2 && f.ranges.v6.n == 0);
	assert_true(has(&f.ranges.v4, "192.0.2.0", "192.0.2.255", 1));
	assert_true(has(&f.ranges.v4, "255.255.255.255", "255.255.255.255", 2));
	facts_fini(&f);
	buf_fini(&file);
}

static void speaks_of_other_things(void **state)
{
	struct buf file = {0};
	struct facts f;
	struct made m;

	(void)state;
	begin(&m, 6);
	add(&m, "192.0.2.0", 24, "user_type cafe");
	finish(&m, &file);
	assert_int_equal(load(&f, file.bytes, file.len), E_UNSUPPORTED);
	facts_fini(&f);
	buf_fini(&file);
}

/* Both ways of each of 100 nodes lead to the next: no tree, and 2^100 paths for who follows them all. */
static void no_tree(void **state)
{
	struct buf file = {0};
	struct facts f;
	struct made m;
	uint32_t leaf;

	(void)state;
	begin(&m, 6);
	leaf = record(&m, "asn AS1");
	for (m.n = 0; m.n < 100; m.n++)
		m.ways[m.n][0] = m.ways[m.n][1] = m.n + 1 < 100 ? m.n + 1 : leaf;
	finish(&m, &file);
	assert_int_equal(load(&f, file.bytes, file.len), E_FORMAT);
	facts_fini(&f);
	buf_fini(&file);

	begin(&m, 6);
	(void)record(&m, "asn AS1");
	m.n = 2; /* a circle, outside IPv4 */
	m.ways[0][1] = 1;
	m.ways[1][0] = m.ways[1][1] = 1;
	finish(&m, &file);
	assert_int_equal(load(&f, file.bytes, file.len), E_FORMAT);
	facts_fini(&f);
	buf_fini(&file);
}

/* Each octet spoilt, and cut at each: read or refused, never a crash, and every range sound. */
static void damaged_at_each_octet(void **state)
{
	struct buf file = {0};
	unsigned refused = 0;
	struct facts f;
	struct made m;

	(void)state;
	begin(&m, 6);
	add(&m, "192.0.2.0", 24, "asn AS64496 name Example country DE");
	add(&m, "2001:db8::", 32, "asn AS3 country { iso_code FR }");
	finish(&m, &file);
	for (size_t i = 0; i < file.len; i++) {
		uint8_t kept = file.bytes[i];

		for (unsigned change = 0xff; change > 1; change /= 15) {
			file.bytes[i] = (uint8_t)(kept ^ change);
			refused += load(&f, file.bytes, file.len) != OK;
			assert_int_equal(ranges_flatten(&f.ranges), OK);
			facts_fini(&f);
		}
		file.bytes[i] = kept;
		refused += load(&f, file.bytes, i) != OK;
		facts_fini(&f);
	}
	assert_true(refused > file.len); /* all that is cut, at least */
	buf_fini(&file);
}

static void metadata_that_lies(void **state)
{
	static const struct {
		const char *key;
		size_t skip; /* octets from the key to the one changed */
		uint8_t to;
	} lies[] = {
		{"node_count", 11, 0xff},
		{"record_size", 12, 25},
		{"record_size", 12, 0},
		{"ip_version", 11, 5},
		{"binary_format_major_version", 28, 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct buf file = {0};
		struct facts f;
		struct made m;
		uint8_t *at;

		begin(&m, 6);
		add(&m, "192.0.2.0", 24, "asn AS1");
		finish(&m, &file);
		at = memmem(file.bytes, file.len, lies[i].key, strlen(lies[i].key));
		assert_non_null(at);
		at[lies[i].skip] = lies[i].to;
		if (load(&f, file.bytes, file.len) != E_FORMAT)
			fail_msg("%s %u", lies[i].key, lies[i].to);
		facts_fini(&f);
		buf_fini(&file);
	}
}

static void not_there(void **state)
{
	struct diag d = {{0}};
	struct facts f = {0};

	(void)state;
	assert_int_equal(mmdb_load(&f, "/none.mmdb", &d), E_IO);
	assert_non_null(strstr(d.text, "/none.mmdb"));
	assert_int_equal(load(&f, "", 0), E_IO); /* what cannot be mapped */
	assert_int_equal(load(&f, "hello", 5), E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts_of_publishers),
		cmocka_unit_test(both_families_and_aliases),
		cmocka_unit_test(version_4),
		cmocka_unit_test(speaks_of_other_things),
		cmocka_unit_test(no_tree),
		cmocka_unit_test(damaged_at_each_octet),
		cmocka_unit_test(metadata_that_lies),
		cmocka_unit_test(not_there),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
