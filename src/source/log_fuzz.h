/* SPDX-License-Identifier: Apache-2.0 */
/* log_fuzz.h -- for the fuzzers of the log readers: any octets as a log; every message given must be one. */
#pragma once

#include <string.h>

#include "base/arena.h"
#include "dns/message.h"
#include "source/logs.h"

static struct message fuzz_message;

static void fuzz_take(void *ctx, const struct intake *in)
{
	(void)ctx;
	if (message_parse(&fuzz_message, in->wire, in->len) != OK || in->last_ns < in->time_ns ||
	    in->count == 0)
		__builtin_trap();
}

static inline void fuzz_lines(enum log_form form, const uint8_t *data, size_t size)
{
	static struct arena keep;
	struct log_sink sink = {fuzz_take, NULL};
	struct log_reader *r;
	const uint8_t *end = data + size;

	(void)log_recognise(data, size);
	if (log_open(&r, form) != OK)
		return;
	while (data != end) {
		const uint8_t *stop = memchr(data, '\n', (size_t)(end - data));

		stop = stop == NULL ? end : stop;
		if (log_take(r, data, (size_t)(stop - data), &keep, &sink) > LINE_MEMORY)
			__builtin_trap();
		data = stop == end ? end : stop + 1;
	}
	if (!log_end(r, &keep, &sink))
		__builtin_trap();
	log_close(r);
	arena_reset(&keep);
}
