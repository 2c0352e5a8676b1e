/* SPDX-License-Identifier: Apache-2.0 */
/* fragments.h -- IP datagrams put together from their fragments (RFC 791, 8200 4.5, 5722). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "capture/shelf.h"

struct ip_part;
struct packet;
struct packets_counts;

/* Zeroed is empty; set shelf.limit, shelf.hash_key and counts before use. */
struct fragments {
	struct shelf shelf;
	struct packets_counts *counts; /* the caller's */
	uint8_t *whole;                /* octets of the datagram given last */
};

void fragments_fini(struct fragments *f);

/*
 * Takes a fragment in. OK: the datagram is whole, and *p is left at its octets, which stay until the next
 * call. E_SHORT: more are needed, or it was given up. E_FORMAT: no fragment can look like this.
 */
enum err fragments_take(struct fragments *f, struct packet *p, const struct ip_part *part,
			int64_t now_ns) MUST_USE;

/* Gives up what got no fragment for half a minute. */
void fragments_sweep(struct fragments *f, int64_t now_ns);

/* Gives up all. */
void fragments_finish(struct fragments *f);
