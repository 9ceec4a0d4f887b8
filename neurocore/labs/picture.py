"""The picture of a lab before, and without, any JavaScript: HTML and inline SVG.

The front end takes this very markup over: it wakes the sliders, moves the bars
and puts a live plot where a still one stands.
"""

from html import escape

import numpy as np

from .description import number, say, symbols

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


def _traces(panel, frame, label):
    x = _scale(panel.x_range, panel.x_log, LEFT, WIDTH - RIGHT)
    y = _scale(panel.y_range, panel.y_log, HEIGHT - BOTTOM, TOP)
    out = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">']
    for tick in panel.ticks("y"):
        place = float(y(tick))
        out.append(f'<path class="nc-grid" d="M{LEFT} {place:.1f}H{WIDTH - RIGHT}"/>')
        out.append(
            f'<text x="{LEFT - 6}" y="{place + 4:.1f}" text-anchor="end">{_tick_text(tick)}</text>'
        )
    for tick in panel.ticks("x"):
        place = float(x(tick))
        out.append(f'<path class="nc-grid" d="M{place:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        out.append(
            f'<text x="{place:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
            f"{_tick_text(tick)}</text>"
        )
    out.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">'
        f"{escape(panel.x_label)}</text>"
        f'<text transform="translate(14 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(panel.y_label)}</text>'
    )
    for level in panel.levels:
        place = float(y(frame[level.output]))
        across = f"M{LEFT} {place:.1f}H{WIDTH - RIGHT}"
        out.append(f'<path class="nc-line nc-dash nc-{level.role}" d="{across}"/>')
    across = x(frame[panel.x])
    for line in panel.lines:
        up = np.clip(y(frame[line.output]), TOP, HEIGHT - BOTTOM)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, up, strict=True))
        dash = " nc-dash" if line.dash else ""
        out.append(f'<polyline class="nc-line{dash} nc-{line.role}" points="{points}"/>')
    for point in panel.points:
        out.append(
            f'<circle class="nc-dot nc-{point.role}" r="6" cx="{float(x(frame[point.x])):.1f}" '
            f'cy="{float(y(frame[point.y])):.1f}"/>'
        )
    out.append("</svg>")
    keys = "".join(
        f'<li class="nc-{part.role}{" nc-dash" if getattr(part, "dash", True) else ""}">'
        f'<span class="nc-swatch"></span><span>{symbols(part.label)}</span> '
        f'<b data-read="{part.output}"></b></li>'
        for part in (*panel.lines, *panel.levels)
    )
    return f'<ul class="nc-keys">{keys}</ul><div class="nc-plot">{"".join(out)}</div>'


def _bars(panel, frame, label):
    low, high = panel.range
    rows = []
    for bar in panel.bars:
        value = float(np.ravel(frame[bar.output])[-1])
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
        f'<output for="{name}">{slider.value:g} {escape(slider.unit)}</output>'
        f'<input id="{name}" type="range" data-name="{slider.name}" min="0" '
        f'max="{len(slider.stops) - 1}" step="1" value="{here}" disabled></div>'
    )


def picture(lab, frame):
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
    sentence = say(lab.summary, frame)
    spoken = sentence.replace("_", " ")
    draw = {"Traces": _traces, "Bars": _bars}
    panels = "".join(
        f'<section class="nc-panel"><div class="nc-panel-title">{symbols(panel.title)}</div>'
        f"{draw[type(panel).__name__](panel, frame, f'{panel.title}. {spoken}')}</section>"
        for panel in lab.panels
    )
    controls = "".join(_control(slider, lab.key) for slider in lab.sliders)
    if lab.time:
        last = len(frame[lab.time]) - 1
        controls += (
            f'<div class="nc-slider nc-time"><label for="{lab.key}-time">Time cursor</label>'
            f'<output for="{lab.key}-time"></output><input id="{lab.key}-time" type="range" '
            f'data-cursor min="0" max="{last}" step="1" value="{last}" disabled></div>'
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
        f"<figcaption><p><b>Try.</b> {symbols(lab.attempt)}</p>"
        f"<p><b>Notice.</b> {symbols(lab.notice)}</p></figcaption></figure>"
    )
