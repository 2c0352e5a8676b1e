/* SPDX-License-Identifier: Apache-2.0 */
/* kind_fuzz.c -- any octets as the name of a network: the kinds always sum to one. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "enrich/nets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *name = malloc(size + 1); /* of exactly its size: reads behind it are seen */
	float kind[NET_KINDS], sum = 0;

	if (name == NULL)
		return 0;
	memcpy(name, data, size);
	name[size] = 0;
	nets_kind_of_name(name, kind);
	free(name);
	for (int k = 0; k < NET_KINDS; k++)
		sum += kind[k];
	if (!(sum > .999f && sum < 1.001f))
		__builtin_trap();
	return 0;
}
