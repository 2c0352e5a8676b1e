/* SPDX-License-Identifier: Apache-2.0 */
/* memo_wire.c -- see memo_wire.h. */
#include "observe/memo_wire.h"

#include <endian.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"

enum {
	WIRE_MAX = MEMO_ENTRY_MAX - (int)offsetof(struct memo_entry, octets),
	RDLEN_AT = 10,
	QUESTION_BEHIND_NAME = 5, /* octets from the name's last one on: root, type, class */
	RUN_MAX = 32
};

static unsigned u16_at(const uint8_t *b)
{
	return (unsigned)b[0] << 8 | b[1];
}

static uint32_t load32(const uint8_t *b)
{
	uint32_t v;

	memcpy(&v, b, sizeof v);
	return v;
}

static uint64_t load64(const uint8_t *b)
{
	uint64_t v;

	memcpy(&v, b, sizeof v);
	return v;
}

static uint32_t last4(const uint8_t *record, unsigned stride)
{
	return load32(record + stride - 4);
}

/* Of two words from the start of a record, which its owner, type and class make but for two octets of TTL. */
static uint64_t heads_differ(uint64_t a, uint64_t b)
{
	return (a ^ b) & htole64(UINT64_C(0x0000ffffffffffff));
}

/* Of the two words behind those: two octets of TTL, the length of the rdata, and four octets of it. */
static uint64_t rests_differ(uint64_t a, uint64_t b)
{
	return (a ^ b) & htole64(UINT64_C(0xffffffffffff0000));
}

static uint64_t lengths_differ(uint64_t a, uint64_t b)
{
	return (a ^ b) & htole64(UINT64_C(0x00000000ffff0000));
}

size_t memo_question_end(const uint8_t *wire, size_t len)
{
	size_t at = DNS_HEADER_OCTETS;

	if (len < DNS_HEADER_OCTETS || wire[4] != 0 || wire[5] != 1)
		return 0;
	while (at < len && wire[at] != 0) {
		if (wire[at] > LABEL_OCTETS_MAX)
			return 0;
		at += wire[at] + 1u;
	}
	return at + QUESTION_BEHIND_NAME <= len ? at + QUESTION_BEHIND_NAME : 0;
}

/* In line, since the hash of each message wants no more of it than a sum. */
static inline struct run find_run(const uint8_t *wire, size_t len, size_t at)
{
	unsigned left = u16_at(wire + 6), type = 0, rdlen = 0; /* left: of the answer's records */
	uint64_t head, rest;
	struct run r = {0};

	for (; left > 0 && at + MEMO_RECORD_FIXED <= len && wire[at] >= 0xc0; left--) {
		type = u16_at(wire + at + 2);
		rdlen = u16_at(wire + at + RDLEN_AT);
		if (type != RR_CNAME)
			break;
		at += MEMO_RECORD_FIXED + rdlen;
	}
	if (left == 0 || !((type == RR_A && rdlen == 4) || (type == RR_AAAA && rdlen == 16)))
		return r;
	r.at = at;
	r.stride = MEMO_RECORD_FIXED + rdlen;
	left = left < RUN_MAX ? left : RUN_MAX;
	if (at + r.stride > len)
		return r;
	head = load64(wire + at);
	rest = load64(wire + at + sizeof head);
	do {
		r.sum += last4(wire + at, r.stride);
		r.n++;
		at += r.stride;
	} while (r.n < left && at + r.stride <= len && heads_differ(load64(wire + at), head) == 0 &&
		 lengths_differ(load64(wire + at + sizeof head), rest) == 0);
	return r;
}

struct run memo_run(const uint8_t *wire, size_t len, size_t at)
{
	return find_run(wire, len, at);
}

/* The name is taken to end at its first zero, eight octets at a time: in a name with zeros in it that is too
 * early, which does no harm, for messages are compared. */
uint64_t memo_hash(const uint8_t *wire, size_t len, uint64_t key)
{
	static const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t hash, word, zeros;
	size_t at = DNS_HEADER_OCTETS, end;

	if (len > WIRE_MAX || len < DNS_HEADER_OCTETS + sizeof word || (wire[2] & 0x80) == 0 ||
	    u16_at(wire + 4) != 1)
		return 0;
	hash = hash_fold(load64(wire + 2) ^ len, key);
	for (;;) {
		word = le64toh(load64(wire + at));
		zeros = (word - ones) & ~word & ones << 7;
		if (zeros != 0)
			break;
		hash = hash_fold(hash ^ word, key);
		at += sizeof word;
		if (at + sizeof word > len)
			return 0;
	}
	hash = hash_fold(hash ^ (word & (zeros ^ (zeros - 1))), key); /* up to the zero */
	end = at + (size_t)__builtin_ctzll(zeros) / 8 + QUESTION_BEHIND_NAME;
	if (end > len)
		return 0;
	hash = hash_fold(hash ^ load32(wire + end - 4), key);
	return hash_fold(hash + find_run(wire, len, end).sum, key) | MEMO_HASH_LEAST;
}

static uint32_t ttl_at(const uint8_t *b)
{
	uint32_t ttl = be32toh(load32(b));

	return ttl > INT32_MAX ? 0 : ttl; /* RFC 2181, 8 */
}

/* Of the words at the start, and of those so many octets on. */
static inline uint64_t pairs_differ(const uint8_t *a, const uint8_t *b, size_t on)
{
	return (load64(a) ^ load64(b)) | (load64(a + on) ^ load64(b + on));
}

/* Not 0 where n octets differ. */
static inline uint64_t octets_differ(const uint8_t *a, const uint8_t *b, size_t n)
{
	uint64_t differ = 0;
	size_t i = 0;

	if (n > 16) { /* some are looked at twice, here and below */
		for (; i + 16 < n; i += 16)
			differ |= pairs_differ(a + i, b + i, 8);
		return differ | pairs_differ(a + n - 16, b + n - 16, 8);
	}
	if (n >= 8)
		return pairs_differ(a, b, n - 8);
	if (n >= 4)
		return (load32(a) ^ load32(b)) | (load32(a + n - 4) ^ load32(b + n - 4));
	for (; i < n; i++)
		differ |= a[i] ^ b[i];
	return differ;
}

/* A message beside one that is kept. `differ` and `stale` are gathered without branches, since nearly all are
 * the same and fresh. */
struct comparison {
	const uint8_t *kept, *wire;
	int64_t now_s;
	uint64_t differ; /* not 0: they do */
	bool stale;      /* some record lives longer than the kept one */
};

static bool outlives(int64_t now_s, const uint8_t *kept_ttl, const uint8_t *ttl)
{
	return now_s + ttl_at(ttl) > load32(kept_ttl);
}

/* Two records of runs, but for their TTLs. */
static uint64_t records_differ(const uint8_t *a, const uint8_t *b, unsigned stride)
{
	uint64_t differ = heads_differ(load64(a), load64(b)) | rests_differ(load64(a + 8), load64(b + 8));

	return stride == MEMO_RECORD_FIXED + 4 ? differ : differ | octets_differ(a + 16, b + 16, 12);
}

/* The records of the run in the order that the entry has them in, by their last octets; found one by one. */
static void compare_shuffled(struct comparison *c, unsigned n, unsigned stride)
{
	uint32_t used = 0;

	for (unsigned k = 0; k < n; k++) {
		const uint8_t *kept = c->kept + k * stride;
		unsigned i = 0;

		while (i < n &&
		       ((used >> i & 1) != 0 || last4(c->wire + i * stride, stride) != last4(kept, stride)))
			i++;
		if (i == n) {
			c->differ = 1;
			return;
		}
		used |= (uint32_t)1 << i;
		c->differ |= records_differ(kept, c->wire + i * stride, stride);
		c->stale |= outlives(c->now_s, kept + MEMO_TTL_AT, c->wire + i * stride + MEMO_TTL_AT);
	}
}

/* The same when they are turned: as the wire has them from number `first` on. */
static void compare_turned(struct comparison *c, unsigned n, unsigned stride, unsigned first)
{
	const uint8_t *kept = c->kept, *wire = c->wire + first * stride, *end = c->wire + n * stride;
	uint64_t differ = 0;
	bool stale = false;

	for (unsigned k = 0; k < n; k++) {
		differ |= records_differ(kept, wire, stride);
		stale |= outlives(c->now_s, kept + MEMO_TTL_AT, wire + MEMO_TTL_AT);
		kept += stride;
		wire = wire + stride == end ? c->wire : wire + stride;
	}
	c->differ |= differ;
	c->stale |= stale;
}

/* The run of addresses, whose order is nothing. Mostly it is turned, at random: no branch hangs on that. */
static void compare_run(struct comparison *c, const struct memo_entry *e)
{
	unsigned first = 0, n = e->run_n, stride = e->run_stride;
	struct comparison run = {c->kept + e->run_at, c->wire + e->run_at, c->now_s, 0, false}, turned = run;
	uint32_t want = last4(run.kept, stride);

	for (unsigned k = 0; k < n; k++)
		first = last4(run.wire + k * stride, stride) == want ? k : first;
	compare_turned(&turned, n, stride, first);
	if (turned.differ != 0) {
		turned = run;
		compare_shuffled(&turned, n, stride);
	}
	c->differ |= turned.differ;
	c->stale |= turned.stale;
}

/* The n TTLs by their steps, and what lies before each, from `from` on, where the one before stands at `at`.
 * Returns where the last ends. */
static size_t compare_ttls(struct comparison *c, const uint8_t *steps, unsigned n, size_t at, size_t from)
{
	const uint8_t *kept = c->kept, *wire = c->wire;
	uint64_t differ = 0;
	bool stale = false;

	for (unsigned i = 0; i < n; i++) {
		at += steps[i];
		differ |= octets_differ(kept + from, wire + from, at - from);
		stale |= outlives(c->now_s, kept + at, wire + at);
		from = at + 4;
	}
	c->differ |= differ;
	c->stale |= stale;
	return from;
}

enum match memo_match(const struct memo_entry *e, const struct intake *in)
{
	struct comparison c = {.kept = e->octets + e->n_ttls,
			       .wire = in->wire,
			       .now_s = in->time_ns / NS_PER_SECOND,
			       .stale = in->time_ns < e->time_ns};
	unsigned before = e->run_ttl, n = e->run_n;
	size_t from, last;

	if (((e->len ^ in->len) | (uint32_t)(e->vantage ^ in->vantage) | (uint32_t)(e->lacks ^ in->lacks) |
	     (uint32_t)(e->role ^ in->role)) != 0)
		return DIFFERENT;
	from = compare_ttls(&c, e->octets, before, 0, 2);
	if (n != 0) {
		c.differ |= octets_differ(c.kept + from, c.wire + from, e->run_at - from);
		compare_run(&c, e);
		from = e->run_at + (size_t)n * e->run_stride;
		last = from - e->run_stride + MEMO_TTL_AT;
		from = compare_ttls(&c, e->octets + before + n, e->n_ttls - before - n, last, from);
	}
	c.differ |= octets_differ(c.kept + from, c.wire + from, in->len - from);
	return c.differ != 0 ? DIFFERENT : c.stale ? STALE : REPEAT;
}
