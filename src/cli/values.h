/* SPDX-License-Identifier: Apache-2.0 */
/* values.h -- the values of options: each reader says what is wrong and what is expected. */
#pragma once

#include "cli/options.h"

/* An option as it stands in the table. */
struct option_row {
	const char *name;
	char letter;          /* 0: none */
	unsigned char verbs;  /* enum verb bits */
	unsigned char group;  /* enum option_group */
	const char *argument; /* NULL: a switch; words with | between: one of them */
	enum err (*take)(struct options *o, const struct option_row *row, const char *text, struct diag *d);
	const char *help;
};

/* The place of `text` among the words of row->argument. E_FORMAT. */
enum err value_word(const struct option_row *row, const char *text, unsigned *out, struct diag *d) MUST_USE;

enum err value_form(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_switch(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_top(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_method(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_output(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_text(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_time(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_span(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_domain(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_vantage(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_resolver(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_port(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_threads(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_memory(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_seed(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_mask(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_prior(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_mmdb(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_lab_file(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_lab_format(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_lab_side(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_lab_hours(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_lab_world(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_lab_only(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_lab_rate(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_lab_scale(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_lab_vantage(struct options *o, const struct option_row *row, const char *text, struct diag *d);

enum err value_listen(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_speed(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_duration(struct options *o, const struct option_row *row, const char *text, struct diag *d);
enum err value_serve_file(struct options *o, const struct option_row *row, const char *text, struct diag *d);

/* Adds a file to read; explain's first is its name, and lab reads none. */
enum err value_file(struct options *o, const char *text, struct diag *d) MUST_USE;

/* A name a person typed; UTF-8 outside ASCII is refused. E_FORMAT. */
enum err value_name(const char *text, struct name *out) MUST_USE;
