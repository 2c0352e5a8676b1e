/* SPDX-License-Identifier: Apache-2.0 */
/* feed_read.c -- see feed_read.h. */
#include "source/feed_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"

enum {
	TOLD_ROOM_FIRST = 8,
	FRAMES_AT_ONCE = 16,
	RUN_OCTETS_MIN = 2048, /* of a mapped file, copied at once */
	RUN_OCTETS_MAX = 65536
};

void feed_complain(struct feed *f, const char *what, const char *why)
{
	struct diag d;

	(void)diag_set(&d, E_IO, "%s: %s", what, why);
	if (f->complaint.take != NULL)
		f->complaint.take(f->complaint.ctx, d.text);
}

const char feed_cut_text[] = "became shorter while it was read; what was read before is used";

static void complain_broken(struct feed *f, const char *why)
{
	feed_complain(f, "broken off, what was read before is used", why);
}

/* What the reader gave out of a file that was cut short may be the zeros that stand there now: it ends
 * before. Returns whether it does. */
static bool end_cut(struct feed *f)
{
	if (!input_is_cut(&f->in))
		return false;
	if (f->complaint.take != NULL)
		f->complaint.take(f->complaint.ctx, feed_cut_text);
	return true;
}

/* An error met while the form was told belongs behind the octets before it. */
static void end_window(struct feed *f)
{
	if (f->broken.text[0] != 0)
		complain_broken(f, f->broken.text);
	f->broken.text[0] = 0;
}

/* More octets behind the window. E_END: there are none, and the reader was told so; E_AGAIN. */
static enum err more(struct feed *f)
{
	struct diag d;

	if (f->in.last)
		return E_END;
	switch (input_more(&f->in, &d)) {
	case OK:
		break;
	case E_AGAIN:
		return E_AGAIN;
	case E_FULL:
		f->in.last = true;
		complain_broken(f, "the memory limit is reached");
		break;
	default:
		complain_broken(f, d.text);
	}
	return OK;
}

/* Member by member: written as a whole it would be put together elsewhere and copied, for every frame. */
static inline void take_frame(const struct feed *f, const struct frame *frame, struct record *out)
{
	out->time_ns = frame->time_ns;
	out->octets = frame->octets;
	out->chunk = NULL;
	out->order = 0;
	out->len = frame->len;
	out->wire_len = frame->wire_len;
	out->source = f->source;
	out->link = frame->link;
	out->kind = RECORD_FRAME;
	out->unsorted = 0;
}

static enum err read_frame(struct feed *f, struct record *out)
{
	struct frame frame;
	enum err e, again;

	do {
		size_t used = 0;

		e = capture_next(f->capture, &(struct capture_window){f->in.at, f->in.left, f->in.last},
				 &used, &frame);
		input_drop(&f->in, used);
		again = e == E_SHORT ? more(f) : E_END;
	} while (again == OK);
	if (again == E_AGAIN)
		return again;
	if (end_cut(f))
		return E_END;
	if (e != OK) {
		end_window(f);
		return E_END;
	}
	take_frame(f, &frame, out);
	f->counts.records++;
	return OK;
}

/* Frames of a window that is the last, as long as they are plain; returns how many. */
static size_t run_through(struct feed *f, struct capture_window window, struct capture_pace pace,
			  struct record *out, size_t n)
{
	struct frame frames[FRAMES_AT_ONCE];
	size_t got = 0, some;

	do {
		const uint8_t *end = window.octets;

		some = capture_run(f->capture, &window, &pace, frames,
				   n - got < FRAMES_AT_ONCE ? n - got : FRAMES_AT_ONCE);
		for (size_t i = 0; i < some; i++) {
			take_frame(f, &frames[i], &out[got++]);
			pace.from_ns = frames[i].time_ns;
			end = frames[i].octets + frames[i].len;
		}
		window.len -= (size_t)(end - window.octets);
		window.octets = end;
	} while (some != 0 && got < n);
	f->counts.records += got;
	return got;
}

/* What of the frames lay in a file's lost end is not given out. */
static size_t run_mapped(struct feed *f, const struct capture_pace *pace, struct record *out, size_t n)
{
	const uint8_t *began = f->in.at;
	size_t got = run_through(f, (struct capture_window){began, f->in.left, true}, *pace, out, n);

	if (got == 0)
		return 0;
	input_drop(&f->in, (size_t)(out[got - 1].octets + out[got - 1].len - began));
	if (end_cut(f)) {
		f->ended = true;
		for (; got != 0 && input_is_lost(&f->in, out[got - 1].octets + out[got - 1].len); got--)
			f->counts.records--;
	}
	return got;
}

/* Frames out of a copy in the store, while that has plenty of room: about as many octets as the last run had
 * twice. */
static size_t run_copied(struct feed *f, const struct capture_pace *pace, struct record *out, size_t n)
{
	struct store *store = &f->shared->store;
	size_t octets = 2 * f->run_octets, got = 0;
	struct store_chunk *chunk;
	uint8_t *at;

	octets = octets < RUN_OCTETS_MIN ? RUN_OCTETS_MIN : octets > RUN_OCTETS_MAX ? RUN_OCTETS_MAX : octets;
	octets = octets < f->in.left ? octets : f->in.left;
	if (store->held > store->cap / 2 || (at = store_take(store, octets, &chunk)) == NULL)
		return 0;
	if (input_copy(&f->in, at, octets) == octets)
		got = run_through(f, (struct capture_window){at, octets, true}, *pace, out, n);
	for (size_t i = 0; i < got; i++)
		out[i].chunk = chunk;
	f->run_octets = got == 0 ? 0 : (size_t)(out[got - 1].octets + out[got - 1].len - at);
	store_share(store, chunk, at, f->run_octets, got);
	input_drop(&f->in, f->run_octets);
	return got;
}

size_t feed_read_run(struct feed *f, const struct capture_pace *pace, struct record *out, size_t n)
{
	size_t got = run_copied(f, pace, out, n);

	return got != 0 ? got : run_mapped(f, pace, out, n);
}

/* The intake, its wire and its zone, one behind the other in the store; what lies in a mapped file stays
 * there. */
static bool keep_intake(struct feed *f, const struct intake *in, struct record *out)
{
	bool borrowed = f->in.mapped;
	size_t len = sizeof *in + (borrowed ? 0 : in->len + in->zone_len);
	struct store_chunk *chunk;
	uint8_t *at = store_take(&f->shared->store, len, &chunk);
	struct intake copy = *in;

	if (at == NULL) {
		f->counts.evicted++;
		return false;
	}
	if (!borrowed) {
		copy.wire = at + sizeof copy;
		copy.zone = in->zone_len == 0 ? NULL : at + sizeof copy + in->len;
		memcpy(at + sizeof copy, in->wire, in->len);
		if (in->zone_len != 0)
			memcpy(at + sizeof copy + in->len, in->zone, in->zone_len);
	}
	memcpy(at, &copy, sizeof copy);
	*out = (struct record){.time_ns = in->time_ns,
			       .octets = at,
			       .chunk = chunk,
			       .len = (uint32_t)len,
			       .source = f->source,
			       .kind = borrowed ? RECORD_BORROWED : RECORD_INTAKE,
			       .unsorted = f->unsorted};
	return true;
}

static enum role dnstap_role(enum dnstap_type type)
{
	switch (type) {
	case DNSTAP_CLIENT_QUERY:
	case DNSTAP_CLIENT_RESPONSE:
		return ROLE_CLIENT;
	case DNSTAP_RESOLVER_QUERY:
	case DNSTAP_RESOLVER_RESPONSE:
	case DNSTAP_FORWARDER_QUERY:
	case DNSTAP_FORWARDER_RESPONSE:
		return ROLE_RESOLVER;
	case DNSTAP_AUTH_QUERY:
	case DNSTAP_AUTH_RESPONSE:
		return ROLE_AUTHORITY;
	default:
		return ROLE_UNKNOWN;
	}
}

/* The message of a frame, or else it is counted. */
static bool tell_dnstap(struct feed *f, const uint8_t *octets, uint32_t len, struct record *out)
{
	struct dnstap d;
	struct intake in;
	enum err e = dnstap_parse(octets, len, &d);
	bool has_zone;

	f->counts.records++;
	if (e != OK && e != E_UNSUPPORTED) {
		f->counts.bad_records++;
		return false;
	}
	if (e == E_UNSUPPORTED || d.type == DNSTAP_UPDATE_QUERY || d.type == DNSTAP_UPDATE_RESPONSE ||
	    d.octets == NULL) {
		f->counts.other++;
		return false;
	}
	has_zone = d.zone != NULL && (d.type == DNSTAP_RESOLVER_QUERY || d.type == DNSTAP_RESOLVER_RESPONSE);
	in = (struct intake){.time_ns = d.time_ns,
			     .last_ns = d.time_ns,
			     .wire = d.octets,
			     .len = d.len,
			     .role = (uint8_t)dnstap_role(d.type),
			     .zone_len = has_zone ? d.zone_len : 0,
			     .zone = has_zone ? d.zone : NULL,
			     .count = 1,
			     .server = d.responder,
			     .client = d.initiator,
			     .client_port = d.initiator_port};
	return keep_intake(f, &in, out);
}

static enum err read_dnstap(struct feed *f, struct record *out)
{
	for (;;) {
		const uint8_t *frame = NULL;
		uint32_t len = 0;
		size_t used = 0;
		enum err e = fstrm_next(f->fstrm, &(struct capture_window){f->in.at, f->in.left, f->in.last},
					&used, &frame, &len);

		input_drop(&f->in, used);
		if (end_cut(f))
			return E_END;
		if (e == OK && tell_dnstap(f, frame, len, out))
			return OK;
		if (e == E_UNSUPPORTED)
			feed_complain(f, "is a Frame Streams file of something else", form_expected);
		if (e == E_SHORT)
			e = more(f);
		if (e == E_AGAIN)
			return e;
		if (e == OK)
			continue;
		end_window(f);
		return E_END;
	}
}

static bool told_grow(struct feed *f)
{
	size_t room = f->told_room == 0 ? TOLD_ROOM_FIRST : 2 * f->told_room;
	struct record *grown = realloc(f->told, room * sizeof *grown);

	if (grown == NULL)
		return false;
	f->told = grown;
	f->told_room = room;
	return true;
}

static void take_intake(void *ctx, const struct intake *in)
{
	struct feed *f = ctx;

	f->counts.lacks |= in->lacks;
	if (f->n_told == f->told_room && !told_grow(f))
		f->counts.evicted++;
	else if (keep_intake(f, in, &f->told[f->n_told]))
		f->n_told++;
}

static void take_line(struct feed *f, const uint8_t *line, size_t len)
{
	struct log_sink sink = {take_intake, f};

	arena_reset(&f->scratch);
	f->counts.records++;
	switch (log_take(f->log, line, len, &f->scratch, &sink)) {
	case LINE_MESSAGE:
		break;
	case LINE_EMPTY:
		f->counts.records--;
		break;
	case LINE_OTHER:
		f->counts.other++;
		break;
	case LINE_MDNS:
		f->counts.mdns++;
		break;
	case LINE_BAD:
		f->counts.bad_records++;
		break;
	case LINE_MEMORY:
		f->counts.evicted++;
		break;
	}
}

/* Lets go of the window's part of a line that is too long, all of it a single bad record. */
static void pass_over(struct feed *f)
{
	if (!f->skip_line) {
		f->counts.records++;
		f->counts.bad_records++;
	}
	f->skip_line = true;
	input_drop(&f->in, f->in.left);
	f->scanned = 0;
}

/* More of the line that the window begins; false: not yet. */
static bool more_of_line(struct feed *f)
{
	struct diag d;

	f->scanned = f->in.left;
	switch (input_more(&f->in, &d)) {
	case OK:
		break;
	case E_AGAIN:
		return false;
	case E_FULL:
		pass_over(f);
		break;
	default:
		complain_broken(f, d.text);
	}
	return true;
}

/* Reads one line. E_END: the input ended, and the line that it ended in was read; E_AGAIN. */
static enum err next_line(struct feed *f)
{
	for (;;) {
		const uint8_t *line = f->in.at;
		size_t unseen = f->in.left - f->scanned;
		const uint8_t *stop = unseen == 0 ? NULL : memchr(line + f->scanned, '\n', unseen);
		size_t len = stop == NULL ? f->in.left : (size_t)(stop - line);

		if (stop != NULL || (f->in.last && len != 0)) {
			if (!f->skip_line)
				take_line(f, line, len);
			f->skip_line = false;
			f->scanned = 0;
			input_drop(&f->in, stop == NULL ? len : len + 1);
			return OK;
		}
		if (f->in.last)
			return E_END;
		if (!more_of_line(f))
			return E_AGAIN;
	}
}

static enum err read_log(struct feed *f, struct record *out)
{
	struct log_sink sink = {take_intake, f};

	while (f->told_at == f->n_told) {
		enum err e;

		f->told_at = f->n_told = 0;
		e = next_line(f);
		if (e == OK)
			continue;
		if (e == E_AGAIN)
			return e;
		if (f->log_ended)
			return E_END;
		f->log_ended = true;
		end_window(f);
		arena_reset(&f->scratch);
		if (!log_end(f->log, &f->scratch, &sink))
			f->counts.evicted++;
	}
	*out = f->told[f->told_at++];
	return OK;
}

enum err feed_read(struct feed *f, struct record *out)
{
	switch (f->form.kind) {
	case FORM_CAPTURE:
		return read_frame(f, out);
	case FORM_DNSTAP:
		return read_dnstap(f, out);
	case FORM_LOG:
		break;
	}
	return read_log(f, out);
}
