"""Writes a capture's DNS messages as other programs log them: Zeek, Suricata, dnstap. Standard library only."""
import ipaddress
import json
import struct
from datetime import datetime, timezone

from dnswire import AA, QR, RA, RCODES, RD, TC, TYPES, Message, messages, text_of

ZEEK_FIELDS = ['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto', 'trans_id', 'query', 'qclass',
               'qtype', 'qtype_name', 'rcode', 'rcode_name', 'AA', 'TC', 'RD', 'RA', 'answers', 'TTLs', 'rejected']


def responses(records):
    for p, wire in messages(records):
        m = Message(wire)
        if m.is_response:
            yield p, m


def seconds(ns):
    return f'{ns // 10**9}.{ns % 10**9 // 1000:06d}'


def zeek_rows(records):
    """One row for a response, at the moment it was seen; its query's own row is left out."""
    for p, m in responses(records):
        told = [r for r in m.sections[0] if r.text is not None]
        yield {'ts': seconds(p.ns), 'uid': 'C1', 'id.orig_h': str(ipaddress.ip_address(p.dst)), 'id.orig_p': p.dport,
               'id.resp_h': str(ipaddress.ip_address(p.src)), 'id.resp_p': p.sport, 'proto': 'udp' if p.udp else 'tcp',
               'trans_id': m.id, 'query': text_of(m.question), 'qclass': m.qclass, 'qtype': m.qtype,
               'qtype_name': TYPES.get(m.qtype, f'query-{m.qtype}'), 'rcode': m.rcode,
               'rcode_name': RCODES.get(m.rcode, '?'), 'AA': m.flags & AA != 0, 'TC': m.flags & TC != 0,
               'RD': m.flags & RD != 0, 'RA': m.flags & RA != 0, 'answers': [r.text for r in told],
               'TTLs': [float(r.ttl) for r in told], 'rejected': m.rcode == 5}


def zeek_cell(value):
    if isinstance(value, bool):
        return 'T' if value else 'F'
    if isinstance(value, list):
        return ','.join(f'{v:.6f}' if isinstance(v, float) else v for v in value) or '-'
    return str(value)


def zeek_tsv(records):
    out = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tdns',
           '#fields\t' + '\t'.join(ZEEK_FIELDS)]
    out += ['\t'.join(zeek_cell(row[f]) for f in ZEEK_FIELDS) for row in zeek_rows(records)]
    return '\n'.join(out) + '\n'


def zeek_json(records):
    """As Zeek writes it: a number for the time, no member for what is empty."""
    out = []
    for row in zeek_rows(records):
        ts = row.pop('ts')
        rest = json.dumps({k: v for k, v in row.items() if v != []})
        out.append(f'{{"ts":{ts},{rest[1:]}\n')
    return ''.join(out)


def eve_head(p, m):
    stamp = datetime.fromtimestamp(p.ns // 10**9, timezone.utc).strftime('%Y-%m-%dT%H:%M:%S')
    return {'timestamp': f'{stamp}.{p.ns % 10**9 // 1000:06d}+0000',
            'flow_id': p.dport << 16 | m.id, 'event_type': 'dns', 'src_ip': str(ipaddress.ip_address(p.src)),
            'src_port': p.sport, 'dest_ip': str(ipaddress.ip_address(p.dst)), 'dest_port': p.dport,
            'proto': 'UDP' if p.udp else 'TCP'}


def eve_flags(m):
    bits = {'qr': QR, 'aa': AA, 'tc': TC, 'rd': RD, 'ra': RA}
    return {'flags': f'{m.flags:x}', **{k: True for k, v in bits.items() if m.flags & v}}


def eve_record(r):
    return {'rrname': text_of(r.owner), 'rrtype': TYPES[r.type], 'ttl': r.ttl, 'rdata': r.text}


def eve_events(m, version):
    """The dns objects of one response."""
    kind = TYPES.get(m.qtype, str(m.qtype))
    told = [r for r in m.sections[0] if r.text is not None]
    rcode = RCODES.get(m.rcode, str(m.rcode))
    if version == 1:
        head = {'type': 'answer', 'id': m.id, **eve_flags(m), 'rcode': rcode}
        if m.rcode != 0:
            return [{**head, 'rrname': text_of(m.question)}]
        return [{**head, **eve_record(r)} for r in told]
    head = {'version': version, 'type': 'answer' if version == 2 else 'response', 'id': m.id, **eve_flags(m)}
    question = {'rrname': text_of(m.question), 'rrtype': kind}
    body = {'queries': [question]} if version == 3 else question
    body = {**body, 'rcode': rcode}
    if told:
        body['answers'] = [eve_record(r) for r in told]
    return [{**head, **body}]


def eve(records, version):
    out = []
    for p, m in responses(records):
        for event in eve_events(m, version):
            out.append(json.dumps({**eve_head(p, m), 'dns': event}))
    return '\n'.join(out) + '\n'


def varint(n):
    out = b''
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    """A protobuf field: octets, or a number."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def dnstap_message(p, wire, resolver):
    """The dnstap of one message, with its kind from who speaks to whom."""
    is_response = wire[2] & 0x80 != 0
    asked = p.dst if is_response else p.src # who asks
    kind = (3 if asked == resolver else 5) + is_response # RESOLVER_QUERY, CLIENT_QUERY
    server, client = (p.src, p.dst) if is_response else (p.dst, p.src)
    server_port, client_port = (p.sport, p.dport) if is_response else (p.dport, p.sport)
    body = field(1, kind) + field(2, 1 if len(p.src) == 4 else 2) + field(3, 1 if p.udp else 2)
    body += field(4, client) + field(5, server) + field(6, client_port) + field(7, server_port)
    base = 12 if is_response else 8
    body += field(base, p.ns // 10**9) + varint(base + 1 << 3 | 5) + struct.pack('<I', p.ns % 10**9)
    body += field(14 if is_response else 10, wire)
    return field(15, 1) + field(14, body)


def dnstap(records, resolver):
    kind = b'protobuf:dnstap.Dnstap'
    start = struct.pack('!III', 2, 1, len(kind)) + kind
    out = [struct.pack('!II', 0, len(start)) + start]
    for p, wire in messages(records):
        frame = dnstap_message(p, wire, resolver)
        out += [struct.pack('!I', len(frame)), frame]
    return b''.join(out) + struct.pack('!III', 0, 4, 3)
