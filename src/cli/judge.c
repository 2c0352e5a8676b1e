/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c -- `deflux judge`: what verdicts are weighed by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/output.h"
#include "judge/parameters.h"

enum { NUMBER_MAX = 32, NAME_COLUMN = 44, VALUE_COLUMN = 10, UNIT_COLUMN = 15 };

/* In as few digits as give the same number again. */
static const char *number(double v, char text[NUMBER_MAX])
{
	int digits = 6;

	do
		(void)snprintf(text, NUMBER_MAX, "%.*g", digits, v);
	while (digits++ < 17 && strtod(text, NULL) != v);
	return text;
}

static const char *value(const struct parameter *p, char text[NUMBER_MAX])
{
	double v = parameter_get(&parameters_own, p);

	return p->type != PARAMETER_SWITCH ? number(v, text) : v != 0 ? "true" : "false";
}

static void print_table(struct buf *to)
{
	char text[NUMBER_MAX];
	struct parameter p;

	buf_printf(to, "%-*s%*s  %-*s%s\n", NAME_COLUMN, "parameter", VALUE_COLUMN, "value", UNIT_COLUMN,
		   "unit", "meaning [source]");
	for (size_t i = 0; parameter_at(i, &p); i++)
		buf_printf(to, "%-*s%*s  %-*s%s [%s]\n", NAME_COLUMN, p.name, VALUE_COLUMN, value(&p, text),
			   UNIT_COLUMN, p.info->unit, p.info->meaning, p.source);
}

/* The table's words are ours and hold nothing that JSON would have to escape. */
static void print_json(struct buf *to)
{
	char text[NUMBER_MAX], least[NUMBER_MAX], most[NUMBER_MAX];
	struct parameter p;

	for (size_t i = 0; parameter_at(i, &p); i++) {
		buf_printf(to, "%s\n  \"%s\": {\"value\": %s, \"unit\": \"%s\"", i == 0 ? "{" : ",", p.name,
			   value(&p, text), p.info->unit);
		if (p.type != PARAMETER_SWITCH)
			buf_printf(to, ", \"least\": %s, \"most\": %s", number(p.info->least, least),
				   number(p.info->most, most));
		buf_printf(to, ", \"meaning\": \"%s\", \"source\": \"%s\"}", p.info->meaning, p.source);
	}
	buf_add_text(to, "\n}\n");
}

int cli_judge(int argc, char **argv)
{
	struct options o = {.verb = VERB_JUDGE};
	struct output out;
	struct diag d = {{0}};
	enum err e;
	int status;

	if (!help_options(&o, argc, argv, &status))
		return status;
	e = output_open(&out, o.output, &d);
	if (e == OK) {
		if (o.form == FORM_JSON)
			print_json(&out.text);
		else
			print_table(&out.text);
		e = output_close(&out, true, &d);
	}
	if (e != OK)
		help_complain("%s", d.text);
	options_fini(&o);
	return e == OK ? CLI_NOTHING : CLI_UNREAD;
}
