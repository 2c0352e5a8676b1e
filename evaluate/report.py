"""A report as a list of parts, written as Markdown and as one page of HTML that needs nothing else."""
import html

STYLE = '''
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --faint: #5b6570; --rule: #d8dee4;
  --c0: #0a6cb5; --c1: #c2410c; --c2: #15803d; --c3: #7e22ce; --c4: #a16207; --c5: #be185d; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --ink: #e6eaee; --faint: #9aa5b1; --rule: #343c45;
  --c0: #6cb6ff; --c1: #ff9b6a; --c2: #6fd08c; --c3: #cfa0ff; --c4: #e3c04f; --c5: #ff8fc0; } }
body { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 60rem;
  margin: 0 auto; padding: 1rem; }
h1, h2, h3 { line-height: 1.2; margin: 2rem 0 .5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
caption { text-align: left; color: var(--faint); }
th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
td.no { color: var(--c1); font-weight: 600; }
td.yes { color: var(--c2); }
figure { margin: 1.5rem 0; }
figcaption { font-weight: 600; }
svg { width: 100%; max-width: 45rem; height: auto; }
.grid { stroke: var(--rule); } .guide { stroke: var(--faint); stroke-dasharray: 4 4; }
.line { fill: none; stroke-width: 2; } .tick, .label { fill: var(--faint); font-size: 12px; }
''' + ''.join(f'path.c{n} {{ stroke: var(--c{n}); }} circle.c{n} {{ fill: var(--c{n}); }} '
              f'span.c{n}::before {{ content: "\\25cf\\00a0"; color: var(--c{n}); }}\n' for n in range(6)) + '''
.legend { margin: 0; } .legend span { margin-right: 1.2rem; }
'''


class Report:
    def __init__(self, title):
        self.title, self.parts = title, []

    def head(self, text, level=2):
        self.parts.append(('head', level, text))

    def say(self, text):
        self.parts.append(('say', text))

    def table(self, columns, rows):
        self.parts.append(('table', columns, [[str(cell) for cell in row] for row in rows]))

    def plot(self, plot):
        self.parts.append(('plot', plot))

    def markdown(self):
        lines = [f'# {self.title}', '']
        for kind, *what in self.parts:
            if kind == 'head':
                lines += ['#' * what[0] + ' ' + what[1], '']
            elif kind == 'say':
                lines += [what[0], '']
            elif kind == 'plot':
                lines += [f'({what[0].title}: drawn in report.html)', '']
            else:
                cells = lambda row: '| ' + ' | '.join(c.replace('|', '\\|') for c in row) + ' |'
                lines += [cells(what[0]), '|' + ' --- |' * len(what[0]), *map(cells, what[1]), '']
        return '\n'.join(lines)

    @staticmethod
    def cell(text):
        mark = {'no': ' class="no"', 'yes': ' class="yes"'}.get(text, '')
        return f'<td{mark}>{html.escape(text)}</td>'

    def page(self):
        out = []
        for kind, *what in self.parts:
            if kind == 'head':
                out.append(f'<h{what[0]}>{html.escape(what[1])}</h{what[0]}>')
            elif kind == 'say':
                out.append(f'<p>{html.escape(what[0])}</p>')
            elif kind == 'plot':
                out.append(what[0].svg())
            else:
                head = ''.join(f'<th scope="col">{html.escape(c)}</th>' for c in what[0])
                body = ''.join(f'<tr>{"".join(map(self.cell, row))}</tr>' for row in what[1])
                out.append(f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')
        title = html.escape(self.title)
        return ('<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
                '<meta name="viewport" content="width=device-width, initial-scale=1">'
                f'<title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n'
                + '\n'.join(out) + '\n</body></html>\n')
