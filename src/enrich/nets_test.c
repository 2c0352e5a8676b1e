/* SPDX-License-Identifier: Apache-2.0 */
/* nets_test.c -- networks opened from a made-up table: cache kept, damaged and made anew, missing files,
 * threads. */
#include "enrich/nets.h"

#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <time.h>

#include "base/stamp.h"
#include "enrich/block_test.h"

struct world {
	char folder[TEST_PATH_ROOM], table[TEST_PATH_ROOM], cache[TEST_PATH_ROOM];
	struct nets_config config;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	make_folder(w->folder);
	write_file(w->folder, "asn.csv", block_table, sizeof block_table - 1, w->table);
	assert_true(snprintf(w->cache, sizeof w->cache, "%.480s/cache", w->folder) > 0);
	w->config = (struct nets_config){.asn_table = w->table, .loc = "", .cache = w->cache};
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	remove_folder(w->folder);
	free(w);
	return 0;
}

static struct nets *open_nets(const struct nets_config *config)
{
	struct diag d = {{0}};
	struct nets *n = NULL;

	if (nets_open(&n, config, &d) != OK)
		fail_msg("%s", d.text);
	return n;
}

static const struct {
	const char *address;
	uint32_t asn;
} known[] = {
	{"0.0.0.0", 64496},         {"0.0.1.0", 0},          {"10.0.0.0", 64497},  {"10.0.0.1", 64498},
	{"10.0.0.2", 64496},        {"10.3.255.255", 64496}, {"10.4.0.15", 64499}, {"10.4.0.16", 0},
	{"255.255.255.255", 64500}, {"::7", 64496},          {"::8", 0},           {"2001:db8::ffff", 64497},
	{"2001:db8:7::", 64501},    {"2001:db9::", 0},       {"2fff:1::", 64498},  {"ffff::1", 64500},
	{"::ffff:10.0.0.1", 64498},
};

static void check_known(const struct nets *n)
{
	assert_true(nets_known(n));
	assert_int_equal(nets_count(n), BLOCK_NETS);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct addr a = addr_of(known[i].address);
		uint32_t index = nets_find(n, &a, NULL);

		if (nets_get(n, index)->asn != known[i].asn)
			fail_msg("%s: AS%u", known[i].address, nets_get(n, index)->asn);
	}
}

/* The one file of the cache; false when there is none. */
static bool cache_file(const struct world *w, char path[TEST_PATH_ROOM])
{
	DIR *dir = opendir(w->cache);
	bool found = false;

	if (dir == NULL)
		return false;
	for (const struct dirent *e; (e = readdir(dir)) != NULL;)
		if (e->d_name[0] != '.') {
			assert_false(found); /* nothing is left lying about beside it */
			found = true;
			assert_true(snprintf(path, TEST_PATH_ROOM, "%.400s/%.100s", w->cache, e->d_name) > 0);
		}
	closedir(dir);
	return found;
}

static void read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	uint8_t octets[4096];

	assert_non_null(f);
	buf_clear(out);
	for (size_t n; (n = fread(octets, 1, sizeof octets, f)) > 0;)
		buf_add(out, octets, n);
	fclose(f);
	assert_int_equal(out->err, OK);
}

static void made_then_kept(void **state)
{
	const struct world *w = *state;
	struct nets *first = open_nets(&w->config), *second;
	char path[TEST_PATH_ROOM];
	struct stat before, after;

	check_known(first);
	assert_true(cache_file(w, path));
	assert_int_equal(stat(path, &before), 0);
	second = open_nets(&w->config);
	check_known(second);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino); /* not written again */
	assert_string_equal(nets_describe(first), nets_describe(second));
	assert_memory_equal(nets_describe(first), "asn.csv 20", 10);
	assert_true(nets_made_ns(first) != STAMP_NONE && nets_made_ns(first) == nets_made_ns(second));
	nets_close(first);
	nets_close(second);
}

/* Whatever octet of the cache's file is spoilt: the answers stay right and the file becomes good again. */
static void damaged_then_made_anew(void **state)
{
	const struct world *w = *state;
	struct buf good = {0}, spoilt = {0}, now = {0};
	char path[TEST_PATH_ROOM], folder[TEST_PATH_ROOM];
	size_t cut;

	nets_close(open_nets(&w->config));
	assert_true(cache_file(w, path));
	read_file(path, &good);
	snprintf(folder, sizeof folder, "%s", w->cache);
	for (size_t i = 0; i <= good.len; i++) {
		struct nets *n;

		buf_clear(&spoilt);
		buf_add(&spoilt, good.bytes, good.len);
		cut = i == good.len ? good.len / 2 : good.len;
		if (i < good.len)
			spoilt.bytes[i] ^= 0x10;
		write_file(folder, strrchr(path, '/') + 1, spoilt.bytes, cut, path);
		n = open_nets(&w->config);
		check_known(n);
		nets_close(n);
		read_file(path, &now);
		if (now.len != good.len || memcmp(now.bytes, good.bytes, good.len) != 0)
			fail_msg("octet %zu: the file was believed", i);
	}
	buf_fini(&good);
	buf_fini(&spoilt);
	buf_fini(&now);
}

static void changed_sources_are_read_again(void **state)
{
	static const char table[] = "10.0.0.0,10.0.0.255,64511,Changed\n";
	struct world *w = *state;
	struct addr a = addr_of("10.0.0.1");
	struct nets *n;
	char path[TEST_PATH_ROOM];

	nets_close(open_nets(&w->config));
	write_file(w->folder, "asn.csv", table, sizeof table - 1, w->table);
	n = open_nets(&w->config);
	assert_int_equal(nets_get(n, nets_find(n, &a, NULL))->asn, 64511);
	nets_close(n);
	assert_true(cache_file(w, path)); /* one file still */
}

static void without_a_cache(void **state)
{
	struct world *w = *state;
	char path[TEST_PATH_ROOM];
	struct nets *n;

	w->config.cache = "";
	n = open_nets(&w->config);
	check_known(n);
	assert_false(cache_file(w, path));
	nets_close(n);
	w->config.cache = "/proc/none"; /* cannot be written: no matter */
	n = open_nets(&w->config);
	check_known(n);
	nets_close(n);
}

static void check_nothing(const struct nets_config *config)
{
	struct addr v4 = addr_of("192.0.2.1"), v6 = addr_of("2001:db8::1"), out;
	struct nets *n = open_nets(config);
	char country[2] = {'?', '?'};
	double sum = 0;

	assert_false(nets_known(n));
	assert_string_equal(nets_describe(n), "no database of networks");
	assert_true(nets_made_ns(n) == STAMP_NONE);
	assert_int_equal(nets_count(n), 1);
	assert_int_equal(nets_find(n, &v4, country), 0);
	assert_true(country[0] == 0 && country[1] == 0);
	assert_int_equal(nets_find(n, &v6, NULL), 0);
	assert_string_equal(nets_get(n, 0)->name, "");
	for (int k = 0; k < NET_KINDS; k++)
		sum += (double)nets_get(n, 0)->kind[k];
	assert_true(fabs(sum - 1) < 1e-6 &&
		    fabs((double)nets_get(n, 0)->kind[NET_CONSUMER] - nets_kind_base[NET_CONSUMER]) < 1e-6);
	assert_false(nets_address_in(n, 0, false, 1, &out));
	nets_close(n);
}

static void nothing_known(void **state)
{
	const char *mmdb[] = {"/none.mmdb"};
	const struct nets_config empty = {.loc = ""};
	const struct nets_config none = {.none = true, .asn_table = "/none", .mmdb = mmdb, .n_mmdb = 1};

	(void)state;
	check_nothing(&empty);
	check_nothing(&none);
	nets_close(NULL);
}

static void named_files_that_lack(void **state)
{
	struct world *w = *state;
	const char *mmdb[] = {"/none.mmdb"}, *no_mmdb[] = {w->table};
	const struct nets_config configs[] = {
		{.loc = "/none.db", .cache = ""},
		{.loc = "", .asn_table = "/none.csv", .cache = ""},
		{.loc = "", .mmdb = mmdb, .n_mmdb = 1, .cache = ""},
		{.loc = w->table, .cache = ""},
		{.loc = "", .mmdb = no_mmdb, .n_mmdb = 1, .cache = ""},
	};
	const enum err want[] = {E_IO, E_IO, E_IO, E_FORMAT, E_FORMAT};

	for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
		struct nets *n = (struct nets *)w; /* unchanged on failure */
		struct diag d = {{0}};

		assert_int_equal(nets_open(&n, &configs[i], &d), want[i]);
		assert_ptr_equal(n, w);
		assert_non_null(strstr(d.text, i < 3 ? "/none." : w->table));
	}
}

static void bad_table(void **state)
{
	struct world *w = *state;
	struct nets *n = NULL;
	struct diag d = {{0}};
	char path[TEST_PATH_ROOM];

	write_file(w->folder, "asn.csv", "1.0.0.0,1.0.0.1,1,a\nx\n", 22, w->table);
	assert_int_equal(nets_open(&n, &w->config, &d), E_FORMAT);
	assert_non_null(strstr(d.text, "asn.csv:2: "));
	assert_false(cache_file(w, path));
}

enum { THREADS = 4, ROUNDS = 20000 };

static void *draw_and_find(void *arg)
{
	const struct nets *n = arg;
	uint64_t seed = 9;
	size_t wrong = 0;

	for (int i = 0; i < ROUNDS; i++) {
		uint32_t index = (uint32_t)(next_random(&seed) % nets_count(n));
		struct addr a;

		if (nets_address_in(n, index, i % 2 != 0, next_random(&seed), &a))
			wrong += nets_find(n, &a, NULL) != index;
	}
	return (void *)wrong;
}

static void from_many_threads(void **state)
{
	const struct world *w = *state;
	struct nets *n = open_nets(&w->config);
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, draw_and_find, n), 0);
	for (int i = 0; i < THREADS; i++) {
		void *wrong;

		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	nets_close(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(made_then_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_then_made_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_sources_are_read_again, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_cache, setup, teardown),
		cmocka_unit_test(nothing_known),
		cmocka_unit_test_setup_teardown(named_files_that_lack, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_table, setup, teardown),
		cmocka_unit_test_setup_teardown(from_many_threads, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
