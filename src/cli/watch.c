/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c -- see watch.h. */
#include "cli/watch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/stamp.h"
#include "cli/output.h"
#include "cli/term.h"
#include "cli/words.h"

enum { TICK_MS = 250, BAR_CELLS = 24, LINE_MAX_OCTETS = 300, CLEAR_OCTETS = 4 };

/* SIGRTMIN is ours alone: it wakes the thread when it is no longer needed. */
static void signal_set(sigset_t *set)
{
	const int heard[] = {SIGINT, SIGTERM, SIGUSR1, SIGRTMIN};

	sigemptyset(set);
	for (size_t i = 0; i < sizeof heard / sizeof *heard; i++)
		sigaddset(set, heard[i]);
}

void watch_prepare(void)
{
	struct sigaction quiet = {.sa_handler = SIG_IGN};
	sigset_t set;

	signal_set(&set);
	sigaction(SIGPIPE, &quiet, NULL);
	sigaction(SIGXFSZ, &quiet, NULL);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* One write, so that lines of several threads do not mix. Nothing can be done about a failure. */
static void say(const char *line, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDERR_FILENO, line, len);

		if (n <= 0 && errno != EINTR)
			return;
		if (n > 0) {
			line += n;
			len -= (size_t)n;
		}
	}
}

static void clear_line(const struct watch *w)
{
	if (w->config.progress)
		say("\r\033[K", CLEAR_OCTETS);
}

/* "[######------] 52 %  12.3 M messages, 1.21 M/s, 9s left"; of a pipe only what passed. */
static void show_progress(const struct watch *w)
{
	struct watch_state s = {0};
	char line[LINE_MAX_OCTETS], messages[WORDS_COUNT_MAX], rate[WORDS_COUNT_MAX], left[STAMP_TEXT_MAX];
	double seconds = watch_seconds(w);
	struct term t;
	int n;

	if (seconds < 2.0 * TICK_MS / 1000)
		return;
	w->config.state(w->config.pass, &s);
	words_count(s.messages, messages);
	words_count((uint64_t)((double)s.messages / seconds), rate);
	n = snprintf(line, sizeof line, "\r\033[K");
	if (s.octets_total != 0 && s.octets != 0) {
		double done = s.octets < s.octets_total ? (double)s.octets / (double)s.octets_total : 1;
		int cells = (int)(done * BAR_CELLS);

		span_to_text((int64_t)(seconds * (1 - done) / done) * NS_PER_SECOND, left);
		n += snprintf(line + n, sizeof line - (size_t)n,
			      "[%.*s%.*s] %3.0f %%  %s messages, %s/s, %s left", cells,
			      "########################", BAR_CELLS - cells, "------------------------",
			      done * 100, messages, rate, left);
	} else {
		n += snprintf(line + n, sizeof line - (size_t)n, "%s messages, %s/s", messages, rate);
	}
	term_of(&t, STDERR_FILENO, true);
	if (n > CLEAR_OCTETS + (int)t.width - 1) /* a second line could not be cleared */
		n = CLEAR_OCTETS + (int)t.width - 1;
	say(line, (size_t)n);
}

static void show_state(const struct watch *w)
{
	struct watch_state s = {0};
	char line[LINE_MAX_OCTETS], messages[WORDS_COUNT_MAX], last[STAMP_TEXT_MAX] = "no message yet";
	int n;

	w->config.state(w->config.pass, &s);
	if (s.last_ns != STAMP_NONE)
		stamp_to_text(s.last_ns, last);
	words_count(s.messages, messages);
	clear_line(w);
	n = snprintf(line, sizeof line, "deflux: %s messages, %" PRIu64 " octets read, at %s", messages,
		     s.octets, last);
	if (s.domains != 0)
		n += snprintf(line + n, sizeof line - (size_t)n, ", %" PRIu64 " domains", s.domains);
	line[n++] = '\n';
	say(line, (size_t)n);
}

/* Ends the program as the signal would have without us. */
static void end_by(int signal)
{
	struct sigaction usual = {.sa_handler = SIG_DFL};
	sigset_t set;

	output_abandon();
	sigaction(signal, &usual, NULL);
	sigemptyset(&set);
	sigaddset(&set, signal);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), signal);
}

static void take(struct watch *w, int signal)
{
	if (signal == SIGUSR1) {
		show_state(w);
	} else if (signal == SIGINT || signal == SIGTERM) {
		if (atomic_exchange(&w->stopped, true) || w->over) {
			clear_line(w);
			end_by(signal);
		}
		w->config.stop(w->config.pass);
	}
}

static void *run(void *context)
{
	const struct timespec tick = {0, TICK_MS * 1000000L};
	struct watch *w = context;
	sigset_t set;

	signal_set(&set);
	while (!atomic_load(&w->ended)) {
		int signal = sigtimedwait(&set, NULL, &tick);

		pthread_mutex_lock(&w->line);
		if (signal > 0)
			take(w, signal);
		if (w->config.progress && !w->over)
			show_progress(w);
		pthread_mutex_unlock(&w->line);
	}
	return NULL;
}

enum err watch_start(struct watch *w, const struct watch_config *config, struct diag *d)
{
	int error;

	*w = (struct watch){.config = *config, .line = PTHREAD_MUTEX_INITIALIZER, .start_ns = monotonic_ns()};
	error = pthread_create(&w->thread, NULL, run, w);
	if (error != 0)
		return diag_set(d, E_MEMORY, "no thread for signals: %s", strerror(error));
	w->started = true;
	return OK;
}

void watch_over(struct watch *w)
{
	if (!w->started)
		return;
	pthread_mutex_lock(&w->line);
	w->over = true;
	clear_line(w);
	pthread_mutex_unlock(&w->line);
}

void watch_end(struct watch *w)
{
	if (!w->started)
		return;
	atomic_store(&w->ended, true);
	pthread_kill(w->thread, SIGRTMIN); /* it waits for a tick or a signal */
	pthread_join(w->thread, NULL);
	w->started = false;
}

bool watch_stopped(const struct watch *w)
{
	return atomic_load(&w->stopped);
}

double watch_seconds(const struct watch *w)
{
	return (double)(monotonic_ns() - w->start_ns) / NS_PER_SECOND;
}
