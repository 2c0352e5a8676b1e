/* SPDX-License-Identifier: Apache-2.0 */
/* each.c -- see each.h. */
#include "flow/each.h"

#include <pthread.h>
#include <stdatomic.h>

enum { HELPERS_MAX = 63 };

struct round {
	struct partition *partitions;
	void (*visit)(void *context, struct partition *p);
	void *context;
	atomic_uint next;
};

static void *run(void *context)
{
	struct round *r = context;
	unsigned i;

	while ((i = atomic_fetch_add(&r->next, 1)) < OBS_PARTITIONS)
		r->visit(r->context, &r->partitions[i]);
	return NULL;
}

void each_partition(struct partition *partitions, unsigned threads,
		    void (*visit)(void *context, struct partition *p), void *context)
{
	struct round r = {.partitions = partitions, .visit = visit, .context = context};
	pthread_t helpers[HELPERS_MAX];
	unsigned started = 0;

	while (started < HELPERS_MAX && started + 1 < threads &&
	       pthread_create(&helpers[started], NULL, run, &r) == 0)
		started++;
	run(&r); /* without helpers all the same */
	while (started > 0)
		pthread_join(helpers[--started], NULL);
}
