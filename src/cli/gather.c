/* SPDX-License-Identifier: Apache-2.0 */
/* gather.c -- see gather.h. */
#include "cli/gather.h"

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/known.h"

struct gathering {
	struct networks *to;
	enum err err;
};

bool gather_known(const struct options *o, struct networks *n, int *status)
{
	struct diag d = {{0}};

	if (o->known == NULL)
		return true;
	switch (known_read(o->known, &n->book, &d)) {
	case OK:
		return true;
	case E_FORMAT:
		*status = CLI_USAGE;
		break;
	default:
		*status = CLI_UNREAD;
		break;
	}
	help_complain("%s", d.text);
	return false;
}

static void take(void *context, const struct finding *x)
{
	struct gathering *g = context;

	if (g->err == OK && x->judgement->verdict == VERDICT_FLUX)
		g->err = networks_add(g->to, x->view, x->judgement, x->nets);
}

enum err gather_networks(struct pass *p, struct networks *n)
{
	struct flow_select select = {.unlimited = true};
	struct gathering g = {n, OK};
	enum err e;

	if (p->options->flow.method != METHOD_DEFLUX)
		return OK;
	n->memory_bytes = p->options->flow.memory_bytes / 16;
	e = flow_results(p->flow, &select, take, &g, NULL);
	if (e == OK)
		e = g.err;
	return e == OK ? networks_build(n) : e;
}
