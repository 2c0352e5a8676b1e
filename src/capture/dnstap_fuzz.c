/* SPDX-License-Identifier: Apache-2.0 */
/* dnstap_fuzz.c -- any octets as Frame Streams of dnstap, and as one message; what is understood can be
 * written. */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "capture/dnstap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(const uint8_t *octets, size_t len)
{
	struct dnstap d, again;
	struct buf written = {0};

	if (dnstap_parse(octets, len, &d) != OK)
		return;
	dnstap_write(&written, &d);
	if (dnstap_parse(written.bytes, written.len, &again) != OK || again.type != d.type ||
	    again.len != d.len || again.time_ns != d.time_ns || again.initiator_port != d.initiator_port ||
	    again.zone_len != d.zone_len)
		__builtin_trap();
	buf_fini(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fstrm_reader *r = fstrm_open();
	const uint8_t *frame;
	uint32_t len;
	size_t used;

	take(data, size);
	while (r != NULL &&
	       fstrm_next(r, &(struct capture_window){data, size, true}, &used, &frame, &len) == OK) {
		take(frame, len);
		data += used;
		size -= used;
	}
	fstrm_close(r);
	return 0;
}
