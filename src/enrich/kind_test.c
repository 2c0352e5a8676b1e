/* SPDX-License-Identifier: Apache-2.0 */
/* kind_test.c -- what names tell: single words, hostile octets, and 200 well-known operators with honest
 * bounds. */
#include "enrich/kind.h"

#include <math.h>

#include "enrich/enrich_test.h"
#include "enrich/operators_test.h"

enum { OPERATORS = sizeof operators / sizeof *operators };

static int best_of(const float kind[NET_KINDS])
{
	int best = 0;

	for (int k = 1; k < NET_KINDS; k++)
		best = kind[k] > kind[best] ? k : best;
	return best;
}

static const struct {
	const char *name;
	enum net_kind kind;
	double least; /* probability of it */
} words[] = {
	{"Example Broadband Ltd", NET_CONSUMER, .8},
	{"EXAMPLE-DSL", NET_CONSUMER, .8},
	{"Exemplo Banda Larga", NET_CONSUMER, .8},
	{"Kabelfernsehen Beispiel", NET_CONSUMER, .7},
	{"T\xc3\xa9l\xc3\xa9"
	 "com Exemple",
	 NET_CONSUMER, .6},
	{"PJSC Primersvyaz", NET_CONSUMER, .6},
	{"Examplefone Mobile", NET_CONSUMER, .8},
	{"Example Hosting", NET_HOSTING, .6},
	{"EXAMPLECLOUD", NET_HOSTING, .6},
	{"Beispiel Serverhousing GmbH", NET_HOSTING, .6},
	{"Example Data Center B.V.", NET_HOSTING, .6},
	{"Example CDN", NET_CONTENT, .4},
	{"Universit\xc3\xa4t Beispiel", NET_UNIVERSITY, .7},
	{"University of Example", NET_UNIVERSITY, .6},
	{"Example Academic and Research Network", NET_UNIVERSITY, .4},
	{"First Example Bank", NET_BUSINESS, .6},
	{"Example County Hospital", NET_BUSINESS, .6},
	{"Example Internet Exchange", NET_TRANSIT, .4},
};

static void single_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		float kind[NET_KINDS];

		nets_kind_of_name(words[i].name, kind);
		if (best_of(kind) != (int)words[i].kind || (double)kind[words[i].kind] < words[i].least)
			fail_msg("%s: kind %d, %.2f", words[i].name, best_of(kind),
				 (double)kind[words[i].kind]);
	}
}

/* Another word for the same kind says it again, and is believed less than the first; the same word says
 * nothing new. */
static void repeated_words(void **state)
{
	static const char *const names[] = {"Example Hosting", "Example Hosting Servers",
					    "Example Cloud Hosting Servers"};
	float before = 0, kind[NET_KINDS], once[NET_KINDS];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		nets_kind_of_name(names[i], kind);
		assert_true(kind[NET_HOSTING] > before);
		before = kind[NET_HOSTING];
	}
	assert_true(before > .9f);
	nets_kind_of_name("Example Hosting", once);
	nets_kind_of_name("Example Hosting, Hosting", kind);
	assert_memory_equal(once, kind, sizeof once);
}

/* Names without a word for any kind say nothing: no kind is believed. */
static void unknown_stays_unknown(void **state)
{
	static const char *const names[] = {
		"", "AS64496", "Example B.V.", "QWXZ", "\xd0\x9f\xd1\x80\xd0\xb8", "Universal Hostess"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		float kind[NET_KINDS];

		nets_kind_of_name(names[i], kind);
		if (kind[best_of(kind)] > .5f)
			fail_msg("%s: kind %d, %.2f", names[i], best_of(kind), (double)kind[best_of(kind)]);
	}
}

static void check_sums(const float kind[NET_KINDS])
{
	double sum = 0;

	for (int k = 0; k < NET_KINDS; k++) {
		assert_true(kind[k] > 0 && kind[k] < 1); /* nothing is ever certain or excluded */
		sum += (double)kind[k];
	}
	assert_true(fabs(sum - 1) < 1e-5);
}

static void any_octets(void **state)
{
	uint64_t seed = 3;
	char name[600];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct kind_space space = {.v4 = next_random(&seed) >> (next_random(&seed) % 64)};
		size_t len = next_random(&seed) % sizeof name;
		float kind[NET_KINDS];

		for (size_t j = 0; j < len; j++)
			name[j] = (char)(i % 2 == 0 ? next_random(&seed) | 1 : 'a' + next_random(&seed) % 26);
		name[len < sizeof name ? len : sizeof name - 1] = 0;
		space.v4_parts = (uint32_t)next_random(&seed);
		space.v4_known = space.v4;
		space.v4_home = space.v4 / (1 + next_random(&seed) % 9);
		kind_of_net(name, &space, kind);
		check_sums(kind);
	}
}

/* A name that stops in the middle of a character, at the end of its memory. */
static void cut_characters(void **state)
{
	static const char *const ends[] = {"\xc3", "\xc4", "abc\xc5", "\xe2\x82", "\xf0"};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char *exact = strdup(ends[i]);
		float kind[NET_KINDS];

		assert_non_null(exact);
		nets_kind_of_name(exact, kind);
		check_sums(kind);
		free(exact);
	}
}

static void space_speaks(void **state)
{
	const struct kind_space home = {
		.v4 = 1 << 20, .v4_parts = 16, .v4_home = 1 << 20, .v4_known = 1 << 20};
	const struct kind_space spread = {
		.v4 = 1 << 20, .v4_parts = 2000, .v4_home = 1 << 19, .v4_known = 1 << 20};
	const struct kind_space lone = {.v4 = 256, .v4_parts = 1, .v4_home = 256, .v4_known = 256};
	const struct kind_space none = {0};
	float name[NET_KINDS], kind[NET_KINDS];

	(void)state;
	nets_kind_of_name("Example", name);
	kind_of_net("Example", &none, kind);
	assert_memory_equal(name, kind, sizeof name);
	kind_of_net("Example", &home, kind);
	assert_true(kind[NET_CONSUMER] > name[NET_CONSUMER] && kind[NET_BUSINESS] < name[NET_BUSINESS]);
	kind_of_net("Example", &spread, kind);
	assert_true(kind[NET_CONSUMER] < name[NET_CONSUMER] && kind[NET_HOSTING] > name[NET_HOSTING]);
	kind_of_net("Example", &lone, kind);
	assert_true(kind[NET_CONSUMER] < name[NET_CONSUMER] && kind[NET_BUSINESS] > name[NET_BUSINESS]);
}

struct score {
	unsigned n, right, unsure, wrong, sure_and_wrong;
	unsigned homes, homes_right, homes_as_servers, servers, servers_right, servers_as_homes;
};

static bool is_homes(const char *kinds)
{
	return strchr(kinds, 'C') != NULL;
}

static bool is_servers(const char *kinds)
{
	return strpbrk(kinds, "HN") != NULL;
}

static void count_sides(struct score *s, const char *kinds, const float kind[NET_KINDS])
{
	bool as_homes = kind[NET_CONSUMER] > .5f, as_servers = kind[NET_HOSTING] + kind[NET_CONTENT] > .5f;

	if (is_homes(kinds)) {
		s->homes++;
		s->homes_right += as_homes;
		s->homes_as_servers += as_servers;
	}
	if (is_servers(kinds)) {
		s->servers++;
		s->servers_right += as_servers;
		s->servers_as_homes += as_homes;
	}
}

static void count(struct score *s, size_t i, const float kind[NET_KINDS])
{
	static const char letters[NET_KINDS] = {'C', 'H', 'N', 'U', 'B', 'T'};
	int best = best_of(kind);
	bool right = strchr(operators[i].kinds, letters[best]) != NULL;

	s->n++;
	if (kind[best] <= .5f)
		s->unsure++;
	else if (right)
		s->right++;
	else
		s->wrong++;
	if (!right && kind[best] >= .8f) {
		s->sure_and_wrong++;
		print_message("  sure and wrong: %s: %c %.2f\n", operators[i].name, letters[best],
			      (double)kind[best]);
	}
	count_sides(s, operators[i].kinds, kind);
}

static void report(const char *by, const struct score *s)
{
	print_message("%s: of %u networks %u right, %u unsure, %u wrong, %u of those surely\n", by, s->n,
		      s->right, s->unsure, s->wrong, s->sure_and_wrong);
	print_message("  of %u consumer %u right, %u as servers; of %u hosting and content %u right, %u as "
		      "consumer\n",
		      s->homes, s->homes_right, s->homes_as_servers, s->servers, s->servers_right,
		      s->servers_as_homes);
}

/* By the name alone. Bounds lie a little below what was measured; brands that say nothing must stay unsure.
 */
static void operators_by_name(void **state)
{
	struct score s = {0};

	(void)state;
	for (size_t i = 0; i < OPERATORS; i++) {
		float kind[NET_KINDS];

		nets_kind_of_name(operators[i].name, kind);
		count(&s, i, kind);
	}
	report("by name", &s);
	assert_true(s.n >= 200);
	assert_true(s.right * 100 >= s.n * 35);
	assert_true(s.wrong * 100 <= s.n * 7);
	assert_true(s.sure_and_wrong <= 1);
	assert_true(s.homes_right * 100 >= s.homes * 55 && s.homes_as_servers <= 1);
	assert_true(s.servers_right * 100 >= s.servers * 15 && s.servers_as_homes <= 2);
}

static uint32_t index_of(const struct nets *n, uint32_t asn)
{
	for (uint32_t i = 1; i < nets_count(n); i++)
		if (nets_get(n, i)->asn == asn)
			return i;
	return 0;
}

/* By the name of 2022 and the use of space, as a user without files of his own gets it. */
static void operators_by_database(void **state)
{
	const struct nets_config config = {.cache = ""};
	struct score s = {0};
	struct nets *n = NULL;
	struct diag d;

	(void)state;
	assert_int_equal(nets_open(&n, &config, &d), OK);
	if (!nets_known(n)) {
		nets_close(n);
		print_message("no libloc database here: skipped\n");
		skip();
	}
	for (size_t i = 0; i < OPERATORS; i++) {
		uint32_t index = index_of(n, operators[i].asn);

		if (index != 0)
			count(&s, i, nets_get(n, index)->kind);
	}
	nets_close(n);
	report("by database", &s);
	assert_true(s.right * 100 >= s.n * 50);
	assert_true(s.wrong * 100 <= s.n * 20);
	assert_true(s.sure_and_wrong <= 2);
	assert_true(s.homes_right * 100 >= s.homes * 80 && s.homes_as_servers * 100 <= s.homes * 4);
	assert_true(s.servers_right * 100 >= s.servers * 55 && s.servers_as_homes * 100 <= s.servers * 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_words),          cmocka_unit_test(repeated_words),
		cmocka_unit_test(unknown_stays_unknown), cmocka_unit_test(any_octets),
		cmocka_unit_test(cut_characters),        cmocka_unit_test(space_speaks),
		cmocka_unit_test(operators_by_name),     cmocka_unit_test(operators_by_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
