/* SPDX-License-Identifier: Apache-2.0 */
/* pass.c -- see pass.h. */
#include "cli/pass.h"

#include <unistd.h>

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/tune.h"

static void stop(void *flow)
{
	flow_stop(flow);
}

static void state(void *flow, struct watch_state *out)
{
	struct flow_counts c;

	flow_count(flow, &c);
	*out = (struct watch_state){c.sources.octets, c.sources.octets_total, c.sources.messages, c.domains,
				    c.last_ns};
}

static enum err run(struct pass *p, struct diag *d)
{
	struct watch_config config = {p->flow, stop, state, !p->options->quiet && isatty(STDERR_FILENO)};
	enum err e = watch_start(&p->watch, &config, d);

	if (e == OK)
		e = flow_run(p->flow, d);
	p->seconds = watch_seconds(&p->watch);
	watch_over(&p->watch);
	return e;
}

static void say_problems(struct pass *p)
{
	const struct source_problem *problems = NULL;

	p->problems = flow_problems(p->flow, &problems);
	for (size_t i = 0; i < p->problems; i++)
		help_complain("%s", problems[i].text);
}

static void say_state(struct pass *p)
{
	struct flow_state s = flow_state(p->flow);

	if (s.problem == NULL)
		return;
	p->problems++;
	help_complain("what is known now could not be kept; %s is as it was: %s", p->options->flow.state.path,
		      s.problem);
}

/* Names to look at must be registrable domains, else nothing could ever be found. */
static bool domains_are_good(const struct pass *p, struct diag *d)
{
	for (size_t i = 0; i < p->options->flow.n_domains; i++) {
		const struct name *n = &p->options->domains[i];
		struct name domain;
		char text[NAME_TEXT_MAX], better[NAME_TEXT_MAX];

		name_to_text(n->octets, text);
		if (!flow_domain_of(p->flow, n, &domain)) {
			diag_set(d, E_FORMAT, "--domain %.150s: no registrable domain is above it", text);
			return false;
		}
		if (!name_equal(n, &domain)) {
			name_to_text(domain.octets, better);
			diag_set(d, E_FORMAT, "--domain takes a registrable domain: %.100s, not %.100s",
				 better, text);
			return false;
		}
	}
	return true;
}

/* The parameters of --parameters, for the flow. */
static bool take_parameters(struct pass *p, struct options *o)
{
	struct diag d = {{0}};

	if (o->parameters == NULL)
		return true;
	o->flow.parameters = &p->parameters;
	if (tune_read(o->parameters, &p->parameters, &d) == OK)
		return true;
	help_complain("%s", d.text);
	return false;
}

bool pass_run(struct pass *p, struct options *o, int *status)
{
	struct diag d = {{0}};

	*p = (struct pass){.options = o, .output = {.fd = -1}};
	*status = CLI_UNREAD;
	watch_prepare();
	if (!take_parameters(p, o))
		return false;
	if (output_open(&p->output, o->output, &d) != OK) {
		help_complain("%s", d.text);
		return false;
	}
	switch (flow_open(&p->flow, &o->flow, &d)) {
	case OK:
		break;
	case E_FORMAT: /* a filter, or a database that is none: the command line can be changed */
		*status = CLI_USAGE;
		help_complain("%s", d.text);
		return false;
	default:
		help_complain("%s", d.text);
		return false;
	}
	if (!domains_are_good(p, &d)) {
		*status = CLI_USAGE;
		help_complain("%s", d.text);
		return false;
	}
	if (run(p, &d) != OK) {
		help_complain("%s", d.text);
		return false;
	}
	flow_count(p->flow, &p->counts);
	say_problems(p);
	say_state(p);
	return true;
}

int pass_close(struct pass *p, int status)
{
	bool good = status == CLI_NOTHING || status == CLI_FOUND;
	struct diag d = {{0}};

	if (output_close(&p->output, good, &d) != OK) {
		help_complain("%s", d.text);
		status = CLI_UNREAD;
	}
	watch_end(&p->watch);
	flow_close(p->flow);
	return good && p->problems != 0 ? CLI_UNREAD : status;
}
