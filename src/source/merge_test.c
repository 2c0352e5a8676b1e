/* SPDX-License-Identifier: Apache-2.0 */
/* merge_test.c -- the reorder window and the order of inputs. */
#include "source/merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

static uint64_t random_state = 7;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % n;
}

/* Records "time source", one letter and one digit; the window is 3. */
static const struct {
	const char *in, *out;
	unsigned late;
} rows[] = {
	{"a0 b0 c0", "a0 b0 c0", 0},
	{"b0 a0 c0", "a0 b0 c0", 0},
	{"d0 c0 b0 a0", "a0 b0 c0 d0", 0}, /* three behind is still in the window */
	{"d0 e0 a0 b0", "a0 b0 d0 e0", 1}, /* four is not: it comes at once, counted */
	{"f1 f0 f2 e2", "e2 f0 f1 f2", 0}, /* equal times: by input */
	{"a0 z0 b0 c0 z0", "a0 b0 c0 z0 z0", 2},
	{"", "", 0},
};

static void put(char *text, const struct record *r)
{
	char one[4] = {(char)r->time_ns, (char)('0' + (int)r->source), ' ', 0};

	strcat(text, one);
}

static void window_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char out[64] = "";
		struct window w;
		struct record r;

		assert_int_equal(window_init(&w, 3), OK);
		for (const char *c = rows[i].in; *c != 0; c += c[2] == 0 ? 2 : 3) {
			r = (struct record){.time_ns = c[0], .source = (uint32_t)(c[1] - '0')};
			assert_true(window_push(&w, &r));
			while (window_is_due(&w) && window_pop(&w, &r))
				put(out, &r);
		}
		while (window_pop(&w, &r))
			put(out, &r);
		out[strlen(out) - (out[0] != 0)] = 0;
		assert_string_equal(out, rows[i].out);
		assert_int_equal(w.late, rows[i].late);
		window_fini(&w);
	}
}

struct made {
	struct record r;
	int64_t sort_ns;
};

static int by_arrival(const void *a, const void *b)
{
	const struct made *x = a, *y = b;

	if (x->sort_ns != y->sort_ns)
		return x->sort_ns < y->sort_ns ? -1 : 1;
	return (x->r.wire_len > y->r.wire_len) - (x->r.wire_len < y->r.wire_len);
}

/* However records are shuffled inside the window, they come out by (time, source, order in the source). */
static void permuted(void **state)
{
	enum { N = 20000, WINDOW = 100 };
	struct made *made = calloc(N, sizeof *made);

	(void)state;
	assert_non_null(made);
	for (int round = 0; round < 5; round++) {
		struct window w;
		struct record r, before = {.time_ns = -1};
		size_t n_out = 0;

		for (size_t i = 0; i < N; i++) { /* times repeat; the jitter is smaller than the window */
			made[i].r = (struct record){.time_ns = (int64_t)(i / 4), .source = random_below(3)};
			made[i].sort_ns = made[i].r.time_ns + random_below(WINDOW);
			made[i].r.wire_len = (uint32_t)i;
		}
		qsort(made, N, sizeof *made, by_arrival);
		assert_int_equal(window_init(&w, WINDOW), OK);
		for (size_t i = 0; i <= N; i++) {
			if (i < N) {
				made[i].r.len = (uint32_t)i; /* arrival */
				assert_true(window_push(&w, &made[i].r));
			}
			while ((i == N || window_is_due(&w)) && window_pop(&w, &r)) {
				assert_true(before.time_ns < r.time_ns ||
					    (before.time_ns == r.time_ns &&
					     (before.source < r.source ||
					      (before.source == r.source && before.len < r.len))));
				before = r;
				n_out++;
			}
		}
		assert_int_equal(n_out, N);
		assert_int_equal(w.late, 0);
		window_fini(&w);
	}
	free(made);
}

/* Arrivals: mostly in order, now and then late, too late, or of another input. */
static struct record arrival(int64_t *now_ns, size_t i)
{
	struct record r = {.source = 1, .wire_len = (uint32_t)i};

	*now_ns += random_below(3);
	r.time_ns = *now_ns;
	if (random_below(200) == 0)
		r.time_ns -= random_below(300);
	if (random_below(100) == 0)
		r.source = random_below(3);
	return r;
}

/* The places behind the last one pushed take as many of the list, from number i on, as they may. */
static size_t fill_places(struct window *w, const struct record *list, size_t i, size_t n)
{
	size_t room, got = 0;
	struct record *places = window_places(w, &room);

	for (; got < room && i + got < n; got++) {
		const struct record *r = &list[i + got];

		if (r->source != r[-1].source || r->time_ns < r[-1].time_ns)
			break;
		places[got] = *r;
	}
	if (got != 0)
		window_filled(w, got);
	return got;
}

/* Put in at once or one by one: the same comes out, in the same order. */
static void in_runs(void **state)
{
	enum { N = 200000 };
	static const int64_t windows_ns[] = {0, 100, INT64_C(1) << 40};
	struct record *list = malloc(N * sizeof *list);

	(void)state;
	assert_non_null(list);
	for (size_t row = 0; row < sizeof windows_ns / sizeof *windows_ns; row++) {
		struct window one, many;
		size_t at = 0, in_runs = 0, n_out = 0;
		struct record a, b;
		int64_t now_ns = 1000;

		for (size_t i = 0; i < N; i++)
			list[i] = arrival(&now_ns, i);
		assert_int_equal(window_init(&one, windows_ns[row]), OK);
		assert_int_equal(window_init(&many, windows_ns[row]), OK);
		for (size_t i = 0; i <= N; i++) {
			if (i < N)
				assert_true(window_push(&one, &list[i]));
			while ((i == N || window_is_due(&one)) && window_pop(&one, &a)) {
				while (at < N && !window_is_due(&many)) {
					size_t run;

					assert_true(window_push(&many, &list[at++]));
					run = fill_places(&many, list, at, N);
					in_runs += run;
					at += run;
				}
				assert_true(window_pop(&many, &b));
				assert_memory_equal(&a, &b, sizeof a);
				n_out++;
			}
		}
		assert_int_equal(n_out, N);
		assert_false(window_pop(&many, &b));
		assert_true(in_runs > N / 2);
		assert_int_equal(one.late, many.late);
		window_fini(&one);
		window_fini(&many);
	}
	free(list);
}

/* Never more than the cap is held, even when time stands still. */
static void bounded(void **state)
{
	struct window w;
	struct record r = {.time_ns = 5};
	size_t n_out = 0;

	(void)state;
	assert_int_equal(window_init(&w, 1000000), OK);
	for (uint32_t i = 0; i < 3 * WINDOW_RECORDS_MAX; i++) {
		r = (struct record){.time_ns = 5 + (i & 1), .len = i};
		assert_true(window_push(&w, &r));
		assert_true(window_held(&w) <= WINDOW_RECORDS_MAX);
		for (; window_is_due(&w) && window_pop(&w, &r); n_out++)
			;
	}
	assert_int_equal(n_out + window_held(&w), 3 * WINDOW_RECORDS_MAX);
	window_fini(&w);
}

/* An unsorted form is never late. */
static void unsorted(void **state)
{
	struct window w;
	struct record r = {.time_ns = 1000, .unsorted = 1};

	(void)state;
	assert_int_equal(window_init(&w, 3), OK);
	assert_true(window_push(&w, &r));
	r.time_ns = 10;
	assert_true(window_push(&w, &r));
	assert_true(window_is_due(&w));
	assert_int_equal(w.late, 0);
	window_fini(&w);
}

/* The heads of many inputs, taken one by one, are in order of time and then of input. */
static void heads_in_order(void **state)
{
	struct heads h = {0};
	struct head before = {-1, 0};
	unsigned left[50];

	(void)state;
	for (uint32_t i = 0; i < 50; i++) {
		left[i] = 1 + random_below(20);
		assert_true(heads_add(&h, (struct head){random_below(10), i}));
	}
	while (h.n != 0) {
		struct head now = h.heads[0];

		assert_true(before.time_ns < now.time_ns ||
			    (before.time_ns == now.time_ns && before.source <= now.source));
		before = now;
		if (--left[now.source] == 0)
			heads_gone(&h);
		else
			heads_moved(&h, now.time_ns + random_below(10));
	}
	heads_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(window_rows), cmocka_unit_test(permuted), cmocka_unit_test(in_runs),
		cmocka_unit_test(bounded),     cmocka_unit_test(unsorted), cmocka_unit_test(heads_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
