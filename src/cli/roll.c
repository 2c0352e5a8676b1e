/* SPDX-License-Identifier: Apache-2.0 */
/* roll.c -- flux networks as a table and as JSON Lines; see roll.h. */
#include "cli/roll.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "base/stamp.h"
#include "cli/story.h"
#include "cli/words.h"

enum { FIRST_DOMAINS = 3, FIRST_ISPS = 3, FIRST_SHARES = 3, TIME_COLUMNS = 16, REAL_DIGITS = 12 };

const char roll_assumes[] =
	"Chao's lower bound: each look-up draws agents independently from one pool; agents that answer "
	"unequally "
	"often make the true size larger, and a pool that changed is counted over its whole time.";

const char *roll_size(const struct network *w, char text[ROLL_SIZE_MAX])
{
	snprintf(text, ROLL_SIZE_MAX, "%.0f (%.0f-%.0f)", round(w->size.estimate), floor(w->size.low),
		 ceil(w->size.high));
	return text;
}

void roll_membership(const struct network *w, struct buf *to)
{
	char size[ROLL_SIZE_MAX];

	if (w == NULL)
		return;
	buf_printf(to, "It belongs to the flux network %s: ", w->name);
	words_plural(to, w->n_domains, "domain", NULL);
	buf_add_text(to, ", ");
	words_plural(to, w->n_agents, "agent", NULL);
	buf_printf(to, " seen, about %s in all.", roll_size(w, size));
}

void roll_address(const struct network_agent *a, char text[ADDR_TEXT_MAX + 4])
{
	size_t len = addr_to_text(&a->addr, text);

	snprintf(text + len, ADDR_TEXT_MAX + 4 - len, "%s", addr_is_v4(&a->addr) ? "" : "/56");
}

const char *roll_sides(uint8_t sides)
{
	return sides == SIDE_HOST ? "A" : sides == SIDE_SERVER ? "NS" : "A, NS";
}

void roll_domain(const struct networks *n, uint32_t domain, char text[NAME_TEXT_MAX])
{
	name_to_text(networks_name(n, &n->domains[domain]), text);
}

static uint32_t known_isps(const struct network *w)
{
	uint32_t known = 0;

	for (uint32_t i = 0; i < w->n_isps; i++)
		known += w->isps[i].net != 0;
	return known;
}

static uint32_t known_countries(const struct network *w)
{
	uint32_t known = 0;

	for (uint32_t i = 0; i < w->n_countries; i++)
		known += w->countries[i].country[0] != 0;
	return known;
}

/* ---- the table ---- */

enum column { NAME, KIND, DOMAINS, AGENTS, SIZE, ISPS, COUNTRIES, FIRST, LAST, COLUMNS };

static const struct {
	const char *head;
	unsigned char width;
	bool right, wide; /* wide: only where there is room */
} columns[COLUMNS] = {
	[NAME] = {"network", 11, false, false},
	[KIND] = {"kind", 6, false, true},
	[DOMAINS] = {"domains", 7, true, false},
	[AGENTS] = {"agents", 6, true, false},
	[SIZE] = {"size (95 %)", 16, true, false},
	[ISPS] = {"nets", 4, true, false},
	[COUNTRIES] = {"ctry", 4, true, true},
	[FIRST] = {"first seen", TIME_COLUMNS, false, false},
	[LAST] = {"last seen", TIME_COLUMNS, false, true},
};

static bool has_room(const struct term *t)
{
	unsigned width = 0;

	for (unsigned c = 0; c < COLUMNS; c++)
		width += columns[c].width + 1u;
	return !t->terminal || t->width >= width;
}

static void cell(const struct term *t, struct buf *to, enum column c, const char *text)
{
	if (columns[c].wide && !has_room(t))
		return;
	if (c != NAME)
		buf_add_char(to, ' ');
	term_cell(t, to, text, columns[c].width, columns[c].right);
}

static void number(const struct term *t, struct buf *to, enum column c, uint64_t n)
{
	char text[32];

	snprintf(text, sizeof text, n < 1000000 ? "%" PRIu64 : "%" PRIu64 "k", n < 1000000 ? n : n / 1000);
	cell(t, to, c, text);
}

/* "2009-03-12 22:00" */
static void moment(const struct term *t, struct buf *to, enum column c, int64_t time_ns)
{
	char text[STAMP_TEXT_MAX];

	stamp_to_text(time_ns, text);
	text[10] = ' ';
	text[TIME_COLUMNS] = 0;
	cell(t, to, c, text);
}

static void row(const struct network *w, const struct term *t, struct buf *to)
{
	const char *kind = flux_kind_text(w->kind);
	char size[ROLL_SIZE_MAX];

	term_tone(t, to, TONE_STRONG);
	cell(t, to, NAME, w->name);
	term_tone(t, to, TONE_PLAIN);
	cell(t, to, KIND, kind == NULL ? "-" : kind);
	number(t, to, DOMAINS, w->n_domains);
	number(t, to, AGENTS, w->n_agents);
	cell(t, to, SIZE, roll_size(w, size));
	number(t, to, ISPS, known_isps(w));
	number(t, to, COUNTRIES, known_countries(w));
	moment(t, to, FIRST, w->first_ns);
	moment(t, to, LAST, w->last_ns);
	buf_add_char(to, '\n');
}

/* "; and 12 more", when there are more than were told. */
static void and_more(struct buf *to, size_t n, size_t told)
{
	char count[WORDS_COUNT_MAX];

	if (n > told)
		buf_printf(to, " and %s more", words_count(n - told, count));
}

static void tell_domains(const struct networks *n, const struct network *w, struct buf *to)
{
	for (uint32_t i = 0; i < w->n_domains && i < FIRST_DOMAINS; i++) {
		char name[NAME_TEXT_MAX];

		roll_domain(n, w->domains[i], name);
		buf_printf(to, "%s%s", i == 0 ? "" : ", ", name);
	}
	and_more(to, w->n_domains, FIRST_DOMAINS);
}

static void tell_isps(const struct networks *n, const struct network *w, struct buf *to)
{
	uint32_t told = 0;

	for (uint32_t i = 0; i < w->n_isps && told < FIRST_ISPS; i++) {
		char net[STORY_LABEL_MAX];

		if (w->isps[i].net == 0)
			continue;
		story_net(nets_get(n->nets, w->isps[i].net), net);
		buf_printf(to, "%s%s: %" PRIu32, told++ == 0 ? ". Agents in " : ", ", net, w->isps[i].agents);
	}
	if (told != 0)
		and_more(to, known_isps(w), FIRST_ISPS);
}

static void tell(const struct networks *n, const struct network *w, const struct term *t, struct buf *to)
{
	struct buf line = {0};

	buf_printf(&line, "%s: ", w->name);
	tell_domains(n, w, &line);
	tell_isps(n, w, &line);
	for (uint32_t i = 0; i < w->n_shares && i < FIRST_SHARES; i++)
		buf_printf(&line, "%s%" PRIu32 " with %s", i == 0 ? ". Shares agents: " : ", ",
			   w->shares[i].agents, n->list[w->shares[i].network].name);
	for (uint32_t i = 0; i < w->n_merged; i++)
		buf_printf(&line, "%s%s", i == 0 ? ". Merged with it: " : ", ", w->merged[i]);
	if (w->split_from[0] != 0)
		buf_printf(&line, ". Split from %s", w->split_from);
	buf_add_char(&line, '.');
	term_wrap(to, buf_text(&line), t->width, 2);
	buf_fini(&line);
}

void roll_table(const struct networks *n, size_t most, size_t told, const struct term *t, struct buf *to)
{
	if (most == 0)
		return;
	term_tone(t, to, TONE_FAINT);
	for (unsigned c = 0; c < COLUMNS; c++)
		cell(t, to, (enum column)c, columns[c].head);
	term_tone(t, to, TONE_PLAIN);
	buf_add_char(to, '\n');
	for (size_t i = 0; i < most; i++)
		row(&n->list[i], t, to);
	if (told != 0)
		buf_add_char(to, '\n');
	for (size_t i = 0; i < most && i < told; i++)
		tell(n, &n->list[i], t, to);
}

/* ---- JSON Lines ---- */

static json_t *text_or_null(const char *text)
{
	return text == NULL || text[0] == 0 ? json_null() : json_string(text);
}

static json_t *time_json(int64_t time_ns)
{
	char text[STAMP_TEXT_MAX];

	stamp_to_text(time_ns, text);
	return json_string(text);
}

static json_t *country_json(const char country[2])
{
	return country[0] == 0 ? json_null() : json_stringn(country, 2);
}

static const struct net *net_of(const struct networks *n, uint32_t net)
{
	return net == 0 || n->nets == NULL ? NULL : nets_get(n->nets, net);
}

static json_t *asn_json(const struct net *net)
{
	return net == NULL || net->asn == 0 ? json_null() : json_integer(net->asn);
}

static json_t *size_json(const struct network *w)
{
	json_t *o = json_object();

	json_object_set_new(o, "estimate", json_real(words_round(w->size.estimate, 6)));
	json_object_set_new(o, "low", json_real(words_round(w->size.low, 6)));
	json_object_set_new(o, "high", json_real(words_round(w->size.high, 6)));
	json_object_set_new(o, "level", json_real(0.95));
	json_object_set_new(o, "method", json_string("chao2"));
	json_object_set_new(o, "assumes", json_string(roll_assumes));
	return o;
}

static json_t *isps_json(const struct networks *n, const struct network *w)
{
	json_t *a = json_array();

	for (uint32_t i = 0; i < w->n_isps; i++) {
		const struct network_isp *isp = &w->isps[i];
		const struct net *net = net_of(n, isp->net);
		char name[STORY_LABEL_MAX] = "";
		json_t *o = json_object();

		if (net != NULL) {
			snprintf(name, sizeof name, "%.150s", net->name);
			words_tame(name);
		}
		json_object_set_new(o, "asn", asn_json(net));
		json_object_set_new(o, "name", text_or_null(name));
		json_object_set_new(o, "kind", net == NULL ? json_null() : json_string(story_net_kind(net)));
		json_object_set_new(o, "agents", json_integer(isp->agents));
		json_object_set_new(o, "a_agents", json_integer(isp->hosts));
		json_object_set_new(o, "ns_agents", json_integer(isp->servers));
		json_object_set_new(o, "first_seen", time_json(isp->first_ns));
		json_object_set_new(o, "last_seen", time_json(isp->last_ns));
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *countries_json(const struct network *w)
{
	json_t *a = json_array();

	for (uint32_t i = 0; i < w->n_countries; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "country", country_json(w->countries[i].country));
		json_object_set_new(o, "agents", json_integer(w->countries[i].agents));
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *domains_json(const struct networks *n, const struct network *w)
{
	json_t *a = json_array();

	for (uint32_t i = 0; i < w->n_domains; i++) {
		const struct network_domain *d = &n->domains[w->domains[i]];
		char name[NAME_TEXT_MAX];
		json_t *o = json_object();

		roll_domain(n, w->domains[i], name);
		json_object_set_new(o, "domain", json_string(name));
		json_object_set_new(o, "kind", text_or_null(flux_kind_text(d->kind)));
		json_object_set_new(o, "first_seen", time_json(d->first_ns));
		json_object_set_new(o, "last_seen", time_json(d->last_ns));
		json_object_set_new(o, "answers", json_integer(d->answers));
		json_object_set_new(o, "agents", json_integer(d->agents));
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *members_json(const struct networks *n, const struct network *w)
{
	json_t *a = json_array();

	for (uint32_t i = 0; i < w->n_agents; i++) {
		const struct network_agent *m = &w->agents[i];
		char address[ADDR_TEXT_MAX + 4];
		json_t *o = json_object(), *sides = json_array();

		roll_address(m, address);
		if ((m->sides & SIDE_HOST) != 0)
			json_array_append_new(sides, json_string("A"));
		if ((m->sides & SIDE_SERVER) != 0)
			json_array_append_new(sides, json_string("NS"));
		json_object_set_new(o, "address", json_string(address));
		json_object_set_new(o, "sides", sides);
		json_object_set_new(o, "asn", asn_json(net_of(n, m->net)));
		json_object_set_new(o, "country", country_json(m->country));
		json_object_set_new(o, "domains", json_integer(m->domains));
		json_object_set_new(o, "answers", json_integer((json_int_t)m->count));
		json_object_set_new(o, "first_seen", time_json(m->first_ns));
		json_object_set_new(o, "last_seen", time_json(m->last_ns));
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *active_json(const struct network *w)
{
	json_t *o = json_object(), *a = json_array();

	json_object_set_new(o, "from", time_json(w->bins_from_ns));
	json_object_set_new(o, "step_s", json_integer(w->bin_ns / NS_PER_SECOND));
	for (uint32_t i = 0; i < w->n_bins; i++)
		json_array_append_new(a, json_integer(w->active[i]));
	json_object_set_new(o, "agents", a);
	return o;
}

static json_t *shares_json(const struct networks *n, const struct network *w)
{
	json_t *a = json_array();

	for (uint32_t i = 0; i < w->n_shares; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "network", json_string(n->list[w->shares[i].network].name));
		json_object_set_new(o, "agents", json_integer(w->shares[i].agents));
		json_array_append_new(a, o);
	}
	return a;
}

static int add_bytes(const char *bytes, size_t len, void *to)
{
	buf_add(to, bytes, len);
	return 0;
}

void roll_jsonl(const struct networks *n, const struct network *w, struct buf *to)
{
	json_t *o = json_object(), *merged = json_array();

	for (uint32_t i = 0; i < w->n_merged; i++)
		json_array_append_new(merged, json_string(w->merged[i]));
	json_object_set_new(o, "network", json_string(w->name));
	json_object_set_new(o, "merged", merged);
	json_object_set_new(o, "split_from", text_or_null(w->split_from));
	json_object_set_new(o, "kind", text_or_null(flux_kind_text(w->kind)));
	json_object_set_new(o, "first_seen", time_json(w->first_ns));
	json_object_set_new(o, "last_seen", time_json(w->last_ns));
	json_object_set_new(o, "answers", json_integer((json_int_t)w->lookups));
	json_object_set_new(o, "agents", json_integer(w->n_agents));
	json_object_set_new(o, "a_agents", json_integer(w->hosts));
	json_object_set_new(o, "ns_agents", json_integer(w->servers));
	json_object_set_new(o, "more_agents", json_integer((json_int_t)w->more_agents));
	json_object_set_new(o, "set_aside", json_integer(w->set_aside));
	json_object_set_new(o, "size", size_json(w));
	json_object_set_new(o, "isps", isps_json(n, w));
	json_object_set_new(o, "countries", countries_json(w));
	json_object_set_new(o, "shares", shares_json(n, w));
	json_object_set_new(o, "active", active_json(w));
	json_object_set_new(o, "domains", domains_json(n, w));
	json_object_set_new(o, "members", members_json(n, w));
	if (json_dump_callback(o, add_bytes, to, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS)) != 0)
		to->err = to->err == OK ? E_MEMORY : to->err; /* jansson fails for want of memory alone */
	json_decref(o);
	buf_add_char(to, '\n');
}
