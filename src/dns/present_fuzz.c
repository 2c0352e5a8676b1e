/* SPDX-License-Identifier: Apache-2.0 */
/* present_fuzz.c -- any octets as the rdata of the type that the first two name: the text reads back, but for
 * octets that do not fit their type. */
#include <string.h>

#include "base/cursor.h"
#include "dns/present.h"
#include "dns/rdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint16_t type = size < 2 ? 0 : (uint16_t)(data[0] << 8 | data[1]);
	struct buf rdata = {0}, text = {0};
	struct cursor at = cursor_over(data, size < UINT16_MAX ? size : UINT16_MAX);
	uint8_t octets[UINT16_MAX];
	struct rdata_room again = {octets, sizeof octets, 0};

	cursor_seek(&at, 2);
	if (size >= 2 && present_expand(type, &at, cursor_left(&at), &rdata) == OK) {
		present_rdata(type, rdata.bytes, rdata.len, &text);
		if (memcmp(buf_text(&text), "\\#", 2) != 0 &&
		    rdata_from_text(type, buf_text(&text), text.len, &again) != OK)
			__builtin_trap();
	}
	buf_fini(&rdata);
	buf_fini(&text);
	return 0;
}
