/* SPDX-License-Identifier: Apache-2.0 */
/* memo_test.c -- two messages, one after the other: whether the second one is left out. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/stamp.h"
#include "observe/made_message.h"
#include "observe/memo_shelf.h"
#include "observe/observe.h"

static struct psl *psl;

enum {
	RECURSIVE = FLAG_RD | FLAG_RA,
	BUCKET = MEMO_LINES * (MEMO_LINE_OCTETS + 2) + 4 + 1,
	ROOM = 64 * BUCKET,
	FIRST_S = 1000
};

static void begin(struct observer *o, size_t octets)
{
	observe_init(o, &(struct observe_config){.psl = psl, .bucket_key = 1, .sketch_key = 2});
	assert_int_equal(memo_open(&o->memo, octets, 1), OK);
}

/* Looks at one message; returns the octets of observations given out. */
static size_t see(struct observer *o, struct intake *in, int64_t at_s)
{
	struct buf groups[OBS_GROUPS] = {0};
	size_t octets = 0;

	in->time_ns = in->last_ns = at_s * NS_PER_SECOND;
	observe_batch(o, in, 1, groups);
	for (unsigned g = 0; g < OBS_GROUPS; g++) {
		octets += groups[g].len;
		buf_fini(&groups[g]);
	}
	return octets;
}

/* An OPT record with these flags where a TTL stands in others; no options. */
static void add_opt(struct made *m, struct intake *in, uint8_t flags)
{
	uint8_t opt[] = {0, 0, RR_OPT, 16, 0, 0, 0, flags, 0, 0, 0};

	memcpy(m->octets + in->len, opt, sizeof opt);
	in->len += (uint32_t)sizeof opt;
	m->octets[11]++;
}

static void other_id(struct made *m, struct intake *in)
{
	(void)in;
	m->octets[0] = m->octets[1] = 99;
}

static void other_vantage(struct made *m, struct intake *in)
{
	(void)m;
	in->vantage = 1;
}

static void other_role(struct made *m, struct intake *in)
{
	(void)m;
	in->role = ROLE_CLIENT;
}

static void other_lacks(struct made *m, struct intake *in)
{
	(void)m;
	in->lacks = LACK_QUERIES;
}

static void late(struct made *m, struct intake *in)
{
	(void)m;
	in->late = 1;
}

static void counted_twice(struct made *m, struct intake *in)
{
	(void)m;
	in->count = 2;
}

static void of_a_zone(struct made *m, struct intake *in)
{
	(void)m;
	in->zone = (const uint8_t *)"\1a\3com";
	in->zone_len = 7;
}

static void no_recursion_desired(struct made *m, struct intake *in)
{
	(void)in;
	m->octets[2] &= 0xfe;
}

static void upper_case(struct made *m, struct intake *in)
{
	(void)in;
	m->octets[13] = 'A';
}

#define A1       "a.com A | a a.com 50 A 1.2.3.4"
#define A1_LATER "a.com A | a a.com 40 A 1.2.3.4"

static const struct {
	const char *name, *first, *second;
	int gap_s;
	void (*change)(struct made *m, struct intake *in); /* the second */
	int opt, second_opt;                               /* flags of OPT; 0: none */
	uint64_t hits;
} rows[] = {
	{"a repeat", A1, A1_LATER, 10, NULL, 0, 0, 1},
	{"at the same moment", A1, A1, 0, NULL, 0, 0, 1},
	{"it would be dropped earlier", A1, "a.com A | a a.com 9 A 1.2.3.4", 10, NULL, 0, 0, 1},
	{"looked up again: it lives a second longer", A1, "a.com A | a a.com 41 A 1.2.3.4", 10, NULL, 0, 0,
	 0},
	{"before the first", A1, "a.com A | a a.com 50 A 1.2.3.4", -1, NULL, 0, 0, 0},
	{"a TTL with its top bit is none", A1, "a.com A | a a.com 2147483658 A 1.2.3.4", 10, NULL, 0, 0, 1},
	{"another id", A1, A1_LATER, 10, other_id, 0, 0, 1},
	{"another vantage", A1, A1_LATER, 10, other_vantage, 0, 0, 0},
	{"another role", A1, A1_LATER, 10, other_role, 0, 0, 0},
	{"it lacks something else", A1, A1_LATER, 10, other_lacks, 0, 0, 0},
	{"late", A1, A1_LATER, 10, late, 0, 0, 0},
	{"stands for two", A1, A1_LATER, 10, counted_twice, 0, 0, 0},
	{"zone known", A1, A1_LATER, 10, of_a_zone, 0, 0, 0},
	{"a header flag", A1, A1_LATER, 10, no_recursion_desired, 0, 0, 0},
	{"the question in other letters", A1, A1_LATER, 10, upper_case, 0, 0, 0},
	{"another address", A1, "a.com A | a a.com 40 A 1.2.3.5", 10, NULL, 0, 0, 0},
	{"OPT with the same flags", A1, A1_LATER, 10, NULL, 128, 128, 1},
	{"OPT with other flags, although fewer", A1, A1_LATER, 10, NULL, 129, 128, 0},
	{"in another order", "a.com A | a a.com 9 A 1.1.1.1 | a a.com 9 A 2.2.2.2 | a a.com 9 A 3.3.3.3",
	 "a.com A | a a.com 9 A 2.2.2.2 | a a.com 9 A 3.3.3.3 | a a.com 9 A 1.1.1.1", 0, NULL, 0, 0, 1},
	{"in an order that is no turn",
	 "a.com A | a a.com 9 A 1.1.1.1 | a a.com 9 A 2.2.2.2 | a a.com 9 A 3.3.3.3",
	 "a.com A | a a.com 9 A 2.2.2.2 | a a.com 9 A 1.1.1.1 | a a.com 9 A 3.3.3.3", 0, NULL, 0, 0, 1},
	{"in another order, each with its own TTL", "a.com A | a a.com 9 A 1.1.1.1 | a a.com 8 A 2.2.2.2",
	 "a.com A | a a.com 8 A 2.2.2.2 | a a.com 9 A 1.1.1.1", 0, NULL, 0, 0, 1},
	{"in another order, one lives longer", "a.com A | a a.com 9 A 1.1.1.1 | a a.com 8 A 2.2.2.2",
	 "a.com A | a a.com 9 A 2.2.2.2 | a a.com 8 A 1.1.1.1", 0, NULL, 0, 0, 0},
	{"one address twice", "a.com A | a a.com 9 A 1.1.1.1 | a a.com 9 A 3.3.3.3",
	 "a.com A | a a.com 9 A 2.2.2.2 | a a.com 9 A 2.2.2.2", 0, NULL, 0, 0, 0},
	{"AAAA in another order", "a.com AAAA | a a.com 9 AAAA 2a00::1 | a a.com 9 AAAA 2a00::2",
	 "a.com AAAA | a a.com 9 AAAA 2a00::2 | a a.com 9 AAAA 2a00::1", 0, NULL, 0, 0, 1},
	{"AAAA with the same ends", "a.com AAAA | a a.com 9 AAAA 2a00::1 | a a.com 9 AAAA 2a00::2",
	 "a.com AAAA | a a.com 9 AAAA 2a01::2 | a a.com 9 AAAA 2a00::1", 0, NULL, 0, 0, 0},
	{"behind an alias whose name is written out each time, in another order: parsed",
	 "w.a.com A | a w.a.com 9 CNAME x.b.net | a x.b.net 9 A 1.1.1.1 | a x.b.net 9 A 2.2.2.2",
	 "w.a.com A | a w.a.com 9 CNAME x.b.net | a x.b.net 9 A 2.2.2.2 | a x.b.net 9 A 1.1.1.1", 0, NULL, 0,
	 0, 0},
	{"the alias lives longer", "w.a.com A | a w.a.com 9 CNAME x.b.net | a x.b.net 9 A 1.1.1.1",
	 "w.a.com A | a w.a.com 10 CNAME x.b.net | a x.b.net 9 A 1.1.1.1", 0, NULL, 0, 0, 0},
	{"no answer is never kept", "a.com A", "a.com A", 0, NULL, 0, 0, 0},
	{"nor what was counted as beside the question", A1 " | a b.com 9 A 1.2.3.4",
	 A1 " | a b.com 9 A 1.2.3.4", 0, NULL, 0, 0, 0},
};

static void leaves_out_what_is_a_repeat(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct made first, second;
		struct intake one = made_message(&first, RECURSIVE, rows[i].first);
		struct intake two = made_message(&second, RECURSIVE, rows[i].second);
		struct observer o;
		size_t given;

		if (rows[i].opt != 0) {
			add_opt(&first, &one, (uint8_t)rows[i].opt);
			add_opt(&second, &two, (uint8_t)rows[i].second_opt);
		}
		if (rows[i].change != NULL)
			rows[i].change(&second, &two);
		begin(&o, ROOM);
		see(&o, &one, FIRST_S);
		given = see(&o, &two, FIRST_S + rows[i].gap_s);
		if (o.counts.memo_hits != rows[i].hits || (rows[i].hits == 1 && given != 0))
			fail_msg("%s: %llu hits, %zu octets given", rows[i].name,
				 (unsigned long long)o.counts.memo_hits, given);
		assert_int_equal(o.counts.messages, 2);
		assert_int_equal(o.counts.responses, 2);
		if (rows[i].hits == 1)
			assert_true(o.counts.left_out != 0 && o.counts.observations == 2 * o.counts.left_out);
		observe_fini(&o);
	}
}

static void what_was_looked_up_again_is_kept_in_its_place(void **state)
{
	struct made m;
	struct intake in = made_message(&m, RECURSIVE, A1);
	struct observer o;

	(void)state;
	begin(&o, ROOM);
	see(&o, &in, FIRST_S);
	assert_true(see(&o, &in, FIRST_S + 60) != 0);
	assert_int_equal(see(&o, &in, FIRST_S + 60), 0);
	assert_int_equal(o.counts.memo_hits, 1);
	observe_fini(&o);
}

static void another_generation_empties(void **state)
{
	struct made m;
	struct intake in = made_message(&m, RECURSIVE, A1 " | n a.com 9 NS n.b.net | d n.b.net 9 A 2.2.2.2");
	struct observer o;

	(void)state;
	begin(&o, ROOM);
	see(&o, &in, FIRST_S);
	memo_begin(&o.memo, 0, 0); /* the same as before */
	assert_int_equal(see(&o, &in, FIRST_S), 0);
	memo_begin(&o.memo, 1, 0);
	assert_true(see(&o, &in, FIRST_S) != 0);
	assert_int_equal(o.counts.memo_hits, 1);
	assert_int_equal(o.counts.left_out, 4);
	observe_fini(&o);
}

/* A name of its own for each number, below 26 * 26. */
static struct intake numbered(struct made *m, unsigned i)
{
	char text[64];

	snprintf(text, sizeof text, "%c%c.com A | a %c%c.com 50 A 1.2.3.4", 'a' + i / 26, 'a' + i % 26,
		 'a' + i / 26, 'a' + i % 26);
	return made_message(m, RECURSIVE, text);
}

static void what_is_met_again_outlasts_what_is_not(void **state)
{
	struct observer o;
	struct made m;

	(void)state;
	begin(&o, BUCKET);
	assert_int_equal(o.memo.shelf->n_buckets, 1);
	for (unsigned i = 1; i < 600; i++) {
		struct intake once = numbered(&m, i), often;

		see(&o, &once, FIRST_S);
		often = numbered(&m, 0);
		see(&o, &often, FIRST_S);
	}
	assert_int_equal(o.counts.memo_hits, 598);
	for (unsigned i = 1; i < 500; i++) { /* long driven out */
		struct intake once = numbered(&m, i);

		assert_true(see(&o, &once, FIRST_S) != 0);
	}
	observe_fini(&o);
}

/* As if so many messages had been looked at since it was last weighed, and so many of them left out. */
static bool leaves_out_after(struct observer *o, struct intake *in, uint64_t looked, uint64_t met)
{
	o->memo.looked = looked;
	o->memo.met = met;
	memo_begin(&o->memo, 0, 0);
	return see(o, in, FIRST_S) == 0;
}

static void where_little_repeats_messages_are_left_alone(void **state)
{
	struct observer o;
	struct made m;
	struct intake in = made_message(&m, RECURSIVE, A1);

	(void)state;
	begin(&o, ROOM);
	assert_true(see(&o, &in, FIRST_S) != 0);
	assert_true(leaves_out_after(&o, &in, 99, 0)); /* too early to tell */
	assert_int_equal(o.memo.looked, 100);
	assert_int_equal(o.memo.met, 1);
	assert_true(leaves_out_after(&o, &in, MEMO_TRIAL, MEMO_TRIAL / 8));
	assert_false(leaves_out_after(&o, &in, MEMO_TRIAL, MEMO_TRIAL / 8 - 1));
	assert_false(leaves_out_after(&o, &in, MEMO_REST - 1, 0));
	assert_true(leaves_out_after(&o, &in, MEMO_REST, 0)); /* tried again, and it knows what it knew */
	observe_fini(&o);
}

static void it_grows_and_forgets_nothing(void **state)
{
	enum { MESSAGES = 20000 };
	struct observer o;
	struct made m;

	(void)state;
	begin(&o, 64 << 20);
	for (unsigned round = 0; round < 2; round++) {
		uint32_t buckets = o.memo.shelf->n_buckets;

		for (unsigned i = 0; i < MESSAGES; i++) {
			char text[64];
			struct intake in;

			snprintf(text, sizeof text, "n%u.com A | a n%u.com 50 A 1.2.3.4", i, i);
			in = made_message(&m, RECURSIVE, text);
			see(&o, &in, FIRST_S);
		}
		memo_begin(&o.memo, 0, 0);
		assert_true(round != 0 || o.memo.shelf->n_buckets > buckets);
	}
	assert_in_range(o.counts.memo_hits, MESSAGES * 95 / 100, MESSAGES); /* some buckets were full */
	observe_fini(&o);
}

/* A name written as a pointer into a TTL: another TTL is another name. */
static void names_that_hang_on_a_ttl_are_read_each_time(void **state)
{
	static const uint8_t wire[] = {0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 1, 0, 0,                       /* */
				       1, 'a', 3, 'c', 'o', 'm', 0, 0, RR_A, 0, CLASS_IN,              /* */
				       0xc0, 12, 0, RR_A, 0, CLASS_IN, 0, 0, 1, 'x', 0, 4, 1, 2, 3, 4, /* */
				       /* NS, n.<the TTL above: 1 "x", 0> */
				       0xc0, 12, 0, RR_NS, 0, CLASS_IN, 0, 0, 1, 0, 0, 4, 1, 'n', 0xc0, 31};
	struct intake in = {.wire = wire, .len = sizeof wire, .count = 1};
	struct observer o;

	(void)state;
	begin(&o, ROOM);
	assert_true(see(&o, &in, FIRST_S) != 0);
	assert_int_equal(o.counts.malformed, 0);
	assert_true(o.message.odd_pointers);
	assert_true(see(&o, &in, FIRST_S) != 0);
	assert_int_equal(o.counts.memo_hits, 0);
	observe_fini(&o);
}

/* `left`: of the three observations of the second message, those that the first one told already. */
static void a_server_is_told_once_to_each(void **state)
{
	static const struct {
		const char *name, *second;
		uint64_t left;
	} told[] = {
		{"another address for the same zone",
		 "w.a.com A | a w.a.com 9 A 1.2.3.5 | n a.com 90 NS n.b.net | d n.b.net 70 A 2.2.2.2", 2},
		{"it lives longer",
		 "w.a.com A | a w.a.com 9 A 1.2.3.5 | n a.com 90 NS n.b.net | d n.b.net 80 A 2.2.2.2", 0},
		{"another address of the server",
		 "w.a.com A | a w.a.com 9 A 1.2.3.5 | n a.com 90 NS n.b.net | d n.b.net 70 A 2.2.2.3", 0},
		{"another server",
		 "w.a.com A | a w.a.com 9 A 1.2.3.5 | n a.com 90 NS o.b.net | d o.b.net 70 A 2.2.2.2", 0},
		{"the domain's own",
		 "w.b.net A | a w.b.net 9 A 1.2.3.5 | n b.net 90 NS n.b.net | d n.b.net 70 A 2.2.2.2", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		struct made first, second;
		struct intake one = made_message(
			&first, RECURSIVE,
			"w.a.com A | a w.a.com 9 A 1.2.3.4 | n a.com 90 NS n.b.net | d n.b.net 80 A 2.2.2.2");
		struct intake two = made_message(&second, RECURSIVE, told[i].second);
		struct observer o;

		begin(&o, ROOM);
		see(&o, &one, FIRST_S);
		see(&o, &two, FIRST_S + 10);
		if (o.counts.left_out != told[i].left)
			fail_msg("%s: %llu left out", told[i].name, (unsigned long long)o.counts.left_out);
		observe_fini(&o);
	}
}

/* What is counted of a message is counted of each. */
static void special_addresses_of_servers_are_counted_each_time(void **state)
{
	struct observer o;
	struct made m;

	(void)state;
	begin(&o, ROOM);
	for (unsigned i = 0; i < 3; i++) {
		char text[160];
		struct intake in;

		snprintf(text, sizeof text,
			 "w.a.com A | a w.a.com 9 A 1.2.3.%u | n a.com 90 NS n.b.net | d n.b.net %u A "
			 "2.2.2.2 | "
			 "d n.b.net %u A 10.0.0.1",
			 i + 1, 80 - i, 80 - i);
		in = made_message(&m, RECURSIVE, text);
		see(&o, &in, FIRST_S + i);
	}
	assert_int_equal(o.counts.special_addresses, 3);
	assert_int_equal(o.counts.left_out, 4); /* set by set: to the group and to itself, twice */
	observe_fini(&o);
}

static void one_server_of_many_zones(void **state)
{
	struct observer o;
	char text[128];
	struct made m;

	(void)state;
	begin(&o, ROOM);
	for (unsigned i = 0; i < 260; i++) {
		struct intake in;

		unsigned a = 'a' + i / 26, b = 'a' + i % 26;

		snprintf(text, sizeof text,
			 "%c%c.com A | a %c%c.com 9 A 1.2.3.4 | n %c%c.com 9 NS n.b.net | d n.b.net %u A "
			 "2.2.2.2",
			 a, b, a, b, a, b, 999 - i);
		in = made_message(&m, RECURSIVE, text);
		see(&o, &in, FIRST_S + i);
	}
	/* told once to itself, and at least once but seldom to each group */
	assert_int_equal(o.counts.observations, 260 * 4);
	assert_in_range(o.counts.left_out, 259, 2 * 260 - 17);
	observe_fini(&o);
}

/* Two observers that know the same messages. */
static void begin_two(struct observer o[2], size_t octets)
{
	begin(&o[0], octets);
	observe_init(&o[1], &o[0].config);
	assert_int_equal(memo_join(&o[1].memo, &o[0].memo), OK);
}

static size_t see_in(struct observer *o, struct intake *in, uint64_t generation, uint64_t batch)
{
	size_t given;

	memo_begin(&o->memo, generation, batch);
	given = see(o, in, FIRST_S);
	memo_end(&o->memo);
	return given;
}

static void what_one_thread_has_told_another_leaves_out(void **state)
{
	static const struct {
		const char *name;
		uint64_t first, second; /* number of the batch */
		uint64_t old, now;      /* generation */
		uint64_t hits;
	} seen[] = {
		{"a batch behind", 4, 5, 0, 0, 1},
		{"the same batch", 4, 4, 0, 0, 1},
		{"a batch before, although parsed later", 5, 4, 0, 0, 0},
		{"behind, when the numbers have gone round", UINT32_MAX, UINT64_C(1) << 32, 0, 0, 1},
		{"a later generation", 4, 5, 0, 1, 0},
		{"an earlier generation", 4, 5, 1, 0, 0},
	};
	struct made m;
	struct intake in = made_message(&m, RECURSIVE, A1);

	(void)state;
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
		struct observer o[2];
		size_t given;

		begin_two(o, ROOM);
		assert_true(see_in(&o[0], &in, seen[i].old, seen[i].first) != 0);
		given = see_in(&o[1], &in, seen[i].now, seen[i].second);
		if (o[1].counts.memo_hits != seen[i].hits || (given == 0) != (seen[i].hits == 1))
			fail_msg("%s: %llu hits", seen[i].name, (unsigned long long)o[1].counts.memo_hits);
		observe_fini(&o[0]);
		observe_fini(&o[1]);
	}
}

/* What one view found out no longer holds when another wrote. */
static void who_looks_while_another_writes_goes_on_without(void **state)
{
	enum { OCTETS = 100 };
	const uint64_t hash = UINT64_C(0x123456789abcdef0);
	struct memo_shelf *s = memo_shelf_open(ROOM, 1);
	size_t line = MEMO_NO_LINE, theirs = MEMO_NO_LINE;
	struct memo_view v, other;

	(void)state;
	assert_non_null(s);
	s->users = 2;
	assert_true(memo_shelf_look(s, hash, &v, &line));
	assert_true(memo_shelf_next(s, hash, &v, &line));
	assert_true(line == MEMO_NO_LINE);
	assert_true(memo_shelf_look(s, hash, &other, &theirs));
	theirs = MEMO_NO_LINE;
	assert_true(memo_shelf_write(s, hash, &other, &theirs, OCTETS));
	assert_false(memo_shelf_look(s, hash, &v, &line)); /* it is at work */
	memset(other.entry, 7, OCTETS);
	memo_shelf_wrote(s, &other, theirs);
	assert_false(memo_shelf_write(s, hash, &v, &line, OCTETS));
	line = MEMO_NO_LINE;
	assert_true(memo_shelf_look(s, hash, &v, &line));
	assert_true(memo_shelf_next(s, hash, &v, &line));
	assert_true(line == theirs && ((uint8_t *)v.entry)[OCTETS - 1] == 7);
	memo_shelf_meet(s, &other, theirs);
	assert_false(memo_shelf_next(s, hash, &v, &line));
	s->users = 1;
	memo_shelf_close(s);
}

/* Of messages with one observation each. */
static void *see_many(void *context)
{
	enum { MANY = 20000 };
	struct observer *o = context;
	struct made m;

	for (unsigned i = 0; i < MANY; i++) {
		struct intake in = numbered(&m, i * 7 % 20);

		(void)see_in(o, &in, i / 1000, i);
	}
	return o->counts.observations == MANY ? o : NULL;
}

static void two_threads_in_few_buckets(void **state)
{
	struct observer o[2];
	pthread_t other;
	void *done;

	(void)state;
	begin_two(o, 2 * BUCKET);
	assert_int_equal(pthread_create(&other, NULL, see_many, &o[1]), 0);
	assert_ptr_equal(see_many(&o[0]), &o[0]);
	assert_int_equal(pthread_join(other, &done), 0);
	assert_ptr_equal(done, &o[1]);
	assert_true(o[0].counts.memo_hits + o[1].counts.memo_hits > 0);
	observe_fini(&o[0]);
	observe_fini(&o[1]);
}

static void without_a_memo_nothing_is_left_out(void **state)
{
	struct made m;
	struct intake in = made_message(&m, RECURSIVE, A1);
	struct observer o;

	(void)state;
	observe_init(&o, &(struct observe_config){.psl = psl, .bucket_key = 1, .sketch_key = 2});
	assert_true(see(&o, &in, FIRST_S) != 0);
	assert_true(see(&o, &in, FIRST_S) != 0);
	assert_int_equal(o.counts.left_out, 0);
	observe_fini(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_out_what_is_a_repeat),
		cmocka_unit_test(what_was_looked_up_again_is_kept_in_its_place),
		cmocka_unit_test(another_generation_empties),
		cmocka_unit_test(what_is_met_again_outlasts_what_is_not),
		cmocka_unit_test(where_little_repeats_messages_are_left_alone),
		cmocka_unit_test(it_grows_and_forgets_nothing),
		cmocka_unit_test(names_that_hang_on_a_ttl_are_read_each_time),
		cmocka_unit_test(a_server_is_told_once_to_each),
		cmocka_unit_test(special_addresses_of_servers_are_counted_each_time),
		cmocka_unit_test(one_server_of_many_zones),
		cmocka_unit_test(what_one_thread_has_told_another_leaves_out),
		cmocka_unit_test(who_looks_while_another_writes_goes_on_without),
		cmocka_unit_test(two_threads_in_few_buckets),
		cmocka_unit_test(without_a_memo_nothing_is_left_out),
	};
	int failed;

	psl = made_psl();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	psl_close(psl);
	return failed;
}
