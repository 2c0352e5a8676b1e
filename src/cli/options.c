/* SPDX-License-Identifier: Apache-2.0 */
/* options.c -- see options.h. A new option needs a row here, and its line in the manual and the completions.
 */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "cli/values.h"
#include "cli/version.h"

enum option_group {
	GROUP_RESULT,
	GROUP_INPUT,
	GROUP_EVIDENCE,
	GROUP_CAPTURE,
	GROUP_SERVERS,
	GROUP_WORLD,
	GROUPS
};

enum {
	S = VERB_SCAN,
	E = VERB_EXPLAIN,
	R = VERB_RECORDS,
	L = VERB_LAB,
	N = VERB_NETWORKS,
	V = VERB_SERVE,
	J = VERB_JUDGE,
	JUDGED = S | E | N, /* those that come to verdicts */
	ALL = JUDGED | R,
	SERVE_PORT = 5300,
	HELP_COLUMN = 26,
	HELP_WIDTH = 79
};

static const struct option_row rows[] = {
	{"format", 0, S, GROUP_RESULT, "table|jsonl|csv|features", value_form,
	 "a table (default), one JSON object a line, comma-separated values that are safe in a spreadsheet, "
	 "or what verdicts are weighed from: the numbers that parameters are applied to, one JSON object a "
	 "line"},
	{"format", 0, E, GROUP_RESULT, "text|html", value_form,
	 "text for the terminal (default), or one self-contained page with the plots"},
	{"format", 0, R, GROUP_RESULT, "cof", value_form, "passive DNS' Common Output Format (default)"},
	{"format", 0, N, GROUP_RESULT, "table|jsonl|dot|graphml|html", value_form,
	 "a table (default), one JSON object a line, a graph for Graphviz or for other programs, or one "
	 "self-contained page with pictures"},
	{"parameters", 0, J, GROUP_RESULT, NULL, value_switch,
	 "print what verdicts are weighed by: each number with its unit, its limits and its source"},
	{"format", 0, J, GROUP_RESULT, "table|json", value_form,
	 "a table (default), or JSON that --parameters of the other verbs reads"},
	{"all", 0, S, GROUP_RESULT, NULL, value_switch,
	 "every domain with address records, not only findings"},
	{"top", 0, S | N, GROUP_RESULT, "N", value_top, "only the first N"},
	{"method", 0, S, GROUP_RESULT, "deflux|holz2008|zeek|fluxbuster|stalmans", value_method,
	 "how to judge: deflux's own way (default), or a published method to compare"},
	{"known", 0, JUDGED, GROUP_RESULT, "FILE", value_text,
	 "an earlier `deflux networks --format jsonl`: networks found again keep their names"},
	{"no-color", 0, JUDGED, GROUP_RESULT, NULL, value_switch, "no colour, on a terminal too"},
	{"output", 'o', ALL | J, GROUP_RESULT, "FILE", value_output,
	 "where the result goes, whole or not at all; default standard output"},
	{"quiet", 'q', ALL, GROUP_RESULT, NULL, value_switch, "no progress and no summary"},
	{"verbose", 'v', ALL, GROUP_RESULT, NULL, value_switch, "every count, with its cause"},
	{"help", 'h', ALL | J, GROUP_RESULT, NULL, value_switch, "print this"},
	{"filter", 0, ALL, GROUP_INPUT, "BPF", value_text,
	 "only packets that this expression takes (pcap-filter(7)); logs are not affected"},
	{"since", 0, ALL, GROUP_INPUT, "T", value_time,
	 "only what was seen at or after this time: 2026-03-01T12:00:00Z, a date, or seconds since 1970"},
	{"until", 0, ALL, GROUP_INPUT, "T", value_time, "only what was seen before this time"},
	{"domain", 0, S | E, GROUP_INPUT, "NAME", value_domain,
	 "only this registrable domain; may be given many times"},
	{"domain", 0, R, GROUP_INPUT, "NAME", value_domain,
	 "only this domain and what lies below it; may be given many times"},
	{"vantage", 0, JUDGED, GROUP_INPUT, "NAME", value_vantage,
	 "where the inputs after it were taken; records of one vantage point are held against each other"},
	{"resolver", 0, JUDGED, GROUP_INPUT, "ADDR", value_resolver,
	 "address of a recursive resolver, to tell the look-ups of its clients from its own; may be given "
	 "many times"},
	{"port", 0, ALL, GROUP_INPUT, "N", value_port,
	 "DNS is on this port; may be given many times; default 53"},
	{"threads", 0, JUDGED, GROUP_INPUT, "N", value_threads,
	 "how many threads parse and judge; default one for each processor; the result is the same for any "
	 "number"},
	{"memory", 0, ALL, GROUP_INPUT, "SIZE", value_memory,
	 "the most memory to use, as 512M or 4G; default half of the machine's"},
	{"seed", 0, JUDGED, GROUP_INPUT, "N", value_seed, "for the sketches that stand in for large sets"},
	{"max-gap", 0, ALL, GROUP_INPUT, "SPAN", value_span,
	 "a jump in time over this, as 90m, 12h or 7d, needs several records that agree; default 7d"},
	{"window", 0, ALL, GROUP_INPUT, "SPAN", value_span,
	 "late records within this are put in order; default 2s"},
	{"mask", 0, JUDGED, GROUP_INPUT, "zeek|eve|cof", value_mask,
	 "pretend the input carried only what this form carries, to compare inputs"},
	{"state", 0, S, GROUP_INPUT, "DIR", value_text,
	 "go on from what an earlier run kept in this directory, and keep there what is known now"},
	{"psl", 0, JUDGED, GROUP_INPUT, "FILE", value_text, "a public suffix list other than Debian's"},
	{"no-memo", 0, JUDGED, GROUP_INPUT, NULL, value_switch,
	 "parse exact repeats again; the result is the same, and slower"},
	{"prior", 0, JUDGED, GROUP_EVIDENCE, "P", value_prior,
	 "how probable fast flux is taken to be before any evidence, between 0 and 1; default 0.00001"},
	{"parameters", 0, JUDGED, GROUP_EVIDENCE, "FILE", value_text,
	 "judge by these numbers instead of deflux's own: JSON as `deflux judge` prints it, whole or only "
	 "what differs; the verdicts are then not deflux's own"},
	{"mmdb", 0, JUDGED, GROUP_EVIDENCE, "FILE", value_mmdb,
	 "database of networks in MaxMind's format (GeoLite2, IPinfo, DB-IP); may be given many times"},
	{"asn-table", 0, JUDGED, GROUP_EVIDENCE, "FILE", value_text,
	 "CSV of start, end, number, name; V4FILE,V6FILE gives two; `make data` fetches one"},
	{"no-nets", 0, JUDGED, GROUP_EVIDENCE, NULL, value_switch,
	 "use no database of networks; judge on prefixes"},
	{"output", 'o', L, GROUP_CAPTURE, "FILE", value_lab_file,
	 "where the capture goes; - is standard output"},
	{"truth", 0, L, GROUP_CAPTURE, "FILE", value_lab_file,
	 "where the truth goes: a JSON object on each line for each registrable domain, with its class, "
	 "whether it is flux, its network, and the addresses that its answers held"},
	{"networks", 0, L, GROUP_CAPTURE, "FILE", value_lab_file,
	 "with --made-up, where the table of the made-up networks goes, for --asn-table of the other verbs"},
	{"format", 0, L, GROUP_CAPTURE, "pcap|dnstap|cof", value_lab_format,
	 "packets on the wire (default), messages as a resolver logs them, or passive DNS: records with "
	 "first and last seen and count, hour by hour"},
	{"side", 0, L, GROUP_CAPTURE, "clients|upstream|both", value_lab_side,
	 "between clients and resolver, where TTLs count down (default); between resolver and authorities, "
	 "one look-up each time a TTL is over (cof is always this); or both"},
	{"no-queries", 0, L, GROUP_CAPTURE, NULL, value_switch,
	 "dnstap without the queries, as many resolvers log: half the size"},
	{"hours", 0, L, GROUP_CAPTURE, "H", value_lab_hours,
	 "hours of capture, from 2026-03-01T00:00:00Z; default 24"},
	{"help", 'h', L, GROUP_CAPTURE, NULL, value_switch, "print this"},
	{"listen", 0, V, GROUP_SERVERS, "ADDR:PORT", value_listen,
	 "a loopback address to answer at; default 127.0.0.1:5300. Given three times or more, the first is "
	 "the root's server, the second that of top-level domains, the others those of all zones. "
	 "0.0.0.0:53 is every address, in a network namespace of its own"},
	{"speed", 0, V, GROUP_SERVERS, "X", value_speed,
	 "how many times as fast as the clock the lab's time is; default 1"},
	{"divide-ttl", 0, V, GROUP_SERVERS, NULL, value_switch,
	 "TTLs are divided by the speed, so that resolvers ask again as often as they would; else they stay "
	 "what the zone says"},
	{"hours", 0, V, GROUP_SERVERS, "H", value_lab_hours,
	 "hours of the lab, from 2026-03-01T00:00:00Z, after which it ends; default 24"},
	{"duration", 0, V, GROUP_SERVERS, "SPAN", value_duration,
	 "ends after this by the clock, as 90s or 10m, if that is sooner"},
	{"truth", 0, V, GROUP_SERVERS, "FILE", value_lab_file,
	 "where the truth goes, as of `deflux lab`: when it starts, what there is; when it ends, with the "
	 "addresses that were answered"},
	{"dnstap", 0, V, GROUP_SERVERS, "FILE", value_serve_file,
	 "where what was asked and answered goes, at the lab's time and with the zone's TTLs"},
	{"write-config", 0, V, GROUP_SERVERS, "DIR", value_serve_file,
	 "where small configurations for Unbound, BIND and PowerDNS Recursor go, that ask only this lab, and "
	 "its root hints"},
	{"help", 'h', V, GROUP_SERVERS, NULL, value_switch, "print this"},
	{"scale", 0, L | V, GROUP_WORLD, "X", value_lab_scale,
	 "size of the world; 1, the default, is about 2,500 domains"},
	{"world", 0, L | V, GROUP_WORLD, "demo|wide|honest", value_lab_world,
	 "a small world with set parameters (default), one that draws every class of service from wide "
	 "priors (all mechanisms of flux, each network with an honest twin), or one like that without flux"},
	{"only", 0, L | V, GROUP_WORLD, "CLASSES", value_lab_only,
	 "of a wide world only services of these classes, as flux,cdn or volunteer-pool,peer-seeds, and the "
	 "hosters of their DNS"},
	{"rate", 0, L | V, GROUP_WORLD, "Q", value_lab_rate,
	 "questions a second for a scale of 1; default 4 in the demo, 2 in a wide world"},
	{"priors", 0, L, GROUP_WORLD, NULL, value_switch,
	 "print what a wide world is drawn from, with the sources, and do nothing else"},
	{"seed", 0, L | V, GROUP_WORLD, "N", value_seed, "another number, another world; default 1"},
	{"vantage", 0, L | V, GROUP_WORLD, "N", value_lab_vantage,
	 "another number, the same world seen by another resolver: other questions, and other edges of each "
	 "CDN; default 0"},
	{"made-up", 0, L | V, GROUP_WORLD, NULL, value_switch,
	 "take no addresses from real networks, though a database is at hand"},
};

enum { ROWS = sizeof rows / sizeof *rows };

static const struct option_row *find_long(enum verb verb, const char *name, size_t len)
{
	for (size_t i = 0; i < ROWS; i++)
		if ((rows[i].verbs & verb) != 0 && strlen(rows[i].name) == len &&
		    memcmp(rows[i].name, name, len) == 0)
			return &rows[i];
	return NULL;
}

static const struct option_row *find_letter(enum verb verb, char letter)
{
	for (size_t i = 0; i < ROWS; i++)
		if ((rows[i].verbs & verb) != 0 && rows[i].letter == letter && letter != 0)
			return &rows[i];
	return NULL;
}

/* The words of a command line, one after the other. */
struct words {
	char **at, **end;
};

static enum err take_value(struct options *o, const struct option_row *row, struct words *w,
			   const char *joined, struct diag *d)
{
	if (row->argument == NULL)
		return joined == NULL ? row->take(o, row, NULL, d)
				      : diag_set(d, E_FORMAT, "--%s takes no value", row->name);
	if (joined == NULL && w->at == w->end)
		return diag_set(d, E_FORMAT, "--%s wants %s behind it", row->name, row->argument);
	return row->take(o, row, joined != NULL ? joined : *w->at++, d);
}

static enum err take_long(struct options *o, const char *word, struct words *w, struct diag *d)
{
	size_t len = strcspn(word, "=");
	const struct option_row *row = find_long(o->verb, word, len);

	if (row == NULL)
		return diag_set(d, E_FORMAT, "there is no option --%.*s here", (int)(len > 80 ? 80 : len),
				word);
	return take_value(o, row, w, word[len] == '=' ? word + len + 1 : NULL, d);
}

/* Letters in one word ("-qv"); the first that takes a value takes the rest of the word ("-oFILE"). */
static enum err take_letters(struct options *o, const char *word, struct words *w, struct diag *d)
{
	for (; *word != 0; word++) {
		const struct option_row *row = find_letter(o->verb, *word);
		enum err e;

		if (row == NULL)
			return diag_set(d, E_FORMAT, "there is no option -%c here",
					*word > ' ' && *word < 0x7f ? *word : '?');
		if (row->argument != NULL)
			return take_value(o, row, w, word[1] != 0 ? word + 1 : NULL, d);
		e = row->take(o, row, NULL, d);
		if (e != OK)
			return e;
	}
	return OK;
}

static enum err finish_lab(struct options *o, struct diag *d)
{
	if (o->output == NULL && !o->lab.priors)
		return diag_set(d, E_FORMAT, "-o FILE says where the capture goes");
	if (o->lab.format == LAB_COF)
		o->lab.config.sides = LAB_UPSTREAM;
	return OK;
}

static enum err finish_serve(struct options *o, struct diag *d)
{
	struct serve_options *v = &o->serve;
	static const uint8_t home[4] = {127, 0, 0, 1};

	if (v->n_places == 0)
		v->places[v->n_places++] = (struct listen_place){addr_v4(home), SERVE_PORT};
	if (v->n_places == 2)
		return diag_set(d, E_FORMAT,
				"--listen: one address for all, or three and more: the root's, the one of "
				"top-level domains, those of the zones");
	for (size_t i = 1; i < v->n_places; i++)
		if (v->places[i].port != v->places[0].port || addr_is_none(&v->places[0].addr) ||
		    addr_is_none(&v->places[i].addr))
			return diag_set(
				d, E_FORMAT,
				"--listen: several addresses are loopback ones with one port: NS records "
				"carry none");
	return OK;
}

/* What can only be said of the whole line; then the flow gets its arrays, which no longer move. */
static enum err finish(struct options *o, struct diag *d)
{
	struct sources_config *s = &o->flow.sources;

	if (o->help)
		return OK;
	if (o->verb == VERB_LAB)
		return finish_lab(o, d);
	if (o->verb == VERB_SERVE)
		return finish_serve(o, d);
	if (o->verb == VERB_JUDGE)
		return o->list_parameters ? OK : diag_set(d, E_FORMAT, "--parameters says what to print");
	if (o->verb == VERB_EXPLAIN && o->name == NULL)
		return diag_set(d, E_FORMAT, "a name to explain and a file are wanted");
	if (s->n_paths == 0)
		return diag_set(d, E_FORMAT, "no file given; - is standard input");
	if (s->since_ns != STAMP_NONE && s->until_ns != STAMP_NONE && s->since_ns >= s->until_ns)
		return diag_set(d, E_FORMAT, "--since is not before --until: nothing lies between them");
	if (o->flow.nets.none && (o->flow.nets.n_mmdb != 0 || o->flow.nets.asn_table != NULL))
		return diag_set(d, E_FORMAT, "--no-nets goes with neither --mmdb nor --asn-table");
	if (o->parameters != NULL && o->flow.method != METHOD_DEFLUX)
		return diag_set(d, E_FORMAT, "--parameters are of deflux's own method, not of others");
	if (o->form == FORM_FEATURES && o->flow.method != METHOD_DEFLUX)
		return diag_set(d, E_FORMAT,
				"--format features is what deflux's own method weighs: other methods have "
				"no such numbers");
	s->paths = o->paths;
	o->flow.domains = o->domains;
	o->flow.resolvers.addrs = o->resolvers;
	o->flow.nets.mmdb = o->mmdb;
	o->flow.state.program = DEFLUX_VERSION;
	o->flow.state.vantages = o->vantages;
	o->flow.state.n_vantages = o->n_vantages;
	return OK;
}

static void set_defaults(struct options *o)
{
	o->form = o->verb == VERB_EXPLAIN ? FORM_TEXT : o->verb == VERB_RECORDS ? FORM_COF : FORM_TABLE;
	o->flow.sources.since_ns = o->flow.sources.until_ns = STAMP_NONE;
	o->lab.config = (struct lab_config){.seed = 1, .hours = 24, .scale = 1, .sides = LAB_CLIENTS};
	o->serve.speed = 1;
}

enum err options_read(struct options *o, int argc, char **argv, struct diag *d)
{
	struct words w = {argv + 1, argv + argc};
	bool only_files = false;
	enum err e = OK;

	set_defaults(o);
	while (w.at != w.end && e == OK) {
		const char *word = *w.at++;

		if (only_files || word[0] != '-' || word[1] == 0)
			e = value_file(o, word, d);
		else if (strcmp(word, "--") == 0)
			only_files = true;
		else if (word[1] == '-')
			e = take_long(o, word + 2, &w, d);
		else
			e = take_letters(o, word + 1, &w, d);
	}
	return e == OK ? finish(o, d) : e;
}

void options_fini(struct options *o)
{
	free(o->paths);
	free(o->domains);
	free(o->resolvers);
	free(o->mmdb);
	free(o->vantages);
}

static void pad(struct buf *to, size_t from, size_t column)
{
	for (; from < column; from++)
		buf_add_char(to, ' ');
}

/* The text from HELP_COLUMN on, broken between words. */
static void help_text(struct buf *to, const char *text, size_t column)
{
	while (*text != 0) {
		size_t word = strcspn(text, " ");

		if (column > HELP_COLUMN && column + 1 + word > HELP_WIDTH) {
			buf_add_char(to, '\n');
			column = 0;
		}
		if (column < HELP_COLUMN) {
			pad(to, column, HELP_COLUMN);
			column = HELP_COLUMN;
		} else if (column > HELP_COLUMN) {
			buf_add_char(to, ' ');
			column++;
		}
		buf_add(to, text, word);
		column += word;
		text += word + strspn(text + word, " ");
	}
	buf_add_char(to, '\n');
}

static void help_row(struct buf *to, const struct option_row *row)
{
	size_t start = to->len, column;

	buf_add_text(to, "  ");
	if (row->letter != 0)
		buf_printf(to, "-%c, ", row->letter);
	else
		buf_add_text(to, "    ");
	buf_printf(to, "--%s", row->name);
	if (row->argument != NULL)
		buf_printf(to, " %s", row->argument);
	column = to->len - start;
	if (column + 2 > HELP_COLUMN) {
		buf_add_char(to, '\n');
		column = 0;
	}
	help_text(to, row->help, column);
}

void options_help(enum verb verb, struct buf *to)
{
	static const char *const headings[GROUPS] = {"The result",  "The input",   "The evidence",
						     "The capture", "The servers", "The world"};

	for (unsigned g = 0; g < GROUPS; g++) {
		bool any = false;

		for (size_t i = 0; i < ROWS; i++) {
			if ((rows[i].verbs & verb) == 0 || rows[i].group != g)
				continue;
			if (!any)
				buf_printf(to, "\n%s\n", headings[g]);
			any = true;
			help_row(to, &rows[i]);
		}
	}
}
