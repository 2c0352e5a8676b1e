/* SPDX-License-Identifier: Apache-2.0 */
/* output.c -- see output.h. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLOW_OCTETS = 1 << 16 };

static _Atomic(char *) unfinished; /* the temporary file of the open output */

static enum err refuse(struct diag *d, const char *path, int error)
{
	return diag_set(d, E_IO, "%s: %s", path, strerror(error));
}

/* A new file beside `path` with the permissions that the file has, or would have. */
static int open_beside(struct output *o, const struct stat *there)
{
	size_t len = strlen(o->path) + sizeof ".XXXXXX";
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	o->temp = malloc(len);
	if (o->temp == NULL)
		return -1;
	memcpy(o->temp, o->path, len - sizeof ".XXXXXX");
	memcpy(o->temp + len - sizeof ".XXXXXX", ".XXXXXX", sizeof ".XXXXXX");
	fd = mkostemp(o->temp, O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fchmod(fd, there != NULL ? there->st_mode & 0777 : 0666 & ~mask) != 0) {
		unlink(o->temp);
		close(fd);
		return -1;
	}
	atomic_store(&unfinished, o->temp);
	return fd;
}

enum err output_open(struct output *o, const char *path, struct diag *d)
{
	struct stat there;
	bool exists;
	int error;

	*o = (struct output){.fd = STDOUT_FILENO};
	if (path == NULL)
		return OK;
	exists = stat(path, &there) == 0;
	o->path = exists ? realpath(path, NULL) : strdup(path); /* a link stays a link */
	if (o->path != NULL && (!exists || S_ISREG(there.st_mode)))
		o->fd = open_beside(o, exists ? &there : NULL);
	else if (o->path != NULL)
		o->fd = open(path, O_WRONLY | O_CLOEXEC);
	error = o->path == NULL ? ENOMEM : errno;
	if (o->path != NULL && o->fd >= 0)
		return OK;
	free(o->path);
	free(o->temp);
	*o = (struct output){.fd = -1};
	return refuse(d, path, error);
}

void output_flush(struct output *o)
{
	size_t done = 0;

	if (o->text.err != OK && o->error == 0)
		o->error = ENOMEM;
	while (done < o->text.len && o->error == 0 && !o->gone) {
		ssize_t n = write(o->fd, o->text.bytes + done, o->text.len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno == EPIPE)
			o->gone = true;
		else if (errno != EINTR)
			o->error = errno;
	}
	buf_clear(&o->text);
}

void output_flow(struct output *o)
{
	if (o->text.len >= FLOW_OCTETS)
		output_flush(o);
}

/* A full disk may show only here. */
static void settle(struct output *o)
{
	if (o->temp != NULL && o->error == 0 && fsync(o->fd) != 0)
		o->error = errno;
	if (o->path != NULL && close(o->fd) != 0 && o->error == 0)
		o->error = errno;
	if (o->temp == NULL)
		return;
	if (o->error == 0 && rename(o->temp, o->path) != 0)
		o->error = errno;
	atomic_store(&unfinished, NULL);
	if (o->error != 0)
		unlink(o->temp);
}

enum err output_close(struct output *o, bool keep, struct diag *d)
{
	enum err e = OK;

	if (o->fd < 0)
		return OK;
	if (keep)
		output_flush(o);
	else
		o->error = ECANCELED;
	settle(o);
	if (o->error != 0 && keep)
		e = refuse(d, o->path != NULL ? o->path : "standard output", o->error);
	free(o->path);
	free(o->temp);
	buf_fini(&o->text);
	*o = (struct output){.fd = -1};
	return e;
}

void output_abandon(void)
{
	char *temp = atomic_exchange(&unfinished, NULL);

	if (temp != NULL)
		unlink(temp);
}

enum err output_print(struct buf *text)
{
	struct output o = {.fd = STDOUT_FILENO, .text = *text};
	struct diag d;

	*text = (struct buf){0};
	return output_close(&o, true, &d);
}
