/* SPDX-License-Identifier: Apache-2.0 */
/* eve_fuzz.c -- any octets as Suricata's EVE. */
#include "source/log_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_lines(LOG_EVE, data, size);
	return 0;
}
