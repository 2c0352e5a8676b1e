/* SPDX-License-Identifier: Apache-2.0 */
/* emit.c -- see emit.h. */
#include "observe/emit.h"

#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"

void emit_sort(struct emit_set *s)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->n; i++) {
		struct addr a = s->addrs[i];
		unsigned at = kept;
		int order = 1;

		while (at > 0 && (order = memcmp(&s->addrs[at - 1], &a, sizeof a)) > 0)
			at--;
		if (at > 0 && order == 0)
			continue;
		memmove(&s->addrs[at + 1], &s->addrs[at], (kept - at) * sizeof a);
		s->addrs[at] = a;
		kept++;
	}
	s->n = kept;
}

static uint8_t *put(uint8_t *to, const void *octets, size_t n)
{
	if (n != 0)
		memcpy(to, octets, n);
	return to + n;
}

/* The same domain is told of several things, one after the other. */
static const struct emit_domain *domain_of(const struct observer *o, struct emit_set *s)
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
	uint8_t *at = buf_reserve(to, size);

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
		.sketch = f->sketch,
	};
	at += sizeof(struct obs);
	if (names == NULL)
		at = put(at, s->addrs, body);
	at = put(at, s->domain, s->domain_len);
	at = put(at, s->owner, s->owner_len);
	at = put(at, s->via, s->via_len);
	if (names != NULL)
		put(at, names->bytes, names->len);
}

static void hash_set(const struct observer *o, struct emit_set *s, const void *members, size_t octets)
{
	s->owner_hash = hash_bytes(s->owner, s->owner_len, o->config.bucket_key);
	s->set_hash = hash_bytes(members, octets, o->config.bucket_key);
}

void emit_addresses(struct observer *o, const struct emit_frame *f, struct emit_set *s)
{
	hash_set(o, s, s->addrs, s->n * sizeof(struct addr));
	emit(o, f, s, NULL);
}

void emit_servers(struct observer *o, const struct emit_frame *f, struct emit_set *s, const struct buf *names)
{
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
