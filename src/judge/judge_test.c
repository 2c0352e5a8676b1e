/* SPDX-License-Identifier: Apache-2.0 */
/* judge_test.c -- verdicts over services made in bulk: what is accused, what is not, and how the figures hang
 * together. */
#include "judge/made_view.h"
#include "judge/spread.h"

#include <math.h>

#define CROWD(net, nets, n)                                                                                  \
	{                                                                                                    \
		net, nets, n, 0                                                                              \
	}
#define FLUX_HOSTS   CROWD(HOMES, 60, 150)
#define OTHER_AGENTS CROWD(HOMES + 30, 50, 60)
#define RENTED       CROWD(HOSTING, 1, 1)
#define TWO_SERVERS  CROWD(HOSTING + 2, 2, 2)
#define NOBODY       CROWD(0, 1, 0)

static const struct row {
	const char *title;
	struct service service;
	bool accused;
	enum flux_kind kind;
	enum carrier carrier;
	const char *class;
} rows[] = {
	{"agents behind honest servers",
	 {"a.com", FLUX_HOSTS, TWO_SERVERS, 40, 5, 180, 300, 0, false, NULL},
	 true,
	 FLUX_SINGLE,
	 CARRIER_A,
	 "flux"},
	{"agents behind agents of the same population",
	 {"a.com", FLUX_HOSTS, FLUX_HOSTS, 40, 5, 180, 300, 0, true, NULL},
	 true,
	 FLUX_DOUBLE,
	 CARRIER_A,
	 "flux"},
	{"their servers are named in another domain",
	 {"a.com", FLUX_HOSTS, FLUX_HOSTS, 40, 5, 180, 300, 0, false, NULL},
	 true,
	 FLUX_DOUBLE,
	 CARRIER_A,
	 "flux"},
	{"agents behind other agents",
	 {"a.com", FLUX_HOSTS, OTHER_AGENTS, 40, 5, 180, 300, 0, true, NULL},
	 true,
	 FLUX_DOUBLE,
	 CARRIER_A,
	 "flux"},
	{"servers alone are agents",
	 {"a.com", RENTED, OTHER_AGENTS, 40, 1, 180, 300, 0, true, NULL},
	 true,
	 FLUX_NS,
	 CARRIER_NS,
	 "flux"},
	{"through an alias",
	 {"a.com", FLUX_HOSTS, TWO_SERVERS, 40, 5, 180, 300, 0, false, "b.net"},
	 true,
	 FLUX_CNAME,
	 CARRIER_CNAME,
	 "flux"},
	{"one rented server",
	 {"a.com", RENTED, TWO_SERVERS, 40, 1, 3600, 4000, 0, false, NULL},
	 false,
	 FLUX_NONE,
	 CARRIER_NONE,
	 "ordinary"},
	{"a content network that moves",
	 {"a.com", {CONTENT, 3, 90, 0}, TWO_SERVERS, 60, 4, 30, 200, 0, false, NULL},
	 false,
	 FLUX_NONE,
	 CARRIER_NONE,
	 "cdn"},
	{"a pool of volunteers: homes, rented servers, universities, in turn",
	 {"a.com", {HOMES + 80, 40, 150, 3}, TWO_SERVERS, 60, 4, 150, 200, 0, false, NULL},
	 false,
	 FLUX_NONE,
	 CARRIER_NONE,
	 "volunteer-pool"},
	{"caches in access networks: many names, each its one address",
	 {"a.com", {HOMES, 60, 120, 0}, TWO_SERVERS, 480, 1, 300, 400, 120, false, NULL},
	 false,
	 FLUX_NONE,
	 CARRIER_NONE,
	 "cdn"},
	{"one home whose address changes",
	 {"a.com", {HOMES, 1, 3, 0}, TWO_SERVERS, 30, 1, 60, 4000, 0, false, NULL},
	 false,
	 FLUX_NONE,
	 CARRIER_NONE,
	 "dynamic-dns"},
};

struct tried {
	struct profiles *profiles;
	struct view view;
	struct judgement judgement;
};

static void try(struct tried *t, struct nets *nets, struct nets *known, const struct service *s)
{
	struct view_context context = {.nets = known};
	struct judge j = {.nets = known};

	t->profiles = made_served(nets);
	t->view = (struct view){0};
	made_serve(t->profiles, s);
	made_view(&t->view, t->profiles, s->domain, &context);
	judge_view(&j, &t->view, true, &t->judgement);
}

static void tried_fini(struct tried *t)
{
	view_fini(&t->view);
	made_profiles_close(t->profiles);
}

/* The weights are the whole, the probability follows from it and the prior, and the strongest stands first.
 */
static void check_figures(const struct judgement *x)
{
	double sum = 0, odds;

	assert_true(x->n_evidence != 0 && x->n_evidence <= EVIDENCE_MAX);
	for (unsigned i = 0; i < x->n_evidence; i++) {
		sum += x->evidence[i].weight_db;
		assert_true(x->evidence[i].reason[0] != 0 && strchr(x->evidence[i].reason, '\n') == NULL);
		assert_true(x->evidence[i].expected_flux >= 0 && isfinite(x->evidence[i].expected_flux));
		assert_true(x->evidence[i].expected_rival >= 0 && isfinite(x->evidence[i].expected_rival));
		assert_non_null(strstr(x->evidence[i].reason, x->evidence[i].rival));
		assert_true(x->verdict == VERDICT_FLUX || strcmp(x->class, x->evidence[i].rival) == 0);
		assert_true(i == 0 || fabs(x->evidence[i].weight_db) <= fabs(x->evidence[i - 1].weight_db));
	}
	assert_true(fabs(sum - x->llr_db) < 1e-6);
	odds = pow(10, x->llr_db / 10) * x->prior / (1 - x->prior);
	assert_true(fabs(x->probability - odds / (1 + odds)) < 1e-9);
	assert_true((x->verdict == VERDICT_FLUX) == (x->kind != FLUX_NONE));
	assert_true((x->verdict == VERDICT_FLUX) == (x->carrier != CARRIER_NONE));
}

static void test_services(void **state)
{
	struct nets *nets = made_nets(false);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct judgement *x;
		struct tried t;

		try(&t, nets, nets, &rows[i].service);
		x = &t.judgement;
		check_figures(x);
		if ((x->verdict == VERDICT_FLUX) != rows[i].accused || x->kind != rows[i].kind ||
		    x->carrier != rows[i].carrier || strcmp(x->class, rows[i].class) != 0)
			fail_msg("%s: %s, %s, kind %d, carrier %d, %.1f dB", rows[i].title,
				 verdict_text(x->verdict), x->class, (int)x->kind, (int)x->carrier,
				 x->llr_db);
		tried_fini(&t);
	}
	nets_close(nets);
}

/* Nobody says which networks there are: prefixes stand for them, no kind is weighed, and honest names stay
 * so. */
static void test_without_a_database(void **state)
{
	struct nets *none = made_nets(true);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tried t;

		try(&t, none, NULL, &rows[i].service);
		check_figures(&t.judgement);
		assert_int_equal(t.view.networks, 0);
		assert_int_equal(t.view.host_clusters, rows[i].service.hosts.n < rows[i].service.hosts.nets
							       ? rows[i].service.hosts.n
							       : rows[i].service.hosts.nets);
		for (unsigned k = 0; k < t.judgement.n_evidence; k++)
			assert_true(t.judgement.evidence[k].feature != FEATURE_MEMBER_KIND &&
				    t.judgement.evidence[k].feature != FEATURE_SERVER_KIND);
		/* who the members are decides: without that nobody is accused, though flux still has more
		 * against it than most */
		if (t.judgement.verdict == VERDICT_FLUX)
			fail_msg("%s: %.1f dB", rows[i].title, t.judgement.llr_db);
		assert_true(t.judgement.llr_db > 10 || rows[i].kind == FLUX_NONE || rows[i].kind == FLUX_NS);
		tried_fini(&t);
	}
	nets_close(none);
}

static double llr_of(struct nets *nets, const struct service *s)
{
	struct tried t;
	double llr;

	try(&t, nets, nets, s);
	llr = t.judgement.llr_db;
	tried_fini(&t);
	return llr;
}

/* More agents in more networks speak for flux, until that is beyond doubt; members in a rented network
 * against it. */
static void test_more_of_a_kind(void **state)
{
	static const unsigned agents[] = {2, 4, 8, 16, 32, 60};
	struct nets *nets = made_nets(false);
	struct service s = {"a.com", NOBODY, TWO_SERVERS, 40, 2, 180, 300, 0, false, NULL};
	double before = -INFINITY;

	(void)state;
	for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
		s.hosts = (struct crowd){HOMES, agents[i], agents[i], 0};
		double now = llr_of(nets, &s);

		if (now <= before && now < parameters_own.accuse_db)
			fail_msg("%u agents: %.1f dB after %.1f", agents[i], now, before);
		before = now;
	}
	for (unsigned rented = 6; rented <= 30; rented += 6) {
		double now;

		s.hosts = (struct crowd){HOSTING - 30 + rented, 30, 30, 0};
		now = llr_of(nets, &s);
		if (rented != 6 && now >= before)
			fail_msg("%u of 30 in rented networks: %.1f dB after %.1f", rented, now, before);
		before = now;
	}
	nets_close(nets);
}

/* However strong the evidence, a handful of homes is needed on some side; what would be an accusation is a
 * doubt. */
static void test_few_homes_accuse_nobody(void **state)
{
	struct nets *nets = made_nets(false);
	struct judge j = {.nets = nets};
	struct tried t;

	(void)state;
	try(&t, nets, nets, &rows[1].service);
	assert_int_equal(t.judgement.verdict, VERDICT_FLUX);
	for (unsigned homes = 0; homes <= parameters_own.homes_least; homes++)
		for (unsigned server_homes = 0; server_homes <= parameters_own.homes_least; server_homes++) {
			bool enough = homes == parameters_own.homes_least ||
				      server_homes == parameters_own.homes_least;

			t.view.homes = homes;
			t.view.server_homes = server_homes;
			judge_view(&j, &t.view, false, &t.judgement);
			assert_int_equal(t.judgement.verdict, enough ? VERDICT_FLUX : VERDICT_UNDECIDED);
			assert_true(t.judgement.llr_db >= parameters_own.accuse_db);
			assert_true(enough == (t.judgement.kind != FLUX_NONE));
		}
	tried_fini(&t);
	nets_close(nets);
}

static void test_carriers(void **state)
{
	static const struct {
		unsigned v6, hints, aliases; /* of the hosts, in percent */
		enum carrier carrier;
		enum flux_kind kind;
	} carriers[] = {
		{0, 0, 0, CARRIER_A, FLUX_DOUBLE},      {40, 40, 40, CARRIER_A, FLUX_DOUBLE},
		{60, 0, 0, CARRIER_AAAA, FLUX_DOUBLE},  {60, 60, 0, CARRIER_HTTPS, FLUX_DOUBLE},
		{0, 60, 60, CARRIER_CNAME, FLUX_CNAME},
	};
	struct nets *nets = made_nets(false);
	struct judge j = {.nets = nets};
	struct tried t;

	(void)state;
	try(&t, nets, nets, &rows[1].service);
	for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++) {
		t.view.v6_hosts = t.view.hosts * carriers[i].v6 / 100;
		t.view.hint_hosts = t.view.hosts * carriers[i].hints / 100;
		t.view.alias_hosts = t.view.hosts * carriers[i].aliases / 100;
		judge_view(&j, &t.view, false, &t.judgement);
		assert_int_equal(t.judgement.carrier, carriers[i].carrier);
		assert_int_equal(t.judgement.kind, carriers[i].kind);
		assert_string_equal(t.judgement.evidence[0].reason, ""); /* written only when asked for */
		assert_true(t.judgement.evidence[0].rival == NULL &&
			    isnan(t.judgement.evidence[0].expected_flux));
	}
	tried_fini(&t);
	nets_close(nets);
}

static void test_the_prior_moves_the_probability_alone(void **state)
{
	static const double priors[] = {0, 1e-8, 0.5};
	struct nets *nets = made_nets(false);
	struct tried t;
	double llr, before = 0;

	(void)state;
	try(&t, nets, nets, &rows[8].service);
	llr = t.judgement.llr_db;
	for (size_t i = 0; i < sizeof priors / sizeof *priors; i++) {
		struct judge j = {.nets = nets, .prior = priors[i]};

		judge_view(&j, &t.view, true, &t.judgement);
		check_figures(&t.judgement);
		assert_true(t.judgement.prior == (i == 0 ? 1e-5 : priors[i]) && t.judgement.llr_db == llr);
		assert_true(i != 1 || t.judgement.probability < before);
		assert_true(i != 2 || t.judgement.probability > before);
		before = t.judgement.probability;
	}
	tried_fini(&t);
	nets_close(nets);
}

/* A class of weight 0 is neither named nor weighed; a feature that is not used is no evidence. */
static void test_what_is_left_out(void **state)
{
	struct nets *nets = made_nets(false);
	struct parameters p = parameters_own;
	struct judge j = {.nets = nets, .parameters = &p};
	struct tried t;
	double whole;

	(void)state;
	try(&t, nets, nets, &rows[8].service);
	whole = t.judgement.llr_db;
	assert_string_equal(t.judgement.class, "volunteer-pool");
	judge_view(&j, &t.view, false, &t.judgement);
	assert_true(t.judgement.llr_db == whole);
	p.class[CLASS_VOLUNTEER_POOL].weight = 0;
	judge_view(&j, &t.view, true, &t.judgement);
	check_figures(&t.judgement);
	assert_string_not_equal(t.judgement.class, "volunteer-pool");
	assert_true(t.judgement.llr_db > whole + 1);
	for (unsigned i = 0; i < FEATURE_SCORE; i++) {
		p = parameters_own;
		p.used[i] = false;
		judge_view(&j, &t.view, true, &t.judgement);
		check_figures(&t.judgement);
		for (unsigned k = 0; k < t.judgement.n_evidence; k++)
			assert_int_not_equal(t.judgement.evidence[k].feature, i);
	}
	tried_fini(&t);
	nets_close(nets);
}

/* However narrow the classes are said to be, the figures stay figures. */
static void test_far_from_all_classes(void **state)
{
	struct nets *nets = made_nets(false);
	struct parameters p = parameters_own;
	struct judge j = {.nets = nets, .parameters = &p};
	struct tried t;

	(void)state;
	for (unsigned k = 0; k < CLASSES; k++) {
		p.class[k].size_sd = p.class[k].ttl_sd = 0.1;
		p.class[k].size_mean = k < CLASS_HONEST ? 20 : 0;
	}
	try(&t, nets, nets, &rows[0].service);
	judge_view(&j, &t.view, true, &t.judgement);
	check_figures(&t.judgement);
	assert_true(isfinite(t.judgement.llr_db));
	tried_fini(&t);
	nets_close(nets);
}

/* What a class is said to be like is what it leads to expect. */
static void test_expectations(void **state)
{
	const struct class_model *flux = &parameters_own.class[CLASS_FLUX],
				 *cdn = &parameters_own.class[CLASS_CDN];
	const struct {
		enum feature feature;
		double flux, rival;
	} wanted[] = {
		{FEATURE_MEMBER_KIND, flux->kind[NET_CONSUMER], cdn->kind[NET_CONSUMER]},
		{FEATURE_SIZE, exp2(flux->size_mean), exp2(cdn->size_mean)},
		{FEATURE_TURNOVER, flux->moved.a / (flux->moved.a + flux->moved.b),
		 cdn->moved.a / (cdn->moved.a + cdn->moved.b)},
		{FEATURE_SPREAD, spread_expected(30, flux->networks_mean, flux->networks_sd),
		 spread_expected(30, cdn->networks_mean, cdn->networks_sd)},
		{FEATURE_TTL, pow(10, flux->ttl_mean), pow(10, cdn->ttl_mean)},
	};
	struct service s = {"a.com", {CONTENT, 3, 30, 0}, TWO_SERVERS, 60, 4, 30, 200, 0, false, NULL};
	struct nets *nets = made_nets(false);
	unsigned found = 0;
	struct tried t;

	(void)state;
	try(&t, nets, nets, &s);
	for (unsigned i = 0; i < t.judgement.n_evidence; i++) {
		const struct evidence *e = &t.judgement.evidence[i];

		assert_string_equal(e->rival, "cdn");
		for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
			if (wanted[k].feature != e->feature)
				continue;
			found++;
			if (fabs(e->expected_flux - wanted[k].flux) > 1e-9 ||
			    fabs(e->expected_rival - wanted[k].rival) > 1e-9)
				fail_msg("%s: %g and %g", feature_info(e->feature)->name, e->expected_flux,
					 e->expected_rival);
		}
	}
	assert_int_equal(found, sizeof wanted / sizeof *wanted);
	tried_fini(&t);
	nets_close(nets);
}

/* Of more members than count, the networks that are expected lie on the same side of what was seen as the
 * evidence does. */
static void test_expected_networks_of_many(void **state)
{
	static const struct {
		unsigned in;
		bool more; /* are expected */
	} sizes[] = {{1, true}, {32, true}, {100, false}};
	struct nets *nets = made_nets(false);
	struct tried t;

	(void)state;
	for (unsigned n = 0; n < 3; n++) {
		unsigned in = sizes[n].in;
		struct service s = {"a.com", {HOMES, in, 240, 0}, TWO_SERVERS, 60, 4, 180, 300, 0, false,
				    NULL};

		try(&t, nets, nets, &s);
		for (unsigned i = 0; i < t.judgement.n_evidence; i++) {
			const struct evidence *e = &t.judgement.evidence[i];

			if (e->feature == FEATURE_SPREAD)
				assert_true(e->value == in && (e->expected_flux > e->value) == sizes[n].more);
		}
		tried_fini(&t);
	}
	nets_close(nets);
}

static void test_amounts(void **state)
{
	static const struct {
		enum feature feature;
		double value;
		const char *text;
	} amounts[] = {
		{FEATURE_MEMBER_KIND, 0.854, "85 %"},
		{FEATURE_TTL, 200.4, "200 s"},
		{FEATURE_SIZE, 3, "3"},
		{FEATURE_SPREAD, 3.54, "3.5"},
		{FEATURE_SIZE, 422, "422"},
		{FEATURE_SHARED, 228.6, "229"},
		{FEATURE_SCORE, NAN, "-"},
	};
	char text[FEATURE_AMOUNT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
		feature_amount(amounts[i].feature, amounts[i].value, text);
		assert_string_equal(text, amounts[i].text);
	}
}

static void test_words(void **state)
{
	static const char *const methods[] = {"deflux",   "holz2008", "zeek", "fluxbuster",
					      "stalmans", "",         "Zeek"};

	(void)state;
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(judge_method_from_text(methods[i]), i < METHODS ? i : METHODS);
	assert_string_equal(verdict_text(VERDICT_FLUX), "fast-flux");
	assert_string_equal(flux_kind_text(FLUX_NS), "ns");
	assert_null(flux_kind_text(FLUX_NONE));
	assert_string_equal(carrier_text(CARRIER_CNAME), "CNAME");
	assert_null(carrier_text(CARRIER_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_without_a_database),
		cmocka_unit_test(test_more_of_a_kind),
		cmocka_unit_test(test_few_homes_accuse_nobody),
		cmocka_unit_test(test_carriers),
		cmocka_unit_test(test_the_prior_moves_the_probability_alone),
		cmocka_unit_test(test_what_is_left_out),
		cmocka_unit_test(test_far_from_all_classes),
		cmocka_unit_test(test_expectations),
		cmocka_unit_test(test_expected_networks_of_many),
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
