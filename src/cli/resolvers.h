/* SPDX-License-Identifier: Apache-2.0 */
/* resolvers.h -- small configurations by which real resolvers ask the lab's servers and nobody else. */
#pragma once

#include "base/diag.h"
#include "cli/listen.h"

/*
 * Writes root.hints, named.conf and, where they can reach the servers, unbound.conf and recursor.conf to a
 * folder, which is made when it is not there. The resolvers listen on 127.0.0.1, on the ports behind that of
 * the servers (Unbound, BIND, PowerDNS Recursor), or from 5301 on. E_IO, E_MEMORY, E_FORMAT; text in *d.
 */
enum err resolvers_write(const char *folder, const struct listen_place *places, size_t n,
			 struct diag *d) MUST_USE;
