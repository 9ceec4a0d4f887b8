"""The picture of a lab before, and without, any JavaScript: HTML and inline SVG.

The front end takes this very markup over: it wakes the sliders, moves the bars
and puts a live plot where a still one stands.
"""

from __future__ import annotations

import ast
import base64
import inspect
import struct
import textwrap
import zlib
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from .description import (
    COLOURS,
    Frame,
    Map,
    Traces,
    at_cursor,
    first_cursor,
    number,
    say,
    symbols,
    ticks,
)

if TYPE_CHECKING:
    from .widget import Lab

__all__ = ["picture"]

WIDTH, HEIGHT = 480, 270
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 10, 44


def _scale(limits, log, start, end):
    low, high = np.log(limits) if log else limits

    def place(value):
        value = np.log(np.maximum(value, 1e-300)) if log else np.asarray(value, float)
        return start + (value - low) / (high - low) * (end - start)

    return place


def _tick_text(tick):
    return f"{tick:g}".replace("-", "\N{MINUS SIGN}")


def _chart(label, x_label, y_label, x_ticks, y_ticks, x, y, marks):
    """Axes with round ticks, and the marks within."""
    out = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">']
    for tick in y_ticks:
        place = float(y(tick))
        out.append(f'<path class="nc-grid" d="M{LEFT} {place:.1f}H{WIDTH - RIGHT}"/>')
        out.append(
            f'<text x="{LEFT - 6}" y="{place + 4:.1f}" text-anchor="end">{_tick_text(tick)}</text>'
        )
    for tick in x_ticks:
        place = float(x(tick))
        out.append(f'<path class="nc-grid" d="M{place:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        out.append(
            f'<text x="{place:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
            f"{_tick_text(tick)}</text>"
        )
    out.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">'
        f"{escape(x_label.replace('_', ''))}</text>"
        f'<text transform="translate(14 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(y_label.replace("_", ""))}</text>'
    )
    return f'<div class="nc-plot">{"".join([*out, *marks])}</svg></div>'


def _polyline(part, across, up):
    up = np.clip(up, TOP, HEIGHT - BOTTOM)
    across = np.clip(across, LEFT, WIDTH - RIGHT)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, up, strict=True))
    dash = " nc-dash" if part.dash else ""
    return f'<polyline class="nc-line{dash} nc-{part.role}" points="{points}"/>'


def _dot(role, across, up):
    return f'<circle class="nc-dot nc-{role}" r="6" cx="{float(across):.1f}" cy="{float(up):.1f}"/>'


def _keys(parts):
    """The legend; a part that is one of the function's outputs has its value read out."""
    rows = []
    for part in parts:
        dash = " nc-dash" if getattr(part, "dash", True) else ""
        read = f' <b data-read="{part.output}"></b>' if hasattr(part, "output") else ""
        rows.append(
            f'<li class="nc-{part.role}{dash}"><span class="nc-swatch"></span>'
            f"<span>{symbols(part.label)}</span>{read}</li>"
        )
    return f'<ul class="nc-keys">{"".join(rows)}</ul>'


def _traces(panel, frame, label, time, cursor):
    x = _scale(panel.x_range, panel.x_log, LEFT, WIDTH - RIGHT)
    y = _scale(panel.y_range, panel.y_log, HEIGHT - BOTTOM, TOP)
    marks = []
    for level in panel.levels:
        across = f"M{LEFT} {float(y(frame[level.output])):.1f}H{WIDTH - RIGHT}"
        marks.append(f'<path class="nc-line nc-dash nc-{level.role}" d="{across}"/>')
    for line in panel.lines:
        marks.append(_polyline(line, x(frame[panel.x]), y(frame[line.output])))
    for point in panel.points:
        marks.append(_dot(point.role, x(frame[point.x]), y(frame[point.y])))
    ticks = panel.ticks("x"), panel.ticks("y")
    keep = '<button type="button" data-keep hidden>Keep these curves</button>' * panel.keep
    chart = _chart(label, panel.x_label, panel.y_label, *ticks, x, y, marks)
    return _keys((*panel.lines, *panel.levels)) + chart + keep


def _plane(panel, frame, label, time, cursor):
    x = _scale(panel.x_range, False, LEFT, WIDTH - RIGHT)
    y = _scale(panel.y_range, False, HEIGHT - BOTTOM, TOP)
    marks = [_polyline(curve, x(frame[curve.x]), y(frame[curve.y])) for curve in panel.curves]
    marks += [_dot(point.role, x(frame[point.x]), y(frame[point.y])) for point in panel.points]
    for curve in panel.curves:
        if time and len(frame[curve.x]) == len(frame[time]):
            here = x(frame[curve.x][cursor]), y(frame[curve.y][cursor])
            marks.append(_dot(curve.role, *here))
    ticks = panel.ticks("x"), panel.ticks("y")
    chart = _chart(label, panel.x_label, panel.y_label, *ticks, x, y, marks)
    return _keys(panel.curves) + chart


def _colours(values, limits):
    """Each value's colour on the panels' scale, as an array with a last axis of 3."""
    steps = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS])
    place = (np.clip(values, *limits) - limits[0]) / (limits[1] - limits[0]) * (len(steps) - 1)
    channels = [np.interp(place, np.arange(len(steps)), steps[:, i]) for i in range(3)]
    return np.rint(np.stack(channels, -1)).astype(np.uint8)


def _png(pixels):
    """A picture as an address of its own; `pixels` has shape (rows, columns, 3)."""
    rows, columns, _ = pixels.shape
    raw = b"".join(b"\0" + row.tobytes() for row in pixels)
    parts = (
        (b"IHDR", struct.pack(">2I5B", columns, rows, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(raw, 9)),
        (b"IEND", b""),
    )
    chunks = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunks).decode()


def _colour_key(limits, unit):
    stops = ", ".join(COLOURS)
    low, high = (number(value, 0) for value in limits)
    return (
        f'<div class="nc-scale"><span>{low}</span>'
        f'<i style="background: linear-gradient(90deg, {stops})"></i>'
        f"<span>{high} {escape(unit)}</span></div>"
    )


def _map(panel, frame, label, time, cursor):
    ranges = [(float(frame[axis][0]), float(frame[axis][-1])) for axis in (panel.x, panel.y)]
    x = _scale(ranges[0], False, LEFT, WIDTH - RIGHT)
    y = _scale(ranges[1], False, HEIGHT - BOTTOM, TOP)
    image = _png(_colours(frame[panel.output][::-1], panel.range))
    marks = [
        f'<image href="{image}" x="{LEFT}" y="{TOP}" width="{WIDTH - RIGHT - LEFT}" '
        f'height="{HEIGHT - BOTTOM - TOP}" preserveAspectRatio="none"/>'
    ]
    x_ticks, y_ticks = (ticks(*limits, False) for limits in ranges)
    chart = _chart(label, panel.x_label, panel.y_label, x_ticks, y_ticks, x, y, marks)
    return _colour_key(panel.range, panel.unit) + chart


def _channels(panel, frame, label, time, cursor):
    """Ten Na⁺ and eight K⁺ channels; each opens where its gates pass a level of its own."""
    m, h, n = (at_cursor(frame, name, cursor) for name in (panel.m, panel.h, panel.n))
    random = np.random.default_rng(4)
    drawn = []
    bodies = (
        '<rect x="-13" y="46" width="12" height="48" rx="5"/>'
        '<rect x="1" y="46" width="12" height="48" rx="5"/>'
    )
    for kind, count, top in (("na", 10, 0), ("k", 8, 110)):
        drawn.append(f'<path class="nc-leaflets" d="M0 {top + 54}H400M0 {top + 86}H400"/>')
        levels = [random.permutation((np.arange(count) + 0.5) / count) for _ in range(2)]
        for i, (opens, inactivates) in enumerate(zip(*levels, strict=True)):
            is_open = (m**3 if kind == "na" else n**4) > opens
            plugged = kind == "na" and h < inactivates
            state = f"{'nc-open ' if is_open else ''}{'nc-plugged' if plugged else ''}"
            ball = '<circle class="nc-ball" cy="112" r="7"/>' if kind == "na" else ""
            drawn.append(
                f'<g class="nc-channel nc-{kind} {state}" data-kind="{kind}" '
                f'transform="translate({400 * (i + 0.5) / count:.0f} {top})" '
                f'data-opens="{opens:.3f}" data-inactivates="{inactivates:.3f}">'
                f"{bodies}{ball}</g>"
            )
    return (
        f'<svg class="nc-drawing" viewBox="0 0 400 226" role="img" aria-label="{escape(label)}">'
        '<text x="4" y="34">Na⁺ channels, outside above</text>'
        f'<text x="4" y="150">K⁺ channels</text>{"".join(drawn)}</svg><p class="nc-tally"></p>'
    )


def _axon(panel, frame, label, time, cursor):
    values = frame[panel.output][:, cursor]
    myelin = frame[panel.myelin]
    step = 600 / len(values)
    colours = _colours(values, panel.range)
    parts = []
    for i, (colour, sheath) in enumerate(zip(colours, myelin, strict=True)):
        thick = 16 * float(sheath)
        parts.append(
            f'<rect class="nc-sheath" x="{i * step:.1f}" y="{34 - thick:.1f}" '
            f'width="{step + 0.2:.1f}" height="{22 + 2 * thick:.1f}"/>'
            f'<rect class="nc-core" x="{i * step:.1f}" y="34" width="{step + 0.6:.1f}" '
            f'height="22" fill="rgb({colour[0]} {colour[1]} {colour[2]})"/>'
        )
    return (
        f'<svg class="nc-drawing" viewBox="0 0 600 90" role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}</svg>{_colour_key(panel.range, 'mV')}"
    )


def _bars(panel, frame, label, time, cursor):
    low, high = panel.range
    rows = []
    for bar in panel.bars:
        value = at_cursor(frame, bar.output, cursor)
        start, end = sorted((min(max(v, low), high) - low) / (high - low) * 100 for v in (0, value))
        rows.append(
            f'<div class="nc-bar nc-{bar.role}"><span>{symbols(bar.label)}</span>'
            f'<span class="nc-track" style="--zero:{-low / (high - low) * 100:.2f}%">'
            f'<i style="left:{start:.2f}%;width:{end - start:.2f}%"></i></span>'
            f"<b>{number(value, panel.digits)}</b></div>"
        )
    return (
        f'<div class="nc-bars" role="img" aria-label="{escape(label)}">{"".join(rows)}'
        f'<div class="nc-unit">{escape(panel.unit)}</div></div>'
    )


def _control(slider, key):
    name = f"{key}-{slider.name}"
    if not hasattr(slider, "unit"):
        checked = " checked" if slider.value else ""
        return (
            f'<label class="nc-switch"><input type="checkbox" data-name="{slider.name}"'
            f"{checked} disabled> {escape(slider.label)}</label>"
        )
    here = slider.stops.index(slider.value)
    return (
        f'<div class="nc-slider"><label for="{name}">{symbols(slider.label)}</label>'
        f'<output for="{name}">{_tick_text(slider.value)} {escape(slider.unit)}</output>'
        f'<input id="{name}" type="range" data-name="{slider.name}" min="0" '
        f'max="{len(slider.stops) - 1}" step="1" value="{here}" disabled></div>'
    )


def _code(function):
    """The function that answers, without its docstring, behind a fold."""
    try:
        lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    except OSError:  # typed at a prompt that keeps no source
        return ""
    definition = ast.parse("\n".join(lines)).body[0]
    if isinstance(definition, ast.FunctionDef) and ast.get_docstring(definition):
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    code = escape("\n".join(lines))
    return (
        '<details class="nc-code"><summary>Show me the code</summary>'
        f'<pre tabindex="0"><code>{code}</code></pre></details>'
    )


def picture(lab: Lab, frame: Frame) -> str:
    """Write a lab as HTML.

    Parameters
    ----------
    lab : Lab
        Its ``key``, ``title``, ``sliders``, ``panels``, ``summary``, ``attempt``
        and ``notice`` are shown.
    frame : dict of arrays
        What the lab's function returns at the sliders' first settings.

    Returns
    -------
    str
        A ``<figure>``, complete without JavaScript.
    """
    cursor = first_cursor(frame, lab.time, lab.start)
    sentence = say(lab.summary, frame, cursor)
    spoken = sentence.replace("_", " ")
    draw = {
        "Traces": _traces,
        "Plane": _plane,
        "Map": _map,
        "Bars": _bars,
        "Channels": _channels,
        "Axon": _axon,
    }
    panels = "".join(
        f'<section class="nc-panel"><div class="nc-panel-title">{symbols(panel.title)}</div>'
        f"{draw[type(panel).__name__](panel, frame, f'{panel.title}. {spoken}', lab.time, cursor)}"
        "</section>"
        for panel in lab.panels
    )
    controls = "".join(_control(slider, lab.key) for slider in lab.sliders)
    if lab.time:
        last = len(frame[lab.time]) - 1
        over_time = (p for p in lab.panels if isinstance(p, Traces | Map) and p.x == lab.time)
        label = next((p.x_label for p in over_time), "time")
        controls += (
            f'<div class="nc-slider nc-time"><label for="{lab.key}-time">Cursor: '
            f'{escape(label)}</label><output for="{lab.key}-time"></output>'
            f'<input id="{lab.key}-time" type="range" '
            f'data-cursor min="0" max="{last}" step="1" value="{cursor if cursor >= 0 else last}" '
            "disabled></div>"
        )
    return (
        f'<figure class="nc-lab" id="lab-{lab.key}" aria-label="{escape(lab.title)}">'
        f'<div class="nc-title">{escape(lab.title)}</div>'
        f'<p class="nc-says">{symbols(sentence)}</p>'
        '<p class="nc-spoken" role="status" aria-live="polite"></p>'
        f'<div class="nc-body"><div class="nc-panels">{panels}</div>'
        f'<div class="nc-controls" role="group" aria-label="Settings">{controls}'
        "<noscript>The settings move once JavaScript runs; the picture shows the first ones."
        "</noscript></div></div>"
        '<div class="nc-tools"><button type="button" data-do="reset" hidden>Reset</button>'
        '<button type="button" data-do="link" hidden>Copy link to these settings</button></div>'
        f"{_code(lab.function)}"
        f"<figcaption><p><b>Try.</b> {symbols(lab.attempt)}</p>"
        f"<p><b>Notice.</b> {symbols(lab.notice)}</p></figcaption></figure>"
    )
