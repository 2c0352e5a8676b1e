/* SPDX-License-Identifier: Apache-2.0 */
/* forget_test.c -- a full part of the member space makes room: what goes, what stays, and stays as it was. */
#include "profile/made_profile.h"
#include "profile/members.h"

enum { PART = 3, MEMORY = 8000 };

static const struct profile_config config = {.bucket_key = 7, .sketch_key = 5};

/* The i-th address of the part. */
static struct addr address(unsigned i)
{
	for (uint32_t n = 1;; n++) {
		struct addr a =
			addr_v4((const uint8_t[]){10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n});

		if (members_part_of(&a, config.sketch_key) == PART && i-- == 0)
			return a;
	}
}

static void use(struct members *m, unsigned member, unsigned domains, uint8_t role, unsigned at_s)
{
	struct fresh f = {
		.addr = address(member), .first_ns = at_s * NS_PER_SECOND, .role = role, .part = PART};

	for (unsigned d = 1; d <= domains; d++) {
		f.domain = d;
		members_feed(m, &f, 1);
	}
}

static bool is_known(const struct members *m, unsigned member)
{
	struct addr a = address(member);

	return members_find(m, &a) != NULL;
}

static struct members *begin(size_t memory)
{
	struct members *m = calloc(1, sizeof *m);

	assert_non_null(m);
	members_init(m, &config, memory * OBS_PARTITIONS);
	return m;
}

static void end(struct members *m)
{
	members_fini(m);
	free(m);
}

/* Fills the part with members of one domain, the first few with what is asked for. */
static void fill(struct members *m, unsigned from)
{
	for (unsigned i = from; members_part_octets(&m->parts[PART]) < MEMORY; i++)
		use(m, i, 1, MEMBER_HOST, 1000 + i);
}

static void test_worth(void **state)
{
	struct members *m = begin(MEMORY);
	struct members_part *part = &m->parts[PART];
	uint64_t was;

	(void)state;
	use(m, 0, 1, MEMBER_HOST | MEMBER_ACCUSED, 1); /* old, and marked */
	use(m, 1, 6, MEMBER_HOST, 2);                  /* old, of many */
	use(m, 2, 1, MEMBER_HOST, 3);                  /* old, of one */
	use(m, 3, 21, MEMBER_NS, 4);
	fill(m, 4);
	was = part->n_members;
	assert_true(members_trim(m, PART));
	assert_true(is_known(m, 0) && is_known(m, 1) && is_known(m, 3) && !is_known(m, 2) && !is_known(m, 4));
	assert_true(is_known(m, (unsigned)was - 1)); /* the latest */
	assert_int_equal(part->lost, was - part->n_members);
	assert_true(members_part_octets(part) <= MEMORY / 2 + MEMBERS_BLOCK * sizeof(struct member));
	assert_false(members_trim(m, PART));
	assert_false(members_trim(m, PART + 1));
	end(m);
}

/* Uses, their order, and room to add others are as before. */
static void test_stays(void **state)
{
	struct members *m = begin(MEMORY);
	const struct member_use *u;
	const struct member *x;
	struct addr a = address(1);
	unsigned n = 0;

	(void)state;
	use(m, 0, 3, MEMBER_HOST, 1);
	use(m, 1, 9, MEMBER_HOST, 2);
	fill(m, 2);
	assert_true(members_trim(m, PART));
	use(m, 0, 12, MEMBER_NS, 5000);
	use(m, 1, 12, MEMBER_NS, 5000);
	x = members_find(m, &a);
	assert_non_null(x);
	assert_int_equal(x->n_uses, 12);
	for (u = &x->use; u != NULL; u = members_next(m, x, u)) {
		assert_int_equal(u->domain, ++n);
		assert_int_equal(u->first_s, n <= 9 ? 2 : 5000);
		assert_int_equal(u->roles, n <= 9 ? MEMBER_HOST | MEMBER_NS : MEMBER_NS);
	}
	assert_int_equal(n, 12);
	end(m);
}

/* When even marked ones go, what is left of the marks is counted anew. */
static void test_marks(void **state)
{
	struct members *m = begin(MEMORY);
	struct members_part *part = &m->parts[PART];

	(void)state;
	for (unsigned i = 0; members_part_octets(part) < MEMORY; i++)
		use(m, i, 1, MEMBER_HOST | MEMBER_ACCUSED, i);
	assert_int_equal(part->accused, part->n_members);
	assert_true(members_trim(m, PART));
	assert_true(part->n_members != 0);
	assert_int_equal(part->accused, part->n_members);
	end(m);
}

static void test_no_limit(void **state)
{
	struct members *m = begin(0);

	(void)state;
	fill(m, 0);
	assert_false(members_trim(m, PART));
	end(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worth),
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_no_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
