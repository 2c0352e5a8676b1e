/* SPDX-License-Identifier: Apache-2.0 */
/* cof_fuzz.c -- any octets as passive DNS lines. */
#include "source/log_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_lines(LOG_COF, data, size);
	return 0;
}
