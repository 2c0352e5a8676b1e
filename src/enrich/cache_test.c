/* SPDX-License-Identifier: Apache-2.0 */
/* cache_test.c -- a block damaged anywhere is refused; one forged with good checksums gains nothing. */
#include "enrich/cache.h"

#include <fcntl.h>

#include "enrich/block_test.h"

static int setup(void **state)
{
	struct buf *block = calloc(1, sizeof *block);

	assert_non_null(block);
	make_block(block);
	*state = block;
	return 0;
}

static int teardown(void **state)
{
	struct buf *block = *state;

	buf_fini(block);
	free(block);
	return 0;
}

/* A copy that a test may spoil, of exactly its size, so that a sanitizer sees a read behind it. */
static uint8_t *copy_of(const struct buf *block, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	memcpy(copy, block->bytes, len);
	return copy;
}

static void damaged_at_each_octet(void **state)
{
	const struct buf *block = *state;
	uint8_t *copy = copy_of(block, block->len);
	struct cache_view v;

	assert_int_equal(cache_check(copy, block->len, BLOCK_KEY, &v), OK);
	for (size_t i = 0; i < block->len; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			copy[i] ^= (uint8_t)(1u << bit);
			if (cache_check(copy, block->len, BLOCK_KEY, &v) == OK)
				fail_msg("octet %zu, bit %u", i, bit);
			copy[i] ^= (uint8_t)(1u << bit);
		}
	assert_int_equal(cache_check(copy, block->len, BLOCK_KEY, &v), OK);
	free(copy);
}

static void cut_at_each_octet(void **state)
{
	const struct buf *block = *state;
	struct cache_view v;

	for (size_t len = 0; len < block->len; len++) {
		uint8_t *copy = copy_of(block, len);

		if (cache_check(copy, len, BLOCK_KEY, &v) == OK)
			fail_msg("cut at %zu", len);
		free(copy);
	}
}

static void of_other_sources(void **state)
{
	const struct buf *block = *state;
	struct cache_view v;

	assert_int_equal(cache_check(block->bytes, block->len, BLOCK_KEY + 1, &v), E_ABSENT);
}

/* A spoilt copy with checksums made good again. */
struct forgery {
	struct buf block;
	struct cache_header *h;
	struct cache_v6 *v6;
	struct cache_v4 *v4;
	struct cache_net *nets;
	char *names;
};

static void begin(struct forgery *f, const struct buf *block)
{
	*f = (struct forgery){0};
	buf_add(&f->block, block->bytes, block->len);
	assert_int_equal(f->block.err, OK);
	f->h = (struct cache_header *)(void *)f->block.bytes;
	f->v6 = (struct cache_v6 *)(void *)(f->h + 1);
	f->v4 = (struct cache_v4 *)(void *)(f->v6 + f->h->n_v6);
	f->nets = (struct cache_net *)(void *)(f->v4 + f->h->n_v4);
	f->names = (char *)(f->nets + f->h->n_nets);
}

static enum err end(struct forgery *f)
{
	struct cache_view v;
	enum err e;

	cache_seal(&f->block);
	e = cache_check(f->block.bytes, f->block.len, BLOCK_KEY, &v);
	buf_fini(&f->block);
	return e;
}

static void forge_nothing(struct forgery *f)
{
	(void)f;
}

static void forge_first_v4(struct forgery *f)
{
	f->v4[0].first = 1;
}

static void forge_order_v4(struct forgery *f)
{
	f->v4[2].first = f->v4[1].first;
}

static void forge_net_v4(struct forgery *f)
{
	f->v4[f->h->n_v4 - 1].value = f->h->n_nets << CACHE_COUNTRY_BITS;
}

static void forge_country_v4(struct forgery *f)
{
	f->v4[1].value |= CACHE_COUNTRY_MASK;
}

static void forge_first_v6(struct forgery *f)
{
	f->v6[0].low = 1;
}

static void forge_order_v6(struct forgery *f)
{
	f->v6[2] = f->v6[1];
}

static void forge_net_v6(struct forgery *f)
{
	f->v6[0].value = UINT32_MAX & ~(uint32_t)CACHE_COUNTRY_MASK;
}

static void forge_count(struct forgery *f)
{
	f->h->n_nets++;
}

static void forge_counts_that_wrap(struct forgery *f)
{
	f->h->n_v6 = f->h->n_v4 = f->h->n_nets = f->h->names_octets = UINT32_MAX;
}

static void forge_counts_that_balance(struct forgery *f) /* 3 ranges of 8 octets for one of 24 */
{
	f->h->n_v6--;
	f->h->n_v4 += 3;
}

static void forge_name(struct forgery *f)
{
	f->nets[1].name = f->h->names_octets;
}

static void forge_name_end(struct forgery *f)
{
	f->names[f->h->names_octets - 1] = 'x';
}

static void forge_name_escape(struct forgery *f)
{
	f->names[f->nets[1].name] = '\x1b';
}

static void forge_title_escape(struct forgery *f)
{
	f->h->title[0] = '\x1b';
}

static void forge_title_end(struct forgery *f)
{
	memset(f->h->title, 'x', sizeof f->h->title);
}

static void forge_kind(struct forgery *f)
{
	uint32_t nan = 0x7fc00000;

	memcpy(&f->nets[1].kind[0], &nan, sizeof nan);
}

static void forge_kind_sum(struct forgery *f)
{
	for (int k = 0; k < NET_KINDS; k++)
		f->nets[1].kind[k] = 1;
}

static void forge_asn_order(struct forgery *f)
{
	f->nets[2].asn = f->nets[1].asn;
}

static void forge_net_country(struct forgery *f)
{
	f->nets[1].country[0] = '\n';
}

static const struct {
	void (*spoil)(struct forgery *f);
	enum err want;
} forgeries[] = {
	{forge_nothing, OK},
	{forge_first_v4, E_FORMAT},
	{forge_order_v4, E_FORMAT},
	{forge_net_v4, E_FORMAT},
	{forge_country_v4, E_FORMAT},
	{forge_first_v6, E_FORMAT},
	{forge_order_v6, E_FORMAT},
	{forge_net_v6, E_FORMAT},
	{forge_count, E_FORMAT},
	{forge_counts_that_wrap, E_FORMAT},
	{forge_counts_that_balance, E_FORMAT},
	{forge_name, E_FORMAT},
	{forge_name_end, E_FORMAT},
	{forge_name_escape, E_FORMAT},
	{forge_title_escape, E_FORMAT},
	{forge_title_end, E_FORMAT},
	{forge_kind, E_FORMAT},
	{forge_kind_sum, E_FORMAT},
	{forge_asn_order, E_FORMAT},
	{forge_net_country, E_FORMAT},
};

static void forged(void **state)
{
	for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
		struct forgery f;
		enum err e;

		begin(&f, *state);
		forgeries[i].spoil(&f);
		e = end(&f);
		if (e != forgeries[i].want)
			fail_msg("forgery %zu: %d", i, e);
	}
}

static void files(void **state)
{
	char folder[TEST_PATH_ROOM], path[TEST_PATH_ROOM + 16], link[TEST_PATH_ROOM + 32];
	const struct buf *block = *state;
	struct cache_map map = {0};

	make_folder(folder);
	snprintf(path, sizeof path, "%s/a/b/c", folder);
	snprintf(link, sizeof link, "%s/link", folder);
	assert_int_equal(cache_map_file(path, &map), E_ABSENT);
	assert_int_equal(cache_save(path, block), OK); /* folders are made */
	assert_int_equal(cache_save(path, block), OK); /* and a file is replaced */
	assert_int_equal(cache_map_file(path, &map), OK);
	assert_int_equal(map.len, block->len);
	assert_memory_equal(map.octets, block->bytes, map.len);
	cache_unmap(&map);
	cache_unmap(&map);

	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(cache_map_file(link, &map), E_ABSENT);
	assert_int_equal(cache_map_file(folder, &map), E_ABSENT);
	assert_int_equal(chmod(path, 0666), 0); /* any user could have written it */
	assert_int_equal(cache_map_file(path, &map), E_ABSENT);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(cache_map_file(path, &map), E_ABSENT);
	snprintf(link, sizeof link, "%s/x", path); /* below a file */
	assert_int_equal(cache_save(link, block), E_IO);
	remove_folder(folder);
}

static void where(void **state)
{
	struct cache_source a[] = {{"/x/a.csv", 1, 1}, {"/x/b.csv", 1, 1}},
			    b[] = {{"/x/a.csv", 2, 5}, {"/x/b.csv", 1, 1}};
	struct buf one = {0}, two = {0}, three = {0};

	(void)state;
	assert_int_equal(cache_path("/d", a, 2, &one), OK);
	assert_int_equal(cache_path("/d", b, 2, &two), OK);
	assert_int_equal(cache_path("/d", a, 1, &three), OK);
	assert_string_equal(buf_text(&one), buf_text(&two)); /* changed files go where they were */
	assert_string_not_equal(buf_text(&one), buf_text(&three));
	assert_memory_equal(buf_text(&one), "/d/nets-", 8);
	assert_true(cache_key(a, 2) != cache_key(b, 2));
	assert_true(cache_key(a, 2) != cache_key(a, 1));
	a[0].mtime_ns++;
	assert_true(cache_key(a, 2) != cache_key(b, 2));

	buf_clear(&one);
	setenv("HOME", "/home/u", 1);
	setenv("XDG_CACHE_HOME", "/c", 1);
	assert_int_equal(cache_path(NULL, a, 1, &one), OK);
	assert_memory_equal(buf_text(&one), "/c/deflux/nets-", 15);
	buf_clear(&one);
	setenv("XDG_CACHE_HOME", "relative", 1);
	assert_int_equal(cache_path(NULL, a, 1, &one), OK);
	assert_memory_equal(buf_text(&one), "/home/u/.cache/deflux/nets-", 27);
	buf_clear(&one);
	unsetenv("HOME");
	assert_int_equal(cache_path(NULL, a, 1, &one), E_ABSENT);
	buf_fini(&one);
	buf_fini(&two);
	buf_fini(&three);
}

static void country_codes(void **state)
{
	unsigned seen = 0;

	(void)state;
	for (char a = 'A'; a <= 'Z'; a++)
		for (char b = 'A'; b <= 'Z'; b++) {
			char in[2] = {a, b}, out[2];
			uint32_t code = cache_country_code(in);

			assert_int_equal(code, ++seen);
			cache_country_text(code, out);
			assert_memory_equal(in, out, 2);
		}
	assert_true(seen < CACHE_COUNTRY_MASK);
	assert_int_equal(cache_country_code("\0"), 0);
	assert_int_equal(cache_country_code("a1"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_at_each_octet),
		cmocka_unit_test(cut_at_each_octet),
		cmocka_unit_test(of_other_sources),
		cmocka_unit_test(forged),
		cmocka_unit_test(files),
		cmocka_unit_test(where),
		cmocka_unit_test(country_codes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
