/* SPDX-License-Identifier: Apache-2.0 */
/* logs.c -- which form a log has, and the reader of that form; see logs.h. */
#include "source/logs.h"

#include <stdlib.h>
#include <string.h>

#include "source/logwire.h"

enum { LINES_LOOKED_AT = 64 };

static bool has(struct log_text line, const char *text)
{
	return memmem(line.at, line.len, text, strlen(text)) != NULL;
}

static bool starts(struct log_text line, const char *text)
{
	size_t len = strlen(text);

	return line.len >= len && memcmp(line.at, text, len) == 0;
}

/*
 * Told by keys anywhere in the line, not by reading it: the line may be cut. The order matters: an EVE event
 * may hold rrname, and a Zeek row query.
 */
static enum log_form json_form(struct log_text line)
{
	if (has(line, "\"event_type\"") && has(line, "\"timestamp\""))
		return LOG_EVE;
	if (has(line, "\"mname\"") && has(line, "\"vname\""))
		return LOG_NMSG_JSON;
	if (has(line, "\"rrname\"") && has(line, "\"rrtype\""))
		return has(line, "\"bailiwick\"") || has(line, "\"obj\"") ? LOG_DNSDB : LOG_COF;
	if (starts(line, "{\"cond\""))
		return LOG_DNSDB;
	if (has(line, "\"_path\"") ||
	    (has(line, "\"ts\"") && (has(line, "\"id.orig_h\"") || has(line, "\"query\""))))
		return LOG_ZEEK_JSON;
	return LOG_NONE;
}

static enum log_form line_form(struct log_text line)
{
	if (starts(line, "#separator ") || starts(line, "#fields\t"))
		return LOG_ZEEK_TSV;
	return starts(line, "{") ? json_form(line) : LOG_NONE;
}

static bool is_padding(uint8_t c)
{
	return c == 0 || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum log_form log_recognise(const uint8_t *octets, size_t len)
{
	const uint8_t *at = octets, *end = octets + (len < LOG_SAMPLE_OCTETS ? len : LOG_SAMPLE_OCTETS);

	if (end - at >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	for (int looked = 0; looked < LINES_LOOKED_AT; looked++) {
		const uint8_t *stop;
		enum log_form form;

		while (at != end && is_padding(*at))
			at++;
		if (at == end)
			return LOG_NONE;
		stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop == NULL ? end : stop;
		form = line_form((struct log_text){(const char *)at, (size_t)(stop - at)});
		if (form != LOG_NONE)
			return form;
		at = stop;
	}
	return LOG_NONE;
}

const char *log_form_text(enum log_form form)
{
	static const char *const texts[] = {
		[LOG_NONE] = "no log",         [LOG_ZEEK_TSV] = "Zeek TSV",     [LOG_ZEEK_JSON] = "Zeek JSON",
		[LOG_EVE] = "Suricata EVE",    [LOG_COF] = "passive DNS (COF)", [LOG_DNSDB] = "DNSDB rrsets",
		[LOG_NMSG_JSON] = "nmsg JSON",
	};

	return texts[form];
}

enum err log_open(struct log_reader **out, enum log_form form)
{
	struct log_reader *r;

	if (form == LOG_NONE)
		return E_FORMAT;
	r = calloc(1, sizeof *r);
	if (r == NULL)
		return E_MEMORY;
	r->form = form;
	*out = r;
	return OK;
}

void log_close(struct log_reader *r)
{
	if (r == NULL)
		return;
	jsonline_fini(&r->json);
	free(r);
}

static bool is_blank(struct log_text t)
{
	size_t i = 0;

	while (i < t.len && is_padding((uint8_t)t.at[i]))
		i++;
	return i == t.len;
}

static enum log_line take_json(struct log_reader *r, struct log_text line, const struct log_out *to)
{
	enum err e = jsonline_read(&r->json, line.at, line.len);

	if (e != OK)
		return e == E_MEMORY ? LINE_MEMORY : LINE_BAD;
	switch (r->form) {
	case LOG_ZEEK_JSON:
		return zeek_take_json(r, to);
	case LOG_EVE:
		return eve_take(r, to);
	default:
		return cof_take(r, to);
	}
}

enum log_line log_take(struct log_reader *r, const uint8_t *line, size_t len, struct arena *keep,
		       const struct log_sink *sink)
{
	struct log_out to = {keep, sink};
	struct log_text t = {(const char *)line, len};

	if (t.len >= 3 &&
	    memcmp(t.at, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark; files may be concatenated */
		t.at += 3;
		t.len -= 3;
	}
	while (t.len != 0 && t.at[0] == 0) { /* a rotated file may be padded with NULs */
		t.at++;
		t.len--;
	}
	while (t.len != 0 && (t.at[t.len - 1] == '\r' || t.at[t.len - 1] == 0))
		t.len--;
	if (is_blank(t))
		return LINE_EMPTY;
	return r->form == LOG_ZEEK_TSV ? zeek_take_tsv(r, t, &to) : take_json(r, t, &to);
}

bool log_end(struct log_reader *r, struct arena *keep, const struct log_sink *sink)
{
	struct log_out to = {keep, sink};

	return r->form != LOG_EVE || eve_end(r, &to) != LINE_MEMORY;
}
