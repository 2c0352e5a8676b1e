/* SPDX-License-Identifier: Apache-2.0 */
/* nets.c -- see nets.h. The sources are read by origin.h, kept by cache.h, searched by find.h. */
#include "enrich/nets.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/stamp.h"
#include "enrich/cache.h"
#include "enrich/draw.h"
#include "enrich/find.h"
#include "enrich/origin.h"

/* What the lab draws from: made when first asked for, since scans never ask. */
struct lazy_draw {
	pthread_mutex_t lock;
	struct draw *draw;
};

struct nets {
	bool known;
	uint32_t n;
	struct net *list;
	/* the block: mapped from the cache's file, or just made */
	struct cache_map map;
	struct buf made;
	struct cache_view view;
	struct find find;
	struct lazy_draw *lazy;
};

static const char nothing_known[] = "no database of networks";

/* Takes the block out of the cache, if a sound one lies there. */
static bool take_kept(struct nets *n, const char *path, uint64_t key)
{
	if (cache_map_file(path, &n->map) != OK)
		return false;
	if (cache_check(n->map.octets, n->map.len, key, &n->view) == OK)
		return true;
	cache_unmap(&n->map);
	return false;
}

/* A place for the file of these sources; "" when there is none or none is wanted. */
static enum err kept_where(const struct nets_config *config, const struct origins *o, struct buf *path)
{
	enum err e = OK;

	if (config->cache == NULL || config->cache[0] != 0)
		e = cache_path(config->cache, o->files, o->n_files, path);
	if (e == E_ABSENT)
		e = OK;
	return e;
}

static enum err take_or_make(struct nets *n, const struct nets_config *config, const struct origins *o,
			     struct diag *d)
{
	uint64_t key = cache_key(o->files, o->n_files);
	struct buf path = {0};
	enum err e = kept_where(config, o, &path);

	if (e != OK)
		(void)diag_set(d, e, "cache of networks: %s", err_text(e));
	if (e == OK && (path.len == 0 || !take_kept(n, buf_text(&path), key))) {
		e = origins_make(o, key, &n->made, d);
		if (e == OK) /* what was just made is held to the same rules */
			e = cache_check(n->made.bytes, n->made.len, key, &n->view);
		if (e == OK && path.len > 0)
			(void)cache_save(buf_text(&path), &n->made);
	}
	buf_fini(&path);
	return e;
}

/* The networks in the form that is given out. */
static enum err list_nets(struct nets *n)
{
	n->n = n->known ? n->view.header->n_nets : 1;
	n->list = calloc(n->n, sizeof *n->list);
	if (n->list == NULL)
		return E_MEMORY;
	n->list[0].name = "";
	for (int k = 0; k < NET_KINDS; k++)
		n->list[0].kind[k] = (float)nets_kind_base[k];
	for (uint32_t i = 1; i < n->n; i++) {
		const struct cache_net *from = &n->view.nets[i];
		struct net *to = &n->list[i];

		to->asn = from->asn;
		to->name = n->view.names + from->name;
		memcpy(to->country, from->country, sizeof to->country);
		memcpy(to->kind, from->kind, sizeof to->kind);
	}
	return OK;
}

static enum err open_lazy(struct nets *n)
{
	n->lazy = calloc(1, sizeof *n->lazy);
	if (n->lazy == NULL)
		return E_MEMORY;
	pthread_mutex_init(&n->lazy->lock, NULL);
	return OK;
}

static enum err fill(struct nets *n, const struct nets_config *config, struct diag *d)
{
	struct origins o;
	enum err e = origins_list(&o, config, d);

	if (e != OK)
		return e;
	n->known = o.n_files > 0;
	if (n->known)
		e = take_or_make(n, config, &o, d);
	origins_fini(&o);
	if (e != OK)
		return e;
	e = list_nets(n);
	if (e == OK && n->known)
		e = find_init(&n->find, &n->view);
	if (e == OK)
		e = open_lazy(n);
	return e == OK ? OK : diag_set(d, e, "databases of networks: %s", err_text(e));
}

enum err nets_open(struct nets **out, const struct nets_config *config, struct diag *d)
{
	struct nets *n = calloc(1, sizeof *n);
	enum err e;

	if (n == NULL)
		return diag_set(d, E_MEMORY, "databases of networks: %s", err_text(E_MEMORY));
	e = fill(n, config, d);
	if (e != OK) {
		nets_close(n);
		return e;
	}
	*out = n;
	return OK;
}

void nets_close(struct nets *n)
{
	if (n == NULL)
		return;
	if (n->lazy != NULL) {
		draw_free(n->lazy->draw);
		pthread_mutex_destroy(&n->lazy->lock);
		free(n->lazy);
	}
	find_fini(&n->find);
	free(n->list);
	buf_fini(&n->made);
	cache_unmap(&n->map);
	free(n);
}

bool nets_known(const struct nets *n)
{
	return n->known;
}

const char *nets_describe(const struct nets *n)
{
	return n->known ? n->view.header->title : nothing_known;
}

int64_t nets_made_ns(const struct nets *n)
{
	return n->known ? n->view.header->made_ns : STAMP_NONE;
}

uint32_t nets_find(const struct nets *n, const struct addr *a, char country[2])
{
	uint32_t value = n->known ? find_value(&n->find, a) : 0, index = value >> CACHE_COUNTRY_BITS;

	if (country == NULL)
		return index;
	if ((value & CACHE_COUNTRY_MASK) != 0)
		cache_country_text(value & CACHE_COUNTRY_MASK, country);
	else
		memcpy(country, n->list[index].country, 2);
	return index;
}

const struct net *nets_get(const struct nets *n, uint32_t index)
{
	return &n->list[index < n->n ? index : 0];
}

uint32_t nets_count(const struct nets *n)
{
	return n->n;
}

bool nets_address_in(const struct nets *n, uint32_t index, bool v6, uint64_t random, struct addr *out)
{
	const struct draw *draw = NULL;

	if (!n->known)
		return false;
	pthread_mutex_lock(&n->lazy->lock);
	if (n->lazy->draw == NULL)
		n->lazy->draw = draw_new(&n->view);
	draw = n->lazy->draw;
	pthread_mutex_unlock(&n->lazy->lock);
	return draw != NULL && draw_address(draw, index, v6, random, out);
}
