/* SPDX-License-Identifier: Apache-2.0 */
/* form.h -- what an input is, by its first octets; and the names of what it is instead. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "capture/capture.h"
#include "source/logs.h"

enum form_kind { FORM_CAPTURE, FORM_DNSTAP, FORM_LOG };

struct form {
	enum form_kind kind;
	enum capture_form capture;
	enum log_form log;
};

/* What an error says is expected: "expected a capture (pcap, pcapng), ...". */
extern const char form_expected[];

/*
 * OK; E_SHORT: more octets may tell (never when `last`); E_UNSUPPORTED: DNS data or a capture in a form that
 * is not read; E_FORMAT: something else. The last two set *name to what it looks like ("a C-DNS file"),
 * static storage.
 */
enum err form_recognise(const uint8_t *octets, size_t len, bool last, struct form *out,
			const char **name) MUST_USE;
