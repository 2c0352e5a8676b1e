/* SPDX-License-Identifier: Apache-2.0 */
/* psl_fuzz.c -- any octets as a list of public suffixes; each of its lines is then looked up. */
#include <string.h>

#include "dns/name.h"
#include "dns/psl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(const struct psl *p, const char *line, size_t len)
{
	struct name n;
	size_t start = SIZE_MAX, pos = 0;

	if (name_from_text(line, len, &n) != OK || psl_find(p, n.octets, n.len, &start) != PSL_DOMAIN)
		return;
	while (pos < start && pos + 1 < n.len)
		pos += n.octets[pos] + 1u;
	if (pos != start || n.octets[start] == 0) /* a registrable domain is whole labels, at least two */
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = text + size;
	struct diag d;
	struct psl *p;

	if (psl_compile(&p, text, size, &d) != OK)
		return 0;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		stop = stop == NULL ? end : stop;
		look_up(p, text, (size_t)(stop - text));
		text = stop < end ? stop + 1 : end;
	}
	psl_close(p);
	return 0;
}
