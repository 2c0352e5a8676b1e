/* SPDX-License-Identifier: Apache-2.0 */
/* help.h -- what deflux says of itself, and how it complains. */
#pragma once

#include "base/err.h"
#include "cli/options.h"

/* The short help: what deflux is, its verbs, examples. */
void help_program(struct buf *to);

/* A verb's --help: usage, options, examples, exit status. */
void help_verb(enum verb verb, struct buf *to);

/* One line on standard error, "deflux: TEXT". */
void help_complain(const char *format, ...) PRINTF_LIKE(1, 2);

/* A wrong command line: the line, and where help is. Returns CLI_USAGE. */
int help_usage(const char *verb, const char *text);

/*
 * Reads a verb's command line. True: go on. False: *status is what the program ends with, for --help was
 * asked (and printed) or the line was wrong.
 */
bool help_options(struct options *o, int argc, char **argv, int *status);
