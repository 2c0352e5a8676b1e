/* SPDX-License-Identifier: Apache-2.0 */
/* record.h -- one dated thing read from an input, on its way to become messages; private to the sources. */
#pragma once

#include <stdint.h>

struct store_chunk;

enum record_kind {
	RECORD_FRAME,   /* octets: a captured packet */
	RECORD_INTAKE,  /* octets: a struct intake (aligned), whose wire and zone lie in the same chunk */
	RECORD_BORROWED /* the same, but wire and zone lie in a mapped file */
};

/* A descriptor: it is copied freely, the octets stay where they are. */
struct record {
	int64_t time_ns; /* never negative */
	const uint8_t *octets;
	struct store_chunk *chunk; /* what keeps the octets; NULL: a mapped file */
	uint64_t order;            /* private to the reorder window */
	uint32_t len, wire_len;
	uint32_t source;  /* index of the input, in the order of the command line */
	uint16_t link;    /* of a frame */
	uint8_t kind;     /* enum record_kind */
	uint8_t unsorted; /* from a form that promises no order: never counted as late */
};
