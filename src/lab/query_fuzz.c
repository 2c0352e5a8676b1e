/* SPDX-License-Identifier: Apache-2.0 */
/*
 * query_fuzz.c -- any octets as a packet to the servers of a small world: none may harm them, and what they
 * say must be a response that can be read, to that very question, of no more octets than there is room for.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "dns/message.h"
#include "lab/serve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct serve *opened(unsigned split)
{
	struct serve_config config = {
		.lab = {.seed = 1, .world = LAB_WIDE, .hours = 24, .scale = 0.05, .sides = LAB_UPSTREAM}};
	struct serve *s = NULL;
	struct diag d;

	config.n_at = split ? 3 : 1;
	for (uint8_t i = 0; i < 3; i++)
		config.at[i] = addr_v4((const uint8_t[4]){127, 0, 0, (uint8_t)(i + 1)});
	if (serve_open(&s, &config, &d) != OK)
		abort();
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct serve *servers[2];
	static uint8_t out[WIRE_MESSAGE_MAX];
	static struct message m;
	struct serve_packet p = {.now_ns = LAB_START_NS, .octets = data + 1, .len = size - 1};
	size_t n;

	if (size < 1)
		return 0;
	if (servers[0] == NULL) {
		servers[0] = opened(0);
		servers[1] = opened(1);
	}
	p.tcp = (data[0] & 1) != 0;
	p.at = (data[0] >> 1) % 3;
	n = serve_answer(servers[data[0] >> 7], &p, out);
	if (n == 0)
		return 0;
	if (message_parse(&m, out, n) != OK || (m.flags & FLAG_QR) == 0 ||
	    m.id != (uint16_t)(p.octets[0] << 8 | p.octets[1]) || (!p.tcp && n > WIRE_UDP_EDNS))
		__builtin_trap();
	return 0;
}
