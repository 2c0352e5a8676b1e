/* SPDX-License-Identifier: Apache-2.0 */
/* packet.h -- a packet while its layers are taken off one by one; private to this folder. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/cursor.h"

struct packet {
	struct cursor at; /* what is left of it: headers are taken off in front, padding behind */
	int64_t time_ns;
	uint32_t missing; /* octets the snap length took off its end */
	bool in_frame;    /* false once it was put together from fragments */
	uint8_t protocol; /* of what is left, once IP is taken off */
	struct addr from, to;
	uint16_t from_port, to_port; /* once they are read */
};
