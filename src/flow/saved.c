/* SPDX-License-Identifier: Apache-2.0 */
/* saved.c -- see saved.h. */
#include "flow/saved.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stamp.h"
#include "flow/suspects.h"
#include "profile/state.h"

enum { VERSION = 4, SECTIONS = 1 + OBS_ALL + OBS_PARTITIONS };
enum { SECTION_ABOUT = 1, SECTION_PARTITION, SECTION_MEMBERS };
#define SAVED_UP_MOST (INT64_C(1) << 60) /* none can have come so far */
enum { ABOUT_OCTETS_MAX = 1 << 20, SECTION_OCTETS_LEAST = 16 << 20 };

static const char remedy[] = "give another directory to --state, or move the file away to begin anew";

static struct sections_about about_of(const struct flow *f)
{
	const char *program = f->config.state.program;

	return (struct sections_about){.magic = {'d', 'e', 'f', 'l', 's', 't', 'a', 't'},
				       .version = VERSION,
				       .layout = state_layout(),
				       .program = program == NULL ? "" : program,
				       .what = "a state of deflux",
				       .remedy = remedy};
}

static char *path_in(const char *folder, const char *name)
{
	struct buf text = {0};

	buf_printf(&text, "%s/%s", folder, name);
	return text.err == OK ? (char *)text.bytes : NULL; /* ends with NUL: see buf_printf */
}

/* ---- the directory ---- */

static enum err refuse(struct diag *d, const char *path, const char *what)
{
	return diag_set(d, E_IO, "--state %.200s: %s", path, what);
}

/* Two runs on one state would each undo what the other found. */
static enum err take_lock(struct saved *s, const char *folder, struct diag *d)
{
	char *path = path_in(folder, "lock");
	enum err e = OK;

	s->lock = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0)
		e = refuse(d, path == NULL ? folder : path, strerror(path == NULL ? ENOMEM : errno));
	else if (flock(s->lock, LOCK_EX | LOCK_NB) != 0)
		e = refuse(d, folder,
			   errno == EWOULDBLOCK ? "another run of deflux is at work on it" : strerror(errno));
	free(path);
	return e;
}

/* ---- about the whole ---- */

static const char *next_name(const char *name)
{
	return name + strlen(name) + 1;
}

/* The number of a vantage point in the state; a name that is new there gets the next one. */
static uint16_t number_of(struct saved *s, const char *name)
{
	const char *known = (const char *)s->names.bytes;

	for (uint32_t i = 0; i < s->n_names; i++, known = next_name(known))
		if (strcmp(known, name) == 0)
			return (uint16_t)(i + 1);
	if (s->n_names == UINT16_MAX - 1) /* all further ones are one: a partition tells few apart anyway */
		return UINT16_MAX;
	buf_add(&s->names, name, strlen(name) + 1);
	return (uint16_t)++s->n_names;
}

static enum err map_vantages(struct flow *f, struct diag *d)
{
	const struct flow_state_config *config = &f->config.state;
	struct saved *s = &f->saved;

	s->vantages = calloc(config->n_vantages + 1, sizeof *s->vantages);
	if (s->vantages == NULL)
		return diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	for (size_t i = 1; i < config->n_vantages; i++)
		s->vantages[i] = number_of(s, config->vantages[i]);
	s->n_vantages = config->n_vantages;
	return s->names.err == OK ? OK : diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
}

/* The names behind it are as many as it says. */
static bool names_are_good(const char *names, size_t len, uint32_t n)
{
	size_t at = 0;

	for (uint32_t i = 0; i < n; i++) {
		const char *end = at == len ? NULL : memchr(names + at, 0, len - at);

		if (end == NULL)
			return false;
		at = (size_t)(end - names) + 1;
	}
	return at == len && n < UINT16_MAX;
}

static bool is_moment(int64_t ns)
{
	return ns == STAMP_NONE || ns >= 0;
}

static bool about_is_good(const struct saved_about *a)
{
	return is_moment(a->first_ns) && is_moment(a->last_ns) && is_moment(a->tick) &&
	       a->newest_ns >= INT64_MIN / 2 && a->since_boundary < UINT32_MAX &&
	       a->saved_up > -SAVED_UP_MOST && a->saved_up < SAVED_UP_MOST && a->marked <= 1;
}

/* Settings that a state hangs on. */
static enum err check_settings(const struct flow *f, const struct saved_about *a, struct diag *d)
{
	if (a->seed != f->config.seed)
		return diag_set(d, E_IO,
				"--state %.150s: was made with --seed %" PRIu64
				"; give that, or another directory",
				f->config.state.path, a->seed);
	if (a->method != (uint32_t)f->config.method)
		return diag_set(d, E_IO,
				"--state %.150s: was made with another --method; give that, or another "
				"directory",
				f->config.state.path);
	return OK;
}

static enum err use_about(struct flow *f, const struct buf *octets, struct diag *d)
{
	struct saved *s = &f->saved;
	struct saved_about a;
	enum err e;

	if (octets->len < sizeof a)
		return sections_refuse(&s->file, "is damaged", d);
	memcpy(&a, octets->bytes, sizeof a);
	if (!about_is_good(&a) ||
	    !names_are_good((const char *)octets->bytes + sizeof a, octets->len - sizeof a, a.n_vantages))
		return sections_refuse(&s->file, "is damaged", d);
	e = check_settings(f, &a, d);
	if (e != OK)
		return e;
	buf_add(&s->names, octets->bytes + sizeof a, octets->len - sizeof a);
	s->n_names = a.n_vantages;
	s->about = a;
	s->last_ns = a.last_ns;
	s->continued = true;
	f->config.bucket_key = a.bucket_key;
	f->tick = a.tick;
	f->since_boundary = a.since_boundary;
	f->newest_ns = a.newest_ns;
	f->saved_up = a.saved_up;
	f->marked = a.marked != 0;
	return s->names.err == OK ? OK : diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
}

/* The octets of a section: which there must be, and not larger than what there is memory for. */
static enum err read_section(struct flow *f, uint32_t kind, uint32_t number, struct buf *to, struct diag *d)
{
	struct sections *file = &f->saved.file;
	const struct sections_row *row = sections_find(file, kind, number);
	size_t most = f->config.memory_bytes / 2;

	if (kind == SECTION_ABOUT)
		most = ABOUT_OCTETS_MAX;
	else if (most < SECTION_OCTETS_LEAST)
		most = SECTION_OCTETS_LEAST;
	buf_clear(to);
	if (row == NULL)
		return sections_refuse(file, "lacks a part", d);
	if (row->octets > most)
		return diag_set(d, E_MEMORY, "%.200s: is too large for this --memory", file->path);
	return sections_read(file, row, to, d);
}

/* A command line that fits another state is no wrong command line. */
static enum err no_usage(enum err e)
{
	return e == E_FORMAT ? E_IO : e;
}

static enum err read_about(struct flow *f, struct diag *d)
{
	struct saved *s = &f->saved;
	struct buf octets = {0};
	enum err e;

	s->kind = about_of(f);
	e = sections_open(&s->file, &s->kind, s->path, d);
	if (e == E_ABSENT)
		return OK;
	if (e == OK)
		e = read_section(f, SECTION_ABOUT, 0, &octets, d);
	if (e == OK)
		e = use_about(f, &octets, d);
	buf_fini(&octets);
	return no_usage(e);
}

enum err saved_open(struct flow *f, struct diag *d)
{
	const char *folder = f->config.state.path;
	struct saved *s = &f->saved;
	enum err e;

	s->last_ns = STAMP_NONE;
	s->lock = -1;
	if (folder == NULL)
		return OK;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return refuse(d, folder, strerror(errno));
	s->path = path_in(folder, "state");
	if (s->path == NULL)
		return diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	e = take_lock(s, folder, d);
	if (e == OK)
		e = read_about(f, d);
	return e == OK ? map_vantages(f, d) : e;
}

/* ---- the partitions and the member space ---- */

static enum err load_one(struct flow *f, uint32_t kind, unsigned i, struct buf *octets, struct diag *d)
{
	enum err e = read_section(f, kind, i, octets, d);

	if (e != OK)
		return e;
	e = kind == SECTION_PARTITION ? state_get_partition(&f->partitions[i], i, octets->bytes, octets->len)
				      : state_get_members(&f->members, i, octets->bytes, octets->len);
	if (e == E_FORMAT)
		return sections_refuse(&f->saved.file, "is damaged", d);
	if (e != OK)
		return diag_set(d, e, "%s", err_text(e));
	if (f->config.memory_bytes >= f->saved.about.memory_bytes)
		return OK; /* when there is need, it is trimmed at the next boundary, as it would have been */
	if (kind == SECTION_PARTITION)
		(void)partition_trim(&f->partitions[i]);
	else
		(void)members_trim(&f->members, i);
	return OK;
}

static void show_domains(struct flow *f)
{
	for (unsigned g = 0; g < OBS_GROUPS; g++) {
		for (unsigned i = g; i < OBS_PARTITIONS; i += OBS_GROUPS)
			f->groups[g].domains += f->partitions[i].n_domains + f->partitions[i].newcomers.n;
		f->shown.domains += f->groups[g].domains;
	}
}

enum err saved_load(struct flow *f, struct diag *d)
{
	struct buf octets = {0};
	enum err e = OK;

	if (!f->saved.continued)
		return OK;
	for (unsigned i = 0; e == OK && i < OBS_ALL; i++)
		e = load_one(f, SECTION_PARTITION, i, &octets, d);
	for (unsigned i = 0; e == OK && i < OBS_PARTITIONS; i++)
		e = load_one(f, SECTION_MEMBERS, i, &octets, d);
	buf_fini(&octets);
	sections_close(&f->saved.file);
	members_publish(&f->members);
	show_domains(f);
	if (e == OK && !suspects_resume(f))
		e = diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	return no_usage(e);
}

/* ---- writing ---- */

static void put_about(const struct flow *f, struct buf *to)
{
	const struct saved *s = &f->saved;
	struct saved_about a = {
		.seed = f->config.seed,
		.bucket_key = f->profile.bucket_key,
		.memory_bytes = f->config.memory_bytes,
		.tick = f->tick,
		.newest_ns = f->newest_ns,
		.first_ns = s->continued && s->about.first_ns != STAMP_NONE ? s->about.first_ns
									    : f->shown.first_ns,
		.last_ns = stamp_later(s->last_ns, f->shown.last_ns),
		.since_boundary = f->since_boundary,
		.saved_up = f->saved_up,
		.marked = f->marked,
		.method = (uint32_t)f->config.method,
		.n_vantages = s->n_names,
	};

	for (unsigned i = 0; i < OBS_PARTITIONS; i++)
		a.domains += f->partitions[i].n_domains + f->partitions[i].newcomers.n;
	buf_add(to, &a, sizeof a);
	buf_add(to, s->names.bytes, s->names.len);
}

static void put_all(const struct flow *f, struct sections_writer *w, struct buf *octets)
{
	put_about(f, octets);
	sections_add(w, SECTION_ABOUT, 0, octets);
	for (unsigned i = 0; i < OBS_ALL; i++) {
		buf_clear(octets);
		state_put_partition(&f->partitions[i], octets);
		sections_add(w, SECTION_PARTITION, i, octets);
	}
	for (unsigned i = 0; i < OBS_PARTITIONS; i++) {
		buf_clear(octets);
		state_put_members(&f->members, i, octets);
		sections_add(w, SECTION_MEMBERS, i, octets);
	}
}

void saved_write(struct flow *f)
{
	struct saved *s = &f->saved;
	struct sections_writer w;
	struct buf octets = {0};
	enum err e;

	if (s->path == NULL)
		return;
	e = sections_begin(&w, &s->kind, s->path, SECTIONS, &s->problem);
	if (e == OK) {
		put_all(f, &w, &octets);
		e = sections_end(&w, &s->problem);
	}
	buf_fini(&octets);
	s->failed = e != OK;
}

void saved_close(struct saved *s)
{
	sections_close(&s->file);
	buf_fini(&s->names);
	free(s->vantages);
	if (s->path != NULL && s->lock >= 0)
		close(s->lock); /* the file stays: to take it away would let two hold it */
	free(s->path);
	*s = (struct saved){0};
}

struct flow_state flow_state(const struct flow *f)
{
	const struct saved *s = &f->saved;

	return (struct flow_state){.continued = s->continued,
				   .domains = s->about.domains,
				   .last_ns = s->last_ns,
				   .problem = s->failed ? s->problem.text : NULL};
}
