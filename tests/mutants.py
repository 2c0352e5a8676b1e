"""
A mutation run: each row takes one thing out of a copy of the tree, and the test that it names must then fail.

A row whose text is not found once in its file is a failure too, so the list stays true. As many copies are at work as
there are processors. usage: mutants.py [WORD...] runs those rows alone whose file or test holds one of the words.
"""
import os
import queue
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from tap import ROOT, Tap, run

# file, text, what stands there instead, the test that must fail
MUTANTS = [
    # bounds of what is read
    ('src/dns/name.c', 'if (used + 1 + head >= NAME_OCTETS_MAX)', 'if (used + 1 + head > NAME_OCTETS_MAX)',
     'dns/name'),
    ('src/dns/message.c', 'if (own + tail_len > NAME_OCTETS_MAX)', 'if (own + tail_len > NAME_OCTETS_MAX + 1)',
     'dns/message'),
    ('src/dns/message.c', 'if (cursor_left(c) - RECORD_FIXED < r->rdlen)', 'if (false)', 'dns/message'),
    ('src/dns/message.c', 'n < m->n_names && m->names[n].wire == to ?', 'n < m->n_names ?', 'dns/message'),
    ('src/dns/name.c', 'if (head < 0xc0)', 'if (head < 0x80)', 'dns/name'),
    ('src/dns/message.c', 'if (r->rdlen <= skip)', 'if (false)', 'dns/message'),
    ('src/dns/message.c', '(r->type == RR_A && r->rdlen != 4) ||', '', 'dns/message'),
    ('src/capture/pcap.c', 'h->cap <= RECORD_OCTETS_MAX &&', '', 'capture/capture'),
    ('src/capture/pcap.c', '(h->cap <= h->wire || h->wire == 0) &&', '', 'capture/resync'),
    ('src/capture/pcap.c', 'time_ns >= before_ns &&', '', 'capture/capture'),
    ('src/capture/packets.c', 'total > f->len - ETHERNET_HEAD ||', '', 'capture/packets'),
    ('src/capture/fragments.c', 'n > DATAGRAM_MAX - part->offset ||', '', 'capture/fragments'),
    ('src/capture/fragments.c', '(part->more && n % UNIT != 0)', 'false', 'capture/fragments'),
    ('src/capture/fstrm.c', 'return len <= FRAME_OCTETS_MAX ? HEAD_OCTETS + (size_t)len : 0;',
     'return HEAD_OCTETS + (size_t)len;', 'capture/fstrm'),
    # who is believed, and which side counts
    ('src/observe/belief.c', '[SPEAKER_AUTHORITY] = {[PLACE_ANSWER] = {TRUST_NONE, TRUST_FULL}',
     '[SPEAKER_AUTHORITY] = {[PLACE_ANSWER] = {TRUST_FULL, TRUST_FULL}', 'observe/observe'),
    ('src/observe/belief.c', '[PLACE_NS] = {TRUST_SEEN, TRUST_SEEN}', '[PLACE_NS] = {TRUST_NONE, TRUST_NONE}',
     'observe/observe'),
    ('src/observe/belief.c', 'return seen >= feeding;', 'return true;', 'e2e/sides'),
    ('src/profile/partition.c', 'if (!belief_role_feeds(now, (enum role)o->role))', 'if (false)', 'e2e/sides'),
    # what is kept, and given up
    ('src/observe/memo_wire.c', 'c->stale |= turned.stale;', '', 'observe/memo'),
    ('src/observe/memo_wire.c', 'return differ | pairs_differ(a + n - 16, b + n - 16, 8);', 'return differ;', 'observe/memo_wire'),
    ('src/observe/memo_shelf.c', 'if (hash != 0)', 'if (false)', 'observe/memo'),
    ('src/observe/memo_shelf.c', 'if (v->version % 2 != 0 || !is_same_version(s, v))', 'if (false)', 'observe/memo'),
    ('src/observe/memo_shelf.c', 'v->entry = (struct memo_entry *)(void *)v->entry_copy;\n\treturn is_same_version(s, v);',
     'v->entry = (struct memo_entry *)(void *)v->entry_copy;\n\treturn true;', 'observe/memo'),
    ('src/observe/memo.c', 'return !is_behind(v->entry, m);', 'return true;', 'observe/memo'),
    ('src/observe/memo.c', 'm->off = !memo_shelf_enter', 'm->off = false && memo_shelf_enter', 'observe/memo'),
    ('src/observe/memo.c', 'm->rests = !m->rests && m->met < m->looked / MET_LEAST;', 'm->rests = false;', 'observe/memo'),
    ('src/observe/memo.c', 'later |= t->dies_s[i] > told->dies_s[i];', '', 'observe/memo'),
    ('src/observe/servers.c', 'if (together && c->special_addresses == special)', 'if (together)', 'observe/memo'),
    ('src/profile/evict.c', 'now.counts.evictions++;\n\tnow.counts.evicted_domains', 'now.counts.evicted_domains',
     'e2e/memory'),
    ('src/profile/evict.c',
     'now.counts.evicted_domains += p->n_domains + p->newcomers.n - now.n_domains - now.newcomers.n;', '',
     'profile/evict'),
    ('src/profile/newcomers.c', 'if (!is_same_source(first, o))', 'if (false)', 'profile/newcomers'),
    ('src/profile/newcomers.c', '(k->answer && obs_is_answer(o)) ||', '', 'profile/newcomers'),
    ('src/profile/newcomers.c', 'counts.no_memory = p->counts.no_memory;\n\tp->counts = counts;', '',
     'profile/newcomers'),
    ('src/profile/join.c', 'pair->first_ns = stamp_earlier(pair->first_ns, from->first_ns);', '', 'profile/join'),
    ('src/judge/bound.c', '* (honest / rivals[i]->weight)', '', 'judge/bound'),
    ('src/judge/model.c', ' / nets_kind_base[k]', '', 'judge/model'),
    ('src/judge/spread.c', 'p *= fmax(width - seen, 0) / width;', '', 'judge/spread'),
    ('src/source/roster.c', 'r->waits = e == E_AGAIN;', 'r->waits = false;', 'source/trickle'),
    ('src/source/input.c', 'if (e == E_AGAIN)', 'if (false)', 'source/trickle'),
    ('src/flow/fill.c', 'c->n == 0 ? 0 : ', 'c->n < 100000 ? 0 : ', 'e2e/output'),
    ('src/flow/run.c', 'trimmed |= partition_trim(&f->partitions[i]);', '', 'e2e/memory'),
    ('src/profile/partition.c', 'pair->moved = moved;', 'pair->moved = false;', 'e2e/twins'),
    ('src/observe/emit.c', 'hash_set(o, s, s->via, s->via_len);', 'hash_set(o, s, s->addrs, 0);', 'e2e/sides'),
    ('src/profile/tables.c', 'if (i == n && n != 0 && n < OWNER_TARGETS_MAX &&', 'if (i == n && n != 0 && ',
     'profile/partition'),
    ('src/profile/evict.c', 'to->n_links += table_targets_room(w);', '', 'profile/evict'),
    ('src/profile/evict.c', ' | (old & TARGET_MOVED);', ';', 'profile/evict'),
    # state that is kept over runs
    ('src/base/sections.c', 'if (!is_same(h->check, check_head(h, s->rows)))', 'if (false)', 'base/sections'),
    ('src/base/sections.c', '|| !is_same(row->check, check_of(XXH3_128bits(at, row->octets)))', '', 'base/sections'),
    ('src/base/sections.c', 'if (h->layout != s->about->layout) {', 'if (false) {', 'base/sections'),
    ('src/base/sections.c', 'unlink(w->temp);', '', 'base/sections'),
    ('src/profile/state_check.c', 'n == of->n_pairs ||', '', 'profile/state'),
    ('src/profile/state_check.c', 'if (!state_claim(w->links, i))', 'if (false)', 'profile/state'),
    ('src/profile/state_check.c', 'w.pairs == p->n_pairs &&', '', 'profile/state'),
    ('src/profile/state_check.c', '!state_claim(w->links, o->targets + i) ||', '', 'profile/state'),
    ('src/profile/state_newcomers.c', 'if (!state_claim(b->claimed, place) ||', 'if (', 'profile/state'),
    ('src/profile/state_newcomers.c', 'if (!domains_differ(p) ||', 'if (', 'profile/state'),
    ('src/profile/state_newcomers.c', 'return (n->form & NEWCOMER_DOMAIN) != 0 &&', 'return', 'profile/state'),
    ('src/profile/state_members.c', 'if (!claim(part, bits, at - 1, size))', 'if (false)', 'profile/state_members'),
    ('src/profile/state_members.c', 'members_part_of(&x->addr, m->sketch_key) != number ||', '', 'profile/state_members'),
    ('src/profile/state.c', 'find_nets(p);', '', 'profile/state'),
    ('src/profile/state.c', '*t[i].room = h.room[i];', '*t[i].room = h.n[i];', 'profile/state'),
    ('src/profile/members.c', 'member->n_uses += member->n_uses < UINT32_MAX;', 'member->n_uses++;', 'profile/state_members'),
    ('src/profile/forget.c', 'to->lost += member_kept(&x);', '', 'profile/forget'),
    ('src/profile/forget.c', 'if (x->uses != y->uses)', 'if (false)', 'profile/forget'),
    ('src/profile/forget.c', 'to->accused += keep[n] == STAYS_MARKED;', 'to->accused = from->accused;', 'profile/forget'),
    ('src/flow/saved.c', 'if (a->seed != f->config.seed)', 'if (false)', 'flow/flow'),
    ('src/flow/saved.c', 'f->config.bucket_key = a.bucket_key;', '', 'flow/flow'),
    # dates and order
    ('src/source/clock.c', 'if (c->started && clock_near(c, c->at_ns, time_ns))', 'if (c->started)', 'source/clock'),
    ('src/source/merge.c', 'return a->source < b->source;', 'return a->source > b->source;', 'source/merge'),
    ('src/source/merge.c', 'last->time_ns != w->newest_ns', 'false', 'source/merge'),
    ('src/source/feed_read.c', 'store->held > store->cap / 2 ||', '', 'source/runs'),
    ('src/source/input.c', 'if (w->fd < sysconf(_SC_OPEN_MAX) / 4)', 'if (true)', 'source/runs'),
    ('src/source/store.c', 'chunk->records += times;', 'chunk->records += 1;', 'source/runs'),
    # names, and what the judge makes of it
    ('src/dns/psl.c', 'p->nodes[node].flags |= r->flags;', 'p->nodes[node].flags |= r->n > 2 ? 0 : r->flags;',
     'dns/psl'),
    ('src/judge/model.c', 'out->has[i] && out->parameters->used[i]', 'out->has[i]', 'judge/judge'),
    ('src/judge/model.c', 'pow(likelihood, f->parameters->counts[which])', 'likelihood', 'judge/model'),
    ('src/lab/wide.c', '(w->only >> c & 1) != 0', 'true', 'lab/wide'),
    ('src/judge/expect.c', 'expected / seen * v->host_clusters', 'expected', 'judge/judge'),
    ('src/judge/settle.c', '\tv->moved++;\n', '', 'judge/settle'),
    ('src/judge/settle.c', 'p.trust_lost_a_year = 0;', '', 'judge/settle'),
    ('src/judge/parameters.c', 'fabs(sum - 1) < 0.001', 'true', 'judge/parameters'),
    ('src/judge/baseline.c', 'distinct += list[i] != 0 && (i == 0 || list[i] != list[i - 1]);',
     'distinct += list[i] != 0;', 'judge/baseline'),
    ('src/network/group.c', ' * strength(&g->bags[s[i].group], s[i].count)', '', 'network/group'),
    ('src/network/group.c', 'm->places < GROUP_SHARED_LEAST || least == 0', 'least == 0', 'network/group'),
    ('src/network/weigh.c', 'if (share < 0.5)', 'if (false)', 'network/networks'),
    ('src/network/weigh.c', 'uses[cut].settled = true;', ';', 'network/networks'),
    ('src/network/networks.c', 'sides_of(v->members[i].roles) & fluxing', 'sides_of(v->members[i].roles)',
     'network/networks'),
    ('src/network/networks.c', 'qsort_r(n->domains, n->n_domains, sizeof *n->domains, by_age, n);', '',
     'network/networks'),
    ('src/network/heirs.c', 't->list[i].agents >= IDENT_AGENTS_SHARE * least', 'true', 'network/networks'),
    ('src/flow/admit.c', 'i < owner_targets(&p->owners[alias]); i++',
     'i < (owner_targets(&p->owners[alias]) != 0); i++', 'e2e/sides'),
    ('src/flow/suspects.c', 'if (f->saved_up >= size)', 'if (false)', 'e2e/cuts'),
    ('src/flow/suspects.c', 'f->on_time ? UNITS_ON_TIME : UNITS_A_BOUNDARY', 'UNITS_A_BOUNDARY', 'e2e/cuts'),
    ('src/flow/suspects.c', 'if (all && is_open(f, d))', 'if (false)', 'e2e/cuts'),
    ('src/judge/inputs.c', 'fmax(1, odds)', '1', 'judge/model'),
    ('src/judge/view.c', '(is_server(m) && v->server_homes >= homes_least)', 'is_server(m)', 'judge/view'),
    ('src/judge/inputs.c', 'if (low < n)', 'if (false)', 'judge/model'),
    ('src/judge/inputs.c', 'if (seen * counted / out->known != (seen - 1) * counted / out->known)', 'if (seen <= counted)',
     'judge/inputs'),
    ('src/judge/inputs.c', ' || (s->apart && c->host_members != 0)', '', 'judge/inputs'),
    ('src/judge/inputs.c', 'v->movable > 1 && looks', 'looks', 'judge/inputs'),
    ('src/cli/options.c', 'o->form == FORM_FEATURES && o->flow.method != METHOD_DEFLUX', 'false', 'e2e/options'),
    ('src/judge/naming.c', 'return said * 2 > all;', 'return false;', 'judge/naming'),
    ('src/judge/collect.c', 'v->members[i].moved |= moved;', '', 'judge/view'),
    ('src/judge/view.c', 'if (end - i < 2)', 'if (end == i)', 'judge/view'),
    ('src/judge/collect.c', 'e->list[i].moved &= x->moved;', ';', 'judge/view'),
    ('src/judge/collect.c', 'm->movable |= x->several;', '', 'judge/view'),
    ('src/judge/collect.c', ' && last_ns - first_ns >= (int64_t)ttl_s * NS_PER_SECOND', '', 'judge/view'),
    ('src/judge/collect.c', 'movable = v->members[i].moved;', ';', 'judge/view'),
    ('src/judge/collect.c', 'else if (pages)', 'else', 'judge/view'),
    ('src/judge/inputs.c', ' + p->accused_alone * by_chance', '', 'judge/model'),
    ('src/profile/members.c', 'if ((f->role & MEMBER_ACCUSED) != 0 && mark_among_many(part, member, f))', 'if (false)',
     'profile/members'),
    ('src/flow/suspects.c', 'p->accuse_db + p->marks_over_db', 'p->accuse_db', 'e2e/parameters'),
    ('src/judge/judge.c', 'best = sum > most ? i : best;', 'best = 0;', 'judge/judge'),
    ('src/judge/naming.c', 'm->named / m->weight', '1', 'judge/naming'),
    ('src/enrich/kind.c', '!seen[w - index_.words] && ', '', 'enrich/kind'),
    ('src/judge/view.c', 'v->moved += host && m->movable && m->moved;', '', 'e2e/twins'),
    # last, since much is built again
    ('src/base/cursor.h', 'if (c->err != OK || n > c->len - c->pos) {', 'if (c->err != OK) {', 'dns/name'),
    # what is true of a lab's world
    ('src/lab/recipes.c', 's->ns_ttl = like->ns_ttl;', '', 'lab/twins'),
    ('src/lab/truth.c', 'w->members[id & ~TALLY_V6].decoy)', 'false)', 'lab/truth'),
    ('src/lab/truth.c', 't->servers.n != before && z->moving)', 't->servers.n != before)', 'lab/truth'),
    ('src/lab/authority.c', 'set->members[0] = q->member;', '', 'lab/wide'),
    ('src/lab/wire.c', 'put_u16(m, n * octets);', 'put_u16(m, n);', 'lab/wide'),
    # what the lab's servers say, and to whom
    ('src/lab/query.c', 'if ((q.flags & FLAG_QR) != 0)', 'if (false)', 'lab/query'),
    ('src/lab/query.c', 'if (q->edns || r->section', 'if (r->section', 'lab/query'),
    ('src/lab/query.c', 'q->qclass != CLASS_IN ||', '', 'lab/query'),
    ('src/lab/wire.c', '\t\t x->refers)', '\t\t false)', 'lab/wire'),
    ('src/lab/wire.c', 'if (x->asked != NULL)', 'if (false)', 'lab/wire'),
    ('src/lab/speak.c', 'x->flags &= (uint16_t)~FLAG_AA;\n\tdraw_by', 'draw_by', 'lab/serve'),
    ('src/lab/speak.c', 'drop_strange_glue(x, p->top->name);', '', 'lab/serve'),
    ('src/lab/speak.c', '!(x->qtype == RR_DS && at == x->question)', 'true', 'lab/serve'),
    ('src/lab/speak.c', 'draw_by(s, q.host == NONE ? s->w->n_hosts + q.zone : q.host, x->answered_ns);', '', 'lab/serve'),
    ('src/lab/speak.c', 'return E_ABSENT;', ';', 'lab/serve'),
    ('src/lab/census.c', 'z->kind == LAB_PARKED && n->wild == NONE', 'false', 'lab/serve'),
    ('src/lab/serve.c', 'is_dead(s, &p->server)', 'false', 'lab/serve'),
    ('src/lab/events.c', 'e->heap[0].at_ns <= now_ns', 'false', 'lab/serve'),
    ('src/cli/listen.c', 'return addr_is_v4(a) ? a->octets[12] == 127', 'return addr_is_v4(a) ? true', 'e2e/options'),
    ('src/lab/world.c', 'p->slots += from;', '', 'lab/wide'),
]


class Copy:
    """A copy of the tree with a build of its own."""

    def __init__(self, folder):
        self.tree, self.build = os.path.join(folder, 'tree'), os.path.join(folder, 'build')
        os.makedirs(self.tree)
        run(os.path.join(ROOT, 'scripts', 'copy-tree.sh'), self.tree)
        self.env = dict(os.environ, DEFLUX_TESTS=os.path.join(self.tree, 'tests'))
        self.made = run('meson', 'setup', self.build, self.tree, '-Dtests=enabled', '-Dwerror=false',
                        '-Dbuildtype=plain', '-Dc_args=-O1')

    def path(self, file):
        return os.path.join(self.tree, file)

    def test(self, name):
        """'ok', 'failed', or what the compiler said."""
        end_to_end = name.startswith('e2e/')
        target = 'deflux' if end_to_end else f'src/{name.replace("/", "_")}_test'
        built = run('ninja', '-C', self.build, target)
        if built.returncode != 0:
            return 'does not build: ' + built.stdout[-2000:]
        command, seconds = [os.path.join(self.build, target)], 60 # some mutants never end
        if end_to_end:
            command, seconds = [sys.executable, self.path(f'tests/{name.replace("/", "_")}.py')] + command, 300
        try:
            out = run(*command, env=self.env, cwd=self.build, timeout=seconds)
        except subprocess.TimeoutExpired:
            return 'failed'
        return 'ok' if out.returncode == 0 else 'failed'


def try_one(copy, row):
    """What comes of it, and what should."""
    file, text, instead, test = row
    with open(copy.path(file), encoding='utf-8') as f:
        source = f.read()
    if source.count(text) != 1:
        return f'the text stands in it {source.count(text)} times', 'once'
    try:
        with open(copy.path(file), 'w', encoding='utf-8') as f:
            f.write(source.replace(text, instead))
        return copy.test(test), 'failed'
    finally:
        with open(copy.path(file), 'w', encoding='utf-8') as f:
            f.write(source)


def spread(copies, work, rows):
    """work(copy, row) of each row, in their order, each on a copy that is free."""
    free = queue.SimpleQueue()
    for copy in copies:
        free.put(copy)

    def on_a_free_one(row):
        copy = free.get()
        try:
            return work(copy, row)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        yield from pool.map(on_a_free_one, rows)


def main():
    t, words = Tap(), sys.argv[1:]
    rows = [r for r in MUTANTS if not words or any(w in r[0] or w in r[3] for w in words)]
    with tempfile.TemporaryDirectory() as folder:
        copies = [Copy(os.path.join(folder, str(i))) for i in range(os.cpu_count() or 1)]
        if not t.ok(all(c.made.returncode == 0 for c in copies), 'copies of the tree', copies[0].made.stdout[-1000:]):
            t.done()
        tests = sorted({r[3] for r in rows}) # what fails anyway tells nothing
        for test, got in zip(tests, spread(copies, Copy.test, tests)):
            t.equal(got, 'ok', f'{test} passes on the tree as it is')
        for (file, text, _, test), (got, want) in zip(rows, spread(copies, try_one, rows)):
            t.equal(got, want, f'{file}: without "{" ".join(text.split())[:60]}" {test} fails')
    t.done()


main()
