/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story.h -- what explain tells of one domain, gathered and put in order for text and page alike.
 */
#pragma once

#include "cli/facts.h"

enum {
	STORY_BINS_MAX = 240,
	STORY_ROWS = 12,
	STORY_LABEL_MAX = 160,
	STORY_CHAIN_MAX = 16,
	STORY_SERVERS_MAX = 1024
};

/* One network (or all the smaller ones) over time. */
struct story_row {
	char label[STORY_LABEL_MAX]; /* "AS64500 Example Telecom (home)" */
	unsigned members;
	unsigned counts[STORY_BINS_MAX]; /* members alive in each part of the time */
};

/* A name server. */
struct story_server {
	char name[NAME_TEXT_MAX];
	uint32_t addresses;
	bool foreign; /* lies in another domain */
};

struct story {
	const struct finding *finding;
	struct facts facts;
	unsigned bins;
	unsigned n_rows; /* networks, biggest first; the last row stands for `others` networks when there are
			    more */
	unsigned others;
	struct story_row rows[STORY_ROWS + 1];
	unsigned alive[STORY_BINS_MAX]; /* all members */
	const struct owner **owners;    /* most looked up first */
	size_t n_owners;
	struct story_server *servers; /* of its zones: its own, then those of other domains; by name */
	size_t n_servers;
	const struct view_member **members; /* first seen first */
	size_t n_members;
};

/* E_MEMORY. Borrows from the finding. */
enum err story_make(struct story *s, const struct finding *x, unsigned bins) MUST_USE;
void story_fini(struct story *s);

/* The network of a member: "AS64500 Example Telecom (home)", or its prefix. */
void story_network(const struct story *s, const struct view_member *m, char text[STORY_LABEL_MAX]);

/* The same of a network of the database; and its kind in a word: "homes". */
void story_net(const struct net *net, char text[STORY_LABEL_MAX]);
const char *story_net_kind(const struct net *net);

void story_owner_name(const struct story *s, const struct owner *o, char text[NAME_TEXT_MAX]);

/* What the name is to the domain: "host, alias". */
void story_owner_roles(const struct owner *o, struct buf *to);
void story_member_roles(const struct view_member *m, struct buf *to);

/* The names that an alias leads to, one after the other, each the last of those that the one before led to;
 * returns how many. */
size_t story_chain(const struct story *s, const struct owner *o, const struct owner *chain[STORY_CHAIN_MAX]);

/* "40 names, the last: " of an alias that led to so many; nothing of one that always led to the same. */
void story_targets(const struct owner *o, struct buf *to);

/* The verdict in a sentence or two. */
void story_verdict(const struct story *s, struct buf *to);

/* "+80.1 in all for fast flux (...), -6.5 against it (spread, ttl)." What speaks against the verdict is told,
 * however little it is; nothing of a method that weighs nothing. */
void story_balance(const struct story *s, struct buf *to);

/* What `lacking` says, in a sentence; nothing when all was carried. */
void story_lacks(const struct story *s, struct buf *to);

/* The prior in decibans: where the sum of the evidence begins. */
double story_prior_db(const struct story *s);
