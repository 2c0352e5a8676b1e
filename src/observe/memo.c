/* SPDX-License-Identifier: Apache-2.0 */
/* memo.c -- see memo.h. */
#include "observe/memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"

enum {
	MET = 1 << 16,
	TOLD = 1 << 14,       /* few enough to stay in the processor's cache */
	TTL_BEFORE_RDATA = 6, /* octets from a record's TTL to its rdata */
	FIRST_RDATA =
		12 /* from the question's end to the first answer's rdata, when its owner is a pointer */
};

enum err memo_open(struct memo *m, size_t octets, uint64_t bucket_key)
{
	uint32_t buckets = 1;

	while ((size_t)buckets * 2 * MEMO_WAYS * (sizeof *m->entries + sizeof *m->tags) <= octets)
		buckets *= 2;
	*m = (struct memo){.buckets_mask = buckets - 1, .met_mask = MET - 1, .key = bucket_key};
	m->entries = malloc((size_t)buckets * MEMO_WAYS * sizeof *m->entries); /* used where a tag says so */
	m->tags = calloc((size_t)buckets * MEMO_WAYS, sizeof *m->tags);
	m->met = calloc(MET, sizeof *m->met);
	m->told = calloc(TOLD, sizeof *m->told);
	if (m->told != NULL && m->entries != NULL && m->tags != NULL && m->met != NULL)
		return OK;
	memo_close(m);
	return E_MEMORY;
}

void memo_close(struct memo *m)
{
	free(m->entries);
	free(m->tags);
	free(m->met);
	free(m->told);
	*m = (struct memo){0};
}

void memo_begin(struct memo *m, uint64_t generation)
{
	if (m->tags != NULL && m->generation != generation) {
		memset(m->tags, 0, ((size_t)m->buckets_mask + 1) * MEMO_WAYS * sizeof *m->tags);
		memset(m->told, 0, TOLD * sizeof *m->told);
	}
	m->generation = generation;
}

bool memo_told(struct memo *m, uint64_t fingerprint, int64_t time_ns, int64_t dies_s)
{
	uint32_t tick = (uint32_t)((uint64_t)time_ns >> 20);
	struct memo_told *t;

	if (m->told == NULL || dies_s < 0 || dies_s > UINT32_MAX)
		return false;
	t = &m->told[fingerprint & (TOLD - 1)];
	if (t->fingerprint == fingerprint && (int32_t)(tick - t->tick) > 0 && dies_s <= t->dies_s)
		return true;
	*t = (struct memo_told){fingerprint, tick, (uint32_t)dies_s};
	return false;
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

/* Question, and the first answer's first octets, so that the orders of a rotated set do not share a tag. */
static uint64_t tag_of(const struct memo *m, const struct intake *in)
{
	size_t end = question_end(in->wire, in->len);
	uint32_t first = 0;

	if (end == 0 || in->len > MEMO_WIRE_MAX || (in->wire[2] & 0x80) == 0)
		return 0;
	if (end + FIRST_RDATA + sizeof first <= in->len)
		memcpy(&first, in->wire + end + FIRST_RDATA, sizeof first);
	return hash_bytes(in->wire + 2, end - 2, m->key ^ first) | 1;
}

static bool is_same(const struct memo_entry *e, const struct intake *in)
{
	size_t at = 2; /* the id is not compared */

	if (e->len != in->len || e->vantage != in->vantage || e->lacks != in->lacks || e->role != in->role)
		return false;
	for (unsigned i = 0; i < e->n_ttls; i++) {
		if (memcmp(e->wire + at, in->wire + at, e->ttl_at[i] - at) != 0)
			return false;
		at = e->ttl_at[i] + 4u;
	}
	return memcmp(e->wire + at, in->wire + at, e->len - at) == 0;
}

static uint32_t ttl_at(const uint8_t *b)
{
	uint32_t ttl = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];

	return ttl > INT32_MAX ? 0 : ttl; /* RFC 2181, 8 */
}

static bool is_repeat(const struct memo_entry *e, const struct intake *in)
{
	int64_t now_s = in->time_ns / NS_PER_SECOND;

	if (in->time_ns < e->time_ns)
		return false;
	for (unsigned i = 0; i < e->n_ttls; i++)
		if (now_s + ttl_at(in->wire + e->ttl_at[i]) > e->dies_s[i])
			return false;
	return true;
}

static size_t bucket_of(const struct memo *m, uint64_t tag)
{
	return (size_t)(tag >> 32 & m->buckets_mask) * MEMO_WAYS;
}

/* Half of the announced way on: its tags are here, so the entry it may find can be fetched. */
static void fetch_entry(const struct memo *m, uint64_t tag)
{
	size_t bucket = bucket_of(m, tag);

	for (unsigned i = 0; tag != 0 && i < MEMO_WAYS; i++)
		if (m->tags[bucket + i] == tag)
			for (size_t at = 0; at < sizeof *m->entries; at += 64)
				__builtin_prefetch((const uint8_t *)&m->entries[bucket + i] + at);
}

void memo_announce(struct memo *m, const struct intake *in, size_t number)
{
	uint64_t tag;

	if (m->tags == NULL)
		return;
	tag = in->zone_len != 0 || in->count != 1 || in->late != 0 ? 0 : tag_of(m, in);
	m->ahead[number % MEMO_AHEAD] = tag;
	__builtin_prefetch(&m->tags[bucket_of(m, tag)]);
	if (number >= MEMO_AHEAD / 2)
		fetch_entry(m, m->ahead[(number - MEMO_AHEAD / 2) % MEMO_AHEAD]);
}

const struct memo_entry *memo_find(struct memo *m, const struct intake *in, size_t number,
				   struct memo_place *place)
{
	uint64_t tag = m->tags == NULL ? 0 : m->ahead[number % MEMO_AHEAD];
	size_t bucket = bucket_of(m, tag);

	*place = (struct memo_place){.tag = tag};
	for (unsigned i = 0; tag != 0 && i < MEMO_WAYS; i++) {
		struct memo_entry *e = &m->entries[bucket + i];

		if (m->tags[bucket + i] != tag || !is_same(e, in))
			continue;
		if (is_repeat(e, in))
			return e;
		place->entry = e;
		return NULL;
	}
	return NULL;
}

/* Notes the TTLs; false when there are too many for an entry. */
static bool note_ttls(struct memo_entry *e, const struct intake *in, const struct message *message)
{
	int64_t now_s = in->time_ns / NS_PER_SECOND;

	e->n_ttls = 0;
	for (size_t i = 0; i < message->n_records; i++) {
		const struct record *r = &message->records[i];
		int64_t dies = now_s + r->ttl;

		if (r->type == RR_OPT) /* its TTL is flags (RFC 6891, 6.1.3) and is compared */
			continue;
		if (e->n_ttls == MEMO_TTLS_MAX || dies < 0 || dies > UINT32_MAX)
			return false;
		e->ttl_at[e->n_ttls] = (uint16_t)(r->rdata - message->wire - TTL_BEFORE_RDATA);
		e->dies_s[e->n_ttls++] = (uint32_t)dies;
	}
	return true;
}

/* A place in the bucket: a free one, else each in its turn; SIZE_MAX for a message met for the first time. */
static size_t choose(struct memo *m, uint64_t tag)
{
	size_t bucket = bucket_of(m, tag);
	uint32_t *met = &m->met[(uint32_t)tag & m->met_mask], mark = (uint32_t)(tag >> 16);

	if (*met != mark) {
		*met = mark;
		return SIZE_MAX;
	}
	for (unsigned i = 0; i < MEMO_WAYS; i++)
		if (m->tags[bucket + i] == 0)
			return bucket + i;
	return bucket + m->turn++ % MEMO_WAYS;
}

void memo_keep(struct memo *m, const struct memo_place *place, const struct intake *in,
	       const struct message *message, size_t n_obs)
{
	struct memo_entry *e = place->entry;
	size_t at;

	if (place->tag == 0 || n_obs > UINT8_MAX)
		return;
	if (e == NULL) {
		at = choose(m, place->tag);
		if (at == SIZE_MAX)
			return;
		e = &m->entries[at];
		m->tags[at] = note_ttls(e, in, message) ? place->tag : 0;
		memcpy(e->wire, in->wire, in->len);
		e->len = (uint16_t)in->len;
		e->vantage = in->vantage;
		e->lacks = in->lacks;
		e->role = in->role;
	} else {
		(void)note_ttls(e, in, message); /* as many as before */
	}
	e->n_obs = (uint8_t)n_obs;
	e->time_ns = in->time_ns;
}
