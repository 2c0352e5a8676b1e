/* SPDX-License-Identifier: Apache-2.0 */
/* known.h -- an earlier listing of networks (`deflux networks --format jsonl`) read back. */
#pragma once

#include "base/diag.h"
#include "network/ident.h"

/* Of each line: the network's name, when it was first active, its domains and agents. Errors with text in *d:
 * E_IO, E_FORMAT (FILE:LINE and what is wrong there), E_MEMORY. */
enum err known_read(const char *path, struct ident_book *to, struct diag *d) MUST_USE;
