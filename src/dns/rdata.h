/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rdata.h -- the data of a record out of its presentation form (RFC 1035, 5.1), as passive-DNS lines write
 * it.
 *
 * Read are addresses, names, MX, SRV, SOA, TXT, SPF, CAA, those of DNSSEC, HTTPS and SVCB (of their
 * parameters the address hints alone, the others are passed over), and any type as RFC 3597, 5 writes it ("\#
 * 4 0a000001").
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Where rdata goes: the caller's storage. */
struct rdata_room {
	uint8_t *octets;
	size_t room, len;
};

/* OK, E_FORMAT (not what the type wants), E_FULL (no room), E_UNSUPPORTED (a type not read); out->len is set
 * on OK only. Names are written without compression, in lower case. */
enum err rdata_from_text(uint16_t type, const char *text, size_t len, struct rdata_room *out) MUST_USE;
