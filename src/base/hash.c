/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c -- see hash.h. */
#include "base/hash.h"

#include <assert.h>
#include <sys/random.h>

uint64_t hash_random_key(void)
{
	uint64_t key = 0;
	ssize_t n = getrandom(&key, sizeof key, 0);

	assert(n ==
	       (ssize_t)sizeof key); /* 8 octets are never cut short once the pool is up (getrandom(2)) */
	return key;
}
