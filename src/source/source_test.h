/* SPDX-License-Identifier: Apache-2.0 */
/* source_test.h -- for the tests of the sources: temporary files, and octets compressed by the libraries. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the first two above */
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <lzma.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"

static char test_folder[64];

static inline int folder_setup(void **state)
{
	(void)state;
	strcpy(test_folder, "/tmp/deflux-test-XXXXXX");
	return mkdtemp(test_folder) == NULL ? -1 : 0;
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline int folder_teardown(void **state)
{
	(void)state;
	return nftw(test_folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file of the test's folder; good until the sixteenth next call. */
static inline const char *file_path(const char *name)
{
	static char paths[16][256];
	static unsigned next;
	char *path = paths[next++ % 16];

	snprintf(path, sizeof paths[0], "%s/%s", test_folder, name);
	return path;
}

static inline const char *file_write(const char *name, const void *octets, size_t len)
{
	const char *path = file_path(name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(octets, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return path;
}

/* Appends one gzip member, zstd frame or xz stream. */
static inline void pack_gzip(struct buf *to, const void *octets, size_t len)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)octets, .avail_in = (unsigned)len};
	uint8_t *at;

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.avail_out = (unsigned)deflateBound(&z, len) + 64;
	at = z.next_out = buf_reserve(to, z.avail_out);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	to->len += (size_t)(z.next_out - at);
	deflateEnd(&z);
}

static inline void pack_zstd(struct buf *to, const void *octets, size_t len)
{
	size_t room = ZSTD_compressBound(len);
	size_t n = ZSTD_compress(buf_reserve(to, room), room, octets, len, 3);

	assert_false(ZSTD_isError(n));
	to->len += n;
}

static inline void pack_xz(struct buf *to, const void *octets, size_t len)
{
	size_t room = lzma_stream_buffer_bound(len), n = 0;
	uint8_t *at = buf_reserve(to, room);

	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, octets, len, at, &n, room),
			 LZMA_OK);
	to->len += n;
}

static inline void pack_plain(struct buf *to, const void *octets, size_t len)
{
	buf_add(to, octets, len);
}

static void (*const packs[])(struct buf *, const void *, size_t) = {pack_plain, pack_gzip, pack_zstd,
								    pack_xz};
