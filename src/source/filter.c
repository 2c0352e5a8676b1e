/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c -- see filter.h. */
#include "source/filter.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum { LINKS_MAX = 32, SNAP_OCTETS = 262144, UNFIT_TEXT_MAX = 200 };

struct program {
	uint16_t link;
	bool compiled;
	struct bpf_program code;
	char unfit[UNFIT_TEXT_MAX]; /* why not */
};

struct filter {
	char *text;
	unsigned n;
	struct program programs[LINKS_MAX];
};

enum {
	LINK_NULL = 0,
	LINK_RAW_OPENBSD = 14,
	LINK_ATM_RFC1483 = 100,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	FAMILY_OCTETS = 4 /* before the packet in LINK_NULL and LINK_LOOP */
};

/* libpcap's numbers differ from those in files for the oldest types. Of loopback only the packet is shown to
 * it: it knows but one byte order and one number for IPv6, those of this machine. */
static int dlt_of(uint16_t link)
{
	switch (link) {
	case LINK_ATM_RFC1483:
		return DLT_ATM_RFC1483;
	case LINK_NULL:
	case LINK_LOOP:
	case LINK_RAW_OPENBSD:
	case LINK_RAW:
		return DLT_RAW;
	default:
		return link;
	}
}

static bool compile(struct program *p, const char *text)
{
	pcap_t *dead = pcap_open_dead(dlt_of(p->link), SNAP_OCTETS);

	if (dead == NULL)
		return false;
	/* the optimiser calls it an error that nothing can pass; but it may well be, where only IPv6 is */
	p->compiled = pcap_compile(dead, &p->code, text, 1, PCAP_NETMASK_UNKNOWN) == 0 ||
		      pcap_compile(dead, &p->code, text, 0, PCAP_NETMASK_UNKNOWN) == 0;
	if (!p->compiled)
		strncat(p->unfit, pcap_geterr(dead), UNFIT_TEXT_MAX - 1);
	pcap_close(dead);
	return p->compiled;
}

/* A filter may fit some link types only ("wlan type mgt"): it is wrong when it fits none of the usual ones.
 */
static enum err check(const char *text, struct diag *d)
{
	static const uint16_t usual[] = {1, LINK_RAW, 113, 276, 105, 127, 239};
	char first[UNFIT_TEXT_MAX] = "";

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		struct program p = {.link = usual[i]};

		if (compile(&p, text)) {
			pcap_freecode(&p.code);
			return OK;
		}
		if (i == 0)
			memcpy(first, p.unfit, sizeof first);
	}
	return diag_set(d, E_FORMAT, "filter \"%s\": %s", text, first);
}

enum err filter_open(struct filter **out, const char *text, struct diag *d)
{
	enum err e = check(text, d);
	struct filter *f;

	if (e != OK)
		return e;
	f = calloc(1, sizeof *f);
	if (f == NULL || (f->text = strdup(text)) == NULL) {
		free(f);
		return diag_set(d, E_MEMORY, "%s", err_text(E_MEMORY));
	}
	*out = f;
	return OK;
}

void filter_close(struct filter *f)
{
	if (f == NULL)
		return;
	for (unsigned i = 0; i < f->n; i++)
		if (f->programs[i].compiled)
			pcap_freecode(&f->programs[i].code);
	free(f->text);
	free(f);
}

static struct program *program_for(struct filter *f, uint16_t link, const char **unfit)
{
	struct program *p;

	for (unsigned i = 0; i < f->n; i++)
		if (f->programs[i].link == link)
			return &f->programs[i];
	if (f->n == LINKS_MAX) /* no honest input has so many: nothing of them passes */
		return NULL;
	p = &f->programs[f->n++];
	p->link = link;
	if (!compile(p, f->text))
		*unfit = p->unfit;
	return p;
}

bool filter_pass(struct filter *f, const struct frame *frame, const char **unfit)
{
	const struct program *p = program_for(f, frame->link, unfit);
	struct pcap_pkthdr head = {.caplen = frame->len, .len = frame->wire_len};
	const uint8_t *octets = frame->octets;

	if (p == NULL || !p->compiled)
		return false;
	if (frame->link == LINK_NULL || frame->link == LINK_LOOP) {
		if (frame->len < FAMILY_OCTETS)
			return false;
		octets += FAMILY_OCTETS;
		head.caplen -= FAMILY_OCTETS;
		head.len -= head.len < FAMILY_OCTETS ? head.len : FAMILY_OCTETS;
	}
	return pcap_offline_filter(&p->code, &head, octets) != 0;
}
