/* SPDX-License-Identifier: Apache-2.0 */
/* main.c -- `deflux VERB`: finds the verb and hands over. */
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/version.h"

static int verb_version(int argc, char **argv)
{
	struct buf text = {0};

	(void)argc;
	(void)argv;
	buf_add_text(&text, "deflux " DEFLUX_VERSION "\n");
	return output_print(&text) == OK ? CLI_NOTHING : CLI_UNREAD;
}

static int verb_help(int argc, char **argv);

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{"scan", cli_scan},        {"explain", cli_explain},    {"records", cli_records},
	{"lab", cli_lab},          {"networks", cli_networks},  {"judge", cli_judge},
	{"help", verb_help},       {"--help", verb_help},       {"-h", verb_help},
	{"version", verb_version}, {"--version", verb_version},
};

static int run_verb(int argc, char **argv)
{
	struct diag d;

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(argv[0], verbs[i].name) == 0)
			return verbs[i].run(argc, argv);
	diag_set(&d, E_FORMAT,
		 "there is no verb '%.80s'; verbs are scan, explain, networks, records, judge, lab", argv[0]);
	return help_usage("", d.text);
}

/* `deflux help scan` is `deflux scan --help`. */
static int verb_help(int argc, char **argv)
{
	char option[] = "--help";
	char *of_verb[] = {argc > 1 ? argv[1] : NULL, option, NULL, NULL};
	struct buf text = {0};
	int n = 2;

	if (argc > 2 && strcmp(argv[1], "lab") == 0 && strcmp(argv[2], "serve") == 0) {
		of_verb[1] = argv[2];
		of_verb[n++] = option;
	}
	if (argc > 1 && argv[1][0] != '-' && strcmp(argv[1], "help") != 0)
		return run_verb(n, of_verb);
	help_program(&text);
	return output_print(&text) == OK ? CLI_NOTHING : CLI_UNREAD;
}

/* A file opened later must not become standard output because that was closed: writing to it fails, as it
 * should. */
static void hold_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			abort();
}

/*
 * Tables grow by reallocation. From this size on, each gets pages of its own, which the kernel moves instead
 * of copying, and of which only those in use take memory; glibc would else raise the limit as soon as a large
 * table is given back.
 */
enum { PAGES_OWN_OCTETS = 64 * 1024 };

/* Inputs that are cut short are mended where they are mapped; this is for what else is: databases of
 * networks. */
static void database_cut_short(int signal_number)
{
	static const char why[] =
		"deflux: a database of networks became shorter while it was used; put a new one "
		"in its place by renaming it\n";
	ssize_t written = write(STDERR_FILENO, why, sizeof why - 1);

	(void)signal_number;
	(void)written; /* there is nobody else to tell */
	_exit(CLI_UNREAD);
}

int main(int argc, char **argv)
{
	struct buf text = {0};

	(void)mallopt(M_MMAP_THRESHOLD, PAGES_OWN_OCTETS);
	(void)sigaction(SIGBUS, &(struct sigaction){.sa_handler = database_cut_short}, NULL);
	hold_standard_files();
	setlocale(LC_CTYPE, ""); /* only to know whether text is UTF-8; numbers stay as in C */
	if (argc > 1)
		return run_verb(argc - 1, argv + 1);
	help_program(&text);
	fputs(buf_text(&text), stderr);
	buf_fini(&text);
	return CLI_USAGE;
}
