/* SPDX-License-Identifier: Apache-2.0 */
/* term.c -- see term.h. */
#include "cli/term.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_UNKNOWN = 80, WIDTH_LEAST = 40, WIDTH_MOST = 400 };

void term_of(struct term *t, int fd, bool no_color)
{
	const char *off = getenv("NO_COLOR"), *name = getenv("TERM");
	struct winsize size = {0};

	*t = (struct term){.width = WIDTH_UNKNOWN, .terminal = isatty(fd) == 1};
	t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	t->colour = t->terminal && !no_color && (off == NULL || *off == 0) &&
		    (name == NULL || strcmp(name, "dumb") != 0);
	if (t->terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
		t->width = size.ws_col < WIDTH_LEAST  ? WIDTH_LEAST
			   : size.ws_col > WIDTH_MOST ? WIDTH_MOST
						      : size.ws_col;
}

void term_tone(const struct term *t, struct buf *to, enum tone tone)
{
	static const char *const codes[] = {
		[TONE_PLAIN] = "\033[0m", [TONE_BAD] = "\033[1;31m", [TONE_UNSURE] = "\033[33m",
		[TONE_GOOD] = "\033[32m", [TONE_FAINT] = "\033[2m",  [TONE_STRONG] = "\033[1m"};

	if (t->colour)
		buf_add_text(to, codes[tone]);
}

/* Octets of the code point at s, which ends with a NUL at the latest. */
static size_t step(const char *s)
{
	size_t n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

size_t term_columns(const char *text)
{
	size_t n = 0;

	for (; *text != 0; text += step(text))
		n++;
	return n;
}

static void blanks(struct buf *to, size_t n)
{
	while (n-- > 0)
		buf_add_char(to, ' ');
}

/* `columns` code points of the text, behind the first `skip`. */
static void part(struct buf *to, const char *text, size_t skip, size_t columns)
{
	const char *end;

	for (; skip > 0 && *text != 0; skip--)
		text += step(text);
	for (end = text; columns > 0 && *end != 0; columns--)
		end += step(end);
	buf_add(to, text, (size_t)(end - text));
}

void term_cell(const struct term *t, struct buf *to, const char *text, size_t width, bool right)
{
	size_t have = term_columns(text), dots = t->utf8 ? 1 : 2, head;

	if (have <= width) {
		blanks(to, right ? width - have : 0);
		buf_add_text(to, text);
		blanks(to, right ? 0 : width - have);
		return;
	}
	dots = width <= dots ? 0 : dots;
	head = (width - dots) / 2;
	part(to, text, 0, head);
	buf_add_text(to, dots == 0 ? "" : t->utf8 ? "\xe2\x80\xa6" : "..");
	part(to, text, have - (width - dots - head), width);
}

void term_wrap(struct buf *to, const char *text, size_t width, size_t indent)
{
	size_t column = 0;

	while (*text != 0) {
		size_t len = strcspn(text, " "), columns = 0;

		for (const char *at = text; at < text + len; at += step(at))
			columns++;
		if (column > indent && column + 1 + columns > width) {
			buf_add_char(to, '\n');
			blanks(to, indent);
			column = indent;
		} else if (column > 0) {
			buf_add_char(to, ' ');
			column++;
		}
		buf_add(to, text, len);
		column += columns;
		text += len + (text[len] == ' ');
	}
	buf_add_char(to, '\n');
}

const char *term_bar(const struct term *t, unsigned level)
{
	static const char *const blocks[TERM_LEVELS + 1] = {" ",
							    "\xe2\x96\x81",
							    "\xe2\x96\x82",
							    "\xe2\x96\x83",
							    "\xe2\x96\x84",
							    "\xe2\x96\x85",
							    "\xe2\x96\x86",
							    "\xe2\x96\x87",
							    "\xe2\x96\x88"};
	static const char *const plain[TERM_LEVELS + 1] = {" ", ".", ".", ":", "-", "=", "+", "*", "#"};

	return (t->utf8 ? blocks : plain)[level > TERM_LEVELS ? TERM_LEVELS : level];
}

const char *term_shade(const struct term *t, unsigned level)
{
	static const char *const shades[5] = {" ", "\xe2\x96\x91", "\xe2\x96\x92", "\xe2\x96\x93",
					      "\xe2\x96\x88"};
	static const char *const plain[5] = {" ", ".", "+", "*", "#"};

	return (t->utf8 ? shades : plain)[level > 4 ? 4 : level];
}
