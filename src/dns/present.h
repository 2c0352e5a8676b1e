/* SPDX-License-Identifier: Apache-2.0 */
/*
 * present.h -- the data of a record in presentation form (RFC 1035, 5.1), as passive DNS writes it; rdata.h
 * reads it again.
 *
 * Written in the form of their type are addresses, names, MX, SRV, SOA, TXT, SPF, CAA, DS, DNSKEY, SSHFP,
 * TLSA, HTTPS and SVCB; all others, and data that does not fit its type, as octets (RFC 3597, 5: "\# 4
 * 0a000001"). Names have no final dot.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct cursor;

/*
 * Appends the rdata at the cursor (over the whole message) without compression and with its names in lower
 * case, so that equal data has equal octets; moves the cursor over rdlen octets. E_SHORT, E_FORMAT: the names
 * in it are broken, or do not end where the data does; E_MEMORY. On error nothing is appended.
 */
enum err present_expand(uint16_t type, struct cursor *at, size_t rdlen, struct buf *out) MUST_USE;

/* Appends the text of expanded rdata. Only printable ASCII is written. */
void present_rdata(uint16_t type, const uint8_t *rdata, size_t len, struct buf *out);
