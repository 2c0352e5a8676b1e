/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fstrm.c -- see dnstap.h: Frame Streams as files hold them, read and written.
 *
 * A frame has a length and no mark. What it holds is known, though: a protobuf of a few fields that end just
 * where the frame ends. A frame that looks so is given out. One that does not has either a wrong length, and
 * then there may be frames inside of what it claims; or wrong content, and then another frame begins behind
 * it, and it is given out for the parser to refuse.
 */
#include "capture/dnstap.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "capture/protobuf.h"
#include "capture/reader.h"

enum {
	FRAME_OCTETS_MAX = 256 * 1024,
	CONTROL_OCTETS_MAX = 512, /* as libfstrm has it */
	HEAD_OCTETS = 4,
	CONTROL_HEAD_OCTETS = 8,
	OUTER_FIELDS_MAX = 16,
	CONTENT_LOOK_OCTETS = 64 * 1024
};

enum control { CONTROL_ACCEPT = 1, CONTROL_START, CONTROL_STOP, CONTROL_READY, CONTROL_FINISH };
enum { CONTROL_CONTENT_TYPE = 1 };

static const char content_type[] = "protobuf:dnstap.Dnstap";

struct fstrm_reader {
	struct fstrm_counts counts;
	bool begun;   /* what stands at the beginning was looked at */
	bool lost;    /* looking for the next frame */
	bool refused; /* it holds something else */
};

bool fstrm_recognise(const uint8_t *octets, size_t len)
{
	struct cursor c = cursor_over(octets, len);
	uint32_t escape = cursor_u32(&c), control_len = cursor_u32(&c), type = cursor_u32(&c);

	return c.err == OK && escape == 0 && control_len >= 4 && control_len <= CONTROL_OCTETS_MAX &&
	       type == CONTROL_START;
}

struct fstrm_reader *fstrm_open(void)
{
	return calloc(1, sizeof(struct fstrm_reader));
}

void fstrm_close(struct fstrm_reader *r)
{
	free(r);
}

const struct fstrm_counts *fstrm_counted(const struct fstrm_reader *r)
{
	return &r->counts;
}

/* Whether these octets are a Dnstap message from end to end, judged by its outer fields. */
static bool looks_like_dnstap(const uint8_t *octets, size_t len)
{
	struct cursor c = cursor_over(octets, len);
	struct protobuf_field f;
	bool message = false, kind = false;

	for (unsigned n = 0; protobuf_next(&c, &f); n++) {
		if (n == OUTER_FIELDS_MAX)
			return false;
		message |= f.id == DNSTAP_MESSAGE && f.wire == PROTOBUF_OCTETS;
		kind |= f.id == DNSTAP_KIND && f.wire == PROTOBUF_VARINT && f.number == DNSTAP_KIND_MESSAGE;
	}
	return c.err == OK && message && kind;
}

/* The octets that the frame at pos claims, head and all; 0: no frame can begin so. The window holds its head.
 */
static size_t claimed_at(const struct window *w, size_t pos)
{
	uint32_t len = get_u32(w->at + pos, true);

	if (len != 0)
		return len <= FRAME_OCTETS_MAX ? HEAD_OCTETS + (size_t)len : 0;
	if (w->left - pos < CONTROL_HEAD_OCTETS)
		return CONTROL_HEAD_OCTETS;
	len = get_u32(w->at + pos + HEAD_OCTETS, true);
	return len >= 4 && len <= CONTROL_OCTETS_MAX ? CONTROL_HEAD_OCTETS + (size_t)len : 0;
}

static bool is_control(const struct window *w, size_t pos)
{
	return get_u32(w->at + pos, true) == 0;
}

/* A control frame: its type, and the last content type it names. The type is 0 when it breaks the format. */
struct control_frame {
	uint32_t type;
	const uint8_t *content;
	uint32_t content_len;
};

static struct control_frame read_control(const uint8_t *octets, size_t len)
{
	struct cursor c = cursor_over(octets, len);
	struct control_frame f = {.type = cursor_u32(&c)};

	while (c.err == OK && cursor_left(&c) != 0) {
		uint32_t id = cursor_u32(&c), field_len = cursor_u32(&c);
		const uint8_t *field = cursor_bytes(&c, field_len);

		if (id != CONTROL_CONTENT_TYPE)
			return (struct control_frame){0};
		f.content = field;
		f.content_len = field_len;
	}
	if (c.err != OK || f.type < CONTROL_ACCEPT || f.type > CONTROL_FINISH)
		return (struct control_frame){0};
	return f;
}

/* The tags that a Dnstap message begins with in practice: a quick look for each octet that is searched. */
static bool is_first_tag(uint8_t tag)
{
	return tag == (DNSTAP_IDENTITY << 3 | PROTOBUF_OCTETS) ||
	       tag == (DNSTAP_VERSION << 3 | PROTOBUF_OCTETS) ||
	       tag == (DNSTAP_EXTRA << 3 | PROTOBUF_OCTETS) ||
	       tag == (DNSTAP_MESSAGE << 3 | PROTOBUF_OCTETS) || tag == (DNSTAP_KIND << 3 | PROTOBUF_VARINT);
}

/* Whether a frame of either kind is believed to begin at pos. */
static enum belief begins_at(const struct window *w, size_t pos)
{
	size_t left = w->left - pos, claimed;

	if (left < HEAD_OCTETS)
		return w->last ? BELIEF_NO : BELIEF_MORE;
	claimed = claimed_at(w, pos);
	if (claimed == 0)
		return BELIEF_NO;
	if (!is_control(w, pos) && left > HEAD_OCTETS && !is_first_tag(w->at[pos + HEAD_OCTETS]))
		return BELIEF_NO;
	if (claimed > left)
		return w->last ? BELIEF_NO : BELIEF_MORE;
	if (!is_control(w, pos))
		return looks_like_dnstap(w->at + pos + HEAD_OCTETS, claimed - HEAD_OCTETS) ? BELIEF_YES
											   : BELIEF_NO;
	return read_control(w->at + pos + CONTROL_HEAD_OCTETS, claimed - CONTROL_HEAD_OCTETS).type != 0
		       ? BELIEF_YES
		       : BELIEF_NO;
}

/* Moves *pos to the first offset below `to` at which a frame is believed to begin, or where that is still
 * open. */
static enum belief search(const struct window *w, size_t *pos, size_t to)
{
	for (; *pos < to; ++*pos) {
		enum belief b = begins_at(w, *pos);

		if (b != BELIEF_NO)
			return b;
	}
	return BELIEF_NO;
}

static void skip(struct fstrm_reader *r, struct window *w, size_t n)
{
	r->counts.skipped_octets += n;
	window_drop(w, n);
}

static enum step give_up(struct fstrm_reader *r)
{
	r->counts.bad_frames++;
	r->lost = true;
	return STEP_ON;
}

static enum step find_again(struct fstrm_reader *r, struct window *w)
{
	size_t pos = 0;
	enum belief b = search(w, &pos, w->left);

	skip(r, w, pos);
	if (b != BELIEF_YES)
		return b == BELIEF_NO && w->last ? STEP_END : STEP_MORE;
	r->counts.resyncs++;
	r->lost = false;
	return STEP_ON;
}

/* The file ends inside what this frame claims. */
static enum step take_end(struct fstrm_reader *r, struct window *w)
{
	size_t pos = 1;

	if (search(w, &pos, w->left) == BELIEF_YES)
		return give_up(r);
	r->counts.truncated_end = 1;
	window_drop(w, w->left);
	return STEP_END;
}

static bool names_other_content(const struct control_frame *f)
{
	return f->type == CONTROL_START && f->content != NULL &&
	       (f->content_len != sizeof content_type - 1 ||
		memcmp(f->content, content_type, f->content_len) != 0);
}

/* The file says at its beginning that it holds something else. That is damage when dnstap frames are close
 * by, and then this frame may have swallowed a part of theirs. */
static enum step take_other_content(struct fstrm_reader *r, struct window *w)
{
	size_t to = CONTENT_LOOK_OCTETS < w->left ? CONTENT_LOOK_OCTETS : w->left;

	if (w->left < CONTENT_LOOK_OCTETS && !w->last)
		return STEP_MORE;
	r->begun = true;
	for (size_t pos = 1; pos < to; pos++) {
		if (begins_at(w, pos) != BELIEF_YES || is_control(w, pos))
			continue;
		skip(r, w, 1);
		return give_up(r);
	}
	r->refused = true;
	return STEP_END;
}

static enum step take_control(struct fstrm_reader *r, struct window *w, size_t claimed)
{
	struct control_frame f = read_control(w->at + CONTROL_HEAD_OCTETS, claimed - CONTROL_HEAD_OCTETS);

	if (f.type == 0)
		return give_up(r);
	if (!r->begun && names_other_content(&f))
		return take_other_content(r, w);
	r->begun = true;
	r->counts.control_frames++;
	window_drop(w, claimed);
	return STEP_ON;
}

/* A frame that does not look as it should: STEP_FRAME when it is a frame all the same. */
static enum step doubt(struct fstrm_reader *r, const struct window *w, size_t claimed)
{
	size_t pos = 1;
	enum belief b = search(w, &pos, claimed);

	if (b == BELIEF_MORE)
		return STEP_MORE;
	if (b == BELIEF_YES)
		return give_up(r);
	b = w->left == claimed && w->last ? BELIEF_YES : begins_at(w, claimed);
	if (b == BELIEF_MORE)
		return STEP_MORE;
	return b == BELIEF_YES ? STEP_FRAME : give_up(r);
}

/* STEP_FRAME: a data frame of *claimed octets stands at the window's front. */
static enum step step(struct fstrm_reader *r, struct window *w, size_t *claimed)
{
	if (r->lost)
		return find_again(r, w);
	if (w->left == 0)
		return w->last ? STEP_END : STEP_MORE;
	*claimed = w->left < HEAD_OCTETS ? HEAD_OCTETS : claimed_at(w, 0);
	if (*claimed == 0)
		return give_up(r);
	if (*claimed > w->left)
		return w->last ? take_end(r, w) : STEP_MORE;
	if (is_control(w, 0))
		return take_control(r, w, *claimed);
	r->begun = true;
	if (looks_like_dnstap(w->at + HEAD_OCTETS, *claimed - HEAD_OCTETS))
		return STEP_FRAME;
	return doubt(r, w, *claimed);
}

enum err fstrm_next(struct fstrm_reader *r, const struct capture_window *window, size_t *used,
		    const uint8_t **frame, uint32_t *frame_len)
{
	static const uint8_t nothing[1];
	struct window w = {window->octets == NULL ? nothing : window->octets, window->len, window->last};
	size_t claimed = 0;
	enum step s = STEP_ON;

	if (r->refused) {
		*used = window->len;
		return E_END;
	}
	while (s == STEP_ON)
		s = step(r, &w, &claimed);
	if (s == STEP_FRAME) {
		r->counts.frames++;
		*frame = w.at + HEAD_OCTETS;
		*frame_len = (uint32_t)(claimed - HEAD_OCTETS);
		window_drop(&w, claimed);
	}
	*used = window->len - w.left;
	if (r->refused) {
		r->counts.wrong_content++;
		return E_UNSUPPORTED;
	}
	return s == STEP_FRAME ? OK : s == STEP_MORE ? E_SHORT : E_END;
}

static void put_u32(struct buf *to, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_add_char(to, (char)(uint8_t)(v >> shift));
}

void fstrm_write_start(struct buf *to)
{
	uint32_t content_len = sizeof content_type - 1;

	put_u32(to, 0);
	put_u32(to, 12 + content_len);
	put_u32(to, CONTROL_START);
	put_u32(to, CONTROL_CONTENT_TYPE);
	put_u32(to, content_len);
	buf_add(to, content_type, content_len);
}

void fstrm_write_frame(struct buf *to, const uint8_t *octets, uint32_t len)
{
	put_u32(to, len);
	buf_add(to, octets, len);
}

void fstrm_write_stop(struct buf *to)
{
	put_u32(to, 0);
	put_u32(to, 4);
	put_u32(to, CONTROL_STOP);
}
