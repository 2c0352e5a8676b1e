/* SPDX-License-Identifier: Apache-2.0 */
/* asn_table_fuzz.c -- any octets as a table of networks, laid flat. */
#include <stddef.h>
#include <stdint.h>

#include "enrich/asn_table.h"
#include "enrich/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct range_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->at[i].last < l->at[i].first || (i > 0 && l->at[i].first <= l->at[i - 1].last))
			__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts f = {0};
	struct diag d;

	if (asn_table_read(&f, (const char *)data, size, "fuzz", &d) == OK &&
	    ranges_flatten(&f.ranges) == OK) {
		check(&f.ranges.v4);
		check(&f.ranges.v6);
	}
	facts_sort_names(&f);
	facts_fini(&f);
	return 0;
}
