/* SPDX-License-Identifier: Apache-2.0 */
/* memo.c -- see memo.h. */
#include "observe/memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"

enum {
	TOLD = 1 << 13, /* few enough to stay in the processor's cache */
	ENTRY_MAX = MEMO_ENTRY_LINES * MEMO_LINE_OCTETS,
	WIRE_MAX = ENTRY_MAX - (int)offsetof(struct memo_entry, octets),
	RECORD_FIXED = 12, /* of a record whose owner is a pointer: octets before the rdata */
	TTL_BEFORE_RDATA = 6,
	RDLEN_AT = 10,
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

enum err memo_open(struct memo *m, size_t octets, uint64_t bucket_key)
{
	size_t bucket = MEMO_LINES * (MEMO_LINE_OCTETS + sizeof *m->slots) + sizeof *m->hands;
	size_t n = octets / bucket == 0 ? 1 : octets / bucket;

	n = n > UINT32_MAX ? UINT32_MAX : n;
	*m = (struct memo){.n_buckets = (uint32_t)n, .key = bucket_key};
	/* lines are read where a slot says so, and never cleared */
	m->lines = aligned_alloc(MEMO_LINE_OCTETS, n * MEMO_LINES * MEMO_LINE_OCTETS);
	m->slots = calloc(n * MEMO_LINES, sizeof *m->slots);
	m->hands = calloc(n, sizeof *m->hands);
	m->told = calloc(TOLD, sizeof *m->told);
	if (m->told != NULL && m->lines != NULL && m->slots != NULL && m->hands != NULL)
		return OK;
	memo_close(m);
	return E_MEMORY;
}

void memo_close(struct memo *m)
{
	free(m->lines);
	free(m->slots);
	free(m->hands);
	free(m->told);
	*m = (struct memo){0};
}

void memo_begin(struct memo *m, uint64_t generation)
{
	if (m->slots != NULL && m->generation != generation) {
		memset(m->slots, 0, (size_t)m->n_buckets * MEMO_LINES * sizeof *m->slots);
		memset(m->told, 0, TOLD * sizeof *m->told);
	}
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
	return at + 5 <= len ? at + 5 : 0;
}

static unsigned u16_at(const uint8_t *b)
{
	return (unsigned)b[0] << 8 | b[1];
}

static uint32_t last4(const uint8_t *record, unsigned stride)
{
	uint32_t v;

	memcpy(&v, record + stride - sizeof v, sizeof v);
	return v;
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
	while (r.n < left && r.n < 32 && at + r.stride <= len && memcmp(wire + at, wire + r.at, 6) == 0 &&
	       u16_at(wire + at + RDLEN_AT) == rdlen) {
		r.sum += last4(wire + at, r.stride);
		r.n++;
		at += r.stride;
	}
	return r;
}

/* Question and addresses: the orders of a rotated set share it. */
static uint64_t hash_of(const struct memo *m, const struct intake *in)
{
	size_t end = question_end(in->wire, in->len);

	if (end == 0 || in->len > WIRE_MAX || (in->wire[2] & 0x80) == 0)
		return 0;
	return hash_bytes(in->wire + 2, end - 2, m->key ^ run_of(in->wire, in->len, end).sum) |
	       SLOT_TAG_LEAST;
}

static size_t bucket_of(const struct memo *m, uint64_t hash)
{
	return (size_t)((hash >> 32) * m->n_buckets >> 32);
}

static bool is_tagged(uint32_t slot, uint64_t hash)
{
	return ((slot ^ (uint32_t)hash) & ~(uint32_t)(SLOT_TAG_LEAST - 1)) == 0;
}

/* The next line of the bucket, from `line` on, where a message with this hash begins. */
static size_t next_line(const struct memo *m, uint64_t hash, size_t line)
{
	for (size_t end = (bucket_of(m, hash) + 1) * MEMO_LINES; line < end; line++)
		if (is_tagged(m->slots[line], hash))
			return line;
	return no_line;
}

static struct memo_entry *entry_at(const struct memo *m, size_t line)
{
	return (struct memo_entry *)(void *)(m->lines + line * MEMO_LINE_OCTETS);
}

/* Half of the announced way on: the slots are here, so the message that may be found can be fetched. */
static void fetch_entry(const struct memo *m, struct memo_ahead *a)
{
	a->line = a->hash == 0 ? no_line : next_line(m, a->hash, bucket_of(m, a->hash) * MEMO_LINES);
	for (uint32_t i = 0; a->line != no_line && i < (m->slots[a->line] & SLOT_LINES); i++)
		__builtin_prefetch(entry_at(m, a->line + i));
}

void memo_announce(struct memo *m, const struct intake *in, size_t number)
{
	struct memo_ahead *a = &m->ahead[number % MEMO_AHEAD];
	const uint32_t *slots;

	if (m->slots == NULL)
		return;
	a->hash = in->zone_len != 0 || in->count != 1 || in->late != 0 ? 0 : hash_of(m, in);
	a->line = no_line;
	slots = m->slots + bucket_of(m, a->hash) * MEMO_LINES;
	__builtin_prefetch(slots);
	__builtin_prefetch(slots + MEMO_LINES / 2);
	if (number >= MEMO_AHEAD / 2)
		fetch_entry(m, &m->ahead[(number - MEMO_AHEAD / 2) % MEMO_AHEAD]);
}

static uint32_t ttl_at(const uint8_t *b)
{
	uint32_t ttl = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];

	return ttl > INT32_MAX ? 0 : ttl; /* RFC 2181, 8 */
}

static void copy_record(uint8_t *to, const uint8_t *from, unsigned stride)
{
	memcpy(to, from, RECORD_FIXED + 4); /* of constant length: no calls for four octets */
	if (stride != RECORD_FIXED + 4)
		memcpy(to + RECORD_FIXED + 4, from + RECORD_FIXED + 4, 12);
}

/* As put_in_order, of a set that was turned; false when it was not. Written without branches that hang on the
 * turn, for that is random. */
static bool turn_back(const struct memo_entry *e, const uint8_t *kept, const uint8_t *from, uint8_t *to)
{
	unsigned first = 0, n = e->run_n, stride = e->run_stride;
	uint32_t want = last4(kept, stride), wrong = 0;

	for (unsigned k = 0; k < n; k++)
		first = last4(from + k * stride, stride) == want ? k : first;
	for (unsigned k = 0; k < n; k++) {
		unsigned i = first + k < n ? first + k : first + k - n;

		wrong |= last4(from + i * stride, stride) ^ last4(kept + k * stride, stride);
		copy_record(to + k * stride, from + i * stride, stride);
	}
	return wrong == 0;
}

/* Copies the records of the run in the order that the entry has them in; false where one is missing. What is
 * compared here are the last octets: the whole is compared later. */
static bool put_in_order(const struct memo_entry *e, const uint8_t *kept, const uint8_t *from, uint8_t *to)
{
	unsigned n = e->run_n, stride = e->run_stride;
	uint32_t used = 0;

	if (turn_back(e, kept, from, to))
		return true;
	for (unsigned k = 0; k < n; k++) {
		uint32_t want = last4(kept + k * stride, stride);
		unsigned i = 0;

		while (i < n && ((used >> i & 1) != 0 || last4(from + i * stride, stride) != want))
			i++;
		if (i == n)
			return false;
		used |= (uint32_t)1 << i;
		copy_record(to + k * stride, from + i * stride, stride);
	}
	return true;
}

/* The message is brought to the form of what is kept, then all of it is compared. */
static enum match match(const struct memo_entry *e, const struct intake *in)
{
	const uint8_t *kept = e->octets + e->n_ttls;
	int64_t now_s = in->time_ns / NS_PER_SECOND;
	bool stale = in->time_ns < e->time_ns;
	uint8_t copy[WIRE_MAX];
	size_t at = 0;

	if (e->len != in->len || e->vantage != in->vantage || e->lacks != in->lacks || e->role != in->role)
		return DIFFERENT;
	memcpy(copy, in->wire, in->len);
	memcpy(copy, kept, 2); /* the id is not compared */
	if (e->run_n > 1 && !put_in_order(e, kept + e->run_at, in->wire + e->run_at, copy + e->run_at))
		return DIFFERENT;
	for (unsigned i = 0; i < e->n_ttls; i++) {
		uint32_t dies_s;

		at += e->octets[i];
		memcpy(&dies_s, kept + at, sizeof dies_s);
		stale |= now_s + ttl_at(copy + at) > dies_s;
		memcpy(copy + at, &dies_s, sizeof dies_s);
	}
	return memcmp(copy, kept, in->len) != 0 ? DIFFERENT : stale ? STALE : REPEAT;
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
			m->slots[a.line] |= SLOT_MET;
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
		size_t at = (size_t)(r->rdata - message->wire) - TTL_BEFORE_RDATA;
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
static uint32_t past_met(uint32_t *slots, uint32_t at, uint32_t lines)
{
	for (uint32_t i = at; i < at + lines; i++)
		if ((slots[i] & SLOT_MET) != 0) {
			slots[i] &= ~(uint32_t)SLOT_MET;
			return i + (slots[i] & SLOT_LINES);
		}
	return at;
}

/* So many lines of the bucket, free. Every turn ends the search, wraps it, or clears a mark. */
static size_t make_room(struct memo *m, uint64_t hash, uint32_t lines)
{
	size_t bucket = bucket_of(m, hash);
	uint32_t *slots = m->slots + bucket * MEMO_LINES;
	uint32_t at = m->hands[bucket], next = at;

	do {
		at = next + lines > MEMO_LINES ? 0 : next;
		next = past_met(slots, at, lines);
	} while (next != at);
	memset(slots + at, 0,
	       lines * sizeof *slots); /* a message that began here and goes on behind is gone */
	m->hands[bucket] = (uint8_t)(at + lines);
	slots[at] = ((uint32_t)hash & ~(uint32_t)(SLOT_TAG_LEAST - 1)) | lines;
	return bucket * MEMO_LINES + at;
}

static void fill(struct memo_entry *e, const struct intake *in, const struct ttls *t, size_t n_obs)
{
	struct run run = run_of(in->wire, in->len, question_end(in->wire, in->len));
	uint8_t *kept = e->octets + t->n;
	size_t at = 0;

	*e = (struct memo_entry){
		.time_ns = in->time_ns,
		.len = (uint16_t)in->len,
		.vantage = in->vantage,
		.lacks = in->lacks,
		.run_at = (uint16_t)run.at,
		.run_n = (uint8_t)run.n,
		.run_stride = (uint8_t)run.stride,
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
