"""The lab's dnstap files: whose answer each message is, and a copy that holds only the first few answers of each domain."""
import struct

FINISH = struct.pack('!III', 0, 4, 3) # the control frame that ends a stream
ANSWERS_OFFSET = 6 # of the number of answers in a DNS message


def varint(octets, at):
    value = shift = 0
    while True:
        value |= (octets[at] & 0x7f) << shift
        at, shift = at + 1, shift + 7
        if octets[at - 1] < 0x80:
            return value, at


def fields(octets, at, end):
    """(number, value or start, end) of each field of a protobuf message that lies at at..end."""
    while at < end:
        key = octets[at]
        if key < 0x80:
            at += 1
        else:
            key, at = varint(octets, at)
        kind = key & 7
        if kind == 2:
            size, at = varint(octets, at)
            yield key >> 3, at, at + size
            at += size
        elif kind == 0:
            value, at = varint(octets, at)
            yield key >> 3, value, at
        else:
            size = 8 if kind == 1 else 4
            yield key >> 3, at, at + size
            at += size


def answer(frame):
    """(seconds, start, end) of the response in a frame; None: it holds none."""
    for number, start, end in fields(frame, 0, len(frame)):
        if number != 14:
            continue
        second, found = 0, None
        for inner, first, last in fields(frame, start, end):
            if inner == 12:
                second = first
            elif inner == 14:
                found = (first, last)
        return (second, *found) if found else None
    return None


def labels(wire, at):
    """The labels of the question, lower-cased, first to last."""
    at += 12
    found = []
    while wire[at] != 0:
        size = wire[at]
        found.append(wire[at + 1:at + 1 + size].lower())
        at += 1 + size
    return found


def frames(f):
    """(octets as they lie in the file, data or None) of each frame; a control frame has no data."""
    while len(head := f.read(4)) == 4:
        size = struct.unpack('!I', head)[0]
        if size == 0:
            size_octets = f.read(4)
            yield head + size_octets + f.read(struct.unpack('!I', size_octets)[0]), None
        else:
            data = f.read(size)
            yield head + data, data


class Domains:
    """Finds the registrable domain of a question among those that are known."""

    def __init__(self, names):
        self.known = {tuple(n.encode().lower().split(b'.')): n for n in names}
        self.depths = sorted({len(k) for k in self.known}, reverse=True)

    def of(self, found):
        for depth in self.depths:
            if depth <= len(found):
                name = self.known.get(tuple(found[-depth:]))
                if name is not None:
                    return name
        return None


def cut(path, to, names, most):
    """
    Copies the file and leaves out, of each of these domains, what comes after its first `most` answers. Gives the
    seconds of all answers of each domain, in order.
    """
    domains, times = Domains(names), {}
    with open(path, 'rb') as source, open(to, 'wb') as out:
        for octets, data in frames(source):
            if data is None:
                if octets != FINISH:
                    out.write(octets)
                continue
            response = answer(data)
            name = domains.of(labels(data, response[1])) if response else None
            if name is None:
                out.write(octets)
                continue
            seen = times.setdefault(name, [])
            if len(seen) < most:
                out.write(octets)
            at = response[1] + ANSWERS_OFFSET
            if data[at:at + 2] != b'\0\0':
                seen.append(response[0])
        out.write(FINISH)
    return times
