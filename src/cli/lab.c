/* SPDX-License-Identifier: Apache-2.0 */
/* lab.c -- `deflux lab`: writes an emulated capture whose truth is known. `deflux lab serve` is serve.c. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/help.h"
#include "cli/lab.h"

enum { FLUSH_OCTETS = 1 << 20 };

/* Empties the buffer into the file. */
static enum err pour(struct buf *from, FILE *to)
{
	size_t n = from->len;

	if (from->err != OK)
		return from->err;
	buf_clear(from);
	return n == 0 || fwrite(from->bytes, 1, n, to) == n ? OK : E_IO;
}

static enum err run(struct lab *lab, struct lab_writer *w, struct buf *bytes, FILE *to)
{
	static struct lab_exchange x;
	enum err e;

	while ((e = lab_next(lab, &x)) == OK) {
		e = lab_writer_add(w, &x);
		if (e == OK && bytes->len >= FLUSH_OCTETS)
			e = pour(bytes, to);
		if (e != OK)
			return e;
	}
	if (e != E_END)
		return e;
	e = lab_writer_finish(w);
	return e == OK ? pour(bytes, to) : e;
}

/* Opens, writes by run(), closes: a full disk may show only at the end. */
static enum err write_capture(struct lab *lab, const struct options *o, uint64_t *records)
{
	bool standard = strcmp(o->output, "-") == 0;
	FILE *to = standard ? stdout : fopen(o->output, "wb");
	struct lab_writer *w = NULL;
	struct buf bytes = {0};
	enum err e = to == NULL ? E_IO : lab_writer_open(&w, o->lab.format, &bytes);

	if (e == OK && o->lab.no_queries)
		lab_writer_answers_only(w);
	if (e == OK)
		e = run(lab, w, &bytes, to);
	if (e == OK)
		*records = lab_writer_records(w);
	if (to != NULL && (standard ? fflush(to) : fclose(to)) != 0 && e == OK)
		e = E_IO;
	lab_writer_close(w);
	buf_fini(&bytes);
	return e;
}

static enum err take_line(void *context, const char *line, size_t len)
{
	return fwrite(line, 1, len, context) == len ? OK : E_IO;
}

static enum err write_truth(const struct lab *lab, const char *path)
{
	FILE *to = fopen(path, "wb");
	enum err e;

	if (to == NULL)
		return E_IO;
	e = lab_truth(lab, take_line, to);
	if (fclose(to) != 0 && e == OK)
		e = E_IO;
	return e;
}

static enum err write_networks(const char *path)
{
	FILE *to = fopen(path, "wb");
	struct buf text = {0};
	enum err e = E_IO;

	if (to == NULL)
		return e;
	lab_networks(&text);
	e = pour(&text, to);
	if (fclose(to) != 0 && e == OK)
		e = E_IO;
	buf_fini(&text);
	return e;
}

static int complain(const char *path, enum err e)
{
	help_complain("%s: %s", path, e == E_IO ? strerror(errno) : err_text(e));
	return CLI_UNREAD;
}

static int make(const struct options *o, const struct nets *nets)
{
	struct lab_config config = o->lab.config;
	struct lab *lab = NULL;
	struct diag d = {{0}};
	uint64_t records = 0;
	size_t domains, flux;
	int status = CLI_NOTHING;
	enum err e;

	config.nets = nets;
	e = lab_open(&lab, &config, &d);
	if (e == E_RANGE)
		return help_usage("lab ", d.text);
	if (e != OK) {
		help_complain("%s", d.text);
		return CLI_UNREAD;
	}
	e = write_capture(lab, o, &records);
	if (e != OK)
		status = complain(o->output, e);
	if (status == CLI_NOTHING && o->lab.truth != NULL && (e = write_truth(lab, o->lab.truth)) != OK)
		status = complain(o->lab.truth, e);
	if (status == CLI_NOTHING && o->lab.networks != NULL && (e = write_networks(o->lab.networks)) != OK)
		status = complain(o->lab.networks, e);
	lab_domains(lab, &domains, &flux);
	if (status == CLI_NOTHING)
		fprintf(stderr,
			"%llu records over %u h; %zu domains, %zu of them flux; addresses of %s networks\n",
			(unsigned long long)records, config.hours, domains, flux,
			lab_is_real(lab) ? "real" : "made-up");
	lab_close(lab);
	return status;
}

static int print_priors(void)
{
	struct buf text = {0};
	enum err e;

	lab_priors(&text);
	e = pour(&text, stdout);
	if (e == OK && fflush(stdout) != 0)
		e = E_IO;
	buf_fini(&text);
	return e == OK ? CLI_NOTHING : complain("-", e);
}

int cli_lab(int argc, char **argv)
{
	struct options o = {.verb = VERB_LAB};
	int status;

	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		return cli_serve(argc - 1, argv + 1);
	if (!help_options(&o, argc, argv, &status))
		return status;
	if (o.lab.networks != NULL && !o.lab.made_up) {
		status = help_usage("lab ", "--networks is of made-up networks: give --made-up too");
		options_fini(&o);
		return status;
	}
	if (o.lab.priors) {
		options_fini(&o);
		return print_priors();
	}
	return lab_in_nets(&o, make);
}
