/* SPDX-License-Identifier: Apache-2.0 */
/* view_test.c -- what the judge sees of a domain: rows of messages, and the figures of the view. */
#include "base/hash.h"
#include "judge/judge.h"
#include "judge/made_view.h"
#include "profile/members.h"

#define R RECURSIVE
/* a look-up of a.com at second `at` */
#define LOOK(at, text)                                                                                       \
	{                                                                                                    \
		.at_s = at, .flags = R, .message = text                                                      \
	}
#define NS1 " | n a.com 900 NS ns1.a.com | d ns1.a.com 900 A "
#define FAR " | n a.com 900 NS ns1.b.net | d ns1.b.net 900 A "

enum { ROW_MESSAGES = 5 };

static const struct row {
	const char *title;
	struct seen seen[ROW_MESSAGES];
	const char *expected; /* figures, see figures() */
} rows[] = {
	{"one address",
	 {LOOK(0, "a.com A | a a.com 60 A 20.0.1.1")},
	 "members 1: hosts 1/1 homes 1 networks 1, servers 0/0 homes 0, both 0, names 1, answer 1, single 1"},
	{"one address of two names is one member",
	 {LOOK(0, "a.com A | a a.com 60 A 20.0.1.1"), LOOK(0, "w.a.com A | a w.a.com 60 A 20.0.1.1")},
	 "members 1: hosts 1/1 homes 1 networks 1, servers 0/0 homes 0, both 0, names 2, answer 1"},
	{"two of a /24 are two members and one home",
	 {LOOK(0, "a.com A | a a.com 60 A 20.0.1.1 | a a.com 60 A 20.0.1.2 | a a.com 60 A 20.0.2.1")},
	 "members 3: hosts 3/1 homes 2 networks 1, servers 0/0 homes 0, both 0, names 1, answer 3, single 3"},
	{"rented is no home, unknown may be one",
	 {LOOK(0, "a.com A | a a.com 60 A 20.0.1.1 | a a.com 60 A 20.100.1.1 | a a.com 60 A 20.245.1.1")},
	 "members 3: hosts 3/3 homes 2 networks 2, servers 0/0 homes 0, both 0, names 1, answer 3, single 3"},
	{"without a network the /16 stands for it",
	 {LOOK(0, "a.com A | a a.com 60 A 20.245.1.1 | a a.com 60 A 20.245.9.1 | a a.com 60 A 20.246.1.1")},
	 "members 3: hosts 3/2 homes 3 networks 0, servers 0/0 homes 0, both 0, names 1, answer 3, single 3"},
	{"one /56 is one member, another of its /48 no further home",
	 {LOOK(0, "a.com AAAA | a a.com 60 AAAA 2600:1:2:3401::1 | a a.com 60 AAAA 2600:1:2:3402::1"),
	  LOOK(99, "a.com AAAA | a a.com 60 AAAA 2600:1:2:5500::1")},
	 "members 2: hosts 2/1 homes 1 networks 1, servers 0/0 homes 0, both 0, names 1, answer 2, moved "
	 "1/2, "
	 "single 1, v6 2"},
	{"servers of its own",
	 {LOOK(0, "a.com A | a a.com 60 A 20.0.1.1" NS1 "20.1.1.1")},
	 "members 2: hosts 1/1 homes 1 networks 1, servers 1/1 homes 1, both 0, names 2, answer 1, single 1"},
	{"servers of another domain are the domain's servers",
	 {LOOK(0, "a.com A | a a.com 60 A 20.100.1.1" FAR "20.1.1.1"),
	  LOOK(900, "a.com A | a a.com 60 A 20.100.1.1" FAR "20.2.1.1")},
	 "members 3: hosts 1/1 homes 0 networks 1, servers 2/2 homes 2, both 0, names 1, answer 1, moved "
	 "0/1, "
	 "servers moved"},
	{"answers for the name and serves its zone",
	 {LOOK(0, "a.com A | a a.com 60 A 20.0.1.1" FAR "20.0.1.1")},
	 "members 1: hosts 1/1 homes 1 networks 1, servers 1/1 homes 1, both 1, names 1, answer 1"},
	{"a domain of name servers alone: they are both sides",
	 {LOOK(0, "b.com A | a b.com 60 A 20.100.1.1 | n b.com 900 NS ns1.a.com | n b.com 900 NS ns2.a.com | "
		  "d ns1.a.com 60 A 20.0.1.1 | d ns2.a.com 60 A 20.1.1.1")},
	 "members 2: hosts 2/2 homes 2 networks 2, servers 2/2 homes 2, both 0, names 2, answer 0, single 2"},
	{"what moves: of names looked up twice",
	 {LOOK(0, "a.com A | a a.com 60 A 20.0.1.1"), LOOK(100, "a.com A | a a.com 60 A 20.1.1.1"),
	  LOOK(100, "w.a.com A | a w.a.com 60 A 20.2.1.1")},
	 "members 3: hosts 3/3 homes 3 networks 3, servers 0/0 homes 0, both 0, names 2, answer 1, moved "
	 "1/2, "
	 "single 3"},
	{"what another name had from its start has not moved",
	 {LOOK(0, "w.a.com A | a w.a.com 60 A 20.1.1.1"), LOOK(0, "a.com A | a a.com 60 A 20.0.1.1"),
	  LOOK(100, "a.com A | a a.com 60 A 20.1.1.1")},
	 "members 2: hosts 2/2 homes 2 networks 2, servers 0/0 homes 0, both 0, names 2, answer 1, moved "
	 "0/2, "
	 "single 1"},
	{"the largest answer, and the median of the largest TTLs",
	 {LOOK(0, "a.com A | a a.com 300 A 20.0.1.1 | a a.com 300 A 20.0.2.1"),
	  LOOK(400, "a.com A | a a.com 7 A 20.0.1.1"), LOOK(0, "v.a.com A | a v.a.com 50 A 20.0.1.1"),
	  LOOK(0, "w.a.com A | a w.a.com 900 A 20.0.1.1")},
	 "members 2: hosts 2/1 homes 2 networks 1, servers 0/0 homes 0, both 0, names 3, answer 2, moved "
	 "0/2, "
	 "single 1, ttl 50 300"},
	{"an alias and a hint",
	 {LOOK(0, "a.com A | a a.com 60 CNAME x.b.net | a x.b.net 60 A 20.0.1.1"),
	  LOOK(0, "a.com HTTPS | a a.com 60 HTTPS hint 20.1.1.1")},
	 "members 2: hosts 2/2 homes 2 networks 2, servers 0/0 homes 0, both 0, names 1, answer 1, single 2, "
	 "alias 1, hint 1"},
	{"the same again while the first answer lasts says nothing of what moves",
	 {LOOK(0, "a.com A | a a.com 60 A 20.0.1.1 | a a.com 60 A 20.1.1.1"),
	  LOOK(59, "a.com A | a a.com 60 A 20.0.1.1 | a a.com 60 A 20.1.1.1")},
	 "members 2: hosts 2/2 homes 2 networks 2, servers 0/0 homes 0, both 0, names 1, answer 2"},
	{"the same again afterwards says that it stands",
	 {LOOK(0, "a.com A | a a.com 60 A 20.0.1.1 | a a.com 60 A 20.1.1.1"),
	  LOOK(60, "a.com A | a a.com 60 A 20.0.1.1 | a a.com 60 A 20.1.1.1")},
	 "members 2: hosts 2/2 homes 2 networks 2, servers 0/0 homes 0, both 0, names 1, answer 2, moved "
	 "0/2"},
	{"another while the first answer lasts has moved",
	 {LOOK(0, "a.com A | a a.com 60 A 20.0.1.1"), LOOK(9, "a.com A | a a.com 60 A 20.1.1.1")},
	 "members 2: hosts 2/2 homes 2 networks 2, servers 0/0 homes 0, both 0, names 1, answer 1, moved "
	 "1/2, "
	 "single 2"},
	{"how servers move says nothing of the pages on them",
	 {LOOK(0, "a.com A | a a.com 9000 A 20.0.1.1" FAR "20.0.1.1"),
	  LOOK(1000, "a.com A | a a.com 9000 A 20.0.1.1" FAR "20.0.1.1")},
	 "members 1: hosts 1/1 homes 1 networks 1, servers 1/1 homes 1, both 1, names 1, answer 1, ttl "
	 "9000 9000"},
};

static void some(struct buf *to, const char *word, unsigned n)
{
	if (n != 0)
		buf_printf(to, ", %s %u", word, n);
}

static void figures(struct buf *to, const struct view *v)
{
	buf_printf(to,
		   "members %u: hosts %u/%u homes %u networks %u, servers %u/%u homes %u, both %u, names %u, "
		   "answer %u",
		   v->n_members, v->hosts, v->host_clusters, v->homes, v->networks, v->servers,
		   v->server_clusters, v->server_homes, v->both, v->names, v->answer_max);
	if (v->movable != 0)
		buf_printf(to, ", moved %u/%u", v->moved, v->movable);
	buf_add_text(to, v->ns_moved ? ", servers moved" : "");
	some(to, "single", v->single_hosts);
	some(to, "v6", v->v6_hosts);
	some(to, "alias", v->alias_hosts);
	some(to, "hint", v->hint_hosts);
	if (v->have_ttl && v->ttl_median != 60)
		buf_printf(to, ", ttl %u %u", v->ttl_min, v->ttl_median);
}

static void test_rows(void **state)
{
	struct nets *nets = made_nets(false);
	struct view_context context = {.nets = nets};
	struct view v = {0}; /* one scratch for all, as a thread has it */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct profiles *p = made_served(nets);
		struct buf text = {0};
		size_t n = 0;

		while (n < ROW_MESSAGES && rows[i].seen[n].message != NULL)
			n++;
		made_see(p, rows[i].seen, n);
		made_view(&v, p, "a.com", &context);
		figures(&text, &v);
		if (strcmp(buf_text(&text), rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].title, buf_text(&text));
		for (unsigned k = 1; k < v.n_members; k++)
			assert_true(memcmp(&v.members[k - 1].addr, &v.members[k].addr, 16) < 0);
		buf_fini(&text);
		made_profiles_close(p);
	}
	view_fini(&v);
	view_fini(&v);
	nets_close(nets);
}

/* Feeds the member space with what was seen, one domain accused. */
static void feed_with_accused(struct members *members, struct profiles *p, const char *domain)
{
	uint32_t n;
	struct partition *at = made_find(p, domain, &n);

	at->domains[n].accused = 1;
	partition_tell(at, &at->domains[n], &at->pairs[at->owners[at->domains[n].owners].pairs].addr,
		       MEMBER_HOST);
	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		members_feed(members, (const struct fresh *)(const void *)p->parts[i].fresh.bytes,
			     p->parts[i].fresh.len / sizeof(struct fresh));
}

/* Who else uses a member: the domain itself is left out, and those that are accused are told apart. */
static void test_users(void **state)
{
	static const struct seen seen[] = {
		LOOK(0, "a.com A | a a.com 60 A 20.0.1.1 | a a.com 60 A 20.0.2.1"),
		LOOK(0, "b.com A | a b.com 60 A 20.0.1.1"),
		LOOK(0, "c.com A | a c.com 60 A 20.0.1.1"),
	};
	struct nets *nets = made_nets(false);
	struct profiles *p = made_served(nets);
	struct members *members = malloc(sizeof *members);
	struct view_context context = {.nets = nets, .members = members};
	struct view v = {0};

	(void)state;
	assert_non_null(members);
	members_init(members, &p->config, 0);
	made_see(p, seen, 3);
	feed_with_accused(members, p, "b.com");
	made_view(&v, p, "a.com", &context);
	assert_int_equal(v.accused_hosts, 0); /* not published yet */
	members_publish(members);
	made_view(&v, p, "a.com", &context);
	assert_int_equal(v.accused_hosts, 1);
	assert_int_equal(v.accused_servers, 0);
	assert_int_equal(v.members[0].users, 2);
	assert_int_equal(v.members[0].accused_users, 1);
	assert_int_equal(v.members[1].users, 0);
	made_view(&v, p, "b.com", &context);
	assert_int_equal(v.accused_hosts, 0); /* it does not accuse itself */
	assert_int_equal(v.members[0].users, 2);
	view_fini(&v);
	members_fini(members);
	free(members);
	made_profiles_close(p);
	nets_close(nets);
}

/* A side without homes has no agents; of a domain without pages, the servers are the hosts. */
static void test_agents(void **state)
{
	static const struct {
		unsigned pages, homes, server_homes;
		uint8_t roles;
		bool agent;
	} table[] = {
		{9, 5, 0, MEMBER_HOST, true},  {9, 5, 0, MEMBER_ALIAS, true},
		{9, 4, 0, MEMBER_HOST, false}, {9, 5, 0, MEMBER_NS, false},
		{9, 5, 4, MEMBER_NS, false},   {9, 5, 0, MEMBER_HOST | MEMBER_NS, true},
		{9, 0, 5, MEMBER_NS, true},    {9, 0, 5, MEMBER_NS_HOST, true},
		{9, 0, 5, MEMBER_HOST, false}, {0, 5, 5, MEMBER_NS, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct view v = {.pages = table[i].pages,
				 .homes = table[i].homes,
				 .server_homes = table[i].server_homes};
		struct view_member m = {.roles = table[i].roles};

		if (view_is_agent(&v, &m, 5) != table[i].agent)
			fail_msg("row %zu", i);
	}
}

/* Domains that share two hosts or more are partners; name servers, and one host, make none. */
static void test_partners(void **state)
{
	static const struct seen seen[] = {
		{.flags = RECURSIVE,
		 .message =
			 "a.com A | a a.com 60 A 20.0.1.1 | a a.com 60 A 20.1.1.1 | a a.com 60 A 20.2.1.1 | "
			 "n a.com 900 NS ns.a.com | d ns.a.com 60 A 20.9.1.1"},
		{.flags = RECURSIVE, .message = "b.com A | a b.com 60 A 20.0.1.1 | a b.com 60 A 20.1.1.1"},
		{.flags = RECURSIVE, .message = "c.com A | a c.com 60 A 20.2.1.1 | a c.com 60 A 20.1.1.1"},
		{.flags = RECURSIVE, .message = "d.com A | a d.com 60 A 20.2.1.1 | a d.com 60 A 20.9.1.1"},
		{.flags = RECURSIVE,
		 .message =
			 "e.com A | a e.com 60 A 20.0.1.1 | a e.com 60 A 20.1.1.1 | a e.com 60 A 20.2.1.1"}};
	struct nets *nets = made_nets(false);
	struct profiles *p = made_served(nets);
	struct members *members = calloc(1, sizeof *members);
	struct view_context context = {.nets = nets, .members = members};
	struct view v = {0};

	(void)state;
	assert_non_null(members);
	members_init(members, &p->config, 0);
	made_see(p, seen, sizeof seen / sizeof *seen);
	feed_with_accused(members, p, "b.com");
	members_publish(members);
	made_view(&v, p, "a.com", &context);
	assert_int_equal(v.partners, 3); /* b, c, e; of d only a host and the server */
	assert_int_equal(v.accused_partners, 1);
	made_view(&v, p, "d.com", &context);
	assert_int_equal(v.partners, 0); /* none of its hosts is accused, so nobody asks */
	view_fini(&v);
	members_fini(members);
	free(members);
	made_profiles_close(p);
	nets_close(nets);
}

/* What is over the limits is estimated, and a domain with more members than fit is cut, not overrun. */
static void test_more_than_is_kept(void **state)
{
	struct nets *nets = made_nets(true);
	struct profiles *p =
		made_profiles(&(struct made_config){.bucket_key = 7, .owners_max = 100, .pairs_max = 6000});
	struct service s = {"a.com", {0, 200, 9000, 0}, {0, 1, 0, 0}, 300, 30, 60, 100, 0, false, NULL};
	struct view_context context = {.nets = NULL};
	struct view v = {0};

	(void)state;
	made_serve(p, &s);
	made_view(&v, p, "a.com", &context);
	assert_int_equal(v.n_members, VIEW_MEMBERS_MAX);
	assert_true(v.more_members > 2400 && v.more_members < 3600);
	s.names = 1000;
	s.looks = 1000;
	s.answer = 1;
	made_serve(p, &s);
	made_view(&v, p, "a.com", &context);
	assert_true(v.names > 800 && v.names < 1200);
	view_fini(&v);
	made_profiles_close(p);
	nets_close(nets);
}

/* ---- aliases that are seen apart from the addresses they lead to ---- */

static struct partition *find_target(void *context, const uint8_t *name, size_t len, uint32_t *owner)
{
	const char *const domains[] = {"b.net", "c.org", "d.com"};

	for (size_t i = 0; i < 3; i++) {
		struct name domain = made_name(domains[i]);
		uint32_t number;
		struct partition *p = made_find(context, domains[i], &number);

		if (p == NULL || !name_is_below(name, len, domain.octets, domain.len))
			continue;
		*owner = partition_owner(p, name, len, len - domain.len);
		return *owner == NONE ? NULL : p;
	}
	return NULL;
}

#define X_NET LOOK(5, "x.b.net A | a x.b.net 60 A 20.0.1.1 | a x.b.net 60 A 20.1.1.1")

static const struct {
	const char *title;
	struct seen seen[ROW_MESSAGES];
	const char *members; /* address and roles of each */
} alias_rows[] = {
	{"to another domain",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME x.b.net"), X_NET},
	 "20.0.1.1 a 20.1.1.1 a "},
	{"over a third one",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME v.c.org"), LOOK(1, "v.c.org A | a v.c.org 9 CNAME x.b.net"),
	  X_NET},
	 "20.0.1.1 a 20.1.1.1 a "},
	{"and from there to another name of that domain",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME y.b.net"),
	  LOOK(5, "y.b.net A | a y.b.net 9 CNAME x.b.net | a x.b.net 60 A 20.0.1.1")},
	 "20.0.1.1 a "},
	{"beside addresses of its own",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME x.b.net"), LOOK(1, "a.com A | a a.com 60 A 20.1.1.1"),
	  X_NET},
	 "20.0.1.1 a 20.1.1.1 ha "},
	{"seen with addresses too: those are what is known",
	 {LOOK(0, "w.a.com AAAA | a w.a.com 9 CNAME x.b.net"),
	  LOOK(1, "w.a.com A | a w.a.com 9 CNAME x.b.net | a x.b.net 60 A 20.2.1.1"), X_NET},
	 "20.2.1.1 a "},
	{"to a name that is not known", {LOOK(0, "w.a.com A | a w.a.com 9 CNAME z.b.net"), X_NET}, ""},
	{"to another name each time: those behind the first moved",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME x.b.net"), X_NET,
	  LOOK(9, "w.a.com A | a w.a.com 9 CNAME x.c.org"),
	  LOOK(10, "x.c.org A | a x.c.org 60 A 20.2.1.1 | a x.c.org 60 A 20.3.1.1")},
	 "20.0.1.1 a 20.1.1.1 a 20.2.1.1 a 20.3.1.1 a moved 2/4"},
	{"so does the alias in between, one of whose names is not known",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME v.c.org"), LOOK(1, "v.c.org A | a v.c.org 9 CNAME z.b.net"),
	  LOOK(2, "v.c.org A | a v.c.org 9 CNAME x.b.net"), X_NET},
	 "20.0.1.1 a 20.1.1.1 a moved 2/2"},
	{"known on another way from the first on",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME v.c.org"), LOOK(1, "v.c.org A | a v.c.org 9 CNAME x.b.net"),
	  LOOK(2, "w.a.com A | a w.a.com 9 CNAME x.b.net"), X_NET},
	 "20.0.1.1 a 20.1.1.1 a moved 0/2"},
	{"from another vantage known from the first on",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME z.b.net"),
	  LOOK(1, "w.a.com A | a w.a.com 9 CNAME v.c.org"),
	  LOOK(2, "v.c.org A | a v.c.org 9 CNAME x.b.net"),
	  {.at_s = 3, .flags = R, .message = "w.a.com A | a w.a.com 9 CNAME x.b.net", .vantage = 1},
	  X_NET},
	 "20.0.1.1 a 20.1.1.1 a moved 0/2"},
	{"a name of the domain itself among them",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME v.a.com | a v.a.com 9 A 20.0.1.1"),
	  LOOK(1, "w.a.com A | a w.a.com 9 CNAME x.b.net"), X_NET},
	 "20.0.1.1 ha 20.1.1.1 a moved 0/2"},
	{"to another of its own names each time: the alias was looked up, so what comes behind it is new",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME u.a.com | a u.a.com 9 A 20.0.1.1"),
	  LOOK(90, "w.a.com A | a w.a.com 9 CNAME v.a.com | a v.a.com 9 A 20.1.1.1"),
	  LOOK(180, "w.a.com A | a w.a.com 9 CNAME u.a.com | a u.a.com 9 A 20.0.1.1")},
	 "20.0.1.1 h 20.1.1.1 h moved 1/2"},
	{"of the other kind of address, nothing was known",
	 {LOOK(0, "w.a.com AAAA | a w.a.com 9 CNAME u.a.com | a u.a.com 9 AAAA 2600:1:2:3401::1"),
	  LOOK(90, "w.a.com A | a w.a.com 9 CNAME v.a.com | a v.a.com 9 A 20.1.1.1")},
	 "20.1.1.1 h 2600:1:2:3400:: h moved 0/2"},
	{"round and round",
	 {LOOK(0, "w.a.com A | a w.a.com 9 CNAME v.c.org"), LOOK(1, "v.c.org A | a v.c.org 9 CNAME u.d.com"),
	  LOOK(2, "u.d.com A | a u.d.com 9 CNAME v.c.org")},
	 ""},
};

static void test_aliases(void **state)
{
	struct nets *nets = made_nets(false);

	(void)state;
	for (size_t i = 0; i < sizeof alias_rows / sizeof *alias_rows; i++) {
		struct profiles *p = made_served(nets);
		struct view_context context = {.nets = nets, .target = find_target, .target_context = p};
		struct view v = {0};
		struct buf text = {0};
		size_t n = 0;

		while (n < ROW_MESSAGES && alias_rows[i].seen[n].message != NULL)
			n++;
		made_see(p, alias_rows[i].seen, n);
		made_view(&v, p, "a.com", &context);
		for (unsigned k = 0; k < v.n_members; k++) {
			char addr[ADDR_TEXT_MAX];

			addr_to_text(&v.members[k].addr, addr);
			buf_printf(&text, "%s ", addr);
			made_bits(&text, v.members[k].roles, "haNsig!");
			buf_add_char(&text, ' ');
		}
		if (v.movable != 0)
			buf_printf(&text, "moved %u/%u", v.moved, v.movable);
		if (strcmp(buf_text(&text), alias_rows[i].members) != 0)
			fail_msg("%s: %s", alias_rows[i].title, buf_text(&text));
		context.target = NULL; /* while a pass runs nobody else's are looked at */
		made_view(&v, p, "a.com", &context);
		assert_true(v.alias_hosts == 0 || strstr(alias_rows[i].title, "seen with") != NULL);
		buf_fini(&text);
		view_fini(&v);
		made_profiles_close(p);
	}
	nets_close(nets);
}

/* One server of many zones: each group of partitions knows what its own domains told of it. */
static void test_servers_of_groups(void **state)
{
	enum { ZONES = 12 };
	struct nets *nets = made_nets(false);
	struct profiles *p = made_served(nets);
	struct view_context own = {.nets = nets}, all = {.nets = nets};
	struct view v = {0};
	unsigned of_own;

	(void)state;
	for (unsigned i = 0; i < ZONES; i++) {
		struct buf text = {0};
		struct seen row = {.at_s = i * 100, .flags = R};

		buf_printf(
			&text,
			"z%u.com A | a z%u.com 9 A 20.9.1.1 | n z%u.com 9 NS ns.dns.org | d ns.dns.org 9 A "
			"20.0.1.1 | d ns.dns.org 9 A 20.%u.2.1",
			i, i, i, i + 1);
		row.message = buf_text(&text);
		made_see(p, &row, 1);
		buf_fini(&text);
	}
	made_view(&v, p, "z0.com", &own);
	of_own = v.servers;
	all.servers = p->parts + OBS_PARTITIONS;
	all.n_servers = OBS_GROUPS;
	made_view(&v, p, "z0.com", &all);
	assert_int_equal(v.servers, ZONES + 1); /* 20.0.1.1 once */
	assert_true(of_own < v.servers);
	for (unsigned i = 0; i < v.n_members; i++)
		if ((v.members[i].roles & MEMBER_NS) != 0)
			assert_int_equal(v.members[i].owners, 1);
	view_fini(&v);
	made_profiles_close(p);
	nets_close(nets);
}

/* A sum over all that settling could change. */
static uint64_t sum_of(const struct profiles *p)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < OBS_ALL; i++) {
		const struct partition *x = &p->parts[i];

		sum = hash_bytes(x->domains, x->n_domains * sizeof *x->domains, sum);
		sum = hash_bytes(x->owners, x->n_owners * sizeof *x->owners, sum);
		sum = hash_bytes(x->pairs, x->n_pairs * sizeof *x->pairs, sum);
		sum = hash_bytes(x->sets, x->n_sets * sizeof *x->sets, sum);
	}
	return sum;
}

/* A view that leaves all unsettled writes nothing, and what is weighed is the same. */
static void test_unsettled(void **state)
{
	static const struct seen seen[] = {
		LOOK(0, "a.com A | a a.com 60 A 20.0.1.1 | n a.com 60 NS ns.dns.org | d ns.dns.org 60 A "
			"20.1.1.1"),
		LOOK(500, "a.com A | a a.com 60 A 20.0.2.1 | n a.com 60 NS ns.dns.org | d ns.dns.org 60 A "
			  "20.1.1.1"),
		LOOK(900, "a.com A | a a.com 60 A 20.0.2.1 | n a.com 60 NS ns.dns.org | d ns.dns.org 60 A "
			  "20.1.1.1"),
		LOOK(1500, "a.com A | a a.com 60 A 20.0.2.1"),
	};
	struct nets *nets = made_nets(false);
	struct profiles *p = made_served(nets);
	struct view_context settled = {.nets = nets}, unsettled = {.nets = nets, .unsettled = true};
	struct judge j = {.nets = nets};
	struct judgement before, after;
	struct view v = {0};
	uint64_t sum;

	(void)state;
	made_see(p, seen, sizeof seen / sizeof *seen);
	sum = sum_of(p);
	made_view(&v, p, "a.com", &unsettled);
	judge_view(&j, &v, false, &before);
	assert_int_equal(sum_of(p), sum);
	made_view(&v, p, "a.com", &settled);
	judge_view(&j, &v, false, &after);
	assert_int_not_equal(sum_of(p), sum);
	assert_true(before.n_evidence != 0 && before.n_evidence == after.n_evidence);
	assert_memory_equal(&before.llr_db, &after.llr_db, sizeof before.llr_db);
	view_fini(&v);
	made_profiles_close(p);
	nets_close(nets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_servers_of_groups),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_agents),
		cmocka_unit_test(test_partners),
		cmocka_unit_test(test_unsettled),
		cmocka_unit_test(test_more_than_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
