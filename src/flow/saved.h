/* SPDX-License-Identifier: Apache-2.0 */
/*
 * saved.h -- what a pass knows, kept in a directory from one run to the next. Private to flow.
 *
 * What is written is what stood when the last message was applied, before anything that is done at the end of
 * a pass: so the next run goes on as if there had been no end. A section for each partition and each part of
 * the member space, so that one can be handed over, and one about the whole.
 *
 * Not in it: counts, which are of one run; the memo, which changes no result; TCP streams and fragments whose
 * other half is in the next file, as at the end of every input.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/sections.h"

struct flow;

/* About the whole; the names of vantage points stand behind it, each with a NUL. */
struct saved_about {
	uint64_t seed, bucket_key, memory_bytes;
	int64_t tick, newest_ns; /* as in struct flow */
	int64_t first_ns, last_ns;
	uint64_t since_boundary, domains;
	int64_t saved_up;
	uint32_t method, n_vantages;
	uint32_t marked, unused;
};

/* Zeroed: nothing is kept. */
struct saved {
	char *path; /* of the file; NULL: nothing is kept */
	int lock;   /* descriptor, held while path is set */
	bool continued;
	struct sections_about kind;
	struct sections file; /* until it is loaded */
	struct saved_about about;
	struct buf names; /* of vantage points, as in the file; those new in this run behind them */
	uint32_t n_names;
	uint16_t *vantages; /* of each number in this run, that of the state; NULL: the same */
	size_t n_vantages;
	int64_t last_ns; /* the latest time of earlier runs; STAMP_NONE */
	bool failed;
	struct diag problem;
};

/* Takes the directory for this run alone, and reads what there is about the whole: keys are set as it says.
 * Errors with text in *d, never E_FORMAT. */
enum err saved_open(struct flow *f, struct diag *d) MUST_USE;

/* Fills the partitions and the member space, just initialised. */
enum err saved_load(struct flow *f, struct diag *d) MUST_USE;

/* Writes all anew; what went wrong is kept in saved.problem. Single-threaded, before the end of a pass. */
void saved_write(struct flow *f);
void saved_close(struct saved *s);

static inline uint16_t saved_vantage(const struct saved *s, uint16_t vantage)
{
	return vantage < s->n_vantages ? s->vantages[vantage] : vantage;
}
