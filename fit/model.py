"""The judge's likelihoods, as src/judge/model.c and servers.c have them, in a form that gradients can be taken of."""
import json
import math
import subprocess

import torch

torch.set_default_dtype(torch.float64)

KINDS = ('consumer', 'hosting', 'content', 'university', 'business', 'transit')
CLASSES = ('ordinary', 'cdn', 'isp-caches', 'round-robin', 'multi-provider', 'volunteer-pool', 'peer-seeds', 'peer-cdn',
           'dynamic-dns', 'anycast', 'vpn-fleet', 'embedded-address', 'tunnel', 'poisoned', 'parked', 'sinkholed',
           'migration', 'fail-over', 'unknown', 'flux', 'flux-homes', 'flux-mixed', 'flux-double', 'flux-double-homes',
           'flux-ns', 'flux-ns-homes')
HONEST = CLASSES.index('flux')
# parameters of a class, by what they are: rows of shares that add up to 1; chances; sizes above 0; any number
ROWS = ('kind', 'ns_kind', 'answer', 'ns_networks')
CHANCES = ('ns_shared', 'ns_among', 'own_address')
ABOVE_0 = ('weight', 'named', 'moved', 'networks_sd', 'size_sd', 'ttl_sd', 'names_sd', 'fresh_sd', 'others_sd')
SHARES = ('weight', 'named') # of a class, those of all honest ones, and of flux, adding up to 1
NUMBERS = ('networks_mean', 'size_mean', 'ttl_mean', 'names_mean', 'fresh_mean', 'others_mean')
FIELDS = (*ROWS, *CHANCES, *ABOVE_0, *NUMBERS)
DECIBANS = 10 / math.log(10)
SHARE_LEAST = 1.1e-4 # that `deflux --parameters` takes is 1e-4
# of src/judge/spread.c
WIDTHS = torch.tensor([1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 13, 16, 19, 23, 27, 32, 38, 45, 54, 64, 76, 91, 108, 128, 152, 181,
                       215, 256, 304, 362, 431, 512, 609, 724, 861, 1024.])
ANYWHERE = 0.001


class Parameters:
    """Those of the program: each field of FIELDS a tensor with a row for each class, the others by name. `estimates`: a file
    with other numbers for the classes."""

    def __init__(self, deflux, estimates=None):
        text = subprocess.run([deflux, 'judge', '--parameters', '--format', 'json'], stdout=subprocess.PIPE, check=True).stdout
        self.values = {name: float(p['value']) for name, p in json.loads(text).items()}
        if estimates is not None:
            with open(estimates, encoding='utf-8') as f:
                self.values.update({f'class.{k}.{name}': float(x) for k, of in json.load(f).items() for name, x in of.items()})
        self.limits = {name: (p.get('least'), p.get('most')) for name, p in json.loads(text).items()}
        self.parts = {field: [n.split('.')[-1] for n in self.values if n.startswith(f'class.flux.{field}.')]
                      for field in FIELDS}
        self.classes = {field: self.table(field) for field in FIELDS}

    def whole(self):
        """All that weak features say counts, until what this returns is put back."""
        counts = {n: v for n, v in self.values.items() if n.startswith('counts.')}
        self.values.update(dict.fromkeys(counts, 1.0))
        return counts

    def table(self, field):
        parts = self.parts[field]
        return torch.tensor([[self.values[f'class.{k}.{field}.{p}'] for p in parts] if parts else
                             self.values[f'class.{k}.{field}'] for k in CLASSES])

    def limited(self, field, table):
        parts = self.parts[field]
        least, most = self.limits[f'class.flux.{field}.{parts[0]}' if parts else f'class.flux.{field}']
        return table if field in SHARES else table.clamp(least, most)

    def general(self, name):
        parts = [v for n, v in self.values.items() if n.startswith(name + '.')]
        return torch.tensor(parts) if parts else self.values[name]

    def named(self, tables):
        """As `--parameters` reads them, of four digits; shares of classes add up to 1 on each side."""
        out = {}
        for field, table in tables.items():
            table = table.detach().clone()
            if field in SHARES:
                table[:HONEST] /= table[:HONEST].sum()
                table[HONEST:] *= 0 if field == 'named' else 1 / table[HONEST:].sum() # flux is called by its kind
            for i, k in enumerate(CLASSES):
                if field in ROWS:
                    row = [round(float(x), 4) for x in table[i].clamp(min=SHARE_LEAST)]
                    row[row.index(max(row))] = round(max(row) + 1 - sum(row), 4)
                    out.update((f'class.{k}.{field}.{p}', x) for p, x in zip(self.parts[field], row))
                elif self.parts[field]:
                    out.update((f'class.{k}.{field}.{p}', round(float(x), 3)) for p, x in zip(self.parts[field], table[i]))
                elif field in SHARES:
                    out[f'class.{k}.{field}'] = float(f'{float(table[i]):.3g}')
                else:
                    out[f'class.{k}.{field}'] = round(float(table[i]), 4 if field in CHANCES else 3)
        return out


def normal(x, mean, sd):
    return torch.clamp(-.5 * ((x - mean) / sd) ** 2, min=-460) - torch.log(sd)


def share(a, b, seen):
    """The chance of so many hits among n, in one order, when each has the chance Beta(a, b); `seen` as cases.shares."""
    hits, n, which = seen
    return (torch.lgamma(a + hits) - torch.lgamma(a) + torch.lgamma(b + n - hits) - torch.lgamma(b)
            - torch.lgamma(a + b + n) + torch.lgamma(a + b))[which]


def spread(of, p):
    """`of`: how likely what was seen is for each width, a row for each domain."""
    at = torch.log2(WIDTHS)
    low, high = torch.cat([at[:1], at[:-1]]), torch.cat([at[1:], at[-1:]])
    cell = (high - low) / 2
    z = (at - p['networks_mean'][:, None]) / p['networks_sd'][:, None]
    near = torch.exp(-.5 * z * z) * cell + 1e-300
    near = near / near.sum(1, keepdim=True)
    return torch.log((1 - ANYWHERE) * of @ near.T + ANYWHERE * (of @ cell / cell.sum())[:, None] + 1e-300)


def kinds(side, p):
    """Of one side's networks, each once; `side` as cases.networks."""
    networks, trust, has = side
    return torch.sparse.mm(has, torch.log(trust * (networks @ p.T) + 1 - trust))


def servers(c, p, general):
    """The NS side: apart from the hosts or among them."""
    draws, among_shared = general('ns_shared_draws'), general('ns_among_shared')
    apart = (torch.log(1 - p['ns_among']), kinds(c.server_kinds, p['ns_kind']), torch.log(p['ns_networks'].T[c.server_row]),
             share(draws * p['ns_shared'], draws * (1 - p['ns_shared']), c.both))
    among = (torch.log(p['ns_among']), kinds(c.server_kinds, p['kind']),
             torch.log(general('ns_among_networks'))[c.server_row][:, None], share(*among_shared, c.both))
    use = 1, c.has_servers, c.has_servers, c.has_pages
    return torch.logaddexp(sum(u * x for u, x in zip(use, apart)), sum(u * x for u, x in zip(use, among))) * c.has_servers


def likelihoods(c, p, general):
    """Natural logarithms, a row for each domain and a column for each class, without what accused siblings say."""
    near = general('ttl_near_odds') / (1 + general('ttl_near_odds'))
    of_size, of_answer = general('counts')
    ttl = torch.log(near * torch.exp(normal(c.ttl, p['ttl_mean'], p['ttl_sd'])) / math.sqrt(2 * math.pi) + (1 - near) / 6)
    return (kinds(c.kinds, p['kind'])
            + c.has_spread * spread(c.spread, p)
            + of_size * c.has_hosts * normal(c.size, p['size_mean'], p['size_sd'])
            + c.has_moved * share(p['moved'][:, 0], p['moved'][:, 1], c.moved)
            + of_answer * c.has_answer * torch.log(p['answer'].T[c.answer_row])
            + c.has_ttl * ttl
            + servers(c, p, general))


def mixture(l, weight):
    w = torch.log(weight.clamp(min=1e-30))
    return torch.logsumexp(l + w, 1) - torch.logsumexp(w, 0)


def llr_db(l, p):
    return DECIBANS * (mixture(l[:, HONEST:], p['weight'][HONEST:]) - mixture(l[:, :HONEST], p['weight'][:HONEST]))


def naming(c, l, p, general):
    """How well each honest class names a domain: src/judge/naming.c."""
    k = slice(0, HONEST)
    own = p['own_address'][k]
    return (l[:, k] + torch.log(torch.clamp(p['named'][k], min=1e-12))
            + normal(c.names, p['names_mean'][k], p['names_sd'][k]) + normal(c.fresh, p['fresh_mean'][k], p['fresh_sd'][k])
            + normal(c.others, p['others_mean'][k], p['others_sd'][k])
            + torch.where(c.own > 0, torch.log(own), torch.log(1 - own)))
