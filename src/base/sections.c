/* SPDX-License-Identifier: Apache-2.0 */
/* sections.c -- see sections.h. Untrusted input: nothing of the head is used before its checksum agrees, but
 * for what says why it cannot. */
#include "base/sections.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

enum { ORDER = 0x01020304, ORDER_TURNED = 0x04030201, ALIGN = 8 };

static_assert(sizeof(struct sections_head) == 80 && sizeof(struct sections_row) == 40, "no hidden padding");

static struct sections_check check_of(XXH128_hash_t h)
{
	return (struct sections_check){h.low64, h.high64};
}

static bool is_same(struct sections_check a, struct sections_check b)
{
	return a.low == b.low && a.high == b.high;
}

/* Of the head and the rows. */
static struct sections_check check_head(const struct sections_head *h, const struct sections_row *rows)
{
	XXH128_hash_t own = XXH3_128bits(h, offsetof(struct sections_head, check));

	return check_of(XXH3_128bits_withSeed(rows, h->n * sizeof *rows, own.low64 ^ own.high64));
}

/* ---- writing ---- */

static char *path_of(const char *path, const char *ending)
{
	size_t len = strlen(path), more = strlen(ending) + 1;
	char *text = malloc(len + more);

	if (text == NULL)
		return NULL;
	memcpy(text, path, len);
	memcpy(text + len, ending, more);
	return text;
}

static void put(struct sections_writer *w, const void *octets, size_t len, uint64_t at)
{
	const uint8_t *from = octets;

	while (len > 0 && w->error == 0) {
		ssize_t n = pwrite(w->fd, from, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			w->error = n < 0 ? errno : EIO;
			return;
		}
		from += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
}

static void writer_fini(struct sections_writer *w)
{
	free(w->path);
	free(w->temp);
	free(w->rows);
	*w = (struct sections_writer){0};
}

enum err sections_begin(struct sections_writer *w, const struct sections_about *about, const char *path,
			uint32_t most, struct diag *d)
{
	enum err e;

	assert(most <= SECTIONS_MAX);
	*w = (struct sections_writer){.about = *about, .most = most};
	w->path = path_of(path, "");
	w->temp = path_of(path, ".new");
	w->rows = calloc(most + 1, sizeof *w->rows);
	if (w->path == NULL || w->temp == NULL || w->rows == NULL) {
		e = diag_set(d, E_MEMORY, "%s: %s", path, strerror(ENOMEM));
		writer_fini(w);
		return e;
	}
	w->fd = open(w->temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (w->fd < 0) {
		e = diag_set(d, E_IO, "%s: %s", w->temp, strerror(errno));
		writer_fini(w);
		return e;
	}
	w->at = sizeof(struct sections_head) + most * sizeof *w->rows;
	return OK;
}

void sections_add(struct sections_writer *w, uint32_t kind, uint32_t number, const struct buf *octets)
{
	assert(w->n < w->most);
	if (octets->err != OK && w->error == 0)
		w->error = ENOMEM;
	if (w->error != 0)
		return;
	w->rows[w->n++] = (struct sections_row){.kind = kind,
						.number = number,
						.at = w->at,
						.octets = octets->len,
						.check = check_of(XXH3_128bits(octets->bytes, octets->len))};
	put(w, octets->bytes, octets->len, w->at);
	w->at += (octets->len + ALIGN - 1) / ALIGN * ALIGN;
}

static void put_head(struct sections_writer *w)
{
	struct sections_head h = {.order = ORDER,
				  .version = w->about.version,
				  .layout = w->about.layout,
				  .file_octets = w->at,
				  .n = w->most};

	memcpy(h.magic, w->about.magic, sizeof h.magic);
	strncpy(h.program, w->about.program, sizeof h.program - 1);
	h.check = check_head(&h, w->rows);
	put(w, &h, sizeof h, 0);
	put(w, w->rows, w->most * sizeof *w->rows, sizeof h);
}

/* Makes the new name last over a crash; what cannot be opened for this was good enough to rename in. */
static void keep_name(const char *path)
{
	char *folder = path_of(path, "");
	char *slash = folder == NULL ? NULL : strrchr(folder, '/');
	int fd;

	if (slash != NULL) {
		slash[slash == folder] = 0;
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0) {
			(void)fsync(fd);
			close(fd);
		}
	}
	free(folder);
}

enum err sections_end(struct sections_writer *w, struct diag *d)
{
	enum err e = OK;

	put_head(w);
	if (w->error == 0 && ftruncate(w->fd, (off_t)w->at) != 0) /* the last section ends where it aligns */
		w->error = errno;
	if (w->error == 0 && fsync(w->fd) != 0) /* a full disk may show only here */
		w->error = errno;
	if (close(w->fd) != 0 && w->error == 0)
		w->error = errno;
	if (w->error == 0 && rename(w->temp, w->path) != 0)
		w->error = errno;
	if (w->error == 0) {
		keep_name(w->path);
	} else {
		e = diag_set(d, E_IO, "%s: %s", w->temp, strerror(w->error));
		unlink(w->temp);
	}
	writer_fini(w);
	return e;
}

/* ---- reading ---- */

enum err sections_refuse(const struct sections *s, const char *reason, struct diag *d)
{
	return diag_set(d, E_FORMAT, "%.150s: %s; %s", s->path, reason, s->about->remedy);
}

static enum err refuse_io(const struct sections *s, struct diag *d)
{
	return diag_set(d, E_IO, "%s: %s", s->path, strerror(errno));
}

/* Fewer octets than asked for are E_SHORT. */
static enum err get(const struct sections *s, void *octets, size_t len, uint64_t at)
{
	uint8_t *to = octets;

	while (len > 0) {
		ssize_t n = pread(s->fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return E_IO;
		if (n == 0)
			return E_SHORT;
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return OK;
}

/* A program's version as it may be printed. */
static void printable(char program[SECTIONS_PROGRAM_MAX])
{
	program[SECTIONS_PROGRAM_MAX - 1] = 0;
	for (char *at = program; *at != 0; at++)
		if (*at <= ' ' || *at > '~')
			*at = '?';
}

/* Whether the file is of our kind at all, before its checksum is looked at: another version may have another
 * head. */
static enum err check_kind(struct sections *s, struct diag *d)
{
	struct sections_head *h = &s->head;
	char program[SECTIONS_PROGRAM_MAX], text[200];

	memcpy(program, h->program, sizeof program);
	printable(program);
	if (memcmp(h->magic, s->about->magic, sizeof h->magic) != 0)
		return diag_set(d, E_FORMAT, "%.150s: is not %s; %s", s->path, s->about->what,
				s->about->remedy);
	if (h->order == ORDER_TURNED)
		return sections_refuse(s, "written on a machine of another byte order", d);
	if (h->order != ORDER)
		return sections_refuse(s, "its head is damaged", d);
	if (h->version == s->about->version)
		return OK;
	snprintf(text, sizeof text, "written by deflux %s in %s format (%u, here it is %u)", program,
		 h->version > s->about->version ? "a newer" : "an older", h->version, s->about->version);
	return sections_refuse(s, text, d);
}

static bool row_is_good(const struct sections_head *h, const struct sections_row *r)
{
	return r->at % ALIGN == 0 && r->at <= h->file_octets && r->octets <= h->file_octets - r->at;
}

static enum err check_rows(struct sections *s, struct diag *d)
{
	const struct sections_head *h = &s->head;

	if (!is_same(h->check, check_head(h, s->rows)))
		return sections_refuse(s, "its head is damaged", d);
	if (h->layout != s->about->layout) {
		char program[SECTIONS_PROGRAM_MAX], text[120];

		memcpy(program, h->program, sizeof program);
		printable(program);
		snprintf(text, sizeof text, "written by deflux %s, which lays its records out otherwise",
			 program);
		return sections_refuse(s, text, d);
	}
	for (uint32_t i = 0; i < h->n; i++)
		if (!row_is_good(h, &s->rows[i]))
			return sections_refuse(s, "its head is damaged", d);
	return OK;
}

static enum err open_all(struct sections *s, struct diag *d)
{
	struct stat st;
	enum err e;

	if (fstat(s->fd, &st) != 0)
		return refuse_io(s, d);
	e = S_ISREG(st.st_mode) ? get(s, &s->head, sizeof s->head, 0) : E_SHORT;
	if (e == E_IO)
		return refuse_io(s, d);
	if (e != OK)
		return sections_refuse(s, "is cut short", d);
	e = check_kind(s, d);
	if (e != OK)
		return e;
	if (s->head.n > SECTIONS_MAX)
		return sections_refuse(s, "its head is damaged", d);
	s->rows = calloc(s->head.n + 1, sizeof *s->rows);
	if (s->rows == NULL)
		return diag_set(d, E_MEMORY, "%s: %s", s->path, strerror(ENOMEM));
	e = get(s, s->rows, s->head.n * sizeof *s->rows, sizeof s->head);
	if (e == E_IO)
		return refuse_io(s, d);
	if (e == OK)
		e = check_rows(s, d);
	else
		return sections_refuse(s, "is cut short", d);
	if (e == OK && (uint64_t)st.st_size != s->head.file_octets)
		return sections_refuse(s, "is not of the length that it was written with", d);
	return e;
}

enum err sections_open(struct sections *s, const struct sections_about *about, const char *path,
		       struct diag *d)
{
	enum err e;

	*s = (struct sections){.about = about, .path = path_of(path, "")};
	if (s->path == NULL)
		return diag_set(d, E_MEMORY, "%s: %s", path, strerror(ENOMEM));
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (s->fd >= 0) {
		e = open_all(s, d);
	} else {
		e = errno == ENOENT ? E_ABSENT : refuse_io(s, d);
		free(s->path);
		s->path = NULL;
	}
	if (e != OK)
		sections_close(s);
	return e;
}

void sections_close(struct sections *s)
{
	if (s->path != NULL)
		close(s->fd);
	free(s->path);
	free(s->rows);
	*s = (struct sections){0};
}

const struct sections_row *sections_find(const struct sections *s, uint32_t kind, uint32_t number)
{
	for (uint32_t i = 0; i < s->head.n; i++)
		if (s->rows[i].kind == kind && s->rows[i].number == number)
			return &s->rows[i];
	return NULL;
}

enum err sections_read(struct sections *s, const struct sections_row *row, struct buf *to, struct diag *d)
{
	uint8_t *at = row->octets == 0 ? NULL : buf_reserve(to, row->octets);
	enum err e;

	if (to->err != OK)
		return diag_set(d, E_MEMORY, "%s: %s", s->path, strerror(ENOMEM));
	e = get(s, at, row->octets, row->at);
	if (e == E_IO)
		return refuse_io(s, d);
	if (e != OK || !is_same(row->check, check_of(XXH3_128bits(at, row->octets))))
		return sections_refuse(s, "is damaged", d);
	to->len += row->octets;
	return OK;
}
