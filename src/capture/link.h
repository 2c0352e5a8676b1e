/* SPDX-License-Identifier: Apache-2.0 */
/* link.h -- takes off all that stands before an IP header: link layers, tags, and what tunnels put in front.
 */
#pragma once

#include <stdint.h>

struct packet;

enum { LINK_ETHERNET = 1, TYPE_IPV4 = 0x0800 }; /* of tcpdump.org's list, and an Ethernet type */

enum link_found {
	LINK_IP,      /* the packet begins with an IP header, of either version */
	LINK_OTHER,   /* in order, but nothing of IP: ARP, LLDP, ... */
	LINK_UNKNOWN, /* a link type that is not handled */
	LINK_BAD      /* the headers break their format, or end early */
};

/* A frame of that LINKTYPE_ number. */
enum link_found link_find(struct packet *p, uint16_t link);

/* Behind the IP header of protocol 47 (RFC 2784, 2890, 2637; ERSPAN types I to III: draft-foschiano-erspan).
 */
enum link_found link_find_gre(struct packet *p);

/* Behind the UDP header of a VXLAN packet (RFC 7348). */
enum link_found link_find_vxlan(struct packet *p);
