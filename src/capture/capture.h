/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture.h -- packets out of capture files: pcap (both byte orders, micro and nanoseconds, modified headers
 * recognised) and pcapng (draft-ietf-opsawg-pcapng), which may change byte order and interfaces between
 * sections.
 *
 * A reader is a machine over a window of octets that the caller moves: the whole mapped file, or what a pipe
 * gave so far. After a bad record it looks for the next place where records follow each other again, counts
 * what it passed over, and goes on.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "capture/frame.h"

enum capture_form { CAPTURE_NONE, CAPTURE_PCAP, CAPTURE_PCAPNG };

enum { CAPTURE_MAGIC_OCTETS = 12 }; /* enough octets to recognise a form */

struct capture_counts {
	uint64_t frames;         /* given out */
	uint64_t bad_records;    /* records or blocks that break the format, each once */
	uint64_t resyncs;        /* places where reading took up again */
	uint64_t skipped_octets; /* passed over while looking for them */
	uint64_t other_blocks;   /* pcapng blocks that hold no packet, well formed */
	uint64_t cut_frames;     /* given out, but cut by the snap length */
	uint64_t truncated_end;  /* 1: the file ends inside a record */
};

struct capture_reader;

/* By content: needs the first CAPTURE_MAGIC_OCTETS octets or the whole of a shorter file. */
enum capture_form capture_recognise(const uint8_t *octets, size_t len);

/* A reader at the start of a file of that form; NULL without memory. */
struct capture_reader *capture_open(enum capture_form form);
void capture_close(struct capture_reader *r);

/*
 * The next frame out of the window.
 *   OK       *out is filled, its octets borrowed from the window; *used octets are done with.
 *   E_SHORT  more octets are needed behind the window (never when it is the last); *used octets may be
 * dropped. E_END    nothing more. A record claims at most 256 KiB; a larger claim is a bad record, so a
 * window of 1 MiB always makes progress.
 */
enum err capture_next(struct capture_reader *r, const struct capture_window *window, size_t *used,
		      struct frame *out) MUST_USE;

/* Which frames may follow each other without a second look. */
struct capture_pace {
	int64_t from_ns;   /* the time of the frame before */
	int64_t before_ns; /* all are older than this, */
	int64_t step_ns;   /* and none is older than the one before it, nor so much younger */
};

/*
 * The next frames out of a window that is the last, n at the most, as long as they are plain to see and keep
 * the pace. Their octets are borrowed from the window; what is done with ends where those of the last one
 * end. Returns how many; the frame behind them is for capture_next.
 */
size_t capture_run(struct capture_reader *r, const struct capture_window *window,
		   const struct capture_pace *pace, struct frame *out, size_t n);

const struct capture_counts *capture_counted(const struct capture_reader *r);

/* The head of a little-endian nanosecond pcap file, and one record: for tests, the lab and converters. */
struct buf;
void capture_write_head(struct buf *to, uint16_t link);
void capture_write_frame(struct buf *to, const struct frame *f);
