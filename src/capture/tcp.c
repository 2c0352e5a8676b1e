/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp.c -- see tcp.h.
 *
 * Each direction is a stream of its own: a capture may hold one alone. A reset ends nothing, since anybody
 * can forge one; what it ended falls silent.
 */
#include "capture/tcp.h"

#include <stdlib.h>

#include "capture/packet.h"
#include "capture/stream.h"

#define HOLE_NS        UINT64_C(3000000000)
#define STREAM_IDLE_NS UINT64_C(60000000000)

enum { FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RST = 4 };

struct tcp_stream {
	struct shelf_item item;
	struct stream stream;
	int64_t last_ns; /* time of its last packet */
	int64_t hole_ns;
	struct tcp_stream *hole_before, *hole_behind;
	bool in_holes;
};

/* What a message on its way out is told of. */
struct giving {
	const struct tcp *tcp;
	const struct tcp_stream *from;
};

static void give_message(void *context, const uint8_t *octets, uint32_t len)
{
	const struct giving *g = context;
	const struct shelf_key *key = &g->from->item.key;
	struct payload p = {.time_ns = g->from->last_ns,
			    .octets = octets,
			    .len = len,
			    .from = key->from,
			    .to = key->to,
			    .from_port = (uint16_t)(key->rest >> 16),
			    .to_port = (uint16_t)(key->rest & 0xffff),
			    .tcp = true};

	g->tcp->counts->payloads++;
	g->tcp->counts->tcp_payloads++;
	g->tcp->sink.take(g->tcp->sink.context, &p);
}

static void leave_holes(struct tcp *t, struct tcp_stream *s)
{
	if (!s->in_holes)
		return;
	*(s->hole_before == NULL ? &t->first_hole : &s->hole_before->hole_behind) = s->hole_behind;
	*(s->hole_behind == NULL ? &t->last_hole : &s->hole_behind->hole_before) = s->hole_before;
	s->in_holes = false;
}

static void enter_holes(struct tcp *t, struct tcp_stream *s, int64_t now_ns)
{
	s->hole_ns = now_ns;
	s->hole_before = t->last_hole;
	s->hole_behind = NULL;
	*(t->last_hole == NULL ? &t->first_hole : &t->last_hole->hole_behind) = s;
	t->last_hole = s;
	s->in_holes = true;
}

static void drop(struct tcp *t, struct tcp_stream *s)
{
	leave_holes(t, s);
	shelf_remove(&t->shelf, &s->item);
	stream_fini(&s->stream);
	free(s);
}

static void end(struct tcp *t, struct tcp_stream *s)
{
	struct giving g = {t, s};

	if (!s->stream.closed)
		stream_end(&s->stream, &(struct stream_sink){give_message, &g, t->counts});
	drop(t, s);
}

static struct tcp_stream *stream_of(struct tcp *t, const struct packet *p)
{
	struct shelf_key key = {
		.from = p->from, .to = p->to, .rest = (uint64_t)p->from_port << 16 | p->to_port};
	struct tcp_stream *s = (struct tcp_stream *)(void *)shelf_find(&t->shelf, &key);

	if (s != NULL)
		return s;
	s = calloc(1, sizeof *s);
	if (s != NULL && !shelf_add(&t->shelf, &s->item, &key)) {
		free(s);
		s = NULL;
	}
	return s;
}

/* One that is closed holds nothing any more. */
static void evict(struct tcp *t)
{
	while (shelf_is_over(&t->shelf)) {
		struct tcp_stream *s = (struct tcp_stream *)(void *)t->shelf.oldest;

		t->counts->evicted += !s->stream.closed;
		end(t, s);
	}
}

static void take_segment(struct tcp *t, const struct packet *p, const struct segment *g, int64_t now_ns)
{
	struct tcp_stream *s = stream_of(t, p);
	struct giving giving = {t, s};

	if (s == NULL) {
		t->counts->evicted++;
		return;
	}
	s->last_ns = p->time_ns;
	shelf_touch(&t->shelf, &s->item, now_ns);
	stream_take(&s->stream, g, &(struct stream_sink){give_message, &giving, t->counts});
	shelf_charge(&t->shelf, &s->item, sizeof *s + 2 * (size_t)s->stream.room);
	if (!stream_has_hole(&s->stream))
		leave_holes(t, s);
	else if (!s->in_holes)
		enter_holes(t, s, now_ns);
	evict(t);
}

enum err tcp_take(struct tcp *t, struct packet *p, int64_t now_ns)
{
	const uint8_t *head = cursor_bytes(&p->at, 16); /* behind the ports */
	unsigned head_octets, flags;
	struct segment g;

	if (head == NULL)
		return p->missing != 0 ? E_SHORT : E_FORMAT;
	head_octets = 4u * (head[8] >> 4);
	flags = head[9];
	if (head_octets < 20 || (flags & (FLAG_SYN | FLAG_FIN)) == (FLAG_SYN | FLAG_FIN))
		return E_FORMAT;
	cursor_skip(&p->at, head_octets - 20);
	if (p->at.err != OK)
		return p->missing != 0 ? E_SHORT : E_FORMAT;
	t->counts->tcp_segments++;
	t->counts->cut += p->missing != 0;
	g = (struct segment){.octets = p->at.bytes + p->at.pos,
			     .len = (uint32_t)cursor_left(&p->at),
			     .missing = p->missing,
			     .seq = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 |
				    (uint32_t)head[2] << 8 | head[3],
			     .syn = (flags & FLAG_SYN) != 0,
			     .fin = (flags & FLAG_FIN) != 0};
	if ((flags & FLAG_RST) == 0 &&
	    (g.len != 0 || g.syn || g.fin)) /* a reset's octets are a reason in words */
		take_segment(t, p, &g, now_ns);
	return OK;
}

void tcp_sweep(struct tcp *t, int64_t now_ns)
{
	struct tcp_stream *s;

	while ((s = t->first_hole) != NULL && shelf_apart_ns(s->hole_ns, now_ns) > HOLE_NS) {
		struct giving g = {t, s};

		stream_skip(&s->stream, &(struct stream_sink){give_message, &g, t->counts});
		leave_holes(t, s);
	}
	while (t->shelf.oldest != NULL && shelf_is_idle(t->shelf.oldest, now_ns, STREAM_IDLE_NS))
		end(t, (struct tcp_stream *)(void *)t->shelf.oldest);
}

void tcp_finish(struct tcp *t)
{
	while (t->shelf.oldest != NULL)
		end(t, (struct tcp_stream *)(void *)t->shelf.oldest);
}

void tcp_fini(struct tcp *t)
{
	while (t->shelf.oldest != NULL)
		drop(t, (struct tcp_stream *)(void *)t->shelf.oldest);
	shelf_fini(&t->shelf);
}
