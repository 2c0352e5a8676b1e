/* SPDX-License-Identifier: Apache-2.0 */
/* block_test.h -- for tests: a small block of made-up networks. */
#pragma once

#include "base/buf.h"
#include "base/stamp.h"
#include "enrich/asn_table.h"
#include "enrich/cache.h"
#include "enrich/enrich_test.h"
#include "enrich/facts.h"
#include "enrich/image.h"

/* Ends of the address space, neighbours, gaps, ranges inside one slot of a table of 16 bits and over many. */
static const char block_table[] =
	"0.0.0.0,0.0.0.255,64496,Example Broadband\n"
	"9.255.255.255,10.0.0.0,64497,Two Slots Hosting\n"
	"10.0.0.1,10.0.0.1,64498,One Address\n"
	"10.0.0.2,10.3.255.255,64496,Example Broadband\n"
	"10.4.0.0,10.4.0.15,64499,Sixteen\n"
	"255.255.255.0,255.255.255.255,64500,University of the End\n"
	"::,::7,64496,Example Broadband\n"
	"2001:db8::,2001:db8::ffff,64497,Two Slots Hosting\n"
	"2001:db8:0:1::,2001:db8:7:ffff:ffff:ffff:ffff:ffff,64501,Sixth\n"
	"2fff::,3000::,64498,One Address\n"
	"ffff::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,64500,University of the End\n";

enum { BLOCK_NETS = 7, BLOCK_KEY = 77 };

/* Countries laid under the table: DE for 10.0.0.0/8, FR for 10.2.0.0/16, JP for 2001:db8::/32. */
static inline void add_countries(struct facts *f)
{
	add_range(&f->ranges, "10.0.0.0", "10.255.255.255", says(0, "DE"));
	add_range(&f->ranges, "10.2.0.0", "10.2.255.255", says(0, "FR"));
	add_range(&f->ranges, "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", says(0, "JP"));
}

static inline void make_block(struct buf *block)
{
	struct facts facts[2] = {{.made_ns = STAMP_NONE}, {.made_ns = STAMP_NONE}};
	struct diag d;

	assert_int_equal(asn_table_read(&facts[0], block_table, sizeof block_table - 1, "table", &d), OK);
	facts_title(&facts[0], "table");
	add_countries(&facts[1]);
	facts_title(&facts[1], "countries");
	assert_int_equal(image_make(facts, 2, BLOCK_KEY, block), OK);
	facts_fini(&facts[0]);
	facts_fini(&facts[1]);
}

/* The value of the range that holds an address, by looking at each: slow, and plainly right. */
static inline uint32_t slow_value(const struct cache_view *v, const struct addr *a)
{
	range_key key = range_key_of(a);
	uint32_t value = 0;

	if (addr_is_v4(a)) {
		for (uint32_t i = 0; i < v->header->n_v4; i++)
			if (v->v4[i].first <= key)
				value = v->v4[i].value;
		return value;
	}
	for (uint32_t i = 0; i < v->header->n_v6; i++)
		if (((range_key)v->v6[i].high << 64 | v->v6[i].low) <= key)
			value = v->v6[i].value;
	return value;
}
