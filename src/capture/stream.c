/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.c -- see stream.h.
 *
 * Segments are laid into the window at their sequence number; what is there already counts, what differs from
 * it is counted. A hole that is given up costs the message it lies in; if the length of that one is known and
 * the hole ends inside it, the next message is known to begin behind it. Else, and where nobody saw the
 * connection begin, messages are looked for octet by octet. Such a stream may also turn out to begin earlier:
 * segments that come late are put in front.
 */
#include "capture/stream.h"

#include <stdlib.h>
#include <string.h>

#include "capture/packets.h"

enum {
	MESSAGE_MIN = 12, /* a DNS header */
	ROOM_FIRST = 1024,
	ROOM_KEPT = 8192, /* of a stream that waits for its next message */
	NEAR_OCTETS = 64 * 1024
};

void stream_fini(struct stream *s)
{
	free(s->octets);
	*s = (struct stream){0};
}

static uint8_t *have_of(const struct stream *s)
{
	return s->octets + s->room;
}

static bool make_room(struct stream *s, uint32_t octets)
{
	uint32_t room = s->room == 0 ? ROOM_FIRST : s->room;
	uint8_t *grown;

	if (octets <= s->room)
		return true;
	while (room < octets)
		room *= 2;
	grown = calloc(2, room);
	if (grown == NULL)
		return false;
	if (s->high != 0) {
		memcpy(grown, s->octets, s->high);
		memcpy(grown + room, have_of(s), s->high);
	}
	free(s->octets);
	s->octets = grown;
	s->room = room;
	return true;
}

/* Takes up what is there without a hole behind `filled`. */
static void fill(struct stream *s)
{
	while (s->filled < s->high && have_of(s)[s->filled] != 0)
		have_of(s)[s->filled++] = 0;
}

/* Moves the window's beginning on by n octets, which may lie behind all that it holds. */
static void advance(struct stream *s, uint32_t n)
{
	uint32_t left = s->high > n ? s->high - n : 0;

	if (left != 0) {
		memmove(s->octets, s->octets + n, left);
		memmove(have_of(s), have_of(s) + n, left);
	}
	if (s->high != 0)
		memset(have_of(s) + left, 0, s->high - left);
	s->base += n;
	s->high = left;
	s->floor = s->floor > n ? s->floor - n : 0;
	s->read = s->read > n ? s->read - n : 0;
	s->filled = s->filled > n ? s->filled - n : 0;
}

/* Moves the beginning back, to what came late. */
static bool retreat(struct stream *s, uint32_t n)
{
	if (n > STREAM_WINDOW_OCTETS - s->high || !make_room(s, s->high + n))
		return false;
	memmove(s->octets + n, s->octets, s->high);
	memmove(have_of(s) + n, have_of(s), s->high);
	memset(have_of(s), 0, n);
	memset(have_of(s) + n, 1, s->filled);
	s->waiting = false;
	s->base -= n;
	s->start = s->base;
	s->high += s->high != 0 ? n : 0; /* a FIN alone leaves no hole */
	s->filled = 0;
	return true;
}

static void begin(struct stream *s, uint32_t seq, bool syn)
{
	stream_fini(s);
	s->base = s->start = seq;
	s->begun = true;
	s->syn = s->framed = syn;
}

/* Looks for the beginning of a message; false: it is not here yet. */
static bool seek(struct stream *s, struct packets_counts *counts)
{
	for (; s->read < s->filled; s->read++) {
		enum stream_look look = stream_look(s->octets + s->read, s->filled - s->read);

		s->framed = look == STREAM_YES;
		if (look != STREAM_NO)
			break;
		s->waiting = !s->syn && !s->given && !s->waited;
		if (s->waiting)
			return false;
		s->given = true;
		counts->tcp_lost += !s->loss_counted;
		s->loss_counted = true;
	}
	s->loss_counted = s->loss_counted && !s->framed;
	return s->framed;
}

static uint32_t length_at(const struct stream *s)
{
	return (uint32_t)s->octets[s->read] << 8 | s->octets[s->read + 1];
}

static void pass_discarded(struct stream *s)
{
	uint32_t n = s->filled - s->read < s->discard ? s->filled - s->read : s->discard;

	s->read += n;
	s->discard -= n;
}

/* Goes back to a segment from before the first one seen, when all behind it is given out. */
static void rewind_to(struct stream *s, uint32_t seq)
{
	s->ahead_from = s->start;
	s->ahead_to = s->base + s->read;
	s->has_ahead = true;
	advance(s, s->high);
	s->base = s->start = seq;
	s->framed = s->loss_counted = s->given = s->waited = false;
}

/* Goes on behind what was given out earlier, once its beginning is reached. */
static bool join_ahead(struct stream *s)
{
	if (!s->has_ahead || s->read != s->filled || s->base + s->read != s->ahead_from)
		return false;
	s->has_ahead = false;
	s->read = s->filled = 0;
	advance(s, s->ahead_to - s->base);
	fill(s);
	return true;
}

static void give_messages(struct stream *s, const struct stream_sink *to)
{
	pass_discarded(s);
	while (s->discard == 0 && (s->framed || seek(s, to->counts)) && s->filled - s->read >= 2) {
		uint32_t len = length_at(s);

		if (len < MESSAGE_MIN) {
			to->counts->tcp_bad_length++;
			s->framed = false;
			s->loss_counted = true;
			continue;
		}
		if (s->filled - s->read - 2 < len)
			return;
		s->given = true;
		to->take(to->context, s->octets + s->read + 2, len);
		s->read += 2 + len;
	}
}

static void give(struct stream *s, const struct stream_sink *to)
{
	do
		give_messages(s, to);
	while (join_ahead(s));
	if (s->read == s->high && s->room > ROOM_KEPT) {
		advance(s, s->high);
		free(s->octets);
		s->octets = NULL;
		s->room = 0;
	}
}

/* Goes on behind a hole, at offset `behind` of the window. */
static void pass_hole(struct stream *s, uint32_t behind, struct packets_counts *counts)
{
	uint32_t end = s->filled + s->discard; /* of the message that the hole lies in */

	counts->tcp_gaps++;
	if (s->discard == 0 && s->framed) {
		bool knows = s->filled - s->read >= 2;

		end = knows ? s->read + 2 + length_at(s) : s->read;
		counts->tcp_lost += knows;
	}
	s->discard = end > behind ? end - behind : 0;
	if (behind > end) { /* at least one more begins in the hole */
		counts->tcp_lost += s->framed || !s->loss_counted;
		s->framed = false;
		s->loss_counted = true;
	}
	s->given = true;
	s->has_ahead = false;
	if (behind > s->high) {
		advance(s, behind);
		behind = 0;
	}
	s->read = s->filled = s->floor = behind;
	fill(s);
}

static void skip_one(struct stream *s, const struct stream_sink *to)
{
	uint32_t behind = s->filled;

	if (s->waiting) {
		s->waiting = false;
		s->waited = true;
		give(s, to);
		return;
	}
	while (have_of(s)[behind] == 0)
		behind++;
	pass_hole(s, behind, to->counts);
	give(s, to);
}

void stream_skip(struct stream *s, const struct stream_sink *to)
{
	while (stream_has_hole(s))
		skip_one(s, to);
}

void stream_end(struct stream *s, const struct stream_sink *to)
{
	stream_skip(s, to);
	if (s->filled > s->read && (s->framed || !s->loss_counted))
		to->counts->tcp_lost++;
	s->loss_counted = true;
	s->framed = false;
}

static uint32_t count_differing(const uint8_t *a, const uint8_t *b, uint32_t n)
{
	uint32_t differ = 0;

	if (memcmp(a, b, n) != 0)
		for (uint32_t i = 0; i < n; i++)
			differ += a[i] != b[i];
	return differ;
}

/* Lays octets at `at` >= filled; what is there counts. */
static void lay(struct stream *s, uint32_t at, const struct segment *g, struct packets_counts *counts)
{
	uint8_t *have = have_of(s);

	if (at == s->high) {
		memcpy(s->octets + at, g->octets, g->len);
		memset(have + at, 1, g->len);
		s->high += g->len;
	} else {
		for (uint32_t i = 0; i < g->len; i++) {
			if (have[at + i] != 0)
				counts->tcp_conflicts += s->octets[at + i] != g->octets[i];
			else
				s->octets[at + i] = g->octets[i];
			have[at + i] = 1;
		}
		s->high = at + g->len > s->high ? at + g->len : s->high;
	}
	if (at == s->filled)
		fill(s);
}

/* Compares the front of the segment with what is there and takes it off. Offsets before the window are no
 * longer known. */
static void trim(const struct stream *s, struct segment *g, struct packets_counts *counts)
{
	int32_t at = (int32_t)(g->seq - s->base);
	uint32_t before = at < (int32_t)s->floor ? (uint32_t)((int32_t)s->floor - at) : 0, known;

	before = before < g->len ? before : g->len;
	g->seq += before;
	g->octets += before;
	g->len -= before;
	at += (int32_t)before;
	known = at >= 0 && (uint32_t)at < s->filled ? s->filled - (uint32_t)at : 0;
	known = known < g->len ? known : g->len;
	if (known != 0)
		counts->tcp_conflicts += count_differing(s->octets + at, g->octets, known);
	g->seq += known;
	g->octets += known;
	g->len -= known;
}

static void place(struct stream *s, struct segment g, const struct stream_sink *to)
{
	uint32_t at, behind = g.seq + g.len;

	trim(s, &g, to->counts);
	if (g.len == 0)
		return;
	at = g.seq - s->base;
	if (s->read >= s->high - s->read || at + g.len > STREAM_WINDOW_OCTETS) { /* cheap, or needed */
		advance(s, s->read);
		at = g.seq - s->base;
	}
	if (!make_room(s, at + g.len)) {
		to->counts->evicted++;
		return;
	}
	lay(s, at, &g, to->counts);
	if (g.missing != 0 && !stream_has_hole(s) && s->base + s->filled == behind) {
		give(s, to);
		if (s->base + s->filled == behind)
			pass_hole(s, behind - s->base + g.missing, to->counts);
	}
	give(s, to);
}

static bool is_near(uint32_t a, uint32_t b)
{
	return a - b + NEAR_OCTETS <= 2u * NEAR_OCTETS;
}

static int32_t offset_of(const struct stream *s, const struct segment *g)
{
	return (int32_t)(g->seq - s->base - s->read);
}

/* Counted from where the next message begins: what lies before it can be dropped. */
static bool fits(const struct stream *s, const struct segment *g)
{
	int32_t at = offset_of(s, g);

	return at >= -STREAM_WINDOW_OCTETS && at <= STREAM_WINDOW_OCTETS - (int32_t)g->len;
}

static bool is_ahead(const struct stream *s, const struct segment *g)
{
	int32_t at = offset_of(s, g);

	return at > 0 && at <= 2 * STREAM_WINDOW_OCTETS;
}

/* Makes the segment fit the window. One alone that is far off moves nothing; when the next one agrees with
 * it, this is another connection, or more was lost than a window holds. False: pass over it. */
static bool make_fit(struct stream *s, const struct segment *g, const struct stream_sink *to)
{
	bool agree;

	while (!fits(s, g) && is_ahead(s, g) && stream_has_hole(s))
		skip_one(s, to);
	if (fits(s, g)) {
		s->has_stray = false;
		return true;
	}
	agree = s->has_stray && is_near(g->seq, s->stray);
	s->has_stray = true;
	s->stray = g->seq;
	if (!agree) {
		to->counts->bad_tcp++;
		return false;
	}
	stream_end(s, to);
	to->counts->tcp_gaps++;
	begin(s, g->seq, false);
	return true;
}

/* A SYN: of a new connection, a repeat, or one that its data overtook. */
static void take_syn(struct stream *s, uint32_t first, const struct stream_sink *to)
{
	bool late = s->begun && !s->syn && !s->closed && s->start - first <= NEAR_OCTETS;

	if (s->begun && first == s->start && (s->syn || s->closed))
		return;
	if (!late) {
		if (s->begun && !s->closed)
			stream_end(s, to);
		begin(s, first, true);
		return;
	}
	s->syn = true;
	if (s->given || (first != s->base && !retreat(s, s->base - first)))
		return;
	s->framed = true;
}

/* Takes off what was given out before the stream went back. */
static void trim_ahead(const struct stream *s, struct segment *g)
{
	uint32_t known = s->ahead_to - g->seq;

	if (g->seq - s->ahead_from < s->ahead_to - s->ahead_from) { /* begins inside */
		known = known < g->len ? known : g->len;
		g->seq += known;
		g->octets += known;
		g->len -= known;
	} else if (s->ahead_from - g->seq < g->len) {
		g->len = s->ahead_from - g->seq;
		g->missing = 0;
	}
}

static void take_octets(struct stream *s, struct segment g, const struct stream_sink *to)
{
	uint32_t before;

	if (!make_fit(s, &g, to) || s->closed)
		return;
	before = s->start - g.seq;
	if (!s->syn && before != 0 && before <= NEAR_OCTETS) {
		if (!s->given)
			(void)retreat(s, before); /* without room its front is taken for known */
		else if (s->read == s->high && s->discard == 0 && !s->has_ahead)
			rewind_to(s, g.seq);
	}
	if (s->has_ahead)
		trim_ahead(s, &g);
	place(s, g, to);
}

static void close_at_fin(struct stream *s, const struct stream_sink *to)
{
	if (!s->has_fin || !s->syn || s->closed || s->base + s->filled != s->fin)
		return;
	stream_end(s, to);
	free(s->octets);
	s->octets = NULL;
	s->base = s->fin;
	s->room = s->read = s->filled = s->high = s->floor = s->discard = 0;
	s->closed = true;
}

void stream_take(struct stream *s, const struct segment *g, const struct stream_sink *to)
{
	struct segment data = *g;

	data.seq += g->syn;
	if (g->syn)
		take_syn(s, data.seq, to);
	else if (!s->begun)
		begin(s, data.seq, false);
	if (g->fin && !s->has_fin && fits(s, &data)) {
		s->has_fin = true;
		s->fin = data.seq + g->len + g->missing;
	}
	if (g->len != 0)
		take_octets(s, data, to);
	close_at_fin(s, to);
}
