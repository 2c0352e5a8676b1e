/* SPDX-License-Identifier: Apache-2.0 */
/* err.h -- the outcomes a function can report: zero, or a negative reason. */
#pragma once

#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

enum err {
	OK = 0,
	E_SHORT = -1,       /* the bytes end inside the thing read */
	E_FORMAT = -2,      /* the bytes break the format */
	E_RANGE = -3,       /* a number outside its limits */
	E_MEMORY = -4,      /* no memory, or the configured cap is reached */
	E_IO = -5,          /* the system refused; text in the caller's struct diag */
	E_UNSUPPORTED = -6, /* recognised, and not handled here */
	E_END = -7,         /* no more, in good order */
	E_FULL = -8,        /* a table or buffer of fixed size has no room */
	E_ABSENT = -9,      /* asked for, not there */
	E_AGAIN = -10       /* nothing yet: ask again */
};

/* A short English reason, for messages: "ends too early". Never NULL; static storage. */
const char *err_text(enum err e);
