/* SPDX-License-Identifier: Apache-2.0 */
/* loc_test.c -- look-ups in the flattened networks against the library's own, on sampled addresses. */
#include "enrich/loc.h"

#include <libloc/as.h>
#include <libloc/database.h>
#include <libloc/libloc.h>
#include <libloc/network.h>

#include "enrich/enrich_test.h"
#include "enrich/facts.h"
#include "enrich/nets.h"

enum { SAMPLES = 40000 };

struct world {
	struct loc_ctx *ctx;
	struct loc_database *db;
	FILE *file;
	struct nets *nets;
	char folder[TEST_PATH_ROOM];
};

static const char *const places[] = {"/var/lib/location/database.db",
				     "/usr/share/libloc-location/location.db"};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct nets_config config = {0};
	struct diag d = {{0}};

	assert_non_null(w);
	*state = w;
	for (size_t i = 0; i < sizeof places / sizeof *places && w->file == NULL; i++) {
		config.loc = places[i];
		w->file = fopen(places[i], "re");
	}
	if (w->file == NULL) {
		print_message("no libloc database here: skipped\n");
		return 0;
	}
	make_folder(w->folder);
	config.cache = w->folder;
	assert_int_equal(loc_new(&w->ctx), 0);
	assert_int_equal(loc_database_new(w->ctx, &w->db, w->file), 0);
	if (nets_open(&w->nets, &config, &d) != OK)
		fail_msg("%s", d.text);
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	if (w->file != NULL) {
		nets_close(w->nets);
		loc_database_unref(w->db);
		loc_unref(w->ctx);
		fclose(w->file);
		remove_folder(w->folder);
	}
	free(w);
	return 0;
}

/* What the library says; number 0 and no country where it knows of no network. */
static struct range ask_library(const struct world *w, const struct addr *a)
{
	struct loc_network *network = NULL;
	struct in6_addr in;
	struct range out = {0};

	memcpy(&in, a->octets, sizeof in);
	if (loc_database_lookup(w->db, &in, &network) != 0 || network == NULL)
		return out;
	out.asn = loc_network_get_asn(network);
	range_country(loc_network_get_country_code(network), strlen(loc_network_get_country_code(network)),
		      out.country);
	loc_network_unref(network);
	return out;
}

/*
 * The library's answer is that of the innermost network, which may leave number or country open; ours then
 * takes what the network around it says. So: equal where the library says one.
 */
static bool agrees(const struct world *w, const struct addr *a, unsigned *said)
{
	struct range theirs = ask_library(w, a);
	char country[2];
	uint32_t index = nets_find(w->nets, a, country), asn = nets_get(w->nets, index)->asn;

	*said += theirs.asn != 0;
	if (theirs.asn != 0 && theirs.asn != asn)
		return false;
	return theirs.country[0] == 0 || memcmp(theirs.country, country, 2) == 0;
}

static void check(const struct world *w, const struct addr *a, unsigned *said)
{
	char text[ADDR_TEXT_MAX];

	addr_to_text(a, text);
	if (!agrees(w, a, said))
		fail_msg("%s: the library says otherwise", text);
}

static void random_v4(void **state)
{
	const struct world *w = *state;
	uint64_t seed = 4;
	unsigned said = 0;

	if (w->file == NULL)
		skip();
	for (int i = 0; i < SAMPLES; i++) {
		uint32_t x = (uint32_t)next_random(&seed);
		uint8_t octets[4] = {(uint8_t)(x >> 24), (uint8_t)(x >> 16), (uint8_t)(x >> 8), (uint8_t)x};
		struct addr a = addr_v4(octets);

		check(w, &a, &said);
	}
	assert_true(said > SAMPLES / 3); /* most of IPv4 is announced: this was no comparison of nothing */
}

/* Inside networks of both families, each as likely as another, however small. */
static void inside_networks(void **state)
{
	const struct world *w = *state;
	unsigned drawn[2] = {0}, said = 0;
	uint64_t seed = 6;

	if (w->file == NULL)
		skip();
	for (int i = 0; i < SAMPLES; i++) {
		uint32_t index = (uint32_t)(1 + next_random(&seed) % (nets_count(w->nets) - 1));
		bool v6 = i % 2 != 0;
		struct addr a;

		if (!nets_address_in(w->nets, index, v6, next_random(&seed), &a))
			continue;
		drawn[v6]++;
		assert_int_equal(nets_find(w->nets, &a, NULL), index);
		check(w, &a, &said);
	}
	assert_true(drawn[0] > SAMPLES / 4 && drawn[1] > SAMPLES / 8);
	assert_true(said > SAMPLES / 3);
}

static void names(void **state)
{
	const struct world *w = *state;
	unsigned named = 0;

	if (w->file == NULL)
		skip();
	for (uint32_t i = 1; i < nets_count(w->nets); i += 7) {
		const struct net *net = nets_get(w->nets, i);
		struct loc_as *as = NULL;

		if (loc_database_get_as(w->db, &as, net->asn) != 0 || as == NULL)
			continue;
		named++;
		if (strlen(loc_as_get_name(as)) <= FACTS_NAME_MAX)
			assert_string_equal(net->name, loc_as_get_name(as));
		else /* kept in part */
			assert_memory_equal(net->name, loc_as_get_name(as), strlen(net->name));
		loc_as_unref(as);
	}
	assert_true(named > 1000);
}

static void described(void **state)
{
	const struct world *w = *state;

	if (w->file == NULL)
		skip();
	assert_memory_equal(nets_describe(w->nets), "libloc 20", 9);
	assert_int_equal(nets_made_ns(w->nets) / 1000000000, loc_database_created_at(w->db));
}

static void not_a_database(void **state)
{
	char folder[TEST_PATH_ROOM], path[TEST_PATH_ROOM];
	struct diag d = {{0}};
	struct facts f = {0};

	(void)state;
	make_folder(folder);
	write_file(folder, "x", "LOCDBXX\0hello", 13, path);
	assert_int_equal(loc_load(&f, path, &d), E_FORMAT);
	assert_non_null(strstr(d.text, "no libloc database"));
	facts_fini(&f);
	write_file(folder, "x", "", 0, path);
	assert_int_equal(loc_load(&f, path, &d), E_FORMAT);
	facts_fini(&f);
	remove_folder(folder);
	assert_int_equal(loc_load(&f, path, &d), E_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_v4), cmocka_unit_test(inside_networks), cmocka_unit_test(names),
		cmocka_unit_test(described), cmocka_unit_test(not_a_database),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
