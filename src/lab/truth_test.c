/* SPDX-License-Identifier: Apache-2.0 */
/* truth_test.c -- which members count as independent, and when the fifteenth of them appeared. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "dns/type.h"
#include "lab/truth.h"

enum { MEMBERS = 40 };

static struct world world;
static uint32_t *slots; /* of a pool of MEMBERS machines, each with a /24 and a /48 of its own */

static int make_world(void **state)
{
	struct pool_plan plan = {.rule = POOL_ANY, .n = MEMBERS, .framed = NONE};
	uint32_t place = 0;

	(void)state;
	assert_int_equal(world_init(&world, 1, NULL), OK);
	slots = world.pools[world_pool(&world, &plan, &place, 1)].slots;
	assert_int_equal(world.err, OK);
	for (uint8_t i = 0; i < MEMBERS; i++) {
		struct member *m = &world.members[slots[i]];

		m->v4 = addr_v4((uint8_t[4]){99, 7, i, 1});
		m->v6 = addr_v6((uint8_t[16]){0x2a, 0x10, 0, 1, 0, i, [15] = 1});
	}
	return 0;
}

static int drop_world(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

static void counts_a_machine_once(void **state)
{
	struct tally t = {.lookups = 0};

	(void)state;
	assert_int_equal(tally_member(&t, &world, slots[0], RR_A, 3), OK);
	assert_int_equal(tally_member(&t, &world, slots[0], RR_AAAA, 4), OK);
	assert_int_equal(t.members.n, 2);
	assert_int_equal(t.n_groups, 1);
	assert_int_equal(tally_member(&t, &world, slots[1], RR_AAAA, 5), OK);
	assert_int_equal(tally_member(&t, &world, slots[1], RR_A, 6), OK);
	assert_int_equal(t.members.n, 4);
	assert_int_equal(t.n_groups, 2);
	assert_int_equal(t.members.first_s[2], 5);
	tally_fini(&t);
}

static void counts_networks_not_addresses(void **state)
{
	struct tally t = {.lookups = 0};

	(void)state;
	world.members[slots[1]].v4 = addr_v4((uint8_t[4]){99, 7, 0, 9}); /* beside the first */
	world.members[slots[2]].v4 = world.members[slots[0]].v4;         /* the same again */
	world.members[slots[3]].decoy = true;
	world.members[slots[4]].v4 = (struct addr){{0}};
	for (int i = 0; i < 5; i++)
		assert_int_equal(tally_member(&t, &world, slots[i], RR_A, 3), OK);
	assert_int_equal(t.members.n, 4);
	assert_int_equal(t.n_groups, 2); /* 99.7.0/24 and the one that has IPv6 alone */
	tally_fini(&t);
}

static void counts_servers_that_are_members(void **state)
{
	struct zone steady = {.resettles = true}, moving = {.moving = true};
	struct tally t = {.lookups = 0};

	(void)state;
	assert_int_equal(tally_server(&t, &world, &steady, slots[0], 1), OK);
	assert_int_equal(t.n_groups, 0);
	assert_int_equal(tally_server(&t, &world, &moving, slots[1], 1), OK);
	assert_int_equal(tally_member(&t, &world, slots[1], RR_A, 2), OK);
	assert_int_equal(t.n_groups, 1);
	assert_int_equal(t.servers.n, 2);
	tally_fini(&t);
}

static void knows_the_fifteenth(void **state)
{
	struct tally t = {.lookups = 0};
	struct buf line = {0};
	uint32_t zone = world_zone(&world, LAB_FLUX, "example.org");

	(void)state;
	world.wide = true;
	for (uint32_t i = 0; i < MEMBERS; i++) {
		assert_int_equal(tally_member(&t, &world, slots[i], RR_A, 100 + i), OK);
		assert_int_equal(t.n_groups, i < INDEPENDENT ? i + 1 : INDEPENDENT);
	}
	truth_line(&world, zone, &t, &line);
	assert_non_null(strstr(buf_text(&line), "\"independent\":15,\"fifteenth\":114}"));
	assert_non_null(strstr(buf_text(&line), "\"members_first\":[100,101,"));
	buf_fini(&line);
	tally_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(counts_a_machine_once, make_world, drop_world),
		cmocka_unit_test_setup_teardown(counts_networks_not_addresses, make_world, drop_world),
		cmocka_unit_test_setup_teardown(counts_servers_that_are_members, make_world, drop_world),
		cmocka_unit_test_setup_teardown(knows_the_fifteenth, make_world, drop_world),
	};

	return cmocka_run_group_tests_name("truth", tests, NULL, NULL);
}
