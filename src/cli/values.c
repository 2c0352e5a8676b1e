/* SPDX-License-Identifier: Apache-2.0 */
/* values.c -- see values.h. */
#include "cli/values.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/ascii.h"
#include "base/stamp.h"
#include "dns/punycode.h"

enum { THREADS_MAX = 256, VANTAGES_MAX = UINT16_MAX, LISTED_MAX = 1 << 20 };

#define MEMORY_LEAST (UINT64_C(32) << 20)

static enum err wrong(struct diag *d, const struct option_row *row, const char *expected, const char *text)
{
	return diag_set(d, E_FORMAT, "--%s takes %s, not '%.80s'", row->name, expected, text);
}

/* Makes room for one more element behind n; false without memory. */
static bool room_for(void **list, size_t n, size_t octets, struct diag *d)
{
	void *grown;

	if (n >= LISTED_MAX || (n & (n - 1)) != 0) /* grown to powers of two */
		return n < LISTED_MAX || diag_set(d, E_MEMORY, "too many values") == OK;
	grown = realloc(*list, (n == 0 ? 1 : 2 * n) * octets);
	if (grown == NULL)
		return diag_set(d, E_MEMORY, "out of memory") == OK;
	*list = grown;
	return true;
}

/* A whole decimal number of at most `most`. */
static bool number(const char *text, uint64_t most, uint64_t *out)
{
	uint64_t v = 0;

	if (*text == 0)
		return false;
	for (; *text != 0; text++) {
		unsigned digit = (unsigned)(*text - '0');

		if (!ascii_is_digit((uint8_t)*text) || v > (most - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return v <= most;
}

enum err value_word(const struct option_row *row, const char *text, unsigned *out, struct diag *d)
{
	const char *at = row->argument;
	size_t len = strlen(text);

	for (unsigned i = 0;; i++) {
		size_t word = strcspn(at, "|");

		if (word == len && memcmp(at, text, len) == 0) {
			*out = i;
			return OK;
		}
		if (at[word] == 0)
			return diag_set(d, E_FORMAT, "--%s takes one of %s, not '%.80s'", row->name,
					row->argument, text);
		at += word + 1;
	}
}

enum err value_form(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	static const char *const words[] = {
		[FORM_TABLE] = "table",      [FORM_JSONL] = "jsonl",     [FORM_CSV] = "csv",
		[FORM_TEXT] = "text",        [FORM_HTML] = "html",       [FORM_COF] = "cof",
		[FORM_DOT] = "dot",          [FORM_GRAPHML] = "graphml", [FORM_JSON] = "json",
		[FORM_FEATURES] = "features"};
	unsigned word = 0;
	enum err e = value_word(row, text, &word, d); /* one of this verb's */

	for (unsigned form = 0; e == OK && form < sizeof words / sizeof *words; form++)
		if (strcmp(words[form], text) == 0)
			o->form = (enum form)form;
	return e;
}

/* Options without a value. */
enum err value_switch(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	const struct {
		const char *name;
		bool *at;
	} switches[] = {{"all", &o->all},
			{"quiet", &o->quiet},
			{"verbose", &o->verbose},
			{"no-color", &o->no_color},
			{"help", &o->help},
			{"no-memo", &o->flow.no_memo},
			{"no-nets", &o->flow.nets.none},
			{"made-up", &o->lab.made_up},
			{"priors", &o->lab.priors},
			{"no-queries", &o->lab.no_queries},
			{"divide-ttl", &o->serve.divide_ttl},
			{"parameters", &o->list_parameters}};

	(void)text;
	for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
		if (strcmp(switches[i].name, row->name) == 0) {
			*switches[i].at = true;
			return OK;
		}
	return diag_set(d, E_UNSUPPORTED, "--%s is not known", row->name);
}

enum err value_top(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	uint64_t v;

	if (!number(text, SIZE_MAX, &v) || v == 0)
		return wrong(d, row, "a number of domains, 1 or more", text);
	o->top = v;
	return OK;
}

enum err value_method(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	unsigned word = 0;
	enum err e = value_word(row, text, &word, d);

	if (e == OK)
		o->flow.method = judge_method_from_text(text);
	return e;
}

enum err value_output(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	if (*text == 0)
		return wrong(d, row, "the name of a file", text);
	o->output = strcmp(text, "-") == 0 ? NULL : text;
	return OK;
}

/* Options whose text is handed on as it is. */
enum err value_text(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	if (*text == 0)
		return wrong(d, row, "a value", text);
	if (strcmp(row->name, "filter") == 0)
		o->flow.sources.filter = text;
	else if (strcmp(row->name, "psl") == 0)
		o->flow.psl = text;
	else if (strcmp(row->name, "known") == 0)
		o->known = text;
	else if (strcmp(row->name, "state") == 0)
		o->flow.state.path = text;
	else if (strcmp(row->name, "parameters") == 0)
		o->parameters = text;
	else
		o->flow.nets.asn_table = text;
	return OK;
}

enum err value_time(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	struct sources_config *s = &o->flow.sources;
	enum err e = stamp_from_text(text, strlen(text), row->name[0] == 's' ? &s->since_ns : &s->until_ns);

	if (e == E_RANGE)
		return wrong(d, row, "a time from 1970 to 2261", text);
	return e == OK ? OK
		       : wrong(d, row,
			       "a time as 2026-03-01T12:00:00Z, a date as 2026-03-01, or seconds since 1970",
			       text);
}

enum err value_span(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	int64_t ns;

	if (span_from_text(text, &ns) != OK || ns <= 0)
		return wrong(d, row, "a span of time as 90s, 5m, 12h or 7d", text);
	*(row->name[0] == 'm' ? &o->flow.sources.max_gap_ns : &o->flow.sources.window_ns) = ns;
	return OK;
}

/* Labels outside ASCII become A-labels, one by one; an escape ("\.") is for ASCII names alone. */
static enum err name_of_utf8(const char *text, struct name *out)
{
	struct name n = {0};

	while (*text != 0) {
		size_t len = strcspn(text, "."), label = 0;
		uint8_t octets[LABEL_OCTETS_MAX];

		if (punycode_encode(text, len, octets, &label) != OK || label == 0 ||
		    n.len + label + 2 > NAME_OCTETS_MAX)
			return E_FORMAT;
		n.octets[n.len++] = (uint8_t)label;
		memcpy(n.octets + n.len, octets, label);
		n.len = (uint8_t)(n.len + label);
		n.labels++;
		text += len + (text[len] == '.');
	}
	n.octets[n.len++] = 0;
	*out = n;
	return OK;
}

enum err value_name(const char *text, struct name *out)
{
	for (const char *at = text; *at != 0; at++)
		if ((unsigned char)*at >= 0x80)
			return name_of_utf8(text, out);
	return name_from_text(text, strlen(text), out);
}

enum err value_domain(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	struct name n;

	if (value_name(text, &n) != OK)
		return wrong(d, row, "a domain name as example.com", text);
	if (!room_for((void **)&o->domains, o->flow.n_domains, sizeof *o->domains, d))
		return E_MEMORY;
	o->domains[o->flow.n_domains++] = n;
	return OK;
}

enum err value_vantage(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	if (*text == 0)
		return wrong(d, row, "a name", text);
	if (o->n_vantages == 0) { /* 0 is for inputs before the first --vantage */
		if (!room_for((void **)&o->vantages, 0, sizeof *o->vantages, d))
			return E_MEMORY;
		o->vantages[o->n_vantages++] = NULL;
	}
	for (size_t i = 1; i < o->n_vantages; i++)
		if (strcmp(o->vantages[i], text) == 0) {
			o->vantage = (uint16_t)i;
			return OK;
		}
	if (o->n_vantages == VANTAGES_MAX)
		return diag_set(d, E_FORMAT, "over %d names in --vantage", VANTAGES_MAX);
	if (!room_for((void **)&o->vantages, o->n_vantages, sizeof *o->vantages, d))
		return E_MEMORY;
	o->vantage = (uint16_t)o->n_vantages;
	o->vantages[o->n_vantages++] = text;
	return OK;
}

enum err value_resolver(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	struct addr a;

	if (addr_from_text(text, strlen(text), &a) != OK)
		return wrong(d, row, "an address as 192.0.2.53 or 2001:db8::53", text);
	if (!room_for((void **)&o->resolvers, o->flow.resolvers.n, sizeof *o->resolvers, d))
		return E_MEMORY;
	o->resolvers[o->flow.resolvers.n++] = a;
	return OK;
}

enum err value_port(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	struct sources_config *s = &o->flow.sources;
	uint64_t v;

	if (!number(text, UINT16_MAX, &v) || v == 0)
		return wrong(d, row, "a port, 1 to 65535", text);
	if (s->n_ports == SOURCES_PORTS_MAX)
		return diag_set(d, E_FORMAT, "--port may be given %d times", SOURCES_PORTS_MAX);
	s->ports[s->n_ports++] = (uint16_t)v;
	return OK;
}

enum err value_threads(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	uint64_t v;

	if (!number(text, THREADS_MAX, &v) || v == 0)
		return wrong(d, row, "a number from 1 to 256", text);
	o->flow.threads = (unsigned)v;
	return OK;
}

enum err value_memory(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	static const char units[] = "kmgt";
	size_t digits = strspn(text, "0123456789");
	const char *unit =
		text[digits] == 0 ? NULL : strchr(units, (char)ascii_lower1((uint8_t)text[digits]));
	unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
	char figure[24] = "";
	uint64_t v;

	if (digits < sizeof figure)
		memcpy(figure, text, digits);
	if (!number(figure, UINT64_MAX >> 1 >> shift, &v) || text[digits + (unit != NULL)] != 0)
		return wrong(d, row, "a size as 512M or 4G", text);
	v <<= shift;
	if (v < MEMORY_LEAST)
		return diag_set(d, E_FORMAT, "--memory %.80s is too little: give 32M or more%s", text,
				unit == NULL ? " (a bare number is octets)" : "");
	o->flow.memory_bytes = v;
	return OK;
}

enum err value_seed(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	uint64_t *seed = (o->verb & (VERB_LAB | VERB_SERVE)) != 0 ? &o->lab.config.seed : &o->flow.seed;

	return number(text, UINT64_MAX, seed) ? OK : wrong(d, row, "a whole number", text);
}

enum err value_mask(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	static const uint16_t lacks[] = {
		LACK_AUTHORITY | LACK_ADDITIONAL | LACK_OWNER, /* Zeek: the answers' text and TTLs */
		LACK_AUTHORITY | LACK_ADDITIONAL,              /* EVE in detail: answers with their owners */
		LACK_AUTHORITY | LACK_ADDITIONAL | LACK_TTL | LACK_LOOKUPS | LACK_QUERIES | LACK_SERVER |
			LACK_FLAGS};
	unsigned word = 0;
	enum err e = value_word(row, text, &word, d);

	if (e == OK)
		o->flow.mask = lacks[word];
	return e;
}

/* A number with a fraction, not below 0. */
static bool fraction(const char *text, double *out)
{
	char *end;
	double v = strtod(text, &end);

	if (*text == 0 || *end != 0 || !(v >= 0))
		return false;
	*out = v;
	return true;
}

enum err value_prior(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	double v;

	if (!fraction(text, &v) || v == 0 || v >= 1)
		return wrong(d, row, "a probability between 0 and 1, as 0.0001", text);
	o->flow.prior = v;
	return OK;
}

enum err value_mmdb(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	if (*text == 0)
		return wrong(d, row, "the name of a file", text);
	if (!room_for((void **)&o->mmdb, o->flow.nets.n_mmdb, sizeof *o->mmdb, d))
		return E_MEMORY;
	o->mmdb[o->flow.nets.n_mmdb++] = text;
	return OK;
}

enum err value_lab_file(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	if (*text == 0)
		return wrong(d, row, "the name of a file", text);
	*(row->letter == 'o'                   ? &o->output
	  : strcmp(row->name, "networks") == 0 ? &o->lab.networks
					       : &o->lab.truth) = text;
	return OK;
}

enum err value_lab_format(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	static const enum lab_format formats[] = {LAB_PCAP, LAB_DNSTAP, LAB_COF};
	unsigned word = 0;
	enum err e = value_word(row, text, &word, d);

	if (e == OK)
		o->lab.format = formats[word];
	return e;
}

enum err value_lab_side(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	static const unsigned sides[] = {LAB_CLIENTS, LAB_UPSTREAM, LAB_CLIENTS | LAB_UPSTREAM};
	unsigned word = 0;
	enum err e = value_word(row, text, &word, d);

	if (e == OK)
		o->lab.config.sides = sides[word];
	return e;
}

enum err value_lab_hours(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	uint64_t v;

	if (!number(text, LAB_HOURS_MAX, &v) || v == 0)
		return wrong(d, row, "a whole number, 1 to 8784", text);
	o->lab.config.hours = (uint32_t)v;
	return OK;
}

enum err value_lab_world(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	static const enum lab_world worlds[] = {LAB_DEMO, LAB_WIDE, LAB_HONEST};
	unsigned word = 0;
	enum err e = value_word(row, text, &word, d);

	if (e == OK)
		o->lab.config.world = worlds[word];
	return e;
}

enum err value_lab_only(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	uint64_t all = 0;

	for (const char *at = text;; at++) {
		size_t len = strcspn(at, ",");
		uint64_t bit = lab_class_bit(at, len);

		if (bit == 0)
			return wrong(d, row, "classes of a wide world, as flux,cdn", text);
		all |= bit;
		at += len;
		if (*at == 0)
			break;
	}
	o->lab.config.only = all;
	return OK;
}

enum err value_lab_rate(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	return fraction(text, &o->lab.config.rate) ? OK : wrong(d, row, "a number, as 0.5", text);
}

enum err value_lab_scale(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	return fraction(text, &o->lab.config.scale) ? OK : wrong(d, row, "a number, as 0.5", text);
}

enum err value_lab_vantage(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	uint64_t v;

	if (!number(text, UINT32_MAX, &v))
		return wrong(d, row, "a whole number", text);
	o->lab.config.vantage = (uint32_t)v;
	return OK;
}

/* "127.0.0.1:5300", "[::1]:5300". */
static bool place(const char *text, struct listen_place *out)
{
	static const uint8_t any[4];
	const char *colon = strrchr(text, ':');
	struct listen_place p = {.port = 0};
	size_t len = colon == NULL ? 0 : (size_t)(colon - text);
	uint64_t port;

	if (colon == NULL || !number(colon + 1, UINT16_MAX, &port) || port == 0)
		return false;
	if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (addr_from_text(text, len, &p.addr) != OK || addr_is_none(&p.addr)) /* "::" is never wanted */
		return false;
	if (addr_is_v4(&p.addr) && memcmp(p.addr.octets + 12, any, sizeof any) == 0)
		p.addr = (struct addr){{0}};
	p.port = (uint16_t)port;
	*out = p;
	return true;
}

enum err value_listen(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	struct serve_options *v = &o->serve;

	if (v->n_places == SERVE_ADDRESSES_MAX)
		return diag_set(d, E_FORMAT, "--listen: no more than %d addresses", SERVE_ADDRESSES_MAX);
	if (!place(text, &v->places[v->n_places]))
		return wrong(d, row, "an address and a port, as 127.0.0.1:5300", text);
	v->n_places++;
	return OK;
}

enum err value_speed(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	double v;

	if (!fraction(text, &v) || v < 0.01 || v > 100000)
		return wrong(d, row, "a number, 0.01 to 100000", text);
	o->serve.speed = v;
	return OK;
}

enum err value_duration(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	int64_t span_ns;

	if (span_from_text(text, &span_ns) != OK || span_ns <= 0)
		return wrong(d, row, "a span over nothing, as 90s, 10m or 12h", text);
	o->serve.duration_ns = span_ns;
	return OK;
}

enum err value_serve_file(struct options *o, const struct option_row *row, const char *text, struct diag *d)
{
	if (*text == 0)
		return wrong(d, row, "the name of a file", text);
	*(row->name[0] == 'd' ? &o->serve.dnstap : &o->serve.config_folder) = text;
	return OK;
}

enum err value_file(struct options *o, const char *text, struct diag *d)
{
	if (o->verb == VERB_LAB || o->verb == VERB_SERVE || o->verb == VERB_JUDGE)
		return diag_set(d, E_FORMAT, "only options are taken, not '%.80s'", text);
	if (o->verb == VERB_EXPLAIN && o->name == NULL) {
		struct name n;

		o->name = text;
		if (value_name(text, &n) != OK)
			return diag_set(d, E_FORMAT, "the first word is the name to explain; '%.80s' is none",
					text);
		return OK;
	}
	if (*text == 0)
		return diag_set(d, E_FORMAT, "a file with an empty name");
	if (!room_for((void **)&o->paths, o->flow.sources.n_paths, sizeof *o->paths, d))
		return E_MEMORY;
	o->paths[o->flow.sources.n_paths++] = (struct source_path){text, o->vantage};
	return OK;
}
