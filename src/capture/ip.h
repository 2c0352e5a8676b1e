/* SPDX-License-Identifier: Apache-2.0 */
/* ip.h -- takes off IPv4 and IPv6 headers with what follows them (RFC 791, 8200). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct packet;

enum {
	IP_HOP_BY_HOP = 0,
	IP_IN_IP = 4,
	IP_TCP = 6,
	IP_UDP = 17,
	IP_IPV6_IN_IP = 41,
	IP_ROUTING = 43,
	IP_FRAGMENT = 44,
	IP_GRE = 47,
	IP_AUTHENTICATION = 51,
	IP_DESTINATION = 60,
	IP_MOBILITY = 135
};

/* Where a packet's octets belong in its datagram. */
struct ip_part {
	uint32_t id;
	uint32_t offset; /* octets */
	bool more;       /* others follow; false with offset 0: a whole datagram */
	bool v6;
};

/* Leaves the packet at the octets behind the IP header and its extensions, without padding. E_SHORT: the snap
 * length cut it inside the headers; E_FORMAT: it breaks its format. */
enum err ip_take(struct packet *p, struct ip_part *part) MUST_USE;

/* The extension headers a datagram put together from fragments may still have in front. */
enum err ip_take_extensions(struct packet *p) MUST_USE;
