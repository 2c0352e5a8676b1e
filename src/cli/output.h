/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.h -- where a result goes: standard output, or a file that appears whole or not at all.
 *
 * A regular file is written beside its place and renamed when it is on the disk; a device or pipe is written
 * as it is. A reader that went away (EPIPE) is no error: what follows is dropped.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"

struct output {
	int fd;
	int error;       /* errno of the first failure, 0 */
	bool gone;       /* the reader went away */
	char *path;      /* where the file goes, NULL: standard output */
	char *temp;      /* its name until then, NULL: written in place */
	struct buf text; /* not yet written: append here, then output_flow */
};

/* path NULL: standard output. E_IO (text in *d), E_MEMORY. */
enum err output_open(struct output *o, const char *path, struct diag *d) MUST_USE;

/* Writes o->text when there is much of it. */
void output_flow(struct output *o);

/* Writes what there is. */
void output_flush(struct output *o);

/* Writes the rest and puts the file in its place; with keep false the file is given up. E_IO: text in *d. */
enum err output_close(struct output *o, bool keep, struct diag *d) MUST_USE;

/* Takes away the unfinished file of the one output that is open: for a program about to be ended. Safe from
 * any thread. */
void output_abandon(void);

/* Writes the text to standard output: help, version. */
enum err output_print(struct buf *text) MUST_USE;
