/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c -- `deflux scan`: verdicts for every registrable domain in the inputs. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/facts.h"
#include "cli/features.h"
#include "cli/gather.h"
#include "cli/help.h"
#include "cli/pass.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/words.h"

enum { NEAREST = 3, NETWORKS_TOLD = 3, WAITS_TOLD = 5 };

/* A scan on its way to its output. */
struct scan {
	struct pass *pass;
	struct term term;
	struct table table;
	struct networks networks;
	struct buf waits; /* what the undecided of the table wait for first, a line each */
	size_t printed, findings, undecided;
};

static const char *network_of(const struct scan *s, const struct finding *x)
{
	const struct network *w = networks_find(&s->networks, x->view->name);

	return w == NULL ? NULL : w->name;
}

/* "  example.com: about 3 further members ... would accuse it" */
static void note_wait(struct scan *s, const struct facts *f)
{
	const struct judgement *j = f->finding->judgement;
	struct buf line = {0};
	unsigned first = 0; /* that would decide it */

	if (j->n_waits == 0 || s->undecided++ >= WAITS_TOLD)
		return;
	while (first + 1 < j->n_waits && !j->waits[first].decides)
		first++;
	buf_printf(&line, "%s: %s", f->name, j->waits[j->waits[first].decides ? first : 0].text);
	buf_add_text(&s->waits, "  ");
	term_wrap(&s->waits, buf_text(&line), s->term.width - 2, 4);
	s->waits.err = s->waits.err == OK ? line.err : s->waits.err;
	buf_fini(&line);
}

static void take(void *context, const struct finding *x)
{
	struct scan *s = context;
	struct buf *to = &s->pass->output.text;
	struct facts f;

	facts_of(x, &f);
	f.network = network_of(s, x);
	switch (s->pass->options->form) {
	case FORM_JSONL:
		facts_jsonl(&f, to);
		break;
	case FORM_CSV:
		facts_csv(&f, to);
		break;
	case FORM_FEATURES:
		features_jsonl(&f, to);
		break;
	default:
		if (s->printed == 0)
			table_head(&s->table, to);
		table_row(&s->table, &f, to);
		note_wait(s, &f);
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
	note_wait(s, &f);
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

/* "2 domains are undecided. What would settle it ...": of those that were printed. */
static enum err print_waits(struct scan *s)
{
	struct buf *to = &s->pass->output.text;
	struct buf text = {0};

	if (s->undecided == 0)
		return OK;
	words_plural(&text, s->undecided, "domain is", "domains are");
	buf_add_text(&text, " undecided. What would settle it (`deflux explain NAME FILE...` tells more):");
	term_wrap(to, buf_text(&text), s->term.width, 0);
	buf_fini(&text);
	buf_add_text(to, buf_text(&s->waits));
	if (s->undecided > WAITS_TOLD)
		buf_printf(to, "  ... and %zu more\n", s->undecided - WAITS_TOLD);
	return s->waits.err;
}

/* "They form 2 networks: lusab-babad (12 domains), ...", those that hold what was printed or not. */
static void print_networks(const struct networks *n, struct buf *to)
{
	size_t told = n->n_list < NETWORKS_TOLD ? n->n_list : NETWORKS_TOLD;

	if (n->n_domains < 2)
		return;
	buf_add_text(to, n->n_list == 1 ? "They form one network" : "They form ");
	if (n->n_list != 1)
		words_plural(to, n->n_list, "network", NULL);
	for (size_t i = 0; i < told; i++) {
		buf_printf(to, "%s%s (", i == 0 ? ": " : ", ", n->list[i].name);
		words_plural(to, n->list[i].n_domains, "domain", NULL);
		buf_add_char(to, ')');
	}
	buf_add_text(to, n->n_list > told ? ", ..." : ".");
	buf_add_text(to, " `deflux networks FILE...` tells more.");
}

/* "3 of 2,512 domains are fast flux." */
static void print_findings(struct scan *s)
{
	struct buf *to = &s->pass->output.text;
	char found[WORDS_COUNT_MAX];
	struct buf text = {0};

	term_tone(&s->term, to, TONE_STRONG);
	buf_printf(to, "%s of ", words_count(s->findings, found));
	words_plural(to, s->pass->counts.domains, "domain", NULL);
	buf_printf(to, " %s fast flux.", s->findings == 1 ? "is" : "are");
	term_tone(&s->term, to, TONE_PLAIN);
	buf_add_text(to, " `deflux explain NAME FILE...` tells why.\n");
	print_networks(&s->networks, &text);
	if (text.len != 0)
		term_wrap(to, buf_text(&text), s->term.width, 0);
	buf_fini(&text);
}

static enum err print(struct scan *s)
{
	const struct options *o = s->pass->options;
	struct flow_select select = {.all = o->all, .top = o->top};
	enum err e = gather_networks(s->pass, &s->networks);

	if (e != OK)
		return e;
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
		e = print_nearest(s);
	else
		print_findings(s);
	return e == OK ? print_waits(s) : e;
}

/* `s` holds what is known of networks by now. */
static int scan(struct scan *s, struct pass *p)
{
	s->pass = p;
	term_of(&s->term, p->options->output == NULL ? STDOUT_FILENO : p->output.fd, p->options->no_color);
	table_init(&s->table, &s->term);
	if (print(s) != OK) {
		help_complain("out of memory for the result");
		return CLI_UNREAD;
	}
	summary_end(p, &s->term);
	return s->findings != 0 ? CLI_FOUND : CLI_NOTHING;
}

int cli_scan(int argc, char **argv)
{
	struct options o = {.verb = VERB_SCAN};
	struct scan s = {0};
	struct pass p;
	int status;

	if (!help_options(&o, argc, argv, &status))
		return status;
	if (gather_known(&o, &s.networks, &status)) {
		if (pass_run(&p, &o, &status))
			status = scan(&s, &p);
		status = pass_close(&p, status);
	}
	networks_fini(&s.networks);
	buf_fini(&s.waits);
	options_fini(&o);
	return status;
}
