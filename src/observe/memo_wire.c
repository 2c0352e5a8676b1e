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

/* Of two records: whether owner, type and class differ. */
static bool heads_differ(const uint8_t *a, const uint8_t *b)
{
	return ((load32(a) ^ load32(b)) | (load32(a + 2) ^ load32(b + 2))) != 0;
}

struct run memo_run(const uint8_t *wire, size_t len, size_t at)
{
	unsigned left = u16_at(wire + 6), type = 0, rdlen = 0; /* left: of the answer's records */
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
	while (r.n < left && at + r.stride <= len && !heads_differ(wire + at, wire + r.at) &&
	       u16_at(wire + at + RDLEN_AT) == rdlen) {
		r.sum += last4(wire + at, r.stride);
		r.n++;
		at += r.stride;
	}
	return r;
}

/* Keyed, so that who does not know the key cannot choose what falls together. */
static uint64_t mix(uint64_t hash, uint64_t word, uint64_t key)
{
	uint64_t x = (hash ^ word) + key;

	return (x & UINT32_MAX) * (x >> 32) + (x << 23 | x >> 41);
}

/*
 * The name is taken to end at its first
 * zero, eight octets at a time: in a name with zeros in it that is too early, which does no harm, for
 * messages are compared.
 */
uint64_t memo_hash(const uint8_t *wire, size_t len, uint64_t key)
{
	static const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t hash, word, zeros;
	size_t at = DNS_HEADER_OCTETS, end;

	if (len > WIRE_MAX || len < DNS_HEADER_OCTETS + sizeof word || (wire[2] & 0x80) == 0 ||
	    u16_at(wire + 4) != 1)
		return 0;
	hash = mix(load64(wire + 2), len, key);
	for (;;) {
		word = le64toh(load64(wire + at));
		zeros = (word - ones) & ~word & ones << 7;
		if (zeros != 0)
			break;
		hash = mix(hash, word, key);
		at += sizeof word;
		if (at + sizeof word > len)
			return 0;
	}
	hash = mix(hash, word & (zeros ^ (zeros - 1)), key); /* up to the zero */
	end = at + (size_t)__builtin_ctzll(zeros) / 8 + QUESTION_BEHIND_NAME;
	if (end > len)
		return 0;
	hash = mix(hash, load32(wire + end - 4), key);
	return hash_u64(hash + memo_run(wire, len, end).sum, key) | MEMO_HASH_LEAST;
}

static uint32_t ttl_at(const uint8_t *b)
{
	uint32_t ttl = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];

	return ttl > INT32_MAX ? 0 : ttl; /* RFC 2181, 8 */
}

/* Not 0 where n octets differ. */
static uint64_t octets_differ(const uint8_t *a, const uint8_t *b, size_t n)
{
	uint64_t differ = 0;
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		differ |= load64(a + i) ^ load64(b + i);
	if (i == n)
		return differ;
	if (n >= 8) /* some are looked at twice */
		return differ | (load64(a + n - 8) ^ load64(b + n - 8));
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

static bool outlives(const struct comparison *c, const uint8_t *kept_ttl, const uint8_t *ttl)
{
	return c->now_s + ttl_at(ttl) > load32(kept_ttl);
}

/* A record of the run of addresses. */
static void compare_record(struct comparison *c, const uint8_t *kept, const uint8_t *record, unsigned stride)
{
	uint32_t differ = (load32(kept) ^ load32(record)) | (load32(kept + 2) ^ load32(record + 2)) |
			  (load32(kept + RDLEN_AT) ^ load32(record + RDLEN_AT)) |
			  (load32(kept + MEMO_RECORD_FIXED) ^ load32(record + MEMO_RECORD_FIXED));

	c->differ |= differ;
	if (stride != MEMO_RECORD_FIXED + 4)
		c->differ |= octets_differ(kept + MEMO_RECORD_FIXED + 4, record + MEMO_RECORD_FIXED + 4, 12);
	c->stale |= outlives(c, kept + MEMO_TTL_AT, record + MEMO_TTL_AT);
}

/* The records of the run in the order that the entry has them in, by their last octets; found one by one. */
static void compare_shuffled(struct comparison *c, unsigned n, unsigned stride)
{
	uint32_t used = 0;

	for (unsigned k = 0; k < n; k++) {
		uint32_t want = last4(c->kept + k * stride, stride);
		unsigned i = 0;

		while (i < n && ((used >> i & 1) != 0 || last4(c->wire + i * stride, stride) != want))
			i++;
		if (i == n) {
			c->differ = 1;
			return;
		}
		used |= (uint32_t)1 << i;
		compare_record(c, c->kept + k * stride, c->wire + i * stride, stride);
	}
}

/* The run of addresses, whose order is nothing. Mostly it is turned, at random: no branch hangs on that. */
static void compare_run(struct comparison *c, const struct memo_entry *e)
{
	struct comparison run = {c->kept + e->run_at, c->wire + e->run_at, c->now_s, 0, false};
	unsigned first = 0, n = e->run_n, stride = e->run_stride;
	uint32_t want = last4(run.kept, stride);
	struct comparison turned = run;

	for (unsigned k = 0; k < n; k++)
		first = last4(run.wire + k * stride, stride) == want ? k : first;
	for (unsigned k = 0; k < n; k++) {
		unsigned i = first + k < n ? first + k : first + k - n;

		compare_record(&turned, run.kept + k * stride, run.wire + i * stride, stride);
	}
	if (turned.differ != 0) {
		turned = run;
		compare_shuffled(&turned, n, stride);
	}
	c->differ |= turned.differ;
	c->stale |= turned.stale;
}

/* The TTLs from number i to `end`, and what lies before each, from `from` on, where the one before stands at
 * `at`. Returns where the last ends. */
static size_t compare_ttls(struct comparison *c, const uint8_t *steps, unsigned n, size_t at, size_t from)
{
	for (unsigned i = 0; i < n; i++) {
		at += steps[i];
		c->differ |= octets_differ(c->kept + from, c->wire + from, at - from);
		c->stale |= outlives(c, c->kept + at, c->wire + at);
		from = at + 4;
	}
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

	if (e->len != in->len || e->vantage != in->vantage || e->lacks != in->lacks || e->role != in->role)
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
