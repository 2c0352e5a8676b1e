/* SPDX-License-Identifier: Apache-2.0 */
/* serve.c -- `deflux lab serve`: the lab's world as name servers, at the pace of the clock. */
#include "lab/serve.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/stamp.h"
#include "capture/dnstap.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/lab.h"
#include "cli/listen.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/resolvers.h"
#include "dns/name.h"

enum { TICK_MS = 250, FLUSH_OCTETS = 1 << 16, EXAMPLES = 2 };

struct run {
	const struct options *o;
	struct serve *serve;
	struct listen *listen;
	FILE *dnstap; /* NULL: none is wanted */
	struct buf log;
	int signals;
	int64_t start_ns; /* by the clock */
	enum err err;     /* the first failure */
};

static int64_t lab_end_ns(const struct options *o)
{
	return LAB_START_NS + (int64_t)o->lab.config.hours * 3600 * NS_PER_SECOND;
}

/* The lab's time, which ends with its hours. */
static int64_t lab_ns(const struct run *r)
{
	double passed = (double)(monotonic_ns() - r->start_ns) * r->o->serve.speed;
	double most = (double)(lab_end_ns(r->o) - LAB_START_NS);

	return LAB_START_NS + (int64_t)(passed > most ? most : passed);
}

static bool is_over(const struct run *r)
{
	int64_t most_ns = r->o->serve.duration_ns;

	return lab_ns(r) >= lab_end_ns(r->o) || (most_ns != 0 && monotonic_ns() - r->start_ns >= most_ns);
}

static void keep(struct run *r, enum err e)
{
	r->err = r->err == OK ? e : r->err;
}

static void pour(struct run *r)
{
	if (r->dnstap == NULL)
		return;
	keep(r, r->log.err);
	if (r->err == OK && r->log.len != 0 &&
	    (fwrite(r->log.bytes, 1, r->log.len, r->dnstap) != r->log.len || fflush(r->dnstap) != 0))
		keep(r, E_IO);
	buf_clear(&r->log);
}

static size_t answer(void *context, const struct serve_packet *packet, uint8_t to[WIRE_MESSAGE_MAX])
{
	struct serve_packet p = *packet;
	struct run *r = context;
	size_t n;

	p.now_ns = lab_ns(r);
	keep(r, serve_advance(r->serve, p.now_ns));
	n = serve_answer(r->serve, &p, to);
	if (r->dnstap != NULL)
		serve_log(r->serve, &p, &r->log);
	if (r->log.len >= FLUSH_OCTETS)
		pour(r);
	return n;
}

static void print_summary(const struct run *r)
{
	const struct serve_counts *c = serve_counted(r->serve);
	char when[STAMP_TEXT_MAX], passed[STAMP_TEXT_MAX];
	int64_t second_ns = lab_ns(r) / NS_PER_SECOND * NS_PER_SECOND;

	stamp_to_text(second_ns, when);
	span_to_text((monotonic_ns() - r->start_ns) / NS_PER_SECOND * NS_PER_SECOND, passed);
	printf("At %s of the lab, after %s: %" PRIu64 " answers, %" PRIu64 " referrals, %" PRIu64
	       " without such records, %" PRIu64 " without such a name, %" PRIu64 " refused, %" PRIu64
	       " malformed, %" PRIu64 " unsupported, %" PRIu64 " ignored, %" PRIu64
	       " to dead servers; %" PRIu64 " over TCP, %" PRIu64 " truncated.\n",
	       when, passed, c->answers, c->referrals, c->nodata, c->nxdomain, c->refused, c->malformed,
	       c->unsupported, c->ignored, c->dead, c->tcp, c->truncated);
	fflush(stdout);
}

/* Whether one of the signals says that it is enough. */
static bool hear(const struct run *r)
{
	struct signalfd_siginfo heard;
	bool enough = false;

	while (read(r->signals, &heard, sizeof heard) == sizeof heard) {
		if (heard.ssi_signo == SIGUSR1)
			print_summary(r);
		else
			enough = true;
	}
	return enough;
}

static enum err go_on(struct run *r)
{
	r->start_ns = monotonic_ns();
	while (r->err == OK && !is_over(r)) {
		keep(r, listen_serve(r->listen, TICK_MS, r->signals, answer, r));
		keep(r, serve_advance(r->serve, lab_ns(r)));
		pour(r);
		if (hear(r))
			break;
	}
	return r->err;
}

static enum err open_signals(struct run *r, struct diag *d)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
		r->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return r->signals < 0 ? diag_set(d, E_IO, "signals: %s", strerror(errno)) : OK;
}

static enum err take_line(void *context, const char *line, size_t len)
{
	struct output *o = context;

	buf_add(&o->text, line, len);
	output_flow(o);
	return o->text.err;
}

static enum err write_truth(const struct run *r, struct diag *d)
{
	struct output o = {0};
	enum err e, closed;

	if (r->o->lab.truth == NULL)
		return OK;
	e = output_open(&o, r->o->lab.truth, d);
	if (e != OK)
		return e;
	e = serve_truth(r->serve, take_line, &o);
	closed = output_close(&o, e == OK, d);
	return e == OK ? closed : diag_set(d, e, "%s: %s", r->o->lab.truth, err_text(e));
}

static enum err open_files(struct run *r, struct diag *d)
{
	const struct serve_options *v = &r->o->serve;
	enum err e = write_truth(r, d);

	if (e == OK && v->config_folder != NULL)
		e = resolvers_write(v->config_folder, v->places, v->n_places, d);
	if (e != OK || v->dnstap == NULL)
		return e;
	r->dnstap = fopen(v->dnstap, "wb");
	if (r->dnstap == NULL)
		return diag_set(d, E_IO, "%s: %s", v->dnstap, strerror(errno));
	fstrm_write_start(&r->log);
	return OK;
}

static enum err close_files(struct run *r, struct diag *d)
{
	enum err e = OK;

	if (r->dnstap != NULL) {
		fstrm_write_stop(&r->log);
		pour(r);
		if (fclose(r->dnstap) != 0)
			keep(r, E_IO);
		if (r->err == E_IO)
			e = diag_set(d, E_IO, "%s: %s", r->o->serve.dnstap, strerror(errno));
	}
	return e == OK ? write_truth(r, d) : e;
}

static void print_examples(const struct run *r, bool flux)
{
	const struct listen_place *at = &r->o->serve.places[r->o->serve.n_places > 1 ? 2 : 0];
	struct serve_example examples[EXAMPLES];
	size_t n = serve_examples(r->serve, flux, examples, EXAMPLES);
	char address[ADDR_TEXT_MAX], name[NAME_TEXT_MAX];

	addr_to_text(&at->addr, address);
	for (size_t i = 0; i < n; i++) {
		name_to_text(examples[i].name, name);
		printf("  dig @%s -p %u %s  # %s\n", addr_is_none(&at->addr) ? "127.0.0.1" : address,
		       (unsigned)at->port, name, examples[i].class);
	}
}

static void print_places(const struct serve_options *v)
{
	char text[ADDR_TEXT_MAX], top[ADDR_TEXT_MAX];

	if (addr_is_none(&v->places[0].addr)) {
		addr_to_text(&serve_root_address, text);
		addr_to_text(&serve_top_address, top);
		printf("Answers at every address of this namespace, port %u, UDP and TCP: at %s the root, at "
		       "%s top-level domains, at 127.0.0.1 all, elsewhere all zones.\n",
		       (unsigned)v->places[0].port, text, top);
		return;
	}
	for (size_t i = 0; i < v->n_places; i++) {
		addr_to_text(&v->places[i].addr, text);
		printf("Answers at %s, port %u, UDP and TCP: %s.\n", text, (unsigned)v->places[i].port,
		       v->n_places == 1 ? "the root, top-level domains, all zones"
		       : i == 0         ? "the root"
		       : i == 1         ? "top-level domains"
					: "all zones");
	}
}

static void print_start(const struct run *r)
{
	const struct serve_options *v = &r->o->serve;
	const struct lab_config *c = &r->o->lab.config;
	int64_t most_ns = (int64_t)((double)c->hours * 3600 / v->speed) * NS_PER_SECOND;
	static const char *const worlds[] = {
		[LAB_DEMO] = "demo", [LAB_WIDE] = "wide", [LAB_HONEST] = "honest"};
	char when[STAMP_TEXT_MAX], span[STAMP_TEXT_MAX];
	size_t all, flux, tops;

	serve_domains(r->serve, &all, &flux, &tops);
	stamp_to_text(LAB_START_NS, when);
	span_to_text(v->duration_ns != 0 && v->duration_ns < most_ns ? v->duration_ns : most_ns, span);
	printf("Serves the %s world of seed %" PRIu64 ": %zu domains below %zu top-level domains, %zu of "
	       "them flux; addresses of %s networks.\n",
	       worlds[c->world], c->seed, all, tops, flux, serve_is_real(r->serve) ? "real" : "made-up");
	printf("From %s of the lab on, %g times as fast as the clock, for %s.\n", when, v->speed, span);
	print_places(v);
	print_examples(r, true);
	print_examples(r, false);
	if (v->config_folder != NULL)
		printf("Configurations for resolvers: %s; the first line of each says how to start one.\n",
		       v->config_folder);
	if (r->o->lab.truth != NULL)
		printf("Truth: %s, with what was answered when it ends.\n", r->o->lab.truth);
	printf("Ctrl-C ends it; SIGUSR1 to process %ld prints a summary.\n", (long)getpid());
	fflush(stdout);
}

static enum err open_world(struct run *r, const struct nets *nets, struct diag *d)
{
	const struct serve_options *v = &r->o->serve;
	struct serve_config config = {.lab = r->o->lab.config, .n_at = v->n_places};

	config.lab.nets = nets;
	config.everywhere = addr_is_none(&v->places[0].addr);
	for (size_t i = 0; i < v->n_places; i++)
		config.at[i] = v->places[i].addr;
	if (v->divide_ttl)
		config.ttl_divisor = (uint32_t)lround(v->speed);
	return serve_open(&r->serve, &config, d);
}

static int serve(const struct options *o, const struct nets *nets)
{
	struct run r = {.o = o, .signals = -1};
	struct diag d = {{0}};
	enum err e = listen_open(&r.listen, o->serve.places, o->serve.n_places, &d);
	bool wrong;

	if (e == OK)
		e = open_world(&r, nets, &d);
	wrong = e == E_RANGE;
	if (e == OK)
		e = open_signals(&r, &d);
	if (e == OK)
		e = open_files(&r, &d);
	if (e == OK) {
		print_start(&r);
		e = go_on(&r);
		if (e != OK)
			diag_set(&d, e, "%s", e == E_IO ? strerror(errno) : err_text(e));
		print_summary(&r);
		keep(&r, close_files(&r, &d));
		e = r.err;
	}
	serve_close(r.serve);
	listen_close(r.listen);
	buf_fini(&r.log);
	if (r.signals >= 0)
		close(r.signals);
	if (e == OK)
		return CLI_NOTHING;
	if (wrong)
		return help_usage("lab serve ", d.text);
	help_complain("%s", d.text);
	return CLI_UNREAD;
}

int cli_serve(int argc, char **argv)
{
	struct options o = {.verb = VERB_SERVE};
	int status;

	if (!help_options(&o, argc, argv, &status))
		return status;
	return lab_in_nets(&o, serve);
}
