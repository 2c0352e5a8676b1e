/* SPDX-License-Identifier: Apache-2.0 */
/* serve.c -- see serve.h: who is asked, and what is made of a packet; what is said stands in speak.c. */
#include "lab/serve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "capture/dnstap.h"
#include "dns/message.h"
#include "dns/name.h"
#include "lab/events.h"
#include "lab/origin.h"
#include "lab/places.h"
#include "lab/query.h"
#include "lab/speak.h"
#include "lab/truth.h"

/* What was last done, for the log. */
enum outcome { IGNORED, TURNED_AWAY, ANSWERED };

struct serve {
	struct serve_config config;
	struct world world;
	struct events events;
	struct speaker speaker;
	struct message message; /* the packet that is answered */
	struct query query;
	struct lab_exchange exchange;
	enum outcome outcome;
	struct serve_counts counts;
	struct buf one; /* a dnstap message */
	uint32_t *dead; /* hosts that never answer */
	uint32_t n_dead;
	enum err err;
};

/* Those that a.root-servers.net and a.gtld-servers.net have: nobody in a world has them. */
const struct addr serve_root_address = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 198, 41, 0, 4}};
const struct addr serve_top_address = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 5, 6, 30}};

static enum err check(const struct serve_config *c, struct diag *d)
{
	if (c->n_at < 1 || c->n_at == 2 || c->n_at > SERVE_ADDRESSES_MAX)
		return diag_set(d, E_RANGE, "addresses: one, or three to %d", SERVE_ADDRESSES_MAX);
	for (size_t i = 0; i < c->n_at && c->n_at > 1; i++)
		if (!addr_is_v4(&c->at[i]))
			return diag_set(d, E_RANGE, "several addresses: of IPv4 alone");
	return origin_check(&c->lab, d);
}

/* Machines of their own that are dead: among members that come and go none would stay so. */
static enum err find_dead(struct serve *s)
{
	const struct world *w = &s->world;

	s->dead = malloc((w->n_hosts + 1) * sizeof *s->dead);
	if (s->dead == NULL)
		return E_MEMORY;
	for (uint32_t i = 0; i < w->n_hosts; i++)
		if (w->hosts[i].dead && w->pools[w->hosts[i].pool].plan.n == 1)
			s->dead[s->n_dead++] = i;
	return OK;
}

static enum err build(struct serve *s)
{
	enum err e = origin_build(&s->world, &s->config.lab);

	if (e == OK)
		e = speaker_init(&s->speaker, &s->world, &s->config);
	if (e == OK)
		e = find_dead(s);
	if (e == OK)
		e = events_init(&s->events, &s->world);
	if (e != OK)
		return e;
	events_add_changes(&s->events, &s->world);
	events_order(&s->events);
	return OK;
}

enum err serve_open(struct serve **out, const struct serve_config *config, struct diag *d)
{
	enum err e = check(config, d);
	struct serve *s;

	if (e != OK)
		return e;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return diag_set(d, E_MEMORY, "no memory for the lab");
	s->config = *config;
	e = build(s);
	if (e != OK) {
		serve_close(s);
		return diag_set(d, e, "the lab's world: %s", err_text(e));
	}
	*out = s;
	return OK;
}

void serve_close(struct serve *s)
{
	if (s == NULL)
		return;
	speaker_fini(&s->speaker);
	events_fini(&s->events);
	world_fini(&s->world);
	message_fini(&s->message);
	buf_fini(&s->one);
	free(s->dead);
	free(s);
}

enum err serve_advance(struct serve *s, int64_t now_ns)
{
	enum err e = events_until(&s->events, &s->world, now_ns);

	return e == OK ? s->err : e;
}

static bool is_dead(const struct serve *s, const struct addr *server)
{
	for (uint32_t i = 0; i < s->n_dead; i++) {
		const struct pool *p = &s->world.pools[s->world.hosts[s->dead[i]].pool];

		if (memcmp(&s->world.members[p->slots[0]].v4, server, sizeof *server) == 0)
			return true;
	}
	return false;
}

/* For what it speaks. */
static unsigned office(const struct serve *s, const struct serve_packet *p)
{
	if (s->config.everywhere) {
		if (memcmp(&p->server, &serve_root_address, sizeof p->server) == 0)
			return SPEAK_ROOT;
		if (memcmp(&p->server, &serve_top_address, sizeof p->server) == 0)
			return SPEAK_TOPS;
		return addr_is_special(&p->server) ? SPEAK_ALL : SPEAK_ZONES;
	}
	if (s->config.n_at == 1)
		return SPEAK_ALL;
	return p->at == 0 ? SPEAK_ROOT : p->at == 1 ? SPEAK_TOPS : SPEAK_ZONES;
}

static void begin(struct serve *s, const struct serve_packet *p)
{
	const struct query *q = &s->query;
	struct lab_exchange *x = &s->exchange;

	x->event_ns = x->asked_ns = x->answered_ns = p->now_ns;
	x->client = p->client;
	x->server = p->server;
	x->client_port = p->client_port;
	x->question = q->name;
	x->asked = q->asked;
	x->zone = NULL;
	x->qtype = q->qtype;
	x->id = q->id;
	x->flags = FLAG_QR | FLAG_AA | (q->flags & FLAG_RD);
	x->side = LAB_UPSTREAM;
	x->tcp = p->tcp;
	x->edns = q->edns;
	x->room = q->room;
	x->refers = false;
	x->ttl_divisor = s->config.ttl_divisor;
	x->n = x->n_hints = 0;
}

static void count(struct serve *s, uint16_t rcode)
{
	const struct lab_exchange *x = &s->exchange;
	struct serve_counts *c = &s->counts;

	if (rcode == RCODE_REFUSED)
		c->refused++;
	else if (rcode == RCODE_FORMERR)
		c->malformed++;
	else if (rcode == RCODE_NOTIMP || rcode == RCODE_BADVERS)
		c->unsupported++;
	else if (rcode == RCODE_NXDOMAIN)
		c->nxdomain++;
	else if (x->refers)
		c->referrals++;
	else if (x->n != 0 && x->records[0].section == SECTION_ANSWER)
		c->answers++;
	else
		c->nodata++;
}

static size_t turn_away(struct serve *s, uint16_t rcode, uint8_t to[WIRE_MESSAGE_MAX])
{
	s->query.rcode = rcode;
	s->outcome = TURNED_AWAY;
	count(s, rcode);
	return query_turn_away(&s->query, to);
}

size_t serve_answer(struct serve *s, const struct serve_packet *p, uint8_t to[WIRE_MESSAGE_MAX])
{
	enum err e;
	size_t n;

	s->outcome = IGNORED;
	s->counts.tcp += p->tcp;
	if (s->config.everywhere && is_dead(s, &p->server)) {
		s->counts.dead++;
		return 0;
	}
	e = query_read(&s->message, p->octets, p->len, &s->query);
	if (e != OK) {
		s->err = e == E_MEMORY ? e : s->err;
		s->counts.ignored++;
		return 0;
	}
	if (s->query.rcode != RCODE_NOERROR)
		return turn_away(s, s->query.rcode, to);
	begin(s, p);
	e = speaker_say(&s->speaker, office(s, p), s->query.len, &s->exchange);
	if (e == E_ABSENT)
		return turn_away(s, RCODE_REFUSED, to);
	s->err = e != OK ? e : s->err;
	s->outcome = ANSWERED;
	count(s, s->exchange.flags & 15);
	n = wire_answer(&s->exchange, to);
	s->counts.truncated += (to[2] & FLAG_TC >> 8) != 0;
	return n;
}

/* One frame; NULL octets: there is no such message. */
static void log_one(struct serve *s, const struct serve_packet *p, const uint8_t *octets, size_t len,
		    struct buf *to)
{
	static const char identity[] = "lab";
	bool response = octets != p->octets;
	struct dnstap d = {.type = response ? DNSTAP_AUTH_RESPONSE : DNSTAP_AUTH_QUERY,
			   .time_ns = p->now_ns,
			   .octets = octets,
			   .len = (uint32_t)len,
			   .initiator = p->client,
			   .responder = p->server,
			   .initiator_port = p->client_port,
			   .responder_port = p->server_port,
			   .response = response,
			   .tcp = p->tcp,
			   .identity = (const uint8_t *)identity,
			   .identity_len = sizeof identity - 1};

	if (s->outcome == ANSWERED && s->exchange.zone != NULL) {
		d.zone = s->exchange.zone;
		d.zone_len = (uint8_t)name_wire_len(d.zone);
	}
	buf_clear(&s->one);
	dnstap_write(&s->one, &d);
	fstrm_write_frame(to, s->one.bytes, (uint32_t)s->one.len);
}

void serve_log(struct serve *s, const struct serve_packet *p, struct buf *to)
{
	uint8_t message[WIRE_MESSAGE_MAX];
	size_t n;

	if (s->outcome == IGNORED)
		return;
	s->exchange.ttl_divisor = 0;
	n = s->outcome == ANSWERED ? wire_answer(&s->exchange, message) : query_turn_away(&s->query, message);
	log_one(s, p, p->octets, p->len, to);
	log_one(s, p, message, n, to);
}

const struct serve_counts *serve_counted(const struct serve *s)
{
	return &s->counts;
}

enum err serve_truth(const struct serve *s, enum err (*take)(void *context, const char *line, size_t len),
		     void *context)
{
	return truth_lines(&s->world, s->speaker.tallies, take, context);
}

void serve_domains(const struct serve *s, size_t *all, size_t *flux, size_t *tops)
{
	truth_domains(&s->world, all, flux);
	*tops = s->speaker.census.n_tops;
}

bool serve_is_real(const struct serve *s)
{
	return places_real(s->world.places);
}

/* The host of a zone that is asked for most, of those that have a name of their own. */
static uint32_t main_host(const struct world *w, const struct zone *z)
{
	uint32_t main = NONE;

	for (uint32_t h = z->first_host; h != NONE; h = w->hosts[h].next)
		if (!w->hosts[h].wildcard && w->hosts[h].weight > 0 &&
		    (main == NONE || w->hosts[h].weight > w->hosts[main].weight))
			main = h;
	return main;
}

size_t serve_examples(const struct serve *s, bool flux, struct serve_example *examples, size_t n)
{
	const struct world *w = &s->world;
	double below = HUGE_VAL;
	size_t found = 0;

	while (found < n) {
		uint32_t best = NONE;

		for (uint32_t i = 0; i < w->n_zones; i++) {
			const struct zone *z = &w->zones[i];

			if (truth_is_flux(z) == flux && z->rate < below && main_host(w, z) != NONE &&
			    (best == NONE || z->rate > w->zones[best].rate))
				best = i;
		}
		if (best == NONE || w->zones[best].rate <= 0)
			break;
		below = w->zones[best].rate;
		examples[found++] = (struct serve_example){w->hosts[main_host(w, &w->zones[best])].owner,
							   truth_class(w->zones[best].kind)};
	}
	return found;
}
