/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.h -- the octets of one file, pipe or standard input, as a window that moves.
 *
 * Compressed input (.gz .zst .xz) is recognised by content and decompressed as it is read, members one behind
 * the other too. A plain regular file can be mapped, once its reader is known to borrow octets for long.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "source/mapping.h"

enum { INPUT_WINDOW_MAX = 4 * 1024 * 1024 }; /* a window of a stream never holds more */

/* Asks every read to end. Shared by all inputs; set from a signal handler or another thread. */
struct input_stop {
	atomic_bool asked;
	int fd; /* an eventfd that becomes readable */
	/* The reader's: from this moment on (base/monotonic.h) no read waits for a pipe,
	 * but gives E_AGAIN. 0: reads wait for as long as it takes. */
	int64_t until_ns;
};

/* What all open inputs hold together: windows and decompressors. */
struct input_budget {
	size_t cap, used; /* octets */
};

struct input {
	const uint8_t *at; /* the window: octets not yet dropped; good until input_more */
	size_t left;
	bool last;              /* no octet follows the window */
	bool mapped;            /* the octets are good until the mapping is given back */
	const uint8_t *tidy_at; /* of a mapped file: the place behind which input_tidy is due */
	uint64_t octets;        /* read so far, as stored; of a mapped file see input_octets */
	struct input_work *work;
};

/*
 * path "-" is standard input. `in` is filled on OK only. E_IO (text in *d), E_MEMORY, E_UNSUPPORTED (a
 * compression that is known but not read; text in *d), E_ABSENT: the file is empty.
 */
enum err input_open(struct input *in, const char *path, struct input_budget *budget,
		    const struct input_stop *stop, struct diag *d) MUST_USE;

/* Closes the input; its mapping, or NULL, goes to *mapping and is the caller's. mapping may be NULL: given
 * back. */
void input_close(struct input *in, struct mapping **mapping);

/* Turns a plain regular file into one window over all of it. Without effect where that cannot be: check
 * in->mapped. */
void input_map(struct input *in);

/* Copies the first octets of the window, n at the most, out of the file; returns how many, none where they
 * can only be looked at. Reading costs less than looking at pages that were never looked at before. */
size_t input_copy(struct input *in, uint8_t *to, size_t n);

/* Gives memory back that holds what was read of a mapped file long ago. The octets stay good: who still looks
 * at them has them read again. */
void input_tidy(struct input *in);

/* The first n octets of the window are done with. */
static inline void input_drop(struct input *in, size_t n)
{
	in->at += n;
	in->left -= n;
	if (in->mapped && in->at >= in->tidy_at)
		input_tidy(in);
}

/*
 * Reads on: more octets behind those of the window, or in->last becomes true. Waits on a pipe until something
 * comes, unless it is told not to: E_AGAIN, and all is as before. OK; E_FULL: the window may not grow and
 * nothing was read; E_IO, E_FORMAT (the compressed data is broken) and E_MEMORY (text in *d) also set
 * in->last: what was read before is still there.
 */
enum err input_more(struct input *in, struct diag *d) MUST_USE;

/* Octets read so far, as stored. */
uint64_t input_octets(const struct input *in);

/* Whether of the octets before in->at some were lost, for a mapped file became shorter. */
bool input_is_cut(const struct input *in);

/* The same of the octets of a mapping before `at`. */
bool input_is_lost(const struct input *in, const uint8_t *at);
