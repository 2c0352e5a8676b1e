/* SPDX-License-Identifier: Apache-2.0 */
/* capture_fuzz.c -- any octets as a capture file, all the way to DNS messages. */
#include <stddef.h>
#include <stdint.h>

#include "capture/capture.h"
#include "capture/packets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *context, const struct payload *p)
{
	uint64_t *sum = context;

	for (uint32_t i = 0; i < p->len; i++) /* every octet is there */
		*sum += p->octets[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum capture_form form = capture_recognise(data, size);
	struct packets_config config = {.memory_bytes = 64 << 10};
	struct frame f;
	uint64_t sum = 0, frames = 0;
	size_t used;
	struct capture_reader *r = capture_open(form == CAPTURE_NONE ? CAPTURE_PCAP : form);
	struct packets *p = packets_open(&config, (struct payload_sink){take, &sum});

	while (r != NULL && p != NULL &&
	       capture_next(r, &(struct capture_window){data, size, true}, &used, &f) == OK) {
		packets_push(p, &f);
		frames++;
		data += used;
		size -= used;
	}
	if (p != NULL) {
		packets_finish(p);
		if (packets_counted(p)->frames != frames)
			__builtin_trap();
	}
	packets_close(p);
	capture_close(r);
	return 0;
}
