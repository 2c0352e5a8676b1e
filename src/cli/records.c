/* SPDX-License-Identifier: Apache-2.0 */
/* records.c -- `deflux records`: the DNS records of the inputs, each once, in passive DNS' Common Output
 * Format. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cursor.h"
#include "base/stamp.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/pdns.h"
#include "cli/summary.h"
#include "cli/watch.h"
#include "cli/words.h"
#include "dns/message.h"
#include "dns/present.h"

/* What --memory is for, in parts of 8: sources 2, records 5; the rest is one message, the output and code. */
enum { PART_SOURCES = 2, PART_RECORDS = 5, PARTS = 8, KEEP_OCTETS = 1 << 20, SHOW_EVERY = 4096 };

struct records {
	const struct options *options;
	struct sources *sources;
	struct watch watch;
	struct output output;
	struct pdns pdns;
	struct message message;
	struct buf rdata, text; /* scratch */
	uint64_t written, malformed, no_memory;
	uint64_t messages;
	/* how far it is, for the watch's thread; a moment old */
	_Atomic uint64_t shown_messages, shown_octets, shown_total;
	_Atomic int64_t shown_ns;
};

/* Not data of a zone, or proofs that every signing makes anew: OPT, TSIG, TKEY; SIG, RRSIG, NSEC, NSEC3. */
static bool is_left_out(uint16_t type)
{
	static const uint16_t types[] = {RR_OPT, 250, 249, 24, RR_RRSIG, 47, 50};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i] == type)
			return true;
	return false;
}

static bool is_wanted(const struct options *o, const uint8_t *owner, size_t len)
{
	for (size_t i = 0; i < o->flow.n_domains; i++)
		if (name_is_below(owner, len, o->domains[i].octets, o->domains[i].len))
			return true;
	return o->flow.n_domains == 0;
}

static void add_record(struct records *r, const struct intake *in, const struct record *record)
{
	const struct message *m = &r->message;
	const uint8_t *owner = message_name_octets(m, record->owner);
	uint8_t owner_len = m->names[record->owner].len;
	struct cursor at = cursor_over(m->wire, m->len);
	struct pdns_sighting x;

	if (record->class != CLASS_IN || is_left_out(record->type) ||
	    !is_wanted(r->options, owner, owner_len))
		return;
	cursor_seek(&at, (size_t)(record->rdata - m->wire));
	buf_clear(&r->rdata);
	if (present_expand(record->type, &at, record->rdlen, &r->rdata) != OK || r->rdata.len > UINT16_MAX) {
		r->malformed++;
		return;
	}
	x = (struct pdns_sighting){owner,        r->rdata.bytes,         in->time_ns, in->last_ns, in->count,
				   record->type, (uint16_t)r->rdata.len, owner_len};
	if (pdns_add(&r->pdns, &x) != OK)
		r->no_memory++;
}

static void show(struct records *r, int64_t time_ns)
{
	struct sources_counts c;

	sources_count(r->sources, &c);
	r->shown_messages = c.messages;
	r->shown_octets = c.octets;
	r->shown_total = c.octets_total;
	r->shown_ns = time_ns;
}

static void take_message(struct records *r, const struct intake *in)
{
	enum err e = message_parse(&r->message, in->wire, in->len);

	if (r->messages++ % SHOW_EVERY == 0)
		show(r, in->time_ns);
	if (e != OK) {
		r->malformed += e != E_MEMORY;
		r->no_memory += e == E_MEMORY;
		return;
	}
	if ((r->message.flags & FLAG_QR) == 0 || (r->message.flags & FLAG_OPCODE) != 0)
		return;
	for (size_t i = 0; i < r->message.n_records; i++)
		add_record(r, in, &r->message.records[i]);
}

/* One line; names and data are printable ASCII, and JSON escapes their quotes and backslashes. */
static void give(void *context, const struct pdns_sighting *x)
{
	struct records *r = context;
	struct buf *to = &r->output.text;
	char name[NAME_TEXT_MAX], type[10];

	buf_add_text(to, "{\"rrname\":");
	words_json(to, name, name_to_text(x->owner, name));
	buf_printf(to, ",\"rrtype\":\"%s\",\"rdata\":", rrtype_to_text(x->type, type));
	buf_clear(&r->text);
	present_rdata(x->type, x->rdata, x->rdlen, &r->text);
	words_json(to, buf_text(&r->text), r->text.len);
	buf_printf(to, ",\"time_first\":%" PRId64 ",\"time_last\":%" PRId64 ",\"count\":%" PRIu64 "}\n",
		   x->first_ns / NS_PER_SECOND, x->last_ns / NS_PER_SECOND, x->count);
	r->written++;
	if (r->text.err != OK)
		to->err = r->text.err;
	output_flow(&r->output);
}

static void stop(void *context)
{
	sources_stop(((struct records *)context)->sources);
}

static void state(void *context, struct watch_state *out)
{
	struct records *r = context;

	*out = (struct watch_state){.octets = r->shown_octets,
				    .octets_total = r->shown_total,
				    .messages = r->shown_messages,
				    .last_ns = r->shown_ns};
}

static enum err read_all(struct records *r, struct diag *d)
{
	struct watch_config watch = {r, stop, state, !r->options->quiet && isatty(STDERR_FILENO)};
	struct arena keep = {0};
	struct intake in;
	enum err e = watch_start(&r->watch, &watch, d);

	while (e == OK && sources_next(r->sources, &keep, &in) == OK) {
		take_message(r, &in);
		if (keep.held > KEEP_OCTETS)
			arena_reset(&keep);
	}
	arena_fini(&keep);
	watch_over(&r->watch);
	if (e == OK)
		pdns_finish(&r->pdns);
	return e;
}

static void summarise(const struct records *r)
{
	struct sources_counts counts;
	struct buf text = {0};
	struct term t;

	term_of(&t, STDERR_FILENO, r->options->no_color);
	sources_count(r->sources, &counts);
	words_plural(&text, r->written, "record", NULL);
	buf_add_text(&text, " of ");
	words_plural(&text, counts.messages, "message", NULL);
	buf_add_text(&text, ".\n");
	if (r->malformed != 0) {
		words_plural(&text, r->malformed, "malformed message or record was",
			     "malformed messages or records were");
		buf_add_text(&text, " left out.\n");
	}
	if (r->pdns.given != 0) {
		words_plural(&text, r->pdns.given, "record was", "records were");
		buf_add_text(
			&text,
			" written early for --memory, those not seen for longest: the result is sorted in "
			"parts, and a record that came again stands in it more than once.\n");
	}
	if (r->no_memory != 0) {
		words_plural(&text, r->no_memory, "message or record was", "messages or records were");
		buf_add_text(&text, " lost for want of memory.\n");
	}
	summary_sources(&counts, r->options->verbose, &t, &text);
	if (watch_stopped(&r->watch))
		buf_add_text(&text, "Ended by a signal: the inputs were not read to their end.\n");
	fputs(buf_text(&text), stderr);
	buf_fini(&text);
}

static size_t memory_of(const struct options *o)
{
	long pages = sysconf(_SC_PHYS_PAGES), octets = sysconf(_SC_PAGESIZE);

	if (o->flow.memory_bytes != 0)
		return o->flow.memory_bytes;
	return pages > 0 && octets > 0 ? (size_t)pages * (size_t)octets / 2 : (size_t)1 << 30;
}

static enum err open_all(struct records *r, struct diag *d)
{
	struct sources_config config = r->options->flow.sources;
	size_t memory = memory_of(r->options);
	enum err e;

	config.memory_bytes = memory / PARTS * PART_SOURCES;
	r->shown_ns = STAMP_NONE;
	pdns_init(&r->pdns, memory / PARTS * PART_RECORDS);
	r->pdns.give = give;
	r->pdns.context = r;
	e = output_open(&r->output, r->options->output, d);
	return e == OK ? sources_open(&r->sources, &config, d) : e;
}

static int say_problems(const struct records *r)
{
	const struct source_problem *problems = NULL;
	size_t n = sources_problems(r->sources, &problems);

	for (size_t i = 0; i < n; i++)
		help_complain("%s", problems[i].text);
	return n != 0 || r->no_memory != 0 ? CLI_UNREAD : CLI_NOTHING;
}

static int run(struct records *r)
{
	struct diag d = {{0}};
	int status = CLI_UNREAD;
	enum err e;

	watch_prepare();
	e = open_all(r, &d);
	if (e == OK && (e = read_all(r, &d)) == OK) {
		status = say_problems(r);
		if (!r->options->quiet)
			summarise(r);
	} else {
		help_complain("%s", d.text);
		status = e == E_FORMAT ? CLI_USAGE : CLI_UNREAD;
	}
	if (output_close(&r->output, e == OK, &d) != OK) {
		help_complain("%s", d.text);
		status = CLI_UNREAD;
	}
	watch_end(&r->watch);
	sources_close(r->sources);
	return status;
}

int cli_records(int argc, char **argv)
{
	struct options o = {.verb = VERB_RECORDS};
	struct records *r;
	int status;

	if (!help_options(&o, argc, argv, &status))
		return status;
	r = calloc(1, sizeof *r);
	if (r == NULL) {
		help_complain("out of memory");
		options_fini(&o);
		return CLI_UNREAD;
	}
	r->options = &o;
	status = run(r);
	pdns_fini(&r->pdns);
	message_fini(&r->message);
	buf_fini(&r->rdata);
	buf_fini(&r->text);
	free(r);
	options_fini(&o);
	return status;
}
