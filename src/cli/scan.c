/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c -- `deflux scan`: verdicts for every registrable domain in the inputs. */
#include "cli/cli.h"
#include "cli/facts.h"
#include "cli/help.h"
#include "cli/pass.h"

static void take_jsonl(void *context, const struct finding *x)
{
	struct pass *p = context;
	struct facts f;

	facts_of(x, &f);
	facts_jsonl(&f, &p->output.text);
	output_flow(&p->output);
}

static void take_csv(void *context, const struct finding *x)
{
	struct pass *p = context;
	struct facts f;

	facts_of(x, &f);
	facts_csv(&f, &p->output.text);
	output_flow(&p->output);
}

static enum err print(struct pass *p, size_t *findings)
{
	const struct options *o = p->options;
	struct flow_select select = {.all = o->all, .top = o->top};

	if (o->form == FORM_CSV)
		facts_csv_head(&p->output.text);
	return flow_results(p->flow, &select, o->form == FORM_CSV ? take_csv : take_jsonl, p, findings);
}

int cli_scan(int argc, char **argv)
{
	struct options o = {.verb = VERB_SCAN};
	struct pass p;
	size_t findings = 0;
	int status;

	if (!help_options(&o, argc, argv, &status))
		return status;
	if (pass_run(&p, &o, &status)) {
		status = CLI_NOTHING;
		if (print(&p, &findings) != OK) {
			help_complain("out of memory for the result");
			status = CLI_UNREAD;
		} else if (findings != 0) {
			status = CLI_FOUND;
		}
	}
	status = pass_close(&p, status);
	options_fini(&o);
	return status;
}
