/* SPDX-License-Identifier: Apache-2.0 */
/* made_message.h -- DNS messages written in one line each, for tests. */
#pragma once

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/diag.h"
#include "dns/build.h"
#include "dns/name.h"
#include "dns/psl.h"
#include "observe/intake.h"

struct made {
	uint8_t octets[4096];
	struct build build;
};

static inline struct name made_name(const char *text)
{
	struct name n;
	enum err e = name_from_text(text, strlen(text), &n);

	assert(e == OK);
	return n;
}

/*
 * "question TYPE | s owner ttl TYPE value | ..." with s: a(nswer), n(s: authority), d (additional). Values:
 * an address, a name, or for HTTPS "hint ADDRESS".
 */
static inline void made_record(struct made *m, const char *text)
{
	char section, owner_text[256], type[16], value[256], more[64] = "";
	unsigned ttl;
	struct build_head head;
	struct name owner, target;
	struct addr a;
	enum section s;

	int got = sscanf(text, " %c %255s %u %15s %255s %63s", &section, owner_text, &ttl, type, value, more);
	assert(got >= 5);
	owner = made_name(owner_text);
	s = section == 'a' ? SECTION_ANSWER : section == 'n' ? SECTION_AUTHORITY : SECTION_ADDITIONAL;
	head = (struct build_head){s, &owner, rrtype_from_text(type, strlen(type)), ttl};
	if (addr_from_text(value, strlen(value), &a) == OK) {
		build_addr(&m->build, s, &owner, ttl, &a);
	} else if (strcmp(value, "hint") == 0) {
		uint8_t rdata[11] = {0, 1, 0, 0, 4, 0, 4};
		assert(addr_from_text(more, strlen(more), &a) == OK);
		memcpy(rdata + 7, a.octets + 12, 4);
		build_record(&m->build, &head, rdata, sizeof rdata);
	} else {
		target = made_name(value);
		build_name(&m->build, &head, &target);
	}
}

/* The whole message. flags: header flags beside QR. */
static inline struct intake made_message(struct made *m, uint16_t flags, const char *text)
{
	char copy[2048], question[256], type[16], *rest, *part;

	assert(strlen(text) < sizeof copy);
	strcpy(copy, text);
	part = strtok_r(copy, "|", &rest);
	assert(sscanf(part, " %255s %15s", question, type) == 2);
	struct name qname = made_name(question);
	build_begin(&m->build, m->octets, sizeof m->octets, 7, (uint16_t)(FLAG_QR | flags));
	build_question(&m->build, &qname, rrtype_from_text(type, strlen(type)), CLASS_IN);
	while ((part = strtok_r(NULL, "|", &rest)) != NULL)
		made_record(m, part);
	assert(m->build.err == OK);
	return (struct intake){
		.time_ns = 0, .last_ns = 0, .wire = m->octets, .len = (uint32_t)m->build.len, .count = 1};
}

/* A list of a few suffixes, in a file that is gone once read. */
static inline struct psl *made_psl(void)
{
	static const char list[] = "com\nnet\norg\ntest2\nco.uk\nuk\n// private\nduckdns.org\n";
	char path[] = "/tmp/deflux-psl-XXXXXX";
	struct psl *p = NULL;
	struct diag d;
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	assert(f != NULL);
	fputs(list, f);
	fclose(f);
	if (psl_open(&p, path, &d) != OK) {
		fprintf(stderr, "%s\n", d.text);
		abort();
	}
	remove(path);
	return p;
}
