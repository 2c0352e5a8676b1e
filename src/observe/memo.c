/* SPDX-License-Identifier: Apache-2.0 */
/* memo.c -- see memo.h. */
#include "observe/memo.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/stamp.h"
#include "observe/memo_wire.h"

enum {
	TOLD = 1 << 13, /* few enough to stay in the processor's cache */
	TOLD_ALL = 1 << 12,
	HUGE_OCTETS = 2 << 20,
	FIRST_OCTETS = 4 << 20, /* it grows with what there is to keep */
	/* a slot: tag, whether the message was met again, its lines */
	SLOT_LINES = 0x0f,
	SLOT_MET = 0x10,
	SLOT_TAG_LEAST = MEMO_HASH_LEAST
};

static const size_t no_line = SIZE_MAX;

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
	memset(m->told_all, 0, TOLD_ALL * sizeof *m->told_all);
}

enum err memo_open(struct memo *m, size_t octets, uint64_t bucket_key)
{
	size_t bucket = MEMO_LINES * (MEMO_LINE_OCTETS + sizeof *m->slots) + sizeof *m->hands;
	size_t n = octets / bucket == 0 ? 1 : octets / bucket, most;
	size_t lines, slots, told = TOLD * sizeof *m->told, all = TOLD_ALL * sizeof *m->told_all;
	unsigned doublings = 0;

	n = n > UINT32_MAX ? UINT32_MAX : n;
	while ((n >> doublings) * bucket > FIRST_OCTETS)
		doublings++;
	n >>= doublings;
	most = n << doublings;
	lines = most * MEMO_LINES * MEMO_LINE_OCTETS;
	slots = most * MEMO_LINES * sizeof *m->slots;
	*m = (struct memo){.n_buckets = (uint32_t)n, .n_most = (uint32_t)most, .key = bucket_key};
	m->lines = take_room(lines + slots + told + all + most);
	if (m->lines == NULL) {
		*m = (struct memo){0};
		return E_MEMORY;
	}
	m->slots = (uint16_t *)(void *)(m->lines + lines);
	m->told = (struct memo_told *)(void *)(m->lines + lines + slots);
	m->told_all = (struct memo_told_all *)(void *)(m->lines + lines + slots + told);
	m->hands = m->lines + lines + slots + told + all;
	forget(m); /* lines are read where a slot says so, and never cleared */
	memset(m->hands, 0, most);
	return OK;
}

void memo_close(struct memo *m)
{
	free(m->lines);
	*m = (struct memo){0};
}

static uint32_t tick_of(int64_t time_ns)
{
	return (uint32_t)((uint64_t)time_ns >> 20);
}

bool memo_knows(const struct memo *m, const struct memo_tale *t)
{
	const struct memo_told *told;

	if (m->told == NULL)
		return false;
	told = &m->told[t->fingerprint & (TOLD - 1)];
	return told->fingerprint == t->fingerprint && (told->targets >> t->target & 1) != 0 &&
	       (int32_t)(tick_of(t->time_ns) - told->tick) > 0 && t->dies_s <= told->dies_s;
}

void memo_note(struct memo *m, const struct memo_tale *t)
{
	uint32_t tick = tick_of(t->time_ns), target = (uint32_t)1 << t->target;
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

uint32_t memo_knows_all(const struct memo *m, const struct memo_tale_all *t)
{
	const struct memo_told_all *told;
	bool later = false;

	if (m->told_all == NULL)
		return 0;
	told = &m->told_all[t->fingerprint & (TOLD_ALL - 1)];
	for (unsigned i = 0; i < MEMO_SETS; i++)
		later |= t->dies_s[i] > told->dies_s[i];
	return told->fingerprint == t->fingerprint && (told->targets >> t->target & 1) != 0 && !later &&
			       (int32_t)(tick_of(t->time_ns) - told->tick) > 0
		       ? told->n_obs
		       : 0;
}

void memo_note_all(struct memo *m, const struct memo_tale_all *t, uint64_t n_obs)
{
	uint32_t tick = tick_of(t->time_ns), target = (uint32_t)1 << t->target;
	struct memo_told_all now = {t->fingerprint, tick, target, {0}, (uint32_t)n_obs}, *told;

	if (m->told_all == NULL)
		return;
	for (unsigned i = 0; i < MEMO_SETS; i++) {
		if (t->dies_s[i] < 0 || t->dies_s[i] > UINT32_MAX)
			return;
		now.dies_s[i] = (uint32_t)t->dies_s[i];
	}
	told = &m->told_all[t->fingerprint & (TOLD_ALL - 1)];
	if (told->fingerprint == t->fingerprint &&
	    memcmp(told->dies_s, now.dies_s, sizeof now.dies_s) == 0) { /* to others too */
		now.targets |= told->targets;
		now.tick = (int32_t)(tick - told->tick) > 0 ? tick : told->tick;
	}
	*told = now;
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
	for (unsigned i = 0; i < MEMO_LINES; i += 8) { /* the lowest bit of each of eight comes to the top */
		uint64_t eight;

		memcpy(&eight, same + i, sizeof eight);
		lines |= (uint32_t)(le64toh(eight) * UINT64_C(0x0102040810204080) >> 56) << i;
	}
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

/* Where the next message of the bucket will be kept, most likely. */
static void fetch_room(const struct memo *m, uint64_t hash)
{
	size_t bucket = bucket_of(m, hash);
	const struct memo_entry *next = entry_at(m, bucket * MEMO_LINES + m->hands[bucket]);

	for (unsigned i = 0; i < 4; i++)
		__builtin_prefetch((const void *)((uintptr_t)next + i * MEMO_LINE_OCTETS), 1);
}

/* Half of the announced way on: the slots are here, so the message that may be found can be fetched. */
static void fetch_entry(const struct memo *m, struct memo_ahead *a)
{
	a->line = a->hash == 0 ? no_line : next_line(m, a->hash, bucket_of(m, a->hash) * MEMO_LINES);
	if (a->line == no_line) {
		fetch_room(m, a->hash);
		return;
	}
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
	a->hash = in->zone_len != 0 || in->count != 1 || in->late != 0 ? 0
								       : memo_hash(in->wire, in->len, m->key);
	a->line = no_line;
	__builtin_prefetch(m->slots + bucket_of(m, a->hash) * MEMO_LINES);
	if (number >= MEMO_AHEAD / 2)
		fetch_entry(m, &m->ahead[(number - MEMO_AHEAD / 2) % MEMO_AHEAD]);
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
		enum match found = memo_match(e, in);

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
		size_t at = (size_t)(r->rdata - message->wire) - (MEMO_RECORD_FIXED - MEMO_TTL_AT);
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
	m->lines_kept += lines;
	slots[at] = (uint16_t)(tag_of(hash) | lines);
	return bucket * MEMO_LINES + at;
}

/* The number of the first TTL of the run; t->n when they are not all there, one behind the other. */
static unsigned run_ttl(const struct ttls *t, const struct run *r)
{
	unsigned first = 0, k = 1;
	size_t at = 0;

	while (first < t->n && (at += t->steps[first]) != r->at + MEMO_TTL_AT)
		first++;
	while (k < r->n && first + k < t->n && t->steps[first + k] == r->stride)
		k++;
	return k == r->n ? first : t->n;
}

static void fill(struct memo_entry *e, const struct intake *in, const struct ttls *t, size_t n_obs)
{
	struct run run = memo_run(in->wire, in->len, memo_question_end(in->wire, in->len));
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
	if (octets > MEMO_ENTRY_MAX)
		return;
	if (e == NULL)
		e = entry_at(m, make_room(m, place->hash,
					  (uint32_t)((octets + MEMO_LINE_OCTETS - 1) / MEMO_LINE_OCTETS)));
	fill(e, in, &ttls, n_obs);
}

/* Each bucket becomes two, from the last on, so that none is written over before it was read. */
static void grow(struct memo *m)
{
	uint32_t n = m->n_buckets;

	m->n_buckets = 2 * n;
	for (size_t b = n; b-- > 0;) {
		_Alignas(struct memo_entry) uint8_t lines[MEMO_LINES * MEMO_LINE_OCTETS];
		uint16_t slots[MEMO_LINES];

		memcpy(lines, entry_at(m, b * MEMO_LINES), sizeof lines);
		memcpy(slots, m->slots + b * MEMO_LINES, sizeof slots);
		memset(m->slots + 2 * b * MEMO_LINES, 0, 2 * sizeof slots);
		m->hands[2 * b] = m->hands[2 * b + 1] = 0;
		for (size_t i = 0; i < MEMO_LINES; i++) {
			const struct memo_entry *e =
				(const struct memo_entry *)(const void *)(lines + i * MEMO_LINE_OCTETS);
			uint32_t room = slots[i] & SLOT_LINES;
			uint64_t hash = room == 0 ? 0 : memo_hash(e->octets + e->n_ttls, e->len, m->key);

			if (hash != 0)
				memcpy(entry_at(m, make_room(m, hash, room)), e,
				       (size_t)room * MEMO_LINE_OCTETS);
		}
	}
}

void memo_begin(struct memo *m, uint64_t generation)
{
	if (m->slots != NULL && m->generation != generation)
		forget(m);
	m->generation = generation;
	if (m->n_buckets < m->n_most && m->lines_kept > (uint64_t)m->n_buckets * MEMO_LINES / 2)
		grow(m);
}
