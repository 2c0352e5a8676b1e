/* SPDX-License-Identifier: Apache-2.0 */
/* state_members_test.c -- a member space that is not sound is refused; and one that counts no further. */
#include "profile/made_profile.h"
#include "profile/state.h"

enum { PART = 3, MEMBERS = 6 };

static struct members *made_members(const struct profile_config *config)
{
	struct members *m = calloc(1, sizeof *m);
	unsigned found = 0;

	assert_non_null(m);
	members_init(m, config, 0);
	for (uint32_t i = 1; found < MEMBERS; i++) {
		struct fresh f = {.first_ns = i, .role = MEMBER_HOST};

		f.addr = addr_v4((const uint8_t[]){10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i});
		f.part = members_part_of(&f.addr, config->sketch_key);
		if (f.part != PART)
			continue;
		found++;
		for (uint32_t k = 0; k < 1u << found; k++) { /* by 2, 4 ... 64 domains: all sizes of room */
			f.domain = k + 1;
			members_feed(m, &f, 1);
		}
	}
	return m;
}

#define BREAK_PART(name, what)                                                                               \
	static void name(struct members_part *p)                                                             \
	{                                                                                                    \
		what;                                                                                        \
	}

BREAK_PART(use_far, members_at(p, 0)->more = (uint32_t)p->n_uses)
BREAK_PART(use_shared, members_at(p, 0)->more = members_at(p, 5)->more)
BREAK_PART(use_amid, members_at(p, 0)->more++)
BREAK_PART(use_none, members_at(p, 0)->n_uses = 0)
BREAK_PART(use_many, members_at(p, 0)->n_uses = MEMBER_DOMAINS_MAX)
BREAK_PART(free_far, p->free[0] = (uint32_t)p->n_uses + 1)
BREAK_PART(free_loop, p->uses[p->free[0] - 1].first_s = p->free[0])
BREAK_PART(free_used, p->free[4] = members_at(p, 5)->more + 1)
BREAK_PART(member_elsewhere, members_at(p, 0)->addr.octets[15]++)
BREAK_PART(member_twice, members_at(p, 1)->addr = members_at(p, 0)->addr)

static void test_members(void **state)
{
	static void (*const break_it[])(struct members_part * p) = {
		use_far,  use_shared, use_amid,  use_none,         use_many,
		free_far, free_loop,  free_used, member_elsewhere, member_twice};
	static const struct profile_config config = {.bucket_key = 7, .sketch_key = 5};
	struct members *to = calloc(1, sizeof *to);
	struct buf octets = {0};

	(void)state;
	assert_non_null(to);
	members_init(to, &config, 0);
	for (size_t i = 0; i < sizeof break_it / sizeof *break_it; i++) {
		struct members *m = made_members(&config);

		buf_clear(&octets);
		state_put_members(m, PART, &octets);
		assert_int_equal(state_get_members(to, PART, octets.bytes, octets.len), OK);
		members_fini(to);
		members_init(to, &config, 0);
		assert_int_equal(state_get_members(to, PART + 1, octets.bytes, octets.len), E_FORMAT);
		for (size_t len = 0; len < octets.len && i == 0; len++)
			assert_int_equal(state_get_members(to, PART, octets.bytes, len), E_FORMAT);
		buf_clear(&octets);
		break_it[i](&m->parts[PART]);
		state_put_members(m, PART, &octets);
		if (state_get_members(to, PART, octets.bytes, octets.len) != E_FORMAT)
			fail_msg("damage %u was let through", (unsigned)i);
		assert_int_equal(to->parts[PART].n_members, 0);
		members_fini(m);
		free(m);
	}
	members_fini(to);
	free(to);
	buf_fini(&octets);
}

/* A member that so many used that they cannot be counted. */
static void test_many_uses(void **state)
{
	static const struct profile_config config = {.bucket_key = 7, .sketch_key = 5};
	struct members *m = made_members(&config), *to = calloc(1, sizeof *to);
	struct member *x = members_at(&m->parts[PART], 5);
	struct fresh f = {.addr = x->addr, .domain = 999, .part = PART};
	struct buf octets = {0};

	(void)state;
	assert_non_null(to);
	x->n_uses = UINT32_MAX;
	state_put_members(m, PART, &octets);
	members_init(to, &config, 0);
	assert_int_equal(state_get_members(to, PART, octets.bytes, octets.len), OK);
	members_feed(to, &f, 1);
	x = members_at(&to->parts[PART], 5);
	assert_int_equal(x->n_uses, UINT32_MAX);
	assert_int_equal(member_kept(x), MEMBER_DOMAINS_MAX);
	members_fini(to);
	members_fini(m);
	free(to);
	free(m);
	buf_fini(&octets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_members), cmocka_unit_test(test_many_uses)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
