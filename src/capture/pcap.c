/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcap.c -- records of pcap files (draft-ietf-opsawg-pcap), and the way back to them.
 *
 * A record has no mark and no check, only lengths and a time. So a record is given out when the one behind it
 * is believed: its head fits the format and its time is near. Else something broke, and it matters where:
 * - this record's length is wrong, or a part of it is missing: then a run of records begins inside what it
 * claims and runs on past its end;
 * - there is no such run: the record is good, and what lies behind it is not.
 * Then every octet is tried as the start of a run. A run is believed at three records near each other in
 * time, at one when its time is near those of the frames already given out, or when it ends just where the
 * file ends. A second file header counts as well: people join files with cat.
 */
#include "capture/reader.h"

#include <string.h>

#include "base/stamp.h"

enum {
	FILE_HEAD_OCTETS = 24,
	HEAD_OCTETS = 16, /* of a record, unless the file is of the modified kind */
	HEAD_OCTETS_MODIFIED = 24,
	HEAD_OCTETS_MODIFIED_LONG = 28, /* as SuSE had it */
	NEAR_S = 30 * 86400,            /* records next to each other are no further apart */
	RUN_BELIEVED = 3,
	RUN_MAX = 64,        /* records tried in a run that does not get past a record's end */
	AHEAD_OCTETS = 1024, /* asked for this long before they are read */
	LINE_OCTETS = 64
};

#define MAGIC_MICRO    UINT32_C(0xa1b2c3d4)
#define MAGIC_NANO     UINT32_C(0xa1b23c4d)
#define MAGIC_MODIFIED UINT32_C(0xa1b2cd34) /* Kuznetzov's patch: longer record heads */

struct head {
	uint32_t s, part, cap, wire;
};

/* Looking for the place where records begin again. */
struct hunt {
	size_t pos;  /* where to begin, and what was found */
	size_t to;   /* where to stop */
	size_t past; /* a run has to get beyond this offset; 0: any will do */
	bool head;   /* found: a file header, and its layout */
	struct pcap_layout layout;
};

static inline struct head head_get(const uint8_t *at, bool big)
{
	return (struct head){get_u32(at, big), get_u32(at + 4, big), get_u32(at + 8, big),
			     get_u32(at + 12, big)};
}

/* A wire length of zero comes from tools that do not know it. */
static inline bool head_fits(const struct pcap_layout *l, const struct head *h)
{
	return h->part < l->part_limit && h->cap <= RECORD_OCTETS_MAX && h->wire <= WIRE_OCTETS_MAX &&
	       (h->cap <= h->wire || h->wire == 0) && (h->s | h->part | h->cap | h->wire) != 0;
}

static inline bool is_near(uint32_t a_s, uint32_t b_s)
{
	return a_s - b_s + NEAR_S <= 2u * NEAR_S;
}

static unsigned octets_alike(uint32_t a, uint32_t b)
{
	unsigned n = 0;

	for (uint32_t differ = a ^ b, i = 0; i < 4; i++, differ >>= 8)
		n += (differ & 0xff) == 0;
	return n;
}

/* The layout whose magic shares most octets with these four, `alike` of them at least; false: there is none.
 */
static bool layout_of(const uint8_t magic[4], unsigned alike, struct pcap_layout *out)
{
	static const struct {
		uint32_t magic, part_limit, part_ns;
		uint8_t head_octets;
	} kinds[] = {{MAGIC_MICRO, 1000000, 1000, HEAD_OCTETS},
		     {MAGIC_NANO, 1000000000, 1, HEAD_OCTETS},
		     {MAGIC_MODIFIED, 1000000, 1000, HEAD_OCTETS_MODIFIED}};
	bool known = false;

	for (unsigned i = 0; i < 6; i++) {
		bool big = i % 2 != 0;
		unsigned n = octets_alike(get_u32(magic, big), kinds[i / 2].magic);

		if (n < alike)
			continue;
		known = true;
		alike = n + 1;
		*out = (struct pcap_layout){.part_limit = kinds[i / 2].part_limit,
					    .part_ns = kinds[i / 2].part_ns,
					    .head_octets = kinds[i / 2].head_octets,
					    .big = big};
	}
	return known;
}

/* Quick, for every octet that is searched. */
static bool is_magic(const uint8_t *b)
{
	return (b[0] == 0xa1 && b[1] == 0xb2) || (b[3] == 0xa1 && b[2] == 0xb2);
}

static bool is_version(const uint8_t *file, bool big)
{
	return get_u16(file + 4, big) == 2 && get_u16(file + 6, big) == 4;
}

bool pcap_recognise(const uint8_t *octets, size_t len)
{
	struct pcap_layout l;

	if (len < 4)
		return false;
	if (layout_of(octets, 4, &l))
		return true;
	return len >= 8 && layout_of(octets, 3, &l) && is_version(octets, l.big);
}

/* The upper half of the field may say how long a check sequence the frames carry. */
static void take_link(struct pcap_layout *l, const uint8_t *file)
{
	l->link = (uint16_t)(get_u32(file + 20, l->big) & 0xffff);
}

/* Whether heads of this length begin at the record `at` and lead to another one, or to the end. */
static bool heads_lead_on(const struct pcap_layout *l, const struct window *w, size_t at)
{
	for (int i = 0; i < 2; i++) {
		struct head h;

		if (w->left - at < l->head_octets)
			return i != 0;
		h = head_get(w->at + at, l->big);
		if (!head_fits(l, &h))
			return false;
		if (h.cap > w->left - at - l->head_octets)
			return i != 0;
		at += l->head_octets + h.cap;
	}
	return true;
}

/* Modified files do not say how long their heads are. The window reaches a record and two heads on, unless
 * last. */
static void choose_heads(struct pcap_layout *l, const struct window *w, size_t at)
{
	if (l->head_octets == HEAD_OCTETS || heads_lead_on(l, w, at))
		return;
	l->head_octets = HEAD_OCTETS_MODIFIED_LONG;
	if (!heads_lead_on(l, w, at))
		l->head_octets = HEAD_OCTETS_MODIFIED;
}

static bool window_reaches(const struct window *w, size_t pos)
{
	return w->last || w->left >= pos;
}

enum { MODIFIED_LOOK_OCTETS = RECORD_OCTETS_MAX + 2 * HEAD_OCTETS_MODIFIED_LONG };

/* Whether another file begins at pos: its header and a record, or nothing more. */
static enum belief file_at(const struct window *w, size_t pos, struct pcap_layout *l)
{
	size_t first = pos + FILE_HEAD_OCTETS;
	struct head h;

	if (w->left - pos < 4)
		return w->last ? BELIEF_NO : BELIEF_MORE;
	if (!is_magic(w->at + pos) || !layout_of(w->at + pos, 4, l))
		return BELIEF_NO;
	if (!window_reaches(w, first + (l->head_octets == HEAD_OCTETS ? HEAD_OCTETS : MODIFIED_LOOK_OCTETS)))
		return BELIEF_MORE;
	if (w->left < first || !is_version(w->at + pos, l->big))
		return BELIEF_NO;
	take_link(l, w->at + pos);
	choose_heads(l, w, first);
	if (w->left - first < l->head_octets)
		return w->left == first ? BELIEF_YES : BELIEF_NO;
	h = head_get(w->at + first, l->big);
	return head_fits(l, &h) ? BELIEF_YES : BELIEF_NO;
}

/* A run of records that is being followed. */
struct run {
	unsigned n;    /* heads that are near each other in time */
	bool familiar; /* the first one's time is near what was given out */
	bool varied;   /* they are not all the same, as those of a pattern would be */
	bool strange;  /* the last head fits, but its time is far: once in between that may be damage */
	struct head before;
};

static bool run_trusted(const struct capture_reader *r, const struct run *run)
{
	if (run->familiar)
		return run->n >= 1;
	return run->varied && run->n >= (r->pcap.n_seen == 0 ? 2 : RUN_BELIEVED);
}

/* Takes one more head into the run; false: it does not belong there. */
static bool run_add(const struct capture_reader *r, struct run *run, const struct head *h)
{
	const struct pcap_state *s = &r->pcap;
	bool strange = run->n != 0 && !is_near(h->s, run->before.s);

	if (!head_fits(&s->layout, h) || h->cap == 0 || (strange && run->strange))
		return false;
	run->strange = strange;
	if (strange)
		return true;
	if (run->n == 0)
		run->familiar = ((s->n_seen > 0 || s->hinted) && is_near(h->s, s->last_s)) ||
				(s->n_seen > 1 && is_near(h->s, s->before_s));
	else
		run->varied |= memcmp(h, &run->before, sizeof *h) != 0;
	run->before = *h;
	run->n++;
	return true;
}

/* Whether a run of records begins at pos; if `past` is not zero it has to get beyond that offset. */
static enum belief run_at(const struct capture_reader *r, const struct window *w, size_t pos, size_t past)
{
	const struct pcap_layout *l = &r->pcap.layout;
	struct run run = {0};
	unsigned least =
		past == 0 ? 1
			  : 2; /* records before a break; one alone is no better than the one it lies in */
	unsigned whole;
	bool exact;

	for (;;) {
		struct head h;

		if (w->left - pos < l->head_octets) {
			if (!w->last)
				return BELIEF_MORE;
			exact = past == 0 && w->left == pos && run.n != 0 && !run.strange;
			return exact || (pos > past && run_trusted(r, &run)) ? BELIEF_YES : BELIEF_NO;
		}
		h = head_get(w->at + pos, l->big);
		if (!run_add(r, &run, &h))
			return pos > past && run.n >= least && run_trusted(r, &run) ? BELIEF_YES : BELIEF_NO;
		if (run.n >= RUN_BELIEVED && (pos > past || run.n >= RUN_MAX) && run_trusted(r, &run))
			return BELIEF_YES;
		if (run.n >= RUN_MAX)
			return BELIEF_NO;
		if (h.cap > w->left - pos - l->head_octets) { /* the end cuts this one, or it is nothing */
			if (!w->last)
				return BELIEF_MORE;
			whole = run.n - (run.strange ? 0 : 1);
			return pos > past && whole >= least && run_trusted(r, &run) ? BELIEF_YES : BELIEF_NO;
		}
		pos += l->head_octets + h.cap;
	}
}

/* Moves to the first offset at which records are believed to begin; BELIEF_MORE: that is still open. */
static enum belief search(const struct capture_reader *r, const struct window *w, struct hunt *at)
{
	for (; at->pos < at->to; at->pos++) {
		enum belief b = file_at(w, at->pos, &at->layout);

		at->head = b == BELIEF_YES;
		if (b == BELIEF_NO)
			b = run_at(r, w, at->pos, at->past);
		if (b != BELIEF_NO)
			return b;
	}
	return BELIEF_NO;
}

static void begin_file(struct capture_reader *r, struct window *w, const struct pcap_layout *l)
{
	r->pcap.layout = *l;
	r->pcap.n_seen = 0;
	window_drop(w, FILE_HEAD_OCTETS);
}

static enum step take_up(struct capture_reader *r, struct window *w, const struct hunt *at)
{
	reader_skip(r, w, at->pos);
	r->counts.resyncs++;
	r->lost = false;
	if (at->head)
		begin_file(r, w, &at->layout);
	return STEP_ON;
}

static enum step give_up(struct capture_reader *r)
{
	r->counts.bad_records++;
	r->lost = true;
	return STEP_ON;
}

static enum step find_again(struct capture_reader *r, struct window *w)
{
	struct hunt at = {.to = w->left};
	enum belief b = search(r, w, &at);

	if (b == BELIEF_YES)
		return take_up(r, w, &at);
	reader_skip(r, w, at.pos);
	return w->last ? STEP_END : STEP_MORE;
}

/* The layout of a file whose magic is damaged: by its version and the magic's rest, else by its records. */
static bool guess_layout(struct capture_reader *r, const struct window *w)
{
	struct pcap_layout *l = &r->pcap.layout;

	if (layout_of(w->at, 3, l) && is_version(w->at, l->big))
		return true;
	for (unsigned i = 0; i < 4; i++) {
		bool nano = i >= 2;

		*l = (struct pcap_layout){.part_limit = nano ? 1000000000 : 1000000,
					  .part_ns = nano ? 1 : 1000,
					  .head_octets = HEAD_OCTETS,
					  .big = i % 2 != 0};
		if (run_at(r, w, FILE_HEAD_OCTETS, 0) == BELIEF_YES)
			return true;
	}
	l->big = !is_version(w->at, false) && is_version(w->at, true);
	return false;
}

static enum step read_file_head(struct capture_reader *r, struct window *w)
{
	struct pcap_layout *l = &r->pcap.layout;
	bool exact;

	if (w->left < FILE_HEAD_OCTETS) {
		if (!w->last)
			return STEP_MORE;
		return w->left == 0 ? STEP_END : reader_cut_end(r, w);
	}
	exact = layout_of(w->at, 4, l);
	if ((!exact || l->head_octets != HEAD_OCTETS) &&
	    !window_reaches(w, FILE_HEAD_OCTETS + 3 * MODIFIED_LOOK_OCTETS))
		return STEP_MORE;
	if (!exact) {
		r->counts.bad_records++;
		r->lost = !guess_layout(r, w);
	}
	take_link(l, w->at);
	choose_heads(l, w, FILE_HEAD_OCTETS);
	r->pcap.headed = true;
	window_drop(w, FILE_HEAD_OCTETS);
	return STEP_ON;
}

/* Whether the record that should begin at pos is believed, when one look at its head did not do: the time
 * leaps, it is empty, or it breaks the format. `ref_s` is the time of the record before. */
static enum belief doubt(const struct capture_reader *r, const struct window *w, size_t pos, uint32_t ref_s)
{
	const struct pcap_layout *l = &r->pcap.layout;
	struct head h = {0}, before;
	struct pcap_layout other;
	enum belief file;

	if (w->left == pos)
		return w->last ? BELIEF_YES : BELIEF_MORE;
	file = file_at(w, pos, &other);
	if (file != BELIEF_NO)
		return file == BELIEF_YES ? BELIEF_NO : BELIEF_MORE;
	for (unsigned n = 0;; n++) {
		if (w->left - pos < l->head_octets) /* the end, or too few octets behind a record that fits */
			return w->last ? (n == 0 ? BELIEF_NO : BELIEF_YES) : BELIEF_MORE;
		before = h;
		h = head_get(w->at + pos, l->big);
		if (!head_fits(l, &h))
			return BELIEF_NO;
		if (n + 1 == RUN_BELIEVED || (n > 0 && (is_near(h.s, before.s) || is_near(h.s, ref_s))))
			return BELIEF_YES;
		if (h.cap > w->left - pos - l->head_octets)
			return w->last ? (n == 0 ? BELIEF_NO : BELIEF_YES) : BELIEF_MORE;
		pos += l->head_octets + h.cap;
	}
}

static inline enum belief next_believed(const struct capture_reader *r, const struct window *w, size_t pos,
					uint32_t ref_s)
{
	const struct pcap_layout *l = &r->pcap.layout;

	if (w->left - pos >= l->head_octets) {
		struct head h = head_get(w->at + pos, l->big);

		if (head_fits(l, &h) && h.cap != 0 && is_near(h.s, ref_s))
			return BELIEF_YES;
	}
	return doubt(r, w, pos, ref_s);
}

/* A record that claims more than the file has: its length is wrong when records follow inside, else the file
 * is cut. */
static enum step read_over_end(struct capture_reader *r, struct window *w)
{
	struct hunt at = {.pos = 1, .to = w->left};

	if (!w->last)
		return STEP_MORE;
	if (w->left == 0)
		return STEP_END;
	if (w->left < r->pcap.layout.head_octets || search(r, w, &at) != BELIEF_YES)
		return reader_cut_end(r, w);
	r->counts.bad_records++;
	return take_up(r, w, &at);
}

/*
 * A record with nothing to believe behind it. STEP_FRAME: it may be given out all the same.
 * A packet may hold a piece of a capture, so a run inside has to get past the end; but a packet that the snap
 * length cut has nothing to confirm its length, and then two records inside say that it is wrong.
 */
static enum step read_before_break(struct capture_reader *r, struct window *w, const struct head *h)
{
	size_t size = r->pcap.layout.head_octets + h->cap;
	struct hunt at = {.pos = 1, .to = size, .past = h->cap == h->wire ? size : 1};
	enum belief b = search(r, w, &at);

	if (b == BELIEF_MORE)
		return STEP_MORE;
	if (b == BELIEF_YES) { /* the length is wrong: every record inside is welcome, an island too */
		reader_skip(r, w, 1);
		return give_up(r);
	}
	if (!w->last || w->left - size >= r->pcap.layout.head_octets)
		(void)give_up(r);
	return STEP_FRAME;
}

static inline struct frame frame_of(const struct pcap_layout *l, const struct head *h, const uint8_t *at)
{
	return (struct frame){.time_ns = (int64_t)h->s * NS_PER_SECOND + (int64_t)h->part * l->part_ns,
			      .octets = at + l->head_octets,
			      .len = h->cap,
			      .wire_len = h->wire < h->cap ? h->cap : h->wire,
			      .link = l->link};
}

static inline void note_time(struct pcap_state *s, uint32_t time_s)
{
	s->before_s = s->last_s;
	s->last_s = time_s;
	s->n_seen = (uint8_t)(s->n_seen + (s->n_seen < 2));
}

enum step pcap_step(struct capture_reader *r, struct window *w, struct frame *out)
{
	const struct pcap_layout *l = &r->pcap.layout;
	struct pcap_layout other;
	enum belief b;
	struct head h;
	size_t size;

	if (__builtin_expect(r->lost || !r->pcap.headed, 0))
		return r->lost ? find_again(r, w) : read_file_head(r, w);
	if (w->left < l->head_octets)
		return read_over_end(r, w);
	h = head_get(w->at, l->big);
	if (!head_fits(l, &h)) {
		if (r->pcap.n_seen == 0) /* its time may be whole */
			r->pcap.last_s = h.s;
		r->pcap.hinted = true;
		return give_up(r);
	}
	if (h.cap == 0 && (b = file_at(w, 0, &other)) != BELIEF_NO)
		return b == BELIEF_MORE ? STEP_MORE : give_up(r);
	if (h.cap > w->left - l->head_octets)
		return read_over_end(r, w);
	size = l->head_octets + h.cap;
	b = next_believed(r, w, size, h.s);
	if (__builtin_expect(b != BELIEF_YES, 0)) {
		enum step s = b == BELIEF_MORE ? STEP_MORE : read_before_break(r, w, &h);

		if (s != STEP_FRAME)
			return s;
	}
	*out = frame_of(l, &h, w->at);
	note_time(&r->pcap, h.s);
	window_drop(w, size);
	return STEP_FRAME;
}

/* A record's length says where the next one is, so the processor waits for memory at each, unless it is asked
 * ahead. */
static inline void ask_ahead(const uint8_t *at)
{
	for (unsigned line = 0; line < 4; line++) /* perhaps past the end */
		__builtin_prefetch((const void *)((uintptr_t)at + AHEAD_OCTETS + line * LINE_OCTETS));
}

static inline bool keeps_pace(const struct capture_pace *p, int64_t before_ns, int64_t time_ns)
{
	return time_ns >= before_ns && time_ns < p->before_ns && time_ns - before_ns <= p->step_ns;
}

/* Each head is looked at once: first as what is behind a record, then as a record's own. */
size_t pcap_run(struct capture_reader *r, const struct capture_window *window,
		const struct capture_pace *pace, struct frame *out, size_t n)
{
	const struct pcap_layout l = r->pcap.layout;
	struct window w = {window->octets, window->len, window->last};
	int64_t before_ns = pace->from_ns;
	struct head h, next;
	size_t i, size;

	if (r->lost || !r->pcap.headed || !w.last || w.left < l.head_octets)
		return 0;
	h = head_get(w.at, l.big);
	if (!head_fits(&l, &h) || h.cap == 0)
		return 0;
	for (i = 0; i < n && w.left - l.head_octets >= h.cap + (size_t)l.head_octets; i++) {
		size = l.head_octets + h.cap;
		next = head_get(w.at + size, l.big);
		out[i] = frame_of(&l, &h, w.at);
		if (!head_fits(&l, &next) || next.cap == 0 || !is_near(next.s, h.s) ||
		    !keeps_pace(pace, before_ns, out[i].time_ns))
			break;
		ask_ahead(w.at);
		before_ns = out[i].time_ns;
		note_time(&r->pcap, h.s);
		window_drop(&w, size);
		h = next;
	}
	return i;
}
