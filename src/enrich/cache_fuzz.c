/* SPDX-License-Identifier: Apache-2.0 */
/* cache_fuzz.c -- any octets as a block whose checksums are right: what is let through must bear look-ups. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "enrich/cache.h"
#include "enrich/draw.h"
#include "enrich/find.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct cache_view *v, struct addr a)
{
	struct draw *draw = draw_new(v);
	struct find find;

	if (find_init(&find, v) != OK)
		__builtin_trap();
	if (find_value(&find, &a) >> CACHE_COUNTRY_BITS >= v->header->n_nets)
		__builtin_trap();
	for (uint32_t i = 0; draw != NULL && i < v->header->n_nets; i++)
		for (int v6 = 0; v6 < 2; v6++)
			if (draw_address(draw, i, v6, a.octets[i % 16] * UINT64_C(0x0101010101010101), &a) &&
			    find_value(&find, &a) >> CACHE_COUNTRY_BITS != i && (v6 == 0 || !addr_is_v4(&a)))
				__builtin_trap();
	find_fini(&find);
	draw_free(draw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf block = {0};
	struct cache_view v;
	struct addr a = {{0}};

	if (size < sizeof(struct cache_header))
		return 0;
	memcpy(a.octets, data + size - sizeof a.octets, sizeof a.octets);
	buf_add(&block, data, size);
	if (block.err == OK) {
		cache_seal(&block);
		if (cache_check(block.bytes, block.len, ((struct cache_header *)(void *)block.bytes)->key,
				&v) == OK)
			use(&v, a);
	}
	buf_fini(&block);
	return 0;
}
