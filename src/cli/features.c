/* SPDX-License-Identifier: Apache-2.0 */
/* features.c -- see features.h. deflux-output(5) says what each field means; their order is kept. */
#include "cli/features.h"

#include <math.h>
#include <string.h>

#include "cli/words.h"
#include "judge/inputs.h"

enum { DECIBAN_STEPS = 1000000 }; /* finer than in other forms: it is compared with what a fit comes to */

static void add_name(struct buf *to, const char *name)
{
	buf_printf(to, ",\"%s\":", name);
}

static void add_whole(struct buf *to, const char *name, unsigned n)
{
	add_name(to, name);
	buf_printf(to, "%u", n);
}

static void add_whole_or_null(struct buf *to, const char *name, bool has, unsigned n)
{
	if (has) {
		add_whole(to, name, n);
	} else {
		add_name(to, name);
		buf_add_text(to, "null");
	}
}

static void add_decibans(struct buf *to, const char *name, double db)
{
	add_name(to, name);
	buf_printf(to, "%.6f", facts_decibans(db, DECIBAN_STEPS));
}

/* What name and space say of each kind, held against how frequent the kind is: it is this that is weighed. */
static void add_kinds(struct buf *to, const char *name, const struct inputs_kinds *kinds)
{
	add_name(to, name);
	buf_add_char(to, '[');
	for (unsigned i = 0; i < kinds->n; i++) {
		buf_add_text(to, i == 0 ? "[" : ",[");
		for (unsigned k = 0; k < NET_KINDS; k++)
			buf_printf(to, "%s%.6g", k == 0 ? "" : ",",
				   (double)kinds->of[i]->kind[k] / nets_kind_base[k]);
		buf_add_char(to, ']');
	}
	buf_add_char(to, ']');
}

static void add_inputs(struct buf *to, const struct inputs *in)
{
	add_name(to, "trust");
	buf_printf(to, "%.6g", in->trust);
	add_kinds(to, "kinds", &in->hosts);
	add_kinds(to, "server_kinds", &in->apart);
	add_whole(to, "members", in->members);
	add_whole(to, "drawn", in->drawn);
	add_whole(to, "networks", in->networks);
	add_whole_or_null(to, "movable", in->moved.has, in->moved.n);
	add_whole_or_null(to, "moved", in->moved.has, in->moved.hits);
	add_whole_or_null(to, "answer_size", in->answer_max != 0, in->answer_max);
	add_whole_or_null(to, "ttl", in->has_ttl, in->ttl_median);
	add_whole_or_null(to, "servers", in->both.has, in->both.n);
	add_whole_or_null(to, "both", in->both.has, in->both.hits);
	add_whole_or_null(to, "server_networks", in->has_servers, in->server_networks);
	if (in->shared == 0)
		add_whole_or_null(to, "shared_db", false, 0);
	else
		add_decibans(to, "shared_db", 10 * log10(in->shared_flux / in->shared_honest));
}

static void add_naming(struct buf *to, const struct inputs_naming *in)
{
	add_whole(to, "names", in->names);
	add_whole(to, "answers", in->answers);
	add_name(to, "users");
	buf_printf(to, "%.6g", in->users);
	add_name(to, "own_address");
	buf_add_text(to, in->own_address ? "true" : "false");
}

void features_jsonl(const struct facts *f, struct buf *to)
{
	const struct finding *x = f->finding;
	struct inputs_naming naming;
	struct inputs in;

	inputs_naming_of(x->view, &naming);
	inputs_of(x->judge, x->view, &in);
	buf_add_text(to, "{\"domain\":");
	words_json(to, f->name, strlen(f->name));
	buf_printf(to, ",\"verdict\":\"%s\"", f->verdict);
	add_decibans(to, "llr_db", x->judgement->llr_db);
	add_whole(to, "homes", x->view->homes);
	add_whole(to, "server_homes", x->view->server_homes);
	add_inputs(to, &in);
	add_naming(to, &naming);
	buf_add_text(to, "}\n");
}
