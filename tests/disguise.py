"""Rewrites a capture so that no name and no address in it is what it was, and all their relations are."""
import random
import struct

from dnswire import Message, Packet, Suffixes

LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
SPECIAL = [0, 10, 100, 127, 169, 172, 192, 198, 203] + list(range(224, 256)) # may hold reserved networks: left alone


class Disguise:
    """Maps labels to random ones of the same length, one to one, and hosts within each /24, one to one."""

    def __init__(self, records, seed=1):
        self.suffixes = Suffixes()
        self.random = random.Random(seed)
        self.labels, self.hosts = {}, {}
        self.taken = {label for rule in self.suffixes.rules for label in rule.split(b'.')}
        self.records = [self.rewritten(ns, frame) for ns, frame in records]

    def label(self, old):
        old = old.lower()
        while old not in self.labels:
            new = ''.join(self.random.choices(LETTERS[:26] if i == 0 else LETTERS, k=1)[0]
                          for i in range(len(old))).encode()
            if len(old) < 3:
                new = old # too few to draw from; and most are hosts such as "w"
            if new not in self.taken or new == old:
                self.labels[old] = new
                self.taken.add(new)
        return self.labels[old]

    def host(self, octets):
        near = octets[:3]
        if near not in self.hosts:
            self.hosts[near] = self.random.sample(range(256), 256)
        return near + bytes([self.hosts[near][octets[3]]])

    def name(self, labels):
        """The new name of one that is in labels."""
        keep = self.suffixes.size([x.lower() for x in labels])
        cut = len(labels) - keep
        return [self.label(x) for x in labels[:cut]] + labels[cut:]

    def text(self, name):
        return b'.'.join(self.name(name.encode().split(b'.'))).decode()

    def rename(self, wire, old, at):
        """Writes over the labels of the name that stands at `at`, where they stand."""
        labels, places = [], []
        while old[at] != 0:
            if old[at] >= 0xc0:
                at = (old[at] & 0x3f) << 8 | old[at + 1]
                continue
            labels.append(old[at + 1:at + 1 + old[at]])
            places.append(at + 1)
            at += 1 + old[at]
        for label, place in zip(self.name(labels), places):
            wire[place:place + len(label)] = label

    def message(self, old):
        wire, m = bytearray(old), Message(old)
        self.rename(wire, old, 12)
        for r in (r for section in m.sections for r in section):
            if r.type == 41:
                continue
            self.rename(wire, old, r.start)
            if r.labels is not None:
                self.rename(wire, old, r.at)
            if r.type == 1 and r.end == r.at + 4 and old[r.at] not in SPECIAL:
                wire[r.at:r.end] = self.host(old[r.at:r.end])
        return bytes(wire)

    def rewritten(self, ns, frame):
        p = Packet(ns, frame)
        if not p.udp or struct.unpack('!H', frame[p.at - 4:p.at - 2])[0] <= 20:
            return ns, frame
        message = self.message(p.payload)
        return ns, frame[:p.at] + message + frame[p.at + len(message):]
