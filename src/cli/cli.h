/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h -- the verbs of the command line, and the statuses they end with. */
#pragma once

#include "base/err.h"

enum cli_status {
	CLI_NOTHING = 0,
	CLI_FOUND = 1,
	CLI_UNREAD = 2, /* an input could not be read, or the result not be written; wins over CLI_FOUND */
	CLI_USAGE = 64  /* the command line was wrong */
};

/* Each verb gets its own name as argv[0] and returns the status of the program. */
int cli_scan(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_records(int argc, char **argv);
int cli_networks(int argc, char **argv);
int cli_judge(int argc, char **argv);
int cli_lab(int argc, char **argv);
int cli_serve(int argc, char **argv); /* lab serve */
