/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cof.c -- passive DNS lines: the Common Output Format, DNSDB's rrset lines (alone or in "obj"), nmsg's JSON.
 *
 * A line is one rrset with its first and last sighting and a count. It becomes a response whose question is
 * the rrset; names and rdata are in presentation form.
 */
#include <string.h>

#include "dns/rdata.h"
#include "source/logwire.h"

enum {
	COF_LACKS = LACK_AUTHORITY | LACK_ADDITIONAL | LACK_TTL | LACK_LOOKUPS | LACK_QUERIES | LACK_SERVER |
		    LACK_FLAGS
};

static enum err name_of(const struct json_value *v, struct name *out)
{
	struct log_text t = log_text_of(v);

	return t.len == 0 ? E_FORMAT : name_from_text(t.at, t.len, out);
}

/* The moment named by `key`, or else by `zone_key`. False: neither is there, or not a time. */
static bool moment(const struct json_value *rrset, const char *key, const char *zone_key, int64_t *out_ns)
{
	struct log_text t = log_text_of(json_get(rrset, key));

	if (t.at == NULL)
		t = log_text_of(json_get(rrset, zone_key));
	return log_time(t, out_ns) == OK;
}

/* First and last sighting; each stands in for the other, nmsg's own time for both. */
static bool fill_times(const struct json_value *root, const struct json_value *rrset, struct intake *in)
{
	int64_t first, last;
	bool has_first = moment(rrset, "time_first", "zone_time_first", &first);
	bool has_last = moment(rrset, "time_last", "zone_time_last", &last);

	if (!has_first && !has_last) {
		has_first = root != rrset && moment(root, "time", "timestamp", &first);
		if (!has_first)
			return false;
	}
	if (!has_last)
		last = first;
	if (!has_first)
		first = last;
	in->time_ns = first < last ? first : last;
	in->last_ns = first < last ? last : first;
	return true;
}

static uint32_t count_of(const struct json_value *rrset)
{
	uint64_t n = 1;
	enum err e = log_number(log_text_of(json_get(rrset, "count")), UINT64_MAX, &n);

	if (e != OK || n == 0)
		return 1;
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* nmsg names the section a record was seen in by its number in the message, the question being 0. */
static enum section section_of(const struct json_value *rrset)
{
	uint64_t n = 1;

	if (log_number(log_text_of(json_get(rrset, "section")), 3, &n) != OK || n == 0)
		return SECTION_ANSWER;
	return (enum section)(n - 1);
}

/* One rdata text; what rdata_from_text cannot read is left out. */
static void put_rdata(struct logwire *w, const struct build_head *set, const struct json_value *v)
{
	struct log_text t = log_text_of(v);
	struct rdata_room room = {.octets = w->rdata, .room = sizeof w->rdata};

	if (t.len == 0 || rdata_from_text(set->type, t.at, t.len, &room) != OK)
		w->left_out++;
	else
		build_record(&w->build, set, w->rdata, room.len);
}

static bool is_internet(const struct json_value *class)
{
	return class == NULL || json_is(class, "IN") || log_text_is(log_text_of(class), "1");
}

/* The question: nmsg's, where it has one, else the rrset itself. */
static enum err question(const struct json_value *v, const struct build_head *set, struct name *qname,
			 uint16_t *qtype)
{
	*qname = *set->owner;
	*qtype = set->type;
	if (json_get(v, "qname") == NULL || json_get(v, "qtype") == NULL)
		return OK;
	if (name_of(json_get(v, "qname"), qname) != OK)
		return E_FORMAT;
	return log_type(log_text_of(json_get(v, "qtype")), qtype);
}

static enum log_line take_rrset(struct log_reader *r, const struct json_value *v, const struct log_out *to)
{
	const struct json_value *rdata = json_get(v, "rdata");
	struct logwire *w = &r->wire;
	struct name owner;
	struct build_head set = {.owner = &owner};
	struct name qname;
	uint16_t qtype;
	uint64_t ttl = 0;

	if (name_of(json_get(v, "rrname"), &owner) != OK ||
	    log_type(log_text_of(json_get(v, "rrtype")), &set.type) != OK || rdata == NULL ||
	    question(v, &set, &qname, &qtype) != OK)
		return LINE_BAD;
	set.section = section_of(v);
	logwire_begin(w, &qname, qtype, 0, FLAG_QR | FLAG_RD | FLAG_RA);
	w->in.lacks = COF_LACKS;
	if (log_number(log_text_of(json_get(v, "rrttl")), UINT32_MAX, &ttl) == OK ||
	    log_number(log_text_of(json_get(v, "ttl")), UINT32_MAX, &ttl) == OK)
		w->in.lacks &= (uint16_t)~LACK_TTL;
	set.ttl = (uint32_t)ttl;
	w->in.count = count_of(v);
	if (!fill_times(r->json.values, v, &w->in))
		return LINE_BAD;
	if (rdata->kind == JSON_ARRAY)
		for (const struct json_value *text = rdata + 1; text < rdata + rdata->span;
		     text += text->span)
			put_rdata(w, &set, text);
	else
		put_rdata(w, &set, rdata);
	if (w->build.err == OK && memcmp(w->bytes + 6, "\0\0\0\0\0", 6) == 0)
		return w->left_out != 0 ? LINE_OTHER : LINE_BAD; /* nothing that a message could say */
	return logwire_give(w, to);
}

enum log_line cof_take(struct log_reader *r, const struct log_out *to)
{
	const struct json_value *root = r->json.values, *v = json_get(root, "obj");

	if (v == NULL && json_get(root, "cond") != NULL) /* DNSDB's stream: begin, ongoing, succeeded, ... */
		return LINE_EMPTY;
	if (v == NULL && json_get(root, "rrname") == NULL) {
		v = json_get(root, "message");
		if (v == NULL || v->kind != JSON_OBJECT)
			return LINE_BAD;
		if (json_get(v, "rrname") == NULL || json_get(v, "rdata") == NULL)
			return LINE_OTHER; /* another message type of nmsg, or a question alone */
	}
	v = v == NULL ? root : v;
	return is_internet(json_get(v, "rrclass")) ? take_rrset(r, v, to) : LINE_OTHER;
}
