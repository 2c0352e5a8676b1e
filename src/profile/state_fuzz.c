/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state_fuzz.c -- a sound state with any octets of it changed: what is let through must bear all that is done
 * to it.
 *
 * The input says what is changed, not what a state is: so it reaches the checks behind the hashes, and goes
 * on to do so when records are laid out otherwise.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "profile/newcomers.h"
#include "profile/state.h"

enum { BUCKET_KEY = 7, SKETCH_KEY = 5, DOMAINS = 6, NAME = 5, OBS_ROOM = 1024, LATEST_S = 1 << 20 };

/* A change: where, in units of 4 octets, and what stands there then. */
enum { CHANGE_OCTETS = 6, CHANGES_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct profile_config config = {.bucket_key = BUCKET_KEY, .sketch_key = SKETCH_KEY};
static struct profile_config servers_config;
static uint8_t names[DOMAINS][NAME]; /* one label each, all of one partition */
static unsigned number;

/* Names whose hash leads to one partition. */
static void find_names(void)
{
	unsigned found = 0;

	for (unsigned i = 0; found < DOMAINS; i++) {
		uint8_t name[NAME] = {3, (uint8_t)('a' + i % 26), (uint8_t)('a' + i / 26 % 26),
				      (uint8_t)('a' + i / 676 % 26), 0};
		unsigned at = (unsigned)(hash_bytes(name, NAME, SKETCH_KEY) >> 56);

		if (found != 0 && at != number)
			continue;
		number = at;
		memcpy(names[found++], name, NAME);
	}
}

/* One observation of a domain: `what` decides which. */
static const struct obs *make_obs(unsigned domain, unsigned what, int64_t time_s)
{
	static union {
		struct obs o;
		uint8_t octets[OBS_ROOM];
	} room;
	uint8_t *at = (uint8_t *)(&room.o + 1), owner[2 + NAME] = {1, (uint8_t)('a' + what % 5)};
	uint8_t own = what % 3 == 0;

	memset(&room, 0, sizeof room);
	memcpy(owner + 2, names[domain], NAME);
	room.o = (struct obs){
		.kind = what % 7 == 6 ? OBS_SERVERS : OBS_ADDRESSES,
		.role = 1 + what % 2,
		.member_role = MEMBER_HOST,
		.time_ns = time_s * NS_PER_SECOND,
		.last_ns = time_s * NS_PER_SECOND,
		.count = 1,
		.ttl = 60,
		.members = (uint16_t)(1 + what % 3),
		.partition = (uint16_t)number,
		.domain_len = NAME,
		.owner_len = own ? NAME : sizeof owner,
		.via_len = what % 4 == 1 ? NAME : 0,
		.type = what % 2 == 0 ? 1 : 28,
		.domain_hash = hash_bytes(names[domain], NAME, BUCKET_KEY),
		.owner_hash = hash_bytes(own ? names[domain] : owner, own ? NAME : sizeof owner, BUCKET_KEY),
		.set_hash = what};
	for (unsigned i = 0; room.o.kind == OBS_ADDRESSES && i < room.o.members; i++) {
		struct addr a = addr_v4((const uint8_t[]){10, 0, (uint8_t)i, (uint8_t)what});

		memcpy(at, &a, sizeof a);
		at += sizeof a;
	}
	memcpy(at, names[domain], NAME);
	memcpy(at += NAME, own ? names[domain] : owner, room.o.owner_len);
	memcpy(at += room.o.owner_len, names[(domain + what) % DOMAINS], room.o.via_len);
	at += room.o.via_len;
	for (unsigned i = 0; room.o.kind == OBS_SERVERS && i < room.o.members; i++, at += NAME)
		memcpy(at, names[(domain + i) % DOMAINS], NAME);
	room.o.size = (uint32_t)((at - room.octets + 7) & ~7);
	return &room.o;
}

static void fill(struct partition *p, int64_t time_s)
{
	for (unsigned domain = 0; domain < DOMAINS; domain++)
		for (unsigned i = 0; i < domain * 5 + 1; i++)
			(void)partition_apply(p, make_obs(domain, domain * 3 + i * 7, time_s + i * 40));
}

/* Members of all sizes of room, some given back. */
static void fill_members(struct members *m, uint64_t domain)
{
	for (uint32_t i = 0; i < 4000; i++) {
		struct fresh f = {.addr = addr_v4((const uint8_t[]){10, 1, (uint8_t)(i >> 8), (uint8_t)i}),
				  .first_ns = i,
				  .role = MEMBER_HOST};

		f.part = members_part_of(&f.addr, SKETCH_KEY);
		for (uint64_t d = 0; f.part == number && d < i % 40; d++) {
			f.domain = domain + d;
			members_feed(m, &f, 1);
		}
	}
}

static void change(struct buf *octets, const uint8_t *data, size_t size)
{
	for (unsigned n = 0; size >= CHANGE_OCTETS && n < CHANGES_MAX && octets->len >= 4; n++) {
		size_t at = (size_t)(data[0] | data[1] << 8) * 4 % (octets->len & ~(size_t)3);

		memcpy(octets->bytes + at, data + 2, 4);
		data += CHANGE_OCTETS;
		size -= CHANGE_OCTETS;
	}
}

static void use_partition(struct partition *p)
{
	uint32_t list[16];

	fill(p, LATEST_S);
	for (uint32_t n = 0; n < p->n_domains; n++) {
		partition_settle(p, n);
		(void)partition_servers(p, n, list, 16);
	}
	partition_admit(p, &(struct admission){.homes_least = 2});
	config.memory_bytes = 5000;
	(void)partition_trim(p);
	config.memory_bytes = 0;
	partition_admit(p, &(struct admission){.homes_least = 0});
	fill(p, LATEST_S + 4000);
}

static void try_partition(const uint8_t *data, size_t size)
{
	struct partition p, servers, now;
	struct buf octets = {0};

	partition_init(&servers, &servers_config, NULL);
	partition_init(&p, &config, &servers);
	partition_init(&now, &config, &servers);
	fill(&p, 1000);
	state_put_partition(&p, &octets);
	change(&octets, data, size);
	if (octets.err == OK && state_get_partition(&now, number, octets.bytes, octets.len) == OK)
		use_partition(&now);
	partition_fini(&now);
	partition_fini(&p);
	partition_fini(&servers);
	buf_fini(&octets);
}

static void try_members(const uint8_t *data, size_t size)
{
	static struct members m, now;
	struct buf octets = {0};
	size_t uses = 0;

	members_init(&m, &config, 0);
	members_init(&now, &config, (size_t)OBS_PARTITIONS * 4000);
	fill_members(&m, 1);
	state_put_members(&m, number, &octets);
	change(&octets, data, size);
	if (octets.err == OK && state_get_members(&now, number, octets.bytes, octets.len) == OK) {
		const struct members_part *part = &now.parts[number];

		fill_members(&now, 90);
		for (size_t n = 0; n < part->n_members; n++)
			for (const struct member_use *u = &members_at(part, n)->use; u != NULL;
			     u = members_next(&now, members_at(part, n), u))
				uses += u->domain;
		(void)members_trim(&now, number);
		fill_members(&now, 7 + uses % 2);
	}
	members_fini(&now);
	members_fini(&m);
	buf_fini(&octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (names[0][0] == 0) {
		servers_config = config;
		servers_config.servers = true;
		profile_config_limits(&config);
		profile_config_limits(&servers_config);
		find_names();
	}
	if (size != 0 && data[0] % 4 == 0)
		try_members(data + 1, size - 1);
	else if (size != 0)
		try_partition(data + 1, size - 1);
	return 0;
}
