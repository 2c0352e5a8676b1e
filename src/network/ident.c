/* SPDX-License-Identifier: Apache-2.0 */
/* ident.c -- see ident.h. */
#include "network/ident.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "dns/name.h"
#include "profile/tables.h"

void ident_fini(struct ident_book *b)
{
	free(b->list);
	free(b->domains);
	free(b->agents);
	buf_fini(&b->names);
	index_fini(&b->by_name);
	*b = (struct ident_book){0};
}

uint32_t ident_tag(const char *name)
{
	return (uint32_t)(hash_bytes(name, strlen(name), 0) >> 32);
}

uint32_t ident_find(const struct ident_book *b, const char *name)
{
	uint32_t tag = ident_tag(name), at, k = INDEX_NONE;

	if (b->n == 0)
		return INDEX_NONE;
	for (k = index_first(&b->by_name, tag, &at); k != INDEX_NONE; k = index_next(&b->by_name, tag, &at))
		if (strcmp(b->list[k].name, name) == 0)
			break;
	return k;
}

enum err ident_know(struct ident_book *b, const char *name, int64_t first_ns)
{
	size_t len = strlen(name);
	struct known *k;

	if (len == 0 || len >= IDENT_MAX || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return E_FORMAT;
	b->current = ident_find(b, name);
	if (b->current != INDEX_NONE) { /* of several listings, one behind the other */
		k = &b->list[b->current];
		k->first_ns = first_ns < k->first_ns ? first_ns : k->first_ns;
		return OK;
	}
	if (!table_grow((void **)&b->list, &b->room, b->n, sizeof *b->list) ||
	    index_add(&b->by_name, ident_tag(name), (uint32_t)b->n) != OK)
		return E_MEMORY;
	b->current = (uint32_t)b->n;
	k = &b->list[b->n++];
	*k = (struct known){.first_ns = first_ns};
	memcpy(k->name, name, len);
	return OK;
}

enum err ident_know_domain(struct ident_book *b, const uint8_t *wire, size_t len)
{
	if (!table_grow((void **)&b->domains, &b->domains_room, b->n_domains, sizeof *b->domains))
		return E_MEMORY;
	b->domains[b->n_domains++] = (struct known_domain){b->current, b->names.len};
	buf_add(&b->names, wire, len);
	return b->names.err;
}

enum err ident_know_agent(struct ident_book *b, const struct addr *a)
{
	if (!table_grow((void **)&b->agents, &b->agents_room, b->n_agents, sizeof *b->agents))
		return E_MEMORY;
	b->agents[b->n_agents++] = (struct known_agent){b->current, *a};
	b->list[b->current].agents++;
	return OK;
}

/* Sixteen bits as consonant, vowel, consonant, vowel, consonant. */
static void syllables(uint32_t bits, char text[5])
{
	static const char consonants[] = "bdfghjklmnprstvz", vowels[] = "aiou";

	text[0] = consonants[bits >> 12 & 15];
	text[1] = vowels[bits >> 10 & 3];
	text[2] = consonants[bits >> 6 & 15];
	text[3] = vowels[bits >> 4 & 3];
	text[4] = consonants[bits & 15];
}

void ident_make(const uint8_t *octets, size_t len, uint32_t again, char name[IDENT_MAX])
{
	uint64_t hash = hash_bytes(octets, len, again); /* a name of a thing: the same in every run */

	syllables((uint32_t)(hash >> 48), name);
	name[5] = '-';
	syllables((uint32_t)(hash >> 32) & 0xffff, name + 6);
	name[11] = 0;
}
