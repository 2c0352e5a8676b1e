/* SPDX-License-Identifier: Apache-2.0 */
/* labnets.c -- see lab.h. */
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/lab.h"

int lab_in_nets(struct options *o, int (*then)(const struct options *o, const struct nets *nets))
{
	struct nets_config config = {.none = o->lab.made_up};
	struct nets *nets = NULL;
	struct diag d = {{0}};
	int status = CLI_UNREAD;

	if (nets_open(&nets, &config, &d) == OK)
		status = then(o, nets);
	else
		help_complain("%s", d.text);
	nets_close(nets);
	options_fini(o);
	return status;
}
