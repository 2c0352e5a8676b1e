/* SPDX-License-Identifier: Apache-2.0 */
/* help.c -- see help.h. */
#include "cli/help.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "cli/words.h"

void help_program(struct buf *to)
{
	buf_add_text(
		to,
		"usage: deflux VERB [OPTION]... [FILE]...\n"
		"\n"
		"Tells fast flux from what only looks like it, and says why.\n"
		"\n"
		"  scan      verdicts for every registrable domain in captures and logs\n"
		"  explain   everything known of one name: evidence, addresses over time, chains\n"
		"  networks  which domains share machines, and how many of those there are\n"
		"  records   the passive-DNS records of any input\n"
		"  judge     what verdicts are weighed by: each number with its source\n"
		"  lab       make a capture in which it is known what is fast flux; `lab serve` answers "
		"real\n"
		"            resolvers from the same world\n"
		"  help      this, or the help of a verb\n"
		"  version   the version (also --version)\n"
		"\n"
		"Examples:\n"
		"  deflux scan capture.pcap                   which domains are fast flux\n"
		"  deflux explain example.com capture.pcap    why one is, or is not\n"
		"  deflux lab -o day.pcap                     a capture to try it on\n"
		"\n"
		"Inputs are recognised by content: pcap, pcapng, dnstap, Zeek and Suricata logs, passive\n"
		"DNS; plain or compressed; files, directories, or - for standard input.\n"
		"`deflux VERB --help` lists the options and statuses of a verb; `man deflux` tells more.\n");
}

static const char scan_usage[] =
	"usage: deflux scan [OPTION]... FILE...\n"
	"\n"
	"Reads DNS captures and logs, merged by the time in them, and prints which registrable domains\n"
	"are fast flux, worst first, and how sure that is.\n";

static const char scan_end[] =
	"\n"
	"Examples:\n"
	"  deflux scan capture.pcapng.zst\n"
	"  deflux scan --format jsonl --all logs/ > verdicts.jsonl\n"
	"  deflux scan --format features --all logs/ > inputs.jsonl    to fit numbers of your own\n"
	"  deflux scan --resolver 192.0.2.53 --vantage north north/ --vantage south south/\n"
	"  tcpdump -i eth0 -w - port 53 | deflux scan -    what passes now, until Ctrl-C\n"
	"  deflux scan --state known/ today.pcap           go on from what earlier runs know\n"
	"\n"
	"Exit status: 0 nothing found, 1 findings, 2 an input could not be read (findings are still\n"
	"printed) or the result or --state not be written, 64 a wrong command line.\n";

static const char explain_usage[] =
	"usage: deflux explain [OPTION]... NAME FILE...\n"
	"\n"
	"Reads the inputs as scan does and shows everything known of the registrable domain of NAME: the\n"
	"verdict, the evidence for and against, its addresses over time, its aliases and name servers.\n";

static const char explain_end[] =
	"\n"
	"Examples:\n"
	"  deflux explain www.example.com capture.pcap\n"
	"  deflux explain --format html -o example.html example.com capture.pcap\n"
	"\n"
	"Exit status: 0 the name is no finding, 1 it is fast flux, 2 an input could not be read or the\n"
	"result not be written, 64 a wrong command line.\n";

static const char networks_usage[] =
	"usage: deflux networks [OPTION]... FILE...\n"
	"\n"
	"Reads the inputs as scan does and lists the flux networks behind the findings: domains that share\n"
	"agents, the machines that answer for them; where those sit, when they were active, and about how\n"
	"many there are in all.\n";

static const char networks_end[] =
	"\n"
	"Examples:\n"
	"  deflux networks capture.pcap\n"
	"  deflux networks --format html -o networks.html logs/\n"
	"  deflux networks --format jsonl monday.pcap > monday.jsonl\n"
	"  deflux networks --format jsonl --known monday.jsonl tuesday.pcap > tuesday.jsonl\n"
	"  deflux networks --format dot capture.pcap | dot -Tsvg > networks.svg\n"
	"\n"
	"Exit status: 0 none found, 1 there are some, 2 an input could not be read (what was found is\n"
	"still printed) or the result not be written, 64 a wrong command line.\n";

static const char records_usage[] =
	"usage: deflux records [OPTION]... FILE...\n"
	"\n"
	"Prints the DNS records that the inputs hold, each once, with the time it was first and last seen\n"
	"and how often: passive DNS.\n";

static const char records_end[] =
	"\n"
	"Examples:\n"
	"  deflux records capture.pcap > dns.cof\n"
	"  deflux records --domain example.com --since 2026-03-01 dns.log.gz\n"
	"\n"
	"Exit status: 0 all was read, 2 an input could not be read or the result not be written, 64 a\n"
	"wrong command line.\n";

static const char judge_usage[] =
	"usage: deflux judge --parameters [OPTION]...\n"
	"\n"
	"Prints the numbers that verdicts are weighed by: what each class of service is like, what is taken\n"
	"for evidence, and from where on a domain is accused. Each comes with its limits and its source.\n";

static const char judge_end[] =
	"\n"
	"Examples:\n"
	"  deflux judge --parameters\n"
	"  deflux judge --parameters --format json > mine.json\n"
	"  deflux scan --parameters mine.json capture.pcap    as changed there: not deflux's own verdicts\n"
	"\n"
	"Exit status: 0 it was printed, 2 the result could not be written, 64 a wrong command line.\n";

static const char lab_usage[] =
	"usage: deflux lab [OPTION]... -o FILE\n"
	"       deflux lab serve [OPTION]...       the same world, answering real resolvers\n"
	"\n"
	"Writes a capture of emulated DNS traffic in which it is known what is fast flux and what only\n"
	"looks like it: to try deflux, to measure it, to train people. The same options always give the\n"
	"same file.\n";

static const char lab_end[] =
	"\n"
	"In the world are a single-flux and a double-flux network: homes that come and go with the day, a\n"
	"few domains each, some with wildcards, and name servers that flux too. Beside them is what gets\n"
	"mistaken for them: CDNs, a pool of volunteers' time servers, dynamic-DNS customers, load\n"
	"balancers, parked names; and ordinary names. A wide world has all mechanisms of flux and all "
	"honest\n"
	"classes, each as its seed draws it.\n"
	"\n"
	"The domains are made up, and may exist by chance; the addresses are of real networks where a\n"
	"database is at hand. Accuse nobody by a lab file.\n"
	"\n"
	"Example:\n"
	"  deflux lab --seed 7 --truth day.truth.jsonl -o day.pcap\n"
	"  deflux scan day.pcap\n"
	"\n"
	"Exit status: 0 the capture was written, 2 it could not be written, 64 a wrong command line.\n";

static const char serve_usage[] =
	"usage: deflux lab serve [OPTION]...\n"
	"\n"
	"Answers as the name servers of the lab's world, over UDP and TCP on loopback addresses: the root,\n"
	"top-level domains, and every domain of `deflux lab` with the same seed, as it is at the lab's\n"
	"time. Real resolvers can be run against it, and what they see be given to `deflux scan`.\n";

static const char serve_end[] =
	"\n"
	"It prints what it serves and how to ask; Ctrl-C (or SIGTERM) ends it with a summary, SIGUSR1 "
	"prints\n"
	"one. A resolver that asks one address for everything has to forward to it: the name servers in the\n"
	"answers have the addresses of the world, which are those of real networks, and nobody may send\n"
	"anything there. The configurations of --write-config see to that. With three addresses or more "
	"BIND\n"
	"can go from the root down on any port, other resolvers on port 53; in a network namespace of its\n"
	"own (see deflux-lab-serve(1)) all can, to name servers that flux too.\n"
	"\n"
	"Examples:\n"
	"  deflux lab serve --speed 60 --divide-ttl --write-config /tmp/lab    a day in 24 minutes\n"
	"  unbound -d -c /tmp/lab/unbound.conf                     in another terminal\n"
	"  dig @127.0.0.1 -p 5301 NAME                             asks Unbound, and it the lab\n"
	"  deflux lab serve --dnstap seen.dnstap --truth truth.jsonl --duration 10m\n"
	"  deflux scan seen.dnstap                                 afterwards\n"
	"\n"
	"Exit status: 0 it served until it was ended, 2 it could not, 64 a wrong command line.\n";

void help_verb(enum verb verb, struct buf *to)
{
	static const char *const texts[][2] = {[VERB_SCAN] = {scan_usage, scan_end},
					       [VERB_EXPLAIN] = {explain_usage, explain_end},
					       [VERB_RECORDS] = {records_usage, records_end},
					       [VERB_NETWORKS] = {networks_usage, networks_end},
					       [VERB_JUDGE] = {judge_usage, judge_end},
					       [VERB_LAB] = {lab_usage, lab_end},
					       [VERB_SERVE] = {serve_usage, serve_end}};

	buf_add_text(to, texts[verb][0]);
	options_help(verb, to);
	buf_add_text(to, texts[verb][1]);
}

void help_complain(const char *format, ...)
{
	char line[600];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	words_tame(line);
	fprintf(stderr, "deflux: %s\n", line);
}

int help_usage(const char *verb, const char *text)
{
	help_complain("%s; see deflux %s--help", text, verb);
	return CLI_USAGE;
}

bool help_options(struct options *o, int argc, char **argv, int *status)
{
	static const char *const verbs[] = {
		[VERB_SCAN] = "scan ",         [VERB_EXPLAIN] = "explain ", [VERB_RECORDS] = "records ",
		[VERB_NETWORKS] = "networks ", [VERB_JUDGE] = "judge ",     [VERB_LAB] = "lab ",
		[VERB_SERVE] = "lab serve "};
	struct diag d = {{0}};
	struct buf text = {0};
	enum err e = options_read(o, argc, argv, &d);

	if (e == OK && !o->help)
		return true;
	if (e != OK) {
		*status = help_usage(verbs[o->verb], d.text);
	} else {
		help_verb(o->verb, &text);
		*status = output_print(&text) == OK ? CLI_NOTHING : CLI_UNREAD;
	}
	options_fini(o);
	return false;
}
