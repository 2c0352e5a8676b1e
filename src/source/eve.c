/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eve.c -- dns events of Suricata's EVE log.
 *
 * Version 1 writes an event per record ("answer" with rdata; a failure has an rcode and no rrtype). Version 2
 * writes a response as one event, its records in detail (`answers`), as texts by type (`grouped`), or both.
 * Version 3 adds the `queries` array and calls its events request and response. Suricata names a TXT or a
 * name as log text (logwire.h).
 */
#include <string.h>

#include "base/ascii.h"
#include "source/logwire.h"

/* One dns event taken apart. */
struct event {
	const struct json_value *root, *dns;
	int64_t time_ns;
	uint64_t flow, id; /* 0 where missing */
	uint16_t flags;    /* with the rcode */
	bool has_flags, is_response;
	unsigned version;
};

static uint64_t number_of(const struct json_value *v, uint64_t max)
{
	uint64_t n = 0;

	return log_number(log_text_of(v), max, &n) == OK ? n : 0;
}

static bool is_true(const struct json_value *v)
{
	return v != NULL && v->kind == JSON_BOOL && v->len == 4;
}

/* "8180", without leading zeros. */
static bool hex_flags(const struct json_value *v, uint16_t *out)
{
	unsigned flags = 0;

	if (v == NULL || v->kind != JSON_STRING || v->len == 0 || v->len > 4)
		return false;
	for (size_t i = 0; i < v->len; i++) {
		int digit = ascii_hex((uint8_t)v->text[i]);

		if (digit < 0)
			return false;
		flags = flags << 4 | (unsigned)digit;
	}
	*out = (uint16_t)flags;
	return true;
}

/* The hexadecimal word where there is one, else what the single members say. */
static void read_flags(struct event *ev)
{
	const struct json_value *dns = ev->dns;
	unsigned flags = 0;
	uint16_t word, rcode;

	if (hex_flags(json_get(dns, "flags"), &word)) {
		flags = word;
		ev->has_flags = true;
	} else {
		flags |= is_true(json_get(dns, "aa")) ? FLAG_AA : 0;
		flags |= is_true(json_get(dns, "tc")) ? FLAG_TC : 0;
		flags |= is_true(json_get(dns, "rd")) ? FLAG_RD : 0;
		flags |= is_true(json_get(dns, "ra")) ? FLAG_RA : 0;
		ev->has_flags = flags != 0;
		if (log_rcode(log_text_of(json_get(dns, "rcode")), &rcode) == OK)
			flags |= rcode & 0xfu;
	}
	ev->flags = (uint16_t)(ev->is_response ? flags | FLAG_QR : flags & ~(unsigned)FLAG_QR);
}

/* LINE_MESSAGE: a dns event to go on with. */
static enum log_line read_event(const struct json_value *root, struct event *ev)
{
	const struct json_value *type = json_get(root, "event_type"), *kind;

	if (json_is(type, "mdns"))
		return LINE_MDNS;
	if (!json_is(type, "dns"))
		return type != NULL && type->kind == JSON_STRING ? LINE_OTHER : LINE_BAD;
	*ev = (struct event){.root = root, .dns = json_get(root, "dns")};
	if (ev->dns == NULL || ev->dns->kind != JSON_OBJECT ||
	    log_time(log_text_of(json_get(root, "timestamp")), &ev->time_ns) != OK)
		return LINE_BAD;
	if (number_of(json_get(root, "dest_port"), UINT16_MAX) == MDNS_PORT ||
	    number_of(json_get(root, "src_port"), UINT16_MAX) == MDNS_PORT)
		return LINE_MDNS;
	kind = json_get(ev->dns, "type");
	ev->is_response = json_is(kind, "answer") || json_is(kind, "response");
	if (!ev->is_response && !json_is(kind, "query") && !json_is(kind, "request"))
		return LINE_OTHER;
	ev->version = (unsigned)number_of(json_get(ev->dns, "version"), 1000);
	ev->flow = number_of(json_get(root, "flow_id"), UINT64_MAX);
	ev->id = number_of(json_get(ev->dns, "id"), UINT16_MAX);
	read_flags(ev);
	return LINE_MESSAGE;
}

/*
 * A response may be written in the direction of its packet or of its flow, so the DNS port tells the server.
 * Without that port, or with it on both sides, only a query's direction is sure.
 */
static void fill_sides(const struct event *ev, struct intake *in)
{
	uint64_t src_port = number_of(json_get(ev->root, "src_port"), UINT16_MAX);
	uint64_t dest_port = number_of(json_get(ev->root, "dest_port"), UINT16_MAX);
	struct log_text src = log_text_of(json_get(ev->root, "src_ip"));
	struct log_text dest = log_text_of(json_get(ev->root, "dest_ip"));
	bool sure = (src_port == DNS_PORT) != (dest_port == DNS_PORT);
	bool from_server = sure && src_port == DNS_PORT;

	if (!sure && ev->is_response) {
		in->lacks |= LACK_SERVER;
		return;
	}
	if (addr_from_text(from_server ? src.at : dest.at, from_server ? src.len : dest.len, &in->server) !=
	    OK)
		in->lacks |= LACK_SERVER;
	if (addr_from_text(from_server ? dest.at : src.at, from_server ? dest.len : src.len, &in->client) !=
	    OK)
		in->client = (struct addr){{0}};
	in->client_port = (uint16_t)(from_server ? dest_port : src_port);
}

static void begin(struct logwire *w, const struct event *ev, const struct name *qname, uint16_t qtype)
{
	logwire_begin(w, qname, qtype, (uint16_t)ev->id, ev->flags);
	w->in.time_ns = w->in.last_ns = ev->time_ns;
	if (ev->is_response && !ev->has_flags)
		w->in.lacks |= LACK_FLAGS;
	fill_sides(ev, &w->in);
}

/* --- records --- */

static size_t put_u32(uint8_t *to, uint64_t v)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> (24 - 8 * i));
	return 4;
}

/* {"mname":..., "rname":..., "serial":..., ...}; its length, 0: not whole. */
static size_t soa_rdata(const struct json_value *soa, uint8_t *to)
{
	static const char *const numbers[] = {"serial", "refresh", "retry", "expire", "minimum"};
	struct name mname, rname;
	size_t n;

	if (log_name(log_text_of(json_get(soa, "mname")), &mname) != OK ||
	    log_name(log_text_of(json_get(soa, "rname")), &rname) != OK)
		return 0;
	memcpy(to, mname.octets, mname.len);
	memcpy(to + mname.len, rname.octets, rname.len);
	n = (size_t)mname.len + rname.len;
	for (size_t i = 0; i < 5; i++)
		n += put_u32(to + n, number_of(json_get(soa, numbers[i]), UINT32_MAX));
	return n;
}

/* {"priority":..., "weight":..., "port":..., "name":...}; as above. */
static size_t srv_rdata(const struct json_value *srv, uint8_t *to)
{
	static const char *const numbers[] = {"priority", "weight", "port"};
	struct name target;

	if (log_name(log_text_of(json_get(srv, "name")), &target) != OK)
		return 0;
	for (size_t i = 0; i < 3; i++) {
		uint64_t v = number_of(json_get(srv, numbers[i]), UINT16_MAX);

		to[2 * i] = (uint8_t)(v >> 8);
		to[2 * i + 1] = (uint8_t)v;
	}
	memcpy(to + 6, target.octets, target.len);
	return 6 + (size_t)target.len;
}

/* One {"rrname", "rrtype", "ttl", "rdata"} into section s. E_FORMAT: a name outside its limits. */
static enum err put_record(struct logwire *w, enum section s, const struct json_value *v)
{
	struct log_answer a = {.text = log_text_of(json_get(v, "rdata"))};
	const struct json_value *soa = json_get(v, "soa"), *srv = json_get(v, "srv");
	struct name owner;
	uint64_t ttl = 0;
	size_t rdlen = 0;

	if (log_type(log_text_of(json_get(v, "rrtype")), &a.type) != OK || a.type == RR_OPT) {
		w->left_out += a.type != RR_OPT;
		return OK;
	}
	if (log_name(log_text_of(json_get(v, "rrname")), &owner) != OK)
		return E_FORMAT;
	if (log_number(log_text_of(json_get(v, "ttl")), UINT32_MAX, &ttl) != OK)
		w->in.lacks |= LACK_TTL;
	a.ttl = (uint32_t)ttl;
	if (a.type == RR_SOA && soa != NULL)
		rdlen = soa_rdata(soa, w->rdata);
	else if (a.type == RR_SRV && srv != NULL)
		rdlen = srv_rdata(srv, w->rdata);
	else
		return logwire_record(w, s, &owner, &a);
	if (rdlen == 0)
		return E_FORMAT;
	build_record(&w->build, &(struct build_head){s, &owner, a.type, a.ttl}, w->rdata, rdlen);
	return OK;
}

/* A section in detail. Records of it that cannot be carried make the section one that the source lacks. */
static enum err put_section(struct logwire *w, enum section s, const struct json_value *list, unsigned lack)
{
	uint32_t before = w->left_out;
	enum err e = OK;

	if (list == NULL || list->kind != JSON_ARRAY)
		return OK;
	for (const struct json_value *v = list + 1; v < list + list->span && e == OK; v += v->span)
		e = put_record(w, s, v);
	if (w->left_out != before)
		w->in.lacks |= (uint16_t)lack;
	return e;
}

/* {"A": [...], "CNAME": [...]}: neither owners nor TTLs. */
static enum err put_grouped(struct log_reader *r, const struct json_value *groups, uint16_t qtype)
{
	struct zeek *z = &r->zeek; /* its list of answers is free for any form */

	r->wire.in.lacks |= LACK_OWNER | LACK_TTL;
	z->n_answers = 0;
	for (const struct json_value *g = groups + 1; g < groups + groups->span; g += g->span) {
		uint16_t type;

		if (g->kind != JSON_ARRAY || log_type((struct log_text){g->key, g->key_len}, &type) != OK)
			continue;
		for (const struct json_value *v = g + 1; v < g + g->span; v += v->span) {
			if (z->n_answers == LOG_ANSWERS_MAX)
				return E_FULL;
			z->answers[z->n_answers++] =
				(struct log_answer){.text = log_text_of(v), .type = type};
		}
	}
	return logwire_answers(&r->wire, qtype, z->answers, z->n_answers);
}

/* --- whole messages: queries, and responses of versions 2 and 3 --- */

/* The first question. E_ABSENT: the event has none. */
static enum err question(const struct event *ev, struct name *qname, uint16_t *qtype)
{
	const struct json_value *q = json_get(ev->dns, "queries"), *name;

	q = q != NULL && q->kind == JSON_ARRAY && q->span > 1 ? q + 1 : ev->dns;
	name = json_get(q, "rrname");
	if (name == NULL)
		return E_ABSENT;
	*qtype = 0; /* not said: version 1 of a failure */
	if (json_get(q, "rrtype") != NULL && log_type(log_text_of(json_get(q, "rrtype")), qtype) != OK)
		return E_FORMAT;
	return log_name(log_text_of(name), qname);
}

static enum err put_sections(struct log_reader *r, const struct event *ev, uint16_t qtype)
{
	const struct json_value *answers = json_get(ev->dns, "answers"),
				*grouped = json_get(ev->dns, "grouped");
	const struct json_value *additionals = json_get(ev->dns, "additionals");
	enum err e = OK;

	if (answers != NULL && answers->kind == JSON_ARRAY)
		e = put_section(&r->wire, SECTION_ANSWER, answers, 0);
	else if (grouped != NULL && grouped->kind == JSON_OBJECT)
		e = put_grouped(r, grouped, qtype);
	if (e == OK)
		e = put_section(&r->wire, SECTION_AUTHORITY, json_get(ev->dns, "authorities"),
				LACK_AUTHORITY);
	if (ev->version < 2) /* its authority section has events of its own */
		r->wire.in.lacks |= LACK_AUTHORITY;
	if (additionals == NULL)
		r->wire.in.lacks |= LACK_ADDITIONAL;
	else if (e == OK)
		e = put_section(&r->wire, SECTION_ADDITIONAL, additionals, LACK_ADDITIONAL);
	return e;
}

static enum log_line take_whole(struct log_reader *r, const struct event *ev, const struct log_out *to)
{
	struct name qname;
	uint16_t qtype;
	enum err e = question(ev, &qname, &qtype);

	if (e != OK)
		return e == E_ABSENT ? LINE_OTHER : LINE_BAD;
	begin(&r->wire, ev, &qname, qtype);
	if (ev->is_response && put_sections(r, ev, qtype) != OK)
		return LINE_BAD;
	return logwire_give(&r->wire, to);
}

/* --- version 1 --- */

/* One record of a response. What version 1 logs of the authority section looks the same, but (of what is met
 * there) carries no rdata: it opens no message, or a zone's SOA would read as an empty answer. */
static enum log_line take_part(struct log_reader *r, const struct event *ev)
{
	const struct json_value *rdata = json_get(ev->dns, "rdata");
	struct eve *o = &r->eve;
	struct name qname;
	uint16_t type;

	if (question(ev, &qname, &type) != OK)
		return LINE_BAD;
	if (rdata == NULL || type == RR_SOA)
		return LINE_OTHER;
	if (!o->open) {
		begin(&r->wire, ev, &qname, type);
		r->wire.in.lacks |= LACK_AUTHORITY | LACK_ADDITIONAL;
		*o = (struct eve){.time_ns = ev->time_ns, .flow = ev->flow, .id = ev->id, .first_type = type};
	}
	if (put_record(&r->wire, SECTION_ANSWER, ev->dns) != OK)
		return LINE_BAD;
	o->open = true;
	if (r->wire.build.err != OK) /* more than a message holds: no such response, all of it is dropped */
		return LINE_BAD;
	o->last_type = type;
	return LINE_MESSAGE;
}

enum log_line eve_end(struct log_reader *r, const struct log_out *to)
{
	struct logwire *w = &r->wire;
	uint8_t *qtype = w->bytes + DNS_HEADER_OCTETS + w->qname.len;

	if (!r->eve.open)
		return LINE_EMPTY;
	r->eve.open = false;
	if (r->eve.first_type ==
	    RR_CNAME) { /* an alias came first: the question was for what stands at its end */
		qtype[0] = (uint8_t)(r->eve.last_type >> 8);
		qtype[1] = (uint8_t)r->eve.last_type;
	}
	return logwire_give(w, to);
}

enum log_line eve_take(struct log_reader *r, const struct log_out *to)
{
	struct event ev;
	enum log_line line = read_event(r->json.values, &ev);
	bool is_part;

	if (line != LINE_MESSAGE)
		return line;
	if (ev.is_response && ev.version < 2 && (ev.flags & 0xf) != 0 && json_get(ev.dns, "ttl") != NULL)
		return LINE_OTHER; /* version 1: a record of a failure's authority section; the failure has
				      its own event */
	is_part = ev.is_response && ev.version < 2 && (ev.flags & 0xf) == 0 &&
		  json_get(ev.dns, "rrtype") != NULL && json_get(ev.dns, "answers") == NULL &&
		  json_get(ev.dns, "grouped") == NULL;
	if (is_part && r->eve.open && r->eve.time_ns == ev.time_ns && r->eve.flow == ev.flow &&
	    r->eve.id == ev.id)
		return take_part(r, &ev);
	if (eve_end(r, to) == LINE_MEMORY)
		return LINE_MEMORY;
	return is_part ? take_part(r, &ev) : take_whole(r, &ev, to);
}
