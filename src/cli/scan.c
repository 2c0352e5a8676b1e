/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c -- `deflux scan`: verdicts for every registrable domain in the inputs. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/facts.h"
#include "cli/help.h"
#include "cli/pass.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/words.h"

enum { NEAREST = 3 };

/* A scan on its way to its output. */
struct scan {
	struct pass *pass;
	struct term term;
	struct table table;
	size_t printed, findings;
};

static void take(void *context, const struct finding *x)
{
	struct scan *s = context;
	struct buf *to = &s->pass->output.text;
	struct facts f;

	facts_of(x, &f);
	if (s->pass->options->form == FORM_JSONL) {
		facts_jsonl(&f, to);
	} else if (s->pass->options->form == FORM_CSV) {
		facts_csv(&f, to);
	} else {
		if (s->printed == 0)
			table_head(&s->table, to);
		table_row(&s->table, &f, to);
	}
	s->printed++;
	output_flow(&s->pass->output);
}

/* What comes next to a finding, when there is none. */
static void take_nearest(void *context, const struct finding *x)
{
	struct scan *s = context;
	char percent[TABLE_PERCENT_MAX];
	struct facts f;

	facts_of(x, &f);
	table_percent(f.probability, percent);
	buf_printf(&s->pass->output.text, "  %s: %s%s%s; most like %s, %u addresses in %u networks\n", f.name,
		   f.verdict, f.graded ? ", " : "", f.graded ? percent : "", x->judgement->class, f.addresses,
		   f.asns);
}

static enum err print_nearest(struct scan *s)
{
	struct flow_select nearest = {.all = true, .top = NEAREST};
	struct buf *to = &s->pass->output.text;

	buf_add_text(to, "No fast flux found.");
	if (s->pass->counts.domains == 0 || s->printed != 0) {
		buf_add_text(to, "\n");
		return OK;
	}
	buf_add_text(to, " Nearest to it (--all lists every domain):\n");
	return flow_results(s->pass->flow, &nearest, take_nearest, s, NULL);
}

/* "3 of 2,512 domains are fast flux." */
static void print_findings(struct scan *s)
{
	struct buf *to = &s->pass->output.text;
	char found[WORDS_COUNT_MAX];

	term_tone(&s->term, to, TONE_STRONG);
	buf_printf(to, "%s of ", words_count(s->findings, found));
	words_plural(to, s->pass->counts.domains, "domain", NULL);
	buf_printf(to, " %s fast flux.", s->findings == 1 ? "is" : "are");
	term_tone(&s->term, to, TONE_PLAIN);
	buf_add_text(to, " `deflux explain NAME FILE...` tells why.\n");
}

static enum err print(struct scan *s)
{
	const struct options *o = s->pass->options;
	struct flow_select select = {.all = o->all, .top = o->top};
	enum err e;

	if (o->form == FORM_CSV)
		facts_csv_head(&s->pass->output.text);
	e = flow_results(s->pass->flow, &select, take, s, &s->findings);
	if (e != OK || o->form != FORM_TABLE || o->quiet)
		return e;
	if (s->printed != 0) {
		buf_add_char(&s->pass->output.text, '\n');
		table_legend(&s->table, &s->pass->output.text);
		buf_add_char(&s->pass->output.text, '\n');
	}
	if (s->findings == 0)
		return print_nearest(s);
	print_findings(s);
	return OK;
}

/* Below a table it is part of the result; beside a result for programs it goes to standard error. Speed is
 * never part of a result: it would make two runs differ. */
static void summarise(struct scan *s)
{
	struct pass *p = s->pass;
	struct term errors;
	struct buf text = {0};

	if (p->options->quiet)
		return;
	term_of(&errors, STDERR_FILENO, p->options->no_color);
	if (p->options->form == FORM_TABLE)
		summary_write(p, &s->term, &p->output.text);
	else
		summary_write(p, &errors, &text);
	output_flush(&p->output); /* so that on a terminal the order is right */
	summary_speed(p, &errors, &text);
	fputs(buf_text(&text), stderr);
	buf_fini(&text);
}

static int scan(struct pass *p)
{
	struct scan s = {.pass = p};

	term_of(&s.term, p->options->output == NULL ? STDOUT_FILENO : p->output.fd, p->options->no_color);
	table_init(&s.table, &s.term);
	if (print(&s) != OK) {
		help_complain("out of memory for the result");
		return CLI_UNREAD;
	}
	summarise(&s);
	return s.findings != 0 ? CLI_FOUND : CLI_NOTHING;
}

int cli_scan(int argc, char **argv)
{
	struct options o = {.verb = VERB_SCAN};
	struct pass p;
	int status;

	if (!help_options(&o, argc, argv, &status))
		return status;
	if (pass_run(&p, &o, &status))
		status = scan(&p);
	status = pass_close(&p, status);
	options_fini(&o);
	return status;
}
