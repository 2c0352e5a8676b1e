/* SPDX-License-Identifier: Apache-2.0 */
/* summary.c -- see summary.h. */
#include "cli/summary.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/stamp.h"
#include "cli/facts.h"
#include "cli/words.h"

#define YEAR_NS (INT64_C(365) * 86400 * NS_PER_SECOND)

enum count_kind {
	READ,    /* told with -v alone */
	SKIPPED, /* could not be used: told when it is not 0 */
	NOTED    /* used, or rightly left out: told when it is not 0 */
};

static const struct count_row {
	size_t offset; /* of a uint64_t in struct flow_counts */
	enum count_kind kind;
	const char *what;
} rows[] = {
#define SOURCE(field, kind, what)                                                                            \
	{                                                                                                    \
		offsetof(struct flow_counts, sources.field), kind, what                                      \
	}
#define SEEN(field, kind, what)                                                                              \
	{                                                                                                    \
		offsetof(struct flow_counts, observe.field), kind, what                                      \
	}
#define PROFILE(field, kind, what)                                                                           \
	{                                                                                                    \
		offsetof(struct flow_counts, profile.field), kind, what                                      \
	}
#define KEPT(field, kind, what)                                                                              \
	{                                                                                                    \
		offsetof(struct flow_counts, field), kind, what                                              \
	}
	SOURCE(records, READ, "records (packets, frames, lines)"),
	SOURCE(messages, READ, "messages"),
	SOURCE(bad_records, SKIPPED, "broken records"),
	SOURCE(bad_packets, SKIPPED, "packets with broken headers"),
	SOURCE(bad_time, SKIPPED, "records with a time that no other agrees with"),
	SOURCE(lost_tcp, SKIPPED, "messages lost in TCP"),
	SOURCE(lost_fragments, SKIPPED, "messages with fragments missing"),
	SOURCE(unknown_link, SKIPPED, "packets of an unknown link type"),
	SOURCE(evicted, SKIPPED, "unfinished packets given up for --memory"),
	SOURCE(cut, NOTED, "messages cut by the capture's snap length"),
	SOURCE(late, NOTED, "late records, used"),
	SOURCE(mdns, NOTED, "messages of multicast DNS"),
	SOURCE(other, NOTED, "records that are no DNS"),
	SOURCE(filtered, NOTED, "left out by --filter, --since or --until"),
	SEEN(malformed, SKIPPED, "malformed messages"),
	SEEN(no_question, SKIPPED, "responses without an Internet question"),
	SEEN(mismatched, SKIPPED, "answers that do not fit their question"),
	SEEN(queries, NOTED, "queries"),
	SEEN(responses, READ, "responses"),
	SEEN(negative, NOTED, "responses that say there is none"),
	SEEN(failed, NOTED, "responses that report a failure"),
	SEEN(truncated, NOTED, "truncated responses"),
	SEEN(scoped, READ, "responses for one client subnet"),
	SEEN(stale, READ, "stale responses"),
	SEEN(reverse, NOTED, "reverse look-ups"),
	SEEN(special_use, NOTED, "questions for special-use names"),
	SEEN(unknown_suffix, NOTED, "questions without a known public suffix"),
	SEEN(unreachable_records, READ, "records that nothing in their answer leads to"),
	SEEN(disbelieved_records, READ, "records outside what their server may speak for"),
	SEEN(special_addresses, NOTED, "private, loopback or reserved addresses"),
	SEEN(observations, READ, "observations"),
	SEEN(client_side, READ, "messages between clients and resolver"),
	SEEN(resolver_side, READ, "messages between resolver and authorities"),
	SEEN(authority_side, READ, "messages at an authority"),
	PROFILE(lookups, READ, "look-ups"),
	PROFILE(repeats, READ, "repeats out of a cache, retransmitted or mirrored"),
	PROFILE(other_role, READ, "sightings on another side of the resolver"),
	PROFILE(evictions, READ, "evictions for --memory"),
	PROFILE(untold, READ, "addresses of a domain that others were not held against, for --memory"),
	PROFILE(no_memory, SKIPPED, "observations without memory"),
	KEPT(domains, READ, "domains kept"),
	KEPT(owners, READ, "names kept"),
	KEPT(pairs, READ, "pairs of name and address kept"),
	KEPT(members, READ, "addresses kept"),
	KEPT(members_lost, READ, "uses of addresses over the limit"),
	KEPT(sketched, READ, "domains of which not all is kept"),
	KEPT(more_names, READ, "names beyond what is kept, about"),
	KEPT(more_addresses, READ, "addresses beyond what is kept, about"),
#undef SOURCE
#undef SEEN
#undef PROFILE
#undef KEPT
};

static uint64_t count_at(const struct flow_counts *c, const struct count_row *row)
{
	return *(const uint64_t *)(const void *)((const char *)c + row->offset);
}

/* "Skipped: broken records (12), malformed messages (3)." */
static void list_kind(const struct flow_counts *c, enum count_kind kind, const char *head,
		      const struct term *t, struct buf *to)
{
	struct buf line = {0};
	char count[WORDS_COUNT_MAX];

	buf_add_text(&line, head);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t n = count_at(c, &rows[i]);

		if (rows[i].kind != kind || n == 0)
			continue;
		buf_printf(&line, "%s%s (%s)", line.bytes[line.len - 1] == ':' ? " " : ", ", rows[i].what,
			   words_count(n, count));
	}
	if (line.err == OK && line.bytes[line.len - 1] != ':') {
		buf_add_char(&line, '.');
		term_wrap(to, buf_text(&line), t->width, 2);
	}
	buf_fini(&line);
}

/* Of the sources alone, or all. */
static void list_all(const struct flow_counts *c, bool sources, struct buf *to)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!sources || rows[i].offset < sizeof c->sources)
			buf_printf(to, "%14" PRIu64 "  %s\n", count_at(c, &rows[i]), rows[i].what);
}

static void list_counts(const struct flow_counts *c, const struct term *t, struct buf *to)
{
	list_kind(c, SKIPPED, "Skipped:", t, to);
	list_kind(c, NOTED, "Also seen:", t, to);
}

/* A warning stands out, and says what to do. */
static void warn(const struct term *t, struct buf *to, const char *text)
{
	term_tone(t, to, TONE_UNSURE);
	term_wrap(to, text, t->width, 2);
	term_tone(t, to, TONE_PLAIN);
}

static void warn_sources(const struct sources_counts *c, const struct term *t, struct buf *to)
{
	struct buf line = {0};

	if (c->messages == 0 && c->records == 0)
		warn(t, to, "The inputs are empty: no record was read.");
	else if (c->messages == 0)
		warn(t, to,
		     "No DNS message was found in the inputs. Is DNS on another port (--port), or left out "
		     "by "
		     "--filter, --since or --until?");
	if (c->cut != 0) {
		words_plural(&line, c->cut, "message was", "messages were");
		buf_add_text(
			&line,
			" cut by the capture's snap length: what was cut off is not known. Record with a "
			"larger one (tcpdump -s 0).");
		warn(t, to, buf_text(&line));
	}
	buf_fini(&line);
}

static void warn_lacks(uint16_t lacks, const struct term *t, struct buf *to)
{
	struct buf line = {0};

	for (unsigned bit = 0; bit < FACTS_LACKS; bit++)
		if ((lacks & 1u << bit) != 0)
			buf_printf(&line, "%s%s", line.len == 0 ? "Some inputs could not carry: " : ", ",
				   facts_lack(bit));
	if (line.len != 0) {
		buf_add_text(&line, ". What is absent for that reason counts as no evidence.");
		term_wrap(to, buf_text(&line), t->width, 2);
	}
	buf_fini(&line);
}

static void warn_sketched(const struct flow_counts *c, const struct term *t, struct buf *to)
{
	struct buf line = {0};

	if (c->sketched == 0)
		return;
	words_plural(&line, c->sketched, "domain has", "domains have");
	buf_add_text(&line, " more names or addresses than are kept of one: about ");
	words_plural(&line, c->more_names, "name", NULL);
	buf_add_text(&line, " and ");
	words_plural(&line, c->more_addresses, "address", "addresses");
	buf_add_text(&line, " are only counted, by estimate.");
	warn(t, to, buf_text(&line));
	buf_fini(&line);
}

static void warn_observed(const struct pass *p, const struct term *t, struct buf *to)
{
	const struct flow_counts *c = &p->counts;
	struct buf line = {0};

	if (c->observe.queries != 0 && c->observe.responses == 0)
		warn(t, to,
		     "No responses seen: the inputs hold queries alone (a log of queries, or a capture of "
		     "one "
		     "direction), and a verdict needs answers.");
	if (c->profile.evicted_domains != 0) {
		words_plural(&line, c->profile.evicted_domains, "domain was", "domains were");
		buf_add_text(&line,
			     " given up for --memory, those that told least; more memory may find more.");
		warn(t, to, buf_text(&line));
	}
	buf_fini(&line);
	warn_sketched(c, t, to);
	if (watch_stopped(&p->watch))
		warn(t, to, "Ended by a signal: the inputs were not read to their end.");
}

/* The database of networks, and whether it is of another time than the capture. */
static void say_nets(const struct pass *p, const struct term *t, struct buf *to)
{
	const struct nets *nets = flow_nets(p->flow);
	int64_t made = nets == NULL || !nets_known(nets) ? STAMP_NONE : nets_made_ns(nets),
		last = p->counts.last_ns;
	struct buf line = {0};

	if (nets == NULL || !nets_known(nets)) {
		warn(t, to,
		     p->options->flow.nets.none ? "No database of networks was used (--no-nets): judged on "
						  "prefixes alone, so nobody is accused."
						: "No database of networks was found: judged on prefixes "
						  "alone, so nobody is accused. Install "
						  "libloc-database, "
						  "or give --mmdb or --asn-table.");
		return;
	}
	buf_printf(&line, "Networks: %s", nets_describe(nets));
	if (made != STAMP_NONE && last != STAMP_NONE && llabs(made - last) > YEAR_NS) {
		buf_printf(&line,
			   ", which is %.1f years %s than the traffic: networks weigh less. A database "
			   "nearer to it "
			   "(--mmdb, --asn-table) is better.",
			   (double)llabs(made - last) / (double)YEAR_NS, made < last ? "older" : "younger");
		warn(t, to, buf_text(&line));
	} else {
		buf_add_char(&line, '.');
		term_wrap(to, buf_text(&line), t->width, 2);
	}
	buf_fini(&line);
}

/* Verdicts by other parameters are not to be taken for deflux's own. */
static void warn_parameters(const struct pass *p, const struct term *t, struct buf *to)
{
	struct buf line = {0};

	if (p->options->parameters == NULL)
		return;
	buf_printf(&line, "Judged by the parameters in %.200s: these are not deflux's own verdicts.",
		   p->options->parameters);
	warn(t, to, buf_text(&line));
	buf_fini(&line);
}

static void say_time(struct buf *to, int64_t first_ns, int64_t last_ns)
{
	char first[STAMP_TEXT_MAX], last[STAMP_TEXT_MAX], span[STAMP_TEXT_MAX];

	if (first_ns == STAMP_NONE)
		return;
	stamp_to_text(first_ns / NS_PER_SECOND * NS_PER_SECOND, first);
	stamp_to_text(last_ns / NS_PER_SECOND * NS_PER_SECOND, last);
	span_to_text(last_ns - first_ns, span);
	buf_printf(to, ", from %s to %s (%s)", first, last, span);
}

static void say_read(const struct sources_counts *c, int64_t first_ns, int64_t last_ns, struct buf *to)
{
	char octets[WORDS_COUNT_MAX];

	buf_add_text(to, "Read ");
	words_plural(to, c->messages, "message", NULL);
	buf_printf(to, " (%s)", words_octets(c->octets, octets));
	say_time(to, first_ns, last_ns);
}

/* What --state added to what was read. */
static void say_state(const struct pass *p, const struct term *t, struct buf *to)
{
	struct flow_state s = flow_state(p->flow);
	struct buf line = {0};
	char last[STAMP_TEXT_MAX];

	if (p->options->flow.state.path == NULL)
		return;
	if (s.continued) {
		buf_add_text(&line, "Continued from a state of ");
		words_plural(&line, s.domains, "domain", NULL);
		if (s.last_ns != STAMP_NONE) {
			stamp_to_text(s.last_ns / NS_PER_SECOND * NS_PER_SECOND, last);
			buf_printf(&line, ", saved at capture time %s", last);
		}
		buf_add_char(&line, '.');
	} else {
		buf_add_text(&line, "There was no state yet.");
	}
	if (s.problem == NULL)
		buf_printf(&line, " What is known now is kept in %s for the next run.",
			   p->options->flow.state.path);
	term_wrap(to, buf_text(&line), t->width, 2);
	buf_fini(&line);
}

void summary_write(const struct pass *p, const struct term *t, struct buf *to)
{
	const struct flow_counts *c = &p->counts;
	struct buf line = {0};

	say_read(&c->sources, c->first_ns, c->last_ns, &line);
	buf_add_text(&line, ": ");
	words_plural(&line, c->domains, "registrable domain", NULL);
	buf_add_text(&line, " with addresses or name servers, ");
	words_plural(&line, c->owners, "name", NULL);
	buf_add_text(&line, ", ");
	words_plural(&line, c->members, "address", "addresses");
	buf_add_char(&line, '.');
	term_wrap(to, buf_text(&line), t->width, 2);
	buf_fini(&line);
	say_state(p, t, to);
	if (p->options->verbose)
		list_all(c, false, to);
	else
		list_counts(c, t, to);
	warn_sources(&c->sources, t, to);
	warn_observed(p, t, to);
	warn_lacks(c->sources.lacks, t, to);
	warn_parameters(p, t, to);
	say_nets(p, t, to);
}

void summary_sources(const struct sources_counts *c, bool verbose, const struct term *t, struct buf *to)
{
	struct flow_counts counts = {.sources = *c};

	if (verbose)
		list_all(&counts, true, to);
	else
		list_counts(&counts, t, to);
	warn_sources(c, t, to);
}

void summary_speed(const struct pass *p, const struct term *t, struct buf *to)
{
	const struct flow_counts *c = &p->counts;
	char rate[WORDS_COUNT_MAX], held[WORDS_COUNT_MAX];
	struct buf line = {0};

	words_count(p->seconds > 0 ? (uint64_t)((double)c->sources.messages / p->seconds) : 0, rate);
	buf_printf(&line, "Took %.2f s: %s messages/s, %s held", p->seconds, rate,
		   words_octets(c->memory_bytes, held));
	buf_printf(
		&line,
		"; reading %.2f s, parsing %.2f s, profiling %.2f s, judging %.2f s (all threads together).",
		c->read_s, c->parse_s, c->profile_s, c->judge_s);
	if (c->memo_hits != 0 && c->sources.messages != 0)
		buf_printf(&line, " %.0f%% of the messages were exact repeats, not parsed again.",
			   100.0 * (double)c->memo_hits / (double)c->sources.messages);
	term_wrap(to, buf_text(&line), t->terminal ? t->width : SIZE_MAX, 2);
	buf_fini(&line);
}

void summary_end(struct pass *p, const struct term *t)
{
	struct term errors;
	struct buf text = {0};

	if (p->options->quiet)
		return;
	term_of(&errors, STDERR_FILENO, p->options->no_color);
	if (p->options->form == FORM_TABLE)
		summary_write(p, t, &p->output.text);
	else
		summary_write(p, &errors, &text);
	output_flush(&p->output); /* so that on a terminal the order is right */
	summary_speed(p, &errors, &text);
	fputs(buf_text(&text), stderr);
	buf_fini(&text);
}
