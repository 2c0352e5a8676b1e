/* SPDX-License-Identifier: Apache-2.0 */
/* mapping.c -- see mapping.h. */
#include "source/mapping.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The handler may run in any thread at any moment, and takes no lock. It says that it walks the list before
 * it does; who takes a mapping out of the list gives it back only when nobody walks, for whoever begins to
 * walk later does not meet it. A mapping at which a thread faults is not closed meanwhile: that thread uses
 * it.
 */
static struct {
	pthread_mutex_t lock; /* of changes */
	struct mapping *_Atomic first;
	atomic_uint walkers;
	struct sigaction former;
	size_t page_octets;
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Zeros from the page of `at` to the end of its mapping. False: `at` is in none, or there is no memory. */
static bool mend(const void *at)
{
	uintptr_t where = (uintptr_t)at;
	struct mapping *m = all.first;
	size_t from, whole;

	while (m != NULL && where - (uintptr_t)m->octets >= m->len)
		m = m->next;
	if (m == NULL)
		return false;
	from = (where - (uintptr_t)m->octets) / all.page_octets * all.page_octets;
	if (mmap(m->octets + from, m->len - from, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) == MAP_FAILED)
		return false;
	whole = m->whole;
	while (from < whole && !atomic_compare_exchange_weak(&m->whole, &whole, from))
		continue;
	return true;
}

static void on_lost_page(int number, siginfo_t *info, void *context)
{
	int before = errno;
	bool mended;

	atomic_fetch_add(&all.walkers, 1);
	mended = info->si_code == BUS_ADRERR && mend(info->si_addr);
	atomic_fetch_sub(&all.walkers, 1);
	errno = before;
	if (mended)
		return;
	if ((all.former.sa_flags & SA_SIGINFO) != 0)
		all.former.sa_sigaction(number, info, context);
	else if (all.former.sa_handler != SIG_DFL && all.former.sa_handler != SIG_IGN)
		all.former.sa_handler(number);
	else /* what faulted does so again, and ends the process */
		(void)sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

static void install(void)
{
	struct sigaction handler = {.sa_sigaction = on_lost_page, .sa_flags = SA_SIGINFO};

	all.page_octets = (size_t)sysconf(_SC_PAGESIZE);
	sigemptyset(&handler.sa_mask);
	(void)sigaction(SIGBUS, NULL, &all.former); /* before a fault may ask for it */
	(void)sigaction(SIGBUS, &handler, NULL);
}

struct mapping *mapping_open(int fd, size_t len)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct mapping *m = calloc(1, sizeof *m);
	void *octets = m == NULL ? MAP_FAILED : mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);

	if (octets == MAP_FAILED) {
		free(m);
		return NULL;
	}
	(void)pthread_once(&once, install);
	m->octets = octets;
	m->len = len;
	m->whole = len;
	pthread_mutex_lock(&all.lock);
	m->next = all.first;
	if (m->next != NULL)
		m->next->before = m;
	all.first = m;
	pthread_mutex_unlock(&all.lock);
	return m;
}

void mapping_close(struct mapping *m)
{
	if (m == NULL)
		return;
	pthread_mutex_lock(&all.lock);
	if (m->next != NULL)
		m->next->before = m->before;
	if (m->before != NULL)
		m->before->next = m->next;
	else
		all.first = m->next;
	pthread_mutex_unlock(&all.lock);
	while (all.walkers != 0)
		sched_yield();
	munmap(m->octets, m->len);
	free(m);
}
