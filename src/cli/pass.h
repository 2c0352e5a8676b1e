/* SPDX-License-Identifier: Apache-2.0 */
/* pass.h -- one run of the flow for a verb, with signals, progress, and what went wrong with inputs said. */
#pragma once

#include "cli/options.h"
#include "cli/output.h"
#include "cli/watch.h"
#include "flow/flow.h"

struct pass {
	const struct options *options;
	struct parameters parameters; /* of --parameters */
	struct flow *flow;
	struct watch watch;
	struct output output;
	struct flow_counts counts; /* of the whole run */
	double seconds;            /* of the machine's clock */
	size_t problems;           /* inputs that could not be read, and a state that could not be kept */
};

/* Opens the output and the flow and runs it to its end. False: it was said why; *status is what the program
 * ends with, and pass_close is still to be called. */
bool pass_run(struct pass *p, struct options *o, int *status);

/* Puts the result in its place and closes all. `status` is that of a verb that went well; returns what to end
 * with. */
int pass_close(struct pass *p, int status);
