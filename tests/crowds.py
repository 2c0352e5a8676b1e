"""Traffic that fills memory: many domains with many names, and one domain whose names never end."""
import random
import struct

import capture as c


def address(n):
    """Spread over public networks."""
    return bytes([60 + n % 60, n // 60 % 250, n // 15000 % 250, 1 + n % 250])


def hosted(n):
    """Of one large hoster: nobody is to take what fills memory for fast flux."""
    return bytes([52, n % 60, n // 60 % 250, 1 + n // 15000 % 250])


def crowd(start_ns, span_ns, domains, names):
    """(nanoseconds, frame): each name told once with four addresses, in a mixed order."""
    order = [(d, n) for d in range(domains) for n in range(names)]
    random.Random(1).shuffle(order)
    for i, (d, n) in enumerate(order):
        owner = c.name(f'h{n}', f'crowd{d}', 'com')
        answer = [c.record(owner, c.A, hosted(d * 997 + n * 4 + k)) for k in range(4)]
        yield start_ns + span_ns * i // len(order), c.packet(c.response(owner, c.A, answer))


def endless(start_ns, span_ns, names):
    """The parts of a pcap file: a name that nobody saw before in each answer, all below endless.com."""
    name = c.name('n0000000', 'endless', 'com')
    frame = c.packet(c.response(name, c.A, [c.record(b'\xc0\x0c', c.A, bytes(4))]))
    at, tail = frame.index(b'n0000000'), len(frame) - 4
    yield c.pcap([])
    for i in range(names):
        ns = start_ns + span_ns * i // names
        yield struct.pack('<4I', ns // 10**9, ns % 10**9 // 1000, len(frame), len(frame))
        yield b'%bn%07d%b%b' % (frame[:at], i, frame[at + 8:tail], hosted(i))
