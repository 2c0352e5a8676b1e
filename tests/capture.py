"""Writes small captures for the tests: DNS messages by hand, and pcap around them. Standard library only."""
import re
import struct

A, NS, CNAME, SOA, MX, TXT, AAAA, OPT, RRSIG, HTTPS = 1, 2, 5, 6, 15, 16, 28, 41, 46, 65


def name(*labels):
    """A name in wire form, from its labels as bytes or text."""
    raw = [x if isinstance(x, bytes) else x.encode() for x in labels]
    return b''.join(bytes([len(x)]) + x for x in raw) + b'\0'


def record(owner, kind, rdata, ttl=300, klass=1):
    return owner + struct.pack('!HHIH', kind, klass, ttl, len(rdata)) + rdata


def response(question, kind, answer=(), authority=(), additional=()):
    head = struct.pack('!6H', 7, 0x8180, 1, len(answer), len(authority), len(additional))
    return head + question + struct.pack('!HH', kind, 1) + b''.join([*answer, *authority, *additional])


def packet(message, source='192.0.2.53', target='198.51.100.7'):
    """Ethernet, IPv4, UDP from port 53."""
    udp = struct.pack('!4H', 53, 40000, 8 + len(message), 0) + message
    addresses = b''.join(bytes(map(int, a.split('.'))) for a in (source, target))
    head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + addresses
    total = sum(struct.unpack('!10H', head))
    total = (total & 0xffff) + (total >> 16)
    head = head[:10] + struct.pack('!H', ~(total + (total >> 16)) & 0xffff) + head[12:]
    return bytes(12) + b'\x08\x00' + head + udp


def pcap(packets):
    """A pcap file of (seconds, packet)."""
    out = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)
    for seconds, octets in packets:
        out += struct.pack('<4I', seconds, 0, len(octets), len(octets)) + octets
    return out


def octets_of(text):
    """The labels of a name in presentation form, as bytes."""
    labels = [b'']
    for part in re.findall(r'\\\d{3}|\\.|\.|[^\\.]+', text):
        if part == '.':
            labels.append(b'')
        elif part[0] != '\\':
            labels[-1] += part.encode('ascii')
        else:
            labels[-1] += bytes([int(part[1:])]) if part[1:].isdigit() else part[1:].encode('ascii')
    return labels
