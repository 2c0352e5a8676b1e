/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c -- see facts.h. */
#include "cli/facts.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>

#include "base/stamp.h"
#include "cli/words.h"

enum {
	PROBABILITY_DIGITS = 6,
	LLR_MOST = 9999,
	DECIBAN_STEPS = 100, /* a tenth of a percent of the odds is more than anybody can mean */
	REAL_DIGITS = 12
};

#define DAY_NS (86400 * NS_PER_SECOND)

double facts_decibans(double db, unsigned steps)
{
	if (!isfinite(db))
		return isnan(db) ? 0 : db > 0 ? LLR_MOST : -LLR_MOST;
	db = round(db * steps) / steps;
	return db == 0 ? 0 : db;
}

/* Too short a time says nothing of a day. */
static double per_day(unsigned moved, int64_t span_ns)
{
	return span_ns < DAY_NS / 24 ? 0 : moved / ((double)span_ns / (double)DAY_NS);
}

void facts_of(const struct finding *x, struct facts *out)
{
	const struct view *v = x->view;
	const struct judgement *j = x->judgement;
	bool has_hosts = v->hosts != 0; /* else the name servers are what there is */

	*out = (struct facts){.finding = x, .domain = v->domain};
	name_to_text(v->name, out->name);
	out->verdict = verdict_text(j->verdict);
	out->kind = flux_kind_text(j->kind);
	out->carrier = carrier_text(j->carrier);
	out->probability = isfinite(j->probability) ? words_round(j->probability, PROBABILITY_DIGITS) : 0;
	out->llr_db = facts_decibans(j->llr_db, DECIBAN_STEPS);
	out->prior = j->prior;
	out->graded = j->prior > 0;
	out->names = v->names;
	out->addresses = (has_hosts ? v->hosts : v->servers) + v->more_members;
	out->asns = v->networks;
	out->countries = v->countries;
	out->turnover = has_hosts ? (double)v->moved / v->hosts : 0;
	out->turnover_per_day = per_day(v->moved, v->domain->last_ns - v->domain->first_ns);
}

bool facts_is_counted(const struct view *v, const struct view_member *m)
{
	const unsigned hosts = MEMBER_HOST | MEMBER_ALIAS | MEMBER_NS_HOST | MEMBER_HINT;

	return (m->roles & (v->hosts != 0 ? hosts : MEMBER_NS)) != 0;
}

const char *facts_lack(unsigned bit)
{
	static const char *const words[FACTS_LACKS] = {"authority", "additional", "owner",  "ttl",
						       "lookups",   "queries",    "server", "flags"};

	return words[bit];
}

static json_t *text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *time_or_null(int64_t time_ns)
{
	char text[STAMP_TEXT_MAX];

	if (time_ns == STAMP_NONE)
		return json_null();
	stamp_to_text(time_ns, text);
	return json_string(text);
}

static json_t *real_or_null(double v)
{
	return isfinite(v) ? json_real(words_round(v, 4)) : json_null();
}

static json_t *evidence_json(const struct evidence *e)
{
	const struct feature_info *info = feature_info(e->feature);
	json_t *o = json_object();

	json_object_set_new(o, "feature", json_string(info->name));
	json_object_set_new(o, "value", real_or_null(e->value));
	json_object_set_new(o, "unit", json_string(info->unit));
	json_object_set_new(o, "expected_flux", real_or_null(e->expected_flux));
	json_object_set_new(o, "expected_rival", real_or_null(e->expected_rival));
	json_object_set_new(o, "rival", text_or_null(e->rival));
	json_object_set_new(o, "weight", json_real(facts_decibans(e->weight_db, DECIBAN_STEPS)));
	json_object_set_new(o, "reason", json_string(e->reason));
	return o;
}

static json_t *wait_json(const struct wait *w)
{
	json_t *o = json_object();

	json_object_set_new(o, "what", json_string(w->what));
	json_object_set_new(o, "amount", json_integer(w->amount));
	json_object_set_new(o, "unit", json_string(w->unit));
	json_object_set_new(o, "leads_to", text_or_null(w->decides ? verdict_text(w->verdict) : NULL));
	json_object_set_new(o, "time_s",
			    isfinite(w->time_s) ? json_integer((json_int_t)ceil(w->time_s)) : json_null());
	json_object_set_new(o, "text", json_string(w->text));
	return o;
}

static json_t *lacking_json(uint16_t lacks)
{
	json_t *a = json_array();

	for (unsigned bit = 0; bit < FACTS_LACKS; bit++)
		if ((lacks & 1u << bit) != 0)
			json_array_append_new(a, json_string(facts_lack(bit)));
	return a;
}

static json_t *ttl_json(const struct view *v, uint32_t ttl)
{
	return v->have_ttl ? json_integer(ttl) : json_null();
}

static void add_numbers(json_t *o, const struct facts *f)
{
	const struct view *v = f->finding->view;

	json_object_set_new(o, "names", json_integer(f->names));
	json_object_set_new(o, "first_seen", time_or_null(f->domain->first_ns));
	json_object_set_new(o, "last_seen", time_or_null(f->domain->last_ns));
	json_object_set_new(o, "decided_at", time_or_null(f->finding->decided_ns));
	json_object_set_new(o, "answers", json_integer(f->domain->answers));
	json_object_set_new(o, "addresses", json_integer(f->addresses));
	json_object_set_new(o, "asns", json_integer(f->asns));
	json_object_set_new(o, "countries", json_integer(f->countries));
	json_object_set_new(o, "ttl_min", ttl_json(v, v->ttl_min));
	json_object_set_new(o, "ttl_median", ttl_json(v, v->ttl_median));
}

static int add_bytes(const char *bytes, size_t len, void *to)
{
	buf_add(to, bytes, len);
	return 0;
}

void facts_jsonl(const struct facts *f, struct buf *to)
{
	const struct judgement *j = f->finding->judgement;
	json_t *o = json_object(), *evidence = json_array(), *waits = json_array();

	json_object_set_new(o, "domain", json_string(f->name));
	json_object_set_new(o, "verdict", json_string(f->verdict));
	json_object_set_new(o, "probability", json_real(f->probability));
	json_object_set_new(o, "llr_db", json_real(f->llr_db));
	json_object_set_new(o, "prior", json_real(f->prior));
	json_object_set_new(o, "kind", text_or_null(f->kind));
	json_object_set_new(o, "carrier", text_or_null(f->carrier));
	json_object_set_new(o, "class", json_string(j->class));
	add_numbers(o, f);
	json_object_set_new(o, "network", text_or_null(f->network));
	for (unsigned i = 0; i < j->n_evidence; i++)
		json_array_append_new(evidence, evidence_json(&j->evidence[i]));
	json_object_set_new(o, "evidence", evidence);
	for (unsigned i = 0; i < j->n_waits; i++)
		json_array_append_new(waits, wait_json(&j->waits[i]));
	json_object_set_new(o, "waits_for", waits);
	json_object_set_new(o, "lacking", lacking_json(f->domain->lacks));
	if (json_dump_callback(o, add_bytes, to, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS)) != 0)
		to->err = to->err == OK ? E_MEMORY : to->err; /* jansson fails for want of memory alone */
	json_decref(o);
	buf_add_char(to, '\n');
}

void facts_csv_head(struct buf *to)
{
	buf_add_text(to,
		     "domain,verdict,probability,llr_db,prior,kind,carrier,class,names,first_seen,last_seen,"
		     "decided_at,answers,addresses,asns,countries,ttl_min,ttl_median,network\r\n");
}

static void csv_text(struct buf *to, const char *text)
{
	words_csv(to, text == NULL ? "" : text);
	buf_add_char(to, ',');
}

static void csv_time(struct buf *to, int64_t time_ns)
{
	char text[STAMP_TEXT_MAX] = "";

	if (time_ns != STAMP_NONE)
		stamp_to_text(time_ns, text);
	csv_text(to, text);
}

void facts_csv(const struct facts *f, struct buf *to)
{
	const struct view *v = f->finding->view;

	csv_text(to, f->name);
	csv_text(to, f->verdict);
	buf_printf(to, "%.*g,%.*g,%.*g,", REAL_DIGITS, f->probability, REAL_DIGITS, f->llr_db, REAL_DIGITS,
		   f->prior);
	csv_text(to, f->kind);
	csv_text(to, f->carrier);
	csv_text(to, f->finding->judgement->class);
	buf_printf(to, "%u,", f->names);
	csv_time(to, f->domain->first_ns);
	csv_time(to, f->domain->last_ns);
	csv_time(to, f->finding->decided_ns);
	buf_printf(to, "%" PRIu32 ",%u,%u,%u,", f->domain->answers, f->addresses, f->asns, f->countries);
	if (v->have_ttl)
		buf_printf(to, "%" PRIu32 ",%" PRIu32 ",", v->ttl_min, v->ttl_median);
	else
		buf_add_text(to, ",,");
	words_csv(to, f->network == NULL ? "" : f->network);
	buf_add_text(to, "\r\n");
}
