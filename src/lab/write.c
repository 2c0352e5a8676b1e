/* SPDX-License-Identifier: Apache-2.0 */
/* write.c -- see write.h. */
#include "lab/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "capture/capture.h"
#include "capture/dnstap.h"
#include "dns/name.h"
#include "lab/cof.h"
#include "lab/random.h"
#include "lab/wire.h"

enum { WRITE_STREAM = 4, LINK_ETHERNET = 1, TCP_GAP_NS = 50000 };

enum { FROM_SERVER = 0x100 }; /* beside the flags of a segment */

/* A record that waits until nothing earlier can come. */
struct waiting {
	int64_t time_ns;
	uint64_t number; /* tells equal moments apart: first come, first written */
	uint8_t *octets; /* owned */
	uint32_t len;
};

struct lab_writer {
	enum lab_format format;
	bool answers_only;
	struct buf *to;
	struct buf one; /* a dnstap message */
	struct waiting *heap;
	size_t n, room;
	uint64_t number, records;
	struct cof cof;
	struct rng rng; /* packet numbers that mean nothing */
	enum err err;
};

enum err lab_writer_open(struct lab_writer **out, enum lab_format format, struct buf *to)
{
	struct lab_writer *w = calloc(1, sizeof *w);

	if (w == NULL)
		return E_MEMORY;
	w->format = format;
	w->to = to;
	rng_seed(&w->rng, 0, WRITE_STREAM);
	if (format == LAB_PCAP)
		capture_write_head(to, LINK_ETHERNET);
	else if (format == LAB_DNSTAP)
		fstrm_write_start(to);
	*out = w;
	return OK;
}

void lab_writer_answers_only(struct lab_writer *w)
{
	w->answers_only = true;
}

void lab_writer_close(struct lab_writer *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->n; i++)
		free(w->heap[i].octets);
	free(w->heap);
	buf_fini(&w->one);
	cof_fini(&w->cof);
	free(w);
}

static bool earlier(const struct waiting *a, const struct waiting *b)
{
	return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->number < b->number;
}

static bool make_room(struct lab_writer *w)
{
	size_t room = w->room == 0 ? 256 : w->room * 2;
	struct waiting *heap;

	if (w->n < w->room)
		return true;
	heap = realloc(w->heap, room * sizeof *heap);
	if (heap == NULL)
		return false;
	w->heap = heap;
	w->room = room;
	return true;
}

static void hold(struct lab_writer *w, int64_t time_ns, const uint8_t *octets, size_t len)
{
	struct waiting item = {.time_ns = time_ns, .number = w->number++, .len = (uint32_t)len};
	size_t i;

	item.octets = malloc(len + 1);
	if (item.octets == NULL || !make_room(w)) {
		free(item.octets);
		w->err = E_MEMORY;
		return;
	}
	memcpy(item.octets, octets, len);
	for (i = w->n++; i > 0 && earlier(&item, &w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = item;
}

static struct waiting take_first(struct lab_writer *w)
{
	struct waiting first = w->heap[0], last = w->heap[--w->n];
	size_t i = 0;

	for (size_t child; (child = 2 * i + 1) < w->n; i = child) {
		if (child + 1 < w->n && earlier(&w->heap[child + 1], &w->heap[child]))
			child++;
		if (!earlier(&w->heap[child], &last))
			break;
		w->heap[i] = w->heap[child];
	}
	w->heap[i] = last;
	return first;
}

/* Writes what lies before `until_ns`: nothing earlier than that will come any more. */
static void write_until(struct lab_writer *w, int64_t until_ns)
{
	while (w->n != 0 && w->heap[0].time_ns < until_ns) {
		struct waiting item = take_first(w);

		if (w->format == LAB_PCAP) {
			struct frame f = {.time_ns = item.time_ns,
					  .octets = item.octets,
					  .len = item.len,
					  .wire_len = item.len,
					  .link = LINK_ETHERNET};
			capture_write_frame(w->to, &f);
		} else {
			fstrm_write_frame(w->to, item.octets, item.len);
		}
		w->records++;
		free(item.octets);
	}
}

static struct wire_flow flow_of(struct lab_writer *w, const struct lab_exchange *x, bool answer)
{
	struct wire_flow f = {
		.from = x->client, .to = x->server, .from_port = x->client_port, .to_port = DNS_PORT};

	if (answer)
		f = (struct wire_flow){
			.from = x->server, .to = x->client, .from_port = DNS_PORT, .to_port = x->client_port};
	f.ip_id = (uint16_t)rng_next(&w->rng);
	return f;
}

static void add_udp(struct lab_writer *w, const struct lab_exchange *x)
{
	uint8_t message[WIRE_MESSAGE_MAX], frame[WIRE_FRAME_MAX];
	struct wire_flow f = flow_of(w, x, false);
	size_t n = wire_udp(&f, message, wire_query(x, message), frame);

	hold(w, x->asked_ns, frame, n);
	if (x->answered_ns == STAMP_NONE)
		return;
	f = flow_of(w, x, true);
	n = wire_udp(&f, message, wire_answer(x, message), frame);
	hold(w, x->answered_ns, frame, n);
}

/* A TCP conversation being written: what each side has sent so far. */
struct talk {
	struct lab_writer *w;
	const struct lab_exchange *x;
	uint32_t seq[2]; /* of the client, of the server */
};

static void say(struct talk *t, int64_t time_ns, unsigned flags, const uint8_t *payload, size_t len)
{
	bool server = (flags & FROM_SERVER) != 0;
	uint8_t frame[WIRE_FRAME_MAX];
	struct wire_flow f = flow_of(t->w, t->x, server);
	struct wire_segment s = {.seq = t->seq[server],
				 .ack = (flags & WIRE_ACK) != 0 ? t->seq[!server] : 0,
				 .flags = (uint8_t)flags};

	hold(t->w, time_ns, frame, wire_tcp(&f, &s, payload, len, frame));
	t->seq[server] += (uint32_t)len + ((flags & (WIRE_SYN | WIRE_FIN)) != 0);
}

/* The message behind its length (RFC 1035, 4.2.2), in one segment. */
static void say_message(struct talk *t, int64_t time_ns, unsigned flags)
{
	uint8_t prefixed[2 + WIRE_MESSAGE_MAX];
	size_t n =
		(flags & FROM_SERVER) != 0 ? wire_answer(t->x, prefixed + 2) : wire_query(t->x, prefixed + 2);

	prefixed[0] = (uint8_t)(n >> 8);
	prefixed[1] = (uint8_t)n;
	say(t, time_ns, flags, prefixed, n + 2);
}

static void add_tcp(struct lab_writer *w, const struct lab_exchange *x)
{
	uint64_t start = rng_next(&w->rng);
	struct talk t = {.w = w, .x = x, .seq = {(uint32_t)start, (uint32_t)(start >> 32)}};
	int64_t at = x->asked_ns;

	say(&t, at, WIRE_SYN, NULL, 0);
	say(&t, at += TCP_GAP_NS, FROM_SERVER | WIRE_SYN | WIRE_ACK, NULL, 0);
	say(&t, at += TCP_GAP_NS, WIRE_ACK, NULL, 0);
	say_message(&t, at, WIRE_PSH | WIRE_ACK);
	at = x->answered_ns;
	if (at == STAMP_NONE)
		return;
	at = at < x->asked_ns + 3 * TCP_GAP_NS ? x->asked_ns + 3 * TCP_GAP_NS : at;
	say_message(&t, at, FROM_SERVER | WIRE_PSH | WIRE_ACK);
	say(&t, at += TCP_GAP_NS, WIRE_FIN | WIRE_ACK, NULL, 0);
	say(&t, at += TCP_GAP_NS, FROM_SERVER | WIRE_FIN | WIRE_ACK, NULL, 0);
	say(&t, at + TCP_GAP_NS, WIRE_ACK, NULL, 0);
}

static void add_dnstap(struct lab_writer *w, const struct lab_exchange *x, bool answer)
{
	static const char identity[] = "lab";
	uint8_t message[WIRE_MESSAGE_MAX];
	struct dnstap d = {.time_ns = answer ? x->answered_ns : x->asked_ns,
			   .octets = message,
			   .initiator = x->client,
			   .responder = x->server,
			   .initiator_port = x->client_port,
			   .responder_port = DNS_PORT,
			   .response = answer,
			   .tcp = x->tcp,
			   .identity = (const uint8_t *)identity,
			   .identity_len = sizeof identity - 1};

	if (x->side == LAB_CLIENTS)
		d.type = answer ? DNSTAP_CLIENT_RESPONSE : DNSTAP_CLIENT_QUERY;
	else
		d.type = answer ? DNSTAP_RESOLVER_RESPONSE : DNSTAP_RESOLVER_QUERY;
	if (x->zone != NULL) {
		d.zone = x->zone;
		d.zone_len = (uint8_t)name_wire_len(x->zone);
	}
	d.len = (uint32_t)(answer ? wire_answer(x, message) : wire_query(x, message));
	buf_clear(&w->one);
	dnstap_write(&w->one, &d);
	if (w->one.err != OK)
		w->err = w->one.err;
	else
		hold(w, d.time_ns, w->one.bytes, w->one.len);
}

enum err lab_writer_add(struct lab_writer *w, const struct lab_exchange *x)
{
	enum err e = OK;

	write_until(w, x->event_ns);
	if (w->format == LAB_COF) {
		e = x->answered_ns == STAMP_NONE ? OK : cof_add(&w->cof, x, w->to);
	} else if (w->format == LAB_DNSTAP) {
		if (!w->answers_only)
			add_dnstap(w, x, false);
		if (x->answered_ns != STAMP_NONE)
			add_dnstap(w, x, true);
	} else if (x->tcp) {
		add_tcp(w, x);
	} else {
		add_udp(w, x);
	}
	w->err = w->err == OK ? e : w->err;
	return w->err == OK ? w->to->err : w->err;
}

enum err lab_writer_finish(struct lab_writer *w)
{
	if (w->format == LAB_COF)
		cof_flush(&w->cof, w->to);
	else
		write_until(w, INT64_MAX);
	if (w->format == LAB_DNSTAP)
		fstrm_write_stop(w->to);
	return w->err == OK ? w->to->err : w->err;
}

uint64_t lab_writer_records(const struct lab_writer *w)
{
	return w->format == LAB_COF ? w->cof.lines : w->records;
}
