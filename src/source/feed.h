/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.h -- one input as a sequence of dated records: frames of a capture, dnstap messages, messages told by
 * a log.
 *
 * Only records whose date is believed (clock.h) and that pass the filters come out, in the order of the
 * input. Their octets stay: in a mapping, or in the store.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "source/filter.h"
#include "source/input.h"
#include "source/record.h"
#include "source/store.h"

/* What all feeds share; borrowed until the last is closed. */
struct feed_shared {
	struct store store;
	struct input_budget budget;
	struct input_stop stop;
	struct filter *filter;      /* NULL: none */
	int64_t since_ns, until_ns; /* STAMP_NONE: open */
	int64_t max_gap_ns;
};

struct feed_counts {
	uint64_t octets, records, bad_records, bad_time, mdns, other, filtered, evicted;
	uint16_t lacks; /* of any message; enum lack */
};

/* Gets the text of what went wrong with the input, at most a few times. */
struct feed_complaint {
	void (*take)(void *ctx, const char *text);
	void *ctx;
};

struct feed;

/* What is complained of a mapped file that was cut short. */
extern const char feed_cut_text[];

/*
 * Opens the input and recognises its form. OK; E_IO, E_MEMORY; E_UNSUPPORTED: DNS data, or a compression,
 * that is not read; E_FORMAT: something else; E_ABSENT: empty. Text in *d.
 */
enum err feed_open(struct feed **out, const char *path, struct feed_shared *shared, struct diag *d) MUST_USE;

/* Closes it. Its mapping, or NULL, is the caller's, for records may still lie there. */
void feed_close(struct feed *f, struct mapping **mapping);

/* The index that records carry, and who hears of problems. */
void feed_name(struct feed *f, uint32_t source, struct feed_complaint complaint);

/* The next record, which the caller releases (store_release of its chunk). OK, E_END, or E_AGAIN: nothing yet
 * (input_stop.until_ns). */
enum err feed_next(struct feed *f, struct record *out) MUST_USE;

/*
 * The next records, n at the most, while nothing has to be looked at twice: frames of a mapped capture, none
 * older than the one before it, the first not older than from_ns, all older than before_ns. Returns how many;
 * what is behind them is for feed_next.
 */
size_t feed_run(struct feed *f, int64_t from_ns, int64_t before_ns, struct record *out, size_t n);

struct feed_counts feed_counted(const struct feed *f);
