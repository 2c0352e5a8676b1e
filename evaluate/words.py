"""How figures are said."""
import math

NOTHING = 'none there'


def percent(share, digits=1):
    """'95.1 % (93.0 to 97.2)' of a share, or of (share, low, high)."""
    value, *interval = share if isinstance(share, tuple) else (share,)
    if value is None:
        return NOTHING
    text = f'{100 * value:.{digits}f} %'
    if interval and None not in interval:
        text += ' ({:.{d}f} to {:.{d}f})'.format(*(100 * v for v in interval), d=digits)
    return text


def per_10000(rate):
    value, _, upper = rate
    return NOTHING if value is None else f'{1e4 * value:.2f} (under {1e4 * upper:.2f})'


def points(difference, unit=100, digits=1):
    """'+12.3 (10.1 to 14.2)'"""
    value, low, high = difference
    if value is None:
        return NOTHING
    return f'{unit * value:+.{digits}f} ({unit * low:+.{digits}f} to {unit * high:+.{digits}f})'


def figure(value, digits=2):
    if isinstance(value, tuple):
        one, low, high = value
        return NOTHING if one is None else figure(one, digits) + (
            '' if low is None else f' ({low:.{digits}f} to {high:.{digits}f})')
    return NOTHING if value is None else f'{value:.{digits}f}'


def moment(minutes, digits=1):
    """'12.3 (10.1 to never)' of (minutes, low, high), infinite being never."""
    value, *interval = minutes
    if value is None:
        return NOTHING
    one = lambda x: 'never' if x == math.inf else f'{x:.{digits}f}'
    return one(value) + (' ({} to {})'.format(*map(one, interval)) if None not in interval else '')


def counted(n, one):
    """'1 network', '2 networks'"""
    return f'{n:,} {one}{"s" * (n != 1)}'


def listed(words):
    """'a', 'a and b', 'a, b and c'"""
    *first, last = words or ['none']
    return f'{", ".join(first)} and {last}' if first else last
