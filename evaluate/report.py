"""A report as a list of parts, written as Markdown and as one page of HTML that needs nothing else."""
import html

from .words import NOTHING

STYLE = '''
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --faint: #5b6570; --rule: #d8dee4;
  --c0: #0a6cb5; --c1: #c2410c; --c2: #15803d; --c3: #7e22ce; --c4: #a16207; --c5: #be185d; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --ink: #e6eaee; --faint: #9aa5b1; --rule: #343c45;
  --c0: #6cb6ff; --c1: #ff9b6a; --c2: #6fd08c; --c3: #cfa0ff; --c4: #e3c04f; --c5: #ff8fc0; } }
body { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 68rem;
  margin: 0 auto; padding: 1rem; }
h1, h2, h3 { line-height: 1.2; margin: 2rem 0 .5rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { text-align: right; padding: .2rem .6rem; border-top: 1px solid var(--rule); }
th { border-top: none; vertical-align: bottom; max-width: 9rem; }
td { white-space: nowrap; vertical-align: top; }
.words { text-align: left; }
td.words { white-space: normal; min-width: 9.5rem; }
.more td:first-child { border-top-color: transparent; }
.many th:not(:first-child) { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; max-width: none;
  white-space: nowrap; }
.many td { padding: .2rem .4rem; }
p, li { max-width: 48rem; }
ul { padding-left: 1.2rem; } li { margin: .4rem 0; }
td.no { color: var(--c1); font-weight: 600; }
td.yes { color: var(--c2); }
figure { margin: 1.5rem 0; }
figcaption { font-weight: 600; }
svg { width: 100%; max-width: 45rem; height: auto; }
.grid { stroke: var(--rule); } .guide { stroke: var(--faint); stroke-dasharray: 4 4; }
.line { fill: none; stroke-width: 2; } .tick, .label { fill: var(--faint); font-size: 12px; }
''' + ''.join(f'path.c{n} {{ stroke: var(--c{n}); }} circle.c{n} {{ fill: var(--c{n}); }} '
              f'span.c{n}::before {{ content: "\\25cf\\00a0"; color: var(--c{n}); }}\n' for n in range(6)) + '''
.legend { margin: 0; } .legend span { display: inline-block; margin-right: 1.2rem; }
'''

MANY = 12 # columns, beyond which their names stand upright
QUANTITIES = (NOTHING, 'never', 'under 15', 'yes', 'no') # words that stand among numbers


class Report:
    def __init__(self, title):
        self.title, self.parts = title, []

    def head(self, text, level=2):
        self.parts.append(('head', level, text))

    def say(self, text):
        self.parts.append(('say', text))

    def items(self, texts):
        """A list; each is (what it is about, what is said)."""
        self.parts.append(('items', texts))

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
            elif kind == 'items':
                lines += [*(f'- **{about}.** {text}' for about, text in what[0]), '']
            elif kind == 'plot':
                lines += [f'({what[0].title}: drawn in report.html)', '']
            else:
                cells = lambda row: '| ' + ' | '.join(c.replace('|', '\\|') for c in row) + ' |'
                lines += [cells(what[0]), '|' + ' --- |' * len(what[0]), *map(cells, what[1]), '']
        return '\n'.join(lines)

    @staticmethod
    def text(words):
        """As HTML, in which no line begins with a percent sign."""
        return html.escape(words).replace(' %', '&nbsp;%')

    @staticmethod
    def cell(text, is_words):
        marks = [text] * (text in ('yes', 'no')) + ['words'] * is_words
        return f'<td class="{" ".join(marks)}">{html.escape(text)}</td>' if marks else f'<td>{html.escape(text)}</td>'

    @classmethod
    def rows(cls, columns, rows):
        """A table; a row without a first cell goes on with what the one above it is about."""
        words = [n == 0 or any(r[n][:1].isalpha() and r[n] not in QUANTITIES for r in rows) for n in range(len(columns))]
        classed = lambda name, is_so: f' class="{name}"' if is_so else ''
        head = ''.join(f'<th scope="col"{classed("words", w)}>{html.escape(c)}</th>' for c, w in zip(columns, words))
        body = ''.join(f'<tr{classed("more", not row[0])}>{"".join(map(cls.cell, row, words))}</tr>' for row in rows)
        table = f'<table{classed("many", len(columns) > MANY)}>'
        return f'<div class="wide">{table}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'

    def page(self):
        out = []
        for kind, *what in self.parts:
            if kind == 'head':
                out.append(f'<h{what[0]}>{html.escape(what[1])}</h{what[0]}>')
            elif kind == 'say':
                out.append(f'<p>{self.text(what[0])}</p>')
            elif kind == 'items':
                items = (f'<li><b>{self.text(about)}.</b> {self.text(text)}</li>' for about, text in what[0])
                out.append(f'<ul>{"".join(items)}</ul>')
            elif kind == 'plot':
                out.append(what[0].svg())
            else:
                out.append(self.rows(*what))
        title = html.escape(self.title)
        return ('<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
                '<meta name="viewport" content="width=device-width, initial-scale=1">'
                f'<title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n'
                + '\n'.join(out) + '\n</body></html>\n')
