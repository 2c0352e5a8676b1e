/* SPDX-License-Identifier: Apache-2.0 */
/* lab_test.c -- the lab repeats itself, keeps time, and each class behaves as its truth says. */
#include "lab/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the two above first */
#include <cmocka.h>

#include "base/hash.h"
#include "base/stamp.h"
#include "dns/message.h"
#include "dns/name.h"
#include "lab/random.h"
#include "lab/wire.h"
#include "lab/write.h"

enum { DOMAINS_MAX = 1000, SEEN_MAX = 4096 };

static struct lab *opened(uint64_t seed, uint32_t hours, uint32_t vantage, unsigned sides)
{
	struct lab_config config = {
		.seed = seed, .hours = hours, .scale = 0.2, .vantage = vantage, .sides = sides};
	struct lab *l = NULL;
	struct diag d;

	assert_int_equal(lab_open(&l, &config, &d), OK);
	return l;
}

static enum err keep_line(void *context, const char *line, size_t len)
{
	buf_add(context, line, len);
	return ((struct buf *)context)->err;
}

/* The hash of the file the lab writes; the truth goes to *truth. */
static uint64_t written(uint64_t seed, enum lab_format format, unsigned sides, struct buf *truth)
{
	struct lab *l = opened(seed, 3, 0, sides);
	struct lab_writer *w = NULL;
	struct buf bytes = {0};
	struct lab_exchange x;
	uint64_t hash;

	assert_int_equal(lab_writer_open(&w, format, &bytes), OK);
	while (lab_next(l, &x) == OK)
		assert_int_equal(lab_writer_add(w, &x), OK);
	assert_int_equal(lab_writer_finish(w), OK);
	assert_true(lab_writer_records(w) > 1000);
	buf_clear(truth);
	assert_int_equal(lab_truth(l, keep_line, truth), OK);
	hash = hash_bytes(bytes.bytes, bytes.len, 0);
	lab_writer_close(w);
	lab_close(l);
	buf_fini(&bytes);
	return hash;
}

static void repeats(void **state)
{
	static const enum lab_format formats[] = {LAB_PCAP, LAB_DNSTAP, LAB_COF};
	struct buf first = {0}, again = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint64_t h = written(5, formats[i], LAB_CLIENTS | LAB_UPSTREAM, &first);

		assert_true(h == written(5, formats[i], LAB_CLIENTS | LAB_UPSTREAM, &again));
		assert_string_equal(buf_text(&first), buf_text(&again));
		assert_true(h != written(6, formats[i], LAB_CLIENTS | LAB_UPSTREAM, &again));
	}
	/* what is true does not depend on where one looks, or on the form it is written in */
	written(5, LAB_PCAP, LAB_CLIENTS, &again);
	assert_string_equal(buf_text(&first), buf_text(&again));
	written(5, LAB_COF, LAB_UPSTREAM, &again);
	assert_string_equal(buf_text(&first), buf_text(&again));
	buf_fini(&first);
	buf_fini(&again);
}

static uint32_t le32(const uint8_t *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* Packets of a file are in order of time, and their messages can be read. */
static void packets_in_order(void **state)
{
	struct lab *l = opened(2, 2, 0, LAB_CLIENTS | LAB_UPSTREAM);
	struct lab_writer *w = NULL;
	struct message m = {0};
	struct buf bytes = {0};
	struct lab_exchange x;
	int64_t last_ns = 0;
	size_t at = 24, tcp = 0, udp = 0;

	(void)state;
	assert_int_equal(lab_writer_open(&w, LAB_PCAP, &bytes), OK);
	while (lab_next(l, &x) == OK)
		assert_int_equal(lab_writer_add(w, &x), OK);
	assert_int_equal(lab_writer_finish(w), OK);
	for (size_t len; at < bytes.len; at += 16 + len) {
		const uint8_t *rec = bytes.bytes + at;
		int64_t now_ns = (int64_t)le32(rec) * NS_PER_SECOND + le32(rec + 4);

		len = le32(rec + 8);
		assert_true(at + 16 + len <= bytes.len && len > 42);
		assert_true(now_ns >= last_ns);
		last_ns = now_ns;
		if (rec[16 + 14 + 9] != 17) {
			tcp++;
			continue;
		}
		udp++;
		assert_int_equal(message_parse(&m, rec + 16 + 42, len - 42), OK);
	}
	assert_int_equal(at, bytes.len);
	assert_int_equal(tcp + udp, lab_writer_records(w));
	assert_true(tcp > 0 && tcp < udp / 5);
	lab_writer_close(w);
	lab_close(l);
	buf_fini(&bytes);
	message_fini(&m);
}

/* An rrset is a set (RFC 2181, 5): no record stands in it twice. */
static void assert_set(const struct lab_exchange *x)
{
	for (uint16_t i = 0; i < x->n; i++)
		for (uint16_t j = 0; j < i; j++) {
			const struct lab_record *a = &x->records[i], *b = &x->records[j];

			assert_false(a->type == b->type && a->section == b->section && a->owner == b->owner &&
				     a->target == b->target &&
				     memcmp(&a->addr, &b->addr, sizeof a->addr) == 0);
		}
}

static void exchanges_keep_time(void **state)
{
	struct lab *l = opened(3, 2, 0, LAB_CLIENTS | LAB_UPSTREAM);
	size_t n = 0, lost = 0, absent = 0, aaaa = 0;
	int64_t last_ns = LAB_START_NS;
	struct lab_exchange x;

	(void)state;
	for (; lab_next(l, &x) == OK; n++) {
		int section = SECTION_ANSWER;

		assert_true(x.event_ns >= last_ns && x.asked_ns >= x.event_ns);
		assert_true(x.event_ns < LAB_START_NS + 2 * 3600 * NS_PER_SECOND);
		assert_true(x.answered_ns == STAMP_NONE || x.answered_ns > x.asked_ns);
		last_ns = x.event_ns;
		lost += x.answered_ns == STAMP_NONE;
		absent += (x.flags & 15) == RCODE_NXDOMAIN;
		aaaa += x.qtype == RR_AAAA;
		assert_set(&x);
		for (uint16_t i = 0; i < x.n; i++) {
			assert_true(x.records[i].section >= section);
			section = x.records[i].section;
			if (x.records[i].type == RR_A)
				assert_true(addr_is_v4(&x.records[i].addr) &&
					    !addr_is_special(&x.records[i].addr));
			if (x.records[i].type == RR_AAAA)
				assert_false(addr_is_v4(&x.records[i].addr) ||
					     addr_is_none(&x.records[i].addr));
		}
	}
	assert_true(n > 2000);
	assert_true(lost > 0 && lost < n / 50);
	assert_true(absent > n / 50 && absent < n / 5);
	assert_true(aaaa > n / 20 && aaaa < n / 3);
	lab_close(l);
}

/* What the test gathers of one domain. */
struct domain {
	struct name name;
	char class[24], network[24];
	bool flux;
	struct addr seen[SEEN_MAX], servers[SEEN_MAX];
	size_t n_seen, n_servers, answers, most, fewest;
	uint32_t longest_ttl;
};

struct domains {
	struct domain *list;
	size_t n;
};

/* The text behind `key` in a line of truth up to the next quote or comma. */
static void field(const char *line, const char *key, char *to, size_t room)
{
	const char *at = strstr(line, key);
	size_t n = 0;

	to[0] = 0;
	if (at == NULL)
		return;
	n = strcspn(at += strlen(key), "\",}");
	assert_true(n < room);
	memcpy(to, at, n);
	to[n] = 0;
}

static enum err take_domain(void *context, const char *line, size_t len)
{
	struct domains *all = context;
	struct domain *d = &all->list[all->n];
	char text[256], flux[8], *copy = strndup(line, len);

	assert_true(all->n < DOMAINS_MAX && copy != NULL);
	field(copy, "\"domain\":\"", text, sizeof text);
	field(copy, "\"class\":\"", d->class, sizeof d->class);
	field(copy, "\"network\":\"", d->network, sizeof d->network);
	field(copy, "\"flux\":", flux, sizeof flux);
	free(copy);
	assert_int_equal(name_from_text(text, strlen(text), &d->name), OK);
	d->flux = strcmp(flux, "true") == 0;
	d->fewest = SIZE_MAX;
	all->n++;
	return OK;
}

static size_t note(struct addr *seen, size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(&seen[i], a, sizeof *a) == 0)
			return n;
	assert_true(n < SEEN_MAX);
	seen[n] = *a;
	return n + 1;
}

static struct domain *domain_of(const struct domains *all, const uint8_t *name)
{
	size_t len = name_wire_len(name);

	for (size_t i = 0; i < all->n; i++)
		if (name_is_below(name, len, all->list[i].name.octets, all->list[i].name.len))
			return &all->list[i];
	return NULL;
}

static void gather_one(struct domain *d, const struct lab_exchange *x)
{
	size_t n = 0;

	for (uint16_t i = 0; i < x->n; i++) {
		const struct lab_record *r = &x->records[i];

		if (r->type != RR_A)
			continue;
		if (r->section == SECTION_ADDITIONAL)
			d->n_servers = note(d->servers, d->n_servers, &r->addr);
		if (r->section != SECTION_ANSWER)
			continue;
		d->n_seen = note(d->seen, d->n_seen, &r->addr);
		d->longest_ttl = r->ttl > d->longest_ttl ? r->ttl : d->longest_ttl;
		n++;
	}
	if (n == 0)
		return;
	d->answers++;
	d->most = n > d->most ? n : d->most;
	d->fewest = n < d->fewest ? n : d->fewest;
}

static struct domains gather(uint32_t hours, uint32_t vantage)
{
	struct domains all = {.list = calloc(DOMAINS_MAX, sizeof(struct domain))};
	struct lab *l = opened(4, hours, vantage, LAB_CLIENTS);
	struct lab_exchange x;
	size_t n, flux;

	assert_non_null(all.list);
	assert_int_equal(lab_truth(l, take_domain, &all), OK);
	lab_domains(l, &n, &flux);
	assert_int_equal(n, all.n);
	while (lab_next(l, &x) == OK) {
		struct domain *d = domain_of(&all, x.question);
		bool server = memcmp(x.question + 1, "ns", 2) == 0; /* one address each, whatever the class */

		if (d != NULL && x.qtype == RR_A && !server)
			gather_one(d, &x);
	}
	for (size_t i = 0; i < all.n; i++)
		flux -= all.list[i].flux;
	assert_int_equal(flux, 0);
	lab_close(l);
	return all;
}

/* What is true of every domain of a class that was asked for at least 20 times. */
static const struct {
	const char *class;
	bool flux;
	size_t fewest, most;          /* addresses in an answer */
	size_t seen_least, seen_most; /* different ones in a day */
	size_t servers_most; /* different addresses of name servers: its own four, and four behind an alias */
	uint32_t longest_ttl;
} rules[] = {
	{"flux-single", true, 4, 8, 40, 1000, 2, 300},
	{"flux-double", true, 4, 8, 40, 1000, 1000, 300},
	{"cdn", false, 1, 4, 4, 50, 8, 60},
	{"volunteer-pool", false, 4, 4, 300, 3100, 4, 150},
	{"dynamic-dns", false, 1, 1, 1, 2, 3, 60},
	{"load-balancer", false, 1, 8, 5, 1000, 8, 60},
	{"parked", false, 1, 2, 1, 2, 4, 600},
	{"ordinary", false, 1, 4, 1, 24, 4, 86400},
	{"provider", false, 1, 1, 1, 1, 4, 86400},
};

static void classes(void **state)
{
	struct domains all = gather(24, 0);
	size_t checked[sizeof rules / sizeof *rules] = {0};

	(void)state;
	for (size_t i = 0; i < all.n; i++) {
		const struct domain *d = &all.list[i];
		size_t k = 0;

		while (strcmp(d->class, rules[k].class) != 0)
			assert_true(++k < sizeof rules / sizeof *rules);
		assert_int_equal(d->flux, rules[k].flux);
		if (d->answers < 20)
			continue;
		checked[k]++;
		if (d->fewest < rules[k].fewest || d->most > rules[k].most)
			fail_msg("%s: %zu to %zu addresses", d->class, d->fewest, d->most);
		if (d->n_seen < rules[k].seen_least || d->n_seen > rules[k].seen_most)
			fail_msg("%s: %zu different ones in %zu answers", d->class, d->n_seen, d->answers);
		if (d->n_servers > rules[k].servers_most || d->longest_ttl > rules[k].longest_ttl)
			fail_msg("%s: %zu servers, TTL %u", d->class, d->n_servers, d->longest_ttl);
		if (strcmp(d->class, "volunteer-pool") == 0) /* a fresh answer shows the whole TTL */
			assert_int_equal(d->longest_ttl, 150);
		if (strcmp(d->class, "flux-double") == 0)
			assert_true(d->n_servers > 20);
		if (strcmp(d->class, "load-balancer") == 0) /* one network: a made-up one is a /16 */
			for (size_t j = 1; j < d->n_seen; j++)
				assert_memory_equal(d->seen[j].octets, d->seen[0].octets, 14);
	}
	for (size_t k = 0; k < sizeof rules / sizeof *rules; k++)
		if (checked[k] == 0)
			fail_msg("%s: nothing to check", rules[k].class);
	free(all.list);
}

static size_t common(const struct domain *a, const struct domain *b)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_seen; i++)
		for (size_t j = 0; j < b->n_seen; j++)
			n += memcmp(&a->seen[i], &b->seen[j], sizeof a->seen[i]) == 0;
	return n;
}

/* Domains of one flux network share agents, and with nobody else. */
static void networks_share(void **state)
{
	struct domains all = gather(24, 0);
	size_t pairs = 0;

	(void)state;
	for (size_t i = 0; i < all.n; i++)
		for (size_t j = i + 1; j < all.n; j++) {
			const struct domain *a = &all.list[i], *b = &all.list[j];

			if (!a->flux || a->answers < 20 || b->answers < 20)
				continue;
			if (strcmp(a->network, b->network) != 0) {
				assert_true(common(a, b) < 5);
				continue;
			}
			pairs++;
			assert_true(common(a, b) > 10);
		}
	assert_true(pairs > 5);
	free(all.list);
}

/* A CDN gives other edges elsewhere; flux gives the same agents everywhere. */
static void vantages(void **state)
{
	struct domains here = gather(12, 0), there = gather(12, 1);
	size_t cdn = 0, flux = 0;

	(void)state;
	assert_int_equal(here.n, there.n);
	for (size_t i = 0; i < here.n; i++) {
		const struct domain *a = &here.list[i], *b = &there.list[i];

		assert_true(name_equal(&a->name, &b->name));
		if (a->answers < 20 || b->answers < 20)
			continue;
		if (strcmp(a->class, "cdn") == 0) {
			assert_int_equal(common(a, b), 0);
			cdn++;
		} else if (a->flux) {
			assert_true(common(a, b) > 10);
			flux++;
		}
	}
	assert_true(cdn > 2 && flux > 2);
	free(here.list);
	free(there.list);
}

/* The last moment up to which each owner's set may be cached, by a hash that is not expected to collide. */
struct expiry {
	uint64_t key, set;
	int64_t until_s;
};

static struct expiry *expiry_of(struct expiry table[1 << 16], uint64_t key)
{
	size_t at = key & 0xffff;

	while (table[at].key != 0 && table[at].key != key)
		at = (at + 1) & 0xffff;
	table[at].key = key;
	return &table[at];
}

/* The first owner of addresses in the answer, and what does not depend on their order. */
static const uint8_t *address_set(const struct lab_exchange *x, uint64_t *set, uint32_t *ttl)
{
	const uint8_t *owner = NULL;

	*set = 0;
	for (uint16_t i = 0; i < x->n; i++) {
		if (x->records[i].type != RR_A || x->records[i].section != SECTION_ANSWER)
			continue;
		owner = x->records[i].owner;
		*ttl = x->records[i].ttl;
		*set += hash_bytes(&x->records[i].addr, sizeof(struct addr), 0);
	}
	return owner;
}

/* Clients see one set until its TTL, counting down, is over; upstream sees a set once in its TTL. */
static void ttls_count_down(void **state)
{
	struct expiry *clients = calloc(1 << 16, sizeof *clients),
		      *upstream = calloc(1 << 16, sizeof *upstream);
	struct lab *l = opened(9, 6, 0, LAB_CLIENTS | LAB_UPSTREAM);
	size_t held = 0, renewed = 0;
	struct lab_exchange x;

	(void)state;
	while (lab_next(l, &x) == OK) {
		uint32_t ttl = 0;
		uint64_t set;
		const uint8_t *owner = address_set(&x, &set, &ttl);
		int64_t now_s = x.answered_ns / NS_PER_SECOND;
		struct expiry *e;

		if (owner == NULL)
			continue;
		e = expiry_of(x.side == LAB_CLIENTS ? clients : upstream,
			      hash_bytes(owner, name_wire_len(owner), 0) | 1);
		if (x.side == LAB_CLIENTS && now_s < e->until_s && x.event_ns / NS_PER_SECOND < e->until_s) {
			assert_true(e->set == set && now_s + ttl == e->until_s);
			held++;
		} else if (x.side == LAB_UPSTREAM) {
			assert_true(now_s >= e->until_s);
			renewed++;
		}
		*e = (struct expiry){e->key, set, now_s + ttl};
	}
	assert_true(held > 1000 && renewed > 1000);
	lab_close(l);
	free(clients);
	free(upstream);
}

static void refuses(void **state)
{
	static const struct lab_config rows[] = {
		{.hours = 0, .scale = 1, .sides = LAB_CLIENTS},
		{.hours = LAB_HOURS_MAX + 1, .scale = 1, .sides = LAB_CLIENTS},
		{.hours = 1, .scale = 0, .sides = LAB_CLIENTS},
		{.hours = 1, .scale = -1, .sides = LAB_CLIENTS},
		{.hours = 1, .scale = 1e9, .sides = LAB_CLIENTS},
		{.hours = 1, .scale = 1, .sides = 0},
		{.hours = 1, .scale = 1, .sides = 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct lab *l = NULL;
		struct diag d = {{0}};

		assert_int_equal(lab_open(&l, &rows[i], &d), E_RANGE);
		assert_null(l);
		assert_true(d.text[0] != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeats),
		cmocka_unit_test(packets_in_order),
		cmocka_unit_test(exchanges_keep_time),
		cmocka_unit_test(classes),
		cmocka_unit_test(networks_share),
		cmocka_unit_test(vantages),
		cmocka_unit_test(ttls_count_down),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests_name("lab", tests, NULL, NULL);
}
