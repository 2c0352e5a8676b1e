/* SPDX-License-Identifier: Apache-2.0 */
/* err.c -- see err.h. */
#include "base/err.h"

const char *err_text(enum err e)
{
	switch (e) {
	case OK:
		return "no error";
	case E_SHORT:
		return "ends too early";
	case E_FORMAT:
		return "breaks its format";
	case E_RANGE:
		return "number out of range";
	case E_MEMORY:
		return "out of memory";
	case E_IO:
		return "input or output failed";
	case E_UNSUPPORTED:
		return "not supported";
	case E_END:
		return "at its end";
	case E_FULL:
		return "no room left";
	case E_AGAIN:
		return "nothing yet";
	case E_ABSENT:
		return "not found";
	}
	return "unknown error";
}
