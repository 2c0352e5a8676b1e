/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen.h -- sockets of name servers, UDP and TCP (RFC 7766), on addresses that nobody else can reach: the
 * lab must not answer on a real network.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/diag.h"
#include "lab/serve.h"

/* Where it listens. */
struct listen_place {
	struct addr addr; /* all zeros: at every address of a network that has none but its own */
	uint16_t port;
};

/* Writes an answer into `to` and returns its octets; 0: there is none. */
typedef size_t (*listen_answer)(void *context, const struct serve_packet *p, uint8_t to[WIRE_MESSAGE_MAX]);

struct listen;

/* E_RANGE: an address that others reach; E_IO, E_MEMORY; text in *d. */
enum err listen_open(struct listen **out, const struct listen_place *places, size_t n,
		     struct diag *d) MUST_USE;
void listen_close(struct listen *l);

/* Answers what comes for up to so many milliseconds; returns early when `wake` can be read, or after some
 * packets. E_IO: no socket can be waited for. */
enum err listen_serve(struct listen *l, int timeout_ms, int wake, listen_answer answer,
		      void *context) MUST_USE;
