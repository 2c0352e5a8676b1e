/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_test.c -- a whole pass over a small capture: the same results whatever the threads, batches, keys and
 * the memo; counts that add up; inputs that end early or are not there.
 */
#include "flow/flow.h"

#include <math.h>
#include <pthread.h>
#include <unistd.h>

#include "capture/capture.h"
#include "capture/made_packets.h"
#include "judge/made_view.h"

enum { LINK_RAW = 101, LOOKS = 250, PATH_ROOM = 64 };

#define CROWD(net, nets, n)                                                                                  \
	{                                                                                                    \
		net, nets, n, 0                                                                              \
	}
#define TWO_SERVERS CROWD(HOSTING + 2, 2, 2)

/* Looked up in turn, so that each boundary of time has all of them in it. */
static const struct service services[] = {
	{"single.com", CROWD(HOMES, 60, 150), TWO_SERVERS, 0, 5, 180, 300, 0, false, NULL},
	{"double.com", CROWD(HOMES, 60, 150), CROWD(HOMES, 60, 150), 0, 5, 180, 300, 0, true, NULL},
	{"far.net", CROWD(HOMES + 20, 40, 90), CROWD(HOMES + 5, 60, 80), 0, 4, 180, 300, 0, false, NULL},
	{"alias.org", CROWD(HOMES + 9, 50, 70), TWO_SERVERS, 0, 3, 60, 300, 0, false, "end.net"},
	{"names.com", CROWD(HOSTING, 4, 30), TWO_SERVERS, 0, 2, 600, 300, 17, true, NULL},
	{"one.com", CROWD(HOSTING, 1, 1), TWO_SERVERS, 0, 1, 3600, 300, 0, true, NULL},
	{"cdn.co.uk", CROWD(CONTENT, 3, 90), TWO_SERVERS, 0, 4, 30, 300, 0, true, NULL},
	{"x.duckdns.org", CROWD(HOMES + 1, 1, 3), {0, 1, 0, 0}, 0, 1, 60, 300, 0, false, NULL},
};

enum { SERVICES = sizeof services / sizeof *services, MESSAGES = LOOKS * SERVICES * 3 / 2 };

static char capture_path[PATH_ROOM], psl_path[PATH_ROOM], table_path[PATH_ROOM];

static void write_file(char path[PATH_ROOM], const void *octets, size_t len)
{
	int fd;

	strcpy(path, "/tmp/deflux-flow-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, octets, len), len);
	close(fd);
}

static void write_packet(struct buf *to, unsigned at_s, const char *text)
{
	static struct made_packet packet;
	static struct made made;
	struct intake in = made_message(&made, RECURSIVE, text);
	struct frame f = {.time_ns = (MADE_START_S + at_s) * NS_PER_SECOND, .link = LINK_RAW};

	packet.len = 0;
	made_front(&packet, in.wire, in.len);
	made_udp(&packet, 53, 5353 + 1);
	made_v4(&packet, 17, (uint16_t)at_s, 0);
	f.octets = packet.octets;
	f.len = f.wire_len = (uint32_t)packet.len;
	capture_write_frame(to, &f);
}

static int begin(void **state)
{
	static const char list[] = "com\nnet\norg\nco.uk\nuk\n// private\nduckdns.org\n";
	struct buf pcap = {0}, table = {0};

	(void)state;
	capture_write_head(&pcap, LINK_RAW);
	for (unsigned i = 0; i < LOOKS; i++)
		for (unsigned s = 0; s < SERVICES; s++) {
			struct buf text = {0};

			made_service_text(&text, &services[s], i);
			write_packet(&pcap, i * services[s].gap_s + s, buf_text(&text));
			if (i % 2 == 0) /* and once more out of the cache */
				write_packet(&pcap, i * services[s].gap_s + s, buf_text(&text));
			buf_fini(&text);
		}
	for (unsigned n = 0; n < UNKNOWN; n++)
		buf_printf(&table, "20.%u.0.0,20.%u.255.255,%u,N%u %s\n", n, n, 64000 + n, n,
			   made_net_words(n));
	assert_int_equal(pcap.err, OK);
	write_file(capture_path, pcap.bytes, pcap.len);
	write_file(table_path, table.bytes, table.len);
	write_file(psl_path, list, strlen(list));
	buf_fini(&pcap);
	buf_fini(&table);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(capture_path);
	unlink(table_path);
	unlink(psl_path);
	return 0;
}

static struct flow_config config_of(const struct source_path *paths, size_t n)
{
	return (struct flow_config){
		.sources = {.paths = paths, .n_paths = n, .since_ns = STAMP_NONE, .until_ns = STAMP_NONE},
		.nets = {.asn_table = table_path, .loc = "", .cache = ""},
		.psl = psl_path,
		.threads = 1,
		.bucket_key = 7,
	};
}

static struct flow *open_flow(const struct flow_config *config)
{
	struct flow *f = NULL;
	struct diag d = {.text = ""};

	if (flow_open(&f, config, &d) != OK)
		fail_msg("%s", d.text);
	return f;
}

/* ---- results as text ---- */

static void take(void *context, const struct finding *x)
{
	struct buf *to = context;
	const struct judgement *j = x->judgement;
	char name[NAME_TEXT_MAX];

	name_to_text(x->view->name, name);
	buf_printf(to,
		   "%s %s %s %d %d %.17g %.17g %lld: %u members %u clusters %u homes %u moved %u countries\n",
		   name, verdict_text(j->verdict), j->class, (int)j->kind, (int)j->carrier, j->llr_db,
		   j->probability, (long long)x->decided_ns, x->view->n_members, x->view->n_clusters,
		   x->view->homes, x->view->moved, x->view->countries);
	for (unsigned i = 0; i < j->n_evidence; i++)
		buf_printf(to, "  %.17g %.17g %s\n", j->evidence[i].value, j->evidence[i].weight_db,
			   j->evidence[i].reason);
	for (unsigned i = 0; i < x->view->n_members; i++) {
		const struct view_member *m = &x->view->members[i];

		addr_to_text(&m->addr, name);
		buf_printf(to, "  %s x%u %u owners %u users %u accused %lld-%lld\n", name, m->count,
			   m->owners, m->users, m->accused_users, (long long)m->first_ns,
			   (long long)m->last_ns);
	}
}

static size_t results(struct flow *f, const struct flow_select *select, struct buf *to)
{
	size_t findings = 0;

	assert_int_equal(flow_results(f, select, take, to, &findings), OK);
	assert_int_equal(to->err, OK);
	return findings;
}

static void count_text(struct flow *f, struct buf *to)
{
	struct flow_counts c;

	flow_count(f, &c);
	buf_printf(to, "%llu messages %llu observations %llu sightings %llu repeats %llu look-ups ",
		   (unsigned long long)c.observe.messages, (unsigned long long)c.observe.observations,
		   (unsigned long long)c.profile.sightings, (unsigned long long)c.profile.repeats,
		   (unsigned long long)c.profile.lookups);
	buf_printf(to, "%llu domains %llu owners %llu pairs %llu members %lld-%lld\n",
		   (unsigned long long)c.domains, (unsigned long long)c.owners, (unsigned long long)c.pairs,
		   (unsigned long long)c.members, (long long)c.first_ns, (long long)c.last_ns);
}

static void pass(const struct flow_config *config, struct buf *to)
{
	struct flow *f = open_flow(config);
	struct diag d;

	assert_int_equal(flow_run(f, &d), OK);
	count_text(f, to);
	buf_printf(to, "%u findings\n", (unsigned)results(f, &(struct flow_select){.all = true}, to));
	flow_close(f);
}

/* Enough to keep all of each domain, and little enough for smaller batches where there are more threads. */
#define ENOUGH ((size_t)160 << 20)

static const struct {
	const char *title;
	unsigned threads;
	size_t memory_bytes;
	uint64_t bucket_key;
	bool no_memo;
} alike[] = {
	{"one thread", 1, 0, 7, false},
	{"two threads", 2, 0, 7, false},
	{"five threads", 5, 0, 7, false},
	{"smaller batches", 1, ENOUGH, 7, false},
	{"smaller batches, five threads", 5, ENOUGH, 7, false},
	{"more threads than batches", 40, ENOUGH, 7, false},
	{"another key", 1, 0, 8, false},
	{"another key", 5, 0, UINT64_C(0xfedcba9876543210), false},
	{"a random key", 2, 0, 0, false},
	{"without the memo", 1, 0, 7, true},
	{"without the memo, two threads", 2, ENOUGH, 9, true},
};

static void test_the_same_whatever_the_means(void **state)
{
	struct source_path path = {.path = capture_path};
	struct buf first = {0};

	(void)state;
	for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
		struct flow_config config = config_of(&path, 1);
		struct buf text = {0};

		config.threads = alike[i].threads;
		config.memory_bytes = alike[i].memory_bytes;
		config.bucket_key = alike[i].bucket_key;
		config.no_memo = alike[i].no_memo;
		pass(&config, &text);
		if (i == 0)
			buf_add(&first, text.bytes, text.len);
		else if (strcmp(buf_text(&first), buf_text(&text)) != 0)
			fail_msg("%s: not the same as with one thread", alike[i].title);
		buf_fini(&text);
	}
	assert_non_null(strstr(buf_text(&first), "3000 messages"));
	assert_non_null(strstr(buf_text(&first), "double.com fast-flux flux 2"));
	assert_non_null(strstr(buf_text(&first), "\none.com benign"));
	buf_fini(&first);
}

static void test_counts_add_up(void **state)
{
	struct source_path path = {.path = capture_path};
	struct flow_config config = config_of(&path, 1);
	struct flow *f = open_flow(&config);
	const struct source_problem *problems;
	struct flow_counts c;
	struct diag d;

	(void)state;
	flow_count(f, &c);
	assert_true(c.first_ns == STAMP_NONE && c.last_ns == STAMP_NONE && c.observe.messages == 0);
	assert_int_equal(flow_run(f, &d), OK);
	flow_count(f, &c);
	assert_int_equal(c.sources.records, MESSAGES);
	assert_int_equal(c.sources.messages, MESSAGES);
	assert_int_equal(c.observe.messages, MESSAGES);
	assert_int_equal(c.observe.responses + c.observe.queries + c.observe.malformed, MESSAGES);
	assert_true(c.memo_hits > LOOKS && c.profile.repeats > LOOKS * SERVICES / 2);
	assert_int_equal(c.profile.sightings, c.observe.observations);
	assert_int_equal(c.profile.sightings, c.profile.lookups + c.profile.repeats + c.profile.other_role);
	assert_int_equal(c.first_ns, MADE_START_S * NS_PER_SECOND);
	assert_int_equal(c.last_ns, (MADE_START_S + (LOOKS - 1) * 300 + SERVICES - 1) * NS_PER_SECOND);
	assert_int_equal(c.domains, SERVICES + 2); /* end.net and dns.net too */
	assert_true(c.memory_bytes > 10000 && c.members > 100 && c.members_lost == 0);
	assert_int_equal(flow_problems(f, &problems), 0);
	flow_close(f);
}

static void test_a_missing_file_is_a_problem(void **state)
{
	struct source_path paths[2] = {{.path = "/nonexistent/deflux.pcap"}, {.path = capture_path}};
	struct buf with = {0}, without = {0};
	struct flow_config config = config_of(paths, 2), good = config_of(&paths[1], 1);
	const struct source_problem *problems = NULL;
	struct flow *f = open_flow(&config);
	struct diag d;

	(void)state;
	assert_int_equal(flow_run(f, &d), OK);
	assert_int_equal(flow_problems(f, &problems), 1);
	assert_non_null(strstr(problems[0].text, "/nonexistent/deflux.pcap"));
	flow_close(f);
	pass(&config, &with);
	pass(&good, &without);
	assert_string_equal(buf_text(&with), buf_text(&without));
	buf_fini(&with);
	buf_fini(&without);
}

/* ---- state ---- */

static void end_state(const char *folder)
{
	static const char *const names[] = {"state", "lock"}; /* and nothing else is left there */
	char path[2 * PATH_ROOM];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(folder), 0);
}

/* All in order of time, so that pieces cut by time are pieces of the whole. */
static struct flow_config config_in_order(const struct source_path *path)
{
	struct flow_config config = config_of(path, 1);

	config.sources.window_ns = config.sources.max_gap_ns = 10 * 86400 * NS_PER_SECOND;
	config.bucket_key = 0;
	return config;
}

/* What is found at the end of a run that is cut into pieces of `seconds`, the first at a boundary of time. */
static void pass_in_pieces(const char *folder, unsigned seconds, struct buf *to)
{
	struct source_path path = {.path = capture_path};
	struct flow_config config = config_in_order(&path);

	config.state.path = folder;
	for (unsigned at_s = 0; at_s < LOOKS * 300; at_s += seconds) {
		struct flow *f;
		struct diag d;

		config.sources.since_ns = (MADE_START_S / 600 * 600 + at_s) * NS_PER_SECOND;
		config.sources.until_ns = config.sources.since_ns + seconds * NS_PER_SECOND;
		config.threads = 1 + at_s / seconds % 3;
		f = open_flow(&config);
		assert_int_equal(flow_state(f).continued, at_s != 0);
		assert_int_equal(flow_state(f).domains, at_s == 0 ? 0 : SERVICES + 2);
		assert_true(flow_state(f).last_ns < config.sources.since_ns);
		assert_int_equal(flow_run(f, &d), OK);
		assert_null(flow_state(f).problem);
		buf_clear(to);
		(void)results(f, &(struct flow_select){.all = true}, to);
		flow_close(f);
	}
}

static void test_state_goes_on(void **state)
{
	static const unsigned seconds[] = {36000, 9001};
	struct source_path path = {.path = capture_path};
	struct flow_config config = config_in_order(&path);
	struct flow *f = open_flow(&config);
	struct buf one = {0}, pieces = {0};
	struct diag d;

	(void)state;
	assert_int_equal(flow_run(f, &d), OK);
	(void)results(f, &(struct flow_select){.all = true}, &one);
	flow_close(f);
	for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
		char folder[] = "/tmp/deflux-flow-XXXXXX";

		assert_non_null(mkdtemp(folder));
		pass_in_pieces(folder, seconds[i], &pieces);
		assert_string_equal(buf_text(&one), buf_text(&pieces));
		end_state(folder);
	}
	buf_fini(&one);
	buf_fini(&pieces);
}

static void refuse_state(const struct flow_config *config, const char *says)
{
	struct diag d = {.text = ""};
	struct flow *f = NULL;

	assert_int_equal(flow_open(&f, config, &d), E_IO);
	if (strstr(d.text, says) == NULL)
		fail_msg("%s\nwhere it should say\n%s", d.text, says);
}

static void test_state_is_refused(void **state)
{
	char folder[] = "/tmp/deflux-flow-XXXXXX";
	struct source_path path = {.path = capture_path};
	struct flow_config config = config_of(&path, 1), other;
	struct flow *f;
	struct diag d;

	(void)state;
	assert_non_null(mkdtemp(folder));
	config.state.path = folder;
	config.seed = 5;
	f = open_flow(&config);
	refuse_state(&config, "another run of deflux");
	assert_int_equal(flow_run(f, &d), OK);
	flow_close(f);
	other = config;
	other.seed = 6;
	refuse_state(&other, "--seed 5");
	other = config;
	other.method = METHOD_ZEEK;
	refuse_state(&other, "--method");
	other.state.path = capture_path;
	refuse_state(&other, "Not a directory");
	flow_close(open_flow(&config)); /* nothing of that changed it */
	end_state(folder);
}

/* ---- stopping ---- */

static void test_stopped_before(void **state)
{
	struct source_path path = {.path = capture_path};

	(void)state;
	for (unsigned threads = 1; threads <= 3; threads += 2) {
		struct flow_config config = config_of(&path, 1);
		struct flow_counts c;
		struct buf text = {0};
		struct flow *f;
		struct diag d;

		config.threads = threads;
		f = open_flow(&config);
		flow_stop(f);
		assert_int_equal(flow_run(f, &d), OK);
		flow_count(f, &c);
		assert_int_equal(c.observe.messages, 0);
		assert_int_equal(results(f, &(struct flow_select){.all = true}, &text), 0);
		assert_int_equal(text.len, 0);
		flow_close(f);
	}
}

static void *run_flow(void *flow)
{
	struct diag d;

	return flow_run(flow, &d) == OK ? flow : NULL;
}

/* A pipe that gives half of a capture and stays open: only flow_stop ends the pass, with what came so far. */
static void test_stopped_while_a_pipe_is_silent(void **state)
{
	char path[PATH_ROOM];
	struct source_path source;
	struct flow_config config;
	struct flow_counts c = {0};
	struct buf text = {0};
	struct flow *f;
	pthread_t thread;
	void *done = NULL;
	FILE *from = fopen(capture_path, "rb");
	static uint8_t half[200000];
	int ends[2];
	size_t n;

	(void)state;
	assert_non_null(from);
	n = fread(half, 1, sizeof half, from);
	fclose(from);
	assert_int_equal(pipe(ends), 0);
	snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
	source = (struct source_path){.path = path};
	config = config_of(&source, 1);
	config.threads = 2;
	f = open_flow(&config);
	assert_int_equal(pthread_create(&thread, NULL, run_flow, f), 0);
	for (size_t at = 0; at < n;) {
		ssize_t wrote = write(ends[1], half + at, n - at);

		assert_true(wrote > 0);
		at += (size_t)wrote;
	}
	for (unsigned i = 0; i < 500 && c.sources.messages < 100; i++) {
		usleep(10000);
		flow_count(f, &c);
	}
	flow_stop(f);
	assert_int_equal(pthread_join(thread, &done), 0);
	assert_ptr_equal(done, f);
	close(ends[1]);
	close(ends[0]);
	flow_count(f, &c);
	assert_true(c.observe.messages > 100 && c.observe.messages < MESSAGES);
	results(f, &(struct flow_select){.all = true}, &text);
	assert_non_null(strstr(buf_text(&text), "double.com"));
	buf_fini(&text);
	flow_close(f);
}

/* ---- what is given out ---- */

/* The names that begin a line, in order. */
static void names_of(struct buf *text, struct buf *names)
{
	for (const char *at = buf_text(text); *at != 0; at = strchr(at, '\n') + 1)
		if (*at != ' ') {
			buf_add(names, at, strcspn(at, " "));
			buf_add_char(names, ' ');
		}
}

static void check_selection(struct flow *f, const struct flow_select *select, const char *expected)
{
	struct buf text = {0}, names = {0};

	assert_int_equal(results(f, select, &text),
			 select->domain == NULL ? 6 : strstr(expected, "one") == NULL);
	names_of(&text, &names);
	assert_string_equal(buf_text(&names), expected);
	buf_fini(&text);
	buf_fini(&names);
}

static void test_selections(void **state)
{
	struct source_path path = {.path = capture_path};
	struct flow_config config = config_of(&path, 1);
	struct name one = made_name("one.com"), two = made_name("double.com"), none = made_name("no.com");
	struct flow *f = open_flow(&config);
	struct buf text = {0}, names = {0};
	struct diag d;
	char worst[32] = "";
	double before = INFINITY;

	(void)state;
	assert_int_equal(flow_run(f, &d), OK);
	results(f, &(struct flow_select){.all = true}, &text);
	for (const char *at = strstr(buf_text(&text), "fast-flux"); at != NULL;
	     at = strstr(at + 1, "fast-flux flux")) {
		double llr;

		assert_int_equal(sscanf(at, "fast-flux flux %*d %*d %lf", &llr), 1);
		assert_true(llr <= before); /* worst first */
		before = llr;
	}
	names_of(&text, &names);
	check_selection(f, &(struct flow_select){.all = true}, buf_text(&names)); /* and twice the same */
	(void)snprintf(worst, sizeof worst, "%.*s", (int)strcspn(buf_text(&names), " ") + 1,
		       buf_text(&names));
	check_selection(f, &(struct flow_select){.top = 1}, worst);
	check_selection(f, &(struct flow_select){.domain = &one}, "one.com ");
	check_selection(f, &(struct flow_select){.domain = &two}, "double.com ");
	buf_fini(&text);
	assert_int_equal(results(f, &(struct flow_select){.domain = &none}, &text), 0);
	assert_int_equal(text.len, 0);
	buf_fini(&names);
	flow_close(f);
}

static void test_registrable_domains(void **state)
{
	static const struct {
		const char *name, *domain; /* NULL: none */
	} rows[] = {{"a.b.example.com", "example.com"},
		    {"example.co.uk", "example.co.uk"},
		    {"w.me.duckdns.org", "me.duckdns.org"},
		    {"com", NULL},
		    {"host.invalid", NULL}};
	struct source_path path = {.path = capture_path};
	struct flow_config config = config_of(&path, 1);
	struct flow *f = open_flow(&config);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct name n = made_name(rows[i].name), domain, expected;

		assert_int_equal(flow_domain_of(f, &n, &domain), rows[i].domain != NULL);
		if (rows[i].domain == NULL)
			continue;
		expected = made_name(rows[i].domain);
		assert_true(name_equal(&domain, &expected));
	}
	flow_close(f);
}

static void test_without_a_network_table(void **state)
{
	struct source_path path = {.path = capture_path};
	struct flow_config config = config_of(&path, 1);
	struct buf text = {0};

	(void)state;
	config.nets = (struct nets_config){.none = true};
	pass(&config, &text);
	assert_non_null(strstr(buf_text(&text), "double.com "));
	assert_null(strstr(buf_text(&text), "fast-flux")); /* who the members are decides */
	assert_non_null(strstr(buf_text(&text), "cdn.co.uk benign"));
	buf_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_whatever_the_means),
		cmocka_unit_test(test_counts_add_up),
		cmocka_unit_test(test_a_missing_file_is_a_problem),
		cmocka_unit_test(test_state_goes_on),
		cmocka_unit_test(test_state_is_refused),
		cmocka_unit_test(test_stopped_before),
		cmocka_unit_test(test_stopped_while_a_pipe_is_silent),
		cmocka_unit_test(test_selections),
		cmocka_unit_test(test_registrable_domains),
		cmocka_unit_test(test_without_a_network_table),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
