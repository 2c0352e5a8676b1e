/* SPDX-License-Identifier: Apache-2.0 */
/* tune.c -- see tune.h. */
#include "cli/tune.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { PATH_TOLD = 100, NAME_TOLD = 64 };

/* Taken out of the message of a parameter, which does not know the file. */
static enum err at_path(struct diag *d, const char *path, enum err e)
{
	struct diag inner = *d;

	return diag_set(d, e, "%.*s: %s", PATH_TOLD, path, inner.text);
}

static enum err take_value(struct parameters *p, const struct parameter *which, const json_t *value,
			   struct diag *d)
{
	if (json_is_object(value))
		value = json_object_get(value, "value");
	if (which->type == PARAMETER_SWITCH ? !json_is_boolean(value) : !json_is_number(value))
		return diag_set(d, E_FORMAT, "%s wants %s", which->name,
				which->type == PARAMETER_SWITCH ? "true or false" : "a number");
	return parameter_set(p, which,
			     json_is_boolean(value) ? json_is_true(value) : json_number_value(value), d);
}

/* An object has each name once. */
static enum err find_unknown(const json_t *root, struct diag *d)
{
	struct parameter unused;
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)root, name, value)
	{
		if (!parameter_find(name, &unused))
			return diag_set(d, E_FORMAT,
					"there is no parameter %.*s; `deflux judge --parameters` lists them",
					NAME_TOLD, name);
	}
	return OK;
}

static enum err take_all(struct parameters *p, const json_t *root, struct diag *d)
{
	struct parameter which;
	size_t taken = 0;

	if (!json_is_object(root))
		return diag_set(d, E_FORMAT, "no JSON object of parameters");
	for (size_t i = 0; parameter_at(i, &which); i++) {
		const json_t *value = json_object_get(root, which.name);
		enum err e = value == NULL ? OK : take_value(p, &which, value, d);

		if (e != OK)
			return e;
		taken += value != NULL;
	}
	return taken == json_object_size(root) ? parameters_check(p, d) : find_unknown(root, d);
}

enum err tune_read(const char *path, struct parameters *out, struct diag *d)
{
	struct parameters p = parameters_own;
	FILE *f = fopen(path, "re");
	json_error_t wrong;
	json_t *root;
	enum err e;

	if (f == NULL)
		return diag_set(d, E_IO, "%.*s: %s", PATH_TOLD, path, strerror(errno));
	root = json_loadf(f, JSON_REJECT_DUPLICATES, &wrong);
	fclose(f);
	if (root == NULL)
		return diag_set(d, E_FORMAT, "%.*s:%d: %.100s", PATH_TOLD, path, wrong.line, wrong.text);
	e = take_all(&p, root, d);
	json_decref(root);
	if (e != OK)
		return at_path(d, path, e);
	*out = p;
	return OK;
}
