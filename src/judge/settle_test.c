/* SPDX-License-Identifier: Apache-2.0 */
/* settle_test.c -- what an undecided domain waits for, held against what happens when that comes. */
#include "judge/made_view.h"

#include <math.h>

/* Members in networks of homes, one more at each look-up, behind two rented name servers. */
static const struct service edge = {
	"a.com", {HOMES, 60, 60, 0}, {HOSTING + 2, 2, 2, 0}, 1, 1, 180, 300, 0, false, NULL};

struct tried {
	struct profiles *profiles;
	struct view view;
	struct judgement judgement;
};

static void try(struct tried *t, const struct judge *j, const struct service *s)
{
	struct nets *nets = made_nets(false);
	struct view_context context = {.nets = j->nets};

	t->profiles = made_served(nets);
	t->view = (struct view){0};
	made_serve(t->profiles, s);
	made_view(&t->view, t->profiles, s->domain, &context);
	judge_view(j, &t->view, true, &t->judgement);
	nets_close(nets);
}

static void tried_fini(struct tried *t)
{
	view_fini(&t->view);
	made_profiles_close(t->profiles);
}

/* The one of that kind which leads there by itself; NULL: none. */
static const struct wait *wait_of(const struct judgement *x, const char *what, enum verdict v)
{
	for (unsigned i = 0; i < x->n_waits; i++)
		if (strcmp(x->waits[i].what, what) == 0 && x->waits[i].decides && x->waits[i].verdict == v)
			return &x->waits[i];
	return NULL;
}

static const struct wait *any_wait(const struct judgement *x, const char *what)
{
	for (unsigned i = 0; i < x->n_waits; i++)
		if (strcmp(x->waits[i].what, what) == 0)
			return &x->waits[i];
	return NULL;
}

static enum verdict verdict_after(const struct judge *j, unsigned looks)
{
	struct service s = edge;
	struct tried t;
	enum verdict v;

	s.looks = looks;
	try(&t, j, &s);
	v = t.judgement.verdict;
	tried_fini(&t);
	return v;
}

static unsigned first_undecided(const struct judge *j)
{
	unsigned looks = 2;

	while (looks < 40 && verdict_after(j, looks) != VERDICT_UNDECIDED)
		looks++;
	assert_true(looks < 40);
	return looks;
}

/* It waits for so many members; when they have come it is accused, and not before. */
static void test_members_come_true(void **state)
{
	struct nets *nets = made_nets(false);
	struct judge j = {.nets = nets};
	struct service s = edge;
	const struct wait *w;
	struct tried t;
	unsigned n;

	(void)state;
	s.looks = first_undecided(&j);
	try(&t, &j, &s);
	w = wait_of(&t.judgement, "members", VERDICT_FLUX);
	assert_non_null(w);
	n = w->amount;
	assert_true(n > 0 && strstr(w->text, "networks of homes") != NULL && strchr(w->text, '\n') == NULL);
	assert_true(fabs(w->time_s - 300.0 * n) < 1e-6 * n + 300.0 * n / s.looks);
	assert_int_equal(verdict_after(&j, s.looks + n), VERDICT_FLUX);
	assert_int_equal(verdict_after(&j, s.looks + n - 1), VERDICT_UNDECIDED);
	w = wait_of(&t.judgement, "members", VERDICT_BENIGN);
	assert_non_null(w);
	assert_non_null(strstr(w->text, "hosting networks"));
	tried_fini(&t);
	nets_close(nets);
}

/* As many of its members at an accused domain accuse it, one less does not: where they are worth what is
 * wanting. */
static void test_siblings_come_true(void **state)
{
	struct nets *nets = made_nets(false);
	struct judge j = {.nets = nets};
	struct service s = edge;
	struct judgement x;
	const struct wait *w = NULL;
	struct tried t;

	(void)state;
	for (s.looks = first_undecided(&j); s.looks < 40 && w == NULL; s.looks++) {
		try(&t, &j, &s);
		w = wait_of(&t.judgement, "shared", VERDICT_FLUX);
		if (w == NULL)
			tried_fini(&t);
	}
	assert_non_null(w);
	for (unsigned i = 0; i < w->amount; i++) {
		judge_view(&j, &t.view, false, &x);
		assert_int_equal(x.verdict, VERDICT_UNDECIDED);
		t.view.members[i].accused_users = 1;
	}
	judge_view(&j, &t.view, false, &x);
	assert_int_equal(x.verdict, VERDICT_FLUX);
	tried_fini(&t);
	nets_close(nets);
}

/* Neither who is decided, nor who is not asked for reasons, nor a published method waits for anything. */
static void test_nobody_else_waits(void **state)
{
	struct nets *nets = made_nets(false);
	struct judge j = {.nets = nets}, other = {.nets = nets, .method = METHOD_ZEEK};
	struct service s = edge;
	struct judgement x;
	struct tried t;

	(void)state;
	for (unsigned looks = 2; looks <= 50; looks += 4) {
		s.looks = looks;
		try(&t, &j, &s);
		assert_int_equal(t.judgement.n_waits != 0, t.judgement.verdict == VERDICT_UNDECIDED);
		judge_view(&j, &t.view, false, &x);
		assert_int_equal(x.n_waits, 0);
		judge_view(&other, &t.view, true, &x);
		assert_int_equal(x.n_waits, 0);
		tried_fini(&t);
	}
	nets_close(nets);
}

/* What is asked of other views leaves nothing behind. */
static void test_the_same_is_said_again(void **state)
{
	struct nets *nets = made_nets(false);
	struct judge j = {.nets = nets};
	struct service s = edge;
	struct judgement x;
	struct tried t;

	(void)state;
	s.looks = first_undecided(&j);
	try(&t, &j, &s);
	judge_view(&j, &t.view, true, &x);
	assert_true(x.llr_db == t.judgement.llr_db && x.n_waits == t.judgement.n_waits);
	for (unsigned i = 0; i < x.n_waits; i++)
		assert_string_equal(x.waits[i].text, t.judgement.waits[i].text);
	tried_fini(&t);
	nets_close(nets);
}

/* Strong evidence on too few homes says how many are wanting. */
static void test_too_few_homes(void **state)
{
	struct nets *nets = made_nets(false);
	struct judge j = {.nets = nets};
	struct service s = edge;
	const struct wait *w;
	struct tried t;

	(void)state;
	s.looks = 60;
	try(&t, &j, &s);
	assert_int_equal(t.judgement.verdict, VERDICT_FLUX);
	t.view.homes = 1;
	judge_view(&j, &t.view, true, &t.judgement);
	w = wait_of(&t.judgement, "homes", VERDICT_FLUX);
	assert_non_null(w);
	assert_int_equal(w->amount, parameters_own.homes_least - 1);
	assert_null(wait_of(&t.judgement, "members", VERDICT_FLUX));
	tried_fini(&t);
	nets_close(nets);
}

/* Everything is undecided: what is not there is asked for, and what is there is not. */
static void test_what_is_wanting(void **state)
{
	static const struct {
		const char *title, *what;
		bool nets;
		unsigned looks, servers;
		bool waits;
	} rows[] = {
		{"no database", "database", false, 8, 2, true},
		{"a database", "database", true, 8, 2, false},
		{"one look-up", "lookups", true, 1, 2, true},
		{"many look-ups", "lookups", true, 8, 2, false},
	};
	struct parameters p = parameters_own;

	(void)state;
	p.accuse_db = 1000;
	p.doubt_db = -1000;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct nets *nets = rows[i].nets ? made_nets(false) : NULL;
		struct judge j = {.nets = nets, .parameters = &p};
		struct service s = edge;
		struct tried t;

		s.looks = rows[i].looks;
		s.answer = 3;
		try(&t, &j, &s);
		assert_int_equal(t.judgement.verdict, VERDICT_UNDECIDED);
		if ((any_wait(&t.judgement, rows[i].what) != NULL) != rows[i].waits)
			fail_msg("%s", rows[i].title);
		assert_non_null(any_wait(&t.judgement, "word"));
		tried_fini(&t);
		nets_close(nets);
	}
}

/* A database that is believed little is asked for anew where a current one would decide. */
static void test_an_old_database(void **state)
{
	struct nets *nets = made_nets(false);
	struct parameters p = parameters_own;
	struct judge j = {.nets = nets, .parameters = &p};
	struct service s = edge;
	double current_db, old_db;
	struct tried t;

	(void)state;
	s.looks = 30;
	s.hosts = (struct crowd){HOMES + 20, 32, 60, 0};
	p.trust_lost_a_year = 0;
	try(&t, &j, &s);
	current_db = t.judgement.llr_db;
	p.trust_lost_a_year = 1;
	t.view.domain = &(struct domain){0};
	judge_view(&j, &t.view, false, &t.judgement);
	old_db = t.judgement.llr_db;
	assert_true(current_db > old_db + 5);
	p.accuse_db = current_db - 1;
	p.doubt_db = old_db - 1;
	judge_view(&j, &t.view, true, &t.judgement);
	assert_non_null(wait_of(&t.judgement, "database", VERDICT_FLUX));
	p.accuse_db = current_db + 1;
	judge_view(&j, &t.view, true, &t.judgement);
	assert_null(any_wait(&t.judgement, "database"));
	tried_fini(&t);
	nets_close(nets);
}

/* Nothing is seen of its name servers: what they would say is told. */
static void test_servers_unseen(void **state)
{
	struct nets *nets = made_nets(false);
	struct judge j = {.nets = nets};
	struct service s = edge;
	const struct wait *w = NULL;
	struct tried t;

	(void)state;
	s.servers.n = 0;
	for (s.looks = 2; s.looks < 40 && w == NULL; s.looks++) {
		try(&t, &j, &s);
		w = wait_of(&t.judgement, "servers", VERDICT_FLUX);
		if (w == NULL)
			tried_fini(&t);
	}
	assert_non_null(w);
	assert_int_equal(t.view.servers, 0);
	assert_int_equal(strncmp(w->text, "the addresses of its name servers", 33), 0);
	tried_fini(&t);
	nets_close(nets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_come_true), cmocka_unit_test(test_siblings_come_true),
		cmocka_unit_test(test_nobody_else_waits), cmocka_unit_test(test_the_same_is_said_again),
		cmocka_unit_test(test_too_few_homes),     cmocka_unit_test(test_what_is_wanting),
		cmocka_unit_test(test_an_old_database),   cmocka_unit_test(test_servers_unseen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
