/* SPDX-License-Identifier: Apache-2.0 */
/* observe_fuzz.c -- any messages, one after the other, seen with and without a memo: what the memo leaves out
 * must have been told before, by a sighting no later that lives as long. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/stamp.h"
#include "dns/psl.h"
#include "observe/observe.h"

enum { MESSAGES_MAX = 24, WIRE_ROOM = 2048, TOLD_OCTETS_MAX = 1 << 18, MEMO_OCTETS = 8 << 10 };

/* How a message is written in the input; then follows the message, or in AGAIN what changes in the last one.
 */
enum { AT_GAP, AT_BITS, AT_LEN, HEAD = AT_LEN + 2 };
enum { AGAIN = 1, OTHER_VANTAGE = 2, LATE = 4, EARLIER = 8, TWICE = 16 };

struct pair {
	struct observer plain, with;
	struct buf told; /* every observation, as the plain one gives them */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct psl *suffixes(void)
{
	static const char list[] = "com\nnet\norg\n*.ck\n!www.ck\nduckdns.org\n";
	static struct psl *p;
	struct diag d;

	if (p == NULL && psl_compile(&p, list, sizeof list - 1, &d) != OK)
		__builtin_trap();
	return p;
}

/* Both say the same of the same, times apart. */
static bool is_same(const uint8_t *a, const uint8_t *b)
{
	struct obs x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	y.time_ns = x.time_ns;
	y.last_ns = x.last_ns;
	y.ttl = x.ttl;
	return memcmp(&x, &y, sizeof x) == 0 && memcmp(a + sizeof x, b + sizeof x, x.size - sizeof x) == 0;
}

static bool was_told(const struct buf *told, const uint8_t *at)
{
	struct obs o, before;

	memcpy(&o, at, sizeof o);
	for (size_t i = 0; i < told->len; i += before.size) {
		memcpy(&before, told->bytes + i, sizeof before);
		if (before.time_ns <= o.time_ns && is_same(at, told->bytes + i) &&
		    before.time_ns / NS_PER_SECOND + before.ttl >= o.time_ns / NS_PER_SECOND + o.ttl)
			return true;
	}
	return false;
}

/* What one message gives: with the memo, the same in the same order but for repeats. */
static void compare(const struct buf *told, const struct buf *plain, const struct buf *with)
{
	size_t in_with = 0;
	struct obs o;

	for (size_t i = 0; i < plain->len; i += o.size) {
		memcpy(&o, plain->bytes + i, sizeof o);
		if (in_with + o.size <= with->len &&
		    memcmp(with->bytes + in_with, plain->bytes + i, o.size) == 0)
			in_with += o.size;
		else if (!was_told(told, plain->bytes + i))
			__builtin_trap();
	}
	if (in_with != with->len)
		__builtin_trap();
}

static void see(struct pair *p, const struct intake *in)
{
	struct buf plain[OBS_GROUPS] = {0}, with[OBS_GROUPS] = {0};
	struct observe_counts a, b;

	observe_batch(&p->plain, in, 1, plain);
	observe_batch(&p->with, in, 1, with);
	for (unsigned g = 0; g < OBS_GROUPS; g++)
		compare(&p->told, &plain[g], &with[g]);
	for (unsigned g = 0; g < OBS_GROUPS; g++) {
		if (plain[g].len != 0)
			buf_add(&p->told, plain[g].bytes, plain[g].len);
		buf_fini(&plain[g]);
		buf_fini(&with[g]);
	}
	a = p->plain.counts;
	b = p->with.counts;
	b.left_out = b.memo_hits = 0;
	if (memcmp(&a, &b, sizeof a) != 0)
		__builtin_trap();
}

static void see_all(struct pair *p, const uint8_t *data, size_t size)
{
	uint8_t wire[WIRE_ROOM];
	struct intake in = {.wire = wire, .time_ns = 1000 * NS_PER_SECOND};

	for (unsigned n = 0; n < MESSAGES_MAX && size >= HEAD && p->told.len < TOLD_OCTETS_MAX; n++) {
		uint8_t gap = data[AT_GAP], bits = data[AT_BITS];
		size_t len = (size_t)data[AT_LEN] << 8 | data[AT_LEN + 1];

		data += HEAD;
		size -= HEAD;
		if ((bits & AGAIN) != 0 && in.len != 0 && size >= 1) {
			wire[len % in.len] ^= data[0];
			len = 1;
		} else {
			len = len < size ? len : size;
			len = len < sizeof wire ? len : sizeof wire;
			memcpy(wire, data, len);
			in.len = (uint32_t)len;
		}
		data += len;
		size -= len;
		in.time_ns += (bits & EARLIER) != 0 ? -gap * (int64_t)NS_PER_SECOND / 4
						    : gap * (int64_t)NS_PER_SECOND / 4;
		in.last_ns = in.time_ns;
		in.vantage = (bits & OTHER_VANTAGE) != 0;
		in.late = (bits & LATE) != 0;
		in.count = (bits & TWICE) != 0 ? 2 : 1;
		see(p, &in);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct observe_config config = {.psl = suffixes(), .bucket_key = 1, .sketch_key = 2};
	struct pair p = {0};

	observe_init(&p.plain, &config);
	observe_init(&p.with, &config);
	if (memo_open(&p.with.memo, MEMO_OCTETS, 1) != OK)
		__builtin_trap();
	see_all(&p, data, size);
	observe_fini(&p.plain);
	observe_fini(&p.with);
	buf_fini(&p.told);
	return 0;
}
