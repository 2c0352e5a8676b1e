/* SPDX-License-Identifier: Apache-2.0 */
/* baseline_made.h -- for the tests of the published methods: look-ups made by hand, and a table of networks.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the first two above */
#include <cmocka.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/name.h"
#include "dns/type.h"
#include "judge/view.h"
#include "observe/intake.h"

/* One answer. Addresses are written NET.HOST or NET.FIRST-LAST, and become 20.NET.0.HOST; NET 0..199 is in
 * the table of networks as number 64000 + NET, from 200 on it is in no network. With `v6` the same in
 * 2600::/16. */
struct made {
	const char *domain, *owner;
	unsigned at_s, ttl;
	const char *addrs;
	bool v6, no_ttl;
	uint8_t role; /* enum member_role; 0: MEMBER_HOST */
};

static inline void made_address(struct addr *to, const struct made *m, unsigned net, unsigned host)
{
	uint8_t v4[4] = {20, (uint8_t)net, 0, (uint8_t)host};
	uint8_t v6[16] = {0x26, 0, (uint8_t)net, (uint8_t)host};

	*to = m->v6 ? addr_v6(v6) : addr_v4(v4);
}

static inline unsigned made_addresses(struct addr to[OBS_MEMBERS_MAX], const struct made *m)
{
	unsigned n = 0;

	for (const char *at = m->addrs; *at != 0;) {
		char *end;
		unsigned net = (unsigned)strtoul(at, &end, 10), first, last;

		assert_int_equal(*end, '.');
		first = last = (unsigned)strtoul(end + 1, &end, 10);
		if (*end == '-')
			last = (unsigned)strtoul(end + 1, &end, 10);
		for (unsigned host = first; host <= last; host++) {
			assert_true(n < OBS_MEMBERS_MAX);
			made_address(&to[n++], m, net, host);
		}
		at = end + strspn(end, " ");
	}
	return n;
}

static inline void made_apply(struct partition *p, const struct made *m)
{
	static _Alignas(8)
		uint8_t space[sizeof(struct obs) + sizeof(struct addr) * OBS_MEMBERS_MAX + 3 * 256];
	struct obs *o = (struct obs *)(void *)space;
	struct addr *addrs = (struct addr *)(void *)(o + 1);
	struct name domain, owner;
	uint64_t key = p->config->bucket_key;
	uint8_t *names;

	assert_int_equal(name_from_text(m->domain, strlen(m->domain), &domain), OK);
	assert_int_equal(name_from_text(m->owner, strlen(m->owner), &owner), OK);
	memset(space, 0, sizeof space);
	*o = (struct obs){
		.kind = OBS_ADDRESSES, .time_ns = (1000000 + (int64_t)m->at_s) * NS_PER_SECOND, .count = 1};
	o->last_ns = o->time_ns;
	o->ttl = m->ttl;
	o->lacks = m->no_ttl ? LACK_TTL : 0;
	o->members = (uint16_t)made_addresses(addrs, m);
	o->member_role = m->role == 0 ? MEMBER_HOST : m->role;
	o->type = m->v6 ? RR_AAAA : RR_A;
	o->domain_len = domain.len;
	o->owner_len = owner.len;
	o->domain_hash = hash_bytes(domain.octets, domain.len, key);
	o->owner_hash = hash_bytes(owner.octets, owner.len, key);
	o->set_hash = hash_bytes(addrs, o->members * sizeof *addrs, key);
	names = (uint8_t *)(addrs + o->members);
	memcpy(names, domain.octets, domain.len);
	memcpy(names + domain.len, owner.octets, owner.len);
	o->size = (uint32_t)((size_t)(names - space) + domain.len + owner.len + 7) & ~7u;
	partition_apply(p, o);
}

/* The table of networks described above; without any database when `none`. */
static inline struct nets *made_nets(bool none)
{
	char path[] = "/tmp/deflux-test-XXXXXX";
	struct nets_config config = {.asn_table = path, .loc = "", .cache = "", .none = none};
	struct diag d = {.text = ""};
	struct nets *nets = NULL;
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	for (int i = 0; i < 200; i++)
		fprintf(f, "20.%d.0.0,20.%d.255.255,%d,NET-%d\n", i, i, 64000 + i, i);
	fclose(f);
	assert_int_equal(nets_open(&nets, &config, &d), OK);
	unlink(path);
	return nets;
}
