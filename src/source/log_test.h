/* SPDX-License-Identifier: Apache-2.0 */
/* log_test.h -- for the tests of the log readers: lines in, counts and messages as text out. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the first two above */
#include <cmocka.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/stamp.h"
#include "dns/message.h"
#include "dns/name.h"
#include "source/logs.h"

/* What came out of a reader. Zeroed is empty. */
struct seen {
	struct arena keep;
	struct message message;
	struct buf text; /* a line of text per message */
	unsigned messages, responses, records, bad_messages;
	unsigned lines[LINE_MEMORY + 1];
};

static inline void seen_rdata(struct buf *to, const struct message *m, const struct record *r)
{
	char name[NAME_TEXT_MAX], address[ADDR_TEXT_MAX];
	struct addr a;

	if (r->type == RR_A || r->type == RR_AAAA) {
		a = r->type == RR_A ? addr_v4(r->rdata) : addr_v6(r->rdata);
		addr_to_text(&a, address);
		buf_add_text(to, address);
	} else if (r->type == RR_TXT) {
		for (size_t at = 0; at < r->rdlen; at += r->rdata[at] + 1u)
			buf_printf(to, "\"%.*s\"", (int)r->rdata[at], (const char *)r->rdata + at + 1);
	} else if (r->target != MESSAGE_NO_NAME) {
		name_to_text(message_name_octets(m, r->target), name);
		buf_add_text(to, name);
	} else {
		buf_printf(to, "(%u octets)", r->rdlen);
	}
}

/* "moment[..last] [xN] query|response[ AA][ TC][ RD][ RA] rcode id name type lacks server client#port;
 * record; ..." */
static inline void seen_print(struct buf *to, const struct message *m, const struct intake *in)
{
	char name[NAME_TEXT_MAX], type[10], stamp[STAMP_TEXT_MAX], server[ADDR_TEXT_MAX],
		client[ADDR_TEXT_MAX];

	stamp_to_text(in->time_ns, stamp);
	buf_add_text(to, stamp);
	if (in->last_ns != in->time_ns) {
		stamp_to_text(in->last_ns, stamp);
		buf_printf(to, "..%s", stamp);
	}
	if (in->count != 1)
		buf_printf(to, " x%u", in->count);
	buf_printf(to, " %s%s%s%s%s %u", m->flags & FLAG_QR ? "response" : "query",
		   m->flags & FLAG_AA ? " AA" : "", m->flags & FLAG_TC ? " TC" : "",
		   m->flags & FLAG_RD ? " RD" : "", m->flags & FLAG_RA ? " RA" : "", m->rcode);
	name_to_text(message_name_octets(m, m->qname), name);
	addr_to_text(&in->server, server);
	addr_to_text(&in->client, client);
	buf_printf(to, " %u %s %s %x %s %s#%u", m->id, name, rrtype_to_text(m->qtype, type), in->lacks,
		   server, client, in->client_port);
	for (size_t i = 0; i < m->n_records; i++) {
		const struct record *r = &m->records[i];

		name_to_text(message_name_octets(m, r->owner), name);
		buf_printf(to, "; %s%s %u %s ",
			   r->section == SECTION_ANSWER      ? ""
			   : r->section == SECTION_AUTHORITY ? "ns "
							     : "ar ",
			   name, r->ttl, rrtype_to_text(r->type, type));
		seen_rdata(to, m, r);
	}
	buf_add_char(to, '\n');
}

static inline void seen_take(void *ctx, const struct intake *in)
{
	struct seen *s = ctx;

	s->messages++;
	if (message_parse(&s->message, in->wire, in->len) != OK) {
		s->bad_messages++;
		return;
	}
	s->responses += (s->message.flags & FLAG_QR) != 0;
	s->records += (unsigned)s->message.n_records;
	seen_print(&s->text, &s->message, in);
}

static inline void seen_fini(struct seen *s)
{
	arena_fini(&s->keep);
	message_fini(&s->message);
	buf_fini(&s->text);
}

/* All of a text, line by line. */
static inline void seen_read(struct seen *s, enum log_form form, const char *text, size_t len)
{
	struct log_sink sink = {seen_take, s};
	struct log_reader *r = NULL;
	const char *at = text, *end = text + len;

	assert_int_equal(log_open(&r, form), OK);
	while (at != end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		stop = stop == NULL ? end : stop;
		s->lines[log_take(r, (const uint8_t *)at, (size_t)(stop - at), &s->keep, &sink)]++;
		at = stop == end ? end : stop + 1;
	}
	assert_true(log_end(r, &s->keep, &sink));
	log_close(r);
}

/* A file below DEFLUX_SHARED, plain or .gz. False: not there. */
static inline bool seen_file(struct seen *s, enum log_form form, const char *path)
{
	const char *root = getenv("DEFLUX_SHARED");
	struct buf content = {0};
	char name[4096];
	gzFile f;
	int n = 0;

	if (root == NULL)
		return false;
	snprintf(name, sizeof name, "%s/%s", root, path);
	f = gzopen(name, "rb");
	if (f == NULL)
		return false;
	do {
		uint8_t *to = buf_reserve(&content, 65536);

		assert_non_null(to);
		n = gzread(f, to, 65536);
		assert_true(n >= 0);
		content.len += (size_t)n;
	} while (n != 0);
	gzclose(f);
	assert_int_equal(log_recognise(content.bytes, content.len), form);
	seen_read(s, form, (const char *)content.bytes, content.len);
	buf_fini(&content);
	return true;
}

/* What one real file must give. */
struct file_row {
	const char *path;
	enum log_form form;
	unsigned messages, responses, records;
	unsigned lines[LINE_MEMORY + 1]; /* by enum log_line */
};

/* False: the files are not there. */
static inline bool check_files(const struct file_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct seen s = {0};

		if (!seen_file(&s, rows[i].form, rows[i].path)) {
			seen_fini(&s);
			return false;
		}
		if (s.messages != rows[i].messages || s.responses != rows[i].responses ||
		    s.records != rows[i].records || s.bad_messages != 0)
			fail_msg("%s: %u messages, %u responses, %u records, %u bad messages", rows[i].path,
				 s.messages, s.responses, s.records, s.bad_messages);
		for (size_t k = 0; k <= LINE_MEMORY; k++)
			if (s.lines[k] != rows[i].lines[k])
				fail_msg("%s: %u lines of kind %zu, not %u", rows[i].path, s.lines[k], k,
					 rows[i].lines[k]);
		seen_fini(&s);
	}
	return true;
}

/* Lines in, messages out: the kind of the last line, and all messages as text. */
struct line_row {
	const char *lines;
	enum log_line last;
	const char *expect;
};

static inline void check_line(enum log_form form, const char *header, const struct line_row *row)
{
	struct seen s = {0};
	struct buf all = {0};
	char kinds[64];

	buf_printf(&all, "%s%s", header, row->lines);
	seen_read(&s, form, (const char *)all.bytes, all.len);
	if (strcmp(buf_text(&s.text), row->expect) != 0)
		fail_msg("%s\ngave\n%swanted\n%s", row->lines, buf_text(&s.text), row->expect);
	snprintf(kinds, sizeof kinds, "%u/%u/%u/%u/%u/%u", s.lines[0], s.lines[1], s.lines[2], s.lines[3],
		 s.lines[4], s.lines[5]);
	if (s.lines[row->last] == 0 || s.bad_messages != 0)
		fail_msg("%s\nkinds of line: %s; bad messages: %u", row->lines, kinds, s.bad_messages);
	buf_fini(&all);
	seen_fini(&s);
}
