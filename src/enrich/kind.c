/* SPDX-License-Identifier: Apache-2.0 */
/* kind.c -- see kind.h. The words stand in kind_words.h. */
#include "enrich/kind.h"

#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/hash.h"
#include "enrich/kind_words.h"

enum { NAME_ROOM = 256, WORDS_MAX = 640, WORD_OCTETS_MAX = 40 };

/*
 * How networks divide into kinds when nothing is known, weighed by how often one meets them behind the
 * addresses of a domain rather than by their count. Our estimate; so are the numbers below.
 */
static const double prior[NET_KINDS] = {[NET_CONSUMER] = .35,   [NET_HOSTING] = .25,  [NET_CONTENT] = .06,
					[NET_UNIVERSITY] = .06, [NET_BUSINESS] = .20, [NET_TRANSIT] = .08};

static const double KEPT_PRIOR = .04; /* the part of the prior that no words remove */
static const double REPEATED = .4; /* the part that the second-best and later evidence for one kind counts */

/* Decibans by size of announced IPv4 space, at powers of two; between them on a line. A lone /24 is seldom an
 * access provider of size; millions of addresses are seldom one company's. */
static const struct {
	double bits;
	double worth[NET_KINDS];
} sizes[] = {
	{8, {HOMES = -5, SERVERS = 0, CONTENT = 1, LEARN = -3, OWN = 3, CARRY = 0}},
	{10, {HOMES = -2, SERVERS = 1, CONTENT = 0, LEARN = -2, OWN = 2, CARRY = 0}},
	{13, {HOMES = 1, SERVERS = 1, CONTENT = 0, LEARN = 0, OWN = 0, CARRY = 0}},
	{16, {HOMES = 3, SERVERS = 0, CONTENT = -1, LEARN = 3, OWN = -1, CARRY = 0}},
	{19, {HOMES = 5, SERVERS = -1, CONTENT = -1, LEARN = -1, OWN = -5, CARRY = 1}},
	{22, {HOMES = 7, SERVERS = -1, CONTENT = -1, LEARN = -6, OWN = -9, CARRY = 2}},
};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* One word of the table, ready to be looked for. */
struct word {
	const char *text; /* in `texts` */
	uint8_t len;
	bool any_start, any_end; /* need not begin, end at a word's edge */
	uint16_t row;
	uint16_t next; /* of the same first letter; 0: none (word 0 is not used) */
};

static struct {
	struct word words[WORDS_MAX];
	uint16_t first[26];
	uint16_t n;
	char texts[WORDS_MAX * 16];
	size_t texts_len;
} index_;
static pthread_once_t index_once = PTHREAD_ONCE_INIT;

static void add_word(const char *text, size_t len, uint16_t row)
{
	struct word *w = &index_.words[index_.n];
	char *to = index_.texts + index_.texts_len;

	*w = (struct word){.text = to, .row = row};
	if (text[0] == '*') {
		w->any_start = true;
		text++;
		len--;
	}
	if (text[len - 1] == '*') {
		w->any_end = true;
		len--;
	}
	for (size_t i = 0; i < len; i++)
		to[i] = text[i] == '_' ? ' ' : text[i];
	w->len = (uint8_t)len;
	w->next = index_.first[to[0] - 'a'];
	index_.first[to[0] - 'a'] = index_.n++;
	index_.texts_len += len;
}

static void make_index(void)
{
	index_.n = 1;
	for (size_t row = 0; row < sizeof kind_words / sizeof *kind_words; row++)
		for (const char *at = kind_words[row].words; *at != 0; at += strspn(at, " ")) {
			size_t len = strcspn(at, " ");

			if (index_.n < WORDS_MAX && index_.texts_len + len <= sizeof index_.texts)
				add_word(at, len, (uint16_t)row);
			at += len;
		}
}

/* The letters of U+00C0..U+017F without their accents, two octets each in UTF-8; '.' is no letter. */
static const char plain[] = "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty"
			    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
			    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* One character: its plain small letter, ' ' for what parts words, 0 for what stays inside one unread. */
static char letter_at(const uint8_t *text, size_t *octets)
{
	*octets = 1;
	if ((uint8_t)(ascii_lower1(text[0]) - 'a') < 26)
		return (char)ascii_lower1(text[0]);
	if (text[0] >= 0xc3 && text[0] <= 0xc5 && (text[1] & 0xc0) == 0x80) {
		char c = plain[(text[0] - 0xc3) * 64 + (text[1] & 0x3f)];

		*octets = 2;
		return c == '.' ? ' ' : c;
	}
	return text[0] >= 0x80 ? 0 : ' ';
}

/* The name as small plain letters, one blank before, between and behind its words. Returns the length. */
static size_t simplify(const char *name, char out[NAME_ROOM])
{
	const uint8_t *at = (const uint8_t *)name;
	size_t n = 0, octets;

	out[n++] = ' ';
	for (; *at != 0 && n < NAME_ROOM - 2; at += octets) {
		char c = letter_at(at, &octets);

		if (c != 0 && (c != ' ' || out[n - 1] != ' '))
			out[n++] = c;
	}
	if (out[n - 1] != ' ')
		out[n++] = ' ';
	out[n] = 0;
	return n;
}

/* The longest word of the table at text[at]; NULL when there is none. `text` has a blank at both ends. */
static const struct word *word_at(const char *text, size_t len, size_t at)
{
	const struct word *best = NULL;

	for (uint16_t i = index_.first[text[at] - 'a']; i != 0; i = index_.words[i].next) {
		const struct word *w = &index_.words[i];

		if (w->len >= len - at || (best != NULL && w->len <= best->len))
			continue;
		if ((!w->any_start && text[at - 1] != ' ') || (!w->any_end && text[at + w->len] != ' '))
			continue;
		if (memcmp(text + at, w->text, w->len) == 0)
			best = w;
	}
	return best;
}

/* Evidence for one kind, kept as its best part and the sum of the rest, for and against. */
struct heap {
	double best, rest;
};

static void heap_add(struct heap *h, double worth)
{
	if (fabs(worth) > fabs(h->best)) {
		h->rest += h->best;
		h->best = worth;
	} else {
		h->rest += worth;
	}
}

static void read_words(const char *name, double decibans[NET_KINDS])
{
	bool seen[sizeof kind_words / sizeof *kind_words] = {false};
	struct heap heaps[NET_KINDS] = {{0, 0}};
	char text[NAME_ROOM];
	size_t len = simplify(name, text);

	for (size_t at = 1; at < len;) {
		const struct word *w = text[at] == ' ' ? NULL : word_at(text, len, at);

		for (int k = 0; w != NULL && !seen[w->row] && k < NET_KINDS; k++)
			heap_add(&heaps[k], kind_words[w->row].worth[k]);
		if (w != NULL)
			seen[w->row] = true; /* handle and name often say the same: AS-FOOCABLE, Foo Cable */
		at += w == NULL ? 1 : w->len;
	}
	for (int k = 0; k < NET_KINDS; k++)
		decibans[k] += heaps[k].best + REPEATED * heaps[k].rest;
}

static void weigh_space(const struct kind_space *space, double decibans[NET_KINDS])
{
	double bits = space->v4 == 0 ? sizes[0].bits : log2((double)space->v4), part;
	int i = 0;

	if (space->v4 == 0 && !space->v6) /* nothing announced: nothing said */
		return;
	while (i < SIZES - 2 && bits > sizes[i + 1].bits)
		i++;
	part = (bits - sizes[i].bits) / (sizes[i + 1].bits - sizes[i].bits);
	part = part < 0 ? 0 : part > 1 ? 1 : part;
	for (int k = 0; k < NET_KINDS; k++)
		decibans[k] += (1 - part) * sizes[i].worth[k] + part * sizes[i + 1].worth[k];
}

void kind_of_net(const char *name, const struct kind_space *space, float kind[NET_KINDS])
{
	double decibans[NET_KINDS] = {0}, p[NET_KINDS], sum = 0;

	pthread_once(&index_once, make_index);
	read_words(name, decibans);
	if (space != NULL)
		weigh_space(space, decibans);
	for (int k = 0; k < NET_KINDS; k++) {
		p[k] = prior[k] * pow(10, decibans[k] / 10);
		sum += p[k];
	}
	for (int k = 0; k < NET_KINDS; k++)
		kind[k] = (float)((1 - KEPT_PRIOR) * p[k] / sum + KEPT_PRIOR * prior[k]);
}

void nets_kind_of_name(const char *name, float kind[NET_KINDS])
{
	kind_of_net(name, NULL, kind);
}

uint64_t kind_revision(void)
{
	const double others[] = {KEPT_PRIOR, REPEATED};
	uint64_t h = hash_bytes(prior, sizeof prior, hash_bytes(others, sizeof others, 0));

	h = hash_bytes(sizes, sizeof sizes, h);
	for (size_t row = 0; row < sizeof kind_words / sizeof *kind_words; row++) {
		h = hash_bytes(kind_words[row].worth, sizeof kind_words[row].worth, h);
		h = hash_bytes(kind_words[row].words, strlen(kind_words[row].words), h);
	}
	return h;
}
