/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h -- a partition, or a part of the member space, as octets: to be kept over the end of a run, or
 * handed to another.
 *
 * The arrays are written as they lie in memory; their entries refer to each other by number, so nothing is
 * translated. Room that they have over what they hold is noted and made again, since it counts as memory in
 * use: a run that goes on from a state evicts when the uninterrupted one would. Indexes are made anew, and so
 * is what config.net_of says of an address, since its source may be a younger one.
 *
 * What is read is not trusted: every number, list, length and name is checked before anything uses it, so
 * that octets of any origin give a partition that bears all that is done to one.
 */
#pragma once

#include "base/buf.h"
#include "profile/members.h"

/* A number for how the records are laid out by this program on this machine. */
uint64_t state_layout(void);

/* Appends the partition's octets. Without memory the buffer keeps its error. */
void state_put_partition(const struct partition *p, struct buf *to);

/*
 * Fills a partition, just initialised, of that number. OK, E_MEMORY, E_FORMAT; when it is not OK, the
 * partition is empty.
 */
enum err state_get_partition(struct partition *p, unsigned number, const void *octets, size_t len) MUST_USE;

/* The same for one part of the member space. */
void state_put_members(const struct members *m, unsigned part, struct buf *to);
enum err state_get_members(struct members *m, unsigned part, const void *octets, size_t len) MUST_USE;
