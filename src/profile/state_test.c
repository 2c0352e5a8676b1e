/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state_test.c -- partitions and the member space as octets: who goes on from them sees no difference; and
 * partitions that are not sound are refused.
 */
#include "profile/state.h"

#include "profile/made_profile.h"
#include "profile/newcomers.h"

#define R RECURSIVE

enum { DOMAINS = 40, MESSAGES = 300, SMALL_MEMORY = 9000, SMALL_MEMBERS = 1 << 19 };

/* ---- going on ---- */

/* A home for every third address. */
static uint32_t net_of(void *context, const struct addr *a, bool *home)
{
	(void)context;
	*home = a->octets[15] % 3 == 0;
	return a->octets[15] + 1u;
}

static void make_message(struct buf *text, struct seen *row, uint64_t draw, unsigned step)
{
	unsigned d = (unsigned)(draw % DOMAINS), last = 1 + (unsigned)(draw >> 8 & 7), kind = draw >> 16 & 7;

	buf_clear(text);
	*row = (struct seen){.at_s = step * 5 + ((draw >> 32 & 31) == 0 ? 0 : 200),
			     .flags = R,
			     .vantage = (draw >> 40 & 15) == 0,
			     .role = (draw >> 44 & 15) == 0 ? ROLE_RESOLVER : 0,
			     .stale = (draw >> 52 & 15) == 0};
	if (kind < 3)
		buf_printf(text, "d%u.com A | a d%u.com 60 A 1.0.%u.%u | a d%u.com 60 A 1.1.0.%u", d, d, kind,
			   last, d, last);
	else if (kind < 4)
		buf_printf(text, "w.d%u.com AAAA | a w.d%u.com 60 AAAA 2a00::%u", d, d, last);
	else if (kind < 5)
		buf_printf(text, "u.d%u.com A | a u.d%u.com 9 CNAME d%u.com", d, d, (d + last) % DOMAINS);
	else if (kind < 6)
		buf_printf(text, "w.d%u.com A | a w.d%u.com 60 CNAME d%u.com | a d%u.com 30 A 1.0.0.%u", d, d,
			   last, last, last);
	else
		buf_printf(
			text,
			"d%u.com A | a d%u.com 9 A 1.0.0.%u | n d%u.com 900 NS ns%u.d%u.com | n d%u.com 900 "
			"NS ns.d%u.com | d ns%u.d%u.com 900 A 2.0.0.%u | d ns.d%u.com 900 A 2.0.1.%u",
			d, d, last, d, last, (d + last) % DOMAINS, d, d, last, (d + last) % DOMAINS, last, d,
			last);
	row->message = buf_text(text);
}

/* As at a boundary of a pass. */
static void meet(struct profiles *s, struct members *m)
{
	for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
		struct buf *fresh = &s->parts[i].fresh;

		members_feed(m, (const struct fresh *)(const void *)fresh->bytes,
			     fresh->len / sizeof(struct fresh));
		buf_clear(fresh);
	}
	members_publish(m);
	for (unsigned i = 0; i < OBS_ALL; i++)
		(void)partition_trim(&s->parts[i]);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		(void)members_trim(m, i);
}

/* Puts both into octets and makes them anew from these. */
static void renew(struct profiles *s, struct members *m, size_t memory)
{
	struct members *now = calloc(1, sizeof *now);
	struct buf octets = {0};

	assert_non_null(now);
	members_init(now, &s->config, memory);
	for (unsigned i = 0; i < OBS_ALL; i++) {
		struct partition *p = &s->parts[i];
		struct profile_counts counts = p->counts;
		size_t held = partition_octets(p);

		buf_clear(&octets);
		state_put_partition(p, &octets);
		assert_int_equal(octets.err, OK);
		partition_fini(p);
		partition_init(p, i < OBS_PARTITIONS ? &s->config : &s->servers,
			       i < OBS_PARTITIONS ? &s->parts[OBS_PARTITIONS + i % OBS_GROUPS] : NULL);
		assert_int_equal(state_get_partition(p, i, octets.bytes, octets.len), OK);
		assert_int_equal(partition_octets(p), held);
		p->counts = counts;
	}
	for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
		buf_clear(&octets);
		state_put_members(m, i, &octets);
		assert_int_equal(state_get_members(now, i, octets.bytes, octets.len), OK);
	}
	members_publish(now);
	assert_int_equal(members_octets(now), members_octets(m));
	members_fini(m);
	*m = *now;
	free(now);
	buf_fini(&octets);
}

static void members_text(struct buf *to, const struct members *m)
{
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		for (size_t n = 0; n < m->parts[i].n_members; n++) {
			const struct member *x = members_at(&m->parts[i], n);
			char text[ADDR_TEXT_MAX];

			addr_to_text(&x->addr, text);
			buf_printf(to, "%s %u:", text, x->n_uses);
			for (const struct member_use *u = &x->use; u != NULL; u = members_next(m, x, u))
				buf_printf(to, " %llx %u %u", (unsigned long long)u->domain, u->first_s,
					   u->roles);
			buf_add_char(to, '\n');
		}
}

/* What is known at the end of a run that is cut after every `often` messages; 0: never. Returns evictions. */
static uint64_t play(uint64_t seed, unsigned often, size_t memory, struct buf *out)
{
	struct profiles *s = made_profiles(
		&(struct made_config){.bucket_key = 7, .net_of = net_of, .memory_bytes = memory});
	struct members *m = calloc(1, sizeof *m);
	struct buf text = {0};
	uint64_t draw = seed, evictions;

	assert_non_null(m);
	members_init(m, &s->config, memory == 0 ? 0 : SMALL_MEMBERS);
	for (unsigned step = 1; step <= MESSAGES; step++) {
		struct seen row;

		draw = hash_u64(draw, seed);
		make_message(&text, &row, draw, step);
		made_see(s, &row, 1);
		if (step % 30 == 0)
			meet(s, m);
		if (often != 0 && step % often == 0)
			renew(s, m, memory == 0 ? 0 : SMALL_MEMBERS);
	}
	made_whole_text(out, s);
	members_text(out, m);
	evictions = made_counts(s).evictions;
	members_fini(m);
	free(m);
	buf_fini(&text);
	made_profiles_close(s);
	return evictions;
}

static void test_goes_on(void **state)
{
	static const size_t memory[] = {0, SMALL_MEMORY};

	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct buf one = {0}, cut = {0};
		size_t octets = memory[seed % 2];
		uint64_t evictions = play(seed, 0, octets, &one);

		assert_int_equal(evictions != 0, octets != 0);
		for (unsigned often = 23; often <= 150; often += 127) {
			buf_clear(&cut);
			assert_int_equal(play(seed, often, octets, &cut), evictions);
			assert_string_equal(buf_text(&one), buf_text(&cut));
		}
		buf_fini(&one);
		buf_fini(&cut);
	}
}

/* ---- what is refused ---- */

static const struct seen everything[] = {
	{.at_s = 0,
	 .flags = R,
	 .message = "w.a.com A | a w.a.com 60 CNAME x.a.com | a x.a.com 60 A 1.0.0.1 | "
		    "n a.com 900 NS ns1.b.net | n a.com 900 NS ns.a.com | "
		    "d ns1.b.net 900 A 2.0.0.1 | d ns.a.com 900 A 2.0.0.9"},
	{.at_s = 30, .flags = R, .message = "a.com A | a a.com 300 A 1.0.0.1 | a a.com 300 A 1.0.0.2"},
	{.at_s = 40,
	 .flags = R,
	 .message = "v.a.com A | a v.a.com 60 CNAME y.c.net | a y.c.net 60 A 3.0.0.1"},
	{.at_s = 41, .flags = R, .message = "v.a.com A | a v.a.com 60 CNAME a.com | a a.com 300 A 1.0.0.2"},
	{.at_s = 42, .flags = R, .message = "v.a.com A | a v.a.com 9 CNAME w.a.com | a w.a.com 9 A 1.0.0.2"},
	{.at_s = 400, .flags = R, .message = "a.com A | a a.com 300 A 1.0.0.3 | a a.com 300 A 1.0.0.2"},
	{.at_s = 401, .flags = R, .message = "a.com AAAA | a a.com 300 AAAA 2a00::1"},
};

/* The partition of a.com, with a newcomer of two observations beside it; *number is the partition's. */
static struct profiles *made_all(unsigned *number)
{
	struct profiles *s = made_profiles(&(struct made_config){.bucket_key = 7, .owners_max = 6});
	struct partition *p;
	char text[200];
	uint32_t n;

	made_see(s, everything, sizeof everything / sizeof *everything);
	p = made_find(s, "a.com", &n);
	assert_non_null(p);
	*number = p->domains[n].partition;
	for (unsigned i = 0; p->newcomers.n < 2; i++) {
		snprintf(text, sizeof text,
			 "n%u.com A | a n%u.com 60 A 1.0.0.7 | n n%u.com 900 NS ns.n%u.com | "
			 "d ns.n%u.com 900 A 2.0.0.7",
			 i, i, i, i, i);
		made_see(s, &(struct seen){.at_s = 500, .flags = R, .message = text}, 1);
	}
	for (unsigned i = 0; i < 9; i++) { /* over the limit: a sketch */
		snprintf(text, sizeof text, "s%u.a.com A | a s%u.a.com 60 A 1.0.0.8", i, i);
		made_see(s, &(struct seen){.at_s = 600, .flags = R, .message = text}, 1);
	}
	assert_true(p->n_sketches != 0 && p->newcomers.octets > 2 * sizeof(struct newcomer));
	return s;
}

static bool take_first(void *context, struct partition *p, uint32_t number)
{
	*(struct newcomer **)context = newcomers_at(&p->newcomers, number);
	return false;
}

static struct newcomer *waiting(struct partition *p)
{
	struct newcomer *first = NULL;

	(void)newcomers_each(p, take_first, &first);
	assert_non_null(first);
	return first;
}

static uint32_t one_with_sets(const struct partition *p, unsigned sets)
{
	for (uint32_t w = 0; w < p->n_owners; w++)
		if (p->owners[w].n_sets >= sets && p->owners[w].n_pairs >= 2)
			return w;
	fail();
	return 0;
}

static struct owner *one_with_targets(struct partition *p)
{
	struct owner *w = p->owners;

	while (w->n_targets != 3)
		assert_true(++w < p->owners + p->n_owners);
	return w;
}

/* Two aliases with one list. */
static void targets_shared(struct partition *p)
{
	const struct owner *from = one_with_targets(p);
	struct owner *to = &p->owners[from->via];

	to->via = from->via;
	to->targets = from->targets;
	to->n_targets = from->n_targets;
}

static uint32_t set_of_kind(const struct partition *p, uint8_t kind)
{
	for (uint32_t n = 0; n < p->n_sets; n++)
		if (p->sets[n].kind == kind && p->sets[n].n != 0)
			return n;
	fail();
	return 0;
}

#define BREAK(name, what)                                                                                    \
	static void name(struct partition *p)                                                                \
	{                                                                                                    \
		what;                                                                                        \
	}

BREAK(owner_loop, p->owners[p->domains[0].owners].next = p->domains[0].owners)
BREAK(owner_gone, p->owners[p->domains[0].owners].next = NONE)
BREAK(owner_far, p->domains[0].owners = (uint32_t)p->n_owners)
BREAK(owner_of_none, p->owners[0].domain = 9999)
BREAK(owner_few, p->domains[0].n_owners--)
BREAK(owner_via, p->owners[0].via = (uint32_t)p->n_owners)
BREAK(targets_none, one_with_targets(p)->via = NONE)
BREAK(targets_far, one_with_targets(p)->targets = (uint32_t)p->n_links - 3)
BREAK(targets_odd, p->links[one_with_targets(p)->targets + 2] = (uint32_t)p->n_owners | TARGET_MOVED)
BREAK(owner_below, p->owners[p->domains[0].owners].roles = 0; p->owners[p->domains[0].owners].name = 3;
      p->owners[p->domains[0].owners].name_len = 1)
BREAK(owner_name, p->owners[0].name = (uint32_t)p->n_names)
BREAK(owner_hand, p->owners[0].hand = (uint32_t)p->n_sets)
BREAK(pair_loop, p->pairs[p->owners[one_with_sets(p, 1)].pairs].next = p->owners[one_with_sets(p, 1)].pairs)
BREAK(pair_far, p->owners[one_with_sets(p, 1)].pairs = (uint32_t)p->n_pairs)
BREAK(pair_of_other, p->pairs[0].owner++)
/* Pairs of no owner. */
static void pair_loose(struct partition *p)
{
	struct owner *w = &p->owners[one_with_sets(p, 1)];

	p->domains[0].n_pairs -= w->n_pairs;
	w->n_pairs = 0;
	w->pairs = NONE;
}

BREAK(pair_time, p->pairs[0].first_ns = -1)
BREAK(pair_count, p->domains[0].n_pairs++)
BREAK(set_loop, p->sets[p->owners[one_with_sets(p, 2)].sets].next = p->owners[one_with_sets(p, 2)].sets)
BREAK(set_far, p->owners[one_with_sets(p, 1)].sets = (uint32_t)p->n_sets)
BREAK(set_kind, p->sets[0].kind = 2)
BREAK(set_room, p->sets[0].room = (uint16_t)(p->sets[0].n - 1))
BREAK(set_links, p->sets[0].links = (uint32_t)p->n_links)
BREAK(set_shared, p->sets[set_of_kind(p, OBS_ADDRESSES)].links = p->sets[set_of_kind(p, OBS_SERVERS)].links)
/* A set of servers, which may hold any number, over one of addresses. */
static void set_mixed(struct partition *p)
{
	struct set *servers = &p->sets[set_of_kind(p, OBS_SERVERS)];

	servers->room = servers->n;
	servers->links = p->sets[set_of_kind(p, OBS_ADDRESSES)].links;
	assert_true(servers->links + servers->room <= p->n_links);
}

BREAK(set_odd, p->sets[set_of_kind(p, OBS_SERVERS)].n = 1)
BREAK(link_far, p->links[p->sets[set_of_kind(p, OBS_ADDRESSES)].links] = (uint32_t)p->n_pairs)
BREAK(domain_name, p->names[p->domains[0].name] = 64)
BREAK(domain_hash, p->domains[0].hash++)
BREAK(domain_elsewhere, p->domains[0].partition++)
BREAK(domain_sketch, p->domains[0].more_owners = (uint32_t)p->n_sketches)
BREAK(domain_time, p->domains[0].first_ns = STAMP_NONE)
/* Both sound by themselves. */
static void domain_twice(struct partition *p)
{
	partition_admit(p, &(struct admission){.homes_least = 0});
	assert_true(p->n_domains > 1);
	p->domains[1].name = p->domains[0].name;
	p->domains[1].name_len = p->domains[0].name_len;
	p->domains[1].hash = p->domains[0].hash;
	for (uint32_t w = p->domains[1].owners; w != NONE; w = p->owners[w].next)
		p->owners[w].roles |= OWNER_FOREIGN;
}

BREAK(now, p->now_ns = -5)
BREAK(fresh_part, ((struct fresh *)(void *)p->fresh.bytes)->part++)
BREAK(fresh_half, p->fresh.len--)
BREAK(block_used, p->newcomers.blocks[0].used -= 8)
BREAK(obs_size, waiting(p)->units++)
BREAK(obs_members, waiting(p)->members = 200)
BREAK(obs_role, waiting(p)->form |= 7 << NEWCOMER_ROLE_AT)
BREAK(obs_apart, waiting(p)->form &= (uint8_t)~NEWCOMER_DOMAIN)
BREAK(obs_below, waiting(p)->domain_len--)
BREAK(obs_short, waiting(p)->domain_len = (uint8_t)(waiting(p)->owner_len + 1))
BREAK(obs_name, waiting(p)->owner_len = 200)
BREAK(obs_time, waiting(p)->time_ns = -1)
BREAK(obs_elsewhere, ++*(uint8_t *)(uintptr_t)(newcomer_domain(waiting(p)) + 1))
BREAK(chain_loop, newcomers_at(&p->newcomers, waiting(p)->next)->next = waiting(p)->next)
BREAK(chain_far, waiting(p)->next = UINT32_MAX)
BREAK(chain_amid, waiting(p)->next++)
BREAK(chain_length, waiting(p)->first++)
BREAK(chain_two, newcomers_at(&p->newcomers, waiting(p)->next)->first = 1)
BREAK(chain_other, newcomers_at(&p->newcomers, waiting(p)->next)->domain_len--)

static const struct {
	const char *title;
	void (*break_it)(struct partition *p);
} damages[] = {
#define ROW(name)                                                                                            \
	{                                                                                                    \
#name, name                                                                                  \
	}
	ROW(pair_loose),    ROW(set_mixed),        ROW(owner_loop),    ROW(owner_gone),    ROW(owner_far),
	ROW(owner_of_none), ROW(owner_few),        ROW(owner_via),     ROW(owner_below),   ROW(owner_name),
	ROW(owner_hand),    ROW(pair_loop),        ROW(pair_far),      ROW(pair_of_other), ROW(pair_time),
	ROW(pair_count),    ROW(set_loop),         ROW(set_far),       ROW(set_kind),      ROW(set_room),
	ROW(set_links),     ROW(set_shared),       ROW(set_odd),       ROW(link_far),      ROW(domain_name),
	ROW(domain_hash),   ROW(domain_elsewhere), ROW(domain_sketch), ROW(domain_time),   ROW(domain_twice),
	ROW(now),           ROW(fresh_part),       ROW(fresh_half),    ROW(block_used),    ROW(obs_size),
	ROW(obs_members),   ROW(obs_role),         ROW(chain_other),   ROW(obs_name),      ROW(obs_time),
	ROW(obs_elsewhere), ROW(chain_loop),       ROW(chain_far),     ROW(chain_amid),    ROW(chain_length),
	ROW(chain_two),     ROW(obs_apart),        ROW(obs_below),     ROW(obs_short),     ROW(targets_none),
	ROW(targets_far),   ROW(targets_shared),   ROW(targets_odd),
#undef ROW
};

static enum err get(struct profiles *s, unsigned number, const struct buf *octets, size_t len)
{
	struct partition *p = &s->parts[number];
	enum err e;

	partition_fini(p);
	partition_init(p, number < OBS_PARTITIONS ? &s->config : &s->servers,
		       number < OBS_PARTITIONS ? &s->parts[OBS_PARTITIONS + number % OBS_GROUPS] : NULL);
	e = state_get_partition(p, number, octets->bytes, len);
	assert_true(e == OK || (p->n_domains == 0 && p->newcomers.n_blocks == 0 && p->config != NULL));
	return e;
}

static void test_damage(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct buf octets = {0};
		unsigned number;
		struct profiles *s = made_all(&number);

		damages[i].break_it(&s->parts[number]);
		state_put_partition(&s->parts[number], &octets);
		if (get(s, number, &octets, octets.len) != E_FORMAT)
			fail_msg("%s was let through", damages[i].title);
		buf_fini(&octets);
		made_profiles_close(s);
	}
}

/* What a pass and its end do to a partition. */
static void use(struct profiles *s, struct partition *p, struct buf *text)
{
	buf_clear(text);
	partition_admit(p, &(struct admission){.homes_least = 0});
	for (uint32_t n = 0; n < p->n_domains; n++)
		made_domain_text(text, p, n, true);
	made_see(s, everything, sizeof everything / sizeof *everything);
	s->config.memory_bytes = 1;
	(void)partition_trim(p);
	s->config.memory_bytes = 0;
}

/* Cut anywhere; another partition's; and every octet turned, one after the other: refused, or good enough for
 * all that is done to a partition. */
static void test_octets(void **state)
{
	struct buf octets = {0}, text = {0};
	unsigned number, refused = 0;
	struct profiles *s = made_all(&number);

	(void)state;
	state_put_partition(&s->parts[number], &octets);
	for (size_t len = 0; len < octets.len; len++)
		assert_int_equal(get(s, number, &octets, len), E_FORMAT);
	assert_int_equal(get(s, number ^ 1, &octets, octets.len), E_FORMAT);
	assert_int_equal(get(s, OBS_PARTITIONS, &octets, octets.len), E_FORMAT);
	for (size_t at = 0; at < octets.len; at++) {
		octets.bytes[at] ^= 0xff;
		if (get(s, number, &octets, octets.len) != OK)
			refused++;
		use(s, &s->parts[number], &text);
		octets.bytes[at] ^= 0xff;
	}
	assert_true(refused > octets.len / 4);
	assert_int_equal(get(s, number, &octets, octets.len), OK);
	buf_fini(&octets);
	buf_fini(&text);
	made_profiles_close(s);
}

static uint32_t no_home(void *context, const struct addr *a, bool *home)
{
	(void)context;
	*home = false;
	return a->octets[15] + 90u;
}

/* A younger source of networks counts for old addresses. */
static void test_nets(void **state)
{
	struct buf octets = {0};
	unsigned number;
	struct profiles *s = made_all(&number);
	struct partition *p = &s->parts[number];

	(void)state;
	assert_true(p->domains[0].homes == p->domains[0].n_pairs && p->domains[0].homes > 3);
	state_put_partition(p, &octets);
	s->config.net_of = no_home;
	assert_int_equal(get(s, number, &octets, octets.len), OK);
	assert_int_equal(p->domains[0].homes, 0);
	for (size_t n = 0; n < p->n_owners; n++)
		assert_int_equal(p->owners[n].homes, 0);
	for (size_t n = 0; n < p->n_pairs; n++)
		assert_int_equal(p->pairs[n].net, p->pairs[n].addr.octets[15] + 90u);
	buf_fini(&octets);
	made_profiles_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_nets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
