/* SPDX-License-Identifier: Apache-2.0 */
/* join_test.c -- servers kept by many groups, made one, are what one group would have kept. */
#include "profile/made_profile.h"

enum { MESSAGES = 300, SERVERS = 9, DOMAINS = 40 };

/* A look-up of some domain, told by two of a few servers, whose addresses move. */
static void see_one(struct profiles *s, uint64_t draw, unsigned step)
{
	unsigned domain = (unsigned)(draw % DOMAINS), one = (unsigned)(draw >> 8) % SERVERS,
		 other = (one + 1 + (unsigned)(draw >> 16) % (SERVERS - 1)) % SERVERS,
		 last = (unsigned)(draw >> 24 & 3);
	struct buf text = {0};
	struct seen row = {.at_s = step * 70, /* no repeats: those change nothing */
			   .flags = RECURSIVE};

	buf_printf(&text,
		   "d%u.com A | a d%u.com 60 A 1.0.0.1 | n d%u.com 900 NS ns%u.b.net | n d%u.com 900 NS "
		   "ns%u.b.net | "
		   "d ns%u.b.net 60 A 2.0.0.%u | d ns%u.b.net 60 A 2.0.%u.%u",
		   domain, domain, domain, one, domain, other, one, one + 1, other, other, last + 1);
	row.message = buf_text(&text);
	made_see(s, &row, 1);
	buf_fini(&text);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The servers and their addresses, one a line, in order. */
static void show(const struct partition *p, struct buf *out)
{
	char *lines[200];
	size_t n = 0;

	for (size_t i = 0; i < p->n_owners; i++) {
		const struct owner *w = &p->owners[i];
		char name[NAME_TEXT_MAX];

		name_to_text(partition_name(p, w->name), name);
		for (uint32_t k = w->pairs; k != NONE; k = p->pairs[k].next) {
			const struct pair *pair = &p->pairs[k];
			struct buf line = {0};
			char addr[ADDR_TEXT_MAX];

			addr_to_text(&pair->addr, addr);
			buf_printf(&line, "%s %lld-%lld ttl %u-%u roles %u v%u homes %u: %s %lld-%lld v%u ",
				   name, (long long)(w->first_ns / NS_PER_SECOND),
				   (long long)(w->last_ns / NS_PER_SECOND), w->ttl_min, w->ttl_max, w->roles,
				   w->vantages[0], w->homes, addr,
				   (long long)(pair->first_ns / NS_PER_SECOND),
				   (long long)(pair->last_ns / NS_PER_SECOND), pair->vantages);
			made_bits(&line, pair->roles, "haNsig!");
			assert_true(n < 200);
			lines[n++] = strdup(buf_text(&line));
			buf_fini(&line);
		}
	}
	qsort(lines, n, sizeof *lines, by_text);
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "%s\n", lines[i]);
		free(lines[i]);
	}
}

static void play(uint64_t seed, bool together, struct buf *out, uint64_t *lookups)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7, .together = together});
	struct partition *all = &s->parts[OBS_PARTITIONS];
	uint64_t draw = seed;
	unsigned groups = 0;

	for (unsigned i = 0; i < MESSAGES; i++) {
		draw = hash_u64(draw, seed);
		see_one(s, draw, i);
	}
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		groups += s->parts[OBS_PARTITIONS + g].n_owners != 0;
	assert_true(together ? groups == 1 : groups > 4);
	partition_settle(all, 0);
	for (unsigned g = 1; g < OBS_GROUPS; g++) {
		partition_join(all, &s->parts[OBS_PARTITIONS + g]);
		assert_int_equal(s->parts[OBS_PARTITIONS + g].n_owners, 0);
	}
	assert_int_equal(all->n_owners, SERVERS);
	show(all, out);
	*lookups = all->counts.lookups;
	made_profiles_close(s);
}

static void test_as_if_one_had_kept_them(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct buf one = {0}, many = {0};
		uint64_t counted, counted_apart;

		play(seed, true, &one, &counted);
		play(seed, false, &many, &counted_apart);
		assert_string_equal(buf_text(&many), buf_text(&one));
		assert_true(counted_apart >= counted); /* one look-up may be told to several groups */
		buf_fini(&one);
		buf_fini(&many);
	}
}

static void test_into_one_that_knows_nothing(void **state)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7, .together = true});
	struct partition *from = &s->parts[OBS_PARTITIONS], *to = &s->parts[OBS_PARTITIONS + 1];
	struct buf before = {0}, after = {0};
	uint64_t sightings;

	(void)state;
	for (unsigned i = 0; i < 50; i++)
		see_one(s, hash_u64(i, 3), i);
	partition_settle(from, 0);
	show(from, &before);
	sightings = from->counts.sightings;
	partition_join(to, from);
	show(to, &after);
	assert_string_equal(buf_text(&after), buf_text(&before));
	assert_int_equal(to->counts.sightings, sightings);
	assert_int_equal(from->counts.sightings, 0);
	partition_join(to, from); /* and nothing into it */
	buf_clear(&after);
	show(to, &after);
	assert_string_equal(buf_text(&after), buf_text(&before));
	buf_fini(&before);
	buf_fini(&after);
	made_profiles_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_if_one_had_kept_them),
		cmocka_unit_test(test_into_one_that_knows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
