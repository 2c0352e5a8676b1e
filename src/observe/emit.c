/* SPDX-License-Identifier: Apache-2.0 */
/* emit.c -- see emit.h. */
#include "observe/emit.h"

#include <string.h>

#include "base/hash.h"

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

static void emit(struct observer *o, const struct emit_frame *f, const struct emit_set *s,
		 const struct buf *names)
{
	const struct observe_config *c = &o->config;
	size_t body = names == NULL ? s->n * sizeof(struct addr) : names->len;
	size_t size = sizeof(struct obs) + body + s->domain_len + s->owner_len + s->via_len;
	const uint8_t *home = s->shadow != NULL ? s->shadow : s->domain;
	uint8_t home_len = s->shadow != NULL ? s->shadow_len : s->domain_len;
	uint8_t partition = (uint8_t)(hash_bytes(home, home_len, c->sketch_key) >> 56);
	struct buf *to = &o->groups[partition % OBS_GROUPS];
	uint8_t *at;
	struct obs head = {
		.size = (uint32_t)((size + 7) & ~(size_t)7),
		.kind = names == NULL ? OBS_ADDRESSES : OBS_SERVERS,
		.role = (uint8_t)f->role,
		.marks = (uint8_t)(f->marks | (s->shadow != NULL ? OBS_SHADOW : 0)),
		.partition = partition,
		.time_ns = f->in->time_ns,
		.last_ns = f->in->last_ns,
		.count = f->in->count,
		.ttl = s->ttl,
		.lacks = (uint16_t)(f->in->lacks | c->mask),
		.vantage = f->in->vantage,
		.members = (uint16_t)s->n,
		.member_role = s->member_role,
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
	o->counts.observations++;
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
