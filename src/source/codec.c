/* SPDX-License-Identifier: Apache-2.0 */
/* codec.c -- see codec.h. */
#include "source/codec.h"

#include <limits.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
	GZIP_WINDOW_BITS = 15 + 16,
	ZSTD_WINDOW_LOG_MIN = 10,
	ZSTD_WINDOW_LOG_MAX = 31,
	GZIP_OCTETS = 48 * 1024
};

struct codec {
	enum codec_form form;
	bool begun;  /* the first gzip member is */
	bool inside; /* a gzip member or zstd frame is begun and not ended */
	bool ended;  /* zeros behind the last gzip member were seen: nothing else may follow */
	z_stream gzip;
	ZSTD_DStream *zstd;
	lzma_stream xz;
};

static bool starts(const uint8_t *octets, size_t len, const char *magic, size_t n)
{
	return len >= n && memcmp(octets, magic, n) == 0;
}

enum codec_form codec_recognise(const uint8_t *octets, size_t len, const char **refused)
{
	static const struct {
		const char *magic, *name;
		size_t n;
	} others[] = {
		{"BZh", "bzip2", 3},
		{"\x04\x22\x4d\x18", "lz4", 4},
		{"LZIP\1", "lzip", 5},
		{"\x1f\x9d", "compress (.Z)", 2},
		{"\x5d\0\0\x80\0", "lzma (before xz)", 5},
		{"\x5d\0\0\0\4", "lzma (before xz)", 5},
		{"\x89LZO\0", "lzop", 5},
	};

	*refused = NULL;
	if (starts(octets, len, "\x1f\x8b\x08", 3))
		return CODEC_GZIP;
	if (starts(octets, len, "\x28\xb5\x2f\xfd", 4))
		return CODEC_ZSTD;
	if (len >= 4 && (octets[0] & 0xf0) == 0x50 &&
	    memcmp(octets + 1, "\x2a\x4d\x18", 3) == 0) /* skippable frame */
		return CODEC_ZSTD;
	if (starts(octets, len,
		   "\xfd"
		   "7zXZ\0",
		   6))
		return CODEC_XZ;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (starts(octets, len, others[i].magic, others[i].n))
			*refused = others[i].name;
	return CODEC_NONE;
}

const char *codec_text(enum codec_form form)
{
	static const char *const texts[] = {"plain", "gzip", "zstd", "xz"};

	return texts[form];
}

static bool zstd_open(struct codec *c, size_t memory_octets)
{
	int log = ZSTD_WINDOW_LOG_MIN;

	c->zstd = ZSTD_createDStream();
	if (c->zstd == NULL)
		return false;
	while (log < ZSTD_WINDOW_LOG_MAX - 1 && (size_t)1 << (log + 1) <= memory_octets)
		log++;
	(void)ZSTD_DCtx_setParameter(c->zstd, ZSTD_d_windowLogMax, log);
	return true;
}

struct codec *codec_open(enum codec_form form, size_t memory_octets)
{
	struct codec *c = calloc(1, sizeof *c);
	bool opened = false;

	if (c == NULL)
		return NULL;
	c->form = form;
	if (form == CODEC_GZIP)
		opened = inflateInit2(&c->gzip, GZIP_WINDOW_BITS) == Z_OK;
	else if (form == CODEC_ZSTD)
		opened = zstd_open(c, memory_octets);
	else if (form == CODEC_XZ)
		opened = lzma_stream_decoder(&c->xz, memory_octets, LZMA_CONCATENATED) == LZMA_OK;
	if (opened)
		return c;
	free(c);
	return NULL;
}

void codec_close(struct codec *c)
{
	if (c == NULL)
		return;
	if (c->form == CODEC_GZIP)
		inflateEnd(&c->gzip);
	if (c->form == CODEC_ZSTD)
		ZSTD_freeDStream(c->zstd);
	if (c->form == CODEC_XZ)
		lzma_end(&c->xz);
	free(c);
}

static unsigned at_most_uint(size_t n)
{
	return n < UINT_MAX ? (unsigned)n : UINT_MAX;
}

/* Between members: zeros (tapes were padded) or the next member's head. */
static enum err gzip_between(struct codec *c, struct codec_io *io)
{
	if (io->in[0] != 0)
		return !c->ended && io->in[0] == 0x1f && inflateReset(&c->gzip) == Z_OK ? OK : E_FORMAT;
	c->ended = true;
	io->in++;
	io->in_len--;
	return OK;
}

/* One call of inflate. E_SHORT: it needs input. */
static enum err gzip_step(struct codec *c, struct codec_io *io)
{
	int z;

	c->gzip.next_in = (Bytef *)(uintptr_t)io->in; /* zlib does not write there */
	c->gzip.avail_in = at_most_uint(io->in_len);
	c->gzip.next_out = io->out;
	c->gzip.avail_out = at_most_uint(io->out_room);
	z = inflate(&c->gzip, Z_SYNC_FLUSH);
	io->in_len -= (size_t)(c->gzip.next_in - io->in);
	io->in = c->gzip.next_in;
	io->out_room -= (size_t)(c->gzip.next_out - io->out);
	io->out = c->gzip.next_out;
	if (z == Z_BUF_ERROR)
		return E_SHORT;
	c->inside = z != Z_STREAM_END;
	return z == Z_OK || z == Z_STREAM_END ? OK : z == Z_MEM_ERROR ? E_MEMORY : E_FORMAT;
}

static enum err gzip_run(struct codec *c, struct codec_io *io)
{
	enum err e = OK;

	while (e == OK && io->out_room != 0 && (io->in_len != 0 || c->inside)) {
		if (!c->inside && c->begun)
			e = gzip_between(c, io);
		if (e != OK || c->ended)
			continue;
		c->begun = true;
		e = gzip_step(c, io);
	}
	if (e != OK && e != E_SHORT)
		return e;
	if (io->in_len != 0 || !io->last || io->out_room == 0)
		return OK;
	return c->inside ? E_SHORT : E_END;
}

static enum err zstd_run(struct codec *c, struct codec_io *io)
{
	ZSTD_inBuffer in = {io->in, io->in_len, 0};
	ZSTD_outBuffer out = {io->out, io->out_room, 0};
	enum err e = OK;

	while (out.pos < out.size && (in.pos < in.size || c->inside)) {
		size_t in_before = in.pos, out_before = out.pos,
		       left = ZSTD_decompressStream(c->zstd, &out, &in);

		if (ZSTD_isError(left)) {
			e = ZSTD_getErrorCode(left) == ZSTD_error_frameParameter_windowTooLarge ? E_RANGE
												: E_FORMAT;
			break;
		}
		c->inside = left != 0;
		if (in.pos == in_before && out.pos == out_before)
			break;
	}
	io->in += in.pos;
	io->in_len -= in.pos;
	io->out += out.pos;
	io->out_room -= out.pos;
	if (e != OK || io->in_len != 0 || !io->last || io->out_room == 0)
		return e;
	return c->inside ? E_SHORT : E_END;
}

static enum err xz_run(struct codec *c, struct codec_io *io)
{
	lzma_ret z;

	c->xz.next_in = io->in;
	c->xz.avail_in = io->in_len;
	c->xz.next_out = io->out;
	c->xz.avail_out = io->out_room;
	z = lzma_code(&c->xz, io->last ? LZMA_FINISH : LZMA_RUN);
	io->in = c->xz.next_in;
	io->in_len = c->xz.avail_in;
	io->out = c->xz.next_out;
	io->out_room = c->xz.avail_out;
	switch (z) {
	case LZMA_OK:
		return OK;
	case LZMA_STREAM_END:
		return E_END;
	case LZMA_BUF_ERROR:
		return io->last ? E_SHORT : OK;
	case LZMA_MEMLIMIT_ERROR:
		return E_RANGE;
	case LZMA_MEM_ERROR:
		return E_MEMORY;
	default:
		return E_FORMAT;
	}
}

enum err codec_run(struct codec *c, struct codec_io *io)
{
	if (c->form == CODEC_GZIP)
		return gzip_run(c, io);
	return c->form == CODEC_ZSTD ? zstd_run(c, io) : xz_run(c, io);
}

size_t codec_held(const struct codec *c)
{
	if (c->form == CODEC_ZSTD)
		return sizeof *c + ZSTD_sizeof_DStream(c->zstd);
	return sizeof *c + (c->form == CODEC_XZ ? (size_t)lzma_memusage(&c->xz) : GZIP_OCTETS);
}
