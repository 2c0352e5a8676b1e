/* SPDX-License-Identifier: Apache-2.0 */
/* capture.c -- see capture.h: the door to both forms, and the writer. */
#include "capture/reader.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/stamp.h"

enum capture_form capture_recognise(const uint8_t *octets, size_t len)
{
	if (pcapng_recognise(octets, len))
		return CAPTURE_PCAPNG;
	return pcap_recognise(octets, len) ? CAPTURE_PCAP : CAPTURE_NONE;
}

struct capture_reader *capture_open(enum capture_form form)
{
	struct capture_reader *r = calloc(1, sizeof *r);

	if (r != NULL)
		r->form = form;
	return r;
}

void capture_close(struct capture_reader *r)
{
	if (r == NULL)
		return;
	free(r->pcapng.interfaces);
	free(r);
}

enum err capture_next(struct capture_reader *r, const struct capture_window *window, size_t *used,
		      struct frame *out)
{
	static const uint8_t nothing[1];
	struct window w = {window->octets == NULL ? nothing : window->octets, window->len, window->last};
	enum step s;

	do
		s = r->form == CAPTURE_PCAP ? pcap_step(r, &w, out) : pcapng_step(r, &w, out);
	while (s == STEP_ON);
	*used = window->len - w.left;
	if (s != STEP_FRAME)
		return s == STEP_MORE ? E_SHORT : E_END;
	r->counts.frames++;
	r->counts.cut_frames += out->len < out->wire_len;
	return OK;
}

size_t capture_run(struct capture_reader *r, const struct capture_window *window,
		   const struct capture_pace *pace, struct frame *out, size_t n)
{
	size_t got = r->form == CAPTURE_PCAP ? pcap_run(r, window, pace, out, n) : 0;

	r->counts.frames += got;
	for (size_t i = 0; i < got; i++)
		r->counts.cut_frames += out[i].len < out[i].wire_len;
	return got;
}

const struct capture_counts *capture_counted(const struct capture_reader *r)
{
	return &r->counts;
}

static void put_u32(uint8_t *to, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

void capture_write_head(struct buf *to, uint16_t link)
{
	uint8_t head[24] = {0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4};

	put_u32(head + 16, RECORD_OCTETS_MAX);
	put_u32(head + 20, link);
	buf_add(to, head, sizeof head);
}

/* The form holds 1970..2106; what lies outside is written as its nearer end. */
void capture_write_frame(struct buf *to, const struct frame *f)
{
	int64_t time_ns = f->time_ns < 0 ? 0 : f->time_ns;
	int64_t s = time_ns / NS_PER_SECOND;
	uint32_t len = f->len < RECORD_OCTETS_MAX ? f->len : RECORD_OCTETS_MAX;
	uint8_t head[16];

	put_u32(head, s > UINT32_MAX ? UINT32_MAX : (uint32_t)s);
	put_u32(head + 4, (uint32_t)(time_ns % NS_PER_SECOND));
	put_u32(head + 8, len);
	put_u32(head + 12, f->wire_len < f->len ? f->len : f->wire_len);
	buf_add(to, head, sizeof head);
	buf_add(to, f->octets, len);
}
