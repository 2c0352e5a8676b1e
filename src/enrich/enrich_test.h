/* SPDX-License-Identifier: Apache-2.0 */
/* enrich_test.h -- what the tests of this folder share: a folder for files, and addresses from text. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/addr.h"
#include "base/diag.h"
#include "enrich/ranges.h"

enum { TEST_PATH_ROOM = 512 };

/* Makes an empty folder of its own; remove_folder takes it away with all in it. */
static inline void make_folder(char path[TEST_PATH_ROOM])
{
	const char *at = getenv("TMPDIR");

	snprintf(path, TEST_PATH_ROOM, "%s/deflux-enrich-XXXXXX", at == NULL ? "/tmp" : at);
	assert_non_null(mkdtemp(path));
}

static inline void remove_folder(const char *path)
{
	char command[TEST_PATH_ROOM + 16];

	snprintf(command, sizeof command, "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

/* Writes folder/name anew; its path goes to `path`. */
static inline void write_file(const char *folder, const char *name, const void *octets, size_t len,
			      char path[TEST_PATH_ROOM])
{
	FILE *f;

	assert_true(snprintf(path, TEST_PATH_ROOM, "%s/%s", folder, name) < TEST_PATH_ROOM);
	(void)unlink(path); /* written over, some file systems wait for the disk */
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(octets, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static inline struct addr addr_of(const char *text)
{
	struct addr a;

	assert_int_equal(addr_from_text(text, strlen(text), &a), OK);
	return a;
}

/* A repeatable stream of numbers (splitmix64). */
static inline uint64_t next_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* A range that says a number and a country ("" for none). */
static inline struct range says(uint32_t asn, const char *country)
{
	struct range r = {.asn = asn};

	if (country[0] != 0)
		memcpy(r.country, country, 2);
	return r;
}

static inline void add_range(struct ranges *to, const char *first, const char *last, struct range what)
{
	struct addr a = addr_of(first), b = addr_of(last);

	assert_int_equal(ranges_add(to, &a, &b, &what), OK);
}
