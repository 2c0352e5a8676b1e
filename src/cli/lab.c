/* SPDX-License-Identifier: Apache-2.0 */
/* lab.c -- `deflux lab`: writes an emulated capture whose truth is known. */
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "enrich/nets.h"
#include "lab/lab.h"
#include "lab/write.h"

enum { FLUSH_OCTETS = 1 << 20 };

static const char help[] =
	"usage: deflux lab [OPTION]... -o FILE\n"
	"\n"
	"Writes a capture of emulated DNS traffic in which it is known what is fast flux and what only\n"
	"looks like it: to try deflux, to measure it, to train people. The same options always give the\n"
	"same file.\n"
	"\n"
	"  -o, --output FILE   where the capture goes; - for standard output\n"
	"      --truth FILE    where the truth goes: a JSON object on each line for each registrable\n"
	"                      domain, with its class, whether it is flux, its network, and the\n"
	"                      addresses that its answers held\n"
	"      --format FORM   pcap    packets on the wire (default)\n"
	"                      dnstap  messages as a resolver logs them\n"
	"                      cof     passive DNS: JSON lines of records with first and last seen\n"
	"                              and count, hour by hour\n"
	"      --side SIDE     clients   between clients and resolver: TTLs count down (default)\n"
	"                      upstream  between resolver and authorities: one look-up each time a\n"
	"                                TTL is over (cof is always this)\n"
	"                      both\n"
	"      --hours H       hours of capture, from 2026-03-01T00:00:00Z (default 24)\n"
	"      --scale X       size of the world; 1, the default, is about 2,500 domains and\n"
	"                      4 questions a second\n"
	"      --seed N        another number, another world (default 1)\n"
	"      --vantage N     another number, the same world seen by another resolver: other\n"
	"                      questions, and other edges of each CDN (default 0)\n"
	"      --made-up       take no addresses from real networks, though a database is at hand\n"
	"  -h, --help          print this\n"
	"\n"
	"In the world are a single-flux and a double-flux network: homes that come and go with the day, a\n"
	"few domains each, some with wildcards, and name servers that flux too. Beside them is what gets\n"
	"mistaken for them: CDNs, a pool of volunteers' time servers, dynamic-DNS customers, load\n"
	"balancers, parked names; and ordinary names.\n"
	"\n"
	"The domains are made up, and may exist by chance; the addresses are of real networks where a\n"
	"database is at hand. Accuse nobody by a lab file.\n"
	"\n"
	"Example:\n"
	"  deflux lab --seed 7 --truth day.truth.jsonl -o day.pcap\n"
	"  deflux scan day.pcap\n";

struct options {
	struct lab_config lab;
	enum lab_format format;
	const char *output, *truth;
	bool made_up, help;
};

/* Complains and gives false. */
static bool refuse(const char *what, const char *given)
{
	fprintf(stderr, "deflux lab: %s, not '%s'; see deflux lab --help\n", what, given);
	return false;
}

static bool read_number(const char *text, uint64_t most, uint64_t *out)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != 0 || errno != 0 || v > most)
		return false;
	*out = v;
	return true;
}

static bool read_word(const char *text, const char *const words[3], unsigned *out)
{
	for (unsigned i = 0; i < 3; i++)
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return true;
		}
	return false;
}

static bool read_scale(const char *text, double *out)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end != 0)
		return refuse("--scale takes a number", text);
	*out = v;
	return true;
}

/* One option with its argument. */
static bool take_option(struct options *o, int option, const char *text)
{
	static const char *const forms[3] = {"pcap", "dnstap", "cof"};
	static const char *const sides[3] = {"clients", "upstream", "both"};
	uint64_t number = 0;
	unsigned word = 0;

	switch (option) {
	case 's':
		return read_number(text, UINT64_MAX, &o->lab.seed) || refuse("--seed takes a number", text);
	case 'H':
		if (!read_number(text, LAB_HOURS_MAX, &number))
			return refuse("--hours takes a whole number, 1 to 8784", text);
		o->lab.hours = (uint32_t)number;
		return true;
	case 'v':
		if (!read_number(text, UINT32_MAX, &number))
			return refuse("--vantage takes a number", text);
		o->lab.vantage = (uint32_t)number;
		return true;
	case 'f':
		if (!read_word(text, forms, &word))
			return refuse("--format is pcap, dnstap or cof", text);
		o->format = (enum lab_format)word;
		return true;
	case 'S':
		if (!read_word(text, sides, &word))
			return refuse("--side is clients, upstream or both", text);
		o->lab.sides = word + 1; /* enum lab_side: 1, 2, or both bits */
		return true;
	case 'x':
		return read_scale(text, &o->lab.scale);
	default:
		return false;
	}
}

static bool read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {{"output", required_argument, NULL, 'o'},
					      {"truth", required_argument, NULL, 't'},
					      {"format", required_argument, NULL, 'f'},
					      {"side", required_argument, NULL, 'S'},
					      {"hours", required_argument, NULL, 'H'},
					      {"scale", required_argument, NULL, 'x'},
					      {"seed", required_argument, NULL, 's'},
					      {"vantage", required_argument, NULL, 'v'},
					      {"made-up", no_argument, NULL, 'm'},
					      {"help", no_argument, NULL, 'h'},
					      {NULL, 0, NULL, 0}};
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		if (option == 'o')
			o->output = optarg;
		else if (option == 't')
			o->truth = optarg;
		else if (option == 'm')
			o->made_up = true;
		else if (option == 'h')
			o->help = true;
		else if (!take_option(o, option, optarg))
			return false;
	}
	if (o->help)
		return true;
	if (optind != argc)
		return refuse("only options are taken", argv[optind]);
	if (o->output == NULL) {
		fputs("deflux lab: -o FILE says where the capture goes; see deflux lab --help\n", stderr);
		return false;
	}
	if (o->format == LAB_COF)
		o->lab.sides = LAB_UPSTREAM;
	return true;
}

/* Empties the buffer into the file. */
static enum err pour(struct buf *from, FILE *to)
{
	size_t n = from->len;

	if (from->err != OK)
		return from->err;
	buf_clear(from);
	return n == 0 || fwrite(from->bytes, 1, n, to) == n ? OK : E_IO;
}

static enum err run(struct lab *lab, struct lab_writer *w, struct buf *bytes, FILE *to)
{
	static struct lab_exchange x;
	enum err e;

	while ((e = lab_next(lab, &x)) == OK) {
		e = lab_writer_add(w, &x);
		if (e == OK && bytes->len >= FLUSH_OCTETS)
			e = pour(bytes, to);
		if (e != OK)
			return e;
	}
	if (e != E_END)
		return e;
	e = lab_writer_finish(w);
	return e == OK ? pour(bytes, to) : e;
}

/* Opens, writes by run(), closes: a full disk may show only at the end. */
static enum err write_capture(struct lab *lab, const struct options *o, uint64_t *records)
{
	bool standard = strcmp(o->output, "-") == 0;
	FILE *to = standard ? stdout : fopen(o->output, "wb");
	struct lab_writer *w = NULL;
	struct buf bytes = {0};
	enum err e = to == NULL ? E_IO : lab_writer_open(&w, o->format, &bytes);

	if (e == OK)
		e = run(lab, w, &bytes, to);
	if (e == OK)
		*records = lab_writer_records(w);
	if (to != NULL && (standard ? fflush(to) : fclose(to)) != 0 && e == OK)
		e = E_IO;
	lab_writer_close(w);
	buf_fini(&bytes);
	return e;
}

static enum err take_line(void *context, const char *line, size_t len)
{
	return fwrite(line, 1, len, context) == len ? OK : E_IO;
}

static enum err write_truth(const struct lab *lab, const char *path)
{
	FILE *to = fopen(path, "wb");
	enum err e;

	if (to == NULL)
		return E_IO;
	e = lab_truth(lab, take_line, to);
	if (fclose(to) != 0 && e == OK)
		e = E_IO;
	return e;
}

static int complain(const char *path, enum err e)
{
	fprintf(stderr, "deflux lab: %s: %s\n", path, e == E_IO ? strerror(errno) : err_text(e));
	return CLI_UNREAD;
}

static int make(const struct options *o, const struct nets *nets)
{
	struct lab_config config = o->lab;
	struct lab *lab = NULL;
	struct diag d = {{0}};
	uint64_t records = 0;
	size_t domains, flux;
	int status = CLI_NOTHING;
	enum err e;

	config.nets = nets;
	if (lab_open(&lab, &config, &d) != OK) {
		fprintf(stderr, "deflux lab: %s\n", d.text);
		return CLI_USAGE;
	}
	e = write_capture(lab, o, &records);
	if (e != OK)
		status = complain(o->output, e);
	if (status == CLI_NOTHING && o->truth != NULL && (e = write_truth(lab, o->truth)) != OK)
		status = complain(o->truth, e);
	lab_domains(lab, &domains, &flux);
	if (status == CLI_NOTHING)
		fprintf(stderr,
			"%llu records over %u h; %zu domains, %zu of them flux; addresses of %s networks\n",
			(unsigned long long)records, config.hours, domains, flux,
			lab_is_real(lab) ? "real" : "made-up");
	lab_close(lab);
	return status;
}

int cli_lab(int argc, char **argv)
{
	struct options o = {.lab = {.seed = 1, .hours = 24, .scale = 1, .sides = LAB_CLIENTS}};
	struct nets_config config = {0};
	struct nets *nets = NULL;
	struct diag d = {{0}};
	int status;

	if (!read_options(argc, argv, &o))
		return CLI_USAGE;
	if (o.help)
		return fputs(help, stdout) < 0 || fflush(stdout) != 0 ? CLI_UNREAD : CLI_NOTHING;
	config.none = o.made_up;
	if (nets_open(&nets, &config, &d) != OK) {
		fprintf(stderr, "deflux lab: %s\n", d.text);
		return CLI_UNREAD;
	}
	status = make(&o, nets);
	nets_close(nets);
	return status;
}
