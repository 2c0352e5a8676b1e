/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.c -- see sheet.h. */
#include "cli/sheet.h"

#include <stdio.h>
#include <string.h>

#include "base/stamp.h"
#include "cli/term.h"
#include "cli/words.h"

enum { DAY_LEN = 11 }; /* "2026-03-01T", behind which a time may be broken */

static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1f24;--dim:#5f6873;--paper:#fff;--line:#d9dee3;--for:#c2362b;"
	"--against:#2b7a4b;--shade:#2f62c9;--panel:#f6f8fa}"
	"@media(prefers-color-scheme:dark){:root{--ink:#e4e8ec;--dim:#98a2ad;--paper:#14181d;--line:#343c45;"
	"--for:#f0766b;--against:#63c78b;--shade:#7ea6f5;--panel:#1c2229}}"
	"body{margin:0 auto;max-width:58rem;padding:1.5rem 1rem "
	"4rem;background:var(--paper);color:var(--ink);"
	"font:16px/1.5 system-ui,sans-serif}"
	"h1{font-size:1.6rem;margin:0 0 .5rem;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2.2rem 0 "
	".3rem}"
	"p{margin:.4rem 0}.how{color:var(--dim);font-size:.9rem}.verdict{font-size:1.1rem;border-left:.35rem "
	"solid "
	"var(--dim);background:var(--panel);padding:.7rem 1rem;overflow-wrap:anywhere}"
	".verdict.bad{border-color:var(--for)}.verdict.good{border-color:var(--against)}"
	"svg{display:block;width:100%;height:auto;margin:.6rem 0}"
	"svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .dim{fill:var(--dim)}"
	".axis{stroke:var(--line)}.for{fill:var(--for)}.against{fill:var(--against)}.cell{fill:var(--shade);"
	"shape-rendering:crispEdges}"
	".steps{fill:none;stroke:var(--shade);stroke-width:2}.under{fill:var(--shade);opacity:.15}"
	"h3{font-size:1rem;margin:1.2rem 0 "
	".2rem}.tie{fill:none;stroke:var(--ink);stroke-width:.6;opacity:.12}"
	".domain{fill:var(--ink)}.both{stroke:var(--ink);stroke-width:1.2}"
	".scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem;margin:.6rem 0}"
	"th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}"
	".say,.long{white-space:normal;overflow-wrap:anywhere;min-width:8rem}.say{min-width:16rem}.when{"
	"white-space:normal}th{color:var(--dim);font-weight:600}td.n,th.n{text-align:"
	"right;font-variant-"
	"numeric:tabular-nums}"
	"dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(10rem,1fr));gap:.5rem "
	"1rem;margin:1rem 0}"
	"dt{color:var(--dim);font-size:.8rem}dd{margin:0;font-size:1.15rem}"
	"li{overflow-wrap:anywhere}code{overflow-wrap:anywhere}";

void sheet_head(struct buf *to, const char *title)
{
	buf_add_text(to,
		     "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src "
		     "'unsafe-inline'\">\n<title>");
	words_html(to, title);
	buf_add_text(to, " - deflux</title>\n<style>");
	buf_add_text(to, style);
	buf_add_text(to, "</style>\n</head>\n<body>\n<h1>");
	words_html(to, title);
	buf_add_text(to, "</h1>\n");
}

void sheet_prose(struct buf *to, const char *text)
{
	struct buf part = {0};
	bool code = false;

	for (;;) {
		size_t len = strcspn(text, "`");

		buf_clear(&part);
		buf_add(&part, text, len);
		words_html(to, buf_text(&part));
		if (text[len] == 0)
			break;
		buf_add_text(to, code ? "</code>" : "<code>");
		code = !code;
		text += len + 1;
	}
	buf_fini(&part);
}

void sheet_fact(struct buf *to, const char *what, const char *value)
{
	buf_add_text(to, "<div><dt>");
	words_html(to, what);
	buf_add_text(to, "</dt><dd>");
	words_html(to, value);
	buf_add_text(to, "</dd></div>\n");
}

void sheet_count(struct buf *to, const char *what, uint64_t n)
{
	char text[WORDS_COUNT_MAX];

	sheet_fact(to, what, words_count(n, text));
}

void sheet_svg(struct buf *to, unsigned height, const char *label)
{
	buf_printf(to, "<svg viewBox=\"0 0 %d %u\" role=\"img\" aria-label=\"%s\">\n", SHEET_WIDTH, height,
		   label);
}

/* Text of at most `most` letters, the middle of a longer one left out. */
void sheet_text(struct buf *to, const double at[2], const char *attributes, const char *text)
{
	const struct term plain = {.utf8 = true};
	struct buf cut = {0};
	size_t most = 33, have = term_columns(text);

	term_cell(&plain, &cut, text, have < most ? have : most, false);
	buf_printf(to, "<text x=\"%.1f\" y=\"%.1f\"%s>", at[0], at[1], attributes);
	words_html(to, buf_text(&cut));
	buf_add_text(to, "</text>\n");
	buf_fini(&cut);
}

static void add_cell(struct buf *to, const char *tag, const char *text)
{
	buf_add_text(to, tag);
	words_html(to, text);
	buf_add_text(to, "</td>");
}

void sheet_cell(struct buf *to, const char *text)
{
	add_cell(to, "<td>", text);
}

void sheet_long_cell(struct buf *to, const char *text)
{
	add_cell(to, "<td class=\"long\">", text);
}

void sheet_time(struct buf *to, int64_t time_ns)
{
	char text[STAMP_TEXT_MAX];

	stamp_to_text(time_ns / NS_PER_SECOND * NS_PER_SECOND, text);
	buf_printf(to, "<td class=\"when\">%.*s<wbr>%s</td>", DAY_LEN, text, text + DAY_LEN);
}

void sheet_more(struct buf *to, uint64_t n)
{
	char count[WORDS_COUNT_MAX];

	if (n != 0)
		buf_printf(to, "<p class=\"how\">... and %s more</p>\n", words_count(n, count));
}
