/* SPDX-License-Identifier: Apache-2.0 */
/* message_fuzz.c -- any octets as a DNS message. */
#include <stddef.h>
#include <stdint.h>

#include "dns/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message
		m; /* reused on purpose: state of the last message must not leak into this one */

	if (message_parse(&m, data, size) == OK)
		for (size_t i = 0; i < m.n_records; i++)
			if (m.records[i].owner >= m.n_names)
				__builtin_trap();
	return 0;
}
