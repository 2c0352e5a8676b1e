"""Line plots as inline SVG, readable on light and dark pages: colours come from the page's style sheet."""
import html
import math

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 16, 48
COLOURS = 6


def number(value):
    return f'{value:.3g}' if value < 1000 else f'{value:,.0f}'


class Axis:
    """Values from low to high to pixels; logarithmic where a span of decades is to be seen."""

    def __init__(self, low, high, log=False):
        self.low, self.high, self.log = low, high if high > low else low + 1, log

    def place(self, value):
        value = min(max(value, self.low), self.high)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self):
        if self.log:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            between = (1,) if last - first > 2 else (1, 2, 5)
            ticks = [m * 10.0 ** n for n in range(first - 1, last + 1) for m in between]
            return [t for t in ticks if self.low * 0.999 <= t <= self.high * 1.001]
        step = 10 ** math.floor(math.log10((self.high - self.low) / 4))
        step *= next(m for m in (1, 2, 5, 10) if (self.high - self.low) / (step * m) <= 6)
        return [step * n for n in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1)]


class Plot:
    """Lines and points over two axes; each has a name in the legend."""

    def __init__(self, title, x, y):
        self.title, self.x_label, self.y_label = title, x[0], y[0]
        self.x, self.y = Axis(*x[1:]), Axis(*y[1:])
        self.parts, self.names = [], []

    def at(self, point):
        return (LEFT + self.x.place(point[0]) * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - self.y.place(point[1]) * (HEIGHT - TOP - BOTTOM))

    def colour(self, name):
        self.names.append(name)
        return (len(self.names) - 1) % COLOURS

    def line(self, name, points, steps=False):
        colour, path = self.colour(name), []
        for n, (x, y) in enumerate(map(self.at, points)):
            if steps and n:
                path.append(f'H{x:.1f}')
            path.append(f'{"L" if n else "M"}{x:.1f} {y:.1f}')
        self.parts.append(f'<path class="line c{colour}" d="{"".join(path)}"/>')

    def points(self, name, points):
        """(x, y, what is said of it on hovering)"""
        colour = self.colour(name)
        for x, y, words in points:
            left, top = self.at((x, y))
            self.parts.append(f'<circle class="dot c{colour}" cx="{left:.1f}" cy="{top:.1f}" r="4">'
                              f'<title>{html.escape(words)}</title></circle>')

    def guide(self, start, end):
        (x1, y1), (x2, y2) = self.at(start), self.at(end)
        self.parts.append(f'<path class="guide" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>')

    def corner(self, point):
        """Marks where both would be reached: left of it and above."""
        self.guide((point[0], point[1]), (point[0], self.y.high))
        self.guide((self.x.low, point[1]), point)

    def axes(self):
        for tick in self.x.ticks():
            x, _ = self.at((tick, self.y.low))
            yield f'<path class="grid" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
            yield f'<text class="tick" x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{number(tick)}</text>'
        for tick in self.y.ticks():
            _, y = self.at((self.x.low, tick))
            yield f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
            yield f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{number(tick)}</text>'
        middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
        yield (f'<text class="label" x="{LEFT + (WIDTH - LEFT - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">'
               f'{html.escape(self.x_label)}</text>')
        yield (f'<text class="label" transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">'
               f'{html.escape(self.y_label)}</text>')

    def svg(self):
        legend = ''.join(f'<span class="c{n % COLOURS}">{html.escape(name)}</span>' for n, name in enumerate(self.names))
        return (f'<figure><figcaption>{html.escape(self.title)}</figcaption>'
                f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(self.title, quote=True)}">'
                f'{"".join(self.axes())}{"".join(self.parts)}</svg><p class="legend">{legend}</p></figure>')
