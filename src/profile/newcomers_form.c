/* SPDX-License-Identifier: Apache-2.0 */
/* newcomers_form.c -- an observation written short while it waits, and made again. */
#include "base/hash.h"
#include "dns/name.h"
#include "profile/newcomers.h"

/* Octets of names in wire form, one behind the other. */
static size_t names_len(const uint8_t *names, uint16_t n)
{
	const uint8_t *at = names;

	for (; n > 0; n--)
		at += name_wire_len(at);
	return (size_t)(at - names);
}

static bool is_narrow(const struct obs *o)
{
	for (uint16_t i = 0; o->kind == OBS_ADDRESSES && i < o->members; i++)
		if (!addr_is_v4(&obs_addrs(o)[i]))
			return false;
	return true;
}

struct newcomer_shape newcomer_shape(const struct obs *o, bool first)
{
	struct newcomer_shape s = {.first = first, .narrow = is_narrow(o)};

	s.octets = sizeof(struct newcomer) + o->owner_len + o->via_len - (first ? 0u : o->domain_len);
	if (o->kind == OBS_SERVERS)
		s.names = names_len(obs_servers(o), o->members);
	else
		s.octets += o->members * (s.narrow ? 4 : sizeof(struct addr));
	s.octets = (s.octets + s.names + 7) & ~(size_t)7;
	return s;
}

static uint8_t *put_addrs(uint8_t *to, const struct obs *o, size_t width)
{
	for (uint16_t i = 0; i < o->members; i++, to += width)
		memcpy(to, obs_addrs(o)[i].octets + sizeof(struct addr) - width, width);
	return to;
}

static uint8_t *put(uint8_t *to, const uint8_t *from, size_t n)
{
	name_copy(to, from, n);
	return to + n;
}

void newcomer_write(struct newcomer *n, const struct newcomer_shape *shape, const struct obs *o)
{
	uint8_t *to = (uint8_t *)(n + 1);
	bool servers = o->kind == OBS_SERVERS;

	memset((uint8_t *)n + shape->octets - 8, 0, 8);
	*n = (struct newcomer){
		.time_ns = o->time_ns,
		.ttl = o->ttl,
		.type = o->type,
		.vantage = o->vantage,
		.lacks = o->lacks,
		.members = o->members,
		.units = (uint8_t)(shape->octets / 8),
		.form = (uint8_t)((shape->narrow ? NEWCOMER_NARROW : 0) | (servers ? NEWCOMER_SERVERS : 0) |
				  (shape->first ? NEWCOMER_DOMAIN : 0) | o->role << NEWCOMER_ROLE_AT),
		.member_role = o->member_role,
		.domain_len = o->domain_len,
		.owner_len = o->owner_len,
		.via_len = o->via_len};
	if (!servers)
		to = put_addrs(to, o, shape->narrow ? 4 : sizeof(struct addr));
	to = put(to, obs_owner(o), o->owner_len - (shape->first ? 0u : o->domain_len));
	to = put(to, obs_via(o), o->via_len);
	put(to, obs_servers(o), shape->names);
}

uint64_t newcomer_domain_hash(const struct newcomer *first, uint64_t bucket_key)
{
	return hash_bytes(newcomer_domain(first), first->domain_len, bucket_key);
}

/* The hashes, as observe/emit.h makes them. */
static void hash_obs(struct obs *o, const uint8_t *end, uint64_t key)
{
	const uint8_t *members = obs_servers(o);
	size_t octets = (size_t)(end - members);

	if (o->kind == OBS_ADDRESSES) {
		members = o->members == 0 ? obs_via(o) : (const uint8_t *)obs_addrs(o);
		octets = o->members == 0 ? o->via_len : o->members * sizeof(struct addr);
	}
	o->domain_hash = hash_bytes(obs_domain(o), o->domain_len, key);
	o->owner_hash = hash_bytes(obs_owner(o), o->owner_len, key);
	o->set_hash = hash_bytes(members, octets, key);
}

void newcomer_obs(const struct newcomer *n, const struct newcomer *first, uint16_t partition,
		  uint64_t bucket_key, union newcomer_obs *out)
{
	struct obs *o = &out->obs;
	uint8_t *to = (uint8_t *)(o + 1);
	size_t own = n->owner_len - (size_t)n->domain_len;

	*o = (struct obs){.kind = newcomer_has_servers(n) ? OBS_SERVERS : OBS_ADDRESSES,
			  .role = newcomer_role(n),
			  .member_role = n->member_role,
			  .time_ns = n->time_ns,
			  .last_ns = n->time_ns,
			  .count = 1,
			  .ttl = n->ttl,
			  .lacks = n->lacks,
			  .vantage = n->vantage,
			  .members = n->members,
			  .partition = partition,
			  .domain_len = n->domain_len,
			  .owner_len = n->owner_len,
			  .via_len = n->via_len,
			  .type = n->type};
	for (uint16_t i = 0; i < newcomer_pairs(n); i++, to += sizeof(struct addr)) {
		struct addr a = newcomer_addr(n, i);

		memcpy(to, &a, sizeof a);
	}
	to = put(to, newcomer_domain(first), n->domain_len);
	to = put(to, newcomer_owner(n), own);
	to = put(to, newcomer_domain(first), n->domain_len);
	to = put(to, newcomer_via(n), n->via_len);
	if (newcomer_has_servers(n))
		to = put(to, newcomer_servers(n), names_len(newcomer_servers(n), n->members));
	hash_obs(o, to, bucket_key);
	for (; (to - out->octets) % 8 != 0; to++)
		*to = 0;
	o->size = (uint32_t)(to - out->octets);
}

bool newcomer_is_owner(const struct newcomer *n, const struct obs *o)
{
	return n->owner_len == o->owner_len &&
	       memcmp(newcomer_owner(n), obs_owner(o), n->owner_len - (size_t)n->domain_len) == 0;
}

static bool has_addrs(const struct newcomer *n, const struct obs *o)
{
	for (uint16_t i = 0; i < n->members; i++) {
		struct addr a = newcomer_addr(n, i);

		if (memcmp(&a, &obs_addrs(o)[i], sizeof a) != 0)
			return false;
	}
	return true;
}

bool newcomer_is_set(const struct newcomer *n, const struct obs *o)
{
	bool servers = o->kind == OBS_SERVERS;

	if (n->type != o->type || n->member_role != o->member_role || n->members != o->members ||
	    newcomer_has_servers(n) != servers)
		return false;
	if (servers) {
		size_t len = names_len(newcomer_servers(n), n->members);

		return len == names_len(obs_servers(o), o->members) &&
		       memcmp(newcomer_servers(n), obs_servers(o), len) == 0;
	}
	if (n->members == 0) /* of an alias alone, where it leads is the set */
		return n->via_len == o->via_len && memcmp(newcomer_via(n), obs_via(o), n->via_len) == 0;
	return has_addrs(n, o);
}
