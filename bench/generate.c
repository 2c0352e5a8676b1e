/* SPDX-License-Identifier: Apache-2.0 */
/*
 * generate.c -- writes the two captures that deflux is measured with, as pcap on standard output.
 *
 *   usual    what a resolver's clients see: 200,000 names by Zipf's law (exponent 1), 1-4 addresses in
 * rotated order, TTLs that count down, aliases, authority and additional sections; 2 % of the names are new.
 *   hostile  every name is new and a registrable domain of its own; half of them have addresses never seen
 * before.
 *
 * The same COUNT and SEED give the same octets. An answer is a template: what differs from one to the next is
 * stored into its copy. Every message is one that a resolver could have sent, checksums included.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "lab/lab.h"
#include "lab/random.h"

enum {
	NAMES = 200000,
	PROVIDERS = 400,
	EDGES = 2000, /* of CDNs: names that aliases lead to */
	CDNS = 7,
	NEW_PERCENT = 2,
	ALIAS_PERCENT = 15,
	PER_SECOND = 100000, /* of capture time */
	ADDRESSES_MAX = 4,
	RECORDS_MAX = 16,
	TEMPLATE_MAX = 400,
	BUFFER_OCTETS = 4 << 20,
	HEAD_OCTETS = 24,
	RECORD_HEAD = 16,
	ETHERNET = 14,
	IP = 20,
	UDP = 8,
	DNS = ETHERNET + IP + UDP,
	RR_FIXED = 10 /* type, class, TTL, length of rdata */
};

/* When the cache must ask again for a set that several names lead to. */
struct clock {
	int64_t until_s;
	uint32_t ttl;
};

enum {
	CLOCK_ANSWER,
	CLOCK_ZONE,
	CLOCKS_OWN,
	EDGES_AT = CLOCKS_OWN,
	CDNS_AT = EDGES_AT + EDGES,
	PROVIDERS_AT = CDNS_AT + CDNS,
	CLOCKS = PROVIDERS_AT + PROVIDERS
};

/* Where a frame varies. */
struct shape {
	uint16_t len;
	uint16_t address_at,
		n_addresses; /* the rotated set: records of STRIDE octets, a pointer as their owner */
	uint16_t n_ttls;
	uint16_t ttl_at[RECORDS_MAX],
		clock_of[RECORDS_MAX]; /* CLOCK_ANSWER, CLOCK_ZONE or one that is shared */
	struct clock own[CLOCKS_OWN];
};

/* A frame without its pcap header. */
struct template
{
	struct shape shape;
	uint8_t octets[TEMPLATE_MAX];
};

/* A name of the usual capture; its frame lies in the pool at `at`. */
struct entry {
	struct shape shape;
	size_t at;
};

struct output {
	uint8_t *octets;
	size_t len;
	uint64_t written;
	struct rng rng;
	int64_t now_ns;
	struct clock shared[CLOCKS];
};

enum { STRIDE = 2 + RR_FIXED + 4 };

static void be16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void be32(uint8_t *at, uint32_t v)
{
	be16(at, v >> 16);
	be16(at + 2, v & 0xffff);
}

static void le32(uint8_t *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

static void add(struct template *t, const void *octets, size_t n)
{
	if (t->shape.len + n > TEMPLATE_MAX) { /* the longest made here is well below */
		fputs("bench-generate: a template is too long\n", stderr);
		abort();
	}
	memcpy(t->octets + t->shape.len, octets, n);
	t->shape.len = (uint16_t)(t->shape.len + n);
}

static void add16(struct template *t, unsigned v)
{
	uint8_t o[2];

	be16(o, v);
	add(t, o, 2);
}

static void add_label(struct template *t, const char *label)
{
	uint8_t n = (uint8_t)strlen(label);

	add(t, &n, 1);
	add(t, label, n);
}

/* A pointer to what stands at `at` in the frame. */
static void add_pointer(struct template *t, uint16_t at)
{
	add16(t, 0xc000u | (unsigned)(at - DNS));
}

/* Type, class, TTL (the clock's, stored later), length of rdata (of names: stored later); counts the record.
 */
static void add_fixed(struct template *t, enum section s, unsigned type, unsigned clock)
{
	uint8_t *count = t->octets + DNS + 6 + 2 * (size_t)s;

	t->shape.clock_of[t->shape.n_ttls] = (uint16_t)clock;
	add16(t, type);
	add16(t, CLASS_IN);
	t->shape.ttl_at[t->shape.n_ttls++] = t->shape.len;
	add16(t, 0);
	add16(t, 0);
	add16(t, 4);
	count[1]++;
}

/* Headers and the question; *apex is where the registrable domain begins. */
static void begin(struct template *t, const char *host, const char *domain, const char *suffix,
		  uint16_t *apex)
{
	static const uint8_t ethernet[ETHERNET] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
	static const uint8_t ip[IP] = {0x45, 0, 0,   0, 0, 0,  0,   0,  64,  17,
				       0,    0, 192, 0, 2, 53, 198, 51, 100, 0};
	static const uint8_t udp[UDP] = {0, DNS_PORT};
	static const uint8_t header[DNS_HEADER_OCTETS] = {0, 0, 0x81, 0x80, 0, 1};

	memset(t, 0, sizeof *t);
	add(t, ethernet, sizeof ethernet);
	add(t, ip, sizeof ip);
	add(t, udp, sizeof udp);
	add(t, header, sizeof header);
	if (host != NULL)
		add_label(t, host);
	*apex = t->shape.len;
	add_label(t, domain);
	add_label(t, suffix);
	add(t, "", 1);
	add16(t, RR_A);
	add16(t, CLASS_IN);
}

/* A public address for any number: no special-purpose range begins with 24..99. */
static void address_of(uint64_t number, uint8_t out[4])
{
	uint64_t h = rng_mix(number);

	out[0] = (uint8_t)(24 + h % 76);
	out[1] = (uint8_t)(h >> 16);
	out[2] = (uint8_t)(h >> 24);
	out[3] = (uint8_t)(1 + (h >> 32) % 254);
}

/* n addresses that `number` stands for; with the same clock. */
static void add_addresses(struct template *t, uint16_t owner, unsigned clock, unsigned n, uint64_t number)
{
	t->shape.address_at = t->shape.len;
	t->shape.n_addresses = (uint16_t)n;
	for (unsigned i = 0; i < n; i++) {
		uint8_t a[4];

		add_pointer(t, owner);
		add_fixed(t, SECTION_ANSWER, RR_A, clock);
		address_of(number + i, a);
		add(t, a, 4);
	}
}

/* The length of the rdata that began at `start` and ends here. */
static void end_name(struct template *t, uint16_t start)
{
	be16(t->octets + start - 2, (unsigned)(t->shape.len - start));
}

/* Two name servers of a provider, and their addresses. */
static void add_servers(struct template *t, uint16_t zone, unsigned clock, unsigned provider)
{
	uint16_t suffix_at = 0, server_at[2];
	char label[16];

	snprintf(label, sizeof label, "dns%u", provider);
	for (int i = 0; i < 2; i++) {
		add_pointer(t, zone);
		add_fixed(t, SECTION_AUTHORITY, RR_NS, clock);
		server_at[i] = t->shape.len;
		add_label(t, i == 0 ? "ns1" : "ns2");
		if (i == 0) {
			suffix_at = t->shape.len;
			add_label(t, label);
			add_label(t, "net");
			add(t, "", 1);
		} else {
			add_pointer(t, suffix_at);
		}
		end_name(t, server_at[i]);
	}
	for (unsigned i = 0; i < 2; i++) {
		uint8_t a[4];

		add_pointer(t, server_at[i]);
		add_fixed(t, SECTION_ADDITIONAL, RR_A, PROVIDERS_AT + provider);
		address_of(UINT64_C(1) << 40 | 2 * (uint64_t)provider | i, a);
		add(t, a, 4);
	}
}

/* The lengths in the headers; the checksum of IP without its number, which is stored later. */
static void finish(struct template *t)
{
	be16(t->octets + ETHERNET + 2, (unsigned)t->shape.len - ETHERNET);
	be16(t->octets + ETHERNET + IP + 4, (unsigned)t->shape.len - ETHERNET - IP);
}

static uint32_t pick_ttl(struct rng *r)
{
	static const uint32_t ttls[] = {20,  60,   60,   120,  300,  300,   300,
					600, 1800, 3600, 3600, 7200, 86400, 86400};

	return ttls[rng_below(r, sizeof ttls / sizeof *ttls)];
}

/* A label of `n` letters that stands for the number alone: different numbers, different labels. */
static void label_of(uint64_t number, char label[16])
{
	uint64_t h = rng_mix(number); /* a bijection */
	unsigned n = 0;

	for (; n < 14; n++, h /= 26)
		label[n] = (char)('a' + h % 26);
	label[n] = 0;
}

/* An alias of a CDN's edge, with the edge's addresses: what is behind the alias is the same for all its
 * customers. */
static void add_edge(struct template *t, unsigned edge)
{
	uint16_t owner, zone;
	char label[16];

	add_pointer(t, DNS + DNS_HEADER_OCTETS);
	add_fixed(t, SECTION_ANSWER, RR_CNAME, CLOCK_ANSWER);
	owner = t->shape.len;
	snprintf(label, sizeof label, "e%u", edge);
	add_label(t, label);
	zone = t->shape.len;
	snprintf(label, sizeof label, "cdn%u", edge % CDNS);
	add_label(t, label);
	add_label(t, "net");
	add(t, "", 1);
	end_name(t, owner);
	add_addresses(t, owner, EDGES_AT + edge, 1 + edge / CDNS % ADDRESSES_MAX,
		      UINT64_C(1) << 41 | edge << 3);
	add_servers(t, zone, CDNS_AT + edge % CDNS, edge % CDNS);
}

/* One name of the usual kind; `number` makes it what it is. */
static void usual_template(struct template *t, uint64_t number)
{
	static const char *const suffixes[] = {"com", "com", "com",  "net", "org",
					       "de",  "fr",  "info", "it",  "nl"};
	static const char *const hosts[] = {NULL, "www", "www", "mail", "api", "img"};
	const char *host, *suffix;
	struct rng r;
	char domain[16];
	uint16_t apex;

	rng_seed(&r, number, 0);
	label_of(number, domain);
	host = hosts[rng_below(&r, 6)]; /* draws stand alone: arguments have no order */
	suffix = suffixes[rng_below(&r, 10)];
	begin(t, host, domain, suffix, &apex);
	t->shape.own[CLOCK_ANSWER].ttl = pick_ttl(&r);
	t->shape.own[CLOCK_ZONE].ttl = rng_below(&r, 2) == 0 ? 86400 : 7200;
	if (rng_below(&r, 100) < ALIAS_PERCENT) {
		add_edge(t, (unsigned)rng_below(&r, EDGES));
	} else {
		bool shared = rng_below(&r, 2) == 0; /* with other customers of a hoster */
		uint64_t machine = shared ? rng_below(&r, 20000) : number + (UINT64_C(1) << 20);
		unsigned n = 1 + (unsigned)rng_below(&r, ADDRESSES_MAX);

		add_addresses(t, DNS + DNS_HEADER_OCTETS, CLOCK_ANSWER, n, machine << 3);
		add_servers(t, apex, CLOCK_ZONE, (unsigned)rng_below(&r, PROVIDERS));
	}
	finish(t);
}

/* A name nobody saw before: as malware that generates names, or an attacker that fills tables, would ask. */
static void hostile_template(struct template *t, uint64_t number, struct rng *r)
{
	static const char *const suffixes[] = {"com", "net", "org", "info", "biz", "xyz", "top", "ru"};
	bool new_addresses = rng_below(r, 2) == 0;
	unsigned n = 1 + (unsigned)rng_below(r, ADDRESSES_MAX);
	uint64_t machine = new_addresses ? UINT64_C(1) << 42 | number : rng_below(r, 1000);
	char domain[16];
	uint16_t apex;

	label_of(number, domain);
	begin(t, rng_below(r, 4) == 0 ? "www" : NULL, domain, suffixes[number % 8], &apex);
	add_addresses(t, DNS + DNS_HEADER_OCTETS, CLOCK_ANSWER, n, machine << 3);
	add_servers(t, apex, CLOCK_ZONE, (unsigned)rng_below(r, PROVIDERS));
	t->shape.own[CLOCK_ANSWER].ttl = 300;
	t->shape.own[CLOCK_ZONE].ttl = 3600;
	finish(t);
}

/* The lives of the sets that many names lead to. */
static void set_clocks(struct clock shared[CLOCKS])
{
	for (uint32_t i = 0; i < EDGES; i++)
		shared[EDGES_AT + i].ttl = 20 + i % 3 * 20;
	for (uint32_t i = 0; i < CDNS; i++)
		shared[CDNS_AT + i].ttl = 14400;
	for (uint32_t i = 0; i < PROVIDERS; i++)
		shared[PROVIDERS_AT + i].ttl = i % 2 == 0 ? 3600 : 86400;
}

static uint32_t sum16(const uint8_t *at, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)at[i] << 8 | at[i + 1];
	return n % 2 == 0 ? sum : sum + ((uint32_t)at[n - 1] << 8);
}

static unsigned folded(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void flush(struct output *o)
{
	if (fwrite(o->octets, 1, o->len, stdout) != o->len) {
		fprintf(stderr, "bench-generate: %s\n", strerror(errno));
		exit(1);
	}
	o->written += o->len;
	o->len = 0;
}

/* Room for one more packet, behind its pcap header of the next moment. */
static uint8_t *next_packet(struct output *o, uint16_t len)
{
	uint8_t *at;

	if (o->len + RECORD_HEAD + TEMPLATE_MAX > BUFFER_OCTETS)
		flush(o);
	o->now_ns += 1000000000 / PER_SECOND;
	at = o->octets + o->len;
	le32(at, (uint32_t)(o->now_ns / 1000000000));
	le32(at + 4, (uint32_t)(o->now_ns % 1000000000));
	le32(at + 8, len);
	le32(at + 12, len);
	o->len += RECORD_HEAD + (size_t)len;
	return at + RECORD_HEAD;
}

/* What is different in every packet: client, ports, numbers; then the checksums over all of it. */
static void address_packet(uint8_t *p, uint16_t len, uint64_t random)
{
	uint8_t *udp = p + ETHERNET + IP;
	unsigned sum;

	be16(p + ETHERNET + 4, (unsigned)random);
	p[ETHERNET + 19] = (uint8_t)(1 + (random >> 16 & 0xff) % 254);
	be16(udp + 2, 1024u + (unsigned)(random >> 24) % 64512u);
	be16(p + DNS, (unsigned)(random >> 48));
	be16(p + ETHERNET + 10, folded(sum16(p + ETHERNET, IP)));
	sum = folded(17 + (uint32_t)(len - ETHERNET - IP) + sum16(p + ETHERNET + 12, 8) +
		     sum16(udp, (size_t)len - ETHERNET - IP));
	be16(udp + 6, sum == 0 ? 0xffff : sum);
}

/* What is left of each record's life; what has expired is asked for again in the same second. */
static void store_ttls(struct output *o, struct shape *s, uint8_t *p)
{
	int64_t now_s = o->now_ns / 1000000000;

	for (unsigned i = 0; i < s->n_ttls; i++) {
		unsigned at = s->clock_of[i];
		struct clock *c = at < CLOCKS_OWN ? &s->own[at] : &o->shared[at];

		if (now_s >= c->until_s)
			c->until_s = now_s + c->ttl;
		be32(p + s->ttl_at[i], (uint32_t)(c->until_s - now_s));
	}
}

/* Turns the set by `by` records. */
static void rotate(uint8_t *p, const struct shape *s, const uint8_t *from, unsigned by)
{
	for (unsigned i = 0; i < s->n_addresses; i++)
		memcpy(p + s->address_at + i * STRIDE + 2 + RR_FIXED,
		       from + s->address_at + (i + by) % s->n_addresses * STRIDE + 2 + RR_FIXED, 4);
}

static void write_answer(struct output *o, struct shape *s, const uint8_t *octets)
{
	uint8_t *p = next_packet(o, s->len);
	uint64_t random = rng_next(&o->rng);

	memcpy(p, octets, s->len);
	store_ttls(o, s, p);
	if (s->n_addresses > 1)
		rotate(p, s, octets, (unsigned)(random >> 40 & 3) % s->n_addresses);
	address_packet(p, s->len, random);
}

/* The templates of all names, one behind the other; NULL without memory. */
static uint8_t *make_names(struct entry *entries, uint64_t seed)
{
	uint8_t *pool = malloc((size_t)NAMES * TEMPLATE_MAX);
	struct template t;
	size_t at = 0;

	if (pool == NULL)
		return NULL;
	for (uint32_t i = 0; i < NAMES; i++) {
		usual_template(&t, seed << 32 | i);
		entries[i] = (struct entry){t.shape, at};
		memcpy(pool + at, t.octets, t.shape.len);
		at += t.shape.len;
	}
	return pool;
}

static bool write_usual(struct output *o, uint64_t count, uint64_t seed)
{
	struct entry *entries = calloc(NAMES, sizeof *entries);
	uint8_t *pool = entries == NULL ? NULL : make_names(entries, seed);
	uint64_t fresh = seed << 32 | NAMES;
	struct zipf ranks = {0};
	bool ready = pool != NULL && zipf_init(&ranks, NAMES) == OK;

	for (uint64_t i = 0; ready && i < count; i++) {
		uint32_t rank = zipf_draw(&ranks, &o->rng);

		if (rng_below(&o->rng, 100) < NEW_PERCENT) {
			struct template t;

			usual_template(&t, fresh++);
			write_answer(o, &t.shape, t.octets);
		} else {
			write_answer(o, &entries[rank].shape, pool + entries[rank].at);
		}
	}
	zipf_fini(&ranks);
	free(pool);
	free(entries);
	return ready;
}

static bool write_hostile(struct output *o, uint64_t count, uint64_t seed)
{
	for (uint64_t i = 0; i < count; i++) {
		struct template t;

		hostile_template(&t, seed << 40 | i, &o->rng);
		write_answer(o, &t.shape, t.octets);
	}
	return true;
}

static void write_head(struct output *o)
{
	uint8_t *at = o->octets;

	memset(at, 0, HEAD_OCTETS);
	le32(at, 0xa1b23c4d); /* nanoseconds */
	at[4] = 2;
	at[6] = 4;
	le32(at + 16, 262144);
	le32(at + 20, 1); /* Ethernet */
	o->len = HEAD_OCTETS;
}

static bool number_of(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == 0 && errno == 0;
}

int main(int argc, char **argv)
{
	static struct output o = {.now_ns = LAB_START_NS};
	uint64_t count, seed;
	bool usual = argc == 4 && strcmp(argv[1], "usual") == 0, done;

	if (argc != 4 || (!usual && strcmp(argv[1], "hostile") != 0) || !number_of(argv[2], &count) ||
	    !number_of(argv[3], &seed)) {
		fputs("usage: bench-generate usual|hostile COUNT SEED > FILE.pcap\n", stderr);
		return EX_USAGE;
	}
	rng_seed(&o.rng, seed, 5);
	set_clocks(o.shared);
	o.octets = malloc(BUFFER_OCTETS);
	done = o.octets != NULL;
	if (done) {
		write_head(&o);
		done = usual ? write_usual(&o, count, seed) : write_hostile(&o, count, seed);
	}
	if (!done) {
		fputs("bench-generate: no memory\n", stderr);
		free(o.octets);
		return 1;
	}
	flush(&o);
	free(o.octets);
	if (fflush(stdout) != 0) {
		fprintf(stderr, "bench-generate: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
