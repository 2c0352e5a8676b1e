/* SPDX-License-Identifier: Apache-2.0 */
/* feed_read.h -- how a feed gets the next record out of its window, whatever its date; private to the feed.
 */
#pragma once

#include "base/arena.h"
#include "capture/capture.h"
#include "capture/dnstap.h"
#include "source/clock.h"
#include "source/feed.h"
#include "source/form.h"
#include "source/logs.h"

struct feed {
	struct feed_shared *shared;
	struct input in;
	struct form form;
	struct capture_reader *capture; /* one of these three */
	struct fstrm_reader *fstrm;
	struct log_reader *log;
	struct clock clock;
	bool unsorted; /* rows stand for spans of years and have no order: the clock has no say */
	bool ended, log_ended, skip_line;
	uint32_t source;
	unsigned n_held, n_ready, ready_at;
	struct record held[CLOCK_HELD_MAX + 1];  /* as the clock holds their dates */
	struct record ready[CLOCK_HELD_MAX + 1]; /* believed and wanted, to be given out next */
	struct record *told;                     /* messages of log lines, not yet looked at; in the store */
	size_t n_told, told_at, told_room;
	size_t run_octets;    /* of the last run; about as many are tried next */
	size_t scanned;       /* octets of the window known to hold no newline */
	struct arena scratch; /* of one log line */
	struct feed_complaint complaint;
	struct diag broken; /* an error met while the form was told, not yet complained of */
	struct feed_counts counts;
};

/* OK, E_END or E_AGAIN (input_more). A frame's octets are borrowed from the window until the next call; those
 * of an intake are in the store. */
enum err feed_read(struct feed *f, struct record *out) MUST_USE;

/* Frames of a capture in one window: as feed_run, whatever the filters say. */
size_t feed_read_run(struct feed *f, const struct capture_pace *pace, struct record *out, size_t n);

void feed_complain(struct feed *f, const char *what, const char *why);
