/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcapng.c -- blocks of pcapng files (draft-ietf-opsawg-pcapng), and the way back to them.
 *
 * A block says its length twice, before and behind its body: that is the check. When the two differ, one of
 * them may still lead to a next block, and then it is the right one and nothing is lost. Else every octet is
 * tried as the start of a block of a known type, in both byte orders, with both lengths right and a body that
 * fits its type.
 */
#include "capture/reader.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/stamp.h"

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete; the enhanced one with a shorter interface number */
	BLOCK_SIMPLE = 3,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_ENHANCED = 6,
	BLOCK_JOURNAL = 9,
	BLOCK_SECRETS = 10,
	BLOCK_CUSTOM = 0xbad,
	BLOCK_CUSTOM_LOCAL = 0x40000bad,
	BLOCK_SECTION = 0x0a0d0d0a /* the same in both byte orders */
};

enum {
	BLOCK_OCTETS_MIN = 12,
	INTERFACE_OCTETS_MIN = 20,
	PACKET_OCTETS_MIN = 32, /* both lengths, 20 octets of numbers */
	SIMPLE_OCTETS_MIN = 16,
	SECTION_OCTETS_MIN = 28,
	PACKET_AT = 28, /* where the packet begins in its block */
	SIMPLE_AT = 12
};

enum { OPTION_END = 0, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14 };

enum { LINK_ETHERNET = 1, RESOLUTION_MICRO = 6, RESOLUTION_NANO = 9, INTERFACES_MAX = 65536 };

#define ORDER_MAGIC UINT32_C(0x1a2b3c4d)

__extension__ typedef __int128 wide;

struct block {
	uint32_t type, len;
	bool big;
};

/* What the two lengths of a block say; SHAPE_CUT: the file ends inside. */
enum shape { SHAPE_WELL, SHAPE_BROKEN, SHAPE_CUT, SHAPE_MORE };

static bool is_known(uint32_t type)
{
	switch (type) {
	case BLOCK_INTERFACE:
	case BLOCK_PACKET:
	case BLOCK_SIMPLE:
	case BLOCK_NAMES:
	case BLOCK_STATISTICS:
	case BLOCK_ENHANCED:
	case BLOCK_JOURNAL:
	case BLOCK_SECRETS:
	case BLOCK_CUSTOM:
	case BLOCK_CUSTOM_LOCAL:
	case BLOCK_SECTION:
		return true;
	default:
		return false;
	}
}

static bool is_packet(uint32_t type)
{
	return type == BLOCK_ENHANCED || type == BLOCK_PACKET || type == BLOCK_SIMPLE;
}

static unsigned octets_alike(const uint8_t *at, uint32_t big_endian)
{
	unsigned n = 0;

	for (int i = 0; i < 4; i++)
		n += at[i] == (uint8_t)(big_endian >> (24 - 8 * i));
	return n;
}

/* A section header begins at these 12 octets, one of its two marks perhaps damaged a little. *big is changed
 * only when the byte order mark is whole. */
static bool is_section(const uint8_t *at, bool *big)
{
	bool be = get_u32(at + 8, true) == ORDER_MAGIC, le = get_u32(at + 8, false) == ORDER_MAGIC;

	if (octets_alike(at, BLOCK_SECTION) < (be || le ? 3 : 4))
		return false;
	*big = be || (!le && *big);
	return true;
}

bool pcapng_recognise(const uint8_t *octets, size_t len)
{
	bool big = false;

	if (len < BLOCK_OCTETS_MIN || !is_section(octets, &big))
		return len >= 4 && len < BLOCK_OCTETS_MIN && octets_alike(octets, BLOCK_SECTION) == 4;
	return octets_alike(octets + 8, ORDER_MAGIC) >= 3 || octets_alike(octets + 8, 0x4d3c2b1a) >= 3;
}

static bool is_length(uint32_t len)
{
	return len >= BLOCK_OCTETS_MIN && len <= BLOCK_OCTETS_MAX && len % 4 == 0;
}

static enum shape block_at(const struct window *w, size_t pos, bool big, struct block *b)
{
	const uint8_t *at = w->at + pos;
	size_t left = w->left - pos;

	*b = (struct block){.big = big};
	if (left < BLOCK_OCTETS_MIN)
		return w->last ? SHAPE_CUT : SHAPE_MORE;
	b->type = get_u32(at, big);
	if (b->type != BLOCK_ENHANCED && is_section(at, &b->big))
		b->type = BLOCK_SECTION;
	b->len = get_u32(at + 4, b->big);
	if (!is_length(b->len))
		return SHAPE_BROKEN;
	if (b->len > left)
		return w->last ? SHAPE_CUT : SHAPE_MORE;
	return get_u32(at + b->len - 4, b->big) == b->len ? SHAPE_WELL : SHAPE_BROKEN;
}

static bool simple_fits(const uint8_t *at, const struct block *b)
{
	uint32_t room = b->len - SIMPLE_OCTETS_MIN, wire = get_u32(at + 8, b->big);

	return wire <= WIRE_OCTETS_MAX && (wire >= room || ((wire + 3) & ~3u) == room);
}

static inline bool packet_fits(const uint8_t *at, const struct block *b)
{
	uint32_t cap, wire;

	if (b->len < PACKET_OCTETS_MIN)
		return false;
	cap = get_u32(at + 20, b->big);
	wire = get_u32(at + 24, b->big);
	return cap <= RECORD_OCTETS_MAX && cap <= b->len - PACKET_OCTETS_MIN && wire <= WIRE_OCTETS_MAX &&
	       (cap <= wire || wire == 0);
}

/* Whether the numbers in the body agree with the block; reads no further than PACKET_AT octets from its
 * start. */
static bool body_fits(const uint8_t *at, const struct block *b)
{
	switch (b->type) {
	case BLOCK_ENHANCED:
	case BLOCK_PACKET:
		return packet_fits(at, b);
	case BLOCK_SIMPLE:
		return b->len >= SIMPLE_OCTETS_MIN && simple_fits(at, b);
	case BLOCK_INTERFACE:
		return b->len >= INTERFACE_OCTETS_MIN && get_u16(at + 10, b->big) == 0;
	case BLOCK_SECTION:
		return b->len >= SECTION_OCTETS_MIN && get_u32(at + 8, b->big) == ORDER_MAGIC;
	default:
		return true;
	}
}

/* Whether a block of a known type stands at pos, whole, or a packet that the end of the file cuts. */
static enum belief known_at(const struct window *w, size_t pos, bool big, struct block *b)
{
	size_t left = w->left - pos;

	if (left >= 4 && !is_known(get_u32(w->at + pos, big)))
		return BELIEF_NO;
	switch (block_at(w, pos, big, b)) {
	case SHAPE_MORE:
		return BELIEF_MORE;
	case SHAPE_WELL:
		return body_fits(w->at + pos, b) ? BELIEF_YES : BELIEF_NO;
	case SHAPE_CUT:
		if (left < PACKET_AT || (b->type != BLOCK_ENHANCED && b->type != BLOCK_PACKET))
			return BELIEF_NO;
		return body_fits(w->at + pos, b) ? BELIEF_YES : BELIEF_NO;
	case SHAPE_BROKEN:
		break;
	}
	return BELIEF_NO;
}

/* Whether reading may go on at pos. A type whose body has no numbers to check needs a known block behind it
 * as well, or the end of the file. */
static enum belief blocks_at(const struct window *w, size_t pos, bool big, struct block *b)
{
	enum belief belief = known_at(w, pos, big, b);
	struct block next;

	if (belief != BELIEF_YES || is_packet(b->type) || b->type == BLOCK_INTERFACE ||
	    b->type == BLOCK_SECTION)
		return belief;
	pos += b->len;
	if (pos == w->left)
		return w->last ? BELIEF_YES : BELIEF_MORE;
	return known_at(w, pos, b->big, &next);
}

/* The length of the block at the window's start, whose two lengths differ: that one of them behind which the
 * file ends or goes on. BELIEF_YES: b->len is it. */
static enum belief repair(const struct window *w, struct block *b)
{
	uint32_t lead = get_u32(w->at + 4, b->big), len;
	struct block next;

	for (len = BLOCK_OCTETS_MIN; len <= BLOCK_OCTETS_MAX && len <= w->left; len += 4) {
		enum belief belief;

		if (len != lead && get_u32(w->at + len - 4, b->big) != len)
			continue;
		if (len == w->left)
			belief = w->last ? BELIEF_YES : BELIEF_MORE;
		else
			belief = blocks_at(w, len, b->big, &next);
		b->len = len;
		if (belief != BELIEF_NO)
			return belief;
	}
	return w->last || len > BLOCK_OCTETS_MAX ? BELIEF_NO : BELIEF_MORE;
}

/*
 * Whether reading may go on at pos in the other byte order, its section header being lost. Zeros around small
 * numbers look like the other order one to three octets early, so that must be ruled out, and another block
 * must follow.
 */
static enum belief turned_blocks_at(const struct capture_reader *r, const struct window *w, size_t pos,
				    struct block *b)
{
	bool big = r->pcapng.big;
	enum belief belief = blocks_at(w, pos, !big, b);
	struct block other;
	size_t end = pos + b->len;

	for (size_t i = 1; belief == BELIEF_YES && i < 4 && pos + i < w->left; i++) {
		belief = blocks_at(w, pos + i, big, &other);
		belief = belief == BELIEF_MORE ? BELIEF_MORE : belief == BELIEF_YES ? BELIEF_NO : BELIEF_YES;
	}
	if (belief != BELIEF_YES || b->type == BLOCK_SECTION || (w->last && end == w->left))
		return belief;
	belief = end > w->left ? BELIEF_NO : known_at(w, end, b->big, &other);
	return belief == BELIEF_YES && other.len > w->left - end ? BELIEF_NO
								 : belief; /* cut: too little to say */
}

/* The first offset from `from` on at which reading may go on; BELIEF_MORE: *pos is still open. */
static enum belief search(const struct capture_reader *r, const struct window *w, size_t from, size_t *pos,
			  struct block *b)
{
	for (*pos = from; *pos < w->left; ++*pos) {
		enum belief belief = blocks_at(w, *pos, r->pcapng.big, b);

		if (belief == BELIEF_NO)
			belief = turned_blocks_at(r, w, *pos, b);
		if (belief == BELIEF_YES && b->len > w->left - *pos)
			continue; /* nothing could be read there */
		if (belief != BELIEF_NO)
			return belief;
	}
	return w->last ? BELIEF_NO : BELIEF_MORE;
}

static enum step take_up(struct capture_reader *r, struct window *w, size_t pos, const struct block *b)
{
	reader_skip(r, w, pos);
	r->counts.resyncs++;
	r->lost = false;
	if (b->big != r->pcapng.big && b->type != BLOCK_SECTION) /* another section: its header is lost */
		r->pcapng.n_interfaces = 0;
	r->pcapng.big = b->big;
	return STEP_ON;
}

static enum step find_again(struct capture_reader *r, struct window *w)
{
	struct block b;
	size_t pos;

	if (search(r, w, 0, &pos, &b) == BELIEF_YES)
		return take_up(r, w, pos, &b);
	reader_skip(r, w, pos);
	return w->last ? STEP_END : STEP_MORE;
}

static bool keep_interface(struct pcapng_state *s, const struct pcapng_interface *i)
{
	s->spare = *i;
	s->has_spare = true;
	if (s->n_interfaces == s->room) {
		uint32_t room = s->room == 0 ? 8 : 2 * s->room;
		struct pcapng_interface *grown = NULL;

		if (room <= INTERFACES_MAX)
			grown = realloc(s->interfaces, room * sizeof *grown);
		if (grown == NULL)
			return false;
		s->interfaces = grown;
		s->room = room;
	}
	s->interfaces[s->n_interfaces++] = *i;
	return true;
}

/* Options between the fixed part of an interface description and its second length. False: they break the
 * format. */
static bool read_options(struct cursor c, bool big, struct pcapng_interface *i)
{
	while (cursor_left(&c) >= 4) {
		const uint8_t *head = cursor_bytes(&c, 4), *value;
		uint16_t code = get_u16(head, big), len = get_u16(head + 2, big);

		if (code == OPTION_END)
			return true;
		value = cursor_bytes(&c, (len + 3u) & ~3u);
		if (value == NULL)
			return false;
		if (code == OPTION_RESOLUTION && len == 1)
			i->resolution = value[0];
		if (code == OPTION_OFFSET && len == 8)
			i->offset_s = (int64_t)((uint64_t)get_u32(value + (big ? 0 : 4), big) << 32 |
						get_u32(value + (big ? 4 : 0), big));
	}
	return cursor_left(&c) == 0;
}

static void take_interface(struct capture_reader *r, const uint8_t *at, const struct block *b)
{
	struct pcapng_interface i = {.resolution = RESOLUTION_MICRO};
	bool good = b->len >= INTERFACE_OCTETS_MIN;

	if (good) {
		i.link = get_u16(at + 8, b->big);
		i.snap_octets = get_u32(at + 12, b->big);
		good = read_options(cursor_over(at + 16, b->len - INTERFACE_OCTETS_MIN), b->big, &i);
		good = keep_interface(&r->pcapng, &i) && good;
	}
	r->counts.bad_records += !good;
}

/* Ticks since 1970 as nanoseconds; false: outside what a stamp holds. */
static bool ticks_to_ns(const struct pcapng_interface *i, uint64_t ticks, int64_t *ns)
{
	unsigned power = i->resolution & 0x7f;
	wide t = ticks;

	if ((i->resolution & 0x80) != 0) {
		t = t * NS_PER_SECOND >> power;
	} else {
		for (; power < 9; power++)
			t *= 10;
		for (; power > 9 && t != 0; power--)
			t /= 10;
	}
	t += (wide)i->offset_s * NS_PER_SECOND;
	if (t < 0 || t > INT64_MAX)
		return false;
	*ns = (int64_t)t;
	return true;
}

/* How packets of an unknown interface were most likely counted: the ticks of this century tell micro from
 * nano. */
static uint8_t guess_resolution(uint64_t ticks)
{
	return ticks / 1000000 >= UINT64_C(100000000000) ? RESOLUTION_NANO : RESOLUTION_MICRO;
}

/* Interface `id` of this section. False: it was never described, or its description is lost; *out is then a
 * guess. */
static bool find_interface(const struct pcapng_state *s, uint32_t id, uint64_t ticks,
			   struct pcapng_interface *out)
{
	if (id < s->n_interfaces) {
		*out = s->interfaces[id];
		return true;
	}
	*out = s->spare;
	if (!s->has_spare)
		*out = (struct pcapng_interface){.link = LINK_ETHERNET,
						 .resolution = guess_resolution(ticks)};
	return false;
}

/* The time of a packet, in *ns. False: it is out of any range; *good: it was as the interface says. */
static bool find_time(struct pcapng_interface *i, uint64_t ticks, int64_t *ns, bool *good)
{
	if (ticks_to_ns(i, ticks, ns))
		return true;
	*good = false;
	i->resolution = guess_resolution(ticks);
	i->offset_s = 0;
	return ticks_to_ns(i, ticks, ns);
}

/* An Enhanced Packet Block, or an obsolete Packet Block. */
static bool take_packet(struct capture_reader *r, const uint8_t *at, const struct block *b, struct frame *out)
{
	struct pcapng_state *s = &r->pcapng;
	struct pcapng_interface i;
	uint64_t ticks;
	uint32_t id, cap, wire;
	bool good, timed;

	if (!packet_fits(at, b)) {
		r->counts.bad_records++;
		return false;
	}
	id = b->type == BLOCK_ENHANCED ? get_u32(at + 8, b->big) : get_u16(at + 8, b->big);
	ticks = (uint64_t)get_u32(at + 12, b->big) << 32 | get_u32(at + 16, b->big);
	good = find_interface(s, id, ticks, &i);
	timed = find_time(&i, ticks, &s->last_ns, &good);
	r->counts.bad_records += !good;
	if (!timed)
		return false;
	cap = get_u32(at + 20, b->big);
	wire = get_u32(at + 24, b->big);
	*out = (struct frame){.time_ns = s->last_ns,
			      .octets = at + PACKET_AT,
			      .len = cap,
			      .wire_len = wire < cap ? cap : wire,
			      .link = i.link};
	return true;
}

/* A Simple Packet Block has no time: that of the frame before serves. */
static bool take_simple(struct capture_reader *r, const uint8_t *at, const struct block *b, struct frame *out)
{
	struct pcapng_interface i;
	uint32_t wire, cap;

	if (b->len < SIMPLE_OCTETS_MIN || !simple_fits(at, b)) {
		r->counts.bad_records++;
		return false;
	}
	r->counts.bad_records += !find_interface(&r->pcapng, 0, 0, &i);
	wire = get_u32(at + 8, b->big);
	cap = b->len - SIMPLE_OCTETS_MIN;
	if (i.snap_octets < cap && cap - i.snap_octets < 4) /* the rest pads */
		cap = i.snap_octets;
	*out = (struct frame){.time_ns = r->pcapng.last_ns,
			      .octets = at + SIMPLE_AT,
			      .len = cap < wire ? cap : wire,
			      .wire_len = wire,
			      .link = i.link};
	return true;
}

static void begin_section(struct capture_reader *r, const uint8_t *at, const struct block *b)
{
	bool good = b->len >= SECTION_OCTETS_MIN && octets_alike(at, BLOCK_SECTION) == 4 &&
		    get_u32(at + 8, b->big) == ORDER_MAGIC;

	r->pcapng.big = b->big;
	r->pcapng.n_interfaces = 0;
	r->counts.bad_records += !good;
}

/* Takes the whole block at the window's start. */
static enum step take(struct capture_reader *r, struct window *w, const struct block *b, struct frame *out)
{
	const uint8_t *at = w->at;
	bool frame = false;

	window_drop(w, b->len);
	switch (b->type) {
	case BLOCK_ENHANCED:
	case BLOCK_PACKET:
		frame = take_packet(r, at, b, out);
		break;
	case BLOCK_SIMPLE:
		frame = take_simple(r, at, b, out);
		break;
	case BLOCK_INTERFACE:
		take_interface(r, at, b);
		break;
	case BLOCK_SECTION:
		begin_section(r, at, b);
		break;
	default:
		r->counts.other_blocks++;
	}
	return frame ? STEP_FRAME : STEP_ON;
}

static enum belief repair_known(const struct window *w, struct block *b)
{
	enum belief belief;

	if (w->left < BLOCK_OCTETS_MIN || !is_known(b->type))
		return BELIEF_NO;
	belief = repair(w, b);
	if (belief != BELIEF_NO || b->type != BLOCK_SECTION || get_u32(w->at + 8, b->big) == ORDER_MAGIC)
		return belief;
	b->big = !b->big;
	return repair(w, b);
}

/* The block at the window's start is broken, or the end of the file cuts it. */
static enum step read_broken(struct capture_reader *r, struct window *w, struct block *b, struct frame *out)
{
	bool cut = w->last && (w->left < BLOCK_OCTETS_MIN || (is_length(b->len) && b->len > w->left));
	uint64_t bad = r->counts.bad_records + 1;
	enum belief belief = repair_known(w, b);
	enum step s;
	size_t pos;

	if (belief == BELIEF_MORE)
		return STEP_MORE;
	if (belief == BELIEF_YES) {
		s = take(r, w, b, out);
		r->counts.bad_records = bad; /* once, whatever else is wrong with it */
		return s;
	}
	if (cut && search(r, w, 1, &pos, b) != BELIEF_YES)
		return reader_cut_end(r, w);
	r->counts.bad_records = bad;
	r->lost = true;
	reader_skip(r, w, 1);
	return STEP_ON;
}

enum step pcapng_step(struct capture_reader *r, struct window *w, struct frame *out)
{
	struct block b;

	if (__builtin_expect(r->lost, 0))
		return find_again(r, w);
	switch (block_at(w, 0, r->pcapng.big, &b)) {
	case SHAPE_WELL:
		return take(r, w, &b, out);
	case SHAPE_MORE:
		return STEP_MORE;
	case SHAPE_CUT:
	case SHAPE_BROKEN:
		break;
	}
	return w->left == 0 ? STEP_END : read_broken(r, w, &b, out);
}
