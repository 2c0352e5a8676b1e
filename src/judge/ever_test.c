/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ever_test.c -- how often an honest domain is ever accused, looked at after each member that comes.
 *
 * When every feature is drawn as its class says, the likelihood ratio of two classes is a martingale under
 * the honest one: the chance that it ever comes to X dB is at most 10^(-X/10) (Ville), however often one
 * looks. Against the mixture of all honest classes, one class may have that divided by its weight. Here that
 * is measured, at levels low enough to be reached, from the judge's own parameters.
 */
#include <math.h>

#include "judge/made_view.h"
#include "judge/model.h"

enum { LABELS = 6, NETS_OF_LABEL = 64, DRAWS = 5000, MEMBERS = 48, LEVELS = 3, SERVERS = 8 };

static const double levels_db[LEVELS] = {10, 20, 30};

/* Names of networks from which the kinds are told; nobody is sure, and the judge knows how sure. */
static const char *const words[LABELS] = {"Broadband DSL Cable Telecom",
					  "Cloud Hosting Servers",
					  "Content Delivery Network CDN",
					  "University",
					  "Bank",
					  "Transit Backbone Carrier"};

/* ---- chance ---- */

static uint64_t state = 1;

static uint64_t draw(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static double uniform(void)
{
	return ((double)(draw() >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(double mean, double sd)
{
	return mean + sd * sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

/* Whether the next of a row is a hit, when the share of hits is Beta(a, b) and so many came (Polya's urn). */
static bool hit(struct share s, unsigned hits, unsigned n)
{
	return uniform() < (s.a + hits) / (s.a + s.b + n);
}

static unsigned row_of(const double *chances, unsigned n)
{
	double at = uniform();
	unsigned row = 0;

	while (row + 1 < n && at >= chances[row])
		at -= chances[row++];
	return row;
}

/* ---- networks ---- */

struct table {
	struct nets *nets;
	uint32_t net[LABELS][NETS_OF_LABEL]; /* indices for nets_get */
	double share[LABELS]; /* of all networks, so that a kind is as frequent as the judge takes it to be */
};

static void write_table(FILE *f)
{
	for (unsigned l = 0; l < LABELS; l++)
		for (unsigned n = 0; n < NETS_OF_LABEL; n++)
			fprintf(f, "%u.%u.0.0,%u.%u.3.255,%u,N%u %s\n", 20 + l, n, 20 + l, n,
				64000 + l * NETS_OF_LABEL + n, n, words[l]);
}

/* Shares under which the six kinds are as frequent as the judge takes them to be: by steps that keep them
 * positive. */
static void find_shares(struct table *t)
{
	for (unsigned l = 0; l < LABELS; l++)
		t->share[l] = 1.0 / LABELS;
	for (unsigned step = 0; step < 20000; step++) {
		double of[NET_KINDS] = {0};

		for (unsigned l = 0; l < LABELS; l++)
			for (unsigned k = 0; k < NET_KINDS; k++)
				of[k] += t->share[l] * (double)nets_get(t->nets, t->net[l][0])->kind[k];
		for (unsigned l = 0; l < LABELS; l++) {
			double turn = 0;

			for (unsigned k = 0; k < NET_KINDS; k++)
				turn += (double)nets_get(t->nets, t->net[l][0])->kind[k] * nets_kind_base[k] /
					of[k];
			t->share[l] *= turn;
		}
	}
}

static void open_table(struct table *t)
{
	char path[] = "/tmp/deflux-test-XXXXXX";
	struct nets_config config = {.asn_table = path, .loc = "", .cache = ""};
	struct diag d = {.text = ""};
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	assert_non_null(f);
	write_table(f);
	fclose(f);
	if (nets_open(&t->nets, &config, &d) != OK)
		fail_msg("%s", d.text);
	remove(path);
	for (unsigned l = 0; l < LABELS; l++)
		for (unsigned n = 0; n < NETS_OF_LABEL; n++) {
			struct addr a = addr_v4((uint8_t[]){(uint8_t)(20 + l), (uint8_t)n, 1, 1});

			t->net[l][n] = nets_find(t->nets, &a, NULL);
		}
	find_shares(t);
}

/* A network of no domain yet, as a class expects its kind. */
static uint32_t draw_net(const struct table *t, const double *expected, unsigned used[LABELS])
{
	double chance[LABELS], sum = 0;
	unsigned l;

	for (l = 0; l < LABELS; l++) {
		const struct net *net = nets_get(t->nets, t->net[l][0]);

		chance[l] = 0;
		for (unsigned k = 0; k < NET_KINDS; k++)
			chance[l] += t->share[l] * expected[k] * (double)net->kind[k] / nets_kind_base[k];
		sum += chance[l];
	}
	for (l = 0; l < LABELS; l++)
		chance[l] /= sum;
	l = row_of(chance, LABELS);
	return t->net[l][used[l]++ % NETS_OF_LABEL];
}

/* ---- a domain ---- */

struct drawn {
	struct domain domain;
	struct view view;
	struct view_cluster clusters[MEMBERS + SERVERS];
	unsigned used[LABELS];
	unsigned n;     /* members that it will have */
	unsigned width; /* networks that they are drawn from */
};

/* How many networks a class draws from: on the grid of spread.c, a part of a class anywhere on it. */
static unsigned draw_width(const struct class_model *m)
{
	unsigned widths[41], n = 0;
	double chance[41], sums[2] = {0}, each[2][41];

	for (unsigned i = 0; i <= 40; i++) {
		unsigned width = (unsigned)(exp2(i / 4.0) + 0.5);

		if (n == 0 || width != widths[n - 1])
			widths[n++] = width;
	}
	for (unsigned i = 0; i < n; i++) {
		double z = (log2(widths[i]) - m->networks_mean) / m->networks_sd,
		       cell = (log2(widths[i + 1 == n ? i : i + 1]) - log2(widths[i == 0 ? 0 : i - 1])) / 2;

		sums[0] += each[0][i] = exp(-0.5 * z * z) * cell;
		sums[1] += each[1][i] = cell;
	}
	for (unsigned i = 0; i < n; i++)
		chance[i] = 0.999 * each[0][i] / sums[0] + 0.001 * each[1][i] / sums[1];
	return widths[row_of(chance, n)];
}

/* What is seen from the first look-up on. */
static void draw_first(struct drawn *d, const struct table *t, const struct parameters *p, unsigned class)
{
	static const unsigned answers[] = {1, 3, 8, 20};
	const struct class_model *m = &p->class[class];
	double log10_ttl = uniform() < p->ttl_near_odds / (1 + p->ttl_near_odds)
				   ? normal(m->ttl_mean, m->ttl_sd)
				   : 6 * uniform();
	double members = round(exp2(normal(m->size_mean, m->size_sd)));

	*d = (struct drawn){.domain = {.first_ns = nets_made_ns(t->nets)}};
	d->view.have_ttl = true;
	d->view.ttl_min = d->view.ttl_median = (uint32_t)fmin(fmax(pow(10, log10_ttl), 1), 1e6);
	d->view.answer_max = answers[row_of(m->answer, 4)];
	d->n = (unsigned)fmin(fmax(members, 1), MEMBERS);
	d->width = draw_width(m);
}

/* Its name servers: one in each network, no host's. */
static void draw_servers(struct drawn *d, const struct table *t, const struct parameters *p, unsigned class)
{
	const struct class_model *m = &p->class[class];
	bool among = uniform() < m->ns_among;
	struct share both = among ? p->ns_among_shared : model_ns_shared(p, m);
	unsigned networks = 1 + row_of(among ? p->ns_among_networks : m->ns_networks, 5);
	const double *kinds = among ? model_host_kinds(m) : model_server_kinds(m);

	for (unsigned i = 0; i < networks; i++) {
		d->clusters[i] = (struct view_cluster){
			.net = draw_net(t, kinds, d->used), .servers = 1, .server_members = 1};
		d->view.both += hit(both, d->view.both, i);
	}
	d->view.servers = d->view.server_clusters = d->view.n_clusters = networks;
}

static void draw_member(struct drawn *d, const struct table *t, const struct parameters *p, unsigned class)
{
	const struct class_model *m = &p->class[class];
	struct view *v = &d->view;
	unsigned servers = v->server_clusters, at;

	if (uniform() < 1 - (double)v->host_clusters / d->width) {
		at = v->n_clusters++;
		d->clusters[at] = (struct view_cluster){.net = draw_net(t, model_host_kinds(m), d->used)};
		v->host_clusters++;
	} else {
		at = servers + (unsigned)(uniform() * v->host_clusters);
	}
	d->clusters[at].hosts++;
	d->clusters[at].host_members++;
	v->moved += hit(m->moved, v->moved, v->movable);
	v->hosts++;
	v->pages++;
	v->movable++;
}

/* Draws a domain of the class, and gives the most that it ever came to. */
static double most_db(const struct table *t, const struct parameters *p, unsigned class)
{
	struct judge j = {.nets = t->nets, .parameters = p};
	struct judgement x;
	struct drawn d;
	double most = -INFINITY;

	draw_first(&d, t, p, class);
	draw_servers(&d, t, p, class);
	d.view.domain = &d.domain;
	d.view.clusters = d.clusters;
	for (unsigned i = 0; i < d.n; i++) {
		draw_member(&d, t, p, class);
		judge_view(&j, &d.view, false, &x);
		most = fmax(most, x.llr_db);
	}
	return most;
}

/* ---- how often ---- */

/* The share of a class that ever comes to each level. */
static void measure(const struct table *t, unsigned class, double ever[LEVELS])
{
	for (unsigned l = 0; l < LEVELS; l++)
		ever[l] = 0;
	for (unsigned i = 0; i < DRAWS; i++) {
		double most = most_db(t, &parameters_own, class);

		for (unsigned l = 0; l < LEVELS; l++)
			ever[l] += (most >= levels_db[l]) / (double)DRAWS;
	}
}

/* Four standard errors of a share that is at its bound: one such table in ten thousand is beyond by chance.
 */
static double error_of(double bound)
{
	return 4 * sqrt(bound * (1 - bound) / DRAWS);
}

static void test_ever(void **unused)
{
	struct table t = {0};
	double all[LEVELS] = {0}, honest = 0, most = 0;

	(void)unused;
	open_table(&t);
	for (unsigned k = 0; k < CLASS_HONEST; k++)
		honest += parameters_own.class[k].weight;
	for (unsigned k = 0; k < CLASS_HONEST; k++) {
		const struct class_model *m = &parameters_own.class[k];
		double weight = m->weight / honest, ever[LEVELS];

		if (weight <= 0)
			continue;
		measure(&t, k, ever);
		most = fmax(most, ever[0]);
		for (unsigned l = 0; l < LEVELS; l++) {
			double bound = fmin(1, pow(10, -levels_db[l] / 10) / weight);

			if (ever[l] > bound + error_of(bound))
				fail_msg("%s: %.5f ever come to %g dB, and %.5f may", m->name, ever[l],
					 levels_db[l], bound);
			all[l] += weight * ever[l];
		}
	}
	for (unsigned l = 0; l < LEVELS; l++) {
		double bound = pow(10, -levels_db[l] / 10);

		print_message("honest domains that ever come to %g dB: %.6f; may: %.6f\n", levels_db[l],
			      all[l], bound);
		/* the classes are measured apart, each with its weight: the error is smaller than this */
		assert_true(all[l] <= bound + error_of(bound));
	}
	/* one class alone is not kept below it: else nothing was measured */
	assert_true(most > pow(10, -levels_db[0] / 10) + error_of(0.1));
	nets_close(t.nets);
}

/* The shares of the table do what they are for. */
static void test_shares(void **unused)
{
	struct table t = {0};

	(void)unused;
	open_table(&t);
	for (unsigned k = 0; k < NET_KINDS; k++) {
		double of = 0;

		for (unsigned l = 0; l < LABELS; l++)
			of += t.share[l] * (double)nets_get(t.nets, t.net[l][0])->kind[k];
		assert_true(fabs(of / nets_kind_base[k] - 1) < 0.01);
	}
	nets_close(t.nets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
