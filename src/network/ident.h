/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ident.h -- names of networks, and who of an earlier listing a network is.
 *
 * Without an earlier listing a name is made from the earliest domain. With one:
 * - a known network lives on in that network of now which has most of its domains and agents (the larger part
 *   of a split keeps the identity);
 * - a network in which several known ones live on takes the identity of the oldest of them, and says which
 *   others merged;
 * - a network that has part of a known one which lives on elsewhere gets a name of its own and says whom it
 *   split from.
 * Sharing a domain ties two together; agents alone do when they are a fifth of the fewer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/err.h"
#include "profile/index.h"

enum {
	IDENT_MAX = 24, /* octets of a name, with its NUL */
	IDENT_AGENTS_LEAST = 3
};

#define IDENT_AGENTS_SHARE 0.2

/* A network of the earlier listing. */
struct known {
	char name[IDENT_MAX];
	int64_t first_ns;
	uint32_t agents;
};

struct known_domain {
	uint32_t known;
	uint64_t name; /* offset of its wire form in `names` */
};

struct known_agent {
	uint32_t known;
	struct addr addr;
};

/* The earlier listing. Zeroed is empty. */
struct ident_book {
	struct known *list;
	struct known_domain *domains;
	struct known_agent *agents;
	struct buf names;
	struct index by_name;
	uint32_t current; /* of the list: what is told belongs to it */
	size_t n, n_domains, n_agents, room, domains_room, agents_room;
};

void ident_fini(struct ident_book *b);

/* A known network; what follows is of it. One named again goes on. E_FORMAT: that is no name of a network;
 * E_MEMORY. */
enum err ident_know(struct ident_book *b, const char *name, int64_t first_ns) MUST_USE;
enum err ident_know_domain(struct ident_book *b, const uint8_t *wire, size_t len) MUST_USE;
enum err ident_know_agent(struct ident_book *b, const struct addr *a) MUST_USE;

/* "lusab-babad": four syllables and more from 32 bits of the hash of the octets; `again` makes another one.
 */
void ident_make(const uint8_t *octets, size_t len, uint32_t again, char name[IDENT_MAX]);

/* Names under one tag are told apart by their letters. */
uint32_t ident_tag(const char *name);

/* The number of the known network of that name, INDEX_NONE. */
uint32_t ident_find(const struct ident_book *b, const char *name);
