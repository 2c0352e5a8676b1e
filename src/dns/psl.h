/* SPDX-License-Identifier: Apache-2.0 */
/*
 * psl.h -- the registrable domain of a name, by the Public Suffix List (publicsuffix.org), private section
 * too, so that each customer of a dynamic-DNS provider is a domain of its own.
 *
 * The list is compiled at start to a trie over wire labels. Answers equal libpsl's for names it can express;
 * the implicit rule "*" is not applied: a name below no rule of the list has an unknown suffix.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

enum psl_kind {
	PSL_DOMAIN,      /* *start says where the registrable domain begins */
	PSL_SUFFIX,      /* the name is a public suffix itself (or the root) */
	PSL_UNKNOWN,     /* below no rule of the list */
	PSL_SPECIAL_USE, /* RFC 6761 and the IANA registry: .test, .local, .invalid, .onion, .localhost,
			    home.arpa, ... */
	PSL_ARPA         /* below .arpa: reverse mapping and the like */
};

struct psl;

/* Reads the list at `path` (NULL: Debian's /usr/share/publicsuffix/public_suffix_list.dat). Text names are
 * converted from UTF-8 to A-labels. Errors: E_IO, E_FORMAT (no rule found), E_MEMORY, with text in *d. */
enum err psl_open(struct psl **out, const char *path, struct diag *d) MUST_USE;
void psl_close(struct psl *p);

/* The same from the list's text (no NUL needed), which is not kept: E_FORMAT and E_MEMORY. What is no rule is
 * passed over. */
enum err psl_compile(struct psl **out, const char *text, size_t len, struct diag *d) MUST_USE;

/* name: wire form, lower case, well formed, len octets with the root. On PSL_DOMAIN *start is the offset of
 * the registrable domain's first label. Safe from many threads at once; allocates nothing. */
enum psl_kind psl_find(const struct psl *p, const uint8_t *name, size_t len, size_t *start);
