/* SPDX-License-Identifier: Apache-2.0 */
/* inputs_test.c -- what of a view counts, and how far: tables of made-up views. */
#include "judge/inputs.h"

#include "judge/made_view.h"
#include "observe/intake.h"

enum { CLUSTERS = 60 };

/* A view out of a few numbers, and what is to come of it. */
static const struct {
	const char *title;
	struct view view;
	uint16_t lacks;
	unsigned networks, each; /* networks of hosts, and members in each: one is a /24 */
	unsigned members, drawn, shown;
	struct inputs_share moved, both;
	unsigned answer_max;
} rows[] = {
	{"nothing", {.hosts = 0}, 0, 0, 0, 0, 0, 0, {.has = false}, {.has = false}, 0},
	{"one address, looked up once",
	 {.hosts = 1, .answer_max = 1},
	 0,
	 1,
	 1,
	 1,
	 1,
	 1,
	 {.has = false},
	 {.has = false},
	 1},
	{"one that can move is no turnover",
	 {.hosts = 1, .movable = 1},
	 0,
	 1,
	 1,
	 1,
	 1,
	 1,
	 {.has = false},
	 {.has = false},
	 0},
	{"few: all count as they are",
	 {.hosts = 6, .movable = 5, .moved = 2, .answer_max = 3},
	 0,
	 3,
	 2,
	 6,
	 6,
	 3,
	 {true, 5, 2},
	 {.has = false},
	 3},
	{"an aggregate knows no single look-ups",
	 {.hosts = 6, .movable = 5, .moved = 2, .answer_max = 3},
	 LACK_LOOKUPS,
	 3,
	 2,
	 6,
	 6,
	 3,
	 {.has = false},
	 {.has = false},
	 0},
	{"of 64 all count",
	 {.hosts = 64, .movable = 64, .moved = 63},
	 0,
	 16,
	 4,
	 64,
	 64,
	 16,
	 {true, 64, 63},
	 {.has = false},
	 0},
	/* 20 (1 - 0.95^64) = 19.2; 100 of 200 are 32 of 64 */
	{"of more a sample",
	 {.hosts = 200, .movable = 200, .moved = 100},
	 0,
	 20,
	 10,
	 200,
	 64,
	 19,
	 {true, 64, 32},
	 {.has = false},
	 0},
	{"those that are only sketched are members too, and no sample is drawn of them",
	 {.hosts = 10, .more_members = 5000},
	 0,
	 5,
	 2,
	 5010,
	 10,
	 5,
	 {.has = false},
	 {.has = false},
	 0},
	{"half of a member is one",
	 {.hosts = 4, .movable = 128, .moved = 1},
	 0,
	 4,
	 1,
	 4,
	 4,
	 4,
	 {true, 64, 1},
	 {.has = false},
	 0},
	{"servers among the hosts",
	 {.hosts = 4, .pages = 4, .servers = 3, .both = 2},
	 0,
	 4,
	 1,
	 4,
	 4,
	 4,
	 {.has = false},
	 {true, 3, 2},
	 0},
	{"of many servers a share",
	 {.hosts = 4, .pages = 4, .servers = 256, .both = 10},
	 0,
	 4,
	 1,
	 4,
	 4,
	 4,
	 {.has = false},
	 {true, 64, 3},
	 0},
	{"servers alone cannot be hosts",
	 {.hosts = 3, .pages = 0, .servers = 3, .both = 3},
	 0,
	 3,
	 1,
	 3,
	 3,
	 3,
	 {.has = false},
	 {.has = false},
	 0},
};

static void expect_share(const char *title, struct inputs_share got, struct inputs_share want)
{
	if (got.has != want.has || got.n != want.n || got.hits != want.hits)
		fail_msg("%s: %u of %u (%d), not %u of %u (%d)", title, got.hits, got.n, got.has, want.hits,
			 want.n, want.has);
}

static void test_what_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct view_cluster clusters[CLUSTERS] = {{0}};
		struct domain d = {.first_ns = 1, .lacks = rows[i].lacks};
		struct view v = rows[i].view;
		struct judge j = {.nets = NULL};
		struct inputs in;

		memset(&in, 0xa5, sizeof in); /* nothing is left as it was */
		v.domain = &d;
		v.clusters = clusters;
		v.n_clusters = v.host_clusters = rows[i].networks;
		for (unsigned k = 0; k < rows[i].networks; k++)
			clusters[k].hosts = clusters[k].host_members = rows[i].each;
		inputs_of(&j, &v, &in);
		if (in.members != rows[i].members || in.drawn != rows[i].drawn ||
		    in.networks != rows[i].shown || in.answer_max != rows[i].answer_max)
			fail_msg("%s: %u members, %u drawn in %u networks, answers of %u", rows[i].title,
				 in.members, in.drawn, in.networks, in.answer_max);
		expect_share(rows[i].title, in.moved, rows[i].moved);
		expect_share(rows[i].title, in.both, rows[i].both);
		assert_true(in.trust == 0 && in.hosts.known == 0 && in.hosts.n == 0 && in.apart.n == 0);
		assert_true(in.homes == 0 && in.server_homes == 0 && in.shared == 0 && !in.has_ttl);
		assert_true(in.has_hosts == (v.hosts != 0) && in.has_servers == (v.servers != 0));
	}
}

/* Networks of hosts from the first on, servers in the last `servers` of them and in `apart` further ones. */
static const struct {
	unsigned networks, servers, apart, kinds_max;
	unsigned counted, apart_counted;
	unsigned first, second, last; /* which of the networks of hosts count */
} sides[] = {
	{1, 0, 0, 40, 1, 0, 0, 0, 0},    {40, 0, 0, 40, 40, 0, 0, 1, 39},
	{50, 0, 0, 40, 40, 0, 1, 2, 49}, /* four of five */
	{50, 0, 0, 10, 10, 0, 4, 9, 49}, {60, 0, 0, 1, 1, 0, 59, 59, 59},
	{5, 2, 0, 40, 5, 0, 0, 1, 4}, /* hosts have said what these are */
	{5, 2, 3, 40, 5, 3, 0, 1, 4},    {0, 0, 3, 2, 0, 2, 0, 0, 0},
};

static uint32_t net_number(const struct nets *nets, unsigned n)
{
	const uint8_t octets[4] = {20, (uint8_t)n, 1, 1};
	struct addr a = addr_v4(octets);

	return nets_find(nets, &a, NULL);
}

static void test_sides(void **state)
{
	struct nets *nets = made_nets(false);

	(void)state;
	for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
		unsigned n = sides[i].networks, all = n + sides[i].apart;
		struct view_cluster clusters[CLUSTERS + 1] = {{0}}; /* the last: of no known network */
		struct domain d = {.first_ns = nets_made_ns(nets)};
		struct parameters p = parameters_own;
		struct judge j = {.nets = nets, .parameters = &p};
		struct view v = {.domain = &d,
				 .clusters = clusters,
				 .n_clusters = all + 1,
				 .hosts = n,
				 .host_clusters = n,
				 .servers = sides[i].servers + sides[i].apart,
				 .server_clusters = sides[i].servers + sides[i].apart};
		struct inputs in;

		p.kinds_max = sides[i].kinds_max;
		for (unsigned k = 0; k < all; k++) {
			clusters[k].net = net_number(nets, k < n ? k : HOSTING + k);
			clusters[k].hosts = clusters[k].host_members = k < n;
			clusters[k].servers = clusters[k].server_members = k + sides[i].servers >= n;
		}
		clusters[all].host_members = clusters[all].server_members = 1;
		inputs_of(&j, &v, &in);
		if (in.hosts.known != n || in.hosts.n != sides[i].counted ||
		    in.apart.known != sides[i].apart || in.apart.n != sides[i].apart_counted)
			fail_msg("row %zu: %u of %u, apart %u of %u", i, in.hosts.n, in.hosts.known,
				 in.apart.n, in.apart.known);
		assert_true(n == 0 ||
			    (in.hosts.of[0] == nets_get(nets, clusters[sides[i].first].net) &&
			     in.hosts.of[in.hosts.n > 1] == nets_get(nets, clusters[sides[i].second].net) &&
			     in.hosts.of[in.hosts.n - 1] == nets_get(nets, clusters[sides[i].last].net)));
		assert_true(in.server_networks == v.servers && in.trust > 0.999);
		/* hosts are in homes; servers apart are not, and what no network is known of is not counted
		 */
		assert_true(n == 0 || in.homes > 0.5);
		assert_true(v.servers == 0 || (in.server_homes < 0.5) == (sides[i].apart > sides[i].servers));
	}
	nets_close(nets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_counts), cmocka_unit_test(test_sides)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
