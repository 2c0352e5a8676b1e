/* SPDX-License-Identifier: Apache-2.0 */
/* diag.c -- see diag.h. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

enum err diag_set(struct diag *d, enum err e, const char *format, ...)
{
	va_list args;

	if (d == NULL)
		return e;
	va_start(args, format);
	vsnprintf(d->text, sizeof d->text, format, args);
	va_end(args);
	return e;
}
