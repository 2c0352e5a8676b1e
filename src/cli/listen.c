/* SPDX-License-Identifier: Apache-2.0 */
/* listen.c -- see listen.h. One thread and poll(2): the lab has few sockets, and nothing it does blocks. */
#include "cli/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/stamp.h"

enum {
	TALKS_MAX = 64,   /* TCP connections at a time; the idlest gives way */
	IDLE_MS = 10000,  /* after which one is closed */
	BURST = 64,       /* datagrams of one socket before the others get their turn */
	QUERY_MAX = 4096, /* octets that a query may have */
	PREFIX = 2        /* octets of a message's length over TCP */
};

union socket_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

struct place {
	struct listen_place at;
	int udp, tcp;
};

/* One TCP connection. */
struct talk {
	int fd; /* -1: free */
	size_t place;
	struct addr server, client;
	uint16_t client_port;
	int64_t last_ns;
	size_t have, said, to_say;
	uint8_t in[PREFIX + QUERY_MAX], out[PREFIX + WIRE_MESSAGE_MAX];
};

struct listen {
	struct place places[SERVE_ADDRESSES_MAX];
	size_t n;
	struct talk talks[TALKS_MAX];
	listen_answer answer; /* of the call that runs */
	void *context;
};

static bool is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return addr_is_v4(a) ? a->octets[12] == 127 : memcmp(a->octets, one, sizeof one) == 0;
}

/* Whether no interface but the loopback is up: a network namespace of its own. */
static bool is_alone(void)
{
	struct ifaddrs *list = NULL;
	bool alone = true;

	if (getifaddrs(&list) != 0)
		return false;
	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next)
		if ((i->ifa_flags & (unsigned)IFF_UP) != 0 && (i->ifa_flags & (unsigned)IFF_LOOPBACK) == 0)
			alone = false;
	freeifaddrs(list);
	return alone;
}

static enum err allowed(const struct listen_place *p, struct diag *d)
{
	char text[ADDR_TEXT_MAX];

	addr_to_text(&p->addr, text);
	if (addr_is_none(&p->addr))
		return is_alone() ? OK
				  : diag_set(d, E_RANGE,
					     "every address is for a network namespace in which no interface "
					     "but the loopback is up, as `unshare -rn` makes one");
	return is_loopback(&p->addr)
		       ? OK
		       : diag_set(d, E_RANGE,
				  "%s is no loopback address (127.0.0.0/8, ::1): a lab must not answer on a "
				  "real network",
				  text);
}

static socklen_t to_socket(const struct listen_place *p, union socket_address *s)
{
	memset(s, 0, sizeof *s);
	if (addr_is_v4(&p->addr) || addr_is_none(&p->addr)) {
		s->v4.sin_family = AF_INET;
		s->v4.sin_port = htons(p->port);
		memcpy(&s->v4.sin_addr, p->addr.octets + 12, 4);
		return sizeof s->v4;
	}
	s->v6.sin6_family = AF_INET6;
	s->v6.sin6_port = htons(p->port);
	memcpy(&s->v6.sin6_addr, p->addr.octets, 16);
	return sizeof s->v6;
}

static void from_socket(const union socket_address *s, struct addr *a, uint16_t *port)
{
	if (s->any.sa_family == AF_INET6) {
		*a = addr_v6(s->v6.sin6_addr.s6_addr);
		*port = ntohs(s->v6.sin6_port);
	} else {
		uint8_t octets[4];

		memcpy(octets, &s->v4.sin_addr, 4);
		*a = addr_v4(octets);
		*port = ntohs(s->v4.sin_port);
	}
}

static int open_socket(const struct listen_place *p, int kind)
{
	union socket_address at;
	socklen_t len = to_socket(p, &at);
	int fd = socket(at.any.sa_family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
	bool good = fd >= 0;

	if (good && kind == SOCK_STREAM)
		good = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
	if (good && kind == SOCK_DGRAM &&
	    addr_is_none(&p->addr)) /* an answer comes from where it was asked */
		good = setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0;
	good = good && bind(fd, &at.any, len) == 0;
	if (good && kind == SOCK_STREAM)
		good = listen(fd, TALKS_MAX) == 0;
	if (good)
		return fd;
	if (fd >= 0) {
		int why = errno;

		close(fd);
		errno = why;
	}
	return -1;
}

static enum err open_place(struct place *p, const struct listen_place *at, struct diag *d)
{
	char text[ADDR_TEXT_MAX];
	enum err e = allowed(at, d);

	p->at = *at;
	p->udp = p->tcp = -1;
	if (e != OK)
		return e;
	p->udp = open_socket(at, SOCK_DGRAM);
	if (p->udp >= 0)
		p->tcp = open_socket(at, SOCK_STREAM);
	if (p->tcp >= 0)
		return OK;
	addr_to_text(&at->addr, text);
	return diag_set(d, E_IO, "%s, port %u: %s", text, (unsigned)at->port, strerror(errno));
}

enum err listen_open(struct listen **out, const struct listen_place *places, size_t n, struct diag *d)
{
	struct listen *l = calloc(1, sizeof *l);
	enum err e = OK;

	if (l == NULL)
		return diag_set(d, E_MEMORY, "no memory for sockets");
	for (size_t i = 0; i < TALKS_MAX; i++)
		l->talks[i].fd = -1;
	for (size_t i = 0; i < n && i < SERVE_ADDRESSES_MAX && e == OK; i++) {
		e = open_place(&l->places[i], &places[i], d);
		l->n++;
	}
	if (e != OK) {
		listen_close(l);
		return e;
	}
	*out = l;
	return OK;
}

static void close_talk(struct talk *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

void listen_close(struct listen *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n; i++) {
		if (l->places[i].udp >= 0)
			close(l->places[i].udp);
		if (l->places[i].tcp >= 0)
			close(l->places[i].tcp);
	}
	for (size_t i = 0; i < TALKS_MAX; i++)
		close_talk(&l->talks[i]);
	free(l);
}

/* A datagram, from whom and to which address; with room for what says the latter. */
struct letter {
	uint8_t octets[QUERY_MAX];
	union socket_address from;
	struct iovec body;
	struct msghdr head;
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

static ssize_t receive(int fd, struct letter *l)
{
	l->body = (struct iovec){l->octets, sizeof l->octets};
	l->head = (struct msghdr){.msg_name = &l->from,
				  .msg_namelen = sizeof l->from,
				  .msg_iov = &l->body,
				  .msg_iovlen = 1,
				  .msg_control = l->control,
				  .msg_controllen = sizeof l->control};
	return recvmsg(fd, &l->head, 0);
}

/* Where it was sent to; what is sent back with the same control message comes from there. */
static void find_server(struct letter *l, struct addr *server)
{
	struct in_pktinfo info;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(&l->head); c != NULL; c = CMSG_NXTHDR(&l->head, c)) {
		uint8_t octets[4];

		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof info);
		memcpy(octets, &info.ipi_addr, sizeof octets);
		*server = addr_v4(octets);
		info.ipi_spec_dst = info.ipi_addr;
		info.ipi_ifindex = 0;
		memcpy(CMSG_DATA(c), &info, sizeof info);
	}
}

static void answer_datagrams(struct listen *l, size_t place)
{
	static struct letter letter;
	static uint8_t out[WIRE_MESSAGE_MAX];
	const struct place *at = &l->places[place];

	for (int i = 0; i < BURST; i++) {
		struct serve_packet p = {.octets = letter.octets,
					 .at = place,
					 .server = at->at.addr,
					 .server_port = at->at.port};
		ssize_t n = receive(at->udp, &letter);

		if (n < 0)
			return;
		p.len = (size_t)n;
		from_socket(&letter.from, &p.client, &p.client_port);
		find_server(&letter, &p.server);
		letter.body = (struct iovec){out, l->answer(l->context, &p, out)};
		if (letter.body.iov_len != 0) /* who does not take it will ask again */
			(void)sendmsg(at->udp, &letter.head, 0);
	}
}

/* A free place for a connection, or that of the one which was idle for longest. */
static struct talk *place_for(struct listen *l)
{
	struct talk *idlest = &l->talks[0];

	for (size_t i = 0; i < TALKS_MAX; i++) {
		if (l->talks[i].fd < 0)
			return &l->talks[i];
		if (l->talks[i].last_ns < idlest->last_ns)
			idlest = &l->talks[i];
	}
	close_talk(idlest);
	return idlest;
}

static void accept_talk(struct listen *l, size_t place)
{
	union socket_address client, server;
	socklen_t len = sizeof client;
	uint16_t port;
	struct talk *t;
	int fd = accept4(l->places[place].tcp, &client.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	len = sizeof server;
	if (getsockname(fd, &server.any, &len) != 0) {
		close(fd);
		return;
	}
	t = place_for(l);
	t->fd = fd;
	t->place = place;
	t->have = t->said = t->to_say = 0;
	t->last_ns = monotonic_ns();
	from_socket(&client, &t->client, &t->client_port);
	from_socket(&server, &t->server, &port);
}

/* Whether it goes on: not when the peer went away. */
static bool say(struct talk *t)
{
	while (t->said < t->to_say) {
		ssize_t n = send(t->fd, t->out + t->said, t->to_say - t->said, MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		t->said += (size_t)n;
	}
	t->said = t->to_say = 0;
	return true;
}

/* Answers the queries that are there whole, one after the other, as long as answers are taken. */
static bool answer_talk(struct listen *l, struct talk *t)
{
	while (t->to_say == 0 && t->have >= PREFIX) {
		size_t len = (size_t)t->in[0] << 8 | t->in[1], n;
		struct serve_packet p = {.octets = t->in + PREFIX,
					 .len = len,
					 .tcp = true,
					 .at = t->place,
					 .server = t->server,
					 .client = t->client,
					 .client_port = t->client_port,
					 .server_port = l->places[t->place].at.port};

		if (len > QUERY_MAX)
			return false;
		if (t->have < PREFIX + len)
			return true;
		n = l->answer(l->context, &p, t->out + PREFIX);
		t->have -= PREFIX + len;
		memmove(t->in, t->in + PREFIX + len, t->have);
		if (n == 0) /* what is no query has no business here */
			return false;
		t->out[0] = (uint8_t)(n >> 8);
		t->out[1] = (uint8_t)n;
		t->to_say = PREFIX + n;
		if (!say(t))
			return false;
	}
	return true;
}

static void go_on(struct listen *l, struct talk *t)
{
	bool good = say(t) && answer_talk(l, t); /* what is there already */

	if (good && t->to_say == 0) {
		ssize_t n = recv(t->fd, t->in + t->have, sizeof t->in - t->have, 0);

		if (n > 0)
			t->have += (size_t)n;
		good = n > 0 ? answer_talk(l, t) : n < 0 && (errno == EAGAIN || errno == EINTR);
	}
	t->last_ns = monotonic_ns();
	if (!good)
		close_talk(t);
}

/* What is waited for: who wakes us, two sockets a place, connections. */
static nfds_t gather(struct listen *l, int wake, struct pollfd *fds)
{
	int64_t now_ns = monotonic_ns();
	nfds_t n = 0;

	fds[n++] = (struct pollfd){.fd = wake, .events = POLLIN};
	for (size_t i = 0; i < l->n; i++) {
		fds[n++] = (struct pollfd){.fd = l->places[i].udp, .events = POLLIN};
		fds[n++] = (struct pollfd){.fd = l->places[i].tcp, .events = POLLIN};
	}
	for (size_t i = 0; i < TALKS_MAX; i++) {
		struct talk *t = &l->talks[i];

		if (t->fd >= 0 && now_ns - t->last_ns > IDLE_MS * NS_PER_MS)
			close_talk(t);
		fds[n++] = (struct pollfd){.fd = t->fd, .events = t->to_say != 0 ? POLLOUT : POLLIN};
	}
	return n;
}

enum err listen_serve(struct listen *l, int timeout_ms, int wake, listen_answer answer, void *context)
{
	struct pollfd fds[1 + 2 * SERVE_ADDRESSES_MAX + TALKS_MAX];
	nfds_t n = gather(l, wake, fds);
	const struct pollfd *at = fds + 1;

	if (poll(fds, n, timeout_ms) < 0)
		return errno == EINTR ? OK : E_IO;
	l->answer = answer;
	l->context = context;
	for (size_t i = 0; i < TALKS_MAX; i++) /* first: a new one may take the place of an old one */
		if (at[2 * l->n + i].revents != 0 && l->talks[i].fd >= 0)
			go_on(l, &l->talks[i]);
	for (size_t i = 0; i < l->n; i++, at += 2) {
		if (at[0].revents != 0)
			answer_datagrams(l, i);
		if (at[1].revents != 0)
			accept_talk(l, i);
	}
	return OK;
}
