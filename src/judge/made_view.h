/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_view.h -- for the tests of the judge: a table of networks of known kinds, and look-ups of a service in
 * bulk.
 */
#pragma once

#include "judge/judge.h"
#include "profile/made_profile.h"

/* 20.N.0.0/16 is network 64000 + N, and 2600:N::/32 too; from 240 on in no network. */
enum {
	HOMES = 0, /* N of the first network of homes */
	HOSTING = 100,
	CONTENT = 150,
	UNIVERSITY = 180,
	BUSINESS = 200,
	UNKNOWN = 240
};

static inline const char *made_net_words(unsigned n)
{
	return n < HOSTING      ? "Broadband DSL Cable Telecom"
	       : n < CONTENT    ? "Cloud Hosting Servers"
	       : n < UNIVERSITY ? "Content Delivery Network CDN"
	       : n < BUSINESS   ? "University"
				: "Bank";
}

/* Networks out of a table that `write` writes; `none`: one that knows nothing. */
static inline struct nets *made_nets_by(void (*write)(FILE *f, const char *words), const char *words,
					bool none)
{
	char path[] = "/tmp/deflux-test-XXXXXX";
	struct nets_config config = {.asn_table = path, .loc = "", .cache = "", .none = none};
	struct diag d = {.text = ""};
	struct nets *nets = NULL;
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	assert_non_null(f);
	write(f, words);
	fclose(f);
	if (nets_open(&nets, &config, &d) != OK)
		fail_msg("%s", d.text);
	remove(path);
	return nets;
}

static inline void made_write_all(FILE *f, const char *words)
{
	(void)words;
	for (unsigned n = 0; n < UNKNOWN; n++)
		fprintf(f, "20.%u.0.0,20.%u.255.255,%u,N%u %s\n", n, n, 64000 + n, n, made_net_words(n));
	for (unsigned n = 0; n < UNKNOWN; n++)
		fprintf(f, "2600:%x::,2600:%x:ffff:ffff:ffff:ffff:ffff:ffff,%u,N%u %s\n", n, n, 64000 + n, n,
			made_net_words(n));
}

static inline void made_write_one(FILE *f, const char *words)
{
	fprintf(f, "20.0.0.0,20.0.3.255,64000,%s\n", words);
}

/* `none`: a table that knows nothing. */
static inline struct nets *made_nets(bool none)
{
	return made_nets_by(made_write_all, NULL, none);
}

/* One network of that name. */
static inline struct nets *made_nets_of(const char *words)
{
	return made_nets_by(made_write_one, words, false);
}

/* As a pass asks for the network of a new pair. */
static inline uint32_t made_net_of(void *context, const struct addr *a, bool *home)
{
	uint32_t net = nets_find(context, a, NULL);

	*home = net == 0 || nets_get(context, net)->kind[NET_CONSUMER] >= VIEW_HOME_LEAST;
	return net;
}

static inline struct profiles *made_served(struct nets *nets)
{
	return made_profiles(
		&(struct made_config){.bucket_key = 7, .net_of = made_net_of, .net_context = nets});
}

/* Members spread over networks in turn, each in a /24 of its own. */
struct crowd {
	unsigned net, nets; /* the first network, and how many */
	unsigned n;         /* members */
	unsigned step;      /* from one network to the next; 0: 1 */
};

static inline void made_crowd_addr(const struct crowd *c, unsigned i, char text[ADDR_TEXT_MAX])
{
	i %= c->n;
	snprintf(text, ADDR_TEXT_MAX, "20.%u.%u.%u", c->net + i % c->nets * (c->step == 0 ? 1 : c->step),
		 1 + i / c->nets, 1 + i % 250);
}

/* A service, looked up every `gap_s` seconds: each answer takes the next members of the crowd. */
struct service {
	const char *domain;
	struct crowd hosts, servers; /* servers.n 0: no name server is seen */
	unsigned looks, answer, ttl, gap_s;
	unsigned names;    /* names asked for in turn; 0: the domain itself */
	bool own_servers;  /* named below the domain, else below another */
	const char *alias; /* the end of an alias below this domain holds the addresses; NULL: none */
};

static inline void made_service_text(struct buf *to, const struct service *s, unsigned look)
{
	char name[120], owner[160], addr[ADDR_TEXT_MAX];

	if (s->names == 0)
		snprintf(name, sizeof name, "%s", s->domain);
	else
		snprintf(name, sizeof name, "w%u.%s", look % s->names, s->domain);
	snprintf(owner, sizeof owner, "%s%s", s->alias == NULL ? "" : "e.",
		 s->alias == NULL ? name : s->alias);
	buf_printf(to, "%s A", name);
	if (s->alias != NULL)
		buf_printf(to, " | a %s %u CNAME %s", name, s->ttl, owner);
	for (unsigned k = 0; k < s->answer; k++) {
		made_crowd_addr(&s->hosts, look * s->answer + k, addr);
		buf_printf(to, " | a %s %u A %s", owner, s->ttl, addr);
	}
	for (unsigned k = 0; s->servers.n != 0 && k < 2; k++)
		buf_printf(to, " | n %s 900 NS ns%u.%s", s->domain, k,
			   s->own_servers ? s->domain : "dns.net");
	for (unsigned k = 0; s->servers.n != 0 && k < 2; k++) {
		made_crowd_addr(&s->servers, look * 2 + k, addr);
		buf_printf(to, " | d ns%u.%s 180 A %s", k, s->own_servers ? s->domain : "dns.net", addr);
	}
}

static inline void made_serve(struct profiles *p, const struct service *s)
{
	for (unsigned i = 0; i < s->looks; i++) {
		struct buf text = {0};
		struct seen row = {.at_s = i * s->gap_s, .flags = RECURSIVE};

		made_service_text(&text, s, i);
		row.message = buf_text(&text);
		made_see(p, &row, 1);
		buf_fini(&text);
	}
}

/* The view of a domain; v is the caller's scratch. */
static inline void made_view(struct view *v, struct profiles *p, const char *domain,
			     const struct view_context *context)
{
	uint32_t number;
	struct partition *at = made_find(p, domain, &number);

	assert_non_null(at);
	assert_true(view_make(v, at, number, context));
}
