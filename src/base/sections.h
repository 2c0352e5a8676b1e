/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sections.h -- a file of checksummed sections, put in its place whole or not at all.
 *
 * Layout, in the byte order of the machine that wrote it: head, one row for each section, the sections, each
 * at a multiple of 8. Each has an XXH3 checksum of 128 bits of its own, so that one can be taken out and
 * handed over; the head's is over itself and all rows. A checksum finds damage, not malice: what a section
 * says is still checked by who reads it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

enum { SECTIONS_MAX = 4096, SECTIONS_PROGRAM_MAX = 24 };

/* What a file is for; both sides say it. */
struct sections_about {
	char magic[8];
	uint32_t version;    /* of the format, goes up with every change of what sections mean */
	uint64_t layout;     /* of the records inside: other numbers, other records */
	const char *program; /* who writes, for messages: "0.1.0"; cut to SECTIONS_PROGRAM_MAX - 1 */
	const char *what;    /* for messages: "a state of deflux" */
	const char *remedy;  /* for messages: what to do when it cannot be used */
};

struct sections_check {
	uint64_t low, high;
};

struct sections_row {
	uint32_t kind, number;
	uint64_t at, octets;
	struct sections_check check;
};

struct sections_head {
	char magic[8];
	uint32_t order; /* tells the byte order */
	uint32_t version;
	char program[SECTIONS_PROGRAM_MAX]; /* ends with NUL */
	uint64_t layout;
	uint64_t file_octets;
	uint32_t n, unused;
	struct sections_check check; /* of all before it, and the rows */
};

/* A file being written. Zeroed is none. */
struct sections_writer {
	struct sections_about about;
	char *path, *temp;
	int fd;
	int error; /* errno of what failed first; 0 */
	struct sections_row *rows;
	uint32_t n, most;
	uint64_t at;
};

/* Begins to write what will stand at `path`, with at most so many sections, to "PATH.new" beside it, which no
 * other may write at the same time. E_IO, E_MEMORY with text in *d. */
enum err sections_begin(struct sections_writer *w, const struct sections_about *about, const char *path,
			uint32_t most, struct diag *d) MUST_USE;

/* The next section. Failures are told at the end. */
void sections_add(struct sections_writer *w, uint32_t kind, uint32_t number, const struct buf *octets);

/* Puts the file in its place: on the disk first, then under its name. E_IO with text in *d: what stood there
 * is as it was. */
enum err sections_end(struct sections_writer *w, struct diag *d) MUST_USE;

/* A file that is read. Zeroed is none. */
struct sections {
	const struct sections_about *about; /* borrowed */
	char *path;
	int fd; /* meaningful while path is set */
	struct sections_head head;
	struct sections_row *rows;
};

/* Opens and checks head and rows. E_ABSENT: there is none. E_FORMAT, E_IO, E_MEMORY with text in *d. */
enum err sections_open(struct sections *s, const struct sections_about *about, const char *path,
		       struct diag *d) MUST_USE;
void sections_close(struct sections *s);

/* The row of that kind and number; NULL: there is none. */
const struct sections_row *sections_find(const struct sections *s, uint32_t kind, uint32_t number);

/* The octets of a section into an empty buffer, checked; errors as above. */
enum err sections_read(struct sections *s, const struct sections_row *row, struct buf *to,
		       struct diag *d) MUST_USE;

/* The text of a refusal: "PATH: REASON; REMEDY". Returns E_FORMAT. */
enum err sections_refuse(const struct sections *s, const char *reason, struct diag *d);
