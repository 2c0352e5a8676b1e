/* SPDX-License-Identifier: Apache-2.0 */
/* type.h -- the numbers of DNS that deflux names (IANA "Domain Name System (DNS) Parameters"). */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum rrtype {
	RR_A = 1,
	RR_NS = 2,
	RR_CNAME = 5,
	RR_SOA = 6,
	RR_PTR = 12,
	RR_MX = 15,
	RR_TXT = 16,
	RR_AAAA = 28,
	RR_SRV = 33,
	RR_DNAME = 39,
	RR_OPT = 41,
	RR_DS = 43,
	RR_RRSIG = 46,
	RR_SVCB = 64,
	RR_HTTPS = 65,
	RR_IXFR = 251,
	RR_AXFR = 252,
	RR_ANY = 255
};

enum { CLASS_IN = 1 };

enum section { SECTION_ANSWER, SECTION_AUTHORITY, SECTION_ADDITIONAL };

enum rcode {
	RCODE_NOERROR = 0,
	RCODE_FORMERR = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_REFUSED = 5,
	RCODE_BADVERS = 16 /* its upper bits stand in OPT */
};

enum header_flag {
	FLAG_QR = 0x8000,
	FLAG_OPCODE = 0x7800, /* a mask */
	FLAG_AA = 0x0400,
	FLAG_TC = 0x0200,
	FLAG_RD = 0x0100,
	FLAG_RA = 0x0080
};

enum { DNS_HEADER_OCTETS = 12, DNS_PORT = 53, MDNS_PORT = 5353 };

/* The mnemonic ("AAAA"), or "TYPE65280" (RFC 3597) written into `text`; returns text or a static string. */
const char *rrtype_to_text(uint16_t type, char text[10]);

/* The number of a mnemonic or TYPEn, in any case; 0 when it is neither. */
uint16_t rrtype_from_text(const char *text, size_t len);
