/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packets.h -- DNS messages out of packets: link layers, tunnels, IP fragments, UDP, and DNS over TCP put
 * together again. A machine without clock or I/O; its memory is bounded and what it gives up is counted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "capture/frame.h"

/* One DNS message as it crossed the wire. Octets are borrowed until the sink returns; for an unfragmented UDP
 * datagram they point into the frame, otherwise into the machine's own memory. */
struct payload {
	int64_t time_ns; /* of the packet that completed it */
	const uint8_t *octets;
	uint32_t len;
	struct addr from, to;
	uint16_t from_port, to_port; /* host order */
	bool tcp;
	bool cut;      /* the snap length cut it */
	bool in_frame; /* octets point into the frame that was pushed */
};

struct payload_sink {
	void (*take)(void *context, const struct payload *p);
	void *context;
};

enum { PACKETS_PORTS_MAX = 16 };

struct packets_config {
	uint16_t ports[PACKETS_PORTS_MAX]; /* DNS ports; n_ports 0: 53 alone */
	unsigned n_ports;
	size_t memory_bytes; /* for fragments and TCP together; 0: 16 MiB */
};

struct packets_counts {
	uint64_t frames, payloads, tcp_payloads;
	uint64_t not_ip;       /* ARP, LLDP, ... */
	uint64_t not_dns;      /* IP, but neither UDP nor TCP on a DNS port */
	uint64_t unknown_link; /* link types not handled */
	uint64_t bad_link, bad_ip, bad_udp,
		bad_tcp; /* headers that break their format, sequence numbers far off */
	uint64_t cut;    /* packets too short because of the snap length, no payload (or a cut one) */
	uint64_t mdns;   /* port 5353: counted, not given out */
	uint64_t fragments, reassembled, fragments_lost; /* fragments; datagrams whole, datagrams given up */
	uint64_t tcp_segments, tcp_gaps, tcp_lost;       /* holes skipped; messages known lost */
	uint64_t tcp_conflicts;  /* overlapping octets that differ: the first seen counts */
	uint64_t tcp_bad_length; /* a length prefix under 12 or a stream that is no DNS */
	uint64_t evicted;        /* fragments and streams given up for the memory limit */
};

struct packets;

/* NULL without memory. */
struct packets *packets_open(const struct packets_config *config, struct payload_sink sink);
void packets_close(struct packets *p);

void packets_push(struct packets *p, const struct frame *f);

/* A message in a whole datagram of UDP over IPv4 on Ethernet, as it stands in its frame. */
struct packets_plain {
	const uint8_t *octets, *from, *to; /* addresses: 4 octets */
	uint32_t len;
	uint16_t from_port, to_port;
};

/* The short way for what most frames are: true, and *out is what the sink would have got. False: nothing was
 * done, it is for packets_push. */
bool packets_take(struct packets *p, const struct frame *f, struct packets_plain *out);

/* The end of the input: gives out what open TCP streams still hold behind holes, counts the rest as lost. */
void packets_finish(struct packets *p);

const struct packets_counts *packets_counted(const struct packets *p);
