/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write.h -- exchanges as files: packets (pcap), a resolver's log (dnstap), or passive DNS (COF lines of
 * JSON).
 *
 * Frames are put in strict order of time; what waits for its turn are the exchanges of the last seconds. COF
 * lines stand for one hour each, as a sensor that flushes every hour writes them.
 */
#pragma once

#include "lab/lab.h"

enum lab_format { LAB_PCAP, LAB_DNSTAP, LAB_COF };

struct lab_writer;

/* E_MEMORY. What is written goes to the end of `to`, borrowed, which the caller empties whenever it likes. */
enum err lab_writer_open(struct lab_writer **out, enum lab_format format, struct buf *to) MUST_USE;
void lab_writer_close(struct lab_writer *w);

/* Dnstap holds the answers alone, as many resolvers are set up to log. */
void lab_writer_answers_only(struct lab_writer *w);

/* The next exchange, in lab_next's order. E_MEMORY. */
enum err lab_writer_add(struct lab_writer *w, const struct lab_exchange *x) MUST_USE;

/* The end of the file, with what still waited. */
enum err lab_writer_finish(struct lab_writer *w) MUST_USE;

/* Records of the file so far: packets, dnstap messages, or lines. */
uint64_t lab_writer_records(const struct lab_writer *w);
