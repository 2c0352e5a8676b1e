/* SPDX-License-Identifier: Apache-2.0 */
/* kind.c -- see kind.h. The words stand in kind_words.h. */
#include "enrich/kind.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/hash.h"
#include "enrich/kind_words.h"

enum { NAME_ROOM = 416, WORDS_MAX = 640 };

const double nets_kind_base[NET_KINDS] = {[NET_CONSUMER] = .35,   [NET_HOSTING] = .25,  [NET_CONTENT] = .06,
					  [NET_UNIVERSITY] = .06, [NET_BUSINESS] = .20, [NET_TRANSIT] = .08};

/* What stands below are our estimates too. */
static const double KEPT_PRIOR = .04; /* the part of the prior that no words remove */
static const double REPEATED = .4; /* the part that the second-best and later evidence for one kind counts */

/*
 * What the use of address space is worth, at points of a scale; between them on a line. The decibans were
 * estimated from the networks of libloc's database of 2022 whose names speak clearly for one kind (17,000 of
 * them), and rounded towards nothing where few stood behind a number. No size speaks loudly for homes: the
 * largest clouds and the largest access providers are of one size.
 */
struct point {
	double at;
	double worth[NET_KINDS];
};

struct scale {
	const struct point *points;
	int n;
};

/* log2 of announced IPv4 addresses: a lone /24 is seldom an access provider's, millions are no single
 * company's */
static const struct point size_points[] = {
	{8, {HOMES = -4, SERVERS = -1, CONTENT = 0, LEARN = -2, OWN = 3, CARRY = 0}},
	{10, {HOMES = 2, SERVERS = 1, CONTENT = -1, LEARN = -2, OWN = 0, CARRY = -1}},
	{13, {HOMES = 1, SERVERS = 1, CONTENT = 0, LEARN = 0, OWN = -4, CARRY = 0}},
	{16, {HOMES = -1, SERVERS = -1, CONTENT = 0, LEARN = 4, OWN = -3, CARRY = -2}},
	{19, {HOMES = 1, SERVERS = 0, CONTENT = 0, LEARN = -1, OWN = -7, CARRY = 1}},
	{22, {HOMES = 1, SERVERS = 0, CONTENT = 0, LEARN = -4, OWN = -8, CARRY = 1}},
};

/* log2 of addresses in a range: who rents out servers buys small blocks where they can be had */
static const struct point part_points[] = {
	{8, {HOMES = -2, SERVERS = 3, CONTENT = 0, LEARN = -5, OWN = -2, CARRY = 1}},
	{10, {HOMES = 0, SERVERS = 3, CONTENT = 0, LEARN = -4, OWN = -3, CARRY = 0}},
	{12, {HOMES = 1, SERVERS = 0, CONTENT = 0, LEARN = -1, OWN = -1, CARRY = 1}},
	{14, {HOMES = 0, SERVERS = -3, CONTENT = -1, LEARN = 2, OWN = 2, CARRY = -3}},
	{16, {HOMES = 0, SERVERS = -3, CONTENT = 0, LEARN = 3, OWN = 3, CARRY = -3}},
};

/* the part of addresses outside the country that has most of them: homes are in one country */
static const struct point abroad_points[] = {
	{.005, {HOMES = 0, SERVERS = -1, CONTENT = 0, LEARN = 1, OWN = 1, CARRY = -1}},
	{.05, {HOMES = -2, SERVERS = 2, CONTENT = 1, LEARN = -9, OWN = -5, CARRY = 2}},
	{.2, {HOMES = -5, SERVERS = 3, CONTENT = 2, LEARN = -9, OWN = -6, CARRY = 4}},
};

#define SCALE(points)                                                                                        \
	{                                                                                                    \
		points, sizeof points / sizeof *points                                                       \
	}
static const struct scale scale_size = SCALE(size_points), scale_part = SCALE(part_points),
			  scale_abroad = SCALE(abroad_points);
static const uint64_t PARTS_FROM = 1 << 12; /* addresses from which on the other two scales mean something */

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

			assert(index_.n < WORDS_MAX && index_.texts_len + len <= sizeof index_.texts);
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
	bool seen[WORDS_MAX] = {false};
	struct heap heaps[NET_KINDS] = {{0, 0}};
	char text[NAME_ROOM];
	size_t len = simplify(name, text);

	for (size_t at = 1; at < len;) {
		const struct word *w = text[at] == ' ' ? NULL : word_at(text, len, at);

		for (int k = 0; w != NULL && !seen[w - index_.words] && k < NET_KINDS; k++)
			heap_add(&heaps[k], kind_words[w->row].worth[k]);
		if (w != NULL)
			seen[w - index_.words] = true; /* handle and name often say the same */
		at += w == NULL ? 1 : w->len;
	}
	for (int k = 0; k < NET_KINDS; k++)
		decibans[k] += heaps[k].best + REPEATED * heaps[k].rest;
}

static void weigh(const struct scale *scale, double at, double decibans[NET_KINDS])
{
	const struct point *p = scale->points;
	double part;
	int i = 0;

	while (i < scale->n - 2 && at > p[i + 1].at)
		i++;
	part = (at - p[i].at) / (p[i + 1].at - p[i].at);
	part = part < 0 ? 0 : part > 1 ? 1 : part;
	for (int k = 0; k < NET_KINDS; k++)
		decibans[k] += (1 - part) * p[i].worth[k] + part * p[i + 1].worth[k];
}

static void weigh_space(const struct kind_space *space, double decibans[NET_KINDS])
{
	if (space->v4 == 0 && !space->v6) /* nothing announced: nothing said */
		return;
	weigh(&scale_size, space->v4 == 0 ? 0 : log2((double)space->v4), decibans);
	if (space->v4 < PARTS_FROM)
		return;
	if (space->v4_parts > 0)
		weigh(&scale_part, log2((double)space->v4 / space->v4_parts), decibans);
	if (space->v4_known > 0)
		weigh(&scale_abroad, 1 - (double)space->v4_home / (double)space->v4_known, decibans);
}

void kind_of_net(const char *name, const struct kind_space *space, float kind[NET_KINDS])
{
	double decibans[NET_KINDS] = {0}, p[NET_KINDS], sum = 0;

	pthread_once(&index_once, make_index);
	read_words(name, decibans);
	if (space != NULL)
		weigh_space(space, decibans);
	for (int k = 0; k < NET_KINDS; k++) {
		p[k] = nets_kind_base[k] * pow(10, decibans[k] / 10);
		sum += p[k];
	}
	for (int k = 0; k < NET_KINDS; k++)
		kind[k] = (float)((1 - KEPT_PRIOR) * p[k] / sum + KEPT_PRIOR * nets_kind_base[k]);
}

void nets_kind_of_name(const char *name, float kind[NET_KINDS])
{
	kind_of_net(name, NULL, kind);
}

uint64_t kind_revision(void)
{
	const double others[] = {KEPT_PRIOR, REPEATED};
	uint64_t h = hash_bytes(nets_kind_base, sizeof nets_kind_base, hash_bytes(others, sizeof others, 0));

	h = hash_bytes(size_points, sizeof size_points, h);
	h = hash_bytes(part_points, sizeof part_points, h);
	h = hash_bytes(abroad_points, sizeof abroad_points, h);
	for (size_t row = 0; row < sizeof kind_words / sizeof *kind_words; row++) {
		h = hash_bytes(kind_words[row].worth, sizeof kind_words[row].worth, h);
		h = hash_bytes(kind_words[row].words, strlen(kind_words[row].words), h);
	}
	return h;
}
