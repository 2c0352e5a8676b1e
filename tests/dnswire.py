"""Reads captures and DNS messages in the plainest way, to compare the program with. Standard library only."""
import gzip
import ipaddress
import struct

TYPES = {1: 'A', 2: 'NS', 5: 'CNAME', 6: 'SOA', 12: 'PTR', 15: 'MX', 16: 'TXT', 28: 'AAAA', 33: 'SRV', 41: 'OPT',
         64: 'SVCB', 65: 'HTTPS', 255: 'ANY'}
RCODES = {0: 'NOERROR', 1: 'FORMERR', 2: 'SERVFAIL', 3: 'NXDOMAIN', 4: 'NOTIMP', 5: 'REFUSED'}
QR, AA, TC, RD, RA = 0x8000, 0x400, 0x200, 0x100, 0x80


def open_file(path):
    with open(path, 'rb') as f:
        octets = f.read()
    return gzip.decompress(octets) if octets[:2] == b'\x1f\x8b' else octets


def frames(octets):
    """(nanoseconds, frame) of each record of a pcap file, either byte order."""
    order = '<' if octets[3] in (0xa1, 0xa) or octets[0] in (0xd4, 0x4d) else '>'
    unit = 1 if struct.unpack(order + 'I', octets[:4])[0] == 0xa1b23c4d else 1000
    at, out = 24, []
    while at + 16 <= len(octets):
        seconds, part, kept, _ = struct.unpack(order + '4I', octets[at:at + 16])
        at += 16 + kept
        if at <= len(octets):
            out.append((seconds * 10**9 + part * unit, octets[at - kept:at]))
    return out


def pcap(records):
    """A pcap file of Ethernet frames, in microseconds."""
    out = [struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)]
    for ns, frame in records:
        out += [struct.pack('<4I', ns // 10**9, ns % 10**9 // 1000, len(frame), len(frame)), frame]
    return b''.join(out)


class Packet:
    """One UDP datagram or TCP segment in an Ethernet frame of IPv4 or IPv6."""

    def __init__(self, ns, frame):
        self.ns, self.udp, self.tcp = ns, False, False
        kind, at = struct.unpack('!H', frame[12:14])[0], 14
        if kind == 0x0800:
            self.src, self.dst = frame[at + 12:at + 16], frame[at + 16:at + 20]
            protocol, end = frame[at + 9], at + struct.unpack('!H', frame[at + 2:at + 4])[0]
            at += (frame[at] & 15) * 4
        elif kind == 0x86dd:
            self.src, self.dst = frame[at + 8:at + 24], frame[at + 24:at + 40]
            protocol, end = frame[at + 6], at + 40 + struct.unpack('!H', frame[at + 4:at + 6])[0]
            at += 40
        else:
            return
        if protocol not in (6, 17):
            return
        self.udp, self.tcp = protocol == 17, protocol == 6
        self.sport, self.dport = struct.unpack('!HH', frame[at:at + 4])
        if self.tcp:
            self.seq = struct.unpack('!I', frame[at + 4:at + 8])[0]
        self.at = at + (8 if self.udp else (frame[at + 12] >> 4) * 4) # of the payload, in the frame
        self.payload = frame[self.at:end]


def messages(records):
    """(packet, message) of each DNS message; TCP segments are taken as they come, which a lab's are in order."""
    streams = {}
    for ns, frame in records:
        p = Packet(ns, frame)
        if p.udp and p.payload:
            yield p, p.payload
        if not p.tcp or not p.payload:
            continue
        key = (p.src, p.dst, p.sport, p.dport)
        held = streams.get(key, b'') + p.payload
        while len(held) >= 2 and len(held) >= 2 + struct.unpack('!H', held[:2])[0]:
            size = struct.unpack('!H', held[:2])[0]
            yield p, held[2:2 + size]
            held = held[2 + size:]
        streams[key] = held


def read_name(wire, at):
    """Labels, and where the name ends."""
    labels, end = [], None
    for _ in range(256):
        size = wire[at]
        if size >= 0xc0:
            end = at + 2 if end is None else end
            at = (size & 0x3f) << 8 | wire[at + 1]
            continue
        if size == 0:
            return labels, at + 1 if end is None else end
        labels.append(wire[at + 1:at + 1 + size])
        at += 1 + size
    raise ValueError('a name without an end')


class Record:
    """One record: owner as labels, and its data as text where it has a simple one."""

    def __init__(self, wire, at):
        self.start = at
        self.owner, at = read_name(wire, at)
        self.type, self.klass, self.ttl, size = struct.unpack('!HHIH', wire[at:at + 10])
        self.at, self.end = at + 10, at + 10 + size
        self.text = self.labels = None
        if self.end > len(wire) or (self.klass == 1 and size != {1: 4, 28: 16}.get(self.type, size)):
            raise ValueError('data of a wrong length')
        if self.type in (1, 28) and self.klass == 1:
            self.text = str(ipaddress.ip_address(wire[self.at:self.end]))
        elif self.type in (2, 5, 12):
            self.labels = read_name(wire, self.at)[0]
            self.text = text_of(self.labels)


class Message:
    """A whole message: question and the three sections."""

    def __init__(self, wire):
        self.id, self.flags, questions, *counts = struct.unpack('!6H', wire[:12])
        self.rcode, self.is_response = self.flags & 15, self.flags & QR != 0
        self.question, at = read_name(wire, 12) if questions else ([], 12)
        self.qtype, self.qclass = struct.unpack('!HH', wire[at:at + 4]) if questions else (0, 0)
        at += 4 if questions else 0
        self.sections = []
        for n in counts:
            rows = []
            for _ in range(n):
                rows.append(Record(wire, at))
                at = rows[-1].end
            self.sections.append(rows)


def text_of(labels):
    """A name of plain labels, as the logs write it."""
    return b'.'.join(labels).decode('ascii')


class Suffixes:
    """The public suffix list, without any cleverness."""

    def __init__(self, path='/usr/share/publicsuffix/public_suffix_list.dat'):
        with open(path, encoding='utf-8') as f:
            lines = [line.split()[0] for line in f if line.strip() and not line.startswith('//')]
        self.rules = {line.encode('idna' if not line.isascii() and line[0] not in '!*' else 'utf-8')
                      for line in lines}

    def size(self, labels):
        """How many labels at the end are the public suffix; 0: none is known."""
        best = 0
        for n in range(1, len(labels) + 1):
            tail = labels[-n:]
            if b'!' + b'.'.join(tail) in self.rules:
                return n - 1
            if b'.'.join(tail) in self.rules or b'.'.join([b'*', *tail[1:]]) in self.rules:
                best = n
        return best

    def domain(self, name):
        """The registrable domain of a name in text, None."""
        labels = name.lower().encode().split(b'.')
        n = self.size(labels)
        return b'.'.join(labels[-n - 1:]).decode() if 0 < n < len(labels) else None
