/* SPDX-License-Identifier: Apache-2.0 */
/*
 * psl.c -- see psl.h.
 *
 * The trie's nodes are numbered; the edges stand in one open-addressing table under (parent, label). A
 * look-up walks from the last label to the first and stops where no edge is left: for most names that is a
 * hit for the top-level domain and a miss for the label below. The miss seldom touches the table: a bit for
 * each edge, in a small map that stays in the processor's cache, tells most of them. Table and map hold the
 * list alone and no name that is looked up, so that a hostile name can lengthen no probe.
 */
#include "dns/psl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/hash.h"
#include "dns/punycode.h"

#define DEFAULT_LIST "/usr/share/publicsuffix/public_suffix_list.dat"

enum {
	LIST_OCTETS_MAX = 16 << 20,
	NODES_MAX = 1 << 22,
	SLOTS_FIRST = 1 << 10,
	LABELS_MAX = 127, /* of a name of 255 octets */
	ROOT = 0,
	MAP_BITS = 4,
	MAP_BITS_OF_HASH_AT = 20 /* others than pick the slot */
};

/* What a node says of the name that ends at it. */
enum {
	IS_SUFFIX = 1,    /* a plain rule, or the stem of a wildcard: libpsl counts that as a suffix too */
	WILDCARD = 2,     /* "*.stem": any label below is a suffix ... */
	EXCEPTION = 4,    /* ... "!label.stem": but this one */
	SPECIAL_USE = 8,  /* this name and all below it */
	REVERSE_TREE = 16 /* .arpa */
};

struct node {
	uint32_t parent;
	uint32_t label; /* where in `labels` it stands, length octet first */
	uint32_t flags;
};

struct slot {
	uint32_t tag;  /* upper half of the hash: a miss is seen without touching the node */
	uint32_t node; /* ROOT: free */
};

struct psl {
	struct slot *slots;
	uint64_t *map; /* MAP_BITS for each slot: a bit for each edge */
	struct node *nodes;
	struct buf labels;
	uint32_t mask; /* slots - 1, a power of two less one */
	uint32_t n_nodes, room;
	enum err err; /* the first failure while the list is read */
};

/* IANA, "Special-Use Domain Names", with what is reserved for private use. example.com, .net and .org are not
 * here: they are registered and resolve, and RFC 6761, 6.5 asks resolvers not to treat them apart. */
static const char *const special_names[] = {
	"6tisch.arpa", "alt",      "eap-noob.arpa", "eap.arpa",      "example",
	"home.arpa",   "internal", "invalid",       "ipv4only.arpa", "local",
	"localhost",   "onion",    "resolver.arpa", "service.arpa",  "test",
};

/* The two ends of a label of a usual length hold all of it. */
static inline uint64_t edge_hash(uint32_t parent, const uint8_t *label)
{
	size_t n = *label + 1u;
	uint64_t first, last;

	if (n > 2 * sizeof first)
		return hash_bytes(label, n, parent);
	if (n >= sizeof first) {
		memcpy(&first, label, sizeof first);
		memcpy(&last, label + n - sizeof last, sizeof last);
	} else if (n >= sizeof(uint32_t)) {
		uint32_t ends[2];

		memcpy(&ends[0], label, sizeof ends[0]);
		memcpy(&ends[1], label + n - sizeof ends[1], sizeof ends[1]);
		first = ends[0];
		last = ends[1];
	} else {
		first = (uint64_t)n << 8 | label[1];
		last = label[n - 1];
	}
	return hash_u64(first + last * UINT64_C(0x9e3779b97f4a7c15), parent);
}

/* The slot of the edge, or the free one where it belongs. There is always a free one: the table is half full
 * at most. */
static struct slot *slot_find(const struct psl *p, uint64_t hash, uint32_t parent, const uint8_t *label)
{
	uint32_t tag = (uint32_t)(hash >> 32);

	for (uint32_t i = (uint32_t)hash & p->mask;; i = (i + 1) & p->mask) {
		struct slot *s = &p->slots[i];

		if (s->node == ROOT)
			return s;
		if (s->tag == tag && p->nodes[s->node].parent == parent &&
		    memcmp(p->labels.bytes + p->nodes[s->node].label, label, *label + 1u) == 0)
			return s;
	}
}

static size_t map_bit(const struct psl *p, uint64_t hash)
{
	return hash >> MAP_BITS_OF_HASH_AT & (MAP_BITS * ((size_t)p->mask + 1) - 1);
}

static void put_edge(struct psl *p, uint64_t hash, uint32_t parent, const uint8_t *label, uint32_t node)
{
	size_t bit = map_bit(p, hash);

	*slot_find(p, hash, parent, label) = (struct slot){(uint32_t)(hash >> 32), node};
	p->map[bit / 64] |= UINT64_C(1) << bit % 64;
}

static enum err slots_grow(struct psl *p)
{
	uint32_t n = p->slots == NULL ? SLOTS_FIRST : (p->mask + 1) * 2;
	struct slot *slots = calloc(n, sizeof *slots);
	uint64_t *map = calloc(n / 64, MAP_BITS * sizeof *map);

	if (slots == NULL || map == NULL) {
		free(slots);
		free(map);
		return E_MEMORY;
	}
	free(p->slots);
	free(p->map);
	p->slots = slots;
	p->map = map;
	p->mask = n - 1;
	for (uint32_t i = ROOT + 1; i < p->n_nodes; i++) {
		const uint8_t *label = p->labels.bytes + p->nodes[i].label;

		put_edge(p, edge_hash(p->nodes[i].parent, label), p->nodes[i].parent, label, i);
	}
	return OK;
}

static enum err nodes_grow(struct psl *p)
{
	uint32_t room = p->room == 0 ? SLOTS_FIRST / 2 : p->room * 2;
	struct node *nodes = room > NODES_MAX ? NULL : realloc(p->nodes, room * sizeof *nodes);

	if (nodes == NULL)
		return E_MEMORY;
	p->nodes = nodes;
	p->room = room;
	return slots_grow(p);
}

/* The node below `parent`, made if need be; ROOT when memory ran out (p->err is set). */
static uint32_t child_of(struct psl *p, uint32_t parent, const uint8_t *label)
{
	uint64_t hash = edge_hash(parent, label);
	uint32_t found = slot_find(p, hash, parent, label)->node;
	uint32_t at = (uint32_t)p->labels.len;

	if (found != ROOT)
		return found;
	buf_add(&p->labels, label, *label + 1u);
	p->err = p->labels.err;
	if (p->err == OK && p->n_nodes == p->room)
		p->err = nodes_grow(p);
	if (p->err != OK)
		return ROOT;
	put_edge(p, hash, parent, label, p->n_nodes);
	p->nodes[p->n_nodes] = (struct node){.parent = parent, .label = at};
	return p->n_nodes++;
}

/* A rule's name, its labels in the order of the text. */
struct rule {
	uint8_t labels[LABELS_MAX][LABEL_OCTETS_MAX + 1]; /* length octet first */
	size_t n;
	uint32_t flags;
};

static void add_rule(struct psl *p, const struct rule *r)
{
	uint32_t node = ROOT;

	for (size_t i = r->n; i > 0 && p->err == OK; i--)
		node = child_of(p, node, r->labels[i - 1]);
	if (p->err == OK)
		p->nodes[node].flags |= r->flags;
}

static bool is_label_octet(uint8_t b)
{
	return b >= 0x80 || ascii_is_digit(b) || (uint8_t)(ascii_lower1(b) - 'a') < 26 || b == '-' ||
	       b == '_';
}

/* Reads "a.b.c"; false when that is no name, so the line is no rule. */
static bool rule_labels(struct rule *r, const char *at, const char *end)
{
	size_t octets = 1;

	for (r->n = 0;; at++) { /* over the dot */
		const char *label = at;
		size_t len;

		while (at < end && is_label_octet((uint8_t)*at))
			at++;
		if (r->n == LABELS_MAX ||
		    punycode_encode(label, (size_t)(at - label), r->labels[r->n] + 1, &len) != OK)
			return false;
		r->labels[r->n++][0] = (uint8_t)len;
		octets += len + 1;
		if (octets > NAME_OCTETS_MAX)
			return false;
		if (at == end)
			return true;
		if (*at != '.')
			return false;
	}
}

/* One line: a rule up to the first blank, or nothing of ours. */
static bool read_line(struct rule *r, const char *at, const char *end)
{
	const char *stop = at;

	while (stop < end && *stop != ' ' && *stop != '\t' && *stop != '\r')
		stop++;
	r->flags = IS_SUFFIX;
	if (at < stop && *at == '!') {
		r->flags = EXCEPTION;
		at++;
	} else if (stop - at > 2 && at[0] == '*' && at[1] == '.') {
		r->flags = IS_SUFFIX | WILDCARD;
		at += 2;
	}
	return rule_labels(r, at, stop);
}

/* The number of rules read. */
static size_t read_rules(struct psl *p, const char *text, size_t len)
{
	const char *end = text + len;
	struct rule r;
	size_t n = 0;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte-order mark, as editors leave it */
		text += 3;
	while (text < end && p->err == OK) {
		const char *line = text, *stop = memchr(text, '\n', (size_t)(end - text));

		stop = stop == NULL ? end : stop;
		text = stop < end ? stop + 1 : end;
		if (!read_line(&r, line, stop))
			continue;
		add_rule(p, &r);
		n++;
	}
	return n;
}

static void add_name(struct psl *p, const char *name, uint32_t flags)
{
	struct rule r = {.flags = flags};

	if (rule_labels(&r, name, name + strlen(name)))
		add_rule(p, &r);
}

static void add_special(struct psl *p)
{
	for (size_t i = 0; i < sizeof special_names / sizeof *special_names; i++)
		add_name(p, special_names[i], SPECIAL_USE);
	add_name(p, "arpa", REVERSE_TREE);
}

enum err psl_compile(struct psl **out, const char *text, size_t len, struct diag *d)
{
	struct psl *p = calloc(1, sizeof *p);
	size_t rules = 0;
	enum err e;

	if (p == NULL)
		return diag_set(d, E_MEMORY, "no memory for the public suffix list");
	p->err = nodes_grow(p);
	if (p->err == OK) {
		p->nodes[p->n_nodes++] = (struct node){0}; /* the root */
		rules = read_rules(p, text, len);
		add_special(p);
	}
	e = p->err != OK ? p->err : rules == 0 ? E_FORMAT : OK;
	if (e != OK) {
		psl_close(p);
		return diag_set(d, e,
				e == E_FORMAT ? "no rule found" : "no memory for the public suffix list");
	}
	*out = p;
	return OK;
}

static enum err read_list(FILE *f, struct buf *text)
{
	size_t got = 1;

	while (got > 0 && buf_reserve(text, 1 << 16) != NULL) {
		got = fread(text->bytes + text->len, 1, 1 << 16, f);
		text->len += got;
	}
	return text->err != OK ? text->err : ferror(f) ? E_IO : OK;
}

enum err psl_open(struct psl **out, const char *path, struct diag *d)
{
	struct buf text = {.cap = LIST_OCTETS_MAX};
	const char *file = path == NULL ? DEFAULT_LIST : path;
	FILE *f = fopen(file, "re");
	struct diag why;
	enum err e;

	if (f == NULL)
		return diag_set(d, E_IO, "%s: %s%s", file, strerror(errno),
				path == NULL ? " (Debian package publicsuffix)" : "");
	e = read_list(f, &text);
	if (e != OK)
		diag_set(d, e, "%s: %s", file,
			 e == E_IO ? strerror(errno) : "too long for a list of suffixes");
	else if ((e = psl_compile(out, (const char *)text.bytes, text.len, &why)) != OK)
		diag_set(d, e, "%s: %s", file, why.text);
	fclose(f);
	buf_fini(&text);
	return e;
}

void psl_close(struct psl *p)
{
	if (p == NULL)
		return;
	free(p->slots);
	free(p->map);
	free(p->nodes);
	buf_fini(&p->labels);
	free(p);
}

/* The node below, ROOT when there is none. */
static inline uint32_t node_below(const struct psl *p, uint32_t parent, const uint8_t *label)
{
	uint64_t hash = edge_hash(parent, label);
	size_t bit = map_bit(p, hash);

	return (p->map[bit / 64] >> bit % 64 & 1) == 0 ? ROOT : slot_find(p, hash, parent, label)->node;
}

enum psl_kind psl_find(const struct psl *p, const uint8_t *name, size_t len, size_t *start)
{
	uint8_t at[LABELS_MAX]; /* where each label starts */
	uint32_t n = 0, node = ROOT, suffix = 0, flags = 0, above = 0;

	for (size_t pos = 0; pos + 1 < len && n < LABELS_MAX; pos += name[pos] + 1u)
		at[n++] = (uint8_t)pos;
	if (n == 0)
		return PSL_SUFFIX;
	for (uint32_t depth = 1; depth <= n; depth++) {
		node = node_below(p, node, name + at[n - depth]);
		flags = node == ROOT ? 0 : p->nodes[node].flags;
		if ((flags & IS_SUFFIX) != 0 || ((above & WILDCARD) != 0 && (flags & EXCEPTION) == 0))
			suffix = depth;
		if ((flags & SPECIAL_USE) != 0)
			return PSL_SPECIAL_USE;
		if (node == ROOT)
			break;
		above = (above & REVERSE_TREE) | flags;
	}
	if ((above & REVERSE_TREE) != 0)
		return PSL_ARPA;
	if (suffix == 0)
		return PSL_UNKNOWN;
	if (suffix == n)
		return PSL_SUFFIX;
	*start = at[n - suffix - 1];
	return PSL_DOMAIN;
}
