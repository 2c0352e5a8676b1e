/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h -- one direction of a DNS connection over TCP (RFC 7766, 8: each message behind its length in two
 * octets): segments in any order in, messages out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packets_counts;

enum { STREAM_WINDOW_OCTETS = 256 * 1024 }; /* from the message being read to the furthest octet kept */

/* Where messages go, and what is counted on the way. */
struct stream_sink {
	void (*take)(void *context, const uint8_t *octets, uint32_t len);
	void *context;
	struct packets_counts *counts;
};

struct segment {
	const uint8_t *octets;
	uint32_t len;
	uint32_t missing; /* octets behind them that the snap length took */
	uint32_t seq;     /* of the first octet; of the SYN, if it has one */
	bool syn, fin;
};

/*
 * The octets of a window [0, high): those below `read` are given out and kept only to be compared with
 * repeats, those below `filled` are all there, behind it `have` tells each. Zeroed is a stream not yet begun.
 */
struct stream {
	uint8_t *octets; /* owned; `room` octets, and behind them one of `have` for each */
	uint32_t room, read, filled, high;
	uint32_t floor;   /* octets below it are not known any more, or never were */
	uint32_t base;    /* sequence number of octets[0] */
	uint32_t start;   /* of the first octet of the stream, as far as we saw */
	uint32_t discard; /* octets of a message with a hole in it, still to come */
	uint32_t fin;     /* sequence number behind the last octet */
	uint32_t stray;   /* of the last segment that was far off */
	uint32_t ahead_from, ahead_to;
	bool begun, syn, has_fin, has_stray;
	bool framed;       /* `read` is where a message begins */
	bool loss_counted; /* not framed, and what was lost by that is counted */
	bool given;        /* a message came out, or octets were passed over */
	bool waiting;      /* no SYN, and no message begins here: what came first may still be under way */
	bool waited;       /* long enough */
	bool has_ahead;    /* given out already: sequence numbers [ahead_from, ahead_to) */
	bool closed;       /* to its FIN; kept so that repeats are known as such */
};

void stream_fini(struct stream *s);

void stream_take(struct stream *s, const struct segment *g, const struct stream_sink *to);

/* Whether something that came waits for what did not. */
static inline bool stream_has_hole(const struct stream *s)
{
	return s->high > s->filled || s->waiting;
}

/* Gives the holes up that are open now, and gives out what lies behind them. */
void stream_skip(struct stream *s, const struct stream_sink *to);

/* The same, and counts a message that has begun as lost. */
void stream_end(struct stream *s, const struct stream_sink *to);

/* Whether a message behind its length may begin at these octets: told by its header and its first name. */
enum stream_look { STREAM_NO, STREAM_YES, STREAM_MORE };
enum stream_look stream_look(const uint8_t *octets, size_t len);
