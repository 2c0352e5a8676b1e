/* SPDX-License-Identifier: Apache-2.0 */
/* naming_test.c -- which honest class is named, by names and by how many domains use a member. */
#include "judge/model.h"

#include "judge/made_view.h"

enum { LOOKS = 16 };

/* Look-ups of names that are made from their one address, or from another. */
static void look_up(struct profiles *p, const char *format, bool own)
{
	for (unsigned i = 0; i < LOOKS; i++) {
		struct buf text = {0};
		struct seen row = {.at_s = i * 4000, .flags = RECURSIVE};
		unsigned net = HOSTING + i % 40, said = own ? net : net + 1;

		buf_printf(&text, format, 20u, said, 1u, 1 + i);
		buf_add_text(&text, ".a.com A | a ");
		buf_printf(&text, format, 20u, said, 1u, 1 + i);
		buf_printf(&text, ".a.com 60 A 20.%u.1.%u", net, 1 + i);
		row.message = buf_text(&text);
		made_see(p, &row, 1);
		buf_fini(&text);
	}
}

static const char *class_of(const char *format, bool own, double uses)
{
	struct nets *nets = made_nets(false);
	struct profiles *p = made_served(nets);
	struct view_context context = {.nets = nets};
	struct judge j = {.nets = nets};
	struct judgement out;
	struct view v = {0};

	look_up(p, format, own);
	made_view(&v, p, "a.com", &context);
	assert_int_equal(v.host_uses, v.hosts); /* nobody else is known to use them */
	v.host_uses = (unsigned)(v.hosts * uses);
	judge_view(&j, &v, true, &out);
	assert_int_equal(out.verdict, VERDICT_BENIGN);
	view_fini(&v);
	made_profiles_close(p);
	nets_close(nets);
	return out.class;
}

static void test_names_that_say_their_address(void **state)
{
	static const char *const formats[] = {"%u-%u-%u-%u", "x.%u.%u.%u.%u", "%02x%02x%02x%02x",
					      "app-%u-%u-%u-%u"};

	(void)state;
	for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++) {
		assert_string_equal(class_of(formats[i], true, 1), "embedded-address");
		assert_string_not_equal(class_of(formats[i], false, 1), "embedded-address");
	}
}

/* The same address for hundreds of domains. */
static void test_many_users(void **state)
{
	struct nets *nets = made_nets(false);
	struct profiles *p = made_served(nets);
	struct view_context context = {.nets = nets};
	struct judge j = {.nets = nets};
	const struct service site = {
		"a.com", {HOSTING, 1, 2, 0}, {HOSTING + 9, 1, 2, 0}, 20, 2, 300, 4000, 12, false, NULL};
	struct judgement out;
	struct view v = {0};
	double llr_db;

	(void)state;
	made_serve(p, &site);
	made_view(&v, p, "a.com", &context);
	judge_view(&j, &v, true, &out);
	assert_string_equal(out.class, "ordinary");
	v.host_uses = v.hosts * 150;
	judge_view(&j, &v, true, &out);
	assert_string_equal(out.class, "parked");
	llr_db = out.llr_db;
	v.host_uses = v.hosts;
	judge_view(&j, &v, true, &out);
	assert_true(out.llr_db == llr_db); /* what names the class weighs nothing */
	view_fini(&v);
	made_profiles_close(p);
	nets_close(nets);
}

/* A class that is left out is never named, however well it fits; nor one that nobody asks about. */
static void test_left_out(void **state)
{
	struct nets *nets = made_nets(false);
	struct profiles *p = made_served(nets);
	struct view_context context = {.nets = nets};
	struct parameters without = parameters_own;
	double of[CLASSES];
	struct view v = {0};

	(void)state;
	look_up(p, "%u-%u-%u-%u", true);
	made_view(&v, p, "a.com", &context);
	without.class[CLASS_EMBEDDED].weight = 0;
	model_fit_naming(&without, &v, of);
	for (unsigned k = 0; k < CLASS_HONEST; k++)
		assert_true(k == CLASS_EMBEDDED ? of[k] == 0 : of[k] > 0);
	without = parameters_own;
	without.class[CLASS_EMBEDDED].named = 0;
	model_fit_naming(&without, &v, of);
	assert_true(of[CLASS_EMBEDDED] == 0 && of[CLASS_ORDINARY] > 0);
	view_fini(&v);
	made_profiles_close(p);
	nets_close(nets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_that_say_their_address),
		cmocka_unit_test(test_many_users),
		cmocka_unit_test(test_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
