/* SPDX-License-Identifier: Apache-2.0 */
/* cache.c -- see cache.h. Untrusted input: nothing is used before cache_check has seen all of it. */
#include "enrich/cache.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hash.h"
#include "enrich/kind.h"

static const char magic[8] = {'d', 'e', 'f', 'l', 'n', 'e', 't', 's'};
enum { ORDER = 0x01020304 };

static_assert(sizeof(struct cache_header) % 8 == 0 && sizeof(struct cache_header) == 320,
	      "no hidden padding");
static_assert(sizeof(struct cache_v6) == 24 && sizeof(struct cache_net) == 36, "no hidden padding");

uint32_t cache_country_code(const char country[2])
{
	unsigned a = (uint8_t)country[0] - 'A', b = (uint8_t)country[1] - 'A';

	return a < 26 && b < 26 ? 1 + a * 26 + b : 0;
}

void cache_country_text(uint32_t code, char country[2])
{
	country[0] = code == 0 ? 0 : (char)('A' + (code - 1) / 26);
	country[1] = code == 0 ? 0 : (char)('A' + (code - 1) % 26);
}

uint64_t cache_key(const struct cache_source *sources, size_t n)
{
	uint64_t key = hash_u64(CACHE_VERSION, kind_revision());

	for (size_t i = 0; i < n; i++) {
		key = hash_bytes(sources[i].path, strlen(sources[i].path) + 1, key);
		key = hash_u64(sources[i].octets, key);
		key = hash_u64((uint64_t)sources[i].mtime_ns, key);
	}
	return key;
}

static uint64_t header_check(const struct cache_header *h)
{
	return hash_bytes(h, offsetof(struct cache_header, header_check), 0);
}

void cache_seal(struct buf *block)
{
	struct cache_header *h = (struct cache_header *)(void *)block->bytes;

	assert(block->err == OK && block->len >= sizeof *h);
	memcpy(h->magic, magic, sizeof magic);
	h->order = ORDER;
	h->version = CACHE_VERSION;
	h->body_check = hash_bytes(h + 1, block->len - sizeof *h, 0);
	h->header_check = header_check(h);
}

static enum err check_header(const struct cache_header *h, size_t len, uint64_t key)
{
	uint64_t want = sizeof *h;

	if (memcmp(h->magic, magic, sizeof magic) != 0)
		return E_FORMAT;
	if (h->order != ORDER || h->version != CACHE_VERSION)
		return E_ABSENT;
	if (h->header_check != header_check(h) || h->title[CACHE_TITLE_MAX - 1] != 0)
		return E_FORMAT;
	if (h->key != key)
		return E_ABSENT;
	want += (uint64_t)h->n_v6 * sizeof(struct cache_v6) + (uint64_t)h->n_v4 * sizeof(struct cache_v4) +
		(uint64_t)h->n_nets * sizeof(struct cache_net) + h->names_octets;
	if (want != len || h->n_v6 == 0 || h->n_v4 == 0 || h->n_nets == 0 || h->n_nets > CACHE_NETS_MAX ||
	    h->names_octets == 0)
		return E_FORMAT;
	return OK;
}

static bool value_ok(uint32_t value, uint32_t n_nets)
{
	return value >> CACHE_COUNTRY_BITS < n_nets && (value & CACHE_COUNTRY_MASK) <= 26 * 26;
}

/* One pass without early exit, which compilers turn into wide instructions. */
static bool ranges_ok(const struct cache_view *v)
{
	const struct cache_header *h = v->header;
	unsigned bad = v->v4[0].first != 0 || v->v6[0].high != 0 || v->v6[0].low != 0;

	for (uint32_t i = 0; i < h->n_v4; i++)
		bad |= !value_ok(v->v4[i].value, h->n_nets);
	for (uint32_t i = 1; i < h->n_v4; i++)
		bad |= v->v4[i].first <= v->v4[i - 1].first;
	for (uint32_t i = 0; i < h->n_v6; i++)
		bad |= !value_ok(v->v6[i].value, h->n_nets);
	for (uint32_t i = 1; i < h->n_v6; i++) {
		const struct cache_v6 *r = &v->v6[i];

		bad |= r->high < r[-1].high || (r->high == r[-1].high && r->low <= r[-1].low);
	}
	return !bad;
}

static bool kinds_ok(const float kind[NET_KINDS])
{
	double sum = 0;

	for (int k = 0; k < NET_KINDS; k++) {
		if (!(kind[k] >= 0 && kind[k] <= 1)) /* so written, it catches what is no number too */
			return false;
		sum += (double)kind[k];
	}
	return sum > 0.999 && sum < 1.001;
}

static bool nets_ok(const struct cache_view *v)
{
	const struct cache_header *h = v->header;

	if (v->nets[0].asn != 0)
		return false;
	for (uint32_t i = 0; i < h->n_nets; i++) {
		const struct cache_net *net = &v->nets[i];
		bool no_country = net->country[0] == 0 && net->country[1] == 0;

		if (net->name >= h->names_octets || !kinds_ok(net->kind))
			return false;
		if (i > 0 && net->asn <= net[-1].asn)
			return false;
		if (!no_country && cache_country_code((const char *)net->country) == 0)
			return false;
	}
	return true;
}

/* Names end inside the block, and hold nothing that could steer a terminal. */
static bool text_ok(const char *text, size_t len)
{
	unsigned bad = text[len - 1] != 0;

	for (size_t i = 0; i < len; i++)
		bad |= ((uint8_t)text[i] < ' ' && text[i] != 0) || text[i] == 0x7f;
	return !bad;
}

enum err cache_check(const void *octets, size_t len, uint64_t key, struct cache_view *view)
{
	struct cache_view v = {.header = octets};
	const struct cache_header *h = octets;
	enum err e;

	if (len < sizeof *h)
		return E_FORMAT;
	e = check_header(h, len, key);
	if (e != OK)
		return e;
	v.v6 = (const struct cache_v6 *)(const void *)(h + 1);
	v.v4 = (const struct cache_v4 *)(const void *)(v.v6 + h->n_v6);
	v.nets = (const struct cache_net *)(const void *)(v.v4 + h->n_v4);
	v.names = (const char *)(v.nets + h->n_nets);
	if (hash_bytes(h + 1, len - sizeof *h, 0) != h->body_check)
		return E_FORMAT;
	if (!ranges_ok(&v) || !nets_ok(&v) || !text_ok(v.names, h->names_octets) ||
	    !text_ok(h->title, sizeof h->title))
		return E_FORMAT;
	*view = v;
	return OK;
}

enum err cache_path(const char *dir, const struct cache_source *sources, size_t n, struct buf *path)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	uint64_t which = n;

	if (dir != NULL)
		buf_add_text(path, dir);
	else if (xdg != NULL && xdg[0] == '/') /* the standard wants others passed over */
		buf_printf(path, "%s/deflux", xdg);
	else if (home != NULL && home[0] == '/')
		buf_printf(path, "%s/.cache/deflux", home);
	if (path->len == 0)
		return E_ABSENT;
	for (size_t i = 0; i < n; i++)
		which = hash_bytes(sources[i].path, strlen(sources[i].path) + 1, which);
	buf_printf(path, "/nets-%016llx.cache", (unsigned long long)which);
	if (path->err != OK)
		return path->err;
	return path->len >= 4096 ? E_RANGE : OK;
}

static enum err map_open(int fd, struct cache_map *map)
{
	struct stat st;
	void *octets;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return E_ABSENT;
	if ((st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return E_ABSENT;
	octets = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (octets == MAP_FAILED)
		return E_ABSENT;
	*map = (struct cache_map){.octets = octets, .len = (size_t)st.st_size};
	return OK;
}

enum err cache_map_file(const char *path, struct cache_map *map)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	enum err e;

	if (fd < 0)
		return E_ABSENT;
	e = map_open(fd, map);
	close(fd);
	return e;
}

void cache_unmap(struct cache_map *map)
{
	if (map->octets != NULL)
		munmap(map->octets, map->len);
	*map = (struct cache_map){0};
}

/* Makes the folders of a path; one that cannot be made shows when the file is opened. */
static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(path, 0700);
		*slash = '/';
	}
}

static bool write_all(int fd, const uint8_t *octets, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, octets, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		octets += n;
		len -= (size_t)n;
	}
	return true;
}

enum err cache_save(const char *path, const struct buf *block)
{
	struct buf temporary = {0};
	enum err e = E_IO;
	bool written;
	int fd;

	buf_printf(&temporary, "%s.XXXXXX", path);
	if (temporary.err != OK) {
		buf_fini(&temporary);
		return E_MEMORY;
	}
	make_folders((char *)temporary.bytes);
	fd = mkostemp((char *)temporary.bytes, O_CLOEXEC);
	if (fd >= 0) {
		written = write_all(fd, block->bytes, block->len);
		written = close(fd) == 0 && written;
		if (written && rename((char *)temporary.bytes, path) == 0)
			e = OK;
		else
			unlink((char *)temporary.bytes);
	}
	buf_fini(&temporary);
	return e;
}
