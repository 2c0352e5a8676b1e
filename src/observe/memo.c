/* SPDX-License-Identifier: Apache-2.0 */
/* memo.c -- see memo.h. */
#include "observe/memo.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"

enum {
	TOLD = 1 << 13, /* few enough to stay in the processor's cache */
	HUGE_OCTETS = 2 << 20,
	ENTRY_MAX = MEMO_ENTRY_LINES * MEMO_LINE_OCTETS,
	WIRE_MAX = ENTRY_MAX - (int)offsetof(struct memo_entry, octets),
	RECORD_FIXED = 12, /* of a record whose owner is a pointer: octets before the rdata */
	TTL_AT = 6,
	RDLEN_AT = 10,
	QUESTION_BEHIND_NAME = 5, /* octets from the name's last one on: root, type, class */
	RUN_MAX = 32,
	/* a slot: tag, whether the message was met again, its lines */
	SLOT_LINES = 0x0f,
	SLOT_MET = 0x10,
	SLOT_TAG_LEAST = 0x20
};

static const size_t no_line = SIZE_MAX;

/* Records that differ in nothing but their addresses, as they stand on the wire. */
struct run {
	size_t at;
	unsigned n, stride;
	uint32_t sum; /* of the addresses, in whatever order */
};

enum match { DIFFERENT, STALE, REPEAT };

/* Room that is read here and there: in large pages, where there are any, few look-ups of pages miss. */
static void *take_room(size_t octets)
{
	size_t unit = octets < HUGE_OCTETS ? MEMO_LINE_OCTETS : HUGE_OCTETS;
	size_t room = (octets + unit - 1) / unit * unit;
	void *at = aligned_alloc(unit, room);

	if (at != NULL && unit == HUGE_OCTETS)
		(void)madvise(at, room, MADV_HUGEPAGE);
	return at;
}

static void forget(struct memo *m)
{
	memset(m->slots, 0, (size_t)m->n_buckets * MEMO_LINES * sizeof *m->slots);
	memset(m->told, 0, TOLD * sizeof *m->told);
}

enum err memo_open(struct memo *m, size_t octets, uint64_t bucket_key)
{
	size_t bucket = MEMO_LINES * (MEMO_LINE_OCTETS + sizeof *m->slots) + sizeof *m->hands;
	size_t n = octets / bucket == 0 ? 1 : octets / bucket;
	size_t lines, slots, told = TOLD * sizeof *m->told;

	n = n > UINT32_MAX ? UINT32_MAX : n;
	lines = n * MEMO_LINES * MEMO_LINE_OCTETS;
	slots = n * MEMO_LINES * sizeof *m->slots;
	*m = (struct memo){.n_buckets = (uint32_t)n, .key = bucket_key};
	m->lines = take_room(lines + slots + told + n);
	if (m->lines == NULL) {
		*m = (struct memo){0};
		return E_MEMORY;
	}
	m->slots = (uint16_t *)(void *)(m->lines + lines);
	m->told = (struct memo_told *)(void *)(m->lines + lines + slots);
	m->hands = m->lines + lines + slots + told;
	forget(m); /* lines are read where a slot says so, and never cleared */
	memset(m->hands, 0, n);
	return OK;
}

void memo_close(struct memo *m)
{
	free(m->lines);
	*m = (struct memo){0};
}

void memo_begin(struct memo *m, uint64_t generation)
{
	if (m->slots != NULL && m->generation != generation)
		forget(m);
	m->generation = generation;
}

static uint32_t tick_of(const struct memo_tale *t)
{
	return (uint32_t)((uint64_t)t->time_ns >> 20);
}

bool memo_knows(const struct memo *m, const struct memo_tale *t)
{
	const struct memo_told *told;

	if (m->told == NULL)
		return false;
	told = &m->told[t->fingerprint & (TOLD - 1)];
	return told->fingerprint == t->fingerprint && (told->targets >> t->target & 1) != 0 &&
	       (int32_t)(tick_of(t) - told->tick) > 0 && t->dies_s <= told->dies_s;
}

void memo_note(struct memo *m, const struct memo_tale *t)
{
	uint32_t tick = tick_of(t), target = (uint32_t)1 << t->target;
	struct memo_told *told;

	if (m->told == NULL || t->dies_s < 0 || t->dies_s > UINT32_MAX)
		return;
	told = &m->told[t->fingerprint & (TOLD - 1)];
	if (told->fingerprint != t->fingerprint || t->dies_s > told->dies_s) {
		*told = (struct memo_told){t->fingerprint, tick, (uint32_t)t->dies_s, target};
		return;
	}
	if (t->dies_s < told->dies_s) /* seconds are whole, so lives differ by one: the longer one is kept */
		return;
	told->targets |= target;
	if ((int32_t)(tick - told->tick) > 0)
		told->tick = tick;
}

/* Where the only question ends, 0 when that cannot be said simply. */
static size_t question_end(const uint8_t *wire, size_t len)
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

/* Of two records: whether owner, type and class differ. */
static bool heads_differ(const uint8_t *a, const uint8_t *b)
{
	return ((load32(a) ^ load32(b)) | (load32(a + 2) ^ load32(b + 2))) != 0;
}

/* The first run of addresses behind the question and its aliases. All owners must be pointers: most are. */
static struct run run_of(const uint8_t *wire, size_t len, size_t at)
{
	unsigned left = u16_at(wire + 6), type = 0, rdlen = 0; /* left: of the answer's records */
	struct run r = {0};

	for (; left > 0 && at + RECORD_FIXED <= len && wire[at] >= 0xc0; left--) {
		type = u16_at(wire + at + 2);
		rdlen = u16_at(wire + at + RDLEN_AT);
		if (type != RR_CNAME)
			break;
		at += RECORD_FIXED + rdlen;
	}
	if (left == 0 || !((type == RR_A && rdlen == 4) || (type == RR_AAAA && rdlen == 16)))
		return r;
	r.at = at;
	r.stride = RECORD_FIXED + rdlen;
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
 * Header, question and addresses: the orders of a rotated set share it. The name is taken to end at its first
 * zero, eight octets at a time: in a name with zeros in it that is too early, which does no harm, for
 * messages are compared.
 */
static uint64_t hash_of(const struct memo *m, const struct intake *in)
{
	static const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint8_t *wire = in->wire;
	uint64_t hash, word, zeros;
	size_t at = DNS_HEADER_OCTETS, end;

	if (in->len > WIRE_MAX || in->len < DNS_HEADER_OCTETS + sizeof word || (wire[2] & 0x80) == 0 ||
	    u16_at(wire + 4) != 1)
		return 0;
	hash = mix(load64(wire + 2), in->len, m->key);
	for (;;) {
		word = le64toh(load64(wire + at));
		zeros = (word - ones) & ~word & ones << 7;
		if (zeros != 0)
			break;
		hash = mix(hash, word, m->key);
		at += sizeof word;
		if (at + sizeof word > in->len)
			return 0;
	}
	hash = mix(hash, word & (zeros ^ (zeros - 1)), m->key); /* up to the zero */
	end = at + (size_t)__builtin_ctzll(zeros) / 8 + QUESTION_BEHIND_NAME;
	if (end > in->len)
		return 0;
	hash = mix(hash, load32(wire + end - 4), m->key);
	return hash_u64(hash + run_of(wire, in->len, end).sum, m->key) | SLOT_TAG_LEAST;
}

static size_t bucket_of(const struct memo *m, uint64_t hash)
{
	return (size_t)((hash >> 32) * m->n_buckets >> 32);
}

static uint16_t tag_of(uint64_t hash)
{
	return (uint16_t)(hash & ~(uint64_t)(SLOT_TAG_LEAST - 1));
}

static bool is_tagged(uint16_t slot, uint64_t hash)
{
	return ((slot ^ tag_of(hash)) & ~(SLOT_TAG_LEAST - 1)) == 0;
}

/* The lines of a bucket, as bits, where a message with this hash begins. Without branches, many slots in one
 * step of the processor. */
static uint32_t lines_tagged(const uint16_t *slots, uint64_t hash)
{
	uint16_t tag = tag_of(hash);
	uint8_t same[MEMO_LINES];
	uint32_t lines = 0;

	for (unsigned i = 0; i < MEMO_LINES; i++)
		same[i] = ((slots[i] ^ tag) & (uint16_t) ~(SLOT_TAG_LEAST - 1)) == 0;
	for (unsigned i = 0; i < MEMO_LINES; i += 8) /* the lowest bit of each of eight comes to the top */
		lines |= (uint32_t)(le64toh(load64(same + i)) * UINT64_C(0x0102040810204080) >> 56) << i;
	return lines;
}

/* The next line of the bucket, from `line` on, where a message with this hash begins. */
static size_t next_line(const struct memo *m, uint64_t hash, size_t line)
{
	size_t first = bucket_of(m, hash) * MEMO_LINES, past = line - first;
	uint32_t lines = past == MEMO_LINES ? 0 : lines_tagged(m->slots + first, hash) >> past << past;

	return lines == 0 ? no_line : first + (size_t)__builtin_ctz(lines);
}

static struct memo_entry *entry_at(const struct memo *m, size_t line)
{
	return (struct memo_entry *)(void *)(m->lines + line * MEMO_LINE_OCTETS);
}

/* Half of the announced way on: the slots are here, so the message that may be found can be fetched. */
static void fetch_entry(const struct memo *m, struct memo_ahead *a)
{
	a->line = a->hash == 0 ? no_line : next_line(m, a->hash, bucket_of(m, a->hash) * MEMO_LINES);
	if (a->line == no_line)
		return;
	for (unsigned i = 0; i < 4; i++) /* the usual size, perhaps past the end */
		__builtin_prefetch((const void *)((uintptr_t)entry_at(m, a->line) + i * MEMO_LINE_OCTETS));
	for (uint32_t i = 4; i < (m->slots[a->line] & SLOT_LINES); i++)
		__builtin_prefetch(entry_at(m, a->line + i));
}

void memo_announce(struct memo *m, const struct intake *in, size_t number)
{
	struct memo_ahead *a = &m->ahead[number % MEMO_AHEAD];

	if (m->slots == NULL)
		return;
	a->hash = in->zone_len != 0 || in->count != 1 || in->late != 0 ? 0 : hash_of(m, in);
	a->line = no_line;
	__builtin_prefetch(m->slots + bucket_of(m, a->hash) * MEMO_LINES);
	if (number >= MEMO_AHEAD / 2)
		fetch_entry(m, &m->ahead[(number - MEMO_AHEAD / 2) % MEMO_AHEAD]);
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
			  (load32(kept + RECORD_FIXED) ^ load32(record + RECORD_FIXED));

	c->differ |= differ;
	if (stride != RECORD_FIXED + 4)
		c->differ |= octets_differ(kept + RECORD_FIXED + 4, record + RECORD_FIXED + 4, 12);
	c->stale |= outlives(c, kept + TTL_AT, record + TTL_AT);
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

/* All of the message but its id is compared. */
static enum match match(const struct memo_entry *e, const struct intake *in)
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
		last = from - e->run_stride + TTL_AT;
		from = compare_ttls(&c, e->octets + before + n, e->n_ttls - before - n, last, from);
	}
	c.differ |= octets_differ(c.kept + from, c.wire + from, in->len - from);
	return c.differ != 0 ? DIFFERENT : c.stale ? STALE : REPEAT;
}

const struct memo_entry *memo_find(struct memo *m, const struct intake *in, size_t number,
				   struct memo_place *place)
{
	struct memo_ahead a = m->slots == NULL ? (struct memo_ahead){0} : m->ahead[number % MEMO_AHEAD];

	*place = (struct memo_place){.hash = a.hash};
	if (a.hash == 0)
		return NULL;
	if (a.line == no_line || !is_tagged(m->slots[a.line], a.hash)) /* things may have moved since */
		a.line = next_line(m, a.hash, bucket_of(m, a.hash) * MEMO_LINES);
	for (; a.line != no_line; a.line = next_line(m, a.hash, a.line + 1)) {
		struct memo_entry *e = entry_at(m, a.line);
		enum match found = match(e, in);

		if (found == DIFFERENT)
			continue;
		if ((m->slots[a.line] & SLOT_MET) == 0)
			m->slots[a.line] = (uint16_t)(m->slots[a.line] | SLOT_MET);
		if (found == REPEAT)
			return e;
		place->entry = e;
		return NULL;
	}
	return NULL;
}

/* Where the TTLs of a message stand, and when its records die. */
struct ttls {
	unsigned n;
	uint8_t steps[MEMO_TTLS_MAX];
	uint32_t dies_s[MEMO_TTLS_MAX];
};

/* False when they do not fit an entry. */
static bool note_ttls(struct ttls *t, const struct intake *in, const struct message *message)
{
	int64_t now_s = in->time_ns / NS_PER_SECOND;
	size_t before = 0;

	t->n = 0;
	for (size_t i = 0; i < message->n_records; i++) {
		const struct record *r = &message->records[i];
		size_t at = (size_t)(r->rdata - message->wire) - (RECORD_FIXED - TTL_AT);
		int64_t dies = now_s + r->ttl;

		if (r->type == RR_OPT) /* its TTL is flags (RFC 6891, 6.1.3) and is compared */
			continue;
		if (t->n == MEMO_TTLS_MAX || at - before > UINT8_MAX || dies < 0 || dies > UINT32_MAX)
			return false;
		t->steps[t->n] = (uint8_t)(at - before);
		t->dies_s[t->n++] = (uint32_t)dies;
		before = at;
	}
	return true;
}

/* Where the hand goes to find so many lines without a message met again: past the first of those, which is
 * not passed over another time. `at` when there is none. */
static uint32_t past_met(uint16_t *slots, uint32_t at, uint32_t lines)
{
	for (uint32_t i = at; i < at + lines; i++)
		if ((slots[i] & SLOT_MET) != 0) {
			slots[i] = (uint16_t)(slots[i] & ~SLOT_MET);
			return i + (slots[i] & (uint32_t)SLOT_LINES);
		}
	return at;
}

/* So many lines of the bucket, free. Every turn ends the search, wraps it, or clears a mark. */
static size_t make_room(struct memo *m, uint64_t hash, uint32_t lines)
{
	size_t bucket = bucket_of(m, hash);
	uint16_t *slots = m->slots + bucket * MEMO_LINES;
	uint32_t at = m->hands[bucket], next = at;

	do {
		at = next + lines > MEMO_LINES ? 0 : next;
		next = past_met(slots, at, lines);
	} while (next != at);
	memset(slots + at, 0,
	       lines * sizeof *slots); /* a message that began here and goes on behind is gone */
	m->hands[bucket] = (uint8_t)(at + lines);
	slots[at] = (uint16_t)(tag_of(hash) | lines);
	return bucket * MEMO_LINES + at;
}

/* The number of the first TTL of the run; t->n when they are not all there, one behind the other. */
static unsigned run_ttl(const struct ttls *t, const struct run *r)
{
	unsigned first = 0, k = 1;
	size_t at = 0;

	while (first < t->n && (at += t->steps[first]) != r->at + TTL_AT)
		first++;
	while (k < r->n && first + k < t->n && t->steps[first + k] == r->stride)
		k++;
	return k == r->n ? first : t->n;
}

static void fill(struct memo_entry *e, const struct intake *in, const struct ttls *t, size_t n_obs)
{
	struct run run = run_of(in->wire, in->len, question_end(in->wire, in->len));
	uint8_t *kept = e->octets + t->n;
	unsigned first = run.n < 2 ? t->n : run_ttl(t, &run);
	size_t at = 0;

	if (first == t->n) /* none whose order matters */
		run = (struct run){0};
	*e = (struct memo_entry){
		.time_ns = in->time_ns,
		.len = (uint16_t)in->len,
		.vantage = in->vantage,
		.lacks = in->lacks,
		.run_at = (uint16_t)run.at,
		.run_n = (uint8_t)run.n,
		.run_stride = (uint8_t)run.stride,
		.run_ttl = (uint8_t)first,
		.n_ttls = (uint8_t)t->n,
		.n_obs = (uint8_t)n_obs,
		.role = in->role,
	};
	memcpy(e->octets, t->steps, t->n);
	memcpy(kept, in->wire, in->len);
	for (unsigned i = 0; i < t->n; i++) {
		at += t->steps[i];
		memcpy(kept + at, &t->dies_s[i], sizeof t->dies_s[i]);
	}
}

void memo_keep(struct memo *m, const struct memo_place *place, const struct intake *in,
	       const struct message *message, size_t n_obs)
{
	struct memo_entry *e = place->entry;
	struct ttls ttls;
	size_t octets;

	if (place->hash == 0 || n_obs > UINT8_MAX || message->odd_pointers || !note_ttls(&ttls, in, message))
		return;
	octets = offsetof(struct memo_entry, octets) + ttls.n + in->len;
	if (octets > ENTRY_MAX)
		return;
	if (e == NULL)
		e = entry_at(m, make_room(m, place->hash,
					  (uint32_t)((octets + MEMO_LINE_OCTETS - 1) / MEMO_LINE_OCTETS)));
	fill(e, in, &ttls, n_obs);
}
