/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fragments.c -- see fragments.h.
 *
 * Fragments carry multiples of eight octets, but for the last: so one bit for each eight octets of the
 * datagram says what is there. Fragments may repeat what came before; if they contradict it, or the
 * datagram's length, the datagram is not believed (RFC 5722), and stays on the shelf without octets so that
 * its rest is not taken for a new one.
 */
#include "capture/fragments.h"

#include <stdlib.h>
#include <string.h>

#include "capture/ip.h"
#include "capture/packet.h"
#include "capture/packets.h"

#define FRAGMENT_IDLE_NS UINT64_C(30000000000)

enum { DATAGRAM_MAX = 65535, UNIT = 8, UNITS_MAX = (DATAGRAM_MAX + UNIT) / UNIT, ROOM_FIRST = 2048 };

struct datagram {
	struct shelf_item item;
	uint8_t *octets; /* owned; NULL: not believed */
	uint32_t room;
	uint32_t total;   /* octets; 0: the last fragment is not here yet */
	uint32_t high;    /* the furthest octet that came */
	uint32_t units;   /* set in have */
	uint8_t protocol; /* as the first fragment has it */
	uint64_t have[UNITS_MAX / 64];
};

/* A fragment's place. */
struct piece {
	const uint8_t *octets;
	uint32_t from, to;
	bool more;
};

static bool has_unit(const struct datagram *d, uint32_t unit)
{
	return (d->have[unit / 64] >> unit % 64 & 1) != 0;
}

static void drop(struct fragments *f, struct datagram *d)
{
	shelf_remove(&f->shelf, &d->item);
	free(d->octets);
	free(d);
}

/* For one that stays behind unbelieved, the loss is counted already. */
static void give_up(struct fragments *f, struct datagram *d)
{
	f->counts->fragments_lost += d->octets != NULL;
	drop(f, d);
}

static void disbelieve(struct fragments *f, struct datagram *d)
{
	f->counts->fragments_lost++;
	free(d->octets);
	d->octets = NULL;
	d->room = 0;
	shelf_charge(&f->shelf, &d->item, sizeof *d);
}

static bool make_room(struct fragments *f, struct datagram *d, uint32_t octets)
{
	uint32_t room = d->room == 0 ? ROOM_FIRST : d->room;
	uint8_t *grown;

	if (octets <= d->room)
		return true;
	while (room < octets)
		room *= 2;
	grown = realloc(d->octets, room);
	if (grown == NULL)
		return false;
	d->octets = grown;
	d->room = room;
	shelf_charge(&f->shelf, &d->item, sizeof *d + room);
	return true;
}

static struct datagram *open_datagram(struct fragments *f, const struct shelf_key *key)
{
	struct datagram *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	if (!shelf_add(&f->shelf, &d->item, key)) {
		free(d);
		return NULL;
	}
	if (!make_room(f, d, 1)) {
		drop(f, d);
		return NULL;
	}
	return d;
}

/* Whether the fragment agrees with the length the others speak of. */
static bool length_agrees(const struct datagram *d, const struct piece *at)
{
	if (d->total != 0)
		return at->to <= d->total && (at->more || at->to == d->total);
	return at->more || d->high <= at->to;
}

/* Copies the units that are new, compares the others; false: they differ. */
static bool merge(struct datagram *d, const struct piece *at)
{
	for (uint32_t from = at->from; from < at->to; from += UNIT) {
		uint32_t unit = from / UNIT, n = at->to - from < UNIT ? at->to - from : UNIT;
		const uint8_t *octets = at->octets + (from - at->from);

		if (has_unit(d, unit)) {
			if (memcmp(d->octets + from, octets, n) != 0)
				return false;
			continue;
		}
		memcpy(d->octets + from, octets, n);
		d->have[unit / 64] |= UINT64_C(1) << unit % 64;
		d->units++;
	}
	return true;
}

static bool is_whole(const struct datagram *d)
{
	return d->total != 0 && d->units == (d->total + UNIT - 1) / UNIT;
}

static void give(struct fragments *f, struct datagram *d, struct packet *p)
{
	f->counts->reassembled++;
	f->whole = d->octets;
	p->at = cursor_over(d->octets, d->total);
	p->protocol = d->protocol;
	p->missing = 0;
	p->in_frame = false;
	d->octets = NULL;
	drop(f, d);
}

/* Which datagram: RFC 791 counts the protocol in, RFC 8200 does not. */
static struct shelf_key key_of(const struct packet *p, const struct ip_part *part)
{
	uint64_t kind = part->v6 ? 1u << 8 : p->protocol;

	return (struct shelf_key){.from = p->from, .to = p->to, .rest = kind << 32 | part->id};
}

static struct datagram *datagram_of(struct fragments *f, const struct shelf_key *key, int64_t now_ns)
{
	struct datagram *d = (struct datagram *)(void *)shelf_find(&f->shelf, key);

	if (d != NULL && shelf_is_idle(&d->item, now_ns, FRAGMENT_IDLE_NS)) { /* the number is used again */
		give_up(f, d);
		d = NULL;
	}
	if (d == NULL)
		d = open_datagram(f, key);
	if (d != NULL)
		shelf_touch(&f->shelf, &d->item, now_ns);
	return d;
}

static void evict(struct fragments *f)
{
	while (shelf_is_over(&f->shelf)) {
		struct datagram *d = (struct datagram *)(void *)f->shelf.oldest;

		f->counts->evicted += d->octets != NULL;
		give_up(f, d);
	}
}

/* Puts the fragment into the datagram; false: that one is given up. */
static bool add(struct fragments *f, struct datagram *d, const struct piece *at)
{
	if (!length_agrees(d, at) || !make_room(f, d, at->to) || !merge(d, at))
		return false;
	d->total = at->more ? d->total : at->to;
	d->high = d->high < at->to ? at->to : d->high;
	return true;
}

enum err fragments_take(struct fragments *f, struct packet *p, const struct ip_part *part, int64_t now_ns)
{
	size_t n = cursor_left(&p->at);
	struct piece at = {p->at.bytes + p->at.pos, part->offset, part->offset + (uint32_t)n, part->more};
	struct shelf_key key = key_of(p, part);
	struct datagram *d;

	free(f->whole);
	f->whole = NULL;
	if (n == 0 || n > DATAGRAM_MAX - part->offset || (part->more && n % UNIT != 0))
		return E_FORMAT;
	d = datagram_of(f, &key, now_ns);
	if (d == NULL) {
		f->counts->fragments_lost++;
		return E_SHORT;
	}
	if (d->octets == NULL)
		return E_SHORT;
	if (part->offset == 0)
		d->protocol = p->protocol;
	if (!add(f, d, &at))
		disbelieve(f, d);
	else if (is_whole(d)) {
		give(f, d, p);
		return OK;
	}
	evict(f);
	return E_SHORT;
}

void fragments_sweep(struct fragments *f, int64_t now_ns)
{
	while (f->shelf.oldest != NULL && shelf_is_idle(f->shelf.oldest, now_ns, FRAGMENT_IDLE_NS))
		give_up(f, (struct datagram *)(void *)f->shelf.oldest);
}

void fragments_finish(struct fragments *f)
{
	while (f->shelf.oldest != NULL)
		give_up(f, (struct datagram *)(void *)f->shelf.oldest);
}

void fragments_fini(struct fragments *f)
{
	struct packets_counts unread = {0};

	f->counts = &unread;
	fragments_finish(f);
	shelf_fini(&f->shelf);
	free(f->whole);
	f->whole = NULL;
}
