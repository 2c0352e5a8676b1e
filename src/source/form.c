/* SPDX-License-Identifier: Apache-2.0 */
/* form.c -- see form.h. */
#include "source/form.h"

#include <string.h>

#include "base/cursor.h"
#include "capture/dnstap.h"

const char form_expected[] =
	"expected a capture (pcap, pcapng), dnstap, or a log of DNS (Zeek, Suricata EVE, passive DNS "
	"COF, DNSDB), plain or .gz .zst .xz";

enum { TAR_MAGIC_AT = 257 };

struct magic {
	const char *octets;
	size_t n;
	const char *name;
};

#define MAGIC(octets, name)                                                                                  \
	{                                                                                                    \
		octets, sizeof(octets) - 1, name                                                             \
	}

/* DNS data or captures, in forms that are not read. */
static const struct magic unsupported[] = {
	MAGIC("\x83\x65"
	      "C-DNS",
	      "a C-DNS file (RFC 8618)"),
	MAGIC("\x9f\x65"
	      "C-DNS",
	      "a C-DNS file (RFC 8618)"),
	MAGIC("\x83\x7f\x65"
	      "C-DNS",
	      "a C-DNS file (RFC 8618)"),
	MAGIC("NMSG", "a binary nmsg file (nmsgtool -J writes it as JSON)"),
	MAGIC("snoop\0\0\0", "a snoop capture (RFC 1761; editcap converts it)"),
	MAGIC("GMBU", "a Network Monitor capture (editcap converts it)"),
	MAGIC("RTSS", "a Network Monitor capture (editcap converts it)"),
	MAGIC("TRSNIFF data    \x1a", "a Sniffer capture (editcap converts it)"),
	MAGIC("XCP\0", "a Sniffer capture (editcap converts it)"),
	MAGIC("PAR1", "a Parquet file"),
	MAGIC("Obj\1", "an Avro file"),
	MAGIC("ORC", "an ORC file"),
};

/* Other things people hand in by mistake. */
static const struct magic foreign[] = {
	MAGIC("\x7f"
	      "ELF",
	      "a program (ELF)"),
	MAGIC("PK\3\4", "a zip archive"),
	MAGIC("PK\5\6", "an empty zip archive"),
	MAGIC("7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
	MAGIC("Rar!\x1a\7", "a RAR archive"),
	MAGIC("SQLite format 3", "an SQLite database"),
	MAGIC("%PDF-", "a PDF"),
	MAGIC("\x89PNG", "a picture (PNG)"),
	MAGIC("\xff\xd8\xff", "a picture (JPEG)"),
	MAGIC("!<arch>\n", "a library or package (ar)"),
	MAGIC("<!DOCTYPE", "a web page"),
	MAGIC("<!doctype", "a web page"),
	MAGIC("<html", "a web page"),
	MAGIC("<?xml", "XML"),
	MAGIC("#!", "a script"),
	MAGIC("\n; <<>> DiG", "the output of dig"),
	MAGIC("; <<>> DiG", "the output of dig"),
	MAGIC("\xab\xcd\xefMaxMind.com", "a MaxMind database"),
};

static const char *find(const struct magic *list, size_t n, const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (len >= list[i].n && memcmp(octets, list[i].octets, list[i].n) == 0)
			return list[i].name;
	return NULL;
}

/*
 * PowerDNS's remote logging: a length of two octets (four in newer streams), then a PBDNSMessage: field 1,
 * the type (1..4), field 2, an identifier of 16 octets.
 */
static bool is_powerdns(const uint8_t *octets, size_t len)
{
	for (size_t prefix = 2; prefix <= 4; prefix += 2) {
		struct cursor c = cursor_over(octets, len);
		uint32_t claimed = prefix == 2 ? cursor_u16(&c) : cursor_u32(&c);
		uint16_t type = cursor_u16(&c), id = cursor_u16(&c);

		if (c.err == OK && claimed >= 22 && type >= 0x0801 && type <= 0x0804 && id == 0x1210)
			return true;
	}
	return false;
}

/* No control character that text does not have. */
static bool is_text(const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (octets[i] < 0x20 && (octets[i] < '\t' || octets[i] > '\r') && octets[i] != 0x1b)
			return false;
	return true;
}

static const char *foreign_name(const uint8_t *octets, size_t len)
{
	const char *name = find(foreign, sizeof foreign / sizeof *foreign, octets, len);

	if (name != NULL)
		return name;
	if (len >= TAR_MAGIC_AT + 5 && memcmp(octets + TAR_MAGIC_AT, "ustar", 5) == 0)
		return "a tar archive";
	if (!is_text(octets, len))
		return "a file of unknown form";
	return octets[0] == '{' || octets[0] == '[' ? "JSON, but no log of DNS that is known"
						    : "text, but no log of DNS that is known";
}

enum err form_recognise(const uint8_t *octets, size_t len, bool last, struct form *out, const char **name)
{
	struct form f = {0};

	if (len < CAPTURE_MAGIC_OCTETS && !last)
		return E_SHORT;
	f.capture = capture_recognise(octets, len);
	if (f.capture != CAPTURE_NONE) {
		f.kind = FORM_CAPTURE;
	} else if (fstrm_recognise(octets, len)) {
		f.kind = FORM_DNSTAP;
	} else {
		f.kind = FORM_LOG;
		f.log = log_recognise(octets, len);
	}
	if (f.kind != FORM_LOG || f.log != LOG_NONE) {
		*out = f;
		return OK;
	}
	*name = find(unsupported, sizeof unsupported / sizeof *unsupported, octets, len);
	if (*name == NULL && is_powerdns(octets, len))
		*name = "a PowerDNS protobuf log";
	if (*name != NULL)
		return E_UNSUPPORTED;
	if (!last && len < LOG_SAMPLE_OCTETS && is_text(octets, len))
		return E_SHORT; /* a log whose first lines are broken */
	*name = len == 0 ? "an empty file" : foreign_name(octets, len);
	return E_FORMAT;
}
