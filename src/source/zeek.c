/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zeek.c -- rows of Zeek's dns.log, TSV and JSON.
 *
 * Both forms fill one row of named columns, and one function makes the message. A row stands for a query and
 * its response; without an rcode and answers there was no response, and the row is given as the query. Zeek
 * writes the answer section's rdata as text and no owners: logwire_answers rebuilds them.
 */
#include <string.h>

#include "source/logwire.h"

enum { NETBIOS_PORT = 137, LLMNR_PORT = 5355 };

static const char *const column_names[ZEEK_COLUMNS] = {
	[ZEEK_TS] = "ts",
	[ZEEK_ORIG_H] = "id.orig_h",
	[ZEEK_ORIG_P] = "id.orig_p",
	[ZEEK_RESP_H] = "id.resp_h",
	[ZEEK_RESP_P] = "id.resp_p",
	[ZEEK_TRANS_ID] = "trans_id",
	[ZEEK_QUERY] = "query",
	[ZEEK_QCLASS] = "qclass",
	[ZEEK_QTYPE] = "qtype",
	[ZEEK_QTYPE_NAME] = "qtype_name",
	[ZEEK_RCODE] = "rcode",
	[ZEEK_RCODE_NAME] = "rcode_name",
	[ZEEK_AA] = "AA",
	[ZEEK_TC] = "TC",
	[ZEEK_RD] = "RD",
	[ZEEK_RA] = "RA",
	[ZEEK_ANSWERS] = "answers",
	[ZEEK_TTLS] = "TTLs",
};

static enum zeek_column column_of(const char *name, size_t len)
{
	int c = 0;

	while (c < ZEEK_COLUMNS &&
	       (strlen(column_names[c]) != len || memcmp(column_names[c], name, len) != 0))
		c++;
	return (enum zeek_column)c;
}

/* --- the row's message --- */

static uint16_t port(const struct zeek *z, enum zeek_column c)
{
	uint64_t v = 0;

	return log_number(z->row[c], UINT16_MAX, &v) == OK ? (uint16_t)v : 0;
}

static bool is_port(const struct zeek *z, unsigned number)
{
	return port(z, ZEEK_ORIG_P) == number || port(z, ZEEK_RESP_P) == number;
}

static bool is_true(struct log_text t)
{
	return t.len != 0 && (t.at[0] == 'T' || t.at[0] == 't');
}

static uint16_t flags_of(const struct zeek *z)
{
	unsigned flags = 0;

	flags |= is_true(z->row[ZEEK_AA]) ? FLAG_AA : 0;
	flags |= is_true(z->row[ZEEK_TC]) ? FLAG_TC : 0;
	flags |= is_true(z->row[ZEEK_RD]) ? FLAG_RD : 0;
	flags |= is_true(z->row[ZEEK_RA]) ? FLAG_RA : 0;
	return (uint16_t)flags;
}

/* 0: the row does not say (a response whose query Zeek did not see). The first address then tells it. */
static enum err qtype_of(const struct zeek *z, uint16_t *out)
{
	enum zeek_column c = z->row[ZEEK_QTYPE].at != NULL ? ZEEK_QTYPE : ZEEK_QTYPE_NAME;

	if (z->row[c].at != NULL)
		return log_type(z->row[c], out);
	*out = 0;
	for (size_t i = 0; i < z->n_answers && *out == 0; i++) {
		struct log_text t = z->answers[i].text;
		struct addr a;

		if (addr_from_text(t.at, t.len, &a) == OK)
			*out = memchr(t.at, ':', t.len) != NULL ? RR_AAAA : RR_A;
	}
	return OK;
}

/* Whether there was a response; its rcode. A name is preferred to nothing, a number to a name. */
static enum err response_of(const struct zeek *z, bool *is_response, uint16_t *rcode)
{
	enum zeek_column c = z->row[ZEEK_RCODE].at != NULL ? ZEEK_RCODE : ZEEK_RCODE_NAME;

	*rcode = RCODE_NOERROR;
	*is_response = z->row[c].at != NULL || z->n_answers != 0;
	return z->row[c].at != NULL ? log_rcode(z->row[c], rcode) : OK;
}

static void fill_sides(const struct zeek *z, struct intake *in)
{
	if (z->row[ZEEK_RESP_H].len == 0 ||
	    addr_from_text(z->row[ZEEK_RESP_H].at, z->row[ZEEK_RESP_H].len, &in->server) != OK)
		in->lacks |= LACK_SERVER;
	if (z->row[ZEEK_ORIG_H].len == 0 ||
	    addr_from_text(z->row[ZEEK_ORIG_H].at, z->row[ZEEK_ORIG_H].len, &in->client) != OK)
		in->client = (struct addr){{0}};
	in->client_port = port(z, ZEEK_ORIG_P);
}

static uint16_t id_of(const struct zeek *z)
{
	uint64_t v = 0;

	return log_number(z->row[ZEEK_TRANS_ID], UINT16_MAX, &v) == OK ? (uint16_t)v : 0;
}

/* What the row says, as a message in r->wire. */
static enum err row_message(struct log_reader *r, int64_t time_ns)
{
	struct zeek *z = &r->zeek;
	struct name qname;
	uint16_t qtype, rcode, flags = flags_of(z);
	bool is_response;

	if (log_name(z->row[ZEEK_QUERY], &qname) != OK || qtype_of(z, &qtype) != OK ||
	    response_of(z, &is_response, &rcode) != OK)
		return E_FORMAT;
	if (is_response)
		flags |= (uint16_t)(FLAG_QR | (rcode & 0xf));
	logwire_begin(&r->wire, &qname, qtype, id_of(z), flags);
	r->wire.in.time_ns = r->wire.in.last_ns = time_ns;
	r->wire.in.lacks = LACK_AUTHORITY | LACK_ADDITIONAL | LACK_OWNER;
	if (z->ttls_missing)
		r->wire.in.lacks |= LACK_TTL;
	fill_sides(z, &r->wire.in);
	return logwire_answers(&r->wire, qtype == 0 ? RR_ANY : qtype, z->answers, z->n_answers);
}

static enum log_line take_row(struct log_reader *r, const struct log_out *to)
{
	struct zeek *z = &r->zeek;
	int64_t time_ns;
	uint64_t qclass = CLASS_IN;

	if (log_time(z->row[ZEEK_TS], &time_ns) != OK)
		return LINE_BAD;
	if (is_port(z, MDNS_PORT))
		return LINE_MDNS;
	if (is_port(z, NETBIOS_PORT) || is_port(z, LLMNR_PORT) || z->row[ZEEK_QUERY].at == NULL)
		return LINE_OTHER;
	if (z->row[ZEEK_QCLASS].at != NULL && log_number(z->row[ZEEK_QCLASS], UINT16_MAX, &qclass) != OK)
		return LINE_BAD;
	if (qclass != CLASS_IN)
		return LINE_OTHER;
	if (row_message(r, time_ns) != OK)
		return LINE_BAD;
	return logwire_give(&r->wire, to);
}

static void set_ttl(struct zeek *z, size_t i, struct log_text t)
{
	uint64_t ttl;

	if (log_number(t, UINT32_MAX, &ttl) == OK)
		z->answers[i].ttl = (uint32_t)ttl;
	else
		z->ttls_missing = true;
}

/* --- TSV --- */

/* The text before the next separator; *line moves behind it, and to NULL at the end. */
static struct log_text cut(struct log_text *line, char separator)
{
	const char *end = memchr(line->at, separator, line->len);
	struct log_text t = *line;

	if (end == NULL) {
		line->at = NULL;
		return t;
	}
	t.len = (size_t)(end - t.at);
	line->at = end + 1;
	line->len -= t.len + 1;
	return t;
}

static void set_word(char word[16], struct log_text t)
{
	if (t.len < 16) {
		memcpy(word, t.at, t.len);
		word[t.len] = 0;
	}
}

static void read_fields(struct zeek *z, struct log_text line)
{
	z->n_fields = 0;
	z->is_dns = false;
	while (line.at != NULL) {
		struct log_text t = cut(&line, z->separator);
		enum zeek_column c = column_of(t.at, t.len);

		z->is_dns |= c == ZEEK_QUERY;
		if (z->n_fields < ZEEK_FIELDS_MAX)
			z->columns[z->n_fields] = (uint8_t)c;
		z->n_fields++;
	}
}

/* "#separator \x09", then "#key<separator>value". What is missing keeps Zeek's own default. */
static void read_header(struct zeek *z, struct log_text line)
{
	static const char first[] = "#separator ";
	struct log_text key;
	uint8_t separator;

	if (line.len >= sizeof first && memcmp(line.at, first, sizeof first - 1) == 0) {
		line.at += sizeof first - 1;
		line.len -= sizeof first - 1;
		if (log_octets(line, &separator, 1) == 1)
			z->separator = (char)separator;
		return;
	}
	key = cut(&line, z->separator);
	if (line.at == NULL)
		return;
	if (log_text_is(key, "#fields"))
		read_fields(z, line);
	else if (log_text_is(key, "#set_separator") && line.len == 1)
		z->set_separator = line.at[0];
	else if (log_text_is(key, "#empty_field"))
		set_word(z->empty, line);
	else if (log_text_is(key, "#unset_field"))
		set_word(z->unset, line);
}

/* The columns of one row. False: not as many as the header names. */
static bool split_row(struct zeek *z, struct log_text line)
{
	size_t n = 0;

	memset(z->row, 0, sizeof z->row);
	for (; line.at != NULL; n++) {
		struct log_text t = cut(&line, z->separator);
		unsigned c = n < ZEEK_FIELDS_MAX ? z->columns[n] : ZEEK_COLUMNS;

		if (c == ZEEK_COLUMNS || log_text_is(t, z->unset))
			continue;
		if (log_text_is(t, z->empty))
			t.len = 0;
		z->row[c] = t;
	}
	return n == z->n_fields;
}

/* False: too many answers for a message. */
static bool split_answers(struct zeek *z)
{
	struct log_text texts = z->row[ZEEK_ANSWERS], ttls = z->row[ZEEK_TTLS];

	z->n_answers = 0;
	z->ttls_missing = false;
	if (texts.len == 0)
		return true;
	while (texts.at != NULL) {
		struct log_text ttl = {0};

		if (z->n_answers == LOG_ANSWERS_MAX)
			return false;
		z->answers[z->n_answers] = (struct log_answer){.text = cut(&texts, z->set_separator)};
		if (ttls.at != NULL)
			ttl = cut(&ttls, z->set_separator);
		set_ttl(z, z->n_answers++, ttl);
	}
	return true;
}

enum log_line zeek_take_tsv(struct log_reader *r, struct log_text line, const struct log_out *to)
{
	struct zeek *z = &r->zeek;

	if (z->separator == 0) { /* the first line of the file: Zeek's defaults */
		z->separator = '\t';
		z->set_separator = ',';
		strcpy(z->empty, "(empty)");
		strcpy(z->unset, "-");
	}
	if (line.at[0] == '#') {
		read_header(z, line);
		return LINE_EMPTY;
	}
	if (z->n_fields == 0 || !split_row(z, line))
		return LINE_BAD;
	if (!z->is_dns)
		return LINE_OTHER;
	return split_answers(z) ? take_row(r, to) : LINE_BAD;
}

/* --- JSON --- */

/* False: too many answers. Members that are no strings are kept as empty ones, so that the TTLs still fit. */
static bool json_answers(struct zeek *z, struct json_value *texts, const struct json_value *ttls)
{
	const struct json_value *ttl = ttls == NULL ? NULL : ttls + 1;

	z->n_answers = 0;
	z->ttls_missing = false;
	if (texts == NULL || texts->kind != JSON_ARRAY)
		return true;
	for (struct json_value *v = texts + 1; v < texts + texts->span; v += v->span) {
		bool has_ttl = ttls != NULL && ttl < ttls + ttls->span;

		if (z->n_answers == LOG_ANSWERS_MAX)
			return false;
		json_fold_octets(v);
		z->answers[z->n_answers] = (struct log_answer){.text = log_text_of(v)};
		set_ttl(z, z->n_answers++, has_ttl ? log_text_of(ttl) : (struct log_text){0});
		if (has_ttl)
			ttl += ttl->span;
	}
	return true;
}

enum log_line zeek_take_json(struct log_reader *r, const struct log_out *to)
{
	struct zeek *z = &r->zeek;
	struct json_value *root = r->json.values, *answers = NULL;
	const struct json_value *ttls = NULL;

	memset(z->row, 0, sizeof z->row);
	for (struct json_value *v = root + 1; v < root + root->span; v += v->span) {
		enum zeek_column c = column_of(v->key, v->key_len);

		if (c == ZEEK_COLUMNS || z->row[c].at != NULL)
			continue;
		if (c == ZEEK_ANSWERS)
			answers = answers == NULL ? v : answers;
		else if (c == ZEEK_TTLS)
			ttls = ttls == NULL && v->kind == JSON_ARRAY ? v : ttls;
		else if (v->kind == JSON_BOOL)
			z->row[c] = (struct log_text){v->text, v->len};
		else
			z->row[c] = log_text_of(v);
		if (c == ZEEK_QUERY) {
			json_fold_octets(v);
			z->row[c] = log_text_of(v);
		}
	}
	if (json_get(root, "query") == NULL)
		return LINE_OTHER;
	return json_answers(z, answers, ttls) ? take_row(r, to) : LINE_BAD;
}
