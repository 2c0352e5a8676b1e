/* SPDX-License-Identifier: Apache-2.0 */
/* emit.c -- see emit.h. */
#include "observe/emit.h"

#include <endian.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"

/* The halves of an address as numbers, whose order is that of the octets. */
struct halves {
	uint64_t high, low;
};

static struct halves halves_of(const struct addr *a)
{
	struct halves h;

	memcpy(&h, a, sizeof h);
	return (struct halves){be64toh(h.high), be64toh(h.low)};
}

/* Whether a comes behind b. */
static bool is_behind(const struct halves *a, const struct halves *b)
{
	return a->high != b->high ? a->high > b->high : a->low > b->low;
}

void emit_sort(struct emit_set *s)
{
	unsigned kept = 1;

	if (s->n < 2) /* as most are */
		return;
	for (unsigned i = 1; i < s->n; i++) {
		struct addr a = s->addrs[i];
		struct halves key = halves_of(&a), before = {0};
		unsigned at = kept;

		while (at > 0 && (before = halves_of(&s->addrs[at - 1]), is_behind(&before, &key)))
			at--;
		if (at > 0 && before.high == key.high && before.low == key.low)
			continue;
		for (unsigned k = kept++; k > at; k--)
			s->addrs[k] = s->addrs[k - 1];
		s->addrs[at] = a;
	}
	s->n = kept;
}

static uint8_t *put(uint8_t *to, const uint8_t *octets, size_t n)
{
	name_copy(to, octets, n);
	return to + n;
}

static uint8_t *put_addrs(uint8_t *to, const struct emit_set *s)
{
	for (unsigned i = 0; i < s->n; i++, to += sizeof *s->addrs)
		memcpy(to, &s->addrs[i], sizeof *s->addrs);
	return to;
}

/* Room for n octets: in most cases there is. */
static inline uint8_t *room_for(struct buf *b, size_t n)
{
	if (b->err == OK && b->cap == 0 && n <= b->room - b->len)
		return b->bytes + b->len;
	return buf_reserve(b, n);
}

static const struct emit_domain *hash_domain(const struct observer *o, struct emit_set *s)
{
	struct emit_domain *d = &s->hashed;

	if (d->len != s->domain_len || memcmp(d->octets, s->domain, d->len) != 0)
		*d = (struct emit_domain){
			.octets = s->domain,
			.len = s->domain_len,
			.bucket = hash_bytes(s->domain, s->domain_len, o->config.bucket_key),
			.sketch = hash_bytes(s->domain, s->domain_len, o->config.sketch_key),
		};
	return d;
}

/* The same domain is told of several things, one after the other. */
static inline const struct emit_domain *domain_of(const struct observer *o, struct emit_set *s)
{
	const struct emit_domain *d = &s->hashed;

	return d->octets == s->domain && d->len == s->domain_len ? d : hash_domain(o, s);
}

uint16_t emit_servers_of(const struct observer *o, struct emit_set *s)
{
	return (uint16_t)(OBS_PARTITIONS + (domain_of(o, s)->sketch >> 56) % OBS_GROUPS);
}

/* s->owner_hash and s->set_hash are known. */
static void emit(struct observer *o, const struct emit_frame *f, struct emit_set *s, const struct buf *names)
{
	const struct emit_domain *d = domain_of(o, s);
	size_t body = names == NULL ? s->n * sizeof(struct addr) : names->len;
	size_t size =
		(sizeof(struct obs) + body + s->domain_len + s->owner_len + s->via_len + 7) & ~(size_t)7;
	uint16_t partition = s->servers != 0 ? s->servers : (uint16_t)(d->sketch >> 56);
	struct buf *to = &o->groups[partition % OBS_GROUPS];
	uint8_t *at = room_for(to, size);

	o->counts.observations++;
	if (at == NULL)
		return;
	to->len += size;
	memset(at + size - 8, 0, 8); /* the padding at the end is part of the wire form */
	*(struct obs *)(void *)at = (struct obs){
		.size = (uint32_t)size,
		.kind = names == NULL ? OBS_ADDRESSES : OBS_SERVERS,
		.role = (uint8_t)f->role,
		.marks = f->marks,
		.member_role = s->member_role,
		.time_ns = f->in->time_ns,
		.last_ns = f->in->last_ns,
		.count = f->in->count,
		.ttl = s->ttl,
		.lacks = (uint16_t)(f->in->lacks | o->config.mask),
		.vantage = f->in->vantage,
		.members = (uint16_t)s->n,
		.partition = partition,
		.domain_len = s->domain_len,
		.owner_len = s->owner_len,
		.via_len = s->via_len,
		.type = s->type,
		.domain_hash = d->bucket,
		.owner_hash = s->owner_hash,
		.set_hash = s->set_hash,
	};
	at += sizeof(struct obs);
	if (names == NULL)
		at = put_addrs(at, s);
	at = put(at, s->domain, s->domain_len);
	at = put(at, s->owner, s->owner_len);
	at = put(at, s->via, s->via_len);
	if (names != NULL)
		put(at, names->bytes, names->len);
}

static void hash_set(const struct observer *o, struct emit_set *s, const void *members, size_t octets)
{
	const struct emit_domain *d = &s->hashed;

	s->owner_hash = s->owner == d->octets && s->owner_len == d->len
				? d->bucket
				: hash_bytes(s->owner, s->owner_len, o->config.bucket_key);
	s->set_hash = hash_bytes(members, octets, o->config.bucket_key);
}

void emit_addresses(struct observer *o, const struct emit_frame *f, struct emit_set *s)
{
	domain_of(o, s); /* first: the owner is often the domain */
	if (s->n == 0)   /* of an alias alone, where it leads is the set */
		hash_set(o, s, s->via, s->via_len);
	else
		hash_set(o, s, s->addrs, s->n * sizeof(struct addr));
	emit(o, f, s, NULL);
}

void emit_servers(struct observer *o, const struct emit_frame *f, struct emit_set *s, const struct buf *names)
{
	domain_of(o, s);
	hash_set(o, s, names->bytes, names->len);
	emit(o, f, s, names);
}

void emit_prepare(struct observer *o, const struct emit_frame *f, struct emit_set *s)
{
	const struct intake *in = f->in;
	uint16_t lacks = (uint16_t)(in->lacks | o->config.mask);
	uint64_t parts[4];

	hash_set(o, s, s->addrs, s->n * sizeof(struct addr));
	parts[0] = s->owner_hash;
	parts[1] = s->set_hash;
	parts[2] = s->domain_len > 1 ? domain_of(o, s)->bucket : 0;
	parts[3] = (uint64_t)s->type << 48 | (uint64_t)in->vantage << 32 | (uint64_t)lacks << 16 |
		   (uint64_t)s->member_role << 8 | (uint64_t)f->role;
	s->may_note = in->count == 1 && in->late == 0 && f->marks == 0 && (lacks & LACK_LOOKUPS) == 0;
	s->tale = (struct memo_tale){
		.fingerprint = hash_bytes(parts, sizeof parts, o->config.bucket_key),
		.time_ns = in->time_ns,
		.dies_s = in->time_ns / NS_PER_SECOND + ((lacks & LACK_TTL) != 0 ? 0 : s->ttl),
	};
}

bool emit_knows(struct observer *o, struct emit_set *s, unsigned target)
{
	s->tale.target = target;
	if (!s->may_note || !memo_knows(&o->memo, &s->tale))
		return false;
	o->counts.observations++;
	o->counts.left_out++;
	return true;
}

void emit_prepared(struct observer *o, const struct emit_frame *f, struct emit_set *s, unsigned target)
{
	emit(o, f, s, NULL);
	s->tale.target = target;
	if (s->may_note)
		memo_note(&o->memo, &s->tale);
}
