/* SPDX-License-Identifier: Apache-2.0 */
/* rdata_fuzz.c -- any text as the rdata of the type that its first two octets name. */
#include <stdlib.h>

#include "dns/rdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint16_t type = size < 2 ? 0 : (uint16_t)(data[0] << 8 | data[1]);
	size_t room = size / 2;            /* often too little */
	uint8_t *rdata = malloc(room + 1); /* exact, for the sanitizer to watch */
	struct rdata_room out = {rdata, room, 0};

	if (size >= 2 && rdata != NULL &&
	    rdata_from_text(type, (const char *)data + 2, size - 2, &out) == OK && out.len > room)
		__builtin_trap();
	free(rdata);
	return 0;
}
