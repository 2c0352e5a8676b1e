/* SPDX-License-Identifier: Apache-2.0 */
/* sources_fuzz.c -- any octets as an input, plain or inside gzip, read as a file and as a stream: all
 * messages come out with octets that can be read, counts add up, and nothing is left behind. */
#include "source/sources.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/stamp.h"
#include "source/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static volatile uint8_t touched;

static uint64_t read_path(const char *path, const char *filter)
{
	struct source_path list = {path, 0};
	struct sources_config config = {.paths = &list,
					.n_paths = 1,
					.filter = filter,
					.since_ns = STAMP_NONE,
					.until_ns = STAMP_NONE,
					.memory_bytes = 1};
	const struct source_problem *problems;
	struct sources_counts counts;
	struct arena keep = {0};
	struct sources *s;
	struct intake in;
	struct diag d;
	uint64_t n = 0;

	if (sources_open(&s, &config, &d) != OK)
		return 0;
	for (; sources_next(s, &keep, &in) == OK; n++) {
		assert(in.time_ns >= 0 && in.count != 0);
		for (uint32_t i = 0; i < in.len; i++)
			touched ^= in.wire[i];
		for (uint32_t i = 0; i < in.zone_len; i++)
			touched ^= in.zone[i];
		arena_fini(&keep);
	}
	sources_count(s, &counts);
	assert(counts.messages == n);
	assert(counts.unreadable == sources_problems(s, &problems));
	sources_close(s);
	arena_fini(&keep);
	return n;
}

static int file_of(const uint8_t *octets, size_t len, char path[64])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, octets, len) == (ssize_t)len);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	uLongf room = compressBound(len) + 64;
	uint8_t *packed = malloc(room);
	z_stream z = {.next_in = (Bytef *)(uintptr_t)octets,
		      .avail_in = (uInt)len,
		      .next_out = packed,
		      .avail_out = (uInt)room};
	char path[64];
	uint64_t plain, streamed;
	const char *refused;
	int fd = file_of(octets, len, path);

	plain = read_path(path, NULL);
	(void)read_path(path, "udp or tcp");
	close(fd);
	assert(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
	fd = file_of(packed, room - z.avail_out, path);
	streamed = read_path(path, NULL);
	if (codec_recognise(octets, len, &refused) == CODEC_NONE &&
	    refused == NULL) /* else it is packed twice now */
		assert(plain == streamed);
	close(fd);
	deflateEnd(&z);
	free(packed);
	return 0;
}
