/* SPDX-License-Identifier: Apache-2.0 */
/* explain.c -- `deflux explain`: everything that the inputs say about one name. */
#include "cli/explain.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/gather.h"
#include "cli/help.h"
#include "cli/pass.h"
#include "cli/roll.h"
#include "cli/summary.h"
#include "cli/values.h"
#include "cli/words.h"

/* An explanation on its way to its output. */
struct explain {
	struct pass *pass;
	struct term term;
	struct networks networks;
	bool found, is_flux;
	enum err err;
};

static void take(void *context, const struct finding *x)
{
	struct explain *e = context;
	const struct options *o = e->pass->options;
	struct explain_extra extra = {o->vantages, o->n_vantages, o->verbose,
				      networks_find(&e->networks, x->view->name)};
	struct buf *to = &e->pass->output.text;
	struct story s;

	e->found = true;
	e->is_flux = x->judgement->verdict == VERDICT_FLUX;
	e->err = story_make(&s, x, o->form == FORM_HTML ? EXPLAIN_PAGE_BINS : explain_cells(&e->term));
	if (e->err != OK)
		return;
	if (o->form == FORM_HTML)
		explain_page(&s, &extra, to);
	else
		explain_text(&s, &e->term, &extra, to);
	story_fini(&s);
}

/* What was read is told on standard error: the result is about the name alone. */
static void summarise(const struct explain *e)
{
	struct buf text = {0};
	struct term errors;

	if (e->pass->options->quiet)
		return;
	term_of(&errors, STDERR_FILENO, e->pass->options->no_color);
	buf_add_char(&text, '\n');
	summary_write(e->pass, &errors, &text);
	fputs(buf_text(&text), stderr);
	buf_fini(&text);
}

static int explain(struct explain *e, struct pass *p)
{
	struct flow_select select = {.all = true};
	char text[NAME_TEXT_MAX];
	struct name name, domain;

	e->pass = p;
	term_of(&e->term, p->output.fd, p->options->no_color);
	if (value_name(p->options->name, &name) != OK || !flow_domain_of(p->flow, &name, &domain)) {
		help_complain("%.200s has no registrable domain: it is a public suffix, below none, or for "
			      "special use",
			      p->options->name);
		return CLI_USAGE;
	}
	select.domain = &domain;
	if (gather_networks(p, &e->networks) != OK || flow_results(p->flow, &select, take, e, NULL) != OK ||
	    e->err != OK) {
		help_complain("out of memory for the result");
		return CLI_UNREAD;
	}
	if (!e->found) {
		name_to_text(domain.octets, text);
		help_complain("nothing was seen of %s, the registrable domain of %.200s", text,
			      p->options->name);
	}
	output_flush(&p->output); /* so that on a terminal the order is right */
	summarise(e);
	return e->is_flux ? CLI_FOUND : CLI_NOTHING;
}

int cli_explain(int argc, char **argv)
{
	struct options o = {.verb = VERB_EXPLAIN};
	struct explain e = {0};
	struct pass p;
	int status;

	if (!help_options(&o, argc, argv, &status))
		return status;
	if (gather_known(&o, &e.networks, &status)) {
		if (pass_run(&p, &o, &status))
			status = explain(&e, &p);
		status = pass_close(&p, status);
	}
	networks_fini(&e.networks);
	options_fini(&o);
	return status;
}
