/* SPDX-License-Identifier: Apache-2.0 */
/* input.c -- see input.h. */
#include "source/input.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/stamp.h"
#include "source/codec.h"

enum {
	RAW_ROOM = 65536,
	WINDOW_ROOM_FIRST = 131072,
	READ_AT_LEAST = 32768, /* less room than this behind the window is not worth a read */
	TIDY_OCTETS = 2 << 20, /* of a mapped file, brought in and given back at once */
	TIDY_BEHIND = 16 << 20 /* and this far behind, where records may still wait for their turn */
};

struct input_work {
	int fd;
	bool regular; /* a file read from its start: may be mapped */
	bool raw_ended;
	const struct input_stop *stop;
	struct input_budget *budget;
	struct codec *codec; /* NULL: plain */
	size_t codec_charged;
	enum codec_form form;
	uint8_t *raw; /* compressed octets; NULL for plain input */
	size_t raw_at, raw_len;
	uint8_t *window;
	size_t room;
	struct mapping *map;
	size_t tidied; /* octets of the map that were given back */
	bool copied;   /* since it was last tidied its octets were read, not looked at */
};

static bool charge(struct input_budget *b, size_t octets)
{
	if (b->used > b->cap || octets > b->cap - b->used)
		return false;
	b->used += octets;
	return true;
}

/* Milliseconds that may be waited; -1: any number. */
static int patience(const struct input_stop *stop)
{
	int64_t left;

	if (stop->until_ns == 0)
		return -1;
	left = (stop->until_ns - monotonic_ns()) / NS_PER_MS;
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* Waits for octets (OK) or for the wish to stop (E_END), as long as it may (E_AGAIN). A regular file is
 * always ready. */
static enum err wait_for(const struct input_work *w)
{
	struct pollfd fds[2] = {{.fd = w->fd, .events = POLLIN}, {.fd = w->stop->fd, .events = POLLIN}};

	while (!atomic_load_explicit(&w->stop->asked, memory_order_relaxed)) {
		int ready;

		if (w->regular)
			return OK;
		ready = poll(fds, 2, patience(w->stop));
		if (ready == 0)
			return E_AGAIN;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0 || (fds[0].revents != 0 && fds[1].revents == 0))
			return OK; /* read() will say what is wrong */
	}
	return E_END;
}

/* At most n octets into `to`; *got is 0 at the end. */
static enum err raw_read(struct input *in, uint8_t *to, size_t n, size_t *got)
{
	struct input_work *w = in->work;
	ssize_t r;

	*got = 0;
	do {
		enum err e = wait_for(w);

		w->raw_ended = e == E_END;
		if (e != OK)
			return e == E_END ? OK : e;
		r = read(w->fd, to, n);
	} while (r < 0 && (errno == EINTR || errno == EAGAIN));
	if (r < 0) {
		w->raw_ended = true;
		return E_IO;
	}
	w->raw_ended = r == 0;
	*got = (size_t)r;
	in->octets += (uint64_t)r;
	return OK;
}

/* Room for READ_AT_LEAST octets behind those of the window. */
static enum err make_room(struct input *in)
{
	struct input_work *w = in->work;
	size_t start = in->left == 0 ? 0 : (size_t)(in->at - w->window);
	uint8_t *grown;

	if (w->room - start - in->left < READ_AT_LEAST && start != 0) {
		memmove(w->window, in->at, in->left);
		start = 0;
	}
	in->at = w->window + start;
	if (w->room - start - in->left >= READ_AT_LEAST)
		return OK;
	if (w->room >= INPUT_WINDOW_MAX)
		return E_FULL;
	if (!charge(w->budget, w->room))
		return E_FULL;
	grown = realloc(w->window, 2 * w->room);
	if (grown == NULL) {
		w->budget->used -= w->room;
		return E_FULL;
	}
	w->window = grown;
	w->room *= 2;
	in->at = grown + start;
	return OK;
}

/* A decompressor learns from its input how much memory it needs. */
static bool charge_codec(struct input_work *w)
{
	size_t held = codec_held(w->codec);

	w->budget->used -= w->codec_charged;
	w->codec_charged = 0;
	if (!charge(w->budget, held))
		return false;
	w->codec_charged = held;
	return true;
}

/* One step: octets from the decompressor, or more compressed octets for it. */
static enum err decompress(struct input *in, uint8_t *to, size_t room, size_t *got)
{
	struct input_work *w = in->work;
	struct codec_io io = {.out = to, .out_room = room};
	enum err e;

	if (w->raw_at == w->raw_len && !w->raw_ended) {
		w->raw_at = 0;
		e = raw_read(in, w->raw, RAW_ROOM, &w->raw_len);
		if (e != OK)
			return e;
	}
	io.in = w->raw + w->raw_at;
	io.in_len = w->raw_len - w->raw_at;
	io.last = w->raw_ended;
	e = codec_run(w->codec, &io);
	w->raw_at = w->raw_len - io.in_len;
	*got = room - io.out_room;
	return charge_codec(w) || (e != OK && e != E_END) ? e : E_RANGE;
}

static enum err explain(const struct input *in, enum err e, struct diag *d)
{
	const struct input_work *w = in->work;

	if (e == E_IO)
		return diag_set(d, e, "%s", strerror(errno));
	if (e == E_SHORT)
		return diag_set(d, E_FORMAT, "the %s data ends too early", codec_text(w->form));
	if (e == E_RANGE)
		return diag_set(d, E_MEMORY, "its %s data needs more memory than the limit allows",
				codec_text(w->form));
	if (e == E_FORMAT)
		return diag_set(d, e, "the %s data is broken", codec_text(w->form));
	return diag_set(d, e, "%s", err_text(e));
}

static enum err read_on(struct input *in, uint8_t *to, size_t room, size_t *got)
{
	struct input_work *w = in->work;
	enum err e = OK;

	*got = 0;
	if (w->codec == NULL) {
		e = raw_read(in, to, room, got);
		return e == OK && w->raw_ended ? E_END : e;
	}
	while (e == OK && *got == 0)
		e = decompress(in, to, room, got);
	return e;
}

enum err input_more(struct input *in, struct diag *d)
{
	struct input_work *w = in->work;
	uint8_t *behind;
	size_t got;
	enum err e;

	if (in->last)
		return OK;
	e = make_room(in);
	if (e != OK)
		return e;
	behind = w->window + (in->at - w->window) + in->left;
	e = read_on(in, behind, w->room - (size_t)(behind - w->window), &got);
	in->left += got;
	if (e == E_AGAIN)
		return e;
	in->last = e != OK;
	if (e == OK || e == E_END || atomic_load_explicit(&w->stop->asked, memory_order_relaxed))
		return OK;
	return explain(in, e, d);
}

/* The first octets say whether the input is compressed; they stay in the window when it is not. */
static enum err begin(struct input *in, struct diag *d)
{
	struct input_work *w = in->work;
	const char *refused;
	enum err e = OK;

	while (!in->last && in->left < CODEC_MAGIC_OCTETS && e == OK)
		e = input_more(in, d);
	if (e != OK)
		return e;
	if (in->left == 0)
		return E_ABSENT;
	w->form = codec_recognise(in->at, in->left, &refused);
	if (refused != NULL)
		return diag_set(d, E_UNSUPPORTED, "is compressed with %s", refused);
	if (w->form == CODEC_NONE)
		return OK;
	if (!charge(w->budget, w->room))
		return diag_set(d, E_MEMORY, "more inputs are open at once than the memory limit allows");
	w->raw = w->window; /* as large as the window: what was read of it may be more than RAW_ROOM */
	w->raw_len = in->left;
	w->window = malloc(w->room);
	w->codec = codec_open(w->form, w->budget->cap - w->budget->used);
	in->at = w->window;
	in->left = 0;
	in->last = false;
	if (w->window == NULL || w->codec == NULL)
		return diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	return OK;
}

static enum err open_fd(struct input_work *w, const char *path, struct diag *d)
{
	struct stat st;

	w->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (w->fd < 0 || fstat(w->fd, &st) != 0)
		return diag_set(d, E_IO, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return diag_set(d, E_IO, "%s", strerror(EISDIR));
	w->regular = S_ISREG(st.st_mode);
	if (w->regular)
		(void)posix_fadvise(w->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return OK;
}

enum err input_open(struct input *in, const char *path, struct input_budget *budget,
		    const struct input_stop *stop, struct diag *d)
{
	struct input opened = {.work = calloc(1, sizeof *opened.work)};
	struct input_work *w = opened.work;
	enum err e;

	if (w == NULL)
		return diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	w->stop = stop;
	w->budget = budget;
	e = open_fd(w, path, d);
	if (e == OK && !charge(budget, WINDOW_ROOM_FIRST))
		e = diag_set(d, E_MEMORY, "more inputs are open at once than the memory limit allows");
	if (e == OK) {
		w->room = WINDOW_ROOM_FIRST;
		w->window = malloc(w->room);
		opened.at = w->window;
		e = w->window == NULL ? diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY)) : begin(&opened, d);
	}
	if (e != OK) {
		input_close(&opened, NULL);
		return e;
	}
	*in = opened;
	return OK;
}

void input_map(struct input *in)
{
	struct input_work *w = in->work;
	struct stat st;
	off_t at = lseek(w->fd, 0, SEEK_CUR);

	/* all that was read is still in the window, and the file was read from its start */
	if (!w->regular || w->codec != NULL || in->mapped || at < 0 || (uint64_t)at != in->left ||
	    fstat(w->fd, &st) != 0 || st.st_size < at || (uint64_t)st.st_size > SIZE_MAX)
		return;
	w->map = mapping_open(w->fd, (size_t)st.st_size);
	if (w->map == NULL)
		return;
	(void)madvise(w->map->octets, w->map->len, MADV_SEQUENTIAL);
	in->at = w->map->octets;
	in->left = w->map->len;
	in->last = in->mapped = true;
	input_tidy(in);
	free(w->window);
	w->window = NULL;
	w->budget->used -= w->room;
	w->room = 0;
	if (w->fd < sysconf(_SC_OPEN_MAX) / 4) /* to be read from too; of many files at once, some */
		return;
	close(w->fd);
	w->fd = -1;
}

size_t input_copy(struct input *in, uint8_t *to, size_t n)
{
	struct input_work *w = in->work;
	size_t at = w->map->len - in->left, got = 0;
	ssize_t r = 1;

	n = n < in->left ? n : in->left;
	while (w->fd >= 0 && got < n && (r > 0 || (r < 0 && errno == EINTR))) {
		r = pread(w->fd, to + got, n - got, (off_t)(at + got));
		got += r > 0 ? (size_t)r : 0;
	}
	w->copied |= got != 0;
	return got;
}

/* What will be read next is brought in without a fault for every few pages; but of a file of which no more
 * than its start is wanted yet, no more than that. A hint: older kernels do not know it. */
static void populate(const struct input_work *w, size_t read)
{
	size_t from = read / TIDY_OCTETS * TIDY_OCTETS, to = from + 2 * (size_t)TIDY_OCTETS;

	if (read != 0 && !w->copied)
		(void)madvise(w->map->octets + from, (to < w->map->len ? to : w->map->len) - from,
			      MADV_POPULATE_READ);
}

void input_tidy(struct input *in)
{
	struct input_work *w = in->work;
	size_t read = w->map->len - in->left;

	while (read >= w->tidied + TIDY_BEHIND + TIDY_OCTETS) {
		(void)madvise(w->map->octets + w->tidied, TIDY_OCTETS, MADV_DONTNEED);
		w->tidied += TIDY_OCTETS;
	}
	populate(w, read);
	w->copied = false;
	in->tidy_at = in->left < TIDY_OCTETS ? in->at + in->left : in->at + TIDY_OCTETS;
}

uint64_t input_octets(const struct input *in)
{
	return in->mapped ? in->work->map->len - in->left : in->octets;
}

bool input_is_lost(const struct input *in, const uint8_t *at)
{
	const struct mapping *m = in->work->map;

	return (size_t)(at - m->octets) > atomic_load_explicit(&m->whole, memory_order_relaxed);
}

bool input_is_cut(const struct input *in)
{
	return in->mapped && input_is_lost(in, in->at);
}

void input_close(struct input *in, struct mapping **mapping)
{
	struct input_work *w = in->work;

	if (w == NULL)
		return;
	if (mapping != NULL && w->map != NULL) /* what waits there is read again when its turn comes */
		(void)madvise(w->map->octets, w->map->len, MADV_DONTNEED);
	if (mapping != NULL)
		*mapping = w->map;
	else
		mapping_close(w->map);
	if (w->fd >= 0)
		close(w->fd);
	w->budget->used -= w->room + w->codec_charged + (w->raw != NULL ? WINDOW_ROOM_FIRST : 0);
	codec_close(w->codec);
	free(w->raw);
	free(w->window);
	free(w);
	*in = (struct input){0};
}
