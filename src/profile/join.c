/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join.c -- partitions of servers made one, at the end of a pass.
 *
 * While a pass runs each group of partitions keeps the servers of its own domains, so that no group waits for
 * another. But what is known of a server is what all of them saw; by the end it must not hang on which
 * domains happen to share a group.
 */
#include "base/hash.h"
#include "profile/tables.h"

static void join_pair(struct partition *to, uint32_t owner, const struct pair *from, bool home)
{
	bool fresh;
	uint32_t n = table_pair(to, owner, &from->addr, &fresh);
	struct pair *pair;

	if (n == NONE) {
		to->counts.no_memory++;
		return;
	}
	pair = &to->pairs[n];
	if (fresh) {
		uint32_t next = pair->next;

		*pair = *from;
		pair->owner = owner;
		pair->next = next;
		to->owners[owner].homes =
			(uint8_t)(to->owners[owner].homes + (home && to->owners[owner].homes < UINT8_MAX));
		return;
	}
	pair->first_ns = stamp_earlier(pair->first_ns, from->first_ns);
	pair->last_ns = stamp_later(pair->last_ns, from->last_ns);
	pair->count += from->count;
	pair->vantages |= from->vantages;
	/* glue, when it was never anything else */
	pair->roles = (uint8_t)(((pair->roles | from->roles) & ~MEMBER_GLUE) |
				(pair->roles & from->roles & MEMBER_GLUE));
	pair->moved |= from->moved;
}

static void join_owner(struct partition *to, const struct partition *from, const struct owner *w)
{
	const uint8_t *name = partition_name(from, w->name);
	struct owner_key k = {.domain = 0, .name = name, .len = w->name_len};
	struct owner *now;
	uint32_t n;

	k.hash = hash_bytes(name, w->name_len, to->config->bucket_key);
	n = table_owner(to, &k, w->first_ns);
	if (n == NONE) {
		to->counts.no_memory++;
		return;
	}
	now = &to->owners[n];
	now->first_ns = stamp_earlier(now->first_ns, w->first_ns);
	now->last_ns = stamp_later(now->last_ns, w->last_ns);
	now->answers += w->answers;
	now->ttl_min = w->ttl_min < now->ttl_min ? w->ttl_min : now->ttl_min;
	now->ttl_max = w->ttl_max > now->ttl_max ? w->ttl_max : now->ttl_max;
	now->roles |= w->roles;
	for (unsigned i = 0; i < sizeof now->vantages / sizeof *now->vantages; i++)
		now->vantages[i] |= w->vantages[i];
	for (uint32_t i = w->pairs; i != NONE; i = from->pairs[i].next) {
		bool home;

		(void)table_net(to, &from->pairs[i].addr, &home);
		join_pair(to, n, &from->pairs[i], home);
	}
}

void partition_join(struct partition *to, struct partition *from)
{
	struct profile_counts counts = from->counts;

	if (from->n_domains != 0 && to->n_domains == 0) {
		struct partition was = *to;

		*to = *from;
		*from = was;
		profile_counts_add(&to->counts, &from->counts);
		from->counts = (struct profile_counts){0};
		return;
	}
	for (uint32_t n = 0; n < from->n_domains; n++)
		partition_settle(from, n);
	for (uint32_t n = 0; n < from->n_owners; n++)
		join_owner(to, from, &from->owners[n]);
	profile_counts_add(&to->counts, &counts);
	partition_fini(from);
}
