/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h -- a thread beside the pass: signals, and the line of progress.
 *
 * The signals are blocked in every thread and taken here, so nothing runs in a signal's handler. SIGINT and
 * SIGTERM call stop, a second one ends the program; SIGUSR1 prints a line. SIGPIPE and SIGXFSZ are ignored:
 * writes say what happened.
 */
#pragma once

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

/* How far the pass is. */
struct watch_state {
	uint64_t octets, octets_total, messages, domains;
	int64_t last_ns; /* capture time; STAMP_NONE before the first message */
};

struct watch_config {
	void *pass; /* given to both; they are called from the watch's thread */
	void (*stop)(void *pass);
	void (*state)(void *pass, struct watch_state *out);
	bool progress; /* standard error is a terminal, and the user wants to see it */
};

struct watch {
	struct watch_config config;
	pthread_t thread;
	pthread_mutex_t line; /* over standard error's line of progress, and `over` */
	bool started, over;
	atomic_bool stopped, ended;
	int64_t start_ns; /* the machine's clock: for the rate on standard error alone */
};

/* Blocks the signals; call it before any thread is started. */
void watch_prepare(void);

enum err watch_start(struct watch *w, const struct watch_config *config, struct diag *d) MUST_USE;

/* The pass is over: no more progress. Signals still are heard, and a first one now ends the program. */
void watch_over(struct watch *w);

void watch_end(struct watch *w);

/* Whether a signal ended the inputs. */
bool watch_stopped(const struct watch *w);

/* Seconds since watch_start, by the machine's clock. */
double watch_seconds(const struct watch *w);
