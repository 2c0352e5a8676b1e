/* SPDX-License-Identifier: Apache-2.0 */
/* zeek_fuzz.c -- any octets as Zeek's dns.log; the first octet chooses the form. */
#include "source/log_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size != 0)
		fuzz_lines(data[0] & 1 ? LOG_ZEEK_TSV : LOG_ZEEK_JSON, data + 1, size - 1);
	return 0;
}
