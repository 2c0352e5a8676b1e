/* SPDX-License-Identifier: Apache-2.0 */
/* bound_test.c -- no service of one look-up has more evidence than the bound says, whatever it is made of. */
#include "judge/bound.h"

#include "judge/made_view.h"

#include <math.h>

static struct nets *known;

static const unsigned firsts[] = {HOMES, HOSTING, CONTENT, UNIVERSITY, BUSINESS, UNKNOWN};

static unsigned draw(uint64_t *state, unsigned below)
{
	*state = hash_u64(*state, 1);
	return (unsigned)(*state >> 32) % below;
}

static struct crowd draw_crowd(uint64_t *state)
{
	return (struct crowd){.net = firsts[draw(state, 6)] + draw(state, 8),
			      .nets = 1 + draw(state, 8),
			      .n = 1 + draw(state, 8)};
}

/* What the bound is told of: all pairs of the domain, and all members of the NS side. */
static double bound_of(const struct bound *b, const struct view *v)
{
	struct bound_side hosts = {0}, servers = {0};

	for (unsigned i = 0; i < v->n_members; i++) {
		const struct view_member *m = &v->members[i];
		bool home = true, server = (m->roles & (MEMBER_NS | MEMBER_NS_HOST)) != 0;

		(void)made_net_of(known, &m->addr, &home);
		hosts.homes += home;
		hosts.others += !home;
		servers.homes += home && server;
		servers.others += !home && server;
	}
	return bound_db(b, hosts, servers, v->both);
}

/* A service drawn by the seed is judged: how far below the bound it stays, decibans. */
static double room_left(const struct parameters *p, const struct bound *b, uint64_t seed)
{
	uint64_t s = seed;
	struct judge j = {.nets = known, .parameters = p};
	struct view_context context = {.nets = known};
	struct profiles *profiles = made_served(known);
	struct service service = {.domain = "a.com", .looks = 1, .gap_s = 1};
	struct view v = {0};
	struct judgement x;
	double left;

	service.hosts = draw_crowd(&s);
	service.servers = draw(&s, 3) == 0 ? service.hosts : draw_crowd(&s);
	service.servers.n = draw(&s, 4) == 0 ? 0 : service.servers.n;
	service.answer = 1 + draw(&s, 12);
	service.ttl = draw(&s, 2) == 0 ? draw(&s, 600) : draw(&s, 90000);
	service.own_servers = draw(&s, 2) == 0;
	made_serve(profiles, &service);
	made_view(&v, profiles, "a.com", &context);
	judge_view(&j, &v, false, &x);
	left = bound_of(b, &v) - x.llr_db;
	if (left < 0)
		fail_msg("seed %u: %g dB is over the bound of %g", (unsigned)seed, x.llr_db, x.llr_db + left);
	view_fini(&v);
	made_profiles_close(profiles);
	return left;
}

static void test_nothing_passes_it(void **state)
{
	struct bound b;
	double closest = INFINITY;

	(void)state;
	bound_init(&b, &parameters_own);
	for (uint64_t seed = 1; seed <= 3000; seed++)
		closest = fmin(closest, room_left(&parameters_own, &b, seed));
	assert_true(closest < 30); /* and it is no bound that holds for everything */
}

/* Any number within its limits, and distributions scaled to add up. */
static void draw_distribution(double *share, unsigned n, uint64_t *state)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += share[i] = pow(10, -3.0 * draw(state, 1000) / 1000);
	for (unsigned i = 0; i < n; i++)
		share[i] /= sum;
}

static void draw_parameters(struct parameters *p, uint64_t *state)
{
	struct parameter x;
	struct diag d;

	*p = parameters_own;
	for (size_t i = 0; parameter_at(i, &x); i++) {
		double at = draw(state, 1000) / 1000.0, from = x.info->least, to = x.info->most;
		double value = from > 0 ? from * pow(to / from, at) : from + (to - from) * at;

		value = x.type == PARAMETER_NUMBER ? value : floor(value);
		if (x.type == PARAMETER_SWITCH)
			value = draw(state, 4) != 0;
		assert_int_equal(parameter_set(p, &x, value, &d), OK);
	}
	draw_distribution(p->ns_among_networks, 5, state);
	for (unsigned k = 0; k < CLASSES; k++) {
		p->class[k].weight = draw(state, 3) == 0 ? 0 : p->class[k].weight;
		draw_distribution(p->class[k].kind, NET_KINDS, state);
		draw_distribution(p->class[k].ns_kind, NET_KINDS, state);
		draw_distribution(p->class[k].answer, 4, state);
		draw_distribution(p->class[k].ns_networks, 5, state);
	}
	p->class[CLASS_CDN].weight = p->class[CLASS_FLUX_DOUBLE].weight = 0.5;
}

static void test_under_any_parameters(void **state)
{
	struct parameters p = parameters_own;
	struct bound b;
	struct diag d;
	uint64_t drawn = 1;

	(void)state;
	p.class[CLASS_UNKNOWN].weight = 0;
	for (unsigned turn = 0; turn < 60; turn++) {
		assert_int_equal(parameters_check(&p, &d), OK);
		bound_init(&b, &p);
		for (uint64_t seed = 1; seed <= 30; seed++)
			assert_true(isfinite(room_left(&p, &b, seed + turn * 30)));
		draw_parameters(&p, &drawn);
	}
}

static void test_more_members_more_room(void **state)
{
	struct bound b;

	(void)state;
	bound_init(&b, &parameters_own);
	for (unsigned n = 0; n < BOUND_MEMBERS; n++) {
		struct bound_side few = {n, 0}, more = {n + 1, 0}, none = {0, 0}, others = {0, n};

		assert_true(bound_db(&b, few, none, 0) < bound_db(&b, more, none, 0));
		assert_true(bound_db(&b, none, few, 0) < bound_db(&b, none, more, 0));
		assert_true(bound_db(&b, others, none, 0) <= bound_db(&b, few, none, 0));
		assert_true(bound_db(&b, more, more, n) <= bound_db(&b, more, more, n + 1));
	}
	assert_true(
		isinf(bound_db(&b, (struct bound_side){BOUND_MEMBERS + 1, 0}, (struct bound_side){0, 0}, 0)));
	assert_true(
		isinf(bound_db(&b, (struct bound_side){0, 0}, (struct bound_side){0, BOUND_MEMBERS + 1}, 0)));
	/* a home or two in one answer, behind ordinary servers, are not enough; nor are a few servers */
	assert_true(bound_db(&b, (struct bound_side){2, 0}, (struct bound_side){0, 2}, 0) <
		    parameters_own.accuse_db);
	assert_true(bound_db(&b, (struct bound_side){0, 3}, (struct bound_side){0, 2}, 0) <
		    parameters_own.accuse_db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_passes_it),
		cmocka_unit_test(test_under_any_parameters),
		cmocka_unit_test(test_more_members_more_room),
	};
	int failed;

	known = made_nets(false);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	nets_close(known);
	return failed;
}
