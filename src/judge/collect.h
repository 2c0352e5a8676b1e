/* SPDX-License-Identifier: Apache-2.0 */
/* collect.h -- the members of a view: the domain's own, those behind its aliases, and its servers. Private to
 * judge. */
#pragma once

#include "judge/view.h"

/* Of so many, few are put in their places one by one: nothing is called for it. */
enum { COLLECT_BY_HAND = 16 };

/* Settles the domain, unless it is to be left unsettled, and lists each member once, in the order of their
 * addresses; counts the names that are kept. The view has its partition, its domain and room. */
void collect_members(struct view *v, struct partition *p, const struct view_context *context);

/* Whether it answers for a name that is no name server's. */
static inline bool collect_pages(const struct view_member *m)
{
	return (m->roles & (MEMBER_HOST | MEMBER_ALIAS | MEMBER_HINT)) != 0;
}
