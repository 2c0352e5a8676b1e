/* SPDX-License-Identifier: Apache-2.0 */
/* capture_fuzz.c -- any octets as a capture file, all the way to DNS messages. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "capture/capture.h"
#include "capture/packets.h"

enum { RUN_MAX = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *context, const struct payload *p)
{
	uint64_t *sum = context;

	for (uint32_t i = 0; i < p->len; i++) /* every octet is there */
		*sum += p->octets[i];
}

/* The frame by the short way where that takes it. */
static void push(struct packets *p, const struct frame *f, uint64_t *sum)
{
	struct packets_plain plain;

	if (!packets_take(p, f, &plain)) {
		packets_push(p, f);
		return;
	}
	for (uint32_t i = 0; i < plain.len; i++)
		*sum += plain.octets[i];
}

/* Frames read one by one and at once, taken the long way and the short one: nothing may differ. */
struct twins {
	struct capture_reader *one, *many;
	struct packets *longer, *shorter;
	uint64_t sums[2], frames;
};

/* The next frames; false: there are none. */
static bool step(struct twins *t, struct capture_window *w)
{
	struct capture_pace pace = {0, INT64_MAX, INT64_MAX};
	struct frame frames[RUN_MAX], f;
	size_t used = 0, n = capture_run(t->many, w, &pace, frames, RUN_MAX);
	enum err e;

	if (n == 0) {
		e = capture_next(t->many, w, &used, frames);
		n = 1;
	} else {
		e = OK;
	}
	for (size_t i = 0; i < n; i++) {
		if (capture_next(t->one, w, &used, &f) != e)
			__builtin_trap();
		if (e != OK)
			return false;
		if (f.octets != frames[i].octets || f.len != frames[i].len ||
		    f.time_ns != frames[i].time_ns || f.wire_len != frames[i].wire_len ||
		    f.link != frames[i].link)
			__builtin_trap();
		packets_push(t->longer, &f);
		push(t->shorter, &f, &t->sums[1]);
		t->frames++;
		w->octets += used;
		w->len -= used;
	}
	return true;
}

static void compare(struct twins *t)
{
	const struct packets_counts *c = packets_counted(t->longer);

	packets_finish(t->longer);
	packets_finish(t->shorter);
	if (c->frames != t->frames || t->sums[0] != t->sums[1] ||
	    memcmp(c, packets_counted(t->shorter), sizeof *c) != 0 ||
	    memcmp(capture_counted(t->one), capture_counted(t->many), sizeof(struct capture_counts)) != 0)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum capture_form form = capture_recognise(data, size);
	struct packets_config config = {.memory_bytes = 64 << 10};
	struct capture_window w = {data, size, true};
	struct twins t = {.one = capture_open(form == CAPTURE_NONE ? CAPTURE_PCAP : form),
			  .many = capture_open(form == CAPTURE_NONE ? CAPTURE_PCAP : form)};

	t.longer = packets_open(&config, (struct payload_sink){take, &t.sums[0]});
	t.shorter = packets_open(&config, (struct payload_sink){take, &t.sums[1]});
	if (t.one != NULL && t.many != NULL && t.longer != NULL && t.shorter != NULL) {
		while (step(&t, &w))
			continue;
		compare(&t);
	}
	packets_close(t.longer);
	packets_close(t.shorter);
	capture_close(t.one);
	capture_close(t.many);
	return 0;
}
