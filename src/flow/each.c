/* SPDX-License-Identifier: Apache-2.0 */
/* each.c -- see each.h. */
#include "flow/each.h"

#include "flow/run.h"

bool each_help(struct worker *w)
{
	struct flow *f = w->flow;
	struct round *r = &f->round;
	uint32_t among = (r->left & flow_own_groups(w)) != 0 ? flow_own_groups(w) : UINT32_MAX;
	unsigned group;
	double began;
	bool good;

	if (r->left == 0)
		return false;
	group = (unsigned)__builtin_ctz(r->left & among);
	r->left &= ~(UINT32_C(1) << group);
	pthread_mutex_unlock(&f->lock);
	began = flow_seconds();
	good = r->visit(w, group, r->context);
	if (r->caller != w) /* who called counts the whole round */
		w->judge_s += flow_seconds() - began;
	pthread_mutex_lock(&f->lock);
	r->failed |= !good;
	if (++r->done == OBS_GROUPS)
		pthread_cond_broadcast(&f->change);
	return true;
}

static void *help(void *context)
{
	struct worker *w = context;

	pthread_mutex_lock(&w->flow->lock);
	while (each_help(w))
		;
	pthread_mutex_unlock(&w->flow->lock);
	return NULL;
}

bool each_group(struct worker *w, each_visit *visit, void *context)
{
	struct flow *f = w->flow;
	struct round *r = &f->round;
	unsigned started = 1; /* w is the first worker, when the others have ended */
	bool good;

	pthread_mutex_lock(&f->lock);
	*r = (struct round){.visit = visit, .context = context, .caller = w, .left = ALL_GROUPS};
	pthread_cond_broadcast(&f->change);
	while (f->finished && started < f->n_workers && started < OBS_GROUPS &&
	       pthread_create(&f->workers[started].thread, NULL, help, &f->workers[started]) == 0)
		started++;
	while (each_help(w))
		;
	while (r->done < OBS_GROUPS)
		pthread_cond_wait(&f->change, &f->lock);
	good = !r->failed;
	pthread_mutex_unlock(&f->lock);
	while (started > 1)
		pthread_join(f->workers[--started].thread, NULL);
	return good;
}
