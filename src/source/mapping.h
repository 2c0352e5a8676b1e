/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mapping.h -- a file mapped to be read, which can be read on though somebody cuts it short meanwhile.
 *
 * A log that is rotated by copying and truncating loses its pages under whoever looks at them, which is the
 * signal SIGBUS. The first mapping installs a handler of it, for the whole process, that lays zeros where the
 * file was; faults elsewhere go to the handler that was there before.
 */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct mapping {
	uint8_t *octets;
	size_t len;
	/* octets from the start that were there for all who looked; below len: the file became shorter, and
	 * zeros follow */
	atomic_size_t whole;
	struct mapping *_Atomic next, *before; /* of all that are open */
};

/* The first len octets of the file, len over 0. NULL: they cannot be mapped. */
struct mapping *mapping_open(int fd, size_t len);

/* NULL has no effect. */
void mapping_close(struct mapping *m);
