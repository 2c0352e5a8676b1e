/* SPDX-License-Identifier: Apache-2.0 */
/* punycode.h -- a label of Unicode text as the octets that DNS carries ("xn--...", RFC 3492 and RFC 5890). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"

/*
 * Writes the A-label of `n` octets of UTF-8; a label that is ASCII already stays as it is, lower-cased. Other
 * letters must come lower-case and composed, as the Public Suffix List writes them.
 *
 * Returns OK, E_FORMAT (no UTF-8, or nothing at all) or E_RANGE (over 63 octets); *len is set on OK only.
 */
enum err punycode_encode(const char *text, size_t n, uint8_t label[LABEL_OCTETS_MAX], size_t *len) MUST_USE;
