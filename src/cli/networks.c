/* SPDX-License-Identifier: Apache-2.0 */
/* networks.c -- `deflux networks`: the flux networks behind the findings. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/gather.h"
#include "cli/help.h"
#include "cli/roll.h"
#include "cli/summary.h"
#include "cli/words.h"

enum { TOLD = 5 }; /* networks of which the table says more, without -v */

static void print_table(struct pass *p, const struct networks *n, size_t most, const struct term *t)
{
	const struct options *o = p->options;
	struct buf *to = &p->output.text;

	roll_table(n, most, o->quiet ? 0 : o->verbose ? most : TOLD, t, to);
	if (o->quiet)
		return;
	if (most != 0) {
		buf_add_char(to, '\n');
		term_tone(t, to, TONE_FAINT);
		term_wrap(to,
			  "agents: the machines that were seen. size: how many there are in all, estimated "
			  "from how "
			  "often each was seen; in brackets where the lower bound lies with 95 %. nets, "
			  "ctry: networks "
			  "and countries the agents sit in.",
			  t->width, 0);
		term_wrap(to, roll_assumes, t->width, 0);
		term_tone(t, to, TONE_PLAIN);
		buf_add_char(to, '\n');
	}
	term_tone(t, to, TONE_STRONG);
	if (n->n_list == 0)
		buf_add_text(to, "No fast flux found, so no network.");
	else
		words_plural(to, n->n_domains, "fast-flux domain", NULL);
	if (n->n_list != 0) {
		buf_add_text(to, n->n_domains == 1 ? " forms " : " form ");
		words_plural(to, n->n_list, "network", NULL);
		buf_add_char(to, '.');
	}
	term_tone(t, to, TONE_PLAIN);
	buf_add_char(to, '\n');
}

static void print(struct pass *p, const struct networks *n, const struct term *t)
{
	const struct options *o = p->options;
	size_t most = o->top != 0 && o->top < n->n_list ? o->top : n->n_list;
	struct buf *to = &p->output.text;

	switch (o->form) {
	case FORM_JSONL:
		for (size_t i = 0; i < most; i++) {
			roll_jsonl(n, &n->list[i], to);
			output_flow(&p->output);
		}
		break;
	case FORM_DOT:
		roll_dot(n, most, to);
		break;
	case FORM_GRAPHML:
		roll_graphml(n, most, to);
		break;
	case FORM_HTML:
		roll_page(n, most, to);
		break;
	default:
		print_table(p, n, most, t);
		break;
	}
}

static int list(struct pass *p, struct networks *n)
{
	struct term t;

	term_of(&t, p->options->output == NULL ? STDOUT_FILENO : p->output.fd, p->options->no_color);
	if (gather_networks(p, n) != OK) {
		help_complain("out of memory for the result");
		return CLI_UNREAD;
	}
	print(p, n, &t);
	if (n->left_out != 0)
		help_complain("%zu more findings than there is room for belong to no network here",
			      n->left_out);
	summary_end(p, &t);
	return n->n_list != 0 ? CLI_FOUND : CLI_NOTHING;
}

int cli_networks(int argc, char **argv)
{
	struct options o = {.verb = VERB_NETWORKS};
	struct networks n = {.n_list = 0};
	struct pass p;
	int status;

	if (!help_options(&o, argc, argv, &status))
		return status;
	if (gather_known(&o, &n, &status)) {
		if (pass_run(&p, &o, &status))
			status = list(&p, &n);
		status = pass_close(&p, status);
	}
	networks_fini(&n);
	options_fini(&o);
	return status;
}
