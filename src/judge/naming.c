/* SPDX-License-Identifier: Apache-2.0 */
/*
 * naming.c -- which honest class a domain is most like, beyond what weighs against flux.
 *
 * Parked names, sinkholes and a censor's answers stand by the hundred at each address; where each look-up has
 * a name of its own there is a tunnel, or a service of addresses in labels. That tells honest classes from
 * each other. Between them and flux it would say what the lab made up: how many domains of one network are
 * seen.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dns/name.h"
#include "judge/inputs.h"
#include "judge/model.h"

enum { OWNERS_LOOKED_AT = 64 };

/* Whether the name holds the address in decimal, with dots or dashes, or in hexadecimal (nip.io, sslip.io).
 */
static bool says_address(const char *text, const struct addr *a)
{
	const uint8_t *o = a->octets + 12;
	char said[3][4 * 4];

	if (!addr_is_v4(a))
		return false;
	snprintf(said[0], sizeof said[0], "%u.%u.%u.%u", o[0], o[1], o[2], o[3]);
	snprintf(said[1], sizeof said[1], "%u-%u-%u-%u", o[0], o[1], o[2], o[3]);
	snprintf(said[2], sizeof said[2], "%02x%02x%02x%02x", o[0], o[1], o[2], o[3]);
	return strstr(text, said[0]) != NULL || strstr(text, said[1]) != NULL ||
	       strstr(text, said[2]) != NULL;
}

/* Whether most of its names with addresses say their own. */
static bool says_addresses(const struct view *v)
{
	const struct partition *p = v->partition;
	unsigned all = 0, said = 0;

	for (uint32_t w = v->domain->owners; w != NONE && all < OWNERS_LOOKED_AT; w = p->owners[w].next) {
		const struct owner *o = &p->owners[w];
		char text[NAME_TEXT_MAX];

		if (o->pairs == NONE)
			continue;
		(void)name_to_text(partition_name(p, o->name), text);
		all++;
		said += says_address(text, &p->pairs[o->pairs].addr);
	}
	return said * 2 > all;
}

void inputs_naming_of(const struct view *v, struct inputs_naming *out)
{
	out->names = v->names > 0 ? v->names : 1;
	out->answers = v->domain->answers > 0 ? v->domain->answers : 1;
	out->users = v->hosts == 0 ? 1 : (double)v->host_uses / v->hosts;
	out->own_address = says_addresses(v);
}

void model_fit_naming(const struct parameters *p, const struct view *v, double of[CLASSES])
{
	struct inputs_naming in;
	double names, fresh, others;

	inputs_naming_of(v, &in);
	names = log2(in.names);
	fresh = names - log2(in.answers);
	others = log2(in.users);
	for (unsigned k = 0; k < CLASSES; k++) {
		const struct class_model *m = &p->class[k];

		of[k] = model_normal(names, m->names_mean, m->names_sd) *
			model_normal(fresh, m->fresh_mean, m->fresh_sd) *
			model_normal(others, m->others_mean, m->others_sd) *
			(in.own_address ? m->own_address : 1 - m->own_address);
		/* what is rare in life is not among what one asks about; a class left out is not named */
		of[k] *= m->weight > 0 ? m->named / m->weight : 0;
	}
}
