/* SPDX-License-Identifier: Apache-2.0 */
/* members_test.c -- who uses a member: the list, its limit, roles, marks, and what a full space says. */
#include "profile/made_profile.h"
#include "profile/members.h"

enum { KEY = 7, SKETCH = 5 };

static const struct profile_config config = {.bucket_key = KEY, .sketch_key = SKETCH};

/* A partition as the member space looks at it: its list of fresh entries. */
static void told(struct partition *p, const char *addr, uint64_t domain, uint8_t role, unsigned at_s)
{
	struct fresh f;

	memset(&f, 0, sizeof f);
	assert_int_equal(addr_from_text(addr, strlen(addr), &f.addr), OK);
	f.domain = domain;
	f.role = role;
	f.first_ns = at_s * NS_PER_SECOND;
	f.partition = (uint8_t)domain;
	f.part = members_part_of(&f.addr, SKETCH);
	buf_add(&p->fresh, &f, sizeof f);
}

static void take(struct members *m, const struct partition *p)
{
	members_feed(m, (const struct fresh *)(const void *)p->fresh.bytes,
		     p->fresh.len / sizeof(struct fresh));
}

/* What the partition has found, then the boundary. */
static void feed(struct members *m, struct partition *p)
{
	take(m, p);
	members_publish(m);
	buf_clear(&p->fresh);
}

static struct members *begin(size_t memory_bytes, struct partition *p)
{
	struct members *m = malloc(sizeof *m);

	assert_non_null(m);
	members_init(m, &config, memory_bytes);
	partition_init(p, &config, NULL);
	return m;
}

static void end(struct members *m, struct partition *p)
{
	members_fini(m);
	members_fini(m);
	partition_fini(p);
	free(m);
}

/* "3: 1h 2h 9N!" */
static void check(const struct members *m, const char *addr, const char *expected)
{
	const struct member *member;
	struct buf text = {0};
	struct addr a;

	assert_int_equal(addr_from_text(addr, strlen(addr), &a), OK);
	member = members_find(m, &a);
	if (member == NULL) {
		assert_string_equal("", expected);
		return;
	}
	buf_printf(&text, "%u:", member->n_uses);
	for (const struct member_use *use = &member->use; use != NULL; use = members_next(m, member, use)) {
		assert_int_equal(use->partition, use->domain);
		buf_printf(&text, " %u@%u", (unsigned)use->domain, use->first_s);
		made_bits(&text, use->roles, "haNsig!");
	}
	assert_string_equal(buf_text(&text), expected);
	buf_fini(&text);
}

static void test_users(void **state)
{
	struct partition p;
	struct members *m = begin(0, &p);

	(void)state;
	told(&p, "1.0.0.1", 3, MEMBER_HOST, 10);
	told(&p, "1.0.0.1", 1, MEMBER_HOST, 11);
	told(&p, "1.0.0.2", 1, MEMBER_HOST, 11);
	feed(m, &p);
	check(m, "1.0.0.1", "2: 3@10h 1@11h"); /* in the order they came */
	check(m, "1.0.0.2", "1: 1@11h");
	check(m, "1.0.0.3", "");
	/* again, in other roles, behind a later boundary: the first time stays */
	told(&p, "1.0.0.1", 3, MEMBER_NS_HOST, 20);
	told(&p, "1.0.0.1", 3, MEMBER_HOST, 30);
	told(&p, "1.0.0.1", 2, MEMBER_ALIAS, 30);
	feed(m, &p);
	check(m, "1.0.0.1", "3: 3@10hs 1@11h 2@30a");
	check(m, "1.0.0.2", "1: 1@11h");
	end(m, &p);
}

static void test_accused_marks(void **state)
{
	struct partition p;
	struct members *m = begin(0, &p);

	(void)state;
	told(&p, "1.0.0.1", 3, MEMBER_HOST, 10);
	feed(m, &p);
	assert_false(m->any_accused);
	told(&p, "1.0.0.1", 3, MEMBER_HOST | MEMBER_ACCUSED, 20);
	members_feed(m, (const struct fresh *)(const void *)p.fresh.bytes,
		     p.fresh.len / sizeof(struct fresh));
	assert_false(m->any_accused); /* not before the boundary */
	members_publish(m);
	assert_true(m->any_accused);
	check(m, "1.0.0.1", "1: 3@10h!");
	for (unsigned i = 4; i < 9; i++)
		told(&p, "1.0.0.1", i, (uint8_t)(i < 8 ? MEMBER_HOST | MEMBER_ACCUSED : MEMBER_HOST), 20);
	feed(m, &p);
	check(m, "1.0.0.1", "6: 3@10h! 4@20h! 5@20h! 6@20h! 7@20h! 8@20h");
	told(&p, "1.0.0.1", 5, MEMBER_CLEARED, 30); /* one mark taken back, and of others nothing is known */
	told(&p, "1.0.0.1", 9, MEMBER_CLEARED, 30);
	told(&p, "1.0.0.2", 5, MEMBER_CLEARED, 30);
	feed(m, &p);
	check(m, "1.0.0.1", "6: 3@10h! 4@20h! 5@20h 6@20h! 7@20h! 8@20h");
	check(m, "1.0.0.2", "");
	members_unmark(m);
	assert_false(m->any_accused);
	check(m, "1.0.0.1", "6: 3@10h 4@20h 5@20h 6@20h 7@20h 8@20h");
	members_publish(m);
	assert_false(m->any_accused);
	end(m, &p);
}

static void test_a_member_of_many(void **state)
{
	struct partition p;
	struct members *m = begin(0, &p);
	const struct member *member;
	unsigned walked = 0;
	uint64_t lost = 0;
	struct addr a;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		told(&p, "1.0.0.1", i, MEMBER_HOST, i);
	told(&p, "1.0.0.2", 200, MEMBER_HOST, 1);
	feed(m, &p);
	assert_int_equal(addr_from_text("1.0.0.1", 7, &a), OK);
	member = members_find(m, &a);
	assert_non_null(member);
	assert_int_equal(member->n_uses, 100);
	for (const struct member_use *u = &member->use; u != NULL; u = members_next(m, member, u))
		assert_int_equal(u->domain, walked++);
	assert_int_equal(walked, MEMBER_DOMAINS_MAX);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		lost += m->parts[i].lost;
	assert_int_equal(lost, 100 - MEMBER_DOMAINS_MAX);
	check(m, "1.0.0.2", "1: 200@1h");
	end(m, &p);
}

static unsigned accused_of(const struct members *m, const struct member *member)
{
	unsigned n = 0;

	for (const struct member_use *u = &member->use; u != NULL; u = members_next(m, member, u))
		n += (u->roles & MEMBER_ACCUSED) != 0;
	return n;
}

/* Of the many, those that are accused are kept: whoever was told first. */
static void test_marks_of_many(void **state)
{
	struct partition p;
	struct members *m = begin(0, &p);
	const struct member *member;
	struct addr a;

	(void)state;
	assert_int_equal(addr_from_text("1.0.0.1", 7, &a), OK);
	for (unsigned i = 0; i < 100; i++)
		told(&p, "1.0.0.1", i, MEMBER_HOST, i);
	for (unsigned i = 3; i < 100; i += 87)
		told(&p, "1.0.0.1", i, MEMBER_HOST | MEMBER_ACCUSED, i);
	feed(m, &p);
	member = members_find(m, &a);
	assert_non_null(member);
	assert_int_equal(accused_of(m, member), 2);
	assert_int_equal(member->n_uses, 100);
	told(&p, "1.0.0.1", 90, MEMBER_CLEARED, 100);
	feed(m, &p);
	assert_int_equal(accused_of(m, member), 1);
	for (unsigned i = 0; i < 100; i++)
		told(&p, "1.0.0.1", i, MEMBER_HOST | MEMBER_ACCUSED, i);
	feed(m, &p);
	assert_int_equal(accused_of(m, member), MEMBER_DOMAINS_MAX);
	end(m, &p);
}

/* Each entry goes to the part that a look-up finds it in, when its group is fed, and not with another. */
static void test_groups(void **state)
{
	struct partition p;
	struct members *m = begin(0, &p);
	size_t members = 0;

	(void)state;
	for (unsigned i = 0; i < 4000; i++) {
		char addr[ADDR_TEXT_MAX];

		snprintf(addr, sizeof addr, "1.0.%u.%u", i / 250, i % 250);
		told(&p, addr, 9, MEMBER_HOST, i);
	}
	take(m, &p);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		assert_true(m->parts[i].n_members != 0);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		members += m->parts[i].n_members;
	assert_int_equal(members, 4000);
	check(m, "1.0.0.77", "1: 9@77h");
	check(m, "1.0.15.249", "1: 9@3999h");
	end(m, &p);
}

static void test_memory(void **state)
{
	enum { CAP = 1 << 20, MANY = 60000 };
	struct partition p;
	struct members *m = begin(CAP, &p);
	uint64_t lost = 0, kept = 0;

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		char addr[ADDR_TEXT_MAX];

		snprintf(addr, sizeof addr, "1.%u.%u.%u", i / 62500, i / 250 % 250, i % 250);
		told(&p, addr, 9, MEMBER_HOST, 1);
	}
	feed(m, &p);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
		lost += m->parts[i].lost;
		kept += m->parts[i].n_members;
	}
	assert_int_equal(lost + kept, MANY);
	assert_true(lost > MANY / 4 && kept > 4000);
	assert_true(members_octets(m) <= CAP + CAP / 2); /* each part may go over by its last growth */
	/* what is there is still told of */
	told(&p, "1.0.0.0", 4, MEMBER_HOST, 5);
	feed(m, &p);
	check(m, "1.0.0.0", "2: 9@1h 4@5h");
	end(m, &p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_accused_marks),
		cmocka_unit_test(test_a_member_of_many),
		cmocka_unit_test(test_marks_of_many),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
