/* SPDX-License-Identifier: Apache-2.0 */
/* tune.h -- other parameters than deflux's own, read from a file. */
#pragma once

#include "base/diag.h"
#include "judge/parameters.h"

/*
 * Reads JSON as `deflux judge --parameters --format json` prints it: an object with a number, a switch, or an
 * object with a `value`, for each name. What is not named stays deflux's own.
 *
 * E_IO, E_FORMAT, E_RANGE with text in *d; *out is then unchanged.
 */
enum err tune_read(const char *path, struct parameters *out, struct diag *d) MUST_USE;
