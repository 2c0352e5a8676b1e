/* SPDX-License-Identifier: Apache-2.0 */
/* tcp.h -- the DNS connections over TCP that are open: which segment belongs to which, and how long they
 * stay. */
#pragma once

#include "base/err.h"
#include "capture/packets.h"
#include "capture/shelf.h"

struct packet;
struct tcp_stream;

/* Zeroed is empty; set shelf.limit, shelf.hash_key, sink and counts before use. */
struct tcp {
	struct shelf shelf;
	struct payload_sink sink;
	struct packets_counts *counts;             /* the caller's */
	struct tcp_stream *first_hole, *last_hole; /* streams with holes, oldest hole first */
};

/* Gives nothing out; see tcp_finish. */
void tcp_fini(struct tcp *t);

/* The packet is behind the ports of its TCP header. E_SHORT: cut inside the header; E_FORMAT: a bad one. */
enum err tcp_take(struct tcp *t, struct packet *p, int64_t now_ns) MUST_USE;

/* Gives up holes of three seconds, and streams that were silent for a minute. */
void tcp_sweep(struct tcp *t, int64_t now_ns);

/* Ends all streams. */
void tcp_finish(struct tcp *t);
