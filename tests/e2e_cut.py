"""An input that is cut short while it is read: the run ends with a reason, not by a signal."""
import os
import subprocess
import sys
import tempfile
import time

from tap import Tap, run

DEFLUX = sys.argv[1]


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as to:
        path, more = os.path.join(to, 'lab.pcap'), os.path.join(to, 'pipe')
        made = run(DEFLUX, 'lab', '--scale', '0.2', '-o', path)
        t.ok(made.returncode == 0 and os.path.getsize(path) > 4 << 20, 'a lab capture', made.stderr)
        os.mkfifo(more)
        # the pipe holds up the merge: the file is mapped by then, and hardly read
        child = subprocess.Popen([DEFLUX, 'scan', '-q', path, more], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 encoding='utf-8')
        with open(more, 'wb') as pipe:
            pipe.write(b'\x4d\x3c\xb2\xa1\x02\x00\x04\x00' + bytes(12) + b'\x01\x00\x00\x00')
            pipe.flush()
            time.sleep(1)
            os.truncate(path, 4096)
        _, said = child.communicate(timeout=60)
        t.ok(child.returncode == 2, 'status 2', child.returncode)
        t.ok('became shorter while it was read' in said, 'and the reason', said)
    t.done()


main()
