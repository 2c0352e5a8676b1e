/* SPDX-License-Identifier: Apache-2.0 */
/* resolvers.c -- see resolvers.h. */
#include "cli/resolvers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/output.h"

enum { RESOLVER_PORT = 5301, RESOLVERS = 3, DOMAIN_PORT = 53 };

/* What all texts are made of. */
struct setup {
	char *folder; /* absolute */
	struct addr root;
	char at[ADDR_TEXT_MAX], root_text[ADDR_TEXT_MAX];
	unsigned port, first; /* of the servers; of the first resolver */
	bool forward;         /* one address speaks for everything */
};

static void write_hints(const struct setup *s, struct buf *to)
{
	buf_printf(to,
		   "; The root of the lab: deflux lab serve.\n"
		   ".        3600000 IN NS %s\n"
		   "a.root.  3600000 IN %s %s\n",
		   "a.root.", addr_is_v4(&s->root) ? "A" : "AAAA", s->root_text);
}

static void write_unbound(const struct setup *s, struct buf *to)
{
	buf_printf(to,
		   "# unbound -d -c %s/unbound.conf\n"
		   "server:\n"
		   "\tinterface: 127.0.0.1\n"
		   "\tport: %u\n"
		   "\tdo-ip6: no\n"
		   "\tdo-daemonize: no\n"
		   "\tusername: \"\"\n"
		   "\tchroot: \"\"\n"
		   "\tdirectory: \"%s\"\n"
		   "\tpidfile: \"\"\n"
		   "\tuse-syslog: no\n"
		   "\tlogfile: \"\"\n"
		   "\tmodule-config: \"iterator\"\n"
		   "\tdo-not-query-localhost: no\n",
		   s->folder, s->first, s->folder);
	if (!s->forward)
		buf_printf(to, "\troot-hints: \"%s/root.hints\"\n", s->folder);
	buf_add_text(to, "remote-control:\n\tcontrol-enable: no\n");
	if (s->forward)
		buf_printf(to, "forward-zone:\n\tname: \".\"\n\tforward-addr: %s@%u\n", s->at, s->port);
}

static void write_named(const struct setup *s, struct buf *to)
{
	buf_printf(to,
		   "// named -g -4 -c %s/named.conf\n"
		   "options {\n"
		   "\tdirectory \"%s\";\n"
		   "\tlisten-on port %u { 127.0.0.1; };\n"
		   "\tlisten-on-v6 { none; };\n"
		   "\tpid-file none;\n"
		   "\tlock-file none;\n"
		   "\tsession-keyfile \"%s/session.key\";\n"
		   "\tdnssec-validation no;\n",
		   s->folder, s->folder, s->first + 1, s->folder);
	if (s->forward)
		buf_printf(to, "\tforward only;\n\tforwarders { %s port %u; };\n", s->at, s->port);
	else if (s->port != DOMAIN_PORT)
		buf_printf(to, "\tport %u; // of every server that it asks\n", s->port);
	buf_add_text(to, "};\ncontrols { };\n");
	if (!s->forward)
		buf_add_text(to, "zone \".\" {\n\ttype hint;\n\tfile \"root.hints\";\n};\n");
}

static void write_recursor(const struct setup *s, struct buf *to)
{
	buf_printf(to,
		   "# pdns_recursor --config-dir=%s\n"
		   "local-address=127.0.0.1\n"
		   "local-port=%u\n"
		   "socket-dir=%s\n"
		   "write-pid=no\n"
		   "daemon=no\n"
		   "disable-syslog=yes\n"
		   "threads=1\n"
		   "query-local-address=0.0.0.0\n"
		   "dont-query=\n"
		   "dnssec=off\n"
		   "security-poll-suffix=\n"
		   "hint-file=%s/root.hints\n",
		   s->folder, s->first + 2, s->folder, s->folder);
	if (s->forward)
		buf_printf(to, "forward-zones-recurse=.=%s:%u\n", s->at, s->port);
}

static enum err write_file(const struct setup *s, const char *name,
			   void (*write)(const struct setup *s, struct buf *to), struct diag *d)
{
	size_t room = strlen(s->folder) + strlen(name) + 2;
	char *path = malloc(room);
	struct output o = {0};
	enum err e;

	if (path == NULL)
		return diag_set(d, E_MEMORY, "out of memory");
	snprintf(path, room, "%s/%s", s->folder, name);
	e = output_open(&o, path, d);
	if (e == OK) {
		write(s, &o.text);
		e = output_close(&o, true, d);
	}
	free(path);
	return e;
}

/* The texts quote it, so it may not hold what ends a quote or a line. */
static enum err open_folder(struct setup *s, const char *folder, struct diag *d)
{
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return diag_set(d, E_IO, "%s: %s", folder, strerror(errno));
	s->folder = realpath(folder, NULL);
	if (s->folder == NULL)
		return diag_set(d, E_IO, "%s: %s", folder, strerror(errno));
	if (strpbrk(s->folder, "\"\\\n\r;#") != NULL || strlen(s->folder) > 255) /* some cut longer paths */
		return diag_set(d, E_FORMAT, "%s: a folder with a plain name is wanted", folder);
	return OK;
}

enum err resolvers_write(const char *folder, const struct listen_place *places, size_t n, struct diag *d)
{
	const struct listen_place *first = &places[0];
	bool everywhere = addr_is_none(&first->addr);
	struct setup s = {.port = first->port, .forward = n == 1 && !everywhere};
	enum err e = open_folder(&s, folder, d);

	s.first = s.port == DOMAIN_PORT || s.port > UINT16_MAX - RESOLVERS ? RESOLVER_PORT : s.port + 1;
	s.root = everywhere ? serve_root_address : first->addr;
	addr_to_text(&first->addr, s.at);
	addr_to_text(&s.root, s.root_text);
	if (e == OK)
		e = write_file(&s, "root.hints", write_hints, d);
	if (e == OK)
		e = write_file(&s, "named.conf", write_named, d);
	/* who goes from the root down asks port 53; BIND alone can be told another */
	if (e == OK && (s.forward || s.port == DOMAIN_PORT))
		e = write_file(&s, "unbound.conf", write_unbound, d);
	if (e == OK && (s.forward || s.port == DOMAIN_PORT))
		e = write_file(&s, "recursor.conf", write_recursor, d);
	free(s.folder);
	return e;
}
