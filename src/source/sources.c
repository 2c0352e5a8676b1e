/* SPDX-License-Identifier: Apache-2.0 */
/* sources.c -- see sources.h. Inputs give records (roster.h), the window puts them in order (merge.h), and
 * here they become messages: frames through one reassembly for all inputs, so that a TCP stream may span
 * files. */
#include "source/sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/stamp.h"
#include "capture/packets.h"
#include "dns/type.h"
#include "source/roster.h"

#define MAX_GAP_NS (7 * 86400 * NS_PER_SECOND)
#define WINDOW_NS  (2 * NS_PER_SECOND)

enum {
	MEMORY_DEFAULT = 256 * 1024 * 1024,
	MEMORY_MIN = 32 * 1024 * 1024,
	QUEUE_ROOM_FIRST = 16,
	QR_OCTET = 2, /* of a message: the octet whose top bit says response */
	QR_BIT = 0x80
};

/* A message to be given out. */
struct waiting {
	struct intake in;
	bool copy; /* its octets lie in the store or in spill */
};

struct sources {
	struct sources_config config; /* paths are copies */
	struct source_path *paths;
	struct feed_shared shared;
	struct roster roster;
	struct window window;
	struct packets *packets;
	bool started, finished;
	struct record current; /* the record that the queue's messages came from */
	struct waiting *queue;
	size_t queue_at, queue_len, queue_room;
	struct arena spill; /* messages that reassembly put together */
	bool spilled;
	struct intake *direct; /* the caller's storage while it is free and no message waits */
	bool given;            /* a message was written there */
	uint64_t messages, evicted;
};

static bool is_dns_port(const struct sources *s, unsigned port)
{
	if (s->config.n_ports == 0)
		return port == DNS_PORT;
	for (unsigned i = 0; i < s->config.n_ports; i++)
		if (s->config.ports[i] == port)
			return true;
	return false;
}

/*
 * Where the next message is written: the caller's own storage for the first of a record whose octets stay,
 * else the queue. NULL: no memory, it is lost.
 */
static struct intake *place(struct sources *s, bool copy)
{
	struct intake *direct = s->direct;

	s->direct = NULL;
	if (direct != NULL && !copy) {
		s->given = true;
		return direct;
	}
	if (s->queue_len == s->queue_room) {
		size_t room = s->queue_room == 0 ? QUEUE_ROOM_FIRST : 2 * s->queue_room;
		struct waiting *grown = realloc(s->queue, room * sizeof *grown);

		if (grown == NULL) {
			s->evicted++;
			return NULL;
		}
		s->queue = grown;
		s->queue_room = room;
	}
	s->queue[s->queue_len].copy = copy;
	return &s->queue[s->queue_len++].in;
}

/* The side with the DNS port is the server; where both have one, the message says whether it is an answer. */
static bool is_from_server(const struct sources *s, unsigned from_port, unsigned to_port,
			   const uint8_t *octets, uint32_t len)
{
	bool from = is_dns_port(s, from_port), to = is_dns_port(s, to_port);

	if (from != to)
		return from;
	return len > QR_OCTET && (octets[QR_OCTET] & QR_BIT) != 0;
}

static void take_payload(void *ctx, const struct payload *p)
{
	struct sources *s = ctx;
	bool from_server = is_from_server(s, p->from_port, p->to_port, p->octets, p->len);
	const uint8_t *octets = p->octets;
	struct intake *in;

	if (!p->in_frame) {
		octets = arena_copy(&s->spill, p->octets, p->len);
		s->spilled = true;
	}
	in = octets == NULL ? NULL : place(s, !p->in_frame || s->current.chunk != NULL);
	if (in == NULL) {
		s->evicted += octets == NULL;
		return;
	}
	*in = (struct intake){.time_ns = p->time_ns,
			      .last_ns = p->time_ns,
			      .wire = octets,
			      .len = p->len,
			      .vantage = roster_vantage(&s->roster, s->current.source),
			      .count = 1,
			      .server = from_server ? p->from : p->to,
			      .client = from_server ? p->to : p->from,
			      .client_port = from_server ? p->to_port : p->from_port,
			      .cut = p->cut};
}

static void take_intake(struct sources *s, const struct record *r)
{
	struct intake *in = place(s, r->kind == RECORD_INTAKE);

	if (in == NULL)
		return;
	memcpy(in, r->octets, sizeof *in);
	in->vantage = roster_vantage(&s->roster, r->source);
}

/* Turns the current record into messages. */
static void take_record(struct sources *s)
{
	const struct record *r = &s->current;
	struct frame frame = {r->time_ns, r->octets, r->len, r->wire_len, r->link};

	switch ((enum record_kind)r->kind) {
	case RECORD_FRAME:
		packets_push(s->packets, &frame);
		break;
	case RECORD_INTAKE:
	case RECORD_BORROWED:
		take_intake(s, r);
		break;
	}
}

static bool is_stopped(const struct sources *s)
{
	return atomic_load_explicit(&s->shared.stop.asked, memory_order_relaxed);
}

/* Whether a record leaves the window before more are read. */
static bool is_due(const struct sources *s)
{
	return window_is_due(&s->window) || (store_is_full(&s->shared.store) && window_held(&s->window) != 0);
}

/* Moves the next record into the window, and those right behind it whose order is plain. */
static void read_on(struct sources *s, const struct record *r)
{
	struct record *places = NULL;
	size_t n = 0;

	if (window_push(&s->window, r)) {
		places = window_places(&s->window, &n);
	} else {
		store_release(&s->shared.store, r->chunk);
		s->evicted++;
	}
	if (n != 0)
		window_filled(&s->window, roster_run(&s->roster, places, n));
	roster_advance(&s->roster);
}

/* Reads until the window's next record can leave it; false: that cannot be said yet. */
static bool read_until_due(struct sources *s)
{
	const struct record *r;

	while (!is_due(s) && !is_stopped(s)) {
		r = roster_first(&s->roster);
		if (r == NULL)
			return !s->roster.waits;
		read_on(s, r);
	}
	return true;
}

/* Fills the queue from the next record, or with what reassembly still held at the end. E_END: all is given
 * out; E_AGAIN. */
static enum err refill(struct sources *s)
{
	s->queue_at = s->queue_len = 0;
	if (s->current.chunk != NULL)
		store_release(&s->shared.store, s->current.chunk);
	s->current.chunk = NULL;
	if (s->spilled)
		arena_reset(&s->spill);
	s->spilled = false;
	if (s->finished)
		return E_END;
	if (!read_until_due(s))
		return E_AGAIN;
	if (window_pop(&s->window, &s->current)) {
		take_record(s);
		return OK;
	}
	s->finished = true;
	if (s->window.started)
		packets_finish(s->packets);
	return OK;
}

/* Member by member: written as a whole it would be put together elsewhere and copied, for every message. */
static inline void fill_plain(const struct sources *s, const struct record *r, const struct packets_plain *p,
			      const uint8_t *wire, struct intake *in)
{
	bool from_server = is_from_server(s, p->from_port, p->to_port, p->octets, p->len);

	in->time_ns = in->last_ns = r->time_ns;
	in->wire = wire;
	in->len = p->len;
	in->vantage = roster_vantage(&s->roster, r->source);
	in->lacks = 0;
	in->role = ROLE_UNKNOWN;
	in->zone_len = 0;
	in->zone = NULL;
	in->count = 1;
	in->server = addr_v4(from_server ? p->from : p->to);
	in->client = addr_v4(from_server ? p->to : p->from);
	in->client_port = from_server ? p->to_port : p->from_port;
	in->cut = in->late = 0;
}

/* The usual case without the machinery: nothing waits, and what leaves the window next is one message in a
 * frame. Its octets are copied unless they stay. False: it is another case. */
static bool next_plain(struct sources *s, struct arena *keep, struct intake *out)
{
	const struct record *r;
	struct store_chunk *chunk;
	struct packets_plain p;
	const uint8_t *wire;

	if (!read_until_due(s))
		return false;
	r = window_first(&s->window);
	if (r == NULL || r->kind != RECORD_FRAME ||
	    !packets_take(s->packets, &(struct frame){r->time_ns, r->octets, r->len, r->wire_len, r->link},
			  &p))
		return false;
	chunk = r->chunk;
	wire = chunk == NULL ? p.octets : arena_copy(keep, p.octets, p.len);
	if (wire != NULL)
		fill_plain(s, r, &p, wire, out);
	window_drop(&s->window);
	store_release(&s->shared.store, chunk);
	s->messages += wire != NULL;
	s->evicted += wire == NULL;
	return wire != NULL;
}

/* Copies into keep what would not stay. */
static bool give(struct sources *s, struct arena *keep, struct intake *out)
{
	struct waiting *w = &s->queue[s->queue_at++];
	const uint8_t *wire = w->in.wire, *zone = w->in.zone;

	if (w->copy) {
		wire = arena_copy(keep, wire, w->in.len);
		zone = w->in.zone_len == 0 ? NULL : arena_copy(keep, zone, w->in.zone_len);
	}
	if (wire == NULL || (zone == NULL && w->in.zone_len != 0)) {
		s->evicted++;
		return false;
	}
	*out = w->in;
	out->wire = wire;
	out->zone = zone;
	s->messages++;
	return true;
}

/* What an input is can only be told of its first octets: these are waited for. */
static void start(struct sources *s)
{
	int64_t until_ns = s->shared.stop.until_ns;

	s->started = true;
	s->shared.stop.until_ns = 0;
	if (roster_start(&s->roster, &s->config) != OK)
		s->evicted++; /* the inputs that did open are read */
	s->shared.stop.until_ns = until_ns;
}

enum err sources_next(struct sources *s, struct arena *keep, struct intake *out)
{
	enum err e;

	if (!s->started)
		start(s);
	for (;;) {
		while (s->queue_at < s->queue_len)
			if (give(s, keep, out))
				return OK;
		if (next_plain(s, keep, out))
			return OK;
		s->direct = out;
		s->given = false;
		e = refill(s);
		s->direct = NULL;
		if (s->given) {
			s->messages++;
			return OK;
		}
		if (e != OK)
			return e;
	}
}

void sources_wait_until(struct sources *s, int64_t moment_ns)
{
	s->shared.stop.until_ns = moment_ns;
}

void sources_stop(struct sources *s)
{
	static const uint64_t one = 1;
	int before = errno;

	atomic_store(&s->shared.stop.asked, true);
	if (write(s->shared.stop.fd, &one, sizeof one) < 0)
		errno = before; /* it is readable already */
	errno = before;
}

static bool copy_paths(struct sources *s, const struct sources_config *config)
{
	s->paths = calloc(config->n_paths + 1, sizeof *s->paths);
	if (s->paths == NULL)
		return false;
	for (size_t i = 0; i < config->n_paths; i++) {
		s->paths[i] = (struct source_path){strdup(config->paths[i].path), config->paths[i].vantage};
		if (s->paths[i].path == NULL)
			return false;
	}
	s->config.paths = s->paths;
	return true;
}

static bool open_packets(struct sources *s, size_t memory_bytes)
{
	struct packets_config config = {.n_ports = s->config.n_ports, .memory_bytes = memory_bytes};

	for (unsigned i = 0; i < s->config.n_ports && i < PACKETS_PORTS_MAX; i++)
		config.ports[i] = s->config.ports[i];
	s->packets = packets_open(&config, (struct payload_sink){take_payload, s});
	return s->packets != NULL;
}

/* Half for windows and decompressors, a quarter each for waiting records and reassembly. */
static enum err open_parts(struct sources *s, struct diag *d)
{
	const struct sources_config *c = &s->config;
	size_t memory = c->memory_bytes == 0 ? MEMORY_DEFAULT : c->memory_bytes;

	memory = memory < MEMORY_MIN ? MEMORY_MIN : memory;
	s->shared.budget.cap = memory / 2;
	s->shared.store.cap = memory / 4;
	s->shared.since_ns = c->since_ns;
	s->shared.until_ns = c->until_ns;
	s->shared.max_gap_ns = c->max_gap_ns == 0 ? MAX_GAP_NS : c->max_gap_ns;
	s->roster.shared = &s->shared;
	s->shared.stop.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->shared.stop.fd < 0)
		return diag_set(d, E_IO, "eventfd: %s", strerror(errno));
	if (!open_packets(s, memory / 4) ||
	    window_init(&s->window, c->window_ns == 0 ? WINDOW_NS : c->window_ns) != OK)
		return diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	return c->filter == NULL ? OK : filter_open(&s->shared.filter, c->filter, d);
}

enum err sources_open(struct sources **out, const struct sources_config *config, struct diag *d)
{
	struct sources *s = calloc(1, sizeof *s);
	enum err e;

	if (s == NULL)
		return diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	s->config = *config;
	s->shared.stop.fd = -1;
	e = copy_paths(s, config) ? open_parts(s, d) : diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	if (e != OK) {
		sources_close(s);
		return e;
	}
	*out = s;
	return OK;
}

void sources_close(struct sources *s)
{
	if (s == NULL)
		return;
	roster_fini(&s->roster);
	window_fini(&s->window);
	if (s->packets != NULL)
		packets_close(s->packets);
	filter_close(s->shared.filter);
	store_fini(&s->shared.store);
	arena_fini(&s->spill);
	if (s->shared.stop.fd >= 0)
		close(s->shared.stop.fd);
	for (size_t i = 0; s->paths != NULL && i < s->config.n_paths; i++)
		free((void *)(uintptr_t)s->paths[i].path);
	free(s->paths);
	free(s->queue);
	free(s);
}

void sources_count(const struct sources *s, struct sources_counts *out)
{
	const struct packets_counts *p = packets_counted(s->packets);
	struct sources_counts c = {.messages = s->messages, .late = s->window.late};

	roster_count(&s->roster, &c);
	c.bad_packets = p->bad_link + p->bad_ip + p->bad_udp + p->bad_tcp;
	c.cut = p->cut;
	c.lost_tcp = p->tcp_lost;
	c.lost_fragments = p->fragments_lost;
	c.mdns += p->mdns;
	c.other += p->not_ip + p->not_dns;
	c.unknown_link = p->unknown_link;
	c.evicted += p->evicted + s->evicted;
	*out = c;
}

size_t sources_problems(struct sources *s, const struct source_problem **out)
{
	roster_check(&s->roster);
	*out = s->roster.problems;
	return s->roster.n_problems;
}
