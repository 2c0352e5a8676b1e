/* SPDX-License-Identifier: Apache-2.0 */
/* codec.h -- decompression of a stream in one shape for gzip (RFC 1952), Zstandard (RFC 8878) and xz. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum codec_form { CODEC_NONE, CODEC_GZIP, CODEC_ZSTD, CODEC_XZ };

enum { CODEC_MAGIC_OCTETS = 6 };

/* By content. *refused names a compression that is known but not read, else NULL. */
enum codec_form codec_recognise(const uint8_t *octets, size_t len, const char **refused);

/* "gzip", ...; static storage. */
const char *codec_text(enum codec_form form);

struct codec;

/* NULL without memory. memory_octets bounds what the stream may make the decompressor allocate. */
struct codec *codec_open(enum codec_form form, size_t memory_octets);
void codec_close(struct codec *c);

/* Octets in and room for octets out; codec_run moves both. */
struct codec_io {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_room;
	bool last; /* no input follows */
};

/*
 * Decompresses until input or room is used up. OK; E_END: the stream and what was joined to it ended in good
 * order; E_SHORT: the input ended in the middle; E_FORMAT: it is broken; E_RANGE: it wants more memory than
 * allowed; E_MEMORY.
 */
enum err codec_run(struct codec *c, struct codec_io *io) MUST_USE;

/* Octets of memory it holds now. */
size_t codec_held(const struct codec *c);
