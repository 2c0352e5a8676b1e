/* SPDX-License-Identifier: Apache-2.0 */
/* logwire.c -- the answers of a log line as a DNS message; see logwire.h. */
#include "source/logwire.h"

#include <string.h>

#include "base/arena.h"
#include "base/ascii.h"

/* Kinds of answer told from its text, beside the types of DNS. */
enum { ANSWER_LEFT_OUT = 0xffff, RR_SPF = 99, TXT_STRING_MAX = 255 };

void logwire_begin(struct logwire *w, const struct name *qname, uint16_t qtype, uint16_t id, uint16_t flags)
{
	w->in = (struct intake){.count = 1};
	w->left_out = 0;
	w->qname = *qname;
	build_begin(&w->build, w->bytes, sizeof w->bytes, id, flags);
	build_question(&w->build, qname, qtype, CLASS_IN);
}

static enum err address_rdata(struct logwire *w, uint16_t type, struct log_text t, size_t *rdlen)
{
	bool is_v6 = memchr(t.at, ':', t.len) != NULL;
	struct addr a;

	if (is_v6 != (type == RR_AAAA) || addr_from_text(t.at, t.len, &a) != OK)
		return E_UNSUPPORTED;
	*rdlen = is_v6 ? 16 : 4;
	memcpy(w->rdata, a.octets + 16 - *rdlen, *rdlen);
	return OK;
}

/* A name behind `zeros` octets: the numbers of MX and SRV, which these logs do not write. */
static enum err name_rdata(struct logwire *w, struct log_text t, size_t zeros, size_t *rdlen)
{
	struct name target;
	enum err e = log_name(t, &target);

	if (e != OK)
		return e;
	memset(w->rdata, 0, zeros);
	memcpy(w->rdata + zeros, target.octets, target.len);
	*rdlen = zeros + target.len;
	return OK;
}

/* One text in as many strings as it needs. */
static enum err text_rdata(struct logwire *w, struct log_text t, size_t *rdlen)
{
	uint8_t *end = w->rdata + sizeof w->rdata, *octets = end - t.len;
	size_t n, to = 0;

	if (t.len > sizeof w->rdata - sizeof w->rdata / TXT_STRING_MAX - 2)
		return E_UNSUPPORTED;
	n = log_octets(t, octets, t.len); /* at the far end, so that the length octets have room */
	do {
		size_t part = n < TXT_STRING_MAX ? n : TXT_STRING_MAX;

		w->rdata[to++] = (uint8_t)part;
		memmove(w->rdata + to, octets, part);
		to += part;
		octets += part;
		n -= part;
	} while (n != 0);
	*rdlen = to;
	return OK;
}

/* Zeek's "TXT 5 hello TXT 2 hi": the numbers are octets without escapes. */
static enum err counted_rdata(struct logwire *w, struct log_text t, size_t *rdlen)
{
	uint8_t *at, *end;
	size_t to = 0;

	if (t.len > sizeof w->rdata)
		return E_UNSUPPORTED;
	at = w->rdata + sizeof w->rdata - t.len;
	end = at + log_octets(t, at, t.len);
	while (end - at > 4 && at[3] == ' ') { /* "TXT " or "SPF " */
		size_t n = 0;

		for (at += 4; at != end && ascii_is_digit(*at) && n <= TXT_STRING_MAX; at++)
			n = n * 10 + (size_t)(*at - '0');
		if (at == end || *at != ' ' || n > TXT_STRING_MAX || (size_t)(end - at) - 1 < n)
			return E_UNSUPPORTED;
		w->rdata[to++] = (uint8_t)n;
		memmove(w->rdata + to, at + 1, n);
		to += n;
		at += 1 + n;
		at += at != end && *at == ' ';
	}
	*rdlen = to;
	return at == end && to != 0 ? OK : E_UNSUPPORTED;
}

static enum err answer_rdata(struct logwire *w, const struct log_answer *a, size_t *rdlen)
{
	if (a->text.at == NULL)
		return E_UNSUPPORTED;
	switch (a->type) {
	case RR_A:
	case RR_AAAA:
		return address_rdata(w, a->type, a->text, rdlen);
	case RR_CNAME:
	case RR_DNAME:
	case RR_NS:
	case RR_PTR:
		return name_rdata(w, a->text, 0, rdlen);
	case RR_MX:
		return name_rdata(w, a->text, 2, rdlen);
	case RR_SRV:
		return name_rdata(w, a->text, 6, rdlen);
	case RR_TXT:
	case RR_SPF:
		return a->counted ? counted_rdata(w, a->text, rdlen) : text_rdata(w, a->text, rdlen);
	default:
		return E_UNSUPPORTED;
	}
}

enum err logwire_record(struct logwire *w, enum section s, const struct name *owner,
			const struct log_answer *a)
{
	size_t rdlen;
	enum err e = answer_rdata(w, a, &rdlen);

	if (e == E_UNSUPPORTED) {
		w->left_out++;
		return OK;
	}
	if (e == OK)
		build_record(&w->build, &(struct build_head){s, owner, a->type, a->ttl}, w->rdata, rdlen);
	return e;
}

static bool looks_like_address(struct log_text t)
{
	bool mark = false; /* a colon, or digits and dots only */
	bool v4 = true;

	for (size_t i = 0; i < t.len; i++) {
		uint8_t c = (uint8_t)t.at[i];

		mark |= c == ':';
		v4 &= ascii_is_digit(c) || c == '.';
		if (ascii_hex(c) < 0 && c != ':' && c != '.')
			return false;
	}
	return mark || v4;
}

/* "TXT 5 hello", "RRSIG 5 example.net", "DNSKEY": the type Zeek writes before what it says of a record; else
 * 0. */
static uint16_t type_word(struct log_text t)
{
	size_t n = 0;

	while (n < t.len && ((uint8_t)(t.at[n] - 'A') < 26 || ascii_is_digit((uint8_t)t.at[n])))
		n++;
	if (n == 0 || n > 10 || (n != t.len && t.at[n] != ' ' && t.at[n] != ':'))
		return 0;
	return rrtype_from_text(t.at, n);
}

static bool ends_in_arpa(struct log_text t)
{
	return t.len > 5 && memcmp(t.at + t.len - 5, ".arpa", 5) == 0;
}

/* The type of an answer that is a name. `more`: other answers follow. */
static uint16_t name_type(uint16_t qtype, struct log_text t, bool more)
{
	switch (qtype) {
	case RR_PTR: /* a delegation of few addresses answers with an alias first (RFC 2317) */
		return more && ends_in_arpa(t) ? RR_CNAME : RR_PTR;
	case RR_NS:
	case RR_MX:
	case RR_SRV:
		return qtype;
	case RR_ANY: /* could be any of them */
		return ANSWER_LEFT_OUT;
	default:
		return RR_CNAME;
	}
}

static void tell_type(struct log_answer *a, uint16_t qtype, bool more)
{
	struct log_text t = a->text;
	uint16_t word;

	if (a->type != 0)
		return;
	a->type = ANSWER_LEFT_OUT;
	if (t.len == 0 || t.at[0] == '<') /* "<unknown type=65>" */
		return;
	if (looks_like_address(t)) {
		a->type = memchr(t.at, ':', t.len) != NULL ? RR_AAAA : RR_A;
		return;
	}
	word = type_word(t);
	if (word == RR_TXT || word == RR_SPF) {
		a->type = word;
		a->counted = true;
		return;
	}
	/* only names of services have blanks (RFC 6763, 4.1.1): any other is a text about some record */
	if (word == 0 && (memchr(t.at, ' ', t.len) == NULL || qtype == RR_PTR || qtype == RR_SRV))
		a->type = name_type(qtype, t, more);
}

/* The chain of aliases from the question; *owner becomes its end. */
static enum err put_chain(struct logwire *w, const struct log_answer *answers, size_t n, struct name *owner)
{
	enum err e = OK;

	for (size_t i = 0; i < n && e == OK; i++) {
		struct name target;

		if (answers[i].type != RR_CNAME)
			continue;
		e = log_name(answers[i].text, &target);
		if (e != OK || name_equal(owner, &target))
			continue;
		build_name(&w->build, &(struct build_head){SECTION_ANSWER, owner, RR_CNAME, answers[i].ttl},
			   &target);
		*owner = target;
	}
	return e;
}

enum err logwire_answers(struct logwire *w, uint16_t qtype, struct log_answer *answers, size_t n)
{
	struct name owner = w->qname;
	enum err e;

	for (size_t i = 0; i < n; i++)
		tell_type(&answers[i], qtype, i + 1 < n);
	e = put_chain(w, answers, n, &owner);
	for (size_t i = 0; i < n && e == OK; i++)
		if (answers[i].type != RR_CNAME)
			e = logwire_record(w, SECTION_ANSWER, &owner, &answers[i]);
	return e;
}

enum log_line logwire_give(struct logwire *w, const struct log_out *to)
{
	if (w->build.err != OK)
		return LINE_BAD;
	w->in.len = (uint32_t)w->build.len;
	w->in.wire = arena_copy(to->keep, w->bytes, w->build.len);
	if (w->in.wire == NULL)
		return LINE_MEMORY;
	to->sink->take(to->sink->ctx, &w->in);
	return LINE_MESSAGE;
}
