/* SPDX-License-Identifier: Apache-2.0 */
/* diag.h -- one line of text about what went wrong, in the caller's storage: libraries never print. */
#pragma once

#include "base/err.h"

struct diag {
	char text[400]; /* one line, no newline, always ends with NUL */
};

/* Sets the text (cut if too long) and returns e, so that `return diag_set(...)` reads well. d may be NULL. */
enum err diag_set(struct diag *d, enum err e, const char *format, ...) PRINTF_LIKE(3, 4);
