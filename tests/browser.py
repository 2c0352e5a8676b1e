"""How pages look in a real browser (Chromium): all is drawn, nothing runs over, nothing complains. Pictures of them are kept
where the environment's DEFLUX_PICTURES says."""
import json
import os
import re
import shutil

from scans import sanitizer
from tap import run

BROWSER = shutil.which('chromium')
DESK, PHONE = 1200, 500 # widths; a window is never narrower than the second
PICTURES = os.environ.get('DEFLUX_PICTURES')

# What a page says of its own lay-out, as a comment at its end. Told are: the page's width where it is wider than the window;
# tables of which a part is out of sight; texts of pictures that leave them, or lie on another; pictures without an extent.
LOOK = '''<script>
const told = {wide: 0, cut: [], out: [], over: [], flat: 0, tables: 0, pictures: 0, heading: ''};
const round = r => [r.left, r.top, r.right, r.bottom].map(Math.round);
told.heading = document.querySelector('h1').getClientRects().length ? document.querySelector('h1').textContent : '';
const page = document.documentElement;
told.wide = page.scrollWidth > page.clientWidth ? page.scrollWidth : 0;
for (const t of document.querySelectorAll('table')) {
  told.tables++;
  const around = t.parentElement;
  if (around.scrollWidth > around.clientWidth + 1)
    told.cut.push([around.scrollWidth, around.clientWidth, t.textContent.slice(0, 60)]);
}
for (const s of document.querySelectorAll('svg')) {
  const r = s.getBoundingClientRect(), texts = [...s.querySelectorAll('text')].map(x => [x.getBoundingClientRect(), x.textContent]);
  told.pictures++;
  told.flat += r.width < 50 || r.height < 10;
  texts.forEach(([a, text], i) => {
    if (a.left < r.left - 1 || a.right > r.right + 1 || a.top < r.top - 1 || a.bottom > r.bottom + 1)
      told.out.push([text, round(a), round(r)]);
    for (const [b, other] of texts.slice(i + 1))
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
        told.over.push([text, other]);
  });
}
document.body.append(document.createComment('told ' + JSON.stringify(told) + ' told'));
</script></body>'''


def missing():
    """Why nothing is looked at here; None."""
    if sanitizer():
        return 'a sanitizer has nothing new to see in it'
    return None if BROWSER else 'no chromium here'


def browse(folder, path, width, *more):
    """The page after it was drawn, and what the browser had to say of it."""
    out = run(BROWSER, '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars',
              '--enable-logging=stderr', f'--user-data-dir={folder}/profile', f'--window-size={width},900', *more, f'file://{path}',
              timeout=120)
    return out.stdout, [x for x in out.stderr.splitlines() if 'CONSOLE' in x]


def look(folder, path, width):
    """What LOOK tells of a page: of a copy, as pages let no script run."""
    with open(path, encoding='utf-8') as f:
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', '', f.read())
    copy = os.path.join(folder, 'copy.html')
    with open(copy, 'w', encoding='utf-8') as f:
        f.write(text.replace('</body>', LOOK))
    said, complaints = browse(folder, copy, width, '--dump-dom')
    told = re.search(r'<!--told (.*) told-->', said, re.S)
    return json.loads(told.group(1)) if told else None, complaints


def check(t, folder, what, path, pictures):
    """Into folder goes what the browser wants to keep."""
    if missing():
        t.skip(f'{what}: in a browser', missing())
        return
    told, complaints = look(folder, path, DESK)
    if not t.ok(told is not None, f'{what}: the browser draws it', complaints):
        return
    t.ok(told['heading'] and told['flat'] == 0 and told['pictures'] == pictures, f'{what}: {pictures} pictures', told)
    t.equal((told['wide'], told['cut']), (0, []), f'{what}: all of it fits a window')
    t.equal((told['out'], told['over']), ([], []), f'{what}: no text leaves its picture or hides another')
    told, _ = look(folder, path, PHONE)
    t.equal(told['wide'], 0, f'{what}: a small screen need not be moved to and fro')
    _, complaints = browse(folder, path, DESK, '--dump-dom')
    t.equal(complaints, [], f'{what}: no complaint of the browser')
    if PICTURES:
        for width in (DESK, PHONE):
            browse(folder, path, width, f'--screenshot={PICTURES}/{what.replace(" ", "-")}-{width}.png')
