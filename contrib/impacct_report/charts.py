# SPDX-License-Identifier: Apache-2.0
"""Columns over time as SVG: pygal lays them out; here its picture loses what refers to elsewhere, or needs a script,
and gains a title for each column, times that are read at a glance, and bands for the time of which nothing is known.

There are two of each, for wide and for narrow screens: what is scaled down cannot be read. Colors are the page's."""
import re
from itertools import count

import pygal
from pygal.etree import etree
from pygal.style import Style

from . import text
from .times import DAY, STEPS, moment

# class, width, height, most labels of the time, room on the left: the same for all, so that one time is above the other
SIZES = (("wide", 1080, 200, 8, 60), ("narrow", 360, 180, 4, 52))
SHORT = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
numbers = count(1)  # ids are those of the page


def short(value):
    for size, letter in SHORT:
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def time_unit(most):
    """(seconds, name) in which an axis is counted."""
    return next(((size, unit) for size, unit in ((DAY, "d"), (3600, "h"), (60, "min")) if most >= 2 * size), (1, "s"))


def tick_labels(slots, step, most):
    """{place: label}, at times that people count in."""
    tick = next((t for t in STEPS if t >= step and len(slots) * step / t <= most), len(slots) * step)
    labels = {}
    for place, slot in enumerate(slots):
        at = moment(slot["begin"])
        if slot["begin"] % tick >= step:
            continue
        if tick >= DAY or slot["begin"] % DAY == 0:
            labels[place] = f"{at.day} {at:%b}" if tick < 28 * DAY else f"{at:%b %Y}"
        else:
            labels[place] = f"{at:%H:%M:%S}" if tick < 60 else f"{at:%H:%M}"
    # one that stands at the edge would be cut
    return {place: label for place, label in labels.items() if place < len(slots) - len(slots) / (3 * most)}


def draw(title, summary, slots, step, series, unit=(1, ""), gaps=()):
    """SVG of both sizes. series: (class, [value], what it is, how it is shown); they are stacked. unit: what the axis
    counts in."""
    return "".join(_draw(title, summary, slots, step, series, unit, gaps, *size) for size in SIZES)


def _lay_out(width, height, margin, labels, series, unit, places):
    """pygal's drawing of the plot."""
    size, name = unit
    chart = pygal.StackedBar(
        width=width, height=height, js=[], css=[], show_legend=False, margin=4, margin_left=margin, margin_right=10,
        max_scale=4, min_scale=2,
        style=Style(label_font_size=12, major_label_font_size=12, font_family="sans-serif"),
        # each place has a name of its own, from which its label is found again
        x_labels=list(map(str, range(places))), x_labels_major=list(map(str, labels)), show_minor_x_labels=False,
        truncate_label=-1, value_formatter=lambda value: f"{short(value)} {name}" if name and value else short(value),
        range=None if any(any(values) for _, values, *_ in series) else (0, 1))
    for kind, values, *_ in series:
        chart.add(kind, [value / size for value in values])
    return next(g for g in chart.render_tree().iter() if str(g.tag).endswith("g") and g.get("class") == "plot")


def _left(plot):
    return float(re.match(r"translate\(([\d.]+)", plot.get("transform"))[1])


def _draw(title, summary, slots, step, series, unit, gaps, kind, width, height, most, room):
    labels = tick_labels(slots, step, most)
    plot = _lay_out(width, height, 4, labels, series, unit, len(slots))
    if _left(plot) < room:
        plot = _lay_out(width, height, 4 + room - _left(plot), labels, series, unit, len(slots))
    number = next(numbers)
    svg = etree.Element("svg", {"viewBox": f"0 0 {width} {height}", "role": "img", "class": f"chart {kind}",
                                "aria-labelledby": f"chart-{number}-title chart-{number}-text"})
    _add(svg, "title", title, id=f"chart-{number}-title")
    _add(svg, "desc", summary, id=f"chart-{number}-text")
    drawing = _add(svg, "g", transform=plot.get("transform"))
    columns = _columns(plot)
    _draw_gaps(drawing, plot, columns[0], slots, step, gaps)
    for axis in plot:
        if str(axis.get("class")).startswith("axis"):
            _draw_axis(drawing, axis, labels)
    for column, (name, values, what, show_value) in zip(columns, series):
        g = _add(drawing, "g", **{"class": name})
        for (x, y, w, h), value, slot in zip(column, values, slots):
            if value:
                bar = _add(g, "rect", x=_short(x), y=_short(min(y, y + h - 1)), width=_short(w),
                           height=_short(max(h, 1)))
                _add(bar, "title", f"{text.time(slot['begin'])} UTC, {text.step(step)}: {show_value(value)} {what}")
    return etree.tostring(svg, encoding="unicode")


def _add(parent, tag, content=None, **attributes):
    child = etree.SubElement(parent, tag, attributes)
    child.text = content
    return child


def _short(number):
    return f"{float(number):.1f}".rstrip("0").rstrip(".")


def _columns(plot):
    """(x, y, width, height) of each column of each series."""
    out = []
    for series in plot:
        if str(series.get("class")).startswith("series"):
            out.append([tuple(float(rect.get(name)) for name in ("x", "y", "width", "height"))
                        for rect in series.iter() if str(rect.tag).endswith("rect")])
    return out


def _draw_axis(drawing, axis, labels):
    is_x = axis.get("class").startswith("axis x")
    g = _add(drawing, "g", **{"class": "axis " + ("x" if is_x else "y")})
    for guides in axis:
        for part in guides:
            if str(part.tag).endswith("path") and not is_x:
                _add(g, "path", d=part.get("d"))
            elif str(part.tag).endswith("text"):
                label = labels[int(part.text)] if is_x else part.text
                _add(g, "text", label, x=_short(part.get("x")), y=_short(part.get("y")))


def _draw_gaps(drawing, plot, column, slots, step, gaps):
    background = next(rect for rect in plot if str(rect.tag).endswith("rect"))
    width, height = float(background.get("width")), background.get("height")
    x, _, w, _ = column[0]
    each = width if len(column) < 2 else column[1][0] - x
    left = x + w / 2 - each / 2
    for begin, end, what in gaps:
        a = max(0, left + (begin - slots[0]["begin"]) / step * each)
        b = min(width, left + (end - slots[0]["begin"]) / step * each)
        if b > a:
            band = _add(drawing, "rect", x=_short(a), y="0", width=_short(max(b - a, 3)), height=height,
                        **{"class": "gap"})
            _add(band, "title", what)
