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

static uint16_t partition_of(const struct observer *o, const struct emit_set *s)
{
	if (s->served != NULL)
		return (uint16_t)(OBS_PARTITIONS +
				  (hash_bytes(s->served, s->served_len, o->config.sketch_key) >> 56) %
					  OBS_GROUPS);
	return (uint16_t)(hash_bytes(s->domain, s->domain_len, o->config.sketch_key) >> 56);
}

/* All that an observation says but its time. */
static uint64_t fingerprint(const struct obs *head, const struct emit_set *s, uint64_t key)
{
	uint64_t parts[6] = {head->domain_hash,
			     head->owner_hash,
			     head->set_hash,
			     hash_bytes(s->via, s->via_len, key),
			     (uint64_t)head->type << 32 | (uint64_t)head->partition << 16 |
				     (uint64_t)head->kind << 8 | head->member_role,
			     (uint64_t)head->vantage << 32 | (uint64_t)head->lacks << 16 | head->role};

	return hash_bytes(parts, sizeof parts, key);
}

/* Whether it is a repeat that may be left out: see partition.h. */
static bool is_known(struct observer *o, const struct intake *in, const struct obs *head,
		     const struct emit_set *s)
{
	int64_t dies_s = in->time_ns / NS_PER_SECOND + ((head->lacks & LACK_TTL) != 0 ? 0 : head->ttl);

	if ((head->member_role & (MEMBER_NS | MEMBER_NS_HOST)) == 0 || head->kind != OBS_ADDRESSES)
		return false;
	if (in->count != 1 || in->late != 0 || head->marks != 0 || (head->lacks & LACK_LOOKUPS) != 0)
		return false;
	return memo_told(&o->memo, fingerprint(head, s, o->config.bucket_key), in->time_ns, dies_s);
}

static void emit(struct observer *o, const struct emit_frame *f, const struct emit_set *s,
		 const struct buf *names)
{
	const struct observe_config *c = &o->config;
	size_t body = names == NULL ? s->n * sizeof(struct addr) : names->len;
	size_t size = sizeof(struct obs) + body + s->domain_len + s->owner_len + s->via_len;
	uint16_t partition = partition_of(o, s);
	struct buf *to = &o->groups[partition % OBS_GROUPS];
	uint8_t *at;
	struct obs head = {
		.size = (uint32_t)((size + 7) & ~(size_t)7),
		.kind = names == NULL ? OBS_ADDRESSES : OBS_SERVERS,
		.role = (uint8_t)f->role,
		.marks = f->marks,
		.member_role = s->member_role,
		.time_ns = f->in->time_ns,
		.last_ns = f->in->last_ns,
		.count = f->in->count,
		.ttl = s->ttl,
		.lacks = (uint16_t)(f->in->lacks | c->mask),
		.vantage = f->in->vantage,
		.members = (uint16_t)s->n,
		.partition = partition,
		.domain_len = s->domain_len,
		.owner_len = s->owner_len,
		.via_len = s->via_len,
		.type = s->type,
		.domain_hash = hash_bytes(s->domain, s->domain_len, c->bucket_key),
		.owner_hash = hash_bytes(s->owner, s->owner_len, c->bucket_key),
		.set_hash = names == NULL ? hash_bytes(s->addrs, body, c->bucket_key)
					  : hash_bytes(names->bytes, names->len, c->bucket_key),
		.sketch = f->sketch,
	};

	o->counts.observations++;
	if (is_known(o, f->in, &head, s)) {
		o->counts.left_out++;
		return;
	}
	at = buf_reserve(to, head.size);
	if (at == NULL)
		return;
	to->len += head.size;
	memset(at + head.size - 8, 0, 8); /* the padding at the end is part of the wire form */
	at = put(at, &head, sizeof head);
	if (names == NULL)
		at = put(at, s->addrs, body);
	at = put(at, s->domain, s->domain_len);
	at = put(at, s->owner, s->owner_len);
	at = put(at, s->via, s->via_len);
	if (names != NULL)
		put(at, names->bytes, names->len);
}

void emit_addresses(struct observer *o, const struct emit_frame *f, const struct emit_set *s)
{
	emit(o, f, s, NULL);
}

void emit_servers(struct observer *o, const struct emit_frame *f, const struct emit_set *s,
		  const struct buf *names)
{
	emit(o, f, s, names);
}
