/* SPDX-License-Identifier: Apache-2.0 */
/* networks_test.c -- findings made by hand: what forms a network, what joins nothing, and which name each
 * has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the first three above */
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/stamp.h"
#include "dns/name.h"
#include "network/networks.h"

#define HOUR (3600 * NS_PER_SECOND)

enum { SETS_MAX = 3, DOMAINS_MAX = 16, MEMBERS_MAX = 600, TEXT_MAX = 2000 };

/* Members [from, from + n) of a domain, each in a /24 of its own; `honest` other, honest domains use each. */
struct crowd {
	unsigned from, n, first_h, last_h, count, honest;
	uint8_t roles;
};

struct made {
	const char *name;
	unsigned first_h, last_h;
	enum flux_kind kind;
	struct crowd sets[SETS_MAX];
};

#define HOSTS(from, n)            from, n, 0, 10, 2, 0, MEMBER_HOST
#define SERVERS(from, n)          from, n, 0, 10, 2, 0, MEMBER_NS_HOST
#define SHARED(from, n, honest)   from, n, 0, 10, 2, honest, MEMBER_HOST
#define SETTLED(from, n, lookups) from, n, 11, 40, lookups, 0, MEMBER_HOST

static unsigned users_of(const struct made *list, unsigned n, unsigned member)
{
	unsigned users = 0;

	for (unsigned d = 0; d < n; d++)
		for (unsigned s = 0; s < SETS_MAX; s++)
			users += member - list[d].sets[s].from < list[d].sets[s].n;
	return users;
}

static void add(struct networks *n, const struct made *list, unsigned count, unsigned which)
{
	static struct view_member members[MEMBERS_MAX];
	const struct made *m = &list[which];
	struct domain domain = {.first_ns = m->first_h * HOUR, .last_ns = m->last_h * HOUR, .answers = 20};
	struct view v = {.domain = &domain, .members = members};
	struct judgement j = {.verdict = VERDICT_FLUX, .kind = m->kind};
	struct name name;

	assert_int_equal(name_from_text(m->name, strlen(m->name), &name), OK);
	v.name = name.octets;
	for (unsigned s = 0; s < SETS_MAX; s++)
		for (unsigned i = 0; i < m->sets[s].n; i++) {
			const struct crowd *c = &m->sets[s];
			unsigned k = c->from + i;
			char text[ADDR_TEXT_MAX];
			struct view_member *to = &members[v.n_members++];

			*to = (struct view_member){.first_ns = c->first_h * HOUR,
						   .last_ns = c->last_h * HOUR,
						   .count = c->count,
						   .roles = c->roles};
			to->users = (uint16_t)(users_of(list, count, k) - 1 + c->honest);
			snprintf(text, sizeof text, "20.%u.%u.1", k / 250, k % 250);
			assert_int_equal(addr_from_text(text, strlen(text), &to->addr), OK);
		}
	assert_int_equal(networks_add(n, &v, &j, NULL), OK);
}

static unsigned count_made(const struct made *list)
{
	unsigned n = 0;

	while (n < DOMAINS_MAX && list[n].name != NULL)
		n++;
	return n;
}

/* "a b (30 agents, 2 aside)", network by network. */
static void describe(const struct networks *n, char text[TEXT_MAX])
{
	size_t at = 0;

	text[0] = 0;
	for (size_t i = 0; i < n->n_list; i++) {
		const struct network *w = &n->list[i];

		for (uint32_t d = 0; d < w->n_domains; d++) {
			char name[NAME_TEXT_MAX];

			name_to_text(networks_name(n, &n->domains[w->domains[d]]), name);
			at += (size_t)snprintf(text + at, TEXT_MAX - at, "%s ", name);
		}
		at += (size_t)snprintf(text + at, TEXT_MAX - at, "(%u agents, %u aside)%s", w->n_agents,
				       w->set_aside, i + 1 == n->n_list ? "" : "; ");
	}
}

/* A growing number of domains use most of one pool. */
#define DENSE(name, at_h, kind, from)                                                                        \
	{                                                                                                    \
		name, at_h, 10, kind,                                                                        \
		{                                                                                            \
			{                                                                                    \
				HOSTS(from, 30)                                                              \
			}                                                                                    \
		}                                                                                            \
	}

static const struct {
	const char *what, *networks;
	struct made list[DOMAINS_MAX];
} rows[] = {
	{"one alone", "a.com (30 agents, 0 aside)", {DENSE("a.com", 0, FLUX_SINGLE, 0)}},
	{"two of one pool",
	 "a.com b.com (30 agents, 0 aside)",
	 {DENSE("b.com", 1, FLUX_SINGLE, 0), DENSE("a.com", 0, FLUX_SINGLE, 0)}},
	{"two dense groups, and a domain that uses members of both",
	 "a.com b.com c.com m.com (40 agents, 0 aside); d.com e.com f.com (30 agents, 0 aside)",
	 {DENSE("a.com", 0, FLUX_SINGLE, 0),
	  DENSE("b.com", 1, FLUX_SINGLE, 0),
	  DENSE("c.com", 2, FLUX_SINGLE, 0),
	  DENSE("d.com", 3, FLUX_SINGLE, 100),
	  DENSE("e.com", 4, FLUX_SINGLE, 100),
	  DENSE("f.com", 5, FLUX_SINGLE, 100),
	  {"m.com", 6, 10, FLUX_SINGLE, {{HOSTS(0, 20)}, {HOSTS(100, 10)}}}}},
	{"what honest domains use mostly joins nothing",
	 "a.com (8 agents, 20 aside); b.com (8 agents, 20 aside)",
	 {{"a.com", 0, 10, FLUX_SINGLE, {{HOSTS(0, 8)}, {SHARED(100, 20, 40)}}},
	  {"b.com", 1, 10, FLUX_SINGLE, {{HOSTS(50, 8)}, {SHARED(100, 20, 40)}}}}},
	{"the same where no honest domain uses it",
	 "a.com b.com (36 agents, 0 aside)",
	 {{"a.com", 0, 10, FLUX_SINGLE, {{HOSTS(0, 8)}, {SHARED(100, 20, 0)}}},
	  {"b.com", 1, 10, FLUX_SINGLE, {{HOSTS(50, 8)}, {SHARED(100, 20, 0)}}}}},
	{"a sinkhole that two seized names settled on joins nothing",
	 "a.com (8 agents, 4 aside); b.com (8 agents, 4 aside)",
	 {{"a.com", 0, 40, FLUX_SINGLE, {{HOSTS(0, 8)}, {SETTLED(100, 4, 30)}}},
	  {"b.com", 1, 40, FLUX_SINGLE, {{HOSTS(50, 8)}, {SETTLED(100, 4, 30)}}}}},
	{"new agents that were seen a few times are no sinkhole",
	 "a.com b.com (20 agents, 0 aside)",
	 {{"a.com", 0, 40, FLUX_SINGLE, {{HOSTS(0, 8)}, {SETTLED(100, 4, 3)}}},
	  {"b.com", 1, 40, FLUX_SINGLE, {{HOSTS(50, 8)}, {SETTLED(100, 4, 3)}}}}},
	{"a domain that never moved settled on nothing",
	 "a.com b.com (8 agents, 0 aside)",
	 {{"a.com", 0, 40, FLUX_SINGLE, {{SETTLED(0, 8, 30)}}},
	  {"b.com", 1, 40, FLUX_SINGLE, {{SETTLED(0, 8, 30)}}}}},
	{"a name server that both share, where only addresses flux",
	 "a.com (8 agents, 0 aside); b.com (8 agents, 0 aside)",
	 {{"a.com", 0, 10, FLUX_SINGLE, {{HOSTS(0, 8)}, {SERVERS(100, 20)}}},
	  {"b.com", 1, 10, FLUX_SINGLE, {{HOSTS(50, 8)}, {SERVERS(100, 20)}}}}},
	{"and where name servers flux too",
	 "a.com b.com (36 agents, 0 aside)",
	 {{"a.com", 0, 10, FLUX_DOUBLE, {{HOSTS(0, 8)}, {SERVERS(100, 20)}}},
	  {"b.com", 1, 10, FLUX_DOUBLE, {{HOSTS(50, 8)}, {SERVERS(100, 20)}}}}},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned count = count_made(rows[i].list);
		char first[TEXT_MAX], text[TEXT_MAX];

		for (unsigned turn = 0; turn < 2 * count; turn++) { /* in any order of adding */
			struct networks n = {.n_list = 0};

			for (unsigned k = 0; k < count; k++)
				add(&n, rows[i].list, count,
				    turn < count ? (turn + k) % count : (turn - k) % count);
			assert_int_equal(networks_build(&n), OK);
			describe(&n, text);
			if (strcmp(text, rows[i].networks) != 0)
				fail_msg("%s: %s, not %s", rows[i].what, text, rows[i].networks);
			snprintf(text, sizeof text, "%s %s", n.list[0].name, n.list[n.n_list - 1].name);
			if (turn == 0)
				memcpy(first, text, sizeof first);
			assert_string_equal(text, first);
			networks_fini(&n);
		}
	}
}

/* ---- the name through time ---- */

static const struct made grown[] = {
	DENSE("a.com", 0, FLUX_SINGLE, 0),
	DENSE("b.com", 1, FLUX_SINGLE, 10),
	DENSE("c.com", 2, FLUX_SINGLE, 20),
	DENSE("d.com", 3, FLUX_SINGLE, 30),
	DENSE("p.com", 4, FLUX_SINGLE, 200),
	DENSE("q.com", 5, FLUX_SINGLE, 200),
	{"w.com", 9, 10, FLUX_SINGLE, {{HOSTS(26, 30)}}}, /* four of a.com's */
	/* one pool that holds both */
	{"x.com", 6, 10, FLUX_SINGLE, {{HOSTS(20, 40)}, {HOSTS(200, 30)}}},
	{"y.com", 7, 10, FLUX_SINGLE, {{HOSTS(20, 40)}, {HOSTS(200, 30)}}},
	{"z.com", 8, 10, FLUX_SINGLE, {{HOSTS(20, 40)}, {HOSTS(200, 30)}}},
};

enum { GROWN = sizeof grown / sizeof *grown };

/* Builds of the domains that the letters name. */
static void build(struct networks *n, const char *letters)
{
	struct made list[GROWN];
	unsigned count = 0;

	for (; *letters != 0; letters++)
		for (unsigned d = 0; d < GROWN; d++)
			if (grown[d].name[0] == *letters)
				list[count++] = grown[d];
	for (unsigned d = 0; d < count; d++)
		add(n, list, count, d);
	assert_int_equal(networks_build(n), OK);
}

static const struct network *network_of(const struct networks *n, const char *text)
{
	struct name name;

	assert_int_equal(name_from_text(text, strlen(text), &name), OK);
	return networks_find(n, name.octets);
}

static void test_growth(void **state)
{
	static const char *const stages[] = {"a", "ab", "abc", "abcd", "abcdpq"};
	char name[IDENT_MAX] = "";

	(void)state;
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
		struct networks n = {.n_list = 0};

		build(&n, stages[i]);
		assert_int_equal(n.n_list, i == 4 ? 2 : 1);
		assert_int_equal(n.list[0].n_domains, i == 4 ? 4 : i + 1);
		if (i == 0)
			memcpy(name, n.list[0].name, sizeof name);
		assert_string_equal(n.list[0].name, name);
		networks_fini(&n);
	}
}

/* Puts all of n into the book, as a listing read back would. */
static void know(struct ident_book *b, const struct networks *n)
{
	for (size_t i = 0; i < n->n_list; i++) {
		const struct network *w = &n->list[i];

		assert_int_equal(ident_know(b, w->name, w->first_ns), OK);
		for (uint32_t d = 0; d < w->n_domains; d++) {
			const uint8_t *wire = networks_name(n, &n->domains[w->domains[d]]);

			assert_int_equal(ident_know_domain(b, wire, name_wire_len(wire)), OK);
		}
		for (uint32_t a = 0; a < w->n_agents; a++)
			assert_int_equal(ident_know_agent(b, &w->agents[a].addr), OK);
	}
}

static void test_known(void **state)
{
	struct networks before = {.n_list = 0}, after = {.n_list = 0};

	(void)state;
	build(&before, "abpq");
	know(&after.book, &before);
	build(&after, "cd"); /* none of the domains, and half of the agents */
	assert_int_equal(after.n_list, 1);
	assert_string_equal(after.list[0].name, network_of(&before, "a.com")->name);
	networks_fini(&after);
	know(&after.book, &before);
	build(&after, "bq");
	assert_string_equal(network_of(&after, "b.com")->name, network_of(&before, "a.com")->name);
	assert_string_equal(network_of(&after, "q.com")->name, network_of(&before, "p.com")->name);
	assert_null(network_of(&after, "a.com"));
	networks_fini(&after);
	networks_fini(&before);
}

/* A few agents in common do not make it the same network, as they would not make it one. */
static void test_strangers(void **state)
{
	struct networks before = {.n_list = 0}, after = {.n_list = 0};

	(void)state;
	build(&before, "a");
	know(&after.book, &before);
	build(&after, "w");
	assert_string_not_equal(after.list[0].name, before.list[0].name);
	assert_string_equal(after.list[0].split_from, "");
	networks_fini(&after);
	networks_fini(&before);
}

static void test_merge(void **state)
{
	struct networks before = {.n_list = 0}, after = {.n_list = 0};

	(void)state;
	build(&before, "abcdpq");
	assert_int_equal(before.n_list, 2);
	know(&after.book, &before);
	build(&after, "cdpqxyz");
	assert_int_equal(after.n_list, 1);
	assert_string_equal(after.list[0].name, network_of(&before, "a.com")->name);
	assert_int_equal(after.list[0].n_merged, 1);
	assert_string_equal(after.list[0].merged[0], network_of(&before, "p.com")->name);
	networks_fini(&after);
	networks_fini(&before);
}

static void test_split(void **state)
{
	struct networks before = {.n_list = 0}, after = {.n_list = 0};
	const struct network *large, *small;

	(void)state;
	build(&before, "cdpqxyz");
	assert_int_equal(before.n_list, 1);
	know(&after.book, &before);
	build(&after, "abcdpq"); /* what held them together is gone */
	large = network_of(&after, "a.com");
	small = network_of(&after, "p.com");
	assert_int_equal(after.n_list, 2);
	assert_string_equal(large->name, before.list[0].name);
	assert_string_equal(large->split_from, "");
	assert_string_equal(small->split_from, before.list[0].name);
	assert_string_not_equal(small->name, large->name);
	networks_fini(&after);
	networks_fini(&before);
}

/* ---- figures and limits ---- */

static void test_figures(void **state)
{
	struct networks n = {.n_list = 0};
	const struct network *w;

	(void)state;
	add(&n, rows[2].list, 7, 6); /* the bridge alone, then the rest */
	for (unsigned d = 0; d < 6; d++)
		add(&n, rows[2].list, 7, d);
	assert_int_equal(networks_build(&n), OK);
	w = &n.list[0];
	assert_int_equal(w->n_shares, 1);
	assert_int_equal(w->shares[0].network, 1);
	assert_int_equal(w->shares[0].agents, 10);
	assert_int_equal(n.list[1].shares[0].network, 0);
	assert_int_equal(w->lookups, 80);
	assert_int_equal(w->hosts, 40);
	assert_int_equal(w->servers, 0);
	assert_true(w->first_ns == 0 && w->last_ns == 10 * HOUR);
	assert_int_equal(w->kind, FLUX_SINGLE);
	assert_int_equal(w->n_bins, 11);
	assert_int_equal(w->active[5], 40);
	assert_int_equal(w->n_isps, 1); /* nothing is known of networks */
	assert_int_equal(w->isps[0].net, 0);
	assert_int_equal(w->agents[0].domains, 4);
	assert_int_equal(w->agents[0].count, 8);
	networks_fini(&n);
}

static void test_limits(void **state)
{
	struct networks n = {.memory_bytes = 3 * sizeof(struct network_use) * 70};

	(void)state;
	build(&n, "abcd"); /* 30 uses each: there is room for 70 */
	assert_int_equal(n.left_out, 2);
	assert_int_equal(n.n_domains, 2);
	assert_non_null(network_of(&n, "b.com"));
	assert_null(network_of(&n, "c.com"));
	networks_fini(&n);
	assert_int_equal(networks_build(&n), OK);
	assert_int_equal(n.n_list, 0);
	assert_null(network_of(&n, "a.com"));
	networks_fini(&n);
}

/* A finding that has nobody on the side that fluxes is a network without agents. */
static void test_empty(void **state)
{
	static const struct made list[] = {{"a.com", 0, 10, FLUX_SINGLE, {{SERVERS(0, 5)}}}};
	struct networks n = {.n_list = 0};

	(void)state;
	add(&n, list, 1, 0);
	assert_int_equal(networks_build(&n), OK);
	assert_int_equal(n.n_list, 1);
	assert_int_equal(n.list[0].n_agents, 0);
	assert_string_equal(network_of(&n, "a.com")->name, n.list[0].name);
	networks_fini(&n);
}

static void test_names(void **state)
{
	struct ident_book b = {.n = 0};
	char one[IDENT_MAX], other[IDENT_MAX];

	(void)state;
	ident_make((const uint8_t *)"a", 1, 0, one);
	ident_make((const uint8_t *)"a", 1, 1, other);
	assert_int_equal(strlen(one), 11);
	assert_string_not_equal(one, other);
	assert_int_equal(ident_know(&b, one, 5), OK);
	assert_int_equal(ident_know(&b, other, 7), OK);
	assert_int_equal(ident_know(&b, one, 3), OK); /* again: goes on, from its earliest */
	assert_int_equal(b.n, 2);
	assert_int_equal(b.current, ident_find(&b, one));
	assert_int_equal(b.list[b.current].first_ns, 3);
	assert_int_equal(ident_know(&b, "", 0), E_FORMAT);
	assert_int_equal(ident_know(&b, "Upper", 0), E_FORMAT);
	assert_int_equal(ident_know(&b, "<b>", 0), E_FORMAT);
	assert_int_equal(ident_know(&b, "a-name-that-is-much-too-long", 0), E_FORMAT);
	assert_int_equal(b.n, 2);
	ident_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),   cmocka_unit_test(test_growth),
		cmocka_unit_test(test_known),  cmocka_unit_test(test_merge),
		cmocka_unit_test(test_split),  cmocka_unit_test(test_figures),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_names),
		cmocka_unit_test(test_empty),  cmocka_unit_test(test_strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
