/* SPDX-License-Identifier: Apache-2.0 */
/* memo_shelf.c -- see memo_shelf.h. */
#include "observe/memo_shelf.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	HUGE_OCTETS = 2 << 20,
	FIRST_OCTETS = 4 << 20, /* it grows with what there is to keep */
	/* a slot: tag, whether the message was met again, its lines */
	SLOT_LINES = 0x0f,
	SLOT_MET = 0x10,
	SLOT_TAG_LEAST = MEMO_HASH_LEAST
};

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

static void forget(struct memo_shelf *s)
{
	memset(s->slots, 0, (size_t)s->n_buckets * MEMO_LINES * sizeof *s->slots);
}

/* Else a shelf that is always in use would never be held alone. */
static void init_lock(pthread_rwlock_t *lock)
{
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(lock, &attr);
	pthread_rwlockattr_destroy(&attr);
}

struct memo_shelf *memo_shelf_open(size_t octets, uint64_t key)
{
	struct memo_shelf *s = calloc(1, sizeof *s);
	size_t bucket =
		MEMO_LINES * (MEMO_LINE_OCTETS + sizeof *s->slots) + sizeof *s->versions + sizeof *s->hands;
	size_t n = octets / bucket == 0 ? 1 : octets / bucket, most, lines, slots;
	unsigned doublings = 0;

	n = n > UINT32_MAX ? UINT32_MAX : n;
	while ((n >> doublings) * bucket > FIRST_OCTETS)
		doublings++;
	n >>= doublings;
	most = n << doublings;
	lines = most * MEMO_LINES * MEMO_LINE_OCTETS;
	slots = most * MEMO_LINES * sizeof *s->slots;
	if (s == NULL || (s->lines = take_room(lines + slots + most * sizeof *s->versions + most)) == NULL) {
		free(s);
		return NULL;
	}
	s->n_buckets = (uint32_t)n;
	s->n_most = (uint32_t)most;
	s->key = key;
	s->users = 1;
	s->slots = (uint16_t *)(void *)(s->lines + lines);
	s->versions = (uint32_t *)(void *)(s->lines + lines + slots);
	s->hands = (uint8_t *)(s->versions + most);
	forget(s); /* lines are read where a slot says so, and never cleared */
	memset(s->versions, 0, most * sizeof *s->versions + most);
	init_lock(&s->lock);
	return s;
}

void memo_shelf_close(struct memo_shelf *s)
{
	if (s == NULL || --s->users > 0)
		return;
	pthread_rwlock_destroy(&s->lock);
	free(s->lines);
	free(s);
}

/* ---- lines and slots of a bucket ---- */

static size_t bucket_of(const struct memo_shelf *s, uint64_t hash)
{
	return (size_t)((hash >> 32) * s->n_buckets >> 32);
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
 * step of the processor; out of line, since where the line is known already that step must not be prepared.
 */
__attribute__((noinline)) static uint32_t lines_tagged(const uint16_t *slots, uint64_t hash)
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

/* The next line of the bucket that begins at `first`, from `line` on, where a message with this hash begins.
 */
static size_t next_line(const uint16_t *slots, uint64_t hash, size_t first, size_t line)
{
	size_t past = line - first;
	uint32_t lines = past >= MEMO_LINES ? 0 : lines_tagged(slots, hash) >> past << past;

	return lines == 0 ? MEMO_NO_LINE : first + (size_t)__builtin_ctz(lines);
}

static struct memo_entry *entry_at(const struct memo_shelf *s, size_t line)
{
	return (struct memo_entry *)(void *)(s->lines + line * MEMO_LINE_OCTETS);
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

/* So many lines of the bucket, free; the number of the first. Every turn ends the search, wraps it, or clears
 * a mark. */
static uint32_t make_room(uint16_t *slots, uint8_t *hand, uint64_t hash, uint32_t lines)
{
	uint32_t at = *hand, next = at;

	do {
		at = next + lines > MEMO_LINES ? 0 : next;
		next = past_met(slots, at, lines);
	} while (next != at);
	memset(slots + at, 0,
	       lines * sizeof *slots); /* a message that began here and goes on behind is gone */
	*hand = (uint8_t)(at + lines);
	slots[at] = (uint16_t)(tag_of(hash) | lines);
	return at;
}

/* ---- what several threads read and write ---- */

/* Word by word, each whole; what is loaded later is not older, what was stored earlier is seen first. */
static void load_words(void *to, const void *from, size_t octets)
{
	const uint64_t *words = from;
	uint64_t *copy = to;

	for (size_t i = 0; i < octets / sizeof *words; i++)
		copy[i] = __atomic_load_n(&words[i], __ATOMIC_ACQUIRE);
}

static void store_words(void *to, const void *from, size_t octets)
{
	const uint64_t *copy = from;
	uint64_t *words = to;

	for (size_t i = 0; i < octets / sizeof *words; i++)
		__atomic_store_n(&words[i], copy[i], __ATOMIC_RELEASE);
}

static bool is_shared(const struct memo_shelf *s)
{
	return s->users > 1;
}

static bool is_same_version(const struct memo_shelf *s, const struct memo_view *v)
{
	return __atomic_load_n(&s->versions[v->first / MEMO_LINES], __ATOMIC_RELAXED) == v->version;
}

/* From here on others keep off; false when somebody wrote since. */
static bool begin_write(struct memo_shelf *s, const struct memo_view *v)
{
	uint32_t version = v->version;

	return __atomic_compare_exchange_n(&s->versions[v->first / MEMO_LINES], &version, version + 1, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void end_write(struct memo_shelf *s, struct memo_view *v)
{
	v->version += 2;
	__atomic_store_n(&s->versions[v->first / MEMO_LINES], v->version, __ATOMIC_RELEASE);
}

bool memo_shelf_look(const struct memo_shelf *s, uint64_t hash, struct memo_view *v, size_t *line)
{
	size_t bucket = bucket_of(s, hash);

	v->first = bucket * MEMO_LINES;
	v->slots = s->slots + v->first;
	if (is_shared(s)) {
		v->version = __atomic_load_n(&s->versions[bucket], __ATOMIC_ACQUIRE);
		load_words(v->slots_copy, v->slots, sizeof v->slots_copy);
		v->slots = v->slots_copy;
		if (v->version % 2 != 0 || !is_same_version(s, v))
			return false;
	}
	if (*line == MEMO_NO_LINE || !is_tagged(v->slots[*line - v->first], hash)) /* things may have moved */
		*line = v->first;
	return true;
}

bool memo_shelf_next(const struct memo_shelf *s, uint64_t hash, struct memo_view *v, size_t *line)
{
	if (*line == v->first + MEMO_LINES || !is_tagged(v->slots[*line - v->first], hash))
		*line = next_line(v->slots, hash, v->first, *line);
	if (*line == MEMO_NO_LINE)
		return true;
	v->entry = entry_at(s, *line);
	if (!is_shared(s))
		return true;
	load_words(v->entry_copy, v->entry,
		   (v->slots[*line - v->first] & (size_t)SLOT_LINES) * MEMO_LINE_OCTETS);
	v->entry = (struct memo_entry *)(void *)v->entry_copy;
	return is_same_version(s, v);
}

void memo_shelf_meet(struct memo_shelf *s, struct memo_view *v, size_t line)
{
	uint16_t *slot = &v->slots[line - v->first];

	if ((*slot & SLOT_MET) != 0 || (is_shared(s) && !begin_write(s, v)))
		return;
	*slot = (uint16_t)(*slot | SLOT_MET);
	if (!is_shared(s))
		return;
	store_words(s->slots + v->first, v->slots, sizeof v->slots_copy);
	end_write(s, v);
}

bool memo_shelf_write(struct memo_shelf *s, uint64_t hash, struct memo_view *v, size_t *line, size_t octets)
{
	uint8_t *hand = &s->hands[v->first / MEMO_LINES], next;

	if (is_shared(s) && !begin_write(s, v))
		return false;
	next = *hand; /* written by whoever writes in the bucket, and by nobody else */
	if (*line == MEMO_NO_LINE)
		*line = v->first + make_room(v->slots, &next, hash, memo_shelf_lines(octets));
	__atomic_store_n(hand, next, __ATOMIC_RELAXED);
	v->entry = is_shared(s) ? (struct memo_entry *)(void *)v->entry_copy : entry_at(s, *line);
	return true;
}

void memo_shelf_wrote(struct memo_shelf *s, struct memo_view *v, size_t line)
{
	if (!is_shared(s))
		return;
	store_words(entry_at(s, line), v->entry,
		    (v->slots[line - v->first] & (size_t)SLOT_LINES) * MEMO_LINE_OCTETS);
	store_words(s->slots + v->first, v->slots, sizeof v->slots_copy);
	end_write(s, v);
}

/* ---- loads ahead ---- */

void memo_shelf_fetch_slots(const struct memo_shelf *s, uint64_t hash)
{
	size_t bucket = bucket_of(s, hash);

	__builtin_prefetch(s->slots + bucket * MEMO_LINES);
	if (is_shared(s)) /* another thread has written there, perhaps */
		__builtin_prefetch(&s->versions[bucket]);
}

/* Where the next message of the bucket will be kept, most likely. */
static void fetch_room(const struct memo_shelf *s, uint64_t hash)
{
	size_t bucket = bucket_of(s, hash);
	const struct memo_entry *next =
		entry_at(s, bucket * MEMO_LINES + __atomic_load_n(&s->hands[bucket], __ATOMIC_RELAXED));

	for (unsigned i = 0; i < 4; i++)
		__builtin_prefetch((const void *)((uintptr_t)next + i * MEMO_LINE_OCTETS), 1);
}

size_t memo_shelf_fetch_entry(const struct memo_shelf *s, uint64_t hash)
{
	size_t first = bucket_of(s, hash) * MEMO_LINES, line;
	_Alignas(8) uint16_t copy[MEMO_LINES];
	const uint16_t *slots = s->slots + first;

	if (is_shared(s)) {
		load_words(copy, slots, sizeof copy); /* somebody may be writing: it is a guess */
		slots = copy;
	}
	line = next_line(slots, hash, first, first);
	if (line == MEMO_NO_LINE) {
		fetch_room(s, hash);
		return line;
	}
	for (unsigned i = 0; i < 4; i++) /* the usual size, perhaps past the end */
		__builtin_prefetch((const void *)((uintptr_t)entry_at(s, line) + i * MEMO_LINE_OCTETS));
	for (uint32_t i = 4; i < (slots[line - first] & SLOT_LINES); i++)
		__builtin_prefetch((const void *)((uintptr_t)entry_at(s, line) + i * MEMO_LINE_OCTETS));
	return line;
}

/* ---- emptied, and grown ---- */

/* Each bucket becomes two, from the last on, so that none is written over before it was read. */
static void grow(struct memo_shelf *s)
{
	uint32_t n = s->n_buckets;

	s->n_buckets = 2 * n;
	for (size_t b = n; b-- > 0;) {
		_Alignas(struct memo_entry) uint8_t lines[MEMO_LINES * MEMO_LINE_OCTETS];
		uint16_t slots[MEMO_LINES];

		memcpy(lines, entry_at(s, b * MEMO_LINES), sizeof lines);
		memcpy(slots, s->slots + b * MEMO_LINES, sizeof slots);
		memset(s->slots + 2 * b * MEMO_LINES, 0, 2 * sizeof slots);
		s->hands[2 * b] = s->hands[2 * b + 1] = 0;
		for (size_t i = 0; i < MEMO_LINES; i++) {
			const struct memo_entry *e =
				(const struct memo_entry *)(const void *)(lines + i * MEMO_LINE_OCTETS);
			uint32_t room = slots[i] & SLOT_LINES;
			uint64_t hash = room == 0 ? 0 : memo_hash(e->octets + e->n_ttls, e->len, s->key);
			size_t to = bucket_of(s, hash), first = to * MEMO_LINES;

			if (hash != 0)
				memcpy(entry_at(s, first + make_room(s->slots + first, &s->hands[to], hash,
								     room)),
				       e, (size_t)room * MEMO_LINE_OCTETS);
		}
	}
}

static bool wants_to_grow(struct memo_shelf *s)
{
	return s->n_buckets < s->n_most &&
	       __atomic_load_n(&s->lines_kept, __ATOMIC_RELAXED) > (uint64_t)s->n_buckets * MEMO_LINES / 2;
}

/* Held alone. */
static void renew(struct memo_shelf *s, uint64_t generation)
{
	if (generation > s->generation) {
		forget(s);
		s->generation = generation;
	}
	if (wants_to_grow(s))
		grow(s);
}

bool memo_shelf_enter(struct memo_shelf *s, uint64_t generation, uint64_t kept)
{
	bool shared = is_shared(s);

	__atomic_fetch_add(&s->lines_kept, kept, __ATOMIC_RELAXED);
	if (shared)
		pthread_rwlock_rdlock(&s->lock);
	if (generation > s->generation || wants_to_grow(s)) {
		if (shared) {
			pthread_rwlock_unlock(&s->lock);
			pthread_rwlock_wrlock(&s->lock);
		}
		renew(s, generation);
		if (shared) {
			pthread_rwlock_unlock(&s->lock);
			pthread_rwlock_rdlock(&s->lock);
		}
	}
	return s->generation == generation;
}

void memo_shelf_leave(struct memo_shelf *s)
{
	if (is_shared(s))
		pthread_rwlock_unlock(&s->lock);
}
